"""The sockets below the guarded client: every step ends when the request must, and nothing around it changes the way."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any

import httpcore2
import httpx2
import pytest

from hub.plugins.client import guarded_client
from tests.plugins.test_guarded_client import Clock

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Request-Id: r-1\r\n\r\n{}"
PATIENCE = httpx2.Timeout(30, connect=10)


class Network(httpcore2.NetworkBackend):
    """A network in memory: what arrives, how long each step takes, and what was asked of it."""

    def __init__(self, clock: Clock, arriving: Iterable[bytes] = (ANSWER,), *, step_s: float = 0) -> None:
        self.clock = clock
        self.arriving = iter(arriving)
        self.step_s = step_s
        self.connected: list[tuple[str, int]] = []
        self.contexts: list[ssl.SSLContext] = []
        self.written: list[bytes] = []
        self.timeouts: list[tuple[str, float | None]] = []
        self.before: dict[str, Callable[[], object]] = {}  # what happens while a step is taken

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any) -> Line:
        self.step("connect", timeout)
        self.connected.append((host, port))
        return Line(self)

    def step(self, name: str, timeout: float | None) -> None:
        self.timeouts.append((name, timeout))
        self.before.get(name, bool)()
        self.clock.now_s += self.step_s


class Line(httpcore2.NetworkStream):
    """One connection of it."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.network.step("read", timeout)
        return next(self.network.arriving, b"")

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.network.step("write", timeout)
        self.network.written.append(buffer)

    def close(self) -> None:
        pass

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Line:
        self.network.step("handshake", timeout)
        self.network.contexts.append(ssl_context)
        return self

    def get_extra_info(self, info: str) -> Any:
        return None


@pytest.fixture
def networked(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Network, httpx2.Client]]:
    """Return a network and a client on it."""

    def make(
        arriving: Iterable[bytes] = (ANSWER,), *, step_s: float = 0, **options: Any
    ) -> tuple[Network, httpx2.Client]:
        clock = Clock()
        network = Network(clock, arriving, step_s=step_s)
        monkeypatch.setattr(httpcore2, "SyncBackend", lambda: network)
        return network, guarded_client("https://ledgerly.example", clock=clock, timeouts=PATIENCE, **options)

    return make


Networked = Callable[..., tuple[Network, httpx2.Client]]


def a_byte_at_a_time(text: bytes) -> Iterator[bytes]:
    return (text[number : number + 1] for number in range(len(text)))


def test_a_request_goes_straight_to_its_host_over_verified_tls(networked: Networked) -> None:
    network, client = networked()
    with client:
        assert client.post("/journals", json={}).json() == {}
    (context,) = network.contexts
    assert network.connected == [("ledgerly.example", 443)]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.get_ca_certs()


def test_all_clients_share_one_tls_context(networked: Networked) -> None:
    contexts: list[ssl.SSLContext] = []
    for _ in range(2):
        network, client = networked()
        with client:
            client.get("/")
        contexts += network.contexts
    assert contexts[0] is contexts[1]


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_not_used(
    name: str, networked: Networked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "http://proxy.example:3128")
    network, client = networked()
    with client:
        client.get("/journals")
    assert network.connected == [("ledgerly.example", 443)]


def test_certificates_and_passwords_of_the_environment_are_not_used(
    networked: Networked, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "netrc").write_text("machine ledgerly.example login a password b\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    network, client = networked()
    with client:
        client.get("/journals")
    assert b"authorization" not in b"".join(network.written).lower()


def test_each_step_has_its_time_out_and_no_more_than_is_left_of_the_request(networked: Networked) -> None:
    network, client = networked(step_s=9, longest_s=40)
    with client:
        client.get("/journals")
    assert network.timeouts == [("connect", 10), ("handshake", 10), ("write", 22), ("read", 13)]


SLOW: dict[str, tuple[bytes, type[httpx2.TransportError]]] = {
    "a byte a second of headers": (ANSWER, httpx2.ReadTimeout),
    "a byte a second of body": (b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 100, httpx2.ReadTimeout),
    "go-ahead after go-ahead": (b"HTTP/1.1 100 Continue\r\n\r\n" * 9, httpx2.ReadTimeout),
}


@pytest.mark.parametrize(("arriving", "error"), SLOW.values(), ids=SLOW.keys())
def test_a_byte_a_second_ends_with_the_request(
    arriving: bytes, error: type[httpx2.TransportError], networked: Networked
) -> None:
    network, client = networked(a_byte_at_a_time(arriving), step_s=1, longest_s=30)
    with client, pytest.raises(error):
        client.get("/journals")
    assert network.clock.now_s == 1030


def test_a_large_body_is_sent_in_steps_that_end_with_the_request(networked: Networked) -> None:
    network, client = networked(step_s=10, longest_s=60)
    with client, pytest.raises(httpx2.WriteTimeout):
        client.post("/journals", content=bytes(10_000_000))
    assert [timeout for name, timeout in network.timeouts if name == "write"] == [30, 30, 20, 10]
    assert max(map(len, network.written)) == 65_536


def test_a_host_that_cannot_be_reached_in_time_was_sent_nothing(networked: Networked) -> None:
    network, client = networked(step_s=61, longest_s=60)
    with client, pytest.raises(httpx2.ConnectTimeout):
        client.get("/journals")
    assert network.written == []


@pytest.mark.parametrize(
    ("step", "error", "written"),
    [("connect", httpx2.ConnectTimeout, 0), ("handshake", httpx2.WriteTimeout, 0), ("write", httpx2.WriteTimeout, 1)],
)
def test_no_byte_leaves_once_another_thread_has_closed_the_client(
    step: str, error: type[httpx2.TransportError], written: int, networked: Networked
) -> None:
    network, client = networked()
    network.before[step] = lambda: in_another_thread(client.close)
    with pytest.raises(error):
        client.post("/journals", content=b"a journal")
    assert len(network.written) == written
    assert b"a journal" not in network.written


def test_an_answer_that_comes_after_another_thread_has_closed_the_client_is_read(networked: Networked) -> None:
    network, client = networked()
    network.before["read"] = lambda: in_another_thread(client.close)
    assert client.post("/journals", content=b"a journal").json() == {}
    assert b"a journal" in network.written


def in_another_thread(work: Callable[[], object]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


ENDS: dict[str, tuple[list[bytes], type[httpx2.TransportError]]] = {
    "without an answer": ([], httpx2.RemoteProtocolError),
    "in the headers": ([ANSWER[:20]], httpx2.RemoteProtocolError),
    "in the body": ([ANSWER[:-1]], httpx2.RemoteProtocolError),
    "with something else than HTTP": ([b"SSH-2.0-OpenSSH\r\n\r\n"], httpx2.RemoteProtocolError),
    "with headers of 200,000 bytes": ([b"HTTP/1.1 200 OK\r\n" + b"X: " + b"v" * 200_000], httpx2.RemoteProtocolError),
}


@pytest.mark.parametrize(("arriving", "error"), ENDS.values(), ids=ENDS.keys())
def test_an_answer_that_ends(arriving: list[bytes], error: type[httpx2.TransportError], networked: Networked) -> None:
    network, client = networked(arriving)
    with client, pytest.raises(error):
        client.get("/journals")
    assert len(network.connected) == 1


def test_nothing_is_sent_twice_on_a_connection_that_the_server_has_closed(networked: Networked) -> None:
    network, client = networked([ANSWER])
    with client:
        client.get("/first")
        with pytest.raises(httpx2.RemoteProtocolError, match="disconnected"):
            client.post("/journals")
    assert sum(b"POST /journals" in written for written in network.written) == 1
    assert len(network.connected) == 1


class Server:
    """Answers on 127.0.0.1, connection by connection."""

    def __init__(self, answers: list[bytes]) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._answers = answers
        self.asked: list[bytes] = []
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listening.close()
        self._thread.join(10)

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        with connection:
            for answer in self._answers:
                self.asked.append(connection.recv(65_536))
                connection.sendall(answer)


def test_a_real_connection_is_kept_for_the_next_request() -> None:
    with closing(Server([ANSWER, ANSWER])) as server, guarded_client(server.address) as client:
        answers = [client.get("/first"), client.get("/second")]
    assert [(answer.json(), answer.headers["x-request-id"]) for answer in answers] == [({}, "r-1")] * 2
    assert [asked.split()[1] for asked in server.asked] == [b"/first", b"/second"]


def test_a_refused_connection_is_an_error_in_connecting() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with guarded_client(address) as client, pytest.raises(httpx2.ConnectError):
        client.post("/journals")


def test_a_real_answer_that_stalls_ends_at_the_time_out() -> None:
    brief = httpx2.Timeout(0.05, connect=5)
    with (
        closing(Server([ANSWER[:-1], b""])) as server,
        guarded_client(server.address, timeouts=brief) as client,
        pytest.raises(httpx2.ReadTimeout),
    ):
        client.get("/journals")
