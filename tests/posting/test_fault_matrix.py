"""The page of the fault matrix: every row says what happens and names tests, and every named test exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

NAMED = re.compile(r"`(tests/\w+(?:/\w+)*\.py)::(test_\w+)`")
LEAST_ROWS = 45
RULES = [f"R{number}" for number in range(1, 18)]


@pytest.fixture(scope="module")
def rows(repository: Path) -> list[list[str]]:
    """The cells of each row of each table, without the heads."""
    return list(_rows((repository / "docs" / "fault_matrix.md").read_text("utf-8")))


def _rows(page: str) -> Iterator[list[str]]:
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[-1] not in ("tests", "---"):
            yield cells


@cache
def names_in(file: Path) -> frozenset[str]:
    """Return the names of a file's tests."""
    module = ast.parse(file.read_text("utf-8"))
    return frozenset(node.name for node in module.body if isinstance(node, ast.FunctionDef))


def test_no_row_is_empty_and_each_names_a_test(rows: list[list[str]]) -> None:
    assert len(rows) >= LEAST_ROWS
    incomplete = [cells for cells in rows if len(cells) != 3 or not all(cells) or not NAMED.search(cells[-1])]
    assert incomplete == []


def test_nothing_is_told_twice_and_every_rule_is_there(rows: list[list[str]]) -> None:
    told = [cells[0] for cells in rows]
    assert len(set(told)) == len(told)
    assert [name for name in told if re.fullmatch(r"R\d+", name)] == RULES


def test_every_named_test_exists(rows: list[list[str]], repository: Path) -> None:
    named = {(file, name) for cells in rows for file, name in NAMED.findall(cells[-1])}
    assert named
    missing = [f"{file}::{name}" for file, name in sorted(named) if name not in names_in(repository / file)]
    assert missing == []


def test_nothing_but_tests_stands_in_the_column_of_tests(rows: list[list[str]]) -> None:
    assert [cells[0] for cells in rows if NAMED.sub("", cells[-1]).replace("<br>", "").strip()] == []
