"""What is installed and sound, what is broken and why, and who hears of a settled export."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from hub.api import Sandbox, SettledExport
from hub.plugins.calls import Raised, call
from hub.plugins.connector import GuardedConnector
from hub.plugins.deadline import Abandoned, PluginThread, Silent
from hub.plugins.errors import UnknownConnector
from hub.plugins.origin import Origin
from hub.plugins.trust import Way
from hub.plugins.waiting import MOST_ABANDONED

log = logging.getLogger(__name__)


def _nothing() -> None:
    """Close nothing: of a registry whose plugins all run in the hub."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observer:
    """A plugin that hears of settled exports; abandoned: its threads that hang."""

    origin: Origin
    tell: Callable[[SettledExport], object]
    abandoned: Abandoned = field(default_factory=Abandoned, repr=False, compare=False)

    def hear(self, export: SettledExport, deadline_s: float | None) -> object | Raised:
        """Call the plugin, in a thread of its own where there is a deadline; a silent one comes back as Raised, too."""
        if deadline_s is None:
            return call(lambda: self.tell(export))
        if self.abandoned.alive() >= MOST_ABANDONED:
            return Raised(Silent())
        thread = PluginThread(f"observer {self.origin.name}", deadline_s, self.abandoned)
        try:
            return thread.do(lambda: self.tell(export), lambda _: None)
        except Silent as silent:
            return Raised(silent)
        finally:
            thread.end()


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledConnector:
    """A connector that may be used, and the distribution that brought it."""

    connector: GuardedConnector
    distribution: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledSandbox:
    """A stand-in that may be started, and the distribution that brought it."""

    sandbox: Sandbox
    distribution: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPlugin:
    """A plugin that is installed and not used.

    reason: one sentence or two, for whoever runs the hub; connector_ids: what it would have brought, where known.
    """

    name: str
    distribution: str
    version: str
    reason: str
    connector_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlugin:
    """A plugin that is installed, sound or not, as it was found when the hub started.

    connector_ids: those that it brings, or would bring; reason: why it is not used, empty where it is; level: what it
    earned when its checks were run here, empty where they were not, or before it was last changed.
    """

    name: str
    distribution: str
    version: str
    way: Way
    connector_ids: tuple[str, ...] = ()
    reason: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """All plugins of this installation, looked at once.

    connectors and sandboxes: by connector id; blocked: names of those that the operator switched off; known: all of them;
    close: ends the processes of those that are contained.
    """

    connectors: Mapping[str, InstalledConnector]
    sandboxes: Mapping[str, InstalledSandbox]
    broken: tuple[BrokenPlugin, ...]
    blocked: tuple[str, ...]
    observers: tuple[Observer, ...] = field(repr=False)
    known: tuple[KnownPlugin, ...] = field(default=(), repr=False)
    close: Callable[[], None] = field(default=_nothing, repr=False, compare=False)

    def connector(self, connector_id: str) -> GuardedConnector:
        """Return a sound connector; raises UnknownConnector, which says why a broken or blocked one is not there."""
        found = self.connectors.get(connector_id)
        if found is None:
            raise UnknownConnector(" ".join(self._why_not(connector_id)))
        return found.connector

    def tell_settled(self, export: SettledExport, *, deadline_s: float | None = None) -> None:
        """Tell each observer, one at a time, of an export that has come to rest; what they raise is logged.

        deadline_s: how long to wait for each, None for as long as it takes; one that hangs too often is not told.
        """
        for observer in self.observers:
            outcome = observer.hear(export, deadline_s)
            if isinstance(outcome, Raised):
                log.error(
                    "plugin %s failed in hub_export_settled() for export %s with %s",
                    observer.origin,
                    export.export,
                    type(outcome.error).__name__,
                )
                log.debug("where it failed", exc_info=outcome.error)

    def _why_not(self, connector_id: str) -> Iterator[str]:
        known = ", ".join(sorted(self.connectors)) or "none"
        yield f'There is no connector "{connector_id}"; installed: {known}.'
        for plugin in self.broken:
            if connector_id == plugin.name or connector_id in plugin.connector_ids:
                origin = Origin(name=plugin.name, distribution=plugin.distribution, version=plugin.version)
                yield f"The plugin {origin} is broken: {plugin.reason}"
        if connector_id in self.blocked:
            yield f'The plugin "{connector_id}" is switched off on this installation.'
