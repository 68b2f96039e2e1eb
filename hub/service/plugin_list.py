"""The installed plugins as support sees them: sound or not, how far trusted, and who uses them. None of them is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hub.plugins import KnownPlugin
from hub.plugins.trust import Way
from hub.service.context import Hub, not_found
from hub.service.pausing import Pause, connectors_of, pause_in
from hub.store import Row
from hub.store.pause_rows import companies_using, pauses


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A company that uses a plugin: with which connections, and its own pause, None where it has none."""

    code: str
    name: str
    connections: tuple[str, ...]
    pause: Pause | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPlugin:
    """A plugin with what is known of it.

    connectors: (id, name, contract version) of those that can be used; reason: why it cannot be used, as the plugin host
    tells it; pause: the one for every company; users: the companies that use it, by name.
    """

    name: str
    distribution: str
    version: str
    way: Way
    level: str
    reason: str
    connectors: tuple[tuple[str, str, int], ...]
    pause: Pause | None
    users: tuple[User, ...]

    @property
    def broken(self) -> bool:
        """Whether it is installed and cannot be used."""
        return bool(self.reason)

    @property
    def title(self) -> str:
        """What its accounting systems are called, else its own name."""
        return ", ".join(name for _, name, _ in self.connectors) or self.name


def listed_plugins(hub: Hub) -> list[ListedPlugin]:
    """List every installed plugin, those that cannot be used first, then by title."""
    every = {each.name: connectors_of(hub, each.name) for each in hub.registry.known}
    with hub.database.read() as connection:
        paused = pauses(connection)
        used = companies_using(connection, sorted(frozenset().union(*every.values())))
    of = defaultdict(list)
    for row in used:
        of[row["connector"]].append(row)
    found = [
        _listed(hub, each, paused, [row for connector in sorted(every[each.name]) for row in of[connector]])
        for each in hub.registry.known
    ]
    return sorted(found, key=lambda each: (not each.broken, each.title.casefold(), each.name))


def listed_plugin(hub: Hub, name: str) -> ListedPlugin:
    """Return one installed plugin; raises NotFound."""
    found = next((each for each in listed_plugins(hub) if each.name == name), None)
    if found is None:
        raise not_found("plugin", name)
    return found


def _listed(hub: Hub, plugin: KnownPlugin, paused: Sequence[Row], used: Sequence[Row]) -> ListedPlugin:
    mine = [row for row in paused if row["plugin"] == plugin.name]
    installed = [hub.registry.connectors[each] for each in plugin.connector_ids if not plugin.reason]
    return ListedPlugin(
        name=plugin.name,
        distribution=plugin.distribution,
        version=plugin.version,
        way=plugin.way,
        level=plugin.level,
        reason=plugin.reason,
        connectors=tuple(
            (each.connector.info.id, each.connector.info.name, each.connector.info.api) for each in installed
        ),
        pause=next((pause_in(row) for row in mine if row["company_id"] is None), None),
        users=tuple(_users(used, mine)),
    )


def _users(used: Sequence[Row], paused: Sequence[Row]) -> Iterator[User]:
    own = {row["company_id"]: pause_in(row) for row in paused if row["company_id"] is not None}
    by_company: dict[int, list[Row]] = {}
    for row in sorted(used, key=lambda row: (row["name"].casefold(), row["code"])):
        by_company.setdefault(row["company_id"], []).append(row)
    for company_id, rows in by_company.items():
        yield User(
            code=rows[0]["code"],
            name=rows[0]["name"],
            connections=tuple(row["connection"] for row in rows),
            pause=own.get(company_id),
        )
