"""Exports and their postings: frozen whole, moved from state to state, read back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, tuple_, update

from hub.api import Account
from hub.domain.adjusting import NewOnBooks
from hub.domain.transfers import Taken
from hub.store import export_statements as statements
from hub.store import tables
from hub.store.audit import Step, append
from hub.store.prepared import change_by, row_by, rows_by
from hub.store.running import added, changed, run
from hub.store.setup_rows import Ids

EXPORT = tables.Export.__table__  # type: ignore[attr-defined]
POSTING = tables.Posting.__table__  # type: ignore[attr-defined]
ATTEMPT = tables.Attempt.__table__  # type: ignore[attr-defined]
EXPORT_COUNT = tables.ExportCount.__table__  # type: ignore[attr-defined]
ON_BOOKS = tables.OnBooks.__table__  # type: ignore[attr-defined]
MOVEMENT_SIDE = tables.MovementSide.__table__  # type: ignore[attr-defined]
TOTAL = tables.CountTotal.__table__  # type: ignore[attr-defined]
AUDIT = tables.AuditEvent.__table__  # type: ignore[attr-defined]
SITE = tables.Site.__table__  # type: ignore[attr-defined]
ACCOUNT_TEXTS = ("id", "number", "name")


class ValueTaken(Exception):
    """An on-books value that the preview used has been replaced meanwhile: look again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExport:
    """An export as it is frozen; counts: site → (count row or None, previous date)."""

    connection: str
    code: str
    kind: str
    count_date: date
    sequence: int
    hash: str
    label: str
    currency: str
    decisions: Sequence[str]
    settings: Mapping[str, object]
    counts: Mapping[str, tuple[int | None, date | None]]
    claims: Sequence[int]
    sets: Sequence[NewOnBooks]
    taken: Sequence[Taken]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPosting:
    """A posting as it is frozen; entry: its canonical JSON text."""

    books: str
    kind: str
    part: int
    reference: str
    key: str
    entry_date: date
    entry: str
    sha256: str


class ExportRows:
    """One company's exports; trail: how the company's audit trail has come on by what was audited here."""

    def __init__(self, connection: Connection, ids: Ids) -> None:
        self.connection = connection
        self.ids = ids
        self.company_id = ids.company_id
        self.trail: Step | None = None

    def next_sequence(self, connection: str, count_date: date) -> int:
        """Return the number the next export of this connection and date gets."""
        given = {"company": self.company_id, "connection": self.ids.connections[connection], "count_date": count_date}
        newest = run(self.connection, statements.NEWEST_SEQUENCE, given).scalar()
        return (newest or 0) + 1

    def freeze(
        self, new: NewExport, postings: Sequence[NewPosting], *, due_at: datetime | None, actor: str, now: datetime
    ) -> int:
        """Write the export, its postings and its claims; raises ValueTaken where an on-books value was replaced.

        due_at: when to post it, None where a file is made instead.
        """
        connection_id = self.ids.connections[new.connection]
        export_id = self._insert_export(new, connection_id, actor, now)
        self.add_postings(export_id, connection_id, postings, due_at)
        rows = [
            {
                "export_id": export_id,
                "company_id": self.company_id,
                "connection_id": connection_id,
                "site_id": self.ids.sites[site],
                "count_id": ref,
                "count_date": new.count_date,
                "prior_date": prior,
                "live": True,
                "unsettled": True,
            }
            for site, (ref, prior) in new.counts.items()
        ]
        self.connection.execute(insert(EXPORT_COUNT), rows)
        self._claim(export_id, new.claims)
        self._set(export_id, connection_id, new)
        self._take(export_id, new.taken)
        return export_id

    def add_postings(
        self, export_id: int, connection_id: int, postings: Sequence[NewPosting], due_at: datetime | None
    ) -> None:
        """Freeze further postings of an export; due_at: when to post them, None where a file is made instead."""
        same = {"company_id": self.company_id, "export_id": export_id, "connection_id": connection_id}
        rows = [
            asdict(posting) | same | {"state": "FROZEN", "changed_there": "", "due_at": due_at} for posting in postings
        ]
        if rows:
            self.connection.execute(insert(POSTING), rows)

    def by_code(self, code: str) -> RowMapping | None:
        """Return an export by its code."""
        return row_by(self.connection, EXPORT, company_id=self.company_id, code=code)

    def by_id(self, export_id: int) -> RowMapping:
        """Return an export that is known to be there."""
        found = row_by(self.connection, EXPORT, company_id=self.company_id, id=export_id)
        assert found is not None, export_id
        return found

    def listed(self, connection: str | None = None, count_date: date | None = None) -> list[RowMapping]:
        """Return the exports, newest first."""
        by: dict[str, object] = {"company_id": self.company_id}
        if connection is not None:
            by["connection_id"] = self.ids.connections[connection]
        if count_date is not None:
            by["count_date"] = count_date
        return sorted(rows_by(self.connection, EXPORT, **by), key=lambda row: int(row["id"]), reverse=True)

    def postings(self, export_id: int, kind: str | None = None) -> list[RowMapping]:
        """Return an export's postings in order; kind `post` or `undo`, None for both."""
        found = rows_by(self.connection, POSTING, company_id=self.company_id, export_id=export_id)
        wanted = [row for row in found if kind is None or row["kind"] == kind]
        return sorted(wanted, key=lambda row: (row["kind"], row["part"]))

    def sites(self, export_id: int) -> dict[str, RowMapping]:
        """Return an export's counts, by site code."""
        found = rows_by(self.connection, EXPORT_COUNT, company_id=self.company_id, export_id=export_id)
        return {self.ids.site_codes[row["site_id"]]: row for row in found}

    def newest_live(self, sites: Collection[str], *, after: int) -> RowMapping | None:
        """Return the newest live export of any of these sites that came after one."""
        given = {"company": self.company_id, "sites": [self.ids.sites[code] for code in sites], "after": after}
        return run(self.connection, statements.NEWER, given).mappings().first()

    def set_posting(self, posting_id: int, **values: Any) -> None:  # noqa: ANN401 - values of any column
        """Change a posting."""
        change_by(self.connection, POSTING, values, company_id=self.company_id, id=posting_id)

    def set_export(self, export_id: int, **values: Any) -> None:  # noqa: ANN401 - values of any column
        """Change an export."""
        change_by(self.connection, EXPORT, values, company_id=self.company_id, id=export_id)

    def drop_undo(self, export_id: int) -> None:
        """Forget the postings of an undo of which nothing arrived."""
        where = (POSTING.c.company_id == self.company_id, POSTING.c.export_id == export_id, POSTING.c.kind == "undo")
        own = ATTEMPT.c.posting_id.in_(select(POSTING.c.id).where(*where))
        self.connection.execute(delete(ATTEMPT).where(ATTEMPT.c.company_id == self.company_id, own))
        self.connection.execute(delete(POSTING).where(*where))

    def settle_sites(self, export_id: int, *, unsettled: bool, live: bool = True) -> None:
        """Mark the export's sites as at rest or not, and their counts as exported or offered again."""
        own = {"company_id": self.company_id, "export_id": export_id}
        change_by(self.connection, EXPORT_COUNT, {"unsettled": unsettled, "live": live}, **own)
        change_by(self.connection, MOVEMENT_SIDE, {"live": live}, **own)

    def apply_values(self, export_id: int, pairs: Collection[tuple[str, str]] | None = None) -> None:
        """Let the export's values be what the books carry; pairs: of these sites and categories alone."""
        if pairs is None:
            own = {"company_id": self.company_id}
            change_by(self.connection, ON_BOOKS, {"state": "replaced"}, **own, replaced_by=export_id, state="live")
            change_by(self.connection, ON_BOOKS, {"state": "live"}, **own, set_by=export_id, state="pending")
            return
        only = self._pairs(pairs)
        self._values((ON_BOOKS.c.replaced_by == export_id) & only, "live", "replaced")
        self._values((ON_BOOKS.c.set_by == export_id) & only, "pending", "live")

    def revert_values(self, export_id: int) -> None:
        """Let the values before the export be what the books carry again."""
        own = {"company_id": self.company_id}
        for state in ("live", "pending"):
            change_by(self.connection, ON_BOOKS, {"state": "undone"}, **own, set_by=export_id, state=state)
        change_by(self.connection, ON_BOOKS, {"state": "live", "replaced_by": None}, **own, replaced_by=export_id)

    def carried_since(self, export_id: int) -> list[str]:
        """Return the sites of which the books carry a value in place of one this export reversed, and not of its own."""
        found = run(self.connection, statements.CARRIED_SINCE, self._of(export_id)).scalars()
        return [self.ids.site_codes[site_id] for site_id in found]

    def amended(self, export_id: int) -> list[tuple[str, date, int, int]]:
        """Return the export's counts amended since: site, date, exported value, present value (minor units)."""
        found = run(self.connection, statements.AMENDED, self._of(export_id))
        return [(self.ids.site_codes[row[0]], row[1], row[2], row[3]) for row in found]

    def set_opening(self, site: str, opening_date: date | None, connection: str | None) -> None:
        """Set which books carry a site's opening values, from when."""
        where = (SITE.c.company_id == self.company_id, SITE.c.id == self.ids.sites[site])
        values = {
            "opening_date": opening_date,
            "opening_connection_id": self.ids.connections[connection] if connection else None,
        }
        self.connection.execute(update(SITE).where(*where).values(**values))

    def drop_opening(self, site: str) -> None:
        """Forget what was said of a site whose books carry nothing: its opening date, and values of zero."""
        own = {"company_id": self.company_id, "site_id": self.ids.sites[site]}
        change_by(self.connection, ON_BOOKS, {"state": "undone"}, **own, state="live", value=0)
        self.set_opening(site, None, None)

    def audit(self, action: str, subject: str, detail: Mapping[str, object], *, actor: str, now: datetime) -> None:
        """Record who did what, in the same transaction as the change."""
        step = append(
            self.connection, self.company_id, at=now, actor=actor, action=action, subject=subject, detail=detail
        )
        self.trail = step if self.trail is None else Step(self.trail.before, step.head)

    def audited(self, action: str, subject: str, detail: Mapping[str, object]) -> bool:
        """Whether this was recorded before, word for word."""
        statement = select(AUDIT.c.seq).where(
            AUDIT.c.company_id == self.company_id,
            AUDIT.c.action == action,
            AUDIT.c.subject == subject,
            AUDIT.c.detail == dict(detail),
        )
        return self.connection.execute(statement.limit(1)).first() is not None

    def _insert_export(self, new: NewExport, connection_id: int, actor: str, now: datetime) -> int:
        values = {
            "company_id": self.company_id,
            "connection_id": connection_id,
            "code": new.code,
            "kind": new.kind,
            "count_date": new.count_date,
            "sequence": new.sequence,
            "phase": "post",
            "state": "FROZEN",
            "hash": new.hash,
            "label": new.label,
            "currency": new.currency,
            "decisions": list(new.decisions),
            "settings": dict(new.settings),
            "problems": [],
            "created_at": now,
            "created_by": actor,
        }
        return added(self.connection, statements.FREEZE, values)

    def _claim(self, export_id: int, claims: Sequence[int]) -> None:
        for ref in claims:
            given = {"by_company": self.company_id, "by_id": ref, "replaced_by": export_id}
            if changed(self.connection, statements.CLAIM, given) != 1:
                raise ValueTaken(ref)

    def _set(self, export_id: int, connection_id: int, new: NewExport) -> None:
        rows = [
            {
                "company_id": self.company_id,
                "connection_id": connection_id,
                "site_id": self.ids.sites[value.site],
                "category_id": self.ids.categories[value.category],
                "value": value.value,
                "asset_gl": value.asset_gl,
                "asset_account": _account_texts(value.asset),
                "cogs_gl": value.cogs_gl,
                "cogs_account": _account_texts(value.cogs),
                "dimensions": dict(value.dimensions),
                "as_of": new.count_date,
                "state": "pending",
                "set_by": export_id,
                "replaced_by": None,
            }
            for value in new.sets
        ]
        if rows:
            self.connection.execute(insert(ON_BOOKS), rows)

    def _take(self, export_id: int, taken: Sequence[Taken]) -> None:
        rows = [
            {
                "company_id": self.company_id,
                "export_id": export_id,
                "kind": kind,
                "movement_id": ref,
                "side": side,
                "live": True,
            }
            for kind, ref, side in taken
        ]
        if rows:
            self.connection.execute(insert(MOVEMENT_SIDE), rows)

    def _of(self, export_id: int) -> dict[str, int]:
        return {"company": self.company_id, "export": export_id}

    def _pairs(self, pairs: Collection[tuple[str, str]]) -> Any:  # noqa: ANN401 - an SQL condition
        known = [
            (self.ids.sites[site], self.ids.categories[name]) for site, name in pairs if name in self.ids.categories
        ]
        return tuple_(ON_BOOKS.c.site_id, ON_BOOKS.c.category_id).in_(known)

    def _values(self, which: Any, old: str, new: str) -> None:  # noqa: ANN401 - an SQL condition
        where = (ON_BOOKS.c.company_id == self.company_id, which, ON_BOOKS.c.state == old)
        self.connection.execute(update(ON_BOOKS).where(*where).values(state=new))


def _account_texts(account: Account | None) -> dict[str, str]:
    assert account is not None, "an unresolved account stops the export before it is frozen"
    return {name: getattr(account, name) for name in ACCOUNT_TEXTS}
