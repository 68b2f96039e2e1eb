"""The ledger's addresses, and what each of them answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import httpx2

from hub.testing.ledger.books import Books
from hub.testing.ledger.desk import OK, Desk
from hub.testing.ledger.journals import Journal, Json, journal_json
from hub.testing.ledger.keys import Answer
from hub.testing.ledger.refusals import LedgerRefused
from hub.testing.profile import Profile

PAGE = 100
DELETED = "deleted"
KEY_HEADER = "Idempotency-Key"
KEY_PARAMETER = "request_id"


class Routes:
    """Answers calls that may come in; see docs/testing_kit.md for the addresses."""

    def __init__(self, books: Books, desk: Desk, profile: Profile) -> None:
        self._books = books
        self._desk = desk
        self._profile = profile

    def answer(self, request: httpx2.Request) -> Answer:
        """Answer one call; raises LedgerRefused, and AnswerLost where the caller hears nothing."""
        first, *rest = request.url.path.strip("/").split("/")
        if first != "companies":
            raise _no_such_path()
        if not rest:
            return Answer(status=OK, body={"companies": [self._company()]})
        if rest[0] != self._books.company.id:
            raise LedgerRefused("company_wrong", "This sign-in does not reach that company.")
        return self._in_company(request, rest[1:])

    def _in_company(self, request: httpx2.Request, path: Sequence[str]) -> Answer:
        match request.method, *path:
            case ["GET"]:
                return Answer(status=OK, body=self._company())
            case ["GET", "accounts"]:
                return self._accounts(request)
            case ["GET", "journals"]:
                return self._journals(request)
            case ["POST", "journals"]:
                return self._desk.take_in(self._key(request), request.content)
            case ["GET", "journals", journal_id]:
                return self._desk.told(self._books.get(journal_id))
            case ["POST", "journals", journal_id, "finish"]:
                return self._desk.told(self._desk.finish(journal_id))
        raise _no_such_path()

    def _company(self) -> dict[str, Json]:
        company, closed = self._books.company, self._books.closed_through
        return {
            "id": company.id,
            "name": company.name,
            "currency": self._books.currency,
            "closed_through": closed.isoformat() if closed else None,
        }

    def _accounts(self, request: httpx2.Request) -> Answer:
        accounts = [
            {
                "id": account.id,
                "number": account.number,
                "name": account.name,
                "kind": account.kind.value if account.kind else None,
                "active": account.active,
                "why_not_postable": account.why_not_postable,
            }
            for account in self._books.accounts.values()
        ]
        return _page("accounts", accounts, request)

    def _journals(self, request: httpx2.Request) -> Answer:
        asked = request.url.params
        if "changed_since" in asked:
            return _page("journals", self._changed_since(_instant(asked["changed_since"])), request)
        found = self._books.carrying(asked.get("reference", ""), asked.get("external_id", ""))
        return _page("journals", [self._json(each) for each in found if self._desk.is_shown(each)], request)

    def _changed_since(self, instant: datetime) -> list[dict[str, Json]]:
        changed = [
            (journal.changed_at, self._json(journal))
            for journal in self._books.journals.values()
            if journal.changed_at >= instant and self._desk.is_shown(journal)
        ]
        gone = [
            (journal.changed_at, {**self._json(replace(journal, lines=())), "status": DELETED})
            for journal in self._books.deleted.values()
            if journal.changed_at >= instant
        ]
        return [told for _, told in sorted([*changed, *gone], key=lambda each: (each[0], each[1]["id"]))]

    def _key(self, request: httpx2.Request) -> str:
        """Return the call's key where the profile looks for one, else nothing."""
        if self._profile is Profile.REQUEST_ID:
            return str(request.url.params.get(KEY_PARAMETER, ""))
        return str(request.headers.get(KEY_HEADER, "")) if self._profile is Profile.SHORT_KEY else ""

    def _json(self, journal: Journal) -> dict[str, Json]:
        return journal_json(journal, self._books.accounts)


def _page(name: str, rows: list[dict[str, Json]], request: httpx2.Request) -> Answer:
    """Return one page of PAGE rows and the number of the next, None on the last."""
    asked = request.url.params.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and 1 <= len(asked) <= 6):
        raise LedgerRefused("malformed", "page is a whole number from 1.")
    end = int(asked) * PAGE
    next_page = int(asked) + 1 if end < len(rows) else None
    return Answer(status=OK, body={name: rows[max(0, end - PAGE) : end], "next_page": next_page})


def _instant(asked: str) -> datetime:
    try:
        instant = datetime.fromisoformat(asked)
    except ValueError as error:
        raise LedgerRefused("malformed", "changed_since is an instant in ISO 8601.") from error
    if instant.tzinfo is None:
        raise LedgerRefused("malformed", "changed_since needs its offset from UTC.")
    return instant


def _no_such_path() -> LedgerRefused:
    return LedgerRefused("path_unknown", "There is nothing at this address.")
