"""Wraps the connectors of others, the old way."""

from collections.abc import Generator

from hub.api import hookimpl


@hookimpl(hookwrapper=True)
def hub_connectors() -> Generator[None, object, None]:
    yield
