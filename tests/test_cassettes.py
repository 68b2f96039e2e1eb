"""Cassettes hold no token and no secret, and say where they come from."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.cassettes import FOLDER, LEFT_BEHIND

CASSETTES = sorted(FOLDER.glob("*/*.yaml"))


def test_there_are_cassettes_in_a_folder_for_each_connector() -> None:
    assert CASSETTES
    assert all(path.parent.parent == FOLDER for path in CASSETTES)


@pytest.mark.parametrize("path", CASSETTES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_cassette_holds_no_token_and_no_secret(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert LEFT_BEHIND.findall(text) == []
    recorded = yaml.safe_load(text)
    assert recorded["metadata"]["recorded_from"]
    for interaction in recorded["interactions"]:
        assert {name.lower() for name in interaction["request"]["headers"]}.isdisjoint({"authorization", "cookie"})
        assert {name.lower() for name in interaction["response"]["headers"]}.isdisjoint({"set-cookie"})


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer x1",
        '"access_token":"x1"',
        '\\"refresh_token\\": \\"x1\\"',
        "grant_type=refresh_token&refresh_token=x1",
        "client_secret=x1",
        "AB1123456789abc",
    ],
)
def test_what_was_left_behind_is_found(text: str) -> None:
    assert LEFT_BEHIND.search(text)
