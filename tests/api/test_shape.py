"""The contract's public shape changes only on purpose: partners' plugins are built on it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import FunctionType

import hub.api
from hub.api import ConnectorError, errors
from tests.api.shape import PINNED, exception_tree, shape


def test_the_public_shape_is_the_pinned_one() -> None:
    hint = "where the change is meant, run `python -m tests.api.shape --write` and commit the difference"
    assert shape() == PINNED.read_text(encoding="utf-8"), hint


def test_the_shape_is_written_only_when_asked(repository: Path) -> None:
    before = PINNED.read_bytes()
    command = [sys.executable, "-m", "tests.api.shape"]
    run = subprocess.run(command, cwd=repository, check=False, capture_output=True, text=True)
    assert run.returncode == 1
    assert "--write" in run.stderr
    assert PINNED.read_bytes() == before


def test_every_public_name_is_there_and_in_order() -> None:
    constants = sorted(name for name in hub.api.__all__ if name.isupper())
    types = sorted(name for name in hub.api.__all__ if name[0].isupper() and not name.isupper())
    functions = sorted(name for name in hub.api.__all__ if name[0].islower())
    assert [*constants, *types, *functions] == list(hub.api.__all__)


def test_the_errors_are_drawn_as_they_are() -> None:
    assert exception_tree(ConnectorError) in (errors.__doc__ or "")


def test_every_public_class_and_function_says_what_it_is_for() -> None:
    written = {name: getattr(hub.api, name) for name in hub.api.__all__}
    documents = {name: thing.__doc__ for name, thing in written.items() if isinstance(thing, type | FunctionType)}
    made_up = {name for name, text in documents.items() if not text or text.startswith(f"{name}(")}
    assert len(documents) > 45
    assert made_up == set()


def test_the_contract_imports_neither_the_settings_library_nor_the_http_client_nor_the_currency_table() -> None:
    asked = "import sys, hub.api; print(*{'pydantic', 'httpx2', 'iso4217'}.intersection(sys.modules))"
    run = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == ""
