"""Accounts' names as they are compared: one spelling for each word, and apart from them what most names have.

`1310 · Food & Bev. Inv.`, `Inventory:Food and Beverage` and `F&B Inventories` have the same words of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from hub.api import AccountKind

COGS, INVENTORY = "cogs", "inventory"

_NUMBERED = re.compile(r"\s*#?(\d{2,}(?:[.-]\d+)*)(?:\s*[·•:.)–—-]+\s*|\s+)(?=\S)")
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
_AND = re.compile(r"\s*(?:&|/|,|\+|(?<!\w)and(?!\w))\s*", re.IGNORECASE)
_ZEROS = re.compile(r"(?:[.-]0+)+$")
_SHORT_FOR = tuple(
    (re.compile(rf"(?<!\w){pattern}(?!\w)"), f" {words} ")
    for pattern, words in (
        (r"f\s*(?:&|\+|and|n)\s*b", "food beverage"),
        (r"n\s*[./]\s*a\.?(?=\s*(?:bev|drink))", "non alcoholic"),
        (r"c\.?\s?o\.?\s?(?:g\.?\s?s|s)\.?", COGS),
    )
)
_SPELLED: Mapping[str, str] = {
    "acct": "account",
    "adj": "adjustment",
    "alc": "alcohol",
    "alcoholic": "alcohol",
    "bev": "beverage",
    "bevg": "beverage",
    "cgs": COGS,
    "equip": "equipment",
    "exp": "expense",
    "frt": "freight",
    "groc": "grocery",
    "inv": INVENTORY,
    "invt": INVENTORY,
    "invty": INVENTORY,
    "liq": "liquor",
    "mdse": "merchandise",
    "merch": "merchandise",
    "misc": "miscellaneous",
    "pkg": "packaging",
    "stock": INVENTORY,
    "supp": "supply",
    "var": "variance",
    "veg": "vegetable",
    "veggie": "vegetable",
    "xfer": "transfer",
}
_PHRASES = ((("cost", "of", "good", "sold"), COGS), (("cost", "of", "sale"), COGS), (("cost", "of", "good"), COGS))
_LINKS = frozenset({"a", "and", "for", "in", "of", "on", "the"})
_OF_MANY = frozenset({COGS, "cost", INVENTORY, "asset", "account", "expense", "current", "direct", "hand"})
"""Words that half of a chart's names have, and that say the same as its types."""
_TELLS: Mapping[str, AccountKind] = {COGS: AccountKind.COGS, INVENTORY: AccountKind.ASSET}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountName:
    """An account's number and name as they are compared.

    number: empty where it has none; own: the words of its last level that say which account it is, each once, sorted;
    path: those of all its levels; common: the words that many names have, of its last level; above: those of the others;
    parts: its own words where it names several things, such as `Beer and Spirits`, by thing.
    """

    number: str
    own: tuple[str, ...]
    path: tuple[str, ...]
    common: frozenset[str]
    above: frozenset[str]
    parts: frozenset[tuple[str, ...]] = frozenset()

    @property
    def kind_told(self) -> AccountKind | None:
        """The type that its words tell, for charts that say none: those of the last level before the others."""
        for words in (self.common, self.above):
            told = {_TELLS[word] for word in words if word in _TELLS}
            if len(told) == 1:
                return told.pop()
        return None


@lru_cache(maxsize=32_768)
def account_name(number: str, name: str) -> AccountName:
    """Return a number and a full name (`:` between levels) as they are compared; a number may stand before the name."""
    levels = [_numbered(level) for level in name.split(":")]
    words = [_words(text) for _, text in levels]
    own = frozenset(words[-1]) - _OF_MANY
    above = frozenset(word for level in words[:-1] for word in level)
    return AccountName(
        number=number_key(number or levels[-1][0]),
        own=tuple(sorted(own)),
        path=tuple(sorted(own | (above - _OF_MANY))),
        common=frozenset(words[-1]) & _OF_MANY,
        above=above & _OF_MANY,
        parts=_parts(levels[-1][1]),
    )


def _parts(text: str) -> frozenset[tuple[str, ...]]:
    several = [tuple(sorted(frozenset(_words(part)) - _OF_MANY)) for part in _AND.split(text)]
    return frozenset(filter(None, several)) if len(several) > 1 else frozenset()


def number_key(number: str) -> str:
    """Return an account's number without what does not tell it from another: `5010-000` and `5010` are one."""
    kept = "".join(_WORD.findall(_ZEROS.sub("", number.strip()))).casefold()
    return kept.lstrip("0") or kept


def _numbered(level: str) -> tuple[str, str]:
    """Return the number that stands before a level's name, empty where there is none, and the name."""
    found = _NUMBERED.match(level)
    return (found[1], level[found.end() :]) if found else ("", level)


@lru_cache(maxsize=32_768)
def _words(text: str) -> tuple[str, ...]:
    plain = _HUMP.sub(" ", text)
    if not plain.isascii():
        plain = "".join(each for each in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(each))
    plain = plain.casefold().replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    for short, words in _SHORT_FOR:
        plain = short.sub(words, plain)
    found = [_singular(_SPELLED.get(word, word)) for word in _WORD.findall(plain)]
    found = [_SPELLED.get(word, word) for word in found]
    return tuple(_without_links(_joined(_phrased(found))))


def _singular(word: str) -> str:
    if len(word) < 4 or word == COGS or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes", "oes")):
        return word[:-2]
    return word.removesuffix("s")


def _phrased(words: list[str]) -> list[str]:
    """Put one word in place of each that is said in several."""
    for phrase, word in _PHRASES:
        width = len(phrase)
        for at in range(len(words) - width, -1, -1):
            if tuple(words[at : at + width]) == phrase:
                words[at : at + width] = [word]
    return words


def _joined(words: Iterable[str]) -> Iterable[str]:
    """Make one word of “non” and what it denies, which is not that word."""
    denied = False
    for word in words:
        if word == "non":
            denied = True
        else:
            yield f"non{word}" if denied else word
            denied = False


def _without_links(words: Iterable[str]) -> Iterable[str]:
    return (word for word in words if word not in _LINKS)
