"""A company's audit trail as it is read: a page at a time, narrowed, one entry, and whether it is all as it was recorded."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.domain.audit_trail import Entry
from hub.service.auditing import trail_head, verify
from hub.service.context import Hub, not_found
from hub.service.scope import CompanyRows, reading
from hub.store.audit import Wanted, entry_at, found_entries, head

AT_ONCE = 50
MANY = 500
"""Entries of a download that are read at once."""
VERIFIED_UNASKED = 2_000
"""A trail of up to so many entries is verified whenever it is looked at: a tenth of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which entries are looked for; what is empty or None does not narrow.

    actor, thing: what stands in it; actions: only these, and imports of these kinds; since, until: days in the company's
    time zone, both of them included.
    """

    actor: str = ""
    actions: Collection[str] | None = None
    imports: Collection[str] = ()
    since: date | None = None
    until: date | None = None
    thing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry of the trail; at: ISO 8601 as it is stored; detail: a JSON object, empty where it is none any more.

    Any: JSON's own types.
    """

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a trail stands: entries and head (empty before the first), and whether all of it was verified just now.

    problems: what is wrong with it, as problem documents.
    """

    entries: int
    head: str
    verified: bool
    problems: list[dict[str, object]]


def entries(hub: Hub, company: str, search: Search, before: int | None = None) -> tuple[list[Told], bool]:
    """Return a page of entries, newest first, and whether there are more after them; before: only older ones than this."""
    with reading(hub, company) as rows:
        found = _found(rows, search, before, AT_ONCE + 1)
    return found[:AT_ONCE], len(found) > AT_ONCE


def every_entry(hub: Hub, company: str, search: Search) -> Iterator[list[Told]]:
    """Yield all entries that are looked for, newest first, some at a time; no transaction is open in between."""
    before: int | None = None
    while True:
        with reading(hub, company) as rows:
            found = _found(rows, search, before, MANY)
        if not found:
            return
        yield found
        before = found[-1].seq


def entry(hub: Hub, company: str, seq: int) -> Told:
    """Return one entry; raises NotFound."""
    with reading(hub, company) as rows:
        found = entry_at(rows.connection, rows.company_id, seq)
    if found is None:
        raise not_found("entry of the audit trail", str(seq))
    return _told(found)


def standing(hub: Hub, company: str, *, whole: bool) -> Standing:
    """Return how the trail stands; whole: verify it however long it is, which takes a second for 20,000 entries."""
    with reading(hub, company) as rows:
        last = head(rows.connection, rows.company_id)
        shown = trail_head(rows)
    if not whole and last is not None and last.seq > VERIFIED_UNASKED:
        return Standing(entries=last.seq, head=shown, verified=False, problems=[])
    found = verify(hub, company)["companies"][0]
    return Standing(entries=found["entries"], head=found["head"] or "", verified=True, problems=list(found["problems"]))


def _found(rows: CompanyRows, search: Search, before: int | None, limit: int) -> list[Told]:
    zone = ZoneInfo(rows.company["time_zone"])
    wanted = Wanted(
        actor=search.actor,
        actions=search.actions,
        imports=search.imports,
        since=_begin(search.since, zone),
        until=_begin(search.until + timedelta(days=1) if search.until else None, zone),
        thing=search.thing,
    )
    found = found_entries(rows.connection, rows.company_id, wanted, before=before, limit=limit)
    return [_told(each) for each in found]


def _begin(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time.min, zone).astimezone(UTC) if day is not None else None


def _told(found: Entry) -> Told:
    return Told(
        seq=found.seq,
        at=str(found.at),
        actor=str(found.actor),
        action=str(found.action),
        subject=str(found.subject),
        detail=_detail(found.detail),
        seal=str(found.mac),
    )


def _detail(stored: object) -> Mapping[str, Any]:
    """Return what an entry tells; of one that was tampered with, nothing where it is no JSON object any more."""
    try:
        found = json.loads(str(stored))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
