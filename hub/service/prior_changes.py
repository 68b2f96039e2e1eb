"""What a person decided about a posted journal that was edited or deleted in the accounting system."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hub.api import Account, Reason, Side, Where, to_minor
from hub.domain.decisions import Decisions
from hub.domain.facts import PriorChange
from hub.domain.setup import same_account
from hub.service.context import Hub, Refused, refuse
from hub.service.frozen import export_row
from hub.service.posting.recorded import paired
from hub.service.scope import CompanyRows, reading, writing
from hub.store import Row
from hub.store.prior_rows import change_value, values_set_by

Line = Mapping[str, Any]  # a JSON object: its own types
Journal = Mapping[str, Any]  # a journal as it stood there
Place = tuple[str, str]  # a site and a category
JUST_LOOKED_AT = timedelta(minutes=5)
VALUED = {Reason.REVERSE_PRIOR.value, Reason.CURRENT.value, Reason.NET_CHANGE.value}


class _Rehearsed(Exception):
    """Ends a rehearsal: nothing of it is kept."""


@contextmanager
def as_decided(hub: Hub, company: str, decisions: Decisions) -> Iterator[CompanyRows]:
    """Open a company's rows for a preview; a decision on a changed journal is rehearsed in them and then rolled back."""
    if not decisions.prior:
        with reading(hub, company) as rows:
            yield rows
        return
    with suppress(_Rehearsed), writing(hub, company) as rows:
        yield rows
        raise _Rehearsed


def settle_prior_changes(
    hub: Hub, rows: CompanyRows, sites: Sequence[str], decisions: Decisions
) -> tuple[PriorChange, ...]:
    """Carry out what was decided about the changed journals of some sites, and return them; refuses what cannot be.

    undone: the export counts as undone; accept: what stands there is what the books carry, which is nothing where it was
    deleted; restored: as it was posted.
    """
    if not decisions.prior:
        return ()
    changes = rows.facts.prior_changes(list(sites))
    for code in dict.fromkeys(change.export for change in changes):
        row = export_row(rows, code)
        if decisions.prior == "undone":
            _count_as_undone(hub, rows, row)
        elif decisions.prior == "accept":
            _accept(hub, rows, row)
        elif decisions.prior == "restored":
            _refuse_if_still_changed(hub, rows, row)
        for posting in rows.exports.postings(row["id"], "post"):
            put_back = decisions.prior == "restored" and posting["changed_there"]
            as_before = {"recorded": posting["accepted"]} if put_back else {}
            rows.exports.set_posting(posting["id"], changed_there="", **as_before)
        detail = {"decision": decisions.prior}
        rows.exports.audit("prior changed", code, detail, actor=hub.actor, now=hub.clock())
    return changes


def _count_as_undone(hub: Hub, rows: CompanyRows, row: Row) -> None:
    _refuse_if_built_on(rows, row)
    postings = rows.exports.postings(row["id"], "post")
    if not all(posting["changed_there"] for posting in postings):
        raise _refused(row, "Only some of its journals were changed there.", "Undo the export instead.")
    for posting in postings:
        rows.exports.set_posting(posting["id"], state="UNDONE")
    rows.exports.set_export(row["id"], state="UNDONE", settled_at=hub.clock())
    rows.exports.revert_values(row["id"])
    rows.exports.settle_sites(row["id"], unsettled=False, live=False)


def _refuse_if_still_changed(hub: Hub, rows: CompanyRows, row: Row) -> None:
    """Refuse where somebody looked a moment ago, and what was said to be put back was not."""
    since = hub.database.now(rows.connection) - JUST_LOOKED_AT
    for posting in rows.exports.postings(row["id"], "post"):
        if posting["changed_there"] and posting["checked_at"] is not None and posting["checked_at"] >= since:
            still = "gone" if posting["changed_there"] == "deleted" else "not as it was posted"
            raise _refused(row, f"Journal {posting['reference']} is still {still} there.")


def _accept(hub: Hub, rows: CompanyRows, row: Row) -> None:
    postings = rows.exports.postings(row["id"], "post")
    gone = [posting for posting in postings if posting["changed_there"] == "deleted"]
    if len(gone) == len(postings):
        _count_as_undone(hub, rows, row)
        return
    _refuse_if_built_on(rows, row)
    if gone:
        why = f"Journal {gone[0]['reference']} is gone there, and others of the export stand."
        raise _refused(row, why, "Undo the export instead.")
    take_over(rows, row, [posting for posting in postings if posting["changed_there"]])


def take_over(rows: CompanyRows, row: Row, postings: Sequence[Row]) -> None:
    """Let the books carry what was recorded of some postings instead of what they followed so far; refuses what cannot be.

    So far they followed what was frozen, or what was accepted before: that is not taken over a second time.
    """
    values = {
        (rows.ids.site_codes[value["site_id"]], rows.ids.category_names[value["category_id"]]): value
        for value in values_set_by(rows.connection, rows.company_id, row["id"])
    }
    moved: Counter[Place] = Counter()
    for posting in postings:
        moved.update(_moved(row, posting, posting["recorded"], values))
        if posting["accepted"] is not None:
            moved.subtract(_moved(row, posting, posting["accepted"], values))
        rows.exports.set_posting(posting["id"], accepted=posting["recorded"])
    for where, change in moved.items():
        if change:
            change_value(rows.connection, rows.company_id, values[where]["id"], values[where]["value"] + change)


def _moved(row: Row, posting: Row, there: Journal | None, values: Mapping[Place, Row]) -> Counter[Place]:
    """Return by how much a journal moves each on-books value against what was frozen (minor units)."""
    moved: Counter[Place] = Counter()
    for line, change in _changes(row, posting, there):
        where = (line["site"], line["category"])
        value = values.get(where)
        if value is None or line["reason"] not in VALUED:
            raise _refused(row, f"“{line['memo']}” was changed there, which no on-books value can follow.")
        if same_account(_account(line), Account(**value["asset_account"])):
            moved[where] += change
        elif not same_account(_account(line), Account(**value["cogs_account"])):
            raise _refused(row, f"“{line['memo']}” was changed there in an account that the books moved on from.")
    return moved


def _changes(row: Row, posting: Row, there: Journal | None) -> Iterator[tuple[Line, int]]:
    """Yield each frozen line whose amount differs in a journal, with by how much its debits grew (minor units)."""
    frozen = json.loads(posting["entry"])["lines"]
    lines = (there or {}).get("lines", [])
    pairs = paired(lines, frozen) if lines else []
    if len(pairs) != len(frozen) or not all(exact for _, _, exact in pairs):
        raise _refused(row, f"The lines of journal {posting['reference']} there cannot be matched to those posted.")
    balance = 0
    for line, like, _ in pairs:
        sign = 1 if like["side"] == Side.DEBIT else -1
        change = sign * (_minor(line, row) - _minor(like, row))
        balance += change
        if change:
            yield like, change
    if balance:
        raise _refused(row, f"Journal {posting['reference']} does not balance there.")


def _minor(line: Line, row: Row) -> int:
    return to_minor(Decimal(line["amount"]), row["currency"])


def _account(line: Line) -> Account:
    return Account(id=line["account_id"], number=line["account_number"], name=line["account_name"])


def _refuse_if_built_on(rows: CompanyRows, row: Row) -> None:
    newer = rows.exports.newest_live(list(rows.exports.sites(row["id"])), after=row["id"])
    if newer is not None:
        raise _refused(row, f"Export {newer['code']} came after it and builds on it.", f"Undo {newer['code']} first.")


def _refused(row: Row, why: str, fix: str = "") -> Refused:
    return refuse(
        "prior_changed",
        f"What stands there in place of export {row['code']} cannot be taken over as decided. {why}",
        fix or "Put the journal back there and decide prior=restored, or decide prior=undone if it is gone.",
        Where(export=row["code"]),
    )
