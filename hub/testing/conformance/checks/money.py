"""Money: exact amounts on the right sides, in the right currency, line by line."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hub.api import NotWritten, Side
from hub.testing.conformance.check import Concerns, Grade, check, expect
from hub.testing.conformance.trial import Trial, told

EXACT = ("0.01", "0.07", "0.29", "1.15", "19.99", "1001.10", "4812.37", "987654321.99")
MANY = 1_000


@check(
    "money.exact_amounts",
    Grade.BRONZE,
    protects="A cent that is lost in a float is a cent that somebody searches for at the year's end.",
    mend="Keep amounts as Decimal from JournalLine to the request, write them with amount_text(), and never call float().",
)
def exact_amounts(trial: Trial) -> None:
    """Every amount stands in the books to the cent."""
    trial.posts(*EXACT)


@check(
    "money.no_decimals",
    Grade.PLATINUM,
    protects="Yen have no decimals: 1,200 yen must not become 12.00 or 120,000.",
    mend="Ask minor_digits(currency) for the number of decimals, or let to_minor() and amount_text() do it.",
)
def no_decimals(trial: Trial) -> None:
    """Amounts in a currency without decimals are right."""
    trial.another("JPY").posts("1", "1200", "98765432")


@check(
    "money.three_decimals",
    Grade.PLATINUM,
    protects="Dinars have three decimals; a connector that rounds to two loses the third.",
    mend="Write amounts with amount_text(); where the system keeps fewer decimals, refuse the entry before it is sent.",
)
def three_decimals(trial: Trial) -> None:
    """Amounts in a currency with three decimals are right, or refused beforehand."""
    dinars = trial.another("KWD")
    entry = dinars.entry("0.001", "12.345", "4812.370")
    with dinars.session() as session:
        stopped = any(problem.blocking for problem in session.preflight(entry))
        outcome = dinars.post(session, entry)
    if isinstance(outcome, NotWritten):
        expect(stopped, f"It is refused, and preflight() said nothing: {told(outcome)}.")
        dinars.nothing_stands(entry)
    else:
        dinars.stands_once(entry)


@check(
    "money.sides",
    Grade.BRONZE,
    protects="A debit that becomes a credit doubles the error it should have corrected, and still balances.",
    mend="Read docs/debits_and_credits.md, and map Side.DEBIT and Side.CREDIT in one place of wire.py.",
)
def sides(trial: Trial) -> None:
    """Debits stand as debits and credits as credits."""
    entry = trial.entry("4812.37")
    swapped = tuple(replace(each, side=each.side.opposite, amount=Decimal("12.50")) for each in entry.lines)
    with trial.session() as session:
        trial.posted(session, replace(entry, lines=(*entry.lines, *swapped)))
    (standing,) = trial.standing(entry)
    first = [each for each in standing.recorded.lines if each.amount == Decimal("4812.37")]
    expect(first[0].side is Side.DEBIT, "The debit of 4,812.37 stands as a credit.")


@check(
    "money.lines_kept",
    Grade.BRONZE,
    protects="The hub reads a journal back line by line; lines that were merged, netted or dropped can no longer be traced.",
    mend="Send one line there for each line of the entry, in its order, even where two have the same account and amount.",
)
def lines_kept(trial: Trial) -> None:
    """Lines of the same account are neither merged nor netted nor dropped."""
    entry = trial.entry("100.00", "100.00", "12.34")
    opposite = tuple(replace(each, side=each.side.opposite) for each in entry.lines[:2])
    with trial.session() as session:
        trial.posted(session, replace(entry, lines=(*entry.lines, *opposite)))


@check(
    "money.many_lines",
    Grade.GOLD,
    protects="A count of many sites has a thousand lines, and the last one must be there as well.",
    mend="Send all lines in one journal, declare limits.lines_per_entry where the system has one, and let the hub split.",
)
def many_lines(trial: Trial) -> None:
    """As many lines as the connector says it takes, up to a thousand, are posted whole."""
    most = trial.host.limits(trial.settings).lines_per_entry or MANY
    pairs = min(most, MANY) // 2
    trial.posts(*(f"{number}.{number % 100:02}" for number in range(1, pairs + 1)))


@check(
    "money.too_many_lines",
    Grade.GOLD,
    protects="A journal that the system cuts off or refuses half-way is the worst of both.",
    mend="Return a Problem from preflight(), or raise EntryRejected, where an entry has more lines than the system takes.",
)
def too_many_lines(trial: Trial) -> None:
    """More lines than the connector says it takes are refused, or all posted."""
    most = trial.host.limits(trial.settings).lines_per_entry
    if most is None or (most > MANY and not trial.full):
        return
    entry = trial.entry(*["1.00"] * (most // 2 + 1))
    with trial.session() as session:
        if any(problem.blocking for problem in session.preflight(entry)):
            return
        outcome = trial.post(session, entry)
    if isinstance(outcome, NotWritten):
        trial.nothing_stands(entry)
    else:
        trial.stands_once(entry)


@check(
    "money.parts",
    Grade.BRONZE,
    protects="An export that is split arrives as several journals of one day; each is a journal of its own.",
    mend="Tell entries apart by their reference and key alone, never by date, memo or amount.",
)
def parts(trial: Trial) -> None:
    """Two entries that differ in nothing but reference, key and part are two journals."""
    first, second = trial.entry(), trial.entry(part=2)
    with trial.session() as session:
        trial.posted(session, first)
        trial.posted(session, second)
    trial.stands_once(first)


@check(
    "money.currency",
    Grade.BRONZE,
    protects="100 euros that are booked as 100 dollars balance, and are wrong by the rate.",
    mend="Send entry.currency with the journal or refuse an entry whose currency is not that of the books; assume none.",
)
def currency(trial: Trial) -> None:
    """An entry in another currency than the books' is refused, or stands there in its own."""
    entry = trial.entry("10.00", currency="EUR")
    with trial.session() as session:
        stopped = any(problem.blocking for problem in session.preflight(entry))
        if Concerns.FILES in trial.concerns():
            expect(stopped, "preflight() says nothing, and a file does not tell its currency.")
            return
        outcome = trial.post(session, entry)
    if trial.standing(entry):
        trial.stands_once(entry)
    else:
        expect(isinstance(outcome, NotWritten), f"It was not refused with NotWritten: {told(outcome)}.")


@check(
    "money.undo",
    Grade.BRONZE,
    protects="An undo is an opposite entry; together the two must leave every account as it was.",
    mend="Post an undo like any other entry; it needs no call of its own.",
)
def undo(trial: Trial) -> None:
    """An entry and its opposite leave nothing behind."""
    entry = trial.entry("4812.37", "0.01")
    opposite = trial.entry(lines=tuple(replace(each, side=each.side.opposite) for each in entry.lines))
    with trial.session() as session:
        trial.posted(session, entry)
        trial.posted(session, opposite)
    balances: dict[str, Decimal] = {}
    for standing in trial.stand.books():
        for each in standing.recorded.lines:
            signed = each.amount if each.side is Side.DEBIT else -each.amount
            balances[each.account.title] = balances.get(each.account.title, Decimal(0)) + signed
    expect(not any(balances.values()), f"Balances are left: {balances}.")


@check(
    "money.dimensions",
    Grade.GOLD,
    Concerns.DIMENSIONS,
    protects="A class, location or department that is dropped in silence is a report that lacks a restaurant.",
    mend="Send every dimension of a line, and return a Problem for a value that does not exist there.",
)
def dimensions(trial: Trial) -> None:
    """Dimensions of a line are offered, taken where they exist and refused where they do not."""
    entry = trial.entry()
    carrying = tuple(replace(each, dimensions=trial.stand.dimensions) for each in entry.lines)
    wrong = tuple(replace(each, dimensions=dict.fromkeys(trial.stand.dimensions, "Nowhere")) for each in entry.lines)
    with trial.session() as session:
        offered = {each.name: each for each in session.dimensions()}
        expect(offered.keys() >= trial.stand.dimensions.keys(), f"dimensions() offers only {', '.join(offered)}.")
        trial.posted(session, replace(entry, lines=carrying))
        carried = trial.stands_once(replace(entry, lines=carrying)).dimensions
        expect(carried, "The stand does not tell which dimensions the lines of a journal carry.")
        expect(all(each == trial.stand.dimensions for each in carried), f"The lines carry {carried[0]}.")
        closed = [name for name in trial.stand.dimensions if offered[name].values is not None]
        refused = any(problem.blocking for problem in session.preflight(trial.entry(lines=wrong)))
    expect(refused or not closed, "preflight() has nothing against a value that dimensions() does not list.")
