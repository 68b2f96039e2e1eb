"""Access tokens of a sign-in, renewed by one caller at a time, over all threads, processes and machines.

A renewal is taken by compare-and-set with the database's clock; the call to the accounting system is in no transaction;
both tokens are saved before either is used. Whoever finds another at it waits for what comes of it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from hub.api import ClientAssertion, OAuth2, ReconnectNeeded, TryLater
from hub.plugins.sign_in.grants import Granted, GrantRefused, NoGrant
from hub.plugins.sign_in.signing import Access
from hub.service.connecting.sealed import Tokens, client_of_sign_in, own_of, seal_tokens, tokens_of
from hub.service.context import Hub, Refused, refuse
from hub.service.scope import writing
from hub.store import Row
from hub.store.key_ring import VaultClosed
from hub.store.sign_in_rows import fail_renewal, save_tokens, sign_in_row, take_lease

log = logging.getLogger(__name__)

AHEAD = timedelta(minutes=2)
"""With less life left than this, an access token is renewed before a request is sent."""
LAST = timedelta(seconds=15)
"""With less life left than this, an access token is not used even where another renews it just now."""
LEASE = timedelta(seconds=60)
"""Longer than a renewal may take: past it another may try, as whoever had it is taken for dead."""
RETRY = timedelta(seconds=10)
LOOK = timedelta(milliseconds=200)
PATIENCE_S = 25
ENDED = "{label} no longer renews this sign-in; it has expired or was taken back there. Connect again."
KEY_REFUSED = (
    "{label} does not let the hub in with this key: the client, the certificate or its role is unknown there, has expired "
    "or was taken back. It says: {said}. Put it right in {label} and test the connection, or type another key in."
)
KEY_TO_LOOK_AT = "Look in its set-up at the client that was made for the hub, and at what it may do."


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInAccess:
    """Access tokens of one sign-in; company, company_uuid: whose it is; way: how its tokens are renewed; label: for people."""

    hub: Hub
    company: str
    company_uuid: str
    company_id: int
    sign_in_id: int
    way: OAuth2 | ClientAssertion
    label: str

    def access(self, *, refused: int | None = None) -> Access:
        """Return an access token with life left for a request, renewed where need be.

        refused: the version of one that the accounting system did not take, which is not returned again.
        Raises ReconnectNeeded and TryLater; never inside a transaction.
        """
        clock = self.hub.posting.monotonic
        until = clock() + PATIENCE_S
        while True:
            row, now = self._row()
            if row["version"] != refused and _lives(row, now, _ahead(row)):
                return self._opened(row, now)
            renewed = self._renewed(row, now)
            if renewed is not None:
                return renewed
            row, now = self._row()
            if row["version"] != refused and _lives(row, now, min(LAST, _ahead(row))):
                return self._opened(row, now)
            if row["retry_at"] is not None and row["retry_at"] > now:
                raise self._later("could not be renewed just now", row["retry_at"] - now)
            if clock() >= until:
                raise self._later("is being renewed by another process, which does not end", LEASE)
            self.hub.posting.sleep(LOOK.total_seconds())

    def _row(self) -> tuple[Row, datetime]:
        with self.hub.database.read() as connection:
            row = sign_in_row(connection, self.company_id, self.sign_in_id)
            now = self.hub.database.now(connection)
        if row is None:
            raise ReconnectNeeded(f"{self.label} was disconnected.", code="not_connected")
        if row["needs_reconnect"]:
            raise ReconnectNeeded(row["needs_reconnect"], code="sign_in_ended")
        return row, now

    def _renewed(self, row: Row, now: datetime) -> Access | None:
        """Renew the tokens unless another does or a renewal failed a moment ago; None where nothing came of it here."""
        if row["retry_at"] is not None and row["retry_at"] > now:
            return None
        with self.hub.database.write() as connection:
            now = self.hub.database.now(connection)
            holder = f"{self.hub.posting.worker} {uuid4().hex[:8]}"
            fence = take_lease(connection, row, holder=holder, now=now, until=now + LEASE)
        if fence is None:
            return None
        try:
            granted = self._asked(row, now)
        except GrantRefused as error:
            return self._refused(row, fence, error, now)
        except NoGrant as error:
            log.warning("sign-in %s was not renewed: %s", row["code"], error)
            self._failed(row, fence, now + RETRY)
            return None
        except (VaultClosed, Refused) as error:
            self._failed(row, fence, now + RETRY)
            raise ReconnectNeeded(f"The hub cannot renew its sign-in: {error}", code="client_unknown") from error
        return self._saved(row, fence, granted, now)

    def _asked(self, row: Row, now: datetime) -> Granted:
        if isinstance(self.way, ClientAssertion):
            return self._asked_with_key(row, self.way, now)
        return self._asked_with_token(row, self.way)

    def _asked_with_key(self, row: Row, way: ClientAssertion, now: datetime) -> Granted:
        """Ask for a new token with the key that was typed in."""
        from pydantic import ValidationError

        from hub.plugins.sign_in.assertion import KeyFields, KeyUnfit, access_for, signing_key

        try:
            key = signing_key(way, KeyFields.model_validate(own_of(self.hub, self.company_uuid, row)))
        except (KeyUnfit, ValidationError):
            raise refuse(
                "key_unfit", "The private key that was typed in cannot be used any more. Type it in again."
            ) from None
        with self.hub.posting.sign_in_client(way) as http:
            return access_for(http, way, key, now)

    def _asked_with_token(self, row: Row, way: OAuth2) -> Granted:
        """Ask for new tokens; where the answer was lost and a used token may be used again, once more."""
        from hub.plugins.sign_in.flow import renew

        tokens = tokens_of(self.hub, self.company_uuid, row)
        client = client_of_sign_in(self.hub, self.company_uuid, row)
        with self.hub.posting.sign_in_client(way) as http:
            try:
                return renew(http, way, client, tokens.refresh)
            except GrantRefused:
                raise
            except NoGrant as error:
                if not (error.sent and way.grace_s):
                    raise
            return renew(http, way, client, tokens.refresh)

    def _saved(self, row: Row, fence: int, granted: Granted, asked_at: datetime) -> Access | None:
        """Save both tokens; None where another was quicker, whose tokens are the newer ones."""
        tokens = Tokens(access=granted.access, refresh=granted.refresh)
        values = {
            "tokens": seal_tokens(self.hub, self.company_uuid, row, tokens),
            **lives(granted, asked_at, row["hard_until"]),
        }
        with self.hub.database.write() as connection:
            saved = save_tokens(connection, row, fence, values)
        log.info("sign-in %s %s", row["code"], "renewed" if saved else "was renewed by another")
        if not saved:
            return None
        again, now = self._row()
        return self._opened(again, now)

    def _refused(self, row: Row, fence: int, error: GrantRefused, now: datetime) -> Access | None:
        """Tell what a refusal means: the grant has ended, once and for all, unless another has saved newer tokens."""
        typed = isinstance(self.way, ClientAssertion)
        if not (error.key_ended if typed else error.ended):
            self._failed(row, fence, now + RETRY)
            whose = KEY_TO_LOOK_AT if typed else "Its operator looks at the hub's client id and secret there."
            raise ReconnectNeeded(f"{self.label} did not renew the hub's sign-in: {error}. {whose}", code=error.code)
        reason = (KEY_REFUSED if typed else ENDED).format(label=self.label, said=error)
        with writing(self.hub, self.company) as rows:
            before = sign_in_row(rows.connection, self.company_id, self.sign_in_id)
            if before is not None and before["version"] == row["version"] and before["fence"] == fence:
                fail_renewal(rows.connection, row, fence, needs_reconnect=reason)
                rows.exports.audit("sign-in ended", row["code"], {}, actor=self.hub.actor, now=self.hub.clock())
        return None

    def _failed(self, row: Row, fence: int, retry_at: datetime) -> None:
        with self.hub.database.write() as connection:
            fail_renewal(connection, row, fence, retry_at=retry_at)

    def _opened(self, row: Row, now: datetime) -> Access:
        try:
            tokens = tokens_of(self.hub, self.company_uuid, row)
        except VaultClosed as error:
            raise ReconnectNeeded(str(error), code="vault_closed") from error
        until = row["access_until"]
        return Access(
            token=tokens.access,
            version=row["version"],
            age_s=(now - row["issued_at"]).total_seconds(),
            renew_in_s=None if until is None else (until - _ahead(row) - now).total_seconds(),
        )

    def _later(self, what: str, wait: timedelta) -> TryLater:
        return TryLater(
            f"The sign-in to {self.label} {what}.", retry_after_s=max(int(wait.total_seconds()), 1), code="not_renewed"
        )


def lives(granted: Granted, asked_at: datetime, hard_until: datetime | None = None) -> Mapping[str, datetime | None]:
    """Return until when granted tokens are good, counted from before they were asked for."""

    def until(life_s: int | None) -> datetime | None:
        return None if life_s is None else asked_at + timedelta(seconds=life_s)

    return {
        "issued_at": asked_at,
        "access_until": until(granted.access_s),
        "refresh_until": until(granted.refresh_s),
        "hard_until": until(granted.hard_s) or hard_until,
    }


def _ahead(row: Row) -> timedelta:
    """How long before its end an access token is renewed; never more than half of its life."""
    until = row["access_until"]
    return AHEAD if until is None else min(AHEAD, (until - row["issued_at"]) / 2)


def _lives(row: Row, now: datetime, left: timedelta) -> bool:
    return bool(row["tokens"]) and (row["access_until"] is None or row["access_until"] - now >= left)
