"""Ends the program when it hears of an export."""

from hub.api import SettledExport, hookimpl


@hookimpl
def hub_export_settled(export: SettledExport) -> None:
    raise SystemExit(export.export)
