"""The connector keeps to the contract: what it imports, what it signs, and what it asks of a customer."""

from __future__ import annotations

import ast
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr, ValidationError

import hub_tryton
from hub_tryton import Secrets, Settings, Tryton

PACKAGE = Path(hub_tryton.__file__).parent
TESTING = ("stand.py", "sandbox/")
ADDRESS = {"base_url": "https://tryton.example.com/", "database": "books", "journal": "INV"}


def imported(file: Path) -> set[str]:
    """Return the modules that a file imports."""
    tree = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    named = {each.module or "" for each in tree if isinstance(each, ast.ImportFrom)}
    tree = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return named | {alias.name for each in tree if isinstance(each, ast.Import) for alias in each.names}


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_it_imports_nothing_of_the_hub_but_the_contract_and_nothing_of_tryton(file: Path) -> None:
    for module in imported(file):
        assert module.partition(".")[0] not in ("trytond", "proteus")
        if module.partition(".")[0] == "hub" and module != "hub.api":
            assert module.startswith("hub.testing")
            assert str(file.relative_to(PACKAGE)).startswith(TESTING)


def test_a_request_is_signed_with_the_key_and_the_key_is_nowhere_else() -> None:
    secrets = Secrets(key=SecretStr(" abc123 "))
    request = httpx2.Request("GET", "https://tryton.example.com/books/rest/model/account.move")
    signed = Tryton().sign(request, secrets, Settings.model_validate(ADDRESS))
    assert signed.headers["Authorization"] == "Bearer abc123"
    assert "abc123" not in f"{secrets!r} {signed.url}"


@pytest.mark.parametrize("key", ["", "two words", "umläut", "line\nend"])
def test_a_key_that_is_none_is_refused_without_repeating_it(key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Secrets(key=SecretStr(key))
    assert "it must be one word" in str(refused.value)
    assert not key or key not in str(refused.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "tryton"},
        {"base_url": "https://x/?q"},
        {"database": "a/b"},
        {"journal": ""},
        {"latest_commit_s": 0},
    ],
)
def test_settings_that_lead_nowhere_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({**ADDRESS, **wrong})


def test_how_long_a_server_may_work_is_the_connections_own() -> None:
    connector = Tryton()
    own = Settings.model_validate({**ADDRESS, "latest_commit_s": 60})
    assert connector.limits(own).latest_commit_s == 60
    assert connector.limits(own).calls_at_once == 1
