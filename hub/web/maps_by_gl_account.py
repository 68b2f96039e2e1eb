"""GL Account Maps from our side: a row for each GL Account, with its account or what could be its account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.api import Account
from hub.domain.setup import GlAccount
from hub.service.last_changes import Changed
from hub.service.maps import AccountMaps, account_key
from hub.service.saving import RowEdit
from hub.service.setup_suggestions import Suggestion, can_be_posted_to, fits, suggestions
from hub.web.accounts import KINDS, chart_options, gl_title, groups_by_fit, kind_words
from hub.web.editing import choices, finds, parts_of, sheet
from hub.web.forms import Form
from hub.web.row_edits import Asked, Columns, Sent, asked_rows, row_field

SHOWN = (("", "All"), ("open", "Not mapped, or to be looked at"))
ACCEPT, SUGGESTED = "accept", "suggested:"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRow:
    """A GL Account with its account. field: its name; value: what names the account, empty where it is not mapped.

    title: the account's number and name; trouble: what is wrong with the map, empty where nothing is.
    suggestion: for one that is not mapped.
    """

    gl: GlAccount
    field: str
    value: str
    title: str
    uses: tuple[str, ...]
    changed: Changed | None
    trouble: str
    suggestion: Suggestion | None


def by_gl_account(query: Form, maps: AccountMaps, sent: Sent) -> dict[str, Any]:  # Any: what a template uses
    """Return what the page shows: one page of the rows that its address asks for."""
    every = [_map_row(maps, gl) for gl in maps.gl_accounts.values()]
    found = suggestions([row.gl for row in every if not row.value], maps.chart)
    every = [replace(row, suggestion=found.get(row.gl.number)) for row in every]
    first = query.get("gl_account")
    rows = sheet(_chosen(every, query, sent, first), query)
    offered = choices(chart_options(maps.chart), len(rows.rows))
    return {
        "rows": rows,
        "first": first,
        "choices": offered,
        "groups": groups_by_fit(offered, "Of another type"),
        "shown": SHOWN,
        "open": sum(1 for row in every if not row.value),
        "accept": sum(1 for row in rows.rows if row.suggestion),
    }


def _map_row(maps: AccountMaps, gl: GlAccount) -> MapRow:
    account = maps.mapped.get(gl.number)
    return MapRow(
        gl=gl,
        field=row_field(gl.number, "account"),
        value=account_key(account) if account else "",
        title=account.title if account else "",
        uses=maps.uses.get(gl.number, ()),
        changed=maps.changed.get((maps.connection, gl.number)),
        trouble=_trouble(gl, account, maps.chart) if account else "",
        suggestion=None,
    )


def _trouble(gl: GlAccount, account: Account, chart: Sequence[Account]) -> str:
    if chart and account not in chart:
        return "Not in the chart"
    if not account.active:
        return "Inactive"
    if account.why_not_postable:
        return "Cannot be posted to"
    return "" if fits(gl.kind, account.kind) else f"Other type: {kind_words(account.kind)}"


def _chosen(rows: Sequence[MapRow], query: Form, sent: Sent, first: str) -> list[MapRow]:
    """Return the rows that are asked for: the one that was pointed at, what is wrong, what is used and not mapped."""
    text, only_open = query.get("find"), query.get("show") == "open"

    def shown(row: MapRow) -> bool:
        if row.gl.number == first or (row.gl.number,) in sent.rows:
            return True
        found = finds(text, gl_title(row.gl), KINDS[row.gl.kind], row.title, *row.uses)
        return found and (not only_open or not row.value or bool(row.trouble))

    def order(row: MapRow) -> tuple[bool, bool, bool, bool, str]:
        wrong = (row.gl.number,) in sent.rows
        return row.gl.number != first, not wrong, not row.trouble and bool(row.value), not row.uses, row.gl.number

    return sorted(filter(shown, rows), key=order)


def asked_by_gl_account(form: Form, maps: AccountMaps) -> list[Asked]:
    """Return the changes of a form. A suggestion that was accepted comes before what was typed; all of them, after."""
    columns: Columns = {"account": choices(chart_options(maps.chart), 1)}
    asked = {each.edit.key[1]: each for each in asked_rows(form, columns, 1, first=(maps.connection,))}
    accepted = form.get(ACCEPT)
    for name, key in form.under(SUGGESTED):
        number = parts_of(name)[0]
        if accepted == number or (accepted == "all" and number not in asked):
            asked[number] = mapping(maps.connection, number, "", key, row_field(number, "account"))
    return list(asked.values())


def mapping(connection: str, number: str, before: str, after: str, field: str) -> Asked:
    """Return the edit that maps a GL Account to an account (its key); to none where it is empty."""
    edit = RowEdit(key=(connection, number), before={"account": before}, after={"account": after} if after else None)
    return Asked(edit=edit, fields={"account": field})


def named(edit: RowEdit, maps: AccountMaps) -> RowEdit:
    """Return an edit whose account is named by all that its chart says of it; without one it is taken away."""
    wanted = edit.after["account"] if edit.after else ""
    if not wanted:
        return replace(edit, after=None)
    found = next((one for one in maps.chart if account_key(one) == wanted and can_be_posted_to(one)), None)
    account = found or Account(number=wanted)
    named = {"account_id": account.id, "account_number": account.number, "account_name": account.name}
    return replace(edit, columns=named)
