"""Site Maps: the class, department, location or other dimension that each site's lines carry in a connection's books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hub.api import Dimension
from hub.domain.access import Feature
from hub.service.last_changes import Changed
from hub.service.maps import SiteMaps, site_maps
from hub.web.edited_pages import shared
from hub.web.editing import Choices, Option, choices, finds, sheet
from hub.web.pages.maps import connection_of, label_of
from hub.web.routes import Menu, page
from hub.web.row_edits import Asked, Columns, Sent, Wrong, asked_new, asked_rows, back, here, row_field, save

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

KIND = "site-map"
COLUMNS: Columns = {"value": None}
NEW_COLUMNS: Columns = {"site": None, "dimension": None, "value": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The value of a dimension for a site. gone: it is not, or no longer, one of the accounting system's values."""

    dimension: Dimension
    field: str
    value: str
    gone: bool
    changed: Changed | None


@page(
    "GET",
    "/c/{company}/setup/site-maps",
    needs=Feature.SETUP,
    menu=Menu(section="Accounting Setup", title="{label} - Site Maps", order=20),
)
def show(visit: Visit) -> Response:
    """Show a connection's Site Maps."""
    return _shown(visit, Sent())


@page("POST", "/c/{company}/setup/site-maps", needs=Feature.SETUP)
def change(visit: Visit) -> Response:
    """Save the values that were changed; an empty one is taken away."""
    connection = connection_of(visit)
    if not connection:
        return visit.go(here(visit))
    asked = asked_rows(visit.form, COLUMNS, 2, first=(connection,))
    edits = [
        each if (each.edit.after or {}).get("value") else replace(each, edit=replace(each.edit, after=None))
        for each in asked
    ]
    edits += asked_new(visit.form, KIND, NEW_COLUMNS, first=(connection,))
    wrong = list(_not_there(edits, site_maps(visit.hub, visit.company, connection), label_of(visit, connection)))
    changed, wrong = (0, wrong) if wrong else save(visit, KIND, edits, COLUMNS)
    if wrong:
        return _shown(visit, Sent(form=visit.form, wrong=wrong), status=422)
    said = (
        f"Saved: {changed} {'value was' if changed == 1 else 'values were'} changed. It holds from the next export on."
    )
    return visit.go(here(visit), told=said if changed else "Nothing was changed.")


def _not_there(asked: Sequence[Asked], maps: SiteMaps, label: str) -> Iterator[Wrong]:
    """Yield what is wrong with values that are none of those that a dimension has."""
    known = {each.name: _values(each, 1) for each in maps.dimensions}
    for each in asked:
        value, offered = (each.edit.after or {}).get("value", ""), known.get(each.edit.key[2])
        if value and offered and not offered.has(value):
            yield Wrong(field=each.fields["value"], message=f"{label} has no such value. Choose one of those there.")


def _shown(visit: Visit, sent: Sent, status: int = 200) -> Response:
    connection = connection_of(visit)
    if not connection:
        return visit.html("setup/no_connection.html", title="Site Maps", back=back(visit))
    maps = site_maps(visit.hub, visit.company, connection)
    text = visit.query.get("find")
    wrong = {key[0] for key in sent.rows}
    rows = sheet([site for site in maps.sites if site.code in wrong or finds(text, site.code, site.name)], visit.query)
    return visit.html(
        "setup/site_maps.html",
        status=status,
        **{**shared(visit, sent), "kept": [(name, visit.query.get(name)) for name in ("connection", "back")]},
        connection=connection,
        label=label_of(visit, connection),
        maps=maps,
        rows=rows,
        sites=[("", "Choose a site"), *((site.code, f"{site.code} {site.name}") for site in maps.sites)],
        cells={site.code: [_cell(maps, site.code, each) for each in maps.dimensions] for site in rows.rows},
        choices={each.name: _values(each, len(rows.rows)) for each in maps.dimensions},
    )


def _cell(maps: SiteMaps, site: str, dimension: Dimension) -> Cell:
    value = maps.values.get((site, dimension.name), "")
    known = dimension.values is None or value in {each.name for each in dimension.values if each.active}
    return Cell(
        dimension=dimension,
        field=row_field(site, dimension.name, "value"),
        value=value,
        gone=bool(value) and not known,
        changed=maps.changed.get((maps.connection, site, dimension.name)),
    )


def _values(dimension: Dimension, rows: int) -> Choices | None:
    """Return what can be chosen for a dimension, None where any text is taken."""
    if dimension.values is None:
        return None
    names: Mapping[str, None] = dict.fromkeys(each.name for each in dimension.values if each.active)
    return choices([Option(value=name, words=name) for name in names], rows)
