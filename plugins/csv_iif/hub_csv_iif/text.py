"""What each file can hold of a text: the one place where characters are replaced, or a name is found unfit.

A memo is rewritten by these rules and the bookkeeper is told; a name is never rewritten, since another name is
another account: a name that the rules would change is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

UTF_8 = "utf-8"
WINDOWS = "cp1252"

_LINE_BREAK = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_PLANE_ENDS = "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
_CONTROL = re.compile(f"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef{_PLANE_ENDS}]")
_INVISIBLE = re.compile(
    "[\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_FORMULA = re.compile("(?:^|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])[\\s\ufeff\u200c\u200d]*[=+\\-@＝＋－＠﹦﹢﹣﹫]")
_IN_WINDOWS = frozenset(bytes(range(256)).decode(WINDOWS, "ignore"))
# Letters and signs that Unicode does not decompose, as people type them on a US keyboard.
_PLAIN: Mapping[str, str] = dict(zip("łŁđĐħĦıŧŦŋŊ−‐‑‒―⁄∕′‛‟″", "lLdDhHitTnN-----//''\"\"", strict=True))


class Change(StrEnum):
    """One kind of substitution."""

    LINE_BREAK = "line break"
    TAB = "tab"
    CONTROL = "control character"
    INVISIBLE = "invisible character"
    CHARACTER = "character outside Windows-1252"
    QUOTE = "quotation mark"
    SEMICOLON = "semicolon"
    FORMULA = "formula"
    LENGTH = "length"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRule:
    """What the files of a layout hold: their encoding, and whether `"` and `;` must stay out of them."""

    encoding: str = UTF_8
    without_quotes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A text as the file holds it, and what was done to it."""

    text: str
    changes: tuple[Change, ...] = ()


@lru_cache(maxsize=4096)
def rewrite(text: str, rule: TextRule, length: int | None = None) -> Rewritten:
    """Return the text as a file under this rule holds it, at most `length` characters long."""
    changes = []
    for change, step in _STEPS:
        before, text = text, step(text, rule)
        if text != before:
            changes.append(change)
    if length is not None and len(text) > length:
        text = text[:length]
        changes.append(Change.LENGTH)
    return Rewritten(text=text, changes=tuple(changes))


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet may run the cell: a line of it begins, after blanks and a BOM, with = + - @ or a wide one.

    Source: the rule for CSV files in the facts about the stack, stricter than the usual lists of first characters.
    """
    return _FORMULA.search(text) is not None


def _fit_windows(text: str, rule: TextRule) -> str:
    if rule.encoding != WINDOWS or _IN_WINDOWS.issuperset(text):
        return text
    return "".join(char if char in _IN_WINDOWS else _plain(char) for char in unicodedata.normalize("NFC", text))


def _plain(char: str) -> str:
    """The nearest the Windows code page has: without accents, else a question mark; joiners are left out."""
    if char in _PLAIN:
        return _PLAIN[char]
    if char in "\u200c\u200d":
        return ""
    parts = [part for part in unicodedata.normalize("NFKD", char) if not unicodedata.category(part).startswith("M")]
    return "".join(part if part in _IN_WINDOWS else _PLAIN.get(part, "?") for part in parts)


def _replace(pattern: re.Pattern[str], by: str) -> Callable[[str, TextRule], str]:
    return lambda text, _rule: pattern.sub(by, text)


def _replace_in_iif(char: str, by: str) -> Callable[[str, TextRule], str]:
    return lambda text, rule: text.replace(char, by) if rule.without_quotes else text


def _guard_formula(text: str, _rule: TextRule) -> str:
    return f"'{text}" if starts_formula(text) else text


# In this order: what one step writes, the next ones still see, so that a wide ＂ or ＝ cannot slip through.
_STEPS: tuple[tuple[Change, Callable[[str, TextRule], str]], ...] = (
    (Change.LINE_BREAK, _replace(_LINE_BREAK, " ")),
    (Change.TAB, _replace(re.compile("\t"), " ")),
    (Change.CONTROL, _replace(_CONTROL, "?")),
    (Change.INVISIBLE, _replace(_INVISIBLE, "")),
    (Change.CHARACTER, _fit_windows),
    (Change.QUOTE, _replace_in_iif('"', "'")),
    (Change.SEMICOLON, _replace_in_iif(";", ",")),
    (Change.FORMULA, _guard_formula),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitution:
    """One row of the table that people read: what is found, what is written for it, and in which files."""

    found: str
    written: str
    files: str
    examples: str = ""


SUBSTITUTIONS: Mapping[Change, Substitution] = {
    Change.LINE_BREAK: Substitution(
        found="a line break", written="a space", files="all", examples="CR LF, LF, CR, VT, FF, NEL, U+2028, U+2029"
    ),
    Change.TAB: Substitution(found="a tab", written="a space", files="all"),
    Change.CONTROL: Substitution(
        found="a control character", written="?", files="all", examples="NUL, ESC, half a surrogate pair, U+FFFF"
    ),
    Change.INVISIBLE: Substitution(
        found="an invisible character",
        written="nothing",
        files="all",
        examples="text-direction marks such as U+202E, zero-width space, BOM, soft hyphen",
    ),
    Change.CHARACTER: Substitution(
        found="a character that Windows-1252 lacks",
        written="the plain letter where it has one, else ?",
        files="iif, sage-intacct, sage-50",
        examples="ő → o, Ł → L, 肉 → ?",
    ),
    Change.QUOTE: Substitution(found='a quotation mark (")', written="'", files="iif"),
    Change.SEMICOLON: Substitution(found="a semicolon (;)", written=",", files="iif"),
    Change.FORMULA: Substitution(
        found="a beginning that a spreadsheet runs as a formula",
        written="the same with ' before it",
        files="all",
        examples="= + - @ and their wide forms, also after blanks",
    ),
    Change.LENGTH: Substitution(
        found="more characters than the field holds",
        written="the first ones, as many as fit",
        files="iif 209, quickbooks-online 4000, sage-50 160",
    ),
}
