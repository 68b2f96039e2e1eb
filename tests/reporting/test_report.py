"""The Journal Adjustment report: prior, current and change, frozen or as it would be exported now."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.plugins import load
from hub.service.context import Hub, NotFound
from hub.service.exporting import confirm, undo
from hub.service.previewing import preview
from hub.service.reporting import report
from tests.reporting.home import (
    AIRPORT,
    COUNTED,
    NEXT,
    NOVEMBER,
    OCTOBER,
    PRODUCTION,
    TRANSFER,
    exported,
    imports,
)

DOWNTOWN = [
    "Meat 4812.37 5120.05 307.68",
    "Produce 1204.10 988.40 -215.70",
    "Liquor 9650.00 9650.00 0.00",
]


def site(found: dict[str, Any], code: str = "DT") -> dict[str, Any]:
    (wanted,) = [each for each in found["sites"] if each["site"] == code]
    return dict(wanted)


def figures(found: dict[str, Any], code: str = "DT") -> list[str]:
    rows = site(found, code)["categories"]
    return [f"{each['category']} {each['prior']} {each['current']} {each['change']}" for each in rows]


def codes(found: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in found["problems"]]


def test_a_count_not_exported_shows_prior_current_and_change_and_the_entries_of_its_preview(counted: Hub) -> None:
    found = report(counted, "ACME", OCTOBER)
    shown = preview(counted, "ACME", OCTOBER)
    assert figures(found) == DOWNTOWN
    assert site(found)["prior_date"] == "2026-09-30"
    assert (site(found)["prior"], site(found)["current"], site(found)["change"]) == ("15666.47", "15758.45", "91.98")
    assert found["totals"] == {"prior": "15666.47", "current": "15758.45", "change": "91.98"}
    assert [entry | {"export": None, "state": None} for entry in shown["entries"]] == found["entries"]
    for name in ("label", "currency", "balanced", "debits", "credits", "hash", "problems", "connection", "count_date"):
        assert found[name] == shown[name], name
    assert (found["debits"], found["credits"], found["balanced"]) == ("31424.92", "31424.92", True)
    assert found["exports"] == []


def test_an_exported_count_shows_the_same_figures_frozen(counted: Hub) -> None:
    before = report(counted, "ACME", OCTOBER)
    code = exported(counted)
    after = report(counted, "ACME", OCTOBER)
    assert figures(after) == DOWNTOWN
    assert site(after)["export"] == code
    assert [line for entry in after["entries"] for line in entry["lines"]] == before["entries"][0]["lines"]
    assert [(each["export"], each["state"], each["sites"]) for each in after["exports"]] == [(code, "POSTED", ["DT"])]
    assert (after["debits"], after["balanced"]) == ("31424.92", True)
    assert "already_exported" in codes(after)


def test_what_was_posted_since_does_not_change_an_older_report(counted: Hub) -> None:
    exported(counted)
    imports(counted, "counts", NEXT)
    exported(counted, NOVEMBER, "zero=DT/Produce")
    assert figures(report(counted, "ACME", OCTOBER)) == DOWNTOWN
    assert figures(report(counted, "ACME", NOVEMBER)) == [
        "Meat 5120.05 5000.00 -120.05",
        "Produce 988.40 0.00 -988.40",
        "Liquor 9650.00 9650.00 0.00",
        "Prep 0.00 95.00 95.00",
    ]


def test_a_category_gone_two_counts_ago_is_not_prior_any_more(counted: Hub) -> None:
    exported(counted)
    imports(counted, "counts", NEXT)
    exported(counted, NOVEMBER, "zero=DT/Produce")
    imports(counted, "counts", NEXT.replace("2026-11-30", "2026-12-31"))
    assert figures(report(counted, "ACME", date(2026, 12, 31))) == [
        "Meat 5000.00 5000.00 0.00",
        "Liquor 9650.00 9650.00 0.00",
        "Prep 95.00 95.00 0.00",
    ]


def test_a_category_without_a_line_is_marked_and_its_problem_told(counted: Hub) -> None:
    exported(counted)
    imports(counted, "counts", NEXT)
    found = report(counted, "ACME", NOVEMBER)
    counted_ones = {each["category"]: each["counted"] for each in site(found)["categories"]}
    assert counted_ones == {"Meat": True, "Produce": False, "Liquor": True, "Prep": True}
    assert "category_missing" in codes(found)


def test_an_undone_count_is_reported_as_it_would_be_exported_again(counted: Hub) -> None:
    code = exported(counted)
    undo(counted, "ACME", code)
    assert site(report(counted, "ACME", OCTOBER))["export"] == code  # the file of the undo is not imported yet
    confirm(counted, "ACME", code)
    found = report(counted, "ACME", OCTOBER)
    assert (site(found)["export"], found["exports"]) == (None, [])
    assert figures(found) == DOWNTOWN


def test_an_amended_count_shows_what_was_exported_and_what_it_is_now(counted: Hub) -> None:
    exported(counted)
    imports(counted, "counts", COUNTED.replace("5120.05", "5000.05"))
    found = report(counted, "ACME", OCTOBER)
    assert figures(found) == DOWNTOWN
    assert site(found)["amended"] == {"exported": "15758.45", "now": "15638.45", "difference": "-120.00"}
    amended = {each["category"]: each["amended"] for each in site(found)["categories"]}
    assert amended == {
        "Meat": {"exported": "5120.05", "now": "5000.05", "difference": "-120.00"},
        "Produce": None,
        "Liquor": None,
    }
    assert "amended_since" in codes(found)


def test_a_late_site_stands_beside_the_exported_ones(counted: Hub) -> None:
    code = exported(counted)
    imports(counted, "counts", AIRPORT)
    found = report(counted, "ACME", OCTOBER)
    assert {each["site"]: each["export"] for each in found["sites"]} == {"DT": code, "AP": None}
    assert figures(found, "AP") == ["Meat 0.00 300.00 300.00"]
    assert [entry["export"] for entry in found["entries"]] == [code, None]
    assert (found["debits"], found["credits"], found["balanced"]) == ("31724.92", "31724.92", True)


def test_transfers_and_production_are_listed_by_line(counted: Hub) -> None:
    imports(counted, "transfers", TRANSFER)
    imports(counted, "production", PRODUCTION)
    found = report(counted, "ACME", OCTOBER)
    assert [
        f"{line['side']} {line['account_number']} {line['amount']} {line['site']}" for line in found["transfers"]
    ] == [
        "debit 5010 50.00 AP",
        "credit 5010 50.00 DT",
    ]
    assert [f"{line['side']} {line['account_number']} {line['amount']}" for line in found["production"]] == [
        "debit 5030 100.00",
        "credit 5010 80.00",
        "credit 5020 20.00",
    ]


def test_items_are_shown_where_they_are_asked_for(counted: Hub) -> None:
    assert "items" not in site(report(counted, "ACME", OCTOBER))["categories"][0]
    categories = site(report(counted, "ACME", OCTOBER, items=True))["categories"]
    assert categories[1]["items"] == [
        {
            "item": "Lettuce",
            "area": "Walk-in",
            "unit": "case",
            "quantity": "12.5",
            "unit_cost": "79.072",
            "value": "988.40",
        }
    ]
    assert categories[0]["items"][0]["unit_cost"] is None


def test_an_unapproved_count_is_reported_and_not_offered(company: Hub) -> None:
    content = "\n".join(
        f"{line},{'status' if number == 0 else 'open'}" for number, line in enumerate(COUNTED.splitlines())
    )
    imports(company, "counts", content)
    found = report(company, "ACME", OCTOBER)
    assert (site(found)["status"], found["entries"]) == ("open", [])
    assert figures(found) == DOWNTOWN
    assert "not_offered" in codes(found)


def test_a_date_without_a_count_is_refused_and_says_which_there_are(counted: Hub) -> None:
    with pytest.raises(NotFound) as refused:
        report(counted, "ACME", NOVEMBER)
    assert "2026-10-31" in refused.value.problems[0].fix


def test_an_exported_count_is_reported_though_its_connector_is_gone(counted: Hub) -> None:
    exported(counted)
    without = replace(counted, registry=load(only=[]))
    found = report(without, "ACME", OCTOBER)
    assert figures(found) == DOWNTOWN
    assert found["label"] == report(counted, "ACME", OCTOBER)["label"] != ""
