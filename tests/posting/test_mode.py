"""Test mode: whatever is done in a test copy, what is real is byte for byte what it would have been without it."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from hypothesis import settings

from hub.api import Company, Connection, Connector, hookimpl
from hub.plugins import load
from hub.plugins.client import guarded_client
from hub.service import exporting, previewing
from hub.service.automatic import export_automatically
from hub.service.companies import SettingsRefused, companies, set_company
from hub.service.connecting.books_there import refuse_real_books
from hub.service.connections import add_connection
from hub.service.context import Refused, Route
from hub.service.enabling.beside import beside
from hub.service.enabling.copying import Copied, bring_up_to_date, copied_from, copy_of, make_test_copy
from hub.service.importing import import_rows
from hub.service.scope import reading
from hub.testing.connector import FakeConnector
from hub.testing.ledger import FakeLedger
from hub.testing.ledger.chart import CHART
from hub.testing.profile import Profile
from tests.posting.conftest import Templates, templates
from tests.posting.house import DECEMBER, GL, NOVEMBER, OCTOBER, House, codes

__all__ = ["templates"]

REAL, SANDBOX = "http://127.0.0.1:9", "http://127.0.0.1:8"
COPY = "ACME-TEST"
SEEDS = range(1 if settings.get_current_profile_name() == "test" else 25)
DAYS = (OCTOBER, NOVEMBER, DECEMBER, "2027-01-31")
WHAT_IS_REAL = (
    (
        "SELECT e.code, e.kind, e.count_date, e.sequence, e.phase, e.state, e.hash, e.decisions, p.kind AS posted, p.part, "
        "p.reference, p.key, p.entry, p.sha256, p.state AS stands, p.receipt, p.sends FROM export e JOIN company c "
        "ON c.id = e.company_id AND c.code = 'ACME' LEFT JOIN posting p ON p.export_id = e.id ORDER BY e.code, p.kind, p.part"
    ),
    (
        "SELECT s.code, g.name, o.value, o.asset_gl, o.asset_account, o.cogs_account, o.dimensions, o.as_of, o.state, "
        "a.code AS set_by, b.code AS replaced_by FROM on_books o JOIN company c ON c.id = o.company_id AND c.code = 'ACME' "
        "JOIN site s ON s.id = o.site_id JOIN category g ON g.id = o.category_id LEFT JOIN export a ON a.id = o.set_by "
        "LEFT JOIN export b ON b.id = o.replaced_by ORDER BY s.code, g.name, o.as_of, a.code, o.state"
    ),
    (
        "SELECT e.code, s.code AS site, x.count_date, x.prior_date, x.live, x.unsettled FROM export_count x "
        "JOIN company c ON c.id = x.company_id AND c.code = 'ACME' JOIN export e ON e.id = x.export_id "
        "JOIN site s ON s.id = x.site_id ORDER BY e.code, s.code"
    ),
    (
        "SELECT n.name, n.environment, n.books, n.settings, m.account_id, g.number FROM account_map m JOIN company c "
        "ON c.id = m.company_id AND c.code = 'ACME' JOIN connection n ON n.id = m.connection_id "
        "JOIN gl_account g ON g.id = m.gl_account_id ORDER BY n.name, g.number"
    ),
)
"""Everything that a real export is made of or leaves behind, but the numbers of rows."""


def _connector() -> FakeConnector:
    made = FakeConnector()
    made.info = replace(made.info, environments=("production", "local"))
    return made


@hookimpl
def hub_connectors() -> Iterable[Connector]:
    return (_connector(),)


class Tried(House):
    """A house whose connector has a place to try things out, with a ledger of its own there."""

    def __init__(self, url: str, home: Path) -> None:
        super().__init__(url, home)
        self.sandbox = FakeLedger(now=self.clock.now, profile=Profile.REQUEST_ID)
        plugin = SimpleNamespace(
            hub_connectors=hub_connectors, __name__="tried", __doc__="A connector with two places."
        )
        self.hub = replace(self.hub, registry=load(only=[plugin]))

    def _client(self, connection: Connection, route: Route) -> httpx2.Client:
        if self._address(connection) == REAL:
            return super()._client(connection, route)
        return guarded_client(SANDBOX, transport=self.sandbox.transport())

    def real(self) -> list[list[dict[str, Any]]]:
        return [self.query(statement) for statement in WHAT_IS_REAL]

    def copy(self) -> Copied:
        return make_test_copy(self.hub, "ACME", "books", environment="local", settings={"base_url": SANDBOX})

    def tries(self, day: str) -> dict[str, Any]:
        """Export a date from the test copy as it is shown."""
        when = date.fromisoformat(day)
        shown = previewing.preview(self.hub, COPY, when, "books")
        assert [each for each in shown["problems"] if each["level"] == "problem"] == []
        return exporting.export(self.hub, COPY, when, "books", expected_hash=shown["hash"])


@pytest.fixture
def tried(templates: Templates, tmp_path: Path) -> Any:
    house = Tried(templates.copy(Profile.REQUEST_ID, ("DT",), {}), tmp_path)
    yield house
    house.close()


def test_a_test_copy_has_the_real_map_and_count_and_opens_with_what_the_real_books_carry(tried: Tried) -> None:
    done = tried.copy()
    assert (done.company, done.accounts, done.unmatched, done.counts) == (COPY, 5, {}, 1)
    assert copied_from(tried.hub, COPY) == ("ACME", "books")
    assert (copy_of(tried.hub, "ACME", "books"), copied_from(tried.hub, "ACME")) == (COPY, None)
    found = beside(tried.hub, "ACME", "books")
    assert found is not None
    assert (found.same, found.only_real, found.only_test) == (6, (), ())
    assert found.real.debits == found.test.debits == "19582.42"
    assert (found.real.connection["environment"], found.test.connection["environment"]) == ("production", "local")


def test_a_test_export_posts_to_the_sandbox_and_leaves_the_real_books_and_offer_alone(tried: Tried) -> None:
    tried.copy()
    before, shown = tried.real(), tried.preview()
    assert tried.tries(OCTOBER)["state"] == "POSTED"
    assert (len(tried.sandbox.journals()), tried.journals()) == (1, [])
    assert tried.sandbox.trial_balance()["acc-1310"] == Decimal("5120.05") - Decimal("4812.37")
    assert tried.real() == before
    assert tried.preview() == shown
    assert exporting.exports(tried.hub, "ACME") == []
    (there,) = exporting.exports(tried.hub, COPY)
    assert there["export"] not in str(tried.real())


def test_the_copy_goes_on_from_its_own_exports_when_it_is_brought_up_to_date(tried: Tried) -> None:
    tried.copy()
    tried.tries(OCTOBER)
    tried.export()
    tried.counts(day=NOVEMBER, values={"Meat": "100.00", "Liquor": "7.00"})
    assert bring_up_to_date(tried.hub, "ACME", "books").counts == 1
    found = beside(tried.hub, "ACME", "books")
    assert found is not None
    assert (found.only_real, found.only_test, found.same) == ((), (), 8)
    assert tried.tries(NOVEMBER)["state"] == "POSTED"
    assert tried.sandbox.trial_balance()["acc-1310"] == Decimal("100.00") - Decimal("4812.37")


def history(house: Tried, seed: int, *, with_tests: bool) -> None:
    """Live through some months by chance: counts, re-maps, exports, undos; between them whatever a test copy is used for."""
    chance, aside = random.Random(seed), random.Random(seed + 1)
    rows = [f"{each.id},{each.number},{each.name},{each.kind}" for each in CHART if each.active]
    house.imports("chart", "id,number,name,kind", *rows, connection="books")
    for day in DAYS:
        values = {name: f"{chance.randrange(1, 900_000) / 100:.2f}" for name in ("Meat", "Liquor", "Produce")}
        house.counts(day=day, values=values)
        if chance.random() < 0.4:
            house.imports(
                "account-map",
                "gl_account,account_number",
                f"1310,{chance.choice(['1320', '1330'])}",
                connection="books",
            )
        meddles(house, aside, with_tests=with_tests)
        made = house.export(day, hash_=house.preview(day)["hash"])
        assert made["state"] == "POSTED", made["problems"]
        meddles(house, aside, with_tests=with_tests)
        if chance.random() < 0.4:
            assert house.undo(made["export"])["state"] == "UNDONE"
            meddles(house, aside, with_tests=with_tests)
            assert house.export(day)["state"] == "POSTED"


def meddles(house: Tried, aside: random.Random, *, with_tests: bool) -> None:
    """Use the test copy somehow: bring it up to date, export what it has on offer, undo it, map it otherwise."""
    steps = aside.sample(["copy", "export", "undo", "map", "count"], k=4)
    if not with_tests:
        return
    house.copy()
    for step in steps:
        offered = previewing.offered_counts(house.hub, COPY)
        live = [each for each in exporting.exports(house.hub, COPY) if each["state"] == "POSTED"]
        if step == "copy":
            bring_up_to_date(house.hub, "ACME", "books")
        elif step == "export" and offered:
            exporting.export(house.hub, COPY, date.fromisoformat(offered[-1]["count_date"]))
        elif step == "undo" and live:
            exporting.undo(house.hub, COPY, live[0]["export"])
        elif step == "map":
            rows = [{"gl_account": "1340", "account_number": "1330", "connection": "books"}]
            import_rows(house.database, COPY, "account-map", rows, actor="alice", now=house.clock.now())
        elif step == "count":
            row = {"count_date": "2027-02-28", "site": "DT", "quantity": "1", "value": "1.00"}
            rows = [{**row, "item": f"Any {name}", "category": name} for name in ("Meat", "Liquor", "Produce")]
            import_rows(house.database, COPY, "counts", rows, actor="alice", now=house.clock.now())


@pytest.mark.property
@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_real_is_byte_for_byte_the_same_whether_or_not_tests_were_made(
    seed: int, templates: Templates, tmp_path: Path
) -> None:
    lived = []
    for with_tests in (False, True):
        house = Tried(templates.copy(Profile.REQUEST_ID, ("DT",), {}), tmp_path / str(with_tests))
        history(house, seed, with_tests=with_tests)
        assert bool(house.sandbox.journals()) is with_tests
        lived.append((house.real(), house.journals(), dict(house.ledger.trial_balance().balances)))
        house.close()
    assert len(lived[0][0][0]) >= len(DAYS)
    assert lived[0] == lived[1]


def test_nothing_is_exported_from_a_test_copy_by_itself(tried: Tried) -> None:
    tried.copy()
    with pytest.raises(SettingsRefused, match="nothing is exported from it by itself"):
        set_company(tried.hub, COPY, {"mode": "automatic", "automatic_limit": "100000.00"})
    with tried.database.write() as connection:
        connection.exec_driver_sql("UPDATE company SET mode = 'automatic', automatic_limit = 99999999")
    assert len(export_automatically(tried.hub)) == 1, "the real one's"
    assert exporting.exports(tried.hub, COPY) == []


def test_a_test_copy_is_connected_to_no_customers_own_books(tried: Tried) -> None:
    tried.copy()
    with pytest.raises(Refused, match="no customer’s own books"):
        add_connection(tried.hub, COPY, connector="fake", name="more", settings={"base_url": REAL})
    with tried.database.write() as connection:
        connection.exec_driver_sql("UPDATE connection SET books = '4711', chosen_at = '2026-01-01 00:00:00.000000'")
        connection.exec_driver_sql("UPDATE connection SET environment = 'sandbox' WHERE environment = 'local'")
    with reading(tried.hub, COPY) as rows:
        row = rows.connection_row("books")
        refuse_real_books(rows, row, Company(id="4712", name="Demo Company", currency="USD"))
        with pytest.raises(Refused, match="a test copy never posts to real books"):
            refuse_real_books(rows, row, Company(id="4711", name="Acme", currency="USD"))


def test_what_the_sandbox_has_no_account_for_is_named_and_opening_values_wait_for_it(tried: Tried) -> None:
    rows = [f"acc-{number},{number},{name},{kind}" for number, (name, kind) in GL.items()]
    tried.imports("chart", "id,number,name,kind", *rows, "x-1,9310,Walk-in,asset", connection="books")
    tried.imports("account-map", "gl_account,account_number", "1310,9310", connection="books")
    done = tried.copy()
    assert {number: each.title for number, each in done.unmatched.items()} == {"1310": "9310 Walk-in"}
    shown = previewing.preview(tried.hub, COPY, date.fromisoformat(OCTOBER))
    assert {"opening_not_decided", "unmapped_account"} <= set(codes(shown))
    mapped = [{"gl_account": "1310", "account_number": "1320", "connection": "books"}]
    import_rows(tried.database, COPY, "account-map", mapped, actor="alice", now=tried.clock.now())
    assert bring_up_to_date(tried.hub, "ACME", "books").unmatched == {}
    assert tried.tries(OCTOBER)["state"] == "POSTED"


def test_a_place_that_the_connector_does_not_have_and_a_copy_of_a_copy_are_refused(tried: Tried) -> None:
    with pytest.raises(Refused, match="can be tried in local"):
        make_test_copy(tried.hub, "ACME", "books", environment="production", settings={"base_url": SANDBOX})
    with pytest.raises(Refused, match="no test copy"):
        bring_up_to_date(tried.hub, "ACME", "books")
    tried.copy()
    with pytest.raises(Refused, match="is a test copy already"):
        make_test_copy(tried.hub, COPY, "books", environment="local", settings={"base_url": SANDBOX})
    assert [(each["code"], each["test"]) for each in companies(tried.hub)] == [("ACME", False), (COPY, True)]
