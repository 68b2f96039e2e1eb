"""One conversation with one company's books in QuickBooks.

Three habits make it safe to post money with it:
- a journal is sent by one request that nothing repeats; the hub decides when to send again, with the same key;
- an answer counts as done only when it was read and is the journal that was sent: nothing is read after a write;
- what raises says whether the journal was written: NotWritten for certain, or OutcomeUnknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import httpx2

from hub.api import (
    Account,
    AccountMissing,
    Company,
    ConnectorError,
    Dimension,
    EntryRejected,
    JournalEntry,
    NotWritten,
    OutcomeUnknown,
    Problem,
    Receipt,
    Recorded,
    TryLater,
)
from hub_quickbooks import books, faults, preflight, wire
from hub_quickbooks.answers import Json, Unreadable
from hub_quickbooks.calls import MOST_ROWS, Calls, distinct, good, quoted
from hub_quickbooks.known import Known
from hub_quickbooks.reads import Reads, understood

OLDEST_CHANGES = timedelta(days=29)  # the vendor tells changes of thirty days
_OURS = re.compile(r"IA[A-Z0-9]{9}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a session needs to know. realm: of the sign-in, empty where it does not say; company: the one that is posted to."""

    client: httpx2.Client
    realm: str
    company: str
    currency: str
    app_url: str
    most_lines: int
    known: Known
    now: Callable[[], datetime]


class QuickBooksSession:
    """Calls one company through the client that the hub signs, guards and closes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._calls = Calls(desk.client, desk.company)
        kept_as = (str(desk.client.base_url), desk.company, desk.currency)
        self._reads = Reads(self._calls, desk.known, kept_as, currency=desk.currency)

    def companies(self) -> Sequence[Company]:
        """Return the one company that a person chose when signing in; raises ConnectorError."""
        realm = self._desk.realm or self._desk.company
        calls = Calls(self._desk.client, realm)
        with understood():
            told = wire.an_object(calls.get(f"companyinfo/{realm}").get("CompanyInfo"))
            chosen = books.preferences(calls.get("preferences").get("Preferences"))
            name = wire.text(told, "CompanyName").strip() or f"QuickBooks company {realm}"
        return (Company(id=realm, name=name, currency=chosen.currency or None),)

    def accounts(self) -> Iterable[Account]:
        """Return the whole chart, inactive accounts included; raises ConnectorError."""
        return self._reads.accounts(again=True).thing

    def dimensions(self) -> Sequence[Dimension]:
        """Return locations and classes, where the company tracks them; raises ConnectorError."""
        return self._reads.dimensions(again=True).thing

    def preflight(self, entry: JournalEntry) -> Sequence[Problem]:
        """Return everything that would keep the entry from being posted; raises ConnectorError.

        What was read a short while ago is good enough to find nothing, and never to tell of a problem.
        """
        desk = self._desk
        if desk.realm and desk.realm != desk.company:
            return (preflight.wrong_company(desk.realm, desk.company),)
        facts = self._reads.facts(entry, again=False)
        found = preflight.problems(entry, facts.thing, most_lines=desk.most_lines)
        if found and not facts.is_fresh:
            found = preflight.problems(entry, self._reads.facts(entry, again=True).thing, most_lines=desk.most_lines)
        return found

    def post(self, entry: JournalEntry) -> Receipt:
        """Send the entry once, and return what QuickBooks recorded.

        Raises NotWritten or one of its kinds where nothing was written for certain, and OutcomeUnknown otherwise.
        """
        for problem in preflight.too_fine(entry):
            raise EntryRejected(problem.message, code=problem.code)
        content = self._content(entry)
        answer = self._calls.write("journalentry", content, entry.key)
        if not answer.is_good or answer.body is None:
            raise faults.error_after_write(answer)
        try:
            told = answer.body.get("JournalEntry")
            receipt, (number, _) = self._receipt(told), wire.number_and_note(told)
        except Unreadable as error:
            raise faults.unreadable_after_write(answer) from error
        if number != entry.reference or receipt.recorded is None:
            raise OutcomeUnknown(
                "QuickBooks answered with another journal, so it is not known whether this one was written.",
                code="another_journal",
                request_id=answer.trace,
            )
        return receipt

    def find(self, entry: JournalEntry) -> Sequence[Receipt]:
        """Return every journal that carries the entry's reference as its number.

        Where none does: those of the entry's date with exactly its memo and lines that somebody gave a number of his own, or
        none. Another number of the hub's is another posting. Raises ConnectorError, which never means that there is none.
        """
        with understood():
            numbered = distinct(self._calls.rows("JournalEntry", f"DocNumber = {quoted(entry.reference)}"))
            if numbered:
                return [self._receipt(told) for told in numbered]
            dated = distinct(self._calls.rows("JournalEntry", f"TxnDate = {quoted(entry.date.isoformat())}"))
            return [self._receipt(told) for told in dated if self._is_like(told, entry)]

    def read(self, receipt: Receipt) -> Recorded | None:
        """Return the journal as it stands now, None where QuickBooks says that there is none; raises ConnectorError."""
        answer = self._calls.ask(f"journalentry/{quote(receipt.id, safe='')}")
        if faults.NOT_THERE in answer.codes:
            return None
        with understood():
            return self._receipt(good(answer).get("JournalEntry")).recorded

    def changed_since(self, instant: datetime) -> Iterable[Receipt]:
        """Return the journals written, changed or deleted since an instant; a deleted one has nothing recorded.

        One call, unless so much changed that the answer is full, or the instant lies before what the vendor remembers: then
        those that are still there are searched for too.
        """
        oldest = self._desk.now() - OLDEST_CHANGES
        with understood():
            since = max(instant, oldest).astimezone(UTC).isoformat(timespec="seconds")
            told = list(_changes(self._calls.get("cdc", entities="JournalEntry", changedSince=since)))
            if instant < oldest or len(told) >= MOST_ROWS:
                since = instant.astimezone(UTC).isoformat(timespec="seconds")
                told += self._calls.rows("JournalEntry", f"MetaData.LastUpdatedTime >= {quoted(since)}")
            return [self._receipt(each) for each in distinct(told)]

    def close(self) -> None:
        """Let go of nothing: the client is the hub's."""

    def _receipt(self, told: Json) -> Receipt:
        return wire.receipt(told, self._desk.app_url, self._desk.currency)

    def _is_like(self, told: Json, entry: JournalEntry) -> bool:
        number, note = wire.number_and_note(told)
        if _OURS.fullmatch(number) or note != entry.memo[: wire.LONGEST_MEMO]:
            return False
        there = wire.recorded(wire.an_object(told), self._desk.currency)
        lines = sorted((line.account.id, line.side, line.amount) for line in there.lines)
        return lines == sorted((line.account.id, line.side, line.amount) for line in entry.lines)

    # What is sent

    def _content(self, entry: JournalEntry) -> bytes:
        """Return the bytes to send; what has to be looked up for them was, as a rule, read for the preview."""
        ids = wire.Ids(account=self._account_id, value=self._value_id)
        try:
            return wire.journal_bytes(entry, ids)
        except NotWritten:
            raise
        except ConnectorError as error:  # a question that failed: nothing was sent
            raise TryLater(error.message, code=error.code, request_id=error.request_id) from error

    def _account_id(self, account: Account) -> str:
        if account.id:
            return account.id
        found = preflight.account_of(account, self._reads.accounts().thing)
        if found is None:
            raise AccountMissing(f"The account {account.title} does not exist in QuickBooks.", code="account_missing")
        return found.id

    def _value_id(self, name: str, value: str) -> str:
        for again in (False, True):
            tracked = {dimension.name: dimension for dimension in self._reads.dimensions(again=again).thing}
            values = tracked[name].values if name in tracked else ()
            found = next((each for each in values or () if value in (each.name, each.id)), None)
            if found is not None:
                return found.id
        raise EntryRejected(f"The {name} {value} does not exist in QuickBooks.", code="dimension_missing")


def _changes(told: dict[str, Json]) -> Iterator[Json]:
    """Yield the journals of an answer to the question what changed."""
    responses = told.get("CDCResponse")
    for response in responses if isinstance(responses, list) else [None]:
        queries = wire.an_object(response).get("QueryResponse")
        for query in queries if isinstance(queries, list) else [None]:
            rows = wire.an_object(query).get("JournalEntry", [])
            if not isinstance(rows, list):
                raise Unreadable("JournalEntry is not a list.")
            yield from rows
