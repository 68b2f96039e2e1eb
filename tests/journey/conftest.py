"""Chromium on the app; without Chromium these tests say so and are skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.journey.browsing import CHROMIUM, Browsing, chromium, served
from tests.web.conftest import Site, loaded, site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["loaded", "site"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    if not CHROMIUM.exists():
        pytest.skip(f"There is no browser: {CHROMIUM} is missing. Debian has it as chromium.")
    with chromium() as started:
        yield started


@pytest.fixture
def browsing(site: Site, browser: Browser, tmp_path: Path) -> Iterator[Browsing]:
    """The app of `site` in Chromium."""
    pictures = Path(os.environ.get("HUB_PICTURES") or tmp_path / "pictures")
    pictures.mkdir(parents=True, exist_ok=True)
    with served(site) as address:
        opened = Browsing(site, browser, address, pictures)
        yield opened
        opened.close()
