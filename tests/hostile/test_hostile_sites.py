"""Hostile site codes and names, dimension values, transfers and batches, from the import to every file."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from tests.hostile.company import (
    AGREED,
    DAY,
    Hostile,
    counted,
    dimension_of,
    exported,
    fits,
    nothing_carried,
    nothing_made,
    plain_accounts,
    refused_names,
    taken,
)
from tests.real.books import LAYOUTS, Books, Row

MOVED = {"date": str(DAY), "quantity": "1", "status": "approved"}


def transfers(names: list[Hostile]) -> list[Row]:
    """A transfer from each site to the next."""
    return [
        {**MOVED, "transfer_id": one.text, "from_site": one.text, "to_site": other.text, "item": one.text,
         "category": one.text, "value": one.amount}
        for one, other in pairwise(names)
    ]  # fmt: skip


def batches(names: list[Hostile], ingredient: Hostile) -> list[Row]:
    """A batch at each site, from one ingredient."""
    sides = (("input", ingredient), ("output", None))
    return [
        {"batch_id": one.text, "date": str(DAY), "site": one.text, "side": side, "item": (other or one).text + side,
         "category": (other or one).text, "quantity": "1", "value": one.amount}
        for one in names
        for side, other in sides
    ]  # fmt: skip


def set_up(books: Books, names: list[Hostile]) -> list[Hostile]:
    """Import plain accounts, and sites and categories of hostile names; return those that the imports took."""
    plain_accounts(books)
    good = taken(books, "categories", names, lambda one: {"category": one.text, "department": "Food"})
    assert taken(books, "sites", names, lambda one: {"site": one.text, "name": one.text}) == good
    nothing_carried(books, [one.text for one in good])
    return good


def site_map(books: Books, names: list[Hostile], value: Callable[[Hostile], str]) -> None:
    """Give each site a dimension value."""
    dimension = dimension_of(books.layout)[0]
    books.imported("site-map", [{"site": one.text, "dimension": dimension, "value": value(one)} for one in names])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_hostile_sites_and_their_values_are_refused_or_come_back_as_they_are(
    books_of: Callable[[str], Books], tried: list[Hostile], layout: str
) -> None:
    books = books_of(layout)
    good = set_up(books, tried)
    site_map(books, good, lambda one: one.text)
    books.imported("counts", [counted(one.text, one) for one in good])
    refused = {one.text for one in good if not fits(layout, "dimension", one.text)}
    assert refused_names(books.preview(DAY, *AGREED), "site") == refused
    nothing_made(books)
    names_stay = layout == "generic"
    kept = [one for one in good if not (names_stay and one.text in refused)]
    site_map(books, good, lambda one: f"D{one.number}" if one.text in refused else one.text)
    left_out = [one for one in good if one not in kept]
    if left_out:
        books.imported("counts", [counted(one.text, one, "open") for one in left_out])
    books.imported("transfers", transfers(kept))
    books.imported("production", batches(kept, kept[0]))
    check_files(books, kept, refused)


def check_files(books: Books, kept: list[Hostile], refused: set[str]) -> None:
    """Every count, transfer and batch is in the files, with the names of its site where the layout has them."""
    column = dimension_of(books.layout)[1]
    numbers = {one.text: one.number for one in kept}
    pairs = exported(books)
    assert len(pairs) == 2 * len(kept) + 2 * (len(kept) - 1) + 2 * len(kept)
    for line, back in pairs:
        site = line["site"]
        assert back.cells[column] == (f"D{numbers[site]}" if site in refused else site)
        if books.layout == "generic":
            assert (back.cells["site"], back.cells["category"]) == (site, line["category"])
