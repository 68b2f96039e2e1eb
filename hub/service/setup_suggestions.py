"""Which account of a chart a GL Account most likely maps to, and why: suggested, never mapped by itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.api import Account, AccountKind
from hub.domain.setup import GlAccount

COSTS = frozenset({AccountKind.COGS, AccountKind.EXPENSE})
_WORD = re.compile(r"\w+")
_SAYS_LITTLE = frozenset({"and", "of", "the", "cogs", "cost", "goods", "sold", "inventory", "account", "expense"})
"""Words that half of a chart's names have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An account and the reason why it is likely."""

    account: Account
    reason: str


def fits(one: AccountKind | None, other: AccountKind | None) -> bool:
    """Tell whether an account of one type may be mapped to one of the other, which may not say its type."""
    return one is None or other is None or one == other or {one, other} <= COSTS


def can_be_posted_to(account: Account) -> bool:
    """Tell whether an account takes journal lines."""
    return account.active and not account.why_not_postable


def suggestions(gl_accounts: Iterable[GlAccount], chart: Sequence[Account]) -> Mapping[str, Suggestion]:
    """Return a suggestion for each GL Account (by number) that has a likely account: of a fitting type only."""
    able = [account for account in chart if can_be_posted_to(account)]
    words = _by_word(able)
    found = {each.number: _suggested(each, able, words) for each in gl_accounts}
    return {number: suggestion for number, suggestion in found.items() if suggestion}


def _by_word(accounts: Sequence[Account]) -> Mapping[str, set[int]]:
    words: dict[str, set[int]] = defaultdict(set)
    for index, account in enumerate(accounts):
        for word in _words(account.name):
            words[word].add(index)
    return words


def _suggested(gl: GlAccount, chart: Sequence[Account], words: Mapping[str, set[int]]) -> Suggestion | None:
    numbered = [one for one in chart if one.number and one.number == gl.number and fits(gl.kind, one.kind)]
    if len(numbered) == 1:
        also = " and a similar name" if _words(gl.name) & _words(numbered[0].name) else ""
        return Suggestion(account=numbered[0], reason=f"It has the same number{also}, and its type fits.")
    shared: dict[int, int] = defaultdict(int)
    for word in _words(gl.name):
        for index in words.get(word, ()):
            if fits(gl.kind, chart[index].kind):
                shared[index] += 1
    return _most_alike(gl, chart, shared)


def _most_alike(gl: GlAccount, chart: Sequence[Account], shared: Mapping[int, int]) -> Suggestion | None:
    """Return the one account whose name has most of the words, and half of them at least."""
    own = _words(gl.name)
    enough = [index for index, count in shared.items() if 2 * count >= len(own | _words(chart[index].name))]
    best = [index for index in enough if shared[index] == max(shared[each] for each in enough)]
    if len(best) != 1:
        return None
    common = " ".join(word for word in _WORD.findall(gl.name) if word.casefold() in own & _words(chart[best[0]].name))
    return Suggestion(account=chart[best[0]], reason=f"Its name has “{common}”, and its type fits.")


def _words(name: str) -> frozenset[str]:
    """Return the words of an account's own name that say something."""
    own = name.rpartition(":")[2]
    return frozenset(word.casefold() for word in _WORD.findall(own)) - _SAYS_LITTLE
