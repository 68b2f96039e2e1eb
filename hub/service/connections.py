"""Connections: one set of books each."""

from __future__ import annotations

import json
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from hub.api import (
    Addresses,
    Capability,
    Company,
    Connection,
    Limits,
    NoSignIn,
    NotWritten,
    OAuth2,
    Receipt,
    ReconnectNeeded,
    SecretFields,
    SignIn,
)
from hub.plugins import GuardedConnector, GuardedSession, SettingsInvalid, UnknownConnector
from hub.service.context import Hub, Refused, Route, refuse
from hub.service.network import place_of, refuse_elsewhere
from hub.service.pacing import pace
from hub.service.scope import CompanyRows, writing
from hub.store import Row
from hub.store.company_rows import add_connection_row
from hub.store.sign_in_rows import sign_in_row

if TYPE_CHECKING:
    from pydantic import BaseModel

    from hub.plugins.sign_in.signing import Signing
    from hub.plugins.sign_in.typed import SigningTyped

PRODUCTION = "production"
"""The environment of customers' own books."""
ELSEWHERE = "{name} leads to another address than it was connected at, or is signed in to in another way now."


Told = TypeVar("Told")


class OpenBooks:
    """A connection with its connector and settings at hand: its label, its limits, a session.

    signs_in: whether its people sign in to the accounting system; sign_in: the sign-in it uses, None before there is one;
    chosen: whether the books there are chosen, which those without a sign-in need not be.
    """

    def __init__(self, hub: Hub, row: Row, rows: CompanyRows, *, sign_in_id: int | None = None) -> None:
        """Open a connection's row; sign_in_id: a sign-in that is tried before the connection uses it."""
        self._hub = hub
        self._posting = hub.posting
        self.company_id: int = rows.company_id
        self._company = rows.company
        self.id: int = row["id"]
        self.name: str = row["name"]
        self.connector = connector_of(hub, row["connector"])
        self.settings = self.connector.settings_from(row["settings"])
        self._texts: Mapping[str, str] = row["settings"]
        self.label = self._told("label", partial(self.connector.label, self.settings), self._texts)
        self.limits: Limits = self._told("limits", partial(self.connector.limits, self.settings), self._texts)
        self.signs_in = signs_in(self.connector)
        self.chosen = row["chosen_at"] is not None or not self.signs_in
        found = row["sign_in_id"] if sign_in_id is None else sign_in_id
        self.sign_in = None if found is None else sign_in_row(rows.connection, rows.company_id, found)
        self._signing: Signing | SigningTyped | None = None
        self._asked: tuple[SignIn, str] | None = None
        company = Company(id=row["books"], name=row["books_name"] or self.name, currency=row["currency"])
        self._connection = Connection(
            name=self.name,
            settings=self.settings,
            environment=row["environment"],
            company=company if self.chosen else None,
            currency=row["currency"] or rows.company["currency"],
            chart=rows.chart_of(self.id),
            signed_in={} if self.sign_in is None else self.sign_in["kept"],
        )

    def session(
        self,
        changes: Mapping[str, str] | None = None,
        *,
        on_late: Callable[[str, Receipt], None] | None = None,
        until: float | None = None,
        turn_at: float | None = None,
    ) -> AbstractContextManager[GuardedSession]:
        """Open a session; changes: of its settings, for this once; on_late: hears of an answer after its deadline.

        until: no request begins after it, and turn_at: when the first may, where its turn is booked; both by the process's
        monotonic seconds. Raises ConnectorError: ReconnectNeeded where
        there is no sign-in yet.
        """
        texts = {**self._texts, **(changes or {})}
        settings = self.connector.settings_from(texts) if changes else self.settings
        connection = replace(self._connection, settings=settings)
        deadline = self._deadline
        addresses = self._addresses(settings, texts)
        self._signing = self._signing_at(addresses, settings)
        booked = deque(() if turn_at is None else (turn_at,))
        route = Route(addresses=addresses, turn=partial(self._may_call, until, booked), signing=self._signing)
        client = self._posting.network(connection, route)
        return self.connector.open(replace(connection, client=client), deadline_s=deadline, on_late=on_late)

    def way(self) -> OAuth2:
        """Return how its people sign in; refuses where they do not, or not by the authorization-code flow."""
        way, _ = self.asked()
        if not isinstance(way, OAuth2):
            raise refuse("no_sign_in", f"{self.label} has no sign-in that the hub can go through.")
        return way

    def asked(self) -> tuple[SignIn, str]:
        """Return how its people sign in with these settings, and what such a sign-in is bound to. Raises ConnectorError."""
        if self._asked is None:
            addresses = self._addresses(self.settings, self._texts)
            self._asked = NoSignIn() if addresses is None else addresses.sign_in, place_of(addresses)
        return self._asked

    @property
    def is_ready(self) -> bool:
        """Whether the accounting system can be asked: signed in where that is needed, and its books chosen."""
        return self.chosen and (not self.signs_in or (self.sign_in is not None and not self.sign_in["needs_reconnect"]))

    @property
    def try_again(self) -> bool:
        """Whether in the last session a write was refused for its token alone, and the next one has another token."""
        return self._signing is not None and self._signing.try_again

    @property
    def makes_files(self) -> bool:
        """Whether posting makes a file that a person imports."""
        return self.connector.can(Capability.FILES)

    @property
    def _deadline(self) -> float | None:
        """How long each call into the plugin may take (seconds); None where files are made, which needs no other system."""
        guarded = self._posting.guarded and not self.makes_files
        return self._posting.rules.timing.call_s if guarded else None

    def _told(self, what: str, ask: Callable[..., Told], texts: Mapping[str, str], *about: str) -> Told:
        """Return what follows from settings alone; their connector is asked once, as that takes a thread each time."""
        key = (what, *about, json.dumps(texts, sort_keys=True))
        return self.connector.told_once(key, partial(ask, deadline_s=self._deadline))

    def _addresses(self, settings: BaseModel, texts: Mapping[str, str]) -> Addresses | None:
        environment = self._connection.environment
        ask = partial(self.connector.addresses, settings, environment)
        addresses = self._told("addresses", ask, texts, environment)
        try:
            refuse_elsewhere(addresses, environment, self._posting.local_hosts)
        except Refused as error:
            raise NotWritten(str(error), code="address_not_local") from error
        return addresses

    def _signing_at(self, addresses: Addresses | None, settings: BaseModel) -> Signing | SigningTyped | None:
        """Return what signs the requests to these addresses, with secrets that are sent to no other."""
        if addresses is None or isinstance(addresses.sign_in, NoSignIn):
            return None
        if self.sign_in is None:
            raise ReconnectNeeded(f"{self.name} is not connected to {self.label} yet.", code="not_connected")
        if place_of(addresses) != self.sign_in["token_url"]:
            raise ReconnectNeeded(ELSEWHERE.format(name=self.name), code="not_connected")
        from hub.service.connecting.signing import signing_typed, signing_with

        way, of = addresses.sign_in, {"company": self._company, "sign_in": self.sign_in}
        if isinstance(way, SecretFields):
            return signing_typed(self._hub, self, way, settings, **of)
        return signing_with(self._hub, self, way, **of)

    def _may_call(self, until: float | None, booked: deque[float]) -> bool:
        """Wait for the next HTTP call that the connection's rate allows; False where it is not soon enough."""
        if booked:
            self._posting.sleep(max(booked.popleft() - self._posting.monotonic(), 0))
        elif not pace(self._hub, self.company_id, self.id, self.limits):
            return False
        return until is None or self._posting.monotonic() <= until


def signs_in(connector: GuardedConnector) -> bool:
    """Whether people sign in to a connector's accounting system before it can be used."""
    return any(not isinstance(each, NoSignIn) for each in connector.info.sign_ins)


def connector_of(hub: Hub, connector_id: str) -> GuardedConnector:
    """Return the connector of this id; refuses where it is not installed or broken."""
    try:
        return hub.registry.connector(connector_id)
    except UnknownConnector as error:
        raise refuse("connector_missing", str(error), "See: hub plugins") from error


def add_connection(
    hub: Hub, company: str, *, connector: str, name: str, settings: Mapping[str, str], environment: str = PRODUCTION
) -> None:
    """Add a connection with its settings checked by its connector."""
    found = connector_of(hub, connector)
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise refuse("name_invalid", "A connection needs a name of up to 100 printable characters.")
    if environment not in found.info.environments:
        raise refuse("environment_unknown", f"{connector} has the environments {', '.join(found.info.environments)}.")
    try:
        checked = found.settings_from(settings)
    except SettingsInvalid as error:
        raise Refused(error.problems) from error
    refuse_elsewhere(found.addresses(checked, environment), environment, hub.posting.local_hosts)
    currency = getattr(checked, "currency", None)
    with writing(hub, company) as rows:
        if rows.company["test_of"] is not None and environment == PRODUCTION:
            raise refuse("is_test_copy", "This is a test copy: it is connected to no customer’s own books.")
        if name in rows.ids.connections:
            raise refuse("connection_exists", f"There is already a connection {name}.")
        values = {
            "name": name,
            "connector": connector,
            "environment": environment,
            "books": str(uuid.uuid4()),
            "books_name": name,
            "currency": currency if isinstance(currency, str) and currency else None,
            "settings": dict(settings),
        }
        add_connection_row(rows.connection, rows.company_id, values)
        rows.exports.audit("add connection", name, {"connector": connector}, actor=hub.actor, now=hub.clock())
