"""Export History of an accounting system on a network: evidence, what changed there, and putting it right by buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hub.service import people, signing_in
from hub.service.people import person_named
from hub.testing.ledger import LedgerFault
from hub.testing.lossy import Fault, writes
from hub.web.app import create_app
from tests.conftest import SqliteDatabases
from tests.posting.house import House
from tests.web.conftest import PASSWORD, Visitor, words

LIST = "/c/ACME/exports"


@pytest.fixture
def house(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[House]:
    made = House(sqlite_databases.migrated(), tmp_path).set_up()
    made.counts()
    yield made
    made.close()


@pytest.fixture
def visitor(house: House) -> Visitor:
    """Support, in a browser."""
    people.add_person(house.hub, "sam", password=PASSWORD, full_name="Sam", support=True)
    visitor = Visitor(create_app(house.hub))
    with house.database.write() as connection:
        person = person_named(house.hub, "sam").id
        token = signing_in.begin(house.hub, connection, person, address="127.0.0.1", program="test")
    visitor.client.cookies.set("hub-session", token)
    return visitor


def exported(house: House) -> str:
    return f"{LIST}/{house.export()['export']}"


def test_a_lost_answer_is_shown_with_every_call_until_it_is_posted(house: House, visitor: Visitor) -> None:
    house.spoil(Fault.ANSWER_LOST)
    path = exported(house)
    told = visitor.told(path)
    assert "Checking with" in told
    assert "Please do not enter this journal by hand." in told
    assert "Reload" in told
    assert "Sent No answer" in told
    assert "Undo this export" in told
    assert "Whether all of export" in visitor.told(f"{path}/undo")
    assert "Checking with" in visitor.told(f"{LIST}?state=moving")
    house.settles()
    page = visitor.get(path)
    assert "Looked for Found" in words(page)
    (journal,) = house.ledger.journals()
    assert f">{journal.number}, open in " in page
    assert "Reload" not in words(page)


def test_a_refused_journal_is_tried_again_by_its_button(house: House, visitor: Visitor) -> None:
    house.wire.arrives = lambda request: house.ledger.close_period(date(2026, 12, 31)) if writes(request) else None
    path = exported(house)
    told = visitor.told(path)
    assert "Refused" in told
    assert "then press Try again" in told
    assert "hub resume" not in told
    house.wire.arrives = lambda _request: None
    house.ledger.open_period()
    assert "Posted" in visitor.told(visitor.post(f"{path}/resume"))
    assert visitor.post(f"{path}/resume") == path


def test_what_was_recorded_otherwise_is_shown_side_by_side_and_accepted(house: House, visitor: Visitor) -> None:
    house.ledger.misbehave(LedgerFault.CENT_CHANGED)
    path = exported(house)
    told = visitor.told(path)
    assert "Differs in" in told
    assert "Lines that are otherwise there" in told
    assert "4,812.37 4,812.38" in told
    assert "4 lines of 6 stand as posted" in told
    assert "Differs in" in visitor.told(f"{LIST}?state=look")
    told = visitor.told(visitor.post(f"{path}/accept"))
    assert "What stands there was taken over." in told
    assert "Accept what stands there" not in told
    assert visitor.post(f"{path}/accept") == path


def test_what_was_edited_or_deleted_there_is_found_by_check_now(house: House, visitor: Visitor) -> None:
    path = exported(house)
    assert "nothing is otherwise than before" in visitor.told(visitor.post(f"{path}/check"))
    (journal,) = house.ledger.journals()
    first, second, *others = journal.lines
    changed = [replace(line, amount=line.amount + Decimal("10.00")) for line in (first, second)]
    house.ledger.edit(journal.id, lines=[*changed, *others], date=date(2026, 11, 3))
    told = visitor.told(visitor.post(f"{path}/check"))
    assert "Changed in" in told
    assert "dated 3 Nov 2026 there, and was posted with 31 Oct 2026" in told
    assert "4,812.37 4,822.37" in told
    assert "Changed in" in visitor.told(LIST)
    house.ledger.delete(journal.id)
    assert "This journal was deleted or voided" in visitor.told(visitor.post(f"{path}/check"))
    assert "Deleted in" in visitor.told(f"{LIST}?state=look")
    house.down = Fault.UNAVAILABLE_503
    assert "could not be asked" in words(visitor.post(f"{path}/check", status=409))


def test_a_journal_that_stands_there_twice_is_undone_once(house: House, visitor: Visitor) -> None:
    house.ledger.misbehave(LedgerFault.WRITTEN_TWICE)
    path = exported(house)
    visitor.post(f"{path}/check")
    page = visitor.get(path)
    assert "press Check now" in words(page)
    assert "Twice in" in visitor.told(LIST)
    found = re.search(r'name="journal" value="([^"]+)"', page)
    assert found
    visitor.post(f"{path}/duplicate", {"journal": found[1]})
    told = visitor.told(path)
    assert "Undone by" in told
    assert "Opposite of a duplicate" in told
    assert "Twice in" not in visitor.told(LIST)
    assert len(house.ledger.journals()) == 3
    visitor.post(f"{path}/duplicate", {"journal": found[1]})
    assert len(house.ledger.journals()) == 3
    assert "No second journal" in words(visitor.post(f"{path}/duplicate", {"journal": "none"}, status=409))


def test_an_undo_asks_for_a_date_where_the_period_is_closed(house: House, visitor: Visitor) -> None:
    path = exported(house)
    house.ledger.close_period(date(2026, 10, 31))
    told = visitor.told(f"{path}/undo")
    assert "Use this date" in told
    answer = visitor.client.get(f"{path}/undo?date=2026-11-01")
    assert answer.headers["location"] == f"{path}/undo?decide=date%3D2026-11-01"
    page = visitor.get(answer.headers["location"])
    assert "The entry is dated 2026-11-01" in words(page)
    found = re.search(r'name="hash" value="([^"]+)"', page)
    assert found
    there = visitor.post(f"{path}/undo", {"hash": found[1], "decide": "date=2026-11-01"})
    assert "Undone" in visitor.told(there)
    assert house.balance("1310") == 0


def test_an_undo_of_what_could_not_be_looked_at_asks_for_a_yes(house: House, visitor: Visitor) -> None:
    path = exported(house)
    house.down = Fault.UNAVAILABLE_503
    page = visitor.get(f"{path}/undo")
    ticks = re.findall(r'name="yes" value="(acknowledge=\w+)"', page)
    assert "acknowledge=not_checked" in ticks
    found = re.search(r'name="hash" value="([^"]+)"', page)
    assert found
    refused = words(visitor.post(f"{path}/undo", {"hash": found[1]}, status=409))
    assert "Nothing was undone." in refused
    there = visitor.post(f"{path}/undo", {"hash": found[1], "yes": ticks})
    assert "Undo: " in visitor.told(there)
    house.down = None
    house.settles()
    assert "Undone" in visitor.told(there)
    assert house.balance("1310") == 0
