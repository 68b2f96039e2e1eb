"""What the sandbox tells over SOAP of chart, subsidiaries, segments and periods, and how journal entries are found there."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.netsuite.tests.sandbox_client import Answer, Local, ref


@pytest.fixture
def local(tmp_path: Path) -> Local:
    return Local(folder=tmp_path)


def search(local: Local, kind: str, basic: str = "", **preferences: str) -> Answer:
    space = "sales" if kind == "TransactionSearch" else "a"
    inside = f"<{space}:basic>{basic}</{space}:basic>" if basic else ""
    told = "".join(f"<m:{name}>{value}</m:{name}>" for name, value in preferences.items())
    asked = f'<m:search><m:searchRecord xsi:type="{space}:{kind}">{inside}</m:searchRecord></m:search>'
    return local.soap(asked, preferences=f"<m:searchPreferences>{told}</m:searchPreferences>" if told else "")


def more(local: Local, told: Answer, page: int) -> Answer:
    search_id = told.texts("searchId")[0]
    inside = f"<m:searchId>{search_id}</m:searchId><m:pageIndex>{page}</m:pageIndex>"
    return local.soap(f"<m:searchMoreWithId>{inside}</m:searchMoreWithId>")


def field(name: str, operator: str, *values: str) -> str:
    inside = "".join(f"<c:searchValue>{value}</c:searchValue>" for value in values)
    return f'<common:{name} operator="{operator}">{inside}</common:{name}>'


def chosen(name: str, operator: str, key: str) -> str:
    return f'<common:{name} operator="{operator}"><c:searchValue internalId="{key}"/></common:{name}>'


def is_(name: str, value: str) -> str:
    return f"<common:{name}><c:searchValue>{value}</c:searchValue></common:{name}>"


def test_the_chart_comes_page_by_page_and_a_page_may_be_asked_for_again(local: Local) -> None:
    first = search(local, "AccountSearch", pageSize="10")
    assert (first.texts("totalRecords"), first.texts("totalPages"), first.texts("pageIndex")) == (["26"], ["3"], ["1"])
    pages = [more(local, first, page) for page in (1, 2, 3)]
    numbers = [number for page in pages for number in page.texts("acctNumber")]
    assert len(numbers) == len(set(numbers)) == 26
    assert first.texts("acctNumber") == numbers[:10]
    assert more(local, first, 4).codes == ["INVALID_SEARCH_PAGE_INDEX"]
    assert more(local, first, 0).codes == ["INVALID_SEARCH_PAGE_INDEX"]
    unknown = local.soap(
        "<m:searchMoreWithId><m:searchId>x</m:searchId><m:pageIndex>1</m:pageIndex></m:searchMoreWithId>"
    )
    assert unknown.codes == ["INVALID_SEARCH_MORE"]


@pytest.mark.parametrize("size", ["4", "1001", "many"])
def test_a_page_has_five_to_a_thousand_records(local: Local, size: str) -> None:
    assert search(local, "AccountSearch", pageSize=size).codes == ["INVALID_SEARCH_PAGE_SIZE"]


def test_subsidiaries_of_an_account_come_only_where_more_than_body_fields_is_asked_for(local: Local) -> None:
    plain = search(local, "AccountSearch")
    assert plain.find("subsidiaryList") is None
    whole = search(local, "AccountSearch", bodyFieldsOnly="false")
    known = {
        each.find("{*}acctNumber").text: [row.get("internalId") for row in each.find("{*}subsidiaryList")]
        for each in whole.all("record")
    }
    assert (known["1310"], known["1370"]) == (["1", "2", "3"], ["3"])
    local.faults(one_world=False)
    assert search(local, "AccountSearch", bodyFieldsOnly="false").find("subsidiaryList") is None


def test_the_chart_has_what_inventories_need(local: Local) -> None:
    told = search(local, "AccountSearch")
    kinds = dict(zip(told.texts("acctNumber"), told.texts("acctType"), strict=True))
    assert {kinds[number] for number in ("1010", "1100", "1310", "2010", "5010", "9010")} == {
        "_bank",
        "_accountsReceivable",
        "_otherCurrentAsset",
        "_accountsPayable",
        "_costOfGoodsSold",
        "_statistical",
    }
    assert told.texts("isInactive").count("true") == 1
    local.faults(inactivate_accounts=["5010"])
    assert search(local, "AccountSearch").texts("isInactive").count("true") == 2
    local.faults(restore_accounts=["5010"])
    assert search(local, "AccountSearch").texts("isInactive").count("true") == 1


FOUND: list[tuple[str, list[str]]] = [
    (field("number", "is", "1310"), ["1310"]),
    (field("number", "startsWith", "51"), ["5100", "5110", "5120"]),
    (field("name", "contains", "WINE"), ["1350", "5120"]),
    (field("displayName", "is", "1350 Wine Inventory"), ["1350"]),
    (field("type", "anyOf", "_bank", "_equity"), ["1010", "3010"]),
    (chosen("internalId", "anyOf", "203"), ["1310"]),
    (is_("isInactive", "true"), ["1390"]),
    (is_("isInactive", "false") + field("name", "startsWith", "Canadian"), ["1370"]),
    (chosen("subsidiary", "noneOf", "1"), ["1370"]),
    (field("internalIdNumber", "lessThan", "202"), ["1010"]),
    (field("number", "notEmpty") + field("name", "is", "Sales"), ["4010"]),
    (field("name", "is", "nothing"), []),
]


@pytest.mark.parametrize(("basic", "numbers"), FOUND)
def test_accounts_are_found_by_their_fields(local: Local, basic: str, numbers: list[str]) -> None:
    told = search(local, "AccountSearch", basic)
    assert told.succeeded
    assert told.texts("acctNumber") == numbers
    assert told.texts("totalRecords") == [str(len(numbers))]


@pytest.mark.parametrize(
    ("kind", "basic", "code"),
    [
        ("AccountSearch", field("number", "anyOf", "1"), "INVALID_SEARCH_OPERATOR"),
        ("AccountSearch", field("type", "is", "_bank"), "INVALID_SEARCH_OPERATOR"),
        ("AccountSearch", field("balance", "equalTo", "1"), "INVALID_SEARCH_FIELD_NAME"),
        ("AccountSearchAdvanced", "", "INVALID_SEARCH_TYPE"),
        ("AccountingPeriodSearch", field("startDate", "on", "2026-10-01"), "INVALID_SEARCH_VALUE"),
    ],
)
def test_a_search_that_cannot_be_made_is_refused(local: Local, kind: str, basic: str, code: str) -> None:
    assert search(local, kind, basic).codes == [code]


def test_segments_subsidiaries_and_currencies_are_listed_and_read_one_by_one(local: Local) -> None:
    assert search(local, "DepartmentSearch").texts("name") == ["Kitchen", "Bar", "Catering", "Bakery"]
    assert search(local, "ClassificationSearch").texts("name") == ["Food", "Beverage"]
    assert search(local, "LocationSearch", chosen("subsidiary", "anyOf", "3")).texts("name") == ["Toronto"]
    subsidiaries = search(local, "SubsidiarySearch")
    assert subsidiaries.texts("legalName") == ["Restaurants Inc.", "Restaurants West LLC", "Restaurants Canada Ltd."]
    currencies = local.soap('<m:getAll><m:record recordType="currency"/></m:getAll>')
    assert currencies.texts("symbol") == ["USD", "CAD"]
    assert local.soap('<m:getAll><m:record recordType="state"/></m:getAll>').codes == ["INVALID_RCRD_TYPE"]
    wanted = "".join(ref(kind, internal_id="1") for kind in ("department", "currency", "subsidiary", "customer"))
    several = local.soap(f"<m:getList>{wanted}</m:getList>")
    assert [each.get("isSuccess") for each in several.all("status")] == ["true", "true", "true", "true", "false"]
    assert several.codes == ["RCRD_DSNT_EXIST"]
    too_many = local.soap(f"<m:getList>{ref('account', internal_id='203') * 1001}</m:getList>")
    assert too_many.codes == ["MAX_RCRDS_EXCEEDED"]


def test_a_reference_needs_its_type_and_a_key(local: Local) -> None:
    untyped = local.soap('<m:get><m:baseRef internalId="203" type="account"/></m:get>')
    assert (untyped.status_code, "xsi:type" in untyped.texts("faultstring")[0]) == (500, True)
    assert local.soap('<m:get><m:baseRef xsi:type="c:RecordRef" internalId="203"/></m:get>').codes == [
        "INVALID_RCRD_TYPE"
    ]
    assert local.soap('<m:get><m:baseRef xsi:type="c:RecordRef" type="account"/></m:get>').codes == [
        "INVALID_KEY_OR_REF"
    ]


def test_periods_say_what_is_closed(local: Local) -> None:
    months = is_("isQuarter", "false") + is_("isYear", "false")
    inside = field("startDate", "within", "2026-09-01T00:00:00-07:00").replace(
        "</c:searchValue></common:startDate>",
        "</c:searchValue><c:searchValue2>2026-11-30T00:00:00-08:00</c:searchValue2></common:startDate>",
    )
    ordered = is_("isQuarter", "false") + is_("isYear", "false") + inside
    assert search(local, "AccountingPeriodSearch", ordered).texts("closed") == ["false"] * 3
    local.faults(closed_through="2026-10-31")
    told = search(local, "AccountingPeriodSearch", ordered)
    assert (told.texts("periodName"), told.texts("closed")) == (
        ["Sep 2026", "Oct 2026", "Nov 2026"],
        ["true", "true", "false"],
    )
    assert told.texts("allLocked") == ["true", "true", "false"]
    assert search(local, "AccountingPeriodSearch", months).texts("totalRecords") == ["36"]
    closed = is_("closed", "true") + is_("isQuarter", "true")
    assert search(local, "AccountingPeriodSearch", closed).texts("periodName")[-1] == "Q3 2026"


def test_journal_entries_are_found_as_transactions(local: Local) -> None:
    keys = [local.add(external_id=f"IA{number}").key for number in range(3)]
    kind = field("type", "anyOf", "_journal")
    assert search(local, "TransactionSearch", kind).texts("totalRecords") == ["3"]
    by_id = '<common:externalId operator="anyOf"><c:searchValue externalId="ia1"/></common:externalId>'
    found = search(local, "TransactionSearch", by_id)
    assert [each.get("internalId") for each in found.all("record")] == [keys[1]]
    assert found.find("lineList") is None
    whole = search(local, "TransactionSearch", field("externalIdString", "is", "IA2"), bodyFieldsOnly="false")
    assert len(whole.find("lineList")) == 2
    changed = field("lastModifiedDate", "after", "2026-11-02T00:30:00-08:00")
    assert search(local, "TransactionSearch", changed).texts("totalRecords") == ["3"]
    assert search(local, "TransactionSearch", field("tranDate", "on", "2026-10-31T00:00:00")).texts("totalRecords") == [
        "3"
    ]


@pytest.mark.parametrize(
    ("permission", "kind"),
    [
        ("Lists -> Accounts", "AccountSearch"),
        ("Lists -> Subsidiaries", "SubsidiarySearch"),
        ("Setup -> Manage Accounting Periods", "AccountingPeriodSearch"),
    ],
)
def test_a_list_needs_its_permission(local: Local, permission: str, kind: str) -> None:
    local.faults(denied_permissions=[permission])
    told = search(local, kind)
    assert told.codes == ["INSUFFICIENT_PERMISSION"]
    assert permission in told.message.replace("&gt;", ">")


def select(local: Local, name: str, subsidiary: str = "", page: int = 1, **more: str) -> Answer:
    sublist = "<c:sublist>lineList</c:sublist>" if name in ("account", "entity") else ""
    by = f"<c:field>subsidiary</c:field><c:internalId>{subsidiary}</c:internalId>"
    filters = f"<c:filterByValueList><c:filterBy>{by}</c:filterBy></c:filterByValueList>" if subsidiary else ""
    kind = more.get("record", "journalEntry")
    asked = f"<c:recordType>{kind}</c:recordType>{sublist}<c:field>{name}</c:field>{more.get('filter', '')}{filters}"
    inside = f"<m:fieldDescription>{asked}</m:fieldDescription><m:pageIndex>{page}</m:pageIndex>"
    return local.soap(f"<m:getSelectValue>{inside}</m:getSelectValue>")


def test_what_may_be_chosen_is_told_to_a_role_that_may_not_list_accounts(local: Local) -> None:
    local.faults(denied_permissions=["Lists -> Accounts", "Lists -> Departments"])
    pages = [select(local, "account", "1", page) for page in (1, 2)]
    assert pages[0].texts("totalPages") == ["2"]
    names = [name for page in pages for name in page.texts("name")]
    assert len(names) == int(pages[0].texts("totalRecords")[0]) == 23
    assert "1310 Food Inventory" in names
    assert not {"1370 Canadian Inventory", "1390 Catering Inventory", "9010 Covers Served"} & set(names)
    assert select(local, "account", "1", 3).codes == ["INVALID_PAGE_INDEX"]
    assert "1370 Canadian Inventory" in select(local, "account", "3").texts("name")
    assert select(local, "department", "2").texts("name") == ["Kitchen", "Bar", "Catering"]
    assert select(local, "subsidiary").texts("name") == ["Restaurants Inc.", "West", "Canada"]
    assert select(local, "currency").texts("name") == ["US Dollar", "Canadian Dollar"]
    assert "Oct 2026" in [name for page in (1, 2) for name in select(local, "postingPeriod", page=page).texts("name")]
    wine = '<c:filter operator="contains"><c:filterValue>wine</c:filterValue></c:filter>'
    assert select(local, "account", "1", filter=wine).texts("name") == ["1350 Wine Inventory", "5120 COGS Wine"]


def test_a_field_that_depends_on_the_subsidiary_gives_nothing_without_it_but_a_warning(local: Local) -> None:
    told = select(local, "account")
    assert (told.succeeded, told.texts("totalRecords"), told.codes) == (True, ["0"], ["WARNING"])
    assert told.message == "Results are incomplete. You must provide a value for field subsidiary."
    local.faults(one_world=False)
    assert select(local, "account").texts("totalRecords") == ["24"]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"name": "colour"}, "INVALID_FLD_VALUE"),
        ({"name": "account", "subsidiary": "1", "record": "invoice"}, "INVALID_RCRD_TYPE"),
    ],
)
def test_a_field_that_is_not_there_has_no_values(local: Local, told: dict[str, str], code: str) -> None:
    assert select(local, **told).codes == [code]


def test_the_small_wsdl_has_each_version_in_its_own_namespaces(local: Local) -> None:
    for version in ("2023_2", "2025_2"):
        told = local.bare.get(f"/wsdl/v{version}_0/netsuite.wsdl").text
        assert f"http://127.0.0.1:9001/services/NetSuitePort_{version}" in told
        core = local.bare.get(f"/wsdl/v{version}_0/xsd/core.xsd").text
        assert f'targetNamespace="urn:core_{version}.platform.webservices.netsuite.com"' in core
    for path in ("v2019_1_0/netsuite.wsdl", "v2023_2_0/xsd/none.xsd", "v2023_2_0/xsd/../../secret.xsd"):
        assert local.bare.get(f"/wsdl/{path}").status_code == 404
    assert local.credentials["wsdl_url"].endswith("/wsdl/v2025_2_0/netsuite.wsdl")
