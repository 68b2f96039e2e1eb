"""The program `hub` with the trouble that TROUBLE says, at the gate that GATE names.

`before`, `after`: its connector waits just before it sends a journal, or just after the answer, until the gate is open;
`GATE.reached` is there as soon as it waits. `hangs`: it never comes back from posting. `stuck`: what a call told is never
recorded.
"""

import os
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

from hub.api import Connection, Connector, JournalEntry, Receipt, hookimpl
from hub.service.posting import working
from hub.testing.connector import FakeConnector
from hub.testing.connector.session import FakeSession
from tests.processes.program import run

TROUBLE = os.environ.get("TROUBLE", "")
GATE = Path(os.environ.get("GATE", "gate"))
LOOK_S = 0.01


def forever(*_: object) -> None:
    """Never come back."""
    threading.Event().wait()


def wait_at_gate() -> None:
    """Wait until the gate is open, and say so."""
    GATE.with_suffix(".reached").touch()
    while not GATE.exists():
        threading.Event().wait(LOOK_S)


class TroubledSession(FakeSession):
    """A session that waits before or after its post, or never comes back from it."""

    def post(self, entry: JournalEntry) -> Receipt:
        if TROUBLE == "hangs":
            forever()
        if TROUBLE == "before":
            wait_at_gate()
        receipt = super().post(entry)
        if TROUBLE == "after":
            wait_at_gate()
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
    if TROUBLE == "stuck":
        working.record = forever  # type: ignore[assignment,attr-defined]
    run(sys.modules[__name__])
