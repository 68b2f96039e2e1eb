"""Saving what a set-up page changed: with the rules of imports, and rows taken away besides. Every change is audited.

Nothing is saved where one row is wrong, or where somebody else changed one of them since the page was shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hub.api import Account, Level, Problem
from hub.intake import RowError
from hub.service.context import Hub, Refused
from hub.service.heads import remember
from hub.service.importing import import_rows
from hub.service.importing.changes import changes_told
from hub.service.last_changes import KEYS, REMOVE, last_changes
from hub.service.maps import account_key, column_text
from hub.service.scope import CompanyRows, rows_in, writing
from hub.service.set_up import categories_of
from hub.service.setup_held import Held, Key, held
from hub.store import Transaction
from hub.store.importing import Known, load_known
from hub.store.map_rows import exports_with, gl_accounts_needed, remove_rows

Row = Mapping[str, str]
"""Columns in the words of the import files → text."""

Also = Callable[[CompanyRows], None]
"""Done in the transaction in which edits are saved; raises to keep all of them out."""

MEANWHILE = "changed_meanwhile"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowEdit:
    """A row that somebody changed. key: which row it is; before: its columns as the page showed them.

    after: as they are to be, None for a row to be taken away; added: there is to be no such row yet; columns: in which
    words after is imported, where these are not its own.
    """

    key: Key
    before: Row
    after: Row | None
    added: bool = False
    columns: Row | None = None


def added_map(connection: str, number: str, account: Account) -> RowEdit:
    """Return the edit that maps a GL Account, which is not mapped yet, to an account of the connection's chart."""
    columns = {"account_id": account.id, "account_number": account.number, "account_name": account.name}
    after = {"account": account_key(account)}
    return RowEdit(key=(connection, number), before={}, after=after, added=True, columns=columns)


class RowsRefused(Refused):
    """Rows that were not saved, and nothing with them; each error says which edit, the first being 1, or 0 for all.

    The value of an error that something was changed meanwhile is what stands there now.
    """

    def __init__(self, errors: Sequence[RowError]) -> None:
        super().__init__([Problem(level=Level.PROBLEM, code=error.rule, message=error.message) for error in errors])
        self.errors = tuple(errors)


def save_edits(hub: Hub, company: str, kind: str, edits: Sequence[RowEdit], *, also: Also | None = None) -> int:
    """Save rows of a kind of import as a page edited them, all at once; return how many changed. Raises RowsRefused.

    also: what else is done where a row that stays was changed.
    """
    stays = any(edit.after is not None for edit in edits)
    if stays and (changed := _import(hub, company, kind, edits, also=also)):
        return changed
    with writing(hub, company) as rows:
        return _remove(hub, rows, kind, edits)


def _import(hub: Hub, company: str, kind: str, edits: Sequence[RowEdit], *, also: Also | None) -> int:
    """Store the rows that stay in the same transaction in which the others go; 0: nothing was changed, nothing is gone."""
    kept = {number: edit for number, edit in enumerate(edits, 1) if edit.after is not None}
    gone = 0

    def guard(connection: Transaction) -> None:
        nonlocal gone
        rows = rows_in(connection, company)
        gone = _remove(hub, rows, kind, edits)
        if also is not None:
            also(rows)

    rows = [_row(kind, edit) for edit in kept.values()]
    result = import_rows(hub.database, company, kind, rows, actor=hub.actor, now=hub.clock(), guard=guard)
    if not result.stored:
        numbers = [0, *kept]
        raise RowsRefused([replace(error, row=numbers[error.row]) for error in result.errors])
    remember(hub)
    return result.changes + gone if result.changes else 0


def _row(kind: str, edit: RowEdit) -> Row:
    assert edit.after is not None
    return dict(zip(KEYS[kind], edit.key, strict=True)) | dict(edit.after if edit.columns is None else edit.columns)


def _check(rows: CompanyRows, kind: str, edits: Sequence[RowEdit]) -> None:
    """Refuse edits of what is not as their page showed it, and taking away what is needed."""
    now, changed = held(rows, kind), last_changes(rows, kind)
    found: list[RowError] = []
    for number, edit in enumerate(edits, 1):
        by = changed[edit.key].actor if edit.key in changed else "Someone"
        found += _meanwhile(number, edit, now, by)
    if kind == "categories":
        retired = {each.name for each in categories_of(rows) if each.retired}
        found += [_retired(number, edit.key[0]) for number, edit in enumerate(edits, 1) if edit.key[0] in retired]
    if kind == "gl-accounts":
        gone = {number: edit.key[0] for number, edit in enumerate(edits, 1) if edit.after is None}
        found += [_needed(number, account) for number, account in gone.items() if _is_needed(rows, account)]
    if found:
        raise RowsRefused(found)


def _meanwhile(number: int, edit: RowEdit, now: Held, by: str) -> Iterator[RowError]:
    there = now.get(edit.key)
    if edit.added:
        if there is not None:
            yield RowError(row=number, column="", rule="exists", message="There is one like this already.")
        return
    for column, before in edit.before.items():
        found = (there or {}).get(column, "")
        if found != before and (edit.after is None or found != edit.after[column]):
            message = f"{by} changed this meanwhile"
            yield RowError(row=number, column=column, rule=MEANWHILE, message=message, value=found)


def _retired(number: int, category: str) -> RowError:
    message = f"{category} is retired. Bring it back first: choose “In use” for it and save."
    return RowError(row=number, column="", rule="retired_category", message=message)


def _is_needed(rows: CompanyRows, gl_account: str) -> bool:
    """Tell whether a GL Account is used in the set-up, or was ever posted to."""
    if gl_account in gl_accounts_needed(rows.connection, rows.company_id):
        return True
    return bool(exports_with(rows.connection, rows.company_id, column_text("gl_account", gl_account)))


def _needed(number: int, account: str) -> RowError:
    message = f"GL Account {account} is in use, or was posted to, so it stays."
    return RowError(row=number, column="", rule="in_use", message=message)


def _remove(hub: Hub, rows: CompanyRows, kind: str, edits: Sequence[RowEdit]) -> int:
    """Check all edits, then take away what is to go; return how many were there."""
    _check(rows, kind, edits)
    known = load_known(rows.connection, rows.company_id)
    keys = [edit.key for edit in edits if edit.after is None]
    stored = [found for key in keys if (found := _stored_key(kind, key, known)) is not None]
    gone = remove_rows(rows.connection, kind, rows.company_id, stored)
    if gone:
        told = list(changes_told(kind, gone, known))
        rows.exports.audit(REMOVE, kind, {"changes": told}, actor=hub.actor, now=hub.clock())
    return len(gone)


def _stored_key(kind: str, key: Key, known: Known) -> dict[str, object] | None:
    """Return a row's key as it is stored; None where it names what there is no more."""
    connections = {name: each.id for name, each in known.connections.items()}
    looked: Mapping[str, tuple[str, Mapping[str, int]]] = {
        "connection": ("connection_id", connections),
        "from_connection": ("from_connection_id", connections),
        "to_connection": ("to_connection_id", connections),
        "gl_account": ("gl_account_id", known.gl_accounts),
        "site": ("site_id", {code: each.id for code, each in known.sites.items()}),
    }
    found: dict[str, object] = {}
    for name, text in zip(KEYS[kind], key, strict=True):
        if name not in looked:
            found[name] = text
            continue
        column, ids = looked[name]
        if text and text not in ids:
            return None
        found[column] = ids.get(text)
    return found
