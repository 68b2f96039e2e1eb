"""A report as a file: one flat CSV table, or a workbook of typed cells without formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.api import File, minor_digits
from hub.service.settling import write_files

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Report = Mapping[str, Any]
"""The JSON shape that reporting.report returns. Any: JSON's own types."""
Cell = str | date | Decimal | None

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_DIGITS = 15
"""A spreadsheet keeps no more significant digits of a number: a longer amount is written as text, whole."""

_FORMULA = re.compile(r"[\s\ufeff]*[=+\-@＝＋－＠]")
_HEAD = ("count_date", "connection", "currency", "export")
_ADJUSTMENT = ("site", "site_name", "category", "prior_date", "prior", "current", "change", "amended_to")
_ITEM = ("site", "category", "item", "area", "unit", "quantity", "unit_cost", "value")
_JOURNAL = (
    "entry", "date", "reference", "account_number", "account_name", "gl_account", "debit", "credit", "site",
    "category", "reason", "memo", "dimensions",
)  # fmt: skip
_COLUMNS = ("section", *_HEAD, *dict.fromkeys((*_ADJUSTMENT, *_ITEM, *_JOURNAL)))


def report_csv(report: Report) -> str:
    """Return a report as RFC 4180 CSV: one table whose `section` says what a row is: adjustment, item, journal or audit.

    Amounts are plain numbers; a text that a spreadsheet would take for a formula is prefixed with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    sections: dict[str, Iterable[Mapping[str, Cell]]] = {
        "adjustment": _adjustments(report),
        "item": _items(report),
        "journal": _journal(report),
        "audit": [{"memo": trail_line(report)}],
    }
    for section, rows in sections.items():
        for row in rows:
            cells = {**_heading(report), **row, "section": section}
            writer.writerow([_text(cells.get(column)) for column in _COLUMNS])
    return out.getvalue()


def report_xlsx(report: Report, file: Path) -> None:
    """Write a report as a workbook, whole or not at all."""
    write_files(file.parent, [File(name=file.name, content=report_workbook(report), media_type=XLSX_TYPE)])


def report_workbook(report: Report) -> bytes:
    """Return a report as a workbook: numbers as numbers, dates as dates, texts as texts, no formula."""
    from xlsxwriter import Workbook

    content = io.BytesIO()
    made = datetime.fromisoformat(report["made_at"]).replace(tzinfo=None)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(content, options) as workbook:
        workbook.set_properties({"title": report["title"], "company": report["company_name"], "created": made})
        formats = _Formats(workbook, minor_digits(report["currency"]))
        _sheet(workbook, "Adjustments", ("export", *_ADJUSTMENT), _adjustments(report), formats)
        _sheet(workbook, "Journal", ("export", *_JOURNAL), _journal(report), formats)
        if any("items" in category for site in report["sites"] for category in site["categories"]):
            _sheet(workbook, "Items", _ITEM, _items(report), formats)
        _sheet(workbook, "Audit", ("audit_trail",), [{"audit_trail": report["audit_trail"]}], formats)
        for sheet in workbook.worksheets():
            sheet.set_footer(f"&L{trail_line(report)}&RPage &P of &N")
    return content.getvalue()


def trail_line(report: Report) -> str:
    """Return the line that ties a report to the audit trail as it stood: `hub audit verify --head` takes what it says."""
    return f"Audit trail: {report['audit_trail']}"


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: prefixed with an apostrophe where any line begins like one."""
    return f"'{text}" if any(_FORMULA.match(line) for line in text.splitlines()) else text


def _heading(report: Report) -> dict[str, Cell]:
    return {
        "count_date": date.fromisoformat(report["count_date"]),
        "connection": report["connection"],
        "currency": report["currency"],
    }


def _adjustments(report: Report) -> Iterator[dict[str, Cell]]:
    for site in report["sites"]:
        for category in site["categories"]:
            amended = category["amended"]
            yield {
                "export": site["export"],
                "currency": site["currency"],
                "site": site["site"],
                "site_name": site["name"],
                "category": category["category"],
                "prior_date": date.fromisoformat(site["prior_date"]) if site["prior_date"] else None,
                **{name: Decimal(category[name]) for name in ("prior", "current", "change")},
                "amended_to": Decimal(amended["now"]) if amended else None,
            }


def _items(report: Report) -> Iterator[dict[str, Cell]]:
    for site in report["sites"]:
        for category in site["categories"]:
            for item in category.get("items", ()):
                yield {
                    "export": site["export"],
                    "currency": site["currency"],
                    "site": site["site"],
                    "site_name": site["name"],
                    "category": category["category"],
                    **{name: item[name] for name in ("item", "area", "unit")},
                    "quantity": Decimal(item["quantity"]),
                    "unit_cost": Decimal(item["unit_cost"]) if item["unit_cost"] is not None else None,
                    "value": Decimal(item["value"]),
                }


def _journal(report: Report) -> Iterator[dict[str, Cell]]:
    for number, entry in enumerate(report["entries"], start=1):
        for line in entry["lines"]:
            yield {
                "export": entry["export"],
                "entry": Decimal(number),
                "date": date.fromisoformat(entry["date"]),
                "reference": entry["reference"],
                **{name: line[name] for name in ("account_number", "account_name", "gl_account", "site", "category")},
                line["side"]: Decimal(line["amount"]),
                "reason": line["reason"],
                "memo": line["memo"],
                "dimensions": "; ".join(f"{name}: {value}" for name, value in sorted(line["dimensions"].items())),
            }


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell.isoformat() if isinstance(cell, date) else guarded(cell)


class _Formats:
    """How the cells of one workbook look; digits: the decimals of its currency."""

    def __init__(self, workbook: Workbook, digits: int) -> None:
        decimals = "." + "0" * digits if digits else ""
        self.heading: Format = workbook.add_format({"bold": True, "bottom": 1})
        self.amount: Format = workbook.add_format({"num_format": f"#,##0{decimals}"})
        self.quantity: Format = workbook.add_format({"num_format": "#,##0.######"})
        self.number: Format = workbook.add_format({"num_format": "0"})
        self.date: Format = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.others = {"quantity": self.quantity, "unit_cost": self.quantity, "entry": self.number}

    def of_number(self, column: str) -> Format:
        return self.others.get(column, self.amount)


def _sheet(
    workbook: Workbook, name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Cell]], formats: _Formats
) -> None:
    sheet = workbook.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, 16)
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column.replace("_", " ").capitalize(), formats.heading)
    for number, row in enumerate(rows, start=1):
        for at, column in enumerate(columns):
            _write(sheet, (number, at), row.get(column), formats, column)


def _write(sheet: Worksheet, at: tuple[int, int], cell: Cell, formats: _Formats, column: str) -> None:
    if isinstance(cell, Decimal) and len(cell.as_tuple().digits) <= MOST_DIGITS:
        sheet.write_number(*at, cell, formats.of_number(column))
    elif isinstance(cell, date):
        sheet.write_datetime(*at, cell, formats.date)
    elif cell is not None:
        sheet.write_string(*at, str(cell))
