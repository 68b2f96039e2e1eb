"""How connections stand: signed in or not, to which books, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from hub.api import ClientAssertion, ConnectorError, Level, NoSignIn, Problem, SecretFields, SignIn, Where
from hub.plugins import SettingsInvalid
from hub.service.connections import ELSEWHERE, connector_of, signs_in
from hub.service.context import Hub, Refused, problem_document
from hub.service.network import place_of
from hub.service.pausing import pause_of
from hub.service.scope import CompanyRows, reading
from hub.store import Row
from hub.store.sign_in_rows import sign_in_row

EARLY, LATE = timedelta(days=30), timedelta(days=7)
"""How long ahead the end of a sign-in is told: as a note, and as a warning."""


class State(StrEnum):
    """How a connection stands, in the order that a person takes it there.

    ready: it can be used; unusable: its connector or its settings are not in order.
    """

    UNUSABLE = "unusable"
    NOT_CONNECTED = "not_connected"
    RECONNECT = "reconnect"
    CHOOSE_COMPANY = "choose_company"
    READY = "ready"


WORDS = {
    State.UNUSABLE: "Not usable",
    State.NOT_CONNECTED: "Not connected",
    State.RECONNECT: "Connect again",
    State.CHOOSE_COMPANY: "Choose the company",
    State.READY: "Ready",
}
"""Each state as people read it."""


class Connected(Protocol):
    """A connection as far as its sign-in goes, which OpenBooks is too."""

    name: str
    label: str
    signs_in: bool
    chosen: bool
    sign_in: Row | None

    def asked(self) -> tuple[SignIn, str]:
        """Return how its people sign in with these settings, and what such a sign-in is bound to. Raises ConnectorError."""


@dataclass(kw_only=True)
class Standing:
    """A connection as far as its sign-in goes, without the company's set-up."""

    name: str
    label: str
    signs_in: bool
    chosen: bool
    sign_in: Row | None
    way: SignIn
    place: str

    def asked(self) -> tuple[SignIn, str]:
        """Return how its people sign in with these settings, and what such a sign-in is bound to."""
        return self.way, self.place


def standing(hub: Hub, rows: CompanyRows, row: Row) -> Standing:
    """Return how a connection stands; raises Refused, SettingsInvalid and ConnectorError where it is not usable."""
    connector = connector_of(hub, row["connector"])
    settings = connector.settings_from(row["settings"])
    label, addresses = connector.label(settings), connector.addresses(settings, row["environment"])
    needed, found = signs_in(connector), row["sign_in_id"]
    return Standing(
        name=row["name"],
        label=label,
        signs_in=needed,
        chosen=row["chosen_at"] is not None or not needed,
        sign_in=None if found is None else sign_in_row(rows.connection, rows.company_id, found),
        way=NoSignIn() if addresses is None else addresses.sign_in,
        place=place_of(addresses),
    )


def connections(hub: Hub, company: str) -> list[dict[str, Any]]:
    """List a company's connections: label, state, the company there, until when the sign-in is good, problems, pause."""
    with reading(hub, company) as rows:
        now = hub.database.now(rows.connection)
        return [connection_document(hub, rows, row, now) for row in rows.connections()]


def connection_document(hub: Hub, rows: CompanyRows, row: Row, now: datetime) -> dict[str, Any]:
    """Return one connection as `connections` lists it."""
    paused = pause_of(hub, rows.connection, rows.company_id, row["connector"])
    shown = {name: row[name] for name in ("name", "connector", "environment", "settings")}
    shown["paused"] = None if paused is None else paused.told
    try:
        books = standing(hub, rows, row)
    except (Refused, SettingsInvalid, ConnectorError) as error:
        told = {"label": row["connector"], "state": State.UNUSABLE.value, "problem": str(error)}
        return {
            **shown,
            **told,
            "signs_in": False,
            "types_secrets": False,
            "company": None,
            "sign_in": None,
            "problems": [],
        }
    problems = list(sign_in_problems(books, now))
    return {
        **shown,
        "label": books.label,
        "state": state_of(books).value,
        "problem": next((problem.message for problem in problems if problem.blocking), None),
        "signs_in": books.signs_in,
        "types_secrets": takes_secrets(books),
        "company": {"id": row["books"], "name": row["books_name"]} if row["chosen_at"] is not None else None,
        "sign_in": _sign_in_document(books.sign_in),
        "chart_read_at": _text(row["chart_read_at"]),
        "problems": [problem_document(problem) for problem in problems],
    }


def state_of(books: Connected) -> State:
    """Return how a connection stands."""
    if not books.signs_in:
        return State.READY
    if books.sign_in is None:
        return State.NOT_CONNECTED
    if books.sign_in["needs_reconnect"] or not _fits(books, books.sign_in):
        return State.RECONNECT
    return State.READY if books.chosen else State.CHOOSE_COMPANY


def takes_secrets(books: Connected) -> bool:
    """Whether its people type secrets in, with these settings."""
    try:
        way, _ = books.asked()
    except ConnectorError:  # whoever opens a session is told
        return False
    return isinstance(way, SecretFields | ClientAssertion)


def sign_in_problems(books: Connected, now: datetime) -> Iterator[Problem]:
    """Yield what keeps a connection from being used, and what will: 30 and 7 days ahead."""
    yield from connecting_problems(books)
    if books.sign_in is not None and state_of(books) is not State.RECONNECT:
        yield from _ends(books, books.sign_in, now, Where(connection=books.name))


def connecting_problems(books: Connected) -> Iterator[Problem]:
    """Yield what keeps a connection from being used until a person connects it or chooses its company."""
    where = Where(connection=books.name)
    again = f"hub connections {_command(books)} {books.name}, or Accounting > Setup > Connections"
    match state_of(books):
        case State.NOT_CONNECTED:
            message = f"{books.name} is not connected to {books.label}."
            yield Problem(
                level=Level.PROBLEM, code="reconnect_needed", message=message, fix=f"Connect it: {again}.", where=where
            )
        case State.RECONNECT if books.sign_in is not None:
            message = f"{books.name}: {books.sign_in['needs_reconnect'] or ELSEWHERE.format(name='It')}"
            yield Problem(
                level=Level.PROBLEM, code="reconnect_needed", message=message, fix=f"Connect it: {again}.", where=where
            )
        case State.CHOOSE_COMPANY:
            message = f"It is not chosen yet which company of {books.label} {books.name} posts to."
            fix = f"Choose it: hub connections companies {books.name}, or Accounting > Setup > Connections."
            yield Problem(level=Level.PROBLEM, code="company_needed", message=message, fix=fix, where=where)
        case _:
            pass


def _fits(books: Connected, sign_in: Row) -> bool:
    """Whether a sign-in is one that the connection's settings ask for."""
    try:
        _, place = books.asked()
    except ConnectorError:  # as above
        return True
    return bool(place == sign_in["token_url"])


def _command(books: Connected) -> str:
    return "secrets" if takes_secrets(books) else "sign-in"


def _ends(books: Connected, sign_in: Row, now: datetime, where: Where) -> Iterator[Problem]:
    hard, idle = sign_in["hard_until"], sign_in["refresh_until"]
    if hard is not None and hard - now <= EARLY:
        level = Level.WARNING if hard - now <= LATE else Level.NOTE
        message = f"The sign-in of {books.name} to {books.label} ends on {hard:%Y-%m-%d}, whatever is done with it."
        fix = "Connect again before then; the maps stay."
        yield Problem(level=level, code="sign_in_ends", message=message, fix=fix, where=where)
    elif idle is not None and idle - now <= LATE:
        message = f"The sign-in of {books.name} to {books.label} ends on {idle:%Y-%m-%d} unless it is used before."
        fix = f"Use it once: hub connections test {books.name}."
        yield Problem(level=Level.WARNING, code="sign_in_idle", message=message, fix=fix, where=where)


def _sign_in_document(row: Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "by": row["signed_in_by"],
        "at": _text(row["signed_in_at"]),
        "ends": _text(row["hard_until"]),
        "ends_unused": _text(row["refresh_until"]),
    }


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat(timespec="seconds")
