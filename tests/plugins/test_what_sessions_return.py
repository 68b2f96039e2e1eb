"""Every value that a session returns is checked, all the way down, and the error says what was wrong and where."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from hub.api import (
    Account,
    Capability,
    Company,
    ConnectorError,
    Dimension,
    DimensionValue,
    File,
    Level,
    Problem,
    Receipt,
    ReceiptStatus,
    Side,
    Where,
)
from hub.plugins import ContractBroken, GuardedSession, PluginFailed
from tests.plugins.scripted import POSTED, entry, recorded, recorded_line, session, without

pytestmark = pytest.mark.usefixtures("in_either_thread")

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "preflight": (entry(),),
    "find": (entry(),),
    "read": (POSTED,),
    "changed_since": (NOW,),
}


class Text(str):
    """A text with a class of its own, as parsers return."""


class Reckoned(Account):
    """An account with a class of its own."""


def receipt(**changes: Any) -> Receipt:
    return replace(POSTED, **changes)


def problem(**changes: Any) -> Problem:
    return replace(
        Problem(level=Level.PROBLEM, code="account_missing", message="Account 5010 is not there."), **changes
    )


def file(**changes: Any) -> Receipt:
    sound = File(name="IA7K2Q9XM4B.csv", content=b"x", media_type="text/csv")
    return Receipt(id="", status=ReceiptStatus.FILE, file=replace(sound, **changes))


def half_an_account() -> Account:
    """An account whose constructor never ran."""
    account = Account.__new__(Account)
    object.__setattr__(account, "id", "7")
    return account


def ask(opened: GuardedSession, method: str) -> Any:
    return getattr(opened, method)(*ARGUMENTS.get(method, ()))


WRONG = {
    "several where one is needed: None": (
        "accounts",
        None,
        "accounts() must return several Account values, not NoneType",
    ),
    "a text is not several": ("accounts", "5010", "accounts() must return several Account values, not str"),
    "a dict is not several": (
        "companies",
        {"1": Company(id="1", name="K")},
        "must return several Company values, not dict",
    ),
    "a number is not several": ("find", 0, "find() must return several Receipt values, not int"),
    "a dict is not an account": ("accounts", [{"id": "7"}], "accounts()[0] must be Account, not dict"),
    "a subclass is not an account": ("accounts", [Reckoned(id="7")], "accounts()[0] must be Account, not Reckoned"),
    "an account half built": ("accounts", [half_an_account()], "accounts()[0].number must be text, not object"),
    "a subclass of text": ("accounts", [Account(id=Text("7"))], "accounts()[0].id must be text, not Text"),
    "a number for a text": ("accounts", [Account(id=7)], "accounts()[0].id must be text, not int"),  # type: ignore[arg-type]
    "a text for a yes": ("accounts", [Account(id="7", active="no")], "active must be true or false, not str"),  # type: ignore[arg-type]
    "a text for a kind": ("accounts", [Account(id="7", kind="cogs")], "kind must be AccountKind or None, not str"),  # type: ignore[arg-type]
    "a text of 4,001 characters": (
        "accounts",
        [Account(name="x" * 4001)],
        "name has 4,001 characters, and no text may",
    ),
    "a NUL": ("accounts", [Account(name="Meat\0")], "accounts()[0].name holds a NUL character"),
    "half a surrogate pair": (
        "accounts",
        [Account(name="Meat \ud83d")],
        "accounts()[0].name holds half a surrogate pair",
    ),
    "two accounts of one id": (
        "accounts",
        [Account(id="1"), Account(id="7"), Account(id="7")],
        "more than once, first at [1]",
    ),
    "two accounts of one number": ("accounts", [Account(number="7"), Account(number="7", name="x")], "first at [0]"),
    "two accounts of one name": ("accounts", [Account(name="Meat"), Account(name="Meat")], "more than once"),
    "too many": (
        "accounts",
        (Account(id=str(n)) for n in itertools.count()),
        "must not return more than 100,000 values",
    ),
    "two companies of one id": ("companies", [Company(id="1", name="A"), Company(id="1", name="B")], "more than once"),
    "a company without an id": (
        "companies",
        [Company(id="", name="A")],
        "companies()[0].id must be 1 to 255 printable",
    ),
    "a company of two lines": ("companies", [Company(id="1", name="A\nB")], "name must be 1 to 255 printable"),
    "a company's currency unknown": (
        "companies",
        [Company(id="1", name="A", currency="usd")],
        "currency code of ISO 4217",
    ),
    "two dimensions of one name": ("dimensions", [Dimension(name="class", label="Class")] * 2, "more than once"),
    "a dimension without a label": ("dimensions", [Dimension(name="class", label="")], "dimensions()[0].label must be"),
    "values in a list": ("dimensions", [Dimension(name="c", label="C", values=[])], "must be tuple or None, not list"),  # type: ignore[arg-type]
    "two values of one id": (
        "dimensions",
        [Dimension(name="c", label="C", values=(DimensionValue(id="1", name="a"), DimensionValue(id="1", name="b")))],
        "dimensions()[0].values must be different from each other",
    ),
    "a code with capitals": (
        "preflight",
        [problem(code="AccountMissing")],
        "code must be lower-case words joined by _",
    ),
    "an empty code": ("preflight", [problem(code="")], "preflight()[0].code must be lower-case words"),
    "an empty message": ("preflight", [problem(message=" ")], "preflight()[0].message must not be empty"),
    "a level of its own": ("preflight", [problem(level="fatal")], "preflight()[0].level must be Level, not str"),
    "a line counted from 0": ("preflight", [problem(where=Where(line=0))], "where.line must count from 1"),
    "a line beyond the last": ("preflight", [problem(where=Where(line=3))], "must be a line of the entry, which has 2"),
    "two receipts of one id": ("find", [receipt(), receipt()], "find() returned the same one more than once"),
    "a receipt without an id": ("find", [receipt(id="")], "find()[0].id must be 1 to 255 printable characters"),
    "a link that runs a script": (
        "find",
        [receipt(url="javascript:alert(1)")],
        "url must be an absolute http(s) address",
    ),
    "a status of its own": ("changed_since", [receipt(status="posted")], "status must be ReceiptStatus, not str"),
    "a posted receipt with a file": (
        "find",
        [receipt(file=file().file)],
        "file must be there where the status is file",
    ),
    "a file receipt without a file": (
        "find",
        [receipt(status=ReceiptStatus.FILE)],
        "file must be there where the status",
    ),
    "a file in a folder": ("find", [file(name="../books.csv")], "file.name must be a plain file name without a folder"),
    "a file in a Windows folder": ("find", [file(name="C:\\books.csv")], "name must be a plain file name"),
    "a file that is a folder": ("find", [file(name="..")], "name must be a plain file name"),
    "a hidden file": ("find", [file(name=".htaccess")], "name must be a plain file name"),
    "a file that ends in a dot": ("find", [file(name="books.")], "name must be a plain file name"),
    "a file without a name": ("find", [file(name="")], "file.name must be 1 to 255 printable characters"),
    "a file of nothing": ("find", [file(content=b"")], "file.content must not be empty"),
    "a file of text": ("find", [file(content="x")], "file.content must be bytes, not str"),
    "a media type with a header": ("find", [file(media_type="text/csv\r\nX: y")], "media_type must be a media type"),
    "a receipt that is not one": ("read", POSTED, "read() must be Recorded, not Receipt"),
    "a journal that does not balance": (
        "read",
        recorded(lines=(recorded_line(Side.DEBIT), recorded_line(Side.CREDIT, Decimal("4812.36")))),
        "read() must balance, and its debits and credits differ",
    ),
    "an amount finer than the currency": (
        "read",
        recorded(lines=(recorded_line(Side.DEBIT, Decimal("0.005")), recorded_line(Side.CREDIT, Decimal("0.005")))),
        "read().lines[0].amount must be exact in USD",
    ),
    "an amount in a float": ("read", recorded(lines=(recorded_line(Side.DEBIT, 1.5),)), "must be a Decimal, not float"),
    "an amount that is not a number": (
        "read",
        recorded(lines=(recorded_line(Side.DEBIT, Decimal("NaN")),)),
        "read().lines[0].amount must be a finite number that is not negative",
    ),
    "a negative amount": (
        "read",
        recorded(lines=(recorded_line(Side.DEBIT, Decimal(-1)),)),
        "amount must be a finite number that is not negative",
    ),
    "a moment for a date": ("read", recorded(date=NOW), "read().date must be a date, not datetime"),
    "a currency unknown": ("read", recorded(currency="US$"), "read().currency must be a currency code of ISO 4217"),
    "lines in a list": ("read", recorded(lines=[]), "read().lines must be a tuple, not list"),
    "something wrong deep inside": (
        "find",
        [receipt(), receipt(id="J-2", recorded=recorded(status="posted"))],
        "find()[1].recorded.status must be ReceiptStatus, not str",
    ),
}


@pytest.mark.parametrize(("method", "answer", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_answer_is_refused_with_the_plugin_the_method_and_what_was_wrong(
    method: str, answer: Any, said: str
) -> None:
    with pytest.raises(ContractBroken) as refused:
        ask(session(**{method: answer}), method)
    assert refused.value.message.startswith('The plugin "Plugin" of no distribution broke the contract: ')
    assert said in refused.value.message
    assert refused.value.code == "contract_broken"


RIGHT = {
    "accounts known by number though their names are equal": (
        "accounts",
        (Account(number="1", name="Meat"), Account(number="2", name="Meat"), Account(name="Meat")),
    ),
    "a text of 4,000 characters": ("accounts", (Account(name="x" * 4000),)),
    "characters beyond the first plane": ("accounts", (Account(name="Café 🥩"),)),
    "a dimension that takes any text": ("dimensions", (Dimension(name="class", label="Class"),)),
    "a problem of the last line": ("preflight", (problem(where=Where(line=2)),)),
    "a file": ("find", (file(),)),
    "a file with a charset": ("find", (file(media_type="text/csv; charset=utf-8"),)),
    "a journal gone": ("read", None),
    "a journal that stands": ("read", recorded()),
    "a journal whose amounts were made zero there": (
        "read",
        recorded(lines=(recorded_line(Side.DEBIT, Decimal("0.00")), recorded_line(Side.CREDIT, Decimal(0)))),
    ),
    "a journal in yen": (
        "read",
        recorded(currency="JPY", lines=(recorded_line(Side.DEBIT, Decimal(5)), recorded_line(Side.CREDIT, Decimal(5)))),
    ),
    "a voided journal without lines": ("read", recorded(status=ReceiptStatus.VOID, lines=())),
}


@pytest.mark.parametrize(("method", "answer"), RIGHT.values(), ids=RIGHT.keys())
def test_a_right_answer_comes_through_as_it_is(method: str, answer: Any) -> None:
    assert ask(session(**{method: answer}), method) == answer


def test_several_values_are_drained_at_once_whatever_brings_them() -> None:
    def accounts() -> Iterator[Account]:
        yield Account(id="7")

    assert session(accounts=accounts).accounts() == (Account(id="7"),)


def test_an_iterable_that_breaks_off_is_an_error_of_the_plugin_and_not_a_short_chart() -> None:
    def accounts() -> Iterator[Account]:
        yield Account(id="7")
        raise KeyError("token=secret")

    with pytest.raises(PluginFailed) as failed:
        session(accounts=accounts).accounts()
    assert failed.value.message == 'The plugin "Plugin" of no distribution failed in accounts() with KeyError.'


@pytest.mark.parametrize(
    "method", ["companies", "accounts", "dimensions", "preflight", "find", "read", "changed_since"]
)
@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(3), RecursionError(), MemoryError(), GeneratorExit()])
def test_whatever_a_reading_call_raises_is_a_connector_error(method: str, error: BaseException) -> None:
    with pytest.raises(ConnectorError, match=rf"failed in {method}\(\) with {type(error).__name__}"):
        ask(session(**{method: error}), method)


def test_what_the_operator_interrupts_stays_interrupted() -> None:
    with pytest.raises(KeyboardInterrupt):
        session(deadline_s=None, accounts=KeyboardInterrupt()).accounts()


@pytest.mark.parametrize("method", ["find", "changed_since"])
def test_a_file_needs_the_capability_to_make_files(method: str) -> None:
    opened = session(info=without(Capability.FILES), **{method: (file(),)})
    with pytest.raises(ContractBroken, match="returned a file, which needs the capability files"):
        ask(opened, method)


def test_at_most_three_flaws_are_told_at_once() -> None:
    with pytest.raises(ContractBroken) as refused:
        session(accounts=[{}] * 50).accounts()
    assert refused.value.message.count("must be Account") == 3
