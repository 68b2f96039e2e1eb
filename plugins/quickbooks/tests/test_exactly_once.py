"""Whatever goes wrong between the hub and QuickBooks, each journal stands there once, or not at all and it says so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from hub.testing.lossy import Fault
from hub_quickbooks.sandbox import entries
from plugins.quickbooks.tests.house import ACCOUNTS, QuickBooksHouse
from tests.posting.house import NOVEMBER, OCTOBER, codes
from tests.posting.proofs import nothing_posted, reference, sends

Document = dict[str, Any]
QUICK = {Fault.CONNECT_REFUSED, Fault.TRUNCATED}


def posted_once(house: QuickBooksHouse, made: Document) -> None:
    """Assert that the one journal stands there as it was frozen, and that pressing Export again adds nothing."""
    shown = house.shown(made["export"])
    assert (shown["state"], shown["problems"]) == ("POSTED", [])
    (posting,) = shown["postings"]
    (journal,) = house.ledger.journals(posting["reference"])
    assert journal.id == posting["receipt"]["id"]
    row = house.query(f"SELECT entry FROM posting WHERE reference = '{journal.reference}'")[0]
    frozen = [(line["account_id"], line["side"], line["amount"]) for line in json.loads(row["entry"])["lines"]]
    assert [(line.account, line.side.value, f"{line.amount:f}") for line in journal.lines] == frozen
    assert house.export(made["count_date"])["export"] == made["export"]
    assert len(house.ledger.journals()) == 1
    assert house.balance("1310") == -house.balance("5010")


def test_a_count_is_posted_and_its_trial_balance_moves(house: QuickBooksHouse) -> None:
    made = house.export()
    posted_once(house, made)
    (request,) = sends(house)
    assert request.url.params["requestid"] == made["postings"][0]["key"]
    assert made["postings"][0]["receipt"]["url"].endswith("/app/journal?txnId=145")


@pytest.mark.parametrize(
    "fault", [pytest.param(fault, marks=() if fault in QUICK else pytest.mark.soak) for fault in Fault]
)
def test_whatever_the_network_does_the_journal_is_posted_once(house: QuickBooksHouse, fault: Fault) -> None:
    house.preview()
    house.spoil(fault)
    made = house.export()
    throttled = fault.value.startswith("throttled") or fault in (Fault.CONNECT_REFUSED, Fault.CONNECT_TIMED_OUT)
    assert made["state"] == ("FROZEN" if throttled else "UNKNOWN")
    posted_once(house.settles(), made)
    assert house.transport.fired[fault] == 1


@pytest.mark.parametrize(
    ("fault", "state", "sent"),
    [
        ({"fault": "lost_answer"}, "UNKNOWN", 1),
        ({"fault": "lost_request"}, "UNKNOWN", 2),
        ({"fault": "server_error_before"}, "UNKNOWN", 2),
        ({"fault": "server_error_after"}, "UNKNOWN", 1),
        ({"fault": "late_commit", "seconds": 299}, "UNKNOWN", 1),
        ({"fault": "garbage"}, "UNKNOWN", 1),
        ({"fault": "throttle"}, "FROZEN", 2),
        ({"fault": "lost_answer", "requestid_window_seconds": 0}, "UNKNOWN", 1),
        ({"fault": "lost_request", "requestid_window_seconds": 0}, "UNKNOWN", 2),
        *(
            pytest.param(*row, marks=pytest.mark.soak)
            for row in (
                ({"fault": "late_commit", "seconds": 4}, "UNKNOWN", 1),
                ({"fault": "late_commit", "seconds": 1500}, "UNKNOWN", 2),
                ({"fault": "garbage", "body": '{"JournalEntry":{"Id":"145"}}'}, "UNKNOWN", 1),
                ({"fault": "slow", "seconds": 61}, "UNKNOWN", 1),
                ({"fault": "unexpected_error"}, "UNKNOWN", 2),
                ({"fault": "throttle", "times": 3}, "FROZEN", 4),
                ({"fault": "server_error_after", "warn_duplicate_journal_number": True}, "UNKNOWN", 1),
            )
        ),
    ],
)
def test_whatever_quickbooks_does_the_journal_is_posted_once(
    house: QuickBooksHouse, fault: Mapping[str, Any], state: str, sent: int
) -> None:
    house.tell(**fault)
    made = house.export()
    assert made["state"] == state
    posted_once(house.settles(), made)
    bodies = {request.content for request in sends(house)}
    assert (len(sends(house)), len(bodies)) == (sent, 1)
    house.clock.advance(3600)
    house.ledger.company  # noqa: B018 - what was to come late has come
    assert len(house.ledger.journals()) == 1


def test_a_look_up_that_fails_is_never_absent(house: QuickBooksHouse) -> None:
    house.tell(fault="lost_answer")
    house.tell(fault="server_error_before", on="read", times=6)
    made = house.export(OCTOBER, "acknowledge=not_checked")
    posted_once(house.settles(), made)
    assert len(sends(house)) == 1


def test_a_commit_later_than_declared_with_no_key_any_more_is_found_at_night(house: QuickBooksHouse) -> None:
    house.tell(fault="late_commit", seconds=1500, requestid_window_seconds=0)
    made = house.export()
    house.settles()
    house.clock.advance(3600)
    assert len(house.ledger.journals(reference(made))) == 2  # the declared limit: what comes later than it said
    (found,) = house.check()
    assert len(found["duplicates"]) == 1
    assert codes(house.shown(made["export"])) == ["duplicate_there"]
    assert len(sends(house)) == 2


def test_a_token_that_expired_is_renewed_and_the_journal_posted_once(house: QuickBooksHouse) -> None:
    house.preview()
    house.clock.advance(3600)
    posted_once(house, house.export())
    assert len(sends(house)) == 1


def test_a_write_that_met_an_expired_token_is_sent_again_by_the_state_machine(house: QuickBooksHouse) -> None:
    house.preview()
    house.clock.advance(120)
    house.ledger.site.tokens.expire()  # there, while the hub still believes in it
    made = house.export()
    assert made["state"] == "FROZEN"
    posted_once(house.settles(), made)
    assert len(sends(house)) == 2


def test_access_that_was_taken_away_waits_for_a_person(house: QuickBooksHouse) -> None:
    house.preview()
    house.take_access_away()
    made = house.export()
    nothing_posted(house, made, "FROZEN")
    assert codes(made) == ["reconnect_needed"]
    house.sign_in()
    house.resume(made["export"])
    posted_once(house.settles(), made)


def test_a_period_closed_between_preview_and_export_is_refused_and_may_be_sent_again(house: QuickBooksHouse) -> None:
    house.preview()
    house.tell(closed_through=OCTOBER)
    made = house.export()
    nothing_posted(house, made, "REJECTED")
    assert "closed" in made["problems"][0]["message"]
    house.tell(closed_through=None)
    house.resume(made["export"])
    posted_once(house.settles(), made)


def test_an_account_made_inactive_between_preview_and_export_is_refused(house: QuickBooksHouse) -> None:
    house.preview()
    house.ledger.company.accounts[ACCOUNTS["5010"]]["Active"] = False
    made = house.export()
    nothing_posted(house, made, "REJECTED")
    assert "inactive" in made["problems"][0]["message"]


@pytest.mark.parametrize("told", [{"closed_through": OCTOBER}, {}])
def test_what_stands_in_the_way_is_found_before_the_entry_is_shown(
    house: QuickBooksHouse, told: Mapping[str, Any]
) -> None:
    if told:
        house.tell(**told)
    else:
        house.ledger.company.accounts[ACCOUNTS["5010"]]["Active"] = False
    found = {problem["code"] for problem in house.preview()["problems"] if problem["blocking"]}
    assert found == ({"period_closed"} if told else {"account_inactive", "prior_account_closed"})
    assert sends(house) == []


def test_amounts_that_quickbooks_changed_are_never_silently_posted(house: QuickBooksHouse) -> None:
    house.tell(fault="changed_amounts")
    made = house.export()
    assert made["state"] == "MISMATCH"
    assert house.accept(made["export"])["state"] == "POSTED"


def test_a_journal_edited_or_deleted_there_is_found_at_night(house: QuickBooksHouse) -> None:
    made = house.export()
    (journal,) = house.ledger.company.journals.values()
    house.clock.advance(86_400)
    house.ledger.company.journals[journal["Id"]]["Line"][0]["Amount"] += 1
    house.ledger.company.journals[journal["Id"]]["Line"][1]["Amount"] += 1
    house.ledger.company.journals[journal["Id"]]["MetaData"]["LastUpdatedTime"] = house.clock.now().isoformat()
    assert [found["change"] for found in house.check()] == ["edited"]
    house.clock.advance(86_400)
    entries.remove(house.ledger.company, journal, house.clock.now())
    assert [found["change"] for found in house.check()] == ["deleted"]
    assert house.shown(made["export"])["state"] == "POSTED"


def test_an_undo_posts_the_opposite_and_leaves_nothing_in_the_balances(house: QuickBooksHouse) -> None:
    made = house.export()
    house.tell(fault="lost_answer")
    house.undo(made["export"])
    house.settles()
    assert house.shown(made["export"])["state"] == "UNDONE"
    assert len(house.ledger.journals()) == 2
    assert set(house.ledger.company.books.trial_balance().values()) == {0}


def test_two_months_reverse_what_was_posted(house: QuickBooksHouse) -> None:
    house.export()
    house.counts(day=NOVEMBER, values={"Meat": "4000.00", "Liquor": "100.00"})
    posted = house.export(NOVEMBER)
    assert posted["state"] == "POSTED"
    # The opening 4,812.37 was in the books before, so what stands there now is the new count less that.
    assert house.balance("1310") == Decimal(4000) - Decimal("4812.37")
    assert house.balance("1340") == 100
