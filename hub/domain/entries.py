"""From groups to dated, balanced entries, split where the connector allows no more lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter

from hub.api import Level, Problem, Side, Where
from hub.domain.facts import Facts
from hub.domain.lines import Group, Line, balance
from hub.domain.setup import EntryPer, ReversalDate

Bucket = tuple[date, str, tuple[str, ...], bool]
"""What an entry's groups share: date, site or "", entry dimensions, and False for reversals dated apart: they come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A balanced entry before it has a reference; raises ValueError where it does not balance."""

    date: date
    memo: str
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        if not self.lines or balance(self.lines) != 0:
            raise ValueError(f"an entry of {self.date} does not balance: {balance(self.lines)} in minor units")

    @property
    def debits(self) -> int:
        """The sum of the debits, in minor units."""
        return sum(line.minor for line in self.lines if line.side is Side.DEBIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRules:
    """How groups become entries: what shares one, and how many lines one may have (None: any number)."""

    entry_dimensions: tuple[str, ...] = ()
    lines_per_entry: int | None = None


def build_entries(facts: Facts, groups: Iterable[Group], rules: EntryRules) -> tuple[list[Entry], list[Problem]]:
    """Return the entries in order of date, then site, and the problems of groups that no entry can hold."""
    buckets: dict[Bucket, list[Group]] = defaultdict(list)
    bucket_of = _buckets(facts, rules)
    for group in sorted(groups, key=itemgetter(0)):
        if group.lines:
            buckets[bucket_of(group)].append(group)
    entries: list[Entry] = []
    problems: list[Problem] = []
    for (day, site, _, _), found in sorted(buckets.items(), key=lambda bucket: (bucket[0][0], bucket[0][1:])):
        for lines in _split(found, rules.lines_per_entry):
            if rules.lines_per_entry is not None and len(lines) > rules.lines_per_entry:
                problems.append(_too_many(lines, rules.lines_per_entry, facts))
            entries.append(Entry(date=day, memo=_memo(facts, site), lines=tuple(lines)))
    return entries, problems


def _buckets(facts: Facts, rules: EntryRules) -> Callable[[Group], Bucket]:
    """Return what tells which entry a group belongs to; where all share one, without looking at the group."""
    settings = facts.setup.settings
    dated_apart = settings.reversal_date is ReversalDate.DAY_AFTER_PRIOR
    by_site = settings.entry_per is EntryPer.SITE
    if not (dated_apart or by_site or rules.entry_dimensions):
        only: Bucket = (facts.count_date, "", (), True)
        return lambda _: only

    def bucket_of(group: Group) -> Bucket:
        prior = facts.counts[group.site].prior_date if dated_apart and group.reverses else None
        day = facts.count_date if prior is None else prior + timedelta(days=1)
        dimensions = group.lines[0].dimensions
        shared = tuple([dimensions.get(name, "") for name in rules.entry_dimensions])
        return day, group.site if by_site else "", shared, prior is None

    return bucket_of


def _split(groups: Sequence[Group], limit: int | None) -> Iterable[list[Line]]:
    lines: list[Line] = []
    for group in groups:
        if limit is not None and lines and len(lines) + len(group.lines) > limit:
            yield lines
            lines = []
        lines.extend(group.lines)
    yield lines


def _memo(facts: Facts, site: str) -> str:
    memo = f"Inventory adjustments {facts.count_date.isoformat()}"
    return f"{memo} · {facts.setup.sites[site].name}" if site else memo


def _too_many(lines: Sequence[Line], limit: int, facts: Facts) -> Problem:
    return Problem(
        level=Level.PROBLEM,
        code="too_many_lines",
        message=f"“{lines[0].memo}” needs {len(lines)} lines that belong together, and an entry takes at most {limit}.",
        fix="Enter the transfer or batch in smaller parts.",
        where=Where(site=lines[0].site, connection=facts.connection),
    )
