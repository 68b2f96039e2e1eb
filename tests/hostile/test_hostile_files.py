"""Files that are hostile as files: cells without quotation marks, and edge cases where a count was expected."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from hub.service.importing import import_file
from hub.service.previewing import offered_counts
from tests.hostile.company import Hostile, nothing_carried, plain_accounts
from tests.real.books import NOW, Books

COLUMN_RULES = {"unknown_column", "missing_column"}
HEADER = "count_date,site,item,category,quantity,value\n"


def kitchen(books: Books) -> Books:
    """A company that counts one category at one site."""
    plain_accounts(books)
    books.imported("categories", [{"category": "Meat", "department": "Food"}])
    books.imported("sites", [{"site": "S", "name": "The Site"}])
    nothing_carried(books, ["S"])
    return books


def values(books: Books) -> list[str]:
    """What every count on offer is worth."""
    return [str(count["value"]) for count in offered_counts(books.hub, books.code)]


def test_a_text_that_breaks_its_row_never_becomes_another_row(
    books_of: Callable[[str], Books], tried: list[Hostile]
) -> None:
    books = kitchen(books_of("generic"))
    stored = 0
    for one in tried:
        text = f"{HEADER}{one.day},S,{one.text},Meat,1,{one.amount}\n"
        file = BytesIO(text.encode("utf-8", "surrogatepass"))
        result = import_file(books.hub.database, books.code, "counts", file, actor="tester", now=NOW)
        assert result.stored is not bool(result.errors)
        assert all(error.message and error.rule for error in result.errors)
        assert result.rows <= 1 or not result.stored
        stored += result.stored
    assert stored > len(tried) / 2


def test_an_edge_case_of_csv_in_place_of_a_count_is_refused_by_its_columns(
    books_of: Callable[[str], Books], shared: Path
) -> None:
    books = kitchen(books_of("generic"))
    files = sorted((shared / "corpora" / "csv_spectrum" / "csvs").glob("*.csv"))
    assert len(files) == 12
    for path in files:
        result = import_file(books.hub.database, books.code, "counts", path, actor="tester", now=NOW)
        assert not result.stored
        assert result.errors
        assert {error.rule for error in result.errors} <= COLUMN_RULES, path.name
    assert values(books) == []
