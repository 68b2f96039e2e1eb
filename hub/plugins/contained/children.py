"""The processes of one contained plugin: one for each connection and call at a time, kept while they are of use, never shared."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from typing import TYPE_CHECKING

from hub.api import ConnectorError, TryLater
from hub.plugins.contained import shapes
from hub.plugins.contained.process import Child, Containment, Lost
from hub.plugins.errors import PluginFailed

if TYPE_CHECKING:
    from hub.plugins.origin import Origin

log = logging.getLogger(__name__)

IDLE_S = 300  # after which one that nobody asked is ended
LONGEST_REST_S = 60.0
OF_NOBODY = ""
"""What a process is kept for that is handed settings alone: no customer's file, secret or session."""


class Children:
    """One plugin's processes; lease them from any thread."""

    def __init__(self, origin: Origin, value: str, containment: Containment) -> None:
        """Start nothing yet; value: what the plugin's entry point names."""
        self._origin = origin
        self.containment = containment
        self._named = shapes.dumped(
            shapes.PluginNamed(name=origin.name, value=value, distribution=origin.distribution, version=origin.version),
            shapes.PluginNamed,
        )
        self._changed = Condition()
        self._idle: list[tuple[str, Child]] = []
        self._leased: set[Child] = set()
        self._starting = 0
        self._lost = 0
        self._rests_until = 0.0
        self._closed = False

    def describe(self) -> shapes.PluginShape:
        """Return what the plugin brings, as a process of it tells; raises Lost and TryLater."""
        with self._place(self.containment.start_s):
            child, told = self._started()
        self._put(OF_NOBODY, child)
        return told

    @contextmanager
    def lent(self, kept_for: str, *, wait_s: float) -> Iterator[Child]:
        """Lend a process for one call; kept_for: whose data it is handed."""
        child = self.lease(kept_for, wait_s=wait_s)
        try:
            yield child
        finally:
            self.back(kept_for, child)

    def lease(self, kept_for: str, *, wait_s: float) -> Child:
        """Return a process that has loaded the plugin and was handed no other's data; give it back.

        Raises TryLater where all are busy for so long, or where the last ones ended in the middle of a call.
        """
        with self._changed:
            found = self._of(kept_for)
            if found is not None:
                self._leased.add(found)
                return found
        with self._place(wait_s):
            child, _ = self._started()
            if kept_for != OF_NOBODY:
                child.keep_quiet()
            with self._changed:
                self._leased.add(child)
        return child

    def back(self, kept_for: str, child: Child) -> None:
        """Take a process back; one that is gone is not missed, but the next rests for a while."""
        alive = child.alive
        with self._changed:
            self._leased.discard(child)
            if alive:
                self._lost = 0
            else:
                self._rest()
            self._changed.notify_all()
        if alive and not self._closed:
            self._put(kept_for, child)
        else:
            child.kill()

    @contextmanager
    def told_of(self, method: str) -> Iterator[None]:
        """Tell of a process that was lost in a call which writes nothing as the plugin host tells of a failure."""
        try:
            yield
        except Lost as lost:
            raise PluginFailed(self.lost_in(method, lost), code=lost.code) from lost

    def lost_in(self, method: str, lost: Lost) -> str:
        """Return the sentence about a process that was lost in a call."""
        return f"The plugin {self._origin} {lost.how} in {method}()."

    def close(self) -> None:
        """End all of them."""
        with self._changed:
            self._closed = True
            several = [*(child for _, child in self._idle), *self._leased]
            self._idle.clear()
        for child in several:
            child.kill()

    def _put(self, kept_for: str, child: Child) -> None:
        now = self.containment.clock()
        with self._changed:
            old = [each for each in self._idle if now - each[1].used_at > IDLE_S]
            self._idle = [each for each in self._idle if each not in old]
            self._idle.append((kept_for, child))
            self._changed.notify_all()
        for _, each in old:
            each.kill()

    def _of(self, kept_for: str) -> Child | None:
        """Return an idle process of this customer that lives; the caller holds the lock."""
        for each in [each for each in self._idle if each[0] == kept_for]:
            self._idle.remove(each)
            if each[1].alive:
                return each[1]
            each[1].kill()
        return None

    @contextmanager
    def _place(self, wait_s: float) -> Iterator[None]:
        """Wait for a place among those that may run at once, ending the one that was idle longest for it."""
        ended: Child | None = None
        with self._changed:
            self._refuse_resting()
            if not self._changed.wait_for(self._has_place, wait_s):
                raise TryLater(f"The plugin {self._origin} is busy with other calls.", code="plugin_busy")
            if len(self._idle) + len(self._leased) + self._starting >= self.containment.at_once:
                ended = self._idle.pop(0)[1]
            self._starting += 1
        if ended is not None:
            ended.kill()
        try:
            yield
        finally:
            with self._changed:
                self._starting -= 1
                self._changed.notify_all()

    def _has_place(self) -> bool:
        return len(self._leased) + self._starting < self.containment.at_once

    def _refuse_resting(self) -> None:
        left = self._rests_until - self.containment.clock()
        if left > 0:
            message = f"The plugin {self._origin} ended in the middle of its work. It is asked again in {left:.0f} s."
            raise TryLater(message, code="plugin_rests", retry_after_s=int(left) + 1)

    def _started(self) -> tuple[Child, shapes.PluginShape]:
        """Start a process and have it load the plugin; raises Lost."""
        child = Child(self.containment)
        try:
            told = child.ask("load", self._named, within_s=self.containment.start_s)
            return child, read_answer(told, shapes.PluginShape)
        except ConnectorError as error:
            child.kill()
            with self._changed:
                self._rest()
            said = child.said
            log.info("plugin %s: its process %s", self._origin, getattr(error, "how", error.code))
            if isinstance(error, Lost) and said:
                raise Lost(f"{error.how}; the last it printed is: {said}", code=error.code) from error
            raise

    def _rest(self) -> None:
        """Start no other for a while, twice as long each time; the caller holds the lock."""
        self._rests_until = self.containment.clock() + min(self.containment.rest_s * 2**self._lost, LONGEST_REST_S)
        self._lost = min(self._lost + 1, 10)


def read_answer(told: bytes, kind: object) -> shapes.Json:
    """Return an answer as a value of a type; raises Lost for what is none."""
    try:
        return shapes.read(told, kind)
    except ValueError as error:
        raise Lost("answered what is no answer of its kind", code="contract_broken") from error
