"""One conversation with one NetSuite account, over whichever of its two interfaces the connection uses.

A journal is added by one request that nothing repeats, under an external id that NetSuite keeps unique for ever: a second one
is refused, and then what stands there is read and compared. Nothing is ever upserted, since that overwrites what an
accountant has approved or edited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from hub.api import (
    Account,
    Company,
    Connection,
    ConnectorError,
    Dimension,
    EntryRejected,
    JournalEntry,
    NotWritten,
    OutcomeUnknown,
    Problem,
    Receipt,
    ReceiptStatus,
    Recorded,
    TryLater,
)
from hub_netsuite import chart, faults, wire
from hub_netsuite.answers import Unreadable
from hub_netsuite.chart import LABELS, SUBSIDIARY, meant
from hub_netsuite.endpoints import endpoint_problems
from hub_netsuite.faults import VAGUE, Fault
from hub_netsuite.places import journal_link
from hub_netsuite.preflight import Books, problems
from hub_netsuite.records import AccountThere, Currency, JournalThere, Lists, Period, Subsidiary, Value, Written
from hub_netsuite.settings import Settings, Transport
from hub_netsuite.writing import DIMENSIONS, Draft

LINES_PER_ENTRY = 1_000  # of a synchronous call (facts 2.2)
LISTS_KEPT = 10_000


class Interface(Protocol):
    """One of NetSuite's two interfaces.

    What only reads raises ConnectorError and Unreadable, add() NotWritten or OutcomeUnknown.
    """

    def currencies(self) -> list[Currency]:
        """Return all currencies."""

    def subsidiaries(self) -> list[Subsidiary]:
        """Return all subsidiaries that the role may see."""

    def values(self, dimension: str) -> list[Value]:
        """Return all departments, classes or locations."""

    def accounts(self, subsidiaries: list[Subsidiary], /) -> list[AccountThere]:
        """Return the chart of accounts."""

    def periods(self) -> list[Period]:
        """Return the accounting periods that journals fall into."""

    def journal(self, *, internal: str = "", external: str = "") -> JournalThere | None:
        """Return a journal entry, None where NetSuite says that there is none."""

    def add(self, draft: Draft) -> Written | Fault:
        """Send a journal entry once, and return what its answer says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a connector hands all its sessions: today's date, and lists met before, by account and interface."""

    today: Callable[[], date]
    lists: MutableMapping[str, Lists]


class NetSuiteSession:
    """Calls NetSuite for one connection."""

    def __init__(
        self, connection: Connection, settings: Settings, interface: Interface, surroundings: Surroundings
    ) -> None:
        self._connection = connection
        self._settings = settings
        self._interface = interface
        self._around = surroundings
        self._place = f"{settings.account} {settings.transport} {settings.base_url} {settings.oneworld}"
        self._books: Books | None = None

    def companies(self) -> Sequence[Company]:
        """Return the one account that the sign-in reaches, by the name of its topmost subsidiary."""
        with _understood():
            lists = self._read_lists(())
            top = [each.name for each in lists.subsidiaries if not each.parent]
            own = chart.own_currency(lists.currencies, lists.subsidiaries, oneworld=self._settings.oneworld)
            name = f"{top[0]} ({self._settings.account})" if len(top) == 1 else f"NetSuite {self._settings.account}"
            return [Company(id=self._settings.account, name=name, currency=own)]

    def accounts(self) -> Iterable[Account]:
        """Return the whole chart, inactive accounts included."""
        with _understood():
            return [each.account for each in self._chart(self._subsidiaries())]

    def dimensions(self) -> Sequence[Dimension]:
        """Return subsidiaries, departments, classes and locations, but for those that are off or not for the role to see."""
        with _understood():
            found = [chart.subsidiaries(self._subsidiaries())] if self._settings.oneworld else []
            return found + [each for each in map(self._dimension, DIMENSIONS) if each is not None and each.values]

    def preflight(self, entry: JournalEntry) -> Sequence[Problem]:
        """Return everything that would keep the entry from being posted; four calls for all entries, one for each dimension."""
        self._refuse_other_books()
        with _understood():
            used = tuple(name for name in DIMENSIONS if any(line.dimensions.get(name) for line in entry.lines))
            if self._books is None or not set(used) <= self._books.lists.values.keys():
                lists = self._read_lists(used)
                self._books = Books(
                    lists=lists,
                    chart=tuple(self._chart(list(lists.subsidiaries))),
                    periods=self._periods(),
                    oneworld=self._settings.oneworld,
                )
            found = problems(entry, self._books, most_lines=LINES_PER_ENTRY)
            soap = self._settings.transport is Transport.SOAP
            about = endpoint_problems(self._settings.endpoint, self._around.today()) if soap else ()
            return (*about, *found)

    def find(self, entry: JournalEntry) -> Sequence[Receipt]:
        """Return the journal that carries the entry's external id, which NetSuite keeps unique; none where there is none."""
        self._refuse_other_books()
        with _understood():
            there = self._interface.journal(external=wire.external_id(entry))
            return [self._receipt(there)] if there is not None else []

    def post(self, entry: JournalEntry) -> Receipt:
        """Send the entry once, and return how it stands there.

        Raises NotWritten or one of its kinds where nothing was written for certain, and OutcomeUnknown otherwise.
        """
        self._refuse_other_books()
        draft = self._draft(entry)
        told = self._interface.add(draft)
        if isinstance(told, Fault):
            return self._standing_after(told, entry)
        return self._written(told, entry)

    def read(self, receipt: Receipt) -> Recorded | None:
        """Return the journal as it stands now, None where NetSuite says that there is none."""
        self._refuse_other_books()
        with _understood():
            there = self._interface.journal(internal=receipt.id)
            return self._receipt(there).recorded if there is not None else None

    def close(self) -> None:
        """Let go of nothing: the client is the hub's."""

    def _refuse_other_books(self) -> None:
        """Refuse, before anything is sent, to work on another account than the one that was chosen."""
        company = self._connection.company
        if company is not None and company.id != self._settings.account:
            taken = {"company": company.id, "account": self._settings.account}
            raise Fault(entry="wrong_account", code="wrong_account", taken=taken).after_read()

    def _written(self, told: Written, entry: JournalEntry) -> Receipt:
        """Return how a journal that was written stands; where it cannot be read now, the hub reads it later."""
        try:
            with _understood():
                there = (
                    self._interface.journal(internal=told.id)
                    if told.id
                    else self._interface.journal(external=wire.external_id(entry))
                )
                if there is not None and wire.is_ours(there, entry):
                    return self._receipt(there)
        except ConnectorError as error:
            if told.id:
                return self._unread(told.id)
            raise _unknown(Fault(entry="no_answer", code="no_answer")) from error
        if there is None and told.id:
            return self._unread(told.id)
        raise _unknown(Fault(entry="another_journal", code="another_journal"))

    def _unread(self, journal_id: str) -> Receipt:
        url = journal_link(self._settings, journal_id)
        return Receipt(id=journal_id, status=ReceiptStatus.POSTED, url=url)

    def _standing_after(self, fault: Fault, entry: JournalEntry) -> Receipt:
        """Return the journal that stands there although the answer says no; raises what the answer means where there is none.

        NetSuite refuses a second journal with the same external id, so one that is a duplicate was written by an attempt
        before. A refusal in words of a script's own may come after the journal was written (facts 2.3).
        """
        if fault.entry != "duplicate" and fault.entry not in VAGUE:
            raise fault.after_write()
        try:
            with _understood():
                there = self._interface.journal(external=wire.external_id(entry))
                if there is not None:
                    return self._receipt(there)
        except ConnectorError as error:
            raise _unknown(fault) from error
        raise fault.after_write()

    def _draft(self, entry: JournalEntry) -> Draft:
        """Return the entry with NetSuite's ids in place of names; raises NotWritten, since nothing is sent yet."""
        for line in entry.lines:
            if not line.account.id:
                raise Fault(entry="no_account", code="no_account", taken={"account": line.account.title}).after_write()
        lists = self._lists_for(entry)
        shared = next(iter(entry.lines)).dimensions.get(SUBSIDIARY, "")
        return Draft(
            entry=entry,
            external_id=wire.external_id(entry),
            memo=wire.memo(entry),
            currency=self._currency(entry, lists),
            subsidiary=_subsidiary(shared, lists) if self._settings.oneworld else "",
            approved=self._settings.approve,
            dimensions=_dimensions(entry, lists),
        )

    def _lists_for(self, entry: JournalEntry) -> Lists:
        """Return the lists that name what the entry names, from memory where all of it was met before."""
        known = self._around.lists.get(self._place)
        if known is not None and _knows(known, entry, oneworld=self._settings.oneworld):
            return known
        used = tuple(name for name in DIMENSIONS if any(line.dimensions.get(name) for line in entry.lines))
        failed: ConnectorError | None = None
        try:
            with _understood():
                return self._read_lists(used)
        except NotWritten:
            raise
        except ConnectorError as error:
            failed = error
        # An answer that did not come was not to the journal: so what says "not written" has no other error behind it.
        raise TryLater(failed.message, code=failed.code, request_id=failed.request_id)

    def _currency(self, entry: JournalEntry, lists: Lists) -> str:
        """Return the id of the entry's currency; empty where the account has only this one and nothing to choose."""
        active = [each for each in lists.currencies if each.active]
        found = next((each.id for each in active if each.code == entry.currency), None)
        if found is None:
            taken = {"currency": entry.currency}
            raise Fault(entry="currency_unknown", code="currency_unknown", taken=taken).after_write()
        return found if self._settings.oneworld or len(active) > 1 else ""

    def _read_lists(self, dimensions: Iterable[str]) -> Lists:
        known = self._around.lists.get(self._place)
        values = dict(known.values) if known is not None else {}
        values.update({name: tuple(self._interface.values(name)) for name in dimensions})
        lists = Lists(
            currencies=tuple(self._interface.currencies()), subsidiaries=tuple(self._subsidiaries()), values=values
        )
        if len(self._around.lists) > LISTS_KEPT:
            self._around.lists.clear()
        self._around.lists[self._place] = lists
        return lists

    def _subsidiaries(self) -> list[Subsidiary]:
        return self._interface.subsidiaries() if self._settings.oneworld else []

    def _chart(self, subsidiaries: list[Subsidiary]) -> list[chart.ChartAccount]:
        return chart.chart(self._interface.accounts(subsidiaries))

    def _periods(self) -> tuple[Period, ...] | None:
        try:
            return tuple(self._interface.periods())
        except EntryRejected:  # of what is asked here: it is switched off, or not for the role to see
            return None

    def _dimension(self, name: str) -> Dimension | None:
        try:
            return chart.dimension(name, self._interface.values(name))
        except EntryRejected:  # of what is asked here: it is switched off, or not for the role to see
            return None

    def _receipt(self, there: JournalThere) -> Receipt:
        lists = self._around.lists.get(self._place)
        if lists is None or not (
            there.currency in {each.id for each in lists.currencies} if there.currency else lists.currencies
        ):
            lists = self._read_lists(())
        codes = {each.id: each.code for each in lists.currencies}
        own = next((each.code for each in lists.currencies if each.base), "") or self._connection.currency
        return wire.receipt(there, self._settings, codes, own)


def _knows(lists: Lists, entry: JournalEntry, *, oneworld: bool) -> bool:
    """Whether lists hold all that an entry names."""
    if not any(each.code == entry.currency and each.active for each in lists.currencies):
        return False
    try:
        _dimensions(entry, lists)
        if oneworld:
            _subsidiary(next(iter(entry.lines)).dimensions.get(SUBSIDIARY, ""), lists)
    except NotWritten:
        return False
    return True


def _subsidiary(name: str, lists: Lists) -> str:
    found = meant(chart.subsidiaries(lists.subsidiaries), name) if name else None
    if found is None or not found.active:
        taken = {"subsidiary": name or "(none)"}
        raise Fault(entry="subsidiary_unknown", code="subsidiary_unknown", taken=taken).after_write()
    return found.id


def _dimensions(entry: JournalEntry, lists: Lists) -> dict[tuple[str, str], str]:
    """Return the ids of the departments, classes and locations that lines name; raises NotWritten for one that is not there."""
    used = {
        (name, value) for line in entry.lines for name, value in line.dimensions.items() if value and name != SUBSIDIARY
    }
    found: dict[tuple[str, str], str] = {}
    listed = {name: chart.dimension(name, several) for name, several in lists.values.items()}
    for name, value in sorted(used):
        one = meant(listed[name], value) if name in listed else None
        if one is None or not one.active:
            taken = {"field": LABELS.get(name, name).lower(), "value": value}
            raise Fault(entry="value_unknown", code="value_unknown", taken=taken).after_write()
        found[name, value] = one.id
    return found


def _unknown(fault: Fault) -> ConnectorError:
    """Return what says that nobody knows whether a journal was written, whatever the fault would mean alone."""
    return OutcomeUnknown(
        f"It is not known whether the journal was written. {fault.message}",
        code=fault.code,
        request_id=fault.request_id,
    )


@contextmanager
def _understood() -> Iterator[None]:
    """Turn an answer that makes no sense, in a call that only reads, into the contract's error."""
    try:
        yield
    except Unreadable as error:
        raise faults.unreadable(error).after_read() from error
