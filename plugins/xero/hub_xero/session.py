"""One conversation with the books of one organisation in Xero.

A journal is sent by one request that nothing repeats, counts as posted only when the answer is that journal, and where it
is not known whether it was written, it is looked for by its reference: in the narration, and in the link back.

No draft is finished: the hub sends journals as posted in one call, so that a lost call leaves none. A draft under its
reference was made by a person, who may be changing it; it is shown, never posted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import httpx2

from hub.api import (
    Account,
    Company,
    Connection,
    ConnectorError,
    Dimension,
    EntryRejected,
    JournalEntry,
    NotWritten,
    Problem,
    Receipt,
    ReconnectNeeded,
    Recorded,
    TryLater,
)
from hub_xero import chart, faults, wire
from hub_xero.calls import Calls
from hub_xero.faults import Fault
from hub_xero.fields import Unreadable, parsed, rows
from hub_xero.preflight import Books, problems, too_fine
from hub_xero.settings import Settings
from hub_xero.wire import Nature

LINES_PER_ENTRY = 1_000


class XeroSession:
    """Calls Xero for one connection.

    natures: those of the organisations met before, by address and id; shared by a connector's sessions.
    """

    def __init__(
        self, connection: Connection, settings: Settings, client: httpx2.Client, natures: MutableMapping[str, Nature]
    ) -> None:
        self._settings = settings
        self._client = client
        self._calls = Calls(client, connection.company.id if connection.company else "")
        self._natures = natures
        self._books: Books | None = None

    def companies(self) -> Sequence[Company]:
        """Return the organisations of the consent, each with its base currency; one call each."""
        with _understood():
            found = chart.tenants(self._calls.connections())
            return [self._with_currency(company) for company in found]

    def accounts(self) -> Iterable[Account]:
        """Return the whole chart, archived accounts included, in one call."""
        with _understood():
            return [each.account for each in self._chart()]

    def dimensions(self) -> Sequence[Dimension]:
        """Return the active tracking categories, at most two, with their options."""
        with _understood():
            return self._tracking()

    def preflight(self, entry: JournalEntry) -> Sequence[Problem]:
        """Return everything that would keep the entry from being posted; two calls for all entries, three with tracking."""
        with _understood():
            books = self._books or Books(organisation=self._organisation(self._calls), chart=self._chart())
            if not books.tracking and any(line.dimensions for line in entry.lines):
                books = replace(books, tracking=self._tracking())
            self._books = books
            return problems(entry, books, most_lines=LINES_PER_ENTRY)

    def find(self, entry: JournalEntry) -> Sequence[Receipt]:
        """Return every manual journal that carries the entry's reference, whatever its status; never a guess.

        Asked are the journals of its date, in case somebody rewrote a narration, and the narrations with the reference, in
        case somebody moved a date.
        """
        with _understood():
            nature = self._nature()
            day = entry.date
            questions = (
                f"Date==DateTime({day.year},{day.month:02},{day.day:02})",
                f'Narration.Contains("{entry.reference}")',
            )
            told = [row for where in questions for row in self._calls.journals(where=where)]
            found = [row for row in told if wire.carries(row, entry.reference)]
            receipts = [wire.receipt(row, nature) for row in found]
            return list({receipt.id: receipt for receipt in receipts}.values())

    def post(self, entry: JournalEntry) -> Receipt:
        """Send the entry once, and return what Xero recorded; nothing is read after it.

        Raises NotWritten or one of its kinds where nothing was written for certain, and OutcomeUnknown otherwise.
        """
        _refuse_nameless(entry)
        for problem in too_fine(entry):
            raise EntryRejected(problem.message, code=problem.code)
        nature = self._nature_to_post_to(entry)
        response = self._calls.put_journal(wire.body(entry, self._settings.hub_url), entry.key)
        if not response.is_success:
            raise faults.error_after_write(response)
        try:
            row = chart.one(rows(parsed(response.content), "ManualJournals"), "ManualJournals")
            refused = faults.refusal(row, faults.request_id_of(response))
            if refused is None:
                receipt = wire.receipt(row, nature)
                ours = wire.carries(row, entry.reference)
        except Unreadable as error:
            raise faults.unreadable(error, response).after_write() from error
        if refused is not None:
            raise refused
        if not ours:
            raise Fault(
                entry="another_journal", code="another_journal", request_id=faults.request_id_of(response)
            ).after_write()
        return receipt

    def read(self, receipt: Receipt) -> Recorded | None:
        """Return the journal as it stands now, None where Xero says that there is none."""
        with _understood():
            nature = self._nature()
            told = self._calls.journal(receipt.id)
            if told is None:
                return None
            return wire.recorded(chart.one(rows(told, "ManualJournals"), "ManualJournals"), nature.currency)

    def changed_since(self, instant: datetime) -> Iterable[Receipt]:
        """Return the manual journals changed since an aware instant, anybody's, in one call for every hundred.

        What they hold is not read: the hub reads those that are its own.
        """
        since = instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        with _understood():
            nature = self._nature()
            told = list(self._calls.journals(since=since))
            return [wire.receipt({**row, "JournalLines": []}, nature) for row in told]

    def close(self) -> None:
        """Let go of nothing: the client is the hub's."""

    def _with_currency(self, company: Company) -> Company:
        """Return an organisation with its base currency; without one where Xero does not let the hub into it any more."""
        try:
            return replace(company, currency=self._organisation(Calls(self._client, company.id)).currency)
        except ReconnectNeeded:
            return company

    def _organisation(self, calls: Calls) -> chart.Organisation:
        told = calls.get("/Organisation")
        found = chart.organisation(chart.one(rows(told, "Organisations"), "Organisations"))
        host = self._settings.base_url or wire.GO
        nature = Nature(currency=found.currency, short_code=found.short_code, host=host)
        self._natures[self._place(calls.tenant)] = nature
        return found

    def _nature(self) -> Nature:
        """Return what the organisation never changes, from memory where it was met before."""
        place = self._place(self._calls.tenant)
        if place not in self._natures:
            self._organisation(self._calls)
        return self._natures[place]

    def _place(self, tenant: str) -> str:
        return f"{self._client.base_url} {tenant}"

    def _nature_to_post_to(self, entry: JournalEntry) -> Nature:
        """Return it before an entry is sent; raises NotWritten where it cannot be had or the books are in another currency.

        An answer that did not come was not to the journal, which is not sent yet: so the error that says "not written" has no
        other behind it.
        """
        failed: ConnectorError | None = None
        nature = Nature(currency="")
        try:
            with _understood():
                nature = self._nature()
        except NotWritten:
            raise
        except ConnectorError as error:
            failed = error
        if failed is not None:
            raise TryLater(failed.message, code=failed.code, request_id=failed.request_id)
        if nature.currency != entry.currency:
            taken = {"books": nature.currency, "entry": entry.currency}
            raise Fault(entry="currency_mismatch", code="currency_mismatch", taken=taken).after_write()
        return nature

    def _chart(self) -> tuple[chart.ChartAccount, ...]:
        return tuple(map(chart.chart_account, rows(self._calls.get("/Accounts"), "Accounts")))

    def _tracking(self) -> tuple[Dimension, ...]:
        told = rows(self._calls.get("/TrackingCategories"), "TrackingCategories")
        return tuple(found for row in told if (found := chart.tracking_category(row)) is not None)


@contextmanager
def _understood() -> Iterator[None]:
    """Turn an answer that makes no sense, in a call that only reads, into the contract's error."""
    try:
        yield
    except Unreadable as error:
        raise faults.unreadable(error).after_read() from error


def _refuse_nameless(entry: JournalEntry) -> None:
    """Refuse, before anything is sent, an entry with an account that has neither id nor code."""
    for line in entry.lines:
        if not (line.account.id or line.account.number):
            fault = Fault(entry="no_account", code="no_account", taken={"account": line.account.title})
            raise fault.after_write()
