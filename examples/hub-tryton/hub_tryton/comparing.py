"""Whether a draft is the entry that was to be posted, before it is."""

from __future__ import annotations

from collections import Counter

from hub.api import JournalEntry, Recorded


def is_same(entry: JournalEntry, recorded: Recorded | None) -> bool:
    """Whether date, currency and every line's account, side and amount are the entry's; None is a draft that does not balance."""
    if recorded is None or (recorded.date, recorded.currency) != (entry.date, entry.currency):
        return False
    sent = Counter((line.account.id, line.side, line.amount) for line in entry.lines)
    there = Counter((line.account.id, line.side, line.amount) for line in recorded.lines)
    return sent == there
