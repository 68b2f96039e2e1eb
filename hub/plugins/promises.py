"""Whether an object has the methods that it promises."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from types import FunctionType, MethodType

from hub.api import (
    Capability,
    ChartReader,
    Connector,
    ConnectorInfo,
    FinishingSession,
    LimitedConnector,
    NetworkConnector,
    Sandbox,
    SecretFields,
    Session,
    SigningConnector,
    VoidingSession,
    WatchingSession,
)

METHODS = 1_024
"""Methods of plugins' classes whose arguments are remembered."""
OPTIONAL: dict[str, type] = {
    "limits": LimitedConnector,
    "addresses": NetworkConnector,
    "sign": SigningConnector,
}
"""By their method."""
CONNECTOR_PROMISES: dict[Capability, type] = {Capability.READ_CHART: ChartReader}
SESSION_PROMISES: dict[Capability, type] = {
    Capability.FINISH: FinishingSession,
    Capability.CHANGED_SINCE: WatchingSession,
    Capability.VOID: VoidingSession,
}


def missing_from_connector(connector: object, info: ConnectorInfo) -> Iterator[str]:
    """Yield what a connector lacks of Connector, and of what its capabilities and sign-ins promise."""
    yield from _missing(connector, Connector)
    for name, promised in OPTIONAL.items():
        if hasattr(connector, name):
            yield from _missing(connector, promised)
    if not hasattr(connector, "sign") and any(isinstance(each, SecretFields) for each in info.sign_ins):
        yield "sign() is missing, without which nothing can be done with its SecretFields"
    for capability in sorted(info.capabilities & CONNECTOR_PROMISES.keys()):
        yield from _missing(connector, CONNECTOR_PROMISES[capability])


def missing_from_session(session: object, capabilities: frozenset[Capability]) -> Iterator[str]:
    """Yield what a session lacks of Session, and of what its connector's capabilities promise."""
    yield from _missing(session, Session)
    for capability in sorted(capabilities & SESSION_PROMISES.keys()):
        yield from _missing(session, SESSION_PROMISES[capability])


def missing_from_sandbox(sandbox: object) -> Iterator[str]:
    """Yield what a sandbox lacks of Sandbox."""
    yield from _missing(sandbox, Sandbox)


@cache
def _promised(protocol: type) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the methods of a protocol, each with the names of its arguments."""
    methods = [(name, each) for name, each in vars(protocol).items() if not name.startswith("_")]
    return tuple(
        (name, tuple(inspect.signature(each).parameters)[1:]) for name, each in methods if inspect.isfunction(each)
    )


def _missing(thing: object, protocol: type) -> Iterator[str]:
    for name, arguments in _promised(protocol):
        method = getattr(thing, name, None)
        if not callable(method):
            yield f"{name}() is missing"
        elif inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method):
            yield f"{name}() is asynchronous, and the hub calls it from a thread"
        elif not _takes(method, arguments):
            yield f"{name}() does not take ({', '.join(arguments)})"


def _takes(method: Callable[..., object], arguments: tuple[str, ...]) -> bool:
    if type(method) is MethodType and type(method.__func__) is FunctionType:  # as each of a class is, asked each time
        return _takes_of_class(method.__func__, arguments)
    return _can_be_called(method, arguments)


@lru_cache(maxsize=METHODS)
def _takes_of_class(function: FunctionType, arguments: tuple[str, ...]) -> bool:
    return _can_be_called(function, ("self", *arguments))


def _can_be_called(method: Callable[..., object], arguments: tuple[str, ...]) -> bool:
    try:
        inspect.signature(method).bind(*arguments)
    except TypeError:
        return False
    except ValueError:  # a built-in that tells no signature
        return True
    return True
