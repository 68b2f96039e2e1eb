"""Exports as people look back on them: what was posted, every attempt with its evidence, and what happened to it since."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import Any

from hub.api import Capability, ConnectorError, amount_text
from hub.plugins import GuardedConnector, SettingsInvalid
from hub.service.connections import connector_of
from hub.service.context import Hub, Refused
from hub.service.documents import total
from hub.service.frozen import export_document, export_row, posting_document
from hub.service.scope import CompanyRows, reading
from hub.service.settling import written
from hub.service.side_by_side import side_by_side
from hub.store import Row
from hub.store.history_rows import STUCK, counted_values, exports_page, how_far
from hub.store.posting_rows import PostingRows

AT_ONCE = 25
ON_ITS_WAY = ("FROZEN", "SENDING", "UNKNOWN", "REJECTED")


def history(
    hub: Hub,
    company: str,
    connection: str | None = None,
    sites: Collection[str] | None = None,
    before: str = "",
    *,
    states: Collection[str] = (),
    look: bool = False,
) -> dict[str, Any]:
    """Return a page of exports, newest first, each of the shape `export` with what was counted and what to look at.

    sites: only exports of these sites alone; before: older ones than this export; states: only in these; look: only those
    with something to look at. older: whether there are more after them.
    """
    with reading(hub, company) as rows:
        wanted = None if connection is None else rows.ids.connections[rows.books(connection).name]
        pages = partial(
            exports_page,
            rows.connection,
            rows.company_id,
            connection_id=wanted,
            sites=None if sites is None else [rows.ids.sites[code] for code in sites if code in rows.ids.sites],
            states=states,
            look=look,
            limit=AT_ONCE + 1,
        )
        start = export_row(rows, before)["id"] if before else None
        every = (
            listed
            for listed in _each(rows, pages, start)
            if (sites is None or set(sites).issuperset(listed["sites_of_lines"])) and (not look or _to_look_at(listed))
        )
        found = list(islice(every, AT_ONCE + 1))
    return {"exports": found[:AT_ONCE], "older": len(found) > AT_ONCE}


def _each(rows: CompanyRows, pages: Callable[..., list[Row]], before: int | None) -> Iterator[dict[str, Any]]:
    """Yield exports as they are listed, newest first, reading on only as far as is asked for."""
    while found := pages(before=before):
        values = counted_values(rows.connection, rows.company_id, [row["id"] for row in found])
        yield from (_listed(rows, row, values.get(row["id"])) for row in found)
        before = found[-1]["id"]


def _to_look_at(listed: Mapping[str, Any]) -> bool:
    return bool(listed["state"] in STUCK or listed["needs"] or listed["changed"] or listed["doubled"])


def _listed(rows: CompanyRows, row: Row, value: int | None) -> dict[str, Any]:
    postings = rows.exports.postings(row["id"])
    return {
        **export_document(rows, row),
        "currency": row["currency"],
        "value": None if value is None else amount_text(value, row["currency"]),
        "changed": sorted({posting["changed_there"] for posting in _standing(row, postings)} - {""}),
        "doubled": any(_open_duplicates(posting) for posting in postings),
        "needs": sorted({posting["needs_attention"] for posting in postings} - {""}),
        "sites_of_lines": sorted({site for posting in postings for site in _sites(posting)}),
    }


def export_story(hub: Hub, company: str, code: str) -> dict[str, Any]:
    """Return the shape `export` with all that is known of it: its journals line by line, attempts, changes there, files.

    journals: each posting, of the export, its undo and corrections of duplicates; sites_of_lines: every site that its lines name.
    """
    with reading(hub, company) as rows:
        row = export_row(rows, code)
        postings = rows.exports.postings(row["id"])
        attempts = PostingRows(rows.connection, rows.company_id).attempts([posting["id"] for posting in postings])
        document = export_document(rows, row, written(hub, company, rows, row, every=postings), every=postings)
        moving = _is_moving(row["state"], postings)
        layouts = _layouts(hub, rows, row)
    journals = [
        _journal(posting, row, [each for each in attempts if each["posting_id"] == posting["id"]])
        for posting in postings
    ]
    sites = {line["site"] for journal in journals for line in journal["entry"]["lines"]}
    return {
        **document,
        "currency": row["currency"],
        "settled_at": row["settled_at"].isoformat() if row["settled_at"] else "",
        "journals": journals,
        "moving": moving,
        "makes_files": layouts is not None,
        "layouts": layouts or [],
        "sites_of_lines": sorted({*document["sites"], *sites}),
        "needs": sorted({posting["needs_attention"] for posting in postings} - {""}),
    }


def standing(hub: Hub, company: str, code: str) -> dict[str, Any]:
    """Return how far an export has come: its state, whether it still moves by itself, a mark that changes whenever it does."""
    with reading(hub, company) as rows:
        row = export_row(rows, code)
        postings = how_far(rows.connection, rows.company_id, row["id"])
    moves = json.dumps([row["state"], row["phase"], *(list(map(str, posting.values())) for posting in postings)])
    return {
        "state": row["state"],
        "moving": _is_moving(row["state"], postings),
        "mark": sha256(moves.encode()).hexdigest()[:16],
    }


def _is_moving(state: str, postings: Collection[Row]) -> bool:
    """Whether workers are still at an export: it has neither come to rest nor waits for a person."""
    return state not in ("FILE_READY", "UNDONE") and any(
        posting["state"] in ON_ITS_WAY and posting["due_at"] is not None and not posting["needs_attention"]
        for posting in postings
    )


def _journal(posting: Row, export: Row, attempts: Collection[Row]) -> dict[str, Any]:
    entry = posting_document(posting)
    there = _as_it_stands(posting, entry)
    currency = export["currency"]
    return {
        "kind": posting["kind"],
        "part": posting["part"],
        "state": posting["state"],
        "reference": posting["reference"],
        "entry": entry,
        "debits": total([entry], "debit", currency),
        "credits": total([entry], "credit", currency),
        "receipt": posting["receipt"],
        "sends": posting["sends"],
        "needs_attention": posting["needs_attention"],
        "uncertain": posting["uncertain"],
        "due_at": _text(posting["due_at"]),
        "checked_at": _text(posting["checked_at"]),
        "changed_there": posting["changed_there"] if posting in _standing(export, [posting]) else "",
        "there": there,
        "duplicates": list(posting["duplicates"]),
        "sha256": posting["sha256"],
        "attempts": [_attempt(each) for each in attempts],
    }


def _as_it_stands(posting: Row, entry: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what is not there as it was posted, line by line; None where all is, or it was never read back."""
    recorded = posting["recorded"]
    if recorded is None or not recorded["lines"]:
        return None
    compared = side_by_side(entry, recorded)
    return compared if compared["lines"] or compared["date_there"] else None


def _attempt(row: Row) -> dict[str, Any]:
    return {
        "kind": row["kind"],
        "worker": row["worker"],
        "started_at": row["started_at"].isoformat(),
        "ended_at": _text(row["ended_at"]),
        "outcome": row["outcome"],
        "code": row["code"],
        "message": row["message"],
        "request_id": row["request_id"],
        "receipts": list(row["receipts"]),
    }


def _layouts(hub: Hub, rows: CompanyRows, row: Row) -> list[tuple[str, str]] | None:
    """Return the layouts an export's files can have, its connection's first: name in the settings, and whose it is.

    None where its connector makes no files; a layout that these settings do not do for is left out.
    """
    found = next(one for one in rows.connections() if one["id"] == row["connection_id"])
    try:
        connector = connector_of(hub, found["connector"])
        if not connector.can(Capability.FILES):
            return None
        settings = connector.settings_from(found["settings"])
    except (Refused, SettingsInvalid):
        return None
    field = type(settings).model_fields.get("layout")
    own = str(getattr(settings, "layout", ""))
    members = getattr(field.annotation, "__members__", {}) if field is not None else {}
    names = sorted((str(each.value) for each in members.values()), key=lambda name: name != own)
    labels = {name: _label(connector, {**found["settings"], "layout": name}) for name in names}
    return [(name, label) for name, label in labels.items() if label]


def _label(connector: GuardedConnector, settings: Mapping[str, str]) -> str:
    try:
        return connector.label(connector.settings_from(settings), deadline_s=None)
    except (SettingsInvalid, ConnectorError):
        return ""


def _standing(export: Row, postings: Collection[Row]) -> list[Row]:
    """Return the postings whose changes there still matter."""
    return [posting for posting in postings if export["state"] != "UNDONE" and posting["kind"] == "post"]


def _open_duplicates(posting: Row) -> bool:
    return any(not other.get("undone_by") for other in posting["duplicates"])


def _sites(posting: Row) -> set[str]:
    entry: Mapping[str, Any] = posting_document(posting)
    return {line["site"] for line in entry["lines"]}


def _text(instant: Any) -> str:  # noqa: ANN401  an instant, or None
    return instant.isoformat() if instant is not None else ""
