"""A posted journal was edited or deleted in the accounting system: each of the three decisions."""

import json
from collections.abc import Callable

import pytest

from hub.service.context import Refused
from tests.cases.company import (
    COUNTED,
    NOVEMBER,
    OCTOBER,
    Company,
    blocking,
    journal,
    only,
    refusal,
    said,
)


@pytest.fixture
def deleted(company: Company) -> Company:
    """October was exported, its journal then deleted there; November is counted."""
    return change(company, "deleted")


def change(company: Company, how: str, edit: Callable[[list[dict[str, str]]], object] | None = None) -> Company:
    company.counts("DT", OCTOBER, COUNTED)
    code = company.exported(OCTOBER)
    company.counts("DT", NOVEMBER, COUNTED)
    lines = json.loads(company.postings(code)[0]["entry"])["lines"]
    if edit is not None:
        edit(lines)
    company.changed_there(code, how, json.dumps({"lines": lines}))
    return company


def amounts(lines: list[dict[str, str]], memo: str, amount: str) -> None:
    """Set the amount of both lines of a pair."""
    for line in lines:
        if line["memo"].startswith(memo):
            line["amount"] = amount


def reversed_(company: Company, *decisions: str) -> list[str]:
    """The reversals of the November preview that are debits."""
    return only(journal(company.preview(NOVEMBER, *decisions), "reason"), "Dr", "reverse_prior")


def test_counted_as_undone_the_books_carry_what_they_did_before_it(everywhere: Company) -> None:
    change(everywhere, "deleted")
    shown = everywhere.preview(NOVEMBER, "prior=undone")
    assert (said(shown, "note"), said(shown, "warning")) == (["prior_changed"], ["older_count_skipped"])
    assert reversed_(everywhere, "prior=undone")[0] == "Dr 5010 COGS Meat 4,812.37 reverse_prior"
    code = everywhere.exported(NOVEMBER, "prior=undone", "acknowledge=older_count_skipped")
    states = {row["code"]: row["state"] for row in everywhere.query("SELECT code, state FROM export")}
    assert sorted(states.values()) == ["POSTED", "UNDONE"]
    assert states[code] == "POSTED"


def test_a_preview_of_a_decision_changes_nothing(deleted: Company) -> None:
    before = deleted.query("SELECT * FROM posting"), deleted.on_books(), deleted.query("SELECT * FROM audit_event")
    for choice in ("undone", "restored", "accept"):
        deleted.preview(NOVEMBER, f"prior={choice}")
    assert (
        deleted.query("SELECT * FROM posting"),
        deleted.on_books(),
        deleted.query("SELECT * FROM audit_event"),
    ) == before
    assert blocking(deleted.preview(NOVEMBER)) == ["prior_changed"]


def test_what_was_previewed_with_a_decision_is_what_is_exported(deleted: Company) -> None:
    decisions = ("prior=undone", "acknowledge=older_count_skipped")
    shown = deleted.preview(NOVEMBER, *decisions)
    made = deleted.export(NOVEMBER, *decisions, expected_hash=shown["hash"])
    assert (made["state"], made["hash"]) == ("FILE_READY", shown["hash"])
    assert len(deleted.query("SELECT seq FROM audit_event WHERE action = 'prior changed'")) == 1


def test_counted_as_undone_its_batches_are_open_again(company: Company) -> None:
    company.produces("B-1", "2026-10-10", {"Meat": "8.00"}, {"Prep": "8.00"})
    change(company, "deleted")
    assert len(only(journal(company.preview(NOVEMBER, "prior=undone"), "reason"), "production")) == 2
    assert only(journal(company.preview(NOVEMBER, "prior=restored"), "reason"), "production") == []


def test_restored_there_the_mark_is_cleared_and_what_was_posted_is_reversed(deleted: Company) -> None:
    assert reversed_(deleted, "prior=restored")[0] == "Dr 5010 COGS Meat 5,120.05 reverse_prior"
    deleted.exported(NOVEMBER, "prior=restored")
    assert {row["changed_there"] for row in deleted.query("SELECT changed_there FROM posting")} == {""}


def test_accepted_what_stands_there_is_what_is_reversed(company: Company) -> None:
    change(company, "edited", lambda lines: amounts(lines, f"Ending inventory {OCTOBER} · Meat", "5000.00"))
    assert reversed_(company, "prior=accept") == [
        "Dr 5010 COGS Meat 5,000.00 reverse_prior",
        "Dr 5020 COGS Produce 988.40 reverse_prior",
        "Dr 5100 COGS Liquor 9,650.00 reverse_prior",
    ]
    company.exported(NOVEMBER, "prior=accept")
    assert company.on_books()[0] == "DT Meat 5120.05 1310/5010"


def test_an_edited_reversal_is_accepted_too(company: Company) -> None:
    change(company, "edited", lambda lines: amounts(lines, "Reverse ending inventory 2026-09-30 · Meat", "4800.00"))
    assert reversed_(company, "prior=accept")[0] == "Dr 5010 COGS Meat 5,132.42 reverse_prior"


def test_lines_that_cannot_be_matched_are_not_accepted(company: Company) -> None:
    change(company, "edited", lambda lines: lines.pop())
    with pytest.raises(Refused) as refused:
        company.preview(NOVEMBER, "prior=accept")
    assert refusal(refused.value) == ["prior_changed"]
    assert blocking(company.preview(NOVEMBER)) == ["prior_changed"]


def test_a_journal_that_does_not_balance_there_is_not_accepted(company: Company) -> None:
    change(company, "edited", lambda lines: lines[0].update(amount="1.00"))
    with pytest.raises(Refused) as refused:
        company.export(NOVEMBER, "prior=accept")
    assert refusal(refused.value) == ["prior_changed"]
