"""Whatever a company, its people and its goods are called, every page has the elements that harmless names would give it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from hub.web.routes import Page
from tests.conftest import SqliteDatabases
from tests.passwords import CHEAP
from tests.web.conftest import Site
from tests.web.naughty import WHO, Naughty, harmless_names, naughty_names, with_marks
from tests.web.structure import Structure, differences
from tests.web.test_who_may import PAGES, address, named

SHOWN = [page for page in PAGES if page.method == "GET" and not page.path.endswith((".csv", ".xlsx"))]
NOT_LISTED_AT_ONCE = 10_000


class Answered(NamedTuple):
    """How a page answered; page: its HTML, empty where it is something else."""

    status: int
    page: str


Walked = dict[str, Answered]
read = cache(Structure)
"""Returns what a page is built of."""


@pytest.fixture(scope="module", params=["some", pytest.param("all", marks=pytest.mark.soak)])
def names(shared: Path, request: pytest.FixtureRequest) -> list[str]:
    """The big list of naughty strings; in the everyday run a third of those that have a sign of markup or scripts."""
    every = naughty_names(shared)
    return every if request.param == "all" else with_marks(every)[::3]


@pytest.fixture(scope="module")
def walked(
    names: list[str], sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Walked, Walked]]:
    """Every page of the table, of a company with harmless names and of its twin with naughty ones."""
    with pytest.MonkeyPatch.context() as changed, ExitStack() as stack:
        changed.setattr("hub.service.passwords.COST", CHEAP)
        for at_once in ("hub.web.editing.ROWS_OF_A_PAGE", "hub.service.report_lines.ITEMS_OF_A_PAGE"):
            changed.setattr(at_once, NOT_LISTED_AT_ONCE)
        twins = []
        for called in (harmless_names(len(names)), names):
            twin = Naughty(sqlite_databases.migrated(), tmp_path_factory.mktemp("twin"), called)
            stack.callback(twin.house.close)
            twins.append(walk(twin.build()))
        yield twins[0], twins[1]


def walk(site: Site) -> Walked:
    """Open every page of the table as somebody who may see them all."""
    visitor = site.visitor(WHO)
    found = {}
    for page in SHOWN:
        answer = visitor.client.get(address(page, site))
        is_page = "html" in answer.headers.get("content-type", "")
        found[page.path] = Answered(answer.status_code, answer.text if is_page else "")
    return found


@pytest.mark.parametrize("page", SHOWN, ids=named)
def test_no_name_adds_an_element_an_attribute_or_a_foreign_address(page: Page, walked: tuple[Walked, Walked]) -> None:
    harmless, naughty = (twin[page.path] for twin in walked)
    assert naughty.status == harmless.status
    assert naughty.status < 500
    expected, found = read(harmless.page), read(naughty.page)
    assert list(differences(expected, found))[:5] == []
    assert found.others == expected.others
    assert [each for each in found.foreign if each not in expected.foreign] == []


def test_every_name_is_shown_somewhere_as_it_is(names: list[str], walked: tuple[Walked, Walked]) -> None:
    told = " ".join(read(answered.page).text for answered in walked[1].values())
    assert [name for name in names if " ".join(name.split()) not in told] == []
