"""Statements of the vendor's query language, read from left to right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from hub_quickbooks.sandbox import refusals
from hub_quickbooks.sandbox.refusals import Json

USUAL_ROWS, MOST_ROWS = 100, 1_000

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:\\.|[^'\\])*')|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))|(?P<name>[A-Za-z_][\w.]*)"
    r"|(?P<sign><=|>=|!=|[=<>(),*]))",
    re.DOTALL,
)
_RESERVED = "SELECT FROM WHERE AND ORDERBY ORDER BY ASC DESC STARTPOSITION MAXRESULTS IN LIKE TRUE FALSE OR "
_WORDS = frozenset(_RESERVED.split())
_SIGNS = ("=", "<", ">", "<=", ">=", "LIKE", "IN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition. field: in lower case; values: several for IN."""

    field: str
    sign: str
    values: tuple[Json, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query that was read. entity: as it was written; order: fields in lower case, each with whether it descends."""

    entity: str
    counts: bool
    conditions: tuple[Condition, ...]
    order: tuple[tuple[str, bool], ...]
    first: int
    most: int


def read_query(statement: str) -> Query:
    """Return what a statement asks; raises Refused."""
    return _Reader(_tokens(statement)).query()


class _Reader:
    """Reads tokens from left to right; each is its kind and its value."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def query(self) -> Query:
        self._need("SELECT")
        counts = self._fields()
        self._need("FROM")
        entity = self._name()
        conditions: list[Condition] = []
        if self._takes("WHERE"):
            conditions.append(self._condition())
            while self._takes("AND"):
                conditions.append(self._condition())
        order = self._order()
        first, most = 1, USUAL_ROWS
        while self._is("STARTPOSITION") or self._is("MAXRESULTS"):
            if self._takes("STARTPOSITION"):
                first = self._count()
            else:
                self._need("MAXRESULTS")
                most = min(self._count(), MOST_ROWS)
        if self._at < len(self._tokens):
            raise refusals.query_unparsable(f'Encountered "{self._tokens[self._at][1]}" at token {self._at + 1}.')
        return Query(entity=entity, counts=counts, conditions=tuple(conditions), order=order, first=first, most=most)

    def _fields(self) -> bool:
        """Read what is selected; whole rows are answered whatever it is. Return whether it is their number."""
        if self._takes("*"):
            return False
        if self._name().lower() == "count":
            for sign in ("(", "*", ")"):
                self._need(sign)
            return True
        while self._takes(","):
            self._name()
        return False

    def _condition(self) -> Condition:
        field, sign = self._name().lower(), self._next()[1].upper()
        if sign not in _SIGNS:
            raise refusals.query_unparsable(f'Encountered "{sign}" where an operator was expected.')
        if sign != "IN":
            return Condition(field=field, sign=sign, values=(self._literal(),))
        self._need("(")
        values = [self._literal()]
        while self._takes(","):
            values.append(self._literal())
        self._need(")")
        return Condition(field=field, sign=sign, values=tuple(values))

    def _order(self) -> tuple[tuple[str, bool], ...]:
        if self._takes("ORDER"):
            self._need("BY")
        elif not self._takes("ORDERBY"):
            return ()
        order = [self._ordered()]
        while self._takes(","):
            order.append(self._ordered())
        return tuple(order)

    def _ordered(self) -> tuple[str, bool]:
        field = self._name().lower()
        descends = self._takes("DESC")
        if not descends:
            self._takes("ASC")
        return field, descends

    def _literal(self) -> Json:
        kind, value = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL)
        if kind == "number":
            return Decimal(value)
        if value.upper() in ("TRUE", "FALSE"):
            return value.upper() == "TRUE"
        raise refusals.query_unparsable(f'Encountered "{value}" where a value was expected.')

    def _count(self) -> int:
        kind, value = self._next()
        if kind != "number" or not value.isdigit() or int(value) < 1:
            raise refusals.query_unparsable(f'Encountered "{value}" where a number from 1 on was expected.')
        return int(value)

    def _name(self) -> str:
        kind, value = self._next()
        if kind != "name" or (value.upper() in _WORDS and value.upper() not in ("ORDER", "BY")):
            raise refusals.query_unparsable(f'Encountered "{value}" where a name was expected.')
        return value

    def _is(self, word: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at][1].upper() == word

    def _takes(self, word: str) -> bool:
        taken = self._is(word)
        self._at += taken
        return taken

    def _need(self, word: str) -> None:
        if not self._takes(word):
            found = self._tokens[self._at][1] if self._at < len(self._tokens) else "<EOF>"
            raise refusals.query_unparsable(f'Encountered "{found}" where "{word}" was expected.')

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise refusals.query_unparsable('Encountered "<EOF>".')
        self._at += 1
        return self._tokens[self._at - 1]


def _tokens(statement: str) -> list[tuple[str, str]]:
    text, at, found = statement.strip().rstrip(";").rstrip(), 0, []
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise refusals.query_unparsable(f"Lexical error at column {at + 1}.")
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return found
