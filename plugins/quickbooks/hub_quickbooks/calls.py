"""Every call to QuickBooks: a question may be asked again, a journal is sent by one request that nothing repeats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote

import httpx2

from hub_quickbooks import answers, faults
from hub_quickbooks.answers import Answer, Json, Unreadable
from hub_quickbooks.wire import an_object

MINOR_VERSION = "75"
MOST_ROWS = 1_000  # of one page, which is the vendor's most
MOST_PAGES = 200
_JSON = {"Accept": "application/json"}
_JSON_BOTH_WAYS = {**_JSON, "Content-Type": "application/json"}


class Calls:
    """Calls one company's books through the client that the hub signs, guards and closes."""

    def __init__(self, client: httpx2.Client, realm: str) -> None:
        self._client = client
        self._books = f"v3/company/{quote(realm, safe='')}"

    def get(self, path: str, **asked: str) -> dict[str, Json]:
        """Return the body of an answer to a question; raises ConnectorError."""
        return good(self.ask(path, **asked))

    def ask(self, path: str, **asked: str) -> Answer:
        """Return the answer to a question, whatever it says; raises ConnectorError where there is none."""
        parameters = {**asked, "minorversion": MINOR_VERSION}
        try:
            response = self._client.get(f"{self._books}/{path}", params=parameters, headers=_JSON)
        except httpx2.HTTPError as error:
            raise faults.silence_after_read(error) from error
        return answers.read(response)

    def rows(self, entity: str, where: str) -> list[Json]:
        """Return what matches, page by page; raises ConnectorError, and Unreadable where an answer makes no sense."""
        return list(self._pages(entity, where))

    def write(self, path: str, content: bytes, key: str) -> Answer:
        """Send a journal, once; raises NotWritten or OutcomeUnknown where no answer came."""
        parameters = {"minorversion": MINOR_VERSION, "requestid": key}
        try:
            response = self._client.post(
                f"{self._books}/{path}", params=parameters, content=content, headers=_JSON_BOTH_WAYS
            )
            return answers.read(response)
        except httpx2.HTTPError as error:
            raise faults.silence_after_write(error) from error

    def _pages(self, entity: str, where: str) -> Iterator[Json]:
        for page in range(MOST_PAGES):
            first = page * MOST_ROWS + 1
            statement = f"SELECT * FROM {entity} WHERE {where} STARTPOSITION {first} MAXRESULTS {MOST_ROWS}"
            found = an_object(self.get("query", query=statement).get("QueryResponse"))
            rows = found.get(entity, [])
            if not isinstance(rows, list):
                raise Unreadable(f"{entity} is not a list.")
            yield from rows
            if len(rows) < MOST_ROWS:
                return
        raise Unreadable("There are more pages than there can be.")


def good(answer: Answer) -> dict[str, Json]:
    """Return the body of a success; raises ConnectorError for anything else."""
    if not answer.is_good or answer.body is None:
        raise faults.error_after_read(answer)
    return answer.body


def quoted(value: str) -> str:
    """Return a text as a query has it."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def distinct(rows: Iterable[Json]) -> list[Json]:
    """Return rows without those whose id came before: what is added while pages are read moves others to the next page."""
    seen: dict[object, Json] = {}
    for row in rows:
        seen.setdefault(an_object(row).get("Id"), row)
    return list(seen.values())
