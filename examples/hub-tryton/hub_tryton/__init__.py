"""The connector for Tryton, over its REST interface; made from the hub's template, and a distribution of its own."""

from hub_tryton.connector import Tryton, hub_connectors
from hub_tryton.settings import Secrets, Settings

__all__ = ["Secrets", "Settings", "Tryton", "hub_connectors"]
