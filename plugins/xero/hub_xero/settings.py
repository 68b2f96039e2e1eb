"""What a customer sets for a connection to Xero."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Settings(BaseModel):
    """Where journals link back to, and for tests where Xero is."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True)

    hub_url: str = Field(
        default="",
        title="Address of this hub",
        description="Journals in Xero link back to it, such as https://hub.example.com. With it, a journal is found again "
        "even where somebody rewrote its narration. Empty: no link.",
    )
    base_url: str = Field(
        default="",
        title="Local address",
        description="Only for the environment local: a stand-in for Xero on this machine, such as http://127.0.0.1:9001. "
        "The hub lets it lead elsewhere only where its operator allows that.",
    )

    @field_validator("hub_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not _host_of(value):
            raise ValueError("it must be an address such as https://hub.example.com")
        return value.rstrip("/")

    @field_validator("base_url")
    @classmethod
    def _local_address(cls, value: str) -> str:
        if value and not _host_of(value):
            raise ValueError("it must be an address of this machine, such as http://127.0.0.1:9001")
        return value.rstrip("/")


def _host_of(address: str) -> str:
    """Return the host of a plain web address; empty for anything else, one with a name, a query or a fragment too."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    plain = parts.scheme in ("http", "https") and address.isascii() and address.isprintable() and " " not in address
    return host if host and plain and port != 0 and not (parts.query or parts.fragment or "@" in parts.netloc) else ""
