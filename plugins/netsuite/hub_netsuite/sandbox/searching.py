"""Searches: which records of a company fit the fields of a basic search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from hub_netsuite.sandbox.company import Company, Journal
from hub_netsuite.sandbox.dates import PACIFIC, day_of
from hub_netsuite.sandbox.envelopes import Element, local, text, xsi_type
from hub_netsuite.sandbox.lists import CLASS, DEPARTMENT, LOCATION, Account, Period, Segment, Subsidiary
from hub_netsuite.sandbox.refusals import Refused
from hub_netsuite.sandbox.told import flag

TRANSACTION, JOURNAL = "transaction", "journalEntry"
PERMISSIONS = {
    "account": "Lists -> Accounts",
    "subsidiary": "Lists -> Subsidiaries",
    DEPARTMENT: "Lists -> Departments",
    CLASS: "Lists -> Classes",
    LOCATION: "Lists -> Locations",
    "accountingPeriod": "Setup -> Manage Accounting Periods",
    "currency": "Lists -> Currency",
    TRANSACTION: "Transactions -> Find Transaction",
    JOURNAL: "Transactions -> Make Journal Entry",
}
"""What the role needs to read each type of record."""

_KINDS = {
    "AccountSearch": "account",
    "SubsidiarySearch": "subsidiary",
    "DepartmentSearch": DEPARTMENT,
    "ClassificationSearch": CLASS,
    "LocationSearch": LOCATION,
    "AccountingPeriodSearch": "accountingPeriod",
    "TransactionSearch": TRANSACTION,
}


@dataclass(frozen=True, slots=True)
class Ids:
    """A field that refers to records: internal ids, and external ones without regard to case."""

    internal: frozenset[str]
    external: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """A field with one of a list of values."""

    value: str


Value: TypeAlias = "str | bool | int | date | datetime | Ids | Choice"
Fields: TypeAlias = Mapping[str, Value]


def kind_of(search: Element) -> str:
    """Return the type of record that a search is for; raises Refused for one that is not for any, or with columns."""
    name = xsi_type(search).removesuffix("Basic")
    if name not in _KINDS:
        raise Refused("INVALID_SEARCH_TYPE", f"The sandbox has no search of the type {xsi_type(search)}.")
    return _KINDS[name]


def found(company: Company, kind: str, search: Element) -> list[str]:
    """Return the internal ids of the records that fit, in their order; raises Refused."""
    basic = _basic(search)
    rows = _rows(company, kind)
    return [key for key, fields in rows if all(_fits(each, fields, kind, company.zone) for each in basic)]


def _basic(search: Element) -> list[Element]:
    if xsi_type(search).endswith("Basic"):
        return list(search)
    joins = [local(each) for each in search if local(each) != "basic"]
    if joins:
        raise Refused("INVALID_SEARCH_JOIN_ID", f"The sandbox has no join {joins[0]}.")
    return [field for basic in search for field in basic]


def _rows(company: Company, kind: str) -> Iterable[tuple[str, Fields]]:
    if kind == "account":
        return ((each.id, _account(each)) for each in company.accounts.values())
    if kind == "subsidiary":
        return ((each.id, _subsidiary(each)) for each in company.subsidiaries.values())
    if kind == "accountingPeriod":
        return ((each.id, _period(company, each)) for each in company.periods.values())
    if kind == TRANSACTION:
        return ((each.id, _journal(company, each)) for each in company.journals.values())
    return ((each.id, _segment(each)) for each in company.segments[kind].values())


def _keys(id_: str) -> Fields:
    return {
        "internalId": Ids(frozenset({id_})),
        "internalIdNumber": int(id_),
        "externalId": Ids(frozenset()),
        "externalIdString": "",
    }


def _account(account: Account) -> Fields:
    return {
        **_keys(account.id),
        "isInactive": account.is_inactive,
        "name": account.name,
        "number": account.number,
        "displayName": account.title,
        "type": Choice(account.type),
        "subsidiary": Ids(frozenset(account.subsidiaries)),
        "parent": Ids(frozenset()),
    }


def _segment(segment: Segment) -> Fields:
    return {
        **_keys(segment.id),
        "isInactive": segment.is_inactive,
        "name": segment.name,
        "nameNoHierarchy": segment.name,
        "subsidiary": Ids(frozenset(segment.subsidiaries)),
    }


def _subsidiary(subsidiary: Subsidiary) -> Fields:
    return {
        **_keys(subsidiary.id),
        "isInactive": subsidiary.is_inactive,
        "isElimination": subsidiary.is_elimination,
        "name": subsidiary.name,
        "nameNoHierarchy": subsidiary.name,
        "legalName": subsidiary.legal_name,
        "currency": Ids(frozenset({subsidiary.currency})),
        "country": Choice(subsidiary.country),
    }


def _period(company: Company, period: Period) -> Fields:
    closed = company.is_closed(period)
    return {
        **_keys(period.id),
        **dict.fromkeys(("closed", "allLocked", "apLocked", "arLocked", "payrollLocked"), closed),
        **dict.fromkeys(("isAdjust", "isInactive", "allowNonGlChanges"), False),
        "isQuarter": period.is_quarter,
        "isYear": period.is_year,
        "parent": Ids(frozenset({period.parent} - {""})),
        "periodName": period.name,
        "startDate": period.start,
        "endDate": period.end,
    }


def _journal(company: Company, journal: Journal) -> Fields:
    return {
        **_keys(journal.id),
        "externalId": Ids(frozenset(), frozenset({journal.external_id.casefold()} - {""})),
        "externalIdString": journal.external_id,
        "type": Choice("_journal"),
        "recordType": JOURNAL,
        "tranDate": journal.day,
        "dateCreated": journal.created_at.astimezone(company.zone),
        "lastModifiedDate": journal.changed_at.astimezone(company.zone),
        "memo": journal.memo,
        "tranId": journal.number,
        "posting": journal.is_approved,
        "subsidiary": Ids(frozenset({journal.subsidiary})),
        "currency": Ids(frozenset({journal.currency})),
        "mainLine": True,
    }


def _fits(asked: Element, fields: Fields, kind: str, zone: ZoneInfo) -> bool:
    name = local(asked)
    if name not in fields:
        raise Refused("INVALID_SEARCH_FIELD_NAME", f"The sandbox cannot search a {kind} by {name}.")
    value, operator = fields[name], asked.get("operator", "")
    told = [each for each in asked if local(each).startswith("searchValue")]
    if isinstance(value, bool):
        return value == (flag(told[0]) if told else False)
    if isinstance(value, Ids):
        return _chosen(operator, _refers(told, value))
    if isinstance(value, Choice):
        return _chosen(operator, value.value in {text(each) for each in told})
    if isinstance(value, str):
        return _reads(value.casefold(), operator, text(told[0]).casefold() if told else "")
    if isinstance(value, int):
        return _counts(value, operator, [int(text(each)) for each in told])
    return _dated(value, operator, [text(each) for each in told], zone)


def _refers(told: Iterable[Element], value: Ids) -> bool:
    return any(
        each.get("internalId", "") in value.internal or each.get("externalId", "").casefold() in value.external
        for each in told
    )


def _chosen(operator: str, is_one: bool) -> bool:  # noqa: FBT001 - it is what the operator is about
    if operator not in ("anyOf", "noneOf"):
        raise _no_operator(operator)
    return is_one is (operator == "anyOf")


_TEXTS: Mapping[str, Callable[[str, str], bool]] = {
    "is": lambda value, told: value == told,
    "contains": lambda value, told: told in value,
    "hasKeywords": lambda value, told: told in value,
    "startsWith": lambda value, told: value.startswith(told),
    "empty": lambda value, _told: not value,
}
_NOT = {"isNot": "is", "doesNotContain": "contains", "doesNotStartWith": "startsWith", "notEmpty": "empty"}


def _reads(value: str, operator: str, told: str) -> bool:
    if operator in _NOT:
        return not _TEXTS[_NOT[operator]](value, told)
    if operator not in _TEXTS:
        raise _no_operator(operator)
    return _TEXTS[operator](value, told)


_NUMBERS: Mapping[str, Callable[[int, list[int]], bool]] = {
    "equalTo": lambda value, told: value == told[0],
    "notEqualTo": lambda value, told: value != told[0],
    "greaterThan": lambda value, told: value > told[0],
    "greaterThanOrEqualTo": lambda value, told: value >= told[0],
    "lessThan": lambda value, told: value < told[0],
    "lessThanOrEqualTo": lambda value, told: value <= told[0],
    "between": lambda value, told: told[0] <= value <= told[-1],
}


def _counts(value: int, operator: str, told: list[int]) -> bool:
    if operator not in _NUMBERS or not told:
        raise _no_operator(operator)
    return _NUMBERS[operator](value, told)


_DATES: Mapping[str, Callable[[date, date, date], bool]] = {
    "on": lambda value, first, _last: value == first,
    "notOn": lambda value, first, _last: value != first,
    "before": lambda value, first, _last: value < first,
    "after": lambda value, first, _last: value > first,
    "onOrBefore": lambda value, first, _last: value <= first,
    "onOrAfter": lambda value, first, _last: value >= first,
    "within": lambda value, first, last: first <= value <= last,
}


def _dated(value: date | datetime, operator: str, told: list[str], zone: ZoneInfo) -> bool:
    """Compare days by days and instants by instants, as the vendor's fields are one or the other."""
    if operator not in _DATES or not told:
        raise _no_operator(operator)
    try:
        if isinstance(value, datetime):
            instants = [datetime.fromisoformat(each) for each in told]
            first, last = (
                each if each.tzinfo else each.replace(tzinfo=PACIFIC) for each in (instants[0], instants[-1])
            )
            return _DATES[operator](value, first, last)
        days = [day_of(each, zone) for each in told]
    except ValueError as error:
        raise Refused("INVALID_SEARCH_VALUE", str(error)) from error
    return _DATES[operator](value, days[0], days[-1])


def _no_operator(operator: str) -> Refused:
    return Refused(
        "INVALID_SEARCH_OPERATOR", f"The search operator {operator or 'is missing and'} does not fit the field."
    )
