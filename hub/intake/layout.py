"""Matching a file's header with the columns of its kind, and its rows with the header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from hub.intake.cells import SPACES
from hub.intake.kinds import Column, Kind
from hub.intake.report import MOST_KEPT, FileRefused, Refused, RowError, shown
from hub.intake.sheet import Holds, Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where each column of a kind stands in one file; width: the fields that a row must have."""

    kind: Kind
    places: dict[str, int]
    width: int

    @property
    def holds(self) -> list[Holds]:
        """What each column may hold, in the file's order."""
        by_place = {place: self.kind.by_name[name].holds for name, place in self.places.items()}
        return [by_place[place] for place in range(self.width)]

    @property
    def columns(self) -> list[tuple[Column, int]]:
        """The columns that the file has, with their places."""
        return [(self.kind.by_name[name], place) for name, place in self.places.items()]

    def fitted(self, row: list[str]) -> list[str]:
        """Return a row of another length as one of the right length, or an empty one where it is blank.

        Empty fields too many are cut; fields too few, or filled ones too many, are refused.
        """
        if is_blank(row):
            return []
        if len(row) < self.width or not is_blank(row[self.width :]):
            message = f"This row has {len(row)} fields and the header has {self.width}."
            raise Refused("wrong_field_count", f"{message} A name with a comma in it needs quotation marks.")
        return row[: self.width]


def is_blank(row: Sequence[str]) -> bool:
    """Return whether no field of a row holds anything."""
    return not any(cell.strip(SPACES) for cell in row)


def match(sheet: Sheet, kind: Kind) -> Layout:
    """Return where the kind's columns stand in a file; raises FileRefused with everything wrong with its header."""
    names = [name.strip(SPACES) for name in sheet.header]
    while names and not names[-1]:
        names.pop()
    _refuse_other_separators(names)
    places: dict[str, int] = {}
    errors: list[RowError] = []
    for place, name in enumerate(names):
        if len(errors) < MOST_KEPT and (error := _column_error(name, place, kind, places)):
            errors.append(_error(sheet, *error, name))
        places.setdefault(name, place)
    errors += [_error(sheet, "missing_column", message, "") for message in _missing(places, kind)]
    if errors:
        raise FileRefused.listing(errors)
    return Layout(kind=kind, places=places, width=len(names))


def _refuse_other_separators(names: Sequence[str]) -> None:
    for separator, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(names) == 1 and separator in names[0]:
            raise FileRefused("not_commas", f"The columns are separated by {word}. Save the file with commas.", row=1)


def _column_error(name: str, place: int, kind: Kind, places: dict[str, int]) -> tuple[str, str] | None:
    if not name:
        return "unnamed_column", f"The header's field {place + 1} is empty, and columns follow it."
    if name not in kind.by_name:
        return "unknown_column", f"There is no column “{shown(name)}” in {kind.name}. {_did_you_mean(name, kind)}"
    if name in places:
        return "duplicate_column", f"The column “{name}” is there twice."
    return None


def _did_you_mean(name: str, kind: Kind) -> str:
    near = get_close_matches(name.lower()[:80].replace(" ", "_"), kind.by_name, n=1)
    return f"Did you mean “{near[0]}”?" if near else f"The columns are: {', '.join(kind.by_name)}."


def _missing(places: dict[str, int], kind: Kind) -> list[str]:
    missing = [
        f"The column “{column.name}” is missing."
        for column in kind.columns
        if (column.required or column.there) and column.name not in places
    ]
    if kind.one_of and not any(name in places for name in kind.one_of):
        missing.append(f"One of the columns {', '.join(kind.one_of)} must be there.")
    return missing


def _error(sheet: Sheet, rule: str, message: str, name: str) -> RowError:
    return RowError(row=sheet.header_row, column=shown(name), rule=rule, message=message, value=shown(name))
