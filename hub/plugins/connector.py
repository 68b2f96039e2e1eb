"""A connector as the rest of the hub may use it: each answer checked, each exception sorted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hub.api import Account, Capability, ChartUnreadable, Connection, ConnectorInfo, File, Limits
from hub.plugins import settings
from hub.plugins.calls import Unchecked, drained, printable, reading
from hub.plugins.errors import NotCapable
from hub.plugins.origin import Origin
from hub.plugins.promises import missing_from_session
from hub.plugins.session import GuardedSession, account_identity, repeated
from hub.plugins.shapes import checked, checked_all, refuse

if TYPE_CHECKING:
    from pydantic import BaseModel

LONGEST_LABEL = 80  # characters: it stands in titles
MOST_REASON = 1_000


@dataclass(frozen=True, slots=True)
class GuardedConnector:
    """A checked connector.

    info: read once when the plugin was loaded; origin: the plugin that brought it.
    """

    info: ConnectorInfo
    origin: Origin
    _connector: Unchecked = field(repr=False)

    def can(self, capability: Capability) -> bool:
        """Whether the connector claims a capability."""
        return capability in self.info.capabilities

    def label(self, chosen: BaseModel) -> str:
        """Return the accounting system's name for a connection with these settings; raises ConnectorError."""
        value = reading(self.origin, "label", lambda: self._connector.label(chosen))
        label = checked(self.origin, "label", value, str)
        if not 1 <= len(label) <= LONGEST_LABEL or not label.isprintable() or label != label.strip():
            wrong = f"label() must return 1 to {LONGEST_LABEL} printable characters without spaces at their ends"
            refuse(self.origin, iter((wrong,)))
        return label

    def limits(self, chosen: BaseModel) -> Limits:
        """Return what the accounting system bears for a connection with these settings; raises ConnectorError."""
        if not self._limits_by_settings:
            return self.info.limits
        value = reading(self.origin, "limits", lambda: self._connector.limits(chosen))
        return checked(self.origin, "limits", value, Limits)

    def settings_from(self, values: Mapping[str, object]) -> BaseModel:
        """Return settings from texts, or from values of JSON; raises SettingsInvalid, which lists what is wrong."""
        return settings.settings_from(self.info.settings, values, self.origin)

    def read_chart(self, file: File) -> tuple[Account, ...]:
        """Return the accounts of a chart that the customer exported.

        Raises ChartUnreadable where the file is not one, and ConnectorError where the connector cannot or fails.
        """
        if not self.can(Capability.READ_CHART):
            raise NotCapable(f"{self.info.name} cannot read a chart from a file.", code="not_capable")
        values = reading(self.origin, "read_chart", lambda: self._chart(file))
        if isinstance(values, ChartUnreadable):
            raise values
        accounts = checked_all(self.origin, "read_chart", values, Account)
        refuse(self.origin, repeated("read_chart", accounts, account_identity))
        return accounts

    def open(self, connection: Connection) -> GuardedSession:
        """Return a session for one set of books; raises ConnectorError."""
        if type(connection.settings) is not self.info.settings:
            raise TypeError(f"the settings of {connection.name} are not those of the connector {self.info.id}")
        session = reading(self.origin, "open", lambda: self._connector.open(connection))
        guarded = GuardedSession(session, self.info, self.origin)
        lacking = reading(self.origin, "open", lambda: list(missing_from_session(session, self.info.capabilities)))
        if lacking:
            guarded.close()
        refuse(self.origin, (f"of the session that open() returned, {lack}" for lack in lacking))
        return guarded

    @property
    def _limits_by_settings(self) -> bool:
        return reading(self.origin, "limits", lambda: hasattr(self._connector, "limits"))

    def _chart(self, file: File) -> object:
        try:
            return drained(self._connector.read_chart(file))
        except ChartUnreadable as error:
            reason = printable(str(error), MOST_REASON)
            return ChartUnreadable(reason or f"{self.info.name} does not know this file as a chart of accounts.")
