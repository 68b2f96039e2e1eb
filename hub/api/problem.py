"""What a person can fix, as a value: all of it is listed at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """How much a problem weighs: a problem stops the export, a warning needs a yes, a note only tells."""

    PROBLEM = "problem"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What a problem is about; every part is optional, and empty means it does not matter.

    line: a line of the entry or a row of the file, counted from 1; date: ISO 8601.
    """

    site: str = ""
    category: str = ""
    item: str = ""
    gl_account: str = ""
    account: str = ""
    transfer: str = ""
    batch: str = ""
    connection: str = ""
    export: str = ""
    date: str = ""
    line: int | None = None

    def named(self) -> dict[str, str | int]:
        """The parts that are set, by name."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to put right, decide or know before an export.

    code: lower-case words joined by `_`, stable, for programs; message: one sentence a bookkeeper understands;
    fix: what to do, empty for a note.
    """

    level: Level
    code: str
    message: str
    fix: str = ""
    where: Where = field(default_factory=Where)

    @property
    def blocking(self) -> bool:
        """Whether no yes can wave it through."""
        return self.level is Level.PROBLEM
