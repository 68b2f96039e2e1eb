"""The key that the tests' databases are sealed with."""

from hub.store import AuditKey

AUDIT_KEY = AuditKey(secret=bytes(range(32)))
