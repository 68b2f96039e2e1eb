"""Exports that nobody has to press: in mode automatic, where everything is green and the change is small enough."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hub.api import ConnectorError, from_minor, to_minor
from hub.domain.setup import Mode
from hub.service.companies import companies
from hub.service.context import Hub, Refused, codes_of
from hub.service.freezing import export
from hub.service.previewing import offered_counts, preview
from hub.service.scope import CompanyRows, reading, writing
from hub.store import Row

log = logging.getLogger(__name__)

ACTOR = "automatic"
HELD_BACK = "held back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A count that was not exported by itself, and why."""

    connection: str
    count_date: date
    reasons: tuple[str, ...]


def export_automatically(hub: Hub) -> list[str]:
    """Export what every company in mode automatic has on offer, where it may; returns the codes of the exports made.

    What is held back is written to the audit trail once, with its reasons, and stays for a person.
    """
    own = replace(hub, actor=ACTOR)
    customers = [company for company in companies(own) if not company["test"]]
    return [code for company in customers for code in _company(own, str(company["code"]))]


def _company(hub: Hub, company: str) -> Iterator[str]:
    with reading(hub, company) as rows:
        if rows.company["mode"] != Mode.AUTOMATIC or not is_time(rows.company, hub.database.now(rows.connection)):
            return
        limit = rows.company["automatic_limit"]
    for offer in _oldest_first(hub, company):
        if hub.posting.stopping():
            return
        try:
            code = _offer(hub, company, offer, limit)
        except (Refused, ConnectorError) as error:
            log.warning("automatic export of %s %s: %s", company, offer["count_date"], codes_of(error))
            continue
        if code is not None:
            yield code


def is_time(company: Row, now: datetime) -> bool:
    """Whether a company's time of day has come: at once where it chose none, else from then to the end of its day."""
    chosen: str = company["automatic_at"]
    return not chosen or now.astimezone(ZoneInfo(company["time_zone"])).time() >= time.fromisoformat(chosen)


def _oldest_first(hub: Hub, company: str) -> list[Mapping[str, Any]]:
    return sorted(offered_counts(hub, company), key=lambda offer: (offer["connection"], offer["count_date"]))


def _offer(hub: Hub, company: str, offer: Mapping[str, Any], limit: int | None) -> str | None:
    day, connection = date.fromisoformat(offer["count_date"]), offer["connection"]
    shown = preview(hub, company, day, connection)
    reasons = (*_not_green(shown), *_too_large(hub, company, shown, limit))
    if reasons:
        _hold_back(hub, company, Held(connection=connection, count_date=day, reasons=reasons), shown["hash"])
        return None
    made = export(hub, company, day, connection, expected_hash=shown["hash"])
    if made["export"] is None:
        reasons = tuple(str(problem["message"]) for problem in made["problems"])
        _hold_back(hub, company, Held(connection=connection, count_date=day, reasons=reasons), shown["hash"])
        return None
    return str(made["export"])


def _not_green(shown: Mapping[str, Any]) -> Iterator[str]:
    for problem in shown["problems"]:
        if problem["level"] != "note":
            yield str(problem["message"])


def _too_large(hub: Hub, company: str, shown: Mapping[str, Any], limit: int | None) -> Sequence[str]:
    if limit is None:
        return ("No limit is set up to which a change is posted by itself (automatic_limit).",)
    with reading(hub, company) as rows:
        changed = change(rows, shown)
    if changed <= limit:
        return ()
    currency = shown["currency"]
    said, most = (f"{from_minor(minor, currency):,}" for minor in (changed, limit))
    return (f"The inventory changes by {said}, and up to {most} is posted by itself.",)


def change(rows: CompanyRows, shown: Mapping[str, Any]) -> int:
    """Return by how much a preview changes what the books carry: the sum over sites and categories (minor units).

    Each one's change counts in full, whichever way it goes, so that two large errors do not hide each other.
    """
    moved: dict[tuple[str, str], int] = {}
    for entry in shown["entries"]:
        for line in entry["lines"]:
            if rows.setup.gl_accounts[line["gl_account"]].kind == "asset":
                signed = to_minor(Decimal(line["amount"]), shown["currency"])
                where = (line["site"], line["category"])
                moved[where] = moved.get(where, 0) + (signed if line["side"] == "debit" else -signed)
    return sum(abs(value) for value in moved.values())


def _hold_back(hub: Hub, company: str, held: Held, hash_: str) -> None:
    """Write down once why a count waits for a person: the same figures and reasons are not told again."""
    detail = {"count_date": held.count_date.isoformat(), "hash": hash_, "reasons": list(held.reasons)}
    with reading(hub, company) as rows:
        if rows.exports.audited(HELD_BACK, held.connection, detail):
            return
    with writing(hub, company) as rows:
        rows.exports.audit(HELD_BACK, held.connection, detail, actor=hub.actor, now=hub.clock())
