"""The fake ledger: an accounting system for tests, with a real trial balance and every fault that one can have."""

from hub.testing.ledger.books import TrialBalance
from hub.testing.ledger.chart import CHART, read_chart
from hub.testing.ledger.faults import LedgerFault
from hub.testing.ledger.journals import Journal, Line
from hub.testing.ledger.ledger import FakeLedger
from hub.testing.ledger.refusals import LedgerRefused
from hub.testing.ledger.server import serve
from hub.testing.ledger.state import events, kept

__all__ = [
    "CHART",
    "FakeLedger",
    "Journal",
    "LedgerFault",
    "LedgerRefused",
    "Line",
    "TrialBalance",
    "events",
    "kept",
    "read_chart",
    "serve",
]
