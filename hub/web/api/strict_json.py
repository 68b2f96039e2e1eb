"""JSON read strictly: what one reader takes so and another otherwise is refused, with where it stands.

Python's own reader takes NaN, keeps the last of two equal keys, rounds long numbers and lets half a character pass. Here
a key stands once, a text is whole, and a number is only known to be one: every value of this API is a text, a yes or no,
or nothing.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn

from hub.intake.report import shown

MOST_DEEP = 20
MOST_CONTAINERS = 200_000
"""Objects and arrays of one document, so that no short text becomes a long list of objects in memory."""
HALF = re.compile("[\ud800-\udfff]")
HALF_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")

Path = tuple[str | int, ...]
"""The keys and places that lead to a value, from the outside in."""


class NotJson(ValueError):
    """The text is not JSON at all; the message says where."""


class NotTaken(ValueError):
    """The text is JSON, but not of the kind that everybody reads alike; path: where."""

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(message)
        self.path = path


class Number:
    """Stands for a number, whichever it is: none is taken here."""

    def __repr__(self) -> str:
        return "a number"


NUMBER = Number()


class _Repeating(dict[str, Any]):  # Any: JSON's own types
    """An object in which a key stands twice."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


def read(content: bytes) -> Any:  # noqa: ANN401  JSON's own types, with NUMBER for every number
    """Return what a document holds; raises NotJson, NotTaken."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise NotJson(f"This is not JSON in UTF-8: byte {error.start + 1} cannot be read.") from error
    if text.count("{") + text.count("[") > MOST_CONTAINERS:
        raise NotTaken(f"This has more than {MOST_CONTAINERS:,} objects. Send them in several parts, or as CSV.", ())
    try:
        found = _READER.decode(text)
    except json.JSONDecodeError as error:
        raise NotJson(f"This is not JSON: line {error.lineno}, character {error.colno}.") from error
    except RecursionError as error:
        raise NotJson(f"This is nested more than {MOST_DEEP} deep.") from error
    _check(found, halves=HALF_ESCAPED.search(text) is not None)
    return found


def _check(found: object, *, halves: bool) -> None:
    """Refuse what is nested too deeply, has a key twice or, where there can be such, holds half a character."""
    if halves and isinstance(found, str) and HALF.search(found):
        raise NotTaken(HALF_TOLD, ())
    waiting: list[tuple[object, Path]] = [(found, ())]
    while waiting:
        value, path = waiting.pop()
        if len(path) >= MOST_DEEP:
            raise NotJson(f"This is nested more than {MOST_DEEP} deep.")
        if isinstance(value, _Repeating):
            raise NotTaken(f"“{shown(value.key)}” stands twice in one object.", (*path, value.key))
        for key, inner in _inside(value):
            if halves:
                _refuse_halves(key, inner, path)
            if isinstance(inner, dict | list):
                waiting.append((inner, (*path, key)))


def _inside(value: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, dict):
        return iter(value.items())
    return iter(enumerate(value)) if isinstance(value, list) else iter(())


HALF_TOLD = "This holds half a character (a lone surrogate), which no text may."


def _refuse_halves(key: str | int, inner: object, path: Path) -> None:
    if isinstance(key, str) and HALF.search(key):
        raise NotTaken(HALF_TOLD, path)
    if isinstance(inner, str) and HALF.search(inner):
        raise NotTaken(HALF_TOLD, (*path, key))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:  # Any: JSON's own types
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    return _Repeating(Counter(key for key, _ in pairs).most_common(1)[0][0])


def _not_a_number(word: str) -> NoReturn:
    raise NotJson(f"This is not JSON: {word} is no number.")


_READER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=lambda _: NUMBER,
    parse_float=lambda _: NUMBER,
    parse_constant=_not_a_number,
)
