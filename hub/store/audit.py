"""Who did what, when: every entry of a company's audit trail is written here, sealed, in the transaction of its change."""

from __future__ import annotations

import json
from collections.abc import Collection, Generator, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    bindparam,
    func,
    insert,
    select,
    true,
    type_coerce,
    update,
)

from hub.domain.audit_trail import BEGIN, Entry, Finding, Head, check, digest, seal
from hub.store import tables
from hub.store.audit_key import AuditKey
from hub.store.running import changed, run
from hub.store.tables.columns import instant_text

AUDIT = tables.AuditEvent.__table__  # type: ignore[attr-defined]
COMPANY = tables.Company.__table__  # type: ignore[attr-defined]
META = tables.Meta.__table__  # type: ignore[attr-defined]
IMPORT = "import"
"""The action of an entry that tells of an import; its subject is the import's kind."""
EVERY = AUDIT.alias()
READ_AT_ONCE = 2_000
HOLD = select(COMPANY.c.uuid).where(COMPANY.c.id == bindparam("company")).with_for_update(key_share=True)
FINGERPRINT = select(META.c.audit_key)
WRITE = insert(AUDIT)
NEWEST = (
    select(AUDIT.c.seq, AUDIT.c.mac)
    .where(AUDIT.c.company_id == bindparam("company"))
    .order_by(AUDIT.c.seq.desc())
    .limit(1)
)
_NEWEST = NEWEST.subquery()
GOES_ON = select(META.c.audit_key, _NEWEST.c.seq, _NEWEST.c.mac).select_from(META).outerjoin(_NEWEST, true())
MAC = select(AUDIT.c.mac).where(AUDIT.c.company_id == bindparam("company"), AUDIT.c.seq == bindparam("seq"))
NEWEST_SEQ = select(func.max(EVERY.c.seq)).where(EVERY.c.company_id == COMPANY.c.id).scalar_subquery()
ENDS = (
    select(COMPANY.c.id, COMPANY.c.code, COMPANY.c.uuid, AUDIT.c.seq, AUDIT.c.mac)
    .select_from(COMPANY)
    .outerjoin(AUDIT, (AUDIT.c.company_id == COMPANY.c.id) & (AUDIT.c.seq == NEWEST_SEQ))
    .order_by(COMPANY.c.code)
)
END = ENDS.where(COMPANY.c.id == bindparam("company"))
KEY = "hub_audit_key"
"""The connection's option that carries the key."""


class NoAuditKey(Exception):
    """The database was opened without the key of its audit trails, or with another: nothing can be recorded."""


class Wanted(NamedTuple):
    """Which entries are looked for; what is empty or None does not narrow.

    actor, thing: what stands in it, the latter also in what an entry tells of it; actions: only these, and imports of these
    kinds; since, until: from this instant on, and before that one.
    """

    actor: str = ""
    actions: Collection[str] | None = None
    imports: Collection[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    thing: str = ""


class Step(NamedTuple):
    """How far a trail had come, None before its first entry, and how far it has come with the next one."""

    before: Head | None
    head: Head


class TrailEnd(NamedTuple):
    """A company and how far its audit trail has come, None before its first entry."""

    company_id: int
    company: str
    uuid: str
    head: Head | None


def append(
    connection: Connection,
    company_id: int,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    detail: Mapping[str, object],
) -> Step:
    """Write the next entry of a company's trail, sealed together with the one before it, and return how it has come on.

    One after another: it holds the company's row until the transaction ends. detail: texts, whole numbers, lists, objects.
    Raises NoAuditKey.
    """
    uuid = run(connection, HOLD, {"company": company_id}).scalar_one()
    fitting, *newest = run(connection, GOES_ON, {"company": company_id}).one()
    key = _fitting_key(connection, fitting)
    last = _head(*newest)
    before = last or Head(0, "")
    content = json.dumps(detail, ensure_ascii=False, allow_nan=False)
    entry = Entry(before.seq + 1, instant_text(at), actor, action, subject, content, "")
    new = Head(entry.seq, seal(key.secret, uuid, before.mac, entry))
    values = {"seq": new.seq, "at": at, "actor": actor, "action": action, "subject": subject, "mac": new.mac}
    changed(connection, WRITE, {"company_id": company_id, "detail": json.loads(content), **values})
    return Step(last, new)


def append_to_each(
    connection: Connection,
    company_ids: Collection[int] | None,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
) -> None:
    """Write one entry in the trail of each of some companies, or of every company, as `append` does in one.

    In a few statements however many there are, as all of them wait meanwhile. Raises NoAuditKey.
    """
    statement = select(COMPANY.c.id, COMPANY.c.uuid).order_by(COMPANY.c.id).with_for_update(key_share=True)
    if company_ids is not None:
        statement = statement.where(COMPANY.c.id.in_(list(company_ids)))
    uuids = {row[0]: row[1] for row in connection.execute(statement)}
    secret, ends = key_of(connection).secret, {end.company_id: end.head for end in trail_ends(connection)}
    rows = []
    for company_id, uuid in uuids.items():
        before = ends[company_id] or Head(0, "")
        entry = Entry(before.seq + 1, instant_text(at), actor, action, subject, "{}", "")
        mac = seal(secret, uuid, before.mac, entry)
        values = {"seq": entry.seq, "at": at, "actor": actor, "action": action, "subject": subject, "mac": mac}
        rows.append({"company_id": company_id, "detail": {}, **values})
    if rows:
        connection.execute(insert(AUDIT), rows)


def begin(connection: Connection, company_id: int, *, at: datetime, actor: str, subject: str) -> None:
    """Take a trail's entries, which another key sealed or none, into the chain as they are; nothing where there are none."""
    uuid = connection.execute(select(COMPANY.c.uuid).where(COMPANY.c.id == company_id)).scalar_one()
    last = head(connection, company_id)
    if last is not None:
        kept = {"entries": last.seq, "sha256": digest(uuid, entries(connection, company_id))}
        append(connection, company_id, at=at, actor=actor, action=BEGIN, subject=subject, detail=kept)


def key_of(connection: Connection) -> AuditKey:
    """Return the key that this connection's database was opened with; raises NoAuditKey where it is not the trails' own."""
    return _fitting_key(connection, fingerprint(connection))


def _fitting_key(connection: Connection, fitting: str) -> AuditKey:
    key = connection.get_execution_options().get(KEY)
    if not isinstance(key, AuditKey):
        raise NoAuditKey("This database was opened without an audit key: Database(url, audit_key=…).")
    if fitting not in ("", key.fingerprint):
        raise NoAuditKey(
            "The key of the audit trail was replaced meanwhile. Stop this program and start it with the new one."
        )
    return key


def fingerprint(connection: Connection) -> str:
    """Return the fingerprint of the key that seals this database's trails, empty before the first is known."""
    found: str = run(connection, FINGERPRINT).scalar_one()
    return found


def set_fingerprint(connection: Connection, key: AuditKey) -> None:
    """Keep which key seals this database's trails from now on."""
    connection.execute(update(META).values(audit_key=key.fingerprint))


def head(connection: Connection, company_id: int) -> Head | None:
    """Return how far a company's trail has come, None before its first entry."""
    found = run(connection, NEWEST, {"company": company_id}).first()
    return _head(*found) if found is not None else None


def mac_at(connection: Connection, company_id: int, seq: int) -> str | None:
    """Return the seal of one entry, None where there is no such entry."""
    found: str | None = run(connection, MAC, {"company": company_id, "seq": seq}).scalars().first()
    return found


def trail_ends(connection: Connection, company_id: int | None = None) -> list[TrailEnd]:
    """Return how far the trail of each company has come, by code; or of one."""
    found = run(connection, ENDS if company_id is None else END, {"company": company_id})
    return [TrailEnd(row[0], row[1], row[2], _head(row[3], row[4])) for row in found]


def entries(connection: Connection, company_id: int) -> Iterator[Entry]:
    """Yield a company's entries as they are stored, in order, a few thousand at a time."""
    statement = _stored(company_id).order_by(AUDIT.c.seq)
    with connection.execute(statement, execution_options={"yield_per": READ_AT_ONCE}) as rows:
        yield from map(Entry._make, rows)


def newest_entries(connection: Connection, company_id: int, limit: int) -> list[Entry]:
    """Return a company's newest entries, newest first."""
    statement = _stored(company_id).order_by(AUDIT.c.seq.desc()).limit(limit)
    return [Entry._make(row) for row in connection.execute(statement)]


def found_entries(
    connection: Connection, company_id: int, wanted: Wanted, *, before: int | None, limit: int
) -> list[Entry]:
    """Return a company's newest entries that are wanted, newest first; before: only older ones than this."""
    statement = _stored(company_id).order_by(AUDIT.c.seq.desc()).limit(limit)
    statement = statement.where(*_narrowed(wanted))
    if before is not None:
        statement = statement.where(AUDIT.c.seq < before)
    return [Entry._make(row) for row in connection.execute(statement)]


def entry_at(connection: Connection, company_id: int, seq: int) -> Entry | None:
    """Return one entry of a company, None where there is none."""
    found = connection.execute(_stored(company_id).where(AUDIT.c.seq == seq)).first()
    return Entry._make(found) if found is not None else None


def findings(connection: Connection, company: TrailEnd) -> Generator[Finding]:
    """Yield what is wrong with a company's trail, from its first entry to its last; raises NoAuditKey."""
    begun = connection.execute(
        select(func.max(AUDIT.c.seq)).where(AUDIT.c.company_id == company.company_id, AUDIT.c.action == BEGIN)
    ).scalar()
    stored = entries(connection, company.company_id)
    begun = begun if isinstance(begun, int) else 0  # SQLite keeps any value in any column
    yield from check(stored, key=key_of(connection).secret, company=company.uuid, begun=begun)


def _stored(company_id: int) -> Select[tuple[int, str, str, str, str, str, str]]:
    """Select a company's entries with every column as it is stored, not as it is read elsewhere."""
    texts = (type_coerce(AUDIT.c[name], String) for name in Entry._fields[1:])
    return select(AUDIT.c.seq, *texts).where(AUDIT.c.company_id == company_id)


def _narrowed(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.actor:
        yield _has(AUDIT.c.actor, wanted.actor)
    if wanted.actions is not None:
        imports = (AUDIT.c.action == IMPORT) & AUDIT.c.subject.in_(list(wanted.imports))
        yield AUDIT.c.action.in_(list(wanted.actions)) | imports
    if wanted.since is not None:
        yield AUDIT.c.at >= wanted.since
    if wanted.until is not None:
        yield AUDIT.c.at < wanted.until
    if wanted.thing:
        yield _has(AUDIT.c.subject, wanted.thing) | _has(type_coerce(AUDIT.c.detail, String), wanted.thing)


def _has(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    return func.lower(column).contains(text.lower(), autoescape=True)


def _head(seq: object, mac: object) -> Head | None:
    """Return a head as it is stored; SQLite keeps any value in any column, and what is no number is no entry's."""
    return Head(seq if isinstance(seq, int) else 0, str(mac)) if seq is not None else None
