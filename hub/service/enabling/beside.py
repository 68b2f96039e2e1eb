"""A real connection and its test copy side by side: how each stands, and how what each would post differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.api import ConnectorError
from hub.domain.decisions import Decisions
from hub.plugins import SettingsInvalid
from hub.service.connecting.standing import connection_document
from hub.service.context import Hub, Refused, problem_document
from hub.service.documents import Document, total
from hub.service.enabling.copying import copy_of
from hub.service.previewing import draft, sites_of
from hub.service.scope import reading

COMPARED = ("site", "category", "reason", "gl_account", "side", "amount")
"""What makes two lines the same one; the accounts of two systems never are."""
Line = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two. count_date: of its newest count on offer, empty where there is none; debits: of what it would post.

    problems: what is in the way of that as far as the hub itself knows; mapped: GL Accounts; exports: how many were made.
    """

    company: str
    connection: Mapping[str, Any]  # Any: as `connections` lists it
    count_date: str
    currency: str
    debits: str
    lines: tuple[Line, ...]
    problems: Sequence[dict[str, object]]
    mapped: int
    exports: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Both, and the lines that only one of them would post (without its accounts), each as COMPARED has it."""

    real: Side
    test: Side
    same: int
    only_real: tuple[Line, ...]
    only_test: tuple[Line, ...]


def beside(hub: Hub, company: str, connection: str) -> Beside | None:
    """Return a connection and its test copy, None where there is none. Nothing outside the database is asked."""
    copy = copy_of(hub, company, connection)
    if not copy:
        return None
    real, test = _side(hub, company, connection), _side(hub, copy, connection)
    one, other = Counter(real.lines), Counter(test.lines)
    return Beside(
        real=real,
        test=test,
        same=(one & other).total(),
        only_real=tuple(sorted((one - other).elements())),
        only_test=tuple(sorted((other - one).elements())),
    )


def _side(hub: Hub, company: str, connection: str) -> Side:
    with reading(hub, company) as rows:
        name = rows.books(connection).name
        documents: Sequence[Document] = ()
        problems: Sequence[dict[str, object]] = ()
        offered = rows.facts.offered(sites_of(rows, name))
        if offered:
            try:
                drafted = draft(hub, rows, rows.books(name), offered[0].count_date, Decisions())
                documents, problems = drafted.documents, [problem_document(each) for each in drafted.problems]
            except (Refused, SettingsInvalid) as error:
                problems = [problem_document(each) for each in error.problems]
            except ConnectorError as error:
                problems = [{"level": "problem", "code": error.code, "message": error.message, "fix": "", "where": {}}]
        currency = rows.setup.books[name].currency
        return Side(
            company=company,
            connection=connection_document(hub, rows, rows.connection_row(name), hub.database.now(rows.connection)),
            count_date=offered[0].count_date.isoformat() if offered else "",
            currency=currency,
            debits=total(documents, "debit", currency) if documents else "",
            lines=tuple(
                tuple(str(line[part]) for part in COMPARED) for document in documents for line in document["lines"]
            ),
            problems=problems,
            mapped=len(rows.setup.account_maps.get(name, {})),
            exports=len(rows.exports.listed(name)),
        )
