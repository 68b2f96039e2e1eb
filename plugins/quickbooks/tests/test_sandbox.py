"""The sandbox as its clients meet it: the vendor's rules, and its own controls."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from hub.testing.sandbox import AppTransport
from hub_quickbooks import places
from hub_quickbooks.sandbox.sample import RESTAURANT, SIMPLE
from plugins.quickbooks.tests.counter import BASE, Counter, journal

LINES = [
    {
        "DetailType": "JournalEntryLineDetail",
        "Amount": 125.4,
        "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}},
    }
    for side, account in (("Debit", "80"), ("Credit", "81"))
]
BODY = {"TxnDate": "2026-10-31", "DocNumber": "INV-1", "Line": LINES}


def created(counter: Counter, *, request_id: str = "", **changes: Any) -> dict[str, Any]:
    """Make a journal as any client would, and return what came back."""
    parameters = {"requestid": request_id} if request_id else {}
    told = counter.raw("POST", "journalentry", params=parameters, json={**BODY, **changes})
    return told.json() | {"status": told.status_code}


def code(told: dict[str, Any]) -> str:
    return str(told["Fault"]["Error"][0]["code"])


def browser(counter: Counter) -> httpx2.Client:
    return httpx2.Client(base_url=BASE, transport=AppTransport(counter.site.app), headers={"Accept": "text/html"})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Line": LINES[:1]}, "6000"),
        ({"Line": [LINES[0], {**LINES[1], "Amount": 1}]}, "6000"),
        ({"Line": [LINES[0], {**LINES[1], "Amount": -125.4}]}, "6000"),
        ({"Line": []}, "2020"),
        ({"Line": [LINES[0], {**LINES[1], "Amount": None}]}, "2020"),
        ({"Line": [LINES[0], {**LINES[1], "Amount": "many"}]}, "2080"),
        ({"Line": [LINES[0], {**LINES[1], "JournalEntryLineDetail": {"PostingType": "Credit"}}]}, "2020"),
        ({"Line": [LINES[0], {**LINES[1], "JournalEntryLineDetail": {"PostingType": "Debt"}}]}, "2010"),
        ({"DocNumber": "x" * 22}, "2050"),
        ({"PrivateNote": "x" * 4001}, "2050"),
        ({"TxnDate": "soon"}, "2010"),
        ({"Surprise": 1}, "2010"),
        ({"Id": "999", "SyncToken": "0"}, "610"),
        ({"CurrencyRef": {"value": "EUR"}}, "6000"),
    ],
)
def test_a_journal_that_breaks_a_rule_is_refused_and_not_in_the_books(
    counter: Counter, changes: dict[str, Any], expected: str
) -> None:
    told = created(counter, **changes)
    assert (told["status"], code(told), counter.journals()) == (400, expected, [])


def test_what_clients_send_empty_is_taken_for_nothing(counter: Counter) -> None:
    told = created(
        counter, CustomField=[], LinkedTxn=[], DepartmentRef={"name": "", "value": ""}, PrivateNote=None, Id=""
    )
    assert told["status"] == 200
    assert told["JournalEntry"]["Line"][0]["Id"] == "0"
    assert told["JournalEntry"]["TotalAmt"] == 0


def test_a_date_that_is_not_said_is_the_servers_own_and_a_number_that_is_not_said_stays_empty(counter: Counter) -> None:
    told = created(counter, TxnDate=None, DocNumber=None)["JournalEntry"]
    assert told["TxnDate"] == counter.clock.now().date().isoformat()
    assert "DocNumber" not in told


def test_a_request_id_is_answered_with_the_first_reply_whatever_the_body_until_its_window_ends(
    counter: Counter,
) -> None:
    first = created(counter, request_id="r1")
    again = created(counter, request_id="r1", DocNumber="INV-2")
    assert again["JournalEntry"] == first["JournalEntry"]
    assert created(counter, request_id="r2")["JournalEntry"]["Id"] != first["JournalEntry"]["Id"]
    counter.plan(requestid_window_seconds=60)
    counter.clock.advance(60)
    assert created(counter, request_id="r1")["JournalEntry"]["Id"] != first["JournalEntry"]["Id"]
    assert len(counter.journals()) == 3
    assert code(created(counter, request_id="x" * 51)) == "2050"


def test_a_refusal_is_not_remembered_for_a_request_id(counter: Counter) -> None:
    counter.plan(closed_through="2026-10-31")
    assert code(created(counter, request_id="r1")) == "6210"
    counter.plan(closed_through=None)
    assert created(counter, request_id="r1")["status"] == 200


def test_the_closing_day_itself_is_closed_for_making_changing_and_deleting(counter: Counter) -> None:
    made = created(counter)["JournalEntry"]
    counter.plan(closed_through="2026-10-31")
    assert code(created(counter)) == "6210"
    assert code(counter.raw("POST", "journalentry", json={**made, "sparse": True}).json()) == "6210"
    assert code(counter.raw("POST", "journalentry?operation=delete", json=made).json()) == "6210"
    assert created(counter, TxnDate="2026-11-01")["status"] == 200
    told = counter.raw("GET", "preferences").json()["Preferences"]["AccountingInfoPrefs"]
    assert told["BookCloseDate"] == "2026-10-31"


def test_a_number_may_be_used_twice_unless_the_company_minds(counter: Counter) -> None:
    first = created(counter)["JournalEntry"]["Id"]
    assert created(counter)["status"] == 200
    counter.plan(warn_duplicate_journal_number=True)
    told = created(counter)
    assert code(told) == "6140"
    assert (
        f"DocNumber=INV-1 is assigned to TxnType=Journal Entry with TxnId={first}"
        in told["Fault"]["Error"][0]["Detail"]
    )
    assert counter.raw("POST", "journalentry?include=allowduplicatedocnum", json=BODY).status_code == 200


def test_a_change_needs_the_newest_sync_token_and_a_deletion_does_not(counter: Counter) -> None:
    made = created(counter)["JournalEntry"]
    changed = counter.raw("POST", "journalentry", json={**made, "PrivateNote": "x"}).json()["JournalEntry"]
    assert (changed["SyncToken"], changed["PrivateNote"]) == ("1", "x")
    assert code(counter.raw("POST", "journalentry", json={**made, "PrivateNote": "y"}).json()) == "5010"
    gone = counter.raw("POST", "journalentry?operation=delete", json={"Id": made["Id"], "SyncToken": "0"}).json()
    assert gone["JournalEntry"] == {"status": "Deleted", "domain": "QBO", "Id": made["Id"]}
    assert code(counter.raw("GET", f"journalentry/{made['Id']}").json()) == "610"
    assert set(counter.company.books.trial_balance().values()) == {0}


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("select * from account where Active=false", ["107"]),
        ("SELECT * FROM Account WHERE Active = false", ["107"]),
        ("SELECT Id, Name FROM ACCOUNT WHERE AcctNum = '1310'", ["101"]),
        ("SELECT * FROM Account WHERE Id IN ('80','81')", ["80", "81"]),
        ("SELECT * FROM Account WHERE FullyQualifiedName LIKE 'Inventory Asset:%' orderby Name desc", ["105", "106", "103", "101", "102", "104"]),  # noqa: E501
        ("SELECT * FROM Account WHERE AccountType = 'Bank' AND Active IN (true,false)", ["35"]),
        ("SELECT * FROM Account ORDERBY Id STARTPOSITION 2 MAXRESULTS 2", ["35", "79"]),
        ("SELECT * FROM Account WHERE Metadata.LastUpdatedTime > '2027-01-01T00:00:00Z'", []),
        ("SELECT * FROM Account WHERE Name = 'It\\'s 5% # & + more'", []),
        ("SELECT * FROM Account MAXRESULTS 1", ["33"]),
        ("SELECT * FROM Account WHERE CurrentBalance > '0' MAXRESULTS 5", []),
    ],
)  # fmt: skip
def test_queries_are_understood_as_clients_write_them(counter: Counter, statement: str, found: list[str]) -> None:
    told = counter.query(statement)["QueryResponse"]
    if not found:
        assert told == {}
        return
    assert [row["Id"] for row in told["Account"]] == found
    assert told["maxResults"] == len(found)


def test_a_query_comes_as_a_body_too_and_counts(counter: Counter) -> None:
    headers = {"Content-Type": "application/text"}
    told = counter.raw(
        "POST", "query", content=b"select count(*) from Account startposition 1 maxresults 5", headers=headers
    )
    assert told.json()["QueryResponse"] == {"totalCount": 25}
    assert counter.query("select count(*) from Invoice")["QueryResponse"] == {"totalCount": 0}
    assert counter.query("select * from Invoice")["QueryResponse"] == {}


def test_a_quote_in_a_name_finds_it(counter: Counter) -> None:
    counter.raw("POST", "account", json={"Name": "Chef's 5% # & + \\", "AccountType": "Expense"})
    told = counter.query("SELECT * FROM Account WHERE Name = 'Chef\\'s 5% # & + \\\\'")
    assert [row["Name"] for row in told["QueryResponse"]["Account"]] == ["Chef's 5% # & + \\"]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DELETE FROM Account", "4000"),
        ("SELECT * FROM Account WHERE Name = 'a' OR Name = 'b'", "4000"),
        ("SELECT * FROM Account WHERE Name = 'open", "4000"),
        ("SELECT * FROM Account STARTPOSITION 0", "4000"),
        ("SELECT * FROM", "4000"),
        ("SELECT * FROM Nonsense", "4001"),
        ("SELECT * FROM JournalEntry WHERE PrivateNote = 'x'", "4001"),
    ],
)
def test_a_query_that_the_vendor_refuses_is_refused(counter: Counter, statement: str, expected: str) -> None:
    assert code(counter.query(statement)) == expected


def test_journals_are_found_by_number_date_and_when_they_changed(counter: Counter) -> None:
    created(counter)
    for where in ("DocNumber='INV-1'", "TxnDate >= '2026-10-31'", "MetaData.LastUpdatedTime >= '2026-11-02T09:00:00Z'"):
        assert len(counter.query(f"SELECT * FROM JournalEntry WHERE {where}")["QueryResponse"]["JournalEntry"]) == 1


def test_xml_is_the_answer_unless_json_is_asked_for(counter: Counter) -> None:
    for accept, kind in (
        ("application/json", "application/json"),
        ("application/json, text/plain, */*", "application/json"),
        ("*/*", "application/xml"),
        ("application/xml", "application/xml"),
    ):
        told = counter.raw("GET", "account/81", headers={"Accept": accept})
        assert told.headers["content-type"].startswith(kind)
    assert counter.raw("GET", "account/81?format=json", headers={"Accept": "*/*"}).json()["Account"]["Id"] == "81"
    assert b"<Fault type=" in counter.raw("GET", "account/9", headers={"Accept": "*/*"}).content


def test_a_call_without_a_sign_in_is_refused_in_the_gateways_shape(counter: Counter) -> None:
    token = counter.token
    for wrong in ("", "nonsense"):
        counter.token = wrong
        told = counter.raw("GET", "preferences")
        assert (told.status_code, told.json()["fault"]["error"][0]["code"]) == (401, "3200")
        assert told.headers["intuit_tid"]
    counter.token = token
    counter.clock.advance(3600)
    assert "expired" in counter.raw("GET", "preferences").json()["fault"]["error"][0]["detail"]
    counter.token = counter.site.tokens.grant((places.SCOPE,), (SIMPLE,)).access
    told = counter.raw("GET", "preferences")
    assert (told.status_code, told.json()["fault"]["error"][0]["code"]) == (403, "3100")


def test_more_than_ten_calls_a_second_or_five_hundred_a_minute_are_throttled(counter: Counter) -> None:
    counter.plan(limits=True)
    statuses = [counter.raw("GET", "preferences").status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    minute = counter.site.desk.limits.windows[0]
    assert counter.site.desk.limits.left(RESTAURANT, minute) == 490
    for _ in range(49):
        counter.clock.advance(1)
        assert [counter.site.desk.limits.admit(RESTAURANT) for _ in range(10)] == [None] * 10
    counter.clock.advance(1)
    told = counter.raw("GET", "preferences")
    assert told.status_code == 429
    assert told.json()["fault"]["error"][0] | {"element": ""} == {
        "message": "message=ThrottleExceeded; errorCode=003001; statusCode=429",
        "detail": "The request limit was reached.  Try again later",
        "code": "3001",
        "element": "",
    }
    assert "retry-after" not in told.headers
    counter.plan(limits=False)
    assert counter.raw("GET", "preferences").status_code == 200


def test_the_second_company_has_no_numbers_no_classes_and_books_of_its_own(counter: Counter) -> None:
    counter.token = counter.site.tokens.grant((places.SCOPE,), (RESTAURANT, SIMPLE)).access
    created(counter)
    headers = {"Authorization": f"Bearer {counter.token}", "Accept": "application/json"}
    with httpx2.Client(
        base_url=f"{BASE}/v3/company/{SIMPLE}", transport=AppTransport(counter.site.app), headers=headers
    ) as client:
        accounts = client.get("query", params={"query": "SELECT * FROM Account"}).json()["QueryResponse"]["Account"]
        assert not any("AcctNum" in account for account in accounts)
        assert (
            client.get("preferences").json()["Preferences"]["AccountingInfoPrefs"]["ClassTrackingPerTxnLine"] is False
        )
        lines = [dict(line) for line in LINES]
        lines[0]["JournalEntryLineDetail"] = {**LINES[0]["JournalEntryLineDetail"], "ClassRef": {"value": "1"}}  # type: ignore[dict-item]
        assert code(client.post("journalentry", json={**BODY, "Line": lines}).json()) == "5020"
        made = client.post("journalentry", json=BODY).json()["JournalEntry"]
    assert made["Id"] not in counter.company.journals
    with browser(counter) as client:
        told = client.get(f"/_sandbox/ledger?company={SIMPLE}", headers={"Accept": "application/json"}).json()
        assert [each["id"] for each in told["journals"]] == [made["Id"]]
        assert "INV-1" in client.get(f"/app/journal?txnId={made['Id']}").text
        assert client.get("/app/journal?txnId=9").status_code == 404


def test_accounts_show_balances_with_those_below_them(counter: Counter) -> None:
    counter.session().post(journal("Dr 101 10.50\nCr 79 10.50"))
    accounts = {row["Id"]: row for row in counter.query("SELECT * FROM Account")["QueryResponse"]["Account"]}
    shown = [
        (accounts[id_]["CurrentBalance"], accounts[id_]["CurrentBalanceWithSubAccounts"]) for id_ in ("101", "81", "79")
    ]
    assert shown == [(10.5, 10.5), (0, 10.5), (10.5, 10.5)]


def test_an_account_is_made_inactive_and_its_number_shows_where_numbers_are_on(counter: Counter) -> None:
    made = counter.raw("GET", "account/121").json()["Account"]
    changed = {"Id": "121", "SyncToken": made["SyncToken"], "sparse": True, "Active": False, "Name": "Meat"}
    told = counter.raw("POST", "account", json=changed).json()["Account"]
    assert (told["Active"], told["FullyQualifiedName"], told["AcctNum"]) == (False, "Cost of Goods Sold:Meat", "5010")
    assert code(counter.raw("POST", "account", json=changed).json()) == "5010"
    assert code(counter.raw("POST", "account", json={"Name": "Checking", "AccountType": "Bank"}).json()) == "6240"
    assert code(counter.raw("POST", "account", json={"Name": "x"}).json()) == "2020"
    assert code(counter.raw("POST", "account", json={"Name": "x", "AccountType": "Y"}).json()) == "2010"
    assert code(counter.raw("POST", "class", json={"Name": "x" * 101}).json()) == "2050"


def test_what_is_not_an_operation_or_not_json_is_refused(counter: Counter) -> None:
    assert code(counter.raw("POST", "invoice", json={}).json()) == "500"
    assert code(counter.raw("POST", "journalentry", content=b"<JournalEntry/>").json()) == "2010"
    assert code(counter.raw("POST", "journalentry", json=[]).json()) == "2010"
    assert code(counter.raw("POST", "journalentry?operation=void", json=BODY).json()) == "2010"
    assert code(counter.raw("GET", "cdc?entities=Nothing&changedSince=2026-01-01").json()) == "4001"
    assert code(counter.raw("GET", "cdc?entities=Account&changedSince=soon").json()) == "4001"
    with browser(counter) as client:
        assert (
            client.get("/nowhere", headers={"Accept": "application/json"}).json()["Fault"]["Error"][0]["code"] == "404"
        )


@pytest.mark.parametrize("name", ["openid_configuration", "openid_sandbox_configuration"])
@pytest.mark.parametrize("end", ["", "/"])
def test_both_discovery_documents_name_addresses_below_the_sandbox(counter: Counter, name: str, end: str) -> None:
    with browser(counter) as client:
        told = client.get(f"/.well-known/{name}{end}").json()
        assert all(value.startswith(BASE) for key, value in told.items() if key.endswith(("_endpoint", "_uri")))
        assert client.get(told["jwks_uri"]).json() == {"keys": []}
        assert client.get(told["userinfo_endpoint"]).status_code == 401


def refresh(counter: Counter, token: str, **headers: str) -> httpx2.Response:
    told = counter.site.credentials()
    form = {"grant_type": "refresh_token", "refresh_token": token}
    with browser(counter) as client:
        return client.post(places.TOKEN, data=form, auth=(told["client_id"], told["client_secret"]), headers=headers)


def test_a_refresh_token_changes_after_a_day_and_the_old_one_dies_at_once(counter: Counter) -> None:
    first = counter.site.credentials()["refresh_token"]
    told = refresh(counter, first, **places.HARD_EXPIRY_ASKED).json()
    assert told["refresh_token"] == first
    assert (told["expires_in"], told["x_refresh_token_expires_in"]) == (3600, 8_640_000)
    assert told["x_refresh_token_hard_expires_in"] == 157_680_000
    assert "x_refresh_token_hard_expires_in" not in refresh(counter, first).json()
    counter.clock.advance(86_400)
    second = refresh(counter, first).json()["refresh_token"]
    assert second != first
    counter.clock.advance(61)
    refused = refresh(counter, first)
    assert (refused.status_code, refused.json()) == (
        400,
        {"error": "invalid_grant", "error_description": "Incorrect or invalid refresh token"},
    )
    assert refused.headers["intuit_tid"]
    assert refresh(counter, second).status_code == 200


def test_two_that_refresh_one_token_at_once_lose_the_sign_in_unless_the_sandbox_is_lenient(counter: Counter) -> None:
    counter.plan(refresh_rotation_seconds=0)
    first = counter.site.credentials()["refresh_token"]
    won = refresh(counter, first).json()
    assert refresh(counter, first).status_code == 400
    assert refresh(counter, won["refresh_token"]).status_code == 400
    other = counter.site.tokens.grant((places.SCOPE,), (RESTAURANT,)).refresh
    counter.plan(strict_refresh=False)
    won = refresh(counter, other).json()
    assert refresh(counter, other).json()["refresh_token"] == won["refresh_token"]
    counter.plan(strict_refresh=True)
    assert refresh(counter, other).status_code == 400


def test_a_refresh_token_that_nobody_used_for_100_days_is_dead(counter: Counter) -> None:
    token = counter.site.credentials()["refresh_token"]
    counter.clock.advance(8_640_000)
    assert refresh(counter, token).status_code == 400


def test_more_redirect_addresses_are_registered_through_the_controls(counter: Counter) -> None:
    counter.plan(redirect_uris=["http://127.0.0.1:8765/connections/callback"])
    assert "http://127.0.0.1:8765/connections/callback" in counter.site.credentials()["redirect_uris"].split()


def test_what_it_prints_is_what_a_client_needs(counter: Counter) -> None:
    told = counter.sandbox.credentials(BASE)
    assert told.keys() == {"base_url", "client_id", "client_secret", "refresh_token", "company_id", "redirect_uris"}
    assert (told["base_url"], told["company_id"]) == (BASE, RESTAURANT)
    assert counter.sandbox.site(f"{BASE}/") is counter.site


@pytest.mark.parametrize(
    ("fault", "status"),
    [("server_error_before", 500), ("throttle", 429), ("unexpected_error", 400), ("server_error_after", 500)],
)
def test_a_planned_fault_happens_once_to_the_kind_of_call_it_was_planned_for(
    counter: Counter, fault: str, status: int
) -> None:
    counter.plan(fault=fault)
    assert counter.raw("GET", "preferences").status_code == 200
    assert created(counter)["status"] == status
    assert created(counter)["status"] == 200
    counter.plan(fault=fault, on="read")
    assert created(counter)["status"] == 200
    assert counter.raw("GET", "preferences").status_code == status


def test_garbage_comes_as_it_was_given_and_changed_amounts_are_in_the_books(counter: Counter) -> None:
    counter.plan(fault="garbage", body='{"half":')
    assert counter.raw("POST", "journalentry", json=BODY).text == '{"half":'
    counter.plan(fault="changed_amounts")
    changed = json.loads(counter.raw("POST", "journalentry", json=BODY).content, parse_float=Decimal)
    assert [line["Amount"] for line in changed["JournalEntry"]["Line"]] == [Decimal("125.41")] * 2
    assert counter.company.books.trial_balance()["80"] == 12540 + 12541


def test_a_fault_of_the_gateway_changes_the_shape_of_the_next_refusal(counter: Counter) -> None:
    counter.plan(fault="gateway_shape")
    assert created(counter, DocNumber="x" * 22)["fault"]["error"][0]["code"] == "2050"
    assert code(created(counter, DocNumber="x" * 22)) == "2050"
