"""From the installed distributions to the registry: one plugin at a time, so that a broken one stops no other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from hub.api import SettledExport
from hub.plugins.admission import Admitted, NotAdmitted, admit
from hub.plugins.discovery import Candidate, Unreadable, given, installed
from hub.plugins.registry import (
    BrokenPlugin,
    InstalledConnector,
    InstalledSandbox,
    KnownPlugin,
    Observer,
    Registry,
)
from hub.plugins.trust import Trust, Way

if TYPE_CHECKING:
    from hub.plugins.contained.children import Children
    from hub.plugins.contained.process import Containment

AT_ONCE = 8  # contained plugins that are loaded side by side, so that those which hang are waited for once


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Whom the operator trusts, and how the others are contained."""

    trust: Trust
    containment: Containment


@dataclass(slots=True)
class _Found:
    """What came of one plugin."""

    candidate: Candidate | Unreadable
    way: Way
    admitted: Admitted | None = None
    refused: NotAdmitted | None = None
    children: Children | None = field(default=None)


def load(
    *, only: Sequence[object] | None = None, blocked: Collection[str] = (), policy: Policy | None = None
) -> Registry:
    """Load every installed plugin, list the broken ones, and return all. Keep the result: loading imports.

    only: plugin objects to take instead of the installed ones, for tests and tools; what is an object here already runs here;
    blocked: entry-point names that are not even imported;
    policy: whom the operator trusts, all others run in processes of their own; None: all run here.
    """
    candidates, policy = (installed(), policy) if only is None else (given(only), None)
    found = [_Found(each, _way(each, blocked, policy)) for each in candidates]
    _admit_all(found, policy)
    return _registry(found, policy)


def _way(candidate: Candidate | Unreadable, blocked: Collection[str], policy: Policy | None) -> Way:
    if candidate.origin.name in blocked:
        return Way.BLOCKED
    if policy is None:
        return Way.OWN
    return Way.CONTAINED if isinstance(candidate, Unreadable) else policy.trust.way_of(candidate)


def _admit_all(found: Sequence[_Found], policy: Policy | None) -> None:
    """Admit what is sound: those that run here one after another, the contained ones side by side; ids in their order."""
    contained = [each for each in found if each.way in (Way.CONTAINED, Way.CHANGED)]
    if contained and policy is not None:
        with ThreadPoolExecutor(min(AT_ONCE, len(contained)), thread_name_prefix="plugin loader") as pool:
            list(pool.map(partial(_admit_contained, policy.containment), contained))
    earlier: list[Admitted] = []
    for each in found:
        if each.way is Way.BLOCKED or each.refused is not None:
            continue
        try:
            admitted = each.admitted or _admit(each.candidate)
            for other in earlier:
                _refuse_taken(admitted, other)
            each.admitted = admitted
            earlier.append(admitted)
        except NotAdmitted as refused:
            each.admitted, each.refused = None, refused


def _admit(candidate: Candidate | Unreadable) -> Admitted:
    if isinstance(candidate, Unreadable):
        raise NotAdmitted(candidate.reason)
    return admit(candidate.origin, candidate.load)


def _admit_contained(containment: Containment, found: _Found) -> None:
    """Have a process load a plugin and tell what it brings; what stands for it here is admitted as any plugin is."""
    from hub.plugins.contained.children import Children
    from hub.plugins.contained.plugin import loaded

    candidate = found.candidate
    if isinstance(candidate, Unreadable):
        return
    found.children = Children(candidate.origin, candidate.value, containment)
    try:
        plugin = loaded(found.children)
        found.admitted = admit(candidate.origin, lambda: plugin)
    except NotAdmitted as refused:
        found.refused = refused
        found.children.close()


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


def _registry(found: Sequence[_Found], policy: Policy | None) -> Registry:
    admitted = [each.admitted for each in found if each.admitted is not None]
    children = [each.children for each in found if each.children is not None]
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
        broken=tuple(_broken(each.candidate, each.refused) for each in found if each.refused is not None),
        blocked=tuple(each.candidate.origin.name for each in found if each.way is Way.BLOCKED),
        observers=tuple(_observer(each) for each in admitted if each.observes),
        known=tuple(_known(each, policy) for each in found),
        close=lambda: _close(children),
    )


def _broken(candidate: Candidate | Unreadable, refused: NotAdmitted) -> BrokenPlugin:
    return BrokenPlugin(
        name=candidate.origin.name,
        distribution=candidate.origin.distribution,
        version=candidate.origin.version,
        reason=refused.reason,
        connector_ids=refused.connector_ids,
    )


def _known(found: _Found, policy: Policy | None) -> KnownPlugin:
    candidate, refused = found.candidate, found.refused
    ids = () if found.admitted is None else tuple(sorted(found.admitted.connectors))
    return KnownPlugin(
        name=candidate.origin.name,
        distribution=candidate.origin.distribution,
        version=candidate.origin.version,
        way=found.way,
        connector_ids=ids if refused is None else refused.connector_ids,
        reason="" if refused is None else refused.reason,
        level=policy.trust.level_of(candidate) if policy is not None and isinstance(candidate, Candidate) else "",
    )


def _observer(admitted: Admitted) -> Observer:
    def tell(export: SettledExport) -> object:
        return admitted.manager.hook.hub_export_settled(export=export)

    return Observer(origin=admitted.origin, tell=tell)


def _close(several: Iterable[Children]) -> None:
    for children in several:
        children.close()
