"""Who is told of alarms: people by e-mail and programs by a signed call, of one company or of all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from hub.plugins.outward import AddressRefused, check_address, check_host
from hub.service.connecting.sealed import closed
from hub.service.context import Hub, not_found, refuse
from hub.service.heads import remember_each
from hub.service.scope import writing
from hub.service.ways import is_mail_address
from hub.store import Row, Transaction
from hub.store.audit import append_to_each
from hub.store.key_ring import VaultClosed
from hub.store.notice_rows import (
    add_recipient_row,
    change_secret,
    recipient_row,
    recipient_rows,
    remove_recipient_row,
)

EMAIL, WEBHOOK = "email", "webhook"
KINDS = (EMAIL, WEBHOOK)
LONGEST_ADDRESS = 500
SHORTEST_SECRET, LONGEST_SECRET = 24, 200
SEALED_AS = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who is told; company: its code, empty for all companies; company_name: as people call it."""

    id: int
    company: str
    company_name: str
    kind: str
    address: str
    set_by: str
    set_at: datetime


def recipients(hub: Hub) -> list[Recipient]:
    """List who is told: those of all companies first, then by company."""
    with hub.database.read() as connection:
        return [_recipient(row) for row in recipient_rows(connection)]


def add_recipient(hub: Hub, kind: str, address: str, *, company: str = "", secret: str = "") -> int:
    """Have somebody told of a company's alarms, or of every company's, and return their id.

    secret: what a program checks the signature of each call with; it is sealed, and shown to nobody.
    """
    called = _checked(hub, kind, address.strip(), secret)
    code = uuid4().hex
    sealed = _sealed(hub, code, secret) if kind == WEBHOOK else ""
    values: dict[str, object] = {"code": code, "kind": kind, "address": called, "secret": sealed, "set_by": hub.actor}
    if company:
        with writing(hub, company) as rows:
            _must_be_new(rows.connection, kind, called, rows.company_id)
            values |= {"company_id": rows.company_id, "set_at": hub.database.now(rows.connection)}
            added = add_recipient_row(rows.connection, values)
            rows.exports.audit("add recipient", called, {"by": kind}, actor=hub.actor, now=hub.clock())
        return added
    with hub.database.write() as connection:
        _must_be_new(connection, kind, called, None)
        added = add_recipient_row(connection, {**values, "set_at": hub.database.now(connection)})
        append_to_each(connection, None, at=hub.clock(), actor=hub.actor, action="add recipient", subject=called)
    remember_each(hub)
    return added


def remove_recipient(hub: Hub, recipient: str) -> Recipient:
    """Have somebody told no more, and forget what they were told."""
    found = recipient_of(hub, recipient)
    if found.company:
        with writing(hub, found.company) as rows:
            remove_recipient_row(rows.connection, found.id)
            rows.exports.audit("remove recipient", found.address, {}, actor=hub.actor, now=hub.clock())
        return found
    with hub.database.write() as connection:
        remove_recipient_row(connection, found.id)
        append_to_each(
            connection, None, at=hub.clock(), actor=hub.actor, action="remove recipient", subject=found.address
        )
    remember_each(hub)
    return found


def recipient_of(hub: Hub, recipient: str) -> Recipient:
    """Return a recipient by id; raises NotFound."""
    found = next((each for each in recipients(hub) if str(each.id) == recipient), None)
    if found is None:
        raise not_found("recipient", recipient)
    return found


def secret_of(hub: Hub, row: Row) -> str:
    """Return what a program's calls are signed with; raises VaultClosed."""
    return hub.vault.open(row["secret"], SEALED_AS, row["code"])["secret"]


def reseal_recipients(hub: Hub) -> int:
    """Seal the secrets of programs that are called with the newest key, and return how many. Raises VaultClosed."""
    with hub.database.write() as connection:
        rows = [row for row in recipient_rows(connection) if row["secret"]]
        for row in rows:
            sealed = hub.vault.seal({"secret": secret_of(hub, row)}, SEALED_AS, row["code"])
            change_secret(connection, row["id"], sealed)
    return len(rows)


def sealed_secrets(hub: Hub) -> list[str]:
    """Return the sealed secrets of programs that are called."""
    with hub.database.read() as connection:
        return [row["secret"] for row in recipient_rows(connection) if row["secret"]]


def row_of(hub: Hub, recipient_id: int) -> Row | None:
    """Return a recipient's row, None where it was removed."""
    with hub.database.read() as connection:
        return recipient_row(connection, recipient_id)


def _checked(hub: Hub, kind: str, address: str, secret: str) -> str:
    if kind == EMAIL:
        if not is_mail_address(address):
            raise refuse(
                "address_invalid", f"{address or 'Nothing'} is not an e-mail address such as books@example.com."
            )
        return address
    if kind != WEBHOOK:
        raise refuse("kind_unknown", f"A recipient is told by {' or '.join(KINDS)}.")
    if len(address) > LONGEST_ADDRESS or not (address.isascii() and address.isprintable()):
        raise refuse("address_invalid", "It is not an address such as https://program.example.com/alarms.")
    try:
        check_host(check_address(address, hub.ways.hosts), hub.ways.hosts, hub.ways.resolve)
    except AddressRefused as error:
        raise refuse("address_refused", str(error)) from error
    if not (SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET and secret.isascii() and secret.isprintable()):
        raise refuse(
            "secret_invalid",
            f"The secret is {SHORTEST_SECRET} to {LONGEST_SECRET} characters that the program knows, too.",
            "Make one at random; the hub does not show it again.",
        )
    return address


def _sealed(hub: Hub, code: str, secret: str) -> str:
    try:
        return hub.vault.seal({"secret": secret}, SEALED_AS, code)
    except VaultClosed as error:
        raise closed(error) from error


def _must_be_new(connection: Transaction, kind: str, address: str, company_id: int | None) -> None:
    for row in recipient_rows(connection):
        if (row["kind"], row["address"], row["company_id"]) == (kind, address, company_id):
            raise refuse("recipient_exists", f"{address} is told already.")


def _recipient(row: Row) -> Recipient:
    return Recipient(
        id=row["id"],
        company=row["company"] or "",
        company_name=row["company_name"] or "",
        kind=row["kind"],
        address=row["address"],
        set_by=row["set_by"],
        set_at=row["set_at"],
    )
