"""Before the first export of a site: what the books carry for it, once, category by category, or that they carry nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from hub.domain.access import Feature
from hub.service.opening_values import decide_opening, first_export
from hub.service.saving import RowsRefused
from hub.web.editing import field_name
from hub.web.pages.maps import label_of
from hub.web.routes import page
from hub.web.row_edits import Sent, Wrong, back, here
from hub.web.words import day

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.intake import RowError
    from hub.web.visit import Visit

Site = Mapping[str, Any]  # Any: the JSON shape that first_export returns
AT = "/c/{company}/export/opening"
NOTHING, VALUES = "nothing", "values"
MAPPED_IN_SET_UP = ("unmapped_account", "unmapped_category", "wrong_kind")


@page("GET", AT, needs=Feature.EXPORT)
def show(visit: Visit) -> Response:
    """Ask what the books carry for a site."""
    return _shown(visit, Sent()) if visit.query.get("site") else visit.go(visit.path("export"))


@page("POST", AT, needs=Feature.EXPORT)
def decide(visit: Visit) -> Response:
    """Store what the books carry for a site, and go back to the entry that waits for it."""
    if not visit.query.get("site"):
        return visit.go(visit.path("export"))
    site = _site(visit)
    wrong, on, values = _read(visit, site)
    if wrong or on is None:
        return _shown(visit, Sent(form=visit.form, wrong=wrong), 422)
    try:
        decide_opening(visit.hub, visit.company, site["code"], on, values)
    except RowsRefused as refused:
        found = list(dict.fromkeys(_wrong(error, list(values)) for error in refused.errors))
        mapping = any(error.rule in MAPPED_IN_SET_UP for error in refused.errors)
        return _shown(visit, Sent(form=visit.form, wrong=found), 422, mapping=mapping)
    carried = "Stored: the books carry these values" if values else "Stored: the books carry nothing"
    return visit.go(_back(visit), told=f"{carried} for {site['name']}, as of {day(on)}.")


def _site(visit: Visit) -> Site:
    site = first_export(visit.hub, visit.company, visit.query.get("site"))
    visit.only_if_sees([site["code"]])
    return site


def _read(visit: Visit, site: Site) -> tuple[list[Wrong], date | None, dict[str, str]]:
    """Return what is wrong with what was typed, the date, and the values by category."""
    wrong: list[Wrong] = []
    on = _date(visit.form.get("date"))
    if on is None:
        wrong.append(Wrong(field="date", message="Type the date as of which the books carry this, such as 2026-09-30."))
    count = _date(visit.query.get("count")) or _date(site["count_date"])
    if on is not None and count is not None and on >= count:
        message = f"The count of {day(count)} could then not be exported: type a date before it."
        wrong.append(Wrong(field="date", message=message))
    typed = {each["category"]: visit.form.get(_field(each["category"])) for each in site["categories"]}
    values = {category: value for category, value in typed.items() if value}
    carries = visit.form.get("carries")
    if carries not in (NOTHING, VALUES):
        wrong.append(Wrong(field="carries", message="Choose one of the two."))
    elif carries == NOTHING and values:
        wrong.append(
            Wrong(field="carries", message="Values are typed below: clear them, or choose that the books carry values.")
        )
    elif carries == VALUES and not values:
        message = "Type the value of each category that the books carry, or choose that they carry nothing."
        wrong.append(Wrong(field="carries", message=message))
    return wrong, on, {} if carries == NOTHING else values


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _wrong(error: RowError, categories: Sequence[str]) -> Wrong:
    """Return an importing error as it stands on the page: beside the date, or beside the value of its category."""
    if error.column == "date" or error.rule == "rows_disagree":
        return Wrong(field="date", message=error.message)
    named = categories[error.row - 1] if 0 < error.row <= len(categories) and error.column else ""
    return Wrong(field=_field(named) if named else "", message=error.message)


def _field(category: str) -> str:
    return field_name("value", category)


def _back(visit: Visit) -> str:
    count, connection = visit.query.get("count"), visit.query.get("connection")
    steps = ("export", "entry") if count else ("export",)
    return back(visit) or visit.path(*steps, count=count, connection=connection)


def _shown(visit: Visit, sent: Sent, status: int = 200, *, mapping: bool = False) -> Response:
    """Answer with the form; mapping: whether what is wrong is put right in the set-up."""
    site = _site(visit)
    connection = site["connection"]
    set_up = visit.path("setup", "account-maps", connection=connection, back=here(visit))
    return visit.html(
        "export/opening.html",
        status=status,
        site=site,
        label=label_of(visit, connection) if connection else "the accounting system",
        sent=sent,
        field=_field,
        here=here(visit),
        back=_back(visit),
        set_up=set_up if mapping and visit.may(Feature.SETUP) else "",
        carries=sent.form.get("carries") or (VALUES if any(each["carried"] for each in site["categories"]) else ""),
    )
