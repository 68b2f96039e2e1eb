"""The keys of secrets: sealing every secret with a new one, and noticing that one is missing."""

from __future__ import annotations

from hub.api import Level, Problem
from hub.service.companies import companies
from hub.service.connecting.sealed import closed, reseal_clients, reseal_sign_in
from hub.service.context import Hub
from hub.service.notices.recipients import reseal_recipients, sealed_secrets
from hub.service.scope import reading, writing
from hub.store.key_ring import VaultClosed
from hub.store.sign_in_rows import client_rows, sign_in_rows
from hub.store.vault import key_id


def rotate_keys(hub: Hub) -> tuple[str, int]:
    """Seal every secret with a new key; return the key's id and how many secrets it seals now.

    The older keys stay in the ring, since back-ups are sealed with them.
    """
    try:
        key = hub.vault.keys.add()
        count = reseal_clients(hub) + reseal_recipients(hub)
        count += sum(_reseal_company(hub, str(each["code"])) for each in companies(hub))
    except VaultClosed as error:
        raise closed(error) from error
    return key.id, count


def key_problems(hub: Hub) -> list[Problem]:
    """Return what keeps stored secrets from being opened."""
    sealed = sealed_secrets(hub)
    with hub.database.read() as connection:
        sealed += [row["secret"] for row in client_rows(connection)]
    for each in companies(hub):
        with reading(hub, str(each["code"])) as rows:
            for row in sign_in_rows(rows.connection, rows.company_id).values():
                sealed += filter(None, (row["tokens"], row["client"]))
    try:
        for key in sorted({key_id(each) for each in sealed}):
            hub.vault.keys.key(key)
    except VaultClosed as error:
        fix = "Until then nothing is sent to the accounting systems whose sign-ins it seals."
        return [Problem(level=Level.PROBLEM, code="vault_closed", message=str(error), fix=fix)]
    return []


def _reseal_company(hub: Hub, company: str) -> int:
    with writing(hub, company) as rows:
        uuid = rows.company["uuid"]
        found = sign_in_rows(rows.connection, rows.company_id).values()
        return sum(reseal_sign_in(hub, rows.connection, uuid, row) for row in found)
