"""The lossy network: what each fault does to a call, whether the ledger saw it, and how chance chooses."""

from __future__ import annotations

import json
import random
import zlib
from collections import Counter
from datetime import UTC, datetime

import httpx2
import pytest

from hub.testing import Fault, LossyTransport, SeededFaults, VirtualClock, writes
from hub.testing.spoiling import BOMB_BYTES
from tests.testing.kit import BASE_URL, World, journal_body

RAISED = {
    Fault.CONNECT_REFUSED: httpx2.ConnectError,
    Fault.CONNECT_TIMED_OUT: httpx2.ConnectTimeout,
    Fault.REQUEST_LOST: httpx2.ReadTimeout,
    Fault.WRITE_TIMED_OUT: httpx2.WriteTimeout,
    Fault.RESET_BEFORE: httpx2.ReadError,
    Fault.ANSWER_LOST: httpx2.ReadTimeout,
    Fault.RESET_AFTER: httpx2.ReadError,
    Fault.DISCONNECTED_AFTER: httpx2.RemoteProtocolError,
    Fault.BYTE_A_SECOND: httpx2.ReadTimeout,
}
STATUSES = {
    Fault.ERROR_500_BEFORE: 500,
    Fault.UNAVAILABLE_503: 503,
    Fault.REQUEST_TIMEOUT_408: 408,
    Fault.REDIRECT_307: 307,
    Fault.REDIRECT_302: 302,
    Fault.BAD_REQUEST_HTML: 400,
    Fault.THROTTLED_0: 429,
    Fault.THROTTLED_120: 429,
    Fault.THROTTLED_DATE: 429,
    Fault.THROTTLED_NEGATIVE: 429,
    Fault.THROTTLED_WORD: 429,
    Fault.THROTTLED_HUGE: 429,
    Fault.THROTTLED_SILENT: 429,
    Fault.ERROR_500_AFTER: 500,
    Fault.GATEWAY_TIMEOUT_504: 504,
    Fault.HTML_200: 200,
    Fault.EMPTY_200: 200,
    Fault.TRUNCATED: 201,
    Fault.NULL_200: 200,
    Fault.WRONG_CHARSET: 201,
    Fault.GZIP_BOMB: 201,
}
COMMITTED = {
    Fault.ANSWER_LOST,
    Fault.RESET_AFTER,
    Fault.DISCONNECTED_AFTER,
    Fault.BYTE_A_SECOND,
    Fault.ERROR_500_AFTER,
    Fault.GATEWAY_TIMEOUT_504,
    Fault.HTML_200,
    Fault.EMPTY_200,
    Fault.TRUNCATED,
    Fault.NULL_200,
    Fault.WRONG_CHARSET,
    Fault.GZIP_BOMB,
}


def transport(world: World, *faults: Fault | None) -> LossyTransport:
    planned = iter(faults)
    return LossyTransport(world.ledger.transport(), lambda _request: next(planned, None), clock=world.clock)


def raw_send(through: httpx2.BaseTransport) -> httpx2.Response:
    """Send a journal and return the answer as it came, its body neither read nor unzipped."""
    request = httpx2.Request("POST", f"{BASE_URL}/companies/1/journals", json=journal_body())
    return through.handle_request(request)


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_fires_is_counted_and_lets_the_ledger_write_or_not(fault: Fault) -> None:
    world = World()
    lossy = transport(world, fault)
    if fault in RAISED:
        with pytest.raises(RAISED[fault]), httpx2.Client(transport=lossy, base_url=BASE_URL) as client:
            client.post("/companies/1/journals", json=journal_body())
    else:
        assert raw_send(lossy).status_code == STATUSES[fault]
    assert lossy.fired == Counter({fault: 1})
    assert len(world.ledger.journals()) == (fault in COMMITTED)


def test_a_call_without_a_fault_passes_unchanged() -> None:
    world = World()
    lossy = transport(world, None)
    answer = raw_send(lossy)
    assert (answer.status_code, json.loads(answer.read())["journal"]["id"]) == (201, "J1001")
    assert (lossy.requests, lossy.fired) == (1, Counter())


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault.THROTTLED_0, "0"),
        (Fault.THROTTLED_120, "120"),
        (Fault.THROTTLED_DATE, "Mon, 02 Nov 2026 09:02:00 GMT"),
        (Fault.THROTTLED_NEGATIVE, "-5"),
        (Fault.THROTTLED_WORD, "soon"),
        (Fault.THROTTLED_HUGE, "999999999"),
        (Fault.THROTTLED_SILENT, None),
    ],
)
def test_a_throttled_call_is_told_to_wait_in_every_way_that_servers_have(fault: Fault, told: str | None) -> None:
    answer = raw_send(transport(World(), fault))
    assert answer.headers.get("Retry-After") == told
    assert answer.headers["Date"] == "Mon, 02 Nov 2026 09:00:00 GMT"


def test_redirects_lead_to_the_same_address_or_away() -> None:
    same, away = (raw_send(transport(World(), fault)) for fault in (Fault.REDIRECT_307, Fault.REDIRECT_302))
    assert same.headers["Location"] == f"{BASE_URL}/companies/1/journals"
    assert away.headers["Location"] == "http://elsewhere.example/"


def test_following_a_redirect_would_write_the_journal() -> None:
    world = World()
    with httpx2.Client(transport=transport(world, Fault.REDIRECT_307), follow_redirects=True) as client:
        client.post(f"{BASE_URL}/companies/1/journals", json=journal_body())
    assert len(world.ledger.journals()) == 1


@pytest.mark.parametrize("fault", [Fault.HTML_200, Fault.EMPTY_200, Fault.TRUNCATED, Fault.WRONG_CHARSET])
def test_a_spoiled_answer_is_no_json(fault: Fault) -> None:
    body = raw_send(transport(World(), fault)).read()
    with pytest.raises(ValueError):  # noqa: PT011 - any of json's, of bytes that are no UTF-8 too
        json.loads(body)


def test_a_null_answer_is_json_and_says_nothing() -> None:
    assert json.loads(raw_send(transport(World(), Fault.NULL_200)).read()) is None


def test_a_gzip_bomb_is_small_on_the_wire_and_two_hundred_megabytes_unpacked() -> None:
    answer = raw_send(transport(World(), Fault.GZIP_BOMB))
    packed = b"".join(answer.iter_raw())
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(packed) < 500_000
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    assert len(unpacking.decompress(packed, 1_000_000)) == 1_000_000
    assert int.from_bytes(packed[-4:], "little") == BOMB_BYTES


def test_a_time_out_takes_as_long_as_the_caller_waits_in_virtual_time() -> None:
    world = World()
    lossy = transport(world, Fault.ANSWER_LOST, Fault.CONNECT_TIMED_OUT, Fault.RESET_AFTER)
    timeout = httpx2.Timeout(20, connect=5)
    passed = []
    with httpx2.Client(transport=lossy, timeout=timeout) as client:
        for _ in range(3):
            before = world.clock.now()
            with pytest.raises(httpx2.TransportError):
                client.get(f"{BASE_URL}/companies")
            passed.append((world.clock.now() - before).total_seconds())
    assert passed == [20, 5, 0]


def test_the_caller_of_a_late_journal_waits_for_its_time_out() -> None:
    world = World()
    world.ledger.commit_late(60)
    start = world.clock.now()
    with httpx2.Client(transport=transport(world), timeout=20) as client, pytest.raises(httpx2.ReadTimeout):
        client.post(f"{BASE_URL}/companies/1/journals", json=journal_body())
    assert (world.clock.now() - start).total_seconds() == 20
    world.clock.advance(40)
    assert len(world.ledger.journals()) == 1


def test_a_byte_a_second_ends_when_the_callers_patience_does() -> None:
    world = World()
    start = world.clock.now()
    with (
        httpx2.Client(transport=transport(world, Fault.BYTE_A_SECOND), timeout=7) as client,
        client.stream("POST", f"{BASE_URL}/companies/1/journals", json=journal_body()) as answer,
    ):
        pieces = answer.iter_raw()
        assert [len(next(pieces)) for _ in range(7)] == [1] * 7
        with pytest.raises(httpx2.ReadTimeout):
            next(pieces)
    assert (world.clock.now() - start).total_seconds() == 7


def test_without_a_clock_a_time_out_is_raised_all_the_same() -> None:
    lossy = LossyTransport(World().ledger.transport(), lambda _request: Fault.ANSWER_LOST)
    with pytest.raises(httpx2.ReadTimeout, match="answer_lost"):
        raw_send(lossy)


def asked(faults: SeededFaults, times: int) -> list[Fault | None]:
    request = httpx2.Request("GET", BASE_URL)
    return [faults(request) for _ in range(times)]


def test_the_same_seed_gives_the_same_faults() -> None:
    first, second = (asked(SeededFaults.for_run(random.Random(seed)), 200) for seed in (7, 7))
    assert first == second
    assert first != asked(SeededFaults.for_run(random.Random(8)), 200)


def test_a_rate_of_nothing_never_fires_and_of_one_always_does() -> None:
    faults = SeededFaults(random.Random(1), {Fault.RESET_AFTER: 0, Fault.NULL_200: 1})
    assert set(asked(faults, 50)) == {Fault.NULL_200}


def test_over_many_runs_every_kind_is_switched_on_in_about_a_quarter_of_them() -> None:
    chance = random.Random(3)
    seen = Counter(kind for _ in range(1_000) for kind in SeededFaults.for_run(chance).rates)
    assert set(seen) == set(Fault)
    assert all(180 < times < 320 for times in seen.values())


def test_a_chooser_can_tell_writes_from_look_ups() -> None:
    world = World()
    lossy = LossyTransport(world.ledger.transport(), lambda request: Fault.UNAVAILABLE_503 if writes(request) else None)
    assert raw_send(lossy).status_code == 503
    look_up = httpx2.Request("GET", f"{BASE_URL}/companies/1/journals")
    assert lossy.handle_request(look_up).status_code == 200


def test_the_clock_that_a_date_is_counted_from_is_the_one_handed_in() -> None:
    clock = VirtualClock(datetime(2027, 1, 1, tzinfo=UTC))
    world = World(clock=clock)
    answer = raw_send(transport(world, Fault.THROTTLED_DATE))
    assert answer.headers["Retry-After"] == "Fri, 01 Jan 2027 00:02:00 GMT"
