"""The partners' kit: a fake ledger, a connector that speaks to it, and a network that loses things.

See docs/testing_kit.md. Nothing here is used by the hub in production.
"""

from hub.testing.clock import Clock, VirtualClock
from hub.testing.connector import FakeConnector, Settings
from hub.testing.installing import install_fake
from hub.testing.ledger import CHART, FakeLedger, Journal, LedgerFault, LedgerRefused, Line, TrialBalance, kept, serve
from hub.testing.lossy import LossyTransport, SeededFaults, writes
from hub.testing.profile import Profile
from hub.testing.spoiling import Fault

__all__ = [
    "CHART",
    "Clock",
    "FakeConnector",
    "FakeLedger",
    "Fault",
    "Journal",
    "LedgerFault",
    "LedgerRefused",
    "Line",
    "LossyTransport",
    "Profile",
    "SeededFaults",
    "Settings",
    "TrialBalance",
    "VirtualClock",
    "install_fake",
    "kept",
    "serve",
    "writes",
]
