"""JSON with exactly one way to write it, so that its hash and its seal mean the same everywhere."""

from __future__ import annotations

import json
import re

import rfc8785

BEYOND_BASIC_PLANE = re.compile("[\U00010000-\U0010ffff]")


def canonical(document: object) -> bytes:
    """Return the RFC 8785 JSON of a document of texts, whole numbers, lists and objects.

    The standard encoder writes the same bytes many times quicker, but sorts names beyond the basic plane otherwise.
    """
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if text.isascii() or not BEYOND_BASIC_PLANE.search(text):
        return text.encode()
    return rfc8785.dumps(document)  # type: ignore[arg-type]
