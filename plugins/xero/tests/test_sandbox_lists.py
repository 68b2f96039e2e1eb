"""Lists of the sandbox: pages, filters, order, and what was changed since."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub_xero.sandbox.filters import BadQuery, filtered, ordered
from hub_xero.sandbox.organisations import Shown
from plugins.xero.tests.stand import Local, manual_journal


@pytest.fixture
def local() -> Local:
    return Local()


def test_without_a_page_the_lines_are_left_out_and_with_one_they_come_along(local: Local) -> None:
    for number in range(3):
        local.call("PUT", "ManualJournals", json=manual_journal(Narration=f"Journal {number}"))
        local.clock.advance(1)
    plain = local.call("GET", "ManualJournals").json()
    assert [each["JournalLines"] for each in plain["ManualJournals"]] == [[], [], []]
    assert "pagination" not in plain
    page = local.call("GET", "ManualJournals", params={"page": 2, "pageSize": 2, "order": "UpdatedDateUTC DESC"}).json()
    assert [(each["Narration"], len(each["JournalLines"])) for each in page["ManualJournals"]] == [("Journal 0", 2)]
    assert page["pagination"] == {"page": 2, "pageSize": 2, "pageCount": 2, "itemCount": 3}
    assert local.call("GET", "ManualJournals", params={"page": "x"}).json()["Type"] == "QueryParseException"


@pytest.mark.parametrize("since", ["2026-11-02T09:00:05", "Mon, 02 Nov 2026 09:00:05 GMT", "2026-11-02T04:00:05-05:00"])
def test_only_what_was_changed_since_comes_back(local: Local, since: str) -> None:
    for number in range(2):
        local.call("PUT", "ManualJournals", json=manual_journal(Narration=f"Journal {number}"))
        local.clock.advance(10)
    told = local.call("GET", "ManualJournals", headers={"If-Modified-Since": since}).json()
    assert [each["Narration"] for each in told["ManualJournals"]] == ["Journal 1"]


def test_paths_names_and_odd_clients_are_taken_as_they_come(local: Local) -> None:
    told = local.call(
        "GET",
        "/API.xro/2.0/accounts",
        params={"where": 'Type=="CURRENT" && Code.startswith("13")', "order": "Code DESC"},
        headers={"XERO-TENANT-ID": local.us.tenant.upper(), "Content-Type": "application/xml"},
        content=b"{}",
    ).json()
    codes = [each["Code"] for each in told["Accounts"]]
    assert codes == ["1390", "1360", "1350", "1340", "1330", "1320", "1310"]
    (bank,) = local.call("GET", "Accounts?where=Type==%22BANK%22").json()["Accounts"]
    assert "Code" not in bank


ROWS: list[Shown] = [
    {"Name": "Ab", "Amount": 5, "Flag": True, "Date": datetime(2026, 10, 31, tzinfo=UTC), "Id": "0d0c1b0a-aa"},
    {"Name": 'B"c', "Amount": 7, "Flag": False, "Date": datetime(2026, 11, 1, tzinfo=UTC), "Id": "1", "Url": "x"},
]


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("", ["Ab", 'B"c']),
        ('Name=="Ab"', ["Ab"]),
        ('name != "Ab"', ['B"c']),
        (r'Name == "B\"c"', ['B"c']),
        ('Name.Contains("b") OR Name.EndsWith("c")', ["Ab", 'B"c']),
        ('Name.contains("b") && Amount > 5', []),
        ("Amount>=5 AND (Amount<7 || Flag==false)", ["Ab", 'B"c']),
        ("Date==DateTime(2026,10,31)", ["Ab"]),
        ("Date>DateTime(2026,10,31,12,0,0)", ['B"c']),
        ('Date<=DateTime("2026-10-31")', ["Ab"]),
        ('Id==Guid("0D0C1B0A-AA")', ["Ab"]),
        ("Url==null", ["Ab"]),
        ('Url!=null AND Url.Contains("x")', ['B"c']),
        ("Missing==null", ["Ab", 'B"c']),
    ],
)
def test_filters_are_read_as_clients_write_them(where: str, names: list[str]) -> None:
    assert [row["Name"] for row in filtered(ROWS, where)] == names


@pytest.mark.parametrize(
    "where",
    [
        "Name",
        "Name==",
        "==5",
        "Name.Contains(5)",
        'Amount=="5"',
        "Name=='a'",
        "(Amount==5",
        "Amount==5 5",
        "Date==DateTime(2026,13,1)",
        "A==b",
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(where: str) -> None:
    with pytest.raises(BadQuery):
        filtered(ROWS, where)


def test_an_order_names_a_field_and_a_direction() -> None:
    assert [row["Name"] for row in ordered(list(ROWS), "Amount DESC")] == ['B"c', "Ab"]
    assert [row["Name"] for row in ordered(list(ROWS), "Url")] == ["Ab", 'B"c']
    with pytest.raises(BadQuery):
        ordered(list(ROWS), "Amount SIDEWAYS")
