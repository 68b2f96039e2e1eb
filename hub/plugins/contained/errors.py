"""Errors on their way between the hub and a contained plugin: by name, and only those that are known here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.api import (
    AccountMissing,
    ChartUnreadable,
    ConnectorError,
    EntryRejected,
    NotWritten,
    OutcomeUnknown,
    PeriodClosed,
    ReconnectNeeded,
    TryLater,
)
from hub.plugins.calls import MOST_MESSAGE, printable
from hub.plugins.contained.frames import Broken, Failure
from hub.plugins.errors import ContractBroken, NotCapable, PluginFailed

if TYPE_CHECKING:
    import httpx2

_CONTRACT: dict[str, type[ConnectorError]] = {
    kind.__name__: kind
    for kind in (
        AccountMissing,
        ConnectorError,
        ContractBroken,
        EntryRejected,
        NotCapable,
        NotWritten,
        OutcomeUnknown,
        PeriodClosed,
        PluginFailed,
        ReconnectNeeded,
        TryLater,
    )
}
UNREADABLE = "ChartUnreadable"


def failure_of(number: int, error: ConnectorError | ChartUnreadable) -> Failure:
    """Return an error of the plugin host as a frame."""
    if isinstance(error, ChartUnreadable):
        return Failure(number=number, error=UNREADABLE, message=printable(str(error), MOST_MESSAGE))
    return Failure(
        number=number,
        error=_known(error),
        message=error.message,
        code=error.code,
        request_id=error.request_id,
        retry_after_s=error.retry_after_s if isinstance(error, TryLater) else None,
    )


def error_of(told: Failure | Broken) -> ConnectorError | ChartUnreadable:
    """Return a frame as the error that it tells of; what is not known is a ConnectorError."""
    if told.error == UNREADABLE:
        return ChartUnreadable(told.message)
    kind = _CONTRACT.get(told.error, ConnectorError)
    request_id = told.request_id if isinstance(told, Failure) else ""
    if issubclass(kind, TryLater):
        return kind(told.message, retry_after_s=told.retry_after_s, code=told.code, request_id=request_id)
    return kind(told.message, code=told.code, request_id=request_id)


def broken_of(error: BaseException) -> Broken:
    """Return what became of a request that came to no answer: the HTTP library's error, or that of who signs it."""
    if isinstance(error, ConnectorError):
        wait = error.retry_after_s if isinstance(error, TryLater) else None
        return Broken(error=_known(error), message=error.message, code=error.code, retry_after_s=wait)
    import httpx2

    kinds = (kind.__name__ for kind in type(error).__mro__ if issubclass(kind, httpx2.HTTPError | httpx2.InvalidURL))
    # Where it is not known what went wrong, the request may have arrived.
    name = next((name for name in kinds if hasattr(httpx2, name)), "ReadError")
    return Broken(error=name, message=printable(str(error), MOST_MESSAGE))


def raised_by_client(told: Broken, request: httpx2.Request) -> Exception:
    """Return what a session's client raises for a request that came to no answer."""
    import httpx2

    if told.error in _CONTRACT:
        return error_of(told)
    kind = getattr(httpx2, told.error, None)
    if not (isinstance(kind, type) and issubclass(kind, httpx2.TransportError)):
        kind = httpx2.ReadError
    return kind(told.message, request=request)


def _known(error: ConnectorError) -> str:
    return next(kind.__name__ for kind in type(error).__mro__ if _CONTRACT.get(kind.__name__) is kind)
