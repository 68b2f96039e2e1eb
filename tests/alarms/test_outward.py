"""What the hub calls by somebody else's choice is never on a private network, and no answer leads it elsewhere."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hub.plugins.outward import AddressRefused, check_address, is_public, outward_client
from hub.service.ways import NotDelivered, call_out, ways_of

HERE = frozenset({"127.0.0.1"})
NOWHERE: frozenset[str] = frozenset()


class Program(BaseHTTPRequestHandler):
    """Answers each call with what its path names, and keeps it."""

    asked: list[tuple[str, bytes]] = []  # noqa: RUF012  of the class, as each request has its own instance

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.asked.append((self.path, body))
        status = int(self.path.strip("/"))
        self.send_response(status)
        if status in range(300, 400):
            self.send_header("location", "/204")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's own name
        """Say nothing."""


@pytest.fixture(scope="module")
def program() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Program)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.mark.parametrize("status", [204, 500, 302])
def test_it_is_called_once_and_a_redirect_is_not_followed(program: str, status: int) -> None:
    Program.asked.clear()
    body = json.dumps({"status": status}).encode()
    assert call_out(f"{program}/{status}", body, {"content-type": "application/json"}, HERE) == status
    assert Program.asked == [(f"/{status}", body)]


def test_nothing_reaches_a_machine_that_the_operator_did_not_name(program: str) -> None:
    Program.asked.clear()
    for url in (program, program.replace("http:", "https:"), program.replace("127.0.0.1", "localhost")):
        with pytest.raises(NotDelivered):
            call_out(f"{url}/204", b"{}", {}, NOWHERE)
    assert Program.asked == []


def test_a_name_that_leads_to_a_private_network_by_the_time_of_the_call_is_not_called() -> None:
    with (
        outward_client(
            "https://program.example/", hosts=NOWHERE, resolve=lambda _: ["93.184.216.34", "10.1.2.3"], longest_s=5
        ) as client,
        pytest.raises(AddressRefused, match="private network"),
    ):
        client.post("https://program.example/", content=b"{}")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "ff02::1",
    ],
)
def test_an_address_of_no_public_machine_is_told_from_others(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_a_public_address_may_be_called(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://program.example/",
        "ftp://program.example/",
        "https://user@program.example/",
        "https://program.example/#part",
        "https:///alarms",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "program.example",
        "",
    ],
)
def test_an_address_that_must_not_be_called_is_refused_by_itself(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_address(url, NOWHERE)


def test_the_operator_names_hosts_that_may_be_private_and_without_tls() -> None:
    ways = ways_of({"HUB_WEBHOOK_HOSTS": "Chat.internal, 10.0.0.7"})
    assert check_address("http://chat.internal/alarms", ways.hosts) == "chat.internal"
    with pytest.raises(AddressRefused):
        check_address("http://other.internal/alarms", ways.hosts)
