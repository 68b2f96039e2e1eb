"""What an auditor is told of a trail."""

from __future__ import annotations

import pytest

from hub.service.auditing import listed, verify
from hub.service.context import Hub, NotFound, Refused
from hub.service.doctoring import doctor
from hub.store import AuditKey
from hub.store.audit import NoAuditKey
from tests.audit.home import ENTRIES, sentences, settles, tamper, told
from tests.reporting.home import one

OF_ACME = "company_id = (SELECT id FROM company WHERE code = 'ACME')"


def head(hub: Hub) -> str:
    return str(verify(hub, "ACME")["companies"][0]["head"])


def test_a_sound_trail_is_told_with_its_entries_and_its_head(either_hub: Hub) -> None:
    found = verify(either_hub)
    mac = one(either_hub, f"SELECT mac FROM audit_event WHERE {OF_ACME} AND seq = {ENTRIES}")
    assert found["sound"]
    assert found["problems"] == []
    assert found["companies"][0] == {
        "company": "ACME",
        "entries": ENTRIES,
        "head": f"{ENTRIES}:{mac[:16]}",
        "problems": [],
    }
    assert [each["company"] for each in found["companies"]] == ["ACME", "OTHER"]


def test_a_changed_entry_is_told_with_what_it_says_now(either_hub: Hub) -> None:
    tamper(either_hub, f"UPDATE audit_event SET actor = 'nobody' WHERE {OF_ACME} AND seq = 5")
    (sentence,) = sentences(either_hub)
    assert sentence == (
        "ACME: in the audit trail, entry 5 (settings ACME, by nobody, 2026-11-02 09:30 UTC) is not as it was recorded: "
        "something in it was changed, or it was not the hub that wrote it."
    )
    assert not verify(either_hub)["sound"]
    assert verify(either_hub, "OTHER")["sound"]


def test_deleted_entries_are_told(either_hub: Hub) -> None:
    tamper(either_hub, f"DELETE FROM audit_event WHERE {OF_ACME} AND seq IN (3, 4, 7)")
    assert [sentence.partition(", ")[2] for sentence in sentences(either_hub)] == [
        "entries 3 to 4 are missing: what was recorded there was deleted.",
        "entry 7 is missing: what was recorded there was deleted.",
    ]


def test_an_empty_trail_is_told_even_where_nothing_was_remembered(hub: Hub) -> None:
    tamper(hub, f"DELETE FROM audit_event WHERE {OF_ACME}")
    assert told(hub) == ["audit_trail_empty", "database_restored"]
    for file in (hub.home / "audit_heads").glob("*.json"):
        file.unlink()
    assert told(hub) == ["audit_trail_empty"]
    assert [problem["code"] for problem in doctor(hub)] == ["audit_trail_empty"]


def test_no_more_is_told_than_anyone_reads(either_hub: Hub) -> None:
    for number in range(40):
        settles(either_hub, 12 + number % 16)
    tamper(either_hub, f"UPDATE audit_event SET detail = '[]' WHERE {OF_ACME}")
    assert len(told(either_hub)) == 50


def test_a_printed_head_is_found_in_the_trail_it_was_printed_of(hub: Hub) -> None:
    printed = head(hub)
    settles(hub, 20)
    assert told(hub, "ACME", printed) == []
    assert told(hub, "ACME", printed.upper()) == []
    assert told(hub, "OTHER", printed) == ["audit_head_differs"]


def test_a_printed_head_that_the_trail_no_longer_has_is_told(hub: Hub) -> None:
    printed = head(hub)
    for file in (hub.home / "audit_heads").glob("*.json"):
        file.unlink()
    tamper(hub, f"DELETE FROM audit_event WHERE {OF_ACME} AND seq > 9")
    found = verify(hub, "ACME", printed)["companies"][0]["problems"]
    assert [problem["code"] for problem in found] == ["audit_head_differs"]
    assert (
        found[0]["message"] == f"ACME: the audit trail does not have {printed}, which was printed: it ends at entry 9."
    )


@pytest.mark.parametrize("typed", ["", "12", "12:xyz", "12:3f2a"])
def test_what_is_no_head_is_refused(hub: Hub, typed: str) -> None:
    with pytest.raises(Refused, match="not the head of an audit trail"):
        verify(hub, "ACME", typed)


def test_a_company_that_is_not_there_is_refused(hub: Hub) -> None:
    with pytest.raises(NotFound, match=r"There are: ACME, OTHER\."):
        verify(hub, "NOBODY")


def test_the_doctor_reads_the_newest_entry_and_no_other(hub: Hub) -> None:
    tamper(hub, f"UPDATE audit_event SET actor = 'nobody' WHERE {OF_ACME} AND seq = 5")
    assert doctor(hub) == []
    tamper(hub, f"UPDATE audit_event SET actor = 'nobody' WHERE {OF_ACME} AND seq = {ENTRIES}")
    assert [problem["code"] for problem in doctor(hub)] == ["audit_entry_changed"]


def test_the_newest_entries_are_listed_first(either_hub: Hub) -> None:
    found = listed(either_hub, "ACME", 2)
    assert [each["seq"] for each in found] == [ENTRIES, ENTRIES - 1]
    assert found[0] == {
        "seq": ENTRIES,
        "at": "2026-11-02T09:30:00.000000+00:00",
        "actor": "tester",
        "action": "settings",
        "subject": "ACME",
        "detail": {
            "changes": [
                {"row": {"setting": "go_live"}, "before": {"value": "2026-01-10"}, "after": {"value": "2026-01-11"}},
                {"row": {"setting": "method"}, "before": {"value": "net_change"}, "after": {"value": "reversal"}},
            ]
        },
        "mac": one(either_hub, f"SELECT mac FROM audit_event WHERE {OF_ACME} AND seq = {ENTRIES}"),
    }


def test_nothing_is_recorded_without_a_key_or_with_another(hub: Hub) -> None:
    tamper(hub, "UPDATE meta SET audit_key = :known", known=AuditKey(secret=b"another").fingerprint)
    with pytest.raises(NoAuditKey, match="replaced meanwhile"):
        settles(hub, 20)
    hub.database.audit_key = None
    with pytest.raises(NoAuditKey, match="without an audit key"):
        settles(hub, 20)
    assert [problem["code"] for problem in doctor(hub)] == ["audit_key_missing"]
    assert one(hub, "SELECT go_live FROM company WHERE code = 'ACME'") != "2026-01-20"
