"""One conversation with the books of one company: every call to the ledger, and nothing else.

Three habits make it safe to post money with it:
- a journal is sent by one request that nothing repeats: no retry, no redirect; the hub decides when to send again;
- an answer counts as done only when it was read and is the journal that was sent;
- what raises says whether the journal was written: NotWritten for certain, or OutcomeUnknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import quote

import httpx2

from hub.api import (
    Account,
    AccountMissing,
    Company,
    ConnectorError,
    Dimension,
    JournalEntry,
    OutcomeUnknown,
    Problem,
    Receipt,
    Recorded,
)
from hub.testing.connector import faults, wire
from hub.testing.connector.faults import Json, Unreadable
from hub.testing.connector.preflight import problems
from hub.testing.connector.settings import Settings
from hub.testing.profile import Profile

FIRST_PAGE = 1


class FakeSession:
    """Calls one ledger through the client that the hub signs, guards and closes."""

    def __init__(self, client: httpx2.Client, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._base_url = settings.base_url.rstrip("/")
        self._books = f"{self._base_url}/companies/{quote(settings.company, safe='')}"

    def companies(self) -> Sequence[Company]:
        """Return the books this sign-in reaches; raises ConnectorError."""
        with _understood():
            return [wire.company(told) for told in wire.rows(self._get(f"{self._base_url}/companies"), "companies")]

    def accounts(self) -> Iterable[Account]:
        """Return the whole chart, page by page, inactive accounts included; raises ConnectorError."""
        with _understood():
            return [wire.account(told) for told in self._pages("accounts")]

    def dimensions(self) -> Sequence[Dimension]:
        """Return nothing: the ledger's lines carry none."""
        return ()

    def preflight(self, entry: JournalEntry) -> Sequence[Problem]:
        """Return everything that would keep the entry from being posted, all at once; raises ConnectorError."""
        with _understood():
            books = self._get(self._books)
            company, closed_through = wire.company(books), wire.closed_through(books)
        limits = self._settings.profile.limits
        most_lines = self._settings.lines_per_entry or limits.lines_per_entry
        return problems(entry, company, closed_through, tuple(self.accounts()), most_lines=most_lines)

    def find(self, entry: JournalEntry) -> Sequence[Receipt]:
        """Return every journal that carries the entry's reference or, where the ledger keeps it, its key.

        All of them: two are a doubled journal, and the hub must see both. Raises ConnectorError, which never means
        that there is none.
        """
        with _understood():
            asked = {"reference": entry.reference, "external_id": self._external_id(entry)}
            return [wire.receipt(told, self._base_url) for told in self._pages("journals", asked)]

    def post(self, entry: JournalEntry) -> Receipt:
        """Send the entry once, and return what the ledger recorded.

        Raises NotWritten or one of its kinds where nothing was written for certain, and OutcomeUnknown otherwise.
        """
        _refuse_nameless(entry)
        response = self._send(f"{self._books}/journals", entry)
        if faults.code_of(response) == faults.ALREADY_EXISTS:
            return self._existing(entry, response)
        return self._receipt(response, entry)

    def finish(self, receipt: Receipt, entry: JournalEntry) -> Receipt:
        """Post a draft that a lost call left, and return it as posted; raises as post() does."""
        return self._receipt(self._write(f"{self._journal(receipt)}/finish"), entry)

    def read(self, receipt: Receipt) -> Recorded | None:
        """Return the journal as it stands now, None where the ledger says that there is none; raises ConnectorError."""
        response = self._ask(self._journal(receipt))
        if faults.code_of(response) == faults.JOURNAL_UNKNOWN:
            return None
        with _understood():
            return wire.receipt(_told(response).get("journal"), self._base_url).recorded

    def changed_since(self, instant: datetime) -> Iterable[Receipt]:
        """Return the journals written, changed or deleted since an aware instant; a deleted one has nothing recorded."""
        with _understood():
            told = self._pages("journals", {"changed_since": instant.isoformat()})
            return [wire.receipt(journal, self._base_url) for journal in told]

    def close(self) -> None:
        """Let go of nothing: the client is the hub's."""

    def _external_id(self, entry: JournalEntry) -> str:
        return entry.key if self._settings.profile is Profile.EXTERNAL_ID else ""

    def _journal(self, receipt: Receipt) -> str:
        return f"{self._books}/journals/{quote(receipt.id, safe='')}"

    def _send(self, url: str, entry: JournalEntry) -> httpx2.Response:
        """Send an entry with its key where the ledger's profile wants it, in the same bytes on every attempt."""
        content = json.dumps(wire.entry_json(entry, self._external_id(entry))).encode()
        if self._settings.profile is Profile.REQUEST_ID:
            return self._write(url, content, params={"request_id": entry.key})
        if self._settings.profile is Profile.SHORT_KEY:
            return self._write(url, content, headers={"Idempotency-Key": entry.key})
        return self._write(url, content)

    def _write(
        self,
        url: str,
        content: bytes = b"{}",
        *,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        headers = {"Content-Type": "application/json", **(headers or {})}
        try:
            return self._client.post(url, content=content, params=params, headers=headers, follow_redirects=False)
        except httpx2.HTTPError as error:
            raise faults.silence_after_write(error) from error

    def _receipt(self, response: httpx2.Response, entry: JournalEntry) -> Receipt:
        """Return the receipt of an answer to a write, if that is what it is."""
        if not response.is_success:
            raise faults.error_after_write(response)
        try:
            told = faults.parsed(response).get("journal")
            receipt, reference = wire.receipt(told, self._base_url), wire.reference(told)
        except Unreadable as error:
            raise faults.unreadable_after_write(response) from error
        if reference != entry.reference:
            raise OutcomeUnknown("The accounting system answered with another journal.", code="another_journal")
        return receipt

    def _existing(self, entry: JournalEntry, response: httpx2.Response) -> Receipt:
        """Return the journal that has the entry's external id already: an earlier call wrote it."""
        unknown = OutcomeUnknown(
            "The accounting system has a journal with this key, and it could not be looked up.",
            code=faults.ALREADY_EXISTS,
            request_id=faults.request_id_of(response),
        )
        try:
            found = self.find(entry)
        except ConnectorError as error:
            raise unknown from error
        if len(found) != 1:  # none: the search lags; several: the hub's own look-up tells of all of them
            raise unknown
        return found[0]

    def _pages(self, name: str, asked: dict[str, str] | None = None) -> Iterator[Json]:
        """Yield the rows of every page of a list; a page that does not lead on raises Unreadable."""
        page: Json = FIRST_PAGE
        while page is not None:
            told = self._get(f"{self._books}/{name}", {**(asked or {}), "page": str(page)})
            yield from wire.rows(told, name)
            following = told.get("next_page")
            if following not in (None, page + 1):
                raise Unreadable("The next page is not the next one.")
            page = following

    def _get(self, url: str, asked: dict[str, str] | None = None) -> dict[str, Json]:
        return _told(self._ask(url, asked))

    def _ask(self, url: str, asked: dict[str, str] | None = None) -> httpx2.Response:
        try:
            return self._client.get(url, params=asked, follow_redirects=False)
        except httpx2.HTTPError as error:
            raise faults.silence_after_read(error) from error


def _told(response: httpx2.Response) -> dict[str, Json]:
    if not response.is_success:
        raise faults.error_after_read(response)
    return faults.parsed(response)


@contextmanager
def _understood() -> Iterator[None]:
    """Turn an answer that makes no sense, in a call that only reads, into the contract's error."""
    try:
        yield
    except Unreadable as error:
        message = "The accounting system answered something that could not be read."
        raise ConnectorError(message, code="unreadable") from error


def _refuse_nameless(entry: JournalEntry) -> None:
    """Refuse, before anything is sent, an entry with an account that has neither id nor number."""
    for line in entry.lines:
        if not (line.account.id or line.account.number):
            raise AccountMissing(f"The account {line.account.title} has no number.", code="account_unknown")
