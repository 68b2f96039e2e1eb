"""Counts: what comes in, what is refused, and what a second file does to the first."""

import pytest

from hub.service.importing import AmendedCount
from tests.importing.company import Company, said

HEADER = "count_date,site,item,category,quantity,unit_cost,value\n"
COUNT = HEADER + (
    "2026-10-31,DT,Ribeye,Meat,12.5,18.75,\n"
    "2026-10-31,DT,Kale,Produce,4,1.105,\n"
    "2026-10-31,AP,Ribeye,Meat,3,,56.25\n"
)  # fmt: skip


def test_a_count_is_stored_with_whole_numbers_of_millionths_and_minor_units(company: Company) -> None:
    result = company.imported("counts", COUNT)
    assert (result.rows, result.added, result.changed, result.unchanged) == (3, 2, 0, 0)
    assert company.lines() == [
        "AP | 2026-10-31 | Ribeye | Meat |  |  | 3000000 |  | 5625 | 0",
        "DT | 2026-10-31 | Ribeye | Meat |  |  | 12500000 | 18750000 | 23438 | 0",
        "DT | 2026-10-31 | Kale | Produce |  |  | 4000000 | 1105000 | 442 | 0",
    ]


def test_each_counts_totals_by_category_are_kept_and_agree_with_a_group_by(company: Company) -> None:
    company.imported("counts", COUNT + "2026-10-31,DT,Sirloin,Meat,-1,10,\n")
    kept = company.query("SELECT count_id, category_id, value, lines FROM count_total ORDER BY 1, 2")
    counted = "SELECT count_id, category_id, sum(value), count(*) FROM count_line GROUP BY 1, 2 ORDER BY 1, 2"
    assert kept == company.query(counted)
    assert company.query("SELECT value, lines FROM valuation_count ORDER BY id") == [(22880, 3), (5625, 1)]


@pytest.mark.parametrize(
    ("currency", "quantity", "cost", "minor"),
    [
        ("USD", "1", "0.005", 1),
        ("USD", "1", "0.004999", 0),
        ("USD", "-1", "0.005", -1),
        ("USD", "-1", "0.004999", 0),
        ("USD", "3", "0.335", 101),
        ("JPY", "1", "0.5", 1),
        ("JPY", "-1", "1.5", -2),
        ("KWD", "1", "0.0005", 1),
        ("KWD", "2", "1.2345", 2469),
        ("USD", "0.000001", "0.000001", 0),
    ],
)
def test_a_value_is_rounded_half_away_from_zero_to_the_currencys_minor_unit(
    bare: Company, currency: str, quantity: str, cost: str, minor: int
) -> None:
    bare.set_up()
    bare.imported("sites", f"site,name,currency\nDT,Downtown,{currency}\n")
    bare.imported(
        "counts", f"count_date,site,item,category,quantity,unit_cost\n2026-10-31,DT,X,Meat,{quantity},{cost}\n"
    )
    assert bare.query("SELECT value FROM count_line") == [(minor,)]


def test_a_value_up_to_half_a_minor_unit_away_is_no_difference_and_a_cent_is(company: Company) -> None:
    result = company.imported(
        "counts", HEADER + "2026-10-31,DT,A,Meat,1,0.125,0.12\n2026-10-31,DT,B,Meat,1,0.125,0.11\n"
    )
    assert [(note.row, note.rule) for note in result.notes] == [(3, "value_differs")]
    assert company.query("SELECT line, value, differs FROM count_line ORDER BY line") == [(2, 12, False), (3, 11, True)]
    assert company.query("SELECT lines_differing FROM valuation_count") == [(1,)]


def test_equal_items_of_one_count_add_up(company: Company) -> None:
    company.imported("counts", HEADER + "2026-10-31,DT,Ribeye,Meat,1,2,\n2026-10-31,DT,Ribeye,Meat,3,2,\n")
    assert company.query("SELECT value, lines FROM count_total") == [(800, 2)]


def test_the_columns_stand_in_any_order_and_spaces_at_the_ends_of_names_are_cut(company: Company) -> None:
    company.imported(
        "counts",
        "\ufeffunit,value,area,category,item,site,count_date,quantity\r\n"
        " kg ,1.50, Bar ,Meat , Rib eye,DT, 2026-10-31,1 \r\n",
    )
    assert company.lines() == ["DT | 2026-10-31 | Rib eye | Meat | Bar | kg | 1000000 |  | 150 | 0"]


def test_blank_lines_are_skipped_and_still_counted_in_row_numbers(company: Company) -> None:
    result = company.imports("counts", HEADER + "\n,,,,,,\n2026-10-31,DT,Ribeye,Meat,x,1,\n\n")
    assert said(result) == ["4 quantity not_a_number"]
    assert result.rows == 1


@pytest.mark.parametrize(
    ("row", "errors"),
    [
        ("2026-13-01,DT,A,Meat,1,1,", ["2 count_date not_a_date"]),
        ("31/10/2026,DT,A,Meat,1,1,", ["2 count_date not_a_date"]),
        ("46326,DT,A,Meat,1,1,", ["2 count_date not_a_date"]),
        ("1989-12-31,DT,A,Meat,1,1,", ["2 count_date date_out_of_range"]),
        ("2101-01-01,DT,A,Meat,1,1,", ["2 count_date date_out_of_range"]),
        ("2026-10-31,Dt,A,Meat,1,1,", ["2 site unknown_site"]),
        ("2026-10-31,,A,Meat,1,1,", ["2 site missing"]),
        ("2026-10-31,DT,,Meat,1,1,", ["2 item missing"]),
        ("2026-10-31,DT,A,Meet,1,1,", ["2 category unknown_category"]),
        ("2026-10-31,DT,A,Meat,,1,", ["2 quantity missing"]),
        ("2026-10-31,DT,A,Meat,1,,", ["2 value missing"]),
        ("2026-10-31,DT,A,Meat,1,,1.005", ["2 value too_many_decimals"]),
        ("2026-10-31,DT,A,Meat,1.0000001,1,", ["2 quantity too_many_decimals"]),
        ("2026-10-31,DT,A,Meat,1000000000001,,1", ["2 quantity too_large"]),
        ("2026-10-31,DT,A,Meat,1,,100000000000.01", ["2 value too_large"]),
        ("2026-10-31,DT,A,Meat,1000000,1000000,", ["2 value too_large"]),
        ("2026-10-31,DT,A,Meat,1e3,1,", ["2 quantity not_a_number"]),
        ("2026-10-31,DT,A,Meat,1,$1,", ["2 unit_cost not_a_number"]),
        ("2026-10-31,DT,A,Meat,1,1_000,", ["2 unit_cost not_a_number"]),
        ("2026-10-31,DT,A,Meat,٣,1,", ["2 quantity not_a_number"]),
        ("2026-10-31,DT,A,Meat,1,1,NaN", ["2 value not_a_number"]),
        ('2026-10-31,DT,A,Meat,"1,000",1,', ["2 quantity not_a_number"]),
        ('2026-10-31,DT,"A\nB",Meat,1,1,', ["2 item control_character"]),
        ("2026-10-31,DT,A\tB,Meat,1,1,", ["2 item control_character"]),
        (f"2026-10-31,DT,{'A' * 201},Meat,1,1,", ["2 item too_long"]),
        ("2026-10-31,DT,A,Meat,1,1", ["2 wrong_field_count"]),
        ("2026-10-31,DT,A,Meat,1,1,1,9", ["2 wrong_field_count"]),
        ("bad,XX,A,Meet,x,1,y", ["2 count_date not_a_date", "2 quantity not_a_number", "2 value not_a_number",
                                 "2 category unknown_category"]),
        ("2026-10-31,XX,A,Meet,1,1,", ["2 site unknown_site", "2 category unknown_category"]),
    ],
)  # fmt: skip
def test_a_broken_row_is_refused_with_everything_wrong_in_it(company: Company, row: str, errors: list[str]) -> None:
    before = company.everything()
    result = company.imports("counts", HEADER + row + "\n2026-10-31,DT,Fine,Meat,1,1,\n")
    assert said(result) == errors
    assert not result.stored
    assert company.everything() == before


def test_messages_name_what_was_probably_meant(company: Company) -> None:
    result = company.imports("counts", HEADER + "2026-10-31,DT,A,Meet,1,1,\n")
    assert result.errors[0].message == "There is no category “Meet”. Did you mean “Meat”?"
    assert result.errors[0].value == "Meet"


def test_an_item_in_two_categories_within_one_file_is_refused_even_in_two_counts(company: Company) -> None:
    result = company.imports("counts", HEADER + "2026-10-31,DT,Lime,Produce,1,1,\n2026-10-31,AP,Lime,Liquor,1,1,\n")
    assert said(result) == ["3 category two_categories"]


def test_an_item_in_two_categories_is_found_beyond_what_is_remembered(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.importing.items.MOST_REMEMBERED", 3)
    monkeypatch.setattr("hub.intake.counts.MOST_REMEMBERED", 2)
    rows = [f"2026-10-31,DT,Item {number},Meat,1,1,\n" for number in range(10)]
    assert company.imports("counts", HEADER + "".join(rows)).added == 1
    result = company.imports("counts", HEADER + "".join(rows) + "2026-10-31,AP,Item 1,Produce,1,1,\n")
    assert said(result) == ["12 category two_categories"]


def test_between_counts_an_items_category_may_change_and_the_item_takes_the_latest(company: Company) -> None:
    company.imported("counts", HEADER + "2026-10-31,DT,Lime,Produce,1,1,\n")
    company.imported("counts", HEADER + "2026-11-30,DT,Lime,Liquor,1,1,\n")
    assert company.query("SELECT c.name FROM item i JOIN category c ON c.id = i.category_id") == [("Liquor",)]
    assert [line.split(" | ")[3] for line in company.lines()] == ["Produce", "Liquor"]


def test_importing_an_old_count_again_leaves_its_items_category_alone(company: Company) -> None:
    old = HEADER + "2026-10-31,DT,Lime,Produce,1,1,\n"
    company.imported("counts", old)
    company.imported("counts", HEADER + "2026-11-30,DT,Lime,Liquor,1,1,\n")
    before = company.everything()
    company.imported("counts", old)
    assert company.everything() == before


def test_importing_the_same_file_again_changes_nothing(company: Company) -> None:
    company.imported("counts", COUNT)
    before = company.everything()
    result = company.imported("counts", COUNT)
    assert (result.added, result.changed, result.unchanged) == (0, 0, 2)
    assert company.everything() == before


def test_the_same_lines_in_another_order_are_the_same_count(company: Company) -> None:
    company.imported("counts", COUNT)
    before = company.everything()
    header, *rows = COUNT.splitlines()
    result = company.imported("counts", "\n".join([header, "", *reversed(rows)]))
    assert result.unchanged == 2
    assert company.everything() == before


def test_lines_that_differ_but_sum_to_the_same_are_another_count(company: Company) -> None:
    company.imported("counts", HEADER + "2026-10-31,DT,A,Meat,1,,5\n2026-10-31,DT,B,Meat,1,,7\n")
    result = company.imported("counts", HEADER + "2026-10-31,DT,A,Meat,1,,7\n2026-10-31,DT,B,Meat,1,,5\n")
    assert (result.changed, result.unchanged) == (1, 0)


def test_a_count_imported_again_is_replaced_whole_and_others_stay(company: Company) -> None:
    company.imported("counts", COUNT)
    result = company.imported("counts", HEADER + "2026-10-31,DT,Sirloin,Meat,1,9,\n")
    assert (result.added, result.changed, result.amended) == (0, 1, ())
    assert [line.split(" | ")[:3] for line in company.lines()] == [
        ["AP", "2026-10-31", "Ribeye"],
        ["DT", "2026-10-31", "Sirloin"],
    ]
    assert company.query("SELECT count(*) FROM valuation_count") == [(2,)]


def test_a_count_amended_after_its_export_is_kept_beside_what_was_exported(company: Company) -> None:
    company.imported("counts", COUNT)
    company.exported("DT", "2026-10-31")
    result = company.imported("counts", HEADER + "2026-10-31,DT,Ribeye,Meat,13,18.75,\n")
    assert [(count.site, str(count.count_date)) for count in result.amended] == [("DT", "2026-10-31")]
    assert all(isinstance(count, AmendedCount) for count in result.amended)
    revisions = "SELECT n.current, n.value FROM valuation_count n JOIN site s ON s.id = n.site_id WHERE s.code = 'DT'"
    assert sorted(company.query(revisions)) == [(False, 23880), (True, 24375)]
    assert company.query("SELECT count(*) FROM count_line") == [(4,)]


def test_a_count_amended_twice_after_its_export_is_told_twice_and_keeps_no_revision_between(company: Company) -> None:
    company.imported("counts", COUNT)
    company.exported("DT", "2026-10-31")
    for value in ("1", "2"):
        assert company.imported("counts", HEADER + f"2026-10-31,DT,Ribeye,Meat,1,,{value}\n").amended
    assert company.query("SELECT count(*) FROM valuation_count WHERE NOT current") == [(1,)]


def test_a_count_whose_export_was_undone_is_changed_without_being_called_amended(company: Company) -> None:
    company.imported("counts", COUNT)
    company.exported("DT", "2026-10-31", live=False)
    assert company.imported("counts", HEADER + "2026-10-31,DT,Ribeye,Meat,13,18.75,\n").amended == ()


def test_an_open_count_is_approved_by_importing_it_with_that_status(company: Company) -> None:
    header = HEADER.replace("value", "value,status")
    company.imported("counts", header + "2026-10-31,DT,Ribeye,Meat,1,1,,open\n")
    assert company.query("SELECT status FROM valuation_count") == [("open",)]
    result = company.imported("counts", header + "2026-10-31,DT,Ribeye,Meat,1,1,,Approved\n")
    assert result.changed == 1
    assert company.query("SELECT status, current FROM valuation_count") == [("approved", True)]
    assert company.imported("counts", header + "2026-10-31,DT,Ribeye,Meat,1,1,,open\n").changed == 1


def test_an_exported_count_cannot_be_set_open_again(company: Company) -> None:
    company.imported("counts", COUNT)
    company.exported("DT", "2026-10-31")
    before = company.everything()
    header = HEADER.replace("value", "value,status")
    result = company.imports("counts", header + "2026-10-31,DT,Ribeye,Meat,1,1,,open\n")
    assert said(result) == ["0 status already_exported"]
    assert "The count of DT on 2026-10-31 has been exported" in result.errors[0].message
    assert company.everything() == before


def test_a_count_has_one_status(company: Company) -> None:
    header = HEADER.replace("value", "value,status")
    rows = "2026-10-31,DT,A,Meat,1,1,,open\n2026-10-31,DT,B,Meat,1,1,,\n"
    assert said(company.imports("counts", header + rows)) == ["3 status rows_disagree"]


def test_with_valid_rows_a_count_with_a_bad_row_is_left_out_whole_and_the_others_are_stored(company: Company) -> None:
    bad = COUNT + "2026-10-31,DT,Leek,Produce,x,1,\n2026-10-31,DT,Fig,Produce,2,1,\n"
    result = company.imports("counts", bad, valid_rows=True)
    assert said(result) == ["5 quantity not_a_number"]
    assert (result.stored, result.added, result.left_out) == (True, 1, 1)
    assert [line.split(" | ")[0] for line in company.lines()] == ["AP"]
    assert company.query("SELECT name FROM item") == [("Ribeye",)]
    assert company.query("SELECT count(*) FROM count_line") == [(1,)]


@pytest.mark.parametrize("row", ["2026-10-31,XX,A,Meat,1,1,", "soon,DT,A,Meat,1,1,", "2026-10-31,DT,A"])
def test_with_valid_rows_nothing_is_stored_where_a_bad_rows_count_cannot_be_told(company: Company, row: str) -> None:
    before = company.everything()
    result = company.imports("counts", COUNT + row + "\n", valid_rows=True)
    assert not result.stored
    assert company.everything() == before


def test_a_retired_category_takes_no_lines(company: Company) -> None:
    with company.database.write() as connection:
        connection.exec_driver_sql("UPDATE category SET retired = true WHERE name = 'Meat'")
    result = company.imports("counts", COUNT)
    assert said(result) == ["2 category retired_category", "4 category retired_category"]


def test_only_a_thousand_errors_are_kept_and_all_are_counted(company: Company) -> None:
    result = company.imports("counts", HEADER + "2026-10-31,DT,A,Meat,x,1,\n" * 1_500)
    assert (len(result.errors), result.error_count) == (1_000, 1_500)


def test_progress_is_told_while_a_long_file_is_read(company: Company) -> None:
    told: list[int] = []
    rows = "".join(f"2026-10-31,DT,Item {number % 50},Meat,1,1,\n" for number in range(12_000))
    company.imported("counts", HEADER + rows, progress=told.append)
    assert told == [5_000, 10_000]


def test_a_change_leaves_one_audit_row_and_no_change_leaves_none(company: Company) -> None:
    before = company.query("SELECT count(*) FROM audit_event")[0][0]
    company.imported("counts", COUNT, file_name="october.csv")
    company.imported("counts", COUNT, file_name="october.csv")
    rows = company.query("SELECT actor, action, subject, detail FROM audit_event ORDER BY seq")[before:]
    assert [row[:3] for row in rows] == [("tester", "import", "counts")]
    assert '"file":"october.csv"' in rows[0][3]
    assert '"sha256":"' in rows[0][3]


def test_another_companys_sites_items_and_counts_are_out_of_reach(company: Company) -> None:
    company.imported("counts", COUNT)
    other = Company(company.database, code="OTHER")
    assert said(other.imports("counts", COUNT)) == [
        f"{row} {column} unknown_{column}" for row in (2, 3, 4) for column in ("site", "category")
    ]
    other.set_up()
    before = company.query("SELECT * FROM count_line ORDER BY count_id, line")
    other.imported("counts", COUNT)
    assert company.query("SELECT count(*) FROM item") == [(4,)]
    assert company.query("SELECT * FROM count_line ORDER BY count_id, line")[: len(before)] == before
