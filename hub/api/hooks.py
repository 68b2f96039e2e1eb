"""The hooks a plugin implements, found through the entry-point group `inventory_hub.plugins`."""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from hub.api.connector import Connector, Sandbox, SettledExport

PROJECT = "inventory_hub"
ENTRY_POINT_GROUP = "inventory_hub.plugins"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec(historic=True)
def hub_connectors() -> Iterable[Connector]:  # type: ignore[empty-body]
    """Return the connectors this plugin brings."""


@hookspec(historic=True)
def hub_sandboxes() -> Iterable[Sandbox]:  # type: ignore[empty-body]
    """Return local stand-ins for their accounting systems."""


@hookspec
def hub_export_settled(export: SettledExport) -> None:
    """Hear of an export that has come to rest; called after it was saved, one observer at a time."""
