"""From the installed distributions to the registry: one plugin at a time, so that a broken one stops no other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from types import MappingProxyType

from hub.api import SettledExport
from hub.plugins.admission import Admitted, NotAdmitted, admit
from hub.plugins.discovery import Candidate, Unreadable, given, installed
from hub.plugins.registry import BrokenPlugin, InstalledConnector, InstalledSandbox, Observer, Registry


def load(*, only: Sequence[object] | None = None, blocked: Collection[str] = ()) -> Registry:
    """Load every installed plugin, list the broken ones, and return all. Keep the result: loading imports.

    only: plugin objects to take instead of the installed ones, for tests and tools;
    blocked: entry-point names that are not even imported.
    """
    candidates = installed() if only is None else given(only)
    admitted: list[Admitted] = []
    broken: list[BrokenPlugin] = []
    for candidate in candidates:
        if candidate.origin.name in blocked:
            continue
        try:
            admitted.append(_admit(candidate, admitted))
        except NotAdmitted as refused:
            broken.append(_broken(candidate, refused))
    switched_off = (candidate.origin.name for candidate in candidates if candidate.origin.name in blocked)
    return _registry(admitted, tuple(broken), tuple(switched_off))


def _admit(candidate: Candidate | Unreadable, earlier: Iterable[Admitted]) -> Admitted:
    if isinstance(candidate, Unreadable):
        raise NotAdmitted(candidate.reason)
    admitted = admit(candidate.origin, candidate.load)
    for other in earlier:
        _refuse_taken(admitted, other)
    return admitted


def _refuse_taken(admitted: Admitted, earlier: Admitted) -> None:
    """Of two plugins that claim one id the earlier stays: by distribution name alone, built-in or not."""
    for what, mine, theirs in (
        ("connector", admitted.connectors, earlier.connectors),
        ("sandbox for the connector", admitted.sandboxes, earlier.sandboxes),
    ):
        for connector_id in mine.keys() & theirs.keys():
            raise NotAdmitted(
                f'The {what} "{connector_id}" is brought by two plugins, {earlier.origin} and {admitted.origin}; '
                f"the first of them by distribution name, {earlier.origin}, stays.",
                tuple(admitted.connectors),
            )


def _broken(candidate: Candidate | Unreadable, refused: NotAdmitted) -> BrokenPlugin:
    return BrokenPlugin(
        name=candidate.origin.name,
        distribution=candidate.origin.distribution,
        version=candidate.origin.version,
        reason=refused.reason,
        connector_ids=refused.connector_ids,
    )


def _registry(admitted: list[Admitted], broken: tuple[BrokenPlugin, ...], blocked: tuple[str, ...]) -> Registry:
    return Registry(
        connectors=MappingProxyType(
            {
                connector_id: InstalledConnector(
                    connector=connector, distribution=each.origin.distribution, version=each.origin.version
                )
                for each in admitted
                for connector_id, connector in each.connectors.items()
            }
        ),
        sandboxes=MappingProxyType(
            {
                connector_id: InstalledSandbox(
                    sandbox=sandbox, distribution=each.origin.distribution, version=each.origin.version
                )
                for each in admitted
                for connector_id, sandbox in each.sandboxes.items()
            }
        ),
        broken=broken,
        blocked=blocked,
        observers=tuple(_observer(each) for each in admitted if each.observes),
    )


def _observer(admitted: Admitted) -> Observer:
    def tell(export: SettledExport) -> object:
        return admitted.manager.hook.hub_export_settled(export=export)

    return Observer(origin=admitted.origin, tell=tell)
