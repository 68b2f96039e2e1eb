"""One journal or none, whatever fails on the way to NetSuite: the connector against the sandbox, over both interfaces."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hub.service.context import Refused
from hub.testing.lossy import Fault
from hub_netsuite.catalogue import CATALOGUE
from plugins.netsuite.tests.house import Make, NetSuiteHouse, is_write
from tests.posting.house import NOVEMBER, OCTOBER, Document, codes
from tests.posting.proofs import frozen, nothing_posted, posted_once, reference, there

MINUTE_S = 60
UNCHECKED = "acknowledge=not_checked"
SOON = (Fault.CONNECT_REFUSED, Fault.TRUNCATED)
"""Those of `make test`; `make soak` has all of them."""
BOTH = pytest.mark.parametrize("house", ["soap", "rest"], indirect=True)


def problem(made: Document, code: str) -> str:
    (found,) = [each for each in made["problems"] if each["code"] == code]
    return f"{found['message']} {found['fix']}"


@BOTH
def test_an_export_is_one_journal_with_the_frozen_amounts_and_pressing_export_again_adds_nothing(
    house: NetSuiteHouse,
) -> None:
    made = house.export()
    posted_once(house, made)
    assert house.balance("1310") == Decimal("5120.05") - Decimal("4812.37")
    (posting,) = house.shown(made["export"])["postings"]
    assert posting["receipt"]["number"]
    assert reference(made) in house.local.bare.get(posting["receipt"]["url"]).text or posting["receipt"]["url"]
    (journal,) = house.local.site.company.journals.values()
    (row,) = house.query("SELECT key FROM posting")
    assert journal.external_id == row["key"].upper()
    assert house.local.site.company.subsidiaries[journal.subsidiary].name == "West"
    assert len(house.writes()) == 1


@BOTH
def test_a_preview_takes_four_calls_and_the_export_after_it_two(house: NetSuiteHouse) -> None:
    house.preview()
    house.sent.clear()
    house.preview()
    assert len(house.sent) == 4
    house.sent.clear()
    house.export()
    assert len(house.sent) == 2


@BOTH
@pytest.mark.parametrize(
    ("fault", "writes"),
    [
        ("lost_answer", 1),
        ("lost_request", 2),
        pytest.param("server_error_after", 1, marks=pytest.mark.soak),
        pytest.param("server_error_before", 2, marks=pytest.mark.soak),
        pytest.param("gateway_shape", 2, marks=pytest.mark.soak),
        pytest.param("garbage", 1, marks=pytest.mark.soak),
        ("unexpected_error", 2),
    ],
)
def test_what_the_sandbox_does_to_one_call_ends_with_one_journal(house: NetSuiteHouse, fault: str, writes: int) -> None:
    house.local.faults(fault=fault)
    made = house.export()
    assert made["state"] == "UNKNOWN"
    posted_once(house.settles(), made)
    assert len(house.writes()) == writes
    assert len({_unsigned(request.content) for request in house.writes()}) == 1


def _unsigned(content: bytes) -> bytes:
    """An envelope without its passport, which is another one for every request."""
    before, _, rest = content.partition(b"<m:tokenPassport")
    return before + rest.partition(b"</m:tokenPassport>")[2]


@BOTH
@pytest.mark.parametrize(
    "fault", [fault if fault in SOON else pytest.param(fault, marks=pytest.mark.soak) for fault in Fault]
)
def test_what_the_network_does_to_one_call_ends_with_one_journal(house: NetSuiteHouse, fault: Fault) -> None:
    house.spoil(fault)
    made = house.export()
    posted_once(house.settles(within_s=2 * 86_400), made)
    assert house.transport.fired[fault] == 1


@pytest.mark.parametrize("fault", ["after_submit_failed", "after_submit_failed_lower"])
def test_a_script_that_fails_after_the_journal_was_written_is_a_posted_journal_in_both_spellings(
    house: NetSuiteHouse, fault: str
) -> None:
    house.local.faults(fault=fault)
    posted_once(house, house.export())
    assert len(house.writes()) == 1


@pytest.mark.parametrize("house", ["rest"], indirect=True)
@pytest.mark.parametrize(
    "fault", ["after_submit_failed", pytest.param("after_submit_failed_lower", marks=pytest.mark.soak)]
)
def test_over_rest_too_a_script_that_fails_after_the_journal_was_written_leaves_one_journal(
    house: NetSuiteHouse, fault: str
) -> None:
    house.local.faults(fault=fault)
    made = house.export()
    posted_once(house.settles(), made)
    assert len(house.writes()) == 1


@pytest.mark.parametrize("house", ["soap", pytest.param("rest", marks=pytest.mark.soak)], indirect=True)
@pytest.mark.parametrize("minutes", [pytest.param(1, marks=pytest.mark.soak), 14])
def test_a_commit_that_comes_late_is_found_and_never_sent_again(house: NetSuiteHouse, minutes: int) -> None:
    house.local.faults(fault="late_commit", seconds=minutes * MINUTE_S)
    made = house.export()
    posted_once(house.settles(), made)
    assert len(house.writes()) == 1


def test_a_commit_later_than_netsuite_makes_is_refused_by_the_key_and_never_doubled(house: NetSuiteHouse) -> None:
    """NetSuite keeps external ids for ever, so even a commit beyond the declared limit cannot stand there twice."""
    house.local.faults(fault="late_commit", seconds=90 * MINUTE_S)
    made = house.export()
    house.settles()
    assert house.shown(made["export"])["state"] == "POSTED"
    house.clock.advance(90 * MINUTE_S)
    house.check()
    assert len(house.journals()) == 1


def test_nothing_is_sent_again_before_silence_is_over_and_a_failed_look_up_is_never_absent(
    house: NetSuiteHouse,
) -> None:
    house.spoil(Fault.REQUEST_LOST)
    made = house.export()
    house.clock.advance(14 * MINUTE_S)
    house.sweep()
    assert len(house.writes()) == 1
    house.down = Fault.UNAVAILABLE_503
    house.clock.advance(5 * MINUTE_S)
    house.sweep()
    assert house.shown(made["export"])["state"] == "UNKNOWN"
    assert len(house.writes()) == 1
    house.down = None
    posted_once(house.settles(), made)
    assert len(house.writes()) == 2


@BOTH
@pytest.mark.parametrize("fault", ["concurrency", pytest.param("throttle", marks=pytest.mark.soak)])
def test_a_limit_is_waited_out_and_nothing_was_written(house: NetSuiteHouse, fault: str) -> None:
    house.local.faults(fault=fault)
    made = house.export()
    nothing_posted(house, made, "FROZEN")
    assert CATALOGUE["concurrency"].happened in str(made)
    posted_once(house.settles(), made)
    assert len(house.writes()) == 2


@BOTH
def test_amounts_that_netsuite_changed_are_shown_and_never_silently_posted(house: NetSuiteHouse) -> None:
    house.local.faults(fault="changed_amounts")
    made = house.export()
    assert (made["state"], codes(made)) == ("MISMATCH", ["differs"])
    assert there(house, reference(made)) != frozen(house, reference(made))
    assert house.accept(made["export"])["state"] == "POSTED"


def test_a_warning_of_netsuite_does_not_keep_the_journal_from_being_posted(house: NetSuiteHouse) -> None:
    house.local.faults(fault="warn")
    posted_once(house, house.export())


@BOTH
def test_a_closed_period_is_found_before_the_entry_is_shown(house: NetSuiteHouse) -> None:
    house.local.faults(closed_through=OCTOBER)
    assert "is closed in NetSuite" in problem(house.preview(), "period_closed")


@pytest.mark.parametrize("code", ["TRAN_PRD_CLOSED", "USER_ERROR"])
def test_a_period_closed_between_preview_and_export_refuses_the_journal(house: NetSuiteHouse, code: str) -> None:
    def close(request: object) -> None:
        if is_write(request):  # type: ignore[arg-type]
            house.local.faults(closed_through=OCTOBER, closed_period_code=code)

    house.wire.arrives = close
    made = house.export()
    nothing_posted(house, made, "REJECTED")
    assert "accounting period is closed" in problem(made, "refused")
    house.wire.arrives = lambda request: None
    house.local.faults(closed_through=None)
    house.resume(made["export"])
    posted_once(house, made)


def test_an_account_made_inactive_between_preview_and_export_refuses_the_journal(house: NetSuiteHouse) -> None:
    house.wire.arrives = lambda request: house.local.faults(inactivate_accounts=["1310"]) if is_write(request) else None
    made = house.export()
    nothing_posted(house, made, "REJECTED")


@pytest.mark.parametrize(
    ("act", "change"), [pytest.param("edit_journals", "edited", marks=pytest.mark.soak), ("delete_journals", "deleted")]
)
def test_a_journal_edited_or_deleted_there_is_found_by_night_and_blocks_the_next_count(
    house: NetSuiteHouse, act: str, change: str
) -> None:
    made = house.export()
    house.counts(day=NOVEMBER)
    house.clock.advance(86_400)
    (journal,) = house.ledger.journals(reference(made))
    house.local.faults(**{act: [journal.id]})
    assert [each["change"] for each in house.check()] == [change]
    assert "prior_changed" in codes(house.preview(NOVEMBER))
    assert len(house.writes()) == 1


@BOTH
def test_a_journal_that_waits_for_approval_is_told_apart(house: NetSuiteHouse) -> None:
    house.local.faults(require_approvals=True)
    made = house.export()
    (posting,) = house.shown(made["export"])["postings"]
    assert (made["state"], posting["receipt"]["status"]) == ("POSTED", "pending_approval")
    assert house.balance("1310") == 0


def test_secrets_that_were_revoked_wait_for_a_person_and_the_journal_is_posted_once_after(house: NetSuiteHouse) -> None:
    house.preview()
    keys = house.local.site.sign_ins.keys
    house.local.site.sign_ins.keys = replace(keys, token_secret="another")
    made = house.export(OCTOBER, UNCHECKED)
    nothing_posted(house, made, "FROZEN")
    told = problem(made, "reconnect_needed")
    assert "View Login Audit Trail" in told
    house.local.site.sign_ins.keys = keys
    house.local.faults(unlock=True)
    house.sign_in()
    house.resume(made["export"])
    posted_once(house, made)


def test_wrong_secrets_are_refused_when_they_are_typed_in(make_house: Make) -> None:
    house = make_house()
    house.local.credentials["token_secret"] = "another"
    with pytest.raises(Refused, match="View Login Audit Trail"):
        house.sign_in()
    assert house.local.audit()[0] == "InvalidSignature"


@pytest.mark.parametrize("house", ["rest"], indirect=True)
def test_a_token_that_runs_out_in_mid_way_leaves_nothing_written_and_the_journal_is_posted_with_the_next(
    house: NetSuiteHouse,
) -> None:
    house.preview()
    house.clock.advance(5 * MINUTE_S)
    house.wire.arrives = lambda request: (
        house.local.faults(expire_tokens=True) if is_write(request) and len(house.writes()) == 1 else None
    )
    made = house.export()
    posted_once(house.settles(), made)
    assert len(house.writes()) == 2


def test_an_undo_is_the_opposite_journal_and_leaves_the_books_as_they_were(house: NetSuiteHouse) -> None:
    made = house.export()
    house.undo(made["export"])
    assert house.shown(made["export"])["state"] == "UNDONE"
    company = house.local.site.company
    assert not any(company.books[company.base_currency().id].trial_balance().values())
    assert len(company.journals) == 2


def test_a_users_time_zone_that_moves_dates_is_shown_and_never_silently_posted(house: NetSuiteHouse) -> None:
    house.local.faults(user_time_zone="Pacific/Honolulu")
    made = house.export()
    assert (made["state"], codes(made)) == ("MISMATCH", ["differs"])
    assert "Its date there is 2026-10-30" in problem(made, "differs")


@pytest.mark.parametrize("zone", ["America/New_York", pytest.param("Europe/London", marks=pytest.mark.soak)])
def test_a_users_time_zone_east_of_the_pacific_moves_no_date(house: NetSuiteHouse, zone: str) -> None:
    house.local.faults(user_time_zone=zone)
    posted_once(house, house.export())
