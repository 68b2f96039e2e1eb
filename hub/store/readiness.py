"""Whether a database can be worked on now."""

from __future__ import annotations

import logging

from sqlalchemy.exc import SQLAlchemyError

from hub.store.audit import NoAuditKey, key_of
from hub.store.database import Database, DatabaseNotReady
from hub.store.schema import check

log = logging.getLogger(__name__)


def can_be_worked_on(database: Database) -> bool:
    """Tell whether the database answers, has this version's schema, and its audit trails' key is at hand; else it is logged."""
    try:
        check(database)
        with database.read() as connection:
            key_of(connection)
    except (SQLAlchemyError, DatabaseNotReady, NoAuditKey) as error:
        log.warning("the database cannot be worked on", exc_info=error)
        return False
    return True
