"""What stands in a NetSuite account, whichever interface told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """A currency. code: of ISO 4217; base: whether it is the account's own."""

    id: str
    code: str
    base: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Subsidiary:
    """A subsidiary. currency: the id of its base currency; elimination: whether it only eliminates between others."""

    id: str
    name: str
    parent: str = ""
    currency: str = ""
    elimination: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A department, class or location. subsidiaries: those that may use it, all where there are none."""

    id: str
    name: str
    parent: str = ""
    active: bool = True
    subsidiaries: frozenset[str] = frozenset()
    with_children: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountThere:
    """An account of the chart.

    kind: NetSuite's word for it, in lower case without underscore, empty where it is not told; holds_inventory: whether
    it is one of those that NetSuite keeps for inventory items; subsidiaries: as of a Value.
    """

    id: str
    number: str = ""
    name: str = ""
    parent: str = ""
    kind: str = ""
    active: bool = True
    holds_inventory: bool = False
    subsidiaries: frozenset[str] = frozenset()
    with_children: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """An accounting period with its first and last day. closed, locked: for everything."""

    name: str
    first: date
    last: date
    closed: bool = False
    locked: bool = False


class LineThere(NamedTuple):
    """A line of a journal entry; amount: debit positive. A tuple, since a journal may have a thousand."""

    account: str
    account_name: str
    amount: Decimal
    memo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalThere:
    """A journal entry as it stands. number: the one that people see; approved: None where it does not say."""

    id: str
    number: str
    external_id: str
    date: date
    currency: str
    approved: bool | None
    lines: tuple[LineThere, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the answer to a journal said.

    id: empty where it does not tell; duplicate: the journal's external id was there already; script_failed: it was
    written, and a script of the account failed after it.
    """

    id: str = ""
    duplicate: bool = False
    script_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What a journal needs to be written: names of currencies and subsidiaries with their ids, and of dimensions in use."""

    currencies: tuple[Currency, ...]
    subsidiaries: tuple[Subsidiary, ...]
    values: Mapping[str, tuple[Value, ...]] = field(default_factory=dict, hash=False)


def parents_of(several: Iterable[Subsidiary]) -> dict[str, str]:
    """Return the parent of each subsidiary, by id."""
    return {each.id: each.parent for each in several}


def belongs(allowed: frozenset[str], subsidiary: str, parents: Mapping[str, str], *, with_children: bool) -> bool:
    """Whether a subsidiary may use what these subsidiaries may use, their children too where that is so."""
    if not allowed or subsidiary in allowed:
        return True
    seen: set[str] = set()
    while with_children and (subsidiary := parents.get(subsidiary, "")) and subsidiary not in seen:
        if subsidiary in allowed:
            return True
        seen.add(subsidiary)
    return False


def whole_names(several: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return names with those of their parents before them, `:` between. several: name and parent's id, by id."""
    made: dict[str, str] = {}
    for id_, (name, parent) in several.items():
        parts, seen, above = [name], {id_}, parent
        while above in several and above not in seen:
            seen.add(above)
            own, next_above = several[above]
            parts.append(own)
            above = next_above
        made[id_] = ":".join(reversed(parts))
    return made
