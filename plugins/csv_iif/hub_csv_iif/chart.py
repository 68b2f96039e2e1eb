"""A chart of accounts from the list that QuickBooks Desktop exports: the `!ACCNT` section of an IIF file.

Source: the facts about IIF (§7) for columns and account types; QuickBooks writes Windows-1252, tabs between fields,
quotes around fields with a comma, every row as many fields as its header, and a line break after the last row too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.api import Account, AccountKind, ChartUnreadable

_NEEDS_NAME = "QuickBooks Desktop asks for a customer or vendor on every line of a receivable or payable account."
_NON_POSTING = "It is a non-posting account, outside the general ledger."
_EXPECTED = "expected the list that File > Utilities > Export > Lists to IIF Files > Chart of Accounts writes"
_KINDS: Mapping[str, tuple[AccountKind | None, str]] = {
    "BANK": (AccountKind.ASSET, ""),
    "AR": (AccountKind.ASSET, _NEEDS_NAME),
    "OCASSET": (AccountKind.ASSET, ""),
    "FIXASSET": (AccountKind.ASSET, ""),
    "OASSET": (AccountKind.ASSET, ""),
    "AP": (AccountKind.LIABILITY, _NEEDS_NAME),
    "CCARD": (AccountKind.LIABILITY, ""),
    "OCLIAB": (AccountKind.LIABILITY, ""),
    "LTLIAB": (AccountKind.LIABILITY, ""),
    "EQUITY": (AccountKind.EQUITY, ""),
    "INC": (AccountKind.INCOME, ""),
    "EXINC": (AccountKind.INCOME, ""),
    "COGS": (AccountKind.COGS, ""),
    "EXP": (AccountKind.EXPENSE, ""),
    "EXEXP": (AccountKind.EXPENSE, ""),
    "NONPOSTING": (None, _NON_POSTING),
}
_LINE_BREAK = re.compile("\r\n|\r|\n")
_BINARY = re.compile("[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    number: int
    fields: Sequence[str]

    def unreadable(self, message: str) -> ChartUnreadable:
        return ChartUnreadable(f"Line {self.number}: {message}; {_EXPECTED}.")


def read_account_list(content: bytes) -> tuple[Account, ...]:
    """Return the accounts of an exported list, inactive ones included, in its order.

    Raises ChartUnreadable, with the line and what was expected, for anything else.
    """
    columns: Mapping[str, int] | None = None
    accounts: dict[str, Account] = {}
    numbers: set[str] = set()
    for row in _rows(_text(content)):
        if row.fields[0] == "!ACCNT":
            columns = _columns(row)
        elif row.fields[0] == "ACCNT":
            account = _account(row, columns)
            if account.name in accounts:
                raise row.unreadable(f"the account “{account.name}” is there twice")
            if account.number and account.number in numbers:
                raise row.unreadable(f"the account number {account.number} is there twice")
            accounts[account.name] = account
            numbers.add(account.number)
    if columns is None:
        raise ChartUnreadable(f"Line 1: no row begins with !ACCNT and a tab; {_EXPECTED}.")
    if not accounts:
        raise ChartUnreadable(f"The list has no account, no row that begins with ACCNT; {_EXPECTED}.")
    return tuple(accounts.values())


def _text(content: bytes) -> str:
    if not content.strip():
        raise ChartUnreadable(f"Line 1: the file is empty; {_EXPECTED}.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content:
        raise ChartUnreadable(f"Line 1: the file is UTF-16 or not text at all; {_EXPECTED}.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise ChartUnreadable(f"Line {number}: neither UTF-8 nor Windows-1252 text; {_EXPECTED}.") from error


def _rows(text: str) -> Iterator[_Row]:
    *lines, rest = _LINE_BREAK.split(text)
    for number, line in enumerate(lines, start=1):
        row = _Row(number=number, fields=[_unquoted(field) for field in line.split("\t")])
        if _BINARY.search(line):
            raise row.unreadable("a control character, so this is not a text file")
        yield row
    if rest:
        raise _Row(number=len(lines) + 1, fields=()).unreadable(
            "the last line does not end with a line break, so the file may have been cut off"
        )


def _unquoted(field: str) -> str:
    field = field.strip()
    if len(field) >= 2 and field.startswith('"') and field.endswith('"'):
        return field[1:-1].replace('""', '"').strip()
    return field


def _columns(row: _Row) -> Mapping[str, int]:
    """Where each column stands; a spreadsheet may have added empty ones at the end."""
    names = list(row.fields)
    while names and not names[-1]:
        names.pop()
    if len(set(names)) != len(names):
        raise row.unreadable("a column is there twice")
    for needed in ("NAME", "ACCNTTYPE"):
        if needed not in names:
            raise row.unreadable(f"the column {needed} is missing")
    return {name: position for position, name in enumerate(names)}


def _account(row: _Row, columns: Mapping[str, int] | None) -> Account:
    if columns is None:
        raise row.unreadable("an account stands before the header that begins with !ACCNT")
    if len(row.fields) < len(columns) or any(row.fields[len(columns) :]):
        raise row.unreadable(f"{len(row.fields)} fields where the header has {len(columns)}")
    values = {name: row.fields[position] for name, position in columns.items()}
    if not values["NAME"]:
        raise row.unreadable("the account has no name")
    if values["ACCNTTYPE"] not in _KINDS:
        raise row.unreadable(f"the account type “{values['ACCNTTYPE']}” is not one of {', '.join(_KINDS)}")
    kind, why_not_postable = _KINDS[values["ACCNTTYPE"]]
    return Account(
        number=values.get("ACCNUM", ""),
        name=values["NAME"],
        kind=kind,
        active=values.get("HIDDEN", "N") != "Y",
        why_not_postable=why_not_postable,
    )
