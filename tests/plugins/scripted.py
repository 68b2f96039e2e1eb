"""A connector that answers what a test tells it to, brought to the host as any plugin is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import EllipsisType, FunctionType
from typing import Any

from pydantic import BaseModel, ConfigDict

from hub.api import (
    Account,
    Capability,
    Connection,
    ConnectorInfo,
    Guarantee,
    JournalEntry,
    JournalLine,
    Reason,
    Receipt,
    ReceiptStatus,
    Recorded,
    RecordedLine,
    Side,
    hookimpl,
)
from hub.plugins import GuardedConnector, GuardedSession, load


class Settings(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)


INFO = ConnectorInfo(
    id="ledgerly",
    name="Ledgerly",
    settings=Settings,
    guarantee=Guarantee.LOOK_UP,
    capabilities=frozenset(Capability),
)
BOOKS = Connection(name="books", settings=Settings())
WAIT_S: float | None = None  # the deadline of sessions whose test names none
OPENED: list[GuardedSession] = []
POSTED = Receipt(id="J-1", status=ReceiptStatus.POSTED, number="17", url="https://ledgerly.example/J-1")
DRAFT = replace(POSTED, status=ReceiptStatus.DRAFT)
VOID = replace(POSTED, status=ReceiptStatus.VOID)
ANSWERS = {
    "label": "Ledgerly",
    "read_chart": (),
    "companies": (),
    "accounts": (),
    "dimensions": (),
    "preflight": (),
    "find": (),
    "post": POSTED,
    "read": None,
    "finish": POSTED,
    "changed_since": (),
    "void": VOID,
    "close": None,
}


class Scripted:
    """Answers each method by name: a value, an exception to raise, or a function of the arguments."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self._answers = {**ANSWERS, **answers}
        self.calls: list[str] = []

    def answer(self, method: str, *arguments: object) -> Any:
        self.calls.append(method)
        answer = self._answers[method]
        if isinstance(answer, BaseException):
            raise answer
        return answer(*arguments) if callable(answer) else answer


class ScriptedSession(Scripted):
    def companies(self) -> Any:
        return self.answer("companies")

    def accounts(self) -> Any:
        return self.answer("accounts")

    def dimensions(self) -> Any:
        return self.answer("dimensions")

    def preflight(self, entry: JournalEntry) -> Any:
        return self.answer("preflight", entry)

    def find(self, entry: JournalEntry) -> Any:
        return self.answer("find", entry)

    def post(self, entry: JournalEntry) -> Any:
        return self.answer("post", entry)

    def read(self, receipt: Receipt) -> Any:
        return self.answer("read", receipt)

    def finish(self, receipt: Receipt, entry: JournalEntry) -> Any:
        return self.answer("finish", receipt, entry)

    def changed_since(self, instant: object) -> Any:
        return self.answer("changed_since", instant)

    def void(self, receipt: Receipt) -> Any:
        return self.answer("void", receipt)

    def close(self) -> Any:
        return self.answer("close")


class ScriptedConnector(Scripted):
    def __init__(self, answers: dict[str, Any], info: ConnectorInfo) -> None:
        super().__init__(answers)
        self.info = info
        self.session = ScriptedSession(answers)

    def label(self, settings: object) -> Any:
        return self.answer("label", settings)

    def open(self, connection: Connection) -> Any:
        opened = self._answers.get("open", self.session)
        return opened(connection) if isinstance(opened, FunctionType) else opened

    def read_chart(self, file: object) -> Any:
        return self.answer("read_chart", file)


class Plugin:
    """A plugin that brings some connectors."""

    def __init__(self, *connectors: object) -> None:
        self._connectors = connectors

    @hookimpl
    def hub_connectors(self) -> Iterable[object]:
        return self._connectors


def connector(*, info: ConnectorInfo = INFO, **answers: Any) -> GuardedConnector:
    """The guarded connector with these answers, by method name."""
    return load(only=[Plugin(ScriptedConnector(answers, info))]).connector(info.id)


def session(
    *, info: ConnectorInfo = INFO, deadline_s: float | EllipsisType | None = ..., **answers: Any
) -> GuardedSession:
    """A guarded session with these answers, by method name, which tests in either thread close at their end."""
    if not isinstance(deadline_s, EllipsisType):
        return connector(info=info, **answers).open(BOOKS, deadline_s=deadline_s)
    OPENED.append(connector(info=info, **answers).open(BOOKS, deadline_s=WAIT_S))
    return OPENED[-1]


def without(*capabilities: Capability) -> ConnectorInfo:
    """The connector's info less some capabilities."""
    return replace(INFO, capabilities=INFO.capabilities.difference(capabilities))


def entry(amount: str = "4812.37") -> JournalEntry:
    """Dr 1310 Food Inventory, Cr 5010 COGS Meat."""
    return JournalEntry(
        key="0" * 32,
        reference="IA7K2Q9XM4B",
        part=1,
        date=date(2026, 10, 31),
        count_date=date(2026, 10, 31),
        currency="USD",
        memo="Ending inventory 2026-10-31",
        lines=(_line("1310", Side.DEBIT, amount), _line("5010", Side.CREDIT, amount)),
    )


def recorded(**changes: Any) -> Recorded:
    """What an accounting system holds of the entry, with changes."""
    sound = Recorded(
        date=date(2026, 10, 31),
        currency="USD",
        status=ReceiptStatus.POSTED,
        lines=(recorded_line(Side.DEBIT), recorded_line(Side.CREDIT)),
    )
    return replace(sound, **changes)


def recorded_line(side: Side, amount: Any = Decimal("4812.37")) -> RecordedLine:
    return RecordedLine(account=Account(id="7", number="1310"), side=side, amount=amount)


def _line(number: str, side: Side, amount: str) -> JournalLine:
    return JournalLine(
        account=Account(number=number),
        side=side,
        amount=Decimal(amount),
        memo="",
        site="DT",
        reason=Reason.CURRENT,
    )
