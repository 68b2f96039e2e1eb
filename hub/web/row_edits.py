"""Rows that were edited on a page: read from its form, saved, and shown again with what is wrong beside each field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from hub.service.last_changes import KEYS
from hub.service.saving import MEANWHILE, RowEdit, RowsRefused, save_edits
from hub.web.editing import Choices, field_name, parts_of
from hub.web.forms import Form
from hub.web.security import local_path

if TYPE_CHECKING:
    from hub.intake import RowError
    from hub.web.visit import Visit

ROW, WAS, NEW = "row:", "was:", "new:"
"""What the names of fields begin with: of a row that is there, of what such a field showed, of a row to be added."""

WORDS: Mapping[str, str] = {
    "gl_account": "The GL Account",
    "override_account": "The GL Account in its place",
    "due_from": "The due-from account",
    "due_to": "The due-to account",
    "kind": "The type",
    **{name: f"The {name}" for name in ("number", "name", "department", "category", "site", "dimension", "value")},
}
"""What the columns of the import files are called on the pages."""
CHOSEN: Mapping[str, str] = {
    "unknown_gl_account": "There is no GL Account “{}”. Choose one from the list.",
    "unknown_department": "There is no department “{}”. Choose one from the list.",
    "unknown_site": "There is no site “{}”. Choose one from the list.",
    "unknown_connection": "There is no connection “{}”. Choose one from the list.",
    "ambiguous_account": "Several accounts are called “{}”. Choose one from the list.",
    "not_a_choice": "Choose one from the list.",
}

Columns = Mapping[str, Choices | None]
"""The columns that a page edits, each with what can be chosen for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An edit that a form asks for. fields: by column, the name of the field in which it was typed."""

    edit: RowEdit
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """Something wrong with a field (its name; empty: with the form as a whole)."""

    field: str
    message: str

    @property
    def row(self) -> str:
        """Which row of the page it is in; empty for a row to be added, and for fields that are in none."""
        if not self.field.startswith(ROW):
            return ""
        return ", ".join(part for part in parts_of(self.field.removeprefix(ROW))[:-1] if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A form that is shown again: what was typed, and what is wrong with it. Empty on a page that is only looked at."""

    form: Form = field(default_factory=Form)
    wrong: Sequence[Wrong] = ()

    def value(self, name: str, shown: str = "") -> str:
        """Return what a field holds: what was typed, else what is stored."""
        return self.form.get(name, shown)

    def said(self, name: str) -> str:
        """Return what is wrong with a field, empty where nothing is."""
        return " ".join(each.message for each in self.wrong if each.field == name)

    @property
    def rows(self) -> set[tuple[str, ...]]:
        """Which rows something is wrong with: the parts of their fields' names but the column."""
        names = (each.field.removeprefix(ROW) for each in self.wrong if each.field.startswith(ROW))
        return {parts_of(name)[:-1] for name in names}


def row_field(*parts: str) -> str:
    """Return the name of a row's field: of what says which row it is, then the column."""
    return ROW + field_name(*parts)


def asked_rows(form: Form, columns: Columns, width: int, first: tuple[str, ...] = ()) -> list[Asked]:
    """Return the rows of a form that were changed.

    width: how many parts of a field's name say which row it is; first: what stands before them in the row's key.
    """
    fields: dict[tuple[str, ...], dict[str, str]] = {}
    for name, _ in form.under(ROW):
        *key, column = parts_of(name)
        if len(key) == width and column in columns:
            fields.setdefault(tuple(key), {})[column] = ROW + name
    found = (_asked(form, columns, (*first, *key), named) for key, named in fields.items())
    return [each for each in found if each.edit.before != each.edit.after]


def _asked(form: Form, columns: Columns, key: tuple[str, ...], fields: Mapping[str, str]) -> Asked:
    before = {column: _value(columns, column, form.get(WAS + name)) for column, name in fields.items()}
    after = {column: _value(columns, column, form.get(name)) for column, name in fields.items()}
    return Asked(edit=RowEdit(key=key, before=before, after=after), fields=fields)


def asked_new(form: Form, kind: str, columns: Columns, first: tuple[str, ...] = ()) -> list[Asked]:
    """Return the row that a form asks to add, in a list; none where nothing was typed. first: what its key begins with."""
    texts = {column: _value(columns, column, form.get(NEW + column)) for column in columns}
    if not any(texts.values()):
        return []
    key = (*first, *(texts.get(name, "") for name in KEYS[kind][len(first) :]))
    after = {name: text for name, text in texts.items() if name not in KEYS[kind]}
    edit = RowEdit(key=key, before={}, after=after, added=True)
    return [Asked(edit=edit, fields={column: NEW + column for column in columns})]


def _value(columns: Columns, column: str, text: str) -> str:
    choices = columns[column]
    return choices.value(text) if choices else text


def save(visit: Visit, kind: str, asked: Sequence[Asked], columns: Columns) -> tuple[int, list[Wrong]]:
    """Save edits; return how many rows changed, and what is wrong, in which case nothing was saved."""
    try:
        return save_edits(visit.hub, visit.company, kind, [each.edit for each in asked]), []
    except RowsRefused as refused:
        return 0, list(_wrongs(refused.errors, asked, columns))


def _wrongs(errors: Sequence[RowError], asked: Sequence[Asked], columns: Columns) -> Iterator[Wrong]:
    for error in errors:
        fields = asked[error.row - 1].fields if error.row else {}
        name = fields.get(error.column) or next(iter(fields.values()), "")
        yield Wrong(field=name, message=_message(error, columns))


def _message(error: RowError, columns: Columns) -> str:
    """Return what is wrong in the words of a page, where the importing rule speaks of files."""
    if error.rule == MEANWHILE:
        choices = columns.get(error.column)
        now = choices.words(error.value) if choices and error.value else error.value
        return f"{error.message}: it is now {now or 'empty'}. Save again to put yours in its place."
    if error.rule == "missing":
        return f"{WORDS.get(error.column, 'This')} must be filled in."
    if error.rule in CHOSEN:
        return CHOSEN[error.rule].format(error.value)
    return error.message


def here(visit: Visit, **changed: str) -> str:
    """Return the address of the page that is shown, with some parts of its query changed; an empty one is left out."""
    kept = {name: visit.query.get(name) for name in visit.query.fields} | changed
    asked = urlencode({name: value for name, value in kept.items() if value})
    return visit.request.url.path + (f"?{asked}" if asked else "")


def back(visit: Visit) -> str:
    """Return where the page's way back leads: a path of this app that the address names, else nothing."""
    given = visit.query.get("back")
    path = local_path(given)
    return path if given and path == given else ""
