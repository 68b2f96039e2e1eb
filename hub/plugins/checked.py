"""A plugin's session with each answer checked and each exception sorted, in the thread that it is called from."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from hub.api import (
    Account,
    Capability,
    Company,
    ConnectorInfo,
    Dimension,
    JournalEntry,
    OutcomeUnknown,
    Problem,
    Receipt,
    ReceiptStatus,
    Recorded,
)
from hub.plugins.calls import Raised, call, drained, reading, writing
from hub.plugins.errors import ContractBroken, NotCapable
from hub.plugins.origin import Origin
from hub.plugins.shapes import checked, checked_all, refuse

log = logging.getLogger(__name__)

Item = TypeVar("Item")

_POSTED = frozenset({ReceiptStatus.POSTED, ReceiptStatus.PENDING_APPROVAL})
_AFTER_POST = frozenset({*_POSTED, ReceiptStatus.DRAFT, ReceiptStatus.FILE})
_AFTER_VOID = frozenset({ReceiptStatus.VOID})


class CheckedSession:
    """One conversation with one set of books, from one thread.

    What only reads raises ConnectorError and nothing else; what writes raises NotWritten or OutcomeUnknown.
    What it returns is built of the contract's own types alone, so that touching it runs no code of the plugin.
    """

    def __init__(self, session: object, info: ConnectorInfo, origin: Origin) -> None:
        self._session = session
        self._info = info
        self._origin = origin

    def companies(self) -> tuple[Company, ...]:
        """Return the books this sign-in reaches, each with an id of its own."""
        companies = self._read_all("companies", Company)
        self._refuse_repeated("companies", companies, lambda company: company.id)
        return companies

    def accounts(self) -> tuple[Account, ...]:
        """Return the whole chart, each account with an id of its own, else a number, else a name."""
        accounts = self._read_all("accounts", Account)
        self._refuse_repeated("accounts", accounts, account_identity)
        return accounts

    def dimensions(self) -> tuple[Dimension, ...]:
        """Return the dimensions a line may or must carry, each with a name of its own."""
        dimensions = self._read_all("dimensions", Dimension)
        self._refuse_repeated("dimensions", dimensions, lambda dimension: dimension.name)
        return dimensions

    def preflight(self, entry: JournalEntry) -> tuple[Problem, ...]:
        """Return everything that would keep the entry from being posted."""
        problems = self._read_all("preflight", Problem, entry)
        refuse(self._origin, _beyond(problems, len(entry.lines)))
        return problems

    def find(self, entry: JournalEntry) -> tuple[Receipt, ...]:
        """Return every journal there that carries the entry's reference or key."""
        receipts = self._read_all("find", Receipt, entry)
        self._refuse_repeated("find", receipts, lambda receipt: receipt.id)
        self._refuse_files("find", receipts)
        return receipts

    def read(self, receipt: Receipt) -> Recorded | None:
        """Return the journal as it stands there now, None where it is gone."""
        value = reading(self._origin, "read", lambda: self._ask("read", receipt))
        return None if value is None else checked(self._origin, "read", value, Recorded)

    def changed_since(self, instant: datetime) -> tuple[Receipt, ...]:
        """Return the journals changed since an aware instant."""
        self._need(Capability.CHANGED_SINCE)
        receipts = self._read_all("changed_since", Receipt, instant)
        self._refuse_files("changed_since", receipts)
        return receipts

    def post(self, entry: JournalEntry) -> Receipt:
        """Post the entry once."""
        return self._write("post", _AFTER_POST, entry)

    def finish(self, receipt: Receipt, entry: JournalEntry) -> Receipt:
        """Complete a draft that a lost call left, and return it as posted."""
        self._need(Capability.FINISH)
        return self._write("finish", _POSTED, receipt, entry, same=receipt)

    def void(self, receipt: Receipt) -> Receipt:
        """Void a journal where the voided one stays visible."""
        self._need(Capability.VOID)
        return self._write("void", _AFTER_VOID, receipt, same=receipt)

    def close(self) -> None:
        """Let go of whatever the session holds; a failure is logged, since it changes nothing that was done."""
        outcome = call(lambda: self._ask("close"))
        if isinstance(outcome, Raised):
            log.warning("plugin %s failed in close() with %s", self._origin, type(outcome.error).__name__)

    def _read_all(self, method: str, kind: type[Item], *arguments: object) -> tuple[Item, ...]:
        values = reading(self._origin, method, lambda: drained(self._ask(method, *arguments)))
        return checked_all(self._origin, method, values, kind)

    def _write(
        self, method: str, allowed: frozenset[ReceiptStatus], *arguments: object, same: Receipt | None = None
    ) -> Receipt:
        """Call a method that writes; whatever is wrong with its answer, the journal may stand there."""
        value = writing(self._origin, method, lambda: self._ask(method, *arguments))
        try:
            receipt = checked(self._origin, method, value, Receipt)
            refuse(self._origin, self._misfits(method, receipt, allowed, same))
        except ContractBroken as broken:
            raise OutcomeUnknown(
                f"{broken.message} It is not known whether the journal was written.", code=broken.code
            ) from broken
        return receipt

    def _misfits(
        self, method: str, receipt: Receipt, allowed: frozenset[ReceiptStatus], same: Receipt | None
    ) -> Iterator[str]:
        yield from self._files(method, (receipt,))
        if receipt.status not in allowed:
            yield f"{method}() must not return a receipt with the status {receipt.status}"
        if same is not None and receipt.id != same.id:
            yield f"{method}() returned the receipt of another journal"

    def _ask(self, method: str, *arguments: object) -> object:
        answer: object = getattr(self._session, method)(*arguments)
        return answer

    def _need(self, capability: Capability) -> None:
        if capability not in self._info.capabilities:
            raise NotCapable(f"{self._info.name} does not offer this ({capability}).", code="not_capable")

    def _refuse_files(self, method: str, receipts: Iterable[Receipt]) -> None:
        refuse(self._origin, self._files(method, receipts))

    def _files(self, method: str, receipts: Iterable[Receipt]) -> Iterator[str]:
        if Capability.FILES not in self._info.capabilities and any(receipt.file is not None for receipt in receipts):
            yield f"{method}() returned a file, which needs the capability files"

    def _refuse_repeated(self, method: str, items: Iterable[Item], identity: Callable[[Item], Hashable]) -> None:
        refuse(self._origin, repeated(method, items, identity))


def account_identity(account: Account) -> tuple[str, str]:
    """Return what tells an account from the others of its chart: its id, else its number, else its name."""
    if account.id:
        return ("id", account.id)
    return ("number", account.number) if account.number else ("name", account.name)


def repeated(method: str, items: Iterable[Item], identity: Callable[[Item], Hashable]) -> Iterator[str]:
    """Yield a sentence where two items have the same identity."""
    identities = [identity(item) for item in items]
    counted = Counter(identities)
    if len(counted) < len(identities):
        number = next(number for number, each in enumerate(identities) if counted[each] > 1)
        yield f"{method}() returned the same one more than once, first at [{number}]"


def _beyond(problems: Iterable[Problem], lines: int) -> Iterator[str]:
    for number, problem in enumerate(problems):
        if problem.where.line is not None and problem.where.line > lines:
            yield f"preflight()[{number}].where.line must be a line of the entry, which has {lines}"
