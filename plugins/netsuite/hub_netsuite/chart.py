"""What NetSuite tells of an account's books, in the hub's own types: accounts, subsidiaries and other dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.api import Account, AccountKind, Dimension, DimensionValue
from hub_netsuite.records import AccountThere, Currency, Subsidiary, Value, whole_names

SUBSIDIARY = "subsidiary"
LABELS: Mapping[str, str] = {
    SUBSIDIARY: "Subsidiary",
    "department": "Department",
    "class": "Class",
    "location": "Location",
}

# The kinds as the SOAP schema spells them, and as queries do (facts 2.4).
_KINDS_OF: Mapping[AccountKind, str] = {
    AccountKind.ASSET: "accountsreceivable acctrec bank deferredexpense deferexpense fixedasset othasset otherasset "
    "othcurrasset othercurrentasset unbilledreceivable unbilledrec",
    AccountKind.LIABILITY: "accountspayable acctpay creditcard credcard deferredrevenue deferrevenue longtermliab "
    "longtermliability othcurrliab othercurrentliability",
    AccountKind.COGS: "costofgoodssold cogs",
    AccountKind.EXPENSE: "expense othexpense otherexpense",
    AccountKind.INCOME: "income othincome otherincome",
    AccountKind.EQUITY: "equity",
}
KINDS: Mapping[str, AccountKind] = {word: kind for kind, words in _KINDS_OF.items() for word in words.split()}
_ENTITY = "NetSuite takes no journal to it without a customer or vendor on the line."
_NOT_POSTABLE: Mapping[str, str] = {
    "nonposting": "It is a non-posting account.",
    "statistical": "It is a statistical account, which counts no money.",
    "stat": "It is a statistical account, which counts no money.",
    "accountsreceivable": _ENTITY,
    "acctrec": _ENTITY,
    "accountspayable": _ENTITY,
    "acctpay": _ENTITY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartAccount:
    """An account in the hub's words, and as it stands there."""

    account: Account
    there: AccountThere


def chart(several: Iterable[AccountThere]) -> list[ChartAccount]:
    """Return the accounts with their full names, those of their parents before them."""
    told = list(several)
    names = whole_names({each.id: (each.name, each.parent) for each in told})
    return [ChartAccount(account=_account(each, names[each.id]), there=each) for each in told]


def subsidiaries(several: Iterable[Subsidiary]) -> Dimension:
    """Return the subsidiaries as the dimension that all lines of an entry share; one that eliminates takes no entries."""
    told = list(several)
    names = whole_names({each.id: (each.name, each.parent) for each in told})
    values = tuple(
        DimensionValue(id=each.id, name=names[each.id], active=each.active and not each.elimination) for each in told
    )
    return Dimension(name=SUBSIDIARY, label=LABELS[SUBSIDIARY], required=True, values=values)


def dimension(name: str, several: Iterable[Value]) -> Dimension:
    """Return departments, classes or locations."""
    told = list(several)
    names = whole_names({each.id: (each.name, each.parent) for each in told})
    values = tuple(DimensionValue(id=each.id, name=names[each.id], active=each.active) for each in told)
    return Dimension(name=name, label=LABELS[name], values=values)


def meant(dimension: Dimension, value: str) -> DimensionValue | None:
    """Return the value that a Site Map means: by its id, by its full name, else by its own name where only one has it."""
    values = dimension.values or ()
    for each in values:
        if value in (each.id, each.name):
            return each
    named = [each for each in values if each.name.rpartition(":")[2] == value]
    return named[0] if len(named) == 1 else None


def own_currency(currencies: Iterable[Currency], several: Iterable[Subsidiary], *, oneworld: bool) -> str | None:
    """Return the one currency of the books; None where subsidiaries keep theirs in several, or it is not told."""
    told = list(currencies)
    codes = {each.id: each.code for each in told}
    if not oneworld:
        return next((each.code for each in told if each.base and each.code), None)
    own = {codes.get(each.currency, "") for each in several if each.active and not each.elimination}
    return own.pop() or None if len(own) == 1 else None


def _account(there: AccountThere, name: str) -> Account:
    return Account(
        id=there.id,
        number=there.number,
        name=name,
        kind=KINDS.get(there.kind),
        active=there.active,
        why_not_postable=_NOT_POSTABLE.get(there.kind, "") if there.active else "It is inactive in NetSuite.",
    )
