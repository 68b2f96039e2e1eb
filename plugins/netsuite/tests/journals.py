"""Journals to post, and a NetSuite that answers from a script over either interface: what was asked is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import httpx2

from hub.api import Account, Company, Connection, JournalEntry, JournalLine, Reason, Side
from hub_netsuite.connector import NetSuite
from hub_netsuite.session import NetSuiteSession
from hub_netsuite.settings import Settings

ACCOUNT = "1234567_SB1"
HOST = "https://1234567-sb1.suitetalk.api.netsuite.com"
VERSION = "2023_2"
NOW = 1_793_520_000.0  # 2026-11-01, 08:00 UTC
KEY = "0123456789abcdef" * 2
REFERENCE = "IA7K2Q9XM4B"
FOOD = Account(id="58", number="1310", name="Food Inventory")
MEAT = Account(id="4", number="5010", name="COGS Meat")
JOURNAL = "8801"

Body = dict[str, Any]  # JSON
Answer = httpx2.Response | Exception
Script = Answer | Sequence[Answer] | Callable[[httpx2.Request], httpx2.Response]


def line(side: str, account: Account, amount: str, memo: str | None = None, **dimensions: str) -> JournalLine:
    return JournalLine(
        account=account,
        side=Side(side),
        amount=Decimal(amount),
        memo=f"Ending inventory 2026-10-31 · {account.name}" if memo is None else memo,
        site="DT",
        reason=Reason.CURRENT,
        dimensions={"subsidiary": "Larkspur West", **dimensions},
    )


def entry(*lines: JournalLine, currency: str = "USD", day: date = date(2026, 10, 31)) -> JournalEntry:
    return JournalEntry(
        key=KEY,
        reference=REFERENCE,
        part=1,
        date=day,
        count_date=day,
        currency=currency,
        memo="Inventory adjustments 2026-10-31",
        lines=lines or (line("debit", FOOD, "5120.05"), line("credit", MEAT, "5120.05")),
    )


# What the SOAP interface answers.


def envelope(content: str, *, status: int = 200, **headers: str) -> httpx2.Response:
    """An answer with this in its body; every namespace is declared, as the vendor's answers do."""
    spaces = "".join(
        f' xmlns:{name}="urn:{name}_{VERSION}.{of}.webservices.netsuite.com"'
        for name, of in (
            ("messages", "platform"),
            ("core", "platform"),
            ("faults", "platform"),
            ("accounting", "lists"),
            ("general", "transactions"),
        )
    )
    text = (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"{spaces}>'
        "<soapenv:Header><messages:documentInfo><messages:nsId>WEBSERVICES_1234567_SB1_110120261</messages:nsId>"
        f"</messages:documentInfo></soapenv:Header><soapenv:Body>{content}</soapenv:Body></soapenv:Envelope>"
    )
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, headers={"Content-Type": "text/xml; charset=utf-8", **named}, content=text.encode())


GOOD = '<core:status isSuccess="true"/>'


def status(code: str, message: str, kind: str = "ERROR", more: str = "") -> str:
    return (
        f'<core:status isSuccess="false"><core:statusDetail type="{kind}"><core:code>{code}</core:code>'
        f"<core:message>{message}</core:message>{more}</core:statusDetail></core:status>"
    )


def written(journal: str = JOURNAL, told: str = GOOD) -> httpx2.Response:
    ref = f'<core:baseRef internalId="{journal}" type="journalEntry" xsi:type="core:RecordRef"/>' if journal else ""
    return envelope(
        f"<messages:addResponse><messages:writeResponse>{told}{ref}</messages:writeResponse></messages:addResponse>"
    )


def refused(code: str, message: str, more: str = "") -> httpx2.Response:
    return written("", status(code, message, more=more))


def fault(kind: str, code: str, message: str, **headers: str) -> httpx2.Response:
    detail = (
        f"<faults:{kind}><faults:code>{code}</faults:code><faults:message>{message}</faults:message></faults:{kind}>"
    )
    return envelope(
        f"<soapenv:Fault><faultcode>soapenv:Server.userException</faultcode><faultstring>{message}</faultstring>"
        f"<detail>{detail if kind else ''}<ns1:hostname xmlns:ns1='http://xml.apache.org/axis/'>app-1</ns1:hostname></detail>"
        "</soapenv:Fault>",
        status=500,
        **headers,
    )


def read(record: str = "", told: str = GOOD) -> httpx2.Response:
    held = record if record or told != GOOD else journal()
    return envelope(
        f"<messages:getResponse><messages:readResponse>{told}{held}</messages:readResponse></messages:getResponse>"
    )


ABSENT = read(told=status("RCRD_DSNT_EXIST", "That record does not exist. path: "))


def journal(
    *lines: str, key: str = KEY.upper(), approved: str = "true", day: str = "2026-10-31T00:00:00.000-07:00"
) -> str:
    """A journal entry as the SOAP interface answers it, of the entry above."""
    told = "".join(lines) or there("58", "debit", "5120.05") + there("4", "credit", "5120.05")
    return (
        f'<messages:record internalId="{JOURNAL}" externalId="{key}" xsi:type="general:JournalEntry">'
        f"<general:tranDate>{day}</general:tranDate>"
        '<general:currency internalId="1"><core:name>US Dollar</core:name></general:currency>'
        "<general:tranId>JE117</general:tranId>"
        '<general:subsidiary internalId="3"><core:name>Larkspur West</core:name></general:subsidiary>'
        f"<general:memo>{REFERENCE} Inventory adjustments 2026-10-31</general:memo>"
        f"<general:approved>{approved}</general:approved>"
        f"<general:lineList>{told}</general:lineList></messages:record>"
    )


def there(account: str, side: str, amount: str) -> str:
    return (
        f'<general:line><general:account internalId="{account}"><core:name>An account</core:name></general:account>'
        f"<general:line>1</general:line><general:{side}>{amount}</general:{side}>"
        "<general:memo>Ending inventory</general:memo></general:line>"
    )


def found(
    *records: str, kind: str = "search", page: int = 1, pages: int = 1, total: int | None = None
) -> httpx2.Response:
    """A page of a search's result."""
    counted = len(records) if total is None else total
    return envelope(
        f"<messages:{kind}Response><core:searchResult>{GOOD}<core:totalRecords>{counted}</core:totalRecords>"
        f"<core:pageSize>1000</core:pageSize><core:totalPages>{pages}</core:totalPages><core:pageIndex>{page}</core:pageIndex>"
        f"<core:searchId>WEBSERVICES_SEARCH_9</core:searchId><core:recordList>{''.join(records)}</core:recordList>"
        f"</core:searchResult></messages:{kind}Response>"
    )


def record(kind: str, internal: str, **fields: str) -> str:
    """A record of a list; a field whose text is `#5 Name` refers to another."""
    told = "".join(_field(name.strip("_"), value) for name, value in fields.items())
    return f'<core:record internalId="{internal}" xsi:type="accounting:{kind}">{told}</core:record>'


def _field(name: str, value: str) -> str:
    if name == "subsidiaryList":
        refs = "".join(f'<core:recordRef internalId="{each}"/>' for each in value.split())
        return f"<accounting:subsidiaryList>{refs}</accounting:subsidiaryList>"
    if value.startswith("#"):
        internal, _, name_there = value[1:].partition(" ")
        return f'<accounting:{name} internalId="{internal}"><core:name>{name_there}</core:name></accounting:{name}>'
    return f"<accounting:{name}>{value}</accounting:{name}>"


CURRENCIES = envelope(
    f"<messages:getAllResponse><core:getAllResult>{GOOD}<core:totalRecords>2</core:totalRecords><core:recordList>"
    + record("Currency", "1", name="US Dollar", symbol="USD", isBaseCurrency="true", isInactive="false")
    + record("Currency", "2", name="Canadian Dollar", symbol="CAD", isBaseCurrency="false", isInactive="false")
    + "</core:recordList></core:getAllResult></messages:getAllResponse>"
)
SUBSIDIARIES = found(
    record(
        "Subsidiary", "1", name="Larkspur Table Group", isInactive="false", isElimination="false", currency="#1 USD"
    ),
    record("Subsidiary", "3", name="Larkspur West", parent="#1 Larkspur", isInactive="false", currency="#1 USD"),
    record("Subsidiary", "4", name="Larkspur Canada", parent="#1 Larkspur", isInactive="false", currency="#2 CAD"),
    record("Subsidiary", "5", name="Eliminations", parent="#1 Larkspur", isElimination="true", currency="#1 USD"),
    record("Subsidiary", "6", name="Larkspur Oakland", parent="#3 West", isInactive="false", currency="#1 USD"),
)


@dataclass
class Scripted:
    """Answers each operation, or each method and path, from a script: in order, the last one for ever."""

    answers: dict[str, list[Answer | Callable[[httpx2.Request], httpx2.Response]]]
    asked: list[httpx2.Request] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.asked.append(request)
        several = self.answers.get(self.name(request))
        assert several, f"nobody expected {self.name(request)}"
        told = several.pop(0) if len(several) > 1 else several[0]
        if isinstance(told, Exception):
            raise told
        if isinstance(told, httpx2.Response):
            return httpx2.Response(told.status_code, headers=told.headers, content=told.content)
        return told(request)

    @staticmethod
    def name(request: httpx2.Request) -> str:
        """An operation, of a search with what is searched; over REST the method and the path, of a query its table."""
        if request.url.path.endswith("/suiteql"):
            return "query " + json.loads(request.content)["q"].rpartition(" FROM ")[2].split()[0]
        operation = request.headers.get("SOAPAction", "").strip('"')
        if operation != "search":
            return operation or f"{request.method} {request.url.path}"
        return (
            "search " + request.content.decode().rpartition(':type="')[2].partition(":")[2].partition("SearchBasic")[0]
        )

    def calls(self) -> list[str]:
        return [self.name(request) for request in self.asked]


def session_of(way: httpx2.BaseTransport, **settings: object) -> NetSuiteSession:
    """Return a session over a transport; endpoint 2023_2 unless told otherwise, since its schemas are known."""
    chosen = Settings.model_validate({"account": ACCOUNT, "endpoint": VERSION, **settings})
    connection = Connection(
        name="books",
        settings=chosen,
        environment="sandbox",
        company=Company(id=ACCOUNT, name="Larkspur", currency="USD"),
        currency="USD",
        client=httpx2.Client(base_url=HOST, transport=way),
    )
    session = NetSuite(lambda: NOW).open(connection)
    assert isinstance(session, NetSuiteSession)
    return session


def scripted(answers: Mapping[str, Script], **settings: object) -> tuple[NetSuiteSession, Scripted]:
    """Return a session whose NetSuite answers from a script; currencies and subsidiaries answer unless told otherwise."""
    usual: dict[str, Script] = {"getAll": CURRENCIES, "search Subsidiary": SUBSIDIARIES, **REST_LISTS}
    script = Scripted(
        {
            name: list(told) if isinstance(told, Sequence) else [told]  # type: ignore[list-item]
            for name, told in {**usual, **answers}.items()
        }
    )
    return session_of(httpx2.MockTransport(script), **settings), script


# What the REST interface answers.

JOURNALS = "/services/rest/record/v1/journalEntry"
ADD, GET = f"POST {JOURNALS}", f"GET {JOURNALS}/{JOURNAL}"
GET_BY_KEY = f"GET {JOURNALS}/eid:{KEY.upper()}"


def json_answer(body: object, status: int = 200, **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(
        status,
        headers={"Content-Type": "application/vnd.oracle.resource+json", "X-N-OperationId": "op-1", **named},
        content=json.dumps(body, default=float).encode(),
    )


def items(*several: Body, more: bool = False) -> httpx2.Response:
    return json_answer({"items": list(several), "hasMore": more, "count": len(several), "offset": 0})


def created(journal_id: str = JOURNAL) -> httpx2.Response:
    return httpx2.Response(204, headers={"Location": f"{HOST}{JOURNALS}/{journal_id}"})


def details(status: int, code: str, detail: str) -> httpx2.Response:
    return json_answer(
        {
            "type": "https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html",
            "title": "An error",
            "status": status,
            "o:errorDetails": [{"detail": detail, "o:errorCode": code, "o:errorPath": "line"}],
        },
        status,
    )


REST_ABSENT = details(404, "NONEXISTENT_ID", "The record instance does not exist. Provide a valid record instance ID.")
REST_LISTS: dict[str, Script] = {
    "query currency": items(
        {"id": "1", "symbol": "USD", "isbasecurrency": "T", "isinactive": "F"},
        {"id": "2", "symbol": "CAD", "isbasecurrency": "F", "isinactive": "F"},
    ),
    "query subsidiary": items(
        {"id": "1", "name": "Larkspur Table Group", "currency": "1", "iselimination": "F", "isinactive": "F"},
        {"id": "3", "name": "Larkspur West", "parent": "1", "currency": "1", "iselimination": "F", "isinactive": "F"},
    ),
}


def rest_journal(**changes: object) -> httpx2.Response:
    """A journal entry as the REST interface answers it, of the entry above."""
    lines = [
        {"account": {"id": "58", "refName": "1310 Food Inventory"}, "debit": 5120.05, "memo": "Ending inventory"},
        {"account": {"id": "4", "refName": "5010 COGS Meat"}, "credit": 5120.05},
    ]
    return json_answer(
        {
            "id": JOURNAL,
            "externalId": KEY.upper(),
            "tranId": "JE117",
            "tranDate": "2026-10-31",
            "approved": True,
            "currency": {"id": "1", "refName": "US Dollar"},
            "line": {"items": lines},
            **changes,
        }
    )
