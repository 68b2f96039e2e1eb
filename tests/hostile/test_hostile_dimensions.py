"""Hostile names of dimensions, which become headers of files."""

from collections.abc import Callable

import pytest

from hub_csv_iif.file_checks import shown
from tests.hostile.company import (
    AGREED,
    DAY,
    Hostile,
    counted,
    exported,
    fits,
    nothing_carried,
    nothing_made,
    plain_accounts,
    refused_names,
    taken,
)
from tests.real.books import LAYOUTS, Books

ANY_NUMBER = ("generic", "sage-intacct")


def one_count(books: Books) -> Hostile:
    """Import a site with one count of plain names."""
    plain = Hostile(number=1, text="Meat")
    plain_accounts(books)
    books.imported("categories", [{"category": "Meat", "department": "Food"}])
    books.imported("sites", [{"site": "S", "name": "The Site"}])
    nothing_carried(books, ["S"])
    books.imported("counts", [counted("S", plain)])
    return plain


def dimensions(books: Books, names: list[Hostile]) -> list[Hostile]:
    """Give the site a value of each dimension; return those that the import took."""
    return taken(books, "site-map", names, lambda one: {"site": "S", "dimension": one.text, "value": one.account})


@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout not in ANY_NUMBER])
def test_a_hostile_dimension_has_no_place_in_a_file_of_fixed_columns(
    books_of: Callable[[str], Books], hostile: list[Hostile], layout: str
) -> None:
    books = books_of(layout)
    one_count(books)
    good = dimensions(books, hostile)
    problems = books.preview(DAY)["problems"]
    missing = [problem for problem in problems if problem["code"] == "dimension_missing"]
    assert len(missing) == len({shown(one.text) for one in good})
    assert all(problem["blocking"] for problem in missing)
    nothing_made(books)


@pytest.mark.parametrize("layout", ANY_NUMBER)
def test_a_hostile_dimension_that_the_file_cannot_hold_is_refused(
    books_of: Callable[[str], Books], hostile: list[Hostile], layout: str
) -> None:
    books = books_of(layout)
    one_count(books)
    good = dimensions(books, hostile)
    unfit = [one for one in good if not fits(layout, "dimension", one.text)]
    seen = books.preview(DAY, *AGREED)
    assert refused_names(seen, "site") == {"S"}
    assert len([problem for problem in seen["problems"] if problem["blocking"]]) == len(
        {shown(one.text) for one in unfit}
    )
    nothing_made(books)


@pytest.mark.parametrize("layout", ANY_NUMBER)
def test_a_hostile_dimension_that_the_file_can_hold_is_a_column_of_its_own(
    books_of: Callable[[str], Books], hostile: list[Hostile], layout: str
) -> None:
    books = books_of(layout)
    one_count(books)
    good = dimensions(books, [one for one in hostile if fits(layout, "dimension", one.text)])
    for _, back in exported(books):
        assert {one.text: back.cells[one.text] for one in good} == {one.text: one.account for one in good}
