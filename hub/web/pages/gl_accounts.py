"""GL Accounts: listed, added, changed, and removed where nothing uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.domain.access import Feature
from hub.service.saving import RowEdit
from hub.service.set_up import gl_account_list
from hub.web.accounts import KINDS, gl_title
from hub.web.edited_pages import saved, shared
from hub.web.editing import field_name, finds, parts_of, sheet
from hub.web.routes import Menu, page
from hub.web.row_edits import Asked, Columns, Sent, asked_new, asked_rows, row_field

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

REMOVE = "remove:"
GL_COLUMNS: Columns = {"number": None, "name": None, "kind": None}


@page(
    "GET",
    "/c/{company}/setup/gl-accounts",
    needs=Feature.SETUP,
    menu=Menu(section="Company Setup", title="GL Accounts", order=10),
)
def gl_accounts(visit: Visit) -> Response:
    """Show the company's GL Accounts."""
    return _gl_accounts(visit, Sent())


@page("POST", "/c/{company}/setup/gl-accounts", needs=Feature.SETUP)
def change_gl_accounts(visit: Visit) -> Response:
    """Add, change and remove GL Accounts."""
    asked = [*asked_rows(visit.form, GL_COLUMNS, 1), *asked_new(visit.form, "gl-accounts", GL_COLUMNS)]
    gone = {parts_of(name)[0] for name, _ in visit.form.under(REMOVE)}
    asked = [each for each in asked if each.edit.key[0] not in gone or each.edit.added]
    for number in sorted(gone):
        edit = RowEdit(key=(number,), before={}, after=None)
        asked.append(Asked(edit=edit, fields={"number": REMOVE + field_name(number)}))
    return saved(visit, "gl-accounts", asked, GL_COLUMNS, show=_gl_accounts)


def _gl_accounts(visit: Visit, sent: Sent, status: int = 200) -> Response:
    listed = gl_account_list(visit.hub, visit.company)
    text = visit.query.get("find")
    found = [
        each
        for each in listed.gl_accounts.values()
        if (each.number,) in sent.rows
        or finds(text, gl_title(each), KINDS[each.kind], *listed.uses.get(each.number, ()))
    ]
    return visit.html(
        "setup/gl_accounts.html",
        status=status,
        **shared(visit, sent),
        rows=sheet(found, visit.query),
        uses=listed.uses,
        changed=listed.changed,
        kinds=[(kind.value, words) for kind, words in KINDS.items()],
        field=row_field,
        remove=lambda number: REMOVE + field_name(number),
    )
