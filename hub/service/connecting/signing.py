"""What signs a connection's requests: an access token that is renewed, or secrets that a person typed in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hub.api import ClientAssertion, OAuth2, ReconnectNeeded, SecretFields
from hub.plugins import SecretsInvalid
from hub.plugins.sign_in.signing import Signing
from hub.plugins.sign_in.typed import SigningTyped
from hub.service.connecting.renewing import SignInAccess
from hub.service.connecting.sealed import own_of
from hub.store.key_ring import VaultClosed

if TYPE_CHECKING:
    import httpx2
    from pydantic import BaseModel

    from hub.service.connections import OpenBooks
    from hub.service.context import Hub
    from hub.store import Row

TYPE_AGAIN = "Here that means to type its secrets in again."


def signing_with(hub: Hub, books: OpenBooks, way: OAuth2 | ClientAssertion, *, company: Row, sign_in: Row) -> Signing:
    """Return what signs requests with the access token of a sign-in."""
    accesses = SignInAccess(
        hub=hub,
        company=company["code"],
        company_uuid=company["uuid"],
        company_id=company["id"],
        sign_in_id=sign_in["id"],
        way=way,
        label=books.label,
    )
    return Signing(accesses, hub.posting.monotonic)


def signing_typed(
    hub: Hub, books: OpenBooks, way: SecretFields, settings: BaseModel, *, company: Row, sign_in: Row
) -> SigningTyped:
    """Return what has the connector sign requests with what was typed in; raises ReconnectNeeded."""
    try:
        typed = own_of(hub, company["uuid"], sign_in)
    except VaultClosed as error:
        raise ReconnectNeeded(f"{error} {TYPE_AGAIN}", code="vault_closed") from error
    try:
        secrets = books.connector.secrets_from(way.model, typed)
    except SecretsInvalid:
        raise ReconnectNeeded(
            f"What was typed in for {books.name} is no longer what {books.label} asks for. {TYPE_AGAIN}",
            code="secrets_incomplete",
        ) from None
    return SigningTyped(partial(_signed, books, secrets, settings))


def _signed(books: OpenBooks, secrets: BaseModel, settings: BaseModel, request: httpx2.Request) -> httpx2.Request:
    return books.connector.sign(request, secrets, settings)
