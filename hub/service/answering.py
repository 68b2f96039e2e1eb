"""Exporting or undoing exactly what was shown, with the yeses that were given while it was looked at.

A yes to a warning is part of what the hash covers, and is given after the hash was shown. So the entries as they are now
are hashed once more with the decisions that were shown: only where that is the hash the person saw are they theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hub.service.context import Hub, Refused
from hub.service.documents import preview_hash
from hub.service.freezing import export, figures_changed, refused
from hub.service.previewing import decisions_from, preview
from hub.service.scope import reading
from hub.service.undoing import preview_undo, undo


def export_as_shown(
    hub: Hub,
    company: str,
    count_date: date,
    connection: str,
    *,
    decided: Sequence[str],
    yes: Sequence[str],
    shown: str,
) -> dict[str, Any]:
    """Export what a preview showed, and answer as `export` does; decided: the preview's decisions; yes: with the answers."""
    if sorted(yes) == sorted(decided):
        return export(hub, company, count_date, connection, yes, expected_hash=shown)
    found = preview(hub, company, count_date, connection, yes)
    if not _is_shown(hub, company, found, decided, shown):
        return refused(count_date, [figures_changed(connection)])
    return export(hub, company, count_date, connection, yes, expected_hash=found["hash"])


def undo_as_shown(
    hub: Hub, company: str, code: str, *, decided: Sequence[str], yes: Sequence[str], shown: str
) -> dict[str, Any]:
    """Undo an export as its preview showed it, and answer as `undo` does; raises Refused where it would be otherwise now."""
    found = preview_undo(hub, company, code, yes)
    if not _is_shown(hub, company, found, decided, shown):
        raise Refused([figures_changed(found["connection"])])
    return undo(hub, company, code, yes)


def _is_shown(hub: Hub, company: str, found: Mapping[str, Any], decided: Sequence[str], shown: str) -> bool:
    """Whether a preview has the entries that were shown under a hash, before its yeses were given."""
    with reading(hub, company) as rows:
        books = rows.books(found["connection"])
    before = decisions_from(decided).texts
    return shown in (found["hash"], preview_hash(books.name, books.books, before, found["entries"]))
