"""One journal or none, whatever fails on the way to Xero: the connector against the sandbox, through the real state machine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hub.testing.lossy import Fault
from hub_xero.catalogue import CATALOGUE
from plugins.xero.tests.house import Make, XeroHouse
from tests.posting.house import NOVEMBER, OCTOBER, Document, codes
from tests.posting.proofs import frozen, nothing_posted, posted_once, reference, there

MINUTE_S = 60
QUIET_S = 26 * MINUTE_S
UNCHECKED = "acknowledge=not_checked"
SOON = (Fault.CONNECT_REFUSED, Fault.REDIRECT_302, Fault.TRUNCATED)
"""Those of `make test`; `make soak` has all of them."""
EDITS = [pytest.param("edit_journals", "edited", marks=pytest.mark.soak), ("void_journals", "deleted")]


def problem(made: Document, code: str) -> str:
    (found,) = [each for each in made["problems"] if each["code"] == code]
    return f"{found['message']} {found['fix']}"


def test_an_export_is_one_journal_with_the_frozen_amounts_and_pressing_export_again_adds_nothing(
    house: XeroHouse,
) -> None:
    made = house.export()
    posted_once(house, made)
    assert house.balance("1310") == Decimal("5120.05") - Decimal("4812.37")
    assert house.balance("1340") == Decimal("9650.00")
    (posting,) = house.shown(made["export"])["postings"]
    page = house.local.bare.get(house.local.bare.get(posting["receipt"]["url"]).headers["location"])
    assert reference(made) in page.text
    (put,) = house.puts()
    assert put.headers["Idempotency-Key"] in str(house.query("SELECT key FROM posting"))


def test_a_preview_takes_two_calls_the_export_after_it_one_and_one_without_a_preview_three(make_house: Make) -> None:
    def calls(house: XeroHouse) -> list[str]:
        made = [f"{request.method} {request.url.path.rpartition('/')[2]}" for request in house.sent]
        house.sent.clear()
        return made

    house, other = make_house(), make_house()
    house.preview()
    assert calls(house) == ["GET Organisation", "GET Accounts"]
    house.export()
    assert calls(house) == ["PUT ManualJournals"]
    other.export()
    assert calls(other) == ["GET Organisation", "GET Accounts", "PUT ManualJournals"]


@pytest.mark.parametrize(
    ("fault", "puts"),
    [
        ("lost_answer", 1),
        ("lost_request", 2),
        ("server_error_after", 1),
        pytest.param("server_error_before", 2, marks=pytest.mark.soak),
        pytest.param("gateway_shape", 2, marks=pytest.mark.soak),
        ("garbage", 1),
        pytest.param("unexpected_error", 2, marks=pytest.mark.soak),
    ],
)
def test_what_the_sandbox_does_to_one_call_ends_with_one_journal(house: XeroHouse, fault: str, puts: int) -> None:
    house.local.faults(fault=fault)
    made = house.export()
    assert made["state"] == "UNKNOWN"
    posted_once(house.settles(), made)
    assert len(house.puts()) == puts
    assert len({request.content for request in house.puts()}) == 1
    assert len({request.headers["Idempotency-Key"] for request in house.puts()}) == 1


@pytest.mark.parametrize(
    "fault", [fault if fault in SOON else pytest.param(fault, marks=pytest.mark.soak) for fault in Fault]
)
def test_what_the_network_does_to_one_call_ends_with_one_journal(house: XeroHouse, fault: Fault) -> None:
    house.spoil(fault)
    made = house.export()
    posted_once(house.settles(within_s=2 * 86_400), made)
    assert house.transport.fired[fault] == 1


@pytest.mark.parametrize("minutes", [*(pytest.param(minutes, marks=pytest.mark.soak) for minutes in (1, 7)), 25])
def test_a_commit_that_comes_late_is_found_and_never_sent_again_though_the_key_is_long_forgotten(
    house: XeroHouse, minutes: int
) -> None:
    house.local.faults(fault="late_commit", seconds=minutes * MINUTE_S - 1)
    made = house.export()
    posted_once(house.settles(), made)
    assert len(house.puts()) == 1


def test_a_commit_later_than_xero_is_believed_to_make_is_the_declared_limit_and_raises_the_alarm(
    house: XeroHouse,
) -> None:
    house.local.faults(fault="late_commit", seconds=90 * MINUTE_S)
    made = house.export()
    house.settles()
    assert house.shown(made["export"])["state"] == "POSTED"
    house.clock.advance(90 * MINUTE_S)
    house.check()
    shown = house.shown(made["export"])
    assert "duplicate_there" in codes(shown)


def test_nothing_is_sent_again_before_silence_is_over_and_a_failed_look_up_is_never_absent(house: XeroHouse) -> None:
    house.spoil(Fault.REQUEST_LOST)
    made = house.export()
    house.settles(within_s=15 * MINUTE_S)
    assert len(house.puts()) == 1
    house.down = Fault.UNAVAILABLE_503
    house.settles(within_s=10 * MINUTE_S)
    assert house.shown(made["export"])["state"] == "UNKNOWN"
    assert len(house.puts()) == 1
    house.down = None
    posted_once(house.settles(), made)


def test_an_error_that_xero_repeats_under_the_key_does_not_keep_the_journal_from_being_posted_once(
    house: XeroHouse,
) -> None:
    house.local.faults(fault="server_error_before")
    made = house.export()
    key = house.puts()[0].headers["Idempotency-Key"]
    again = house.local.call(
        "PUT",
        "ManualJournals?summarizeErrors=false",
        content=house.puts()[0].content,
        headers={"Idempotency-Key": key, "Content-Type": "application/json"},
    )
    assert again.status_code == 500
    posted_once(house.settles(), made)


def test_a_key_that_was_used_with_another_request_leaves_the_outcome_unknown_until_it_is_looked_for(
    house: XeroHouse,
) -> None:
    house.spoil(Fault.ERROR_500_BEFORE)
    made = house.export()
    key = house.puts()[0].headers["Idempotency-Key"]
    house.clock.advance(QUIET_S)
    house.local.call("PUT", "ManualJournals", json={"Narration": "x"}, headers={"Idempotency-Key": key})
    house.sweep()
    assert house.shown(made["export"])["state"] == "UNKNOWN"
    posted_once(house.settles(), made)


@pytest.mark.parametrize(
    ("fault", "waits_s"),
    [
        pytest.param({"fault": "throttle", "seconds": 41}, 41, marks=pytest.mark.soak),
        ({"fault": "throttle", "seconds": 3_000, "body": "day"}, 3_000),
        ({"fault": "concurrency"}, 10),
    ],
)
def test_a_limit_is_waited_out_as_long_as_xero_asks(house: XeroHouse, fault: Document, waits_s: int) -> None:
    house.local.faults(**fault)
    made = house.export()
    nothing_posted(house, made, "FROZEN")
    assert CATALOGUE[{"concurrency": "concurrent"}.get(fault["fault"], fault.get("body", "minute"))].happened in str(
        made
    )
    house.clock.advance(waits_s - 6)
    house.sweep()
    assert house.journals() == []
    posted_once(house.settles(), made)
    assert len(house.puts()) == 2


def test_amounts_that_xero_changed_are_shown_and_never_silently_posted(house: XeroHouse) -> None:
    house.local.faults(fault="changed_amounts")
    made = house.export()
    assert (made["state"], codes(made)) == ("MISMATCH", ["differs"])
    assert there(house, reference(made)) != frozen(house, reference(made))
    assert house.accept(made["export"])["state"] == "POSTED"


def test_a_warning_of_xero_does_not_keep_the_journal_from_being_posted(house: XeroHouse) -> None:
    house.local.faults(fault="warn")
    posted_once(house, house.export())


def test_a_lock_date_is_found_before_the_entry_is_shown(house: XeroHouse) -> None:
    house.local.faults(closed_through=OCTOBER)
    assert "The lock date of Demo Company (US) in Xero is 2026-10-31" in problem(house.preview(), "period_closed")


@pytest.mark.parametrize("too_soon", [pytest.param(False, marks=pytest.mark.soak), True])
def test_a_lock_date_set_between_preview_and_export_refuses_the_journal_and_says_how_long_to_wait(
    house: XeroHouse, *, too_soon: bool
) -> None:
    def lock(request: object) -> None:
        if getattr(request, "method", "") == "PUT":
            house.local.faults(closed_through=OCTOBER)

    house.wire.arrives = lock
    made = house.export()
    nothing_posted(house, made, "REJECTED")
    told = problem(made, "refused")
    assert "Xero is locked through 2026-10-31" in told
    assert "six minutes" in told
    house.wire.arrives = lambda request: None
    house.local.faults(closed_through=None)
    if too_soon:  # Xero repeats its refusal under the key, and one on a repeat is looked for before it is believed
        assert house.resume(made["export"])["state"] == "REJECTED"
        house.settles()
    house.clock.advance(6 * MINUTE_S)
    house.resume(made["export"])
    posted_once(house, made)


def test_an_account_archived_between_preview_and_export_refuses_the_journal(house: XeroHouse) -> None:
    house.wire.arrives = lambda request: (
        house.local.faults(archive_accounts=["1310"]) if getattr(request, "method", "") == "PUT" else None
    )
    made = house.export()
    nothing_posted(house, made, "REJECTED")
    assert "The account 1310 is archived or deleted in Xero" in problem(made, "refused")


@pytest.mark.parametrize(
    ("act", "change"), [pytest.param("edit_journals", "edited", marks=pytest.mark.soak), ("void_journals", "deleted")]
)
def test_a_journal_edited_or_voided_there_is_found_by_night_and_blocks_the_next_count(
    house: XeroHouse, act: str, change: str
) -> None:
    made = house.export()
    house.counts(day=NOVEMBER)
    house.clock.advance(86_400)
    (journal,) = house.ledger.journals(reference(made))
    house.local.faults(**{act: [journal.id]})
    assert [each["change"] for each in house.check()] == [change]
    assert "prior_changed" in codes(house.preview(NOVEMBER))
    assert len(house.puts()) == 1


def test_a_draft_under_the_reference_is_shown_and_never_posted_by_the_hub(house: XeroHouse) -> None:
    house.spoil(Fault.REQUEST_LOST)
    made = house.export()
    body = house.puts()[0].content.replace(b'"POSTED"', b'"DRAFT"')
    house.local.call("PUT", "ManualJournals", content=body)
    house.settles()
    shown = house.shown(made["export"])
    assert (shown["state"], house.journals()) == ("MISMATCH", [])
    assert "It is a draft there" in problem(shown, "differs")


def test_a_reversal_made_in_xero_is_not_taken_for_a_duplicate(house: XeroHouse) -> None:
    made = house.export()
    us = house.local.us
    (journal,) = us.journals.values()
    opposite = tuple(replace(line, minor=-line.minor) for line in journal.lines)
    id_ = "0b159335-606b-485f-b51b-97b3b32bad32"
    us.put(replace(journal, id=id_, narration=f"Reversal: {journal.narration}", lines=opposite))
    house.clock.advance(86_400)
    assert house.check() == []
    assert codes(house.shown(made["export"])) == []


def test_a_token_that_runs_out_in_mid_way_leaves_nothing_written_and_the_journal_is_posted_with_the_next(
    house: XeroHouse,
) -> None:
    def expire(request: object) -> None:
        if getattr(request, "method", "") == "PUT" and len(house.puts()) == 1:
            house.local.faults(expire_tokens=True)

    house.preview()
    house.clock.advance(2 * MINUTE_S)
    house.wire.arrives = expire
    made = house.export()
    nothing_posted(house, made, "FROZEN")
    posted_once(house.settles(), made)
    assert len(house.puts()) == 2


def test_an_organisation_that_was_disconnected_waits_for_a_person_and_is_posted_once_after(house: XeroHouse) -> None:
    house.preview()
    house.disconnect()
    made = house.export(OCTOBER, UNCHECKED)
    nothing_posted(house, made, "FROZEN")
    assert "it was disconnected there" in problem(made, "reconnect_needed")
    house.sign_in()
    house.resume(made["export"])
    posted_once(house, made)


def test_a_consent_that_was_ended_waits_for_a_person_and_is_posted_once_after(house: XeroHouse) -> None:
    house.preview()
    for grant in house.local.stand.tokens.grants():
        grant.revoked = True
    made = house.export(OCTOBER, UNCHECKED)
    nothing_posted(house, made, "FROZEN")
    assert problem(made, "reconnect_needed")
    house.sign_in()
    house.resume(made["export"])
    posted_once(house, made)


def test_an_undo_is_the_opposite_journal_and_leaves_the_books_as_they_were(house: XeroHouse) -> None:
    made = house.export()
    house.undo(made["export"])
    assert house.shown(made["export"])["state"] == "UNDONE"
    assert {account: balance for account, balance in house.local.us.books.trial_balance().items() if balance} == {}
    assert len(house.local.us.journals) == 2


@pytest.mark.parametrize(
    ("touched", "state"),
    [
        ({"narration": "Stock"}, "POSTED"),
        pytest.param({"date": date(2026, 10, 30)}, "MISMATCH", marks=pytest.mark.soak),
    ],
)
def test_a_journal_is_found_though_somebody_rewrote_its_narration_or_moved_its_date_before_it_was_looked_for(
    house: XeroHouse, touched: dict[str, Any], state: str
) -> None:
    house.spoil(Fault.RESET_AFTER)
    made = house.export()
    (journal,) = house.local.us.journals.values()
    house.local.us.put(replace(journal, **touched))
    house.clock.advance(MINUTE_S)
    house.sweep()
    assert house.shown(made["export"])["state"] == state
    assert len(house.puts()) == 1
