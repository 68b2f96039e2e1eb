"""What every fault must leave behind: one journal with the frozen amounts, or none and a state that says so."""

from __future__ import annotations

import json
from decimal import Decimal

import httpx2

from hub.testing.lossy import writes
from tests.posting.house import Document, House

LABEL = "Fake Ledger"
Lines = list[tuple[str, str, Decimal]]


def posted_once(house: House, made: Document) -> None:
    """Assert that each posting of an export stands in the ledger once, as it was frozen, and that Export adds nothing."""
    shown = house.shown(made["export"])
    assert (shown["state"], shown["problems"]) == ("POSTED", [])
    for posting in shown["postings"]:
        journals = house.ledger.journals(posting["reference"])
        assert [journal.id for journal in journals] == [posting["receipt"]["id"]]
        assert there(house, posting["reference"]) == frozen(house, posting["reference"])
    before = len(house.journals())
    again = house.export(made["count_date"])
    assert (again["export"], again["state"], len(house.journals())) == (made["export"], "POSTED", before)


def nothing_posted(house: House, made: Document, state: str) -> None:
    """Assert that none of an export stands in the ledger, that its state says so, and that Export adds nothing."""
    assert (house.shown(made["export"])["state"], house.journals()) == (state, [])
    again = house.export(made["count_date"])
    assert (again["export"], house.journals()) == (made["export"], [])


def tells(made: Document, code: str, *words: str) -> Document:
    """Assert that an export has one problem of a code, whose message and fix together contain all of these words."""
    found: list[Document] = [problem for problem in made["problems"] if problem["code"] == code]
    assert len(found) == 1, made["problems"]
    text = f"{found[0]['message']} {found[0]['fix']}"
    for word in words:
        assert word in text, text
    for internal in ("UNKNOWN", "FROZEN", "SENDING", "REJECTED", "MISMATCH", "settle", "lease", "fence", "idempot"):
        assert internal not in text, text
    return found[0]


def frozen(house: House, reference: str) -> Lines:
    """Return the lines that were frozen for a reference: account, side, amount."""
    row = next(row for row in house.query("SELECT reference, entry FROM posting") if row["reference"] == reference)
    lines = json.loads(row["entry"])["lines"]
    return [(line["account_id"], line["side"], Decimal(line["amount"])) for line in lines]


def there(house: House, reference: str) -> Lines:
    """Return the lines of the ledger's one journal with a reference."""
    (journal,) = house.ledger.journals(reference)
    return [(line.account, line.side.value, line.amount) for line in journal.lines]


def sends(house: House) -> list[httpx2.Request]:
    """Return every request that could have written a journal."""
    return [request for request in house.sent if writes(request)]


def reference(made: Document) -> str:
    """Return the reference of an export's only journal."""
    (posting,) = made["postings"]
    return str(posting["reference"])
