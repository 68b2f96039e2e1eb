"""The errors a connector raises, sorted by whether the journal was written, then by who must act.

ConnectorError
├── NotWritten
│   ├── ReconnectNeeded
│   ├── EntryRejected
│   │   ├── AccountMissing
│   │   └── PeriodClosed
│   └── TryLater
└── OutcomeUnknown
"""

from __future__ import annotations


class ConnectorError(Exception):
    """Something went wrong with the accounting system.

    message: a sentence for the customer, which several possible causes may follow, each after ` • `; code and request_id: the
    system's own, for support.
    """

    def __init__(self, message: str, *, code: str = "", request_id: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.request_id = request_id


class NotWritten(ConnectorError):
    """The journal was certainly not written."""


class ReconnectNeeded(NotWritten):
    """The sign-in no longer works; a person connects again."""


class EntryRejected(NotWritten):
    """The accounting system refused this entry; sending it again unchanged would be refused again."""


class AccountMissing(EntryRejected):
    """An account of the entry does not exist there, or may not be posted to."""


class PeriodClosed(EntryRejected):
    """The entry's date lies in a closed or locked period."""


class TryLater(NotWritten):
    """Too many calls, or the system is down: nothing was written; retry_after_s says how long to wait where known."""

    def __init__(self, message: str, *, retry_after_s: int | None = None, code: str = "", request_id: str = "") -> None:
        super().__init__(message, code=code, request_id=request_id)
        self.retry_after_s = retry_after_s


class OutcomeUnknown(ConnectorError):
    """The journal may or may not have been written; silence means "may have happened"."""
