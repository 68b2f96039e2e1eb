"""What happens to maps when the chart changes overnight: found, remapped by what is suggested, and exported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hub.api import Account, AccountKind, Dimension, DimensionValue
from hub.service.enabling.missing import accounts_missing, sites_missing
from hub.service.map_health import AccountFinding, Trouble, check_maps, map_health
from hub.service.maps import account_key
from hub.service.saving import RowEdit, save_edits
from hub.service.scope import reading
from hub.testing.lossy import Fault
from tests.conftest import Databases
from tests.connecting.conftest import MakeSigned
from tests.connecting.signed_house import SignedHouse
from tests.connecting.vendor import SignedSession
from tests.posting.house import GL, codes

NEW = Account(id="acc-5105", number="5105", name="COGS Liquor and Spirits", kind=AccountKind.COGS)


def mapped(house: SignedHouse) -> SignedHouse:
    """Sign in, read the chart, and map every GL Account as the page does: by id, number and name."""
    house.sign_in()
    check_maps(house.hub, house.company, "books")
    rows = (f"{number},acc-{number},{number},{name}" for number, (name, _) in GL.items())
    house.imports("account-map", "gl_account,account_id,account_number,account_name", *rows, connection="books")
    return house


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[SignedHouse]:
    made = SignedHouse(databases.migrated(), tmp_path / "home")
    made.hub.home.mkdir(mode=0o700)
    made.set_up()
    made.counts()
    yield mapped(made)
    made.close()


def remap(house: SignedHouse, finding: AccountFinding) -> None:
    """Press what is offered for a finding."""
    assert finding.replacement is not None
    to = finding.replacement.account
    columns = {"account_id": to.id, "account_number": to.number, "account_name": to.name}
    before = {"account": account_key(finding.now or finding.was)}
    edit = RowEdit(key=("books", finding.gl.number), before=before, after={"account": to.id}, columns=columns)
    assert save_edits(house.hub, house.company, "account-map", [edit]) == 1


def troubles(findings: Sequence[AccountFinding]) -> dict[str, Trouble]:
    return {each.gl.number: each.trouble for each in findings}


def test_an_account_made_inactive_overnight_is_found_remapped_and_exported(house: SignedHouse) -> None:
    assert check_maps(house.hub, house.company, "books").problems == ()
    house.ledger.add_account(NEW)
    house.ledger.deactivate("acc-5100")
    house.clock.advance(20 * 3600)
    assert map_health(house.hub, house.company, "books").problems == ()
    health = check_maps(house.hub, house.company, "books")
    (found,) = health.remapping
    assert (found.gl.number, found.trouble, found.message) == (
        "5100",
        Trouble.INACTIVE,
        "5100 COGS Liquor was made inactive.",
    )
    assert (found.effects.next_date, found.effects.waiting, found.effects.carried) == (date(2026, 10, 31), (), ())
    (problem,) = health.problems
    assert (problem.code, problem.blocking, problem.where.gl_account) == ("map_account_inactive", True, "5100")
    assert "The export of 2026-10-31 needs it." in problem.message
    assert "Map it to 5105 COGS Liquor and Spirits" in problem.fix
    assert "account_inactive" in codes(house.preview())
    with reading(house.hub, house.company) as rows:
        missing = [(each.code, each.message) for each in accounts_missing(rows, "books")]
    assert missing == [("account_inactive", "GL Account 5100: 5100 COGS Liquor was made inactive.")]

    remap(house, found)
    assert map_health(house.hub, house.company, "books").problems == ()
    shown = house.preview()
    assert codes(shown) == []
    made = house.export(hash_=shown["hash"])
    assert made["state"] == "POSTED"
    assert house.ledger.trial_balance()["acc-5105"] == Decimal("-9650.00")


def test_an_export_that_waits_with_the_account_is_told(make_signed: MakeSigned) -> None:
    house = mapped(make_signed(full=True))
    hash_ = house.preview()["hash"]
    house.down = Fault.CONNECT_REFUSED
    made = house.export(hash_=hash_)
    assert made["state"] == "FROZEN"
    house.down = None
    house.ledger.deactivate("acc-5010")
    house.clock.advance(3600)
    (found,) = check_maps(house.hub, house.company, "books").remapping
    assert found.effects.waiting == (made["export"],)
    assert f"Export {made['export']} waits with it" in " ".join(found.effects.sentences)


def test_the_books_that_carry_inventory_in_an_account_are_told(make_signed: MakeSigned) -> None:
    house = mapped(make_signed(full=True))
    house.ledger.deactivate("acc-1310")
    (found,) = check_maps(house.hub, house.company, "books").remapping
    assert found.effects.carried == ("DT",)
    assert found.replacement is None
    assert found.effects.next_date == date(2026, 10, 31)


def test_each_way_in_which_an_account_can_change_is_told_apart(make_signed: MakeSigned) -> None:
    house = mapped(make_signed(full=True))
    changed = (
        "acc-1310,1310,Food Inventory,asset,no",
        "acc-1340,1340,Wine Cellar,asset,yes",
        "acc-5010,5011,COGS Meat,cogs,yes",
        "acc-5020,5020,COGS Produce,asset,yes",
    )
    house.imports("chart", "id,number,name,kind,active", *changed, connection="books")
    health = map_health(house.hub, house.company, "books")
    assert troubles(health.accounts) == {
        "1310": Trouble.INACTIVE,
        "5020": Trouble.OTHER_TYPE,
        "1340": Trouble.RENAMED,
        "5010": Trouble.RENAMED,
    }
    told = {each.gl.number: each.message for each in health.accounts}
    assert told["1340"] == "1340 Liquor Inventory is called 1340 Wine Cellar now."
    assert told["5010"] == "5010 COGS Meat is called 5011 COGS Meat now."
    assert [problem.level.value for problem in health.problems][2:] == ["note", "note"]
    assert troubles(health.remapping) == {"1310": Trouble.INACTIVE, "5020": Trouble.OTHER_TYPE}


def test_an_account_that_vanished_is_gone_and_its_like_is_offered(make_signed: MakeSigned) -> None:
    house = mapped(make_signed(full=True))
    house.imports("chart", "id,number,name,kind", "old-1,5300,COGS Dessert,cogs", connection="books")
    house.imports("gl-accounts", "number,name,kind", "5300,COGS Dessert,cogs")
    row = "5300,old-1,5300,COGS Dessert"
    house.imports("account-map", "gl_account,account_id,account_number,account_name", row, connection="books")
    again = Account(id="new-1", number="5300", name="COGS Desserts", kind=AccountKind.COGS)
    house.ledger.add_account(again)
    (found,) = check_maps(house.hub, house.company, "books").remapping
    assert (found.trouble, found.message) == (
        Trouble.GONE,
        "5300 COGS Dessert is not in the chart of accounts any more.",
    )
    assert found.replacement is not None
    assert (found.replacement.account.id, found.replacement.sure) == ("new-1", 99)
    assert not found.effects.any
    remap(house, found)
    assert map_health(house.hub, house.company, "books").problems == ()


def test_values_of_sites_that_are_gone_inactive_or_missing_are_told(
    make_signed: MakeSigned, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_signed(full=True)
    house.sign_in()
    there = [DimensionValue(id="1", name="Downtown"), DimensionValue(id="2", name="Uptown", active=False)]
    subsidiary = Dimension(name="subsidiary", label="Subsidiary", required=True, values=(there[0],))
    dimensions = [Dimension(name="class", label="Class", values=tuple(there)), subsidiary]
    monkeypatch.setattr(SignedSession, "dimensions", lambda _: dimensions)
    house.imports("site-map", "site,dimension,value", "DT,class,Midtown", connection="books")
    told = {
        each.dimension: (each.trouble, each.message) for each in check_maps(house.hub, house.company, "books").sites
    }
    assert told == {
        "class": (Trouble.GONE, "Site DT: there is no Class Midtown any more."),
        "subsidiary": (Trouble.MISSING, "Site DT has no Subsidiary, which is needed."),
    }
    house.imports("site-map", "site,dimension,value", "DT,class,Uptown", "DT,subsidiary,1", connection="books")
    (found,) = map_health(house.hub, house.company, "books").sites
    assert found.trouble is Trouble.INACTIVE
    house.imports("site-map", "site,dimension,value", "DT,class,Downtown", connection="books")
    assert map_health(house.hub, house.company, "books").problems == ()


@pytest.mark.parametrize("named", ["7", "Group:West", "West"])
def test_a_value_that_is_meant_by_its_id_or_the_end_of_its_name_is_neither_an_alarm_nor_missing(
    make_signed: MakeSigned, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    house = make_signed(full=True)
    house.sign_in()
    values = (DimensionValue(id="7", name="Group:West"), DimensionValue(id="8", name="Group:East"))
    subsidiary = Dimension(name="subsidiary", label="Subsidiary", required=True, values=values)
    monkeypatch.setattr(SignedSession, "dimensions", lambda _: [subsidiary])
    house.imports("site-map", "site,dimension,value", f"DT,subsidiary,{named}", connection="books")
    assert check_maps(house.hub, house.company, "books").sites == ()
    with reading(house.hub, house.company) as rows:
        assert sites_missing(rows, "books") == []


def test_what_a_site_lacks_is_missing_before_it_can_export(
    make_signed: MakeSigned, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_signed(full=True)
    house.sign_in()
    subsidiary = Dimension(name="subsidiary", label="Subsidiary", required=True, values=())
    there = (DimensionValue(id="1", name="Downtown"),)
    class_ = Dimension(name="class", label="Class", values=there)
    monkeypatch.setattr(SignedSession, "dimensions", lambda _: [subsidiary, class_])
    house.imports("site-map", "site,dimension,value", "DT,class,Midtown", connection="books")
    check_maps(house.hub, house.company, "books")
    with reading(house.hub, house.company) as rows:
        told = {each.code for each in sites_missing(rows, "books")}
    assert told == {"dimension_required", "dimension_missing"}
