"""Reading the chart of accounts that QuickBooks Desktop exports."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import Account, AccountKind, ChartUnreadable, File
from hub_csv_iif.connector import CsvIif

LIST = """
!HDR|PROD|VER|REL|IIFVER|DATE|TIME|ACCNTNT|ACCNTNTSPLITTIME
HDR|QuickBooks Pro|Version 33.0D|Release R1P|1|2026-11-02|1793577600|N|0
!ACCNT|NAME|REFNUM|TIMESTAMP|ACCNTTYPE|OBAMOUNT|DESC|ACCNUM|SCD|BANKNUM|EXTRA|HIDDEN|DELCOUNT|USEID
ACCNT|Checking|1|1793577600|BANK|"12,345.60"||1000|1|||N|0|N
ACCNT|Food Inventory|2|1793577600|OCASSET|"4,812.37"|"Meat, fish and ""wet"" goods"|1310|2||INVENTORYASSET|N|0|N
ACCNT|Accounts Receivable|3|1793577600|AR|0.00||1200|3|||N|0|N
ACCNT|Cost of Goods Sold|4|1793577600|COGS|0.00||5000|4|||N|0|N
ACCNT|Cost of Goods Sold:Meat|5|1793577600|COGS|0.00||5010|5|||N|0|N
ACCNT|Old Inventory|6|1793577600|OCASSET|0.00||1390|6|||Y|0|N
ACCNT|"Crème, brûlée"|7|1793577600|EXP|0.00|||7|||N|0|N
ACCNT|Purchase Orders|8|1793577600|NONPOSTING|0.00||2|8||PURCHORDER|N|0|N
!CUST|NAME|REFNUM
CUST|Somebody|1
"""
KINDS = {
    "BANK": AccountKind.ASSET,
    "AR": AccountKind.ASSET,
    "OCASSET": AccountKind.ASSET,
    "FIXASSET": AccountKind.ASSET,
    "OASSET": AccountKind.ASSET,
    "AP": AccountKind.LIABILITY,
    "CCARD": AccountKind.LIABILITY,
    "OCLIAB": AccountKind.LIABILITY,
    "LTLIAB": AccountKind.LIABILITY,
    "EQUITY": AccountKind.EQUITY,
    "INC": AccountKind.INCOME,
    "EXINC": AccountKind.INCOME,
    "COGS": AccountKind.COGS,
    "EXP": AccountKind.EXPENSE,
    "EXEXP": AccountKind.EXPENSE,
    "NONPOSTING": None,
}


def rows(text: str, encoding: str = "cp1252", line_break: str = "\r\n") -> bytes:
    return text.lstrip().replace("|", "\t").replace("\n", line_break).encode(encoding)


def read(content: bytes) -> Sequence[Account]:
    return tuple(CsvIif().read_chart(File(name="accounts.iif", content=content)))


def test_an_exported_list_is_read_whole() -> None:
    receivable = "QuickBooks Desktop asks for a customer or vendor on every line of a receivable or payable account."
    assert read(rows(LIST)) == (
        Account(number="1000", name="Checking", kind=AccountKind.ASSET),
        Account(number="1310", name="Food Inventory", kind=AccountKind.ASSET),
        Account(number="1200", name="Accounts Receivable", kind=AccountKind.ASSET, why_not_postable=receivable),
        Account(number="5000", name="Cost of Goods Sold", kind=AccountKind.COGS),
        Account(number="5010", name="Cost of Goods Sold:Meat", kind=AccountKind.COGS),
        Account(number="1390", name="Old Inventory", kind=AccountKind.ASSET, active=False),
        Account(name="Crème, brûlée", kind=AccountKind.EXPENSE),
        Account(
            number="2",
            name="Purchase Orders",
            why_not_postable="It is a non-posting account, outside the general ledger.",
        ),
    )


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r"])
def test_encodings_and_line_breaks_make_no_difference(encoding: str, line_break: str) -> None:
    assert read(rows(LIST, encoding, line_break)) == read(rows(LIST))


@pytest.mark.parametrize(("account_type", "kind"), KINDS.items())
def test_each_account_type_has_its_kind(account_type: str, kind: AccountKind | None) -> None:
    (account,) = read(rows(f"!ACCNT|NAME|ACCNTTYPE\nACCNT|X|{account_type}\n"))
    assert account.kind == kind
    assert bool(account.why_not_postable) == (account_type in ("AR", "AP", "NONPOSTING"))


def test_columns_may_stand_in_any_order_and_a_spreadsheet_may_have_padded_the_rows() -> None:
    assert read(rows("!ACCNT|ACCNUM|ACCNTTYPE|NAME||\nACCNT|1310|OCASSET|Food|||\n\n")) == (
        Account(number="1310", name="Food", kind=AccountKind.ASSET),
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Line 1: the file is empty"),
        (b" \r\n\r\n", "Line 1: the file is empty"),
        (rows(LIST, "utf-16"), "Line 1: the file is UTF-16"),
        (rows(LIST, "utf-16-le"), "Line 1: the file is UTF-16"),
        (b"PK\x03\x04\x14\x00\x06\x00", "Line 1: the file is UTF-16 or not text at all"),
        (b"%PDF-1.7\n\x01\x02\n", "Line 2: a control character"),
        (b"one\n\x81\n", "Line 2: neither UTF-8 nor Windows-1252"),
        (b"number,name,kind\n1310,Food,asset\n", "Line 1: no row begins with !ACCNT"),
        (b"!ACCNT,NAME,ACCNTTYPE\nACCNT,Food,OCASSET\n", "Line 1: no row begins with !ACCNT"),
        (rows("!CUST|NAME\nCUST|X\n"), "Line 1: no row begins with !ACCNT"),
        (rows("!ACCNT|NAME|ACCNTTYPE\n"), "The list has no account"),
        (rows("ACCNT|Food|OCASSET\n!ACCNT|NAME|ACCNTTYPE\n"), "Line 1: an account stands before the header"),
        (rows("!ACCNT|NAME|ACCNTTYPE\nACCNT|Food\n"), "Line 2: 2 fields where the header has 3"),
        (rows("!ACCNT|NAME|ACCNTTYPE\nACCNT|Food|OCASSET|x\n"), "Line 2: 4 fields where the header has 3"),
        (rows("!ACCNT|NAME|ACCNTTYPE\nACCNT||OCASSET\n"), "Line 2: the account has no name"),
        (rows("!ACCNT|NAME|ACCNTTYPE\nACCNT|Food|STOCK\n"), "Line 2: the account type “STOCK” is not one of BANK, AR"),
        (rows("!ACCNT|NAME|ACCNTTYPE\nACCNT|A|EXP\nACCNT|A|EXP\n"), "Line 3: the account “A” is there twice"),
        (rows("!ACCNT|NAME|ACCNTTYPE|ACCNUM\nACCNT|A|EXP|1\nACCNT|B|EXP|1\n"), "Line 3: the account number 1 is there"),
        (rows("!ACCNT|NAME|REFNUM\nACCNT|A|1\n"), "Line 1: the column ACCNTTYPE is missing"),
        (rows("!ACCNT|NAME|NAME|ACCNTTYPE\nACCNT|A|A|EXP\n"), "Line 1: a column is there twice"),
        (rows("!ACCNT|NAME|ACCNTTYPE\nACCNT|Food|EXP"), "Line 2: the last line does not end with a line break"),
    ],
)
def test_anything_else_is_unreadable_and_says_where_and_why(content: bytes, message: str) -> None:
    with pytest.raises(ChartUnreadable) as unreadable:
        read(content)
    assert str(unreadable.value).startswith(message)
    assert "expected the list that File > Utilities > Export" in str(unreadable.value)


def test_a_list_cut_off_anywhere_gives_no_account_that_the_whole_one_has_not() -> None:
    content = rows(LIST)
    whole, unreadable = read(content), 0
    for cut in range(1, len(content)):
        try:
            accounts = read(content[:cut])
        except ChartUnreadable:
            unreadable += 1
            continue
        assert accounts == whole[: len(accounts)]
    assert unreadable > len(content) * 0.9


@pytest.mark.property
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: ("!ACCNT\tNAME\n" + text).encode())))
def test_whatever_the_bytes_it_is_accounts_or_unreadable(content: bytes) -> None:
    try:
        accounts = read(content)
    except ChartUnreadable:
        return
    assert accounts
    assert all(account.name for account in accounts)
