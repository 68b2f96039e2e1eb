"""What happens in a customer's books: closed periods, accounts that come and go, charts of many pages, several companies."""

from __future__ import annotations

from dataclasses import replace

from hub.api import (
    Account,
    AccountMissing,
    EntryRejected,
    JournalEntry,
    NotWritten,
    OutcomeUnknown,
    PeriodClosed,
    Session,
)
from hub.testing.conformance.check import Concerns, Grade, check, expect
from hub.testing.conformance.trial import DATED, Trial, told

NOBODY = "no-such-account-7"
MANY_ACCOUNTS = 250
FULL_ACCOUNTS = 2_500
NAMES = (
    "Crème brûlée & Söhne",
    "5% \"off\" 'n' <more>",
    "仕入:食材",
    "O'Brien; DROP TABLE",
    "a\\b/c?d=e&f#g%20h",
    "🍷 Wine",
)


@check(
    "books.closed_period",
    Grade.GOLD,
    protects="A month that is closed was reported; nothing may be dated in it without somebody opening it.",
    mend="Read the closing date in preflight() and return a Problem; raise PeriodClosed for the system's own refusal.",
    deeds=("close_books",),
)
def closed_period(trial: Trial) -> None:
    """An entry in a closed period is told beforehand, and refused."""
    trial.deed("close_books")(DATED)
    entry = trial.entry()
    with trial.session() as session:
        _told_beforehand(session, entry, "the closed period")
        if Concerns.NETWORK in trial.concerns():
            _refused(trial, session, entry, PeriodClosed)
    trial.nothing_stands(entry)


@check(
    "books.inactive_account",
    Grade.GOLD,
    protects="Somebody made the account inactive for a reason; the preview is where the bookkeeper learns of it.",
    mend="List inactive accounts with active=False, return a Problem for them, and raise AccountMissing where one is refused.",
    deeds=("deactivate",),
)
def inactive_account(trial: Trial) -> None:
    """An account that was made inactive is listed as such, told beforehand, and refused."""
    account = trial.stand.accounts[1]
    trial.deed("deactivate")(account)
    entry = trial.entry()
    with trial.session(chart=_chart_of(trial)) as session:
        listed = {each.id or each.number: each for each in session.accounts()}
        shown = listed.get(account.id or account.number)
        expect(shown is not None, "accounts() leaves the inactive account out.")
        assert shown is not None
        expect(not shown.active or shown.why_not_postable, "accounts() shows it as active.")
        _told_beforehand(session, entry, "the inactive account")
        if Concerns.NETWORK in trial.concerns():
            _refused(trial, session, entry, AccountMissing)
    trial.nothing_stands(entry)


@check(
    "books.unknown_account",
    Grade.BRONZE,
    protects="A line whose account does not exist must fail, or the money goes where the system guesses.",
    mend="Name accounts by Account.id (or number), create none, use no default, and raise AccountMissing where it is refused.",
)
def unknown_account(trial: Trial) -> None:
    """An account that does not exist is told beforehand, refused, and not made."""
    entry = trial.entry()
    nobody = Account(id=NOBODY, number=NOBODY, name="Nobody's account")
    wrong = replace(entry, lines=(replace(entry.lines[0], account=nobody), *entry.lines[1:]))
    with trial.session() as session:
        _told_beforehand(session, wrong, "the account that does not exist")
        if Concerns.NETWORK not in trial.concerns():
            return
        outcome = trial.post(session, wrong)
    expect(
        isinstance(outcome, EntryRejected), f"It was not refused with AccountMissing or EntryRejected: {told(outcome)}."
    )
    trial.nothing_stands(wrong)


@check(
    "books.whole_chart",
    Grade.GOLD,
    Concerns.NETWORK,
    protects="An account on the second page that is missing from the chart cannot be mapped, or maps to another.",
    mend="Ask for page after page until the system says that there is no more, and yield inactive accounts as well.",
    deeds=("add_account",),
)
def whole_chart(trial: Trial) -> None:
    """accounts() returns every account of a chart of many pages."""
    add = trial.deed("add_account")
    added = [add(f"Account {number}") for number in range(FULL_ACCOUNTS if trial.full else MANY_ACCOUNTS)]
    with trial.session() as session:
        listed = {each.id for each in session.accounts()}
    missing = [each for each in added if isinstance(each, Account) and each.id not in listed]
    expect(not missing, f"{len(missing)} of {len(added)} accounts are missing, first {missing[0] if missing else ''}.")


@check(
    "books.account_names",
    Grade.GOLD,
    Concerns.NETWORK,
    protects="A bookkeeper recognises an account by its name, in whatever script it was written.",
    mend="Decode answers as UTF-8, and take names as they are: no escaping, no trimming of what is inside.",
    deeds=("add_account",),
)
def account_names(trial: Trial) -> None:
    """accounts() returns names of all kinds as they stand there, and such an account can be posted to."""
    add = trial.deed("add_account")
    for name in NAMES:
        added = add(name)
        assert isinstance(added, Account)
        with trial.session() as session:
            listed = next((each for each in session.accounts() if each.id == added.id), None)
            expect(listed is not None and name in listed.name, f"The account {name!r} is listed as {listed}.")
            assert listed is not None
            entry = trial.entry("1.00")
            lines = (replace(entry.lines[0], account=listed), entry.lines[1])
            trial.posted(session, replace(entry, lines=lines))


@check(
    "books.companies",
    Grade.BRONZE,
    Concerns.NETWORK,
    protects="The customer chooses the books once, by the name that companies() returns.",
    mend="Return every set of books that the sign-in reaches, with its own id, its name and its currency.",
)
def companies(trial: Trial) -> None:
    """companies() returns the books of the connection, with their currency."""
    with trial.session() as session:
        reached = {each.id: each for each in session.companies()}
    expect(reached, "companies() returned nothing.")
    currencies = {each.currency for each in reached.values()} - {None}
    expect(not currencies or trial.stand.currency in currencies, f"They are kept in {currencies}.")
    if trial.stand.company is not None:
        expect(trial.stand.company.id in reached, f"The connection's own books are not among {', '.join(reached)}.")


@check(
    "books.wrong_company",
    Grade.BRONZE,
    Concerns.NETWORK,
    Concerns.COMPANIES,
    protects="One customer's journal in another customer's books is a breach, not an error.",
    mend="Send connection.company.id with every call, and refuse where the sign-in does not reach it.",
)
def wrong_company(trial: Trial) -> None:
    """Books that the sign-in does not reach are refused, and nothing is written anywhere."""
    entry = trial.entry()
    with trial.session(company=trial.stand.elsewhere) as session:
        outcome = trial.post(session, entry)
    expect(isinstance(outcome, NotWritten), f"It was not refused: {told(outcome)}.")
    trial.nothing_stands(entry)


def _told_beforehand(session: Session, entry: JournalEntry, what: str) -> None:
    problems = list(session.preflight(entry))
    expect(any(problem.blocking for problem in problems), f"preflight() says nothing of {what}.")
    expect(all(problem.message and problem.fix for problem in problems if problem.blocking), "A problem has no fix.")


def _refused(trial: Trial, session: Session, entry: JournalEntry, kind: type[NotWritten]) -> None:
    outcome = trial.post(session, entry)
    expect(
        not isinstance(outcome, OutcomeUnknown), f"The outcome is left open although it was refused: {told(outcome)}."
    )
    expect(isinstance(outcome, kind), f"post() did not raise {kind.__name__}: {told(outcome)}.")


def _chart_of(trial: Trial) -> tuple[Account, ...]:
    """Return the chart as it was last imported, with the deactivated account, for connectors that keep theirs so."""
    inactive = trial.stand.accounts[1]
    return tuple(replace(each, active=False) if each == inactive else each for each in trial.stand.chart)
