"""How long NetSuite supports each version of its SOAP interface, and what that means today (facts 1.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from hub.api import Level, Problem

# The last release that supports an endpoint (empty: none any more), and the last one that still answers on it.
LIVES: Mapping[str, tuple[str, str]] = {
    "2025_2": ("2028.1", "2028.1"),
    "2025_1": ("2027.1", "2028.1"),
    "2024_2": ("2027.1", "2028.1"),
    "2024_1": ("2026.2", "2028.1"),
    "2023_2": ("2026.1", "2028.1"),
    "2023_1": ("", "2028.1"),
    "2022_2": ("", "2028.1"),
    "2022_1": ("", "2028.1"),
    "2021_2": ("", "2028.1"),
    "2021_1": ("", "2027.2"),
    "2020_2": ("", "2027.1"),
    "2020_1": ("", "2026.2"),
    "2019_2": ("", "2026.1"),
}
NO_NEW_TOKENS = "2027.1"
SOAP_ENDS = "2028.2"
_FIRST_MONTHS = {10: 2, 4: 1}  # a release reaches all accounts within some weeks; taken is when it has


def release_on(day: date) -> str:
    """Return the release that accounts have on a day, such as 2026.2."""
    for month, half in _FIRST_MONTHS.items():
        if day.month >= month:
            return f"{day.year}.{half}"
    return f"{day.year - 1}.2"


def endpoint_problems(endpoint: str, today: date) -> Iterator[Problem]:
    """Yield what stands against an endpoint today: that it is gone, that nobody supports it, or that its end is near."""
    supported, available = LIVES.get(endpoint, ("", ""))
    release = release_on(today)
    if release > (available or SOAP_ENDS) or (not available and endpoint < min(LIVES)):
        yield Problem(
            level=Level.PROBLEM,
            code="endpoint_gone",
            message=f"NetSuite answers on its SOAP endpoint {endpoint} no longer; release {available or '2025.2'} was its last.",
            fix=_fix(release),
        )
    elif not available:
        yield _warned(f"The hub does not know the SOAP endpoint {endpoint}; the last one is {max(LIVES)}.", release)
    elif release > supported:
        yield _warned(
            f"NetSuite supports its SOAP endpoint {endpoint} no longer, and ends it with release {_after(available)}.",
            release,
        )
    elif release == supported:
        yield Problem(
            level=Level.NOTE,
            code="endpoint_ends",
            message=f"Release {supported} is the last one that supports NetSuite's SOAP endpoint {endpoint}. {_fix(release)}",
        )


def _warned(message: str, release: str) -> Problem:
    return Problem(level=Level.WARNING, code="endpoint_unsupported", message=message, fix=_fix(release))


def _fix(release: str) -> str:
    if release >= NO_NEW_TOKENS:
        return f"Set the interface to rest, since NetSuite ends SOAP with release {SOAP_ENDS}."
    return f"Set the SOAP endpoint to {max(LIVES)}, or the interface to rest, since NetSuite ends SOAP with release {SOAP_ENDS}."


def _after(release: str) -> str:
    """Return the release that follows one."""
    year, half = release.split(".")
    return f"{year}.2" if half == "1" else f"{int(year) + 1}.1"
