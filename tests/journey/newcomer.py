"""A new customer in a real browser beside the stand-in of a connector: set up and counted, and connected to nothing yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hub.app import posting
from hub.demo.half_year import DATA, OFFERED_DATE, counts_file
from hub.plugins import load as load_plugins
from hub.service import people, signing_in
from hub.service.companies import add_company
from hub.service.connecting.clients import needs_client, set_client
from hub.service.connections import connector_of
from hub.service.context import Hub
from hub.service.importing import import_file, import_rows
from hub.store import Database
from hub.web.app import create_app
from hub.web.sandboxes import StandIns, served
from tests.audit_key import AUDIT_KEY
from tests.conftest import SqliteDatabases
from tests.journey.browsing import Browsing
from tests.journey.conftest import opened
from tests.passwords import CHEAP
from tests.web.conftest import NOW, PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser


NEW, SUPPORT = "NEW", "sam"
SITES = {"CK": "Commissary", "DT": "Downtown", "HB": "Harborside"}


class Customer:
    """A hub with one customer, whose inventory is set up and counted and whose books are connected to nothing yet."""

    def __init__(self, hub: Hub, stand_in: Mapping[str, str]) -> None:
        self.hub = hub
        self.stand_in = stand_in
        self.app = create_app(hub)
        people.add_person(hub, SUPPORT, password=PASSWORD, full_name="Sam", support=True)
        add_company(hub, code=NEW, name="Larkspur Table Group", currency="USD")
        people.add_person(hub, "erin", password=PASSWORD, full_name="Erin Exporter")
        for kind in ("gl-accounts", "departments", "categories"):
            assert import_file(hub.database, NEW, kind, DATA / f"{kind}.csv", actor="alice", now=hub.clock()).stored
        sites = [{"site": code, "name": name} for code, name in SITES.items()]
        assert import_rows(hub.database, NEW, "sites", sites, actor="alice", now=hub.clock()).stored
        counts = DATA / counts_file(OFFERED_DATE)
        assert import_file(hub.database, NEW, "counts", counts, actor="alice", now=hub.clock()).stored

    def session(self, who: str) -> str:
        """Begin a session of somebody and return its token."""
        person = people.person_named(self.hub, who)
        with self.hub.database.write() as connection:
            return signing_in.begin(self.hub, connection, person.id, address="127.0.0.1", program="test")


Begins = Callable[[str], AbstractContextManager[Browsing]]


@pytest.fixture
def customer_of(tmp_path: Path, sqlite_databases: SqliteDatabases, browser: Browser) -> Iterator[Begins]:
    """Serves a new customer in Chromium beside the stand-in of a connector, where it has one."""

    @contextmanager
    def begun(connector: str) -> Iterator[Browsing]:
        registry = load_plugins()
        database = Database(sqlite_databases.migrated(), audit_key=AUDIT_KEY)
        hub = Hub(
            database=database, registry=registry, clock=lambda: NOW, home=tmp_path, actor="alice", posting=posting()
        )
        stands = served(registry, connector, 0) if connector in registry.sandboxes else nullcontext({})
        with stands as told_by, pytest.MonkeyPatch.context() as cheaply:
            cheaply.setattr("hub.service.passwords.COST", CHEAP)
            site = Customer(hub, told_by)
            with opened(site, browser, tmp_path) as browsing:
                if told_by:
                    StandIns({connector: told_by}).register(browsing.address)
                if needs_client(connector_of(hub, connector)):
                    client = {name: told_by[name] for name in ("client_id", "client_secret")}
                    set_client(hub, connector, {**client, "environment": "local"})
                yield browsing
        database.close()

    return begun


def customer_in(browsing: Browsing) -> Customer:
    assert isinstance(browsing.site, Customer)
    return browsing.site
