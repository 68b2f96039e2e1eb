"""What a customer sets for a connection to QuickBooks Online."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})
USUAL_LINES = 1_000


def _nothing_if_empty(value: object) -> object:
    """An empty text, as forms and the command line send it, means "not set"."""
    return None if value == "" else value


class Settings(BaseModel):
    """How the hub posts to one company in QuickBooks Online."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True)

    max_lines: Annotated[int | None, BeforeValidator(_nothing_if_empty)] = Field(
        default=None,
        ge=2,
        le=10_000,
        title="Lines per journal",
        description=f"Longer journals are parted by site. Empty: {USUAL_LINES:,}.",
    )
    base_url: str = Field(
        default="",
        title="Address of the sandbox",
        description="For the environment local only: where the stand-in on this machine answers.",
    )

    @field_validator("base_url")
    @classmethod
    def _on_this_machine(cls, value: str) -> str:
        if not value:
            return ""
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or parts.hostname not in THIS_MACHINE or parts.query or parts.fragment:
            raise ValueError("it must be an address on this machine, such as http://127.0.0.1:9001")
        if parts.username or parts.password:
            raise ValueError("it must have no user name or password in it")
        return value.rstrip("/")
