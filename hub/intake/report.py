"""What was wrong with a file, row by row, as values: all of it is listed at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_KEPT = 1_000
LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """One thing wrong with a file.

    row: as a spreadsheet numbers it, the header being 1 where nothing stands above it; 0: the file as a whole.
    column: its name, empty where the whole row is meant; rule: stable, for programs; message: for a bookkeeper.
    value: what stood there, cut to 80 characters.
    """

    row: int
    column: str
    rule: str
    message: str
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowNote:
    """Something to know about a row that was taken."""

    row: int
    rule: str
    message: str


class Unreadable(str):
    """A cell of a spreadsheet that holds no plain text, number or date; its text says why, after a NUL.

    The NUL keeps it from ever being taken for a name or number.
    """

    __slots__ = ()

    @classmethod
    def because(cls, reason: str) -> Unreadable:
        """Return a cell that cannot be read, with a sentence saying why."""
        return cls(f"\0{reason}")

    @property
    def reason(self) -> str:
        """Why it cannot be read."""
        return self[1:]


class FileRefused(Exception):
    """The file cannot be read at all, or not beyond one place; nothing of it may be stored."""

    def __init__(self, rule: str, message: str, *, row: int = 0, column: str = "", value: str = "") -> None:
        super().__init__(message)
        self.errors: tuple[RowError, ...] = (
            RowError(row=row, column=column, rule=rule, message=message, value=shown(value)),
        )

    @classmethod
    def listing(cls, errors: Sequence[RowError]) -> FileRefused:
        """Return one refusal that lists several errors, all of them about the file as a whole."""
        refused = cls(errors[0].rule, errors[0].message)
        refused.errors = tuple(errors)
        return refused


class Refused(ValueError):
    """A value that breaks a rule; column: set where it is another one than that being read."""

    def __init__(self, rule: str, message: str, *, column: str = "") -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.column = column


@dataclass(slots=True, kw_only=True)
class Report:
    """Collects what is found in one file; the first 1,000 errors and notes are kept, all are counted.

    bad_groups: what cannot be stored in part (a transfer, a batch, a site's opening values) and has a bad row;
    unknown_group: a bad row does not even tell which it belongs to, so that nothing of the file may be stored.
    """

    errors: list[RowError] = field(default_factory=list)
    error_count: int = 0
    notes: list[RowNote] = field(default_factory=list)
    note_count: int = 0
    rows: int = 0
    bad_groups: set[str] = field(default_factory=set)
    unknown_group: bool = False

    @property
    def full(self) -> bool:
        """Whether further errors are only counted: what they would say need not be worked out."""
        return len(self.errors) >= MOST_KEPT

    def add(self, error: RowError) -> None:
        """Keep one error."""
        self.error_count += 1
        if not self.full:
            self.errors.append(error)

    def error(self, row: int, column: str, refused: Refused, value: str = "") -> None:
        """Keep one refused value as the error of its row."""
        self.add(
            RowError(
                row=row,
                column=refused.column or column,
                rule=refused.rule,
                message=refused.message,
                value=shown(value),
            )
        )

    def note(self, row: int, rule: str, message: str) -> None:
        """Keep one note."""
        self.note_count += 1
        if len(self.notes) < MOST_KEPT:
            self.notes.append(RowNote(row=row, rule=rule, message=message))

    def leave_out(self, group: str) -> None:
        """Mark what the bad row belongs to, so that no part of it is stored."""
        if group:
            self.bad_groups.add(group)
        else:
            self.unknown_group = True


def shown(value: str) -> str:
    """Return a value fit to be printed: no control characters or lone surrogates, and not long.

    What a spreadsheet could not give as text (see `Unreadable`) has no value to show.
    """
    if isinstance(value, Unreadable):
        return ""
    cut = value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"
    return "".join(character if character.isprintable() else "�" for character in cut)
