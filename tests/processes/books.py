"""What must be so of the books once every export is posted, whatever was killed meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from hub.api import Side
from hub.testing.ledger.journals import Journal
from tests.processes.installation import CATEGORIES, OPENING, Installation


def check_books(installation: Installation, posted: Mapping[str, Decimal]) -> int:
    """Every export has each of its journals once, and the ledger carries what was counted last; returns the journals.

    posted: the value counted last of each `site/category` that was exported.
    """
    journals = installation.journals()
    check_journals(installation, journals)
    moved = Counter[str]()
    for name, value in posted.items():
        moved[CATEGORIES[name.split("/")[1]]] += _cents(value - OPENING)
    ledger = balances(journals)
    assert {number: ledger[f"acc-{number}"] for number in moved} == dict(moved)
    assert sum(ledger.values()) == 0
    on_books = {f"{row['site']}/{row['category']}": Decimal(row["value"]) / 100 for row in installation.query(ON_BOOKS)}
    assert {name: on_books[name] for name in posted} == dict(posted)
    return len(journals)


def check_journals(installation: Installation, journals: tuple[Journal, ...]) -> None:
    """No journal is lost, doubled or another than was frozen; nothing is held by anybody any more."""
    postings = installation.query("SELECT reference, state, lease_owner, entry_date FROM posting")
    assert Counter(row["state"] for row in postings) == {"POSTED": len(postings)}
    assert {row["lease_owner"] for row in postings} <= {""}
    assert Counter(journal.reference for journal in journals) == Counter(row["reference"] for row in postings)
    assert installation.query("SELECT reference FROM posting WHERE CAST(duplicates AS TEXT) <> '[]'") == []


def balances(journals: tuple[Journal, ...]) -> Counter[str]:
    """Return each account's balance in the ledger, debit positive (cents)."""
    found = Counter[str]()
    for journal in journals:
        for line in journal.lines:
            found[line.account] += _cents(line.amount) * (1 if line.side is Side.DEBIT else -1)
    return found


def _cents(amount: Decimal) -> int:
    cents = amount * 100
    assert cents == int(cents)
    return int(cents)


ON_BOOKS = """
    SELECT site.code AS site, category.name AS category, on_books.value AS value FROM on_books
    JOIN site ON site.id = on_books.site_id JOIN category ON category.id = on_books.category_id
    WHERE on_books.state = 'live'
"""
