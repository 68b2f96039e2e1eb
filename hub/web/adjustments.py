"""The figures of the Journal Adjustment report as its pages show them: kinds of lines, bars, percentages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hub.service.report_views import by_category, by_reason
from hub.web.charts import Bar, across, changes
from hub.web.words import change

Report = Mapping[str, Any]  # Any: the JSON shape of a report and its parts

KINDS: Mapping[str, str] = {
    "reverse_prior": "Reverse prior ending inventory",
    "current": "Ending inventory",
    "net_change": "Net change of inventory",
    "transfer": "Transfers",
    "production": "Production",
    "production_variance": "Production variance",
    "closing": "Closing entry",
    "undo": "Undo",
}
"""What the lines of each reason are called."""
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One category over all sites, prior against current, each with its bar."""

    category: str
    prior: str
    current: str
    prior_bar: Bar
    current_bar: Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One category of a site; bar: of its change, None where the sites have several currencies."""

    figures: Report
    percent: str
    bar: Bar | None


def kinds(report: Report) -> list[tuple[str, Report]]:
    """Return each kind of line that the journal has: its words, and its number of lines, debits and credits."""
    return [(KINDS[each["reason"]], each) for each in by_reason(report)]


def compared(report: Report) -> list[Compared]:
    """Return the categories over all sites with their bars; none where the sites have several currencies."""
    found = by_category(report)
    bars = across([(Decimal(each["prior"]), Decimal(each["current"])) for each in found])
    return [
        Compared(
            category=each["category"],
            prior=each["prior"],
            current=each["current"],
            prior_bar=prior,
            current_bar=current,
        )
        for each, (prior, current) in zip(found, bars, strict=True)
    ]


def rows(report: Report) -> Mapping[str, Sequence[Row]]:
    """Return each site's categories, by the site's code; all bars are on one scale."""
    every = [category for site in report["sites"] for category in site["categories"]]
    bars = iter(changes([each["change"] for each in every]))
    drawn = report["totals"] is not None
    return {
        site["site"]: [
            Row(figures=each, percent=percent(each), bar=bar if drawn else None)
            for each, bar in zip(site["categories"], bars, strict=False)
        ]
        for site in report["sites"]
    }


def percent(figures: Report) -> str:
    """Return by how many percent a value changed: +6.4%; `new` where there was none, – where that cannot be said."""
    prior, by = Decimal(figures["prior"]), Decimal(figures["change"])
    if prior <= 0:
        return "new" if prior == 0 and by else "–"
    return f"{change((by / prior * 100).quantize(TENTH, ROUND_HALF_UP))}%"


def items_of(report: Report) -> int:
    """Return how many lines the counts of a report have."""
    return sum(category["item_count"] for site in report["sites"] for category in site["categories"])
