"""What the hub learns about the connector, its settings and its sessions."""

from __future__ import annotations

from datetime import date
from importlib.metadata import entry_points

import pytest
from pydantic import BaseModel, ValidationError

from hub.api import (
    API_VERSION,
    ENTRY_POINT_GROUP,
    Account,
    Capability,
    Company,
    Connection,
    DimensionValue,
    Guarantee,
    Limits,
    NoSignIn,
)
from hub_csv_iif.connector import CsvIif, hub_connectors
from hub_csv_iif.settings import LayoutName, Settings
from plugins.csv_iif.tests.journals import LAYOUTS, session, small

LABELS = {
    "iif": "QuickBooks Desktop",
    "quickbooks-online": "QuickBooks Online",
    "xero": "Xero",
    "netsuite": "NetSuite",
    "sage-intacct": "Sage Intacct",
    "sage-50": "Sage 50",
    "generic": "CSV",
}


def test_the_plugin_is_found_through_its_entry_point() -> None:
    (point,) = entry_points(group=ENTRY_POINT_GROUP, name="csv_iif")
    assert point.load().hub_connectors is hub_connectors
    (connector,) = hub_connectors()
    assert isinstance(connector, CsvIif)


def test_it_makes_files_reads_charts_and_relies_on_a_person() -> None:
    info = CsvIif().info
    assert (info.id, info.api, info.guarantee) == ("csv_iif", API_VERSION, Guarantee.PERSON)
    assert info.capabilities == {Capability.FILES, Capability.READ_CHART}
    assert info.sign_ins == (NoSignIn(),)
    assert info.entry_dimensions == ("subsidiary",)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_label_is_the_layouts_accounting_system(layout: str) -> None:
    assert CsvIif().label(Settings(layout=LayoutName(layout))) == LABELS[layout]


@pytest.mark.parametrize(
    ("layout", "limits"),
    [
        ("iif", Limits(memo_length=209, reference_length=11)),
        ("quickbooks-online", Limits(lines_per_entry=1_000, memo_length=4_000, reference_length=21)),
        ("xero", Limits(lines_per_entry=300)),
        ("netsuite", Limits(lines_per_entry=10_000)),
        ("sage-intacct", Limits()),
        ("sage-50", Limits(lines_per_entry=560, memo_length=160, reference_length=20)),
        ("generic", Limits()),
    ],
)
def test_limits_are_the_layouts_and_the_lines_can_be_set(layout: str, limits: Limits) -> None:
    assert CsvIif().limits(Settings(layout=LayoutName(layout))) == limits
    assert CsvIif().limits(Settings(layout=LayoutName(layout), max_lines=50)).lines_per_entry == 50


def test_settings_of_another_connector_are_a_programming_error() -> None:
    class Other(BaseModel):
        pass

    with pytest.raises(TypeError, match="settings of csv_iif expected"):
        CsvIif().label(Other())


def test_settings_come_as_text_from_the_command_line() -> None:
    typed = {
        "closed_through": "2026-09-30",
        "classes": "A; B;;A",
        "max_lines": "40",
        "date_format": "",
        "currency": "USD",
    }
    settings = Settings.model_validate_strings(typed)
    assert settings == Settings.model_validate(typed)
    assert (settings.layout, settings.closed_through, settings.max_lines) == (LayoutName.IIF, date(2026, 9, 30), 40)
    assert (settings.known_classes, settings.date_format, settings.currency) == (("A", "B"), None, "USD")
    assert (settings.tax_rate, settings.journal) == ("Tax Exempt", "GJ")


@pytest.mark.parametrize(
    "wrong",
    [
        {"layout": "quicken"},
        {"layoutt": "iif"},
        {"closed_through": "30/09/2026"},
        {"closed_through": "1790640000"},
        {"currency": "DOLLARS"},
        {"currency": "XAU"},
        {"date_format": "D/M/YY"},
        {"max_lines": "1"},
        {"tax_rate": " "},
        {"classes": "A;B\nC"},
        {"journal": ""},
        {"layout": "generic", "date_format": "MM/DD/YYYY"},
    ],
)
def test_wrong_settings_are_refused_without_repeating_them(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate_strings(wrong)
    assert "input_value" not in str(refused.value)
    for details in refused.value.errors(include_input=False):
        assert not [value for value in wrong.values() if value.strip() and value in details["msg"].split()]


def test_the_settings_form_has_only_plain_fields() -> None:
    for name, field in Settings.model_json_schema()["properties"].items():
        kinds = {option.get("type", "enum") for option in field.get("anyOf", [field])} - {"null"}
        assert kinds <= {"string", "integer", "enum"}, name
        assert field["title"]
        assert field["description"]


def test_a_session_knows_its_one_set_of_books_and_its_chart() -> None:
    chart = (Account(number="1310", name="Food"),)
    books = session("iif", chart, currency="USD")
    assert books.companies() == (Company(id="books", name="books", currency="USD"),)
    assert tuple(books.accounts()) == chart


def test_books_chosen_before_stay_the_same_when_the_connection_is_renamed() -> None:
    chosen = Company(id="books", name="Grill Inc.", currency="CAD")
    renamed = CsvIif().open(Connection(name="ledger", settings=Settings(), company=chosen))
    assert renamed.companies() == (chosen,)


@pytest.mark.parametrize(
    ("layout", "names"),
    [
        ("iif", ["class"]),
        ("quickbooks-online", ["class", "location"]),
        ("xero", []),
        ("netsuite", ["subsidiary", "department", "class", "location"]),
        ("sage-intacct", ["location", "department"]),
        ("sage-50", ["job"]),
        ("generic", []),
    ],
)
def test_the_dimensions_are_those_with_a_column(layout: str, names: list[str]) -> None:
    dimensions = session(layout).dimensions()
    assert [dimension.name for dimension in dimensions] == names
    assert not any(dimension.required or dimension.values for dimension in dimensions)


def test_the_classes_set_are_the_values_of_the_class() -> None:
    (dimension,) = session("iif", classes="Downtown;Airport").dimensions()
    assert dimension.values == (
        DimensionValue(id="Downtown", name="Downtown"),
        DimensionValue(id="Airport", name="Airport"),
    )


def test_nothing_can_be_looked_up_since_a_person_imports_the_file() -> None:
    books = session("iif")
    assert not books.find(small())
    assert books.read(books.post(small())) is None
    books.close()
