"""Journals to post, and a Xero that answers from a script: what was asked is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import httpx2

from hub.api import Account, Company, Connection, JournalEntry, JournalLine, Reason, Side
from hub_xero.connector import API_HOST, Xero
from hub_xero.session import XeroSession
from hub_xero.settings import Settings

TENANT = "0d0c1b0a-3f0e-4d6f-9f6b-2f1c7a1f0a11"
KEY = "0123456789abcdef" * 2
REFERENCE = "IA7K2Q9XM4B"
FOOD = Account(id="a1310a1c-0000-4000-8000-000000001310", number="1310", name="Food Inventory")
MEAT = Account(id="a5010a1c-0000-4000-8000-000000005010", number="5010", name="COGS Meat")
JOURNAL = "d312dd5e-a53e-46d1-9d51-c569ef4570b7"
JSON = {"Content-Type": "application/json; charset=utf-8", "Xero-Correlation-Id": "c0ffee00-1"}

Answer = httpx2.Response | Exception
Body = dict[str, Any]  # JSON


def line(side: str, account: Account, amount: str, memo: str = "", **dimensions: str) -> JournalLine:
    return JournalLine(
        account=account,
        side=Side(side),
        amount=Decimal(amount),
        memo=memo or f"Ending inventory 2026-10-31 · {account.name}",
        site="DT",
        reason=Reason.CURRENT,
        dimensions=dimensions,
    )


def entry(*lines: JournalLine, currency: str = "USD", memo: str = "Inventory adjustments 2026-10-31") -> JournalEntry:
    return JournalEntry(
        key=KEY,
        reference=REFERENCE,
        part=1,
        date=date(2026, 10, 31),
        count_date=date(2026, 10, 31),
        currency=currency,
        memo=memo,
        lines=lines or (line("debit", FOOD, "5120.05"), line("credit", MEAT, "5120.05")),
    )


def answer(body: object, status: int = 200, **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, headers={**JSON, **named}, content=json.dumps(body, default=float).encode())


def journal(**changes: object) -> Body:
    """A manual journal as Xero answers it, of the entry above."""
    return {
        "ManualJournalID": JOURNAL,
        "Narration": f"{REFERENCE} Inventory adjustments 2026-10-31",
        "Date": "/Date(1793404800000+0000)/",
        "Status": "POSTED",
        "LineAmountTypes": "NoTax",
        "UpdatedDateUTC": "/Date(1793491200000+0000)/",
        "JournalLines": [there(FOOD, 5120.05), there(MEAT, -5120.05)],
        **changes,
    }


def there(account: Account, amount: float | Decimal, **changes: object) -> Body:
    """A line as Xero answers it."""
    named = {"AccountID": account.id, "AccountCode": account.number}
    return {**named, "LineAmount": amount, "TaxType": "NONE", "TaxAmount": 0.0, "IsBlank": False, **changes}


def journals(*several: Body, **more: object) -> Body:
    return {"Id": JOURNAL, "Status": "OK", "ManualJournals": list(several), **more}


ORGANISATION: Body = {
    "Organisations": [
        {"Name": "Acme Restaurants", "BaseCurrency": "USD", "ShortCode": "!FR6KJ", "OrganisationID": TENANT}
    ]
}


@dataclass
class Scripted:
    """Answers each path from a script, in order, the last one for ever; the organisation unless told otherwise."""

    answers: dict[str, list[Answer | Callable[[httpx2.Request], httpx2.Response]]]
    asked: list[httpx2.Request] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.asked.append(request)
        path = request.url.path.removeprefix("/api.xro/2.0")
        several = self.answers.get(f"{request.method} {path}")
        if several is None and path == "/Organisation":
            return answer(ORGANISATION)
        assert several, f"nobody expected {request.method} {path}"
        told = several.pop(0) if len(several) > 1 else several[0]
        if isinstance(told, Exception):
            raise told
        if isinstance(told, httpx2.Response):
            return httpx2.Response(told.status_code, headers=told.headers, content=told.content)
        return told(request)

    def calls(self) -> list[str]:
        return [f"{request.method} {request.url.path.removeprefix('/api.xro/2.0')}" for request in self.asked]


def scripted(answers: Mapping[str, object], **settings: str) -> tuple[XeroSession, Scripted]:
    """Return a session whose Xero answers from a script: by method and path, one answer or several."""
    script = Scripted({path: list(told) if isinstance(told, Sequence) else [told] for path, told in answers.items()})  # type: ignore[list-item]
    client = httpx2.Client(base_url=API_HOST, transport=httpx2.MockTransport(script))
    connection = Connection(
        name="books",
        settings=Settings(**settings),
        company=Company(id=TENANT, name="Acme Restaurants", currency="USD"),
        client=client,
    )
    session = Xero().open(connection)
    assert isinstance(session, XeroSession)
    return session, script
