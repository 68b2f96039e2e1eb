"""The web app of a house whose books are on a network, and support in a browser on it."""

from __future__ import annotations

from dataclasses import replace

from fastapi import FastAPI

from hub.service import people, signing_in
from hub.service.context import Hub
from hub.service.people import person_named
from hub.web.app import create_app
from hub.web.options import WebOptions
from tests.posting.house import House
from tests.web.conftest import PASSWORD, Visitor


class Networked:
    """A house with its app; what a page exports waits until the test lets a worker at it (house.sweep())."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.hub = house.hub
        self.app: FastAPI = create_app(house.hub, WebOptions(hand_over=_to_nobody))
        people.add_person(self.hub, "sam", password=PASSWORD, full_name="Sam", support=True)

    def session(self, who: str = "sam") -> str:
        """Begin a session of somebody and return its token."""
        person = person_named(self.hub, who).id
        with self.hub.database.write() as connection:
            return signing_in.begin(self.hub, connection, person, address="127.0.0.1", program="test")

    def visitor(self, who: str = "sam") -> Visitor:
        """Return a browser in which somebody is signed in."""
        visitor = Visitor(self.app)
        visitor.client.cookies.set("hub-session", self.session(who))
        return visitor


def _to_nobody(hub: Hub) -> Hub:
    return replace(hub, posting=replace(hub.posting, wake=lambda _export, _connection: None))
