"""The connector against recorded answers; `make record` records them again.

They are of this repository's own sandbox, unless the environment has HUB_XERO_CLIENT_ID, HUB_XERO_CLIENT_SECRET,
HUB_XERO_REFRESH_TOKEN and HUB_XERO_TENANT of a demo company in Xero, whose chart has the codes of DEMO_COMPANY.
"""

from __future__ import annotations

import os
import secrets
import socket
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from vcr.cassette import Cassette

from hub.api import (
    Account,
    AccountMissing,
    Company,
    Connection,
    JournalEntry,
    OutcomeUnknown,
    Receipt,
    ReceiptStatus,
    ReconnectNeeded,
)
from hub.domain.comparing import differences
from hub.plugins.client import guarded_client
from hub_xero.connector import API_HOST, IDENTITY_HOST, Xero
from hub_xero.session import XeroSession
from hub_xero.settings import Settings
from plugins.xero.tests.journals import entry, line
from plugins.xero.tests.stand import BASE, Local
from tests.cassettes import RECORDING, CassetteTransport, cassette, noted

HERE, VENDORS = "the sandbox of this repository", "a demo company of the vendor"
TENANT = "0d0c1b0a-3f0e-4d6f-9f6b-2f1c7a1f0a11"
GIVEN = {
    name: os.environ.get(f"HUB_XERO_{name}", "") for name in ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "TENANT")
}
ALPHABET = string.ascii_uppercase + string.digits
SANDBOX, DEMO_COMPANY = ("1310", "5010", "2010"), ("630", "310", "800")
"""Codes of an asset account, one of direct costs, and one that takes no journals."""
MISSING = "0b159335-606b-485f-b51b-97b3b32bad99"


@dataclass(frozen=True, kw_only=True)
class Tape:
    """A session whose network is a cassette. entry: of a reference and key of the recording's own; codes: see SANDBOX."""

    session: XeroSession
    entry: JournalEntry
    codes: tuple[str, str, str]
    since: datetime
    client: httpx2.Client
    told: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Place:
    """What is recorded: where it answers, through what, and what signs the calls."""

    name: str
    told: dict[str, str]
    inner: httpx2.BaseTransport | None
    tenant: str
    access: str
    now: Callable[[], datetime]


def own_sandbox() -> Place:
    local = Local()
    return Place(
        name=HERE,
        told=local.credentials,
        inner=local.transport if RECORDING else None,
        tenant=local.us.tenant,
        access=local.access,
        now=local.clock.now,
    )


def vendors() -> Place:
    """Return Xero itself, signed in with what the environment gives; the token call is not recorded."""
    form = {"grant_type": "refresh_token", "refresh_token": GIVEN["REFRESH_TOKEN"]}
    client = (GIVEN["CLIENT_ID"], GIVEN["CLIENT_SECRET"])
    tokens = httpx2.post(f"{IDENTITY_HOST}/connect/token", data=form, auth=client, timeout=30).raise_for_status().json()
    names = ("client_id", "client_secret", "refresh_token")
    return Place(
        name=VENDORS,
        told=dict(zip(names, (*client, tokens["refresh_token"]), strict=True)),
        inner=httpx2.HTTPTransport(),
        tenant=GIVEN["TENANT"],
        access=tokens["access_token"],
        now=lambda: datetime.now(UTC),
    )


@pytest.fixture(scope="module")
def place() -> Place:
    return vendors() if RECORDING and all(GIVEN.values()) else own_sandbox()


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no byte leave while cassettes are played."""
    if RECORDING:
        return

    def refuse(*_arguments: Any, **_options: Any) -> None:
        raise AssertionError("a played cassette needs no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.fixture
def tape(request: pytest.FixtureRequest, place: Place, no_network: None) -> Iterator[Tape]:
    hidden = {place.tenant: TENANT, place.told["client_id"]: "CLIENT", place.told["client_secret"]: "REDACTED"}
    with cassette("xero", request.node.name.removeprefix("test_"), told=hidden) as opened:
        yield tape_of(opened, place)


def tape_of(opened: Cassette, place: Place) -> Tape:
    """Return a session on the cassette, at the place it was recorded from."""
    is_vendors = noted(opened, "recorded_from", place.name) == VENDORS
    before = place.now() - timedelta(minutes=1)
    since = datetime.fromisoformat(noted(opened, "since", before.isoformat(timespec="seconds")))
    reference = noted(opened, "reference", "IA" + "".join(secrets.choice(ALPHABET) for _ in range(9)))
    key = noted(opened, "key", secrets.token_hex(16))
    base_url, codes = (API_HOST, DEMO_COMPANY) if is_vendors else (BASE, SANDBOX)
    transport = CassetteTransport(opened, place.inner)
    headers = {"Authorization": f"Bearer {place.access}"}
    client = guarded_client(base_url, hosts=[IDENTITY_HOST], transport=transport, headers=headers)
    connection = Connection(
        name="books",
        settings=Settings(base_url="" if is_vendors else BASE),
        environment="sandbox" if is_vendors else "local",
        company=Company(id=place.tenant if RECORDING else TENANT, name="Demo Company", currency="USD"),
        currency="USD",
        client=client,
    )
    session = Xero().open(connection)
    assert isinstance(session, XeroSession)
    asset, cogs, _ = codes
    posted = entry(line("debit", account(asset), "125.40"), line("credit", account(cogs), "125.40"))
    made = replace(posted, reference=reference, key=key)
    token_url = f"{IDENTITY_HOST if is_vendors else BASE}/connect/token"
    return Tape(
        session=session,
        entry=made,
        codes=codes,
        since=since,
        client=client,
        told={**place.told, "token_url": token_url},
    )


def account(code: str) -> Account:
    return Account(number=code)


def test_books_are_read(tape: Tape) -> None:
    assert "USD" in {company.currency for company in tape.session.companies()}
    chart = {account.number: account for account in tape.session.accounts()}
    asset, cogs, payable = tape.codes
    assert (chart[asset].kind, chart[cogs].kind) == ("asset", "cogs")
    assert chart[payable].why_not_postable
    assert [problem.code for problem in tape.session.preflight(tape.entry) if problem.blocking] == []
    assert all(dimension.values for dimension in tape.session.dimensions())


def test_a_journal_is_posted_once_found_and_read(tape: Tape) -> None:
    assert tape.session.find(tape.entry) == []
    posted = tape.session.post(tape.entry)
    again = tape.session.post(tape.entry)
    assert (posted.id, posted.number, posted.status) == (again.id, tape.entry.reference, ReceiptStatus.POSTED)
    (found,) = tape.session.find(tape.entry)
    assert found.id == posted.id
    recorded = tape.session.read(posted)
    assert recorded is not None
    assert differences(tape.entry, recorded) == ()
    assert posted.id in {receipt.id for receipt in tape.session.changed_since(tape.since)}


def test_a_key_with_another_journal_leaves_the_outcome_unknown(tape: Tape) -> None:
    tape.session.post(tape.entry)
    with pytest.raises(OutcomeUnknown) as caught:
        tape.session.post(replace(tape.entry, memo="Another"))
    assert caught.value.code == "idempotency_mismatch"
    assert caught.value.request_id


def test_an_account_that_takes_no_journals_is_refused(tape: Tape) -> None:
    asset, _, payable = tape.codes
    refused = entry(line("debit", account(payable), "1"), line("credit", account(asset), "1"))
    with pytest.raises(AccountMissing, match=f"no manual journal to the account {payable}") as caught:
        tape.session.post(replace(refused, reference=tape.entry.reference, key=tape.entry.key))
    assert caught.value.request_id
    assert tape.session.find(tape.entry) == []


def test_a_journal_that_is_not_there_is_none(tape: Tape) -> None:
    assert tape.session.read(Receipt(id=MISSING, status=ReceiptStatus.POSTED)) is None


def test_a_call_without_a_sign_in_is_refused(tape: Tape) -> None:
    tape.client.headers["Authorization"] = "Bearer nonsense"
    for call in (tape.session.accounts, lambda: tape.session.post(tape.entry)):
        with pytest.raises(ReconnectNeeded, match="no longer accepts"):
            call()


def test_a_sign_in_is_renewed_and_a_wrong_token_refused(tape: Tape) -> None:
    """What the hub's own sign-in sends, whose answers differ between vendors."""
    basic = (tape.told["client_id"], tape.told["client_secret"])
    form = {"grant_type": "refresh_token", "refresh_token": tape.told["refresh_token"]}
    told = tape.client.post(tape.told["token_url"], data=form, auth=basic).json()
    assert told.keys() - {"id_token"} == {"access_token", "refresh_token", "expires_in", "token_type", "scope"}
    refused = tape.client.post(tape.told["token_url"], data={**form, "refresh_token": "nonsense"}, auth=basic)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
