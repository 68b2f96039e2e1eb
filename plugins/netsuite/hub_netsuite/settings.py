"""What a customer sets for a connection to NetSuite, and the secrets that a person types in."""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

_ACCOUNT = re.compile(r"[A-Z0-9]+(?:_[A-Z0-9]+)*", re.ASCII)
_ENDPOINT = re.compile(r"20[0-9]{2}_[12]", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9]+", re.ASCII)
_SECRET = re.compile(r"[!-~]+", re.ASCII)


class Transport(StrEnum):
    """How the hub speaks to NetSuite."""

    SOAP = "soap"
    REST = "rest"


class Settings(BaseModel):
    """Which account, over which of its two interfaces, and how journals are entered there."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True)

    account: str = Field(
        title="Account ID",
        description="As Setup > Company > Company Information shows it, such as 1234567, and 1234567_SB1 for a sandbox.",
    )
    transport: Transport = Field(
        default=Transport.SOAP,
        title="Interface",
        description="soap: token-based authentication, for accounts that have such an integration or can still make one: "
        "up to release 2026.2. rest: OAuth 2.0 with a certificate, for all others: from release 2027.1 NetSuite makes no new "
        "token-based integrations, with 2028.1 it means to end those that exist, and with 2028.2 SOAP ends. Choose rest for "
        "a new integration where nothing speaks against it.",
    )
    endpoint: str = Field(
        default="2025_2",
        title="SOAP endpoint",
        description="The version of NetSuite's SOAP interface. 2025_2 is the last one, and supported the longest.",
    )
    oneworld: bool = Field(
        default=True,
        title="OneWorld",
        description="Whether the account has subsidiaries: then every journal needs one, and each site its subsidiary in "
        "the Site Map. No: an account without NetSuite OneWorld.",
    )
    approve: bool = Field(
        default=False,
        title="Send as approved",
        description="Yes: journals are sent as approved, for which the role needs the permission Journal Approval. No: "
        "where the account routes journals for approval, they wait for it there.",
    )
    base_url: str = Field(
        default="",
        title="Local address",
        description="Only for the environment local: a stand-in for NetSuite on this machine, such as "
        "http://127.0.0.1:9001. The hub lets it lead elsewhere only where its operator allows that.",
    )

    @field_validator("account")
    @classmethod
    def _as_netsuite_writes_it(cls, value: str) -> str:
        """NetSuite signs 1234567_SB1, while its addresses have 1234567-sb1: people copy either (facts 1.2)."""
        normal = value.upper().replace("-", "_")
        if not _ACCOUNT.fullmatch(normal):
            raise ValueError("it must be an account ID such as 1234567 or 1234567_SB1")
        return normal

    @field_validator("endpoint")
    @classmethod
    def _a_version(cls, value: str) -> str:
        normal = value.replace(".", "_").removeprefix("v").removesuffix("_0")
        if not _ENDPOINT.fullmatch(normal):
            raise ValueError("it must be a version such as 2025_2")
        return normal

    @field_validator("base_url")
    @classmethod
    def _local_address(cls, value: str) -> str:
        if value and not _is_plain_address(value):
            raise ValueError("it must be an address of this machine, such as http://127.0.0.1:9001")
        return value.rstrip("/")


class Secrets(BaseModel):
    """What NetSuite shows once, when an integration and an access token are made."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True)

    consumer_key: SecretStr = Field(
        title="Consumer key", description="Of the integration: Setup > Integration > Manage Integrations."
    )
    consumer_secret: SecretStr = Field(
        title="Consumer secret", description="Of the same integration, shown once when it was saved."
    )
    token_id: SecretStr = Field(
        title="Token ID", description="Of the access token: Setup > Users/Roles > Access Tokens, for user and role."
    )
    token_secret: SecretStr = Field(
        title="Token secret", description="Of the same access token, shown once when it was saved."
    )

    @field_validator("consumer_key", "token_id")
    @classmethod
    def _letters_and_digits(cls, value: SecretStr) -> SecretStr:
        return _pasted(value, _KEY, "it must be letters and digits only, as NetSuite shows it")

    @field_validator("consumer_secret", "token_secret")
    @classmethod
    def _one_word(cls, value: SecretStr) -> SecretStr:
        return _pasted(value, _SECRET, "it must be one word without blanks, as NetSuite shows it")


def _pasted(value: SecretStr, form: re.Pattern[str], wrong: str) -> SecretStr:
    """Return a text without the blanks and line ends that pasting brings along; raises ValueError where it is another text."""
    bare = value.get_secret_value().strip()
    if not form.fullmatch(bare):
        raise ValueError(wrong)
    return SecretStr(bare)


def _is_plain_address(address: str) -> bool:
    """Whether it is a plain web address, without a name, a query or a fragment."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    plain = parts.scheme in ("http", "https") and address.isascii() and address.isprintable() and " " not in address
    return bool(host) and plain and port != 0 and not (parts.query or parts.fragment or "@" in parts.netloc)
