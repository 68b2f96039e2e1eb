"""Which connectors a customer's books can be connected with, and what each asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.service.connections import signs_in
from hub.service.context import Hub

Schema = Mapping[str, Any]  # Any: JSON Schema, as pydantic writes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A connector that can be chosen; schema: of its settings, JSON Schema; docs_url: where its users read on."""

    id: str
    name: str
    environments: tuple[str, ...]
    signs_in: bool
    schema: Schema
    docs_url: str


def offered_connectors(hub: Hub) -> list[Offered]:
    """List the installed connectors by their names."""
    found = [installed.connector for installed in hub.registry.connectors.values()]
    return [
        Offered(
            id=each.info.id,
            name=each.info.name,
            environments=each.info.environments,
            signs_in=signs_in(each),
            schema=each.info.settings.model_json_schema(),
            docs_url=each.info.docs_url,
        )
        for each in sorted(found, key=lambda each: each.info.name.casefold())
    ]
