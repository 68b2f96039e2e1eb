"""Everything that would keep NetSuite from taking an entry, said before it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hub.api import Account, Dimension, DimensionValue, JournalEntry, Level, Problem, Where
from hub_netsuite.catalogue import CHART, PERIODS
from hub_netsuite.chart import LABELS, SUBSIDIARY, ChartAccount, dimension, meant, subsidiaries
from hub_netsuite.records import Lists, Period, Value, belongs, parents_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What an account tells of itself: read once for all entries of a preview.

    periods: None where the role may not see them; oneworld: whether there are subsidiaries.
    """

    lists: Lists
    chart: tuple[ChartAccount, ...]
    periods: tuple[Period, ...] | None
    oneworld: bool
    by_id: Mapping[str, ChartAccount] = field(init=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {each.account.id: each for each in self.chart})

    @property
    def subsidiaries(self) -> Dimension:
        """The subsidiaries as a dimension."""
        return subsidiaries(self.lists.subsidiaries)


def problems(entry: JournalEntry, books: Books, *, most_lines: int) -> tuple[Problem, ...]:
    """Return all that periods, currency, number of lines, subsidiary, accounts and dimensions have against an entry."""
    shared, found = _subsidiary(entry, books)
    return (
        *_period(entry, books.periods),
        *_currency(entry, books),
        *_too_many_lines(entry, most_lines),
        *found,
        *_accounts(entry, books, shared),
        *_dimensions(entry, books, shared),
    )


def _period(entry: JournalEntry, periods: tuple[Period, ...] | None) -> Iterator[Problem]:
    if periods is None:
        yield Problem(
            level=Level.NOTE,
            code="periods_not_visible",
            message="The role of the sign-in may not see accounting periods, so it was not checked whether this one is open.",
        )
        return
    where = Where(date=entry.date.isoformat())
    found = [each for each in periods if each.first <= entry.date <= each.last]
    if not found:
        yield Problem(
            level=Level.PROBLEM,
            code="period_missing",
            message=f"NetSuite has no accounting period for {entry.date}.",
            fix=f"Choose another date, or have the period set up: {PERIODS}",
            where=where,
        )
    elif all(each.closed or each.locked for each in found):
        state = "closed" if found[0].closed else "locked"
        yield Problem(
            level=Level.PROBLEM,
            code="period_closed",
            message=f"The accounting period {found[0].name} is {state} in NetSuite, and this entry is dated {entry.date}.",
            fix=f"Choose a later date, or have the period opened: {PERIODS}",
            where=where,
        )


def _currency(entry: JournalEntry, books: Books) -> Iterator[Problem]:
    if not any(each.code == entry.currency and each.active for each in books.lists.currencies):
        yield Problem(
            level=Level.PROBLEM,
            code="currency_mismatch",
            message=f"NetSuite has no active currency {entry.currency}, and this entry is in it.",
            fix="Add it there under Lists > Accounting > Currencies, or move the site to books in its own currency.",
        )


def _too_many_lines(entry: JournalEntry, most_lines: int) -> Iterator[Problem]:
    if len(entry.lines) > most_lines:
        yield Problem(
            level=Level.PROBLEM,
            code="too_many_lines",
            message=f"This entry has {len(entry.lines):,} lines, and NetSuite takes at most {most_lines:,} in one.",
            fix="Make one entry per site, or export fewer sites at once.",
        )


def _subsidiary(entry: JournalEntry, books: Books) -> tuple[DimensionValue | None, list[Problem]]:
    """Return the subsidiary that all lines share, and what is wrong with it."""
    if not books.oneworld:
        return None, []
    named = {line.dimensions.get(SUBSIDIARY, "") for line in entry.lines}
    if len(named) > 1:
        return None, [_unknown("A journal belongs to one subsidiary, and the lines of this one name several.", 1)]
    name = named.pop()
    if not name:
        return None, [
            _unknown(
                "NetSuite needs a subsidiary on each journal, and these lines have none.",
                1,
                fix="Map the site to its subsidiary in the Site Map. Where its books were opened before that, set the opening "
                "values anew.",
            )
        ]
    found = meant(books.subsidiaries, name)
    if found is None or not found.active:
        state = (
            "does not exist in NetSuite" if found is None else "is inactive in NetSuite, or is for eliminations only"
        )
        return None, [_unknown(f"The subsidiary {name} {state}.", 1)]
    return found, [*_other_currency(entry, books, found)]


def _other_currency(entry: JournalEntry, books: Books, subsidiary: DimensionValue) -> Iterator[Problem]:
    """A subsidiary takes journals in any currency, at a rate that NetSuite looks up: then its books change by other amounts."""
    codes = {each.id: each.code for each in books.lists.currencies}
    own = next((codes.get(each.currency, "") for each in books.lists.subsidiaries if each.id == subsidiary.id), "")
    if own and own != entry.currency:
        yield Problem(
            level=Level.PROBLEM,
            code="currency_mismatch",
            message=f"The subsidiary {subsidiary.name} keeps its books in {own}, and this entry, of {_sites(entry)}, is in "
            f"{entry.currency}.",
            fix="Move the site to books in its own currency, or correct its subsidiary in the Site Map.",
        )


def _sites(entry: JournalEntry) -> str:
    first, *others = dict.fromkeys(line.site for line in entry.lines)
    return f"{first} and {len(others)} more" if others else first


def _accounts(entry: JournalEntry, books: Books, subsidiary: DimensionValue | None) -> Iterator[Problem]:
    """One or more problems for each account, at the first line that has it."""
    checked: set[tuple[str, str, str]] = set()
    for number, line in enumerate(entry.lines, start=1):
        identity = (line.account.id, line.account.number, line.account.name)
        if identity not in checked:
            checked.add(identity)
            where = Where(line=number, account=line.account.title)
            yield from _account(line.account, books, subsidiary, where)


def _account(meant_: Account, books: Books, subsidiary: DimensionValue | None, where: Where) -> Iterator[Problem]:
    found = books.by_id.get(meant_.id) if meant_.id else None
    if found is None:
        yield Problem(
            level=Level.PROBLEM,
            code="account_missing",
            message=f"The account {meant_.title} does not exist in NetSuite, or the sign-in's role may not see it.",
            fix=f"Map the GL Account to another account, or add the account there: {CHART}",
            where=where,
        )
        return
    account, there = found.account, found.there
    if not account.active or account.why_not_postable:
        yield Problem(
            level=Level.PROBLEM,
            code="account_inactive" if not account.active else "account_not_postable",
            message=f"The account {account.title} cannot be posted to. {account.why_not_postable}",
            fix="Map the GL Account to an account that takes journals.",
            where=where,
        )
    if subsidiary is not None and not belongs(
        there.subsidiaries,
        subsidiary.id,
        parents_of(books.lists.subsidiaries),
        with_children=there.with_children,
    ):
        yield Problem(
            level=Level.PROBLEM,
            code="account_not_of_subsidiary",
            message=f"The account {account.title} may not be used by the subsidiary {subsidiary.name} in NetSuite.",
            fix=f"Allow the subsidiary on the account, or map the GL Account to another account: {CHART}",
            where=where,
        )
    if there.holds_inventory:
        yield Problem(
            level=Level.NOTE,
            code="tracked_inventory",
            message=f"The account {account.title} is marked in NetSuite as one for its own inventory items. Where items are kept "
            "there, a journal makes it differ from what NetSuite says they are worth.",
            where=where,
        )


def _dimensions(entry: JournalEntry, books: Books, subsidiary: DimensionValue | None) -> Iterator[Problem]:
    """One problem for each department, class and location that is not there, at the first line that has it."""
    told: set[tuple[str, str]] = set()
    for number, line in enumerate(entry.lines, start=1):
        for name, value in line.dimensions.items():
            if value and name != SUBSIDIARY and (name, value) not in told:
                told.add((name, value))
                yield from _value(books, name, value, subsidiary, number)


def _value(books: Books, name: str, value: str, subsidiary: DimensionValue | None, number: int) -> Iterator[Problem]:
    if name not in LABELS:
        yield _unknown(f"NetSuite's journals have no {name}.", number)
        return
    label, listed = LABELS[name].lower(), books.lists.values.get(name, ())
    found = meant(dimension(name, listed), value)
    if found is None or not found.active:
        yield _unknown(
            f"The {label} {value} {'does not exist' if found is None else 'is inactive'} in NetSuite.", number
        )
        return
    there = next(each for each in listed if each.id == found.id)
    if subsidiary is not None and not _may_use(there, subsidiary, books):
        yield _unknown(f"The {label} {value} may not be used by the subsidiary {subsidiary.name} in NetSuite.", number)


def _may_use(there: Value, subsidiary: DimensionValue, books: Books) -> bool:
    parents = parents_of(books.lists.subsidiaries)
    return belongs(there.subsidiaries, subsidiary.id, parents, with_children=there.with_children)


def _unknown(message: str, number: int, fix: str = "Correct the Site Map, or set it up in NetSuite.") -> Problem:
    return Problem(
        level=Level.PROBLEM,
        code="dimension_missing",
        message=message,
        fix=fix,
        where=Where(line=number),
    )
