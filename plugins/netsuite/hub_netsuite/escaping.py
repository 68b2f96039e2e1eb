"""Texts as XML holds them: escaped, and without what it cannot hold."""

from __future__ import annotations

import re

MOST_MEMO = 999  # characters of a memo; a longer one is cut, since memos are for reading only

_NOT_PLAIN = re.compile("[^\\x20-\\x25\\x27-\\x3b\\x3d\\x3f-\\ud7ff\\ue000-\\ufffd]")
_FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], " ")  # in XML
_IN_TEXT = {**_FORBIDDEN, ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}
_IN_ATTRIBUTE = {**_IN_TEXT, ord('"'): "&quot;", ord("\t"): "&#9;", ord("\n"): "&#10;"}


def text(value: str) -> str:
    """Return a text as an element holds it, cut to what a memo takes; what XML cannot hold becomes a blank."""
    value = value[:MOST_MEMO]
    return value if not _NOT_PLAIN.search(value) else value.translate(_IN_TEXT)


def attribute(value: str) -> str:
    """Return a text as an attribute holds it."""
    return value if value.isalnum() and value.isascii() else value.translate(_IN_ATTRIBUTE)
