"""GL Account Maps from the accounting system's side: a row for each account of its chart, with its GL Accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub.api import Account
from hub.domain.setup import GlAccount
from hub.service.maps import AccountMaps, account_key
from hub.web.accounts import gl_title, groups_by_fit, kind_words
from hub.web.edited_pages import gl_choices
from hub.web.editing import field_name, finds, parts_of, sheet
from hub.web.forms import Form
from hub.web.maps_by_gl_account import mapping
from hub.web.row_edits import Asked, Sent, Wrong

HAS, KEEPS, ADDS = "has:", "keeps:", "adds:"
"""A GL Account that an account has, that it keeps, and one to be added."""
SHOWN = (("", "All"), ("mapped", "Mapped only"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TheirRow:
    """An account of the chart with the GL Accounts that are mapped to it; closed: why none can be added."""

    account: Account
    key: str
    kind: str
    mapped: Sequence[GlAccount]
    closed: str


def by_account(query: Form, maps: AccountMaps, sent: Sent) -> dict[str, Any]:  # Any: what a template uses
    """Return what the page shows: one page of the rows that its address asks for."""
    numbers: dict[str, list[GlAccount]] = {}
    for number, account in maps.mapped.items():
        numbers.setdefault(account_key(account), []).append(maps.gl_accounts[number])
    text, only_mapped = query.get("find"), query.get("show") == "mapped"
    every = [_their_row(account, numbers.get(account_key(account), ())) for account in maps.chart]
    wrong = {parts_of(each.field.removeprefix(ADDS))[0] for each in sent.wrong if each.field.startswith(ADDS)}
    found = [
        row
        for row in every
        if row.key in wrong
        or (finds(text, row.account.title, row.kind, *map(gl_title, row.mapped)) and (not only_mapped or row.mapped))
    ]
    rows = sheet(sorted(found, key=lambda row: row.key not in wrong), query)
    offered = gl_choices(maps.gl_accounts, len(rows.rows))
    return {
        "rows": rows,
        "choices": offered,
        "groups": groups_by_fit(offered, "Of another type"),
        "shown": SHOWN,
        "adds": lambda row: ADDS + field_name(row.key),
        "pair": lambda row, gl: field_name(row.key, gl.number),
    }


def _their_row(account: Account, mapped: Sequence[GlAccount]) -> TheirRow:
    closed = account.why_not_postable or ("" if account.active else "It is inactive there.")
    return TheirRow(
        account=account, key=account_key(account), kind=kind_words(account.kind), mapped=mapped, closed=closed
    )


def asked_by_account(form: Form, maps: AccountMaps) -> list[Asked]:
    """Return the GL Accounts that are added to accounts or no longer kept; one that moves is one change."""
    offered = gl_choices(maps.gl_accounts)
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
    return [
        mapping(maps.connection, number, before.get(number, ""), key, fields[number]) for number, key in after.items()
    ]


def _chosen_twice(form: Form, maps: AccountMaps) -> list[Wrong]:
    """Return the fields in which a GL Account is added that another one adds as well."""
    offered = gl_choices(maps.gl_accounts)
    added = {name: offered.value(text) for name, text in form.under(ADDS) if text}
    twice = {number for number, times in Counter(added.values()).items() if times > 1}
    said = "GL Account {} is added to more than one account. It can have one."
    return [Wrong(field=ADDS + name, message=said.format(number)) for name, number in added.items() if number in twice]


def _mapped_elsewhere(asked: Sequence[Asked], maps: AccountMaps) -> list[Wrong]:
    """Return the GL Accounts that cannot be added to an account because they are mapped to another one, with it."""
    found = []
    for each in asked:
        number, there = each.edit.key[1], maps.mapped.get(each.edit.key[1])
        wanted, before = (each.edit.after or {}).get("account"), each.edit.before["account"]
        if wanted and there and not before and account_key(there) != wanted:
            said = (
                f"GL Account {number} is mapped to {there.title}. Take it off there first, in the same go if you like."
            )
            found.append(Wrong(field=each.fields["account"], message=said))
    return found


def refused_by_account(form: Form, asked: Sequence[Asked], maps: AccountMaps) -> list[Wrong]:
    """Return what is wrong with GL Accounts that are to be added: one has one account at most."""
    return [*_chosen_twice(form, maps), *_mapped_elsewhere(asked, maps)]
