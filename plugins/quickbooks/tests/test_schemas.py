"""Everything the connector sends, and everything the sandbox answers, is what the vendor's own schemas allow."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hub_quickbooks.sandbox import refusals
from plugins.quickbooks.tests.counter import REFERENCE, Counter, journal
from plugins.quickbooks.tests.schemas import Schema


@pytest.fixture(scope="session")
def schema(shared: Path) -> Schema:
    return Schema(shared / "specs" / "quickbooks")


def test_every_journal_that_is_sent_is_one_in_the_vendors_schema(counter: Counter, schema: Schema) -> None:
    entries = (
        journal(),
        journal(dimensions={"class": "Downtown", "location": "Harborside"}),
        journal("Dr 121 0.01 | <&>\"'\nCr 101 0.01"),
    )
    for number, entry in enumerate(entries):
        counter.session().post(journal(lines=entry.lines, key=f"{number}" * 32))
    sent = [request.content for request in counter.network.requests if request.method == "POST"]
    assert len(sent) == len(entries)
    for content in sent:
        assert schema.wrong_with_entity("JournalEntry", json.loads(content, parse_float=Decimal)) == []


@pytest.mark.parametrize(
    "change", [{"PostingType": "Debt"}, {"AccountRef": None}, {"Amount": "12,00"}, {"Surprise": "x"}]
)
def test_the_schema_finds_what_is_wrong(counter: Counter, schema: Schema, change: dict[str, Any]) -> None:
    counter.session().post(journal())
    told = json.loads(counter.network.requests[-1].content, parse_float=Decimal)
    line = told["Line"][0]
    place = line["JournalEntryLineDetail"] if "PostingType" in change or "AccountRef" in change else line
    place.update(change)
    if change == {"AccountRef": None}:
        del line["JournalEntryLineDetail"]
        line["DetailType"] = "JournalLine"
    assert schema.wrong_with_entity("JournalEntry", told)


def every_answer(counter: Counter) -> list[tuple[str, dict[str, Any]]]:
    """Return the calls to the sandbox whose answers are judged."""
    counter.session().post(journal(dimensions={"class": "Downtown", "location": "Harborside"}))
    body = json.loads(counter.network.requests[-1].content)
    calls: list[tuple[str, dict[str, Any]]] = [
        ("GET companyinfo/1", {}),
        ("GET preferences", {}),
        ("GET account/81", {}),
        ("GET class/5000000000000142240", {}),
        ("GET department/1", {}),
        ("GET journalentry/145", {}),
        ("GET cdc", {"params": {"entities": "JournalEntry,Account", "changedSince": "2026-01-01T00:00:00Z"}}),
        ("POST journalentry", {"json": {**body, "DocNumber": "two"}}),
        ("POST account", {"json": {"Name": "New", "AccountType": "Expense", "ParentRef": {"value": "131"}}}),
        ("POST class", {"json": {"Name": "New"}}),
    ]
    entities = ("Account", "Class", "Department", "JournalEntry", "CompanyInfo", "Preferences", "Vendor")
    statements = (*(f"SELECT * FROM {entity} MAXRESULTS 1000" for entity in entities), "SELECT COUNT(*) FROM Account")
    return [*calls, *(("GET query", {"params": {"query": statement}}) for statement in statements)]


def test_every_answer_of_the_sandbox_is_one_in_the_vendors_schema_in_json_and_in_xml(
    counter: Counter, schema: Schema
) -> None:
    for call, options in every_answer(counter):
        method, path = call.split()
        told = counter.raw(method, path, **options)
        assert told.status_code == 200, told.text
        assert schema.wrong_with_json(json.loads(told.content, parse_float=Decimal)) == [], call
        if method == "GET":
            xml = counter.raw(method, path, headers={"Accept": "*/*"}, **options)
            assert xml.headers["content-type"].startswith("application/xml")
            assert schema.wrong_with(xml.content) == [], call


@pytest.mark.parametrize(
    "refused",
    [
        refusals.unauthorized("Token expired: 0"),
        refusals.forbidden(),
        refusals.throttled(),
        refusals.broken(),
        refusals.business("It does not balance & <so on>."),
        refusals.missing("AccountRef"),
        refusals.unsupported("X"),
        refusals.too_long("DocNumber", 21, 22),
        refusals.no_number("Amount", "x"),
        refusals.no_reference("Accounts", "7"),
        refusals.inactive(),
        refusals.stale(),
        refusals.no_feature("ClassRef"),
        refusals.closed(),
        refusals.duplicate_number(REFERENCE, "145"),
        refusals.duplicate_name("Food"),
        refusals.query_unparsable("x"),
        refusals.query_invalid("x"),
    ],
    ids=lambda refused: refused.wrong[0].code,
)
@pytest.mark.parametrize("as_gateway", [True, False])
def test_every_refusal_is_a_fault_in_the_vendors_schema(
    counter: Counter,
    schema: Schema,
    refused: refusals.Refused,
    as_gateway: bool,  # noqa: FBT001 - drawn
) -> None:
    body = refusals.fault_body(refused, counter.clock.now(), as_gateway=as_gateway)
    assert schema.wrong_with_json(body) == []
