"""GL Accounts and accounts of an accounting system as pages name them and offer them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hub.api import Account, AccountKind
from hub.domain.setup import GlAccount
from hub.service.maps import account_key
from hub.service.setup_suggestions import can_be_posted_to, fits
from hub.web.editing import Choices, Option

KINDS: Mapping[AccountKind, str] = {
    AccountKind.ASSET: "Asset",
    AccountKind.COGS: "Cost of goods sold",
    AccountKind.EXPENSE: "Expense",
    AccountKind.LIABILITY: "Liability",
    AccountKind.EQUITY: "Equity",
    AccountKind.INCOME: "Income",
}

Groups = Sequence[tuple[str, Sequence[Option]]]
"""Options of a drop-down list under their headings; an empty heading: under none."""


def kind_words(kind: AccountKind | None) -> str:
    """Return an account's type as people read it; empty where the accounting system does not say."""
    return KINDS[kind] if kind else ""


def chart_options(chart: Iterable[Account]) -> list[Option]:
    """Return the accounts of a chart that can be mapped; group: their kind."""
    return [
        Option(value=account_key(each), words=each.title, short=each.number, group=each.kind or "")
        for each in chart
        if can_be_posted_to(each)
    ]


def gl_title(account: GlAccount) -> str:
    """Return a GL Account's number and name."""
    return f"{account.number} {account.name}"


def gl_options(accounts: Iterable[GlAccount]) -> list[Option]:
    """Return GL Accounts to choose from; group: their kind."""
    return [Option(value=each.number, words=gl_title(each), short=each.number, group=each.kind) for each in accounts]


def groups_by_fit(choices: Choices, label: str) -> Mapping[AccountKind, Groups]:
    """Return for each kind of account what can be chosen: first what fits; label: what the others are called."""
    return {kind: _by_fit(choices.options, kind, label) for kind in AccountKind}


def _by_fit(options: Iterable[Option], kind: AccountKind, label: str) -> Groups:
    kinds = {"", *(each for each in AccountKind if fits(kind, each))}
    fitting = [option for option in options if option.group in kinds]
    others = [option for option in options if option.group not in kinds]
    return [("", fitting), (label, others)] if others else [("", fitting)]
