"""The program `hub` whose connector does what TROUBLE says: `asleep_before` or `asleep_after` a journal is sent, or `hangs`.

Asleep, the whole process is stopped, as on a machine that was suspended: once, and until it is continued.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator

from hub.api import Connection, Connector, JournalEntry, Receipt, hookimpl
from hub.testing.connector import FakeConnector
from hub.testing.connector.session import FakeSession
from tests.processes.program import run

TROUBLE = os.environ.get("TROUBLE", "")


def naps() -> Iterator[None]:
    """Stop this process, the first time."""
    os.kill(os.getpid(), signal.SIGSTOP)
    yield
    while True:
        yield


NAPS = naps()


class TroubledSession(FakeSession):
    """A session that goes to sleep around its post, or never comes back from it."""

    def post(self, entry: JournalEntry) -> Receipt:
        if TROUBLE == "hangs":
            threading.Event().wait()
        if TROUBLE == "asleep_before":
            next(NAPS)
        receipt = super().post(entry)
        if TROUBLE == "asleep_after":
            next(NAPS)
        return receipt


class TroubledConnector(FakeConnector):
    """The fake ledger's connector with trouble in its sessions."""

    def open(self, connection: Connection) -> FakeSession:
        session = super().open(connection)
        session.__class__ = TroubledSession
        return session


@hookimpl
def hub_connectors() -> Iterable[Connector]:
    """Return the connector."""
    return (TroubledConnector(),)


if __name__ == "__main__":
    run(sys.modules[__name__])
