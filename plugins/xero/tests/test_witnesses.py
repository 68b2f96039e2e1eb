"""Witnesses that nobody here wrote: the vendor's OpenAPI and its official client, against the connector and the sandbox."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub.api import Company, Connection, EntryRejected, ReceiptStatus
from hub.testing.sandbox import serve_app
from hub_xero.connector import Xero
from hub_xero.sandbox import XeroSandbox
from hub_xero.settings import Settings
from plugins.xero.tests.journals import entry, line
from plugins.xero.tests.stand import Local, manual_journal
from plugins.xero.tests.witness import Spec, Witness, load_spec


@pytest.fixture(scope="module")
def accounting(shared: Path) -> Spec:
    return load_spec(shared / "specs/xero/xero_accounting.mini.yaml")


@pytest.fixture(scope="module")
def identity(shared: Path) -> Spec:
    return load_spec(shared / "specs/xero/xero-identity.yaml")


@pytest.fixture
def local() -> Local:
    return Local()


@pytest.fixture
def witness(local: Local, accounting: Spec, identity: Spec) -> Witness:
    return Witness(local.transport, accounting, identity)


def test_every_request_of_the_connector_and_every_answer_of_the_sandbox_is_as_the_vendor_specifies(
    local: Local, witness: Witness
) -> None:
    session = local.session(witness, hub_url="https://hub.example.com")
    assert [company.currency for company in session.companies()] == ["USD", "CAD"]
    accounts = {account.number: account for account in session.accounts()}
    session.dimensions()
    local.faults(closed_through="2026-09-30")
    food, meat = accounts["1310"], accounts["5010"]
    sound = entry(line("debit", food, "5120.05", Region="Downtown"), line("credit", meat, "5120.05"))
    assert session.preflight(sound) == ()
    receipt = session.post(sound)
    assert [found.id for found in session.find(sound)] == [receipt.id]
    assert session.read(receipt) is not None
    assert [found.id for found in session.changed_since(datetime(2026, 11, 1, tzinfo=UTC))] == [receipt.id]
    refused = entry(line("debit", accounts["2010"], "1"), line("credit", meat, "1"))
    with pytest.raises(EntryRejected):
        session.post(replace(refused, key="f" * 32))
    assert witness.findings == []
    assert {(method, path) for method, path, _ in witness.seen} == {
        ("GET", "/Connections"),
        ("GET", "/Organisation"),
        ("GET", "/Accounts"),
        ("GET", "/TrackingCategories"),
        ("GET", "/ManualJournals"),
        ("PUT", "/ManualJournals"),
        ("GET", "/ManualJournals/{ManualJournalID}"),
    }


def test_the_rest_of_the_sandboxs_answers_is_as_the_vendor_specifies(local: Local, witness: Witness) -> None:
    local.bare = httpx2.Client(base_url=str(local.bare.base_url), transport=witness)
    for path in ("Organisation", "Accounts", "TaxRates", "TrackingCategories", "ManualJournals"):
        assert local.call("GET", path).status_code == 200
    draft = {"ManualJournals": [manual_journal(Status="DRAFT")]}
    (made,) = local.call("POST", "ManualJournals", json=draft).json()["ManualJournals"]
    posted = {"ManualJournals": [manual_journal()]}
    assert local.call("POST", f"ManualJournals/{made['ManualJournalID']}", json=posted).status_code == 200
    assert (
        local.call("PUT", "ManualJournals", json={"ManualJournals": [manual_journal(debit="2010")]}).status_code == 400
    )
    (first, _) = local.call("GET", "/Connections").json()
    assert local.call("DELETE", f"/Connections/{first['id']}").status_code == 204
    assert witness.findings == []
    assert {status for *_, status in witness.seen} == {200, 204, 400}


def test_the_witness_finds_what_is_wrong(local: Local, witness: Witness) -> None:
    client = httpx2.Client(base_url=str(local.bare.base_url), transport=witness)
    client.put("/api.xro/2.0/ManualJournals?sumarizeErrors=false", json={"ManualJournals": [{"Narationn": 1}]})
    told = " ".join(witness.findings)
    for word in (
        "sumarizeErrors is not known",
        "xero-tenant-id is missing",
        "'Narration' is a required property",
        "'Narationn'",
    ):
        assert word in told


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, XeroSandbox]]:
    sandbox = XeroSandbox()
    with serve_app(sandbox.app) as base_url:
        yield base_url, sandbox


@pytest.fixture
def official(served: tuple[str, XeroSandbox], monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any, str, list[Any]]:
    """The vendor's client, unchanged but for its addresses: accounting, identity, tenant, and the tokens that it saved."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from xero_python.accounting import AccountingApi
        from xero_python.api_client import ApiClient
        from xero_python.api_client.configuration import Configuration
        from xero_python.api_client.oauth2 import OAuth2Token, TokenApi
        from xero_python.identity import IdentityApi

    base_url, sandbox = served
    monkeypatch.setattr(TokenApi, "refresh_token_url", f"{base_url}/connect/token")
    monkeypatch.setattr(TokenApi, "revoke_token_url", f"{base_url}/connect/revocation")
    told = sandbox.credentials(base_url)
    saved: list[Any] = [
        {
            "access_token": "none yet",
            "refresh_token": told["refresh_token"],
            "expires_in": 0,
            "expires_at": 0,
            "token_type": "Bearer",
            "scope": told["scopes"].split(),
        }
    ]
    token = OAuth2Token(client_id=told["client_id"], client_secret=told["client_secret"])
    client = ApiClient(
        Configuration(oauth2_token=token),
        oauth2_token_saver=saved.append,
        oauth2_token_getter=lambda: saved[-1],
        pool_threads=1,
    )
    return (
        AccountingApi(client, base_url=f"{base_url}/api.xro/2.0"),
        IdentityApi(client, base_url=base_url),
        told["company_id"],
        saved,
    )


def test_the_official_client_refreshes_connects_and_posts_to_the_sandbox_unchanged(
    official: tuple[Any, Any, str, list[Any]],
) -> None:
    from xero_python.accounting import ManualJournal, ManualJournalLine, ManualJournals
    from xero_python.exceptions import AccountingBadRequestException

    accounting, identity, tenant, saved = official
    connections = identity.get_connections()
    assert connections[0].tenant_id == tenant
    assert saved[-1].keys() >= {"access_token", "refresh_token", "scope"}
    assert saved[-1]["refresh_token"] != saved[0]["refresh_token"]
    accounts = {each.code: each for each in accounting.get_accounts(tenant, where='Status=="ACTIVE"').accounts}
    assert (accounts["1310"].type.value, accounts["5010"].type.value) == ("CURRENT", "DIRECTCOSTS")
    assert accounting.get_organisations(tenant).organisations[0].base_currency.value == "USD"
    assert accounting.get_tracking_categories(tenant).tracking_categories[0].name == "Region"

    def journal(debit: str) -> Any:
        lines = [
            ManualJournalLine(line_amount=125.40, account_code=debit),
            ManualJournalLine(line_amount=-125.40, account_code="5010"),
        ]
        made = ManualJournal(narration="From the official client", date=date(2026, 10, 31), journal_lines=lines)
        made.status = "POSTED"
        return ManualJournals(manual_journals=[made])

    first = accounting.create_manual_journals(tenant, journal("1310"), idempotency_key="official").manual_journals[0]
    again = accounting.create_manual_journals(tenant, journal("1310"), idempotency_key="official").manual_journals[0]
    assert first.manual_journal_id == again.manual_journal_id
    assert (first.status, first.date, first.journal_lines[1].line_amount) == (
        "POSTED",
        date(2026, 10, 31),
        Decimal("-125.40"),
    )
    listed = accounting.get_manual_journals(tenant, page=1, page_size=10, order="UpdatedDateUTC DESC").manual_journals
    assert [each.manual_journal_id for each in listed] == [first.manual_journal_id]
    assert len(listed[0].journal_lines) == 2
    with pytest.raises(AccountingBadRequestException) as refused:
        accounting.create_manual_journals(tenant, journal("2010"))
    assert refused.value.reason
    assert "not a valid code" in str(refused.value.error_data)
    first.status = "VOIDED"
    voided = accounting.update_manual_journal(tenant, first.manual_journal_id, ManualJournals(manual_journals=[first]))
    assert voided.manual_journals[0].status == "VOIDED"
    assert not accounting.get_manual_journals(
        tenant, if_modified_since=datetime(2126, 1, 1, tzinfo=UTC)
    ).manual_journals
    identity.delete_connection(connections[1].id)
    assert len(identity.get_connections()) == 1


def test_the_connector_and_the_official_client_see_the_same_journal(
    official: tuple[Any, Any, str, list[Any]], served: tuple[str, XeroSandbox]
) -> None:
    accounting, _, tenant, _ = official
    base_url, sandbox = served
    scopes = ["accounting.manualjournals", "accounting.settings.read"]
    access = sandbox.stand(base_url).tokens.grant(scopes, [tenant]).access
    with httpx2.Client(base_url=base_url, headers={"Authorization": f"Bearer {access}"}) as client:
        company = Company(id=tenant, name="Demo Company (US)", currency="USD")
        settings = Settings(base_url=base_url)
        session = Xero().open(Connection(name="books", settings=settings, company=company, client=client))
        accounts = {account.number: account for account in session.accounts()}
        receipt = session.post(entry(line("debit", accounts["1310"], "0.10"), line("credit", accounts["5010"], "0.10")))
    assert receipt.status is ReceiptStatus.POSTED
    seen = accounting.get_manual_journal(tenant, receipt.id).manual_journals[0]
    assert seen.narration.startswith(receipt.number)
    assert [each.line_amount for each in seen.journal_lines] == [Decimal("0.10"), Decimal("-0.10")]
