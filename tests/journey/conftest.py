"""Chromium on the app; without Chromium these tests say so and are skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.journey.browsing import CHROMIUM, Browsing, Opened, chromium, served
from tests.web.conftest import Site, loaded, loaded_small, site, small

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["loaded", "loaded_small", "site", "small"]


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
    with opened(site, browser, tmp_path) as browsing:
        yield browsing


@pytest.fixture
def small_browsing(small: Site, browser: Browser, tmp_path: Path) -> Iterator[Browsing]:
    """The app of `small` in Chromium."""
    with opened(small, browser, tmp_path) as browsing:
        yield browsing


@contextmanager
def opened(site: Opened, browser: Browser, tmp_path: Path) -> Iterator[Browsing]:
    """Serve the app of a site and open it in Chromium; pictures go to HUB_PICTURES or the test's own folder."""
    pictures = Path(os.environ.get("HUB_PICTURES") or tmp_path / "pictures")
    pictures.mkdir(parents=True, exist_ok=True)
    with served(site) as address:
        browsing = Browsing(site, browser, address, pictures)
        yield browsing
        browsing.close()
