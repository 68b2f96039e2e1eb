"""The worked example of the accounting, as each layout writes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hub.api import Account, Reason, ReceiptStatus
from plugins.csv_iif.tests.journals import CSV_LAYOUTS, LAYOUTS, WORKED, journal, session, small, written
from plugins.csv_iif.tests.readers import read

IIF = """
!TRNS|TRNSID|TRNSTYPE|DATE|ACCNT|CLASS|AMOUNT|DOCNUM|MEMO
!SPL|SPLID|TRNSTYPE|DATE|ACCNT|CLASS|AMOUNT|DOCNUM|MEMO
!ENDTRNS||||||||
TRNS||GENERAL JOURNAL|10/31/2026|COGS Meat|Downtown|4812.37|IA7K2Q9XM4B|Reverse ending inventory 2026-09-30 · Meat · Downtown
SPL||GENERAL JOURNAL|10/31/2026|Food Inventory|Downtown|-4812.37|IA7K2Q9XM4B|Reverse ending inventory 2026-09-30 · Meat · Downtown
SPL||GENERAL JOURNAL|10/31/2026|COGS Produce|Downtown|1204.10|IA7K2Q9XM4B|Reverse ending inventory 2026-09-30 · Produce · Downtown
SPL||GENERAL JOURNAL|10/31/2026|Food Inventory|Downtown|-1204.10|IA7K2Q9XM4B|Reverse ending inventory 2026-09-30 · Produce · Downtown
SPL||GENERAL JOURNAL|10/31/2026|COGS Liquor|Downtown|9650.00|IA7K2Q9XM4B|Reverse ending inventory 2026-09-30 · Liquor · Downtown
SPL||GENERAL JOURNAL|10/31/2026|Liquor Inventory|Downtown|-9650.00|IA7K2Q9XM4B|Reverse ending inventory 2026-09-30 · Liquor · Downtown
SPL||GENERAL JOURNAL|10/31/2026|Food Inventory|Downtown|5120.05|IA7K2Q9XM4B|Ending inventory 2026-10-31 · Meat · Downtown
SPL||GENERAL JOURNAL|10/31/2026|COGS Meat|Downtown|-5120.05|IA7K2Q9XM4B|Ending inventory 2026-10-31 · Meat · Downtown
SPL||GENERAL JOURNAL|10/31/2026|Food Inventory|Downtown|988.40|IA7K2Q9XM4B|Ending inventory 2026-10-31 · Produce · Downtown
SPL||GENERAL JOURNAL|10/31/2026|COGS Produce|Downtown|-988.40|IA7K2Q9XM4B|Ending inventory 2026-10-31 · Produce · Downtown
SPL||GENERAL JOURNAL|10/31/2026|Liquor Inventory|Downtown|9650.00|IA7K2Q9XM4B|Ending inventory 2026-10-31 · Liquor · Downtown
SPL||GENERAL JOURNAL|10/31/2026|COGS Liquor|Downtown|-9650.00|IA7K2Q9XM4B|Ending inventory 2026-10-31 · Liquor · Downtown
ENDTRNS||||||||
"""
QUICKBOOKS_ONLINE = """
Journal No.,Journal Date,Account Name,Description,Debits,Credits,Location,Class
IA7K2Q9XM4B,10/31/2026,COGS Meat,Reverse ending inventory 2026-09-30 · Meat · Downtown,4812.37,,Texas,Downtown
IA7K2Q9XM4B,10/31/2026,Food Inventory,Reverse ending inventory 2026-09-30 · Meat · Downtown,,4812.37,Texas,Downtown
IA7K2Q9XM4B,10/31/2026,COGS Produce,Reverse ending inventory 2026-09-30 · Produce · Downtown,1204.10,,Texas,Downtown
IA7K2Q9XM4B,10/31/2026,Food Inventory,Reverse ending inventory 2026-09-30 · Produce · Downtown,,1204.10,Texas,Downtown
IA7K2Q9XM4B,10/31/2026,COGS Liquor,Reverse ending inventory 2026-09-30 · Liquor · Downtown,9650.00,,Texas,Downtown
IA7K2Q9XM4B,10/31/2026,Liquor Inventory,Reverse ending inventory 2026-09-30 · Liquor · Downtown,,9650.00,Texas,Downtown
IA7K2Q9XM4B,10/31/2026,Food Inventory,Ending inventory 2026-10-31 · Meat · Downtown,5120.05,,Texas,Downtown
IA7K2Q9XM4B,10/31/2026,COGS Meat,Ending inventory 2026-10-31 · Meat · Downtown,,5120.05,Texas,Downtown
IA7K2Q9XM4B,10/31/2026,Food Inventory,Ending inventory 2026-10-31 · Produce · Downtown,988.40,,Texas,Downtown
IA7K2Q9XM4B,10/31/2026,COGS Produce,Ending inventory 2026-10-31 · Produce · Downtown,,988.40,Texas,Downtown
IA7K2Q9XM4B,10/31/2026,Liquor Inventory,Ending inventory 2026-10-31 · Liquor · Downtown,9650.00,,Texas,Downtown
IA7K2Q9XM4B,10/31/2026,COGS Liquor,Ending inventory 2026-10-31 · Liquor · Downtown,,9650.00,Texas,Downtown
"""
XERO = """
*Narration,*Date,Description,*AccountCode,*TaxRate,*Amount,TrackingName1,TrackingOption1,TrackingName2,TrackingOption2
IA7K2Q9XM4B Inventory adjustments 2026-10-31,31 Oct 2026,Reverse ending inventory 2026-09-30 · Meat · Downtown,5010,Tax Exempt,4812.37,Region,North,,
IA7K2Q9XM4B Inventory adjustments 2026-10-31,31 Oct 2026,Reverse ending inventory 2026-09-30 · Meat · Downtown,1310,Tax Exempt,-4812.37,Region,North,,
IA7K2Q9XM4B Inventory adjustments 2026-10-31,31 Oct 2026,Reverse ending inventory 2026-09-30 · Produce · Downtown,5020,Tax Exempt,1204.10,Region,North,,
IA7K2Q9XM4B Inventory adjustments 2026-10-31,31 Oct 2026,Reverse ending inventory 2026-09-30 · Produce · Downtown,1310,Tax Exempt,-1204.10,Region,North,,
IA7K2Q9XM4B Inventory adjustments 2026-10-31,31 Oct 2026,Reverse ending inventory 2026-09-30 · Liquor · Downtown,5100,Tax Exempt,9650.00,Region,North,,
IA7K2Q9XM4B Inventory adjustments 2026-10-31,31 Oct 2026,Reverse ending inventory 2026-09-30 · Liquor · Downtown,1340,Tax Exempt,-9650.00,Region,North,,
IA7K2Q9XM4B Inventory adjustments 2026-10-31,31 Oct 2026,Ending inventory 2026-10-31 · Meat · Downtown,1310,Tax Exempt,5120.05,Region,North,,
IA7K2Q9XM4B Inventory adjustments 2026-10-31,31 Oct 2026,Ending inventory 2026-10-31 · Meat · Downtown,5010,Tax Exempt,-5120.05,Region,North,,
IA7K2Q9XM4B Inventory adjustments 2026-10-31,31 Oct 2026,Ending inventory 2026-10-31 · Produce · Downtown,1310,Tax Exempt,988.40,Region,North,,
IA7K2Q9XM4B Inventory adjustments 2026-10-31,31 Oct 2026,Ending inventory 2026-10-31 · Produce · Downtown,5020,Tax Exempt,-988.40,Region,North,,
IA7K2Q9XM4B Inventory adjustments 2026-10-31,31 Oct 2026,Ending inventory 2026-10-31 · Liquor · Downtown,1340,Tax Exempt,9650.00,Region,North,,
IA7K2Q9XM4B Inventory adjustments 2026-10-31,31 Oct 2026,Ending inventory 2026-10-31 · Liquor · Downtown,5100,Tax Exempt,-9650.00,Region,North,,
"""
NETSUITE = """
External ID,Date,Subsidiary,Memo,Journal Entry - Line: Account,Journal Entry - Line: Debit,Journal Entry - Line: Credit,Journal Entry - Line: Memo,Journal Entry - Line: Department,Journal Entry - Line: Class,Journal Entry - Line: Location
IA7K2Q9XM4B,10/31/2026,Grill Inc.,Inventory adjustments 2026-10-31,5010 COGS Meat,4812.37,,Reverse ending inventory 2026-09-30 · Meat · Downtown,Kitchen,Dining,Downtown
IA7K2Q9XM4B,10/31/2026,Grill Inc.,Inventory adjustments 2026-10-31,1310 Food Inventory,,4812.37,Reverse ending inventory 2026-09-30 · Meat · Downtown,Kitchen,Dining,Downtown
IA7K2Q9XM4B,10/31/2026,Grill Inc.,Inventory adjustments 2026-10-31,5020 COGS Produce,1204.10,,Reverse ending inventory 2026-09-30 · Produce · Downtown,Kitchen,Dining,Downtown
IA7K2Q9XM4B,10/31/2026,Grill Inc.,Inventory adjustments 2026-10-31,1310 Food Inventory,,1204.10,Reverse ending inventory 2026-09-30 · Produce · Downtown,Kitchen,Dining,Downtown
IA7K2Q9XM4B,10/31/2026,Grill Inc.,Inventory adjustments 2026-10-31,5100 COGS Liquor,9650.00,,Reverse ending inventory 2026-09-30 · Liquor · Downtown,Kitchen,Dining,Downtown
IA7K2Q9XM4B,10/31/2026,Grill Inc.,Inventory adjustments 2026-10-31,1340 Liquor Inventory,,9650.00,Reverse ending inventory 2026-09-30 · Liquor · Downtown,Kitchen,Dining,Downtown
IA7K2Q9XM4B,10/31/2026,Grill Inc.,Inventory adjustments 2026-10-31,1310 Food Inventory,5120.05,,Ending inventory 2026-10-31 · Meat · Downtown,Kitchen,Dining,Downtown
IA7K2Q9XM4B,10/31/2026,Grill Inc.,Inventory adjustments 2026-10-31,5010 COGS Meat,,5120.05,Ending inventory 2026-10-31 · Meat · Downtown,Kitchen,Dining,Downtown
IA7K2Q9XM4B,10/31/2026,Grill Inc.,Inventory adjustments 2026-10-31,1310 Food Inventory,988.40,,Ending inventory 2026-10-31 · Produce · Downtown,Kitchen,Dining,Downtown
IA7K2Q9XM4B,10/31/2026,Grill Inc.,Inventory adjustments 2026-10-31,5020 COGS Produce,,988.40,Ending inventory 2026-10-31 · Produce · Downtown,Kitchen,Dining,Downtown
IA7K2Q9XM4B,10/31/2026,Grill Inc.,Inventory adjustments 2026-10-31,1340 Liquor Inventory,9650.00,,Ending inventory 2026-10-31 · Liquor · Downtown,Kitchen,Dining,Downtown
IA7K2Q9XM4B,10/31/2026,Grill Inc.,Inventory adjustments 2026-10-31,5100 COGS Liquor,,9650.00,Ending inventory 2026-10-31 · Liquor · Downtown,Kitchen,Dining,Downtown
"""
SAGE_INTACCT = """
DONOTIMPORT,JOURNAL,DATE,REVERSEDATE,DESCRIPTION,REFERENCE_NO,LINE_NO,ACCT_NO,LOCATION_ID,DEPT_ID,DOCUMENT,MEMO,DEBIT,CREDIT,CLASSID
,GJ,10/31/2026,,Inventory count 2026-10-31,IA7K2Q9XM4B,1,5010,100,20,,Reverse ending inventory 2026-09-30 · Meat · Downtown,4812.37,,DIN
,,,,,,2,1310,100,20,,Reverse ending inventory 2026-09-30 · Meat · Downtown,,4812.37,DIN
,,,,,,3,5020,100,20,,Reverse ending inventory 2026-09-30 · Produce · Downtown,1204.10,,DIN
,,,,,,4,1310,100,20,,Reverse ending inventory 2026-09-30 · Produce · Downtown,,1204.10,DIN
,,,,,,5,5100,100,20,,Reverse ending inventory 2026-09-30 · Liquor · Downtown,9650.00,,DIN
,,,,,,6,1340,100,20,,Reverse ending inventory 2026-09-30 · Liquor · Downtown,,9650.00,DIN
,,,,,,7,1310,100,20,,Ending inventory 2026-10-31 · Meat · Downtown,5120.05,,DIN
,,,,,,8,5010,100,20,,Ending inventory 2026-10-31 · Meat · Downtown,,5120.05,DIN
,,,,,,9,1310,100,20,,Ending inventory 2026-10-31 · Produce · Downtown,988.40,,DIN
,,,,,,10,5020,100,20,,Ending inventory 2026-10-31 · Produce · Downtown,,988.40,DIN
,,,,,,11,1340,100,20,,Ending inventory 2026-10-31 · Liquor · Downtown,9650.00,,DIN
,,,,,,12,5100,100,20,,Ending inventory 2026-10-31 · Liquor · Downtown,,9650.00,DIN
"""
SAGE_50 = """
Date,Reference,Date Clear in Bank Rec,Number of Distributions,G/L Account,Description,Amount,Job ID,Used for Reimbursable Expense
10/31/26,IA7K2Q9XM4B,,12,5010,Reverse ending inventory 2026-09-30 · Meat · Downtown,4812.37,DT,FALSE
10/31/26,IA7K2Q9XM4B,,12,1310,Reverse ending inventory 2026-09-30 · Meat · Downtown,-4812.37,DT,FALSE
10/31/26,IA7K2Q9XM4B,,12,5020,Reverse ending inventory 2026-09-30 · Produce · Downtown,1204.10,DT,FALSE
10/31/26,IA7K2Q9XM4B,,12,1310,Reverse ending inventory 2026-09-30 · Produce · Downtown,-1204.10,DT,FALSE
10/31/26,IA7K2Q9XM4B,,12,5100,Reverse ending inventory 2026-09-30 · Liquor · Downtown,9650.00,DT,FALSE
10/31/26,IA7K2Q9XM4B,,12,1340,Reverse ending inventory 2026-09-30 · Liquor · Downtown,-9650.00,DT,FALSE
10/31/26,IA7K2Q9XM4B,,12,1310,Ending inventory 2026-10-31 · Meat · Downtown,5120.05,DT,FALSE
10/31/26,IA7K2Q9XM4B,,12,5010,Ending inventory 2026-10-31 · Meat · Downtown,-5120.05,DT,FALSE
10/31/26,IA7K2Q9XM4B,,12,1310,Ending inventory 2026-10-31 · Produce · Downtown,988.40,DT,FALSE
10/31/26,IA7K2Q9XM4B,,12,5020,Ending inventory 2026-10-31 · Produce · Downtown,-988.40,DT,FALSE
10/31/26,IA7K2Q9XM4B,,12,1340,Ending inventory 2026-10-31 · Liquor · Downtown,9650.00,DT,FALSE
10/31/26,IA7K2Q9XM4B,,12,5100,Ending inventory 2026-10-31 · Liquor · Downtown,-9650.00,DT,FALSE
"""
GENERIC = """
entry,date,reference,account_number,account_name,debit,credit,site,category,memo,class,region
1,2026-10-31,IA7K2Q9XM4B,5010,COGS Meat,4812.37,,DT,Meat,Reverse ending inventory 2026-09-30 · Meat · Downtown,Dining,North
1,2026-10-31,IA7K2Q9XM4B,1310,Food Inventory,,4812.37,DT,Meat,Reverse ending inventory 2026-09-30 · Meat · Downtown,Dining,North
1,2026-10-31,IA7K2Q9XM4B,5020,COGS Produce,1204.10,,DT,Produce,Reverse ending inventory 2026-09-30 · Produce · Downtown,Dining,North
1,2026-10-31,IA7K2Q9XM4B,1310,Food Inventory,,1204.10,DT,Produce,Reverse ending inventory 2026-09-30 · Produce · Downtown,Dining,North
1,2026-10-31,IA7K2Q9XM4B,5100,COGS Liquor,9650.00,,DT,Liquor,Reverse ending inventory 2026-09-30 · Liquor · Downtown,Dining,North
1,2026-10-31,IA7K2Q9XM4B,1340,Liquor Inventory,,9650.00,DT,Liquor,Reverse ending inventory 2026-09-30 · Liquor · Downtown,Dining,North
1,2026-10-31,IA7K2Q9XM4B,1310,Food Inventory,5120.05,,DT,Meat,Ending inventory 2026-10-31 · Meat · Downtown,Dining,North
1,2026-10-31,IA7K2Q9XM4B,5010,COGS Meat,,5120.05,DT,Meat,Ending inventory 2026-10-31 · Meat · Downtown,Dining,North
1,2026-10-31,IA7K2Q9XM4B,1310,Food Inventory,988.40,,DT,Produce,Ending inventory 2026-10-31 · Produce · Downtown,Dining,North
1,2026-10-31,IA7K2Q9XM4B,5020,COGS Produce,,988.40,DT,Produce,Ending inventory 2026-10-31 · Produce · Downtown,Dining,North
1,2026-10-31,IA7K2Q9XM4B,1340,Liquor Inventory,9650.00,,DT,Liquor,Ending inventory 2026-10-31 · Liquor · Downtown,Dining,North
1,2026-10-31,IA7K2Q9XM4B,5100,COGS Liquor,,9650.00,DT,Liquor,Ending inventory 2026-10-31 · Liquor · Downtown,Dining,North
"""
DIMENSIONS = {
    "iif": {"class": "Downtown"},
    "quickbooks-online": {"class": "Downtown", "location": "Texas"},
    "xero": {"Region": "North"},
    "netsuite": {"subsidiary": "Grill Inc.", "department": "Kitchen", "class": "Dining", "location": "Downtown"},
    "sage-intacct": {"location": "100", "department": "20", "CLASSID": "DIN"},
    "sage-50": {"job": "DT"},
    "generic": {"region": "North", "class": "Dining"},
}
CSV_FILES = {
    "quickbooks-online": QUICKBOOKS_ONLINE,
    "xero": XERO,
    "netsuite": NETSUITE,
    "sage-intacct": SAGE_INTACCT,
    "sage-50": SAGE_50,
    "generic": GENERIC,
}


def test_the_worked_example_as_iif() -> None:
    text = written(journal(WORKED, DIMENSIONS["iif"]), "iif").decode("cp1252")
    assert text.replace("\t", "|") == IIF.lstrip().replace("\n", "\r\n")


@pytest.mark.parametrize("layout", CSV_LAYOUTS)
def test_the_worked_example_as_csv(layout: str) -> None:
    encoding = "cp1252" if layout.startswith("sage") else "utf-8"
    text = written(journal(WORKED, DIMENSIONS[layout]), layout).decode(encoding)
    assert text == CSV_FILES[layout].lstrip().replace("\n", "\r\n")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_worked_example_reads_back_to_the_cent(layout: str) -> None:
    entry = journal(WORKED, DIMENSIONS[layout])
    back = read(written(entry, layout), layout)
    assert (back.date, back.reference, back.sum) == (entry.date, entry.reference, 0)
    assert sum(line.amount for line in back.lines if line.amount > 0) == Decimal("31424.92")
    assert [line.memo for line in back.lines] == [line.memo for line in entry.lines]


@pytest.mark.parametrize(
    ("layout", "name"),
    [("iif", "IA7K2Q9XM4B.iif"), *((layout, f"IA7K2Q9XM4B-{layout}.csv") for layout in CSV_LAYOUTS)],
)
def test_a_receipt_carries_the_file_under_the_reference(layout: str, name: str) -> None:
    receipt = session(layout).post(journal(WORKED))
    assert (receipt.id, receipt.number, receipt.status) == ("IA7K2Q9XM4B", "IA7K2Q9XM4B", ReceiptStatus.FILE)
    assert receipt.file is not None
    assert receipt.file.name == name
    assert receipt.file.media_type.startswith("text/")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_entry_gives_the_same_bytes(layout: str) -> None:
    backwards = dict(reversed(DIMENSIONS[layout].items()))
    assert written(journal(WORKED, DIMENSIONS[layout]), layout) == written(journal(WORKED, backwards), layout)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("currency", "amount", "text"), [("JPY", "1234567", "1234567"), ("KWD", "1.5", "1.500")])
def test_amounts_have_the_decimals_of_their_currency(layout: str, currency: str, amount: str, text: str) -> None:
    entry = journal(WORKED)
    lines = tuple(replace(line, amount=Decimal(amount)) for line in entry.lines[:2])
    content = written(replace(entry, lines=lines, currency=currency), layout).decode("cp1252", "replace")
    separator = "\t" if layout == "iif" else ","
    assert f"{separator}{text}{separator}" in content
    assert read(written(replace(entry, lines=lines, currency=currency), layout), layout).sum == 0


@pytest.mark.parametrize("layout", LAYOUTS)
def test_large_amounts_are_written_out_without_thousands_or_exponents(layout: str) -> None:
    content = written(small(amount=Decimal("1E+12")), layout)
    assert b"1000000000000.00" in content


@pytest.mark.parametrize(
    ("date_format", "text"),
    [
        ("MM/DD/YYYY", "03/04/2026"),
        ("DD/MM/YYYY", "04/03/2026"),
        ("MM/DD/YY", "03/04/26"),
        ("DD MMM YYYY", "04 Mar 2026"),
        ("YYYY-MM-DD", "2026-03-04"),
    ],
)
@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout != "generic"])
def test_dates_are_written_as_the_connection_sets_them(layout: str, date_format: str, text: str) -> None:
    entry = replace(small(), date=date(2026, 3, 4))
    assert text in written(entry, layout, date_format=date_format).decode("cp1252")


def test_an_undo_in_sage_intacct_is_described_as_one() -> None:
    entry = small(reason=Reason.UNDO)
    assert b",Undo inventory 2026-10-31," in written(entry, "sage-intacct")


def test_the_tax_rate_of_xero_and_the_journal_of_sage_intacct_are_settings() -> None:
    assert b",BAS Excluded," in written(small(), "xero", tax_rate="BAS Excluded")
    assert b"\r\n,INV," in written(small(), "sage-intacct", journal="INV")


def test_xero_gives_each_tracking_category_its_own_columns_on_every_line() -> None:
    entry = journal(WORKED)
    first, second = (
        replace(line, dimensions=values)
        for line, values in zip(entry.lines[:2], ({"Region": "North"}, {"Brand": "Grill"}), strict=True)
    )
    lines = read(written(replace(entry, lines=(first, second)), "xero"), "xero").lines
    tracking = [
        [line.cells[f"Tracking{part}{number}"] for number in "12" for part in ("Name", "Option")] for line in lines
    ]
    assert tracking == [["", "", "Region", "North"], ["Brand", "Grill", "", ""]]


@pytest.mark.parametrize(
    ("layout", "account", "text"),
    [
        ("iif", Account(number="5010", name="COGS:Meat"), "COGS:Meat"),
        ("iif", Account(number="5010"), "5010"),
        ("quickbooks-online", Account(number="5010", name="COGS:Meat"), "COGS:Meat"),
        ("xero", Account(number="5010", name="COGS:Meat"), "5010"),
        ("netsuite", Account(number="5010", name="COGS:Meat"), "5010 COGS : Meat"),
        ("netsuite", Account(name="COGS: Meat"), "COGS : Meat"),
        ("netsuite", Account(number="5010"), "5010"),
        ("sage-intacct", Account(number="5010-100", name="COGS:Meat"), "5010-100"),
        ("sage-50", Account(number="5010", name="COGS:Meat"), "5010"),
        ("generic", Account(number="5010", name="COGS:Meat"), "5010"),
    ],
)
def test_accounts_are_named_as_the_program_knows_them(layout: str, account: Account, text: str) -> None:
    lines = read(written(small(account=account), layout), layout).lines
    assert [line.account for line in lines] == [text, text]


def test_the_generic_layout_has_number_and_name_and_numbers_the_posting() -> None:
    content = written(replace(small(), part=3), "generic")
    assert content.split(b"\r\n")[1] == b"3,2026-10-31,IA7K2Q9XM4B,5010,COGS Meat,12.50,,DT,Meat,memo"
