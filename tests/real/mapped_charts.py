"""How often suggested accounts are right: on charts of other people's, with what a bookkeeper would map written down by hand.

By hand: five companies' GL Accounts, each naming what it is for, and for each chart which account is right for that; where a
chart has none, any suggestion is wrong. By rule: each account of a chart becomes a GL Account in other words, once with
the same number, once with another one, and once with its own account taken out of the chart, when nothing is right.

HELD_OUT are charts that were measured only when the limit and the rules were decided.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hub.api import Account, AccountKind
from hub.domain.setup import GlAccount
from hub.service.setup_suggestions import can_be_posted_to, suggestions
from hub.testing.clock import VirtualClock
from hub.testing.conformance.stand import MakeStand
from hub.testing.conformance.trial import Trial
from tests.real.charts import six_digits
from tests.real.mapped_companies import COMPANIES, Meant

ASSET, COGS, EXPENSE = AccountKind.ASSET, AccountKind.COGS, AccountKind.EXPENSE
HELD_OUT = ("six digits", "NetSuite")

_SHARED_THERE = {
    "food inventory": "1310", "dry inventory": "1320", "prepared inventory": "1330", "bar inventory": "1340",
    "liquor inventory": "1340", "beer inventory": "1340", "beverage inventory": "1340", "wine inventory": "1350",
    "supplies inventory": "1360", "kitchenware inventory": "1360", "due from": "1410", "due to": "2410",
    "meat": "5010", "seafood": "5010", "produce": "5020", "prepared": "5030", "dry": "5040", "food": "5050",
    "variance": "5090", "beer": "5110", "spirits": "5110", "liquor": "5110", "beverage": "5110", "wine": "5120",
    "supplies": "6210",
}  # fmt: skip
_WITH_LIQUOR = {**_SHARED_THERE, "liquor": "5100", "spirits": "5100 5110", "beverage": "5100 5110"}
_ALL_COSTS = (
    "meat seafood produce dairy prepared dry food variance beer spirits liquor beverage wine soft other merchandise "
    "tobacco events costs adjustment"
)
_ALL_STOCK = "food dry prepared bar liquor beer beverage wine supplies kitchenware all soft merchandise raw"
RIGHT: Mapping[str, Mapping[str, str]] = {
    "QuickBooks": {**_SHARED_THERE, "all inventory": "1300", "costs": "5000"},
    "QuickBooks, a café": {
        **{f"{each} inventory": "Inventory Asset" for each in _ALL_STOCK.split()},
        **dict.fromkeys(_ALL_COSTS.split(), "Cost of Goods Sold"),
    },
    "Xero": _WITH_LIQUOR,
    "NetSuite": _WITH_LIQUOR,
    "six digits": {
        "all inventory": "110500", "raw inventory": "110501", "food inventory": "110501", "dry inventory": "110501",
        "unfinished inventory": "110502", "kitchenware inventory": "110503", "supplies inventory": "110503",
        "transit inventory": "110598", "production inventory": "110599", "costs": "500000", "adjustment": "510300",
        "variance": "510301", "waste": "610307", "supplies": "610707", "other": "510103", "merchandise": "510103 510201",
        **dict.fromkeys(["food", "meat", "seafood", "produce", "dairy", "prepared", "dry"], "510101"),
        **dict.fromkeys(["beverage", "beer", "wine", "spirits", "liquor", "soft"], "510102"),
    },
    "without numbers": {
        **{f"{each} inventory": "Stock Assets" for each in _ALL_STOCK.split()},
        **dict.fromkeys(["food", "meat", "seafood", "produce", "dairy", "prepared", "dry"], "COS-Food"),
        **dict.fromkeys(["beverage", "beer", "wine", "spirits", "liquor", "soft"], "COS-Beverage"),
        "tobacco": "COS-Tobacco", "events": "COS-Events and Functions", "merchandise": "COS-Merchandise",
        "costs": "Cost of Goods Sold", "adjustment": "Stock Adjustment", "variance": "Stock Adjustment",
        "waste": "Disposals-Food",
    },
}  # fmt: skip
"""By chart: what a GL Account is for → the accounts that are right for it, by number, else by the name of their last level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A GL Account, the chart it is to be mapped to, and the accounts of it that are right: none where nothing is."""

    gl: GlAccount
    right: frozenset[Account]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """accepted: suggestions from the limit on; right: those that a bookkeeper would make; known: GL Accounts that have a
    right account; offered: those whose right account is suggested at all, however surely."""

    accepted: int = 0
    right: int = 0
    known: int = 0
    offered: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            accepted=self.accepted + other.accepted,
            right=self.right + other.right,
            known=self.known + other.known,
            offered=self.offered + other.offered,
        )

    @property
    def precision(self) -> float:
        return self.right / self.accepted if self.accepted else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.known if self.known else 1.0


Trials = Sequence[tuple[Sequence[Account], Sequence[Case]]]
"""Charts, each with the GL Accounts of one company."""


def charts(data: Path | None) -> dict[str, list[Account]]:
    """Return every chart by its name: those of the stand-ins as their connectors read them, and of data, where it is there."""
    import hub_netsuite.stand
    import hub_quickbooks.stand
    import hub_xero.stand

    found = {
        "QuickBooks": _read(hub_quickbooks.stand.make_stand),
        "QuickBooks, a café": _of_the_cafe(),
        "Xero": _read(hub_xero.stand.make_stand),
        "NetSuite": _read(hub_netsuite.stand.make_stand),
    }
    if data is not None:
        found["six digits"] = [
            Account(number=one.number, name=one.name, kind=EXPENSE if one.number[0] == "6" else AccountKind(one.kind))
            for one in six_digits(data)
        ]
        found["without numbers"] = list(_without_numbers(data))
    return found


def _read(make: MakeStand) -> list[Account]:
    with Trial(make).session() as session:
        return list(session.accounts())


def _of_the_cafe() -> list[Account]:
    """Return the chart of the second company there, which has few accounts; its first sign-in does not reach it."""
    from hub_quickbooks.books import account
    from hub_quickbooks.sandbox import QuickBooksSandbox
    from hub_quickbooks.sandbox.sample import SIMPLE

    company = QuickBooksSandbox(clock=VirtualClock()).site("http://127.0.0.1:9").companies[SIMPLE]
    return [account(told, company.currency) for told in company.accounts.values()]


def _without_numbers(data: Path) -> Iterator[Account]:
    roots = {"Assets": ASSET, "Liabilities": AccountKind.LIABILITY, "Expenses": EXPENSE}
    with (data / "coa_erpnext_sg_fnb_inventory_cogs.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            levels = row["path"].split("/")
            kind = COGS if "Expenses-Direct" in levels else roots[levels[0]]
            yield Account(name=":".join(levels), kind=kind)


def by_hand(name: str, chart: Sequence[Account]) -> Trials:
    """Return the GL Accounts of each company, with what is right for them in a chart."""
    known: dict[str, list[Account]] = {}
    for account in filter(can_be_posted_to, chart):
        for key in filter(None, {account.number, account.name.rpartition(":")[2]}):
            known.setdefault(key, []).append(account)

    def right(meant: str) -> frozenset[Account]:
        told = RIGHT[name].get(meant, "")
        keys = [told] if told in known else told.split()
        found = [account for key in keys for account in known[key]]
        assert bool(found) == bool(told), f"{name} has no account {told}"
        return frozenset(found)

    return [(chart, [_case(each, right(each.meant)) for each in company]) for company in COMPANIES.values()]


def _case(meant: Meant, right: frozenset[Account]) -> Case:
    fitting = frozenset(
        account for account in right if account.kind in (None, meant.kind) or COGS in (account.kind, meant.kind)
    )
    return Case(gl=GlAccount(number=meant.number, name=meant.name, kind=meant.kind), right=fitting)


_REWORDED = (
    lambda leaf, _: leaf.upper(),
    lambda leaf, kind: f"{leaf} Inv." if kind is ASSET else f"COGS - {leaf}",
    lambda leaf, _: " ".join(reversed(leaf.replace("-", " ").split())) if leaf.count(" ") == 1 else f"  {leaf}. ",
    lambda leaf, _: leaf.replace(" and ", " & ").replace("Inventory", "Inv").replace("Supplies", "Supply"),
    lambda leaf, _: leaf[:4] + leaf[3:] if leaf[3:4].isalpha() and len(leaf) > 6 else leaf.lower(),
)
"""Other ways to write a name: in capitals, with what it is, turned round, shortened, and with a letter typed twice."""


def by_rule(chart: Sequence[Account]) -> Trials:
    """Return a chart's own accounts in other words, as GL Accounts: with and without their account there."""
    inventory = [one for one in filter(can_be_posted_to, chart) if one.kind in (ASSET, COGS, EXPENSE)]
    same: list[Case] = []
    other: list[Case] = []
    without: list[tuple[Sequence[Account], Sequence[Case]]] = []
    for at, account in enumerate(inventory):
        leaf = account.name.rpartition(":")[2]
        reword = _REWORDED[at % len(_REWORDED)]
        assert account.kind is not None
        gl = GlAccount(number=account.number or str(at), name=reword(leaf, account.kind), kind=account.kind)
        renumbered = replace(gl, number=f"9{at:05}")
        if account.number:
            same.append(Case(gl=gl, right=frozenset({account})))
        other.append(Case(gl=renumbered, right=frozenset({account})))
        left = [one for one in chart if one is not account]
        without.append((left, [Case(gl=renumbered, right=frozenset())]))
    return [(chart, same), (chart, other), *without]


def score(trials: Trials, limit: int) -> Score:
    """Return how well accept-all does at a limit."""
    return sum((_scored(chart, cases, limit) for chart, cases in trials), Score())


def _scored(chart: Sequence[Account], cases: Sequence[Case], limit: int) -> Score:
    found = suggestions([case.gl for case in cases], chart)
    total = Score(known=sum(1 for case in cases if case.right))
    for case in cases:
        suggested = found.get(case.gl.number)
        if suggested is None:
            continue
        right, accepted = suggested.account in case.right, suggested.sure >= limit
        total += Score(accepted=accepted, right=accepted and right, offered=right)
    return total


def wrong(trials: Trials, limit: int) -> Iterable[str]:
    """Yield what was accepted and is wrong, in words."""
    for chart, cases in trials:
        found = suggestions([case.gl for case in cases], chart)
        for case in cases:
            suggested = found.get(case.gl.number)
            if suggested and suggested.sure >= limit and suggested.account not in case.right:
                right = " or ".join(account.title for account in case.right) or "nothing"
                told = f"{suggested.account.title} ({suggested.sure} %: {suggested.reason})"
                yield f"{case.gl.number} {case.gl.name} → {told}, right is {right}"
