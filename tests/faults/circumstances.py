"""Circumstances in which one rule is the only defence; each returns what is seen in them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hub.service import freezing
from hub.service.context import Refused
from hub.service.posting import working
from hub.service.posting.calling import Told
from hub.service.previewing import Draft, dated, decisions_from, draft
from hub.service.scope import reading, writing
from hub.store.export_rows import ValueTaken
from hub.store.posting_rows import set_look_first
from hub.testing.lossy import Fault, writes
from tests.posting.house import NOVEMBER, OCTOBER, House, nothing

TWO_DAYS_S, ASLEEP_S = 172_800, 7_200
LOOKS, LOOK_S = 6, 1
SITE_BY_SITE = {"DT": OCTOBER, "AP": NOVEMBER, "UP": "2026-12-31"}
ALONE = "acknowledge=site_not_counted"
AT_MOST = 25  # calls of ten minutes: three failures, and a probe each half minute
Patch = pytest.MonkeyPatch
Seen = tuple[object, ...]


# What a program does that was asleep since it drafted an export, and does not look again before it freezes it.


def one_count_frozen_twice(_patch: Patch, house: House) -> Seen:
    outdated = drafted(house, OCTOBER)
    house.export()
    return frozen(house, outdated, claims=(), sets=()), len(house.journals())


def two_counts_of_a_site_under_way_at_once(_patch: Patch, house: House) -> Seen:
    house.counts(day=NOVEMBER)
    outdated = drafted(house, NOVEMBER)
    house.spoil(Fault.ANSWER_LOST)
    house.export()
    return frozen(house, outdated, claims=(), sets=()), len(house.journals())


def a_value_replaced_twice(_patch: Patch, house: House) -> Seen:
    house.counts(day=NOVEMBER)
    outdated = drafted(house, NOVEMBER)
    house.export()
    return frozen(house, outdated, sets=()), len(house.journals())


def drafted(house: House, day: str) -> Draft:
    """Draft what would be exported of a day now."""
    with reading(house.hub, house.company) as rows:
        return draft(house.hub, rows, rows.books(None), date.fromisoformat(day), decisions_from(()))


def frozen(house: House, outdated: Draft, **changes: Any) -> str:
    """Freeze what was drafted, under a number of its own, and post it; or say what kept it from that."""
    own = dated(replace(outdated, identity=replace(outdated.identity, sequence=7)), frozenset())
    new = replace(freezing._new_export(own, "outdated"), **changes)  # noqa: SLF001 - past the second look
    now = house.clock.now()
    try:
        with writing(house.hub, house.company) as rows:
            rows.exports.freeze(new, freezing.postings_of(own), due_at=now, actor="bob", now=now)
    except (IntegrityError, ValueTaken) as error:
        return type(error).__name__
    house.sweep()
    return "frozen"


def an_account_mapped_otherwise_after_it_was_shown(patch: Patch, house: House) -> Seen:
    own = freezing.checked

    def meanwhile(shown: Draft) -> Draft:
        house.imports("account-map", "gl_account,account_number", "5010,5020", connection="books")
        return own(shown)

    patch.setattr(freezing, "checked", meanwhile)
    return pressed(house), len(house.journals())


def an_amount_altered_in_the_database(_patch: Patch, house: House) -> Seen:
    left_to_workers(house)
    with house.database.write() as rows:
        rows.execute(text("UPDATE posting SET entry = replace(entry, '5120.05', '5120.06')"))
    house.sweep()
    return posting(house)["needs_attention"], len(house.journals())


# People press Export.


def export_pressed_again(_patch: Patch, house: House) -> Seen:
    return pressed(house), pressed(house)


def pressed(house: House) -> str:
    """Press Export, and return the state of what came of it, or why nothing did."""
    try:
        made = house.export()
    except Refused as refused:
        return refused.problems[0].code
    return str(made["problems"][0]["code"] if made["export"] is None else made["state"])


# Journals come late, and workers sleep.


def a_journal_that_comes_late(_patch: Patch, house: House) -> Seen:
    house.ledger.commit_late(1_200)
    house.export()
    house.settles()
    house.clock.advance(ASLEEP_S)
    return (len(house.journals()),)


def a_refusal_while_a_journal_comes_late(_patch: Patch, house: House) -> Seen:
    house.ledger.commit_late(2_400)
    house.export()
    house.ledger.deactivate("acc-1310")
    house.settles(2_300)
    house.ledger.activate("acc-1310")
    house.settles()
    house.clock.advance(ASLEEP_S)
    return posting(house)["state"], len(house.journals())


def another_worker_in_mid_call(_patch: Patch, house: House) -> Seen:
    """Returns how many calls the other worker makes."""
    calls: list[int] = []

    def meanwhile(_request: httpx2.Request) -> None:
        house.wire.arrives = nothing
        before = len(house.sent)
        other = house.worker("other")
        working.work(other, posting(house)["export_id"])
        calls.append(len(house.sent) - before)

    left_to_workers(house)
    house.wire.arrives = meanwhile
    house.sweep()
    return tuple(calls)


def asleep_right_before_it_sends(patch: Patch, house: House) -> Seen:
    own = working._called  # noqa: SLF001 - the moment before a call

    def asleep(*given: Any) -> Told:
        patch.setattr(working, "_called", own)
        another_takes_over(house)
        return own(*given)

    patch.setattr(working, "_called", asleep)
    house.export()
    return (len(house.journals()),)


def no_answer_before_another_found_the_journal(_patch: Patch, house: House) -> Seen:
    def meanwhile(request: httpx2.Request) -> None:
        if writes(request):
            house.wire.leaves = nothing
            another_takes_over(house)

    house.wire.leaves = meanwhile
    house.spoil(Fault.ANSWER_LOST)
    house.export()
    return posting(house)["state"], len(house.journals())


def another_takes_over(house: House) -> None:
    """Let hours pass in which another worker does what is due."""
    house.clock.advance(ASLEEP_S)
    own, house.hub = house.hub, house.worker("other")
    house.settles()
    house.hub = own


# An accounting system is in trouble.


def one_export_that_is_put_off_again_and_again(patch: Patch, house: House) -> Seen:
    """Returns how many journals there are once there was time for each export."""
    site_by_site(house)
    first = house.query("SELECT reference FROM posting ORDER BY id")[0]["reference"]
    own = house.transport.handle_request

    def throttled(request: httpx2.Request) -> httpx2.Response:
        if writes(request) and first.encode() in request.read():
            return httpx2.Response(429, headers={"Retry-After": "0"})
        return own(request)

    patch.setattr(house.transport, "handle_request", throttled)
    for _ in range(LOOKS):
        house.clock.advance(LOOK_S)
        for export_id, _connection in working.due(house.hub, limit=1):
            working.work(house.hub, export_id)
    return (len(house.journals()),)


def ten_minutes_out_of_order(_patch: Patch, house: House) -> Seen:
    site_by_site(house)
    house.down = Fault.UNAVAILABLE_503
    before = len(house.sent)
    house.later(600)
    return (len(house.sent) - before <= AT_MOST,)


def days_out_of_order(_patch: Patch, house: House) -> Seen:
    left_to_workers(house)
    house.down = Fault.UNAVAILABLE_503
    house.settles(TWO_DAYS_S)
    return (posting(house)["needs_attention"],)


def a_restored_back_up(_patch: Patch, house: House) -> Seen:
    file = Path(str(house.database.url.database))
    house.database.close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = file.read_bytes()
    house.export()
    house.database.close()
    for leftover in file.parent.glob(f"{file.name}-*"):
        leftover.unlink()
    file.write_bytes(before)
    with house.database.write() as connection:
        set_look_first(connection, look_first=True)
    return pressed(house), len(house.journals())


def site_by_site(house: House) -> None:
    """Export a count of each site, each on a day of its own, without posting any yet."""
    for site, day in SITE_BY_SITE.items():
        house.counts(site, day)
    for day in SITE_BY_SITE.values():
        left_to_workers(house, day)


def left_to_workers(house: House, day: str = OCTOBER) -> None:
    """Export what is not posted yet."""
    own = house.hub
    house.hub = replace(own, posting=replace(own.posting, wake=lambda _export, _connection: None))
    assert house.export(day, ALONE)["export"]
    house.hub = own


def posting(house: House) -> dict[str, Any]:
    """Return the only posting there is."""
    (row,) = house.query("SELECT * FROM posting")
    return row
