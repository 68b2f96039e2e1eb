"""A session of the connector before a sandbox in the same process, and journals written as people write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import httpx2

from hub.api import Account, Company, Connection, JournalEntry, JournalLine, Problem, Reason, Side
from hub.plugins.client import guarded_client
from hub.testing.clock import VirtualClock
from hub.testing.sandbox import AppTransport
from hub_quickbooks.connector import QuickBooks
from hub_quickbooks.sandbox import QuickBooksSandbox
from hub_quickbooks.sandbox.sample import RESTAURANT
from hub_quickbooks.session import QuickBooksSession
from hub_quickbooks.settings import Settings

BASE = "http://127.0.0.1:9001"
KEY = "0123456789abcdef" * 2
REFERENCE = "IA7K2Q9XM4B"
WORKED = """
Dr 121 4,812.37 | Reverse ending inventory 2026-09-30 · Meat · Downtown
Cr 101 4,812.37 | Reverse ending inventory 2026-09-30 · Meat · Downtown
Dr 101 5,120.05 | Ending inventory 2026-10-31 · Meat · Downtown
Cr 121 5,120.05 | Ending inventory 2026-10-31 · Meat · Downtown
"""
_LINE = re.compile(r"(?P<side>Dr|Cr) (?P<account>\S+) (?P<amount>[\d,.]+)(?: \| (?P<memo>.*))?")

Json = Any
Choose = Callable[[httpx2.Request], httpx2.Response | None]


class Spoiled(httpx2.BaseTransport):
    """Passes requests on, keeps them with their answers, and lets a test answer instead."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self.calls: list[tuple[httpx2.Request, httpx2.Response]] = []
        self.instead: Choose = lambda _request: None
        self._inner = inner

    @property
    def requests(self) -> list[httpx2.Request]:
        return [request for request, _ in self.calls]

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        answer = self.instead(request) or self._inner.handle_request(request)
        answer.read()
        self.calls.append((request, answer))
        return answer


class Counter:
    """The connector, signed in to the restaurant's books of a sandbox whose clock the test moves."""

    def __init__(self, **settings: Any) -> None:
        self.clock = VirtualClock()
        self.sandbox = QuickBooksSandbox(clock=self.clock)
        self.site = self.sandbox.site(BASE)
        self.site.desk.limits.on = False
        self.network = Spoiled(AppTransport(self.site.app))
        self.connector = QuickBooks(clock=self.clock.seconds, now=self.clock.now)
        self.settings = Settings(base_url=BASE, **settings)
        self.token = self.site.signed_in.access

    @property
    def company(self) -> Any:
        return self.site.companies[RESTAURANT]

    def client(self) -> httpx2.Client:
        headers = {"Authorization": f"Bearer {self.token}"}
        return guarded_client(
            BASE, transport=self.network, headers=headers, clock=self.clock.seconds, request_ids=("intuit_tid",)
        )

    def session(self, **changes: Any) -> QuickBooksSession:
        connection = Connection(
            name="books",
            settings=self.settings,
            environment="local",
            company=Company(id=RESTAURANT, name="Books", currency="USD"),
            currency="USD",
            signed_in={"realmId": RESTAURANT},
            client=self.client(),
        )
        return self.connector.open(replace(connection, **changes))

    def plan(self, **fault: Json) -> None:
        """Tell the sandbox what to do."""
        with httpx2.Client(base_url=BASE, transport=AppTransport(self.site.app)) as client:
            answer = client.post("/_sandbox/faults", json=fault)
        assert answer.status_code == 200, answer.text

    def journals(self) -> list[str]:
        """Return the numbers of the journals that stand in the books."""
        return [journal.reference for journal in self.company.books.journals.values()]

    def raw(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Call the accounting API as any client would."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", **options.pop("headers", {})}
        with httpx2.Client(base_url=BASE, transport=AppTransport(self.site.app)) as client:
            return client.request(method, f"/v3/company/{RESTAURANT}/{path}", headers=headers, **options)

    def query(self, statement: str) -> Json:
        return self.raw("GET", "query", params={"query": statement}).json()


def journal(text: str = WORKED, dimensions: Mapping[str, str] | None = None, **changes: Any) -> JournalEntry:
    """Return the entry that the text describes: of site DT, on 31 October 2026, in USD, or as changes say."""
    values = {
        "key": KEY,
        "reference": REFERENCE,
        "part": 1,
        "date": date(2026, 10, 31),
        "count_date": date(2026, 10, 31),
        "currency": "USD",
        "memo": "Inventory adjustments 2026-10-31",
        "lines": tuple(_line(line, dimensions or {}) for line in text.strip().splitlines()),
    }
    return JournalEntry(**{**values, **changes})


def codes(problems: Any) -> list[str]:
    return [problem.code for problem in problems if isinstance(problem, Problem)]


def _line(text: str, dimensions: Mapping[str, str]) -> JournalLine:
    found = _LINE.fullmatch(text.strip())
    assert found is not None, f"not a journal line: {text}"
    return JournalLine(
        account=Account(id=found["account"]),
        side=Side.DEBIT if found["side"] == "Dr" else Side.CREDIT,
        amount=Decimal(found["amount"].replace(",", "")),
        memo=found["memo"] or "",
        site="DT",
        reason=Reason.CURRENT,
        dimensions=dimensions,
    )
