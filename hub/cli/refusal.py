"""How a command says no: every problem at once, in a person's words or as JSON, and never a traceback."""

import errno
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType

import typer

from hub.cli.command import Code
from hub.cli.opener import CannotOpen
from hub.cli.screen import Shown

UNEXPECTED = "Something went wrong that the hub did not expect"
NOTHING_HALF_DONE = "What was not finished is not stored. Run it again with --debug to see where it stopped."


@contextmanager
def refusals(*, as_json: bool) -> Iterator[None]:
    """Tell what a person can fix, and end with exit code 1."""
    try:
        yield
    except _for_a_person() as error:
        if isinstance(error, OSError) and error.errno == errno.EPIPE:
            raise
        refuse(problems_of(error), as_json=as_json, code=_code_of(error))


def refuse(problems: Sequence[Shown], *, as_json: bool, code: Code = Code.REFUSED) -> None:
    """Print the problems, as JSON on stdout or as text on stderr, and end with an exit code."""
    from hub.cli.screen import print_json, print_problems

    if as_json:
        print_json({"problems": list(problems)})
    else:
        print_problems(problems, to_stderr=True)
    raise typer.Exit(code)


def problems_of(error: BaseException) -> list[Shown]:
    """Return what an error says, in the shape of a preview's problems."""
    from hub.api import ConnectorError
    from hub.service.context import Refused, problem_document

    if isinstance(error, Refused):
        return [problem_document(problem) for problem in error.problems]
    if isinstance(error, ConnectorError):
        return [_plain(error.code or "accounting_system", error.message)]
    if isinstance(error, OSError):
        return [_plain("file_not_usable", f"{error.filename or 'A file'} cannot be used: {error.strerror}.")]
    return [_plain("cannot_open" if isinstance(error, CannotOpen) else "refused", str(error))]


def tell_unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Stand in for Python's own way to end with an error: one plain sentence, and the trace only where asked for."""
    if issubclass(kind, KeyboardInterrupt):
        return
    from hub.cli.screen import print_json, print_problems

    problem = _plain("unexpected", f"{UNEXPECTED} ({kind.__name__}).", NOTHING_HALF_DONE)
    if "--json" in sys.argv:
        print_json({"problems": [problem]})
    else:
        print_problems([problem], to_stderr=True)
    if "--debug" in sys.argv or os.environ.get("HUB_DEBUG", "") not in ("", "0"):
        traceback.print_exception(kind, error, trace)


def _code_of(error: BaseException) -> Code:
    from hub.api import OutcomeUnknown

    return Code.NOT_KNOWN if isinstance(error, OutcomeUnknown) else Code.REFUSED


def _for_a_person() -> tuple[type[BaseException], ...]:
    from hub.api import ConnectorError
    from hub.service.context import Refused
    from hub.service.importing import ImportRefused

    return (Refused, ImportRefused, ConnectorError, CannotOpen, OSError)


def _plain(code: str, message: str, fix: str = "") -> Shown:
    return {"level": "problem", "blocking": True, "code": code, "message": message, "fix": fix, "where": {}}
