"""Plugins that support has paused: nothing is sent through them; what was sent is still looked for, and what waits goes on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from hub.plugins import Registry
from hub.service.context import Hub, not_found, refuse
from hub.service.heads import remember_each
from hub.store import Row, Transaction
from hub.store.audit import append_to_each
from hub.store.pause_rows import add_pause, companies_using, end_pause, pause_that_holds
from hub.store.setup_rows import NoSuchCompany, company_row

LONGEST_REASON = 300  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Why nothing is sent through a plugin. for_all: for every company."""

    plugin: str
    reason: str
    by: str
    for_all: bool

    @property
    def told(self) -> str:
        """What the people of a company are told."""
        reason = self.reason.rstrip(".")
        return f"Paused by support: {reason}. Nothing is sent until it goes on; what you export is kept till then."


def plugin_of(registry: Registry, connector_id: str) -> str:
    """Return the name of the plugin that brings a connector; of one that nobody brings, its own id."""
    return next((each.name for each in registry.known if connector_id in each.connector_ids), connector_id)


def pause_of(hub: Hub, connection: Transaction, company_id: int, connector_id: str) -> Pause | None:
    """Return why nothing is sent to a connector's accounting system for a company, None where it is."""
    plugin = plugin_of(hub.registry, connector_id)
    row = pause_that_holds(connection, company_id, connector=connector_id, plugin=plugin)
    return None if row is None else pause_in(row)


def pause_in(row: Row | Mapping[str, Any]) -> Pause:  # Any: columns are of several types
    """Return a pause as its row has it."""
    return Pause(plugin=row["plugin"], reason=row["reason"], by=row["paused_by"], for_all=row["company_id"] is None)


def pause(hub: Hub, plugin: str, *, reason: str, company: str = "") -> None:
    """Send nothing through a plugin, for one company, or for all where none is named; each company's trail says so."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON or not reason.isprintable():
        raise refuse(
            "reason_needed",
            f"A pause needs a reason of up to {LONGEST_REASON} characters: the people of each company read it.",
            "Say in a sentence what is wrong.",
        )
    connectors = connectors_of(hub, plugin)
    with hub.database.write() as connection:
        company_id = _company_id(connection, company)
        end_pause(connection, plugin, company_id)
        now = hub.database.now(connection)
        values = {"plugin": plugin, "company_id": company_id, "reason": reason, "paused_by": hub.actor}
        add_pause(connection, connectors, {**values, "paused_at": now})
        _audit(hub, connection, "pause plugin", f"{plugin}: {reason}", _concerned(connection, company_id, connectors))
    remember_each(hub)


def resume(hub: Hub, plugin: str, *, company: str = "") -> None:
    """Let a plugin go on, for one company, or for all where none is named; refuses where it was not paused so."""
    connectors = connectors_of(hub, plugin)
    with hub.database.write() as connection:
        company_id = _company_id(connection, company)
        if not end_pause(connection, plugin, company_id):
            raise refuse(
                "not_paused", f"{plugin} is not paused {f'for {company}' if company else 'for all companies'}."
            )
        _audit(hub, connection, "resume plugin", plugin, _concerned(connection, company_id, connectors))
    remember_each(hub)


def connectors_of(hub: Hub, plugin: str) -> frozenset[str]:
    """Return the connectors that a plugin brings, and its name where those are not known; refuses where it is not installed."""
    known = next((each for each in hub.registry.known if each.name == plugin), None)
    if known is None:
        raise not_found("plugin", plugin, [each.name for each in hub.registry.known])
    return frozenset(known.connector_ids or (plugin,))


def _company_id(connection: Transaction, company: str) -> int | None:
    if not company:
        return None
    try:
        return int(company_row(connection, company)["id"])
    except NoSuchCompany as error:
        raise not_found("company", company) from error


def _audit(hub: Hub, connection: Transaction, action: str, subject: str, concerned: Collection[int]) -> None:
    """Write it down in the trail of each company that it concerns."""
    append_to_each(connection, concerned, at=hub.clock(), actor=hub.actor, action=action, subject=subject)


def _concerned(connection: Transaction, company_id: int | None, connectors: frozenset[str]) -> Collection[int]:
    """Return the company that is meant, else those that use one of these connectors."""
    if company_id is not None:
        return {company_id}
    return {row["company_id"] for row in companies_using(connection, connectors)}
