"""GL Account Maps of a connection, from our GL Accounts to the accounting system's accounts and the other way round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hub.api import Account
from hub.domain.access import Feature
from hub.domain.setup import GlAccount
from hub.service.last_changes import Changed
from hub.service.maps import AccountMaps, account_key, account_maps
from hub.service.saving import RowEdit
from hub.service.setup_suggestions import Suggestion, can_be_posted_to, fits, suggestions
from hub.web.accounts import KINDS, chart_options, gl_options, gl_title, groups_by_fit, kind_words
from hub.web.editing import Choices, Sheet, choices, field_name, finds, parts_of, sheet
from hub.web.forms import Form
from hub.web.routes import Menu, page
from hub.web.row_edits import Asked, Columns, Sent, Wrong, asked_rows, back, here, row_field, save

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

KIND = "account-map"
SHOWN = (("", "All"), ("open", "Not mapped, or to be looked at"))
ACCEPT, SUGGESTED = "accept", "suggested:"
HAS, KEEPS, ADDS = "has:", "keeps:", "adds:"
"""Fields of the other way round: a GL Account that an account has, that it keeps, and one to be added."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TheirRow:
    """An account of the chart with the GL Accounts that are mapped to it; closed: why none can be added."""

    account: Account
    key: str
    kind: str
    mapped: Sequence[GlAccount]
    closed: str


def connection_of(visit: Visit) -> str:
    """Return the connection that a page is about: of the address, else the first, empty where there is none."""
    names = [each.name for each in visit.heading.connections]
    asked = visit.query.get("connection") or (names[0] if names else "")
    if asked and asked not in names:
        visit.missing()
    return asked


def label_of(visit: Visit, connection: str) -> str:
    """Return the name of a connection's accounting system."""
    return next(each.label for each in visit.heading.connections if each.name == connection)


@page(
    "GET",
    "/c/{company}/setup/account-maps",
    needs=Feature.SETUP,
    menu=Menu(section="Accounting Setup", title="{label} - GL Account Maps", order=10),
)
def show(visit: Visit) -> Response:
    """Show a connection's GL Account Maps."""
    return _shown(visit, Sent())


@page("POST", "/c/{company}/setup/account-maps", needs=Feature.SETUP)
def change(visit: Visit) -> Response:
    """Save what was changed in the maps, and what was accepted of the suggestions."""
    connection = connection_of(visit)
    if not connection:
        return visit.go(here(visit))
    maps = account_maps(visit.hub, visit.company, connection)
    other_way = visit.query.get("view") == "accounts"
    asked = _their_asked(visit.form, maps) if other_way else _own_asked(visit.form, maps)
    columns: Columns = {"account": choices(chart_options(maps.chart), 1)}
    wrong = list(_not_ours(asked, maps)) if other_way else []
    changed = 0
    if not wrong:
        changed, wrong = save(visit, KIND, [replace(each, edit=_named(each.edit, maps)) for each in asked], columns)
    if wrong:
        return _shown(visit, Sent(form=visit.form, wrong=wrong), status=422)
    said = f"Saved: {changed} {'map was' if changed == 1 else 'maps were'} changed. It holds from the next export on."
    return visit.go(here(visit, gl_account=""), told=said if changed else "Nothing was changed.")


def _shown(visit: Visit, sent: Sent, status: int = 200) -> Response:
    connection = connection_of(visit)
    if not connection:
        return visit.html("setup/no_connection.html", title="GL Account Maps", back=back(visit))
    maps = account_maps(visit.hub, visit.company, connection)
    shared = {
        "connection": connection,
        "label": label_of(visit, connection),
        "sent": sent,
        "back": back(visit),
        "here": lambda **changed: here(visit, **changed),
        "kept": [(name, visit.query.get(name)) for name in ("connection", "view", "back")],
        "find": visit.query.get("find"),
        "show": visit.query.get("show"),
        "chart": maps.chart,
        "words": kind_words,
        "key": account_key,
        "fitting": lambda gl, account: fits(gl.kind, account.kind),
    }
    if visit.query.get("view") == "accounts":
        return visit.html("setup/maps_by_account.html", status=status, **shared, **_by_account(visit, maps, sent))
    return visit.html("setup/maps.html", status=status, **shared, **_by_gl_account(visit, maps, sent))


def _by_gl_account(visit: Visit, maps: AccountMaps, sent: Sent) -> dict[str, object]:
    every = [_map_row(maps, gl) for gl in maps.gl_accounts.values()]
    found = suggestions([row.gl for row in every if not row.value], maps.chart)
    every = [replace(row, suggestion=found.get(row.gl.number)) for row in every]
    first = visit.query.get("gl_account")
    rows = sheet(_chosen(every, visit.query, sent, first), visit.query)
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


def _own_asked(form: Form, maps: AccountMaps) -> list[Asked]:
    """Return the changes of a form. A suggestion that was accepted comes before what was typed; all of them, after."""
    columns: Columns = {"account": choices(chart_options(maps.chart), 1)}
    asked = {each.edit.key[1]: each for each in asked_rows(form, columns, 1, first=(maps.connection,))}
    accepted = form.get(ACCEPT)
    for name, key in form.under(SUGGESTED):
        number = parts_of(name)[0]
        if accepted == number or (accepted == "all" and number not in asked):
            asked[number] = _one(maps.connection, number, "", key, row_field(number, "account"))
    return list(asked.values())


def _one(connection: str, number: str, before: str, after: str, field: str) -> Asked:
    edit = RowEdit(key=(connection, number), before={"account": before}, after={"account": after} if after else None)
    return Asked(edit=edit, fields={"account": field})


def _named(edit: RowEdit, maps: AccountMaps) -> RowEdit:
    """Return an edit whose account is named by all that its chart says of it; without one it is taken away."""
    wanted = edit.after["account"] if edit.after else ""
    if not wanted:
        return replace(edit, after=None)
    found = next((one for one in maps.chart if account_key(one) == wanted and can_be_posted_to(one)), None)
    account = found or Account(number=wanted)
    named = {"account_id": account.id, "account_number": account.number, "account_name": account.name}
    return replace(edit, columns=named)


def _by_account(visit: Visit, maps: AccountMaps, sent: Sent) -> dict[str, object]:
    numbers: dict[str, list[GlAccount]] = {}
    for number, account in maps.mapped.items():
        numbers.setdefault(account_key(account), []).append(maps.gl_accounts[number])
    text, only_mapped = visit.query.get("find"), visit.query.get("show") == "mapped"
    every = [_their_row(account, numbers.get(account_key(account), ())) for account in maps.chart]
    wrong = {parts_of(each.field.removeprefix(ADDS))[0] for each in sent.wrong if each.field.startswith(ADDS)}
    found = [
        row
        for row in every
        if row.key in wrong
        or (finds(text, row.account.title, row.kind, *map(gl_title, row.mapped)) and (not only_mapped or row.mapped))
    ]
    rows: Sheet[TheirRow] = sheet(sorted(found, key=lambda row: row.key not in wrong), visit.query)
    offered: Choices = choices(gl_options(maps.gl_accounts.values()), len(rows.rows))
    return {
        "rows": rows,
        "choices": offered,
        "groups": groups_by_fit(offered, "Of another type"),
        "shown": (("", "All"), ("mapped", "Mapped only")),
        "adds": lambda row: ADDS + field_name(row.key),
        "pair": lambda row, gl: field_name(row.key, gl.number),
    }


def _their_row(account: Account, mapped: Sequence[GlAccount]) -> TheirRow:
    closed = account.why_not_postable or ("" if account.active else "It is inactive there.")
    return TheirRow(
        account=account, key=account_key(account), kind=kind_words(account.kind), mapped=mapped, closed=closed
    )


def _their_asked(form: Form, maps: AccountMaps) -> list[Asked]:
    """Return the GL Accounts that are added to accounts or no longer kept; one that moves is one change."""
    offered = choices(gl_options(maps.gl_accounts.values()), 1)
    before: dict[str, str] = {}
    fields: dict[str, str] = {}
    after: dict[str, str] = {}
    for name, _ in form.under(HAS):
        if KEEPS + name not in form and len(parts_of(name)) == 2:
            key, number = parts_of(name)
            before[number], after[number], fields[number] = key, "", ADDS + field_name(key)
    for name, text in form.under(ADDS):
        if text:
            number = offered.value(text)
            after[number], fields[number] = next(iter(parts_of(name)), ""), ADDS + name
    return [_one(maps.connection, number, before.get(number, ""), key, fields[number]) for number, key in after.items()]


def _not_ours(asked: Sequence[Asked], maps: AccountMaps) -> list[Wrong]:
    """Return the GL Accounts that cannot be added to an account because they are mapped to another one, with it."""
    found = []
    mapped: Mapping[str, Account] = maps.mapped
    for each in asked:
        number, there = each.edit.key[1], mapped.get(each.edit.key[1])
        wanted, before = (each.edit.after or {}).get("account"), each.edit.before["account"]
        if wanted and there and not before and account_key(there) != wanted:
            said = (
                f"GL Account {number} is mapped to {there.title}. Take it off there first, in the same go if you like."
            )
            found.append(Wrong(field=each.fields["account"], message=said))
    return found
