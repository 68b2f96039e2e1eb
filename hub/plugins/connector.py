"""A connector as the rest of the hub may use it: each answer checked, each exception sorted."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from hub.api import (
    Account,
    Addresses,
    Capability,
    ChartUnreadable,
    Connection,
    ConnectorError,
    ConnectorInfo,
    File,
    Limits,
    SecretFields,
)
from hub.plugins import settings
from hub.plugins.calls import Raised, Unchecked, call, drained, printable, reading, rebuilt
from hub.plugins.checked import CheckedSession, account_identity, repeated
from hub.plugins.deadline import Abandoned
from hub.plugins.errors import ContractBroken, NotCapable, PluginFailed
from hub.plugins.origin import Origin
from hub.plugins.promises import missing_from_session
from hub.plugins.session import GuardedSession
from hub.plugins.shapes import checked, checked_all, refuse
from hub.plugins.waiting import AsLongAsItTakes, OnLate, UpToDeadline, Waiting

if TYPE_CHECKING:
    import httpx2
    from pydantic import BaseModel

LONGEST_LABEL = 80  # characters: it stands in titles
MOST_REASON = 1_000
MOST_REMEMBERED = 10_000  # answers of one connector

Returned = TypeVar("Returned")


@dataclass(frozen=True, slots=True)
class GuardedConnector:
    """A checked connector.

    info: read once when the plugin was loaded; origin: the plugin that brought it.
    deadline_s, wherever it is asked for: how long to wait for an answer, None for as long as it takes.
    """

    info: ConnectorInfo
    origin: Origin
    _connector: Unchecked = field(repr=False)
    _abandoned: Abandoned = field(default_factory=Abandoned, init=False, repr=False, compare=False)
    _told: dict[Hashable, Unchecked] = field(default_factory=dict, init=False, repr=False, compare=False)

    def can(self, capability: Capability) -> bool:
        """Whether the connector claims a capability."""
        return capability in self.info.capabilities

    def has(self, method: str) -> bool:
        """Whether the connector has a method that it need not have, such as sign()."""
        return reading(self.origin, method, lambda: hasattr(self._connector, method))

    def label(self, chosen: BaseModel, *, deadline_s: float | None = None) -> str:
        """Return the accounting system's name for a connection with these settings; raises ConnectorError."""
        return self._once("label", deadline_s, lambda: self._label(chosen))

    def limits(self, chosen: BaseModel, *, deadline_s: float | None = None) -> Limits:
        """Return what the accounting system bears for a connection with these settings; raises ConnectorError."""
        return self._once("limits", deadline_s, lambda: self._limits(chosen))

    def addresses(self, chosen: BaseModel, environment: str, *, deadline_s: float | None = None) -> Addresses | None:
        """Return where a connection with these settings calls, None where it has no network; raises ConnectorError."""
        return self._once("addresses", deadline_s, lambda: self._addresses(chosen, environment))

    def told_once(self, about: Hashable, ask: Callable[[], Returned]) -> Returned:
        """Return what follows from a connection's settings alone, such as its label, asking for it the first time only.

        about: what is asked for, and the settings as texts.
        """
        if about in self._told:
            told: Returned = self._told[about]
            return told
        answer = ask()
        if len(self._told) >= MOST_REMEMBERED:
            self._told.clear()
        self._told[about] = answer
        return answer

    def settings_from(self, values: Mapping[str, object]) -> BaseModel:
        """Return settings from texts, or from values of JSON; raises SettingsInvalid, which lists what is wrong."""
        return settings.settings_from(self.info.settings, values, self.origin)

    def secrets_from(self, model: type[BaseModel], values: Mapping[str, str]) -> BaseModel:
        """Return what a person typed into the fields of a sign-in; raises SecretsInvalid, which lists what is wrong."""
        return settings.secrets_from(model, values, self.origin)

    def sign(self, request: httpx2.Request, secrets: BaseModel, chosen: BaseModel) -> httpx2.Request:
        """Return a request as the connector signed it; raises ConnectorError, in which no secret is told."""
        outcome = call(lambda: self._connector.sign(request, secrets, chosen))
        if isinstance(outcome, Raised):
            raise self._not_signed(outcome.error, secrets)
        signed = _same_call(outcome, request)
        if signed is None:
            wrong = f"sign() must return the same request, or another {request.method} to its address"
            raise ContractBroken(f"The plugin {self.origin} broke the contract: {wrong}.", code="contract_broken")
        return signed

    def read_chart(self, file: File, *, deadline_s: float | None = None) -> tuple[Account, ...]:
        """Return the accounts of a chart that the customer exported.

        Raises ChartUnreadable where the file is not one, and ConnectorError where the connector cannot or fails.
        """
        return self._once("read_chart", deadline_s, lambda: self._accounts_of(file))

    def open(
        self, connection: Connection, *, deadline_s: float | None = None, on_late: OnLate | None = None
    ) -> GuardedSession:
        """Return a session for one set of books, which closes the connection's client when it is closed.

        deadline_s: how long opening it, each call and closing it may take, in a thread of the session's own; None: as
        long as they take, in the caller's. on_late: told of a receipt that came after the deadline, with the method's name.
        Raises ConnectorError.
        """
        if type(connection.settings) is not self.info.settings:
            raise TypeError(f"the settings of {connection.name} are not those of the connector {self.info.id}")
        waiting = self._waiting(deadline_s, client=connection.client, on_late=on_late)
        try:
            return GuardedSession(waiting.opening(lambda: self._opened(connection)), waiting)
        except BaseException:
            waiting.end(None)
            raise

    def _once(self, method: str, deadline_s: float | None, work: Callable[[], Returned]) -> Returned:
        waiting = self._waiting(deadline_s)
        try:
            return waiting.reading(method, work)
        finally:
            waiting.end(None)

    def _waiting(
        self, deadline_s: float | None, *, client: httpx2.Client | None = None, on_late: OnLate | None = None
    ) -> Waiting:
        if deadline_s is None:
            return AsLongAsItTakes(client)
        return UpToDeadline(self.info, deadline_s, self._abandoned, client=client, on_late=on_late)

    def _not_signed(self, error: BaseException, secrets: BaseModel) -> ConnectorError:
        """Return what came of signing without what led to it, since texts and frames of that may hold a secret."""
        if not isinstance(error, ConnectorError):
            return PluginFailed(f"The plugin {self.origin} failed in sign() with {type(error).__name__}.")
        made = rebuilt(error, self.origin)
        made.message = settings.without_values(made.message, settings.typed(secrets))
        made.args = (made.message,)
        return made

    def _label(self, chosen: BaseModel) -> str:
        value = reading(self.origin, "label", lambda: self._connector.label(chosen))
        label = checked(self.origin, "label", value, str)
        if not 1 <= len(label) <= LONGEST_LABEL or not label.isprintable() or label != label.strip():
            wrong = f"label() must return 1 to {LONGEST_LABEL} printable characters without spaces at their ends"
            refuse(self.origin, iter((wrong,)))
        return label

    def _limits(self, chosen: BaseModel) -> Limits:
        if not reading(self.origin, "limits", lambda: hasattr(self._connector, "limits")):
            return self.info.limits
        value = reading(self.origin, "limits", lambda: self._connector.limits(chosen))
        return checked(self.origin, "limits", value, Limits)

    def _addresses(self, chosen: BaseModel, environment: str) -> Addresses | None:
        if reading(self.origin, "addresses", lambda: hasattr(self._connector, "addresses")):
            value = reading(self.origin, "addresses", lambda: self._connector.addresses(chosen, environment))
            found = checked(self.origin, "addresses", value, Addresses)
            if isinstance(found.sign_in, SecretFields) and not hasattr(self._connector, "sign"):
                refuse(self.origin, iter(("addresses().sign_in has SecretFields, and sign() is missing",)))
            return found
        base_url = getattr(chosen, "base_url", None)
        if not isinstance(base_url, str) or not base_url:
            return None
        return Addresses(base_url=base_url, sign_in=self.info.sign_ins[0])

    def _accounts_of(self, file: File) -> tuple[Account, ...]:
        if not self.can(Capability.READ_CHART):
            raise NotCapable(f"{self.info.name} cannot read a chart from a file.", code="not_capable")
        values = reading(self.origin, "read_chart", lambda: self._chart(file))
        if isinstance(values, ChartUnreadable):
            raise values
        accounts = checked_all(self.origin, "read_chart", values, Account)
        refuse(self.origin, repeated("read_chart", accounts, account_identity))
        return accounts

    def _opened(self, connection: Connection) -> CheckedSession:
        session = reading(self.origin, "open", lambda: self._connector.open(connection))
        opened = CheckedSession(session, self.info, self.origin)
        lacking = reading(self.origin, "open", lambda: list(missing_from_session(session, self.info.capabilities)))
        if lacking:
            opened.close()
        refuse(self.origin, (f"of the session that open() returned, {lack}" for lack in lacking))
        return opened

    def _chart(self, file: File) -> object:
        try:
            return drained(self._connector.read_chart(file))
        except ChartUnreadable as error:
            reason = printable(str(error), MOST_REASON)
            return ChartUnreadable(reason or f"{self.info.name} does not know this file as a chart of accounts.")


def _same_call(signed: Unchecked, request: httpx2.Request) -> httpx2.Request | None:
    """Return what a plugin handed over where it is a request of the same method to the same address, None where it is not."""
    import httpx2

    if not isinstance(signed, httpx2.Request) or signed.method != request.method:
        return None
    parts = ("scheme", "host", "port", "path")
    return signed if all(getattr(signed.url, part) == getattr(request.url, part) for part in parts) else None
