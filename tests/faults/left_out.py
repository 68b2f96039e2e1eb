"""Ways to leave a rule out of a process, one each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Connection, select, text, update

from hub.api import JournalEntry, Limits
from hub.domain.posting import Rules
from hub.service import freezing
from hub.service.posting import claiming, recording, traffic, working
from hub.service.posting.calling import Told
from hub.service.posting.standings import columns, standing_of
from hub.service.previewing import Draft
from hub.store.export_rows import ON_BOOKS, ExportRows
from hub.store.posting_rows import POSTING
from tests.posting.house import House

Patch = pytest.MonkeyPatch
WITHOUT_END = 10**9


def _no_index(name: str, _patch: Patch, house: House) -> None:
    with house.database.write() as rows:
        rows.execute(text(f"DROP INDEX {name}"))


many_exports_of_a_count = partial(_no_index, "live_export_of_count")
"""R1 left out: a count can stand in more than one live export."""
many_exports_of_a_site = partial(_no_index, "unsettled_export_of_site")
"""R16 left out: a site can have more than one export under way."""


def altered_bytes(patch: Patch, _house: House) -> None:
    """R1 left out: what is sent is not held against what was frozen."""
    own = claiming.frozen_entry

    def entry(posting: Any, export: Any) -> JournalEntry:
        return own({**posting, "sha256": sha256(posting["entry"].encode()).hexdigest()}, export)

    patch.setattr(claiming, "frozen_entry", entry)


def absent_believed_at_once(patch: Patch, _house: House) -> None:
    """R5 left out: absent is believed at once."""
    patch.setattr(Rules, "is_quiet", lambda *_: True)


def nobody_holds_anything(patch: Patch, _house: House) -> None:
    """R7 left out: a lease is not looked at."""
    patch.setattr(claiming, "_is_held", lambda *_: False)


def no_deadline(patch: Patch, _house: House) -> None:
    """R7 left out: whoever was asleep sends when it wakes."""
    patch.setattr(working, "_in_time", lambda *_: True)


def refusals_believed_at_once(patch: Patch, _house: House) -> None:
    """R8 left out: refused on retry counts as never posted."""
    patch.setattr(Rules, "refusal_is_certain", lambda *_: True)


def nothing_is_the_same(patch: Patch, _house: House) -> None:
    """R10 left out: an export that exists already is not looked for."""
    for name in ("_existing", "_same"):
        patch.setattr(freezing, name, lambda *_: None)


def oldest_first(patch: Patch, _house: House) -> None:
    """R11 left out: work is taken by id."""

    def due(rows: Connection, now: datetime, _alive: object, limit: int) -> list[tuple[int, str]]:
        every = select(POSTING.c.export_id, POSTING.c.connection_id).order_by(POSTING.c.id)
        found = rows.execute(every.where(POSTING.c.due_at <= now).limit(limit))
        return [(row[0], str(row[1])) for row in found]

    patch.setattr(working, "due_exports", due)


def calls_without_end(patch: Patch, _house: House) -> None:
    """R11 left out: calls are not counted."""
    patch.setattr(Rules, "most_calls", lambda _: WITHOUT_END)


def no_breaker(patch: Patch, _house: House) -> None:
    """R11 left out: a system that fails is called on and on."""
    patch.setattr(traffic, "FAILURES_TO_CLOSE", WITHOUT_END)


def late_answers_count(patch: Patch, _house: House) -> None:
    """R13 left out: an answer counts, whoever holds the posting meanwhile and whatever it says."""

    def record(at: Any, row: Any, told: Told) -> None:
        after = at.hub.posting.rules.after_send(standing_of(row), told.answer, at.now, Limits())
        values = {name: value for name, value in columns(after).items() if not name.startswith("lease_")}
        at.postings.take(row, owner="", until=None, **values)

    patch.setattr(recording, "_confirm_late", record)


def values_taken_whatever_they_are(patch: Patch, _house: House) -> None:
    """R16 left out: a value on the books is replaced without a look whether it still stands."""

    def claim(self: ExportRows, export_id: int, claims: Collection[int]) -> None:
        own = (ON_BOOKS.c.company_id == self.company_id, ON_BOOKS.c.id.in_(claims))
        self.connection.execute(update(ON_BOOKS).where(*own).values(replaced_by=export_id))

    patch.setattr(ExportRows, "_claim", claim)


def no_second_look(patch: Patch, _house: House) -> None:
    """R16 left out: what was shown is frozen, whatever has become of it."""
    own, shown = freezing.draft, list[Draft]()

    def first(*given: Any, **closed: Any) -> Draft:
        if not closed:
            shown.append(own(*given))
        return shown[-1]

    patch.setattr(freezing, "draft", first)


def no_look_after_a_restore(patch: Patch, _house: House) -> None:
    """R17 left out: a restored database sends without a search."""
    patch.setattr(Rules, "looks_first", lambda *_, **__: False)
