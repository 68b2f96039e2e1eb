"""A ledger, a network and a session around one clock, and entries written as accountants write them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import httpx2

import hub.testing.connector
from hub.api import Account, Connection, JournalEntry, JournalLine, Reason, Side
from hub.plugins import GuardedConnector, GuardedSession, load
from hub.plugins.client import guarded_client
from hub.testing import FakeLedger, Fault, LossyTransport, Profile, Settings, VirtualClock
from hub.testing.connector.session import FakeSession

BASE_URL = "http://ledger.example"
KEY = "0123456789abcdef" * 2
MEAT = ("Dr 1310 4812.37", "Cr 5010 4812.37")


def entry(*lines: str, **changes: Any) -> JournalEntry:
    """An entry from lines such as `Dr 1310 4812.37`; by default Dr Food Inventory, Cr COGS Meat."""
    values: dict[str, Any] = {
        "key": KEY,
        "reference": "IA7K2Q9XM4B",
        "part": 1,
        "date": date(2026, 10, 31),
        "count_date": date(2026, 10, 31),
        "currency": "USD",
        "memo": "Ending inventory 2026-10-31",
        "lines": tuple(line(text) for text in lines or MEAT),
    }
    return JournalEntry(**{**values, **changes})


def line(text: str) -> JournalLine:
    side, number, amount = text.split()
    return JournalLine(
        account=Account(id=f"acc-{number}", number=number),
        side=Side.DEBIT if side == "Dr" else Side.CREDIT,
        amount=Decimal(amount),
        memo="Downtown",
        site="DT",
        reason=Reason.CURRENT,
    )


def connector() -> GuardedConnector:
    """The fake connector, brought to the host as any plugin is."""
    return load(only=[hub.testing.connector]).connector("fake")


class Script:
    """Gives one planned fault to each request, and none when the plan is over."""

    def __init__(self, faults: Iterable[Fault | None]) -> None:
        self._faults = iter(faults)

    def __call__(self, request: httpx2.Request) -> Fault | None:
        return next(self._faults, None)


@dataclass
class World:
    """One ledger, and sessions with it through a network of its own."""

    profile: Profile = Profile.NO_KEY
    clock: VirtualClock = field(default_factory=VirtualClock)
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ledger = FakeLedger(now=self.clock.now, profile=self.profile, **self.options)

    def client(self, *faults: Fault | None, headers: dict[str, str] | None = None) -> httpx2.Client:
        """A client as the hub hands one to a session, through a network with these faults."""
        transport = LossyTransport(self.ledger.transport(), Script(faults), clock=self.clock)
        return guarded_client(BASE_URL, transport=transport, headers=headers, clock=self.clock.seconds)

    def session(self, *faults: Fault | None, headers: dict[str, str] | None = None) -> GuardedSession:
        """A guarded session whose first calls meet these faults."""
        return connector().open(self.connection(self.client(*faults, headers=headers)))

    def bare_session(self, client: httpx2.Client) -> FakeSession:
        """A session without the host's guard, as its own author sees it."""
        return FakeSession(client, self.settings())

    def connection(self, client: httpx2.Client) -> Connection:
        return Connection(name="books", settings=self.settings(), client=client)

    def settings(self, **changes: Any) -> Settings:
        return Settings(base_url=BASE_URL, profile=self.profile, **changes)

    def call(self, method: str, path: str, **request: Any) -> httpx2.Response:
        """One plain HTTP call to the ledger itself."""
        with httpx2.Client(transport=self.ledger.transport(), base_url=f"{BASE_URL}/companies/1") as client:
            return client.request(method, path, **request)

    def send(self, body: dict[str, Any] | None = None, *, key: str = "", **changes: Any) -> httpx2.Response:
        """Send a journal by hand, with a key as the profile takes it."""
        told = {**(body or journal_body()), **changes}
        if self.profile is Profile.REQUEST_ID:
            return self.call("POST", "/journals", json=told, params={"request_id": key} if key else None)
        if self.profile is Profile.EXTERNAL_ID:
            return self.call("POST", "/journals", json={**told, "external_id": key})
        headers = {"Idempotency-Key": key} if self.profile is Profile.SHORT_KEY and key else {}
        return self.call("POST", "/journals", json=told, headers=headers)


def journal_body(*lines: str, **changes: Any) -> dict[str, Any]:
    """The body that writes a journal, from lines such as `Dr 1310 4812.37`."""
    told = {
        "reference": "IA7K2Q9XM4B",
        "memo": "Ending inventory",
        "date": "2026-10-31",
        "currency": "USD",
        "lines": [_line_body(*each.split()) for each in lines or MEAT],
    }
    return {**told, **changes}


def _line_body(side: str, number: str, amount: str) -> dict[str, str]:
    return {"account_id": f"acc-{number}", {"Dr": "debit", "Cr": "credit"}[side]: amount}


def code(response: httpx2.Response) -> str:
    """The code of an error that the ledger answered."""
    return str(json.loads(response.content)["error"]["code"])
