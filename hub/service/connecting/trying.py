"""Does a connection work? What is asked, and what each answer means for whoever has to act."""

from __future__ import annotations

from typing import Any

from hub.api import ConnectorError, Level, Problem, ReconnectNeeded, TryLater, Where
from hub.service.connecting.books_there import another, opened
from hub.service.connecting.standing import sign_in_problems, takes_secrets
from hub.service.connections import OpenBooks
from hub.service.context import Hub, problem_document
from hub.service.scope import reading, writing
from hub.store import Row
from hub.store.sign_in_rows import try_again

TYPE_AGAIN = "Put right there what it says and test again, or type the secrets in again; the maps stay."
REACHED = "The hub reached {label} and was let in."


def try_connection(hub: Hub, company: str, connection: str) -> dict[str, Any]:
    """Ask a connection's accounting system which companies the sign-in reaches; answers with every problem found.

    reached: whether it answered; companies: what the sign-in reaches.
    """
    books, row = opened(hub, company, connection)
    if books.sign_in is not None and _is_worth_a_try(books, books.sign_in):
        with writing(hub, company) as rows:
            try_again(rows.connection, books.sign_in)
        books, row = opened(hub, company, connection)
    with reading(hub, company) as rows:
        now = hub.database.now(rows.connection)
    problems = list(sign_in_problems(books, now))
    found: list[dict[str, Any]] = []
    reached = False
    if books.sign_in is not None or not books.signs_in:
        try:
            with books.session() as session:
                there = session.companies()
            reached = True
            found = [{"id": each.id, "name": each.name, "currency": each.currency} for each in there]
            if books.signs_in and row["chosen_at"] is not None and row["books"] not in {each.id for each in there}:
                problems += another(row, there, books.label).problems
        except ConnectorError as error:
            problems.append(trouble_of(books, row, error))
    told = REACHED.format(label=books.label) if reached else ""
    return {
        "connection": books.name,
        "label": books.label,
        "reached": reached,
        "message": told,
        "companies": found,
        "problems": [problem_document(problem) for problem in dict.fromkeys(problems)],
    }


def trouble_of(books: OpenBooks, row: Row, error: ConnectorError) -> Problem:
    """Return what an error means: whose it is to act."""
    code, fix = "connector_failed", "Tell support what is said here, with the code and the request id."
    if isinstance(error, ReconnectNeeded):
        code, fix = "reconnect_needed", TYPE_AGAIN if takes_secrets(books) else "Connect it again; the maps stay."
    elif isinstance(error, TryLater):
        code, fix = "not_reached", f"Try again in a while. Where it stays so, see whether {books.label} itself works."
    marks = ", ".join(filter(None, (error.code, error.request_id)))
    message = f"{row['name']}: {error.message}" + (f" ({marks})" if marks else "")
    return Problem(level=Level.PROBLEM, code=code, message=message, fix=fix, where=Where(connection=books.name))


def _is_worth_a_try(books: OpenBooks, sign_in: Row) -> bool:
    """Whether secrets that were typed in are no longer taken: what is wrong may have been put right at the other end."""
    return bool(sign_in["needs_reconnect"]) and takes_secrets(books)
