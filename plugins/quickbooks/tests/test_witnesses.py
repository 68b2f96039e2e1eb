"""The vendor's clients, unchanged, against the sandbox on a real socket."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from quickbooks import QuickBooks
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import (
    AuthorizationException,
    ObjectNotFoundException,
    QuickbooksException,
    ValidationException,
)
from quickbooks.objects.account import Account
from quickbooks.objects.base import Ref
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.department import Department
from quickbooks.objects.journalentry import JournalEntry, JournalEntryLine, JournalEntryLineDetail
from quickbooks.objects.preferences import Preferences
from quickbooks.objects.trackingclass import Class

from hub.testing.clock import VirtualClock
from hub.testing.sandbox import serve_app
from hub_quickbooks.sandbox import QuickBooksSandbox
from hub_quickbooks.sandbox.site import Site


class Client:
    """The vendor's clients, signed in with what `hub sandbox` prints."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.told = site.credentials()
        self.auth = self.sign_in()
        self.quickbooks = QuickBooks(
            auth_client=self.auth,
            refresh_token=self.told["refresh_token"],
            company_id=self.told["company_id"],
            minorversion=75,
        )

    def sign_in(self) -> AuthClient:
        discovery = f"{self.told['base_url']}/.well-known/openid_sandbox_configuration/"
        redirect_uri = self.told["redirect_uris"].split()[0]
        return AuthClient(self.told["client_id"], self.told["client_secret"], redirect_uri, discovery)


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    sandbox = QuickBooksSandbox(clock=VirtualClock())
    with pytest.MonkeyPatch.context() as patch, serve_app(sandbox.app) as base_url:
        patch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
        patch.setenv("NO_PROXY", "127.0.0.1")
        patch.setattr(QuickBooks, "sandbox_api_url_v3", f"{base_url}/v3")
        patch.setattr(QuickBooks, "api_url_v3", f"{base_url}/v3")
        site = sandbox.site(base_url)
        site.desk.limits.on = False
        yield site


@pytest.fixture
def client(served: Site) -> Client:
    return Client(served)


def line(account: str, side: str, amount: str) -> JournalEntryLine:
    detail = JournalEntryLineDetail()
    detail.PostingType = side
    detail.AccountRef = Ref()
    detail.AccountRef.value = account
    made = JournalEntryLine()
    made.Amount = float(amount)  # as this client's users write it
    made.Description = "Ending inventory"
    made.JournalEntryLineDetail = detail
    return made


def entry(*lines: JournalEntryLine, number: str = "JE-1") -> JournalEntry:
    made = JournalEntry()
    made.DocNumber = number
    made.TxnDate = "2026-10-31"
    made.Line = list(lines)
    return made


def balanced(number: str = "JE-1") -> JournalEntry:
    return entry(line("121", "Debit", "4812.37"), line("101", "Credit", "4812.37"), number=number)


def test_the_vendors_sign_in_runs_from_the_address_to_the_tokens(client: Client) -> None:
    auth = client.sign_in()
    url = auth.get_authorization_url([Scopes.ACCOUNTING], "state-1")
    page = requests.get(url, timeout=10)
    assert "Connect" in page.text
    form = {"sandbox_decision": "allow", "sandbox_company": client.told["company_id"]}
    asked = dict(pair.split("=", 1) for pair in url.split("?")[1].split("&"))
    decoded = {name: requests.utils.unquote(value.replace("+", " ")) for name, value in asked.items()}
    back = requests.post(url.split("?")[0], data={**decoded, **form}, allow_redirects=False, timeout=10)
    told = dict(pair.split("=", 1) for pair in back.headers["location"].split("?")[1].split("&"))
    assert (told["state"], told["realmId"]) == ("state-1", client.told["company_id"])
    auth.get_bearer_token(told["code"], told["realmId"])
    assert (auth.expires_in, auth.x_refresh_token_expires_in) == (3600, 8_640_000)
    first = auth.access_token
    auth.refresh()
    assert auth.access_token != first
    assert auth.get_user_info().json()["email"]
    assert auth.revoke() is True
    with pytest.raises(AuthClientError) as caught:
        auth.refresh()
    assert (caught.value.status_code, b"invalid_grant" in caught.value.content) == (400, True)
    assert caught.value.intuit_tid


def test_a_wrong_secret_is_told_to_the_vendors_client(client: Client) -> None:
    auth = client.sign_in()
    auth.client_secret = "wrong"
    with pytest.raises(AuthClientError) as caught:
        auth.refresh(client.told["refresh_token"])
    assert caught.value.status_code == 401


def test_lists_and_preferences_are_read(client: Client) -> None:
    accounts = Account.all(max_results=1000, qb=client.quickbooks)
    assert {account.Id for account in accounts} > {"33", "35", "79", "80", "81", "84"}
    assert all(account.Active for account in accounts)
    (food,) = Account.filter(FullyQualifiedName="Inventory Asset:Food", qb=client.quickbooks)
    assert (food.AcctNum, food.AccountType, food.Classification) == ("1310", "Other Current Asset", "Asset")
    assert [each.Name for each in Account.where("Active = false", qb=client.quickbooks)] == ["Catering"]
    assert Account.filter(Name="Nobody's", qb=client.quickbooks) == []
    assert Account.count(qb=client.quickbooks) == len(accounts)
    assert [each.Name for each in Department.all(qb=client.quickbooks)] == ["Commissary", "Downtown", "Harborside"]
    assert len(Class.query("select * from class where active=true orderby Name desc", qb=client.quickbooks)) == 3
    assert Preferences.get(qb=client.quickbooks).AccountingInfoPrefs.TrackDepartments is True
    assert CompanyInfo.get(1, qb=client.quickbooks).CompanyName == "Sandbox Restaurants US"


def test_a_journal_is_made_once_for_its_request_id_then_changed_and_deleted(client: Client) -> None:
    made = balanced("WITNESS-1").save(qb=client.quickbooks, request_id="request-1")
    again = balanced("WITNESS-1").save(qb=client.quickbooks, request_id="request-1")
    assert made.Id == again.Id
    (found,) = JournalEntry.filter(DocNumber="WITNESS-1", qb=client.quickbooks)
    assert (found.Id, found.Line[0].Amount, found.Line[0].JournalEntryLineDetail.PostingType) == (
        made.Id,
        4812.37,
        "Debit",
    )
    found.PrivateNote = "Looked at"
    assert found.save(qb=client.quickbooks).SyncToken == "1"
    since = client.site.clock.now() - dt.timedelta(hours=1)
    told = change_data_capture([JournalEntry], since.isoformat(), qb=client.quickbooks)
    assert made.Id in {each.Id for each in told.JournalEntry}
    JournalEntry.get(made.Id, qb=client.quickbooks).delete(qb=client.quickbooks)
    with pytest.raises(ObjectNotFoundException):
        JournalEntry.get(made.Id, qb=client.quickbooks)


def test_exact_amounts_come_back_exactly(client: Client) -> None:
    made = balanced("WITNESS-2").save(qb=client.quickbooks)
    raw = client.quickbooks
    raw.use_decimal = True
    told: Any = raw.get_single_object("JournalEntry", made.Id)
    assert told["JournalEntry"]["Line"][0]["Amount"] == Decimal("4812.37")


@pytest.mark.parametrize(
    ("wrong", "error", "code"),
    [
        (lambda: entry(line("121", "Debit", "1")), QuickbooksException, 6000),
        (lambda: entry(line("121", "Debit", "1"), line("101", "Credit", "2")), QuickbooksException, 6000),
        (lambda: entry(line("999", "Debit", "1"), line("101", "Credit", "1")), ValidationException, 2500),
        (lambda: entry(line("107", "Debit", "1"), line("101", "Credit", "1")), ObjectNotFoundException, 610),
        (lambda: entry(line("84", "Debit", "1"), line("101", "Credit", "1")), QuickbooksException, 6000),
        (lambda: entry(line("121", "Debit", "1"), line("", "Credit", "1")), ValidationException, 2020),
    ],
)
def test_what_is_refused_is_the_vendors_own_error_to_its_client(
    client: Client, wrong: Any, error: type[Exception], code: int
) -> None:
    with pytest.raises(error) as caught:
        wrong().save(qb=client.quickbooks)
    assert caught.value.error_code == code  # type: ignore[attr-defined]


def test_a_closed_period_and_a_number_that_is_taken_are_refused(client: Client) -> None:
    controls = f"{client.told['base_url']}/_sandbox/faults"
    requests.post(controls, json={"warn_duplicate_journal_number": True}, timeout=10)
    balanced("WITNESS-3").save(qb=client.quickbooks)
    with pytest.raises(QuickbooksException, match="Duplicate") as caught:
        balanced("WITNESS-3").save(qb=client.quickbooks)
    assert caught.value.error_code == 6140
    requests.post(controls, json={"closed_through": "2026-10-31", "warn_duplicate_journal_number": False}, timeout=10)
    with pytest.raises(QuickbooksException) as caught:
        balanced("WITNESS-4").save(qb=client.quickbooks)
    assert caught.value.error_code == 6210
    requests.post(controls, json={"closed_through": None}, timeout=10)


def test_an_expired_token_is_an_authorization_error_and_refreshing_helps(client: Client) -> None:
    controls = f"{client.told['base_url']}/_sandbox/faults"
    requests.post(controls, json={"advance_seconds": 3600}, timeout=10)
    with pytest.raises(AuthorizationException):
        Account.all(qb=client.quickbooks)
    renewed = Client(client.site)
    assert Account.all(qb=renewed.quickbooks)


def test_a_lost_answer_is_a_broken_connection_and_the_journal_stands_there(client: Client) -> None:
    controls = f"{client.told['base_url']}/_sandbox/faults"
    client = Client(client.site)
    requests.post(controls, json={"fault": "lost_answer"}, timeout=10)
    with pytest.raises(requests.exceptions.ConnectionError):
        balanced("WITNESS-5").save(qb=client.quickbooks, request_id="request-5")
    assert len(JournalEntry.filter(DocNumber="WITNESS-5", qb=client.quickbooks)) == 1
    balanced("WITNESS-5").save(qb=client.quickbooks, request_id="request-5")
    assert len(JournalEntry.filter(DocNumber="WITNESS-5", qb=client.quickbooks)) == 1
