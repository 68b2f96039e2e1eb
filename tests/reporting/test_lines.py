"""What stands behind one category of a site: figures, lines, accounts and who set them, what moved, and the items."""

import csv
import io
from dataclasses import replace
from typing import Any

import pytest

from hub.plugins import load
from hub.service.context import Hub, NotFound, Refused
from hub.service.report_lines import Asked, category_lines, items_csv
from hub.service.report_views import by_category, by_reason, counted_dates, seen_by
from hub.service.reporting import report
from tests.reporting.home import COUNTED, NEXT, NOVEMBER, OCTOBER, PRODUCTION, TRANSFER, exported, imports

MEAT = Asked(count_date=OCTOBER, connection=None, site="DT", category="Meat")


def lines(found: dict[str, Any]) -> list[str]:
    return [f"{line['side']} {line['account_number']} {line['amount']} {line['reason']}" for line in found["lines"]]


def steps(found: dict[str, Any], part: str) -> list[str]:
    (account,) = [each for each in found["accounts"] if (each["part"], each["use"]) == (part, "count")]
    return [f"{step['what']} {step['name']} {step['gl_account']}{step['account']}" for step in account["steps"]]


def test_a_category_not_exported_shows_what_would_be_posted_and_why(counted: Hub) -> None:
    found = category_lines(counted, "ACME", MEAT)
    assert (found["prior"], found["current"], found["change"]) == ("4812.37", "5120.05", "307.68")
    assert lines(found) == [
        "debit 5010 4812.37 reverse_prior",
        "credit 1310 4812.37 reverse_prior",
        "debit 1310 5120.05 current",
        "credit 5010 5120.05 current",
    ]
    assert steps(found, "asset") == ["department Food 1310", "map 1310 1310 Food Inventory"]
    assert steps(found, "cogs") == ["category Meat 5010", "map 5010 5010 COGS Meat"]
    assert [(each["value"], each["as_of"], each["export"]) for each in found["carried"]] == [
        ("4812.37", "2026-09-30", None)
    ]
    assert {step["set_by"]["by"] for account in found["accounts"] for step in account["steps"]} == {"tester"}
    assert (found["export"], found["status"], found["item_count"]) == (None, "approved", 1)
    assert [(item["item"], item["value"]) for item in found["items"]] == [("Ribeye", "5120.05")]


def test_an_override_is_a_step_of_the_way(counted: Hub) -> None:
    imports(counted, "overrides", "gl_account,site,use,override_account\n5010,DT,,5020\n")
    assert steps(category_lines(counted, "ACME", MEAT), "cogs") == [
        "category Meat 5010",
        "override Downtown 5020",
        "map 5020 5020 COGS Produce",
    ]


def test_an_exported_category_shows_what_it_was_posted_to_and_what_has_changed_since(counted: Hub) -> None:
    code = exported(counted)
    imports(counted, "overrides", "gl_account,site,use,override_account\n5010,DT,,5020\n")
    imports(counted, "counts", COUNTED.replace("5120.05", "5000.05"))
    found = category_lines(counted, "ACME", MEAT)
    assert (found["export"], found["exported_by"], found["current"]) == (code, "tester", "5120.05")
    assert found["amended"] == {"exported": "5120.05", "now": "5000.05", "difference": "-120.00"}
    changed = {each["part"]: (each["used"]["account"], each["changed"]) for each in found["accounts"]}
    assert changed == {"asset": ("1310 Food Inventory", False), "cogs": ("5010 COGS Meat", True)}
    assert {line["export"] for line in found["lines"]} == {code}
    assert [item["value"] for item in found["items"]] == ["5120.05"]
    liquor = category_lines(counted, "ACME", replace(MEAT, category="Liquor"))
    assert liquor["amended"] is None
    imports(counted, "counts", NEXT)
    following = category_lines(counted, "ACME", replace(MEAT, count_date=NOVEMBER))
    assert [(each["value"], each["export"]) for each in following["carried"]] == [("5120.05", code)]


def test_what_moved_is_listed_with_its_items_before_and_after_the_export(counted: Hub) -> None:
    imports(counted, "transfers", TRANSFER)
    imports(counted, "production", PRODUCTION)
    for _ in range(2):
        found = category_lines(counted, "ACME", MEAT)
        assert [(each["name"], each["way"], each["item"], each["value"]) for each in found["moved"]] == [
            ("T-1", ["Downtown", "Airport"], "Ribeye", "50.00"),
            ("B-1", ["input"], "Ribeye", "80.00"),
        ]
        assert {each["use"] for each in found["accounts"]} == {"count", "transfer"}
        if found["export"] is None:
            exported(counted)
    there = category_lines(counted, "ACME", replace(MEAT, site="AP"))
    assert (there["status"], there["counted"], there["items"]) == (None, False, [])
    assert lines(there) == ["debit 5010 50.00 transfer"]
    assert [each["name"] for each in there["moved"]] == ["T-1"]


def test_what_was_neither_counted_nor_carried_nor_moved_is_not_there(counted: Hub) -> None:
    for site, category in (("DT", "Prep"), ("AP", "Meat"), ("none", "Meat"), ("DT", "none"), ("", "")):
        with pytest.raises(NotFound):
            category_lines(counted, "ACME", replace(MEAT, site=site, category=category))
    with pytest.raises(NotFound):
        items_csv(counted, "ACME", replace(MEAT, site="AP"))


def test_a_category_is_explained_though_its_connector_is_gone(counted: Hub) -> None:
    found = category_lines(replace(counted, registry=load(only=[])), "ACME", MEAT)
    assert (found["current"], found["lines"]) == ("5120.05", [])
    assert [each["level"] for each in found["problems"]] == ["problem"]
    assert steps(found, "cogs") == ["category Meat 5010", "map 5010 5010 COGS Meat"]


def test_items_are_paged_and_kept_whole_a_few_at_a_time(counted: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.service.report_lines.ITEMS_OF_A_PAGE", 2)
    monkeypatch.setattr("hub.service.report_lines.ITEMS_AT_ONCE", 2)
    more = "".join(f"2026-10-31,DT,Cut {i},Meat,=A{i},lb,1,,1.0{i}\n" for i in range(4))
    imports(counted, "counts", COUNTED + more)
    pages = [category_lines(counted, "ACME", MEAT, page=page) for page in (1, 2, 3, 9)]
    assert [[item["item"] for item in page["items"]] for page in pages] == [
        ["Cut 0", "Cut 1"],
        ["Cut 2", "Cut 3"],
        ["Ribeye"],
        ["Ribeye"],
    ]
    assert [(page["page"], page["pages"], page["first"], page["item_count"]) for page in pages][3] == (3, 3, 5, 5)
    text = "".join(items_csv(counted, "ACME", MEAT))
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["item"] for row in rows] == ["Ribeye", "Cut 0", "Cut 1", "Cut 2", "Cut 3"]
    assert rows[1]["area"] == "'=A0"


def test_a_count_imported_again_meanwhile_is_not_half_of_each(counted: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.service.report_lines.ITEMS_AT_ONCE", 1)
    more = "".join(f"2026-10-31,DT,Cut {i},Meat,,lb,1,,1.0{i}\n" for i in range(4))
    imports(counted, "counts", COUNTED + more)
    parts = items_csv(counted, "ACME", MEAT)
    assert "Ribeye" in [next(parts), next(parts)][1]
    imports(counted, "counts", COUNTED.replace("5120.05", "1.00"))
    with pytest.raises(Refused, match="imported again"):
        list(parts)


def test_counted_dates_say_what_is_exported_and_what_waits(counted: Hub) -> None:
    (before,) = counted_dates(counted, "ACME")
    assert (before["count_date"], before["connection"], before["sites"]) == ("2026-10-31", "books", ["DT"])
    assert (before["exports"], before["waiting"]) == ([], ["DT"])
    code = exported(counted)
    imports(counted, "counts", COUNTED.replace("5120.05", "5000.05"))
    imports(counted, "counts", NEXT)
    newest, after = counted_dates(counted, "ACME")
    assert (newest["count_date"], newest["waiting"]) == ("2026-11-30", ["DT"])
    (export,) = after["exports"]
    assert (export["export"], export["state"], after["waiting"]) == (code, "POSTED", [])
    assert counted_dates(counted, "ACME", frozenset({"AP"})) == []


def test_who_sees_one_site_gets_its_lines_and_sums_alone(counted: Hub) -> None:
    imports(counted, "transfers", TRANSFER)
    whole = report(counted, "ACME", OCTOBER)
    found = seen_by(whole, frozenset({"AP"}))
    assert (found["sites"], found["left_out"], found["totals"]) == ([], True, None)
    assert (found["debits"], found["credits"], found["balanced"]) == ("50.00", "0.00", True)
    assert {line["site"] for entry in found["entries"] for line in entry["lines"]} == {"AP"}
    assert [problem["code"] for problem in found["problems"]] == ["site_not_counted"]
    assert seen_by(whole, None) == {**whole, "left_out": False}


def test_sums_by_category_and_by_reason_are_those_of_the_report(counted: Hub) -> None:
    found = report(counted, "ACME", OCTOBER)
    assert [each["category"] for each in by_category(found)] == ["Meat", "Produce", "Liquor"]
    assert by_category(found)[0] == {"category": "Meat", "prior": "4812.37", "current": "5120.05", "change": "307.68"}
    assert by_reason(found) == [
        {"reason": "reverse_prior", "lines": 6, "debits": "15666.47", "credits": "15666.47"},
        {"reason": "current", "lines": 6, "debits": "15758.45", "credits": "15758.45"},
    ]


def test_more_items_than_a_file_takes_are_refused_with_the_way_out(counted: Hub) -> None:
    assert report(counted, "ACME", OCTOBER, items=True, most_items=3)["sites"][0]["categories"][0]["items"]
    with pytest.raises(Refused) as refused:
        report(counted, "ACME", OCTOBER, items=True, most_items=2)
    assert [each.code for each in refused.value.problems] == ["too_many_items"]
