"""What must hold at every call, whatever happens around it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2

    from tests.faults.office import Office

ATTEMPTS = """SELECT count(*) AS attempts FROM attempt a JOIN posting p ON p.id = a.posting_id
    WHERE p.reference = :reference AND a.kind = 'post' AND a.worker = :worker"""
NOT_KNOWN = "SELECT reference FROM posting WHERE state IN ('SENDING', 'UNKNOWN') OR uncertain OR lease_owner <> ''"


class Watch:
    """Watches what leaves the hub; wrong: what was seen that must not be, a sentence each.

    sent: how often each journal was sent by each process, by reference and worker.
    """

    def __init__(self, office: Office) -> None:
        self.wrong: list[str] = []
        self.sent: Counter[tuple[str, str]] = Counter()
        self._office = office
        self._first: dict[str, tuple[bytes, str]] = {}

    def calls(self, open_transactions: int) -> None:
        """A call leaves: no transaction waits for it (R2)."""
        if open_transactions:
            self.wrong.append("a call was made inside a transaction (R2)")

    def sends(self, request: httpx2.Request, worker: str) -> None:
        """A journal leaves: the attempt was committed before (R2), and it is the same as ever (R1, R3)."""
        content = request.read()
        reference = json.loads(content)["reference"]
        self.sent[reference, worker] += 1
        attempts = self._office.query(ATTEMPTS, reference=reference, worker=worker)[0]["attempts"]
        if attempts < self.sent[reference, worker]:
            self.wrong.append(f"{reference} was sent before its attempt was written down (R2)")
        sent = (content, key_of(request))
        first = self._first.setdefault(reference, sent)
        if sent[0] != first[0]:
            self.wrong.append(f"{reference} was sent again with other figures (R1)")
        if sent[1] != first[1]:
            self.wrong.append(f"{reference} was sent again with another key (R3)")

    def forget(self) -> None:
        """Let references be given to other figures: postings were taken back before they were sent, or lost."""
        self._first.clear()
        self.sent.clear()

    def sending(self) -> list[str]:
        """Return the references of journals of which it is not known whether they have arrived."""
        return [row["reference"] for row in self._office.query(NOT_KNOWN)]


def key_of(request: httpx2.Request) -> str:
    """Return the key that a request carries, wherever its profile puts it."""
    told = request.url.params.get("request_id", "") or request.headers.get("Idempotency-Key", "")
    return str(told or json.loads(request.content).get("external_id", ""))
