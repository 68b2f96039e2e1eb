"""How far each audit trail has come is remembered outside the database, and a lost end or an older copy is noticed."""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from hub.service import heads, people
from hub.service.auditing import listed, verify
from hub.service.companies import add_company, set_company
from hub.service.context import Hub
from hub.service.doctoring import doctor
from hub.service.heads import accept, remember, restored
from hub.store.audit import append
from tests.audit.home import ENTRIES, sentences, settles, tamper, told
from tests.ready import ready
from tests.reporting.home import NOW, one

PATIENCE_S = 60
NEWEST = "DELETE FROM audit_event WHERE seq = (SELECT max(seq) FROM audit_event) AND company_id = 1"


def file(hub: Hub, code: str = "ACME") -> Path:
    uuid = one(hub, f"SELECT uuid FROM company WHERE code = '{code}'")
    return hub.home / "audit_heads" / f"{uuid}.json"


def kept(hub: Hub, code: str = "ACME") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file(hub, code).read_text())
    return found


def codes(hub: Hub) -> list[object]:
    return [problem["code"] for problem in doctor(hub)]


def test_a_head_is_the_newest_entry_of_its_company(either_hub: Hub) -> None:
    settles(either_hub, 20)
    assert kept(either_hub) == {
        "company": "ACME",
        "uuid": one(either_hub, "SELECT uuid FROM company WHERE code = 'ACME'"),
        "seq": ENTRIES + 1,
        "mac": one(either_hub, f"SELECT mac FROM audit_event WHERE company_id = 1 AND seq = {ENTRIES + 1}"),
    }
    assert kept(either_hub, "OTHER")["seq"] == ENTRIES
    assert sorted(path.suffix or path.name for path in file(either_hub).parent.iterdir()) == [".json", ".json", ".lock"]


def test_a_company_is_remembered_from_the_first_time_that_anything_is(hub: Hub) -> None:
    add_company(hub, code="THIRD", name="Third", currency="USD")
    assert kept(hub, "THIRD")["seq"] == 1


def test_the_doctor_remembers_where_all_is_well(hub: Hub) -> None:
    shutil.rmtree(hub.home / "audit_heads")
    assert doctor(hub) == []
    assert kept(hub)["seq"] == kept(hub, "OTHER")["seq"] == ENTRIES


def test_a_head_is_written_only_when_the_trail_has_moved(hub: Hub) -> None:
    before = file(hub).stat().st_ino
    remember(hub)
    assert file(hub).stat().st_ino == before


def test_a_commit_whose_head_goes_on_from_what_is_remembered_reads_nothing_for_it(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.delattr(heads, "trail_ends")
        settles(hub, 20)
    assert kept(hub)["seq"] == ENTRIES + 1


@pytest.mark.parametrize("lost", [True, False])
def test_a_commit_after_others_that_were_not_remembered_is_remembered_with_them(hub: Hub, *, lost: bool) -> None:
    older = file(hub).read_text()
    settles(hub, 20)
    if lost:
        file(hub).unlink()
    else:
        file(hub).write_text(older)
    settles(hub, 21)
    assert (kept(hub)["seq"], told(hub)) == (ENTRIES + 2, [])


def test_a_commit_on_a_trail_that_lost_what_is_remembered_leaves_that_to_tell_of_it(hub: Hub) -> None:
    tamper(hub, NEWEST)
    settles(hub, 20)
    settles(hub, 21)
    assert kept(hub)["seq"] == ENTRIES
    assert "database_restored" in codes(hub)


def test_entries_lost_at_the_end_are_told(either_hub: Hub) -> None:
    tamper(either_hub, NEWEST)
    found = doctor(either_hub)
    assert [problem["code"] for problem in found] == ["database_restored"]
    assert "ends at entry 11, and this home has seen entry 12" in str(found[0]["message"])
    assert "hub db restored --over" in str(found[0]["fix"])
    assert restored(either_hub)
    assert told(either_hub) == told(either_hub, "ACME") == ["database_restored"]
    assert told(either_hub, "OTHER") == []


def test_a_lost_end_is_still_told_after_the_trail_has_moved_on(hub: Hub) -> None:
    tamper(hub, NEWEST)
    before = kept(hub)
    for day in range(20, 25):
        settles(hub, day)
    assert kept(hub) == before
    assert codes(hub) == ["database_restored"]
    assert "entry 12 of the audit trail is not the one" in sentences(hub)[0]


def test_another_database_is_told(hub: Hub) -> None:
    tamper(hub, "UPDATE company SET uuid = 'another' WHERE code = 'OTHER'")
    assert "database_restored" in codes(hub)
    assert "does not have that company" in sentences(hub)[-1]


def test_removing_a_head_accepts_the_trail_as_it_is(hub: Hub) -> None:
    tamper(hub, NEWEST)
    file(hub).unlink()
    assert codes(hub) == []
    assert not restored(hub)
    assert kept(hub)["seq"] == ENTRIES - 1


def test_a_restored_database_is_accepted_with_an_entry_that_says_what_was_lost(hub: Hub) -> None:
    seen = f"{ENTRIES}:{kept(hub)['mac'][:16]}"
    tamper(hub, NEWEST)
    tamper(hub, "UPDATE company SET uuid = 'another' WHERE code = 'OTHER'")
    tamper(hub, "DELETE FROM audit_event WHERE company_id = 2")
    accept(hub)
    assert not restored(hub)
    newest = listed(hub, "ACME", 1)[0]
    assert (newest["seq"], newest["action"], newest["detail"]) == (ENTRIES, "accept restored database", {"seen": seen})
    assert kept(hub)["mac"] == newest["mac"]
    assert told(hub, "ACME") == []
    assert listed(hub, "OTHER", 1) == []


def test_accepting_where_nothing_was_lost_changes_nothing(hub: Hub) -> None:
    before = kept(hub)
    accept(hub)
    assert kept(hub) == before


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"company": "ACME", "uuid": "x", "mac": "y", "seq": true}', "\udcff"]
)
def test_a_head_that_cannot_be_read_is_a_warning_and_is_left_alone(hub: Hub, content: str) -> None:
    file(hub).write_text(content, errors="surrogateescape")
    settles(hub, 20)
    assert codes(hub) == ["audit_head_unreadable"]
    assert told(hub) == ["audit_head_unreadable"]
    assert file(hub).read_text(errors="surrogateescape") == content


def test_a_head_that_cannot_be_written_does_not_stop_what_was_committed(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(heads, "FOLDER", str(tmp_path / "file"))
    settles(hub, 20)
    assert one(hub, "SELECT count(*) FROM audit_event WHERE company_id = 1") == ENTRIES + 1


def test_a_companys_name_in_the_database_cannot_lead_out_of_the_home(hub: Hub) -> None:
    tamper(hub, "UPDATE company SET uuid = '../../outside' WHERE code = 'OTHER'")
    remember(hub)
    assert not list(hub.home.parent.glob("outside*"))


def test_a_slower_process_does_not_take_a_newer_head_back(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    to_disk = os.fsync

    def while_another_goes_on(file: int) -> None:
        monkeypatch.setattr(os, "fsync", to_disk)
        settles(hub, 21)

    monkeypatch.setattr(os, "fsync", while_another_goes_on)
    settles(hub, 20)
    assert kept(hub)["seq"] == one(hub, "SELECT max(seq) FROM audit_event WHERE company_id = 1") == ENTRIES + 2


def test_entries_follow_each_other_whoever_writes_them(either_hub: Hub) -> None:
    def write(number: int) -> None:
        with either_hub.database.write() as connection:
            append(connection, 1, at=NOW, actor="tester", action="settings", subject=str(number), detail={})

    with ThreadPoolExecutor(6) as writers:
        assert list(writers.map(write, range(30))) == [None] * 30
    assert told(either_hub) == []


def test_processes_that_write_at_once_leave_one_whole_trail_and_its_newest_head(
    either_hub: Hub, tmp_path: Path
) -> None:
    url, log = either_hub.database.url.render_as_string(hide_password=False), tmp_path / "writers.log"
    writers = [
        ready().start("tests.audit.writer", [url, str(either_hub.home), day], log=log, environment=os.environ)
        for day in ("10", "20")
    ]
    assert [writer.wait(PATIENCE_S) for writer in writers] == [0, 0], log.read_text()
    assert told(either_hub) == []
    newest = one(either_hub, "SELECT max(seq) FROM audit_event WHERE company_id = 1")
    assert newest > ENTRIES + 16
    assert kept(either_hub)["seq"] == newest


def test_what_concerns_very_many_companies_is_remembered_of_each_with_its_next_entry(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.service.heads.MOST_AT_ONCE", 1)
    before = kept(hub)["seq"]
    people.add_person(hub, "sam", password="correct horse battery", support=True)
    assert kept(hub)["seq"] == before
    set_company(hub, "ACME", {"method": "net_change"})
    assert kept(hub)["seq"] == before + 2
    assert verify(hub)["sound"]
