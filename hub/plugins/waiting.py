"""How long the hub waits for a plugin: as long as it takes, or up to a deadline, past which it is given up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from hub.api import ConnectorError, ConnectorInfo, OutcomeUnknown, Receipt, TryLater
from hub.plugins.calls import Raised, call
from hub.plugins.deadline import Abandoned, PluginThread, Silent

if TYPE_CHECKING:
    import httpx2

log = logging.getLogger(__name__)

MOST_ABANDONED = 8  # hanging threads of one connector, from which on it is not asked
GIVEN_UP = "deadline"  # the code of what went unanswered
HANGS = "plugin_hangs"  # the code of what was not even asked

OnLate = Callable[[str, Receipt], None]


class Closes(Protocol):
    """What is let go of at the end, as a session is."""

    def close(self) -> None:
        """Let go of it; raises nothing."""


Returned = TypeVar("Returned")
Opened = TypeVar("Opened", bound=Closes)


class Waiting(Protocol):
    """How calls into one plugin are waited for."""

    def opening(self, work: Callable[[], Opened], /) -> Opened:
        """Do the work that opens a session."""

    def reading(self, method: str, work: Callable[[], Returned], /) -> Returned:
        """Do work that writes nothing."""

    def writing(self, method: str, work: Callable[[], Receipt], /) -> Receipt:
        """Do work that may write a journal."""

    def end(self, opened: Closes | None, /) -> None:
        """Close what was opened, if anything, and let go of all else."""


class AsLongAsItTakes:
    """Calls run in the thread of whoever asks; client: closed at the end."""

    def __init__(self, client: httpx2.Client | None = None) -> None:
        self._client = client

    def opening(self, work: Callable[[], Opened], /) -> Opened:
        """Do the work that opens a session."""
        return work()

    def reading(self, _method: str, work: Callable[[], Returned], /) -> Returned:
        """Do work that writes nothing."""
        return work()

    def writing(self, _method: str, work: Callable[[], Receipt], /) -> Receipt:
        """Do work that may write a journal."""
        return work()

    def end(self, opened: Closes | None, /) -> None:
        """Close what was opened, if anything, and the client."""
        if opened is not None:
            opened.close()
        _close(self._client)


class UpToDeadline:
    """Calls run in one thread of their own, and each is waited for no longer than deadline_s.

    Past it the plugin is given up: this call and all later ones raise OutcomeUnknown where they may write, else
    ConnectorError, with the code `deadline`; the client is closed, so that the thread sends nothing more; and what the
    thread has opened it closes itself, should it ever come back. Where MOST_ABANDONED threads of a connector hang, calls
    raise TryLater with the code `plugin_hangs`, and nothing is called.
    client: closed at the end; on_late: told, in the thread, of a receipt that came after the deadline.
    """

    def __init__(
        self,
        info: ConnectorInfo,
        deadline_s: float,
        abandoned: Abandoned,
        *,
        client: httpx2.Client | None = None,
        on_late: OnLate | None = None,
    ) -> None:
        self._info = info
        self._deadline_s = deadline_s
        self._abandoned = abandoned
        self._client = client
        self._on_late = on_late
        self._opened: Closes | None = None
        self._ended = False
        self._thread = PluginThread(f"plugin {info.id}", deadline_s, abandoned)

    def opening(self, work: Callable[[], Opened], /) -> Opened:
        """Do the work that opens a session; one that is opened late is closed by its thread."""

        def opened() -> Opened:
            self._opened = session = work()
            return session

        return self.reading("open", opened)

    def reading(self, method: str, work: Callable[[], Returned], /) -> Returned:
        """Do work that writes nothing; raises ConnectorError past the deadline."""
        try:
            return self._asked(method, work, lambda _: self._close_opened())
        except Silent as silent:
            raise ConnectorError(self._told(), code=GIVEN_UP) from silent

    def writing(self, method: str, work: Callable[[], Receipt], /) -> Receipt:
        """Do work that may write a journal; raises OutcomeUnknown past the deadline."""
        try:
            return self._asked(method, work, lambda outcome: self._answered_late(method, outcome))
        except Silent as silent:
            message = f"{self._told()} It is not known whether the journal was written."
            raise OutcomeUnknown(message, code=GIVEN_UP) from silent

    def end(self, opened: Closes | None, /) -> None:
        """Close what was opened, if anything, within the deadline; end the thread, and close the client."""
        if self._ended:
            return
        self._ended = True
        try:
            if opened is not None and not self._thread.left:
                self._waited("close", opened.close, lambda _: None)
        except Silent:
            pass  # logged, and nothing that was done changes
        finally:
            self._thread.end()
            _close(self._client)

    def _asked(
        self, method: str, work: Callable[[], Returned], late: Callable[[Returned | Raised], object]
    ) -> Returned:
        if self._thread.left:
            raise Silent
        if self._ended:
            raise RuntimeError(f"{method}() was called on a session that is closed")
        self._refuse_where_it_hangs()
        return self._waited(method, work, late)

    def _waited(
        self, method: str, work: Callable[[], Returned], late: Callable[[Returned | Raised], object]
    ) -> Returned:
        try:
            outcome = self._thread.do(work, late)
        finally:
            if self._thread.left:
                log.warning("connector %s is given up: %s() hangs", self._info.id, method)
                _close(self._client)
        if isinstance(outcome, Raised):
            raise outcome.error
        return outcome

    def _answered_late(self, method: str, outcome: Receipt | Raised) -> None:
        log.info("connector %s came back from %s() after its deadline", self._info.id, method)
        on_late = self._on_late
        if on_late is not None and not isinstance(outcome, Raised):
            told = call(lambda: on_late(method, outcome))
            if isinstance(told, Raised):
                log.error("a late receipt of %s() was not recorded", method, exc_info=told.error)
        self._close_opened()

    def _close_opened(self) -> None:
        if self._opened is not None:
            self._opened.close()

    def _refuse_where_it_hangs(self) -> None:
        hanging = self._abandoned.alive()
        if hanging >= MOST_ABANDONED:
            message = (
                f"{self._info.name} hangs: {hanging} calls to it have not ended. It is asked again once they have."
            )
            raise TryLater(message, code=HANGS)

    def _told(self) -> str:
        unit = "second" if self._deadline_s == 1 else "seconds"
        return f"{self._info.name} did not answer within {self._deadline_s:g} {unit}."


def _close(client: httpx2.Client | None) -> None:
    closed = None if client is None else call(client.close)
    if isinstance(closed, Raised):
        log.warning("an HTTP client could not be closed: %s", type(closed.error).__name__)
