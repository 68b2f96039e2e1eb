"""Upgrades: with work in flight, from a worker of an older version, and of the database of the first version."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest

from hub import __version__
from hub.plugins import load
from hub.service.auditing import verify
from hub.service.context import Hub
from hub.service.exporting import confirm, export, undo
from hub.service.posting.life import listed
from hub.store.opening import open_database, upgrade_database
from tests.conftest import Databases
from tests.other_schema import at_schema, made_older
from tests.processes.books import check_books
from tests.processes.children import until
from tests.processes.conftest import MakeInstallation
from tests.processes.installation import Installation
from tests.reporting.home import COUNTED as COUNTED_IN_OCTOBER
from tests.reporting.home import NEXT, NOVEMBER, NOW, OCTOBER, exported, imports, opened, set_up

OLDER = "tests.processes.older"
LATE = ("--late", "2", "--late-share", "1")
SITES = 6
WRITTEN = ("posting", "export", "attempt", "audit_event", "worker", "on_books", "traffic")


def unknown(installation: Installation) -> int:
    return installation.states().get("UNKNOWN", 0)


@pytest.mark.soak
def test_a_newer_version_goes_on_with_what_an_older_one_left_unknown_and_queued(install: MakeInstallation) -> None:
    installation = install(*LATE).set_up(["A"], connections=1, sites=SITES, latest_commit_s="3")
    values = installation.counts("A", 0, random.Random(0))
    for place in installation.places:
        installation.export(place, 0)
    older = installation.worker("w1", "--threads", "1", program=OLDER)
    until(lambda: unknown(installation) >= 2, "the older version has sent some and knows of none what became of it")
    newer = installation.worker("w2")
    newer.ready()
    versions = {row["worker"]: row["version"] for row in listed(installation.hub)}
    assert versions == {"w1": "0.0.1", "w2": __version__}
    assert older.stop() == 0, older.printed()
    assert installation.command("db", "upgrade").process.wait(30) == 0
    installation.settles()
    assert check_books(installation, values) == SITES
    assert newer.stop() == 0, newer.printed()


@pytest.mark.soak
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_newer_version_goes_on_with_what_an_older_one_had_in_hand_when_it_was_killed(
    install: MakeInstallation,
) -> None:
    installation = install("--latency-ms", "200").set_up(["A"], connections=1, sites=SITES)
    values = installation.counts("A", 0, random.Random(0))
    for place in installation.places:
        installation.export(place, 0)
    older = installation.worker("w1", "--threads", "1", program=OLDER)
    until(lambda: installation.states().get("POSTED", 0) >= 1, "the older version is at work")
    older.kill()
    installation.worker("w1").ready()
    installation.settles(within_s=20)
    assert check_books(installation, values) == SITES


@pytest.mark.soak
def test_a_worker_whose_database_is_upgraded_writes_nothing_more_and_a_newer_version_ends_what_it_had_in_hand(
    install: MakeInstallation,
) -> None:
    installation = install("--latency-ms", "600").set_up(["A"], connections=1, sites=SITES)
    values = installation.counts("A", 0, random.Random(0))
    for place in installation.places:
        installation.export(place, 0)
    older = installation.worker("w1")
    until(lambda: len(installation.sending("w1")) > 1, "calls are under way")
    known = at_schema(installation.url, "9999")
    before = {table: installation.query(f"SELECT * FROM {table}") for table in WRITTEN}
    assert older.process.wait(20) == 1
    assert "schema 9999" in older.printed()
    assert "start the version that the database was upgraded for" in older.printed()
    assert {table: installation.query(f"SELECT * FROM {table}") for table in WRITTEN} == before
    at_schema(installation.url, known)
    installation.worker("w2").ready()
    installation.settles()
    assert check_books(installation, values) == SITES


@pytest.mark.parametrize("databases", ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)], indirect=True)
def test_a_database_of_the_first_version_is_upgraded_and_its_exports_can_be_confirmed_and_undone(
    databases: Databases, tmp_path: Path
) -> None:
    registry, old_url, home = load(), databases.empty(), tmp_path / "home"
    home.mkdir()
    now, key_file = databases.migrated(), home / "audit.key"
    with opened(now, tmp_path, registry) as hub:
        set_up(hub)
        imports(hub, "counts", COUNTED_IN_OCTOBER)
        posted = exported(hub)
        imports(hub, "counts", NEXT)
        ready = ready_of(hub, NOVEMBER)
    made_older(now, old_url)
    upgrade_database(old_url, key_file)
    database = open_database(old_url, key_file)
    try:
        hub = Hub(database=database, registry=registry, clock=lambda: NOW, home=home, actor="tester")
        assert confirm(hub, "ACME", ready)["state"] == "POSTED"
        for code in (ready, posted):
            assert undo(hub, "ACME", code)["state"] == "FILE_READY"
            assert confirm(hub, "ACME", code)["state"] == "UNDONE"
        assert exported(hub, OCTOBER) != posted
        told = verify(hub)
        assert told["sound"], told
    finally:
        database.close()


def ready_of(hub: Hub, day: date) -> str:
    """Export a date, and return the export whose file waits to be imported."""
    made = export(hub, "ACME", day, decisions=("acknowledge=site_not_counted", "zero=DT/Produce"))
    assert made["state"] == "FILE_READY", made["problems"]
    return str(made["export"])
