"""Everything that would keep an entry from being posted, said before it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from hub.api import Account, Company, JournalEntry, Level, Problem, Where


def problems(
    entry: JournalEntry,
    company: Company,
    closed_through: date | None,
    chart: tuple[Account, ...],
    *,
    most_lines: int | None,
) -> tuple[Problem, ...]:
    """Return all that the period, the currency, the number of lines and the accounts have against an entry."""
    return (
        *_period_closed(entry, closed_through),
        *_currency_differs(entry, company),
        *_too_many_lines(entry, most_lines),
        *_accounts(entry, chart),
    )


def _period_closed(entry: JournalEntry, closed_through: date | None) -> Iterator[Problem]:
    if closed_through is not None and entry.date <= closed_through:
        yield Problem(
            level=Level.PROBLEM,
            code="period_closed",
            message=f"The books are closed through {closed_through}, and this entry is dated {entry.date}.",
            fix="Choose a later date, or open the period again in the accounting system.",
            where=Where(date=entry.date.isoformat()),
        )


def _currency_differs(entry: JournalEntry, company: Company) -> Iterator[Problem]:
    if company.currency is not None and entry.currency != company.currency:
        yield Problem(
            level=Level.PROBLEM,
            code="currency_mismatch",
            message=f"The books are kept in {company.currency}, and this entry is in {entry.currency}.",
            fix="Move the site to books in its own currency.",
        )


def _too_many_lines(entry: JournalEntry, most_lines: int | None) -> Iterator[Problem]:
    if most_lines is not None and len(entry.lines) > most_lines:
        yield Problem(
            level=Level.PROBLEM,
            code="too_many_lines",
            message=f"This entry has {len(entry.lines)} lines, and the accounting system takes {most_lines}.",
            fix="Export fewer sites at once, or make one entry per site.",
        )


def _accounts(entry: JournalEntry, chart: tuple[Account, ...]) -> Iterator[Problem]:
    """One problem for each account that may not be posted to, at the first line that has it."""
    known = {**{account.number: account for account in chart if account.number}, **{each.id: each for each in chart}}
    checked: set[Account] = set()
    for number, line in enumerate(entry.lines, start=1):
        if line.account not in checked:
            checked.add(line.account)
            yield from _account(line.account, known, Where(line=number, account=line.account.title))


def _account(account: Account, known: Mapping[str, Account], where: Where) -> Iterator[Problem]:
    found = known.get(account.id or account.number)
    if found is None:
        yield Problem(
            level=Level.PROBLEM,
            code="account_missing",
            message=f"The account {account.title} does not exist in the accounting system.",
            fix="Map the GL Account to another account, or add the account there.",
            where=where,
        )
    elif not found.active or found.why_not_postable:
        yield Problem(
            level=Level.PROBLEM,
            code="account_inactive",
            message=f"The account {found.title} cannot be posted to: {found.why_not_postable or 'it is inactive.'}",
            fix="Map the GL Account to another account, or make the account active there.",
            where=where,
        )
