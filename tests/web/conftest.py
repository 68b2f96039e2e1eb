"""The web app on a demo company, and people of each role who visit it."""

from __future__ import annotations

import html
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from starlette.testclient import TestClient

import hub_csv_iif.connector
from hub.demo.loading import COMPANY, load
from hub.domain.access import Role
from hub.plugins import load as load_plugins
from hub.service import people, signing_in
from hub.service.companies import add_company
from hub.service.context import Hub
from hub.service.notices.recipients import add_recipient
from hub.service.people import person_named
from hub.store import Database, sqlite_url
from hub.web.app import create_app
from hub.web.options import WebOptions
from hub.web.security import token_of
from tests.audit_key import AUDIT_KEY
from tests.conftest import SqliteDatabases
from tests.passwords import CHEAP, cheap_passwords
from tests.web.small import small_company

__all__ = ["cheap_passwords"]

NOW = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
ADDRESS = "http://127.0.0.1:8000"
PASSWORD = "correct horse battery"
OTHER = "OTHER"
PEOPLE = ("support", "administrator", "exporter", "viewer", "other site", "other company")
"""Everyone who visits: `other site` administers the demo company's site HB only, `other company` administers OTHER.
`newcomer`, who looks at the demo company, is visited and never visits."""

Files = dict[str, tuple[str, bytes, str]]
"""What is uploaded: the field's name → the file's name, content and media type."""

_FIELD = re.compile(r'<input type="hidden" name="csrf" value="([^"]+)">')


class Visitor:
    """A browser, signed in or not; `client` is Starlette's own, which follows no redirects.

    portal: the event loop that all of them share, so that no request makes its own.
    """

    portal: ClassVar[BlockingPortal | None] = None

    def __init__(self, app: FastAPI) -> None:
        self.client = TestClient(app, base_url=ADDRESS, follow_redirects=False, client=("127.0.0.1", 50_000))
        self.client.portal = Visitor.portal

    def get(self, path: str, status: int = 200) -> str:
        """Return a page's HTML; it must answer with this status."""
        answer = self.client.get(path)
        where = answer.headers.get("location", "")
        assert answer.status_code == status, f"GET {path}: {answer.status_code} {where}\n{answer.text}"
        return answer.text

    def post(
        self, path: str, fields: Mapping[str, object] | None = None, *, files: Files | None = None, status: int = 303
    ) -> str:
        """Send a form with its token; return where it sends the browser, or its HTML where it does not."""
        sent: dict[str, Any] = {"csrf": self.token(), **(fields or {})}  # Any: a text or several
        answer = self.client.post(path, data=sent, files=files)
        assert answer.status_code == status, f"POST {path}: {answer.status_code}\n{answer.text}"
        return answer.headers["location"] if status == 303 else answer.text

    def token(self) -> str:
        """Return the token that this browser's forms carry: as every page does of a session, without asking for one."""
        if session := self.client.cookies.get("hub-session"):
            return token_of(session)
        found = _FIELD.search(self.client.get("/sign-in").text)
        assert found, "no form to sign in with"
        return found[1]

    def told(self, path: str) -> str:
        """Return a page as the words that are read."""
        return words(self.get(path))


def words(page: str) -> str:
    """Return a page's text without its markup, each run of spaces as one."""
    body = page.partition("<body")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", f"<body{body}")).split())


class Site:
    """The app with its hub; `moment` is what its clock says and may be moved."""

    def __init__(self, database: Database, home: Path, options: WebOptions | None = None) -> None:
        self.moment = NOW
        registry = load_plugins(only=[hub_csv_iif.connector])
        self.hub = Hub(database=database, registry=registry, clock=lambda: self.moment, home=home, actor="alice")
        self.app = create_app(self.hub, options)

    def visitor(self, who: str = "") -> Visitor:
        """Return a browser in which somebody of PEOPLE is signed in; nobody by default."""
        visitor = Visitor(self.app)
        if who:
            visitor.client.cookies.set("hub-session", self.session(who))
        return visitor

    def session(self, who: str) -> str:
        """Begin a session of somebody and return its token."""
        person = person_named(self.hub, who.replace(" ", "-"))
        with self.hub.database.write() as connection:
            return signing_in.begin(self.hub, connection, person.id, address="127.0.0.1", program="test")

    def later(self, **by: int) -> None:
        """Move the clock: site.later(hours=3)."""
        self.moment += timedelta(**by)


@pytest.fixture(scope="session", autouse=True)
def one_portal() -> Iterator[None]:
    """One event loop for every request of every browser, as making one takes as long as answering."""
    with start_blocking_portal() as Visitor.portal:
        yield
    Visitor.portal = None


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory, sqlite_databases: SqliteDatabases) -> Path:
    """A folder with a database in which the demo company and everyone of PEOPLE are; it is copied, never changed."""
    with pytest.MonkeyPatch.context() as cheaply:
        cheaply.setattr("hub.service.passwords.COST", CHEAP)
        return _loaded(tmp_path_factory.mktemp("demo"), sqlite_databases)


def _loaded(folder: Path, sqlite_databases: SqliteDatabases) -> Path:
    url = sqlite_databases.migrated()
    database = Database(url, audit_key=AUDIT_KEY)
    home = folder / "home"
    home.mkdir()
    registry = load_plugins(only=[hub_csv_iif.connector])
    hub = Hub(database=database, registry=registry, clock=lambda: NOW, home=home, actor="alice")
    load(hub)
    add_company(hub, code=OTHER, name="Other Restaurants", currency="USD")
    add_recipient(hub, "email", "support@hub.example")
    _add_people(hub)
    database.close()
    source = Path(url.removeprefix("sqlite:///"))
    _to_be_copied(source)
    shutil.copyfile(source, home / "hub.db")
    return home


def _to_be_copied(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _add_people(hub: Hub) -> None:
    for who in PEOPLE:
        people.add_person(
            hub, who.replace(" ", "-"), password=PASSWORD, full_name=who.title(), support=who == "support"
        )
    for role in (Role.ADMINISTRATOR, Role.EXPORTER, Role.VIEWER):
        people.give_access(hub, COMPANY, role.value, role)
    people.add_person(hub, "newcomer", password=PASSWORD)
    people.give_access(hub, COMPANY, "newcomer", Role.VIEWER)
    people.give_access(hub, COMPANY, "other-site", Role.ADMINISTRATOR, ["HB"])
    people.give_access(hub, OTHER, "other-company", Role.ADMINISTRATOR)


@pytest.fixture(scope="session")
def loaded_small(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same folder with the company of tests/web/small.py besides; it is copied, never changed."""
    home = tmp_path_factory.mktemp("small") / "home"
    with _copy_of(loaded, home) as site:
        small_company(site.hub)
    _to_be_copied(home / "hub.db")
    return home


@contextmanager
def _copy_of(loaded: Path, home: Path) -> Iterator[Site]:
    shutil.copytree(loaded, home)
    database = Database(sqlite_url(home / "hub.db"), audit_key=AUDIT_KEY)
    yield Site(database, home)
    database.close()


@pytest.fixture
def site(loaded: Path, tmp_path: Path) -> Iterator[Site]:
    """The app on the demo company (code DEMO, sites CK, DT and HB, connection `books`, 2026-10-31 not exported yet)."""
    with _copy_of(loaded, tmp_path / "home") as opened:
        yield opened


@pytest.fixture(scope="module")
def still_site(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The same app, one for all tests of a module: only for those that leave the database as it is."""
    with _copy_of(loaded, tmp_path_factory.mktemp("still") / "home") as opened:
        yield opened


@pytest.fixture
def small(loaded_small: Path, tmp_path: Path) -> Iterator[Site]:
    """The app on the demo company and on the one of tests/web/small.py."""
    with _copy_of(loaded_small, tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def public_site(site: Site) -> Site:
    """The same app reached by https://hub.example."""
    site.app = create_app(site.hub, WebOptions(public_url="https://hub.example", metrics_token="let-me-see"))
    return site
