"""Keys and references from what a posting is, never from row ids: a restored back-up finds its own journals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Literal

Kind = Literal["post", "undo", "duplicate"]
"""What a posting is: an export's own, its opposite, or the opposite of a duplicate that stands there."""
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
REFERENCE_TAIL = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What makes an export's postings themselves, in these books: sites are codes."""

    company_uuid: str
    books: str
    count_date: date
    sites: tuple[str, ...]
    sequence: int

    def digest(self, *parts: str) -> bytes:
        """Return a sha256 of the identity and further parts; texts are length-prefixed, so no two run together."""
        texts = (
            self.company_uuid,
            self.books,
            self.count_date.isoformat(),
            *sorted(self.sites),
            str(self.sequence),
            *parts,
        )
        return sha256(b"".join(b"%d:%b" % (len(raw), raw) for raw in (text.encode() for text in texts))).digest()


def posting_key(identity: Identity, part: int, kind: Kind) -> str:
    """Return the posting's key: 32 hex characters, the same for every attempt."""
    return identity.digest("key", str(part), kind).hex()[:32]


def posting_reference(identity: Identity, part: int, kind: Kind) -> str:
    """Return the posting's reference: `IA` and nine of [A-Z0-9]."""
    return "IA" + _letters(identity.digest("reference", str(part), kind), REFERENCE_TAIL)


def export_code(identity: Identity) -> str:
    """Return the export's own short code, `EX` and eight of [A-Z0-9]."""
    return "EX" + _letters(identity.digest("export"), 8)


def _letters(digest: bytes, length: int) -> str:
    number = int.from_bytes(digest, "big")
    letters = []
    for _ in range(length):
        number, digit = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return "".join(letters)
