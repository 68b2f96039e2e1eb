"""How the hub is registered with accounting systems, which is the operator's to do: for each connector and environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.api import OAuth2
from hub.plugins import GuardedConnector
from hub.plugins.sign_in.grants import Client
from hub.service.connecting.sealed import set_operators_client
from hub.service.connections import connector_of
from hub.service.context import Hub, refuse
from hub.store.sign_in_rows import client_rows

KEYS = ("client_id", "client_secret", "environment")


def set_client(hub: Hub, connector: str, values: Mapping[str, str]) -> str:
    """Set the hub's client for a connector, in its first environment unless another is named; return the environment."""
    found = connector_of(hub, connector)
    unknown = sorted(values.keys() - set(KEYS))
    lacking = [key for key in KEYS[:2] if not values.get(key)]
    if unknown or lacking or not needs_client(found):
        told = (
            f"{connector} takes {', '.join(KEYS)}."
            if needs_client(found)
            else f"{connector} needs no client of the hub's own."
        )
        raise refuse("client_invalid", told, f"hub connectors set {connector} client_id=… client_secret=@FILE")
    environment = values.get("environment") or found.info.environments[0]
    if environment not in found.info.environments:
        raise refuse("environment_unknown", f"{connector} has the environments {', '.join(found.info.environments)}.")
    set_operators_client(
        hub, connector, environment, Client(id=values["client_id"].strip(), secret=values["client_secret"].strip())
    )
    return environment


def needs_client(connector: GuardedConnector) -> bool:
    """Whether the hub has to be registered there: where people are sent to sign in, not where they type secrets in."""
    return any(isinstance(each, OAuth2) for each in connector.info.sign_ins)


def clients(hub: Hub) -> list[dict[str, Any]]:
    """List the environments of the connectors that people sign in to, each with the hub's client id; empty where none is set."""
    with hub.database.read() as connection:
        known = {(row["connector"], row["environment"]): row for row in client_rows(connection)}
    return [
        {
            "connector": connector,
            "environment": environment,
            "client_id": row["client_id"] if (row := known.get((connector, environment))) else "",
            "set_by": row["set_by"] if row else "",
        }
        for connector, installed in sorted(hub.registry.connectors.items())
        if needs_client(installed.connector)
        for environment in installed.connector.info.environments
    ]
