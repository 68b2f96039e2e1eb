"""The ledger over a real socket, in a thread and in a process of its own, whose file another process can read."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub.api import Connection, OutcomeUnknown
from hub.testing import FakeLedger, Fault, LossyTransport, Profile, Settings, kept, serve
from hub.testing.ledger import events
from tests.testing.kit import KEY, Script, World, connector, entry, journal_body

WAIT_S = 30


@contextmanager
def client(base_url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=base_url, timeout=WAIT_S, trust_env=False) as opened:
        yield opened


@contextmanager
def over_the_socket(world: World, *faults: Fault | None) -> Iterator[httpx2.Client]:
    """A client of a served ledger whose first calls meet these faults on the server's side."""
    lossy = LossyTransport(world.ledger.transport(), Script(faults))
    with serve(world.ledger, transport=lossy) as base_url, client(base_url) as opened:
        yield opened


def post(world: World, through: httpx2.Client) -> str:
    settings = Settings(base_url=str(through.base_url), profile=world.profile)
    session = connector().open(Connection(name="books", settings=settings, client=through))
    return session.post(entry()).id


@pytest.mark.parametrize("profile", list(Profile))
def test_the_connector_posts_over_a_real_socket(profile: Profile) -> None:
    world = World(profile)
    with over_the_socket(world) as through:
        assert post(world, through) == "J1001"
        assert through.get("/_ledger").json()["journals"][0]["reference"] == "IA7K2Q9XM4B"


@pytest.mark.parametrize(
    ("fault", "journals"),
    [
        (Fault.REQUEST_LOST, 0),
        (Fault.ANSWER_LOST, 1),
        (Fault.RESET_AFTER, 1),
        (Fault.UNAVAILABLE_503, 0),
        (Fault.REDIRECT_302, 0),
        (Fault.EMPTY_200, 1),
        (Fault.TRUNCATED, 1),
        (Fault.WRONG_CHARSET, 1),
        (Fault.BYTE_A_SECOND, 1),
    ],
)
def test_faults_reach_a_real_client_through_the_socket(fault: Fault, journals: int) -> None:
    world = World()
    with over_the_socket(world, fault) as through, pytest.raises(OutcomeUnknown):
        post(world, through)
    assert len(world.ledger.journals()) == journals


def test_a_network_can_be_lossy_on_the_callers_side_of_the_socket() -> None:
    world = World()
    with serve(world.ledger) as base_url:
        lossy = LossyTransport(httpx2.HTTPTransport(trust_env=False), Script([Fault.TRUNCATED]))
        with httpx2.Client(transport=lossy, base_url=base_url) as through:
            with pytest.raises(OutcomeUnknown) as raised:
                post(world, through)
            assert raised.value.code == "unreadable"
            assert through.get("/companies").json()["companies"][0]["id"] == "1"
    assert len(world.ledger.journals()) == 1


def test_a_late_commit_closes_the_connection_and_the_next_call_opens_another() -> None:
    world = World(Profile.REQUEST_ID)
    world.ledger.commit_late(60)
    with over_the_socket(world) as through:
        with pytest.raises(OutcomeUnknown):
            post(world, through)
        world.clock.advance(60)
        assert post(world, through) == "J1001"


def test_one_connection_carries_several_calls() -> None:
    world = World()
    with serve(world.ledger) as base_url, client(base_url) as opened:
        streams = []
        for _ in range(3):
            with opened.stream("GET", "/companies") as response:
                streams.append(response.extensions["network_stream"].get_extra_info("client_addr"))
                response.read()
    assert len(set(streams)) == 1


def test_many_clients_write_at_once_and_nothing_is_lost() -> None:
    world = World(Profile.NO_KEY)
    with serve(world.ledger) as base_url:

        def write(number: int) -> int:
            with client(base_url) as opened:
                body = journal_body(reference=f"R{number}")
                return opened.post("/companies/1/journals", json=body).status_code

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(write, range(40))) == {201}
    assert len({journal.id for journal in world.ledger.journals()}) == 40
    assert world.ledger.trial_balance().total == 0


class Process:
    """A ledger in a process of its own."""

    def __init__(self, file: Path, *options: str) -> None:
        command = [sys.executable, "-m", "hub.testing.ledger", "--file", str(file), *options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        ready: dict[str, Any] = json.loads(self._process.stdout.readline())
        return ready

    def __exit__(self, *error: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(WAIT_S) == 0
        assert self._process.stdout is not None
        self._process.stdout.close()


def test_a_ledger_in_a_process_keeps_its_journals_in_a_file_and_begins_with_them_again(tmp_path: Path) -> None:
    file = tmp_path / "journals.jsonl"
    world = World(Profile.REQUEST_ID)
    with Process(file, "--profile", "request_id") as ready, client(ready["base_url"]) as opened:
        assert post(world, opened) == "J1001"
        assert [journal.reference for journal in kept(file)] == ["IA7K2Q9XM4B"]
    with Process(file, "--profile", "request_id", "--latency-ms", "1") as ready, client(ready["base_url"]) as opened:
        assert post(world, opened) == "J1001"  # the key is known still
        told = opened.get("/_ledger").json()
        assert [journal["id"] for journal in told["journals"]] == ["J1001"]
        assert {row["account"]: row["debit"] for row in told["trial_balance"]}["acc-1310"] == "4812.37"
        opened.post("/companies/1/journals", json=journal_body(), params={"request_id": "f" * 32})
    assert [journal.id for journal in kept(file)] == ["J1001", "J1002"]
    assert [journal.key for journal in kept(file)] == [KEY, "f" * 32]


def test_a_ledger_in_a_process_loses_answers_writes_late_and_throttles_when_told_to(
    tmp_path: Path, repository: Path
) -> None:
    file = tmp_path / "journals.jsonl"
    options = ("--profile", "no_key", "--chart", str(repository / "examples" / "chart.csv"), "--company", "7")
    with (
        Process(file, *options, "--lose-answers", "1", "--late", "0.01", "--late-share", "1") as ready,
        client(ready["base_url"]) as opened,
    ):
        assert ready["company"] == "7"
        told = journal_body()
        for line, number in zip(told["lines"], ("1310", "1340"), strict=True):
            line["account_number"] = number
            del line["account_id"]
        with pytest.raises(httpx2.TransportError):
            opened.post("/companies/7/journals", json=told)
        while not kept(file):  # it comes by itself, though nobody calls
            pass
    with Process(file, *options, "--calls-per-minute", "1") as ready, client(ready["base_url"]) as opened:
        statuses = [opened.get("/companies").status_code for _ in range(2)]
    assert statuses == [200, 429]


def test_the_file_tells_changes_and_deletions_and_a_line_half_written_is_left_out(tmp_path: Path) -> None:
    from hub.testing.ledger.state import StateFile

    file = tmp_path / "journals.jsonl"
    state = StateFile(file, World().ledger.accounts)
    world = World(options={"told": state.append})
    world.send()
    world.send()
    world.ledger.edit("J1001", memo="corrected")
    world.ledger.delete("J1002")
    state.close()
    with file.open("a") as half:
        half.write('{"event": "wri')
    assert [(event, journal.id) for event, journal in events(file)] == [
        ("written", "J1001"),
        ("written", "J1002"),
        ("changed", "J1001"),
        ("deleted", "J1002"),
    ]
    assert kept(file) == world.ledger.journals()
    assert list(events(tmp_path / "nothing.jsonl")) == []


def test_a_restored_ledger_numbers_on_after_what_it_had() -> None:
    first = World()
    first.send()
    first.send()
    again = FakeLedger(now=first.clock.now, profile=Profile.NO_KEY)
    again.restore(first.ledger.journals())
    with httpx2.Client(transport=again.transport(), base_url="http://ledger.example") as opened:
        opened.post("/companies/1/journals", json=journal_body())
    assert [journal.id for journal in again.journals()] == ["J1001", "J1002", "J1003"]
    assert again.trial_balance().total == 0


def test_the_connector_is_found_by_a_hub_of_another_process(tmp_path: Path) -> None:
    from hub.testing import install_fake

    program = "from hub.plugins import load; print(*load().connectors)"
    command = [sys.executable, "-c", program]
    environment = {"PYTHONPATH": str(install_fake(tmp_path))}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert "fake" in found.split()
