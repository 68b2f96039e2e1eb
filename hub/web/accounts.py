"""GL Accounts and accounts of an accounting system as pages name them and offer them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from hub.api import Account, AccountKind
from hub.domain.setup import GlAccount
from hub.service.maps import account_key
from hub.web.editing import Choices, Option

KINDS: Mapping[AccountKind, str] = {
    AccountKind.ASSET: "Asset",
    AccountKind.COGS: "Cost of goods sold",
    AccountKind.EXPENSE: "Expense",
    AccountKind.LIABILITY: "Liability",
    AccountKind.EQUITY: "Equity",
    AccountKind.INCOME: "Income",
}
COSTS = frozenset({AccountKind.COGS, AccountKind.EXPENSE})

Groups = Sequence[tuple[str, Sequence[Option]]]
"""Options of a drop-down list under their headings; an empty heading: under none."""


def kind_words(kind: AccountKind | None) -> str:
    """Return an account's type as people read it; empty where the accounting system does not say."""
    return KINDS[kind] if kind else ""


def fitting(kind: AccountKind | None) -> frozenset[AccountKind]:
    """Return the kinds of account that fit one of this kind; all of them where it has none."""
    if kind is None:
        return frozenset(AccountKind)
    return COSTS if kind in COSTS else frozenset({kind})


def chart_options(chart: Iterable[Account]) -> list[Option]:
    """Return the accounts of a chart that can be mapped; group: their kind."""
    return [
        Option(value=account_key(each), words=each.title, short=each.number, group=each.kind or "")
        for each in chart
        if each.active and not each.why_not_postable
    ]


def gl_title(account: GlAccount) -> str:
    """Return a GL Account's number and name."""
    return f"{account.number} {account.name}"


def gl_options(accounts: Iterable[GlAccount], kinds: Collection[AccountKind] = frozenset(AccountKind)) -> list[Option]:
    """Return GL Accounts of some kinds to choose from."""
    return [
        Option(value=each.number, words=gl_title(each), short=each.number, group=each.kind)
        for each in accounts
        if each.kind in kinds
    ]


def groups_by_fit(choices: Choices, label: str) -> Mapping[AccountKind, Groups]:
    """Return for each kind of account what can be chosen: first what fits; label: what the others are called."""
    return {kind: _by_fit(choices.options, kind, label) for kind in AccountKind}


def _by_fit(options: Iterable[Option], kind: AccountKind, label: str) -> Groups:
    kinds = {"", *fitting(kind)}
    fits = [option for option in options if option.group in kinds]
    others = [option for option in options if option.group not in kinds]
    return [("", fits), (label, others)] if others else [("", fits)]
