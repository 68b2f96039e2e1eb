"""What a customer sets for a connection to Tryton, and the key that a person types in."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

LONGEST_WORK_S = 900


class Settings(BaseModel):
    """Where Tryton answers, and how journals are entered there."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True)

    base_url: str = Field(
        title="Address",
        description="Of the Tryton server, as in the browser, such as https://tryton.example.com.",
        pattern=r"^https?://[^\s/?#]+/?$",
    )
    database: str = Field(
        title="Database",
        description="The name of the database, as Tryton's sign-in shows it.",
        pattern=r"^[A-Za-z0-9_.-]+$",
    )
    journal: str = Field(
        title="Journal",
        description="The code of the journal that inventory entries go to, as under Financial > Configuration > Journals.",
        min_length=1,
        max_length=40,
    )
    latest_commit_s: int = Field(
        default=LONGEST_WORK_S,
        title="Longest work (seconds)",
        description="How long the server may still work on a request whose answer was lost; so long the hub waits before it "
        "sends an entry again.",
        ge=1,
        le=86_400,
    )

    @field_validator("base_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")


class Secrets(BaseModel):
    """What Tryton shows of a user application."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True)

    key: SecretStr = Field(
        title="Key",
        description="Of a user application of the kind REST API whose user is in the group Accounting: Administration > Users > "
        "Users, the user's applications.",
    )

    @field_validator("key")
    @classmethod
    def _one_word(cls, value: SecretStr) -> SecretStr:
        """Return the key without the blanks that pasting brings along."""
        bare = value.get_secret_value().strip()
        if not bare or not bare.isascii() or not bare.isprintable() or " " in bare:
            raise ValueError("it must be one word, as Tryton shows it")
        return SecretStr(bare)
