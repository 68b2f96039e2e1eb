"""The doctor: silent where all is well, and each damage to an installation told with what to do."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from hub.plugins import BrokenPlugin, Registry, load
from hub.service.context import Hub
from hub.service.doctoring import doctor
from hub.service.exporting import confirm, export, undo
from hub.store import Database
from hub.store.health_rows import CHECKS
from tests.conftest import Databases
from tests.plugins.scripted import INFO as SCRIPTED
from tests.plugins.scripted import Plugin, ScriptedConnector
from tests.reporting.home import (
    COUNTED,
    NEXT,
    NOVEMBER,
    OCTOBER,
    PRODUCTION,
    TRANSFER,
    change,
    exported,
    imports,
    one,
    opened,
    prepare,
)


def prepare_posted(url: str, home: Path) -> None:
    """Set the company up and export a count, a transfer and a batch."""
    prepare(url, home)
    with opened(url, home, load()) as hub:
        for kind, content in (("counts", COUNTED), ("transfers", TRANSFER), ("production", PRODUCTION)):
            imports(hub, kind, content)
        exported(hub)


@pytest.fixture
def posted(databases: Databases, tmp_path: Path, registry: Registry) -> Iterator[Hub]:
    """A hub with an export of a count, a transfer and a batch, confirmed."""
    home = tmp_path / "home"
    with opened(databases.prepared(prepare_posted, home), home, registry) as hub:
        yield hub


def codes(found: list[dict[str, Any]]) -> set[str]:
    assert all(problem["message"] and problem["fix"] for problem in found)
    return {problem["code"] for problem in found}


def told(found: list[dict[str, Any]], code: str) -> str:
    return " ".join(problem["message"] for problem in found if problem["code"] == code)


def test_nothing_is_told_of_a_hub_that_is_well(company: Hub) -> None:
    assert doctor(company) == []


def test_nothing_is_told_at_any_step_of_an_export_and_its_undo(posted: Hub) -> None:
    assert doctor(posted) == []
    imports(posted, "counts", NEXT)
    code = export(posted, "ACME", NOVEMBER, decisions=("acknowledge=site_not_counted", "zero=DT/Produce"))["export"]
    assert doctor(posted) == []
    confirm(posted, "ACME", code)
    assert doctor(posted) == []
    undo(posted, "ACME", code)
    assert doctor(posted) == []
    undo(posted, "ACME", code, withdraw=True)
    assert doctor(posted) == []
    undo(posted, "ACME", code)
    confirm(posted, "ACME", code)
    assert doctor(posted) == []
    withdrawn = export(posted, "ACME", NOVEMBER, decisions=("acknowledge=site_not_counted", "zero=DT/Produce"))
    undo(posted, "ACME", withdrawn["export"])
    assert doctor(posted) == []


DAMAGE: dict[str, tuple[str, ...]] = {
    "kept_total_differs": ("UPDATE count_total SET value = value + 1", "UPDATE count_total SET lines = lines + 1",
                           "DELETE FROM count_total"),
    "count_value_differs": ("UPDATE valuation_count SET value = value + 1", "UPDATE valuation_count SET lines = 7",
                            "UPDATE valuation_count SET lines_differing = 7"),
    "count_line_stray": ("UPDATE count_line SET item_id = 999", "UPDATE count_line SET category_id = 999",
                         "UPDATE count_line SET company_id = 999"),
    "count_half_imported": ("UPDATE valuation_count SET status = 'importing'",),
    "export_without_sites": ("DELETE FROM export_count",),
    "site_not_settled": ("UPDATE export_count SET live = false", "UPDATE export_count SET unsettled = true",
                         "UPDATE export SET state = 'UNDONE'"),
    "movement_not_settled": ("UPDATE movement_side SET live = false", "UPDATE export SET state = 'UNDONE'"),
    "movement_missing": ("DELETE FROM transfer", "DELETE FROM batch"),
    "value_half_set": ("UPDATE on_books SET state = 'pending'", "UPDATE on_books SET state = 'undone'",
                       "UPDATE export SET state = 'UNDONE'", "UPDATE on_books SET state = 'odd'"),
    "value_half_replaced": ("UPDATE on_books SET replaced_by = NULL",
                            "UPDATE export SET state = 'UNDONE'"),
    "reference_broken": ("DELETE FROM department", "UPDATE site SET connection_id = 999",
                         "UPDATE posting SET company_id = 999", "DELETE FROM valuation_count"),
    "posting_altered": ("UPDATE posting SET entry = replace(entry, '4812.37', '4812.38')",
                        "UPDATE posting SET sha256 = 'x'", "UPDATE posting SET reference = 'IA000000000'",
                        "UPDATE posting SET key = 'x'", "UPDATE posting SET entry_date = '2026-10-30'"),
    "export_state_differs": ("UPDATE posting SET state = 'FROZEN'", "DELETE FROM posting", "UPDATE export SET phase = 'undo'",
                             "UPDATE posting SET part = 2", "UPDATE export SET state = 'ODD'",
                             "UPDATE posting SET kind = 'undo'", "UPDATE export SET state = 'FILE_READY'"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("databases", "code", "damage"),
    [
        pytest.param(name, code, damage, marks=[pytest.mark.soak] if name == "postgresql" and number else [])
        for code, statements in DAMAGE.items()
        for number, damage in enumerate(statements)
        for name in ("sqlite", "postgresql")
    ],
    indirect=["databases"],
)
def test_damaged_records_are_found(posted: Hub, code: str, damage: str) -> None:
    """Every day each damage on SQLite and the first of each check on PostgreSQL, in `make soak` the others there too."""
    change(posted, damage)
    assert code in codes(doctor(posted))


def test_every_check_of_the_records_has_a_damage_that_shows_it() -> None:
    assert set(CHECKS) <= set(DAMAGE)


def test_a_total_is_told_with_its_site_category_and_both_amounts(posted: Hub) -> None:
    change(posted, "UPDATE count_total SET value = value + 1 WHERE value = 512005")
    (problem,) = doctor(posted)
    assert problem["message"] == (
        "ACME: the count of 2026-10-31 of DT keeps 5120.06 for Meat, but its 1 lines add up to 5120.05."
    )
    assert problem["where"] == {"site": "DT", "category": "Meat", "date": "2026-10-31"}


@pytest.mark.parametrize(
    "damaged",
    [
        lambda entry: entry.replace('"amount":"4812.37"', '"amount":"4812.38"', 1),
        lambda entry: entry.replace("4812.37", "NaN"),
        lambda entry: entry[:-5],
        lambda entry: "[]",
        lambda entry: '{"lines": []}',
    ],
    ids=["unbalanced", "not a number", "cut off", "no entry", "empty"],
)
def test_an_entry_that_does_not_balance_or_cannot_be_read_is_found_though_its_checksum_fits(
    posted: Hub, damaged: Callable[[str], str]
) -> None:
    entry = damaged(one(posted, "SELECT entry FROM posting"))
    checksum = sha256(entry.encode()).hexdigest()
    change(posted, "UPDATE posting SET entry = :entry, sha256 = :checksum", entry=entry, checksum=checksum)
    found = doctor(posted)
    assert codes(found) == {"posting_altered"}
    assert "does not balance" in told(found, "posting_altered")


def test_an_on_books_value_still_live_after_an_export_reversed_it_is_found(posted: Hub) -> None:
    imports(posted, "counts", NEXT)
    exported(posted, NOVEMBER, "zero=DT/Produce")
    change(posted, "UPDATE on_books SET state = 'live' WHERE value = 98840")
    assert codes(doctor(posted)) == {"value_half_replaced"}


def test_an_on_books_value_that_no_export_is_posting_is_found(posted: Hub) -> None:
    change(posted, "UPDATE on_books SET state = 'pending', set_by = NULL WHERE state = 'live'")
    assert "value_half_set" in codes(doctor(posted))


def test_a_database_of_another_schema_is_told(company: Hub) -> None:
    change(company, "UPDATE alembic_version SET version_num = '0000'")
    found = doctor(company)
    assert codes(found) == {"database_not_ready"}
    assert "hub db upgrade" in str(found[0]["fix"])


def test_a_database_that_is_not_there_is_told(company: Hub) -> None:
    elsewhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    if company.database.is_sqlite:
        elsewhere = Database(f"sqlite:///{company.home / 'no' / 'folder' / 'hub.db'}")
    try:
        found = doctor(replace(company, database=elsewhere))
    finally:
        elsewhere.close()
    assert codes(found) == {"database_damaged"}


def test_a_damaged_database_file_is_told(posted: Hub) -> None:
    if not posted.database.is_sqlite:
        change(posted, "ALTER TABLE on_books RENAME TO elsewhere")
    else:
        _scribble(posted)
    found = doctor(posted)
    assert codes(found) == {"database_damaged"}


def _scribble(hub: Hub) -> None:
    with hub.database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        page = connection.exec_driver_sql("SELECT rootpage FROM sqlite_schema WHERE name = 'posting'").scalar_one()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    hub.database.close()
    assert hub.database.url.database
    with open(hub.database.url.database, "r+b") as file:  # noqa: PTH123 - the file is changed in place
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def test_a_broken_plugin_is_a_warning(company: Hub) -> None:
    broken = BrokenPlugin(name="ledgerly", distribution="hub-ledgerly", version="1", reason="It cannot be imported.")
    found = doctor(replace(company, registry=replace(company.registry, broken=(broken,))))
    assert codes(found) == {"plugin_broken"}
    assert (found[0]["level"], found[0]["blocking"]) == ("warning", False)
    assert "It cannot be imported." in told(found, "plugin_broken")


def test_a_connection_whose_connector_is_not_installed_is_told(company: Hub) -> None:
    found = doctor(replace(company, registry=load(only=[])))
    assert codes(found) == {"connector_missing"}
    assert found[0]["where"] == {"connection": "books"}


def test_a_connection_whose_settings_no_longer_fit_is_told(company: Hub) -> None:
    change(company, """UPDATE connection SET settings = '{"layout":"clay"}'""")
    found = doctor(company)
    assert codes(found) == {"settings_invalid"}
    assert "clay" not in told(found, "settings_invalid")


def test_a_connection_whose_connector_fails_is_told(company: Hub) -> None:
    change(company, "UPDATE connection SET connector = 'ledgerly', settings = '{}'")
    said = ["Ledgerly"]
    failing = replace(company, registry=load(only=[Plugin(ScriptedConnector({"label": lambda _: said[0]}, SCRIPTED))]))
    assert doctor(failing) == []
    said.clear()
    assert codes(doctor(failing)) == {"connector_failed"}


def test_a_files_folder_that_is_not_a_folder_is_told(company: Hub) -> None:
    (company.home / "files").write_text("in the way")
    assert codes(doctor(company)) == {"files_unreadable"}


def test_the_doctor_leaves_nothing_behind_in_the_files_folder(posted: Hub) -> None:
    before = sorted(posted.home.glob("files/**/*"))
    doctor(posted)
    assert sorted(posted.home.glob("files/**/*")) == before
    shutil.rmtree(posted.home / "files")
    assert doctor(posted) == []


def test_a_count_of_nothing_marked_as_exported_is_well_without_a_posting(company: Hub) -> None:
    imports(company, "counts", "count_date,site,item,category,quantity,value\n2026-10-31,AP,Ribeye,Meat,0,0\n")
    decisions = ("acknowledge=site_not_counted", "mark_exported=yes")
    made = export(company, "ACME", OCTOBER, decisions=decisions)
    assert (made["state"], made["postings"]) == ("POSTED", [])
    assert doctor(company) == []
