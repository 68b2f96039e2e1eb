"""Houses with exports and connections that something is wrong with, and a post office that keeps what is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from typing import Any

import pytest

from hub.service.context import Hub
from hub.service.ways import MailServer, NotDelivered, Security, Ways
from tests.connecting.conftest import make_signed, make_typed, signed
from tests.posting.conftest import counted, house, house_anywhere, templates
from tests.posting.house import House

__all__ = ["counted", "house", "house_anywhere", "make_signed", "make_typed", "signed", "templates"]

PUBLIC = "93.184.216.34"
SERVER = MailServer(host="mail.example", port=587, security=Security.STARTTLS, sender="hub@hub.example")


@dataclass
class Office:
    """Keeps what a hub sends; answers: what the next messages meet with, errors or a program's statuses."""

    mails: list[EmailMessage] = field(default_factory=list)
    calls: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)

    def serve(self, hub: Hub) -> Hub:
        """Return the hub with this as its only way out."""
        ways = Ways(
            public_url="https://hub.example",
            mail=SERVER,
            send_mail=self._mail,
            call=self._call,
            resolve=lambda host: ["10.0.0.7"] if host.startswith("private") else [PUBLIC],
        )
        return replace(hub, ways=ways)

    def _mail(self, server: MailServer, message: EmailMessage) -> None:
        assert server is SERVER
        self._meet()
        self.mails.append(message)

    def _call(self, url: str, body: bytes, headers: Mapping[str, str], hosts: frozenset[str]) -> int:
        self.calls.append((url, body, headers))
        return self._meet() or 204

    def _meet(self) -> int:
        answer = self.answers.pop(0) if self.answers else 0
        if isinstance(answer, NotDelivered):
            raise answer
        return int(answer)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def told_house(house_anywhere: House, office: Office) -> House:
    """Return a house, on each database, whose hub sends to the office."""
    house_anywhere.hub = office.serve(house_anywhere.hub)
    return house_anywhere
