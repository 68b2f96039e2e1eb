"""Conduct: what a connector leaves alone in the process that it shares with every other customer's work."""

from __future__ import annotations

import decimal
import locale
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import httpx2

from hub.api import Guarantee, Session
from hub.plugins.calls import Raised, call
from hub.testing.conformance.check import Concerns, Grade, check, expect
from hub.testing.conformance.trial import Trial, told


@check(
    "conduct.admitted",
    Grade.BRONZE,
    protects="A plugin that the hub does not admit is listed as broken, with this reason.",
    mend="Read docs/contract.md#what-is-refused, and build ConnectorInfo, label() and open() as it says.",
)
def admitted(trial: Trial) -> None:
    """The hub admits the connector, opens a session and takes what it returns."""
    expect(trial.host.label(trial.settings), "label() is empty.")
    files = Concerns.FILES in trial.concerns()
    expect(
        files == (trial.host.info.guarantee is Guarantee.PERSON),
        "The guarantee person and the capability files go together.",
    )
    entry = trial.entry()
    with trial.host.open(trial.connection()) as session:
        session.companies()
        expect(files or session.accounts(), "accounts() returned nothing.")
        session.dimensions()
        stopping = [each.message for each in session.preflight(entry) if each.blocking]
        expect(not stopping, f"preflight() stops a plain entry: {' '.join(stopping)}")
        expect(not session.find(entry), "find() found something for an entry that was never posted.")
        session.post(entry)


@check(
    "conduct.preflight_only_reads",
    Grade.BRONZE,
    protects="A preview is looked at many times; nothing may come of it.",
    mend="Send nothing that writes from companies(), accounts(), dimensions(), preflight(), find() and read().",
)
def preflight_only_reads(trial: Trial) -> None:
    """A preview writes nothing and sends no request that may write."""
    entry = trial.entry()
    with trial.session() as session:
        list(session.companies())
        list(session.accounts())
        list(session.dimensions())
        list(session.preflight(entry))
        list(session.find(entry))
    expect(not trial.writings(), f"{trial.writings()} requests of a preview may write.")
    expect(not trial.stand.books(), "A preview left a journal in the books.")


@check(
    "conduct.own_hosts",
    Grade.BRONZE,
    protects="Journals and tokens go to the accounting system and nowhere else.",
    mend="Send everything with connection.client, to the addresses that addresses() names; open no socket of your own.",
)
def own_hosts(trial: Trial) -> None:
    """Nothing is sent anywhere but through the hub's client, to the connection's own addresses."""
    with no_sockets() as opened, trial.session() as session:
        call(lambda: list(session.accounts()))
        trial.post(session, trial.entry())
    expect(not opened, f"It opened a connection of its own to {opened}.")
    refused = sorted({each.host for each in trial.calls if each.error == "HostRefused"})
    expect(not refused, f"It asked {', '.join(refused)}, which addresses() does not name.")


@check(
    "conduct.no_shared_state",
    Grade.BRONZE,
    protects="One connector serves all customers: what it keeps from one session turns up in another's books.",
    mend="Keep what belongs to a connection in its session; what you remember longer, keep by connection.",
)
def no_shared_state(trial: Trial) -> None:
    """Two sessions of one connector, open at the same time, each post to their own books."""
    other = trial.another()
    with trial.session() as mine, _of(trial, other) as theirs:
        first, second = trial.entry("1.00"), other.entry("2.00", reference="IAOTHER0001", key="e" * 32)
        trial.posted(mine, first)
        other.posted(theirs, second)
        third = trial.entry("3.00")
        trial.posted(mine, third)
    expect(len(trial.stand.books()) == 2, f"{len(trial.stand.books())} journals stand in the first books instead of 2.")
    expect(len(other.stand.books()) == 1, f"{len(other.stand.books())} journals stand in the others instead of 1.")


@check(
    "conduct.process_untouched",
    Grade.BRONZE,
    protects="A changed rounding or time-out changes every other customer's figures as well.",
    mend="Use decimal.localcontext(), and leave environment, locale, time-outs, warnings and other modules alone.",
)
def process_untouched(trial: Trial) -> None:
    """A session leaves decimal context, environment, locale and time-outs as they were."""
    before = _process()
    with trial.session() as session:
        list(session.accounts())
        session.preflight(trial.entry())
        session.post(trial.entry())  # not guarded, so that the decimal context is not restored behind it
    changed = [name for name, value in _process().items() if before[name] != value]
    expect(not changed, f"It changed {', '.join(changed)} of the process.")


@check(
    "conduct.closing",
    Grade.SILVER,
    protects="Sessions are closed after every piece of work, failed ones too.",
    mend="Let close() succeed at any time, and leave the client, which the hub closes, alone.",
)
def closing(trial: Trial) -> None:
    """close() succeeds at once, after work and after a failure, sends nothing, and leaves the client open."""
    for work in (False, True):
        connection = trial.connection()
        session = trial.stand.connector.open(connection)
        if work:
            trial.post(session, trial.entry())
        sent = 0 if trial.network is None else len(trial.network.sent)
        closed = call(session.close)
        expect(not isinstance(closed, Raised), f"close() raised {told(getattr(closed, 'error', None))}.")
        expect(trial.network is None or len(trial.network.sent) == sent, "close() sent a request.")
        expect(connection.client is None or not connection.client.is_closed, "close() closed the hub's client.")
        if connection.client is not None:
            connection.client.close()


@check(
    "conduct.limits_declared",
    Grade.SILVER,
    Concerns.NETWORK,
    protects="How long silence lasts decides when the hub may send again.",
    mend="Declare limits.latest_commit_s, and limits.key_life_s where the system forgets keys.",
)
def limits_declared(trial: Trial) -> None:
    """The connector says how late a journal may still be written."""
    limits = trial.host.limits(trial.settings)
    expect(limits.latest_commit_s, "limits.latest_commit_s is not declared.")


@check(
    "conduct.same_file",
    Grade.SILVER,
    Concerns.FILES,
    protects="A file that is made again must be the file that was imported.",
    mend="Make the file of the entry and the settings alone: no clock, no counter, no random number.",
)
def same_file(trial: Trial) -> None:
    """The same entry gives the same bytes under the same name."""
    entry, files = trial.entry(), []
    for _ in range(2):
        with trial.session() as session:
            files.append(session.post(entry).file)
        trial.stand.clock.advance(1)
    expect(files[0] is not None, "post() made no file.")
    expect(files[0] == files[1], "The second file differs from the first.")


@contextmanager
def _of(trial: Trial, other: Trial) -> Iterator[Session]:
    """Open a session of the first trial's connector for the other's books."""
    connection = other.connection()
    session = trial.stand.connector.open(connection)
    try:
        yield session
    finally:
        session.close()
        if connection.client is not None:
            connection.client.close()


@contextmanager
def no_sockets() -> Iterator[list[object]]:
    """Refuse every connection of a socket, and list where they would have gone."""
    opened: list[object] = []

    def refused(_socket: socket.socket, address: object) -> None:
        opened.append(address)
        raise ConnectionRefusedError("no network here")

    with patch.object(socket.socket, "connect", refused), patch.object(socket.socket, "connect_ex", refused):
        yield opened


def _process() -> dict[str, object]:
    context = decimal.getcontext()
    return {
        "the decimal context": (context.prec, context.rounding, [bool(each) for each in context.traps.values()]),
        "the environment": dict(os.environ),
        "the locale": locale.setlocale(locale.LC_ALL),
        "the time-out of sockets": socket.getdefaulttimeout(),
        "the working folder": os.getcwd(),  # noqa: PTH109  as the process has it
        "the limit of recursion": sys.getrecursionlimit(),
        "the HTTP client": httpx2.Client.send,
    }
