"""Programs that call the API of the demo company."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import text
from sqlmodel import SQLModel
from starlette.testclient import TestClient

from hub.demo.loading import COMPANY
from hub.domain.access import Scope
from hub.service.tokens import add_token, tokens
from hub.store import Database, sqlite_url
from hub.store.audit import trail_ends
from hub.web.api.problems import MEDIA_TYPE
from tests.audit_key import AUDIT_KEY
from tests.passwords import cheap_passwords
from tests.web.conftest import ADDRESS, Site, loaded, site

__all__ = ["cheap_passwords", "loaded", "site"]

API = f"/api/v1/companies/{COMPANY}"
JSON = {"content-type": "application/json"}


class Program:
    """A program with a token of its own; paths are below its company."""

    def __init__(self, site: Site, *scopes: Scope, company: str = COMPANY) -> None:
        name = f"program {len(tokens(site.hub, company)) + 1}"
        self.token = add_token(site.hub, company, name, scopes or list(Scope))
        self.site = site
        self.client = TestClient(
            site.app, base_url=ADDRESS, client=("192.0.2.1", 1), headers={"authorization": f"Bearer {self.token}"}
        )

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        """Return what is answered, which must have this status."""
        return checked(self.client.get(API + path, params=query), status)

    def post(self, path: str, sent: object = None, status: int = 200) -> Any:
        """Send JSON, or nothing, and return what is answered."""
        return checked(self.client.post(API + path, **({} if sent is None else {"json": sent})), status)

    def send(self, path: str, content: Any, kind: str = "application/json") -> Response:
        """Send bytes, or an iterator of them, and return the answer."""
        return self.client.post(API + path, content=content, headers={"content-type": kind} if kind else {})


def checked(answer: Response, status: int) -> Any:
    """Return the JSON of an answer, which must have this status; one that is not done must list every problem."""
    assert answer.status_code == status, f"{answer.request.url}: {answer.status_code}\n{answer.text}"
    if status >= 400:
        assert answer.headers["content-type"] == MEDIA_TYPE
    return answer.json()


def where(refused: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the place of each problem of an answer."""
    return [each["where"] for each in refused["problems"]]


@pytest.fixture(scope="module")
def office(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo company for all tests of a module: those that ask for what can be asked for again and again."""
    home = tmp_path_factory.mktemp("office") / "home"
    shutil.copytree(loaded, home)
    database = Database(sqlite_url(home / "hub.db"), audit_key=AUDIT_KEY)
    yield Site(database, home)
    database.close()


@pytest.fixture
def program(site: Site) -> Program:
    """A program that may do everything in the demo company."""
    return Program(site)


def kept(site: Site) -> dict[str, object]:
    """Return how much is in each table, and how far the audit trails have come: what a refusal leaves alone."""
    with site.hub.database.read() as connection:
        sizes: dict[str, object] = {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in SQLModel.metadata.tables
            if name != "sign_in_tries"
        }
        return sizes | {"trails": [str(end.head) for end in trail_ends(connection)]}
