"""Every call into a plugin's code, and what the exceptions that come out of it mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import localcontext
from itertools import islice
from threading import current_thread, main_thread
from typing import Any, TypeAlias, TypeVar

from hub.api import (
    AccountMissing,
    ConnectorError,
    EntryRejected,
    NotWritten,
    OutcomeUnknown,
    PeriodClosed,
    ReconnectNeeded,
    TryLater,
)
from hub.plugins.errors import PluginFailed
from hub.plugins.origin import Origin

MOST_ITEMS = 100_000  # that one call may return
MOST_TOLD = 300  # characters of an exception's text
MOST_MESSAGE = 1_000
LONGEST_WAIT_S = 86_400

Returned = TypeVar("Returned")
Unchecked: TypeAlias = Any  # what a plugin hands over: nothing is known of it before it is checked

_CONTRACT_ERRORS = frozenset(
    {
        AccountMissing,
        ConnectorError,
        EntryRejected,
        NotWritten,
        OutcomeUnknown,
        PeriodClosed,
        ReconnectNeeded,
        TryLater,
    }
)
# Class names, since neither the hub nor its contract depends on the HTTP libraries that plugins bring.
_CONNECTING = frozenset(
    {"ConnectError", "ConnectTimeout", "ConnectTimeoutError", "ConnectionTimeoutError", "PoolTimeout"}
)
_PERHAPS_SENT = frozenset(
    {
        "DecodingError",
        "IncompleteRead",
        "ReadError",
        "ReadTimeout",
        "ReadTimeoutError",
        "RemoteDisconnected",
        "RemoteProtocolError",
        "WriteError",
        "WriteTimeout",
    }
)
_BROKEN_OFF = (TimeoutError, ConnectionResetError, ConnectionAbortedError, BrokenPipeError)


@dataclass(frozen=True, slots=True)
class Raised:
    """What a plugin's code raised, as a value."""

    error: BaseException


def call(work: Callable[[], Returned]) -> Returned | Raised:
    """Run a plugin's code: nothing else in the hub does.

    Whatever it raises comes back as a value, SystemExit and RecursionError included; only KeyboardInterrupt in the
    main thread, which is the operator's, passes. It cannot change the decimal context of its caller.
    """
    try:
        with localcontext():
            return work()
    except KeyboardInterrupt as error:
        if current_thread() is main_thread():  # elsewhere no operator's interrupt arrives, so it is the plugin's own
            raise
        return Raised(error)
    except BaseException as error:
        return Raised(error)


def drained(several: object) -> object:
    """Return an iterable's items as a tuple, of at most one more than MOST_ITEMS; anything else as it is."""
    if isinstance(several, str | bytes | Mapping) or not isinstance(several, Iterable):
        return several
    return tuple(islice(several, MOST_ITEMS + 1))


def reading(origin: Origin, method: str, work: Callable[[], Returned]) -> Returned:
    """Call a method that writes nothing; raises only errors of the contract."""
    outcome = call(work)
    if not isinstance(outcome, Raised):
        return outcome
    if isinstance(outcome.error, ConnectorError):
        raise rebuilt(outcome.error, origin) from outcome.error
    raise PluginFailed(
        f"The plugin {origin} failed in {method}() with {_class_name(outcome.error)}."
    ) from outcome.error


def writing(origin: Origin, method: str, work: Callable[[], Returned]) -> Returned:
    """Call a method that may write a journal.

    Raises NotWritten only where the connector says so, and no time-out or broken connection caused it; everything else
    is OutcomeUnknown.
    """
    outcome = call(work)
    if not isinstance(outcome, Raised):
        return outcome
    error = outcome.error
    if isinstance(error, OutcomeUnknown):
        raise rebuilt(error, origin) from error
    if isinstance(error, NotWritten) and not _perhaps_sent(error):
        raise rebuilt(error, origin) from error
    told = rebuilt(error, origin) if isinstance(error, ConnectorError) else ConnectorError("")
    raise OutcomeUnknown(
        f"The plugin {origin} failed in {method}() with {_class_name(error)}, so it is not known whether the journal "
        "was written.",
        code=told.code,
        request_id=told.request_id,
    ) from error


def told(error: BaseException) -> str:
    """Return an exception's class and text on one line, cut where long; for errors met before any customer's data."""
    text = call(lambda: str(error))
    return (
        f"{_class_name(error)}: {printable(text, MOST_TOLD)}" if isinstance(text, str) and text else _class_name(error)
    )


def printable(text: str, most: int) -> str:
    """Return text on one line, without control characters, cut to at most `most` characters."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _class_name(error: BaseException) -> str:
    return type(error).__name__


def rebuilt(error: ConnectorError, origin: Origin) -> ConnectorError:
    """Return the error as one of the contract's own classes, with nothing on it but checked values."""
    kind = _contract_class(error)
    message = _text(error, "message") or f"The plugin {origin} gave no reason ({_class_name(error)})."
    code, request_id = _text(error, "code"), _text(error, "request_id")
    if issubclass(kind, TryLater):
        return kind(message, retry_after_s=_wait_s(error), code=code, request_id=request_id)
    return kind(message, code=code, request_id=request_id)


def _contract_class(error: ConnectorError) -> type[ConnectorError]:
    if isinstance(error, OutcomeUnknown):
        return OutcomeUnknown
    return next(kind for kind in type(error).__mro__ if kind in _CONTRACT_ERRORS)


def _text(error: ConnectorError, name: str) -> str:
    value = call(lambda: getattr(error, name))
    return printable(value, MOST_MESSAGE) if isinstance(value, str) else ""


def _wait_s(error: ConnectorError) -> int | None:
    value = call(lambda: getattr(error, "retry_after_s", None))
    return value if type(value) is int and 0 <= value <= LONGEST_WAIT_S else None


def _perhaps_sent(error: BaseException) -> bool:
    """Whether a time-out or a broken connection after the first byte left is among an error's causes.

    Python's own errors for them count, except below an error in connecting, which libraries raise from one.
    """
    return any(
        not _PERHAPS_SENT.isdisjoint(_class_names(cause)) or (isinstance(cause, _BROKEN_OFF) and not connecting)
        for cause, connecting in _causes(error)
    )


def _causes(error: BaseException) -> Iterator[tuple[BaseException, bool]]:
    """Yield the error and all that led to it, each with whether it is, or led to, an error while connecting."""
    waiting: list[tuple[BaseException | None, bool]] = [(error, False)]
    seen: set[int] = set()
    while waiting:
        cause, connecting = waiting.pop()
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        connecting = connecting or not _CONNECTING.isdisjoint(_class_names(cause))
        yield cause, connecting
        waiting += [(cause.__context__, connecting), (cause.__cause__, connecting)]
        if isinstance(cause, BaseExceptionGroup):
            waiting += [(member, connecting) for member in cause.exceptions]


def _class_names(error: BaseException) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}
