"""What the accounting API does, each call once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from hub.testing.sandbox import READ, WRITE, Desk
from hub_quickbooks.sandbox import entries, lists, refusals, searching
from hub_quickbooks.sandbox.company import Company, Document
from hub_quickbooks.sandbox.refusals import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. resource: the path below the company, in lower case but for ids; told: its body, empty where it has none."""

    company: Company
    method: str
    resource: tuple[str, ...]
    asked: Mapping[str, str]
    told: bytes
    now: datetime

    @property
    def is_write(self) -> bool:
        return self.method == "POST" and self.resource[0] != "query"

    @property
    def kind(self) -> str:
        return WRITE if self.is_write else READ


def done(desk: Desk, call: Call) -> Document:
    """Do what a call asks and return the body of its answer; raises Refused."""
    name, *ids = call.resource
    if name == "query":
        statement = call.asked.get("query") or call.told.decode(errors="replace")
        return {"QueryResponse": searching.answered(call.company, statement)}
    if call.method == "GET" and (name, len(ids)) in _READS:
        return _READS[name, len(ids)](call)
    if call.method == "POST" and not ids and name == "journalentry":
        return {"JournalEntry": _journal(desk, call, _object(call.told))}
    if call.method == "POST" and not ids and name in lists.KINDS:
        kind = lists.KINDS[name]
        return {kind: lists.saved(call.company, kind, _object(call.told), call.now)}
    detail = f"Operation {'/'.join(call.resource)} is not supported."
    raise Refused(refusals.Wrong(code="500", message="Unsupported Operation", detail=detail))


def _changes(call: Call) -> Document:
    asked = {name.lower(): value for name, value in call.asked.items()}
    return {"CDCResponse": [searching.changed(call.company, asked.get("entities", ""), asked.get("changedsince", ""))]}


def _one(call: Call) -> Document:
    kind = lists.KINDS[call.resource[0]]
    return {kind: _found(lists.rows_of(call.company, kind), call.resource[1])}


_READS: Mapping[tuple[str, int], Callable[[Call], Document]] = {
    ("cdc", 0): _changes,
    ("companyinfo", 1): lambda call: {"CompanyInfo": call.company.company_info()},
    ("preferences", 0): lambda call: {"Preferences": call.company.preferences()},
    ("journalentry", 1): lambda call: {"JournalEntry": _found(call.company.journals, call.resource[1])},
    **{(name, 1): _one for name in lists.KINDS},
}
"""The questions by their first word and how many follow."""


def _journal(desk: Desk, call: Call, body: Document) -> Document:
    operation = call.asked.get("operation", "").lower()
    if operation == "delete":
        return _deleted(call, body)
    if operation not in ("", "update"):
        raise refusals.unsupported(f"operation {operation} specified is unsupported or invalid")
    known = _known(call, body) if body.get("Id") else None
    if known is not None and body.get("sparse") is True:
        body = {**known, **body}
    document = entries.document_of(call.company, body, desk.clock.now(), known)
    if call.asked.get("include", "").lower() != "allowduplicatedocnum":
        entries.check_number(call.company, document)
    if desk.faults.take("changed_amounts", call.kind):
        document = entries.with_changed_amounts(document)
    entries.keep(call.company, document)
    return document


def _known(call: Call, body: Document) -> Document:
    """Return the journal that a body changes; raises Refused where it is gone, was changed since, or is in closed books."""
    known = _found(call.company.journals, str(body["Id"]))
    if str(body.get("SyncToken", "")) != known["SyncToken"]:
        raise refusals.stale()
    entries.check_open(call.company, date.fromisoformat(known["TxnDate"]))
    return known


def _deleted(call: Call, body: Document) -> Document:
    """Delete a journal; clients send stale sync tokens here, and the vendor lets them."""
    known = _found(call.company.journals, str(body.get("Id", "")))
    entries.check_open(call.company, date.fromisoformat(known["TxnDate"]))
    entries.remove(call.company, known, call.now)
    return {"status": "Deleted", "domain": "QBO", "Id": known["Id"]}


def _found(known: Mapping[str, Document], id_: str) -> Document:
    if id_ not in known:
        raise refusals.gone()
    return known[id_]


def _object(told: bytes) -> Document:
    try:
        body = json.loads(told, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise refusals.unsupported("the body is not JSON, which is all that the sandbox takes") from error
    if not isinstance(body, dict):
        raise refusals.unsupported("the body is not a JSON object")
    return body
