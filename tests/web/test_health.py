"""What whoever watches over the hub is told."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from hub.service.posting import life
from tests.web.conftest import ADDRESS, Site

TOKEN = {"authorization": "Bearer let-me-see"}


def figures(page: str) -> dict[str, str]:
    """Each figure's name with its labels → its value."""
    return dict(re.findall(r"^(hub_\S+(?:{.*})?) (\S+)$", page, re.MULTILINE))


def test_it_is_alive_and_ready_and_says_nothing_more(site: Site) -> None:
    assert site.visitor().get("/healthz") == "alive\n"
    assert site.visitor().get("/readyz") == "ready\n"


@pytest.mark.parametrize(
    "harm",
    ["UPDATE alembic_version SET version_num = '0001'", "UPDATE meta SET audit_key = 'another'", "DROP TABLE meta"],
)
def test_it_is_not_ready_with_a_database_that_it_cannot_work_on(site: Site, harm: str) -> None:
    with site.hub.database.write() as connection:
        connection.execute(text(harm))
    assert site.visitor().get("/readyz", 503) == "not ready\n"
    assert site.visitor().get("/healthz") == "alive\n"


def test_the_exports_are_counted_by_state(site: Site) -> None:
    shown = figures(site.visitor().get("/metrics"))
    assert shown['hub_exports{state="POSTED"}'] == "5.0"
    assert shown["hub_oldest_export_under_way_seconds"] == "0.0"
    assert shown["hub_journals_waiting_for_a_person"] == "0.0"


def test_an_export_that_stands_still_grows_old_and_one_that_needs_a_person_is_counted(site: Site) -> None:
    with site.hub.database.write() as connection:
        connection.execute(text("UPDATE export SET state = 'UNKNOWN' WHERE id = 1"))
        connection.execute(text("UPDATE posting SET needs_attention = 'outcome_unknown' WHERE export_id = 1"))
    site.later(minutes=10)
    shown = figures(site.visitor().get("/metrics"))
    assert shown['hub_exports{state="UNKNOWN"}'] == "1.0"
    assert shown["hub_oldest_export_under_way_seconds"] == "600.0"
    assert shown["hub_journals_waiting_for_a_person"] == "1.0"


def test_the_workers_alive_are_counted(site: Site) -> None:
    assert figures(site.visitor().get("/metrics"))["hub_workers_alive"] == "0.0"
    life.start(replace(site.hub, posting=replace(site.hub.posting, worker="one")))
    assert figures(site.visitor().get("/metrics"))["hub_workers_alive"] == "1.0"


def test_a_method_that_nobody_knows_makes_no_figure_of_its_own(site: Site) -> None:
    visitor = site.visitor()
    visitor.client.request("BREW", "/sign-in")
    assert "BREW" not in visitor.get("/metrics")


def test_the_figures_are_for_this_machine_or_who_has_the_token(public_site: Site) -> None:
    here = TestClient(public_site.app, base_url=ADDRESS, client=("127.0.0.1", 1))
    away = TestClient(public_site.app, base_url="https://hub.example", client=("192.0.2.7", 1))
    relayed = TestClient(public_site.app, base_url="https://hub.example", client=("127.0.0.1", 1))
    assert here.get("/metrics").status_code == 200
    assert here.get("/metrics", headers={"x-forwarded-for": "192.0.2.7"}).status_code == 404
    assert relayed.get("/metrics").status_code == 404
    assert away.get("/metrics").status_code == 404
    assert away.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 404
    assert away.get("/metrics", headers=TOKEN).status_code == 200


def test_without_a_token_set_no_token_is_right(site: Site) -> None:
    away = TestClient(site.app, base_url=ADDRESS, client=("192.0.2.7", 1))
    assert away.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404
