"""What is sent over SOAP: zeep's own bytes, valid by the vendor's schemas, from a description that opens nothing."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import zeep.exceptions
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from hub.api import Account, JournalEntry, JournalLine, Reason, Side
from hub_netsuite.connector import NetSuite
from hub_netsuite.definitions import Refused, builder, builder_of
from hub_netsuite.envelopes import Envelopes
from hub_netsuite.escaping import MOST_MEMO
from hub_netsuite.settings import Settings
from hub_netsuite.writing import Draft, journal, sample_of
from plugins.netsuite.tests.journals import ACCOUNT, FOOD, MEAT, entry, line
from plugins.netsuite.tests.test_signing import EXAMPLE, request
from plugins.netsuite.tests.vendor import VERSION, VendorSchema

IDS = {("department", "Kitchen"): "11", ("class", "Food"): "12", ("location", "Downtown"): "13"}


def draft(made: JournalEntry, **changes: Any) -> Draft:
    usual: dict[str, Any] = {
        "entry": made,
        "external_id": made.key.upper(),
        "memo": f"{made.reference} {made.memo}",
        "currency": "1",
        "subsidiary": "3",
        "approved": False,
        "dimensions": IDS,
    }
    return Draft(**{**usual, **changes})


def by_zeep(made: Draft) -> bytes:
    """The envelope as zeep builds it of all lines, with nothing of ours but the values."""
    lines = []
    for each in made.entry.lines:
        told: dict[str, object] = {"account": {"internalId": each.account.id}, each.side.value: str(each.amount)}
        if each.memo:
            told["memo"] = each.memo
        told.update(
            {
                name: {"internalId": made.dimensions[name, value]}
                for name, value in each.dimensions.items()
                if (name, value) in IDS
            }
        )
        lines.append(told)
    carried = {"currency": made.currency, "subsidiary": made.subsidiary, "approved": made.approved}
    head = tuple(name for name, value in carried.items() if value)
    sample = sample_of(made_version(), head, lines)
    root = etree.fromstring(sample.encode())
    (record,) = root.iter("{*}record")
    record.set("externalId", made.external_id)
    for each in record:
        name = etree.QName(each).localname
        if name in ("tranDate", "memo"):
            each.text = {"tranDate": "2026-10-31T00:00:00.000-07:00", "memo": made.memo}[name]
        elif name in ("currency", "subsidiary"):
            each.set("internalId", str(carried[name]))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def made_version() -> str:
    return VERSION


SHAPES: list[tuple[JournalLine, ...]] = [
    (line("debit", FOOD, "5120.05"), line("credit", MEAT, "5120.05")),
    (
        line("debit", FOOD, "0.01", department="Kitchen", location="Downtown"),
        line("debit", MEAT, "12.00", memo="", **{"class": "Food"}),
        line("credit", MEAT, "12.01", memo="A <b> & 100% \"é\" 'q' \U0001f600\r\n\t@memo@ %s"),
    ),
]


@pytest.mark.parametrize("lines", SHAPES)
@pytest.mark.parametrize("changes", [{}, {"approved": True}, {"currency": "", "subsidiary": ""}])
def test_a_journal_is_byte_for_byte_what_zeep_builds_of_all_its_lines(
    lines: tuple[JournalLine, ...], changes: dict[str, Any]
) -> None:
    made = draft(entry(*lines), **changes)
    assert journal(made, VERSION) == by_zeep(made)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff\x00"), max_size=40)


@settings(max_examples=30)
@given(memos=st.lists(TEXTS, min_size=2, max_size=6), head=TEXTS)
def test_whatever_memos_say_they_are_read_as_they_were_written(memos: list[str], head: str) -> None:
    lines = [line("debit", FOOD, "1.00", memo=memo) for memo in memos]
    total = f"{len(memos)}.00"
    made = draft(entry(*lines, line("credit", MEAT, total, memo="end")), memo=head)
    (record,) = etree.fromstring(journal(made, VERSION)).iter("{*}record")
    printable = [re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", " ", memo) for memo in memos if memo]
    assert [each.text for each in record.iterfind(".//{*}line/{*}memo")][:-1] == printable
    assert len(list(record.iterfind(".//{*}line"))) == len(memos) + 1


def test_a_memo_is_cut_to_what_netsuite_takes() -> None:
    made = draft(entry(line("debit", FOOD, "1.00", memo="m" * 2_000), line("credit", MEAT, "1.00")))
    first = next(etree.fromstring(journal(made, VERSION)).iter("{*}line"))
    assert len(first.findtext("{*}memo")) == MOST_MEMO


@pytest.mark.parametrize(
    ("amount", "currency", "told"),
    [("1234567.10", "USD", "1234567.10"), ("1E+3", "USD", "1000.00"), ("1.5", "KWD", "1.500"), ("7", "JPY", "7")],
)
def test_amounts_leave_as_exact_digits_with_their_currencys_decimals(amount: str, currency: str, told: str) -> None:
    made = entry(
        replace(line("debit", FOOD, "1"), amount=Decimal(amount)),
        replace(line("credit", MEAT, "1"), amount=Decimal(amount)),
        currency=currency,
    )
    root = etree.fromstring(journal(draft(made), VERSION))
    assert [each.text for each in root.iter("{*}debit", "{*}credit")] == [told, told]


def test_every_envelope_is_valid_by_the_vendors_own_schemas_passport_included(vendor: VendorSchema) -> None:
    ask = Envelopes(VERSION)
    kinds = ("Account", "AccountingPeriod", "Classification", "Department", "Location", "Subsidiary")
    no = {"searchValue": False}
    envelopes = [
        *(journal(draft(entry(*lines)), VERSION) for lines in SHAPES),
        journal(draft(entry(), approved=True), VERSION),
        journal(draft(entry(), currency="", subsidiary=""), VERSION),
        *(ask.search(kind) for kind in kinds),
        ask.search("AccountingPeriod", isQuarter=no, isYear=no),
        ask.more("WEBSERVICES_9", 2),
        ask.get_journal(internal="7"),
        ask.get_journal(external="KEY"),
        ask.get_all("currency"),
        ask.select_accounts("3", 1),
        ask.select_accounts("", 2),
    ]
    connector, chosen = NetSuite(), Settings(account=ACCOUNT, endpoint=VERSION)
    for envelope in envelopes:
        signed = connector.sign(request(envelope), EXAMPLE, chosen).content
        assert vendor.wrong_with(signed) == [], envelope[:900]
    assert vendor.wrong_with(envelopes[0].replace(b":debit>", b":debyt>"))


def test_a_journal_of_a_thousand_lines_is_valid_by_the_vendors_own_schemas(vendor: VendorSchema) -> None:
    lines = [line(side, account, "12.34") for _ in range(500) for side, account in (("debit", FOOD), ("credit", MEAT))]
    assert vendor.wrong_with(journal(draft(entry(*lines)), VERSION)) == []


def test_what_the_schema_does_not_have_is_refused_before_it_is_sent() -> None:
    with pytest.raises(TypeError):
        Envelopes(VERSION).search("Account", numbr={"searchValue": "1"})
    with pytest.raises(zeep.exceptions.ValidationError):
        sample_of(VERSION, (), [{"account": {"internalId": "1"}, "debit": "1"}])


def test_the_namespaces_are_those_of_the_connections_version_and_the_description_is_read_once_for_all() -> None:
    assert b"urn:common_2025_2.platform.webservices.netsuite.com" in Envelopes("2025_2").search("Account")
    assert builder("2025_2") is builder("2025_2")
    assert builder("2025_2") is not builder(VERSION)


def test_zeep_is_imported_with_the_first_request_only() -> None:
    program = (
        "import sys, hub_netsuite.connector as c; c.NetSuite().info; "
        "assert not {'zeep', 'lxml', 'requests'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.fixture
def nothing_opens(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every socket that is connected, and every file that Python opens; both are refused."""
    opened: list[object] = []

    def refuse(*arguments: object, **_: object) -> None:
        opened.append(arguments)
        raise AssertionError("nothing is to be opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    return opened


def attacks(shared: Path) -> list[tuple[str, bytes]]:
    """Documents that attack who reads XML, by their names."""
    folder = shared / "corpora" / "xml"
    files = [
        each for each in folder.rglob("*") if each.is_file() and each.suffix in (".xml", "") and each.name != "LICENSE"
    ]
    lists = [
        (f"{each.name}:{number}", text.encode())
        for each in (folder / "xxe" / "Intruders").glob("*.txt")
        for number, text in enumerate(each.read_text(encoding="utf-8", errors="replace").splitlines())
        if text.strip().startswith("<")
    ]
    return [(each.name, each.read_bytes()) for each in sorted(files)] + lists


def built_from(content: bytes) -> object:
    """Build a request from a description; one without services describes none."""
    return builder_of(content).service.add


@pytest.fixture
def documents(shared: Path) -> list[tuple[str, bytes]]:
    return attacks(shared)


def test_no_attack_in_xml_is_taken_for_a_description_and_nothing_is_opened(
    documents: list[tuple[str, bytes]], nothing_opens: list[object]
) -> None:
    assert len(documents) > 20
    for name, content in documents:
        with pytest.raises((zeep.exceptions.Error, etree.LxmlError, ValueError, LookupError, AttributeError)):
            built_from(content)
        assert nothing_opens == [], name


def test_a_description_that_asks_for_another_file_is_refused() -> None:
    asks = b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><import namespace="u" location="file:///etc/hostname"/></definitions>'
    with pytest.raises(Refused):
        builder_of(asks)


def test_accounts_and_ids_cannot_break_out_of_their_attributes() -> None:
    odd = Account(id='5"/><evil a="', name="x")
    lines = tuple(
        JournalLine(account=odd, side=side, amount=Decimal("1.00"), memo="", site="DT", reason=Reason.CURRENT)
        for side in Side
    )
    root = etree.fromstring(journal(draft(entry(*lines)), VERSION))
    assert next(root.iter("{*}account")).get("internalId") == odd.id
    assert not list(root.iter("{*}evil"))
