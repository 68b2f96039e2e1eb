"""The connector against recorded answers over both interfaces; `make record` records them again, from this repository's sandbox.

What signs requests stands behind the tape, so that no passport and no token is on it.
"""

from __future__ import annotations

import secrets
import socket
import string
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub.api import (
    Account,
    Company,
    Connection,
    EntryRejected,
    JournalEntry,
    PeriodClosed,
    Receipt,
    ReceiptStatus,
    ReconnectNeeded,
)
from hub.domain.comparing import differences
from hub.plugins.client import guarded_client
from hub_netsuite.connector import NetSuite
from hub_netsuite.session import NetSuiteSession
from hub_netsuite.settings import Secrets, Settings
from plugins.netsuite.tests.journals import entry, line
from plugins.netsuite.tests.sandbox_client import BASE, FOOD, MEAT, Local
from tests.cassettes import RECORDING, CassetteTransport, cassette, noted

ALPHABET = string.ascii_uppercase + string.digits
WEST = {"subsidiary": "West"}


class Signed(httpx2.BaseTransport):
    """Signs what is recorded, and keeps a test's own changes away from the tape."""

    def __init__(self, local: Local, transport: str, settings: Settings) -> None:
        self._local = local
        self._settings = settings
        self._connector = NetSuite(local.clock.seconds)
        self.secrets = {name: local.credentials[name] for name in Secrets.model_fields}
        self.token = local.token().json()["access_token"] if transport == "rest" else ""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.token:
            request.headers["Authorization"] = f"Bearer {self.token}"
            return self._local.transport.handle_request(request)
        typed = Secrets.model_validate(self.secrets)
        return self._local.transport.handle_request(self._connector.sign(request, typed, self._settings))


@dataclass(frozen=True, kw_only=True)
class Tape:
    """A session whose network is a cassette. entry: of a reference and key of the recording's own; local: None while played."""

    session: NetSuiteSession
    entry: JournalEntry
    transport: str
    local: Local | None
    signed: Signed | None


@pytest.fixture(params=["soap", "rest"])
def tape(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tape]:
    if not RECORDING:

        def refuse(*_arguments: Any, **_options: Any) -> None:
            raise AssertionError("a played cassette needs no network")

        monkeypatch.setattr(socket.socket, "connect", refuse)
    with cassette("netsuite", request.node.name.removeprefix("test_"), told={}) as opened:
        noted(opened, "recorded_from", "the sandbox of this repository")
        settings = Settings.model_validate({"account": "1234567_SB1", "base_url": BASE, "transport": request.param})
        local = Local(folder=tmp_path, version="2025_2") if RECORDING else None
        signed = Signed(local, request.param, settings) if local is not None else None
        client = guarded_client(BASE, transport=CassetteTransport(opened, signed))
        connection = Connection(
            name="books",
            settings=settings,
            environment="local",
            company=Company(id="1234567_SB1", name="Restaurants Inc.", currency="USD"),
            currency="USD",
            client=client,
        )
        session = NetSuite(lambda: 1_793_610_000.0).open(connection)
        assert isinstance(session, NetSuiteSession)
        reference = noted(opened, "reference", "IA" + "".join(secrets.choice(ALPHABET) for _ in range(9)))
        made = entry(
            line("debit", Account(id=FOOD), "125.40", **WEST), line("credit", Account(id=MEAT), "125.40", **WEST)
        )
        made = replace(made, reference=reference, key=noted(opened, "key", secrets.token_hex(16)))
        yield Tape(session=session, entry=made, transport=request.param, local=local, signed=signed)


def test_books_are_read(tape: Tape) -> None:
    (company,) = tape.session.companies()
    assert (company.id, company.name) == ("1234567_SB1", "Restaurants Inc. (1234567_SB1)")
    chart = {account.number: account for account in tape.session.accounts()}
    assert (chart["1310"].kind, chart["5010"].kind) == ("asset", "cogs")
    assert chart["1100"].why_not_postable
    assert len(chart) > 10
    dimensions = {each.name: each for each in tape.session.dimensions()}
    assert set(dimensions) == {"subsidiary", "department", "class", "location"}
    assert [problem for problem in tape.session.preflight(tape.entry) if problem.blocking] == []


def test_a_journal_is_added_once_found_and_read(tape: Tape) -> None:
    assert tape.session.find(tape.entry) == []
    posted = tape.session.post(tape.entry)
    again = tape.session.post(tape.entry)
    assert (posted.id, posted.status) == (again.id, ReceiptStatus.POSTED)
    (found,) = tape.session.find(tape.entry)
    assert (found.id, found.number) == (posted.id, posted.number)
    recorded = tape.session.read(posted)
    assert recorded is not None
    assert differences(tape.entry, recorded) == ()


def test_a_subsidiary_that_may_not_use_an_account_is_told_and_refused(tape: Tape) -> None:
    canadian = Account(id="209", number="1370", name="Canadian Inventory")
    made = entry(line("debit", canadian, "1.00", **WEST), line("credit", Account(id=MEAT), "1.00", **WEST))
    made = replace(made, reference=tape.entry.reference, key=tape.entry.key)
    assert "account_not_of_subsidiary" in [each.code for each in tape.session.preflight(made)]
    with pytest.raises(EntryRejected, match="subsidiary"):
        tape.session.post(made)
    assert tape.session.find(made) == []


def test_a_closed_period_is_told_and_refused(tape: Tape) -> None:
    if tape.local is not None:
        tape.local.faults(closed_through="2026-09-30")
    made = replace(tape.entry, date=date(2026, 9, 30))
    assert "period_closed" in [each.code for each in tape.session.preflight(made)]
    with pytest.raises(PeriodClosed):
        tape.session.post(made)


def test_a_journal_that_is_not_there_is_none(tape: Tape) -> None:
    assert tape.session.read(Receipt(id="999999", status=ReceiptStatus.POSTED)) is None


def test_a_sign_in_that_is_wrong_is_refused(tape: Tape) -> None:
    if tape.signed is not None:
        tape.signed.secrets["token_secret"] = "another"
        tape.signed.token = tape.signed.token and "nonsense"
    for call in (tape.session.accounts, lambda: tape.session.post(tape.entry)):
        with pytest.raises(ReconnectNeeded, match="View Login Audit Trail"):
            call()
