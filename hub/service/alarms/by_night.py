"""The nightly look at one connection: is the hub let in, does what was posted still stand there, do the maps fit its chart.

FINDERS is the one place where further findings of a connection are added: each is asked in turn, and returns what it found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hub.api import ConnectorError, Level, Problem, Where
from hub.plugins import SettingsInvalid
from hub.service.alarms.found import found_of
from hub.service.alarms.keeping import NIGHT, Changes, keep_night
from hub.service.connecting.books_there import opened
from hub.service.connecting.live_chart import read_chart
from hub.service.connecting.standing import State, state_of
from hub.service.connecting.trying import try_connection
from hub.service.context import Hub, Refused
from hub.service.map_health import map_health
from hub.service.posting.watching import check
from hub.service.scope import reading, writing
from hub.store.alarm_rows import look_row, open_alarms, set_look

RECORDS_TELL = frozenset({"sign_in_ends", "sign_in_idle", "company_needed", "connector_missing"})
"""What the hub's own records say at any time, so that it is no finding of the night."""


@dataclass(kw_only=True)
class Look:
    """One look at a connection. usable: its accounting system can be asked, and answered; posted: what `check` found.

    checked: whether what was posted was looked at; chart: how many accounts were new, changed and gone, None where it was
    not read.
    """

    hub: Hub
    company: str
    connection: str
    usable: bool = False
    checked: bool = False
    chart: dict[str, int] | None = None
    posted: list[dict[str, Any]] = field(default_factory=list)  # Any: JSON's own types

    @property
    def where(self) -> Where:
        """What its findings are about."""
        return Where(connection=self.connection)


Finder = Callable[[Look], Iterable[Problem]]


def access(look: Look) -> Iterator[Problem]:
    """Ask whether the accounting system lets the hub in, and whether its sign-in still reaches the chosen company."""
    books, _ = opened(look.hub, look.company, look.connection)
    if books.makes_files:
        return
    if books.signs_in and books.sign_in is None:
        return
    told = try_connection(look.hub, look.company, look.connection)
    books, _ = opened(look.hub, look.company, look.connection)
    ended = books.sign_in is not None and bool(books.sign_in["needs_reconnect"])
    blocked = False
    for each in told["problems"]:
        blocked = blocked or each["blocking"]
        if each["code"] in RECORDS_TELL or (each["code"] == "reconnect_needed" and ended):
            continue
        yield Problem(
            level=Level(each["level"]),
            code=each["code"],
            message=each["message"],
            fix=each["fix"],
            where=look.where,
        )
    look.usable = told["reached"] and not blocked and state_of(books) is State.READY


def chart(look: Look) -> Iterator[Problem]:
    """Read the chart anew, so that maps are compared with what stands there today."""
    if look.usable and opened(look.hub, look.company, look.connection)[0].signs_in:
        told = read_chart(look.hub, look.company, look.connection)
        look.chart = {name: told[name] for name in ("added", "changed", "gone")}
    yield from ()


def posted(look: Look) -> Iterator[Problem]:
    """Look at what was posted; what is found is recorded with its export, whose records tell of it from then on."""
    if look.usable:
        look.posted = check(look.hub, look.company, look.connection)
        look.checked = True
    yield from ()


def maps(look: Look) -> Iterator[Problem]:
    """Compare the maps with the chart as it was read last."""
    yield from map_health(look.hub, look.company, look.connection).problems


FINDERS: tuple[Finder, ...] = (access, chart, posted, maps)
"""What a look consists of, in this order; the first says whether the others can ask the accounting system."""


def look_at(hub: Hub, company: str, connection: str) -> tuple[Look, Changes]:
    """Look at a connection as each night, and keep what was found: which alarms began and which are over."""
    look = Look(hub=hub, company=company, connection=connection)
    problems = [problem for finder in FINDERS for problem in _asked(finder, look)]
    with writing(hub, company) as rows:
        row = rows.connection_row(connection)
        now = hub.database.now(rows.connection)
        values: dict[str, object] = {"looked_at": now}
        if look.chart is not None:
            values["chart"] = look.chart
        set_look(rows.connection, rows.company_id, row["id"], values)
        company_id, connection_id = rows.company_id, row["id"]
    return look, keep_night(hub, connection_id, [found_of(each, company_id, connection_id) for each in problems])


def night_of(hub: Hub, company: str, connection: str) -> dict[str, Any]:
    """Return when a connection was looked at last, how its chart had changed by then, and the alarms that are open of it.

    at: empty where it never was; chart: None where it was not read.
    """
    with reading(hub, company) as rows:
        row = rows.connection_row(connection)
        look = look_row(rows.connection, rows.company_id, row["id"])
        alarms = open_alarms(rows.connection, source=NIGHT, company_id=rows.company_id, connection_id=row["id"])
    told = ("code", "level", "message", "fix")
    return {
        "at": look["looked_at"].isoformat(timespec="seconds") if look else "",
        "chart": look["chart"] if look else None,
        "alarms": [
            {**{name: each[name] for name in told}, "since": each["opened_at"].isoformat(timespec="seconds")}
            for each in alarms
        ],
    }


def _asked(finder: Finder, look: Look) -> list[Problem]:
    """Return what a finder finds; what keeps it from finding anything is a finding, too."""
    try:
        return list(finder(look))
    except Refused as error:
        return [each for each in error.problems if each.code not in RECORDS_TELL]
    except SettingsInvalid as error:
        return list(error.problems)
    except ConnectorError as error:
        marks = ", ".join(filter(None, (error.code, error.request_id)))
        told = f"{look.connection} could not be looked at by night: {error.message}" + (f" ({marks})" if marks else "")
        fix = "It is looked at again the next night; Test on the connection says whose it is to act."
        return [Problem(level=Level.WARNING, code="not_checked", message=told, fix=fix, where=look.where)]
