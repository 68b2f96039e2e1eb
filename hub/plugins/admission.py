"""Whether a plugin may take part: its hooks, its connectors and its sandboxes are looked at before anything is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import pluggy

from hub.api import API_VERSION, PROJECT, ConnectorError, ConnectorInfo, Sandbox, hooks
from hub.plugins.calls import MOST_ITEMS, Raised, Unchecked, call, drained, printable, told
from hub.plugins.connector import GuardedConnector
from hub.plugins.content import is_connector_id
from hub.plugins.origin import Origin
from hub.plugins.promises import missing_from_connector, missing_from_sandbox
from hub.plugins.shapes import MOST_FLAWS, flaws

HOOKS = ("hub_connectors", "hub_sandboxes", "hub_export_settled")
LONGEST_NAME = 80  # characters

Item = TypeVar("Item")
Returned = TypeVar("Returned")


class NotAdmitted(Exception):
    """A plugin cannot take part; reason is the sentence that people read.

    connector_ids: those that it would have brought, as far as they are known.
    """

    def __init__(self, reason: str, connector_ids: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.connector_ids = connector_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """What a sound plugin brings.

    connectors and sandboxes: by connector id; manager: through which its observer is called.
    """

    origin: Origin
    connectors: Mapping[str, GuardedConnector]
    sandboxes: Mapping[str, Sandbox]
    manager: pluggy.PluginManager

    @property
    def observes(self) -> bool:
        """Whether it wants to hear of settled exports."""
        return bool(_implementations(self.manager, "hub_export_settled"))


def admit(origin: Origin, load: Callable[[], object]) -> Admitted:
    """Load a plugin and look at all that it brings; raises NotAdmitted, and then nothing of it is used."""
    plugin = _run(load, "It could not be loaded")
    manager = _registered(plugin)
    connectors = _gathered(manager, "hub_connectors")
    ids = tuple(claimed for claimed in map(_claimed_id, connectors) if claimed)
    try:
        guarded = [_connector(origin, connector) for connector in connectors]
        sandboxes = [_sandbox(sandbox) for sandbox in _gathered(manager, "hub_sandboxes")]
        return Admitted(
            origin=origin,
            connectors=_by_id("connectors", ((each.info.id, each) for each in guarded)),
            sandboxes=_by_id("sandboxes for connectors", sandboxes),
            manager=manager,
        )
    except NotAdmitted as refused:
        raise NotAdmitted(refused.reason, ids) from refused


def _run(work: Callable[[], Returned], what_failed: str) -> Returned:
    outcome = call(work)
    if isinstance(outcome, Raised):
        raise NotAdmitted(f"{what_failed}: {told(outcome.error)}.") from outcome.error
    return outcome


def _registered(plugin: object) -> pluggy.PluginManager:
    """Return a manager of this plugin's own, so that no plugin can see, wrap or break another's hooks."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hooks)
    wrappers = _run(lambda: list(_wrappers(manager, plugin)), "Its hooks could not be read")
    if wrappers:
        raise NotAdmitted(f"It wraps the hook {wrappers[0]}, and a plugin may not wrap what others do.")
    registered = call(lambda: manager.register(plugin, "plugin"))
    if isinstance(registered, Raised):
        raise NotAdmitted(f"Its hooks are not the hub's: {_last_line(registered.error)}.") from registered.error
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise NotAdmitted(_misspelt(manager)) from error
    if not any(_implementations(manager, hook) for hook in HOOKS):
        raise NotAdmitted(f"It implements none of the hub's hooks ({', '.join(HOOKS)}); is @hookimpl missing?")
    return manager


def _wrappers(manager: pluggy.PluginManager, plugin: object) -> Iterator[str]:
    for name in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, name)
        if options and (options.get("wrapper") or options.get("hookwrapper")):
            yield options.get("specname") or name


def _last_line(error: BaseException) -> str:
    """Pluggy's own sentence, which it writes last; the lines before it say where files are on this machine."""
    lines = str(error).splitlines() if isinstance(error, pluggy.PluginValidationError) else [told(error)]
    return printable(lines[-1], LONGEST_NAME * 2)


def _misspelt(manager: pluggy.PluginManager) -> str:
    from difflib import get_close_matches

    unspecified = [hook for name, hook in vars(manager.hook).items() if name[0] != "_" and not hook.has_spec()]
    wanted = (hook for hook in unspecified if not all(each.optionalhook for each in hook.get_hookimpls()))
    unknown = printable(next(wanted).name, LONGEST_NAME)
    close = get_close_matches(unknown, HOOKS, n=1)
    return f"The hub has no hook {unknown}; " + (
        f"did you mean {close[0]}?" if close else f"its hooks are {', '.join(HOOKS)}."
    )


def _implementations(manager: pluggy.PluginManager, hook: str) -> int:
    return len(getattr(manager.hook, hook).get_hookimpls())


def _gathered(manager: pluggy.PluginManager, hook: str) -> tuple[Unchecked, ...]:
    """Return all that the plugin's implementations of a hook return."""
    results = _run(lambda: _results(manager, hook), f"Its {hook}() failed")
    if len(results) < _implementations(manager, hook):  # pluggy leaves None out
        raise NotAdmitted(f"Its {hook}() must return several objects, not None.")
    for result in results:
        if not isinstance(result, tuple):
            raise NotAdmitted(f"Its {hook}() must return several objects, not {type(result).__name__}.")
        if len(result) > MOST_ITEMS:
            raise NotAdmitted(f"Its {hook}() must not return more than {MOST_ITEMS:,} objects.")
    return tuple(each for result in results for each in result)


def _results(manager: pluggy.PluginManager, hook: str) -> list[Unchecked]:
    results: list[Unchecked] = []
    getattr(manager.hook, hook).call_historic(result_callback=lambda result: results.append(drained(result)))
    return results


def _claimed_id(connector: Unchecked) -> str:
    claimed = call(lambda: connector.info.id)
    return claimed if isinstance(claimed, str) and is_connector_id(claimed) else ""


def _connector(origin: Origin, connector: Unchecked) -> GuardedConnector:
    info = _run(lambda: connector.info, "Its connector's info could not be read")
    _refuse("Of its connector", _flaws_of_info(info))
    missing = _run(lambda: list(missing_from_connector(connector, info)), "Its connector's methods could not be read")
    _refuse(f'Of its connector "{info.id}"', missing)
    guarded = GuardedConnector(info, origin, connector)
    _refuse_bad_label(guarded)
    return guarded


def _flaws_of_info(info: Unchecked) -> Iterator[str]:
    written_for = getattr(info, "api", API_VERSION) if isinstance(info, ConnectorInfo) else API_VERSION
    if type(written_for) is int and written_for != API_VERSION:
        yield f"info.api says version {written_for} of the plugin contract, and this hub speaks version {API_VERSION}"
        return
    yield from flaws(info, ConnectorInfo, "info")


def _refuse_bad_label(connector: GuardedConnector) -> None:
    """Ask for a label where settings can be had without a person; elsewhere it is checked when there are some."""
    chosen = call(connector.info.settings)
    if isinstance(chosen, Raised):
        return
    try:
        connector.label(chosen)
    except ConnectorError as error:
        raise NotAdmitted(error.message) from error


def _sandbox(sandbox: Unchecked) -> tuple[str, Sandbox]:
    connector_id = _run(lambda: sandbox.connector_id, "Its sandbox's connector_id could not be read")
    _refuse("Of its sandbox", flaws(connector_id, str, "connector_id"))
    if not is_connector_id(connector_id):
        raise NotAdmitted("Of its sandbox: connector_id is not the id of a connector.")
    missing = _run(lambda: list(missing_from_sandbox(sandbox)), "Its sandbox's methods could not be read")
    _refuse(f'Of its sandbox for "{connector_id}"', missing)
    return connector_id, sandbox


def _by_id(what: str, found: Iterable[tuple[str, Item]]) -> dict[str, Item]:
    several: dict[str, Item] = {}
    for connector_id, each in found:
        if connector_id in several:
            raise NotAdmitted(f'It brings two {what} with the id "{connector_id}".')
        several[connector_id] = each
    return several


def _refuse(of_what: str, found: Iterable[str]) -> None:
    several = list(islice(found, MOST_FLAWS))
    if several:
        raise NotAdmitted(f"{of_what}: {'; '.join(several)}.")
