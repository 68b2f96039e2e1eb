"""How far the database has come is remembered outside it, and a database restored from an older copy is noticed."""

import json
from typing import Any

import pytest

from hub.service import high_water
from hub.service.companies import add_company, set_company
from hub.service.context import Hub
from hub.service.doctoring import doctor, remember
from tests.reporting.home import change, one


def kept(hub: Hub) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((hub.home / "high_water.json").read_text())
    return found


def codes(hub: Hub) -> list[object]:
    return [problem["code"] for problem in doctor(hub)]


def lose_the_newest(hub: Hub) -> None:
    """Bring the database to where it stood before its newest audited change."""
    change(
        hub,
        "DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event)",
        "UPDATE meta SET high_water = high_water - 1",
    )


@pytest.fixture
def marked(company: Hub) -> Hub:
    """A hub whose mark is at its newest change."""
    set_company(company, "ACME", {"method": "net_change"})
    remember(company)
    return company


def test_the_mark_is_what_the_database_has_reached(marked: Hub) -> None:
    assert kept(marked) == {
        "database_uuid": one(marked, "SELECT database_uuid FROM meta"),
        "high_water": one(marked, "SELECT high_water FROM meta"),
        "last_event": {
            "id": one(marked, "SELECT max(id) FROM audit_event"),
            "at": one(marked, "SELECT max(at) FROM audit_event"),
        },
    }
    assert not list(marked.home.glob(".high_water*"))


def test_the_doctor_remembers_where_all_is_well(company: Hub) -> None:
    (company.home / "high_water.json").unlink(missing_ok=True)
    assert doctor(company) == []
    assert kept(company)["high_water"] == one(company, "SELECT high_water FROM meta")


def test_the_file_is_written_only_when_the_database_has_moved(marked: Hub) -> None:
    before = (marked.home / "high_water.json").stat()
    remember(marked)
    assert (marked.home / "high_water.json").stat().st_ino == before.st_ino
    set_company(marked, "ACME", {"method": "reversal"})
    remember(marked)
    assert kept(marked)["high_water"] == one(marked, "SELECT high_water FROM meta")


def test_a_database_restored_from_an_older_copy_is_told(marked: Hub) -> None:
    lose_the_newest(marked)
    found = doctor(marked)
    assert [problem["code"] for problem in found] == ["database_restored"]
    assert "high_water.json" in str(found[0]["fix"])


def test_a_restored_database_is_still_told_after_it_has_moved_on(marked: Hub) -> None:
    lose_the_newest(marked)
    for method in ("reversal", "net_change", "reversal", "net_change"):
        set_company(marked, "ACME", {"method": method})
        change(
            marked,
            "UPDATE audit_event SET at = '2026-11-03T00:00:00.000000+00:00' WHERE id = (SELECT max(id) FROM audit_event)",
        )
        remember(marked)
    assert one(marked, "SELECT high_water FROM meta") > kept(marked)["high_water"]
    assert codes(marked) == ["database_restored"]


def test_another_database_is_told(marked: Hub) -> None:
    change(marked, "UPDATE meta SET database_uuid = 'another'")
    remember(marked)
    assert codes(marked) == ["database_restored"]


def test_the_mark_never_goes_backward(marked: Hub) -> None:
    before = kept(marked)
    lose_the_newest(marked)
    remember(marked)
    assert kept(marked) == before


def test_removing_the_mark_accepts_the_database_as_it_is(marked: Hub) -> None:
    lose_the_newest(marked)
    (marked.home / "high_water.json").unlink()
    assert codes(marked) == []
    assert kept(marked)["high_water"] == one(marked, "SELECT high_water FROM meta")


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"database_uuid": 1, "high_water": 2, "last_event": null}'])
def test_a_mark_that_cannot_be_read_is_a_warning_and_is_left_alone(marked: Hub, content: str) -> None:
    (marked.home / "high_water.json").write_text(content)
    remember(marked)
    assert codes(marked) == ["high_water_unreadable"]
    assert (marked.home / "high_water.json").read_text() == content


def test_a_mark_that_cannot_be_written_does_not_stop_what_was_committed(
    marked: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(high_water, "FILE", "no/such/folder.json")
    remember(marked)


def test_the_first_mark_of_an_empty_database_has_no_event(company: Hub) -> None:
    (company.home / "high_water.json").unlink(missing_ok=True)
    change(company, "DELETE FROM audit_event")
    remember(company)
    assert kept(company)["last_event"] is None
    add_company(company, code="OTHER", name="Other", currency="USD")
    remember(company)
    assert kept(company)["last_event"] is not None
