"""Recorded HTTP: one file for each test, replayed without a network, recorded again by `make record`.

A cassette holds no token and no secret: what stands in for them is written before anything is saved, and requests are compared
after it was put in. It says what it was recorded from.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import vcr
from vcr.cassette import Cassette
from vcr.record_mode import RecordMode
from vcr.request import Request

FOLDER = Path(__file__).parents[1] / "cassettes"
RECORDING = os.environ.get("HUB_RECORD") == "1"
HIDDEN = "REDACTED"
HEADERS_KEPT = frozenset(
    {"accept", "content-type", "idempotency-key", "if-modified-since", "prefer", "soapaction", "xero-tenant-id"}
)
ANSWER_HEADERS_KEPT = frozenset(
    {
        "content-type",
        "date",
        "intuit_tid",
        "location",
        "retry-after",
        "www-authenticate",
        "x-n-operationid",
        "x-rate-limit-problem",
        "xero-correlation-id",
    }
)

_IN_FORM = re.compile(r"\b(access_token|refresh_token|client_secret|code|code_verifier|token)=[^&]*")
_IN_JSON = re.compile(r'("(?:access_token|refresh_token|id_token|client_secret|token)"\s*:\s*)"[^"]*"')
LEFT_BEHIND = re.compile(
    rf"(?:Bearer|Basic)\s+(?!{HIDDEN}|realm=)\S"
    rf"|\b(?:access_token|refresh_token|id_token|client_secret|code_verifier)(?:=|\\?\"\s*:\s*\\?\")(?!{HIDDEN})[^\s&\"\\]"
    r"|\bAB11[A-Za-z0-9_-]{8}|eyJ[A-Za-z0-9_-]{20}"
)
"""What must not be in any cassette."""


class CassetteTransport(httpx2.BaseTransport):
    """Plays answers back, or takes them down from another transport."""

    def __init__(self, cassette: Cassette, inner: httpx2.BaseTransport | None) -> None:
        self._cassette = cassette
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer from the cassette; raises where it has no such request, or no more answers to it."""
        told = Request(request.method, str(request.url), request.read(), dict(request.headers))
        if self._inner is None:
            played = self._cassette.play_response(told)
            headers = [(name, value) for name, values in played["headers"].items() for value in values]
            return httpx2.Response(played["status"]["code"], headers=headers, content=played["body"]["string"])
        answer = self._inner.handle_request(request)
        body = answer.read()
        kept = {name: [value] for name, value in answer.headers.items() if name.lower() in ANSWER_HEADERS_KEPT}
        status = {"code": answer.status_code, "message": ""}
        self._cassette.append(told, {"status": status, "headers": kept, "body": {"string": body}})
        return answer


@contextmanager
def cassette(connector: str, test: str, *, told: Mapping[str, str]) -> Iterator[Cassette]:
    """Open the cassette of a test: to be recorded, or to be played. told: texts that are not to be kept, with what stands in."""
    player = vcr.VCR(
        record_mode=RecordMode.ALL if RECORDING else RecordMode.NONE,
        match_on=("method", "uri", "body"),
        before_record_request=lambda request: _hidden_request(request, told),
        before_record_response=lambda answer: _hidden_answer(answer, told),
    )
    path = FOLDER / connector / f"{re.sub(r'[^a-z0-9_-]+', '_', test.lower())}.yaml"
    if RECORDING:
        path.unlink(missing_ok=True)
    with player.use_cassette(str(path)) as opened:
        yield opened


def noted(opened: Cassette, name: str, value: str) -> str:
    """Return what a recording noted under a name, which is this value while it records."""
    return str(opened.get_metadata(name, value))


def _hidden_request(request: Request, told: Mapping[str, str]) -> Request:
    body = request.body.decode() if isinstance(request.body, bytes) else str(request.body or "")
    headers = {name: _hide(value, told) for name, value in request.headers.items() if name.lower() in HEADERS_KEPT}
    uri, body = (_IN_FORM.sub(rf"\1={HIDDEN}", _hide(text, told)) for text in (request.uri, body))
    return Request(request.method, uri, body.encode(), headers)


def _hidden_answer(answer: dict[str, Any], told: Mapping[str, str]) -> dict[str, Any]:
    text = _hide(answer["body"]["string"].decode(), told)
    return {**answer, "body": {"string": text.encode()}}


def _hide(text: str, told: Mapping[str, str]) -> str:
    for secret, stand_in in told.items():
        text = text.replace(secret, stand_in) if secret else text
    return _IN_JSON.sub(rf'\1"{HIDDEN}"', text)
