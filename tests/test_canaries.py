"""A secret that is told makes its test fail, wherever it is told; so does an amount in the hub's log."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.store.key_ring import KeyRing
from hub.store.vault import Vault
from hub.testing.sandbox.tokens import ClientApp, TokenDesk, TokenRules
from tests.canaries import CANARIES, WATCHED, Canaries, amount_in

TELLING = """
import logging
from types import SimpleNamespace

import pytest
from tests.canaries import drawing, issuing, sealing

ISSUED = SimpleNamespace(access="access-canary-0c31", refresh="refresh-canary-0c32")
issue = issuing(lambda: ISSUED)


@pytest.fixture
def sealed():
    secret = "-".join(("a", "sealed", "canary", "77f0"))
    sealing(lambda vault, content: "sealed")(None, {"api_secret": secret, "account": "an-account-name"})
    return secret


def test_quiet(sealed):
    logging.getLogger("hub.x").warning("export %s of an-account-name: 3.25 s, 17 lines", "4f1c")
    print(len(sealed))


def test_logs_a_sealed_secret(sealed):
    logging.getLogger("hub.x").debug("signed with %s", sealed)


def test_prints_a_token():
    print("Authorization: Bearer", issue().access)


def test_fails_with_a_token():
    token = issue().refresh
    assert token == ""


def test_shows_a_secret(sealed):
    page = SimpleNamespace(body=f'<input value="{sealed}">'.encode())
    drawing(lambda visit, template: page)(None, "one.html")


def test_logs_an_amount():
    logging.getLogger("hub.x").info("posted %s", "4,812.37")


def test_logs_with_an_error(sealed):
    try:
        raise ValueError(f"no such key: {sealed}")
    except ValueError:
        logging.getLogger("elsewhere").exception("failed")


def test_quiet_again():
    pass
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> str:
    """Run tests that tell what they must not, and return what pytest says."""
    folder = tmp_path_factory.mktemp("telling")
    (folder / "test_telling.py").write_text(TELLING)
    (folder / "pytest.ini").write_text(f"[pytest]\npythonpath = {repository}\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rA",
        "-p",
        "tests.canaries",
        "-p",
        "no:cacheprovider",
        str(folder),
    ]
    command += ["-p", "no:hypothesispytest", "-p", "no:anyio", "-p", "no:xdist"]
    wide = {**os.environ, "COLUMNS": "200"}
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False, env=wide)
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("test", "why"),
    [
        ("logs_a_sealed_secret", "what was sealed as api_secret in Captured log call"),
        ("prints_a_token", "a sandbox's access token in Captured stdout call"),
        ("fails_with_a_token", "a sandbox's refresh token in its failure"),
        ("shows_a_secret", "what was sealed as api_secret in the page one.html"),
        ("logs_an_amount", "an amount in Captured log call: INFO"),
        ("logs_with_an_error", "what was sealed as api_secret in Captured log call"),
    ],
)
def test_a_test_that_tells_a_secret_or_logs_an_amount_fails(told: str, test: str, why: str) -> None:
    assert re.search(rf"FAILED \S+::test_{test} - a canary was told", told), told
    assert f"a canary was told: {why}" in told


def test_a_test_that_tells_none_passes_and_no_report_repeats_a_secret(told: str) -> None:
    assert re.findall(r"PASSED \S+::test_(\w+)", told) == ["quiet", "quiet_again"]
    assert "a-sealed-canary-77f0" not in told
    assert "access-canary" not in told


@pytest.mark.parametrize(("module", "kind", "name"), [each[:3] for each in WATCHED])
def test_what_is_watched_is_there(module: str, kind: str, name: str) -> None:
    assert callable(vars(getattr(importlib.import_module(module), kind))[name])


def test_a_token_of_a_sandbox_and_a_secret_of_a_vault_are_noted_as_they_are_made(tmp_path: Path) -> None:
    app = ClientApp(id="app", secret="s", redirect_uris=(), scopes=("all",))
    desk = TokenDesk(TokenRules(access_life_s=60, refresh_life_s=60), app, lambda: datetime.now(UTC))
    issued = desk.grant(("all",), ("1",))
    Vault(KeyRing(tmp_path / "keys")).seal({"api_secret": "sealed-canary-77f1", "account": "account-name-77f1"}, "x")
    assert [CANARIES.told_in(each) for each in (issued.access, issued.refresh, "sealed-canary-77f1")] == [
        "a sandbox's access token",
        "a sandbox's refresh token",
        "what was sealed as api_secret",
    ]
    assert CANARIES.told_in("account-name-77f1") == ""


def test_a_secret_is_found_between_any_marks_and_no_part_of_another_word_is_taken_for_it() -> None:
    canaries = Canaries()
    canaries.note("refresh-9Qx_canary-1", "a token")
    for text in (
        '"refresh-9Qx_canary-1"',
        "token=refresh-9Qx_canary-1&x",
        "(refresh-9Qx_canary-1)",
        "a/refresh-9Qx_canary-1",
    ):
        assert canaries.told_in(text) == "a token"
    assert canaries.told_in("refresh-9Qx_canary-12") == ""
    canaries.note("short", "a password")
    assert canaries.told_in("short") == ""


def lines() -> Iterator[tuple[str, bool]]:
    """Yield what may be logged and what not."""
    head = "WARNING  hub.service.jobs:jobs.py:39 "
    yield f"{head}export 4f1c: 1.25 s", False
    yield f"{head}version 1.20.30 on 2026-10-31", False
    yield f"{head}variance 5120.05", True
    yield f"{head}variance 1,234,567.89.", True
    yield "WARNING  uvicorn:x.py:1 12.34", False


@pytest.mark.parametrize(("line", "is_amount"), list(lines()))
def test_an_amount_is_told_from_other_numbers(line: str, is_amount: bool) -> None:  # noqa: FBT001  a case of a table
    assert (amount_in(f"INFO     hub.x:x.py:1 begun\n{line}\nmore") != "") == is_amount
