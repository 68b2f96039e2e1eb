"""The connector for the fake ledger, and the model for a partner's own: the same files, the same names."""

from hub.testing.connector.connector import FakeConnector, hub_connectors
from hub.testing.connector.settings import Settings

__all__ = ["FakeConnector", "Settings", "hub_connectors"]
