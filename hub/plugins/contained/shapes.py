"""The bodies of frames: what a contained plugin brings, what it is asked with, and what it answers; all of it strict JSON."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from hub.api import (
    Account,
    Capability,
    ClientAssertion,
    Company,
    Guarantee,
    JournalEntry,
    Limits,
    OAuth2,
    Receipt,
)

Json: TypeAlias = Any  # JSON values: of a form, of a schema, of what a validator says
TypeForm: TypeAlias = Any  # a type, or an expression of types

BYTES = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")


class Body(BaseModel):
    """One body; its own fields and no others."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        ser_json_bytes="base64",
        val_json_bytes="base64",
    )


class PluginNamed(Body):
    """Which plugin a child process is to load: its entry point, and where it comes from."""

    name: str
    value: str
    distribution: str
    version: str


class FieldShape(Body):
    """One field of a model. holds: `secret`, `text`, or `other`; choices: of an enumeration; default: of a text."""

    name: str
    holds: Literal["secret", "text", "other"]
    required: bool
    title: str | None
    choices: tuple[str, ...] = ()
    default: str = ""


class ModelShape(Body):
    """A pydantic model of the plugin. ref: how the plugin's process finds it; json_schema: from which forms are drawn."""

    ref: str
    fields: tuple[FieldShape, ...]
    json_schema: dict[str, Json]


class SecretsShape(Body):
    """Secrets that a person types in."""

    kind: Literal["secrets"] = "secrets"
    model: ModelShape


class OAuthShape(Body):
    """The authorization-code flow."""

    kind: Literal["oauth2"] = "oauth2"
    way: OAuth2


class AssertionShape(Body):
    """Client credentials proven by a signed JWT."""

    kind: Literal["assertion"] = "assertion"
    way: ClientAssertion


class NoSignInShape(Body):
    """Nothing to sign in to."""

    kind: Literal["none"] = "none"


SignInShape = Annotated[SecretsShape | OAuthShape | AssertionShape | NoSignInShape, Field(discriminator="kind")]


class AddressesShape(Body):
    """Where a connection calls."""

    base_url: str
    hosts: tuple[str, ...]
    sign_in: SignInShape
    request_ids: tuple[str, ...]


class ConnectorShape(Body):
    """A connector. optional: those of the methods that a connector need not have which this one has."""

    id: str
    name: str
    guarantee: Guarantee
    settings: ModelShape
    sign_ins: tuple[SignInShape, ...]
    environments: tuple[str, ...]
    capabilities: frozenset[Capability]
    entry_dimensions: tuple[str, ...]
    limits: Limits
    api: int
    docs_url: str
    optional: frozenset[str]


class PluginShape(Body):
    """What a plugin brings, or why it cannot take part: refused is empty where it can."""

    refused: str = ""
    connector_ids: tuple[str, ...] = ()
    connectors: tuple[ConnectorShape, ...] = ()
    observes: bool = False


class Given(Body):
    """What a person gave for a model: texts alone, or values of JSON."""

    ref: str
    values: dict[str, Json]


class Wrong(Body):
    """One thing that a model does not take, as pydantic tells it, without what was given."""

    type: str
    loc: tuple[str | int, ...]
    msg: str
    ctx: dict[str, str | int | float | bool | None]


class Validated(Body):
    """What a model makes of what was given: its values without secrets, or what is wrong."""

    values: dict[str, Json] = {}
    wrong: tuple[Wrong, ...] = ()


class AddressesAsked(Body):
    """The arguments of addresses()."""

    settings: Given
    environment: str


class RequestShape(Body):
    """A request, complete."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes


class SigningAsked(Body):
    """The arguments of sign()."""

    request: RequestShape
    secrets: Given
    settings: Given


class ClientShape(Body):
    """The client of a connection, as far as a session can see it: never what signs its requests."""

    base_url: str
    headers: tuple[tuple[str, str], ...]
    timeout: dict[str, float | None]


class ConnectionShape(Body):
    """A connection as a session is handed it."""

    name: str
    settings: Given
    environment: str
    company: Company | None
    currency: str
    chart: tuple[Account, ...]
    signed_in: dict[str, str]
    client: ClientShape | None


class ReceiptAndEntry(Body):
    """The arguments of finish()."""

    receipt: Receipt
    entry: JournalEntry


@cache
def _adapter(kind: TypeForm) -> TypeAdapter[Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return TypeAdapter(kind)
    return TypeAdapter(tuple[kind], config=BYTES)  # one of one, since a dataclass alone takes no configuration


def dumped(value: object, kind: TypeForm) -> bytes:
    """Return a value of a type as JSON."""
    adapter = _adapter(kind)
    return adapter.dump_json(value if _is_model(kind) else (value,), warnings="error")


def read(body: bytes, kind: TypeForm) -> Json:
    """Return a body as a value of a type; raises pydantic's ValidationError, which is a ValueError."""
    found = _adapter(kind).validate_json(body, strict=True)
    return found if _is_model(kind) else found[0]


def _is_model(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def shown(timeout: Mapping[str, object]) -> dict[str, float | None]:
    """Return the time-outs of a request's steps, in seconds."""
    return {name: float(value) if isinstance(value, int | float) else None for name, value in timeout.items()}
