"""What a connection to a fake ledger needs to know."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from hub.testing.profile import Profile


class Settings(BaseModel):
    """Where the ledger answers and how it treats keys; the rest is instead of the profile's own limits.

    company: the ledger's id of the books; *_s in seconds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    base_url: str = Field(pattern=r"^https?://[^\s/]+/?$")
    profile: Profile = Profile.REQUEST_ID
    company: str = "1"
    key_life_s: int | None = Field(default=None, ge=1)
    latest_commit_s: int | None = Field(default=None, ge=1)
    calls_per_minute: int | None = Field(default=None, ge=1)
    calls_at_once: int | None = Field(default=None, ge=1)
    lines_per_entry: int | None = Field(default=None, ge=2)
