"""How a connection stands is told: what keeps it from being used, and what will."""

from __future__ import annotations

from datetime import date

import pytest

from hub.service.connecting.live_chart import read_chart
from hub.service.connecting.standing import connections
from hub.service.connections import add_connection
from hub.service.context import Refused
from hub.service.doctoring import doctor
from hub.service.maps import account_maps, site_maps
from tests.connecting.conftest import MakeSigned
from tests.connecting.signed_house import SignedHouse
from tests.connecting.vendor import BASE
from tests.posting.house import codes

DAY_S = 86_400


def problems(house: SignedHouse) -> list[tuple[str, str]]:
    (found,) = connections(house.hub, house.company)
    told = found["problems"]
    return [(problem["level"], problem["code"]) for problem in told]


def test_the_end_of_a_sign_in_is_a_note_thirty_days_ahead_and_a_warning_seven_days_ahead(
    make_signed: MakeSigned,
) -> None:
    house = make_signed()
    house.vendor.hard_s = 60 * DAY_S
    house.sign_in()
    house.clock.advance(29 * DAY_S)
    assert problems(house) == []
    house.clock.advance(2 * DAY_S)
    assert problems(house) == [("note", "sign_in_ends")]
    house.clock.advance(23 * DAY_S)
    assert problems(house) == [("warning", "sign_in_ends")]
    assert "sign_in_ends" in [each["code"] for each in doctor(house.hub)]


def test_a_sign_in_that_nobody_uses_is_told_before_it_ends(signed: SignedHouse) -> None:
    signed.clock.advance(92 * DAY_S)
    assert problems(signed) == []
    signed.clock.advance(2 * DAY_S)
    assert problems(signed) == [("warning", "sign_in_idle")]


def test_what_is_not_connected_or_not_chosen_blocks_the_preview_and_says_what_to_do(make_signed: MakeSigned) -> None:
    house = make_signed(full=True)
    assert codes(house.preview()) == ["reconnect_needed"]
    assert codes(house.export()) == ["reconnect_needed"]
    house.connector.books["2"] = "Other Books"
    house.sign_in(company_id="")
    shown = house.preview()
    assert codes(shown) == ["company_needed"]
    assert "hub connections companies books" in shown["problems"][0]["fix"]
    assert house.journals() == []


@pytest.mark.parametrize(
    ("environment", "base_url", "code"),
    [
        ("local", "https://books.example", "address_not_local"),
        ("local", "http://10.0.0.1:9001", "address_not_local"),
        ("staging", BASE, "environment_unknown"),
    ],
)
def test_the_environment_local_leads_to_this_machine_alone(
    make_signed: MakeSigned, environment: str, base_url: str, code: str
) -> None:
    house = make_signed()
    with pytest.raises(Refused) as refused:
        add_connection(
            house.hub,
            house.company,
            connector="signed",
            name="far",
            settings={"base_url": base_url},
            environment=environment,
        )
    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_live_chart_takes_the_place_of_what_was_known_and_keeps_what_has_vanished_inactive(
    make_signed: MakeSigned,
) -> None:
    house = make_signed(full=True)
    with pytest.raises(Refused, match="not connected"):
        read_chart(house.hub, house.company, "books")
    house.sign_in()
    house.imports("chart", "id,number,name,kind", "gone-1,9999,Closed Long Ago,asset", connection="books")
    first = read_chart(house.hub, house.company, "books")
    assert first["gone"] == 1
    chart = {account.id: account for account in account_maps(house.hub, house.company, "books").chart}
    assert (chart["gone-1"].active, bool(chart["gone-1"].why_not_postable)) == (False, True)
    assert chart["acc-5010"].active
    again = read_chart(house.hub, house.company, "books")
    assert (again["added"], again["changed"], again["gone"]) == (0, 0, 0)


def test_while_chart_and_check_are_fresh_an_export_is_one_write_and_no_read(make_signed: MakeSigned) -> None:
    house = make_signed(full=True)
    house.sign_in()
    shown = house.preview()
    assert codes(shown) == []
    asked = len(house.sent)
    made = house.export(hash_=shown["hash"])
    assert made["state"] == "POSTED"
    assert [request.method for request in house.sent[asked:]] == ["POST"]


def test_a_chart_of_some_hours_ago_is_read_once_more_before_a_preview(make_signed: MakeSigned) -> None:
    house = make_signed(full=True)
    house.sign_in()

    def read_at() -> object:
        return house.query("SELECT chart_read_at FROM connection")[0]["chart_read_at"]

    house.preview()
    first = read_at()
    house.clock.advance(3600)
    house.preview()
    assert read_at() == first is not None
    house.clock.advance(12 * 3600)
    house.preview()
    assert read_at() != first


def test_a_check_of_some_time_ago_is_made_again_before_the_export(make_signed: MakeSigned) -> None:
    house = make_signed(full=True)
    house.sign_in()
    shown = house.preview()
    house.ledger.close_period(date(2026, 12, 31))
    house.clock.advance(11 * 60)
    made = house.export(hash_=shown["hash"])
    assert codes(made) == ["period_closed"], made["problems"]


def test_site_maps_show_the_dimensions_that_were_last_read_where_the_system_cannot_be_asked(
    make_signed: MakeSigned,
) -> None:
    house = make_signed(full=True)
    house.sign_in()
    read_chart(house.hub, house.company, "books")
    asked = len(house.sent)
    assert site_maps(house.hub, house.company, "books").trouble == ""
    assert len(house.sent) == asked
