"""The log of a serving hub: one JSON object a line, with ids, without payloads and secrets."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

HIDDEN = "[hidden]"
SECRET_NAME = re.compile(r"pass(word|phrase)|secret|token|authori[sz]ation|cookie|csrf|api_?key", re.IGNORECASE)
SECRET_TEXT = re.compile(
    r"(?is)(bearer|basic)\s+[\w.~+/=-]{8,}"
    r"|((?:authorization|cookie)[\"']?\s*[=:]\s*).+"
    r"|((?:pass(?:word|phrase)|secret|\w*token|csrf|api_?key)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;}]+"
    r"|(://[^\s:/@]+:)[^\s@/]+(?=@)"
    r"|(?<![\w-])(hub_)[\w-]{43}(?![\w-])"
)
LONGEST = 300
DEEPEST = 12

Event = MutableMapping[str, Any]  # structlog's own: whatever is logged


def configure(file: Path | None = None) -> None:
    """Log to a file, by default to standard error; everything else that logs in this process does it so too."""
    handler = logging.FileHandler(file, encoding="utf-8") if file else logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("uvicorn", "uvicorn.error", "uvicorn.access", "httpx2", "httpcore2"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(_is_not_told_already)


def formatter() -> logging.Formatter:
    """Return what makes a line of JSON of each record."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            tell_error,
            hide_secrets,
            structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False),
        ],
    )


def tell_error(_logger: object, _method: str, event: Event) -> Event:
    """Put an exception as its kind, its first line and where it came from: never its arguments."""
    told = event.pop("exc_info", None)
    error = sys.exc_info()[1] if told is True else told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        event["error"] = f"{type(error).__module__}.{type(error).__qualname__}"
        event["error_text"] = (str(error).splitlines() or [""])[0][:LONGEST]
        event["error_at"] = _places(error.__traceback__)
    return event


def hide_secrets(_logger: object, _method: str, event: Event) -> Event:
    """Put a mark in place of whatever is a secret by its name or its look."""
    return {str(name): HIDDEN if SECRET_NAME.search(str(name)) else _hidden(value) for name, value in event.items()}


def _hidden(value: object) -> object:
    if isinstance(value, str):
        return SECRET_TEXT.sub(lambda found: f"{found[2] or found[3] or found[4] or found[5] or ''}{HIDDEN}", value)
    if isinstance(value, Mapping):
        return hide_secrets(None, "", dict(value))
    if isinstance(value, list | tuple):
        return [_hidden(each) for each in value]
    return value if isinstance(value, int | float | bool | None) else _hidden(str(value))


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-DEEPEST:]
    return [f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def _is_not_told_already(record: logging.LogRecord) -> bool:
    """Leave out the server's own trace of an error that the app has logged."""
    return "Exception in ASGI application" not in record.getMessage()
