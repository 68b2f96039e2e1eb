"""The demo's company whose keys are typed in, over HTTP: refused with each cause told, let in, mapped, posted by subsidiary."""

from __future__ import annotations

import csv
import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub.app import posting
from hub.demo.half_year import DATA, OFFERED_DATE
from hub.demo.networked import load_beside
from hub.plugins import Registry
from hub.service import people, signing_in
from hub.service.connecting.live_chart import read_chart
from hub.service.connections import add_connection
from hub.service.context import Hub
from hub.service.exporting import export
from hub.service.importing import import_rows
from hub.service.previewing import preview
from hub.store import Database
from hub.web.app import create_app
from hub.web.sandboxes import served
from tests.audit_key import AUDIT_KEY
from tests.conftest import SqliteDatabases
from tests.demo.home import NOW
from tests.passwords import cheap_passwords
from tests.web.conftest import PASSWORD, Visitor, words

__all__ = ["cheap_passwords"]

CODE = "DEMO-NETSUITE"
AT = f"/c/{CODE}/setup/connections"
KEYS = {
    "consumer_key": "Consumer key",
    "consumer_secret": "Consumer secret",
    "token_id": "Token ID",
    "token_secret": "Token secret",
}
LINE = re.compile(
    r'<tr><td>(\d+)</td><td>[^<]*</td><td class="amount">([^<]*)</td><td class="amount">([^<]*)</td></tr>'
)
PARENT, WEST, CANADA = "Restaurants Inc.", "Restaurants Inc.:West", "Restaurants Inc.:Canada"


@dataclass(frozen=True, slots=True)
class Beside:
    """The company and its stand-in; keys: what the stand-in's page shows."""

    hub: Hub
    visitor: Visitor
    stand_in: str
    keys: Mapping[str, str] = field(repr=False)

    def there(self, path: str) -> Any:  # Any: JSON
        """Return what the stand-in tells programs at a path."""
        return httpx2.get(f"{self.stand_in}{path}", headers={"Accept": "application/json"}, trust_env=False).json()

    def types_in(self, status: int = 303, **changes: str) -> str:
        """Type in what the stand-in's page shows, but for some changes; return the page, or where the browser is sent."""
        typed = {**{key: self.keys[name] for key, name in KEYS.items()}, **changes}
        sent = {"connection": "books", **{f"set:{name}": text for name, text in typed.items()}}
        return self.visitor.post(f"{AT}/secrets", sent, status=status)

    def imports(self, kind: str, *rows: Mapping[str, object]) -> None:
        """Import rows that must be taken."""
        assert import_rows(self.hub.database, CODE, kind, rows, actor="alice", now=NOW).errors == ()


@pytest.fixture
def beside(
    tmp_path: Path, sqlite_databases: SqliteDatabases, registry: Registry, cheap_passwords: None
) -> Iterator[Beside]:
    database = Database(sqlite_databases.migrated(), audit_key=AUDIT_KEY)
    hub = Hub(database=database, registry=registry, clock=lambda: NOW, home=tmp_path, actor="alice", posting=posting())
    with served(registry, "netsuite", 0) as told:
        load_beside(hub, {"netsuite": told})
        people.add_person(hub, "support", password=PASSWORD, support=True)
        with database.write() as connection:
            person = people.person_named(hub, "support")
            token = signing_in.begin(hub, connection, person.id, address="127.0.0.1", program="test")
        visitor = Visitor(create_app(hub))
        visitor.client.cookies.set("hub-session", token)
        yield Beside(hub, visitor, told["base_url"], _shown(told["base_url"]))
    database.close()


def _shown(address: str) -> dict[str, str]:
    """Return the texts to copy from a stand-in's page, by what they are called there."""
    page = httpx2.get(f"{address}/", trust_env=False).text
    pairs = re.findall(r"<dt>(.*?)</dt><dd><code>(.*?)</code></dd>", page, re.DOTALL)
    return {name: html.unescape(text) for name, text in pairs}


def test_support_finds_the_keys_is_told_each_cause_of_a_refusal_and_is_let_in_with_the_right_ones(
    beside: Beside,
) -> None:
    page = beside.visitor.get(f"{AT}/one?connection=books")
    assert f'<a href="{beside.stand_in}" rel="noreferrer">' in page
    swapped = {"consumer_key": beside.keys["Token ID"], "token_id": beside.keys["Consumer key"]}
    for wrong in ({"token_secret": "mistyped"}, swapped):
        refused = beside.types_in(409, **wrong)
        assert "View Login Audit Trail, column Detail:" in words(refused)
        cause = beside.there("/_sandbox/audit")["attempts"][0]["detail"]
        assert f"<li>{cause}: " in refused, "the list has what the trail says"
        assert "Connect again" in words(refused)
        assert 'id="set:token_secret"' in refused.partition("<details")[0], "it can be typed in again at once"
    details = [each["detail"] for each in beside.there("/_sandbox/audit")["attempts"]]
    assert details == ["consumer_key_unknown", "InvalidSignature"]
    one = beside.types_in()
    assert "books is connected to NetSuite and posts to Restaurants Inc. (1234567_SB1)." in beside.visitor.told(one)
    assert "was let in" in words(beside.visitor.post(f"{AT}/test", {"connection": "books"}, status=200))


def test_each_site_posts_to_its_subsidiary_and_one_in_another_currency_is_found_before(beside: Beside) -> None:
    beside.types_in()
    read_chart(beside.hub, CODE, "books")
    with (DATA / "account-map.csv").open(encoding="utf-8", newline="") as file:
        beside.imports(
            "account-map", *({**row, "connection": "books", "account_name": ""} for row in csv.DictReader(file))
        )
    beside.imports("site-map", *(_subsidiary(site, WEST) for site in ("CK", "DT")), _subsidiary("HB", CANADA))
    beside.imports(
        "opening", *({"date": "2026-09-30", "site": site, "category": "", "value": "0"} for site in ("CK", "DT", "HB"))
    )
    found = [each["message"] for each in preview(beside.hub, CODE, OFFERED_DATE)["problems"]]
    assert f"The subsidiary {CANADA} keeps its books in CAD, and this entry, of HB, is in USD." in found
    beside.imports("site-map", _subsidiary("HB", PARENT))
    shown = preview(beside.hub, CODE, OFFERED_DATE)
    made = export(beside.hub, CODE, OFFERED_DATE)
    assert made["state"] == "POSTED", made["problems"]
    pages = [httpx2.get(each["receipt"]["url"], trust_env=False).text for each in made["postings"]]
    named = [re.findall("<p>Subsidiary: (.*?)</p>", page) for page in pages]
    assert named == [["Restaurants Inc."], ["West"]]
    there = [Counter(LINE.findall(page)) for page in pages]
    assert there == [Counter(map(_line, entry["lines"])) for entry in shown["entries"]]


def test_the_other_interface_takes_the_key_that_the_page_shows_for_it(beside: Beside) -> None:
    settings = {"transport": "rest", "account": beside.keys["Account ID"], "base_url": beside.keys["Local address"]}
    add_connection(beside.hub, CODE, connector="netsuite", name="rest", settings=settings, environment="local")
    names = {"client_id": "Client ID", "certificate_id": "Certificate ID", "private_key": "Private key"}
    sent = {"connection": "rest", **{f"set:{key}": beside.keys[name] for key, name in names.items()}}
    refused = words(beside.visitor.post(f"{AT}/secrets", {**sent, "set:client_id": "another"}, status=409))
    assert "Connect again" in refused
    assert refused.count("NetSuite does not let the hub in with this key") == 1
    assert "rest is connected to NetSuite" in beside.visitor.told(beside.visitor.post(f"{AT}/secrets", sent))


def _line(line: Mapping[str, str]) -> tuple[str, str, str]:
    debit, credit = (line["amount"] if line["side"] == side else "" for side in ("debit", "credit"))
    return line["account_number"], debit, credit


def _subsidiary(site: str, name: str) -> dict[str, str]:
    return {"connection": "books", "site": site, "dimension": "subsidiary", "value": name}
