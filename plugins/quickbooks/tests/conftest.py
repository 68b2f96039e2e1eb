"""The connector before a sandbox in the same process."""

from __future__ import annotations

import pytest

from plugins.quickbooks.tests.counter import Counter


@pytest.fixture
def counter() -> Counter:
    return Counter()
