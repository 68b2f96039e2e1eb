"""What is read of an account: companies, chart, dimensions and journals, over both interfaces."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import httpx2
import pytest
from lxml import etree

from hub.api import (
    AccountKind,
    ConnectorError,
    NotWritten,
    Receipt,
    ReceiptStatus,
    ReconnectNeeded,
    Side,
    TryLater,
)
from hub_netsuite.chart import KINDS
from plugins.netsuite.tests.journals import (
    ABSENT,
    GET,
    GET_BY_KEY,
    GOOD,
    JOURNAL,
    REST_ABSENT,
    details,
    entry,
    envelope,
    fault,
    found,
    items,
    journal,
    read,
    record,
    rest_journal,
    scripted,
    status,
    there,
)

POSTED = Receipt(id=JOURNAL, status=ReceiptStatus.POSTED)
CHART = (
    record("Account", "50", acctNumber="1300", acctName="Inventory", acctType="_otherCurrentAsset"),
    record(
        "Account",
        "58",
        acctNumber="1310",
        acctName="Food Inventory",
        acctType="_otherCurrentAsset",
        parent="#50 1300 Inventory",
        isInactive="false",
        subsidiaryList="1 3",
    ),
    record("Account", "4", acctNumber="5010", acctName="COGS Meat", acctType="_costOfGoodsSold", isInactive="false"),
    record("Account", "9", acctNumber="1200", acctName="Receivables", acctType="_accountsReceivable"),
    record("Account", "10", acctNumber="9000", acctName="Old", acctType="_expense", isInactive="true"),
    record("Account", "11", acctName="Heads", acctType="_statistical"),
)
REST_CHART = items(
    {"id": 50, "acctnumber": "1300", "accountsearchdisplaynamecopy": "Inventory", "accttype": "OthCurrAsset"},
    {
        "id": 58,
        "acctnumber": "1310",
        "accountsearchdisplaynamecopy": "Food Inventory",
        "accttype": "OthCurrAsset",
        "parent": "50",
        "isinactive": "F",
        "subsidiary": "1, 3",
        "includechildren": "T",
    },
    {"id": 4, "acctnumber": "5010", "accountsearchdisplaynamecopy": "COGS Meat", "accttype": "COGS", "isinactive": "F"},
    {"id": 9, "acctnumber": "1200", "accountsearchdisplaynamecopy": "Receivables", "accttype": "AcctRec"},
    {"id": 10, "acctnumber": "9000", "accountsearchdisplaynamecopy": "Old", "accttype": "Expense", "isinactive": "T"},
    {"id": 11, "accountsearchdisplaynamecopy": "Heads", "accttype": "Stat"},
)


@pytest.mark.parametrize("transport", ["soap", "rest"])
def test_the_chart_has_full_names_kinds_and_why_an_account_takes_no_journals(transport: str) -> None:
    session, _ = scripted({"search Account": found(*CHART), "query account": REST_CHART}, transport=transport)
    accounts = {each.id: each for each in session.accounts()}
    food = accounts["58"]
    assert (food.number, food.name, food.kind) == ("1310", "Inventory:Food Inventory", AccountKind.ASSET)
    assert accounts["4"].kind is AccountKind.COGS
    assert "without a customer or vendor" in accounts["9"].why_not_postable
    assert (accounts["10"].active, accounts["10"].why_not_postable) == (False, "It is inactive in NetSuite.")
    assert (accounts["11"].kind, bool(accounts["11"].why_not_postable)) == (None, True)


def test_a_search_asks_for_all_fields_and_goes_on_page_by_page() -> None:
    session, script = scripted(
        {
            "search Account": found(*CHART[:4], pages=2, total=6),
            "searchMoreWithId": found(*CHART[4:], kind="searchMoreWithId", page=2, pages=2, total=6),
        }
    )
    assert len(list(session.accounts())) == 6
    first, second = (etree.fromstring(each.content) for each in script.asked[1:])
    assert [next(first.iter(f"{{*}}{name}")).text for name in ("bodyFieldsOnly", "pageSize")] == ["false", "1000"]
    assert [next(second.iter(f"{{*}}{name}")).text for name in ("searchId", "pageIndex")] == [
        "WEBSERVICES_SEARCH_9",
        "2",
    ]
    assert all(each.extensions.get("reading") is True for each in script.asked)


def test_a_list_that_was_changed_while_it_was_read_is_not_taken_for_whole() -> None:
    session, _ = scripted({"search Account": found(*CHART, total=7)})
    with pytest.raises(ConnectorError, match="changed while they were listed"):
        session.accounts()


@pytest.mark.parametrize(
    "refused",
    [
        fault("insufficientPermissionFault", "INSUFFICIENT_PERMISSION", "Permission Violation"),
        envelope(
            "<messages:searchResponse><core:searchResult>"
            + status("INSUFFICIENT_PERMISSION", "You need  the 'Lists -> Accounts' permission to access this page.")
            + "</core:searchResult></messages:searchResponse>"
        ),
    ],
)
def test_a_role_that_may_not_search_accounts_gets_those_that_a_journal_offers_by_subsidiary(
    refused: httpx2.Response,
) -> None:
    def offered(request: httpx2.Request) -> httpx2.Response:
        root = etree.fromstring(request.content)
        subsidiary = next(root.iter("{*}internalId")).text
        page = int(str(next(root.iter("{*}pageIndex")).text))
        both = [("58", "1310 Food Inventory"), ("4", "COGS Meat")]
        several = both[page - 1 : page] if subsidiary == "3" else both[:1]
        refs = "".join(
            f'<core:baseRef internalId="{id_}" xsi:type="core:RecordRef"><core:name>{name}</core:name></core:baseRef>'
            for id_, name in several
        )
        return envelope(
            f"<messages:getSelectValueResponse><core:getSelectValueResult>{GOOD}<core:totalRecords>2</core:totalRecords>"
            f"<core:totalPages>{2 if subsidiary == '3' else 1}</core:totalPages><core:baseRefList>{refs}</core:baseRefList>"
            "</core:getSelectValueResult></messages:getSelectValueResponse>"
        )

    session, script = scripted({"search Account": refused, "getSelectValue": offered})
    accounts = {each.id: (each.number, each.name, each.kind) for each in session.accounts()}
    assert accounts == {"58": ("1310", "Food Inventory", None), "4": ("", "COGS Meat", None)}
    assert script.calls().count("getSelectValue") == 6


def test_a_role_that_sees_no_accounts_at_all_is_told_which_permission_it_lacks() -> None:
    nothing = envelope(
        f"<messages:getSelectValueResponse><core:getSelectValueResult>{GOOD}<core:totalRecords>0</core:totalRecords>"
        "</core:getSelectValueResult></messages:getSelectValueResponse>"
    )
    refused = fault("insufficientPermissionFault", "INSUFFICIENT_PERMISSION", "Permission Violation")
    session, _ = scripted({"search Account": refused, "getSelectValue": nothing})
    with pytest.raises(NotWritten, match="lacks a permission"):
        session.accounts()


@pytest.mark.parametrize("transport", ["soap", "rest"])
def test_dimensions_are_subsidiaries_departments_classes_and_locations_but_for_those_that_are_off(
    transport: str,
) -> None:
    kitchen = {"id": "11", "name": "Kitchen", "isinactive": "F"}
    off = details(400, "USER_ERROR", "You do not have permission to view locations.")
    session, _ = scripted(
        {
            "search Department": found(record("Department", "11", name="Kitchen")),
            "search Classification": found(),
            "search Location": fault("insufficientPermissionFault", "INSUFFICIENT_PERMISSION", "Permission Violation"),
            "query department": items(kitchen),
            "query classification": items(),
            "query location": off,
        },
        transport=transport,
    )
    dimensions = {each.name: each for each in session.dimensions()}
    assert list(dimensions) == ["subsidiary", "department"]
    assert dimensions["subsidiary"].required
    names = {value.name: value.active for value in dimensions["subsidiary"].values or ()}
    assert names["Larkspur Table Group:Larkspur West"] is True
    if transport == "soap":
        assert names["Larkspur Table Group:Eliminations"] is False
    assert [value.name for value in dimensions["department"].values or ()] == ["Kitchen"]


def test_a_list_that_fails_for_now_is_an_error_and_never_a_dimension_that_is_off() -> None:
    blocked = fault("exceededConcurrentRequestLimitFault", "WS_REQUEST_BLOCKED", "Too many")
    session, _ = scripted({"search Department": blocked})
    with pytest.raises(TryLater):
        session.dimensions()


def test_the_company_is_the_account_by_the_name_of_its_topmost_subsidiary() -> None:
    session, _ = scripted({})
    (company,) = session.companies()
    assert (company.id, company.name) == ("1234567_SB1", "Larkspur Table Group (1234567_SB1)")
    assert company.currency is None  # its subsidiaries keep their books in two
    alone = found(record("Subsidiary", "1", name="Larkspur", currency="#1 US Dollar"))
    session, _ = scripted({"search Subsidiary": alone})
    assert session.companies()[0].currency == "USD"
    session, _ = scripted({}, oneworld=False)
    (company,) = session.companies()
    assert (company.name, company.currency) == ("NetSuite 1234567_SB1", "USD")


@pytest.mark.parametrize("transport", ["soap", "rest"])
def test_a_journal_is_found_by_its_key_alone_and_absent_only_where_netsuite_says_so(transport: str) -> None:
    session, _ = scripted({"get": read(), GET_BY_KEY: rest_journal()}, transport=transport)
    (receipt,) = session.find(entry())
    assert (receipt.id, receipt.number) == (JOURNAL, "JE117")
    session, _ = scripted({"get": ABSENT, GET_BY_KEY: REST_ABSENT}, transport=transport)
    assert session.find(entry()) == []


@pytest.mark.parametrize("transport", ["soap", "rest"])
@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(404, content=b"<html>Not Found</html>"),
        httpx2.Response(500, content=b""),
        httpx2.Response(200, content=b""),
        httpx2.ReadTimeout("slow"),
        read(told=status("INSUFFICIENT_PERMISSION", "Permission Violation")),
        read(told='<core:status isSuccess="false"/>'),
        details(404, "SOMETHING", "Else."),
        details(400, "USER_ERROR", "No."),
    ],
)
def test_a_look_up_that_fails_is_never_absent(transport: str, answer: httpx2.Response | Exception) -> None:
    session, _ = scripted({"get": answer, GET_BY_KEY: answer, GET: answer}, transport=transport)
    with pytest.raises(ConnectorError):
        session.find(entry())
    with pytest.raises(ConnectorError):
        session.read(POSTED)


@pytest.mark.parametrize("transport", ["soap", "rest"])
def test_a_journal_is_read_as_it_stands_and_none_where_it_is_gone(transport: str) -> None:
    session, _ = scripted({"get": [read(), ABSENT], GET: [rest_journal(), REST_ABSENT]}, transport=transport)
    recorded = session.read(POSTED)
    assert recorded is not None
    assert (recorded.date, recorded.currency, recorded.status) == (date(2026, 10, 31), "USD", ReceiptStatus.POSTED)
    assert [(each.account.id, each.side, each.amount) for each in recorded.lines] == [
        ("58", Side.DEBIT, Decimal("5120.05")),
        ("4", Side.CREDIT, Decimal("5120.05")),
    ]
    assert session.read(POSTED) is None


@pytest.mark.parametrize(
    ("told", "exact"),
    [("5120.05", "5120.05"), ("1.234567801E7", "12345678.01"), ("3", "3.00"), ("0.1", "0.10"), ("-5.00", "5.00")],
)
def test_amounts_are_read_to_the_cent_however_they_are_written(told: str, exact: str) -> None:
    session, _ = scripted({"get": read(journal(there("58", "debit", told), there("4", "credit", told)))})
    recorded = session.read(POSTED)
    assert recorded is not None
    assert {str(each.amount) for each in recorded.lines} == {exact}


@pytest.mark.parametrize(
    "lines",
    [
        (there("58", "debit", "1.00"), there("4", "credit", "1.01")),
        (there("58", "debit", "0.005"), there("4", "credit", "0.005")),
        (there("58", "debit", "NaN"), there("4", "credit", "NaN")),
        (there("58", "debit", "a lot"), there("4", "credit", "a lot")),
        (there("58", "debit", "9" * 40), there("4", "credit", "9" * 40)),
    ],
)
def test_a_journal_whose_amounts_make_no_sense_is_unreadable(lines: tuple[str, ...]) -> None:
    session, _ = scripted({"get": read(journal(*lines))})
    with pytest.raises(ConnectorError, match="cannot read"):
        session.read(POSTED)


@pytest.mark.parametrize(
    ("told", "zone"),
    [
        ("2026-10-31T00:00:00.000-07:00", "Pacific"),
        ("2026-10-30T21:00:00.000-07:00", "Eastern"),
        ("2026-10-31T07:00:00.000Z", "Pacific, told in UTC"),
        ("2026-10-31T03:00:00.000-07:00", "Hawaii"),
        ("2026-10-30T17:00:00.000-07:00", "London"),
        ("2026-10-31T00:00:00", "Pacific, without an offset"),
    ],
)
def test_a_date_is_midnight_in_the_users_zone_told_in_pacific_time(told: str, zone: str) -> None:
    session, _ = scripted({"get": read(journal(day=told))})
    recorded = session.read(POSTED)
    assert recorded is not None
    assert recorded.date == date(2026, 10, 31), zone


def test_a_journal_without_a_date_or_in_an_unknown_currency_is_unreadable() -> None:
    for made in (journal(day=""), journal().replace('currency internalId="1"', 'currency internalId="77"')):
        session, _ = scripted({"get": read(made)})
        with pytest.raises(ConnectorError, match="cannot read"):
            session.read(POSTED)


def test_over_rest_a_query_goes_on_while_there_is_more() -> None:
    session, script = scripted(
        {"query account": [items({"id": "1", "accountsearchdisplaynamecopy": "A"}, more=True), items({"id": "2"})]},
        transport="rest",
    )
    assert [each.id for each in session.accounts()] == ["1", "2"]
    offsets = [each.url.params["offset"] for each in script.asked if script.name(each) == "query account"]
    assert offsets == ["0", "1000"]
    assert all(each.headers["Prefer"] == "transient" for each in script.asked)


def test_every_kind_of_account_of_the_vendors_schema_that_holds_money_is_known(vendor_account_kinds: set[str]) -> None:
    assert vendor_account_kinds - set(KINDS) == {"nonposting", "statistical"}


def test_a_sign_in_that_is_refused_asks_for_a_person() -> None:
    refused = fault("invalidCredentialsFault", "INVALID_LOGIN_CREDENTIALS", "Invalid login attempt.")
    session, _ = scripted({"getAll": refused, "search Subsidiary": refused})
    with pytest.raises(ReconnectNeeded):
        session.companies()
