"""A generated connector, installed as a wheel into the environment of a hub that is running, used, and removed again."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub.plugins import load
from hub.testing.template import make_distribution
from tests.conftest import SqliteDatabases
from tests.processes.books import balances
from tests.processes.children import until
from tests.processes.installation import DECISIONS, Installation

NAME, PACKAGE, DISTRIBUTION = "ledgerly_cloud", "hub_ledgerly_cloud", "hub-ledgerly-cloud"
PROGRAM = "from hub.app import main; main()"
PATIENCE_S = 60
READY, OK = "/readyz", 200


class Partner(Installation):
    """An installation whose books are reached with the generated connector."""

    connector = NAME


@dataclass(frozen=True, kw_only=True)
class Environment:
    """An environment of its own, in which the hub and all that it needs are as they are here, and other plugins may be added."""

    folder: Path
    url: str
    home: Path

    @property
    def python(self) -> str:
        return str(self.folder / "bin" / "python")

    @property
    def packages(self) -> Path:
        return Path(sysconfig.get_path("purelib", "venv", {"base": str(self.folder)}))

    def pip(self, *arguments: str) -> None:
        """Install or remove a distribution, without a network."""
        command = [sys.executable, "-m", "pip", "--python", self.python, "--disable-pip-version-check", *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def start(self, *arguments: str, log: Path) -> subprocess.Popen[bytes]:
        with log.open("wb") as told, log.with_suffix(".errors").open("wb") as errors:
            return subprocess.Popen(
                [self.python, "-c", PROGRAM, *arguments], env=self._own(), stdout=told, stderr=errors
            )

    def hub(self, *arguments: str, code: int = 0) -> Any:
        """Run a command of the hub in a process of its own, and return what it answers as JSON."""
        command = [self.python, "-c", PROGRAM, *arguments, "--json"]
        done = subprocess.run(command, env=self._own(), check=False, capture_output=True, text=True)
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)

    def lists(self) -> tuple[set[str], list[Any]]:
        """Return the connectors that a hub started now has, and the plugins that are broken."""
        told = self.hub("plugins")
        return {each["connector"] for each in told["installed"]}, told["broken"]

    def _own(self) -> dict[str, str]:
        return {**os.environ, "HUB_HOME": str(self.home), "HUB_DATABASE_URL": self.url, "PYTHONPATH": ""}


@pytest.fixture
def environment(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Environment]:
    """An environment with the hub and without the new plugin; nothing of the plugin stays in this process."""
    made = Environment(folder=tmp_path / "environment", url=sqlite_databases.migrated(), home=tmp_path / "home")
    venv.create(made.folder)
    here = sysconfig.get_path("purelib")
    made.packages.joinpath("hub.pth").write_text(f"import site; site.addsitedir({here!r})\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(made.packages)
        yield made
    for module in [each for each in sys.modules if each.partition(".")[0] == PACKAGE]:
        del sys.modules[module]


def built(folder: Path) -> Path:
    source = make_distribution(NAME, folder)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


@contextmanager
def serving(environment: Environment, log: Path) -> Iterator[str]:
    """Serve the hub's web app, yield its address once it answers, and have it end in order."""
    process = environment.start("serve", "--port", "0", "--seconds", "300", "--json", log=log)

    def told() -> str:
        text = log.read_text("utf-8")
        return str(json.loads(text)["address"]) if text.endswith("}\n") else ""

    try:
        until(lambda: told() or process.poll() is not None, "the hub answers", PATIENCE_S)
        assert process.poll() is None, log.with_suffix(".errors").read_text("utf-8")
        yield told()
        process.terminate()
        assert process.wait(PATIENCE_S) == 0, log.with_suffix(".errors").read_text("utf-8")
    finally:
        process.kill()
        process.wait(PATIENCE_S)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_a_wheel_is_installed_beside_a_running_hub_listed_after_a_restart_posts_and_is_removed_cleanly(
    environment: Environment, tmp_path: Path
) -> None:
    before = environment.lists()
    with serving(environment, tmp_path / "first.log") as address:
        environment.pip("install", "--no-deps", "--no-index", str(built(tmp_path / "partner")))
        assert httpx2.get(f"{address}{READY}").status_code == OK
    assert environment.lists() == (before[0] | {NAME}, before[1])

    partner = Partner(environment.url, environment.home)
    try:
        partner.hub = replace(partner.hub, registry=load())
        partner.ledger("--profile", "no_key")
        partner.set_up(["A"], connections=1, sites=1, profile="no_key")
        partner.counts("A", 0, random.Random(1))
        (place,) = partner.places
        made = environment.hub(*partner.exports(place, 0))
        assert made["state"] == "POSTED", made
        (journal,) = partner.journals()
        assert sum(balances((journal,)).values()) == 0
        assert journal.total > Decimal(0)

        environment.pip("uninstall", "--yes", DISTRIBUTION)
        assert environment.lists() == before
        assert not list(environment.packages.glob("hub_ledgerly*"))
        kept = environment.hub("exports", "--company", "A")
        assert [each["export"] for each in kept] == [made["export"]]
        partner.counts("A", 1, random.Random(2))
        decided = [f"--decide={each}" for each in DECISIONS]
        count = str(place.date(1))
        refused = environment.hub(
            "preview", "--company", "A", "--connection", "books-0", "--count", count, *decided, code=1
        )
        assert NAME in json.dumps(refused)
        assert len(partner.journals()) == 1
    finally:
        partner.close()
