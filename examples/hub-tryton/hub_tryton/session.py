"""One conversation with the books of one company in Tryton: every call, and nothing else.

Tryton keeps no idempotency key, so what keeps a journal from being there twice is its description, which begins with our
reference:
- post() looks for it before anything is sent, and takes up the one that it finds, draft or posted;
- post() makes a draft, by one request; finish() posts it, by one request; nothing is ever repeated here;
- a draft is posted only where its lines are those of the entry and Tryton itself says of each that the move balances.
  On SQLite, Tryton 8.2.1 posts a move that does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias
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
    PeriodClosed,
    Problem,
    Receipt,
    ReceiptStatus,
    ReconnectNeeded,
    Recorded,
    TryLater,
)
from hub_tryton import faults, wire
from hub_tryton.comparing import is_same
from hub_tryton.faults import Json, Unreadable
from hub_tryton.preflight import There, problems
from hub_tryton.settings import Settings

PAGE = 500
MOST_LINES = 500
MOVE, ACCOUNT, JOURNAL, PERIOD, COMPANY = (
    "account.move",
    "account.account",
    "account.journal",
    "account.period",
    "company.company",
)
IN_ENGLISH = {"Accept-Language": "en"}
BY_ID = [["id", "ASC"]]
Asked: TypeAlias = list[tuple[str, str | int | float | bool | None]]  # parameters of an address, as httpx2 takes them
LEVEL = ":"


class TrytonSession:
    """Calls one database through the client that the hub signs, guards and closes. company: the chosen one, if any."""

    def __init__(self, client: httpx2.Client, settings: Settings, company: Company | None) -> None:
        self._client = client
        self._journal = settings.journal
        self._company = company
        database = quote(settings.database, safe="")
        self._models = f"{settings.base_url}/{database}/rest/model"
        self._web = f"{settings.base_url}/#{database}/model/{MOVE}"

    def companies(self) -> Sequence[Company]:
        """Return the companies that the key's user works in; raises ConnectorError."""
        with _understood():
            return [wire.books(told).company for told in self._search(COMPANY, [], wire.COMPANY_FIELDS)]

    def accounts(self) -> Iterable[Account]:
        """Return the whole chart, page by page, closed accounts included; raises ConnectorError."""
        with _understood():
            return [each.account for each in self._chart()]

    def dimensions(self) -> Sequence[Dimension]:
        """Return nothing: without a module for analytic accounts, Tryton's lines carry none."""
        return ()

    def preflight(self, entry: JournalEntry) -> Sequence[Problem]:
        """Return everything that would keep the entry from being posted, all at once; raises ConnectorError."""
        with _understood():
            there = There(
                books=self._books(),
                period=self._period(entry),
                journal=self._journal_there(),
                chart=self._chart(),
            )
        return problems(entry, there, journal=self._journal, most_lines=MOST_LINES)

    def find(self, entry: JournalEntry) -> Sequence[Receipt]:
        """Return every move of the company, in any journal, whose description begins with the entry's reference.

        All of them, drafts too: two are a doubled journal, and the hub must see both. Raises ConnectorError, which never
        means that there is none.
        """
        with _understood():
            return [move.receipt for move in self._moves(entry)]

    def post(self, entry: JournalEntry) -> Receipt:
        """Make the entry's move as a draft, and return it; or what is there of it already.

        Raises NotWritten or one of its kinds where nothing was written for certain, and OutcomeUnknown otherwise.
        """
        _refuse_nameless(entry)
        there, body = self._before(entry)
        if there:
            return _only(there)
        response = self._write(MOVE, json.dumps(body).encode())
        if not response.is_success:
            raise faults.error_after_create(response)
        move = self._written(response, entry)
        if move.receipt.status is not ReceiptStatus.DRAFT:
            raise faults.unreadable_after_write()
        return move.receipt

    def finish(self, receipt: Receipt, entry: JournalEntry) -> Receipt:
        """Post the draft of an entry, and return it for the hub to read back; one that is posted is returned as it is.

        Raises OutcomeUnknown where the draft is not the entry any more: what stands there then is for a person to decide.
        """
        move = self._move(receipt)
        if move is None:
            raise OutcomeUnknown("The draft of this entry is gone from Tryton.", code="draft_gone")
        if move.receipt.status is ReceiptStatus.POSTED:
            return move.receipt
        if move.reference != entry.reference or not move.valid or not is_same(entry, move.recorded):
            raise OutcomeUnknown(
                f"The draft of this entry in Tryton, with the id {receipt.id}, is not what was sent: somebody changed it, or "
                "it does not balance. Delete the draft in Tryton; the hub then posts the entry anew.",
                code="draft_differs",
            )
        response = self._write(f"{MOVE}/{quote(receipt.id, safe='')}/post", b"{}")
        if not response.is_success:
            raise faults.error_after_post(response)
        posted = self._written(response, entry).receipt
        if posted.id != receipt.id or posted.status is not ReceiptStatus.POSTED:
            raise faults.unreadable_after_write()
        return replace(posted, recorded=None)

    def read(self, receipt: Receipt) -> Recorded | None:
        """Return the move as it stands now, None where Tryton says that there is none; raises ConnectorError."""
        move = self._move(receipt)
        if move is None:
            return None
        if move.recorded is None:
            raise ConnectorError(
                f"Move {move.receipt.number or receipt.id} does not balance in Tryton. Look at it there: on SQLite, Tryton "
                "posts such a move as well.",
                code="unbalanced",
            )
        return move.recorded

    def changed_since(self, instant: datetime) -> Iterable[Receipt]:
        """Return the moves made or changed since an aware instant; one that was deleted is told by read()."""
        since = wire.instant_json(instant)
        changed = ["OR", *([name, ">=", since] for name in ("create_date", "write_date", "lines.write_date"))]
        with _understood():
            told = self._search(MOVE, [changed, self._ours()], wire.MOVE_FIELDS)
            return [wire.move(row, self._web).receipt for row in told]

    def close(self) -> None:
        """Let go of nothing: the client is the hub's."""

    def _before(self, entry: JournalEntry) -> tuple[Sequence[Receipt], Mapping[str, Json]]:
        """Return the moves that are there already, and the body that would make one; raises NotWritten.

        What goes wrong here is before anything is sent: the hub tries again, and needs no look-up for it.
        """
        try:
            return self._ready(entry)
        except NotWritten:
            raise
        except ConnectorError as error:
            message = error.message
        raise TryLater(f"Nothing was sent to Tryton, since it could not be asked first. {message}", code="not_asked")

    def _ready(self, entry: JournalEntry) -> tuple[Sequence[Receipt], Mapping[str, Json]]:
        there = self.find(entry)
        if there:
            return there, {}
        with _understood():
            books, period, journal = self._books(), self._period(entry), self._journal_there()
        if books.company.currency != entry.currency:
            raise EntryRejected(
                f"The company's books in Tryton are kept in {books.company.currency}, and this entry is in "
                f"{entry.currency}.",
                code="currency_mismatch",
            )
        if journal is None:
            raise EntryRejected(f"There is no journal with the code {self._journal} in Tryton.", code="journal_missing")
        if period is None or not period.is_open:
            state = "does not exist" if period is None else "is closed"
            raise PeriodClosed(
                f"The period of {entry.date} {state} in Tryton. Choose a later date, or open the period in Tryton.",
                code="period_closed",
            )
        return (), wire.entry_json(entry, company=self._company_id(), journal=journal, period=period.id)

    def _books(self) -> wire.Books:
        told = self._search(COMPANY, [["id", "=", self._company_id()]], wire.COMPANY_FIELDS)
        for row in told:
            return wire.books(row)
        raise ReconnectNeeded(
            "The key does not reach the company of this connection. Sign in again, and choose the company.",
            code="company_gone",
        )

    def _journal_there(self) -> int | None:
        told = (wire.journal(row) for row in self._search(JOURNAL, [["code", "=", self._journal]], wire.JOURNAL_FIELDS))
        return next((id_ for id_, code in told if code == self._journal), None)

    def _period(self, entry: JournalEntry) -> wire.Period | None:
        """Return the period of the entry's date; left out, Tryton would take today's."""
        day = wire.date_json(entry.date)
        domain = [["start_date", "<=", day], ["end_date", ">=", day], self._ours()]
        told = (wire.period(row) for row in self._search(PERIOD, domain, wire.PERIOD_FIELDS))
        return next((period for period in told if period is not None), None)

    def _chart(self) -> list[wire.Listed]:
        domain = [self._ours(), ["active", "in", [True, False]]]
        found = [wire.listed(row) for row in self._search(ACCOUNT, domain, wire.ACCOUNT_FIELDS)]
        if not found:
            raise Unreadable("A company without any account keeps no books.")
        by_id = {each.account.id: each for each in found}
        return [replace(each, account=replace(each.account, name=_full_name(each, by_id))) for each in found]

    def _moves(self, entry: JournalEntry) -> list[wire.Move]:
        domain = [["description", "like", f"{entry.reference}%"], self._ours()]
        found = [wire.move(row, self._web) for row in self._search(MOVE, domain, wire.MOVE_FIELDS)]
        return [move for move in found if move.reference == entry.reference]

    def _move(self, receipt: Receipt) -> wire.Move | None:
        """Return a move by its id. It is searched for, as an answer 404 may also come from what stands before Tryton."""
        with _understood():
            found = [wire.move(row, self._web) for row in self._search(MOVE, [_by_id(receipt)], wire.MOVE_FIELDS)]
        return next((move for move in found if move.receipt.id == receipt.id), None)

    def _ours(self) -> list[Json]:
        return ["company", "=", self._company_id()]

    def _company_id(self) -> int:
        chosen = self._company.id if self._company is not None else ""
        if not (chosen.isascii() and chosen.isdigit()):
            raise ReconnectNeeded("This connection has no company in Tryton yet. Choose one.", code="no_company")
        return int(chosen)

    def _written(self, response: httpx2.Response, entry: JournalEntry) -> wire.Move:
        """Return the move of an answer to a write, if that is what it is."""
        try:
            move = wire.move(faults.parsed(response), self._web)
        except Unreadable as error:
            raise faults.unreadable_after_write() from error
        if move.reference != entry.reference:
            raise OutcomeUnknown("Tryton answered with another move.", code="another_move")
        return move

    def _search(self, model: str, domain: list[Json], fields: Sequence[str]) -> Iterator[Json]:
        """Yield every record that a search finds, page by page."""
        first = 0
        while True:
            page = {"d": wire.coded(domain), "o": wire.coded(BY_ID), "s": str(PAGE), "p": str(first)}
            found = wire.rows(_told(self._ask(model, [*_fields(fields), *page.items()])))
            yield from found
            if len(found) < PAGE:
                return
            first += PAGE

    def _ask(self, path: str, asked: Asked) -> httpx2.Response:
        try:
            return self._client.get(
                f"{self._models}/{path}", params=asked, headers=self._headers(), follow_redirects=False
            )
        except httpx2.HTTPError as error:
            raise faults.silence_after_read(error) from error

    def _write(self, path: str, content: bytes) -> httpx2.Response:
        headers = {**self._headers(), "Content-Type": "application/json"}
        try:
            return self._client.post(
                f"{self._models}/{path}",
                params=_fields(wire.MOVE_FIELDS),
                content=content,
                headers=headers,
                follow_redirects=False,
            )
        except httpx2.HTTPError as error:
            raise faults.silence_after_write(error) from error

    def _headers(self) -> dict[str, str]:
        context = {} if self._company is None else {"X-Tryton-Context": wire.coded({"company": self._company_id()})}
        return {**IN_ENGLISH, **context}


def _full_name(each: wire.Listed, by_id: Mapping[str, wire.Listed]) -> str:
    """Return an account's name with those above it, the highest first."""
    names, seen = [each.account.name], {each.account.id}
    while each.above is not None and each.above in by_id and each.above not in seen:
        each = by_id[each.above]
        seen.add(each.account.id)
        names.append(each.account.name)
    return LEVEL.join(reversed(names))


def _only(there: Sequence[Receipt]) -> Receipt:
    """Return the one move that is there; several are a doubled journal, of which the hub's look-up tells."""
    if len(there) > 1:
        raise OutcomeUnknown("Tryton has more than one move with the reference of this entry.", code="several_moves")
    return there[0]


def _by_id(receipt: Receipt) -> list[Json]:
    if not (receipt.id.isascii() and receipt.id.isdigit()):
        raise ConnectorError(f"{receipt.id} is no id of a move in Tryton.", code="id_malformed")
    return ["id", "=", int(receipt.id)]


def _fields(names: Sequence[str]) -> Asked:
    return [("f", name) for name in names]


def _told(response: httpx2.Response) -> Json:
    if not response.is_success:
        raise faults.error_after_read(response)
    return faults.parsed(response)


@contextmanager
def _understood() -> Iterator[None]:
    """Turn an answer that makes no sense, in a call that only reads, into the contract's error."""
    try:
        yield
    except Unreadable as error:
        raise ConnectorError("Tryton answered something that could not be read.", code="unreadable") from error


def _refuse_nameless(entry: JournalEntry) -> None:
    """Refuse, before anything is sent, an entry with an account whose id is none of Tryton's."""
    for line in entry.lines:
        if wire.account_number(line.account) is None:
            raise AccountMissing(f"The account {line.account.title} is none of Tryton's.", code="account_missing")
