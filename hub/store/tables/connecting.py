"""How the hub signs in to accounting systems: its clients there, the sign-ins of customers, and those just begun."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.store.tables.columns import Document, Instant


class ConnectorClient(SQLModel, table=True):
    """The operator's own client id and secret at an accounting system; secret: sealed."""

    __tablename__ = "connector_client"
    __table_args__ = (UniqueConstraint("connector", "environment"),)
    id: int | None = Field(default=None, primary_key=True)
    connector: str
    environment: str
    client_id: str
    secret: str
    set_by: str
    set_at: datetime = Field(sa_type=Instant)


class SignIn(SQLModel, table=True):
    """One customer's sign-in to an accounting system, which several connections may share.

    code: its own name, which its secrets are sealed to; token_url: the only address that they are sent to, for what was
    typed in with the names of its fields; client: what was typed in, or its own client's id and secret, sealed, empty where
    the client is the operator's; kept: what the callback carried; tokens: sealed, empty where there are none (yet).
    *_until: when access token and refresh token expire, and when no renewal helps any more; issued_at: of the access token.
    version: moves with every change of the tokens; fence: with every lease; lease_*: who is renewing them until when;
    retry_at: a renewal failed, and none begins before; needs_reconnect: why only a person helps, empty where all is well.
    """

    __tablename__ = "sign_in"
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    code: str = Field(unique=True)
    connector: str
    environment: str
    token_url: str
    client: str = ""
    kept: dict[str, str] = Field(default_factory=dict, sa_type=Document)
    tokens: str
    issued_at: datetime = Field(sa_type=Instant)
    access_until: datetime | None = Field(default=None, sa_type=Instant)
    refresh_until: datetime | None = Field(default=None, sa_type=Instant)
    hard_until: datetime | None = Field(default=None, sa_type=Instant)
    version: int = 1
    fence: int = 0
    lease_holder: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    retry_at: datetime | None = Field(default=None, sa_type=Instant)
    needs_reconnect: str = ""
    signed_in_by: str
    signed_in_at: datetime = Field(sa_type=Instant)


class SignInBegun(SQLModel, table=True):
    """A person who was sent to an accounting system to sign in; state: the SHA-256 of what must come back, once.

    browser: the session that began it; proof: the PKCE verifier, sealed; until: when it is forgotten.
    """

    __tablename__ = "sign_in_begun"
    state: str = Field(primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    connection_id: int = Field(foreign_key="connection.id")
    browser: str
    redirect_url: str
    proof: str
    until: datetime = Field(sa_type=Instant)


class PluginPause(SQLModel, table=True):
    """A plugin's connector that nothing is sent through, for one company, or for every one where company_id is none.

    plugin: the name of its entry point; connector: the plugin's name where it is not known what it brings; reason: what
    support wrote, as the company's people read it.
    """

    __tablename__ = "plugin_pause"
    id: int | None = Field(default=None, primary_key=True)
    plugin: str
    connector: str
    company_id: int | None = Field(default=None, foreign_key="company.id", index=True)
    reason: str
    paused_by: str
    paused_at: datetime = Field(sa_type=Instant)
