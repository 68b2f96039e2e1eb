"""The secrets of sign-ins as they are sealed: what each is bound to, so that none opens where it does not belong."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.plugins.sign_in.grants import Client
from hub.service.context import Hub, Refused, refuse
from hub.store import Row, Transaction
from hub.store.key_ring import VaultClosed
from hub.store.sign_in_rows import client_row, client_rows, reseal, set_client
from hub.store.vault import Secrets

OWN, TOKENS, OPERATORS, PROOF = "own client", "tokens", "operator's client", "proof"

Values = Row | Mapping[str, Any]  # Any: a row's columns are of several types


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """A sign-in's tokens."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)


def seal_tokens(hub: Hub, company: str, row: Values, tokens: Tokens) -> str:
    """Seal tokens to their sign-in; company: its uuid. Raises VaultClosed."""
    return hub.vault.seal({"access": tokens.access, "refresh": tokens.refresh}, TOKENS, *_place(company, row))


def tokens_of(hub: Hub, company: str, row: Values) -> Tokens:
    """Return a sign-in's tokens; raises VaultClosed."""
    return Tokens(**hub.vault.open(row["tokens"], TOKENS, *_place(company, row)))


def seal_own(hub: Hub, company: str, row: Values, content: Secrets) -> str:
    """Seal what only one sign-in has: what a person typed in, or its own client's id and secret. Raises VaultClosed."""
    return hub.vault.seal(content, OWN, *_place(company, row))


def own_of(hub: Hub, company: str, row: Values) -> Secrets:
    """Return what seal_own sealed; raises VaultClosed."""
    return hub.vault.open(row["client"], OWN, *_place(company, row))


def client_of_sign_in(hub: Hub, company: str, row: Values) -> Client:
    """Return the client that a sign-in belongs to: its own, else the operator's. Raises VaultClosed, and Refused if none."""
    if row["client"]:
        return Client(**own_of(hub, company, row))
    return operators_client(hub, row["connector"], row["environment"])


def operators_client(hub: Hub, connector: str, environment: str) -> Client:
    """Return the operator's client for a connector in an environment; raises VaultClosed, and Refused where none is set."""
    with hub.database.read() as connection:
        row = client_row(connection, connector, environment)
    if row is None:
        raise refuse(
            "client_missing",
            f"The operator has not registered the hub with this accounting system yet ({connector}, {environment}).",
            f"hub connectors set {connector} client_id=… client_secret=@FILE environment={environment}",
        )
    return Client(id=row["client_id"], secret=hub.vault.open(row["secret"], *_operators(row))["secret"])


def set_operators_client(hub: Hub, connector: str, environment: str, client: Client) -> None:
    """Store the operator's client for a connector in an environment."""
    values = {"connector": connector, "environment": environment, "client_id": client.id}
    try:
        secret = hub.vault.seal({"secret": client.secret}, *_operators(values))
    except VaultClosed as error:
        raise closed(error) from error
    with hub.database.write() as connection:
        kept = {"client_id": client.id, "secret": secret, "set_by": hub.actor, "set_at": hub.database.now(connection)}
        set_client(connection, connector, environment, kept)


def seal_proof(hub: Hub, company: str, state: str, verifier: str) -> str:
    """Seal what proves at the end of a sign-in that the hub began it; raises VaultClosed."""
    return hub.vault.seal({"verifier": verifier}, PROOF, company, state)


def proof_of(hub: Hub, company: str, row: Row) -> str:
    """Return what seal_proof sealed; raises VaultClosed."""
    return hub.vault.open(row["proof"], PROOF, company, row["state"])["verifier"]


def closed(error: VaultClosed) -> Refused:
    """Return the refusal of what needs a secret that cannot be sealed or opened."""
    return refuse("vault_closed", str(error))


def reseal_clients(hub: Hub) -> int:
    """Seal the operator's clients with the newest key, and return how many secrets that were. Raises VaultClosed."""
    with hub.database.write() as connection:
        rows = client_rows(connection)
        for row in rows:
            secret = hub.vault.seal(hub.vault.open(row["secret"], *_operators(row)), *_operators(row))
            values = {name: row[name] for name in ("client_id", "set_by", "set_at")}
            set_client(connection, row["connector"], row["environment"], {**values, "secret": secret})
    return len(rows)


def reseal_sign_in(hub: Hub, connection: Transaction, company: str, row: Row) -> int:
    """Seal a sign-in with the newest key, and return how many secrets that were. Raises VaultClosed."""
    values = {}
    if row["tokens"]:
        values["tokens"] = seal_tokens(hub, company, row, tokens_of(hub, company, row))
    if row["client"]:
        values["client"] = seal_own(hub, company, row, own_of(hub, company, row))
    reseal(connection, row, values)
    return len(values)


def hashed(text: str) -> str:
    """Return what the database keeps of a text that only a browser holds."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _place(company: str, row: Values) -> tuple[str, ...]:
    return company, row["code"], row["connector"], row["environment"], row["token_url"]


def _operators(row: Values) -> tuple[str, ...]:
    return OPERATORS, row["connector"], row["environment"], row["client_id"]
