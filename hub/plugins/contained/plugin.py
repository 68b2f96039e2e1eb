"""A contained plugin as the hub has it: an ordinary plugin, whose connectors and sessions ask its processes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from hub.api import (
    Account,
    Addresses,
    Company,
    Connection,
    Connector,
    ConnectorError,
    Dimension,
    File,
    JournalEntry,
    Limits,
    OutcomeUnknown,
    Problem,
    Receipt,
    Recorded,
    SettledExport,
    hookimpl,
)
from hub.plugins.admission import NotAdmitted
from hub.plugins.calls import Unchecked
from hub.plugins.contained import shapes
from hub.plugins.contained.children import OF_NOBODY, Children, read_answer
from hub.plugins.contained.describing import addresses_of, info_of
from hub.plugins.contained.models import StandIn, stand_in
from hub.plugins.contained.process import Child, Lost
from hub.plugins.errors import PluginFailed

if TYPE_CHECKING:
    import httpx2
    from pydantic import BaseModel

NOT_LOADED = "It could not be loaded"
MOST_TAKEN = 1_000  # answers of models that are remembered


class ContainedPlugin:
    """What an admitted child brings; observers are told through it."""

    def __init__(self, children: Children, told: shapes.PluginShape) -> None:
        self._children = children
        self._told = told

    @hookimpl
    def hub_connectors(self) -> Iterable[Connector]:
        """Return a stand-in for each connector."""
        return tuple(ContainedConnector(self._children, each) for each in self._told.connectors)


class ContainedObserver(ContainedPlugin):
    """One that hears of settled exports, too."""

    @hookimpl
    def hub_export_settled(self, export: SettledExport) -> None:
        """Have a process of the plugin hear of it."""
        body = shapes.dumped(export, SettledExport)
        with self._children.told_of("hub_export_settled"), self._children.lent(export.company, wait_s=0) as child:
            child.ask("settled", body, within_s=self._children.containment.ask_s)


def loaded(children: Children) -> object:
    """Return the plugin that stands for a contained one, as a process of it tells what it brings; raises NotAdmitted."""
    try:
        told = children.describe()
    except ConnectorError as error:
        reason = f"its process {error.how}" if isinstance(error, Lost) else error.message
        raise NotAdmitted(f"{NOT_LOADED}: {reason.removesuffix('.')}.") from error
    if told.refused:
        raise NotAdmitted(told.refused, told.connector_ids)
    return (ContainedObserver if told.observes else ContainedPlugin)(children, told)


class ContainedConnector:
    """A connector whose code runs elsewhere."""

    def __init__(self, children: Children, told: shapes.ConnectorShape) -> None:
        self._children = children
        self._id = told.id
        self._models: dict[str, type[StandIn]] = {}
        self._taken: dict[str, shapes.Validated] = {}
        self.info = info_of(told, self._model)
        if "addresses" in told.optional:
            self.addresses = self._addresses
        if "limits" in told.optional:
            self.limits = self._limits
        if "sign" in told.optional:
            self.sign = self._sign

    def label(self, settings: BaseModel) -> str:
        """Return the accounting system's name for a connection with these settings."""
        label: str = self._asked("label", _given(settings), shapes.Given, str)
        return label

    def read_chart(self, file: File) -> Iterable[Account]:
        """Return the accounts of a chart that the customer exported."""
        accounts: tuple[Account, ...] = self._asked(
            "read_chart", file, File, tuple[Account, ...], within_s=self._children.containment.call_s, kept=True
        )
        return accounts

    def open(self, connection: Connection) -> Unchecked:
        """Return a session in a process that serves this connection and no other."""
        from hub.plugins.contained.pipe import client_shape

        client = connection.client
        told = shapes.ConnectionShape(
            name=connection.name,
            settings=_given(connection.settings),
            environment=connection.environment,
            company=connection.company,
            currency=connection.currency,
            chart=connection.chart,
            signed_in=dict(connection.signed_in),
            client=None if client is None else client_shape(client),
        )
        body = shapes.dumped(told, shapes.ConnectionShape)
        kept_for = _digest(shapes.dumped(told.model_copy(update={"chart": (), "client": None}), shapes.ConnectionShape))
        return ContainedSession(self._children, self._id, kept_for, body, client)

    def _limits(self, settings: BaseModel) -> Limits:
        limits: Limits = self._asked("limits", _given(settings), shapes.Given, Limits)
        return limits

    def _addresses(self, settings: BaseModel, environment: str) -> Addresses:
        asked = shapes.AddressesAsked(settings=_given(settings), environment=environment)
        told = self._asked("addresses", asked, shapes.AddressesAsked, shapes.AddressesShape | None)
        if told is None:
            raise PluginFailed("addresses() told none")
        return addresses_of(told, self._model)

    def _sign(self, request: httpx2.Request, secrets: BaseModel, settings: BaseModel) -> httpx2.Request:
        """Have the connector sign a request, in a process that is handed these secrets and opens no session."""
        import httpx2

        of = shapes.RequestShape(
            method=request.method,
            url=str(request.url),
            headers=tuple(request.headers.multi_items()),
            content=request.read(),
        )
        typed = _given(secrets)
        asked = shapes.SigningAsked(request=of, secrets=typed, settings=_given(settings))
        told: shapes.RequestShape = self._asked(
            "sign", asked, shapes.SigningAsked, shapes.RequestShape, kept_for=_of_secrets(typed)
        )
        return httpx2.Request(told.method, told.url, headers=list(told.headers), content=told.content)

    def _asked(
        self,
        method: str,
        value: object,
        kind: object,
        answer: object,
        *,
        within_s: float | None = None,
        kept: bool = False,
        kept_for: str = OF_NOBODY,
    ) -> Unchecked:
        """Ask a process; kept: in one that is kept for whoever's file this is."""
        body = shapes.dumped(value, kind)
        whose = _digest(body) if kept else kept_for
        wait_s = self._children.containment.ask_s
        with self._children.told_of(method), self._children.lent(whose, wait_s=wait_s) as child:
            return read_answer(child.ask(method, body, within_s=within_s or wait_s, connector=self._id), answer)

    def _model(self, shape: shapes.ModelShape) -> type[StandIn]:
        """Return the class that stands for a model, the same each time."""
        key = shape.model_dump_json()
        if key not in self._models:
            secret = any(each.holds == "secret" for each in shape.fields)
            self._models[key] = stand_in(shape, partial(self._takes, secret=secret))
        return self._models[key]

    def _takes(self, given: shapes.Given, *, secret: bool) -> shapes.Validated:
        """Ask whether a model takes what was given; what holds no secret is asked once."""
        key = _digest(shapes.dumped(given, shapes.Given))
        if key in self._taken:
            return self._taken[key]
        kept_for = _of_secrets(given) if secret else OF_NOBODY
        answer: shapes.Validated = self._asked("validate", given, shapes.Given, shapes.Validated, kept_for=kept_for)
        if len(self._taken) >= MOST_TAKEN:
            self._taken.clear()
        self._taken[key] = answer
        return answer


class ContainedSession:
    """A session in a process of its own; its requests are signed and sent by the hub."""

    def __init__(
        self, children: Children, connector: str, kept_for: str, opening: bytes, client: httpx2.Client | None
    ) -> None:
        self._children = children
        self._connector = connector
        self._kept_for = kept_for
        self._client = client
        containment = children.containment
        self._child: Child | None = children.lease(kept_for, wait_s=containment.call_s)
        try:
            with children.told_of("open"):
                self._asked("open", opening, type(None))
        except BaseException:
            self._let_go()
            raise

    def companies(self) -> Unchecked:
        return self._read("companies", tuple[Company, ...])

    def accounts(self) -> Unchecked:
        return self._read("accounts", tuple[Account, ...])

    def dimensions(self) -> Unchecked:
        return self._read("dimensions", tuple[Dimension, ...])

    def preflight(self, entry: JournalEntry) -> Unchecked:
        return self._read("preflight", tuple[Problem, ...], entry, JournalEntry)

    def find(self, entry: JournalEntry) -> Unchecked:
        return self._read("find", tuple[Receipt, ...], entry, JournalEntry)

    def read(self, receipt: Receipt) -> Unchecked:
        return self._read("read", Recorded | None, receipt, Receipt)

    def changed_since(self, instant: datetime) -> Unchecked:
        return self._read("changed_since", tuple[Receipt, ...], instant, datetime)

    def post(self, entry: JournalEntry) -> Receipt:
        return self._write("post", entry, JournalEntry)

    def finish(self, receipt: Receipt, entry: JournalEntry) -> Receipt:
        return self._write("finish", shapes.ReceiptAndEntry(receipt=receipt, entry=entry), shapes.ReceiptAndEntry)

    def void(self, receipt: Receipt) -> Receipt:
        return self._write("void", receipt, Receipt)

    def close(self) -> None:
        """Close the session there, and give its process back."""
        try:
            if self._child is not None:
                self._asked("close", b"null", type(None), within_s=self._children.containment.ask_s)
        finally:
            self._let_go()

    def _read(self, method: str, answer: object, value: object = None, kind: object = type(None)) -> Unchecked:
        with self._children.told_of(method):
            return self._asked(method, shapes.dumped(value, kind), answer)

    def _write(self, method: str, value: object, kind: object) -> Receipt:
        """Ask for what may write a journal; where the process ended in it, the journal may stand there."""
        try:
            receipt: Receipt = self._asked(method, shapes.dumped(value, kind), Receipt)
        except Lost as lost:
            message = f"{self._children.lost_in(method, lost)} It is not known whether the journal was written."
            raise OutcomeUnknown(message, code=lost.code) from lost
        return receipt

    def _asked(self, method: str, body: bytes, answer: object, *, within_s: float | None = None) -> Unchecked:
        child = self._child
        if child is None:
            raise Lost("is not running any more")
        try:
            told = child.ask(
                method,
                body,
                within_s=within_s or self._children.containment.call_s,
                connector=self._connector,
                client=self._client,
            )
            return read_answer(told, answer)
        except Lost:
            child.kill()
            self._let_go()
            raise

    def _let_go(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            self._children.back(self._kept_for, child)


def _given(model: BaseModel) -> shapes.Given:
    if not isinstance(model, StandIn):
        raise TypeError(f"{type(model).__name__} is no stand-in for a contained plugin's model")
    return model.hub_given


def _of_secrets(given: shapes.Given) -> str:
    return f"secrets {_digest(shapes.dumped(given, shapes.Given))}"


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
