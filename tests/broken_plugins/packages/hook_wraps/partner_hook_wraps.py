"""Wraps what others do."""

from collections.abc import Generator

from hub.api import SettledExport, hookimpl


@hookimpl(wrapper=True)
def hub_export_settled(export: SettledExport) -> Generator[None, object, object]:
    return (yield)
