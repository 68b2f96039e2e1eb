"""What a posting's state makes of its export: its state, what the books carry, which counts are free again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from hub.api import SettledExport, SettledPosting
from hub.domain.posting import State, export_state
from hub.service.context import Hub
from hub.service.scope import CompanyRows, reading
from hub.store import Row

DUPLICATE: Final = "duplicate"


def roll_up(hub: Hub, rows: CompanyRows, export: Row) -> str:
    """Bring an export's state, and what follows from it, in line with its postings; returns the state."""
    postings = rows.exports.postings(export["id"])
    own = [posting for posting in postings if posting["kind"] == export["phase"]]
    corrections = [posting for posting in postings if posting["kind"] == DUPLICATE and posting["state"] != State.POSTED]
    base = _own_state(rows, export, own, postings)
    state = export_state([State(posting["state"]) for posting in corrections]) if corrections else base
    if base in (State.POSTED, State.UNDONE):
        rows.exports.settle_sites(export["id"], unsettled=bool(corrections), live=base == State.POSTED)
    if state != export["state"]:
        settled = hub.clock() if is_settled(state) else None
        rows.exports.set_export(export["id"], state=state, settled_at=settled)
    return state


def _own_state(rows: CompanyRows, export: Row, own: Sequence[Row], postings: Sequence[Row]) -> str:
    """Return an export's state but for corrections of duplicates, and carry out what a settled one leads to."""
    if own and all(posting["state"] == State.UNDONE for posting in own):
        return State.UNDONE.value
    state = export_state([State(posting["state"]) for posting in own])
    if export["phase"] == "post":
        _follow(rows, export, own, state)
        return state
    if state != State.POSTED:
        return state
    for posting in postings:
        if posting["kind"] == "post" and posting["state"] != State.UNDONE:
            rows.exports.set_posting(posting["id"], state=State.UNDONE.value)
    if export["state"] != State.UNDONE:
        release(rows, export)
    return State.UNDONE.value


def release(rows: CompanyRows, export: Row) -> None:
    """Let the books carry what they carried before an export, and offer its counts, transfers and batches again."""
    rows.exports.revert_values(export["id"])
    rows.exports.settle_sites(export["id"], unsettled=False, live=False)
    if export["kind"] == "closing":
        for site, opening in export["settings"]["openings"].items():
            rows.exports.set_opening(site, date.fromisoformat(opening["date"]), opening["connection"])


def is_settled(state: str) -> bool:
    """Whether an export in this state has come to rest."""
    return state in ("POSTED", "UNDONE")


def tell_observers(hub: Hub, company: str, code: str) -> None:
    """Tell the plugins that listen of an export that came to rest; after it was committed."""
    if not hub.registry.observers:
        return
    with reading(hub, company) as rows:
        export = rows.exports.by_code(code)
        if export is None or not is_settled(export["state"]):
            return
        settled = SettledExport(
            company=company,
            connection=rows.ids.connection_names[export["connection_id"]],
            export=code,
            state=export["state"],
            count_date=export["count_date"],
            sequence=export["sequence"],
            postings=tuple(_settled_posting(row) for row in rows.exports.postings(export["id"], export["phase"])),
        )
    hub.registry.tell_settled(settled, deadline_s=hub.posting.rules.timing.call_s if hub.posting.guarded else None)


def _settled_posting(row: Row) -> SettledPosting:
    receipt: Mapping[str, Any] = row["receipt"] or {}
    return SettledPosting(
        part=row["part"], reference=row["reference"], state=row["state"], receipt_id=str(receipt.get("id", ""))
    )


def _follow(rows: CompanyRows, export: Row, postings: Iterable[Row], state: str) -> None:
    """Let the books carry what was posted; a site whose closing entry was posted is open to new opening values."""
    if state == State.POSTED:
        rows.exports.apply_values(export["id"])
        if export["kind"] == "closing" and export["state"] != State.POSTED:
            for site in rows.exports.sites(export["id"]):
                rows.exports.set_opening(site, None, None)
        return
    posted, waiting = _pairs(postings, posted=True), _pairs(postings, posted=False)
    if posted - waiting:
        rows.exports.apply_values(export["id"], posted - waiting)


def _pairs(postings: Iterable[Row], *, posted: bool) -> set[tuple[str, str]]:
    """Return the sites and categories of the lines of the postings that are posted, or of the others."""
    return {
        (line["site"], line["category"])
        for posting in postings
        if (posting["state"] == State.POSTED) is posted
        for line in json.loads(posting["entry"])["lines"]
    }
