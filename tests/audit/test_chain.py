"""How entries are sealed, and what a walk along them finds."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256
from typing import Any

import pytest
import rfc8785

from hub.domain.audit_trail import BEGIN, Entry, Finding, Head, check, digest, read_head, seal

KEY = bytes(range(32))
DEEP = "[" * 100_000
COMPANY = "0b0c6a5e-9d3e-4f4e-8f59-0d5c3c1f9a11"


def entry(seq: int, *, action: str = "export", detail: object = None, mac: str = "") -> Entry:
    content = {"hash": f"{seq:064}"} if detail is None else detail
    return Entry(seq, f"2026-11-{seq:02}T09:30:00.000000+00:00", "maria", action, f"IA-{seq}", json.dumps(content), mac)


def chained(*entries: Entry, key: bytes = KEY, previous: str = "") -> list[Entry]:
    """Seal entries one to the next."""
    made = []
    for each in entries:
        previous = seal(key, COMPANY, previous, each)
        made.append(each._replace(mac=previous))
    return made


def found(entries: list[Entry], begun: int = 0, key: bytes = KEY) -> list[str]:
    """Return what a walk finds: the flaw, and where."""
    return [shown(each) for each in check(entries, key=key, company=COMPANY, begun=begun)]


def shown(finding: Finding) -> str:
    return f"{finding.flaw} {finding.seq}-{finding.until}"


@pytest.fixture
def trail() -> list[Entry]:
    return chained(*(entry(number) for number in range(1, 8)))


def test_a_seal_is_the_hmac_of_the_seal_before_and_the_canonical_json_of_the_entry(trail: list[Entry]) -> None:
    document: dict[str, Any] = {
        "company": COMPANY,
        "seq": 2,
        "at": "2026-11-02T09:30:00.000000+00:00",
        "actor": "maria",
        "action": "export",
        "subject": "IA-2",
        "detail": {"hash": f"{2:064}"},
    }
    expected = hmac.new(KEY, trail[0].mac.encode() + rfc8785.dumps(document), sha256).hexdigest()
    assert trail[1].mac == expected


def test_a_trail_that_was_left_alone_has_nothing_wrong(trail: list[Entry]) -> None:
    assert found(trail) == []
    assert found([]) == []


def test_the_same_detail_written_otherwise_is_the_same_detail(trail: list[Entry]) -> None:
    trail[2] = trail[2]._replace(detail=json.dumps(json.loads(trail[2].detail), indent=4))
    assert found(trail) == []


@pytest.mark.parametrize(
    "change",
    [
        {"at": "2026-11-03T09:30:00.000001+00:00"},
        {"at": "2026-11-03T09:30:00.000000Z"},
        {"actor": "Maria"},
        {"action": "undo"},
        {"subject": ""},
        {"detail": "{}"},
        {"detail": "no JSON"},
        pytest.param({"detail": DEEP}, id="detail too deep to read"),
        {"detail": None},
        {"actor": None},
        {"actor": b"\x00"},
        {"mac": ""},
        {"mac": None},
        {"mac": "0" * 64},
    ],
)
def test_a_changed_entry_is_found_and_no_other(trail: list[Entry], change: dict[str, Any]) -> None:
    trail[2] = trail[2]._replace(**change)
    assert found(trail) == ["changed 3-3"]


def test_entries_that_are_missing_are_found(trail: list[Entry]) -> None:
    assert found(trail[2:]) == ["missing 1-2"]
    assert found([*trail[:3], *trail[5:]]) == ["missing 4-5"]


def test_entries_that_were_exchanged_are_found(trail: list[Entry]) -> None:
    one, other = trail[1], trail[4]
    trail[1], trail[4] = other._replace(seq=one.seq), one._replace(seq=other.seq)
    assert found(trail)[0] == "changed 2-2"
    assert "changed 5-5" in found(trail)


def test_a_deletion_hidden_by_other_numbers_is_found(trail: list[Entry]) -> None:
    closed_up = [*trail[:3], *(each._replace(seq=each.seq - 1) for each in trail[4:])]
    assert found(closed_up)[0] == "changed 4-4"


@pytest.mark.parametrize("seq", [0, -5, 3, None, "seven", 2.0])
def test_an_entry_with_a_number_of_its_own_is_found(trail: list[Entry], seq: Any) -> None:
    stray = trail[3]._replace(seq=seq)
    assert found([*trail[:3], stray, *trail[3:]]) == ["stray 4-4"]


def test_entries_sealed_with_another_key_are_found() -> None:
    forged = chained(*(entry(number) for number in range(1, 4)), key=b"somebody's own key".ljust(32))
    assert found(forged) == ["changed 1-1", "changed 2-2", "changed 3-3"]


def test_an_entry_of_another_company_is_found(trail: list[Entry]) -> None:
    findings = check(trail, key=KEY, company="another", begun=0)
    assert [each.seq for each in findings] == [1, 2, 3, 4, 5, 6, 7]


@pytest.fixture
def begun() -> list[Entry]:
    """A trail whose first three entries are from before its key was made."""
    earlier = [entry(1), entry(2, mac="ab" * 32), entry(3)]
    kept = {"entries": 3, "sha256": digest(COMPANY, earlier)}
    return [*earlier, *chained(entry(4, action=BEGIN, detail=kept), entry(5))]


def test_entries_from_before_the_key_are_taken_in_as_they_are(begun: list[Entry]) -> None:
    assert found(begun, 4) == []


@pytest.mark.parametrize("change", [{"actor": "somebody"}, {"mac": "cd" * 32}, {"detail": "no JSON"}, {"detail": None}])
@pytest.mark.parametrize("at", [0, 1])
def test_a_change_of_what_was_taken_in_is_found(begun: list[Entry], at: int, change: dict[str, Any]) -> None:
    begun[at] = begun[at]._replace(**change)
    assert found(begun, 4) == ["earlier 1-3"]


def test_an_entry_lost_of_what_was_taken_in_is_found(begun: list[Entry]) -> None:
    assert found([begun[0], *begun[2:]], 4) == ["missing 2-2", "earlier 1-3"]


@pytest.mark.parametrize("detail", ["{}", "[]", "null", "no JSON", None, pytest.param(DEEP, id="too deep to read")])
def test_a_beginning_that_says_nothing_of_what_was_before_is_found(begun: list[Entry], detail: Any) -> None:
    begun[3] = begun[3]._replace(detail=detail)
    assert found(begun, 4) == ["earlier 1-3", "changed 4-4"]


def test_a_beginning_that_somebody_else_wrote_is_found(trail: list[Entry]) -> None:
    forged = [each._replace(actor="nobody", mac="") for each in trail[:6]]
    kept = {"entries": 6, "sha256": digest(COMPANY, forged)}
    own = chained(entry(7, action=BEGIN, detail=kept), key=b"somebody's own key".ljust(32))
    assert found([*forged, *own], 7) == ["changed 7-7"]


@pytest.mark.parametrize(
    ("typed", "head"),
    [
        ("15:3f2ab41c09d2e877", Head(15, "3f2ab41c09d2e877")),
        (" 15 : 3F2AB41C09D2E877 ", Head(15, "3f2ab41c09d2e877")),
        (f"1:{'0' * 64}", Head(1, "0" * 64)),
        ("0:3f2ab41c09d2e877", None),
        ("15:3f2ab41c09d2e87", None),
        (f"1:{'0' * 65}", None),
        ("15", None),
        ("", None),
        ("-1:3f2ab41c09d2e877", None),
        ("15:3f2ab41c09d2e87g", None),
    ],
)
def test_a_head_is_read_as_it_is_printed(typed: str, head: Head | None) -> None:
    assert read_head(typed) == head


def test_a_head_is_printed_with_the_first_16_characters_of_its_seal() -> None:
    assert str(Head(15, "3f2ab41c09d2e877" + "0" * 48)) == "15:3f2ab41c09d2e877"
