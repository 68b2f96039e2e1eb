"""NetSuite over its REST services: records by their own addresses, lists by SuiteQL.

All columns of a list are asked for, since one that an account's features or release lack would have the whole query refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

import httpx2

from hub_netsuite import faults
from hub_netsuite.answers import Unreadable
from hub_netsuite.codes import ABSENT
from hub_netsuite.faults import Fault
from hub_netsuite.fields import Row, flag, number, parsed, reference, rows, text
from hub_netsuite.places import OPERATION, QUERY_PATH, RECORD_PATH
from hub_netsuite.records import AccountThere, Currency, JournalThere, LineThere, Period, Subsidiary, Value, Written
from hub_netsuite.rest_writing import journal
from hub_netsuite.writing import Draft

PAGE_SIZE = 1_000  # the most of one answer of SuiteQL
MOST_PAGES = 100  # SuiteQL tells at most 100,000 rows
TABLES = {"department": "department", "class": "classification", "location": "location"}

_JOURNALS = f"{RECORD_PATH}/journalEntry"
_READING = {"reading": True}
_QUERY_HEADERS = {"Content-Type": "application/json", "Accept": "application/json", "Prefer": "transient"}
_RECORD_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
_AT_END = re.compile(r"/journalentry/([0-9]+)/?$", re.IGNORECASE | re.ASCII)

Thing = TypeVar("Thing")


class RestBooks:
    """Calls one NetSuite account over the client that the hub signs, guards, paces and closes; as SoapBooks does."""

    def __init__(self, client: httpx2.Client, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now

    def currencies(self) -> list[Currency]:
        """Return all currencies."""
        return self._found("SELECT * FROM currency", _currency)

    def subsidiaries(self) -> list[Subsidiary]:
        """Return all subsidiaries that the role may see."""
        return self._found("SELECT * FROM subsidiary", _subsidiary)

    def values(self, dimension: str) -> list[Value]:
        """Return all departments, classes or locations."""
        return self._found(f"SELECT * FROM {TABLES[dimension]}", _value)

    def accounts(self, _subsidiaries: list[Subsidiary]) -> list[AccountThere]:
        """Return the whole chart."""
        return self._found("SELECT * FROM account", _account)

    def periods(self) -> list[Period]:
        """Return the accounting periods that journals fall into."""
        query = (
            "SELECT id, periodname, TO_CHAR(startdate, 'YYYY-MM-DD') AS startdate, "
            "TO_CHAR(enddate, 'YYYY-MM-DD') AS enddate, closed, alllocked FROM accountingperiod "
            "WHERE isquarter = 'F' AND isyear = 'F' AND isadjust = 'F'"
        )
        return self._found(query, _period)

    def journal(self, *, internal: str = "", external: str = "") -> JournalThere | None:
        """Return a journal entry by NetSuite's own id or by ours, None where NetSuite says that there is none."""
        named = internal if internal else f"eid:{external}"
        try:
            response = self._client.get(
                f"{_JOURNALS}/{named}",
                params={"expandSubResources": "true"},
                headers=_RECORD_HEADERS,
                follow_redirects=False,
            )
        except httpx2.HTTPError as error:
            raise faults.silence_after_read(error) from error
        if response.is_success:
            return _journal(self._readable(response))
        details = _details(response)
        if response.status_code == httpx2.codes.NOT_FOUND and details and all(code in ABSENT for code, _ in details):
            return None
        raise self._fault(response).after_read()

    def add(self, draft: Draft) -> Written | Fault:
        """Send a journal entry once, and return what its answer says; nothing here repeats it."""
        try:
            response = self._client.post(
                _JOURNALS, content=journal(draft), headers=_RECORD_HEADERS, follow_redirects=False
            )
        except httpx2.HTTPError as error:
            raise faults.silence_after_write(error) from error
        if not response.is_success:
            return self._fault(response)
        found = _AT_END.search(httpx2.URL(response.headers.get("Location", "")).path)
        if found is None:
            nameless = Unreadable("A record was written, and the answer does not say which.")
            return faults.unreadable(nameless, response.headers.get(OPERATION, ""))
        return Written(id=found[1])

    def _found(self, query: str, read: Callable[[Row], Thing]) -> list[Thing]:
        """Return all rows of a query, page by page; ordered by id, so that no row moves from one page to another."""
        found: list[Row] = []
        for page in range(MOST_PAGES):
            told = self._queried(f"{query} ORDER BY id", page * PAGE_SIZE)
            found += rows(told, "items")
            if not flag(told, "hasMore"):
                return [read(row) for row in found]
        raise Unreadable(f"There are more than {MOST_PAGES} pages of records.")

    def _queried(self, query: str, offset: int) -> Row:
        try:
            response = self._client.post(
                QUERY_PATH,
                params={"limit": str(PAGE_SIZE), "offset": str(offset)},
                json={"q": query},
                headers=_QUERY_HEADERS,
                extensions=_READING,
                follow_redirects=False,
            )
        except httpx2.HTTPError as error:
            raise faults.silence_after_read(error) from error
        if not response.is_success:
            raise self._fault(response).after_read()
        return self._readable(response)

    def _readable(self, response: httpx2.Response) -> Row:
        try:
            return parsed(response.content)
        except Unreadable as error:
            raise faults.unreadable(error, response.headers.get(OPERATION, "")).after_read() from error

    def _fault(self, response: httpx2.Response) -> Fault:
        request_id = response.headers.get(OPERATION, "")
        fault = faults.of_details(response.status_code, _details(response), request_id)
        return faults.waiting(fault, response, self._now())


def _details(response: httpx2.Response) -> list[tuple[str, str]]:
    """Return the code and the sentence of each detail of an error, none where the answer has no such body."""
    try:
        told = parsed(response.content)
        details = [(text(each, "o:errorCode"), text(each, "detail")) for each in rows(told, "o:errorDetails")]
        if not details and text(told, "o:errorCode"):
            return [(text(told, "o:errorCode"), text(told, "detail") or text(told, "title"))]
    except Unreadable:
        return []
    return details


def _currency(row: Row) -> Currency:
    return Currency(
        id=text(row, "id", needed=True),
        code=text(row, "symbol").upper(),
        base=flag(row, "isbasecurrency"),
        active=not flag(row, "isinactive"),
    )


def _subsidiary(row: Row) -> Subsidiary:
    return Subsidiary(
        id=text(row, "id", needed=True),
        name=text(row, "name"),
        parent=text(row, "parent"),
        currency=text(row, "currency"),
        elimination=flag(row, "iselimination"),
        active=not flag(row, "isinactive"),
    )


def _value(row: Row) -> Value:
    return Value(
        id=text(row, "id", needed=True),
        name=text(row, "name"),
        parent=text(row, "parent"),
        active=not flag(row, "isinactive"),
        subsidiaries=_several(row),
        with_children=flag(row, "includechildren"),
    )


def _account(row: Row) -> AccountThere:
    return AccountThere(
        id=text(row, "id", needed=True),
        number=text(row, "acctnumber"),
        name=text(row, "accountsearchdisplaynamecopy"),
        parent=text(row, "parent"),
        kind=text(row, "accttype").lower(),
        active=not flag(row, "isinactive"),
        holds_inventory=flag(row, "inventory"),
        subsidiaries=_several(row),
        with_children=flag(row, "includechildren"),
    )


def _several(row: Row) -> frozenset[str]:
    """Return the ids of a field that may hold several, which a query tells with commas between them."""
    return frozenset(each.strip() for each in text(row, "subsidiary").split(",") if each.strip())


def _period(row: Row) -> Period:
    return Period(
        name=text(row, "periodname"),
        first=_day(text(row, "startdate")),
        last=_day(text(row, "enddate")),
        closed=flag(row, "closed"),
        locked=flag(row, "alllocked"),
    )


def _journal(row: Row) -> JournalThere:
    held = row.get("line")
    lines = rows(held, "items") if isinstance(held, dict) else []
    approved = row.get("approved")
    return JournalThere(
        id=text(row, "id", needed=True),
        number=text(row, "tranId"),
        external_id=text(row, "externalId"),
        date=_day(text(row, "tranDate")),
        currency=reference(row, "currency")[0],
        approved=None if approved is None else flag(row, "approved"),
        lines=tuple(_line(each) for each in lines),
    )


def _line(row: Row) -> LineThere:
    account, name = reference(row, "account")
    amount = number(row, "debit") - number(row, "credit")
    return LineThere(account=account, account_name=name, amount=amount, memo=text(row, "memo"))


def _day(told: str) -> date:
    try:
        return date.fromisoformat(told[:10])
    except ValueError as error:
        raise Unreadable("A date is none.") from error
