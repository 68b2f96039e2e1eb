"""Password hashes that cost next to nothing, for tests that are about something else."""

import pytest

CHEAP = (1, 8, 1)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make password hashes cheap for the length of a test."""
    monkeypatch.setattr("hub.service.passwords.COST", CHEAP)
