"""The vendor's schemas, read once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.netsuite.tests.vendor import VendorSchema


@pytest.fixture(scope="session")
def vendor(shared: Path) -> VendorSchema:
    return VendorSchema(shared)
