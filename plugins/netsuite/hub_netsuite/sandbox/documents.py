"""Records as the REST transport shows them, and a journal entry as it takes one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeAlias

from hub.api import from_minor
from hub_netsuite.sandbox import lists
from hub_netsuite.sandbox.company import Company, Journal, Line
from hub_netsuite.sandbox.entries import NOTHING, SEGMENT_FIELDS, Ref, Told, ToldLine
from hub_netsuite.sandbox.json_bodies import Json, invalid

RECORDS = "/services/rest/record/v1"
JOURNAL = "journalEntry"
KINDS = ("account", "subsidiary", *SEGMENT_FIELDS.values(), "currency", "accountingPeriod", JOURNAL)
ACCOUNT_TYPES = {
    "_accountsPayable": ("AcctPay", "Accounts Payable"),
    "_accountsReceivable": ("AcctRec", "Accounts Receivable"),
    "_bank": ("Bank", "Bank"),
    "_costOfGoodsSold": ("COGS", "Cost of Goods Sold"),
    "_equity": ("Equity", "Equity"),
    "_expense": ("Expense", "Expense"),
    "_income": ("Income", "Income"),
    "_otherCurrentAsset": ("OthCurrAsset", "Other Current Asset"),
    "_otherCurrentLiability": ("OthCurrLiab", "Other Current Liability"),
    "_statistical": ("Stat", "Statistical"),
}
COUNTRIES = {"_unitedStates": ("US", "United States"), "_canada": ("CA", "Canada")}

Shown: TypeAlias = "lists.Account | lists.Subsidiary | lists.Segment | lists.Currency | lists.Period | Journal"


@dataclass(frozen=True, slots=True)
class Documents:
    """Shows a company's records as JSON."""

    company: Company
    base_url: str

    def keys(self, kind: str) -> Iterable[str]:
        """Return the internal ids of the records of a type."""
        return self._rows(kind).keys()

    def shown(self, kind: str, key: str, *, expands: bool = False) -> Json | None:
        """Return a record, None where it is not there. expands: whether its lines are in it, rather than linked."""
        found = self._rows(kind).get(key)
        if found is None:
            return None
        head = {"links": [self.link(f"{kind}/{key}")], "id": key}
        if isinstance(found, lists.Account):
            return {**head, **self._account(found)}
        if isinstance(found, lists.Subsidiary):
            return {**head, **self._subsidiary(found)}
        if isinstance(found, lists.Segment):
            return {**head, "name": found.name, "isInactive": found.is_inactive, **self._many(found.kind, found)}
        if isinstance(found, lists.Currency):
            rate = Decimal(found.rate)
            return {
                **head,
                "name": found.name,
                "symbol": found.symbol,
                "isBaseCurrency": found.is_base,
                "exchangeRate": rate,
            }
        return {**head, **(self._period(found) if isinstance(found, lists.Period) else self._journal(found, expands))}

    def link(self, path: str) -> Json:
        """Return a link to a record."""
        return {"rel": "self", "href": f"{self.base_url}{RECORDS}/{path}"}

    def _rows(self, kind: str) -> Mapping[str, Shown]:
        company = self.company
        rows: Mapping[str, Mapping[str, Json]] = {
            "account": company.accounts,
            "subsidiary": company.subsidiaries,
            "currency": company.currencies,
            "accountingPeriod": company.periods,
            JOURNAL: company.journals,
            **company.segments,
        }
        return rows[kind]

    def _account(self, account: lists.Account) -> dict[str, Json]:
        id_, title = ACCOUNT_TYPES[account.type]
        return {
            "acctNumber": account.number,
            "acctName": account.name,
            "acctType": {"id": id_, "refName": title},
            "isInactive": account.is_inactive,
            "inventory": account.is_inventory,
            **self._many("account", account),
        }

    def _subsidiary(self, subsidiary: lists.Subsidiary) -> dict[str, Json]:
        id_, title = COUNTRIES[subsidiary.country]
        parent = self.company.subsidiaries.get(subsidiary.parent)
        currency = self.company.currencies[subsidiary.currency]
        return {
            "name": subsidiary.name,
            "legalName": subsidiary.legal_name,
            "isInactive": subsidiary.is_inactive,
            "isElimination": subsidiary.is_elimination,
            "country": {"id": id_, "refName": title},
            "currency": self._one("currency", currency.id, currency.name),
            **({"parent": self._one("subsidiary", parent.id, parent.name)} if parent else {}),
        }

    def _period(self, period: lists.Period) -> dict[str, Json]:
        closed = self.company.is_closed(period)
        parent = self.company.periods.get(period.parent)
        return {
            "periodName": period.name,
            "startDate": period.start.isoformat(),
            "endDate": period.end.isoformat(),
            **dict.fromkeys(("closed", "allLocked", "apLocked", "arLocked"), closed),
            "isAdjust": False,
            "isQuarter": period.is_quarter,
            "isYear": period.is_year,
            **({"parent": self._one("accountingPeriod", parent.id, parent.name)} if parent else {}),
        }

    def _journal(self, journal: Journal, expands: bool) -> dict[str, Json]:  # noqa: FBT001 - as it was asked for
        company = self.company
        currency, period = company.currencies[journal.currency], company.periods[journal.period]
        subsidiary = company.subsidiaries[journal.subsidiary]
        lines = [self._line(number, line, currency.symbol) for number, line in enumerate(journal.lines, 1)]
        links = [self.link(f"{JOURNAL}/{journal.id}/line")]
        there = {"items": lines, "totalResults": len(lines)} if expands else {}
        return {
            **({"externalId": journal.external_id} if journal.external_id else {}),
            "tranId": journal.number,
            "tranDate": journal.day.isoformat(),
            "postingPeriod": self._one("accountingPeriod", period.id, period.name),
            "currency": self._one("currency", currency.id, currency.name),
            "exchangeRate": Decimal(currency.rate),
            **({"subsidiary": self._one("subsidiary", subsidiary.id, subsidiary.name)} if company.one_world else {}),
            **self._segments(journal),
            **({"memo": journal.memo} if journal.memo else {}),
            "approved": journal.is_approved,
            "createdDate": _instant(journal.created_at),
            "lastModifiedDate": _instant(journal.changed_at),
            "line": {"links": links, **there},
        }

    def _line(self, number: int, line: Line, symbol: str) -> dict[str, Json]:
        account = self.company.accounts[line.account]
        entity = self.company.entities.get(line.entity)
        return {
            "line": number,
            "account": self._one("account", account.id, account.title),
            ("debit" if line.minor > 0 else "credit"): from_minor(abs(line.minor), symbol),
            **({"memo": line.memo} if line.memo else {}),
            **({"entity": {"id": entity.id, "refName": entity.name}} if entity else {}),
            **self._segments(line),
        }

    def _segments(self, of: Journal | Line) -> dict[str, Json]:
        chosen = {"department": of.department, "class": of.class_, "location": of.location}
        known = self.company.segments
        return {
            name: self._one(SEGMENT_FIELDS[name], key, known[SEGMENT_FIELDS[name]][key].name)
            for name, key in chosen.items()
            if key
        }

    def _many(self, kind: str, of: lists.Account | lists.Segment) -> dict[str, Json]:
        """Return the subsidiaries that may use a record."""
        if not self.company.one_world:
            return {}
        items = [{"links": [self.link(f"subsidiary/{key}")], "id": key} for key in of.subsidiaries]
        links = [self.link(f"{kind}/{of.id}/subsidiary")]
        return {"subsidiary": {"links": links, "items": items, "totalResults": len(items)}}

    def _one(self, kind: str, key: str, title: str) -> Json:
        return {"links": [self.link(f"{kind}/{key}")], "id": key, "refName": title}


_REFERENCES = {"subsidiary": "subsidiary", "currency": "currency", "postingPeriod": "period"}
_IGNORED = frozenset({"links", "id", "exchangeRate", "createdDate", "lastModifiedDate", "customForm", "isBookSpecific"})
_LINE_IGNORED = frozenset({"links", "eliminate"})


def told(body: Mapping[str, Json], *, strict: bool) -> Told:
    """Return the journal entry that a body asks for; strict: names that are not known are refused. Raises Refused."""
    made = Told()
    for name, value in body.items():
        if name in ("externalId", "memo", "tranId"):
            setattr(made, {"externalId": "external_id", "tranId": "number"}.get(name, name), _text(value, name))
        elif name == "tranDate":
            made.day = _day(value)
        elif name in _REFERENCES:
            setattr(made, _REFERENCES[name], _reference(value, name))
        elif name in SEGMENT_FIELDS:
            made.segments[name] = _reference(value, name)
        elif name == "approved":
            made.is_approved = _flag(value, name)
        elif name == "line":
            made.lines = [_told_line(each, number, strict) for number, each in enumerate(_items(value))]
        elif strict and name not in _IGNORED:
            raise invalid(f"Unknown reference or subrecord field {name} in the record {JOURNAL}.", name)
    return made


def _told_line(told: Json, number: int, strict: bool) -> ToldLine:  # noqa: FBT001 - as it was asked for
    path = f"line.items[{number}]"
    if not isinstance(told, dict):
        raise invalid("Invalid content in the request body: a line is an object.", path)
    made = ToldLine()
    for name, value in told.items():
        if name in ("account", "entity"):
            setattr(made, name, _reference(value, f"{path}.{name}"))
        elif name in ("debit", "credit"):
            setattr(made, name, _amount(value, f"{path}.{name}"))
        elif name == "memo":
            made.memo = _text(value, f"{path}.memo")
        elif name in SEGMENT_FIELDS:
            made.segments[name] = _reference(value, f"{path}.{name}")
        elif name == "line" and isinstance(value, int):
            made.number = value
        elif strict and name not in _LINE_IGNORED:
            raise invalid(f"Unknown reference or subrecord field {name} in the sublist line.", f"{path}.{name}")
    return made


def _items(value: Json) -> list[Json]:
    items = value.get("items") if isinstance(value, dict) else value
    if not isinstance(items, list):
        raise invalid("Invalid content in the request body: line needs a list of items.", "line")
    return items


def _reference(value: Json, path: str) -> Ref:
    """Return what a reference names: an object with its id or externalId, or the id alone; null is nothing."""
    if value is None:
        return NOTHING
    if isinstance(value, dict) and {"id", "externalId"} & value.keys():
        return Ref(internal_id=str(value.get("id") or ""), external_id=str(value.get("externalId") or ""))
    if isinstance(value, str | int) and not isinstance(value, bool):
        return Ref(internal_id=str(value))
    raise invalid("Invalid content in the request body: a reference needs an id.", path)


def _text(value: Json, path: str) -> str:
    if value is not None and not isinstance(value, str):
        raise invalid(f"Invalid value for the field {path}: a text is needed.", path)
    return value or ""


def _flag(value: Json, path: str) -> bool:
    if not isinstance(value, bool):
        raise invalid(f"Invalid value for the field {path}: true or false is needed.", path)
    return value


def _amount(value: Json, path: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise invalid(f"Invalid value for the field {path}: a number is needed.", path)
    return str(value)


def _day(value: Json) -> date:
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise invalid(
            "Invalid value for the field tranDate: a date such as 2026-10-31 is needed.", "tranDate"
        ) from error


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
