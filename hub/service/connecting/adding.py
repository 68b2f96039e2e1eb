"""Which connectors a customer's books can be connected with, and what each asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.api import Capability, Guarantee, SignIn
from hub.service.connecting.clients import clients
from hub.service.connections import signs_in
from hub.service.context import Hub

Schema = Mapping[str, Any]  # Any: JSON Schema, as pydantic writes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A connector that can be chosen; schema: of its settings, JSON Schema; docs_url: where its users read on.

    sign_ins, capabilities, guarantee, entry_dimensions: as its ConnectorInfo has them; registered: the environments in which
    the hub is registered with it, of those where people are sent there to sign in.
    """

    id: str
    name: str
    environments: tuple[str, ...]
    signs_in: bool
    schema: Schema
    docs_url: str
    sign_ins: tuple[SignIn, ...]
    capabilities: frozenset[Capability]
    guarantee: Guarantee
    entry_dimensions: tuple[str, ...]
    registered: frozenset[str]


def offered_connectors(hub: Hub) -> list[Offered]:
    """List the installed connectors by their names."""
    registered = [(each["connector"], each["environment"]) for each in clients(hub) if each["client_id"]]
    found = [installed.connector for installed in hub.registry.connectors.values()]
    return [
        Offered(
            id=each.info.id,
            name=each.info.name,
            environments=each.info.environments,
            signs_in=signs_in(each),
            schema=each.info.settings.model_json_schema(),
            docs_url=each.info.docs_url,
            sign_ins=each.info.sign_ins,
            capabilities=each.info.capabilities,
            guarantee=each.info.guarantee,
            entry_dimensions=each.info.entry_dimensions,
            registered=frozenset(environment for connector, environment in registered if connector == each.info.id),
        )
        for each in sorted(found, key=lambda each: each.info.name.casefold())
    ]
