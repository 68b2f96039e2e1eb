"""Hostile texts through every text column of the imports: a clear error or the very same text, nothing in between."""

import csv
import io
import itertools
import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.intake import open_sheet
from hub.intake.cells import LONGEST_NAME, SPACES
from hub.service.importing import KINDS, template
from hub.store import sqlite_url, upgrade
from tests.importing.company import Company, opened

COUNTED = {"count_date": "{day}", "site": "DT", "item": "A", "category": "Meat", "quantity": "1", "value": "1"}
MOVED = {"transfer_id": "T{n}", "date": "2026-10-31", "from_site": "CK", "to_site": "DT", "item": "A{n}",
         "category": "Meat", "quantity": "1", "value": "1"}  # fmt: skip
MADE = {"batch_id": "B{n}", "date": "2026-10-31", "site": "CK", "side": "output", "item": "A{n}", "category": "Meat",
        "quantity": "1", "value": "1"}  # fmt: skip
ACCOUNT = {"number": "N{n}", "name": "A", "kind": "asset"}

# For each text column that takes any name: a row of its kind ({n} and {day} make it unlike the others), and where
# the text is then stored.
COLUMNS: dict[tuple[str, str], tuple[dict[str, str], str]] = {
    ("gl-accounts", "number"): (ACCOUNT, "number FROM gl_account t"),
    ("gl-accounts", "name"): (ACCOUNT, "name FROM gl_account t"),
    ("departments", "department"): ({}, "name FROM department t"),
    ("categories", "category"): ({"department": "Food"}, "name FROM category t"),
    ("sites", "site"): ({"name": "X"}, "code FROM site t"),
    ("sites", "name"): ({"site": "S{n}"}, "name FROM site t"),
    ("site-map", "dimension"): ({"site": "DT", "value": "x"}, "dimension FROM site_dimension t"),
    ("site-map", "value"): ({"site": "DT", "dimension": "d{n}"}, "value FROM site_dimension t"),
    ("chart", "number"): (ACCOUNT, "number FROM chart_account t"),
    ("chart", "name"): (ACCOUNT, "name FROM chart_account t"),
    ("chart", "id"): (ACCOUNT, "account_id FROM chart_account t"),
    ("account-map", "account_number"): ({"gl_account": "N{n}"}, "account_number FROM account_map t"),
    ("account-map", "account_name"): ({"gl_account": "N{n}"}, "account_name FROM account_map t"),
    ("account-map", "account_id"): ({"gl_account": "N{n}"}, "account_id FROM account_map t"),
    ("counts", "item"): (COUNTED, "i.name FROM count_line t JOIN item i ON i.id = t.item_id"),
    ("counts", "area"): (COUNTED, "area FROM count_line t"),
    ("counts", "unit"): (COUNTED, "unit FROM count_line t"),
    ("transfers", "transfer_id"): (MOVED, "transfer_id FROM transfer t"),
    ("transfers", "item"): (MOVED, "i.name FROM transfer_line t JOIN item i ON i.id = t.item_id"),
    ("production", "batch_id"): (MADE, "batch_id FROM batch t"),
    ("production", "item"): (MADE, "i.name FROM batch_line t JOIN item i ON i.id = t.item_id"),
}
NAMES_OF_OTHERS = {  # columns that must name something set up already: any other text is an error
    "departments": ("asset_account", "cogs_account"),
    "categories": ("department", "asset_account", "cogs_account"),
    "sites": ("connection", "currency"),
    "overrides": ("gl_account", "site", "override_account"),
    "counts": ("site", "category"),
    "transfers": ("from_site", "to_site", "category"),
    "production": ("site", "category"),
    "opening": ("site", "category", "asset_account", "cogs_account"),
    "account-map": ("gl_account", "connection"),
    "site-map": ("site", "connection"),
    "due-accounts": ("from_connection", "to_connection", "due_from", "due_to"),
}
REFUSALS = {"control_character", "too_long", "duplicate"}
PLAIN_COLUMNS = {"kind", "use", "status", "side", "active", "date", "count_date", "quantity", "unit_cost"}


def texts(shared: Path) -> list[str]:
    """Return every hostile text: naughty strings, cells, formulas, and the fields of the CSV edge cases."""
    corpora = shared / "corpora"
    found: list[str] = json.loads((corpora / "blns" / "blns.json").read_text())
    found += json.loads((corpora / "cells" / "csv_iif_cells.json").read_text())
    for file in sorted((corpora / "csv_injection").rglob("*.txt")):
        found += file.read_text().splitlines()
    for file in sorted((corpora / "csv_spectrum" / "json").glob("*.json")):
        for row in json.loads(file.read_text()):
            found += [*row.keys(), *row.values()] if isinstance(row, dict) else row
    return [one for one in dict.fromkeys(found) if one.strip(SPACES)]


def as_csv(rows: list[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Company]]:
    """Makes a company of its own for each column, in one database."""
    url = sqlite_url(tmp_path_factory.mktemp("hostile") / "hub.sqlite")
    upgrade(url)
    with opened(url) as database:
        numbers = itertools.count(1)
        yield lambda: Company(database, code=f"C{next(numbers)}").set_up()


def stored(company: Company, where: str) -> set[str]:
    """Return the texts of a column that are stored for a company; set-up rows are among them."""
    with company.database.read() as connection:
        rows = connection.execute(text(f"SELECT {where} WHERE t.company_id = :id"), {"id": company.id})
        return {row[0] for row in rows}


def rows_with(row: Mapping[str, str], column: str, names: list[str]) -> list[Mapping[str, str]]:
    """Return a row for each text, unlike the others in its key."""
    days = [str(date(1995, 1, 1) + timedelta(days=number)) for number in range(len(names))]
    return [
        {key: value.format(n=number, day=days[number]) for key, value in row.items()} | {column: name}
        for number, name in enumerate(names)
    ]


def test_every_text_column_is_among_those_tried() -> None:
    tried = {*COLUMNS, *((kind, column) for kind, columns in NAMES_OF_OTHERS.items() for column in columns)}
    every = {(kind.name, column.name) for kind in KINDS.values() for column in kind.columns}
    left = {(kind, column) for kind, column in every - tried if column not in PLAIN_COLUMNS}
    assert {column for _, column in left} == {"value"}


@pytest.mark.parametrize(("kind", "column"), COLUMNS)
def test_a_hostile_text_is_stored_as_it_is_or_refused(
    fresh: Callable[[], Company], shared: Path, kind: str, column: str
) -> None:
    company = fresh()
    row, where = COLUMNS[kind, column]
    hostile = texts(shared)
    if kind == "account-map":
        company.imported("gl-accounts", as_csv(rows_with(ACCOUNT, "name", ["x"] * len(hostile))))
    before = stored(company, where)
    rows = rows_with(row, column, hostile)
    result = company.imports(kind, as_csv(rows), valid_rows=True)
    refused = {error.row - 2: error.rule for error in result.errors}
    assert 0 < len(refused) == result.error_count < len(hostile) / 5
    assert set(refused.values()) <= REFUSALS
    if not result.stored:  # a row did not even tell which transfer or batch it is of
        assert stored(company, where) == before
        company.imported(kind, as_csv([one for number, one in enumerate(rows) if number not in refused]))
    good = {name.strip(SPACES) for number, name in enumerate(hostile) if number not in refused}
    assert stored(company, where) - before == good - before
    assert all(is_wrong(hostile[number], rule) for number, rule in refused.items() if rule != "duplicate")


def is_wrong(name: str, rule: str) -> bool:
    """Return whether a text breaks the rule it was refused by."""
    if rule == "too_long":
        return len(name.strip(SPACES)) > LONGEST_NAME
    return any(unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"} or one == "\ufeff" for one in name)


@pytest.mark.parametrize(
    ("kind", "column"), [(kind, one) for kind, columns in NAMES_OF_OTHERS.items() for one in columns]
)
def test_a_hostile_text_where_a_known_name_belongs_is_refused_and_nothing_stored(
    fresh: Callable[[], Company], shared: Path, kind: str, column: str
) -> None:
    company = fresh()
    example = dict(zip(*csv.reader(io.StringIO(template(kind))), strict=True))
    rows = [{**example, column: name} for name in texts(shared) if name.strip(SPACES)]
    result = company.imports(kind, as_csv(rows), valid_rows=True)
    wrong = {error.row for error in result.errors if error.column == column}
    assert result.added == 0
    assert result.errors
    assert wrong or result.errors[0].row == 0


@pytest.mark.parametrize("name", ["empty", "empty_crlf", "simple", "quotes_and_newlines", "newlines", "utf8", "json"])
def test_the_csv_edge_cases_are_read_as_their_authors_say(shared: Path, name: str) -> None:
    spectrum = shared / "corpora" / "csv_spectrum"
    expected = json.loads((spectrum / "json" / f"{name}.json").read_text())
    with (spectrum / "csvs" / f"{name}.csv").open("rb") as file:
        sheet = open_sheet(file, "utf-8")
        rows = [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows([])]
    assert rows == expected
