"""Exporting in the browser to an accounting system on a network: what its progress says in every state, and what it asks."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hub.testing.ledger import LedgerFault
from hub.testing.lossy import Fault, writes
from hub.web.words import change
from tests.posting.conftest import counted, house, templates
from tests.posting.house import GL, NOVEMBER, OCTOBER, House
from tests.web.conftest import Visitor, words
from tests.web.networked import Networked
from tests.web.test_export import held, ticks

ENTRY = f"/c/ACME/export/entry?count={OCTOBER}&connection=books"
NEXT = ENTRY.replace(OCTOBER, NOVEMBER)


__all__ = ["counted", "house", "templates"]


@pytest.fixture
def networked(house: House) -> Networked:
    return Networked(house)


@pytest.fixture
def visitor(networked: Networked) -> Visitor:
    return networked.visitor()


def export(visitor: Visitor, path: str = ENTRY) -> str:
    page = visitor.get(path)
    return visitor.post(path, {"hash": held(page), "yes": ticks(page)})


def links(page: str) -> list[str]:
    return [each.replace("&amp;", "&") for each in re.findall(r'href="([^"]+)"', page)]


def test_an_export_waits_is_posted_and_names_its_journal(house: House, visitor: Visitor) -> None:
    there = export(visitor)
    page = visitor.get(there)
    assert "Waiting: it is sent to" in words(page)
    assert "Please do not enter this journal by hand." in words(page)
    assert 'data-follows="/c/ACME/exports/EX' in page
    assert '<noscript><meta http-equiv="refresh" content="20"></noscript>' in page
    assert "http-equiv" not in visitor.get(f"{there}?still=yes")
    assert house.journals() == []
    house.sweep()
    page = visitor.get(there)
    (journal,) = house.ledger.journals()
    assert f"Posted: journal {journal.number} is in" in words(page)
    assert f">{journal.number}, open in " in page
    assert "data-follows" not in page
    assert "Read back , done Equal to what was sent" in words(page)


def test_what_changed_on_the_books_is_what_the_ledger_says_changed(house: House, visitor: Visitor) -> None:
    there = export(visitor)
    told = visitor.told(there)
    assert "What changed on the books" not in told
    assert "The hub sends it by itself" in told
    house.sweep()
    told = visitor.told(there)
    assert "What changed on the books" in told
    moved = {account: amount for account, amount in house.ledger.trial_balance().balances.items() if amount}
    assert len(moved) == 4
    for account, amount in moved.items():
        number = account.removeprefix("acc-")
        assert re.search(rf"{number} {GL[number][0]} [\d,. ]+ {re.escape(change(amount))} ", told), (number, told)


def test_a_lost_answer_says_checking_and_that_nothing_is_entered_by_hand(house: House, visitor: Visitor) -> None:
    house.spoil(Fault.ANSWER_LOST)
    there = export(visitor)
    house.sweep()
    told = visitor.told(there)
    assert "Checking with" in told
    assert "sends it again only if it is not there" in told
    assert "needs a look" in told
    house.settles()
    assert "Posted: journal" in visitor.told(there)
    assert "2 times in all" not in visitor.told(there)


def test_what_was_refused_is_tried_again_from_the_progress_page(house: House, visitor: Visitor) -> None:
    there = export(visitor)
    house.ledger.close_period(date(2026, 12, 31))
    house.sweep()
    page = visitor.get(there)
    assert "Refused:" in words(page)
    assert "nothing of it was posted" in words(page)
    (resume,) = re.findall(r'action="([^"]+/resume[^"]*)"', page)
    house.ledger.open_period()
    assert visitor.post(resume) == there
    house.settles()
    assert "Posted: journal" in visitor.told(there)


def test_what_was_recorded_otherwise_leads_to_its_lines(house: House, visitor: Visitor) -> None:
    house.ledger.misbehave(LedgerFault.CENT_CHANGED)
    there = export(visitor)
    house.sweep()
    page = visitor.get(there)
    assert "Differs in" in words(page)
    assert "Look at what is otherwise" in words(page)
    assert "Accept what stands there" in visitor.told(f"/c/ACME/exports/{there.rpartition('/')[2]}")


def test_a_sign_in_that_is_refused_needs_a_person(house: House, visitor: Visitor) -> None:
    there = export(visitor)
    house.ledger.revoke()
    house.settles()
    told = visitor.told(there)
    assert "It needs a person." in told
    assert "no longer accepts the hub's sign-in" in told
    assert "Try again" in told


def test_of_two_journals_one_can_be_refused(house: House, visitor: Visitor) -> None:
    house.sets(reversal_date="day_after_prior")
    there = export(visitor)
    house.wire.leaves = lambda request: house.ledger.close_period(date(2026, 12, 31)) if writes(request) else None
    house.settles()
    told = visitor.told(there)
    assert "Partly posted: some of its journals are in" in told
    assert "Journals Amounts in USD" in told


def test_an_undo_is_followed_in_export_history(house: House, visitor: Visitor) -> None:
    there = export(visitor)
    house.sweep()
    code = there.rpartition("/")[2]
    house.undo(code)
    assert visitor.client.get(there).status_code in (200, 303)
    house.settles()
    assert visitor.client.get(there).headers["location"] == f"/c/ACME/exports/{code}"
    assert "Nothing of this export stands" in visitor.told(f"/c/ACME/exports/{code}")


def test_a_closed_period_asks_for_a_date_which_is_kept_with_the_export(house: House, visitor: Visitor) -> None:
    house.ledger.close_period(date(2026, 10, 31))
    page = visitor.get(ENTRY)
    assert "Use this date" in words(page)
    assert 'aria-disabled="true"' in page
    dated = visitor.client.get(f"{ENTRY}&date=2026-11-01").headers["location"]
    page = visitor.get(dated)
    assert "The entry is dated 2026-11-01. Take this back" in words(page)
    visitor.post(dated, {"hash": held(page)})
    house.sweep()
    (journal,) = house.ledger.journals()
    assert journal.date == date(2026, 11, 1)


def test_what_was_changed_there_is_decided_on_before_the_next_export(
    house: House, visitor: Visitor, networked: Networked
) -> None:
    export(visitor)
    house.sweep()
    (journal,) = house.ledger.journals()
    first, second, *others = journal.lines
    lines = [replace(line, amount=line.amount + Decimal("10.00")) for line in (first, second)]
    house.ledger.edit(journal.id, lines=[*lines, *others])
    house.clock.advance(90_000)
    house.counts(day=NOVEMBER)
    visitor = networked.visitor()
    page = visitor.get(NEXT)
    for choice in ("accept", "restored", "undone"):
        assert f'value="prior={choice}"' in page
    assert any("/exports/EX" in link and "back=" in link for link in links(page))
    page = visitor.get(f"{NEXT}&decide=prior%3Daccept")
    assert "What stands there is right. Take this back" in words(page)
    visitor.post(f"{NEXT}&decide=prior%3Daccept", {"hash": held(page)})
    house.sweep()
    assert len(house.journals()) == 2


def test_a_system_that_cannot_be_asked_is_a_warning_to_say_yes_to(house: House, visitor: Visitor) -> None:
    house.down = Fault.UNAVAILABLE_503
    page = visitor.get(ENTRY)
    assert ticks(page) == ["acknowledge=not_checked"]
    assert "Yes, go on without the check" in words(page)
    there = visitor.post(ENTRY, {"hash": held(page), "yes": ticks(page)})
    house.down = None
    house.settles()
    assert "Posted: journal" in visitor.told(there)
    assert len(house.journals()) == 1


def test_a_prior_account_that_was_closed_is_chosen_anew_from_the_chart(house: House, visitor: Visitor) -> None:
    export(visitor)
    house.sweep()
    house.ledger.deactivate("acc-1310")
    house.counts(day=NOVEMBER)
    page = visitor.get(NEXT)
    assert "Account where its balance now stands" in words(page)
    assert '<option value="acc-1340">' in page
    assert "setup.js" in page
    answer = visitor.client.get(f"{NEXT}&prior_account%3A1310=1340 Liquor Inventory")
    assert "prior_account%3D1310%2Facc-1340" in answer.headers["location"]
    assert "The balance of account 1310 now stands in acc-1340" in visitor.told(answer.headers["location"])
