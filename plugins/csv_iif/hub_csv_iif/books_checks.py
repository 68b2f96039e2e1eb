"""What the books themselves would refuse or silently get wrong, as far as a file's maker can know it beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from hub.api import Account, JournalEntry, Level, Problem, Where
from hub_csv_iif.file_checks import listed, place_of, shown
from hub_csv_iif.settings import Settings
from hub_csv_iif.wire import LAYOUTS
from hub_csv_iif.wire.layout import Layout

_BRING_IN_CHART = "Import the connection's chart of accounts (hub import chart)."
_EXPORT_LIST = (
    "In the program choose File > Utilities > Export > Lists to IIF Files > Chart of Accounts, "
    "and import that file as the connection's chart."
)


class ChartIndex:
    """The accounts of a chart, found as the hub's maps name them: by id, else by number, else by name."""

    def __init__(self, chart: tuple[Account, ...]) -> None:
        self._by: Mapping[str, Mapping[str, Account]] = {
            key: {getattr(account, key): account for account in reversed(chart) if getattr(account, key)}
            for key in ("id", "number", "name")
        }

    def __bool__(self) -> bool:
        return any(self._by.values())

    def find(self, account: Account) -> Account | None:
        """Return the chart's account, by the first of id, number and name that both it and the chart have."""
        for key, accounts in self._by.items():
            wanted = getattr(account, key)
            if wanted and accounts:
                return accounts.get(wanted)
        return None


def books_problems(entry: JournalEntry, settings: Settings, chart: ChartIndex) -> tuple[Problem, ...]:
    """Return what the closed period, the currency, the chart and the classes have against the entry."""
    return (
        *_period_closed(entry, settings),
        *_currency_differs(entry, settings),
        *_accounts(entry, settings, chart),
        *_classes_not_checked(entry, settings),
    )


def _period_closed(entry: JournalEntry, settings: Settings) -> Iterator[Problem]:
    if settings.closed_through is not None and entry.date <= settings.closed_through:
        yield Problem(
            level=Level.PROBLEM,
            code="period_closed",
            message=f"The books are closed through {settings.closed_through.isoformat()}, "
            f"and this entry is dated {entry.date.isoformat()}.",
            fix="Choose a later date, or open the period again and correct the connection's setting closed_through.",
            where=Where(date=entry.date.isoformat()),
        )


def _currency_differs(entry: JournalEntry, settings: Settings) -> Iterator[Problem]:
    if settings.currency is not None and entry.currency != settings.currency:
        yield Problem(
            level=Level.PROBLEM,
            code="currency_mismatch",
            message=f"The books are kept in {settings.currency}, and this entry is in {entry.currency}.",
            fix="Move the site to books in its own currency, or correct the connection's setting currency.",
        )


def _accounts(entry: JournalEntry, settings: Settings, chart: ChartIndex) -> Iterator[Problem]:
    """One problem for each account that the chart refuses, at the first line that has it."""
    layout = LAYOUTS[settings.layout]
    if not chart:
        yield _no_chart(layout)
        return
    checked: set[Account] = set()
    for index, line in enumerate(entry.lines):
        if line.account not in checked:
            checked.add(line.account)
            fault = _fault(line.account, chart.find(line.account), layout)
            if fault is not None:
                yield Problem(
                    level=Level.PROBLEM,
                    code=fault.code,
                    message=fault.message,
                    fix=fault.fix,
                    where=place_of(entry, index),
                )


def _no_chart(layout: Layout) -> Problem:
    if layout.makes_unknown_accounts:
        return Problem(
            level=Level.PROBLEM,
            code="account_missing",
            message=f"The chart of accounts of these books has not been imported, and {layout.label} creates "
            "every account that it does not know without asking.",
            fix=_EXPORT_LIST,
        )
    return Problem(
        level=Level.WARNING,
        code="not_checked",
        message="The chart of accounts of these books has not been imported, so the accounts could not be checked.",
        fix=_BRING_IN_CHART,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    code: str
    message: str
    fix: str


def _fault(account: Account, found: Account | None, layout: Layout) -> _Fault | None:
    title = shown(account.title)
    if found is None:
        silently = f", and {layout.label} would create it without asking" if layout.makes_unknown_accounts else ""
        return _Fault(
            code="account_missing",
            message=f"The account “{title}” is not in the chart of these books{silently}.",
            fix=f"Map the GL Account to another account, or add it in {layout.label} and bring in the chart again.",
        )
    if _renamed(account, found, layout):
        return _Fault(
            code="account_missing",
            message=f"The account “{title}” is called “{shown(found.title)}” in these books now, "
            f"and {layout.label} would not find it by its old name.",
            fix="Map the GL Account to the account's new name, or give it its old name back.",
        )
    if not found.active:
        return _Fault(
            code="account_inactive",
            message=f"The account “{title}” is inactive in these books.",
            fix=f"Make it active in {layout.label} and bring in the chart again, or map another account.",
        )
    if found.why_not_postable:
        return _Fault(
            code="account_not_postable",
            message=f"Journals cannot post to the account “{title}”: {shown(found.why_not_postable)}",
            fix="Map the GL Account to another account.",
        )
    return None


def _renamed(account: Account, found: Account, layout: Layout) -> bool:
    """Whether the text that the file would name the account by is no longer the chart's; only given parts count."""
    written = layout.account_text(account)
    now = replace(
        found,
        id=found.id or "chart",
        number=found.number if account.number else "",
        name=found.name if account.name else "",
    )
    return bool(written) and layout.account_text(now) != written


def _classes_not_checked(entry: JournalEntry, settings: Settings) -> Iterator[Problem]:
    layout = LAYOUTS[settings.layout]
    if not layout.makes_unknown_accounts:
        return
    unknown = {
        name: index
        for index, line in reversed(list(enumerate(entry.lines)))
        if (name := line.dimensions.get("class", "")) and name not in settings.known_classes
    }
    if unknown:
        yield Problem(
            level=Level.WARNING,
            code="not_checked",
            message=f"{layout.label} creates every class that it does not know without asking; "
            f"not known to exist: {listed(unknown)}.",
            fix="Look them up in its class list and name them in the connection's setting classes, "
            "with ; between them.",
            where=place_of(entry, min(unknown.values())),
        )
