"""The faults of a network, and the answers that they make or spoil."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from functools import cache, reduce

import httpx2

from hub.testing.clock import START, Clock

BOMB_BYTES = 200_000_000
BOMB_PIECE = bytes(1_000_000)
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # deflated; no name, no time, no system
BYTE_S = 1
RETRY_S = 120
TIME_OUT_S = 30


class Fault(StrEnum):
    """What can happen to one call on its way.

    Before commit, so that the accounting system never sees the request: connect_refused and connect_timed_out (no byte
    left), request_lost (a read time-out), write_timed_out, reset_before, error_500_before, unavailable_503,
    request_timeout_408, redirect_307 (to the same address), redirect_302 (to another host), bad_request_html (a 400 that is
    no JSON), and throttled_* (429 with that Retry-After).
    After commit: answer_lost (a read time-out), reset_after, disconnected_after, error_500_after, gateway_timeout_504,
    html_200, empty_200, truncated, null_200, wrong_charset (bytes that are no UTF-8 under its name), byte_a_second
    (until the caller's read time-out), gzip_bomb (200 MB of nothing in 200 KB).
    """

    CONNECT_REFUSED = "connect_refused"
    CONNECT_TIMED_OUT = "connect_timed_out"
    REQUEST_LOST = "request_lost"
    WRITE_TIMED_OUT = "write_timed_out"
    RESET_BEFORE = "reset_before"
    ERROR_500_BEFORE = "error_500_before"
    UNAVAILABLE_503 = "unavailable_503"
    REQUEST_TIMEOUT_408 = "request_timeout_408"
    REDIRECT_307 = "redirect_307"
    REDIRECT_302 = "redirect_302"
    BAD_REQUEST_HTML = "bad_request_html"
    THROTTLED_0 = "throttled_0"
    THROTTLED_120 = "throttled_120"
    THROTTLED_DATE = "throttled_date"
    THROTTLED_NEGATIVE = "throttled_negative"
    THROTTLED_WORD = "throttled_word"
    THROTTLED_HUGE = "throttled_huge"
    THROTTLED_SILENT = "throttled_silent"
    ANSWER_LOST = "answer_lost"
    RESET_AFTER = "reset_after"
    DISCONNECTED_AFTER = "disconnected_after"
    ERROR_500_AFTER = "error_500_after"
    GATEWAY_TIMEOUT_504 = "gateway_timeout_504"
    HTML_200 = "html_200"
    EMPTY_200 = "empty_200"
    TRUNCATED = "truncated"
    NULL_200 = "null_200"
    WRONG_CHARSET = "wrong_charset"
    BYTE_A_SECOND = "byte_a_second"
    GZIP_BOMB = "gzip_bomb"


_JSON = {"Content-Type": "application/json"}
_HTML = {"Content-Type": "text/html; charset=utf-8"}
_PAGE = b"<!doctype html><title>Sorry</title><p>Please try again in a moment.</p>"

# Each with its status and headers; the body is a page. A Retry-After that depends on the clock is made below.
REFUSED: Mapping[Fault, tuple[int, Mapping[str, str]]] = {
    Fault.ERROR_500_BEFORE: (500, {}),
    Fault.UNAVAILABLE_503: (503, {}),
    Fault.REQUEST_TIMEOUT_408: (408, {}),
    Fault.REDIRECT_307: (307, {"Location": ""}),
    Fault.REDIRECT_302: (302, {"Location": "http://elsewhere.example/"}),
    Fault.BAD_REQUEST_HTML: (400, {}),
    Fault.THROTTLED_0: (429, {"Retry-After": "0"}),
    Fault.THROTTLED_120: (429, {"Retry-After": str(RETRY_S)}),
    Fault.THROTTLED_DATE: (429, {"Retry-After": "date"}),
    Fault.THROTTLED_NEGATIVE: (429, {"Retry-After": "-5"}),
    Fault.THROTTLED_WORD: (429, {"Retry-After": "soon"}),
    Fault.THROTTLED_HUGE: (429, {"Retry-After": "999999999"}),
    Fault.THROTTLED_SILENT: (429, {}),
}


def refused(fault: Fault, request: httpx2.Request, clock: Clock | None) -> httpx2.Response:
    """Return the answer of a system that did nothing."""
    status, headers = REFUSED[fault]
    now = clock.now() if clock else START
    special = {"Date": _http_date(now)}
    if fault is Fault.REDIRECT_307:
        special["Location"] = str(request.url)
    if fault is Fault.THROTTLED_DATE:
        special["Retry-After"] = _http_date(now + timedelta(seconds=RETRY_S))
    return _response(status, {**_HTML, **headers, **special}, [_PAGE], request)


def spoiled(fault: Fault, answer: httpx2.Response, request: httpx2.Request, clock: Clock | None) -> httpx2.Response:
    """Return what is left of an answer."""
    status, headers, pieces = SPOILED[fault](answer.content)
    if fault is Fault.BYTE_A_SECOND:
        pieces = _byte_a_second(answer.content, request, clock)
    return _response(status or answer.status_code, headers, pieces, request)


def time_out_s(request: httpx2.Request, kind: str) -> float:
    """Return how long the caller waits, as it told its transport; kind: `connect` or `read`."""
    told = request.extensions.get("timeout", {}).get(kind)
    return told if isinstance(told, int | float) else TIME_OUT_S


Spoiled = tuple[int, Mapping[str, str], Iterable[bytes]]  # a status (0: as it was), headers, the pieces of a body


def _truncated(body: bytes) -> Spoiled:
    return 0, _JSON, [body[: len(body) // 2]]


def _wrong_charset(body: bytes) -> Spoiled:
    told = b'{"note": "K\xfcche", ' + body[1:] if body.startswith(b"{") else body + b"\xfc"
    return 0, {"Content-Type": "application/json; charset=utf-8"}, [told]


def _bomb(_body: bytes) -> Spoiled:
    return 0, {**_JSON, "Content-Encoding": "gzip"}, [_zipped()]


SPOILED: Mapping[Fault, Callable[[bytes], Spoiled]] = {
    Fault.ERROR_500_AFTER: lambda _body: (500, _HTML, [_PAGE]),
    Fault.GATEWAY_TIMEOUT_504: lambda _body: (504, _HTML, [_PAGE]),
    Fault.HTML_200: lambda _body: (200, _HTML, [_PAGE]),
    Fault.EMPTY_200: lambda _body: (200, _JSON, []),
    Fault.TRUNCATED: _truncated,
    Fault.NULL_200: lambda _body: (200, _JSON, [b"null"]),
    Fault.WRONG_CHARSET: _wrong_charset,
    Fault.BYTE_A_SECOND: lambda _body: (0, _JSON, []),
    Fault.GZIP_BOMB: _bomb,
}


class _Pieces(httpx2.SyncByteStream):
    """A body that is handed over as it is: given as content, it would be unzipped on the spot."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces


def _response(
    status: int, headers: Mapping[str, str], pieces: Iterable[bytes], request: httpx2.Request
) -> httpx2.Response:
    return httpx2.Response(status, headers=headers, stream=_Pieces(pieces), request=request)


def _byte_a_second(body: bytes, request: httpx2.Request, clock: Clock | None) -> Iterator[bytes]:
    """Yield single bytes until the caller's patience is over, as a guard that counts the whole answer has it."""
    waited_s: float = 0
    for value in body:
        if waited_s >= time_out_s(request, "read"):
            break
        waited_s += BYTE_S
        if clock is not None:
            clock.advance(BYTE_S)
        yield bytes([value])
    raise httpx2.ReadTimeout("injected: a byte a second", request=request)


@cache
def _zipped() -> bytes:
    """Pack a piece once, and let it stand there as often as the whole holds it: to pack it all takes seconds."""
    times = BOMB_BYTES // len(BOMB_PIECE)
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    piece = packer.compress(BOMB_PIECE) + packer.flush(zlib.Z_FULL_FLUSH)  # nothing after it refers to what is before
    check = reduce(lambda known, _: zlib.crc32(BOMB_PIECE, known), range(times), 0)
    return GZIP_HEADER + piece * times + packer.flush() + struct.pack("<LL", check, BOMB_BYTES)


def _http_date(instant: datetime) -> str:
    return format_datetime(instant.astimezone(UTC), usegmt=True)
