"""The process of a contained plugin: it loads the plugin, checks it as the hub would, and answers one call at a time."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.api import (
    ENTRY_POINT_GROUP,
    Account,
    ChartUnreadable,
    Company,
    Connection,
    ConnectorError,
    Dimension,
    File,
    JournalEntry,
    Limits,
    Problem,
    Receipt,
    Recorded,
    SecretFields,
    SettledExport,
)
from hub.plugins.admission import Admitted, NotAdmitted, admit
from hub.plugins.calls import Raised, Unchecked, call
from hub.plugins.contained import describing, shapes
from hub.plugins.contained.confining import Confines, confine, end_with
from hub.plugins.contained.errors import failure_of
from hub.plugins.contained.frames import Answer, Call, Channel, Failure, Garbled, Gone
from hub.plugins.contained.models import model_of, shape_of, validated
from hub.plugins.errors import PluginFailed
from hub.plugins.origin import Origin
from hub.plugins.settings import outcome_of

if TYPE_CHECKING:
    from pydantic import BaseModel

    from hub.plugins.connector import GuardedConnector
    from hub.plugins.session import GuardedSession

Nothing = type(None)
Answered = tuple[object, Any]  # a value, and its type or an expression of types


def main(end: int, parent: int, confines: Confines, readable: list[str]) -> None:
    """Serve a plugin on one end of a conversation until the hub is gone."""
    end_with(parent)
    channel = Channel(socket.socket(fileno=end))
    _import_what_is_needed()
    confine(confines, readable=readable, own=str(Path.cwd()))
    serving = Serving(channel)
    while _served(channel, serving):
        pass


def _import_what_is_needed() -> None:
    """Import what calls need later, while it costs no plugin its limits."""
    import httpx2  # noqa: F401
    import pydantic  # noqa: F401

    import hub.plugins.contained.pipe  # noqa: F401


def _served(channel: Channel, serving: Serving) -> bool:
    """Answer one call; return whether there may be another."""
    try:
        asked, body = channel.receive()
        if not isinstance(asked, Call):
            return False
        outcome = call(lambda: serving.answer(asked, body))
        channel.send(*_told(asked.number, outcome))
    except (Gone, Garbled):
        return False
    return True


def _told(number: int, outcome: bytes | Raised) -> tuple[Answer | Failure, bytes]:
    if not isinstance(outcome, Raised):
        return Answer(number=number), outcome
    error = outcome.error
    if isinstance(error, ConnectorError | ChartUnreadable):
        return failure_of(number, error), b""
    return failure_of(number, PluginFailed(f"it failed with {type(error).__name__}")), b""


class Serving:
    """One plugin, at most one session, and what it is asked."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._plugin: Admitted | None = None
        self._models: dict[str, type[BaseModel]] = {}
        self._session: GuardedSession | None = None

    def answer(self, asked: Call, body: bytes) -> bytes:
        """Return the answer to a call as JSON; raises what the plugin host does."""
        answer = getattr(self, f"on_{asked.method}", None)
        if answer is not None:
            value, kind = answer(body) if asked.method in _OF_PLUGIN else answer(self._connector(asked.connector), body)
        else:
            value, kind = self._of_session(asked.method, body)
        return shapes.dumped(value, kind)

    def on_load(self, body: bytes) -> Answered:
        """Load the plugin, and tell what it brings or why it cannot take part."""
        named: shapes.PluginNamed = shapes.read(body, shapes.PluginNamed)
        origin = Origin(name=named.name, distribution=named.distribution, version=named.version)
        entry = EntryPoint(name=named.name, value=named.value, group=ENTRY_POINT_GROUP)
        try:
            self._plugin = admit(origin, entry.load)
            told = describing.described(self._plugin)
        except NotAdmitted as refused:
            told = shapes.PluginShape(refused=refused.reason, connector_ids=refused.connector_ids)
        if self._plugin is not None:
            self._learn_models(self._plugin)
        return told, shapes.PluginShape

    def on_settled(self, body: bytes) -> Answered:
        """Let the plugin hear of a settled export."""
        export: SettledExport = shapes.read(body, SettledExport)
        if self._plugin is not None:
            self._plugin.manager.hook.hub_export_settled(export=export)
        return None, Nothing

    def on_validate(self, connector: GuardedConnector, body: bytes) -> Answered:
        """Have a model take what was given, or tell what is wrong with it."""
        given: shapes.Given = shapes.read(body, shapes.Given)
        model = model_of(given.ref, self._models)
        return validated(model, outcome_of(model, given.values, connector.origin)), shapes.Validated

    def on_label(self, connector: GuardedConnector, body: bytes) -> Answered:
        return connector.label(self._made(shapes.read(body, shapes.Given), connector)), str

    def on_limits(self, connector: GuardedConnector, body: bytes) -> Answered:
        return connector.limits(self._made(shapes.read(body, shapes.Given), connector)), Limits

    def on_addresses(self, connector: GuardedConnector, body: bytes) -> Answered:
        asked: shapes.AddressesAsked = shapes.read(body, shapes.AddressesAsked)
        found = connector.addresses(self._made(asked.settings, connector), asked.environment)
        if found is None:
            return None, shapes.AddressesShape | None
        if isinstance(found.sign_in, SecretFields):
            self._learn(found.sign_in.model)
        return describing.addresses_shape(found), shapes.AddressesShape | None

    def on_read_chart(self, connector: GuardedConnector, body: bytes) -> Answered:
        return connector.read_chart(shapes.read(body, File)), tuple[Account, ...]

    def on_sign(self, connector: GuardedConnector, body: bytes) -> Answered:
        """Have the connector sign a request: the one call that is handed secrets, in a process that opens no session."""
        import httpx2

        asked: shapes.SigningAsked = shapes.read(body, shapes.SigningAsked)
        of = asked.request
        request = httpx2.Request(of.method, of.url, headers=list(of.headers), content=of.content)
        secrets = self._made(asked.secrets, connector)
        signed = connector.sign(request, secrets, self._made(asked.settings, connector))
        told = shapes.RequestShape(
            method=signed.method,
            url=str(signed.url),
            headers=tuple(signed.headers.multi_items()),
            content=signed.read(),
        )
        return told, shapes.RequestShape

    def on_open(self, connector: GuardedConnector, body: bytes) -> Answered:
        """Open a session; an earlier one is closed first."""
        from hub.plugins.contained.pipe import client_of

        told: shapes.ConnectionShape = shapes.read(body, shapes.ConnectionShape)
        self._close()
        connection = Connection(
            name=told.name,
            settings=self._made(told.settings, connector),
            environment=told.environment,
            company=told.company,
            currency=told.currency,
            chart=told.chart,
            signed_in=told.signed_in,
            client=None if told.client is None else client_of(told.client, self._channel),
        )
        self._session = connector.open(connection)
        return None, Nothing

    def _of_session(self, method: str, body: bytes) -> Answered:
        if method == "close":
            self._close()
            return None, Nothing
        session = self._session
        if session is None or method not in _OF_SESSION:
            raise PluginFailed(f"there is no session to ask for {method}()")
        return _OF_SESSION[method](session, body)

    def _close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _connector(self, connector_id: str) -> GuardedConnector:
        found = None if self._plugin is None else self._plugin.connectors.get(connector_id)
        if found is None:
            raise PluginFailed(f'it brings no connector "{connector_id}" any more')
        return found

    def _made(self, given: shapes.Given, connector: GuardedConnector) -> BaseModel:
        made = outcome_of(model_of(given.ref, self._models), given.values, connector.origin)
        if isinstance(made, list):
            raise PluginFailed("it does not take any more what it took before")
        return made

    def _learn_models(self, plugin: Admitted) -> None:
        for connector in plugin.connectors.values():
            self._learn(connector.info.settings)
            for way in connector.info.sign_ins:
                if isinstance(way, SecretFields):
                    self._learn(way.model)

    def _learn(self, model: type[BaseModel]) -> None:
        self._models[shape_of(model).ref] = model


_OF_PLUGIN = frozenset({"load", "settled"})


def _finish(session: GuardedSession, body: bytes) -> Answered:
    asked: shapes.ReceiptAndEntry = shapes.read(body, shapes.ReceiptAndEntry)
    return session.finish(asked.receipt, asked.entry), Receipt


_OF_SESSION: dict[str, Callable[[Unchecked, bytes], Answered]] = {
    "companies": lambda session, _: (session.companies(), tuple[Company, ...]),
    "accounts": lambda session, _: (session.accounts(), tuple[Account, ...]),
    "dimensions": lambda session, _: (session.dimensions(), tuple[Dimension, ...]),
    "preflight": lambda session, body: (session.preflight(shapes.read(body, JournalEntry)), tuple[Problem, ...]),
    "find": lambda session, body: (session.find(shapes.read(body, JournalEntry)), tuple[Receipt, ...]),
    "read": lambda session, body: (session.read(shapes.read(body, Receipt)), Recorded | None),
    "changed_since": lambda session, body: (session.changed_since(shapes.read(body, datetime)), tuple[Receipt, ...]),
    "post": lambda session, body: (session.post(shapes.read(body, JournalEntry)), Receipt),
    "finish": _finish,
    "void": lambda session, body: (session.void(shapes.read(body, Receipt)), Receipt),
}


def start() -> None:
    """Begin, as the hub's launcher has it: the end's number, the hub's process, the confines and what may be read."""
    import json

    end, parent, confines, readable = json.loads(sys.argv[2])
    main(end, parent, Confines(**confines), readable)
