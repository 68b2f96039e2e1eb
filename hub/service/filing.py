"""An export's files in another layout, from its frozen entries."""

from __future__ import annotations

from pathlib import Path

from hub.api import Capability
from hub.plugins import SettingsInvalid
from hub.service.connections import OpenBooks
from hub.service.context import Hub, Refused, refuse
from hub.service.frozen import export_row
from hub.service.scope import reading
from hub.service.settling import frozen_entries, make_files, write_files


def files(hub: Hub, company: str, code: str, layout: str | None, out: Path) -> list[Path]:
    """Write an export's files into a folder, in its connection's layout or another; the same export gives the same bytes."""
    with reading(hub, company) as rows:
        row = export_row(rows, code)
        found = next(one for one in rows.connections() if one["id"] == row["connection_id"])
        books = OpenBooks(hub, found, rows)
        entries = frozen_entries(rows, row)
    if not books.connector.can(Capability.FILES):
        raise refuse("no_files", f"{books.label} is posted to directly; it has no files.")
    if not entries:
        raise refuse("no_files", f"Export {code} was marked as exported without a journal, so it has no file.")
    try:
        made = make_files(books, entries, **({"layout": layout} if layout else {}))
    except SettingsInvalid as error:
        raise Refused(error.problems) from error
    return write_files(out, made)
