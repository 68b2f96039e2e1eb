"""Exports that nobody presses: what is approved, green and within the limit goes out by itself, and the rest says why not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from hub.service.automatic import export_automatically, is_time
from hub.service.companies import add_company, set_company
from hub.testing.lossy import Fault
from tests.posting.conftest import MakeHouse
from tests.posting.house import NOVEMBER, OCTOBER, Document, House
from tests.posting.proofs import posted_once, sends

CHANGE = "9957.68"  # 5120.05 - 4812.37 of meat, and 9650.00 of liquor
LESS = "9957.67"
PLENTY = "1000000.00"


def automatic(house: House, limit: str = PLENTY, **settings: str) -> list[str]:
    """Have what may be exported by itself exported."""
    house.sets(mode="automatic", automatic_limit=limit, **settings)
    return export_automatically(house.hub)


def held_back(house: House) -> list[str]:
    """Return why counts were held back, oldest first, one text for each time that it was written down."""
    rows = house.query("SELECT detail FROM audit_event WHERE action = 'held back' ORDER BY seq")
    return [" ".join(json.loads(row["detail"])["reasons"]) for row in rows]


def stays(house: House, *words: str) -> None:
    """Assert that nothing was exported, that it says why, and once only however often it is looked at."""
    assert (house.query("SELECT code FROM export"), sends(house)) == ([], [])
    assert export_automatically(house.hub) == []
    (why,) = held_back(house)
    for word in words:
        assert word in why


def test_what_is_green_and_within_the_limit_goes_out_by_itself_once(house: House) -> None:
    (code,) = automatic(house, CHANGE)
    made = house.shown(code)
    assert (made["created_by"], held_back(house)) == ("automatic", [])
    assert export_automatically(house.hub) == []
    posted_once(house, made)


def test_a_cent_over_the_limit_it_waits_for_a_person_who_may_export_it(house: House) -> None:
    assert automatic(house, LESS) == []
    stays(house, "9,957.68", "9,957.67")
    posted_once(house, house.export())


def test_two_changes_that_cancel_out_do_not_hide_each_other(counted: MakeHouse) -> None:
    house = counted(sites=("DT", "AP"))
    house.counts("DT", values={"Meat": "4912.37", "Liquor": "0.00"})
    house.counts("AP", values={"Meat": "4712.37", "Liquor": "0.00"})
    assert automatic(house, "199.99") == []
    stays(house, "200.00")
    assert len(automatic(house, "200.00")) == 1


def a_negative_item(house: House) -> None:
    house.counts(values={"Meat": "-5.00", "Liquor": "1.00"})


def a_closed_period(house: House) -> None:
    house.ledger.close_period(datetime(2026, 10, 31, tzinfo=UTC).date())


def a_system_that_does_not_answer(house: House) -> None:
    house.down = Fault.UNAVAILABLE_503


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (a_negative_item, "negative value"),
        (a_closed_period, "closed through 2026-10-31"),
        (a_system_that_does_not_answer, "could not be asked"),
    ],
)
def test_a_warning_or_a_problem_holds_it_back_and_is_the_reason(house: House, trouble: object, said: str) -> None:
    trouble(house)  # type: ignore[operator]
    assert automatic(house) == []
    stays(house, said)


def test_a_reason_that_is_gone_lets_it_go_out_and_a_new_one_is_told(house: House) -> None:
    automatic(house, LESS)
    a_negative_item(house)
    assert automatic(house) == []
    assert [("9,957" in why, "negative" in why) for why in held_back(house)] == [(True, False), (False, True)]
    house.counts()
    assert len(automatic(house)) == 1


@pytest.mark.parametrize("mode", ["manual", "paused"])
def test_in_another_mode_nothing_goes_out_by_itself(house: House, mode: str) -> None:
    house.sets(mode=mode, automatic_limit=PLENTY)
    assert (export_automatically(house.hub), held_back(house), sends(house)) == ([], [], [])


def test_a_count_that_is_not_approved_is_left_alone(house: House) -> None:
    rows = (f"{NOVEMBER},DT,{name} item,{name},1,1.00,open" for name in ("Meat", "Liquor"))
    house.imports("counts", "count_date,site,item,category,quantity,value,status", *rows)
    (code,) = automatic(house)
    assert house.shown(code)["count_date"] == OCTOBER
    assert held_back(house) == []


def test_counts_go_out_oldest_first_and_none_overtakes_one_that_is_held_back(house: House) -> None:
    house.counts(day=NOVEMBER, values={"Meat": "1.00", "Liquor": "2.00"})
    a_negative_item(house)
    assert automatic(house) == []
    assert len(held_back(house)) == 2
    house.counts()
    made = [house.shown(code)["count_date"] for code in automatic(house)]
    assert made == [OCTOBER, NOVEMBER]


def test_one_company_that_cannot_keeps_no_other_from_exporting(house: House) -> None:
    add_company(house.hub, code="A-FIRST", name="First", currency="USD")
    set_company(house.hub, "A-FIRST", {"mode": "automatic", "automatic_limit": PLENTY})
    assert len(automatic(house)) == 1


NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("time_zone", "at", "instant", "come"),
    [
        ("UTC", "", "2026-11-02T00:00", True),
        ("UTC", "06:30", "2026-11-02T06:29:59", False),
        ("UTC", "06:30", "2026-11-02T06:30", True),
        ("UTC", "06:30", "2026-11-02T23:59:59", True),
        ("UTC", "06:30", "2026-11-03T00:00", False),
        (NEW_YORK, "06:30", "2026-10-30T10:30", True),  # summer time: four hours behind
        (NEW_YORK, "06:30", "2026-11-02T10:30", False),  # five, since the night before
        (NEW_YORK, "06:30", "2026-11-02T11:30", True),
        (NEW_YORK, "02:30", "2027-03-14T06:59:59", False),  # the night without half past two
        (NEW_YORK, "02:30", "2027-03-14T07:00", True),
        (NEW_YORK, "01:30", "2026-11-01T05:30", True),  # the night with two half past ones: from the first on
        (NEW_YORK, "01:30", "2026-11-01T06:30", True),
        ("Asia/Kathmandu", "06:30", "2026-11-02T00:44", False),
        ("Asia/Kathmandu", "06:30", "2026-11-02T00:45", True),
        ("Pacific/Kiritimati", "00:00", "2026-11-02T10:00", True),
    ],
)
def test_the_time_of_day_is_that_of_the_companys_time_zone_in_summer_and_in_winter(
    time_zone: str,
    at: str,
    instant: str,
    come: bool,  # noqa: FBT001 - drawn
) -> None:
    company = {"time_zone": time_zone, "automatic_at": at}
    assert is_time(company, datetime.fromisoformat(instant).replace(tzinfo=UTC)) is come  # type: ignore[arg-type]


def test_before_its_time_of_day_nothing_goes_out_and_after_it_by_the_databases_clock(house: House) -> None:
    assert automatic(house, automatic_at="06:30", time_zone=NEW_YORK) == []  # it is four in the morning there
    house.clock.advance(2.5 * 3600 - 1)
    assert (export_automatically(house.hub), held_back(house)) == ([], [])
    house.clock.advance(1)
    (code,) = export_automatically(house.hub)
    made: Document = house.shown(code)
    assert datetime.fromisoformat(made["created_at"]) - datetime(2026, 11, 2, 9, tzinfo=UTC) == timedelta(hours=2.5)
