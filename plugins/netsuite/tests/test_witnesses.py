"""Witnesses that nobody here wrote, against the sandbox: the vendor's own schemas, and a public client of its SOAP service."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from lxml import etree

from hub.testing.sandbox import serve_app
from hub_netsuite.sandbox import NetSuiteSandbox
from plugins.netsuite.tests.sandbox_client import FOOD, MEAT, VERSION, Local, entry, envelope, ref

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
SCHEMAS = {
    "messages": "platform.messages",
    "core": "platform.core",
    "faults": "platform.faults",
    "accounting": "lists.accounting",
    "general": "transactions.general",
    "sales": "transactions.sales",
}
ROOMS = {"accounting": "lists", "general": "transactions", "sales": "transactions"}


@pytest.fixture(scope="session")
def vendors(shared: Path) -> Path:
    """The vendor's own WSDL files, one folder for each version."""
    return shared / "specs" / "netsuite"


@pytest.fixture(scope="session")
def schema(vendors: Path) -> Any:
    """The vendor's schemas."""
    folder = (vendors / VERSION / "xsd").as_uri()
    imports = "".join(
        f'<xsd:import namespace="urn:{room}_{VERSION}.{ROOMS.get(room, "platform")}.webservices.netsuite.com" '
        f'schemaLocation="{folder}/{name}.xsd"/>'
        for room, name in SCHEMAS.items()
    )
    return etree.XMLSchema(
        etree.XML(f'<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema">{imports}</xsd:schema>')
    )


def violations(schema: Any, message: bytes) -> list[str]:
    """What the vendor's schemas do not allow in a message: in its headers, and in its body or its fault."""
    root = etree.fromstring(message)
    header, body = root.find(f"{SOAP}Header"), root.find(f"{SOAP}Body")
    parts = [] if header is None else list(header)
    fault = body.find(f"{SOAP}Fault")
    inside = list(body) if fault is None else [each for each in fault.find("detail") if "axis" not in each.tag]
    found = []
    for part in (*parts, *inside):
        alone = etree.fromstring(etree.tostring(part))
        if not schema.validate(alone):
            found += [f"{part.tag}: {error.message}" for error in schema.error_log]
    return found


def exercise(local: Local) -> None:
    """Make the sandbox answer in every way it has, but for the help's own spelling."""
    local.add("Dr 203 125.40 department=1 class=1 location=1", "Cr 202 125.40 entity=501", department="2", location="1")
    local.add()
    local.add(external_id="NO-SUBSIDIARY", subsidiary="")
    local.soap(f"<m:upsert>{entry(external_id='U')}</m:upsert>")
    local.soap(f"<m:upsertList>{entry(external_id='U')}{entry('Dr 203 1.00', external_id='V')}</m:upsertList>")
    local.soap('<m:update><m:record xsi:type="g:JournalEntry" externalId="U"><g:memo>x</g:memo></m:record></m:update>')
    for fault in ("after_submit_failed", "warn", "unexpected_error", "server_error_before", "concurrency", "throttle"):
        local.faults(fault=fault)
        local.add(external_id=fault)
    kinds = (
        "account",
        "subsidiary",
        "department",
        "classification",
        "location",
        "currency",
        "accountingPeriod",
        "customer",
    )
    wanted = "".join(ref(kind, internal_id=key) for kind in kinds for key in ("1", "102", "203"))
    local.soap(f"<m:getList>{wanted}{ref('journalEntry', external_id='U')}</m:getList>")
    local.soap(f"<m:get>{ref('journalEntry', external_id='IA0000000001')}</m:get>")
    for kind in ("Account", "Subsidiary", "Department", "Classification", "Location", "AccountingPeriod"):
        asked = f'<m:search><m:searchRecord xsi:type="a:{kind}Search"/></m:search>'
        local.soap(
            asked, preferences="<m:searchPreferences><m:bodyFieldsOnly>false</m:bodyFieldsOnly></m:searchPreferences>"
        )
    found = local.soap('<m:search><m:searchRecord xsi:type="sales:TransactionSearch"/></m:search>')
    for search_id in (found.texts("searchId")[0], "none"):
        asked = f"<m:searchId>{search_id}</m:searchId><m:pageIndex>1</m:pageIndex>"
        local.soap(f"<m:searchMoreWithId>{asked}</m:searchMoreWithId>")
    local.soap('<m:search><m:searchRecord xsi:type="a:VendorSearch"/></m:search>')
    for name in ("subsidiary", "department", "postingPeriod", "colour"):
        asked = f"<c:recordType>journalEntry</c:recordType><c:field>{name}</c:field>"
        inside = f"<m:fieldDescription>{asked}</m:fieldDescription><m:pageIndex>1</m:pageIndex>"
        local.soap(f"<m:getSelectValue>{inside}</m:getSelectValue>")
    for kind in ("currency", "state"):
        local.soap(f'<m:getAll><m:record recordType="{kind}"/></m:getAll>')
    local.soap("<m:getServerTime/>")
    for account in ("1234567", ""):
        local.soap(f"<m:getDataCenterUrls><m:account>{account}</m:account></m:getDataCenterUrls>")
    for _ in range(2):
        local.soap(f"<m:delete>{ref('journalEntry', external_id='U')}</m:delete>")
    local.soap("<m:getServerTime/>", passport="")
    local.soap("<m:getServerTime/>", passport=local.passport(token_secret="wrong"))
    local.soap("<m:getServerTime/>", headers={"Cookie": "JSESSIONID=x"})
    local.soap("<m:attach/>")
    local.post(b"<html/>")
    local.post(envelope("2022_1", "<m:getServerTime/>", "").encode())
    local.faults(denied_permissions=["Setup -> SOAP Web Services"])
    local.soap("<m:getServerTime/>")


def test_every_answer_of_the_sandbox_faults_included_is_as_the_vendors_schemas_say(schema: Any, tmp_path: Path) -> None:
    local = Local(folder=tmp_path)
    exercise(local)
    assert len(local.answers) > 40
    wrong = {violation for answer in local.answers for violation in violations(schema, answer)}
    assert wrong == set()
    local.faults(denied_permissions=[], fault="after_submit_failed_lower")
    local.add(external_id="LOWER")
    assert "aftersubmitFailed" in violations(schema, local.answers[-1])[0]


def test_the_clients_of_these_tests_write_messages_as_the_vendors_schemas_say(schema: Any, tmp_path: Path) -> None:
    local = Local(folder=tmp_path)
    told = envelope(VERSION, f"<m:add>{entry('Dr 203 1.00 department=1', 'Cr 216 1.00')}</m:add>", local.passport())
    assert violations(schema, told.encode()) == []
    spoilt = told.replace("<g:memo>Inventory</g:memo>", "<g:memo>Inventory</g:memo><g:tranId>after</g:tranId>")
    assert violations(schema, spoilt.encode()) != []


@pytest.fixture(scope="session")
def served(vendors: Path) -> Iterator[tuple[str, NetSuiteSandbox]]:
    """The sandbox on a socket, with the vendor's own WSDL."""
    sandbox = NetSuiteSandbox(wsdl=vendors)
    with serve_app(sandbox.app) as base_url:
        yield base_url, sandbox


@pytest.fixture(scope="session")
def official(served: tuple[str, NetSuiteSandbox]) -> Any:
    """The public client, pointed at the sandbox by the two addresses that it keeps in its class."""
    base_url, sandbox = served
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from netsuitesdk import NetSuiteConnection
        from netsuitesdk.internal.client import NetSuiteClient

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(NetSuiteClient, "WSDL_URL_TEMPLATE", f"{base_url}/wsdl/{{wsdl_version}}/netsuite.wsdl")
            patch.setattr(NetSuiteClient, "DATACENTER_URL_TEMPLATE", f"{base_url}/services/{{netsuite_port_version}}")
            keys = sandbox.credentials(base_url)
            return NetSuiteConnection(
                account=keys["account"],
                consumer_key=keys["consumer_key"],
                consumer_secret=keys["consumer_secret"],
                token_key=keys["token_id"],
                token_secret=keys["token_secret"],
                caching=False,
                page_size=10,
                search_body_fields_only=False,
                wsdl_version=VERSION,
            )


def test_the_public_client_lists_the_chart_page_by_page(official: Any) -> None:
    pages = list(official.accounts.get_all_generator())
    assert [len(page) for page in pages] == [10, 10, 6]
    accounts = {account["acctNumber"]: account for page in pages for account in page}
    assert accounts["1310"].internalId == FOOD
    assert [each["internalId"] for each in accounts["1370"]["subsidiaryList"]["recordRef"]] == ["3"]
    assert official.accounts.count() == 25
    assert [each["name"] for each in official.subsidiaries.get_all()] == ["Restaurants Inc.", "West", "Canada"]
    assert [each["symbol"] for each in official.currencies.get_all()] == ["USD", "CAD"]
    (wine, cogs) = official.accounts.search("name", "wine", "contains")
    assert (wine["acctNumber"], cogs["acctNumber"]) == ("1350", "5120")


def test_the_public_client_posts_a_journal_and_reads_it(official: Any, served: tuple[str, NetSuiteSandbox]) -> None:
    told = {
        "externalId": "IA-WITNESS",
        "memo": "Inventory",
        "subsidiary": {"internalId": "1"},
        "department": {"internalId": "1"},
        "lineList": [
            {"account": {"internalId": FOOD}, "debit": 12.34},
            {"account": {"internalId": MEAT}, "credit": 12.34},
        ],
    }
    posted = official.journal_entries.post(told)
    assert (posted["externalId"], posted["type"]) == ("IA-WITNESS", "journalEntry")
    read = official.journal_entries.get(externalId="ia-witness")
    assert [(each["debit"], each["credit"]) for each in read["lineList"]["line"]] == [(12.34, None), (None, 12.34)]
    assert read["department"]["name"] == "Kitchen"
    base_url, sandbox = served
    books = sandbox.site(base_url).company.books["1"]
    assert books.trial_balance()["1310"] == 1234
    found = official.journal_entries.get_all_generator()
    assert posted["internalId"] in {each["internalId"] for each in found}
    official.journal_entries.delete(externalId="IA-WITNESS")
    assert books.trial_balance()["1310"] == 0


def test_the_public_client_is_told_what_is_wrong_in_its_own_errors(
    official: Any, served: tuple[str, NetSuiteSandbox]
) -> None:
    from netsuitesdk.internal.exceptions import NetSuiteLoginError, NetSuiteRateLimitError, NetSuiteRequestError

    lines = [{"account": {"internalId": "209"}, "debit": 1}, {"account": {"internalId": MEAT}, "credit": 1}]
    with pytest.raises(NetSuiteRequestError, match="Invalid account reference key 209 for subsidiary 1"):
        official.journal_entries.post({"externalId": "X", "subsidiary": {"internalId": "1"}, "lineList": lines})
    client = official.client
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "_token_secret", "wrong")
        with pytest.raises(NetSuiteLoginError, match=r"Invalid login attempt\."):
            official.accounts.get(internalId=FOOD)
    told = {"fault": "concurrency", "on": "read"}
    assert httpx2.post(f"{served[0]}/_sandbox/faults", json=told, trust_env=False).status_code == 200
    with pytest.raises(NetSuiteRateLimitError):
        official.accounts.get(internalId=FOOD)


def test_a_general_soap_client_reads_the_small_wsdl_and_is_answered(tmp_path: Path) -> None:
    import zeep

    local = Local(folder=tmp_path)
    with serve_app(NetSuiteSandbox(local.clock, wsdl=tmp_path / "none").app) as base_url:
        client = zeep.Client(f"{base_url}/wsdl/v2025_2_0/netsuite.wsdl")
        urls = client.service.getDataCenterUrls(account="1234567_SB1")
        assert urls.body.getDataCenterUrlsResult.dataCenterUrls.restDomain == base_url
        (binding,) = client.wsdl.bindings.values()
        assert len(binding.all()) == 13


def test_of_twelve_adds_of_one_external_id_at_the_same_time_exactly_one_is_kept(
    served: tuple[str, NetSuiteSandbox], tmp_path: Path
) -> None:
    base_url, sandbox = served
    local = Local(folder=tmp_path)
    local.clock.jump((sandbox.site(base_url).clock.now() - local.clock.now()).total_seconds())
    bodies = [
        envelope(VERSION, f"<m:add>{entry(external_id='TWELVE')}</m:add>", local.passport(nonce=f"twelve{n:02}"))
        for n in range(12)
    ]

    def send(body: str) -> str:
        told = httpx2.post(
            f"{base_url}/services/NetSuitePort_{VERSION}", content=body, headers={"SOAPAction": "add"}, trust_env=False
        )
        return "kept" if 'isSuccess="true"' in told.text else told.text

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(send, bodies))
    assert answers.count("kept") == 1
    assert all("DUP_RCRD" in each or "WS_REQUEST_BLOCKED" in each for each in answers if each != "kept")
    references = [each.reference for each in sandbox.site(base_url).company.books["1"].journals.values()]
    assert references.count("TWELVE") == 1


def test_a_sixth_call_while_five_are_under_way_is_blocked(served: tuple[str, NetSuiteSandbox], tmp_path: Path) -> None:
    base_url, sandbox = served
    way = sandbox.site(base_url).way
    local = Local(folder=tmp_path)
    local.clock.jump((sandbox.site(base_url).clock.now() - local.clock.now()).total_seconds())
    with way.counted(), way.counted(), way.counted(), way.counted():
        assert _time(base_url, local, "fifth").status_code == 200
        with way.counted():
            blocked = _time(base_url, local, "sixth1")
            assert (blocked.status_code, "WS_REQUEST_BLOCKED" in blocked.text) == (500, True)
            httpx2.post(f"{base_url}/_sandbox/faults", json={"limits": False}, trust_env=False)
            assert _time(base_url, local, "sixth2").status_code == 200
            httpx2.post(f"{base_url}/_sandbox/faults", json={"limits": True}, trust_env=False)


def _time(base_url: str, local: Local, nonce: str) -> httpx2.Response:
    body = envelope(VERSION, "<m:getServerTime/>", local.passport(nonce=f"time{nonce}"))
    address = f"{base_url}/services/NetSuitePort_{VERSION}"
    return httpx2.post(address, content=body, headers={"SOAPAction": "getServerTime"}, trust_env=False)
