"""Connections: one set of books each."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial

from hub.api import Capability, Company, Connection, Limits, Receipt
from hub.plugins import GuardedConnector, GuardedSession, SettingsInvalid, UnknownConnector
from hub.service.context import Hub, Refused, Route, refuse
from hub.service.pacing import pace
from hub.service.scope import CompanyRows, reading, writing
from hub.store import Row
from hub.store.company_rows import add_connection_row


class OpenBooks:
    """A connection with its connector and settings at hand: its label, its limits, a session."""

    def __init__(self, hub: Hub, row: Row, rows: CompanyRows) -> None:
        self._hub = hub
        self._posting = hub.posting
        self._company_id = rows.company_id
        self.id: int = row["id"]
        self.name: str = row["name"]
        self.connector = connector_of(hub, row["connector"])
        self.settings = self.connector.settings_from(row["settings"])
        deadline = self._deadline
        self.label = self.connector.label(self.settings, deadline_s=deadline)
        self.limits: Limits = self.connector.limits(self.settings, deadline_s=deadline)
        self._texts: Mapping[str, str] = row["settings"]
        self._connection = Connection(
            name=self.name,
            settings=self.settings,
            environment=row["environment"],
            company=Company(id=row["books"], name=row["books_name"] or self.name, currency=row["currency"]),
            currency=row["currency"] or rows.company["currency"],
            chart=rows.chart_of(self.id),
        )

    def session(
        self,
        changes: Mapping[str, str] | None = None,
        *,
        on_late: Callable[[str, Receipt], None] | None = None,
        until: float | None = None,
    ) -> AbstractContextManager[GuardedSession]:
        """Open a session; changes: of its settings, for this once; on_late: hears of an answer after its deadline.

        until: no request begins after it, by the process's monotonic seconds.
        """
        settings = self.connector.settings_from({**self._texts, **changes}) if changes else self.settings
        connection = replace(self._connection, settings=settings)
        deadline = self._deadline
        addresses = self.connector.addresses(settings, connection.environment, deadline_s=deadline)
        client = self._posting.network(connection, Route(addresses=addresses, turn=partial(self._may_call, until)))
        return self.connector.open(replace(connection, client=client), deadline_s=deadline, on_late=on_late)

    @property
    def _deadline(self) -> float | None:
        """How long each call into the plugin may take (seconds); None where files are made, which needs no other system."""
        guarded = self._posting.guarded and not self.makes_files
        return self._posting.rules.timing.call_s if guarded else None

    def _may_call(self, until: float | None) -> bool:
        """Wait for the next HTTP call that the connection's rate allows; False where it is not soon enough."""
        paced = pace(self._hub, self._company_id, self.id, self.limits)
        return paced and (until is None or self._posting.monotonic() <= until)

    @property
    def makes_files(self) -> bool:
        """Whether posting makes a file that a person imports."""
        return self.connector.can(Capability.FILES)


def connector_of(hub: Hub, connector_id: str) -> GuardedConnector:
    """Return the connector of this id; refuses where it is not installed or broken."""
    try:
        return hub.registry.connector(connector_id)
    except UnknownConnector as error:
        raise refuse("connector_missing", str(error), "See: hub plugins") from error


def add_connection(
    hub: Hub, company: str, *, connector: str, name: str, settings: Mapping[str, str], environment: str = "production"
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
    currency = getattr(checked, "currency", None)
    with writing(hub, company) as rows:
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


def connections(hub: Hub, company: str) -> list[dict[str, object]]:
    """List a company's connections with their labels."""
    with reading(hub, company) as rows:
        return [_document(hub, rows, row) for row in rows.connections()]


def _document(hub: Hub, rows: CompanyRows, row: Row) -> dict[str, object]:
    shown = {"name": row["name"], "connector": row["connector"], "settings": row["settings"]}
    try:
        books = OpenBooks(hub, row, rows)
    except (Refused, SettingsInvalid) as error:
        return {**shown, "label": row["connector"], "problem": str(error)}
    return {**shown, "label": books.label, "problem": None}
