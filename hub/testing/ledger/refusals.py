"""What the fake ledger refuses, each with a status and a code of a closed list that its users may rely on."""

from __future__ import annotations

from collections.abc import Mapping

STATUSES: Mapping[str, int] = {
    "malformed": 400,
    "unbalanced": 400,
    "amount_invalid": 400,
    "currency_mismatch": 400,
    "too_many_lines": 400,
    "account_unknown": 400,
    "account_inactive": 400,
    "period_closed": 400,
    "key_reused": 400,
    "token_invalid": 401,
    "access_revoked": 401,
    "company_wrong": 403,
    "journal_unknown": 404,
    "path_unknown": 404,
    "already_exists": 409,
    "not_a_draft": 409,
    "throttled": 429,
    "internal_error": 500,
    "gateway_timeout": 504,
}


class LedgerRefused(Exception):
    """The ledger does not do it; code: one of STATUSES; message: a sentence; retry_after_s: for `throttled`."""

    def __init__(self, code: str, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = STATUSES[code]
        self.retry_after_s = retry_after_s
