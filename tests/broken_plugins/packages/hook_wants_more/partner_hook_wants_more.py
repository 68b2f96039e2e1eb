"""Wants an argument that the hook does not have."""

from hub.api import SettledExport, hookimpl


@hookimpl
def hub_export_settled(export: SettledExport, database: object) -> None:
    del export, database
