"""NetSuite over SuiteTalk SOAP: what is asked, one request each, and what its answers say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

import httpx2

from hub.api import EntryRejected
from hub_netsuite import answers, faults, reading, writing
from hub_netsuite.answers import Answer, Element, Unreadable, attribute, child, children, needed, status_of
from hub_netsuite.codes import ABSENT
from hub_netsuite.envelopes import Envelopes
from hub_netsuite.faults import Fault
from hub_netsuite.places import SOAP_PATH
from hub_netsuite.records import AccountThere, Currency, JournalThere, Period, Subsidiary, Value, Written

MOST_PAGES = 1_000
KINDS = {"department": "Department", "class": "Classification", "location": "Location"}

_READING = {"reading": True}  # a POST that only reads: the hub may repeat it
_HEADERS = {"Content-Type": "text/xml; charset=utf-8", "Accept": "text/xml"}

Thing = TypeVar("Thing")


class SoapBooks:
    """Calls one NetSuite account over the client that the hub signs, guards, paces and closes.

    What only reads raises ConnectorError; add() raises NotWritten or OutcomeUnknown where no answer came. now: the hub's
    clock, compared with NetSuite's where a sign-in fails.
    """

    def __init__(self, client: httpx2.Client, version: str, now: Callable[[], datetime]) -> None:
        self._client = client
        self._version = version
        self._now = now
        self._envelopes = Envelopes(version)
        self._url = f"{SOAP_PATH}{version}"

    def currencies(self) -> list[Currency]:
        """Return all currencies, in one call."""
        result = self._asked("getAll", self._envelopes.get_all("currency"), "getAllResult")
        listed = child(result, "recordList")
        return [reading.currency(each) for each in children(listed)] if listed is not None else []

    def subsidiaries(self) -> list[Subsidiary]:
        """Return all subsidiaries that the role may see."""
        return self._found("Subsidiary", reading.subsidiary)

    def values(self, dimension: str) -> list[Value]:
        """Return all departments, classes or locations."""
        return self._found(KINDS[dimension], reading.value)

    def accounts(self, subsidiaries: list[Subsidiary]) -> list[AccountThere]:
        """Return the whole chart; where the role may not search accounts, those that a journal's lines may have."""
        try:
            return self._found("Account", reading.account)
        except EntryRejected as refused:  # of what is asked here: the role lacks a permission
            return self._selectable(subsidiaries, refused)

    def periods(self) -> list[Period]:
        """Return the accounting periods that journals fall into."""
        criteria = {"isQuarter": {"searchValue": False}, "isYear": {"searchValue": False}}
        return [each for each in self._found("AccountingPeriod", reading.period, **criteria) if each is not None]

    def journal(self, *, internal: str = "", external: str = "") -> JournalThere | None:
        """Return a journal entry by NetSuite's own id or by ours, None where NetSuite says that there is none."""
        told = self._answer("get", self._envelopes.get_journal(internal=internal, external=external))
        response = _content(told, "readResponse")
        status = status_of(response)
        if not status.success:
            if status.details and all(each.code in ABSENT for each in status.details):
                return None
            raise faults.of_status(status, told.request_id).after_read()
        return reading.journal(needed(response, "record"))

    def add(self, draft: writing.Draft) -> Written | Fault:
        """Send a journal entry once, and return what its answer says; nothing here repeats it."""
        envelope = writing.journal(draft, self._version)
        try:
            response = self._post("add", envelope, extensions=None)
        except httpx2.HTTPError as error:
            raise faults.silence_after_write(error) from error
        try:
            told = answers.answer(response.content)
            if told.fault is not None:
                return faults.waiting(faults.of_fault(told.fault, told.request_id), response, self._now())
            return _written(told)
        except Unreadable as error:
            return faults.unreadable(error) if response.is_success else faults.unsorted(response)

    def _selectable(self, subsidiaries: list[Subsidiary], refused: EntryRejected) -> list[AccountThere]:
        """Return what the account field of a journal line offers, subsidiary by subsidiary; its kind is not told."""
        allowed: dict[str, set[str]] = {}
        found: dict[str, AccountThere] = {}
        for subsidiary in [each.id for each in subsidiaries if each.active] or [""]:
            for account in self._offered(subsidiary):
                found[account.id] = account
                allowed.setdefault(account.id, set()).update({subsidiary} - {""})
        if not found:
            raise refused
        return [
            AccountThere(id=each.id, number=each.number, name=each.name, subsidiaries=frozenset(allowed[each.id]))
            for each in found.values()
        ]

    def _offered(self, subsidiary: str) -> Iterator[AccountThere]:
        for page in range(1, MOST_PAGES + 1):
            envelope = self._envelopes.select_accounts(subsidiary, page)
            result = self._asked("getSelectValue", envelope, "getSelectValueResult")
            listed = child(result, "baseRefList")
            if listed is not None:
                yield from (reading.selectable_account(each) for each in children(listed, "baseRef"))
            if page >= (_number(result, "totalPages") or 1):
                return
        raise Unreadable(f"There are more than {MOST_PAGES} pages of accounts.")

    def _found(self, kind: str, read: Callable[[Element], Thing], **criteria: object) -> list[Thing]:
        """Return all records of a kind, page by page; raises Unreadable where fewer came than NetSuite counts."""
        result = self._asked("search", self._envelopes.search(kind, **criteria), "searchResult")
        search_id, pages = answers.text(result, "searchId"), _number(result, "totalPages") or 1
        total = _number(result, "totalRecords")
        if pages > MOST_PAGES:
            raise Unreadable(f"There are more than {MOST_PAGES} pages of records.")
        records = list(_records(result))
        for page in range(2, pages + 1):
            result = self._asked("searchMoreWithId", self._envelopes.more(search_id, page), "searchResult")
            records += _records(result)
        ids = {attribute(each, "internalId") for each in records}
        if total is not None and len(ids) < total:
            raise Unreadable("Records were changed while they were listed.")
        return [read(each) for each in records]

    def _asked(self, operation: str, envelope: bytes, result: str) -> Element:
        """Return the result of a question that succeeded."""
        told = self._answer(operation, envelope)
        found = _content(told, result)
        status = status_of(found)
        if not status.success:
            raise faults.of_status(status, told.request_id).after_read()
        return found

    def _answer(self, operation: str, envelope: bytes) -> Answer:
        """Return the answer to what only reads; raises ConnectorError for a fault, and where none came."""
        try:
            response = self._post(operation, envelope, extensions=_READING)
        except httpx2.HTTPError as error:
            raise faults.silence_after_read(error) from error
        try:
            told = answers.answer(response.content)
        except Unreadable as error:
            found = faults.unreadable(error) if response.is_success else faults.unsorted(response)
            raise found.after_read() from error
        if told.fault is not None:
            fault = faults.of_fault(told.fault, told.request_id)
            raise faults.waiting(fault, response, self._now()).after_read()
        return told

    def _post(self, operation: str, envelope: bytes, *, extensions: dict[str, bool] | None) -> httpx2.Response:
        headers = {**_HEADERS, "SOAPAction": f'"{operation}"'}
        return self._client.post(
            self._url, content=envelope, headers=headers, extensions=extensions, follow_redirects=False
        )


def _content(told: Answer, name: str) -> Element:
    """Return what an answer holds under a name, which is one level down in it, or two."""
    if answers.name_of(told.content) == name.lower():
        return told.content
    return needed(told.content, name)


def _written(told: Answer) -> Written | Fault:
    """Return what the answer to an added record says; raises Unreadable where it says nothing that is certain."""
    response = _content(told, "writeResponse")
    status = status_of(response)
    ref = child(response, "baseRef")
    written = attribute(ref, "internalId").strip() if ref is not None else ""
    script_failed = any(each.after_submit_failed for each in status.details)
    if status.success or script_failed or written:
        if not written and not script_failed:
            raise Unreadable("A record was written, and the answer does not say which.")
        return Written(id=written, script_failed=script_failed)
    return faults.of_status(status, told.request_id)


def _records(result: Element) -> Iterator[Element]:
    listed = child(result, "recordList")
    return children(listed, "record") if listed is not None else iter(())


def _number(result: Element, name: str) -> int | None:
    told = answers.text(result, name)
    if not told:
        return None
    try:
        return int(told)
    except ValueError as error:
        raise Unreadable(f"{name} is not a number.") from error
