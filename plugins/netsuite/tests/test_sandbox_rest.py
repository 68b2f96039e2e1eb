"""The sandbox over REST: journal entries, lists, queries and jobs, on the same books as over SOAP."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plugins.netsuite.tests.sandbox_client import BASE, CANADIAN, FOOD, INACTIVE, MEAT, Body, Local, ref

RECORDS = f"{BASE}/services/rest/record/v1"
QUERY = "/services/rest/query/v1/suiteql"


@pytest.fixture
def local(tmp_path: Path) -> Local:
    return Local(folder=tmp_path)


def journal(debit: str = FOOD, credit: str = MEAT, amount: Any = 125.4, **changes: Any) -> Body:
    """A journal entry as clients send it."""
    items = [{"account": {"id": debit}, "debit": amount}, {"account": {"id": credit}, "credit": amount}]
    return {
        "externalId": "IA0000000001",
        "subsidiary": {"id": "1"},
        "tranDate": "2026-10-31",
        "memo": "Inventory",
        "line": {"items": items},
        **changes,
    }


def post(local: Local, told: Body, **options: Any) -> httpx2.Response:
    return local.rest("POST", "journalEntry", json=told, **options)


def wrong(response: httpx2.Response) -> tuple[int, str, str, str]:
    """An error's status, code, detail and path."""
    told = response.json()
    (detail,) = told["o:errorDetails"]
    assert told["status"] == response.status_code
    assert told["type"].startswith("https://")
    return response.status_code, detail["o:errorCode"], detail["detail"], detail.get("o:errorPath", "")


def query(local: Local, text: str, **options: Any) -> httpx2.Response:
    return local.rest("POST", QUERY, json={"q": text}, headers={"Prefer": "transient"}, **options)


def test_a_journal_entry_is_kept_and_its_address_told(local: Local) -> None:
    told = post(local, journal())
    assert (told.status_code, told.content) == (204, b"")
    address = told.headers["location"]
    assert address == f"{RECORDS}/journalEntry/7001"
    assert (local.balance("1310"), local.balance("5010")) == ("125.40", "-125.40")
    read = local.rest("GET", "journalEntry/eid:ia0000000001", params={"expandSubResources": "true"})
    assert '"debit": 125.40' in read.text
    body = read.json()
    assert (body["id"], body["externalId"], body["tranDate"], body["approved"]) == (
        "7001",
        "IA0000000001",
        "2026-10-31",
        True,
    )
    assert body["subsidiary"]["refName"] == "Restaurants Inc."
    assert [line["account"]["id"] for line in body["line"]["items"]] == [FOOD, MEAT]
    plain = local.rest("GET", "journalEntry/7001").json()
    assert plain["line"] == {"links": [{"rel": "self", "href": f"{RECORDS}/journalEntry/7001/line"}]}
    assert local.rest("GET", "journalEntry/7001/line").json()["totalResults"] == 2
    soap = local.soap(f"<m:get>{ref('journalEntry', internal_id='7001')}</m:get>")
    assert soap.texts("debit") == ["125.40"]


def test_one_external_id_is_kept_once_over_both_transports(local: Local) -> None:
    assert post(local, journal()).status_code == 204
    again = post(local, journal(externalId="ia0000000001"))
    assert wrong(again) == (400, "USER_ERROR", "Error while accessing a resource. This record already exists", "")
    assert local.add().codes == ["DUP_RCRD"]
    assert len(local.ledger()["journals"]) == 1


@pytest.mark.parametrize(
    ("told", "code", "detail", "path"),
    [
        (
            journal(subsidiary=None),
            "INVALID_CONTENT",
            "Invalid Field Value  for the following field: subsidiary",
            "subsidiary",
        ),
        (journal(subsidiary={"id": "9"}), "INVALID_CONTENT", "Invalid Field Value 9", "subsidiary"),
        (journal(debit=CANADIAN), "INVALID_CONTENT", f"Field Value {CANADIAN} for", "line.items[0].account"),
        (journal(credit=INACTIVE), "INVALID_CONTENT", f"Field Value {INACTIVE} for", "line.items[1].account"),
        (journal(line={"items": []}), "USER_ERROR", "at least two lines", "line"),
        (journal(amount=1.005), "USER_ERROR", "Invalid amount 1.005", "line.items[0]"),
        (journal(amount="1.00"), "INVALID_CONTENT", "a number is needed", "line.items[0].debit"),
        (journal(tranDate="31/10/2026"), "INVALID_CONTENT", "a date such as", "tranDate"),
        (journal(approved="yes"), "INVALID_CONTENT", "true or false", "approved"),
        (journal(memo=5), "INVALID_CONTENT", "a text is needed", "memo"),
        (journal(line="x"), "INVALID_CONTENT", "a list of items", "line"),
        (journal(department={"name": "x"}), "INVALID_CONTENT", "a reference needs an id", "department"),
    ],
)
def test_what_is_wrong_is_told_with_the_path_to_it(local: Local, told: Body, code: str, detail: str, path: str) -> None:
    status, found_code, found, found_path = wrong(post(local, told))
    assert (status, found_code, found_path) == (400, code, path)
    assert detail in found
    assert local.ledger()["journals"] == []


def test_a_body_that_is_no_json_object_is_refused(local: Local) -> None:
    for body in (b"{", b"[]", b'{"memo": NaN}', b"\xff"):
        assert wrong(local.rest("POST", "journalEntry", content=body))[:2] == (400, "INVALID_CONTENT")


def test_names_that_are_not_known_are_refused_only_where_that_is_asked_for(local: Local) -> None:
    told = journal(colour="red")
    strict = {"X-NetSuite-PropertyNameValidation": "Error"}
    assert wrong(post(local, told, headers=strict))[1::2] == ("INVALID_CONTENT", "colour")
    assert post(local, told).status_code == 204


def test_a_closed_month_is_refused(local: Local) -> None:
    local.faults(closed_through="2026-10-31")
    assert "closed period" in wrong(post(local, journal()))[2]
    months = local.rest("GET", "accountingPeriod", params={"expandRecords": "true"}).json()["items"]
    closed = {each["periodName"]: each["closed"] for each in months}
    assert (closed["Oct 2026"], closed["Nov 2026"], closed["FY 2026"]) == (True, False, False)


def test_an_entry_is_put_under_an_external_id_changed_and_deleted(local: Local) -> None:
    made = local.rest("PUT", "journalEntry/eid:PUT1", json=journal(externalId="PUT1"))
    changed = local.rest("PUT", "journalEntry/eid:put1", json=journal(amount=7, externalId="PUT1"))
    assert made.headers["location"] == changed.headers["location"]
    key = made.headers["location"].rpartition("/")[2]
    patched = {"memo": "Changed", "line": {"items": [{"line": 1, "memo": "first"}]}}
    assert local.rest("PATCH", f"journalEntry/{key}", json=patched).status_code == 204
    body = local.rest("GET", f"journalEntry/{key}", params={"expandSubResources": "true"}).json()
    assert (body["memo"], body["line"]["items"][0]["memo"]) == ("Changed", "first")
    lines = journal(amount=9)["line"]
    assert local.rest("PATCH", f"journalEntry/{key}?replace=line", json={"line": lines}).status_code == 204
    assert local.balance("1310") == "9.00"
    assert local.rest("PUT", f"journalEntry/{key}", json=journal()).status_code == 400
    assert local.rest("DELETE", "journalEntry/eid:PUT1").status_code == 204
    assert local.ledger()["journals"] == []
    for method in ("GET", "DELETE", "PATCH"):
        gone = local.rest(method, f"journalEntry/{key}", json={})
        assert wrong(gone)[:2] == (404, "NONEXISTENT_ID")


def test_put_on_an_entry_that_is_there_adds_lines_unless_they_are_to_be_replaced(local: Local) -> None:
    for amount, replaced, debits in ((3, "", [3, None]), (4, "", [3, None, 4, None]), (5, "line", [5, None])):
        told = local.rest("PUT", "journalEntry/eid:P", params={"replace": replaced}, json=journal(amount=amount))
        assert told.status_code == 204
        shown = local.rest("GET", "journalEntry/eid:P/line").json()
        assert [each.get("debit") for each in shown["items"]] == debits


def test_lists_give_ids_in_pages_and_whole_records_where_asked(local: Local) -> None:
    first = local.rest("GET", "account", params={"limit": 10}).json()
    assert (first["count"], first["hasMore"], first["totalResults"], len(first["items"])) == (10, True, 26, 10)
    assert first["items"][0].keys() == {"links", "id"}
    last = local.rest("GET", "account", params={"limit": 10, "offset": 20}).json()
    assert (last["count"], last["hasMore"]) == (6, False)
    account = local.rest("GET", "account/209").json()
    assert (account["acctNumber"], account["acctType"]["id"], account["inventory"]) == ("1370", "OthCurrAsset", True)
    assert [each["id"] for each in account["subsidiary"]["items"]] == ["3"]
    for bad in ({"limit": 0}, {"limit": 1001}, {"limit": 10, "offset": 5}, {"limit": "x"}):
        assert wrong(local.rest("GET", "account", params=bad))[:2] == (400, "INVALID_PARAMETER")
    assert wrong(local.rest("GET", "spaceship"))[1] == "INVALID_PARAMETER"
    assert wrong(local.rest("POST", "account", json={}))[1] == "INVALID_PARAMETER"
    assert wrong(local.rest("GET", "department/99"))[1] == "NONEXISTENT_ID"
    subsidiaries = local.rest("GET", "subsidiary", params={"expandRecords": "true"}).json()["items"]
    assert [(each["country"]["id"], each["currency"]["id"]) for each in subsidiaries] == [
        ("US", "1"),
        ("US", "1"),
        ("CA", "2"),
    ]


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ("isInactive IS true", ["210"]),
        ('acctNumber START_WITH "51"', ["222", "223", "224"]),
        ('acctName CONTAIN "wine" AND acctType ANY_OF COGS', ["224"]),
        ("acctNumber IS 9999", []),
    ],
)
def test_lists_are_filtered(local: Local, asked: str, ids: list[str]) -> None:
    told = local.rest("GET", "account", params={"q": asked}).json()
    assert [each["id"] for each in told["items"]] == ids
    assert wrong(local.rest("GET", "account", params={"q": "acctNumber RHYMES x"}))[1] == "INVALID_PARAMETER"


QUERIES: list[tuple[str, list[Body]]] = [
    (
        "SELECT id, acctnumber AS number FROM account WHERE acctnumber LIKE '51%' ORDER BY acctnumber DESC",
        [{"id": "224", "number": "5120"}, {"id": "223", "number": "5110"}, {"id": "222", "number": "5100"}],
    ),
    ("select a.id from account a where a.isinactive = 'T'", [{"id": "210"}]),
    (
        "SELECT account FROM AccountSubsidiaryMap WHERE subsidiary = 3 AND account IN (203, 209, 999)",
        [{"account": "203"}, {"account": "209"}],
    ),
    ("SELECT id, symbol FROM currency WHERE isbasecurrency != 'T'", [{"id": "2", "symbol": "CAD"}]),
    ("SELECT name FROM subsidiary WHERE parent IS NULL", [{"name": "Restaurants Inc."}]),
    ("SELECT name FROM classification ORDER BY name", [{"name": "Beverage"}, {"name": "Food"}]),
    ("SELECT name FROM location WHERE UPPER(name) = 'TORONTO' AND id NOT IN (1, 2)", [{"name": "Toronto"}]),
    (
        """
        SELECT periodname, startdate FROM accountingperiod WHERE isquarter = 'F'
        AND enddate > TO_DATE('2026-10-30', 'YYYY-MM-DD') AND enddate <= TO_DATE('2026-10-31', 'YYYY-MM-DD')
        """,
        [{"periodname": "Oct 2026", "startdate": "10/1/2026"}],
    ),
    (
        "SELECT id, externalid, trandate, posting FROM transaction WHERE type = 'Journal' AND UPPER(externalid) = 'IA''1'",
        [{"id": "7001", "externalid": "ia'1", "trandate": "10/31/2026", "posting": "T"}],
    ),
    (
        "SELECT account, debit, credit FROM transactionaccountingline WHERE transaction = 7001 AND amount > 0",
        [{"account": "203", "debit": "125.40"}],
    ),
]


@pytest.mark.parametrize(("text", "rows"), QUERIES)
def test_queries_are_answered(local: Local, text: str, rows: list[Body]) -> None:
    post(local, journal(externalId="ia'1"))
    told = query(local, text)
    assert told.status_code == 200, told.text
    assert [{name: value for name, value in each.items() if name != "links"} for each in told.json()["items"]] == rows
    assert told.json()["totalResults"] == len(rows)


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM account",
        "SELECT id FROM planet",
        "SELECT colour FROM account",
        "SELECT id FROM account WHERE colour = 1",
        "SELECT id FROM account WHERE id = 203 OR id = 204",
        "SELECT id FROM account WHERE id < 'x'",
        "SELECT id FROM account ORDER BY colour",
        "SELECT COUNT(*) FROM account",
        "SELECT id FROM accountingperiod WHERE startdate = TO_DATE('soon', 'YYYY-MM-DD')",
    ],
)
def test_a_query_that_is_not_understood_is_refused(local: Local, text: str) -> None:
    assert wrong(query(local, text))[:2] == (400, "INVALID_PARAMETER")


def test_queries_need_their_header_their_text_and_the_permission(local: Local) -> None:
    assert wrong(local.rest("POST", QUERY, json={"q": "SELECT id FROM account"}))[1] == "INVALID_PARAMETER"
    assert wrong(local.rest("POST", QUERY, json={}, headers={"Prefer": "transient"}))[1] == "INVALID_CONTENT"
    paged = query(local, "SELECT id FROM account", params={"limit": 20}).json()
    assert (paged["count"], paged["hasMore"], paged["links"][1]["rel"]) == (20, True, "next")
    local.faults(denied_permissions=["Lists -> Accounts"])
    assert wrong(query(local, "SELECT id FROM account"))[:2] == (403, "INSUFFICIENT_PERMISSION")
    assert wrong(local.rest("GET", "account"))[:2] == (403, "INSUFFICIENT_PERMISSION")


def test_a_job_in_the_background_is_taken_once_for_its_key(local: Local) -> None:
    headers = {"Prefer": "respond-async", "X-NetSuite-Idempotency-Key": "key-1"}
    taken = post(local, journal(), headers=headers)
    assert (taken.status_code, taken.headers["preference-applied"]) == (202, "respond-async")
    again = post(local, journal(), headers=headers)
    assert wrong(again)[:2] == (400, "IDEMPOTENCY_ERROR")
    assert again.headers["location"] == taken.headers["location"]
    job = local.rest("GET", taken.headers["location"].removeprefix(BASE)).json()
    assert (job["completed"], job["progress"]) == (True, "succeeded")
    result = local.rest("GET", job["task"]["links"][0]["href"].removeprefix(BASE))
    assert (result.status_code, result.headers["location"]) == (204, f"{RECORDS}/journalEntry/7001")
    assert len(local.ledger()["journals"]) == 1
    for path in ("/services/rest/async/v1/job/none", "/services/rest/async/v1/job/none/task/1/result"):
        assert local.rest("GET", path).status_code == 404


def test_what_goes_wrong_on_the_way_back_leaves_the_record(local: Local) -> None:
    local.faults(fault="lost_answer")
    with pytest.raises(httpx2.RemoteProtocolError):
        post(local, journal(externalId="A"))
    for fault, status in (
        ("server_error_after", 500),
        ("after_submit_failed", 400),
        ("after_submit_failed_lower", 400),
    ):
        local.faults(fault=fault)
        assert post(local, journal(externalId=fault)).status_code == status
    local.faults(fault="late_commit", seconds=30)
    with pytest.raises(httpx2.RemoteProtocolError):
        post(local, journal(externalId="LATE"))
    assert len(local.ledger()["journals"]) == 4
    local.clock.advance(30)
    local.faults(fault="garbage", body="<html>")
    assert post(local, journal(externalId="G")).text == "<html>"
    local.faults(fault="gateway_shape")
    assert post(local, journal(externalId="H")).status_code == 503
    references = [each["reference"] for each in local.ledger()["journals"]]
    assert references[-2:] == ["LATE", "G"]
    local.faults(fault="changed_amounts")
    assert post(local, journal(externalId="I")).status_code == 204
    assert local.balance("1310") == str(Decimal("125.40") * 7 + Decimal("0.01"))
