"""Everything that would keep Xero from taking an entry, said before it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hub.api import Account, Dimension, JournalEntry, Level, Problem, Where, minor_digits
from hub_xero.catalogue import CHART_OF_ACCOUNTS, FINANCIAL_SETTINGS, TRACKING
from hub_xero.chart import MOST_TRACKING_CATEGORIES, ChartAccount, Organisation

MOST_DECIMALS = 2  # it rounds to two, whatever the currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What an organisation tells of itself: read once for all entries of a preview."""

    organisation: Organisation
    chart: tuple[ChartAccount, ...]
    tracking: tuple[Dimension, ...] = ()

    def found(self, account: Account) -> ChartAccount | None:
        """Return the account of the chart that a line means, by its id, else by its code."""
        for each in self.chart:
            if (
                (each.account.id == account.id)
                if account.id
                else (account.number and each.account.number == account.number)
            ):
                return each
        return None


def problems(entry: JournalEntry, books: Books, *, most_lines: int) -> tuple[Problem, ...]:
    """Return all that the lock dates, the currency, the number of lines, accounts and tracking have against an entry."""
    return (
        *_locked(entry, books.organisation),
        *_other_currency(entry, books.organisation),
        *too_fine(entry),
        *_too_many_lines(entry, most_lines),
        *_accounts(entry, books),
        *_tracking(entry, books.tracking),
    )


def _locked(entry: JournalEntry, organisation: Organisation) -> Iterator[Problem]:
    """Both lock dates are the last locked day (help.xero.com, Settings_LockDate: "on or before")."""
    locked = organisation.locked_through
    if locked is not None and entry.date <= locked:
        yield Problem(
            level=Level.PROBLEM,
            code="period_closed",
            message=f"The {organisation.lock} of {organisation.name} in Xero is {locked}, and this entry is dated {entry.date}.",
            fix=f"Choose a later date, or have an adviser move the lock date: {FINANCIAL_SETTINGS}",
            where=Where(date=entry.date.isoformat()),
        )


def _other_currency(entry: JournalEntry, organisation: Organisation) -> Iterator[Problem]:
    if entry.currency != organisation.currency:
        yield Problem(
            level=Level.PROBLEM,
            code="currency_mismatch",
            message=f"{organisation.name} keeps its books in {organisation.currency}, and this entry is in {entry.currency}.",
            fix="Manual journals are in the base currency only: move the site to books in its own currency.",
        )


def too_fine(entry: JournalEntry) -> Iterator[Problem]:
    """Yield the problem of a currency with more decimals than Xero keeps."""
    decimals = minor_digits(entry.currency)
    if decimals > MOST_DECIMALS:
        yield Problem(
            level=Level.PROBLEM,
            code="currency_too_fine",
            message=f"Amounts in {entry.currency} have {decimals} decimals, and Xero rounds to {MOST_DECIMALS}.",
            fix="Export these books as a file, which keeps every decimal.",
        )


def _too_many_lines(entry: JournalEntry, most_lines: int) -> Iterator[Problem]:
    if len(entry.lines) > most_lines:
        yield Problem(
            level=Level.PROBLEM,
            code="too_many_lines",
            message=f"This entry has {len(entry.lines):,} lines, and the hub sends Xero at most {most_lines:,} in one.",
            fix="Make one entry per site, or export fewer sites at once.",
        )


def _accounts(entry: JournalEntry, books: Books) -> Iterator[Problem]:
    """One problem for each account, at the first line that has it."""
    checked: set[tuple[str, str, str]] = set()
    for number, line in enumerate(entry.lines, start=1):
        identity = (line.account.id, line.account.number, line.account.name)
        if identity not in checked:
            checked.add(identity)
            yield from _account(line.account, books.found(line.account), Where(line=number, account=line.account.title))


def _account(meant: Account, found: ChartAccount | None, where: Where) -> Iterator[Problem]:
    if found is None:
        yield Problem(
            level=Level.PROBLEM,
            code="account_missing",
            message=f"The account {meant.title} does not exist in Xero.",
            fix=f"Map the GL Account to another account, or add the account there: {CHART_OF_ACCOUNTS}",
            where=where,
        )
        return
    account = found.account
    if not account.active:
        yield Problem(
            level=Level.PROBLEM,
            code="account_inactive",
            message=f"The account {account.title} cannot be posted to. {account.why_not_postable}",
            fix=f"Map the GL Account to another account, or restore the account there: {CHART_OF_ACCOUNTS}",
            where=where,
        )
    elif account.why_not_postable:
        yield Problem(
            level=Level.PROBLEM,
            code="account_not_postable",
            message=f"The account {account.title} cannot be posted to. {account.why_not_postable}",
            fix="Map the GL Account to an account that takes journals.",
            where=where,
        )
    elif found.tracks_inventory:
        yield Problem(
            level=Level.WARNING,
            code="tracked_inventory",
            message=f"The account {account.title} is the one that Xero keeps for its tracked inventory items. A journal makes it "
            "differ from what Xero says the items are worth.",
            fix="Map the GL Account to a current asset account, unless no items are tracked in Xero.",
            where=where,
        )


def _tracking(entry: JournalEntry, known: Iterable[Dimension]) -> Iterator[Problem]:
    """One problem for each tracking category and option that is not there, at the first line that has it."""
    categories = {dimension.name: dimension for dimension in known}
    told: set[tuple[str, str]] = set()
    for number, line in enumerate(entry.lines, start=1):
        used = {name: option for name, option in line.dimensions.items() if option}
        if len(used) > MOST_TRACKING_CATEGORIES and ("", "") not in told:
            told.add(("", ""))
            yield _untracked("Xero takes two tracking categories on a line, and this one has more.", number)
        for name, option in used.items():
            if (name, option) not in told:
                told.add((name, option))
                yield from _option(categories, name, option, number)


def _option(categories: Mapping[str, Dimension], name: str, option: str, number: int) -> Iterator[Problem]:
    category = categories.get(name)
    if category is None:
        yield _untracked(f"Xero has no active tracking category {name}.", number)
    elif not any(each.name == option and each.active for each in category.values or ()):
        yield _untracked(f"The tracking category {name} in Xero has no active option {option}.", number)


def _untracked(message: str, number: int) -> Problem:
    return Problem(
        level=Level.PROBLEM,
        code="tracking_unknown",
        message=message,
        fix=f"Correct the Site Map, or add it there: {TRACKING}",
        where=Where(line=number),
    )
