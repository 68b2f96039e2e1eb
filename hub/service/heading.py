"""What stands at the head of every page of a company: its name, its connections and what each one's system is called."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

from hub.api import ConnectorError
from hub.plugins import GuardedConnector, SettingsInvalid
from hub.service.connections import connector_of
from hub.service.context import Hub, Refused
from hub.service.scope import reading
from hub.store import Row

LABEL_S = 5
"""How long a page waits for a plugin to say its accounting system's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A connection and the name of its accounting system; trouble: why it cannot be used, empty where it can."""

    name: str
    label: str
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A company as its pages name it; time_zone: an IANA name; test: whether it is a test copy of another one's connection."""

    code: str
    name: str
    currency: str
    time_zone: str
    connections: tuple[Labelled, ...]
    test: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the company's accounting systems, each once, in the order of their connections."""
        return tuple(dict.fromkeys(each.label for each in self.connections))


def heading(hub: Hub, company: str) -> Heading:
    """Return what stands at the head of a company's pages; raises NotFound."""
    with reading(hub, company) as rows:
        found, connections = rows.company, rows.connections()
    return Heading(
        code=found["code"],
        name=found["name"],
        currency=found["currency"],
        time_zone=found["time_zone"],
        connections=tuple(labelled(hub, row) for row in connections),
        test=found["test_of"] is not None,
    )


def labelled(hub: Hub, row: Row) -> Labelled:
    """Return a connection's row with the name of its accounting system."""
    try:
        label = _label(connector_of(hub, row["connector"]), json.dumps(row["settings"], sort_keys=True))
    except (Refused, SettingsInvalid, ConnectorError) as error:
        return Labelled(name=row["name"], label=row["connector"], trouble=str(error))
    return Labelled(name=row["name"], label=label)


@lru_cache(maxsize=10_000)
def _label(connector: GuardedConnector, settings: str) -> str:
    """Return what a connector answered for these settings (JSON): the same ones have the same name."""
    return connector.label(connector.settings_from(json.loads(settings)), deadline_s=LABEL_S)
