"""Tokens with which programs use the REST API: of one company each, shown once, revocable.

A token is 256 random bits, so what is stored is its plain SHA-256: a slow or keyed hash protects secrets that can be guessed,
and this one cannot be, not even by who has the database.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.domain.access import Scope
from hub.service.context import Hub, Refused, not_found, refuse
from hub.service.scope import reading, writing
from hub.service.signing_in import SEEN_EVERY, TRIES_FORGOTTEN, TRIES_OF_ADDRESS
from hub.store import Row
from hub.store.people_rows import count_try
from hub.store.token_rows import add_token_row, change_token, token_by_hash, token_rows, token_used

PREFIX = "hub_"
"""What every token begins with, so that people and programs that look for leaked secrets know one."""
SHOWN = len(PREFIX) + 4
"""How much of a token is kept to tell it by."""
LONGEST_NAME = 100
LAST_YEAR = 2100


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token that is good now; company: the code of the one that it is of."""

    id: int
    company: str
    name: str
    scopes: frozenset[Scope]

    @property
    def actor(self) -> str:
        """What the audit trail calls it."""
        return f"API token {self.name}"


class TokenRefused(Refused):
    """What was sent is no token that is good; wait_s: until a token from there is looked at again as usual, 0 for at once."""

    def __init__(self, refused: Refused, wait_s: int = 0) -> None:
        super().__init__(refused.problems)
        self.wait_s = wait_s


def add_token(hub: Hub, company: str, name: str, scopes: Collection[Scope], expires: date | None = None) -> str:
    """Make a token and return it: nobody sees it again. expires: its last day, in the company's time zone; None: none."""
    secret = PREFIX + secrets.token_urlsafe(32)
    called, chosen = _checked_name(name), sorted(scope.value for scope in scopes)
    if not chosen:
        raise refuse("scopes_missing", "Choose at least one thing that the token is for: import, read or export.")
    with writing(hub, company) as rows:
        if any(row["name"] == called for row in token_rows(rows.connection, rows.company_id)):
            raise refuse(
                "token_exists",
                f"There is, or was, a token {called} already.",
                "Give this one another name, so that the audit trail tells them apart.",
            )
        values = {
            "name": called,
            "token": _hashed(secret),
            "starts": secret[:SHOWN],
            "scopes": chosen,
            "made_by": hub.actor,
            "made_at": hub.clock(),
            "expires_at": _end_of(expires, rows.company["time_zone"], hub.clock()) if expires else None,
        }
        add_token_row(rows.connection, rows.company_id, values)
        detail = {"scopes": chosen, "expires": expires.isoformat() if expires else ""}
        rows.exports.audit("add token", called, detail, actor=hub.actor, now=hub.clock())
    return secret


def tokens(hub: Hub, company: str) -> list[dict[str, Any]]:
    """List a company's tokens, the newest first, each with its state: good, expired or revoked."""
    now = hub.clock()
    with reading(hub, company) as rows:
        zone = ZoneInfo(rows.company["time_zone"])
        return [_document(row, now, zone) for row in token_rows(rows.connection, rows.company_id)]


def revoke_token(hub: Hub, company: str, name: str) -> None:
    """End a token for good; revoking it again changes nothing."""
    with writing(hub, company) as rows:
        found = [row for row in token_rows(rows.connection, rows.company_id) if row["name"] == name]
        if not found:
            raise not_found("token", name)
        if found[0]["revoked_at"] is not None:
            return
        values = {"revoked_by": hub.actor, "revoked_at": hub.clock()}
        change_token(rows.connection, rows.company_id, found[0]["id"], values)
        rows.exports.audit("revoke token", name, {}, actor=hub.actor, now=hub.clock())


def token_of(hub: Hub, secret: str, *, address: str) -> Token:
    """Return the token that a program sent; raises TokenRefused, which is the same for a wrong, an expired and a revoked one.

    Wrong ones are counted by the address that they come from, as wrong sign-ins are; a good one is always let in.
    """
    now = hub.clock()
    with hub.database.read() as connection:
        row = token_by_hash(connection, _hashed(secret))
    if row is None or _state(row, now) != "good":
        raise _wrong(hub, address)
    if row["used_at"] is None or row["used_at"] + SEEN_EVERY <= now:
        with hub.database.write() as connection:
            token_used(connection, row["company_id"], row["id"], now)
    scopes = frozenset(map(Scope, row["scopes"]))
    return Token(id=row["id"], company=row["company"], name=row["name"], scopes=scopes)


def _wrong(hub: Hub, address: str) -> TokenRefused:
    now = hub.clock()
    with hub.database.write() as connection:
        tried = count_try(connection, f"token {_hashed(address)}", now=now, until=now + TRIES_FORGOTTEN)
    if tried["tries"] <= TRIES_OF_ADDRESS:
        return TokenRefused(refuse("token_wrong", "This token is wrong, expired or revoked.", "Make another one."))
    wait_s = max(int((datetime.fromisoformat(tried["until"]) - now).total_seconds()), 1)
    return TokenRefused(refuse("token_often", "Too many wrong tokens came from this address."), wait_s)


def _checked_name(name: str) -> str:
    called = name.strip()
    if not called or len(called) > LONGEST_NAME or not called.isprintable():
        raise refuse("name_invalid", f"A token needs a name of up to {LONGEST_NAME} printable characters.")
    return called


def _end_of(day: date, zone: str, now: datetime) -> datetime:
    """Return the instant at which a day is over in a time zone; refuses one that is over already."""
    if day.year > LAST_YEAR:
        raise refuse("expiry_invalid", f"A token's last day is in {LAST_YEAR} at the latest.", "Or give it none.")
    end = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    if end <= now:
        raise refuse("expiry_invalid", f"{day} is over already.", "Choose a day from today on.")
    return end


def _state(row: Row, now: datetime) -> str:
    if row["revoked_at"] is not None:
        return "revoked"
    return "expired" if row["expires_at"] is not None and row["expires_at"] <= now else "good"


def _document(row: Row, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    instants = {
        name: row[name].isoformat() if row[name] else None
        for name in ("made_at", "expires_at", "used_at", "revoked_at")
    }
    shown = {name: row[name] for name in ("name", "starts", "scopes", "made_by")}
    ends = row["expires_at"]
    last_day = (ends.astimezone(zone) - timedelta(days=1)).date().isoformat() if ends else None
    return {**shown, "state": _state(row, now), "last_day": last_day, **instants, "revoked_by": row["revoked_by"]}


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
