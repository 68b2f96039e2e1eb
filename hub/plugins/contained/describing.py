"""What a contained plugin brings, told by its process and read by the hub."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hub.api import Addresses, ClientAssertion, ConnectorInfo, NoSignIn, OAuth2, SecretFields, SignIn
from hub.plugins.contained.models import shape_of
from hub.plugins.contained.shapes import (
    AddressesShape,
    AssertionShape,
    ConnectorShape,
    ModelShape,
    NoSignInShape,
    OAuthShape,
    PluginShape,
    SecretsShape,
)

if TYPE_CHECKING:
    from pydantic import BaseModel

    from hub.plugins.admission import Admitted
    from hub.plugins.connector import GuardedConnector

OPTIONAL = ("addresses", "limits", "sign")

Models = Callable[[ModelShape], "type[BaseModel]"]


def described(admitted: Admitted) -> PluginShape:
    """Return what an admitted plugin brings; its stand-ins stay where they are."""
    connectors = tuple(_connector(each) for each in admitted.connectors.values())
    return PluginShape(connectors=connectors, observes=admitted.observes)


def addresses_shape(found: Addresses) -> AddressesShape:
    """Return where a connection calls, as it is told."""
    return AddressesShape(
        base_url=found.base_url,
        hosts=found.hosts,
        sign_in=_sign_in(found.sign_in),
        request_ids=found.request_ids,
    )


def addresses_of(told: AddressesShape, models: Models) -> Addresses:
    """Return where a connection calls, as it was told."""
    return Addresses(
        base_url=told.base_url,
        hosts=told.hosts,
        sign_in=_way(told.sign_in, models),
        request_ids=told.request_ids,
    )


def info_of(told: ConnectorShape, models: Models) -> ConnectorInfo:
    """Return a connector's info, with models that stand for the plugin's own."""
    return ConnectorInfo(
        id=told.id,
        name=told.name,
        settings=models(told.settings),
        guarantee=told.guarantee,
        sign_ins=tuple(_way(each, models) for each in told.sign_ins),
        environments=told.environments,
        capabilities=told.capabilities,
        entry_dimensions=told.entry_dimensions,
        limits=told.limits,
        api=told.api,
        docs_url=told.docs_url,
    )


def _connector(connector: GuardedConnector) -> ConnectorShape:
    info = connector.info
    return ConnectorShape(
        id=info.id,
        name=info.name,
        guarantee=info.guarantee,
        settings=shape_of(info.settings),
        sign_ins=tuple(_sign_in(each) for each in info.sign_ins),
        environments=info.environments,
        capabilities=info.capabilities,
        entry_dimensions=info.entry_dimensions,
        limits=info.limits,
        api=info.api,
        docs_url=info.docs_url,
        optional=frozenset(name for name in OPTIONAL if connector.has(name)),
    )


def _sign_in(way: SignIn) -> SecretsShape | OAuthShape | AssertionShape | NoSignInShape:
    if isinstance(way, SecretFields):
        return SecretsShape(model=shape_of(way.model))
    if isinstance(way, OAuth2):
        return OAuthShape(way=way)
    if isinstance(way, ClientAssertion):
        return AssertionShape(way=way)
    return NoSignInShape()


def _way(told: SecretsShape | OAuthShape | AssertionShape | NoSignInShape, models: Models) -> SignIn:
    if isinstance(told, SecretsShape):
        return SecretFields(model=models(told.model))
    return NoSignIn() if isinstance(told, NoSignInShape) else told.way
