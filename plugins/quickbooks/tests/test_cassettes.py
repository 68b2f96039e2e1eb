"""The connector against recorded answers; `make record` records them again.

They are of this repository's own sandbox, unless the environment has HUB_QUICKBOOKS_CLIENT_ID, HUB_QUICKBOOKS_CLIENT_SECRET,
HUB_QUICKBOOKS_REFRESH_TOKEN and HUB_QUICKBOOKS_REALM of a developer's company in the vendor's, whose sample has accounts 80 and
81 too.
"""

from __future__ import annotations

import os
import secrets
import socket
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from vcr.cassette import Cassette

from hub.api import (
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
from hub.testing.clock import VirtualClock
from hub.testing.sandbox import AppTransport
from hub_quickbooks import places
from hub_quickbooks.connector import QuickBooks
from hub_quickbooks.sandbox import QuickBooksSandbox
from hub_quickbooks.session import QuickBooksSession
from hub_quickbooks.settings import Settings
from plugins.quickbooks.tests.counter import journal
from tests.cassettes import RECORDING, CassetteTransport, cassette, noted

HERE, VENDORS = "the sandbox of this repository", "the vendor's sandbox"
LOCAL, REALM = "http://127.0.0.1:9001", "9130350000000001"
GIVEN = {
    name: os.environ.get(f"HUB_QUICKBOOKS_{name}", "")
    for name in ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "REALM")
}
ALPHABET = string.ascii_uppercase + string.digits


@dataclass(frozen=True, kw_only=True)
class Tape:
    """A session whose network is a cassette. entry: of a reference and key of the recording's own."""

    session: QuickBooksSession
    entry: JournalEntry
    since: datetime
    client: httpx2.Client
    told: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Place:
    """What is recorded: where it answers, through what, and what signs the calls."""

    name: str
    environment: str
    base_url: str
    token_url: str
    told: dict[str, str]
    inner: httpx2.BaseTransport | None
    realm: str
    access: str
    now: Callable[[], datetime]


def own_sandbox() -> Place:
    clock = VirtualClock()
    site = QuickBooksSandbox(clock=clock).site(LOCAL)
    site.desk.limits.on = False
    return Place(
        name=HERE,
        environment="local",
        base_url=LOCAL,
        token_url=f"{LOCAL}{places.TOKEN}",
        told=dict(site.credentials()),
        inner=AppTransport(site.app) if RECORDING else None,
        realm=REALM,
        access=site.signed_in.access,
        now=clock.now,
    )


def vendors_sandbox() -> Place:
    """Return the vendor's sandbox, signed in with what the environment gives; the token call is not recorded."""
    token_url = places.sign_in().token_url
    form = {"grant_type": "refresh_token", "refresh_token": GIVEN["REFRESH_TOKEN"]}
    answer = httpx2.post(token_url, data=form, auth=(GIVEN["CLIENT_ID"], GIVEN["CLIENT_SECRET"]), timeout=30)
    tokens = answer.raise_for_status().json()
    return Place(
        name=VENDORS,
        environment="sandbox",
        base_url=places.API["sandbox"],
        token_url=token_url,
        told={"client_id": GIVEN["CLIENT_ID"], "client_secret": GIVEN["CLIENT_SECRET"], "refresh_token": tokens["refresh_token"]},
        inner=httpx2.HTTPTransport(),
        realm=GIVEN["REALM"],
        access=tokens["access_token"],
        now=lambda: datetime.now(UTC),
    )  # fmt: skip


@pytest.fixture(scope="module")
def place() -> Place:
    return vendors_sandbox() if RECORDING and all(GIVEN.values()) else own_sandbox()


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
    hidden = {place.realm: REALM, place.told["client_id"]: "CLIENT", place.told["client_secret"]: "REDACTED"}
    with cassette("quickbooks", request.node.name.removeprefix("test_"), told=hidden) as opened:
        yield tape_of(opened, place)


def tape_of(opened: Cassette, place: Place) -> Tape:
    """Return a session on the cassette, at the place it was recorded from."""
    is_vendors = noted(opened, "recorded_from", place.name) == VENDORS
    environment, base_url = ("sandbox", places.API["sandbox"]) if is_vendors else ("local", LOCAL)
    token = places.sign_in().token_url if is_vendors else f"{LOCAL}{places.TOKEN}"
    since = datetime.fromisoformat(noted(opened, "since", place.now().isoformat(timespec="seconds")))
    realm = place.realm if RECORDING else REALM
    transport = CassetteTransport(opened, place.inner)
    headers = {"Authorization": f"Bearer {place.access}"}
    client = guarded_client(base_url, hosts=[token.split("/oauth2")[0]], transport=transport, headers=headers)
    connection = Connection(
        name="books",
        settings=Settings(base_url="" if is_vendors else LOCAL),
        environment=environment,
        company=Company(id=realm, name="Books", currency="USD"),
        currency="USD",
        signed_in={"realmId": realm},
        client=client,
    )
    entry = journal(
        "Dr 80 125.40 | Ending inventory\nCr 81 125.40 | Ending inventory",
        reference=noted(opened, "reference", "IA" + "".join(secrets.choice(ALPHABET) for _ in range(9))),
        key=noted(opened, "key", secrets.token_hex(16)),
    )
    session = QuickBooks(now=lambda: since).open(connection)
    return Tape(session=session, entry=entry, since=since, client=client, told={**place.told, "token_url": token})


def test_books_are_read(tape: Tape) -> None:
    (company,) = tape.session.companies()
    assert company.currency == "USD"
    chart = {account.id: account for account in tape.session.accounts()}
    assert chart["81"].active
    assert {"80", "81", "84", "33"} <= chart.keys()
    assert chart["84"].why_not_postable
    assert tape.session.preflight(tape.entry) == ()
    assert all(dimension.values is not None for dimension in tape.session.dimensions())


def test_a_journal_is_posted_once_found_and_read(tape: Tape) -> None:
    assert tape.session.find(tape.entry) == []
    posted = tape.session.post(tape.entry)
    again = tape.session.post(tape.entry)
    assert (posted.id, posted.number) == (again.id, tape.entry.reference)
    (found,) = tape.session.find(tape.entry)
    assert found.id == posted.id
    recorded = tape.session.read(posted)
    assert recorded is not None
    assert differences(tape.entry, recorded) == ()
    assert posted.id in {receipt.id for receipt in tape.session.changed_since(tape.since)}


def test_an_account_that_is_not_there_is_refused(tape: Tape) -> None:
    with pytest.raises(AccountMissing) as caught:
        tape.session.post(journal("Dr 99999 1\nCr 81 1", reference=tape.entry.reference, key=tape.entry.key))
    assert caught.value.code == "2500"
    assert caught.value.request_id
    assert tape.session.find(tape.entry) == []


def test_a_journal_that_is_not_there_is_none(tape: Tape) -> None:
    assert tape.session.read(Receipt(id="99999999", status=ReceiptStatus.POSTED)) is None


def test_a_call_without_a_sign_in_is_refused(tape: Tape) -> None:
    tape.client.headers["Authorization"] = "Bearer nonsense"
    with pytest.raises(ReconnectNeeded) as caught:
        tape.session.accounts()
    assert caught.value.code == "3200"
    with pytest.raises((ReconnectNeeded, OutcomeUnknown)):
        tape.session.post(tape.entry)


def test_a_sign_in_is_renewed_and_a_wrong_token_refused(tape: Tape) -> None:
    """What the hub's own sign-in sends, whose answers differ between vendors."""
    basic = (tape.told["client_id"], tape.told["client_secret"])
    headers = places.HARD_EXPIRY_ASKED
    form = {"grant_type": "refresh_token", "refresh_token": tape.told["refresh_token"]}
    told = tape.client.post(tape.told["token_url"], data=form, auth=basic, headers=headers).json()
    assert {
        "access_token",
        "refresh_token",
        "x_refresh_token_expires_in",
        "x_refresh_token_hard_expires_in",
    } <= told.keys()
    refused = tape.client.post(tape.told["token_url"], data={"grant_type": "refresh_token"}, auth=basic)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
