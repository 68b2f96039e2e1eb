"""What it costs this machine to post a journal to NetSuite: CPU of the client's process, the sandbox in another.

Ours is the connector's `post()` with the hub's guarded client, signed for each request: one `add`, and the journal read back
line by line. Bare is httpx2, hmac and an envelope of f-strings, with its answers read by lxml: the same two calls. The peer is
zeep with the vendor's whole WSDL, as clients of NetSuite are written; `netsuitesdk`, one of those, is made ready too. All post
the same lines to the same sandbox, in turns; the best of several rounds counts. Without the vendor's WSDL beside the source
tree there is no peer, and it says so.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from bench.posting_cost import DAY, JOURNALS, Figure, Post, amounts, beside, compared, entries

VERSION = "2023_2"
Element: TypeAlias = Any  # of lxml
WSDL = Path(__file__).parents[2] / "shared" / "specs" / "netsuite" / VERSION / "netsuite.wsdl"
ACCOUNTS = {"debit": "203", "credit": "216"}  # 1310 and 5010 in the sandbox
SUBSIDIARY = "West"
WEST = "2"
FEWEST_TIMES_LESS = 35  # than the peer's, at a thousand lines

_LOAD_OURS = f"import zeep; from hub_netsuite.definitions import builder; load_it = lambda: builder({VERSION!r})"
_LOAD_PEER = f"import zeep; load_it = lambda: zeep.Client({str(WSDL)!r})"
_LOAD_SDK = f"""
from netsuitesdk.internal.client import NetSuiteClient
NetSuiteClient.WSDL_URL_TEMPLATE = {str(WSDL)!r}
load_it = lambda: NetSuiteClient(account="1234567", caching=False, wsdl_version={VERSION!r})
"""
_LOAD = """
import time
{program}
began = time.process_time()
load_it()
took = time.process_time() - began
most = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(took, most)
"""


def figures(*, quick: bool = False) -> list[Figure]:
    """Return the figures: loading, then milliseconds of CPU for each journal."""
    with beside("bench.netsuite") as told:
        posts = {"ours": _ours(told), "bare": _bare(told)}
        posts["peer"] = _peer(told) if WSDL.exists() else posts["bare"]
        rows = list(compared("NetSuite", "zeep with the whole WSDL", posts, quick=quick))
    if not WSDL.exists():
        return [row for row in rows if not row[0].startswith("the same by")]
    return [*_loading(), *map(_held, rows)]


def _held(row: Figure) -> Figure:
    """Return a figure of the peer's at a thousand lines with what it is held to."""
    name, ours, peer, ratio, _ = row
    largest = name.startswith("the same by") and peer > FEWEST_TIMES_LESS
    return (name, ours, peer, ratio, 1 / FEWEST_TIMES_LESS) if largest else row


def _loading() -> Iterator[Figure]:
    """Measure what it takes to be ready for the first request once zeep is imported, each in a process of its own."""
    ours, our_memory = _loaded(_LOAD_OURS)
    for name, program in (("", _LOAD_PEER), ("by netsuitesdk, ", _LOAD_SDK)):
        peer, peer_memory = _loaded(program)
        yield f"NetSuite client ready, {name}CPU ms", ours * 1000, peer * 1000, ours / peer, 1 / 5
        yield f"its memory, {name}MB", our_memory / 1024, peer_memory / 1024, our_memory / peer_memory, 1


def _loaded(program: str) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", _LOAD.format(program=program)], check=True, capture_output=True, text=True
    )
    seconds, kilobytes = done.stdout.split()
    return float(seconds), float(kilobytes)


def _serve() -> None:
    from hub.testing.sandbox import serve_app
    from hub_netsuite.sandbox import NetSuiteSandbox

    sandbox = NetSuiteSandbox()
    with serve_app(sandbox.app) as base_url:
        sandbox.site(base_url).desk.limits.on = False
        print(json.dumps({**sandbox.credentials(base_url), "base_url": base_url}), flush=True)
        sys.stdin.read()


def _ours(told: dict[str, str]) -> Post:
    from hub.api import Account, Company, Connection
    from hub.plugins.client import guarded_client
    from hub.plugins.sign_in.typed import SigningTyped
    from hub_netsuite.connector import NetSuite
    from hub_netsuite.settings import Secrets, Settings

    connector = NetSuite()
    settings = Settings(account=told["account"], endpoint=VERSION, base_url=told["base_url"])
    typed = Secrets.model_validate({name: told[name] for name in Secrets.model_fields})
    signing = SigningTyped(lambda request: connector.sign(request, typed, settings))
    client = guarded_client(told["base_url"], auth=signing)
    company = Company(id=told["account"], name="Books", currency="USD")
    connection = Connection(name="books", settings=settings, environment="local", company=company, client=client)
    session = connector.open(connection)
    entry = entries(*(Account(id=ACCOUNTS[side], name=side) for side in ("debit", "credit")))
    mapped = {
        lines: tuple(replace(line, dimensions={"subsidiary": SUBSIDIARY}) for line in entry(lines, 0).lines)
        for lines in JOURNALS
    }

    def post(lines: int, number: int) -> Callable[[], object]:
        ready = replace(entry(lines, number), lines=mapped[lines])
        return lambda: session.post(ready)

    return post


def _signature(told: dict[str, str]) -> dict[str, str]:
    """Return the values of a passport by the names of its elements."""
    values = {
        "account": told["account"],
        "consumerKey": told["consumer_key"],
        "token": told["token_id"],
        "nonce": secrets.token_hex(16),
        "timestamp": str(int(time.time())),
    }
    key = f"{told['consumer_secret']}&{told['token_secret']}".encode()
    digest = hmac.digest(key, "&".join(values.values()).encode(), hashlib.sha256)
    return {**values, "signature": base64.b64encode(digest).decode()}


def _bare(told: dict[str, str]) -> Post:
    import httpx2
    from lxml import etree

    client = httpx2.Client()
    url = f"{told['base_url']}/services/NetSuitePort_{VERSION}"
    made = {lines: list(amounts(lines)) for lines in JOURNALS}

    def call(operation: str, body: str) -> Element:
        *values, signature = _signature(told).items()
        passport = "".join(f"<c:{name}>{value}</c:{name}>" for name, value in values)
        content = (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://www.w3.org/2001/XMLSchema-instance"'
            f' xmlns:m="urn:messages_{VERSION}.platform.webservices.netsuite.com"'
            f' xmlns:c="urn:core_{VERSION}.platform.webservices.netsuite.com"'
            f' xmlns:g="urn:general_{VERSION}.transactions.webservices.netsuite.com"><s:Header><m:tokenPassport>{passport}'
            f'<c:signature algorithm="HMAC-SHA256">{signature[1]}</c:signature></m:tokenPassport></s:Header>'
            f"<s:Body>{body}</s:Body></s:Envelope>"
        )
        headers = {"SOAPAction": operation, "Content-Type": "text/xml; charset=utf-8"}
        return etree.fromstring(client.post(url, content=content.encode(), headers=headers).content)

    def post(lines: int, number: int) -> float:
        rows = "".join(
            f'<g:line><g:account internalId="{ACCOUNTS[side]}"/><g:{side}>{amount}</g:{side}><g:memo>{memo}</g:memo></g:line>'
            for side, amount, memo in made[lines]
        )
        answer = call(
            "add",
            f'<m:add><m:record x:type="g:JournalEntry" externalId="BARE{number}">'
            f"<g:tranDate>{DAY}T00:00:00.000-07:00</g:tranDate>"
            f'<g:currency internalId="1"/><g:subsidiary internalId="{WEST}"/><g:lineList>{rows}</g:lineList></m:record></m:add>',
        )
        made_id = next(answer.iter("{*}baseRef")).get("internalId")
        read = call(
            "get", f'<m:get><m:baseRef x:type="c:RecordRef" type="journalEntry" internalId="{made_id}"/></m:get>'
        )
        return float(sum(float(each.text) for each in read.iter("{*}debit")))

    return lambda lines, number: lambda: post(lines, number)


def _peer(told: dict[str, str]) -> Post:
    import zeep

    client = zeep.Client(str(WSDL))  # type: ignore[no-untyped-call]
    spaces = {
        name: f"urn:{name}_{VERSION}.{of}.webservices.netsuite.com"
        for name, of in (("platform", ""), ("core", "platform"), ("general", "transactions"))
    }
    binding = f"{{urn:platform_{VERSION}.webservices.netsuite.com}}NetSuiteBinding"
    service = client.create_service(binding, f"{told['base_url']}/services/NetSuitePort_{VERSION}")  # type: ignore[no-untyped-call]
    kinds = {
        name: client.get_type(f"{{{spaces[space]}}}{name}")  # type: ignore[no-untyped-call]
        for name, space in (
            ("RecordRef", "core"),
            ("TokenPassport", "core"),
            ("TokenPassportSignature", "core"),
            ("JournalEntry", "general"),
            ("JournalEntryLine", "general"),
            ("JournalEntryLineList", "general"),
        )
    }

    def passport() -> object:
        values = _signature(told)
        signature = kinds["TokenPassportSignature"](values.pop("signature"), algorithm="HMAC-SHA256")
        return kinds["TokenPassport"](**values, signature=signature)

    def post(lines: int, number: int) -> float:
        ref = kinds["RecordRef"]
        rows = [
            kinds["JournalEntryLine"](account=ref(internalId=ACCOUNTS[side]), memo=memo, **{side: amount})
            for side, amount, memo in amounts(lines)
        ]
        record = kinds["JournalEntry"](
            externalId=f"PEER{number}",
            tranDate=f"{DAY}T00:00:00.000-07:00",
            currency=ref(internalId="1"),
            subsidiary=ref(internalId=WEST),
            lineList=kinds["JournalEntryLineList"](line=rows),
        )
        answer = service.add(record=record, _soapheaders={"tokenPassport": passport()})
        made = ref(internalId=answer.body.writeResponse.baseRef.internalId, type="journalEntry")
        read = service.get(baseRef=made, _soapheaders={"tokenPassport": passport()})
        return sum(each.debit or 0 for each in read.body.readResponse.record.lineList.line)

    return lambda lines, number: lambda: post(lines, number)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        _serve()
    else:
        for name, *rest in figures(quick="--quick" in sys.argv):
            print(f"{name:<46}", *(f"{value:>10.4g}" for value in rest))
