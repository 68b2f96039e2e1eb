"""The demo company as it stands once loaded."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hub.demo import COMPANY, load, show
from hub.demo.half_year import COUNT_DATES, EXPORTED_DATES
from hub.plugins import Registry
from hub.service.companies import companies
from hub.service.connecting.standing import connections
from hub.service.context import Hub
from hub.service.exporting import exports, show_export
from hub.service.previewing import offered_counts, preview
from tests.demo.home import codes, counted, everything, opened, opening, posted, together, transferred

REPOSITORY = Path(__file__).parents[2]
DRY_GOODS = [("reverse_prior", "5050"), ("reverse_prior", "1310"), ("current", "1320"), ("current", "5040")]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Iterator[Hub]:
    """The loaded demo company, shared by the tests of this file, none of which changes it."""
    databases = request.getfixturevalue(f"{request.param}_databases")
    with opened(databases.migrated(), tmp_path_factory.mktemp("home"), registry) as hub:
        load(hub)
        yield hub
    databases.drop()


def previews(demo: Hub) -> list[dict[str, Any]]:
    return [preview(demo, COMPANY, day) for day in COUNT_DATES]


def test_it_is_one_company_with_one_set_of_books(demo: Hub) -> None:
    assert [company["code"] for company in companies(demo)] == ["DEMO"]
    assert [connection["name"] for connection in connections(demo, COMPANY)] == ["books"]


def test_it_has_3_sites_9_categories_in_3_departments_and_150_items(demo: Hub) -> None:
    rows = {name: len(found) for name, found in everything(demo).items()}
    assert [rows[name] for name in ("site", "category", "department", "item")] == [3, 9, 3, 150]


def test_each_site_has_6_counts_and_one_of_them_has_two_versions(demo: Hub) -> None:
    assert len(everything(demo)["valuation_count"]) == 3 * 6 + 1


def test_the_months_to_september_are_exported_and_confirmed(demo: Hub) -> None:
    made = [(made["count_date"], made["state"], made["sequence"]) for made in exports(demo, COMPANY)]
    assert made == [(day.isoformat(), "POSTED", 1) for day in reversed(EXPORTED_DATES)]


def test_only_october_is_offered_for_all_sites(demo: Hub) -> None:
    (offered,) = offered_counts(demo, COMPANY)
    assert (offered["count_date"], sorted(offered["sites"])) == ("2026-10-31", ["CK", "DT", "HB"])
    assert Decimal(offered["value"]) == sum(counted(COUNT_DATES[-1]).values())


def test_every_entry_balances(demo: Hub) -> None:
    for shown in previews(demo):
        assert shown["balanced"]
        assert shown["debits"] == shown["credits"] != "0.00"
        for entry in shown["entries"]:
            signed = [Decimal(line["amount"]) * (1 if line["side"] == "debit" else -1) for line in entry["lines"]]
            assert sum(signed) == 0


def test_after_each_export_the_asset_accounts_carry_what_was_counted(demo: Hub) -> None:
    carried = opening()
    for day, shown in zip(COUNT_DATES, previews(demo), strict=True):
        carried = together(carried, posted(shown, lambda line: line["account_number"].startswith("13")))
        assert carried == counted(day)


def test_re_mapped_dry_goods_leave_nothing_on_the_account_they_left(demo: Hub) -> None:
    carried = {key: value for key, value in opening().items() if key[1] == "Dry Goods"}
    for shown in previews(demo)[:4]:
        moved = posted(shown, lambda line: line["account_number"] == "1310")
        carried = together(carried, {key: value for key, value in moved.items() if key[1] == "Dry Goods"})
    assert carried == {}


@pytest.mark.parametrize("site", ["CK", "DT", "HB"])
def test_the_re_mapped_category_is_reversed_where_it_stood(demo: Hub, site: str) -> None:
    august = preview(demo, COMPANY, date(2026, 8, 31))
    lines = [
        (line["reason"], line["gl_account"])
        for entry in august["entries"]
        for line in entry["lines"]
        if (line["site"], line["category"]) == (site, "Dry Goods") and line["reason"] in {"reverse_prior", "current"}
    ]
    assert lines == DRY_GOODS


def test_transfers_production_and_a_variance_are_posted(demo: Hub) -> None:
    reasons = {line["reason"] for shown in previews(demo) for entry in shown["entries"] for line in entry["lines"]}
    assert reasons == {"reverse_prior", "current", "transfer", "production", "production_variance"}


def test_the_pending_transfer_is_left_out_of_october_with_a_note(demo: Hub) -> None:
    october = preview(demo, COMPANY, date(2026, 10, 31))
    assert codes(october) == ["note transfer_pending"]
    assert october["problems"][0]["where"]["transfer"] == "T-1006"
    assert posted(october, lambda line: line["reason"] == "transfer") == transferred(date(2026, 10, 31))


def test_october_can_be_exported_without_a_decision(demo: Hub) -> None:
    assert not any(problem["blocking"] for problem in preview(demo, COMPANY, date(2026, 10, 31))["problems"])


def test_the_export_of_the_amended_count_says_so(demo: Hub) -> None:
    noted = {made["count_date"]: "note amended_since" in codes(show_export(demo, COMPANY, made["export"]))
             for made in exports(demo, COMPANY)}  # fmt: skip
    assert [day for day, amended in noted.items() if amended] == ["2026-09-30"]


def test_each_export_has_its_file_with_lines_that_add_up_to_zero(demo: Hub) -> None:
    for made in exports(demo, COMPANY):
        (posting,) = made["postings"]
        lines = Path(posting["receipt"]["file"]).read_bytes().decode("cp1252").split("\r\n")
        columns = lines[0].split("\t")
        amounts = [line.split("\t")[columns.index("AMOUNT")] for line in lines if line.startswith(("TRNS", "SPL"))]
        assert len(amounts) > 100
        assert sum(map(Decimal, amounts)) == 0


def test_loading_it_again_changes_nothing(demo: Hub) -> None:
    before = everything(demo)
    load(demo)
    assert everything(demo) == before


def test_it_shows_october_and_the_file_of_september_with_the_journal_in_it(demo: Hub) -> None:
    shown = show(demo)
    assert shown["preview"] == preview(demo, COMPANY, date(2026, 10, 31))
    assert shown["export"]["count_date"] == shown["journal"]["count_date"] == "2026-09-30"
    (posting,), (entry,) = shown["export"]["postings"], shown["journal"]["entries"]
    assert posting["reference"] == entry["reference"]
    assert entry["reference"] in Path(posting["receipt"]["file"]).read_bytes().decode("cp1252")


def test_it_shows_five_commands_which_are_those_of_its_page(demo: Hub) -> None:
    shown = show(demo)
    commands = [command.replace(shown["export"]["export"], "EXPORT") for command in shown["commands"]]
    page = (REPOSITORY / "docs" / "demo.md").read_text(encoding="utf-8")
    assert [line.strip() for line in page.splitlines() if line.startswith("    hub ")] == commands
    assert len(commands) == 5


def test_showing_it_changes_nothing(demo: Hub) -> None:
    before = everything(demo)
    show(demo)
    assert everything(demo) == before
