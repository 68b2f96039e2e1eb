"""Dates and settings as people type them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import typer


def read_date(text: str | None, option: str) -> date | None:
    """Return a date of ISO 8601, None for none; raises BadParameter."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"“{text}” is not a date. Write it as year, month and day: 2026-10-31."
        raise typer.BadParameter(message, param_hint=option) from None


def needed_date(text: str | None, option: str) -> date:
    """Return a date that must be given; raises BadParameter."""
    found = read_date(text, option)
    if found is None:
        raise typer.BadParameter("Say which date, such as 2026-10-31.", param_hint=option)
    return found


def read_pairs(pairs: Sequence[str], *, files: bool = False) -> dict[str, str]:
    """Return KEY=VALUE arguments by key; files: KEY=@FILE reads the value from a file. Raises BadParameter."""
    found: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise typer.BadParameter(f"“{pair}” is not KEY=VALUE.")
        if key in found:
            raise typer.BadParameter(f"“{key}” is given twice.")
        found[key] = _content(key, value[1:]) if files and value.startswith("@") else value
    return found


def _content(key: str, name: str) -> str:
    try:
        return Path(name).read_text("utf-8-sig").rstrip("\r\n")
    except OSError as error:
        raise typer.BadParameter(f"{name}, given for {key}, cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{name}, given for {key}, is not a text in UTF-8.") from None
