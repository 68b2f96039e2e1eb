"""When jobs are due, by the wall clocks of places that change theirs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.engine import Job

NEW_YORK = "America/New_York"


def job(**when: Any) -> Job:
    return Job(name="check", run=lambda: None, **when)


def at(instant: str) -> datetime:
    return datetime.fromisoformat(instant).astimezone(UTC)


def dues(job: Job, first: str, last: str, step: timedelta = timedelta(minutes=5)) -> list[str]:
    """Every due instant seen by looking again and again, as a worker does."""
    seen: list[datetime] = []
    now = at(first)
    while now <= at(last):
        if (due := job.latest(now)) not in seen and due > at(first):
            seen.append(due)
        now += step
    return [due.isoformat() for due in seen]


@pytest.mark.parametrize(
    ("cron", "zone", "first", "last", "expected"),
    [
        pytest.param(
            "30 2 * * *",
            NEW_YORK,
            "2027-03-13T00:00-05:00",
            "2027-03-15T12:00-04:00",
            ["2027-03-13T07:30:00+00:00", "2027-03-14T07:30:00+00:00", "2027-03-15T06:30:00+00:00"],
            id="a time that the clocks skip runs an hour later",
        ),
        pytest.param(
            "30 1 * * *",
            NEW_YORK,
            "2027-11-06T00:00-04:00",
            "2027-11-08T12:00-05:00",
            ["2027-11-06T05:30:00+00:00", "2027-11-07T05:30:00+00:00", "2027-11-08T06:30:00+00:00"],
            id="a time that comes twice runs the first time",
        ),
        pytest.param(
            "0 6 * * 1",
            "Europe/London",
            "2026-10-19T00:00+01:00",
            "2026-11-02T12:00+00:00",
            ["2026-10-19T05:00:00+00:00", "2026-10-26T06:00:00+00:00", "2026-11-02T06:00:00+00:00"],
            id="a weekly time keeps to the wall clock across the change",
        ),
        pytest.param(
            "15 2 * * *",
            "Australia/Lord_Howe",
            "2026-10-03T00:00+10:30",
            "2026-10-05T12:00+11:00",
            ["2026-10-02T15:45:00+00:00", "2026-10-03T15:45:00+00:00", "2026-10-04T15:15:00+00:00"],
            id="half an hour skipped",
        ),
    ],
)
def test_each_time_of_the_wall_clock_is_due_once(
    cron: str, zone: str, first: str, last: str, expected: list[str]
) -> None:
    assert dues(job(cron=cron, time_zone=zone), first, last) == expected


def test_an_instant_is_due_when_it_comes_and_not_a_moment_before() -> None:
    nightly = job(cron="0 2 * * *", time_zone="UTC")
    assert nightly.latest(at("2026-05-05T02:00:00+00:00")) == at("2026-05-05T02:00:00+00:00")
    assert nightly.latest(at("2026-05-05T01:59:59.999999+00:00")) == at("2026-05-04T02:00:00+00:00")


def test_every_so_many_seconds_is_the_same_instant_for_every_worker() -> None:
    often = job(every_s=90)
    assert often.latest(at("1970-01-01T00:02:59+00:00")) == at("1970-01-01T00:01:30+00:00")
    assert often.latest(at("1970-01-01T00:03:00+00:00")) == at("1970-01-01T00:03:00+00:00")


@pytest.mark.parametrize(
    "when",
    [
        pytest.param({}, id="never"),
        pytest.param({"every_s": 5, "cron": "0 2 * * *", "time_zone": "UTC"}, id="two ways"),
        pytest.param({"every_s": 0}, id="no interval"),
        pytest.param({"cron": "0 2 * * *"}, id="no time zone"),
        pytest.param({"cron": "0 2 * *", "time_zone": "UTC"}, id="four fields"),
        pytest.param({"cron": "0 2 * * * *", "time_zone": "UTC"}, id="six fields"),
        pytest.param({"cron": "0 25 * * *", "time_zone": "UTC"}, id="no such hour"),
        pytest.param({"cron": "0 2 30 2 *", "time_zone": "UTC"}, id="no such day in any year"),
        pytest.param({"name": "a/b", "every_s": 5}, id="a slash in its name"),
    ],
)
def test_a_job_that_cannot_be_is_refused(when: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Job(**{"name": "check", "run": lambda: None, **when})


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(KeyError, match="Mars"):
        job(cron="0 2 * * *", time_zone="Mars/Olympus")
