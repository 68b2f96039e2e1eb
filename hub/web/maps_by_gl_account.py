"""GL Account Maps from our side: a row for each GL Account, with its account or what could be its account.

One whose account cannot be used any more comes with what could take its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.api import Account
from hub.domain.setup import GlAccount
from hub.service.last_changes import Changed
from hub.service.map_health import AccountFinding, MapHealth, Trouble
from hub.service.maps import AccountMaps, account_key
from hub.service.saving import RowEdit
from hub.service.setup_suggestions import SURE_ENOUGH, Suggestion, can_be_posted_to, suggestions
from hub.web.accounts import KINDS, chart_options, gl_title, groups_by_fit, kind_words
from hub.web.editing import choices, finds, parts_of, sheet
from hub.web.forms import Form
from hub.web.row_edits import WAS, Asked, Columns, Sent, asked_rows, row_field

SHOWN = (("", "All"), ("open", "Not mapped, or to be looked at"))
ACCEPT, SUGGESTED, SURE = "accept", "suggested:", "sure:"
MOST_OTHERS = 400
"""Of GL Accounts on other pages of the table that suggestions are compared with."""
LIMITS = range(50, 101)
"""What the limit of accepting all may be set to, in per cent."""
BADGES: Mapping[Trouble, str] = {
    Trouble.GONE: "Not in the chart",
    Trouble.INACTIVE: "Inactive",
    Trouble.NOT_POSTABLE: "Cannot be posted to",
    Trouble.RENAMED: "Renamed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRow:
    """A GL Account with its account. field: its name; value: what names the account, empty where it is not mapped.

    title: the account's number and name; finding: what is wrong with the map, None where nothing is; trouble: that in two
    words; suggestion: for one that is not mapped, or whose account cannot be used any more; keeps: the key of an account
    that only has another name now.
    """

    gl: GlAccount
    field: str
    value: str
    title: str
    uses: tuple[str, ...]
    changed: Changed | None
    finding: AccountFinding | None
    trouble: str
    suggestion: Suggestion | None
    keeps: str


def limit_of(query: Form) -> int:
    """Return the limit of accepting all that an address or a form asks for, else the usual one."""
    asked = _per_cent(query.get("limit"))
    return asked if asked in LIMITS else SURE_ENOUGH


def _per_cent(text: str) -> int:
    """Return a whole number of at most three digits, 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def by_gl_account(  # Any: what a template uses
    query: Form, maps: AccountMaps, health: MapHealth, sent: Sent
) -> dict[str, Any]:
    """Return what the page shows: one page of the rows that its address asks for."""
    findings = {each.gl.number: each for each in health.accounts}
    every = [_map_row(maps, gl, findings.get(gl.number)) for gl in maps.gl_accounts.values()]
    limit = limit_of(query)
    first = query.get("gl_account")
    rows = sheet(_chosen(every, query, sent, first), query)
    found = _suggested(maps, [row.gl for row in rows.rows if not row.value])
    suggested = [row if row.value else replace(row, suggestion=found.get(row.gl.number)) for row in rows.rows]
    rows = replace(rows, rows=suggested)
    offered = choices(chart_options(maps.chart), len(rows.rows))
    return {
        "rows": rows,
        "first": first,
        "choices": offered,
        "groups": groups_by_fit(offered, "Of another type"),
        "shown": SHOWN,
        "open": sum(1 for row in every if not row.value),
        "limit": limit,
        "limits": (LIMITS[0], LIMITS[-1]),
        "suggested": sum(1 for row in rows.rows if row.suggestion and not row.value),
        "accept": sum(1 for row in rows.rows if row.suggestion and not row.value and row.suggestion.sure >= limit),
    }


def _suggested(maps: AccountMaps, shown: Sequence[GlAccount]) -> Mapping[str, Suggestion]:
    """Return what is suggested for the GL Accounts that are shown; others that are not mapped want accounts as well."""
    others = [gl for number, gl in maps.gl_accounts.items() if number not in maps.mapped and gl not in shown]
    both = [*shown, *others[:MOST_OTHERS]] if shown else []
    return suggestions(both, maps.chart, mapped=maps.mapped, known=maps.gl_accounts)


def _map_row(maps: AccountMaps, gl: GlAccount, finding: AccountFinding | None) -> MapRow:
    account = maps.mapped.get(gl.number)
    return MapRow(
        gl=gl,
        field=row_field(gl.number, "account"),
        value=account_key(account) if account else "",
        title=account.title if account else "",
        uses=maps.uses.get(gl.number, ()),
        changed=maps.changed.get((maps.connection, gl.number)),
        finding=finding,
        trouble=_trouble(finding) if finding else "",
        suggestion=finding.replacement if finding else None,
        keeps=account_key(finding.now) if finding and finding.now and finding.trouble is Trouble.RENAMED else "",
    )


def _trouble(finding: AccountFinding) -> str:
    if finding.trouble is Trouble.OTHER_TYPE and finding.now:
        return f"Other type: {kind_words(finding.now.kind)}"
    return BADGES[finding.trouble]


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
    """Return the changes of a form. A suggestion that was accepted comes before what was typed; all of them, after.

    All are those of GL Accounts that are not mapped, from the limit on; what takes an account's place is accepted by itself.
    """
    offered = choices(chart_options(maps.chart), 1)
    columns: Columns = {"account": offered}
    asked = {each.edit.key[1]: each for each in asked_rows(form, columns, 1, first=(maps.connection,))}
    accepted, limit = form.get(ACCEPT), limit_of(form)
    for name, key in form.under(SUGGESTED):
        number = parts_of(name)[0]
        field = row_field(number, "account")
        before = offered.value(form.get(WAS + field))
        sure_enough = not before and _per_cent(form.get(SURE + name)) >= limit
        if accepted == number or (accepted == "all" and number not in asked and sure_enough):
            asked[number] = mapping(maps.connection, number, before, key, field)
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
