"""What came back from an accounting system, or was written for a person to import there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hub.api.chart import Account
from hub.api.journal import Side


class ReceiptStatus(StrEnum):
    """How a journal stands in the accounting system; a file waits until a person has imported it."""

    POSTED = "posted"
    PENDING_APPROVAL = "pending_approval"
    DRAFT = "draft"
    VOID = "void"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file's name (no folder), its bytes (never empty) and its media type."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedLine:
    """One line as the accounting system holds it.

    amount: never negative, the side says which way; memo: empty where the system does not echo it.
    """

    account: Account
    side: Side
    amount: Decimal
    memo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A journal as it stands in the accounting system now."""

    date: dt.date
    currency: str
    status: ReceiptStatus
    lines: tuple[RecordedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof of one posting: the system's id, the number people see, a link, and what was recorded.

    id: empty for a file only; url: empty or an http(s) address; file: where the status is `file`, and only there;
    recorded: where the answer echoes the journal, balanced and in amounts exact in its currency.
    """

    id: str
    status: ReceiptStatus
    number: str = ""
    url: str = ""
    file: File | None = None
    recorded: Recorded | None = None
