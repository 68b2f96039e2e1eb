"""What programs come with: the tokens of the REST API."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.store.tables.columns import Document, Instant


class ApiToken(SQLModel, table=True):
    """A token of one company; token: the SHA-256 of what a program sends, which is stored nowhere.

    name: names it to people and in the audit trail, each once in a company, revoked ones too; starts: its first characters,
    to tell it by; scopes: what it is for; expires_at, used_at, revoked_at: null where it does not, was not, is not.
    """

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("company_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    name: str
    token: str = Field(unique=True)
    starts: str
    scopes: list[str] = Field(sa_type=Document)
    made_by: str
    made_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_by: str = ""
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
