"""The bytes that are hashed and frozen are RFC 8785's."""

from __future__ import annotations

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.canonical import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
LARGEST = 2**53 - 1
LEAF = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXT
DOCUMENT = st.recursive(LEAF, lambda part: st.lists(part) | st.dictionaries(TEXT, part))


@given(DOCUMENT)
def test_a_document_is_written_as_the_standard_says(document: object) -> None:
    assert canonical(document) == rfc8785.dumps(document)  # type: ignore[arg-type]


def test_names_beyond_the_basic_plane_sort_by_their_utf_16_units() -> None:
    assert canonical({"\uff5e": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\uff5e":1}'.encode()


def test_control_characters_and_quotes_are_escaped_as_the_standard_says() -> None:
    assert canonical({"memo": '\x00\x1f\x7f"\\\n\u2028'}) == b'{"memo":"\\u0000\\u001f\x7f\\"\\\\\\n\xe2\x80\xa8"}'
