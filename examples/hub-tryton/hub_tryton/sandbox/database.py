"""The records of one company's books, and Tryton's own rules for making and posting a move."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeAlias

from hub.api import minor_digits

Json: TypeAlias = Any  # a value of a record, or of what a request brought
Record: TypeAlias = dict[str, Any]  # field by name; a relation is an id, or a list of ids
MOVE, LINE, ACCOUNT, PERIOD = "account.move", "account.move.line", "account.account", "account.period"
JOURNAL, COMPANY, TYPE, CURRENCY, PARTY = (
    "account.journal",
    "company.company",
    "account.account.type",
    "currency.currency",
    "party.party",
)
RELATIONS: Mapping[str, Mapping[str, str]] = {
    MOVE: {"company": COMPANY, "journal": JOURNAL, "period": PERIOD, "lines": LINE},
    LINE: {"account": ACCOUNT, "move": MOVE},
    ACCOUNT: {"company": COMPANY, "type": TYPE, "parent": ACCOUNT},
    PERIOD: {"company": COMPANY},
    COMPANY: {"party": PARTY, "currency": CURRENCY},
}
FLAGS = ("assets", "debt", "revenue", "expense")
TYPES = {1: ("balance", "assets"), 2: ("income", "expense")}
CHART = ((1, "1310", "Food Inventory", 1), (2, "5010", "COGS Meat", 2))
YEARS = range(2026, 2029)
FORBIDDEN = "\t\n\r\x0b\x0c"
OUR_COMPANY = 1


class UserError(Exception):
    """What Tryton tells a person; the transaction is rolled back."""


class Database:
    """One company, its chart, twelve periods a year, and its moves. now: the clock that writes create_date and write_date."""

    def __init__(self, currency: str, now: Callable[[], datetime]) -> None:
        self.currency = currency
        self._now = now
        self._ids = {model: count(1) for model in (MOVE, LINE)}
        self._numbers = count(1)
        self._digits = minor_digits(currency)
        self.tables: dict[str, dict[int, Record]] = {MOVE: {}, LINE: {}}
        self.tables[PARTY] = {1: {"id": 1, "name": "Larkspur Table Group"}}
        self.tables[CURRENCY] = {1: {"id": 1, "code": currency, "digits": self._digits}}
        self.tables[COMPANY] = {OUR_COMPANY: {"id": OUR_COMPANY, "party": 1, "currency": 1}}
        self.tables[JOURNAL] = {7: {"id": 7, "code": "INV", "name": "Inventory"}}
        self.tables[TYPE] = {id_: _type(id_, *told) for id_, told in TYPES.items()}
        self.tables[PERIOD] = {each["id"]: each for each in _periods()}
        self.tables[ACCOUNT] = {}
        for id_, code, name, type_ in CHART:
            self.tables[ACCOUNT][id_] = _account(id_, code, name, type_)

    def add_account(self, name: str) -> Record:
        """Add an expense account, and return it."""
        id_ = len(self.tables[ACCOUNT]) + 1
        self.tables[ACCOUNT][id_] = _account(id_, str(7000 + id_), name, 2)
        return self.tables[ACCOUNT][id_]

    def create(self, values: Mapping[str, Any]) -> int:
        """Make a draft of decoded values, and return its id; raises UserError, and then nothing is there."""
        period = self.tables[PERIOD].get(values["period"])
        if (
            period is None
            or period["state"] != "open"
            or not period["start_date"] <= values["date"] <= period["end_date"]
        ):
            name = period["name"] if period else values["period"]
            raise UserError(f'The value "{name}" for field "Period" in record "(1)" of "Account Move" {_NOT_VALID}')
        wanted = [each for _, several in values["lines"] for each in several]
        for line in wanted:
            self._check_line(line, values["date"])
        _check_text(values["description"], "Account Move")
        move = next(self._ids[MOVE])
        lines = [self._line(move, line) for line in wanted]
        self.tables[MOVE][move] = {
            "id": move,
            "company": OUR_COMPANY,
            "journal": values["journal"],
            "period": values["period"],
            "date": values["date"],
            "description": values["description"].strip(),
            "number": None,
            "state": "draft",
            "lines": lines,
            "create_date": self._now(),
            "write_date": None,
        }
        self.validate(move)
        return move

    def post(self, move_id: int) -> None:
        """Post a draft, as Tryton does on PostgreSQL; raises UserError."""
        move = self.tables[MOVE][move_id]
        if move["state"] == "posted":
            raise UserError(f'You can not call "post" on "{move["number"]}" of "Account Move".')
        if self._difference(move_id) or not move["lines"]:
            raise UserError(f'To post move "({move_id})", you must balance all its lines debits and credits.')
        move.update(state="posted", number=f"{move['date'].year}/{next(self._numbers)}", write_date=self._now())

    def edit(self, move_id: int) -> None:
        """Change a move's first debit and first credit, as somebody with the database at hand can."""
        lines = [self.tables[LINE][id_] for id_ in self.tables[MOVE][move_id]["lines"]]
        for side in ("debit", "credit"):
            line = next(each for each in lines if each[side])
            line[side] += 1
        self.tables[MOVE][move_id]["write_date"] = self._now()

    def delete(self, move_id: int) -> None:
        """Take a move away."""
        for line in self.tables[MOVE].pop(move_id)["lines"]:
            del self.tables[LINE][line]

    def close_through(self, day: date) -> None:
        """Close every period that ends by a day."""
        for period in self.tables[PERIOD].values():
            if period["end_date"] <= day:
                period["state"] = "closed"

    def validate(self, move_id: int) -> None:
        """Say of each line of a move whether the move balances."""
        state = "draft" if self._difference(move_id) else "valid"
        for line in self.tables[MOVE][move_id]["lines"]:
            self.tables[LINE][line]["state"] = state

    def search(self, model: str, domain: Sequence[Any]) -> list[Record]:
        """Return the records that a domain holds for, by id; without `active` in it, those that are active."""
        found = [record for record in self.tables[model].values() if self._holds(model, record, domain)]
        return sorted(found, key=lambda record: record["id"])

    def _holds(self, model: str, record: Record, domain: Sequence[Any]) -> bool:
        if domain and isinstance(domain[0], str) and domain[0] not in ("AND", "OR"):
            name, operator, value = domain
            return any(_compares(each, operator, value) for each in self._values(model, record, name))
        clauses = domain[1:] if domain and isinstance(domain[0], str) else domain
        held = (self._holds(model, record, clause) for clause in clauses)
        return any(held) if domain and domain[0] == "OR" else all(held)

    def _values(self, model: str, record: Record, path: str) -> Iterable[Any]:
        name, _, rest = path.partition(".")
        if not rest:
            return (record.get(name),)
        target, related = RELATIONS[model][name], record[name]
        ids = related if isinstance(related, list) else [related]
        return [value for id_ in ids for value in self._values(target, self.tables[target][id_], rest)]

    def _check_line(self, line: Mapping[str, Any], day: date) -> None:
        account = self.tables[ACCOUNT].get(line["account"])
        if account is None:
            raise UserError(f'The value "{line["account"]}" for field "Account" in "Account Move Line" does not exist.')
        if account["closed"] or account["type"] is None or not _runs(account, day):
            name = f"{account['code']} - {account['name']}"
            raise UserError(f'The value "{name}" for field "Account" in record "9" of "Account Move Line" {_NOT_VALID}')
        for side in ("debit", "credit"):
            amount = line[side]
            if not isinstance(amount, Decimal) or amount != round(amount, self._digits):
                raise UserError(
                    f'The number of digits in the value "\'{amount}\'" for field "{side.capitalize()}" in record "9" of '
                    f'"Account Move Line" exceeds the limit of "(None, {self._digits})".'
                )
        _check_text(line["description"], "Account Move Line")

    def _line(self, move: int, wanted: Mapping[str, Any]) -> int:
        id_ = next(self._ids[LINE])
        self.tables[LINE][id_] = {
            "id": id_,
            "move": move,
            "account": wanted["account"],
            "debit": wanted["debit"],
            "credit": wanted["credit"],
            "description": wanted["description"].strip(),
            "write_date": None,
        }
        return id_

    def _difference(self, move_id: int) -> Decimal:
        lines = (self.tables[LINE][id_] for id_ in self.tables[MOVE][move_id]["lines"])
        return sum((line["debit"] - line["credit"] for line in lines), Decimal(0))


_NOT_VALID = "is not valid according to its domain."


def _type(id_: int, statement: str, flag: str) -> Record:
    return {"id": id_, "statement": statement, **{name: name == flag for name in FLAGS}}


def _account(id_: int, code: str, name: str, type_: int) -> Record:
    return {
        "id": id_,
        "company": OUR_COMPANY,
        "code": code,
        "name": name,
        "type": type_,
        "parent": None,
        "closed": False,
        "active": True,
        "start_date": None,
        "end_date": None,
        "party_required": False,
        "second_currency": None,
    }


def _periods() -> Iterable[Record]:
    for year in YEARS:
        for month in range(1, 13):
            following = date(year + month // 12, month % 12 + 1, 1)
            yield {
                "id": (year - YEARS[0]) * 12 + month,
                "company": OUR_COMPANY,
                "name": f"{year}-{month:02}",
                "type": "standard",
                "state": "open",
                "start_date": date(year, month, 1),
                "end_date": following - timedelta(days=1),
            }


def _runs(account: Record, day: date) -> bool:
    starts, ends = account["start_date"], account["end_date"]
    return (starts is None or starts <= day) and (ends is None or day <= ends)


def _check_text(text: str, model: str) -> None:
    wrong = next((each for each in text if each in FORBIDDEN), None)
    if wrong is not None:
        raise UserError(
            f'The value "{text}" for field "Description" in record "9" of "{model}" contains some invalid chars '
            f'"{wrong!r}".'
        )


def _compares(value: Json, operator: str, wanted: Json) -> bool:
    if operator == "in":
        return value in wanted
    if operator == "like":
        return str(value or "").startswith(wanted.removesuffix("%"))
    if value is None or operator == "=":
        return bool(operator == "=" and value == wanted)
    return bool(value >= wanted if operator == ">=" else value <= wanted)
