"""Following an export as it moves: a stream that ends by itself, keeps no session alive, and holds no thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from hub.service import people, signing_in
from hub.service.history import standing
from hub.web import following
from hub.web.following import Standing, Streams, follow
from tests.web.conftest import Site
from tests.web.test_history import newest


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOK_S", 0)


def told(
    looks: Sequence[Standing | None],
    *,
    seen: str = "",
    stopping: Callable[[], bool] = lambda: False,
    streams: Streams | None = None,
    hang_up_after: int = 100,
) -> str:
    """Return what a stream says while these are what it sees, one look each, the last one again and again."""
    left: Iterator[Standing | None] = iter([*looks, *[looks[-1]] * 100])
    response = follow(streams or Streams(), lambda: next(left), seen, stopping)
    said: list[str] = []

    async def send(message: Any) -> None:
        said.append(message.get("body", b"").decode())
        if len(said) > hang_up_after:
            raise OSError

    async def receive() -> Any:
        await asyncio.Event().wait()

    asyncio.run(response({"type": "http", "asgi": {"spec_version": "2.4"}}, receive, send))
    return "".join(said)


MOVING, FURTHER, AT_REST = (
    Standing(mark="1", moving=True),
    Standing(mark="2", moving=True),
    Standing(mark="3", moving=False),
)


def test_each_move_is_told_once_and_the_stream_ends_at_rest() -> None:
    said = told([MOVING, MOVING, FURTHER, FURTHER, AT_REST], seen="1")
    assert said.count("event: moved") == 1
    assert "id: 2\nevent: moved\n" in said
    assert said.endswith("id: 3\nevent: rest\ndata: \n\n")


def test_what_rests_already_is_told_to_who_knows_it_too() -> None:
    assert "event: rest" in told([AT_REST], seen="3")


def test_the_stream_ends_when_its_person_may_not_see_it_any_more() -> None:
    assert told([MOVING, None], seen="1").endswith("event: gone\ndata: \n\n")


def test_the_stream_ends_when_the_app_stops_and_after_a_while_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "event" not in told([MOVING], seen="1", stopping=lambda: True)
    monkeypatch.setattr(following, "LONGEST_S", 0)
    assert "event" not in told([MOVING], seen="1")


def test_a_quiet_stream_gives_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "ALIVE_S", -1)
    assert ": still here\n\n" in told([MOVING, MOVING, AT_REST], seen="1")


def test_a_stream_counts_as_long_as_it_is_open_and_one_too_many_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MOST_STREAMS", 1)
    monkeypatch.setattr(following, "ALIVE_S", -1)
    streams, open_ones = Streams(), []
    told([MOVING, AT_REST], streams=streams, stopping=lambda: bool(open_ones.append(streams.open)))
    assert set(open_ones) == {1}
    assert streams.open == 0
    with pytest.raises(ClientDisconnect):
        told([MOVING], streams=streams, hang_up_after=3)
    assert streams.open == 0
    with streams.one_more():
        assert follow(streams, lambda: None, "", lambda: False).status_code == 503


def test_an_export_at_rest_is_told_at_once_and_headers_keep_it_unstored(site: Site) -> None:
    code = newest(site)
    answer = site.visitor("viewer").client.get(f"/c/DEMO/exports/{code}/events")
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    mark = standing(site.hub, "DEMO", code)["mark"]
    assert f"id: {mark}\nevent: rest" in answer.text
    site.visitor("viewer").get("/c/DEMO/exports/none/events", 404)


def test_following_does_not_put_off_the_end_of_a_session(site: Site) -> None:
    code, visitor = newest(site), site.visitor("viewer")
    path = f"/c/DEMO/exports/{code}/events"
    for _ in range(5):
        site.moment += signing_in.IDLE / 4
        answer = visitor.client.get(path)
        if answer.status_code == 303:
            break
    assert answer.headers["location"].startswith("/sign-in")
    other = site.visitor("viewer")
    for _ in range(5):
        site.moment += signing_in.IDLE / 4
        other.get(f"/c/DEMO/exports/{code}")
    site.moment += timedelta(seconds=1)
    other.get(path)


def test_who_lost_their_access_or_session_meanwhile_is_told_nothing_more(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[following.Look] = []
    monkeypatch.setattr("hub.web.pages.progress.follow", _caught(looks))
    visitor, code = site.visitor("viewer"), newest(site)
    visitor.get(f"/c/DEMO/exports/{code}/events")
    assert looks[0]() == Standing(mark=standing(site.hub, "DEMO", code)["mark"], moving=False)
    people.give_access(site.hub, "DEMO", "viewer", people.Role.VIEWER, ["HB"])
    assert looks[0]() is None
    people.give_access(site.hub, "DEMO", "viewer", people.Role.VIEWER)
    assert looks[0]() is not None
    signing_in.end_sessions(site.hub, "viewer")
    assert looks[0]() is None


def _caught(looks: list[following.Look]) -> Callable[..., Any]:
    def caught(streams: Streams, look: following.Look, seen: str, stopping: Callable[[], bool]) -> Any:
        looks.append(look)
        return follow(streams, look, seen, stopping)

    return caught
