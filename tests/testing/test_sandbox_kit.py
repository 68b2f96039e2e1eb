"""What every sandbox is made of: its clock, faults, limits and books, its controls, and a socket that really closes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.testing.clock import START, VirtualClock
from hub.testing.sandbox import (
    READ,
    AnswerLost,
    AppTransport,
    BookAccount,
    BookJournal,
    BookLine,
    Books,
    CallLimits,
    Desk,
    Faults,
    Front,
    MovableClock,
    Planned,
    UnknownFault,
    Window,
    control_routes,
    serve_app,
    switch,
    texts,
)

BASE = "http://sandbox.example"
FOOD, COGS = BookAccount(id="81", name="Inventory <Asset>"), BookAccount(id="80", name="Cost of Goods Sold")


def journal(number: str = "1", amount: int = 481237, *, moves: bool = True) -> BookJournal:
    lines = (BookLine(account="81", amount=amount), BookLine(account="80", amount=-amount))
    return BookJournal(
        id=number, date=date(2026, 10, 31), reference="IA7K2Q9XM4B", status="Posted", lines=lines, moves=moves
    )


class Shop:
    """A sandbox of one address: it writes a journal, late or without an answer where it is told to."""

    def __init__(self, base_url: str = BASE, clock: VirtualClock | MovableClock | None = None) -> None:
        self.clock = clock or VirtualClock()
        self.books = Books("1", "Acme & Sons", "USD", (FOOD, COGS))
        self.others = Books("2", "Other", "JPY", (FOOD, COGS))
        self.desk = Desk(
            clock=self.clock,
            companies=(self.books, self.others),
            faults=Faults(("lost_answer", "late_commit")),
            limits=CallLimits(self.clock.now, Window(calls=2, seconds=1), Window(calls=3, seconds=60)),
        )
        self.strict = True
        self.named: list[str] = []
        changes = {"strict": switch(self._set_strict), "names": texts(self.named.extend)}
        routes = [Route("/journals", self.write, methods=["POST"]), *control_routes(self.desk, base_url, changes)]
        self.app = Front(self.desk, base_url, routes, lambda _request: JSONResponse({"missing": True}, 404))

    async def write(self, _request: Request) -> Response:
        late = self.desk.faults.take("late_commit")
        if late is not None:
            self.desk.write_late(late.seconds, lambda: self.books.put(journal("late")))
            raise AnswerLost
        self.books.put(journal())
        if self.desk.faults.take("lost_answer"):
            raise AnswerLost
        return JSONResponse({"id": "1"})

    def _set_strict(self, on: bool) -> None:  # noqa: FBT001 - a switch's own value
        self.strict = on


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def client(shop: Shop) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=BASE, transport=AppTransport(shop.app)) as client:
        yield client


def test_books_balance_and_follow_what_is_put_replaced_and_removed(shop: Shop) -> None:
    shop.books.put(journal("1"))
    shop.books.put(journal("2", 5, moves=False))
    assert shop.books.trial_balance() == {"81": 481237, "80": -481237}
    shop.books.put(journal("1", 7))
    assert shop.books.trial_balance() == {"81": 7, "80": -7}
    shop.books.remove("1")
    assert shop.books.trial_balance() == {"81": 0, "80": 0}
    with pytest.raises(ValueError, match="not balance"):
        shop.books.put(replace(journal(), lines=(BookLine(account="81", amount=1),)))
    with pytest.raises(ValueError, match="99"):
        shop.books.put(replace(journal(), lines=(BookLine(account="99", amount=0),)))


def test_the_ledger_is_json_for_a_program_and_a_page_with_links_for_a_browser(
    shop: Shop, client: httpx2.Client
) -> None:
    client.post("/journals")
    told = client.get("/_sandbox/ledger").json()
    assert told["trial_balance"] == [
        {"account": "81", "name": "Inventory <Asset>", "debit": "4812.37", "credit": "0.00"},
        {"account": "80", "name": "Cost of Goods Sold", "debit": "0.00", "credit": "4812.37"},
    ]
    (first,) = told["journals"]
    assert first["lines"] == [{"account": "81", "amount": "4812.37"}, {"account": "80", "amount": "-4812.37"}]
    assert client.get("/_sandbox/ledger?company=2").json()["journals"] == []
    assert client.get("/_sandbox/ledger?company=3").status_code == 404
    page = client.get("/_sandbox/ledger", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}).text
    assert f'href="{BASE}/_sandbox/ledger/journal?company=1&amp;id=1"' in page
    assert "Acme &amp; Sons" in page
    assert "<Asset>" not in page
    one = client.get("/_sandbox/ledger/journal?company=1&id=1", headers={"Accept": "text/html"})
    assert "4812.37" in one.text
    assert client.get("/_sandbox/ledger/journal?company=1&id=9").status_code == 404


def test_an_answer_is_lost_as_often_as_it_was_planned(shop: Shop, client: httpx2.Client) -> None:
    planned = client.post("/_sandbox/faults", json={"fault": "lost_answer", "times": 2}).json()
    assert planned["planned"] == {"lost_answer": 2}
    for _ in range(2):
        with pytest.raises(httpx2.RemoteProtocolError):
            client.post("/journals")
    assert client.post("/journals").json() == {"id": "1"}
    assert client.get("/_sandbox/faults").json()["fired"] == {"lost_answer": 2}


def test_a_late_commit_comes_when_the_clock_says_so(shop: Shop, client: httpx2.Client) -> None:
    client.post("/_sandbox/faults", json={"fault": "late_commit", "seconds": 300})
    with pytest.raises(httpx2.RemoteProtocolError):
        client.post("/journals")
    client.post("/_sandbox/faults", json={"advance_seconds": 299})
    assert client.get("/_sandbox/ledger").json()["journals"] == []
    client.post("/_sandbox/faults", json={"advance_seconds": 1})
    assert [each["id"] for each in client.get("/_sandbox/ledger").json()["journals"]] == ["late"]


def test_the_controls_set_what_they_say(shop: Shop, client: httpx2.Client) -> None:
    changes = {"closed_through": "2026-09-30", "limits": False, "strict": False, "names": ["a"], "advance_seconds": 60}
    assert client.post("/_sandbox/faults", json=changes).status_code == 200
    assert shop.books.is_closed(date(2026, 9, 30))
    assert not shop.books.is_closed(date(2026, 10, 1))
    assert (shop.desk.limits.on, shop.strict, shop.named) == (False, False, ["a"])
    assert shop.clock.now() == START + timedelta(seconds=60)
    assert client.post("/_sandbox/faults", json={"closed_through": None}).json()["closed_through"] is None
    client.post("/_sandbox/faults", json={"fault": "lost_answer"})
    assert client.post("/_sandbox/faults", json={"clear": True}).json()["planned"] == {}


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {"unknown": 1},
        {"fault": "nonsense"},
        {"fault": "lost_answer", "times": 0},
        {"fault": "lost_answer", "times": True},
        {"fault": "lost_answer", "seconds": -1},
        {"fault": "lost_answer", "on": "never"},
        {"fault": "lost_answer", "body": 1},
        {"advance_seconds": -1},
        {"advance_seconds": "1"},
        {"closed_through": "yesterday"},
        {"limits": 1},
        {"names": "a"},
    ],
)
def test_a_control_that_makes_no_sense_is_refused_with_the_reason(client: httpx2.Client, wrong: object) -> None:
    answer = client.post("/_sandbox/faults", json=wrong)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]


def test_a_body_that_is_no_json_is_refused(client: httpx2.Client) -> None:
    assert client.post("/_sandbox/faults", content=b"fault=lost").status_code == 400


def test_what_has_no_route_is_answered_as_the_sandbox_says(client: httpx2.Client) -> None:
    assert client.get("/elsewhere").json() == {"missing": True}


def test_a_fault_of_reads_waits_for_a_read() -> None:
    faults = Faults(("throttle",))
    faults.plan("throttle", Planned(on=READ))
    assert faults.take("throttle") is None
    assert faults.take("throttle", READ) is not None
    assert faults.take("throttle", READ) is None
    with pytest.raises(UnknownFault):
        faults.plan("other")


def test_limits_are_windows_that_slide() -> None:
    clock = VirtualClock()
    limits = CallLimits(clock.now, Window(calls=2, seconds=1), Window(calls=3, seconds=60, name="minute"))
    assert [limits.admit("1"), limits.admit("1"), limits.admit("2")] == [None, None, None]
    refused = limits.admit("1")
    assert refused is not None
    assert (refused.window.calls, refused.wait_s) == (2, 1)
    clock.advance(1)
    assert limits.admit("1") is None
    clock.advance(1)
    refused = limits.admit("1")
    assert refused is not None
    assert (refused.window.name, refused.wait_s) == ("minute", 58)
    assert limits.left("1", limits.windows[1]) == 0
    limits.on = False
    assert limits.admit("1") is None


def test_a_movable_clock_only_goes_on() -> None:
    clock = MovableClock()
    before = clock.now()
    clock.advance(3600)
    assert clock.now() - before >= timedelta(seconds=3600)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)


def test_over_a_real_socket_a_lost_answer_is_a_closed_connection_and_the_next_call_is_answered() -> None:
    shops: list[Shop] = []

    def make(base_url: str) -> Front:
        shops.append(Shop(f"{base_url}/folder", MovableClock()))
        return shops[0].app

    with serve_app(make) as base_url, httpx2.Client(base_url=f"{base_url}/folder", trust_env=False) as client:
        client.post("/_sandbox/faults", json={"fault": "lost_answer"})
        with pytest.raises(httpx2.TransportError):
            client.post("/journals")
        assert [each["id"] for each in client.get("/_sandbox/ledger").json()["journals"]] == ["1"]
        assert client.post("/journals").status_code == 200
        shops[0].desk.faults.plan("lost_answer")
        assert raw_answer(base_url, "/folder/journals") == b""
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", urlsplit(base_url).port or 0))


def raw_answer(base_url: str, path: str) -> bytes:
    """Return every byte that comes back for a POST."""
    address = urlsplit(base_url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode())
        try:
            return connection.recv(1000)
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize(("any_case", "status"), [(True, 200), (False, 404)])
def test_paths_are_taken_in_any_case_where_the_system_does(shop: Shop, status: int, *, any_case: bool) -> None:
    async def answer(_request: Request) -> Response:
        return JSONResponse({})

    routes = [Route("/api/journals", answer, methods=["GET"])]
    front = Front(shop.desk, f"{BASE}/Folder", routes, lambda _request: Response(status_code=404), any_case=any_case)
    with httpx2.Client(base_url=BASE, transport=AppTransport(front)) as client:
        assert client.get("/Folder/API/Journals").status_code == status
        assert client.get("/Folder/api/journals").status_code == 200
