"""Everything that would keep QuickBooks from taking an entry, said before it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hub.api import Account, Dimension, JournalEntry, Level, Problem, Where, minor_digits
from hub_quickbooks.books import Preferences
from hub_quickbooks.wire import LONGEST_MEMO, MOST_DECIMALS, MOST_DIGITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What stands in QuickBooks; dimensions: those that are tracked, read only where an entry has any."""

    preferences: Preferences
    accounts: tuple[Account, ...]
    dimensions: tuple[Dimension, ...] = ()


def problems(entry: JournalEntry, facts: Facts, *, most_lines: int) -> tuple[Problem, ...]:
    """Return all that there is against an entry, at once."""
    return (
        *_period_closed(entry, facts.preferences),
        *_currency_differs(entry, facts.preferences),
        *too_fine(entry),
        *_too_many_lines(entry, most_lines),
        *_too_large(entry),
        *_accounts(entry, facts.accounts),
        *_dimensions(entry, facts.dimensions),
        *_texts(entry),
    )


def wrong_company(signed_in: str, chosen: str) -> Problem:
    """Return the problem of a sign-in that reaches another company than the connection's."""
    return Problem(
        level=Level.PROBLEM,
        code="wrong_company",
        message=f"The sign-in is to the QuickBooks company {signed_in}, and this connection posts to {chosen}.",
        fix="Connect again, and choose the company of this connection.",
    )


def account_of(account: Account, chart: tuple[Account, ...]) -> Account | None:
    """Return the account of a chart that is meant: by id, else by number, else by full name."""
    if account.id:
        return next((each for each in chart if each.id == account.id), None)
    if account.number:
        return next((each for each in chart if each.number == account.number), None)
    return next((each for each in chart if each.name == account.name), None)


def _period_closed(entry: JournalEntry, preferences: Preferences) -> Iterator[Problem]:
    closed = preferences.closed_through
    if closed is not None and entry.date <= closed:
        yield Problem(
            level=Level.PROBLEM,
            code="period_closed",
            message=f"The books in QuickBooks are closed through {closed}, and this entry is dated {entry.date}.",
            fix="Choose a later date, or let an administrator move the closing date in QuickBooks under Account and "
            "settings, Advanced.",
            where=Where(date=entry.date.isoformat()),
        )


def _currency_differs(entry: JournalEntry, preferences: Preferences) -> Iterator[Problem]:
    if preferences.currency and entry.currency != preferences.currency:
        yield Problem(
            level=Level.PROBLEM,
            code="currency_mismatch",
            message=f"The books in QuickBooks are kept in {preferences.currency}, and this entry is in {entry.currency}.",
            fix="Move the site to books in its own currency.",
        )


def too_fine(entry: JournalEntry) -> Iterator[Problem]:
    """Yield the problem of a currency with more decimals than QuickBooks keeps."""
    decimals = minor_digits(entry.currency)
    if decimals > MOST_DECIMALS:
        yield Problem(
            level=Level.PROBLEM,
            code="currency_too_fine",
            message=f"Amounts in {entry.currency} have {decimals} decimals, and QuickBooks rounds to {MOST_DECIMALS}.",
            fix="Export these books as a file, which keeps every decimal.",
        )


def _too_many_lines(entry: JournalEntry, most_lines: int) -> Iterator[Problem]:
    if len(entry.lines) > most_lines:
        yield Problem(
            level=Level.PROBLEM,
            code="too_many_lines",
            message=f"This entry has {len(entry.lines):,} lines, and one journal takes {most_lines:,}.",
            fix="Make one entry per site, export fewer sites at once, or raise the connection's lines per journal.",
        )


def _too_large(entry: JournalEntry) -> Iterator[Problem]:
    for number, line in enumerate(entry.lines, start=1):
        if line.amount.adjusted() >= MOST_DIGITS:
            yield Problem(
                level=Level.PROBLEM,
                code="amount_too_large",
                message=f"QuickBooks takes amounts of {MOST_DIGITS} digits before the point, and {line.amount:,} has more.",
                fix="Correct the count, or part it over several sites.",
                where=Where(line=number, account=line.account.title, site=line.site),
            )


def _accounts(entry: JournalEntry, chart: tuple[Account, ...]) -> Iterator[Problem]:
    """One problem for each account that may not be posted to, at the first line that has it."""
    checked: set[Account] = set()
    for number, line in enumerate(entry.lines, start=1):
        if line.account not in checked:
            checked.add(line.account)
            where = Where(line=number, account=line.account.title, gl_account=line.gl_account, site=line.site)
            yield from _account(line.account, account_of(line.account, chart), where)


def _account(account: Account, found: Account | None, where: Where) -> Iterator[Problem]:
    if found is None:
        yield Problem(
            level=Level.PROBLEM,
            code="account_missing",
            message=f"The account {account.title} does not exist in QuickBooks.",
            fix="Read the chart again and map the GL Account to another account, or add the account in QuickBooks.",
            where=where,
        )
    elif not found.active:
        yield Problem(
            level=Level.PROBLEM,
            code="account_inactive",
            message=f"The account {found.title} is inactive in QuickBooks.",
            fix="Make it active in QuickBooks under Chart of accounts, or map the GL Account to another account.",
            where=where,
        )
    elif found.why_not_postable:
        yield Problem(
            level=Level.PROBLEM,
            code="account_not_postable",
            message=f"The hub cannot post to the account {found.title}: {found.why_not_postable}",
            fix="Map the GL Account to another account.",
            where=where,
        )


def _dimensions(entry: JournalEntry, tracked: tuple[Dimension, ...]) -> Iterator[Problem]:
    """One problem for each site whose value of a dimension QuickBooks does not take."""
    known = {dimension.name: dimension for dimension in tracked}
    told: set[tuple[str, str]] = set()
    for number, line in enumerate(entry.lines, start=1):
        for name, value in line.dimensions.items():
            if (name, value) not in told:
                told.add((name, value))
                yield from _dimension(known, name, value, Where(line=number, site=line.site))


def _dimension(known: Mapping[str, Dimension], name: str, value: str, where: Where) -> Iterator[Problem]:
    dimension = known.get(name)
    if dimension is None:
        yield Problem(
            level=Level.PROBLEM,
            code="dimension_missing",
            message=f"This QuickBooks company does not track {name}, and the Site Map gives {value}.",
            fix="Turn it on in QuickBooks under Account and settings, Advanced, Categories; or take it out of the Site Maps.",
            where=where,
        )
        return
    found = next((each for each in dimension.values or () if value in (each.name, each.id)), None)
    if found is None or not found.active:
        state = "is inactive" if found is not None else "does not exist"
        yield Problem(
            level=Level.PROBLEM,
            code="dimension_missing",
            message=f"The {dimension.label.lower()} {value} {state} in QuickBooks.",
            fix="Choose another one in the Site Maps, or bring it back in QuickBooks.",
            where=where,
        )


def _texts(entry: JournalEntry) -> Iterator[Problem]:
    long = len(entry.memo) > LONGEST_MEMO or any(len(line.memo) > LONGEST_MEMO for line in entry.lines)
    if long:
        yield Problem(
            level=Level.WARNING,
            code="text_altered",
            message=f"QuickBooks takes {LONGEST_MEMO:,} characters in a memo; longer ones lose their end.",
            fix="Accept it, or shorten the names that the memo is made of.",
        )
