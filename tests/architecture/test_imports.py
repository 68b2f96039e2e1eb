"""import-linter keeps the rooms apart, and its contracts do find what they forbid."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import REPOSITORY, findings

PLUGINS = sorted(path.parent.name for path in REPOSITORY.glob("plugins/*/hub_*/__init__.py"))
ROOMS = ("api", "domain", "store", "plugins", "intake", "service", "demo", "cli", "app", "testing", "engine", "web")
LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]
FORBIDDEN = [
    ("hub/domain/x.py", "import hub.store"),
    ("hub/domain/x.py", "import sqlmodel"),
    ("hub/domain/x.py", "import os"),
    ("hub/api/x.py", "import hub.domain"),
    ("hub/api/x.py", "import time"),
    ("hub/store/x.py", "import hub.intake"),
    ("hub/plugins/x.py", "import hub.store"),
    ("hub/service/x.py", "import sqlalchemy"),
    ("hub/service/x.py", "import hub.cli"),
    ("hub/cli/x.py", "import hub.app"),
    ("hub/demo/x.py", "import hub.cli"),
    ("hub/testing/x.py", "import hub.store"),
    ("hub/service/x.py", "import hub.testing"),
    ("hub/service/x.py", "import dbos"),
    ("hub/engine/x.py", "import hub.store"),
    ("hub/engine/x.py", "import hub.service"),
    ("hub/engine/x.py", "import sqlite3"),
    ("hub/web/x.py", "import hub.app"),
    ("hub/web/x.py", "import hub.cli"),
    ("hub/web/x.py", "import sqlalchemy"),
    ("hub/service/x.py", "import hub.web"),
    ("hub/service/x.py", "import fastapi"),
    ("hub/cli/x.py", "import starlette.responses"),
    ("hub/app/x.py", "import uvicorn"),
    ("hub/service/x.py", "import jinja2"),
    ("hub/web/x.py", "import pwdlib"),
    ("hub/service/x.py", "import authlib"),
    ("hub/plugins/x.py", "import authlib.oauth2.client"),
    ("hub/web/x.py", "import cryptography"),
    ("hub/store/x.py", "import cryptography"),
    ("hub/testing/x.py", "import starlette.responses"),
    *((f"{plugin}/x.py", "import hub.domain") for plugin in PLUGINS),
    *((f"{plugin}/x.py", "import hub.testing") for plugin in PLUGINS),
    ("hub_csv_iif/x.py", "import sqlmodel"),
    ("hub_csv_iif/x.py", "import starlette.routing"),
    ("hub_csv_iif/sandbox/x.py", "import hub.plugins"),
]
ALLOWED = [
    ("hub/app/x.py", "import hub.cli, hub.web, hub.service, hub.store, hub.plugins, hub.demo"),
    ("hub/service/x.py", "import hub.store, hub.intake, hub.plugins, hub.engine, hub.domain, hub.api"),
    ("hub/engine/x.py", "import dbos, croniter, hub.domain"),
    ("hub/engine/place.py", "import sqlite3"),
    ("hub/store/x.py", "import sqlmodel, sqlalchemy, alembic, hub.domain"),
    ("hub/web/x.py", "import fastapi, starlette.responses, jinja2, uvicorn, prometheus_client, structlog, hub.service"),
    ("hub/plugins/sign_in/x.py", "import authlib.oauth2.client"),
    ("hub/store/vault.py", "import cryptography.exceptions"),
    ("hub/service/passwords.py", "import pwdlib.hashers.argon2"),
    ("hub/demo/x.py", "import hub.service"),
    ("hub/testing/x.py", "import hub.plugins, hub.domain, hub.api"),
    ("hub/cli/x.py", "import hub.service, hub.demo, typer"),
    ("hub/testing/sandbox/x.py", "import starlette.responses, uvicorn, hub.testing.clock, hub.api"),
    *((f"{plugin}/x.py", "import hub.api, httpx2") for plugin in PLUGINS),
    *((f"{plugin}/sandbox/x.py", "import hub.testing.sandbox, starlette.routing, hub.api") for plugin in PLUGINS),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(LINT, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def made_tree(folder: Path) -> Path:
    """Make a tree with every room, all empty, under the real contracts."""
    shutil.copy(REPOSITORY / "pyproject.toml", folder)
    packages = ("hub", *(f"hub/{room}" for room in ROOMS), "hub/plugins/sign_in", "hub/testing/sandbox")
    for package in (*packages, *PLUGINS, *(f"{plugin}/sandbox" for plugin in PLUGINS)):
        (folder / package).mkdir()
        (folder / package / "__init__.py").touch()
    return folder


@pytest.fixture
def small_tree(tmp_path: Path) -> Path:
    """A tree with every room, all empty, under the real contracts."""
    return made_tree(tmp_path)


def test_every_plugin_is_under_every_contract() -> None:
    linted = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]
    sources = [contract["source_modules"] for contract in linted["contracts"] if contract["type"] == "forbidden"]
    of_plugins = [set(each) for each in (linted["root_packages"], *sources) if "hub.api" not in each]
    assert len(PLUGINS) >= 2
    assert [each for each in of_plugins if not each.issuperset(PLUGINS)] == []


def test_every_contract_is_kept() -> None:
    outcome = lint(REPOSITORY)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_imports_downwards_are_allowed(small_tree: Path) -> None:
    for path, source in ALLOWED:
        (small_tree / path).write_text(source)
    outcome = lint(small_tree)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter tells of one tree with every forbidden import, each in a file of its own."""
    tree = made_tree(tmp_path_factory.mktemp("forbidden"))
    for number, (path, source) in enumerate(FORBIDDEN):
        file = tree / path
        file.with_name(f"{file.stem}{number}.py").write_text(source)
    return lint(tree).stdout


@pytest.mark.parametrize("number", range(len(FORBIDDEN)), ids=[" ".join(each) for each in FORBIDDEN])
def test_a_forbidden_import_is_found(told: str, number: int) -> None:
    path, source = FORBIDDEN[number]
    importer = path.removesuffix(".py").replace("/", ".") + str(number)
    imported = source.removeprefix("import ")
    known = imported if imported.startswith("hub") else imported.partition(".")[0]
    assert f"{importer} -> {known} (l.1)" in told


def test_a_room_that_is_not_known_is_found(small_tree: Path) -> None:
    (small_tree / "hub" / "helpers.py").write_text("import hub.api")
    assert lint(small_tree).returncode == 1


def past_the_use_cases(module: ast.Module) -> Iterator[str]:
    """Imports of the hub other than its use cases, its domain and its contract, which is all that demo may see."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            top, _, room = name.partition(".")
            if top == "hub" and room.partition(".")[0] not in {"service", "domain", "api", "demo", "__version__"}:
                yield f"{node.lineno}: {name}"


def test_the_demo_company_goes_through_the_use_cases() -> None:
    assert findings(past_the_use_cases, "hub/demo") == []


@pytest.mark.parametrize("source", ["import hub.store", "from hub import intake", "from hub.store.rows import x"])
def test_a_way_past_the_use_cases_is_found(source: str) -> None:
    assert list(past_the_use_cases(ast.parse(source)))


@pytest.mark.parametrize("source", ["import hub.service", "from hub.domain import x", "from hub import demo"])
def test_a_use_case_is_no_way_past_the_use_cases(source: str) -> None:
    assert not list(past_the_use_cases(ast.parse(source)))
