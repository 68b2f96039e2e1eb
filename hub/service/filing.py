"""An export's files in another layout, from its frozen entries."""

from __future__ import annotations

from pathlib import Path

from hub.api import Capability, File
from hub.plugins import SettingsInvalid
from hub.service.connections import OpenBooks
from hub.service.context import Hub, Refused, not_found, refuse
from hub.service.frozen import export_row
from hub.service.scope import reading
from hub.service.settling import frozen_entries, make_files, write_files


def files(hub: Hub, company: str, code: str, layout: str | None, out: Path) -> list[Path]:
    """Write an export's files into a folder, in its connection's layout or another; the same export gives the same bytes."""
    return write_files(out, [file for _, file in _made(hub, company, code, layout)])


def one_file(hub: Hub, company: str, code: str, name: str, layout: str | None = None) -> File:
    """Return one of an export's files as `files` writes it; name: its own, or the reference of its journal."""
    for reference, file in _made(hub, company, code, layout):
        if name in (reference, file.name):
            return file
    raise not_found("file", name)


def _made(hub: Hub, company: str, code: str, layout: str | None) -> list[tuple[str, File]]:
    """Return each entry's reference with its file."""
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
    return list(zip((entry.reference for entry in entries), made, strict=True))
