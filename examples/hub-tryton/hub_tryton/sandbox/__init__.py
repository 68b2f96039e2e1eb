"""A stand-in for Tryton's REST interface, with the part of its books that the connector uses.

Its answers were compared with those of Tryton 8.2.1; it refuses what Tryton on PostgreSQL refuses, in Tryton's own words.
"""

from hub_tryton.sandbox.database import Database
from hub_tryton.sandbox.site import LATE, Site

__all__ = ["LATE", "Database", "Site"]
