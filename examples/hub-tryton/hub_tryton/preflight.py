"""Everything that would keep an entry from being posted, said before it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.api import Account, JournalEntry, Level, Problem, Where, minor_digits
from hub_tryton.wire import Books, Listed, Period, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """What Tryton says of an entry's company, day and accounts. period: None where no fiscal year has one for the day."""

    books: Books
    period: Period | None
    journal: int | None
    chart: Sequence[Listed]


def problems(entry: JournalEntry, there: There, *, journal: str, most_lines: int) -> tuple[Problem, ...]:
    """Return all that the period, the currency, the journal, the lines and the accounts have against an entry.

    journal: the code that the settings name.
    """
    return (
        *_period(entry, there.period),
        *_currency(entry, there.books),
        *_journal(there.journal, journal),
        *_too_many_lines(entry, most_lines),
        *_accounts(entry, there.chart),
        *_memos(entry),
    )


def _period(entry: JournalEntry, period: Period | None) -> Iterator[Problem]:
    where = Where(date=entry.date.isoformat())
    if period is None:
        yield Problem(
            level=Level.PROBLEM,
            code="period_missing",
            message=f"Tryton has no period for {entry.date}.",
            fix="Add the fiscal year and its periods in Tryton, or choose a date in one that is there.",
            where=where,
        )
    elif not period.is_open:
        yield Problem(
            level=Level.PROBLEM,
            code="period_closed",
            message=f"The period of {entry.date} is closed in Tryton.",
            fix="Choose a later date, or open the period again in Tryton.",
            where=where,
        )


def _currency(entry: JournalEntry, books: Books) -> Iterator[Problem]:
    if entry.currency != books.company.currency:
        yield Problem(
            level=Level.PROBLEM,
            code="currency_mismatch",
            message=f"The company's books in Tryton are kept in {books.company.currency}, and this entry is in {entry.currency}.",
            fix="Move the site to books in its own currency.",
        )
    elif books.digits < minor_digits(entry.currency):
        yield Problem(
            level=Level.PROBLEM,
            code="too_few_decimals",
            message=f"Tryton keeps {books.digits} decimals of {entry.currency}, which has {minor_digits(entry.currency)}.",
            fix="Set the digits of the currency in Tryton.",
        )


def _journal(found: int | None, code: str) -> Iterator[Problem]:
    if found is None:
        yield Problem(
            level=Level.PROBLEM,
            code="journal_missing",
            message=f"There is no journal with the code {code} in Tryton.",
            fix="Add the journal in Tryton, or name another one in the connection's settings.",
        )


def _too_many_lines(entry: JournalEntry, most_lines: int) -> Iterator[Problem]:
    if len(entry.lines) > most_lines:
        yield Problem(
            level=Level.PROBLEM,
            code="too_many_lines",
            message=f"This entry has {len(entry.lines)} lines, and a move of at most {most_lines} is sent to Tryton.",
            fix="Export fewer sites at once, or make one entry per site.",
        )


def _accounts(entry: JournalEntry, chart: Sequence[Listed]) -> Iterator[Problem]:
    """One problem for each account that takes no line, at the first line that has it."""
    known = {each.account.id: each for each in chart}
    checked: set[Account] = set()
    for number, line in enumerate(entry.lines, start=1):
        if line.account not in checked:
            checked.add(line.account)
            yield from _account(entry, line.account, known, number)


def _account(entry: JournalEntry, account: Account, known: Mapping[str, Listed], number: int) -> Iterator[Problem]:
    where = Where(line=number, account=account.title)
    found = known.get(account.id)
    if found is None:
        yield Problem(
            level=Level.PROBLEM,
            code="account_missing",
            message=f"The account {account.title} does not exist in Tryton.",
            fix="Read the chart again, and map the GL Account to an account that is there.",
            where=where,
        )
        return
    why = _why_not(entry, found)
    if why:
        yield Problem(
            level=Level.PROBLEM,
            code="account_inactive",
            message=f"The account {found.account.title} cannot be posted to: {why}",
            fix="Map the GL Account to another account, or change the account in Tryton.",
            where=where,
        )


def _why_not(entry: JournalEntry, found: Listed) -> str:
    if not found.account.active:
        return "it is closed in Tryton."
    if found.starts is not None and entry.date < found.starts:
        return f"it begins on {found.starts}."
    if found.ends is not None and entry.date > found.ends:
        return f"it ended on {found.ends}."
    return found.account.why_not_postable


def _memos(entry: JournalEntry) -> Iterator[Problem]:
    """Warn once where Tryton's one line of text cannot hold what a memo says."""
    for number, memo in enumerate([line.memo for line in entry.lines], start=1):
        if one_line(memo) != memo:
            yield Problem(
                level=Level.NOTE,
                code="memo_changed",
                message="Tryton's descriptions are one line: line ends, tabs and control characters become blanks, "
                "and blanks at the ends are left out.",
                where=Where(line=number),
            )
            return
