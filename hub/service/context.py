"""What every use case is given: the database, the plugins, the clock, the home folder and who asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hub.api import Level, Problem, Where
from hub.plugins import Registry
from hub.store import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """An open hub; clock returns aware UTC; files made go below home/files; actor: who is asking."""

    database: Database
    registry: Registry
    clock: Callable[[], datetime]
    home: Path
    actor: str


class Refused(Exception):
    """Something a person can put right; every reason is listed at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


class NotFound(Refused):
    """A company, connection, site or export that does not exist."""


def refuse(code: str, message: str, fix: str = "", where: Where | None = None) -> Refused:
    """Return a refusal for one reason."""
    problem = Problem(level=Level.PROBLEM, code=code, message=message, fix=fix, where=where or Where())
    return Refused([problem])


def not_found(what: str, name: str, known: Sequence[str] = ()) -> NotFound:
    """Return a refusal that says what is not there, and what is."""
    have = f" There are: {', '.join(known)}." if known else ""
    message = f"There is no {what} {name}.{have}"
    return NotFound([Problem(level=Level.PROBLEM, code="not_found", message=message)])


def problem_document(problem: Problem) -> dict[str, object]:
    """Return a problem as programs read it."""
    return {
        "level": problem.level.value,
        "blocking": problem.blocking,
        "code": problem.code,
        "message": problem.message,
        "fix": problem.fix,
        "where": problem.where.named(),
    }
