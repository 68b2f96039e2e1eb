"""The sandbox in the same process, with a clock that a test moves, and a client that is signed in to it."""

from __future__ import annotations

from typing import Any

import httpx2

from hub.api import Company, Connection
from hub.testing.clock import VirtualClock
from hub.testing.sandbox import AppTransport
from hub_xero.connector import Xero
from hub_xero.sandbox import XeroSandbox
from hub_xero.sandbox.organisations import Organisation
from hub_xero.session import XeroSession
from hub_xero.settings import Settings

BASE = "http://127.0.0.1:9001"
API = "/api.xro/2.0"
Body = dict[str, Any]  # JSON


class Local:
    """One sandbox; transport: the way to it, which a test may wrap."""

    def __init__(self, clock: VirtualClock | None = None) -> None:
        self.clock = clock or VirtualClock()
        self.sandbox = XeroSandbox(self.clock)
        self.stand = self.sandbox.stand(BASE)
        self.credentials = dict(self.sandbox.credentials(BASE))
        self.transport: httpx2.BaseTransport = AppTransport(self.sandbox.app(BASE))
        self.bare = httpx2.Client(base_url=BASE, transport=self.transport)
        self.access = self.stand.tokens.grant(self.credentials["scopes"].split(), self.tenants()).access

    @property
    def us(self) -> Organisation:
        """The organisation that keeps its books in US dollars."""
        return self.stand.organisations[0]

    def tenants(self) -> list[str]:
        return [each.tenant for each in self.stand.organisations]

    def call(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Call the API as a client that is signed in, JSON both ways unless told otherwise."""
        headers = {
            "Authorization": f"Bearer {self.access}",
            "xero-tenant-id": self.us.tenant,
            "Accept": "application/json",
            **options.pop("headers", {}),
        }
        told = {name: value for name, value in headers.items() if value}
        return self.bare.request(method, path if path.startswith("/") else f"{API}/{path}", headers=told, **options)

    def faults(self, **told: Any) -> Body:
        """Tell the sandbox what goes wrong next, or what changes."""
        answer = self.bare.post("/_sandbox/faults", json=told)
        assert answer.status_code == 200, answer.text
        body: Body = answer.json()
        return body

    def ledger(self) -> Body:
        body: Body = self.bare.get("/_sandbox/ledger").json()
        return body

    def balance(self, account: str) -> str:
        """An account's balance, debit positive, as text."""
        row = next(each for each in self.ledger()["trial_balance"] if each["account"] == account)
        return f"-{row['credit']}" if row["debit"] == "0.00" != row["credit"] else str(row["debit"])

    def session(self, transport: httpx2.BaseTransport | None = None, **settings: str) -> XeroSession:
        """Return a session of the connector for the organisation in US dollars."""
        client = httpx2.Client(
            base_url=BASE, transport=transport or self.transport, headers={"Authorization": f"Bearer {self.access}"}
        )
        company = Company(id=self.us.tenant, name=self.us.name, currency="USD")
        settings = {"base_url": BASE, **settings}
        connection = Connection(
            name="books", environment="local", settings=Settings(**settings), company=company, client=client
        )
        session = Xero().open(connection)
        assert isinstance(session, XeroSession)
        return session


def manual_journal(debit: str = "1310", credit: str = "5010", amount: float = 125.4, **changes: Any) -> Body:
    """A journal as clients send it."""
    lines = [{"LineAmount": amount, "AccountCode": debit}, {"LineAmount": -amount, "AccountCode": credit}]
    return {
        "Narration": "IA7K2Q9XM4B Inventory",
        "Date": "2026-10-31",
        "Status": "POSTED",
        "LineAmountTypes": "NoTax",
        "JournalLines": lines,
        **changes,
    }
