"""Which account of a chart a GL Account most likely maps to, how sure that is, and why: suggested, never mapped by itself.

An account is suggested only where its type can be right, it can be posted to, and no GL Account of the other side of a
category has it. Two accounts that are nearly as likely make neither likely enough to be accepted without a look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import nlargest, nsmallest

from rapidfuzz import fuzz, process

from hub.api import Account, AccountKind
from hub.domain.setup import GlAccount
from hub.service.account_names import COGS, INVENTORY, AccountName, account_name

COSTS = frozenset({AccountKind.COGS, AccountKind.EXPENSE})
SURE_ENOUGH = 88
"""Per cent from which suggestions are accepted together, unless a person says otherwise: see docs/set_up.md for how often
they are right."""
LEAST, DOUBTFUL = 45, 60
"""What is not suggested at all, and the most that a suggestion has which something speaks against."""
NEAR = 7
"""Two accounts whose likelihoods differ by less are as likely as each other."""
_LOOKED_AT, _FROM, _COMPARED = 12, 55, 8
_ALIKE, _LONG = 85, 5
"""How alike two words must be to be the same one mistyped, and from which length on."""
_PART = 94
"""How alike a name is that is one of the several things that an account is for."""
_BOTH: Mapping[AccountKind, str] = {
    AccountKind.ASSET: "both assets",
    AccountKind.COGS: "both cost of goods sold",
    AccountKind.EXPENSE: "both expenses",
    AccountKind.LIABILITY: "both liabilities",
    AccountKind.EQUITY: "both equity",
    AccountKind.INCOME: "both income",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An account, how likely it is in whole per cent, and the reason in words."""

    account: Account
    sure: int
    reason: str


def fits(one: AccountKind | None, other: AccountKind | None) -> bool:
    """Tell whether an account of one type may be mapped to one of the other, which may not say its type."""
    return one is None or other is None or one == other or {one, other} <= COSTS


def can_be_posted_to(account: Account) -> bool:
    """Tell whether an account takes journal lines."""
    return not why_no_journal(account)


def why_no_journal(account: Account) -> str:
    """Return why an account takes no journal lines, in a sentence; nothing where it does."""
    if not account.active:
        return f"{account.title} was made inactive."
    return f"{account.title} cannot be posted to: {account.why_not_postable}" if account.why_not_postable else ""


def suggestions(
    gl_accounts: Iterable[GlAccount],
    chart: Sequence[Account],
    *,
    mapped: Mapping[str, Account] | None = None,
    known: Mapping[str, GlAccount] | None = None,
) -> Mapping[str, Suggestion]:
    """Return a suggestion for each GL Account (by number) that has a likely account.

    mapped: what GL Accounts are mapped to already, by their numbers; known: all GL Accounts by theirs.
    """
    there = _Chart(chart)
    found = {each.number: _Claim(each, best) for each in gl_accounts if (best := there.best(each))}
    return _settled(found, _taken(mapped or {}, known or {}, found))


def replacements(
    gone: Iterable[tuple[GlAccount, Account]],
    chart: Sequence[Account],
    *,
    mapped: Mapping[str, Account] | None = None,
    known: Mapping[str, GlAccount] | None = None,
) -> Mapping[str, Suggestion]:
    """Return by GL Account (its number) what to map it to in place of an account that cannot be used any more.

    It may be likely by what the GL Account is called, or by what the account was called there. gone: each GL Account with
    that account; mapped, known: as `suggestions` takes them.
    """
    there = _Chart(chart)
    found = {gl.number: _Claim(gl, best) for gl, was in gone if (best := _in_place_of(there, gl, was))}
    return _settled(found, _taken(mapped or {}, known or {}, found))


def _in_place_of(there: _Chart, gl: GlAccount, gone: Account) -> Suggestion | None:
    own = there.best(gl)
    called = there.best(GlAccount(number=gone.number, name=gone.name, kind=gl.kind)) if gone.name else None
    if called and own and called.account != own.account and abs(called.sure - own.sure) < NEAR:
        return replace(max(own, called, key=_sure), sure=min(DOUBTFUL, own.sure, called.sure))
    best = max(filter(None, (own, called)), key=_sure, default=None)
    if best is not None and best is called:
        return replace(best, reason=f"By what {gone.title} was called: {best.reason[0].lower()}{best.reason[1:]}")
    return best


def _sure(suggestion: Suggestion) -> int:
    return suggestion.sure


@dataclass(frozen=True, slots=True)
class _Claim:
    """What is suggested for a GL Account."""

    gl: GlAccount
    suggestion: Suggestion

    def order(self) -> tuple[int, str]:
        """What claims on an account are sorted by: the surest first."""
        return -self.suggestion.sure, self.gl.number

    def beside(self, other: GlAccount) -> bool:
        """Whether both are things of their own that the account's name names, such as Beer and Spirits."""
        account = self.suggestion.account
        own, theirs = (account_name(each.number, each.name).own for each in (self.gl, other))
        return own != theirs and {own, theirs} <= account_name(account.number, account.name).parts


@dataclass(frozen=True, slots=True)
class _Candidate:
    account: Account
    name: AccountName
    kind: AccountKind | None


@dataclass(slots=True)
class _Shelf:
    """The accounts of one type, or of none told, with the words that are searched."""

    candidates: list[_Candidate] = field(default_factory=list)
    leaves: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    numbers: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[tuple[str, ...], list[int]] = field(default_factory=lambda: defaultdict(list))
    words: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, candidate: _Candidate) -> None:
        if candidate.name.number:
            self.numbers[candidate.name.number].append(len(self.candidates))
        for part in candidate.name.parts:
            self.parts[part].append(len(self.candidates))
        for word in candidate.name.own:
            self.words[word].append(len(self.candidates))
        self.candidates.append(candidate)
        self.leaves.append(_searched(candidate.name.own, candidate.name.common))
        self.paths.append(_searched(candidate.name.path, candidate.name.common))

    def near(self, name: AccountName) -> Iterable[_Candidate]:
        """Return the accounts worth a look: of the same number, for the same thing, and those with the words most alike."""
        places = dict.fromkeys([*self.numbers.get(name.number, ()), *self.parts.get(name.own, ())])
        for word in name.own:
            places.update(dict.fromkeys(nsmallest(_LOOKED_AT, self.words.get(word, ()), key=self._length)))
        asked = _searched(name.own, name.common)
        for texts in (self.leaves, self.paths):
            for _, _, at in process.extract(asked, texts, scorer=fuzz.ratio, limit=_LOOKED_AT, score_cutoff=_FROM):
                places[at] = None
        return [self.candidates[at] for at in places]

    def _length(self, at: int) -> int:
        return len(self.candidates[at].name.own)


def _searched(own: Sequence[str], common: Iterable[str]) -> str:
    return " ".join(own) or " ".join(sorted(common))


class _Chart:
    """A chart's accounts that can be posted to, by type."""

    def __init__(self, chart: Iterable[Account]) -> None:
        self._shelves: dict[AccountKind | None, _Shelf] = defaultdict(_Shelf)
        for account in filter(can_be_posted_to, chart):
            name = account_name(account.number, account.name)
            kind = account.kind or name.kind_told
            self._shelves[kind].add(_Candidate(account, name, kind))

    def best(self, gl: GlAccount) -> Suggestion | None:
        """Return the most likely account, less sure where another one is nearly as likely."""
        name = account_name(gl.number, gl.name)
        near = [each for kind, shelf in self._shelves.items() if fits(gl.kind, kind) for each in shelf.near(name)]
        found = nlargest(2, (_likeness(gl, name, each) for each in near), key=_Likeness.sure_of)
        if not found or found[0].sure < LEAST:
            return None
        first, *others = found
        suggestion = Suggestion(account=first.other.account, sure=first.sure, reason=_reason(gl, name, first))
        if others and first.sure - others[0].sure < NEAR:
            return _doubted(suggestion, f"{others[0].other.account.title} is nearly as likely")
        return suggestion


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How likely an account is, how alike the names are, both in per cent, and whether the numbers are the same."""

    other: _Candidate
    sure: int
    alike: int
    numbered: bool

    def sure_of(self) -> int:
        return self.sure


def _likeness(gl: GlAccount, name: AccountName, other: _Candidate) -> _Likeness:
    alike = names_alike(name, other.name)
    numbered = bool(name.number) and name.number == other.name.number
    sure = _with_number(alike) if numbered else alike * 95 // 100
    if other.account.kind is None:
        sure -= 3 if other.kind else 10
    elif other.kind != gl.kind:
        sure -= 5
    return _Likeness(other, sure, alike, numbered)


def _with_number(alike: int) -> int:
    """Return how likely an account of the same number is: a number alone may be chance."""
    if alike >= 60:
        return 90 + (alike - 60) * 9 // 40
    return 50 + alike // 2


def names_alike(one: AccountName, other: AccountName) -> int:
    """Return how alike two names are, in per cent: by their own words, first without and then with the levels above."""
    if not one.own or not other.own:
        return _common_alike(one, other)
    leaf, path = _words_alike(one.own, other.own), _words_alike(one.own, other.path)
    if one.own in other.parts:
        return max(_PART, leaf)
    return (88 * max(leaf, path) + 12 * min(leaf, path)) // 100


def _common_alike(one: AccountName, other: AccountName) -> int:
    """Compare names that do not both have words of their own: an account of everything is not one of something."""
    if one.own or other.own:
        return 0
    said = {COGS, INVENTORY}
    if not one.common & said or one.common & said != other.common & said:
        return 0
    return 70 if other.path else 100


def _words_alike(own: Sequence[str], theirs: Sequence[str]) -> int:
    """Return how much of two sets of words is the same, in per cent; a word mistyped counts by how alike it is."""
    same = set(own) & set(theirs)
    points = 100 * len(same)
    left = [word for word in theirs if word not in same]
    for word in own:
        if word in same or len(word) < _LONG or not word.isalpha():
            continue
        found = process.extractOne(
            word, [each for each in left if len(each) >= _LONG], scorer=fuzz.ratio, score_cutoff=_ALIKE
        )
        if found:
            left.remove(found[0])
            points += int(found[1])
    return 2 * points // (len(own) + len(theirs))


def _reason(gl: GlAccount, name: AccountName, found: _Likeness) -> str:
    if name.own in found.other.name.parts:
        names = "it is one of the things that the name names"
    else:
        names = "same name" if found.alike >= 98 else f"name {found.alike} % alike" if found.alike else "another name"
    words = f"same number {gl.number} and {names}" if found.numbered else names
    return f"{words[0].upper()}{words[1:]}, {_types(gl, name, found.other)}."


def _types(gl: GlAccount, name: AccountName, other: _Candidate) -> str:
    if other.account.kind is None:
        return "of the type that its name tells" if other.kind else "its type is not told"
    if other.kind != gl.kind:
        return "a cost as well, though of another type"
    if INVENTORY in name.common and INVENTORY in other.name.common | other.name.above:
        return "both inventory assets"
    return _BOTH[gl.kind]


def _side(kind: AccountKind) -> AccountKind:
    """Return the type for its side of a category: all costs are one side."""
    return AccountKind.COGS if kind in COSTS else kind


_Taken = Mapping[Account, Sequence[GlAccount]]
"""The GL Accounts that are mapped to an account already."""


def _taken(mapped: Mapping[str, Account], known: Mapping[str, GlAccount], again: Container[str]) -> _Taken:
    taken: dict[Account, list[GlAccount]] = defaultdict(list)
    for number, account in mapped.items():
        if number in known and number not in again:
            taken[account].append(known[number])
    return taken


def _settled(found: Mapping[str, _Claim], taken: _Taken) -> dict[str, Suggestion]:
    """Return what is left of suggestions where several are of one account, or of one that is mapped already.

    Several GL Accounts of one side may share an account, but then each is looked at first that is not much the likeliest;
    those of different sides may not.
    """
    claims: dict[Account, list[_Claim]] = defaultdict(list)
    for claim in sorted(found.values(), key=_Claim.order):
        claims[claim.suggestion.account].append(claim)
    kept = {}
    for number, claim in found.items():
        account = claim.suggestion.account
        before = [(each, "is mapped to it") for each in taken.get(account, ())]
        rivals = [each for each in claims[account][:_COMPARED] if each is not claim]
        before += [(each.gl, "is as likely or likelier") for each in rivals if each.order() < claim.order()]
        if any(_side(other.kind) is not _side(claim.gl.kind) for other, _ in before):
            continue
        near = claim.suggestion.sure - NEAR
        others = [each for each in rivals if near < each.suggestion.sure and claim.order() < each.order()]
        before += [(each.gl, "is as likely") for each in others]
        doubts = [f"GL Account {other.number} {why}" for other, why in before if not claim.beside(other)]
        kept[number] = _doubted(claim.suggestion, doubts[0]) if doubts else claim.suggestion
    return kept


def _doubted(suggestion: Suggestion, why: str) -> Suggestion:
    reason = f"{suggestion.reason.removesuffix('.')}, but {why}."
    return replace(suggestion, sure=min(suggestion.sure, DOUBTFUL), reason=reason)
