"""The calls to Xero's Accounting API, one by one: its addresses, headers, pages, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import httpx2

from hub_xero import faults
from hub_xero.fields import Json, Row, Unreadable, identifier, parsed, parsed_any, rows

API = "/api.xro/2.0"
CONNECTIONS = "/connections"
PAGE_SIZE = 100
MOST_PAGES = 1_000

_JSON = {"Accept": "application/json"}  # the default is XML


class Calls:
    """Calls for one organisation, over the client that the hub signs, guards, paces and closes.

    What only reads raises ConnectorError; what writes raises NotWritten or OutcomeUnknown.
    """

    def __init__(self, client: httpx2.Client, tenant: str) -> None:
        self.tenant = tenant
        self._client = client
        self._headers = {**_JSON, "Xero-Tenant-Id": tenant}
        self._put_to = httpx2.URL(f"{str(client.base_url).rstrip('/')}{API}/ManualJournals?summarizeErrors=false")

    def connections(self) -> Json:
        """Return the tenants that the sign-in reaches."""
        response = self._ask(CONNECTIONS, headers=_JSON)
        try:
            return parsed_any(response.content)
        except Unreadable as error:
            raise faults.unreadable(error, response).after_read() from error

    def get(self, path: str, asked: Mapping[str, str] | None = None, *, since: str = "") -> Row:
        """Return the answer to one question; since: only what was changed since, in UTC."""
        headers = {**self._headers, "If-Modified-Since": since} if since else self._headers
        response = self._ask(API + path, asked, headers=headers)
        if response.status_code == httpx2.codes.NOT_MODIFIED:
            return {}
        try:
            return parsed(response.content)
        except Unreadable as error:
            raise faults.unreadable(error, response).after_read() from error

    def journal(self, journal_id: str) -> Row | None:
        """Return the answer about one manual journal, None where Xero says that there is none."""
        response = self._send("GET", f"{API}/ManualJournals/{journal_id}")
        if faults.is_gone(response):
            return None
        if not response.is_success:
            raise faults.error_after_read(response)
        return parsed(response.content)

    def journals(self, *, where: str = "", since: str = "") -> Iterator[Row]:
        """Yield the manual journals of every page, drafts and voided ones too; with a page their lines come along.

        Pages go on until Xero says that there are no more, or one is not full. Raises Unreadable where fewer came than Xero
        counts: one that is changed meanwhile moves to another page, and the journal that was looked for may be the one missed.
        """
        seen: set[str] = set()
        for page in range(1, MOST_PAGES + 1):
            asked = {"page": str(page), "pageSize": str(PAGE_SIZE), "order": "UpdatedDateUTC ASC"}
            told = self.get("/ManualJournals", {**asked, "where": where} if where else asked, since=since)
            found = rows(told, "ManualJournals") if told else []
            yield from found
            seen.update(identifier(row, "ManualJournalID") for row in found)
            pages, items = _counted(told)
            if page >= (pages if pages is not None else MOST_PAGES + 1 if len(found) >= PAGE_SIZE else 0):
                if items is not None and len(seen) < items:
                    raise Unreadable("Journals were changed while they were listed.")
                return
        raise Unreadable(f"There are more than {MOST_PAGES} pages of journals.")

    def put_journal(self, body: bytes, key: str) -> httpx2.Response:
        """Send a journal once, with its key; nothing here repeats it."""
        headers = {**self._headers, "Content-Type": "application/json", "Idempotency-Key": key}
        try:
            return self._client.put(self._put_to, content=body, headers=headers, follow_redirects=False)
        except httpx2.HTTPError as error:
            raise faults.silence_after_write(error) from error

    def _ask(self, path: str, asked: Mapping[str, str] | None = None, *, headers: Mapping[str, str]) -> httpx2.Response:
        response = self._send("GET", path, asked, headers=headers)
        if response.is_success or response.status_code == httpx2.codes.NOT_MODIFIED:
            return response
        raise faults.error_after_read(response)

    def _send(
        self,
        method: str,
        path: str,
        asked: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        try:
            return self._client.request(
                method, path, params=asked, headers=headers or self._headers, follow_redirects=False
            )
        except httpx2.HTTPError as error:
            raise faults.silence_after_read(error) from error


def _counted(told: Row) -> tuple[int | None, int | None]:
    """Return how many pages and journals there are, None where an answer does not count them."""
    pagination = told.get("pagination")
    counts = pagination if isinstance(pagination, dict) else {}
    pages, items = counts.get("pageCount"), counts.get("itemCount")
    return pages if type(pages) is int else None, items if type(items) is int else None
