"""The rules that are kept where the database and the network meet: what is frozen, written down first, held and recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from hashlib import sha256

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hub.service.context import Hub, Refused
from hub.service.posting import desk, working
from hub.service.posting.claiming import Claim
from hub.store import Row
from hub.testing.ledger import LedgerFault
from hub.testing.lossy import Fault, writes
from hub.testing.profile import Profile
from tests.posting.conftest import MakeHouse
from tests.posting.house import NOVEMBER, OCTOBER, TIMING, Document, House
from tests.posting.proofs import LABEL, nothing_posted, posted_once, reference, sends, tells

NEVER_REPEATED = [
    Fault.RESET_BEFORE,
    Fault.UNAVAILABLE_503,
    Fault.REQUEST_TIMEOUT_408,
    Fault.REDIRECT_307,
    Fault.DISCONNECTED_AFTER,
]
"""What transports and clients like to answer with a second request of their own."""
LEFT_OUT = "acknowledge=site_not_counted"


def handed_over(house: House, *chosen: str, connection: str = "books") -> Document:
    """Export, and leave the posting to the workers; chosen: the date and decisions."""
    own = house.hub
    house.hub = replace(own, posting=replace(house.posting, wake=lambda _export, _connection: None))
    made = house.export(*chosen, connection=connection)
    house.hub = own
    return made


def at_the_call(house: House, look: Callable[[], object]) -> None:
    """Have a test look at the database as each journal arrives."""
    house.wire.arrives = lambda request: look() if writes(request) else None


def changed(house: House, statement: str) -> None:
    """Change the database behind the hub's back."""
    with house.database.engine.begin() as connection:
        connection.execute(text(statement))


def test_r1_an_export_its_postings_and_their_checksums_are_frozen_together(house_anywhere: House) -> None:
    house = house_anywhere
    handed_over(house)
    (row,) = house.query("SELECT entry, sha256, key, reference, state FROM posting")
    assert row["sha256"] == sha256(row["entry"].encode()).hexdigest()
    assert (len(row["key"]), row["reference"][:2], row["state"]) == (32, "IA", "FROZEN")
    assert house.journals() == []


COLUMNS = """company_id, connection_id, kind, count_date, phase, state, hash, label, currency, decisions, settings, problems,
    created_at, created_by"""
SECOND_EXPORT = f"INSERT INTO export (id, code, sequence, {COLUMNS}) SELECT id + 1, 'SECOND', 2, {COLUMNS} FROM export"
SECOND_COUNT = """INSERT INTO export_count SELECT export_id + 1, site_id, company_id, connection_id, {count}, count_date,
    prior_date, {live}, {unsettled} FROM export_count"""


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"count": "count_id", "live": "true", "unsettled": "false"}, True),
        ({"count": "NULL", "live": "true", "unsettled": "true"}, True),
        ({"count": "count_id", "live": "false", "unsettled": "false"}, False),
    ],
    ids=["r1 a count in two live exports", "r16 a site with two unsettled exports", "not one that was undone"],
)
def test_r1_r16_the_database_itself_refuses(house_anywhere: House, values: dict[str, str], refused: bool) -> None:  # noqa: FBT001 - drawn
    house = house_anywhere
    handed_over(house)
    changed(house, SECOND_EXPORT)
    with pytest.raises(IntegrityError) if refused else nullcontext():
        changed(house, SECOND_COUNT.format(**values))


def test_r1_what_was_altered_in_the_database_after_the_freeze_is_not_sent(house: House) -> None:
    made = handed_over(house)
    changed(house, "UPDATE posting SET entry = replace(entry, '4812.37', '4812.38')")
    house.settles()
    tells(house.shown(made["export"]), "altered", reference(made), "changed in the hub's database", "hub audit verify")
    assert sends(house) == []


def test_r2_an_attempt_is_committed_before_any_byte_leaves_and_no_transaction_is_open_meanwhile(
    house_anywhere: House,
) -> None:
    house = house_anywhere
    seen: list[Document] = []

    def look() -> None:
        seen.extend(
            house.query("SELECT a.kind, started_at, ended_at, state FROM attempt a JOIN posting p ON p.id = posting_id")
        )
        with house.database.write() as rows:  # nobody else writes, so that this one need not wait
            rows.execute(text("UPDATE meta SET look_first = look_first"))

    at_the_call(house, look)
    posted_once(house, house.export())
    (attempt,) = seen
    assert (attempt["kind"], attempt["ended_at"], attempt["state"]) == ("post", None, "SENDING")
    assert attempt["started_at"] is not None


@pytest.mark.parametrize(("seconds", "sent"), [(TIMING.send_within_s, 1), (TIMING.send_within_s + 0.001, 0)])
def test_r7_a_call_that_cannot_be_made_in_time_is_not_made(
    house: House, monkeypatch: pytest.MonkeyPatch, seconds: float, sent: int
) -> None:
    own = working._in_time  # noqa: SLF001 - the moment right before the first byte

    def after_a_stall(hub: Hub, claimed: Claim) -> bool:
        house.clock.advance(seconds)
        return own(hub, claimed)

    monkeypatch.setattr(working, "_in_time", after_a_stall)
    made = house.export()
    assert (made["state"], len(sends(house))) == ("POSTED" if sent else "FROZEN", sent)
    monkeypatch.undo()
    posted_once(house.settles(), made)
    assert len(sends(house)) == 1


def test_r7_while_one_worker_is_in_the_call_another_finds_nothing_to_do(house: House) -> None:
    begun = handed_over(house)
    (export,) = house.query("SELECT id FROM export")
    sent: list[int] = []

    def comes_along() -> None:
        other = house.worker("other")
        assert working.due(other) == []
        working.work(other, export["id"])
        sent.append(len(sends(house)))

    at_the_call(house, comes_along)
    house.sweep()
    assert sent == [1]
    posted_once(house, begun)


@pytest.mark.parametrize(("lag_s", "seen"), [(0, "POSTED"), (600, "UNKNOWN")])
def test_r7_a_worker_that_lost_its_posting_records_nothing_but_what_it_saw(
    house: House, lag_s: float, seen: str
) -> None:
    """It stalls in mid-call past its lease, and another looks; what the first is answered then can only confirm."""
    states: list[str] = []

    def stalls(request: httpx2.Request) -> None:
        if writes(request):
            house.wire.leaves = lambda _request: None
            house.clock.advance(TIMING.lease_s + 1)
            other = house.worker("other")
            for export, _ in working.due(other):
                working.work(other, export)
            states.extend(row["state"] for row in house.query("SELECT state FROM posting"))

    if lag_s:
        house.ledger.lag_look_ups(lag_s)
    house.wire.leaves = stalls
    made = house.export()
    assert (states, made["state"]) == ([seen], "POSTED")
    posted_once(house, made)
    outcomes = [row["outcome"] for row in house.query("SELECT outcome FROM attempt ORDER BY id")]
    assert outcomes == ["unknown", "absent" if lag_s else "found"]


def test_r10_pressing_export_again_in_every_state_gives_the_same_export(house: House) -> None:
    made = handed_over(house)
    codes = [made["export"], house.export()["export"]]
    house.settles()
    codes += [house.export()["export"], house.export(hash_=made["hash"])["export"]]
    assert set(codes) == {made["export"]}
    posted_once(house, made)


def test_r11_an_export_that_fails_again_and_again_keeps_no_other_waiting(make_house: MakeHouse) -> None:
    house = make_house().set_up(("AP", "DT"))
    house.counts("DT")
    house.counts("AP", NOVEMBER)
    house.spoil(Fault.REQUEST_LOST)
    bad = house.export(OCTOBER, LEFT_OUT)
    house.clock.advance(16)
    good = handed_over(house, NOVEMBER, LEFT_OUT)
    first, second = (export for export, _ in working.due(house.hub))
    house.reading_faults = [Fault.UNAVAILABLE_503]
    working.work(house.hub, first)
    assert [export for export, _ in working.due(house.hub)] == [second]
    working.work(house.hub, second)
    assert [house.shown(made["export"])["state"] for made in (bad, good)] == ["UNKNOWN", "POSTED"]


def test_r11_one_of_each_connection_is_taken_before_the_second_of_any_and_one_alone_of_one_that_fails(
    house_anywhere: House,
) -> None:
    house = house_anywhere
    house.connect("other")
    house.chart("other")
    house.imports("sites", "site,name,connection", "AP,Airport,books", "ZZ,Zoo,other")
    house.imports("opening", "date,site,category,value", "2026-09-30,AP,,0", "2026-09-30,ZZ,,0")
    house.counts("AP", NOVEMBER)
    house.counts("ZZ")
    made = [handed_over(house, OCTOBER, LEFT_OUT), handed_over(house, NOVEMBER, LEFT_OUT)]
    made.append(handed_over(house, OCTOBER, connection="other"))
    ids = {row["code"]: row["id"] for row in house.query("SELECT id, code FROM export")}
    first, second, others = (ids[each["export"]] for each in made)

    def due() -> list[int]:
        return [export for export, _ in working.due(house.hub)]

    assert due() == [first, others, second]
    changed(
        house,
        "INSERT INTO traffic (company_id, connection_id, failures, trouble, closed_until) "
        "SELECT company_id, id, 3, '', '2026-11-02T08:59:00.000000+00:00' FROM connection WHERE name = 'books'",
    )
    assert due() == [others, first]
    sent = "UPDATE posting SET state = 'UNKNOWN', sent_at = '2026-11-02T08:00:00.000000+00:00' WHERE export_id = "
    changed(house, f"{sent}{second}")
    assert due() == [others, second]  # rather a look-up than a journal
    changed(house, f"UPDATE posting SET lease_owner = 'dead/1' WHERE export_id = {first}")
    assert due() == [others, second, first]  # it is to be taken out of a dead worker's hands, whatever fails


def test_r12_a_change_of_state_and_its_entry_in_the_trail_are_one_transaction(house: House) -> None:
    made = house.export()
    told = f"SELECT action FROM audit_event WHERE subject = '{made['export']}' ORDER BY seq"
    assert [row["action"] for row in house.query(told)] == ["export", "send", "posted"]


@pytest.mark.parametrize("state", ["SENDING", "POSTED"])
def test_r12_without_its_entry_in_the_trail_no_state_is_changed(
    house: House, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    made = handed_over(house)
    before = house.query("SELECT state FROM posting")[0]["state"]
    own = desk.Desk.audit
    calls = Counter[str]()

    def fails(self: desk.Desk, action: str, export: Row, **detail: object) -> None:
        own(self, action, export, **detail)
        if action == {"SENDING": "send", "POSTED": "posted"}[state]:
            calls[action] += 1
            raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr(desk.Desk, "audit", fails)
    with pytest.raises(RuntimeError):
        house.sweep()
    monkeypatch.undo()
    (row,) = house.query("SELECT state FROM posting")
    assert (row["state"], len(sends(house))) == ((before, 0) if state == "SENDING" else ("SENDING", 1))
    posted_once(house.settles(), made)


@pytest.mark.parametrize("fault", NEVER_REPEATED)
def test_r14_one_call_is_one_request_whatever_it_is_answered(counted: MakeHouse, fault: Fault) -> None:
    house = counted(Profile.NO_KEY)
    house.spoil(fault)
    house.export()
    assert len(sends(house)) == 1
    assert {request.url.host for request in house.sent} == {"127.0.0.1"}


def test_r15_a_look_up_takes_every_match_the_most_alike_one_and_tells_of_the_others(house: House) -> None:
    house.ledger.misbehave(LedgerFault.WRITTEN_TWICE)
    house.spoil(Fault.ANSWER_LOST)
    made = house.export()
    first, second = house.ledger.journals(reference(made))
    house.ledger.edit(first.id, lines=first.lines[2:])
    house.settles()
    shown = house.shown(made["export"])
    assert (shown["state"], shown["postings"][0]["receipt"]["id"]) == ("POSTED", second.id)
    tells(shown, "duplicate_there", LABEL, first.number)


def test_r16_an_on_books_value_that_another_export_reversed_meanwhile_is_not_reversed_again(house: House) -> None:
    others: list[Document] = []

    def somebody_amends_and_exports(request: httpx2.Request) -> None:
        if not others:
            others.append({})
            house.counts(values={"Meat": "1.00", "Liquor": "2.00"})
            others[0] = house.export()

    house.wire.arrives = somebody_amends_and_exports
    with pytest.raises(Refused) as refused:
        house.export()
    assert [problem.code for problem in refused.value.problems] == ["figures_changed"]
    posted_once(house, others[0])
    assert str(house.balance("1310")) == "-4811.37"


def test_nothing_of_what_waits_is_lost_when_the_process_is_stopped(house: House) -> None:
    house.hub = replace(house.hub, posting=replace(house.posting, stopping=lambda: True))
    made = house.export()
    nothing_posted(house, made, "FROZEN")
    house.hub = replace(house.hub, posting=house.posting)
    posted_once(house.settles(), made)
