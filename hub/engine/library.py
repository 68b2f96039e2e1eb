"""DBOS as the hub uses it: quiet, with JSON in its tables and never pickles, with names of our own for everything."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NoReturn

from hub.engine.place import SCHEMA, connecting

if TYPE_CHECKING:
    from dbos import DBOSClient, DBOSConfig

APPLICATION = "inventory-hub"
SHAPE = "2"
"""The version that queued work is marked with. Raise it when the names or arguments of the queued work change, and only
then: a worker takes none of another shape, which its sweep makes up for."""
NEVER_S = 86_400.0
LISTENER_S = 0.2  # between looks of a thread that has nothing to listen for here; it is waited for at the end

log = logging.getLogger(__name__)


class _Forward(logging.Handler):
    """Hands what DBOS logs to the hub's own log."""

    def emit(self, record: logging.LogRecord) -> None:
        log.handle(record)


def ready() -> None:
    """Make DBOS safe to use in this process: warnings only, in the hub's own log, and no pickle ever read."""
    from dbos._serialization import DBOSDefaultSerializer  # it reads pickles wherever a row says that it holds one

    logger = logging.getLogger("dbos")
    if not any(isinstance(handler, _Forward) for handler in logger.handlers):
        logger.handlers[:] = [_Forward()]
        logger.addFilter(_is_news)
        logger.propagate = False
        logger.setLevel(logging.WARNING)
    DBOSDefaultSerializer.deserialize = _refuse  # type: ignore[assignment,method-assign]


def create_tables(url: str) -> None:
    """Create DBOS's tables, or bring them up to date; several processes may do so at once."""
    from dbos import DBOS

    DBOS.migrate(url, schema=SCHEMA)


def client(url: str) -> DBOSClient:
    """Open the engine's tables; an operation on a lost connection raises instead of being tried for ever."""
    from dbos import DBOSClient, DBOSPortableJSONSerializer

    return DBOSClient(
        system_database_url=url,
        dbos_system_schema=SCHEMA,
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
        retry_connection_errors=False,
    )


def config(url: str, worker: str) -> DBOSConfig:
    """Return the settings of a process that takes work; worker: its own name, the same after a restart."""
    from dbos import DBOSPortableJSONSerializer

    return {
        "name": APPLICATION,
        "system_database_url": url,
        "dbos_system_schema": SCHEMA,
        "db_engine_kwargs": connecting(url),
        "executor_id": worker,
        "application_version": SHAPE,
        "serializer": DBOSPortableJSONSerializer(),
        "log_level": "WARNING",
        "scheduler_polling_interval_sec": NEVER_S,
        "notification_listener_polling_interval_sec": LISTENER_S,
    }


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a record says something: not that work was given up while it went on, which the record before it says."""
    from dbos import error

    return not (record.exc_info and isinstance(record.exc_info[1], error.DBOSAwaitedWorkflowCancelledError))


def _refuse(_pickled: str) -> NoReturn:
    raise ValueError("the engine's table holds a pickle, which this hub never writes and does not read")
