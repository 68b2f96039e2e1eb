"""docs/contract.md tells the truth: its lists are those of the code, and its example posts."""

from __future__ import annotations

import re
import tomllib
from types import ModuleType

import pytest

from hub.api import ENTRY_POINT_GROUP, Connection, PeriodClosed
from hub.plugins import Registry, load
from tests.api.reference import BLOCK, BLOCKS, PAGE, renewed
from tests.api.test_journal import journal

TEXT = PAGE.read_text(encoding="utf-8")


def block_of(language: str) -> str:
    (block,) = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    return str(block)


@pytest.fixture
def example() -> Registry:
    module = ModuleType("hub_ledgerly")
    exec(compile(block_of("python"), "docs/contract.md", "exec"), vars(module))
    return load(only=[module])


def test_the_lists_are_those_of_the_code() -> None:
    hint = "run `python -m tests.api.reference --write` and commit the difference"
    assert renewed(TEXT) == TEXT, hint


def test_every_list_stands_on_the_page_once() -> None:
    assert sorted(name for _, name, _ in BLOCK.findall(TEXT)) == sorted(BLOCKS)


def test_an_outdated_list_is_noticed() -> None:
    assert renewed(TEXT.replace("Post the entry once", "Post the entry twice")) == TEXT


def test_the_example_is_found_under_the_entry_point_group_it_shows() -> None:
    assert list(tomllib.loads(block_of("toml"))["project"]["entry-points"]) == [ENTRY_POINT_GROUP]


def test_the_example_is_admitted_posts_and_finds_what_it_posted(example: Registry) -> None:
    assert example.broken == ()
    connector = example.connector("ledgerly")
    entry = journal("Dr 5010 4,812.37\nCr 1310 4,812.37")
    with connector.open(Connection(name="books", settings=connector.settings_from({}))) as session:
        assert [account.title for account in session.accounts()] == ["5010 COGS:Meat", "1310 Food Inventory"]
        assert (session.preflight(entry), session.find(entry)) == ((), ())
        receipt = session.post(entry)
        assert session.find(entry) == (receipt,)
        assert session.read(receipt) == receipt.recorded


def test_the_example_refuses_a_locked_period_before_and_while_it_posts(example: Registry) -> None:
    connector = example.connector("ledgerly")
    settings = connector.settings_from({"locked_through": "2026-10-31"})
    entry = journal("Dr 5010 1\nCr 1310 1")
    with connector.open(Connection(name="books", settings=settings)) as session:
        assert [problem.code for problem in session.preflight(entry)] == ["period_closed"]
        with pytest.raises(PeriodClosed, match="The books are locked"):
            session.post(entry)
