"""The tables of SuiteQL: each row by its columns, dates and numbers still exact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from hub.api import from_minor
from hub_netsuite.sandbox.company import Company, Journal
from hub_netsuite.sandbox.documents import ACCOUNT_TYPES, COUNTRIES
from hub_netsuite.sandbox.lists import CLASS, DEPARTMENT, LOCATION
from hub_netsuite.sandbox.searching import JOURNAL, PERMISSIONS, TRANSACTION

Value: TypeAlias = "str | int | Decimal | date | datetime | None"
Row: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what the role needs to read it, and its rows."""

    permission: str
    rows: Callable[[Company], Iterable[Row]]


def _mark(value: bool) -> str:  # noqa: FBT001 - it is what is shown
    return "T" if value else "F"


def _accounts(company: Company) -> Iterator[Row]:
    for each in company.accounts.values():
        yield {
            "id": int(each.id),
            "acctnumber": each.number,
            "fullname": each.name,
            "accountsearchdisplayname": each.title,
            "accountsearchdisplaynamecopy": each.name,
            "displaynamewithhierarchy": each.name,
            "accttype": ACCOUNT_TYPES[each.type][0],
            "isinactive": _mark(each.is_inactive),
            "inventory": _mark(each.is_inventory),
            "issummary": "F",
            "externalid": None,
            "subsidiary": ", ".join(each.subsidiaries),
            "currency": None,
            "parent": None,
        }


def _subsidiaries(company: Company) -> Iterator[Row]:
    for each in company.subsidiaries.values() if company.one_world else ():
        yield {
            "id": int(each.id),
            "name": each.name,
            "fullname": each.name,
            "legalname": each.legal_name,
            "currency": int(each.currency),
            "country": COUNTRIES[each.country][0],
            "isinactive": _mark(each.is_inactive),
            "iselimination": _mark(each.is_elimination),
            "parent": int(each.parent) if each.parent else None,
        }


def _segments(kind: str) -> Callable[[Company], Iterator[Row]]:
    def found(company: Company) -> Iterator[Row]:
        for each in company.segments[kind].values():
            yield {
                "id": int(each.id),
                "name": each.name,
                "fullname": each.name,
                "isinactive": _mark(each.is_inactive),
                "subsidiary": ", ".join(each.subsidiaries),
                "externalid": None,
                "parent": None,
            }

    return found


def _map(kind: str) -> Callable[[Company], Iterator[Row]]:
    """Return which subsidiaries may use each record of a type."""

    def found(company: Company) -> Iterator[Row]:
        records = company.accounts if kind == "account" else company.segments[kind]
        for each in records.values():
            for subsidiary in each.subsidiaries:
                yield {kind: int(each.id), "subsidiary": int(subsidiary)}

    return found


def _currencies(company: Company) -> Iterator[Row]:
    for each in company.currencies.values():
        yield {
            "id": int(each.id),
            "name": each.name,
            "symbol": each.symbol,
            "isbasecurrency": _mark(each.is_base),
            "isinactive": "F",
            "exchangerate": Decimal(each.rate),
        }


def _periods(company: Company) -> Iterator[Row]:
    for each in company.periods.values():
        closed = _mark(company.is_closed(each))
        yield {
            "id": int(each.id),
            "periodname": each.name,
            "startdate": each.start,
            "enddate": each.end,
            **dict.fromkeys(("closed", "alllocked", "aplocked", "arlocked"), closed),
            "isquarter": _mark(each.is_quarter),
            "isyear": _mark(each.is_year),
            "isadjust": "F",
            "isinactive": "F",
            "isposting": _mark(each.is_month),
            "parent": int(each.parent) if each.parent else None,
        }


def _transactions(company: Company) -> Iterator[Row]:
    for each in company.journals.values():
        yield {
            "id": int(each.id),
            "externalid": each.external_id or None,
            "tranid": each.number,
            "trandate": each.day,
            "type": "Journal",
            "recordtype": JOURNAL.lower(),
            "status": "B" if each.is_approved else "A",
            "approvalstatus": 2 if each.is_approved else 1,
            "posting": _mark(each.is_approved),
            "memo": each.memo or None,
            "currency": int(each.currency),
            "postingperiod": int(each.period),
            "createddate": each.created_at.astimezone(company.zone),
            "lastmodifieddate": each.changed_at.astimezone(company.zone),
            "voided": "F",
        }


def _lines(company: Company) -> Iterator[Row]:
    for each in company.journals.values():
        yield from _lines_of(company, each)


def _lines_of(company: Company, journal: Journal) -> Iterator[Row]:
    symbol = company.currencies[journal.currency].symbol
    for number, line in enumerate(journal.lines):
        yield {
            "transaction": int(journal.id),
            "transactionline": number,
            "account": int(line.account),
            "debit": from_minor(line.minor, symbol) if line.minor > 0 else None,
            "credit": from_minor(-line.minor, symbol) if line.minor < 0 else None,
            "amount": from_minor(line.minor, symbol),
            "posting": _mark(journal.is_approved),
            "accountingbook": 1,
        }


TABLES = {
    "account": Table(PERMISSIONS["account"], _accounts),
    "accountsubsidiarymap": Table(PERMISSIONS["account"], _map("account")),
    "subsidiary": Table(PERMISSIONS["subsidiary"], _subsidiaries),
    "currency": Table(PERMISSIONS["currency"], _currencies),
    "accountingperiod": Table(PERMISSIONS["accountingPeriod"], _periods),
    "transaction": Table(PERMISSIONS[TRANSACTION], _transactions),
    "transactionaccountingline": Table(PERMISSIONS[TRANSACTION], _lines),
    **{
        name: Table(PERMISSIONS[kind], make(kind))
        for kind in (DEPARTMENT, CLASS, LOCATION)
        for name, make in ((kind, _segments), (f"{kind}subsidiarymap", _map))
    },
}
