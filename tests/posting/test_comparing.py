"""What an accounting system holds beside what was frozen: every difference is said, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hub.api import Account, JournalEntry, JournalLine, Reason, ReceiptStatus, Recorded, RecordedLine, Side
from hub.domain.comparing import differences
from hub.service.posting.recorded import paired, standing_document
from tests.posting.house import Document

DAY = date(2026, 10, 31)
Dr, Cr = Side.DEBIT, Side.CREDIT
LINES = (("1310", Dr, "5120.05"), ("5010", Cr, "5120.05"), ("1340", Dr, "0.01"), ("5100", Cr, "0.01"))


def entry(*lines: tuple[str, Side, str]) -> JournalEntry:
    return JournalEntry(
        key="0" * 32,
        reference="IA7K2Q9XM4B",
        part=1,
        date=DAY,
        count_date=DAY,
        currency="USD",
        memo="Ending inventory",
        lines=tuple(
            JournalLine(
                account=Account(id=f"acc-{number}", number=number),
                side=side,
                amount=Decimal(amount),
                memo="as it was sent",
                site="DT",
                reason=Reason.CURRENT,
            )
            for number, side, amount in lines or LINES
        ),
    )


def there(*lines: tuple[str, Side, str], **changes: Any) -> Recorded:
    recorded = tuple(
        RecordedLine(account=Account(id=f"acc-{number}"), side=side, amount=Decimal(amount))
        for number, side, amount in lines or LINES
    )
    return replace(Recorded(date=DAY, currency="USD", status=ReceiptStatus.POSTED, lines=recorded), **changes)


def test_the_same_journal_in_another_order_without_memos_and_with_empty_lines_has_no_difference() -> None:
    assert differences(entry(), there(*reversed(LINES))) == ()
    assert differences(entry(LINES[0], LINES[1]), there(LINES[1], LINES[0])) == ()


@pytest.mark.parametrize("status", [ReceiptStatus.POSTED, ReceiptStatus.PENDING_APPROVAL])
def test_a_journal_that_waits_for_approval_there_is_no_difference(status: ReceiptStatus) -> None:
    assert differences(entry(), there(status=status)) == ()


@pytest.mark.parametrize(
    ("recorded", "told"),
    [
        (there(status=ReceiptStatus.DRAFT), ("It is a draft there, not posted.",)),
        (there(status=ReceiptStatus.VOID), ("It was voided there.",)),
        (there(date=date(2026, 11, 1)), ("Its date there is 2026-11-01, and 2026-10-31 was sent.",)),
        (there(currency="EUR"), ("Its currency there is EUR, and USD was sent.",)),
    ],
)
def test_another_status_date_or_currency_is_said(recorded: Recorded, told: tuple[str, ...]) -> None:
    assert differences(entry(), recorded) == told


def test_a_cent_is_a_difference_with_both_totals_and_each_line() -> None:
    cent = there(("1310", Dr, "5120.06"), ("5010", Cr, "5120.06"), *LINES[2:])
    assert differences(entry(), cent) == (
        "Its total there is 5,120.07, and 5,120.06 was sent.",
        "Missing there: Dr 1310 5,120.05",
        "Missing there: Cr 5010 5,120.05",
        "Only there: Dr acc-1310 5,120.06",
        "Only there: Cr acc-5010 5,120.06",
    )


def test_two_lines_made_one_two_sides_and_two_accounts_exchanged_are_differences_though_the_total_is_the_same() -> None:
    pair = entry(("1310", Dr, "1.00"), ("1340", Dr, "1.00"), ("5010", Cr, "2.00"))
    assert differences(pair, there(("1310", Dr, "2.00"), ("5010", Cr, "2.00")))[0] == (
        "It has 2 lines there, and 3 were sent."
    )
    sides = there(("5010", Dr, "5120.05"), ("1310", Cr, "5120.05"), *LINES[2:])
    assert len(differences(entry(), sides)) == 4
    assert differences(pair, there(("1310", Dr, "1.00"), ("1310", Dr, "1.00"), ("5010", Cr, "2.00"))) == (
        "Missing there: Dr 1340 1.00",
        "Only there: Dr acc-1310 1.00",
    )


def test_more_than_ten_lines_of_a_kind_are_counted_and_not_listed() -> None:
    many = [("1310", Dr, f"{number}.00") for number in range(1, 13)]
    told = differences(entry(*many, ("5010", Cr, "78.00")), there(("1310", Dr, "78.00"), ("5010", Cr, "78.00")))
    assert (told[-2], len(told)) == ("Missing there: 2 more lines.", 13)


def line(account: str, side: str, amount: str, memo: str = "", *, category: str = "Meat") -> Document:
    names = {"account_id": account, "account_number": "", "account_name": ""}
    return {
        **names,
        "side": side,
        "amount": amount,
        "memo": memo,
        "site": "DT",
        "category": category,
        "gl_account": "1",
    }


MEAT = line("a", "debit", "5.00", "Meat", category="Meat")
DAIRY = line("a", "debit", "7.00", "Dairy", category="Dairy")
COST = line("c", "credit", "12.00", "Cost", category="Dairy")


def pairs(*recorded: Document) -> list[tuple[str, bool]]:
    """Return the category of the line that each was taken for, and whether that is certain."""
    return [(like["category"], exact) for _, like, exact in paired(recorded, [MEAT, DAIRY, COST])]


def test_lines_are_paired_by_memo_and_amount_whatever_their_order() -> None:
    assert pairs(COST, DAIRY, MEAT) == [("Dairy", True), ("Dairy", True), ("Meat", True)]


def test_a_changed_amount_is_paired_by_its_memo_and_a_changed_memo_by_its_amount() -> None:
    edited = line("a", "debit", "9.00", "Dairy"), line("a", "debit", "5.00", "changed")
    assert pairs(*edited) == [("Dairy", True), ("Meat", True)]


def test_where_neither_memo_nor_amount_tells_two_categories_apart_none_is_certain() -> None:
    edited = line("a", "debit", "8.00"), line("a", "debit", "4.00")
    assert [exact for _, exact in pairs(*edited)] == [False, False]
    assert pairs(line("a", "debit", "8.00"), DAIRY) == [("Meat", True), ("Dairy", True)]


def test_a_line_on_another_account_or_side_or_one_too_many_is_certainly_of_none() -> None:
    assert pairs(line("b", "debit", "5.00", "Meat")) == [("Meat", False)]
    assert pairs(line("a", "credit", "5.00", "Meat")) == [("Meat", False)]
    assert pairs(COST, COST) == [("Dairy", True), ("Meat", False)]


def test_what_stands_there_as_frozen_is_the_frozen_document_and_what_was_edited_has_its_amounts() -> None:
    frozen = json.dumps({"date": "2026-10-31", "lines": [MEAT, DAIRY, COST]})
    assert [one["amount"] for one in _standing(frozen, MEAT, DAIRY, COST)["lines"]] == ["5.00", "7.00", "12.00"]
    dearer = {**DAIRY, "amount": "8.00"}, {**COST, "amount": "13.00"}
    standing = _standing(frozen, MEAT, *dearer, date="2026-11-30")
    assert [(one["category"], one["amount"]) for one in standing["lines"]] == [
        ("Meat", "5.00"),
        ("Dairy", "8.00"),
        ("Dairy", "13.00"),
    ]
    assert standing["date"] == "2026-11-30"


def _standing(frozen: str, *lines: Document, **changes: str) -> Document:
    return standing_document({"entry": frozen, "recorded": {"lines": list(lines), **changes}})
