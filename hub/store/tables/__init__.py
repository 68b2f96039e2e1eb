"""The tables, one module per subject."""

from hub.store.tables.connecting import ConnectorClient, SignIn, SignInBegun
from hub.store.tables.exports import AuditEvent, Export, ExportCount, MovementSide, OnBooks, Posting
from hub.store.tables.inventory import (
    Batch,
    BatchLine,
    CountLine,
    CountTotal,
    Opening,
    Transfer,
    TransferLine,
    ValuationCount,
)
from hub.store.tables.people import FirstRunCode, Membership, Person, SignedIn, SignInTries
from hub.store.tables.settling import Attempt, Traffic, Worker
from hub.store.tables.setup import (
    AccountMap,
    Category,
    ChartAccount,
    Company,
    Connection,
    Department,
    DueAccounts,
    GlAccount,
    Item,
    Meta,
    Override,
    Site,
    SiteDimension,
)
from hub.store.tables.tokens import ApiToken

__all__ = [
    "AccountMap",
    "ApiToken",
    "Attempt",
    "AuditEvent",
    "Batch",
    "BatchLine",
    "Category",
    "ChartAccount",
    "Company",
    "Connection",
    "ConnectorClient",
    "CountLine",
    "CountTotal",
    "Department",
    "DueAccounts",
    "Export",
    "ExportCount",
    "FirstRunCode",
    "GlAccount",
    "Item",
    "Membership",
    "Meta",
    "MovementSide",
    "OnBooks",
    "Opening",
    "Override",
    "Person",
    "Posting",
    "SignIn",
    "SignInBegun",
    "SignInTries",
    "SignedIn",
    "Site",
    "SiteDimension",
    "Traffic",
    "Transfer",
    "TransferLine",
    "ValuationCount",
    "Worker",
]
