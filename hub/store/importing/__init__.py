"""The writing side of imports: names to ids, lines and rows in bulk, and what changed by it."""

from sqlalchemy import Connection as Transaction

from hub.store.importing.audit import record_import
from hub.store.importing.charts import StoredAccount, chart_of
from hub.store.importing.counts import CountsStored, CountStore, NewCount, TotalsDisagree
from hub.store.importing.in_use import site_has_amounts
from hub.store.importing.items import Items
from hub.store.importing.known import (
    Known,
    KnownCategory,
    KnownConnection,
    KnownSite,
    company_id,
    load_known,
)
from hub.store.importing.movements import (
    BATCHES,
    TRANSFERS,
    LineKey,
    Movement,
    MovementLine,
    MovementStore,
    MovementTables,
    StoredMovement,
    stored_movements,
)
from hub.store.importing.openings import FrozenAccounts, OpeningStore, OpeningValue
from hub.store.importing.rows import TARGETS, RowChange, RowsStored, remove_rows_but, store_rows

__all__ = [
    "BATCHES",
    "TARGETS",
    "TRANSFERS",
    "CountStore",
    "CountsStored",
    "FrozenAccounts",
    "Items",
    "Known",
    "KnownCategory",
    "KnownConnection",
    "KnownSite",
    "LineKey",
    "Movement",
    "MovementLine",
    "MovementStore",
    "MovementTables",
    "NewCount",
    "OpeningStore",
    "OpeningValue",
    "RowChange",
    "RowsStored",
    "StoredAccount",
    "StoredMovement",
    "TotalsDisagree",
    "Transaction",
    "chart_of",
    "company_id",
    "load_known",
    "record_import",
    "remove_rows_but",
    "site_has_amounts",
    "store_rows",
    "stored_movements",
]
