"""The kinds of import: their columns, which must be there, how a cell is read, and an example row."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hub.api import AccountKind
from hub.intake import cells, records
from hub.intake.sheet import Holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: required ones must be there and filled in every row.

    there: the column must be there, but its cells may be empty.
    """

    name: str
    read: Callable[[str], object]
    example: str
    required: bool = False
    there: bool = False
    holds: Holds = Holds.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of import.

    record: the dataclass a row becomes, None where rows are not kept as such (counts).
    one_of: columns of which at least one must be there and filled; group: the column naming what is stored whole or
    not at all. Any: each record class has its own fields, named as the columns.
    """

    name: str
    about: str
    columns: tuple[Column, ...]
    record: Callable[..., Any] | None
    one_of: tuple[str, ...] = ()
    group: str = ""
    by_name: dict[str, Column] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})


def template(kind: str) -> str:
    """Return a CSV file's text with the kind's header and an example row."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = KINDS[kind].columns
    writer.writerow(column.name for column in columns)
    writer.writerow(column.example for column in columns)
    return text.getvalue()


def _text(name: str, example: str, *, required: bool = True, there: bool = False) -> Column:
    return Column(name=name, read=cells.name, example=example, required=required, there=there)


def _optional(name: str, example: str) -> Column:
    return _text(name, example, required=False)


def _date(name: str, example: str) -> Column:
    return Column(name=name, read=cells.day, example=example, required=True, holds=Holds.DATE)


def _number(name: str, example: str, *, required: bool = False) -> Column:
    return Column(name=name, read=cells.micro, example=example, required=required, holds=Holds.NUMBER)


def _value(example: str, *, required: bool = False) -> Column:
    return Column(name="value", read=cells.value, example=example, required=required, holds=Holds.NUMBER)


def _choice(name: str, example: str, *words: str, required: bool = False) -> Column:
    return Column(name=name, read=cells.choice(*words), example=example, required=required)


_KIND_OF_ACCOUNT = _choice("kind", "asset", *AccountKind, required=True)
_ACCOUNTS = (_optional("asset_account", "1310"), _optional("cogs_account", "5010"))
_GOODS = (
    _text("item", "Ribeye 12 oz"),
    _text("category", "Meat"),
    _number("quantity", "12.5", required=True),
)
_COST = (_number("unit_cost", "18.75"), _value("234.38"))

_ALL = (
    Kind(
        name="gl-accounts",
        about="the hub's own list of accounts",
        record=records.GlAccountRow,
        columns=(_text("number", "1310"), _text("name", "Food Inventory"), _KIND_OF_ACCOUNT),
    ),
    Kind(
        name="departments",
        about="departments, with the accounts that their categories fall back to",
        record=records.DepartmentRow,
        columns=(_text("department", "Food"), *_ACCOUNTS),
    ),
    Kind(
        name="categories",
        about="inventory categories and their accounts",
        record=records.CategoryRow,
        columns=(_text("category", "Meat"), _text("department", "Food"), *_ACCOUNTS),
    ),
    Kind(
        name="sites",
        about="restaurants, bars and commissaries, each with the connection it posts to",
        record=records.SiteRow,
        columns=(
            _text("site", "DT"),
            _text("name", "Downtown"),
            _optional("connection", "books"),
            _optional("currency", "USD"),
        ),
    ),
    Kind(
        name="overrides",
        about="another GL Account in place of one, for a site, a use, both or neither",
        record=records.OverrideRow,
        columns=(
            _text("gl_account", "5010"),
            _optional("site", "DT"),
            _choice("use", "count", "count", "transfer"),
            _text("override_account", "5015"),
        ),
    ),
    Kind(
        name="counts",
        about="valuation counts: each site's stock-take of a date replaces the one imported before",
        record=None,
        one_of=("unit_cost", "value"),
        group="site",
        columns=(
            _date("count_date", "2026-10-31"),
            _text("site", "DT"),
            *_GOODS,
            _optional("area", "Walk-in"),
            _optional("unit", "each"),
            *_COST,
            _choice("status", "approved", "approved", "open"),
        ),
    ),
    Kind(
        name="transfers",
        about="goods moved from one site to another",
        record=records.TransferRow,
        one_of=("unit_cost", "value"),
        group="transfer_id",
        columns=(
            _text("transfer_id", "T-1001"),
            _date("date", "2026-10-14"),
            _text("from_site", "CK"),
            _text("to_site", "DT"),
            *_GOODS,
            *_COST,
            _choice("status", "approved", "approved", "pending"),
        ),
    ),
    Kind(
        name="production",
        about="ingredients turned into produced items",
        record=records.ProductionRow,
        group="batch_id",
        columns=(
            _text("batch_id", "B-1001"),
            _date("date", "2026-10-20"),
            _text("site", "CK"),
            _choice("side", "input", "input", "output", required=True),
            *_GOODS,
            *_COST,
        ),
    ),
    Kind(
        name="opening",
        about="what the books carried before the first export",
        record=records.OpeningRow,
        group="site",
        columns=(
            _date("date", "2026-09-30"),
            _text("site", "DT"),
            _optional("category", "Meat"),
            _value("4812.37", required=True),
            *_ACCOUNTS,
        ),
    ),
    Kind(
        name="chart",
        about="the accounts of a connection that cannot be read live",
        record=records.ChartRow,
        one_of=("id", "number", "name"),
        columns=(
            _text("number", "1310", required=False, there=True),
            _text("name", "Inventory:Food Inventory", required=False, there=True),
            _KIND_OF_ACCOUNT,
            _optional("id", "81"),
            Column(name="active", read=cells.yes_no, example="yes", holds=Holds.YES_NO),
        ),
    ),
    Kind(
        name="account-map",
        about="GL Account to account of the accounting system, for each connection",
        record=records.AccountMapRow,
        one_of=("account_number", "account_name", "account_id"),
        columns=(
            _text("gl_account", "1310"),
            _optional("account_number", "1310"),
            _optional("account_name", "Inventory:Food Inventory"),
            _optional("account_id", "81"),
            _optional("connection", "books"),
        ),
    ),
    Kind(
        name="site-map",
        about="site to the accounting system's dimension values, for each connection",
        record=records.SiteMapRow,
        columns=(
            _text("site", "DT"),
            _text("dimension", "class"),
            _text("value", "Downtown"),
            _optional("connection", "books"),
        ),
    ),
    Kind(
        name="due-accounts",
        about="GL Accounts for transfers between two connections",
        record=records.DueAccountsRow,
        columns=(
            _text("from_connection", "books"),
            _text("to_connection", "airport"),
            _text("due_from", "1410"),
            _text("due_to", "2410"),
        ),
    ),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}
