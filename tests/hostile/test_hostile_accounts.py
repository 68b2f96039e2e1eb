"""Hostile names of accounts, GL Accounts, departments, categories, items and areas, from the import to every file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.plugins import Registry
from plugins.csv_iif.tests.readers import ReadLine
from tests.hostile.company import (
    AGREED,
    DAY,
    Hostile,
    counted,
    exported,
    fits,
    nothing_carried,
    nothing_made,
    refused_names,
    taken,
)
from tests.real.books import LAYOUTS, Books, Row, opened

NUMBERED = {"xero": "*AccountCode", "sage-intacct": "ACCT_NO", "sage-50": "G/L Account"}
NAMED = {"iif": "ACCNT", "quickbooks-online": "Account Name"}
BOTH = "Journal Entry - Line: Account"


def account_row(name: Hostile) -> Row:
    """An asset account with a hostile name."""
    return {"number": name.account, "name": name.text, "kind": "asset"}


def cost_row(name: Hostile) -> Row:
    """A cost account with a hostile number."""
    return {"number": name.text, "name": f"Cost {name.number}", "kind": "cogs"}


def levels(text: str) -> str:
    """An account's full name as NetSuite's list has it."""
    return " : ".join(level.strip() for level in text.split(":"))


def account_texts(name: Hostile, layout: str) -> tuple[str, str]:
    """Return what a layout calls the asset account and the cost account of a hostile text."""
    if layout in NUMBERED:
        return name.account, name.text
    if layout in NAMED:
        return name.text, f"Cost {name.number}"
    return f"{name.account} {levels(name.text)}".strip(), f"{name.text} Cost {name.number}"


def fit(name: Hostile, layout: str) -> bool:
    """Whether the layout's file can hold all the names that a text is used for."""
    if layout == "generic":
        return fits(layout, "account", name.text)
    return fits(layout, "account", *account_texts(name, layout))


def set_up(books: Books, names: list[Hostile]) -> list[Hostile]:
    """Import everything under hostile names but the counts; return those that the imports took."""
    good = taken(books, "gl-accounts", names, lambda name: {**account_row(name), "number": name.gl_account})
    assert taken(books, "gl-accounts", names, cost_row) == good
    assert taken(books, "chart", names, account_row) == good
    assert taken(books, "chart", names, cost_row) == good
    books.imported("account-map", [{"gl_account": one.gl_account, "account_name": one.text} for one in good])
    books.imported("account-map", [{"gl_account": one.text, "account_number": one.text} for one in good])
    accounts = [{"asset_account": one.gl_account, "cogs_account": one.text} for one in good]
    books.imported("departments", [{"department": one.text, **two} for one, two in zip(good, accounts, strict=True)])
    books.imported("categories", [{"category": one.text, "department": one.text} for one in good])
    books.imported("sites", [{"site": "S", "name": "The Site"}])
    nothing_carried(books, ["S"])
    return good


@pytest.mark.parametrize("layout", LAYOUTS)
def test_hostile_accounts_and_categories_are_refused_or_come_back_as_they_are(
    books_of: Callable[[str], Books], tried: list[Hostile], layout: str
) -> None:
    go_through(books_of(layout), tried)


def test_hostile_names_are_the_same_in_every_database(
    database_url: str, tmp_path: Path, registry: Registry, tried: list[Hostile]
) -> None:
    with opened(database_url, tmp_path, registry) as hub:
        go_through(Books(hub, "generic"), tried)


def go_through(books: Books, hostile: list[Hostile]) -> None:
    """Import, be refused for what the file cannot hold, leave that out, and find the rest in the file."""
    good = set_up(books, hostile)
    books.imported("counts", [counted("S", name) for name in good])
    unfit = {name.text for name in good if not fit(name, books.layout)}
    assert refused_names(books.preview(DAY, *AGREED), "category") == unfit
    nothing_made(books)
    kept = {name.amount: name for name in good if name.text not in unfit}
    assert len(kept) > len(good) / 4
    books.imported("counts", [counted("S", name) for name in kept.values()])
    pairs = exported(books)
    assert len(pairs) == 2 * len(kept)
    for line, back in pairs:
        check_names(kept[line["amount"]], back, books.layout, asset=line["side"] == "debit")


def check_names(name: Hostile, back: ReadLine, layout: str, *, asset: bool) -> None:
    """The names of a line are in its file as they were brought in."""
    if layout == "generic":
        expected = (name.account, name.text) if asset else (name.text, f"Cost {name.number}")
        assert (back.cells["account_number"], back.cells["account_name"]) == expected
        assert back.cells["category"] == name.text
    else:
        column = NUMBERED.get(layout) or NAMED.get(layout) or BOTH
        assert back.cells[column] == account_texts(name, layout)[0 if asset else 1]


def test_the_corpora_are_all_there(shared: Path, hostile: list[Hostile]) -> None:
    assert len(hostile) > 550
