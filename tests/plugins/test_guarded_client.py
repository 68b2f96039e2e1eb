"""The HTTP client a connector is handed: it asks nobody else, and no answer costs more than it may."""

from __future__ import annotations

import gzip
import logging
import subprocess
import sys
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import httpx2
import pytest

from hub.api import JournalEntry, OutcomeUnknown, Receipt, TryLater
from hub.plugins.client import MOST_BYTES, guarded_client
from hub.plugins.transport import AnswerTooLarge, AnswerTooSlow, AnswerUnreadable, ClientClosed, HostRefused, HttpCall
from tests.plugins.scripted import entry, session

HERE = "https://ledgerly.example/api"
MEGABYTE = bytes(1_000_000)


class Clock:
    """Monotonic seconds that pass only when a test lets them."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Pieces(httpx2.SyncByteStream):
    """A body in pieces, which counts what was taken of it."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self.taken = 0
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.taken += 1
            yield piece

    def close(self) -> None:
        self.closed += 1


class Books(httpx2.BaseTransport):
    """Answers each request as a test tells it to, and keeps the requests."""

    def __init__(self, answer: Callable[[httpx2.Request], httpx2.Response]) -> None:
        self._answer = answer
        self.asked: list[httpx2.Request] = []
        self.closed_by: list[threading.Thread] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        return self._answer(request)

    def close(self) -> None:
        self.closed_by.append(threading.current_thread())


def body(pieces: Iterable[bytes], **headers: str) -> tuple[Books, Pieces]:
    """Books that answer every request with a body."""
    stream = Pieces(pieces)
    sent = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Books(lambda _: httpx2.Response(200, headers=sent, stream=stream)), stream


def plain(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, json={"id": "J-1"})


def zeros(megabytes: int, wbits: int = zlib.MAX_WBITS | 16) -> list[bytes]:
    """Megabytes of zeros, packed."""
    packer = zlib.compressobj(9, wbits=wbits)
    return [*(packer.compress(MEGABYTE) for _ in range(megabytes)), packer.flush()]


def test_an_ordinary_answer_comes_through_as_it_is() -> None:
    with guarded_client(HERE, transport=Books(plain)) as client:
        answer = client.post("/journals", json={"total": "4812.37"})
    assert (answer.status_code, answer.json(), answer.headers["content-length"]) == (200, {"id": "J-1"}, "12")
    assert str(answer.request.url) == f"{HERE}/journals"


@pytest.mark.parametrize(("encoding", "wbits"), [("gzip", zlib.MAX_WBITS | 16), ("deflate", zlib.MAX_WBITS)])
def test_a_packed_answer_is_unpacked(encoding: str, wbits: int) -> None:
    packer = zlib.compressobj(wbits=wbits)
    packed = packer.compress('{"name": "Küche"}'.encode()) + packer.flush()
    books, stream = body([packed[:5], packed[5:]], content_encoding=encoding, content_type="application/json")
    with guarded_client(HERE, transport=books) as client:
        answer = client.get("/books")
    assert answer.json() == {"name": "Küche"}
    assert "content-encoding" not in answer.headers
    assert stream.closed == 1


def test_200_megabytes_of_gzip_are_refused_before_they_are_in_memory() -> None:
    books, stream = body(bomb := zeros(200), content_encoding="gzip")
    assert sum(map(len, bomb)) < 300_000
    tracemalloc.start()
    try:
        with guarded_client(HERE, transport=books) as client, pytest.raises(AnswerTooLarge):
            client.get("/journals")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_BYTES + 8_000_000
    assert stream.closed == 1


def test_an_endless_body_is_refused() -> None:
    books, stream = body(iter(lambda: MEGABYTE, b""))
    with guarded_client(HERE, transport=books) as client, pytest.raises(AnswerTooLarge, match="more than 20,000,000"):
        client.get("/journals")
    assert stream.taken == 21
    assert stream.closed == 1


def test_an_endless_body_that_unpacks_to_nothing_is_refused() -> None:
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    start = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    nothing = packer.flush(zlib.Z_FULL_FLUSH) or b"\x00\x00\x00\xff\xff"
    books, stream = body(iter_from(start, nothing * 100_000), content_encoding="gzip")
    with guarded_client(HERE, transport=books) as client, pytest.raises(AnswerTooLarge):
        client.get("/journals")
    assert stream.closed == 1


def iter_from(first: bytes, rest: bytes) -> Iterator[bytes]:
    yield first
    while True:
        yield rest


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "x" * 1000])
def test_an_answer_packed_in_another_way_is_refused(encoding: str) -> None:
    books, stream = body([b"?"], content_encoding=encoding)
    with guarded_client(HERE, transport=books) as client, pytest.raises(AnswerUnreadable, match="is packed as"):
        client.get("/journals")
    assert (stream.taken, stream.closed) == (0, 1)


def test_an_answer_that_cannot_be_unpacked_is_an_error_in_reading() -> None:
    books, stream = body([gzip.compress(b"x" * 100)[:-30] + b"!" * 30], content_encoding="gzip")
    with guarded_client(HERE, transport=books) as client, pytest.raises(AnswerUnreadable, match="cannot be unpacked"):
        client.get("/journals")
    assert stream.closed == 1


def test_a_byte_a_second_ends_with_the_request() -> None:
    clock = Clock()

    def dripping() -> Iterator[bytes]:
        while True:
            clock.now_s += 1
            yield b" "

    books, stream = body(dripping())
    client = guarded_client(HERE, transport=books, longest_s=60, clock=clock)
    with client, pytest.raises(AnswerTooSlow, match="longer than 60 s"):
        client.get("/journals")
    assert stream.taken == 61
    assert stream.closed == 1


def test_an_answer_whose_headers_come_too_late_is_refused() -> None:
    clock = Clock()
    stream = Pieces([b"late"])

    def late(_: httpx2.Request) -> httpx2.Response:
        clock.now_s += 61
        return httpx2.Response(200, stream=stream)

    with guarded_client(HERE, transport=Books(late), clock=clock) as client, pytest.raises(AnswerTooSlow):
        client.get("/journals")
    assert (stream.taken, stream.closed) == (0, 1)


def test_headers_without_end_are_refused() -> None:
    answer = httpx2.Response(200, headers=[("x-" + "n" * 98, "v" * 100)] * 400, stream=Pieces([]))
    client = guarded_client(HERE, transport=Books(lambda _: answer))
    with client, pytest.raises(AnswerTooLarge, match="headers have more than 65,536 bytes"):
        client.get("/journals")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_nothing_more(status: int) -> None:
    books = Books(lambda _: httpx2.Response(status, headers={"location": f"{HERE}/elsewhere"}))
    with guarded_client(HERE, transport=books) as client:
        answers = [client.post("/journals"), client.post("/journals", follow_redirects=True)]
        client.follow_redirects = True
        answers.append(client.post("/journals"))
    assert [answer.status_code for answer in answers] == [status] * 3
    assert [request.url.path for request in books.asked] == ["/api/journals"] * 3


FOREIGN = (
    "https://elsewhere.example/api",
    "http://ledgerly.example/api",
    "https://ledgerly.example:8443/api",
    "https://ledgerly.example.elsewhere.example/",
    "https://ledgerly.example@elsewhere.example/",
    "ftp://ledgerly.example/",
)


@pytest.mark.parametrize("address", FOREIGN)
def test_another_host_is_refused_before_a_byte_leaves(address: str) -> None:
    books = Books(plain)
    with guarded_client(HERE, transport=books) as client, pytest.raises(HostRefused) as refused:
        client.post(address)
    assert books.asked == []
    assert isinstance(refused.value, httpx2.ConnectError)


@pytest.mark.parametrize(
    "address", ["https://files.example/a", "https://LEDGERLY.example:443/x", "http://127.0.0.1:8001/"]
)
def test_a_host_that_was_named_is_asked(address: str) -> None:
    books = Books(plain)
    with guarded_client(HERE, hosts=("files.example", "http://127.0.0.1:8001"), transport=books) as client:
        client.post(address)
    assert len(books.asked) == 1


def test_a_client_without_an_address_of_its_own_asks_the_hosts_named() -> None:
    books = Books(plain)
    with guarded_client("", hosts=("files.example",), transport=books) as client:
        client.get("https://files.example/a")
        with pytest.raises(HostRefused):
            client.get("https://ledgerly.example/")
    assert len(books.asked) == 1


@pytest.mark.parametrize("address", ["http://ledgerly.example", "http://10.0.0.7:8080", "http://127.0.0.1.example"])
def test_no_other_machine_is_asked_without_tls(address: str) -> None:
    with pytest.raises(ValueError, match="only https may go there"):
        guarded_client(address)
    with pytest.raises(ValueError, match="only https may go there"):
        guarded_client(HERE, hosts=(address,))


def test_no_cookie_is_kept() -> None:
    books = Books(lambda _: httpx2.Response(200, headers={"set-cookie": "session=1; Path=/"}))
    with guarded_client(HERE, transport=books) as client:
        client.get("/journals")
        client.get("/journals")
        assert list(client.cookies.jar) == []
    assert ["cookie" in request.headers for request in books.asked] == [False, False]


def test_each_request_says_who_asks_and_carries_what_was_given() -> None:
    books = Books(plain)
    with guarded_client(HERE, transport=books, headers={"Tenant": "7"}, auth=httpx2.BasicAuth("a", "b")) as client:
        client.get("/journals")
    (asked,) = books.asked
    assert asked.headers["user-agent"].startswith("inventory-hub/")
    assert asked.headers["accept-encoding"] == "gzip"
    assert (asked.headers["tenant"], asked.headers["authorization"]) == ("7", "Basic YTpi")


def test_a_sign_in_that_asks_twice_is_within_bounds_each_time() -> None:
    class Renewing(httpx2.Auth):
        def auth_flow(self, request: httpx2.Request) -> Any:
            answer = yield request
            if answer.status_code == 401:
                request.headers["authorization"] = "Bearer 2"
                yield request

    clock = Clock()

    def answering(request: httpx2.Request) -> httpx2.Response:
        clock.now_s += 40
        return httpx2.Response(200 if "authorization" in request.headers else 401)

    with guarded_client(HERE, transport=Books(answering), auth=Renewing(), clock=clock) as client:
        assert client.get("/journals").status_code == 200


def logged(answer: Callable[[httpx2.Request], httpx2.Response], ask: Callable[[httpx2.Client], object]) -> HttpCall:
    """What was logged of one request."""
    calls: list[HttpCall] = []
    clock = Clock()

    def slowly(request: httpx2.Request) -> httpx2.Response:
        clock.now_s += 2
        return answer(request)

    client = guarded_client(HERE, transport=Books(slowly), clock=clock, on_call=calls.append, headers=SECRET)
    with client, suppress(httpx2.TransportError):
        ask(client)
    (call,) = calls
    return call


SECRET = {"Authorization": "Bearer token-1"}


def test_a_call_is_logged_without_what_is_secret() -> None:
    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(201, headers={"X-Request-Id": "r-7"}, json={"token": "token-2"})

    call = logged(answer, lambda client: client.post("/journals", params={"key": "token-3"}, json={"iban": "token-4"}))
    assert call == HttpCall(
        method="POST",
        host="ledgerly.example",
        path="/api/journals",
        status=201,
        error="",
        duration_s=2,
        request_id="r-7",
    )
    assert "token" not in repr(call)


def test_a_call_without_an_answer_is_logged_with_its_error() -> None:
    def reset(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadError("reset")

    call = logged(reset, lambda client: client.post("/journals"))
    assert (call.status, call.error, call.request_id, call.duration_s) == (None, "ReadError", "", 2)


def test_an_answer_that_breaks_off_is_logged_with_its_status_and_error() -> None:
    def breaking() -> Iterator[bytes]:
        yield b"{"
        raise httpx2.ReadError("reset")

    call = logged(lambda _: httpx2.Response(200, stream=Pieces(breaking())), lambda client: client.post("/journals"))
    assert (call.status, call.error) == (200, "ReadError")


def test_an_answer_that_is_not_read_to_its_end_is_logged_when_it_is_let_go() -> None:
    def ask(client: httpx2.Client) -> None:
        with client.stream("GET", "/journals") as answer:
            assert next(answer.iter_bytes()) == MEGABYTE

    call = logged(lambda _: httpx2.Response(200, stream=Pieces([MEGABYTE] * 3)), ask)
    assert (call.status, call.error) == (200, "")


def test_a_log_that_fails_changes_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    def failing(_: HttpCall) -> None:
        raise OSError("disk full")

    with guarded_client(HERE, transport=Books(plain), on_call=failing) as client:
        assert client.get("/journals").status_code == 200
    assert caplog.messages == ["a call was not logged"]


def test_the_http_librarys_own_log_keeps_quiet_of_addresses_and_tokens(caplog: pytest.LogCaptureFixture) -> None:
    with guarded_client(HERE, transport=Books(plain), headers=SECRET) as client, caplog.at_level(logging.DEBUG):
        client.get("/journals", params={"key": "token-3"})
    assert caplog.messages == []


def test_a_client_closed_from_its_own_thread_closes_at_once() -> None:
    books = Books(lambda _: httpx2.Response(200, stream=Pieces([MEGABYTE] * 3)))
    client = guarded_client(HERE, transport=books)
    with client.stream("GET", "/journals"):
        client.close()
        assert books.closed_by == [threading.current_thread()]


def test_a_client_closed_from_another_thread_lets_go_when_the_one_that_uses_it_is_done() -> None:
    arrived, release = threading.Event(), threading.Event()
    answers: list[int] = []
    refused: list[Exception] = []

    def hanging(_: httpx2.Request) -> httpx2.Response:
        arrived.set()
        release.wait()
        return httpx2.Response(200, stream=Pieces([b"late"]))

    books = Books(hanging)
    client = guarded_client(HERE, transport=books)

    def use() -> None:
        answers.append(client.get("/journals").status_code)
        try:
            client.get("/journals")
        except RuntimeError as error:
            refused.append(error)

    user = threading.Thread(target=use)
    user.start()
    arrived.wait()
    client.close()
    assert books.closed_by == []
    release.set()
    user.join()
    assert answers == [200]
    assert books.closed_by == [user]
    assert len(refused) == 1
    assert len(books.asked) == 1


def test_a_request_whose_turn_never_comes_is_not_sent() -> None:
    books = Books(plain)
    with guarded_client(HERE, transport=books, turn=lambda: False) as client, pytest.raises(httpx2.ConnectError):
        client.post("/journals")
    assert books.asked == []


def test_waiting_for_a_turn_takes_nothing_from_the_requests_time() -> None:
    clock = Clock()

    def turn() -> bool:
        clock.now_s += 600
        return True

    with guarded_client(HERE, transport=Books(plain), turn=turn, clock=clock) as client:
        assert client.get("/journals").status_code == 200


def test_a_request_that_waited_for_its_turn_until_the_client_was_closed_is_not_sent() -> None:
    books = Books(plain)

    def turn() -> bool:
        client.close()
        return True

    client = guarded_client(HERE, transport=books, turn=turn)
    with pytest.raises(ClientClosed):
        client.post("/journals")
    assert books.asked == []


@pytest.mark.parametrize("told", [AnswerTooLarge("x"), AnswerTooSlow("x"), AnswerUnreadable("x")])
def test_a_connector_that_takes_a_broken_answer_for_not_written_is_not_believed(told: httpx2.TransportError) -> None:
    with pytest.raises(OutcomeUnknown):
        session(post=sloppy(told)).post(entry())


def test_a_connector_is_believed_where_the_host_was_refused() -> None:
    with pytest.raises(TryLater):
        session(post=sloppy(HostRefused("x"))).post(entry())


def sloppy(error: httpx2.TransportError) -> Callable[[JournalEntry], Receipt]:
    """A connector that takes everything that goes wrong for not written."""

    def post(_: JournalEntry) -> Receipt:
        try:
            raise error
        except httpx2.TransportError as caught:
            raise TryLater("Down.") from caught

    return post


def test_the_plugin_host_loads_no_http_library_before_a_client_is_needed() -> None:
    asked = "import sys, hub.plugins; print(*{'httpx2', 'httpcore2', 'ssl', 'h11'}.intersection(sys.modules))"
    run = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == ""
