"""The log: one JSON object a line, with ids, without payloads and secrets."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from hub.web.logs import HIDDEN, formatter
from tests.web.conftest import ADDRESS, PASSWORD, Site

SECRET = "hunter2-hunter2"


class Log:
    """What was logged."""

    def __init__(self) -> None:
        self.text = io.StringIO()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.getvalue().splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    kept = Log()
    handler = logging.StreamHandler(kept.text)
    handler.setFormatter(formatter())
    logger = logging.getLogger("hub")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield kept
    logger.removeHandler(handler)
    logger.setLevel(before)


def test_signing_in_leaves_no_name_no_password_and_no_token_in_the_log(site: Site, log: Log) -> None:
    visitor = site.visitor()
    visitor.post("/sign-in", {"name": "exporter", "password": PASSWORD})
    visitor.get("/account")
    kept = log.text.getvalue()
    assert kept.count("answered") == 3
    for secret in (PASSWORD, visitor.client.cookies["hub-session"], "exporter"):
        assert secret not in kept


def test_a_mistake_of_ours_is_logged_with_the_number_that_the_page_shows_and_where_it_was_made(
    site: Site, log: Log
) -> None:
    @site.app.get("/broken")
    def broken() -> None:
        raise ValueError(f"first line, password={SECRET}\n[parameters: {SECRET}]")

    page = TestClient(site.app, base_url=ADDRESS, raise_server_exceptions=False).get("/broken").text
    line = next(each for each in log.lines if each["event"] == "failed")
    assert line["error"] == "builtins.ValueError"
    assert line["error_text"] == f"first line, password={HIDDEN}"
    assert line["request"] in page
    assert line["error_at"][-1].endswith(" broken")
    assert SECRET not in log.text.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {SECRET}",
        f"bearer {SECRET}",
        f"client_secret={SECRET}&x=1",
        f'{{"access_token": "{SECRET}"}}',
        f"refresh_token='{SECRET}'",
        f"postgresql+psycopg://hub:{SECRET}@127.0.0.1/hub",
        f"Cookie: {SECRET}",
    ],
)
def test_what_looks_like_a_secret_is_hidden_wherever_it_stands(log: Log, text: str) -> None:
    logging.getLogger("hub.test").warning("sent %s", text)
    logging.getLogger("hub.test").warning("sent", extra={"detail": {"inner": [text]}})
    assert len(log.lines) == 2
    assert SECRET not in log.text.getvalue()
    assert HIDDEN in log.text.getvalue()


@pytest.mark.parametrize(
    "name", ["password", "Authorization", "api_key", "set-cookie", "csrf", "client_secret", "passphrase"]
)
def test_what_is_called_a_secret_is_hidden_whatever_it_is(log: Log, name: str) -> None:
    logging.getLogger("hub.test").warning("sent", extra={name: SECRET, "other": {name: [SECRET]}})
    assert SECRET not in log.text.getvalue()


def test_what_is_no_secret_is_told(log: Log) -> None:
    logging.getLogger("hub.test").warning(
        "export %s of %s", "EXY68AR1Y1", "DEMO", extra={"tries": 3, "for": ("a", None)}
    )
    (line,) = log.lines
    assert line["event"] == "export EXY68AR1Y1 of DEMO"
    assert (line["tries"], line["for"], line["level"], line["logger"]) == (3, ["a", None], "warning", "hub.test")
    assert line["timestamp"].endswith("Z")
