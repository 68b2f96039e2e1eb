"""Suggested accounts: what is compared, how sure it is, and what is never suggested."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import Account, AccountKind
from hub.domain.setup import GlAccount
from hub.service.account_names import account_name, number_key
from hub.service.setup_suggestions import SURE_ENOUGH, Suggestion, fits, replacements, suggestions

ASSET, COGS, EXPENSE, LIABILITY = AccountKind.ASSET, AccountKind.COGS, AccountKind.EXPENSE, AccountKind.LIABILITY


def gl(number: str, name: str, kind: AccountKind = COGS) -> GlAccount:
    return GlAccount(number=number, name=name, kind=kind)


def account(number: str, name: str, kind: AccountKind | None = COGS, **more: object) -> Account:
    return Account(id=f"{number}/{name}", number=number, name=name, kind=kind, **more)  # type: ignore[arg-type]


def only(one: GlAccount, *chart: Account) -> Suggestion | None:
    return suggestions([one], chart).get(one.number)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Food Inventory", "Inventory Asset:Food"),
        ("Food Inv.", "FOOD INVENTORIES"),
        ("F&B Inv", "Food and Beverage Inventory"),
        ("COGS Bev", "Cost of Goods Sold:Beverages"),
        ("C.O.G.S. - Wine", "Cost of Sales:Wine"),
        ("Crème Pâtissière", "CREME PATISSIERE"),
        ("Dry-Goods Stock", "Inventory:Dry Goods"),
        ("Meat & Fish", "Fish and Meat"),
        ("5010 · Meat", "5000 · Cost of Goods Sold:5010 · Meat"),
        ("Berries", "Berry"),
        ("Tomatoes, Potatoes", "Tomato/Potato"),
        ("FoodInventory", "Inventory of Food"),
    ],
)
def test_names_that_mean_the_same_have_the_same_words(name: str, other: str) -> None:
    assert account_name("", name).own == account_name("", other).own


@pytest.mark.parametrize(
    ("name", "other"),
    [("Beer", "Beef"), ("Food", "Non-Food"), ("Restaurant", "Non Restaurant"), ("Due to", "Due from")],
)
def test_names_that_do_not_mean_the_same_have_other_words(name: str, other: str) -> None:
    assert account_name("", name).own != account_name("", other).own


@pytest.mark.parametrize(
    ("number", "other"), [("5010", "5010-000"), ("05010", "5010"), ("50-10", "5010"), ("110.00", "110")]
)
def test_numbers_are_the_same_however_they_are_written(number: str, other: str) -> None:
    assert number_key(number) == number_key(other)


def test_the_reason_says_what_is_the_same_and_of_what_type() -> None:
    found = only(gl("1200", "Food Inventory", ASSET), account("1200", "Inventory Asset:Food", ASSET))
    assert found == Suggestion(
        account=account("1200", "Inventory Asset:Food", ASSET),
        sure=99,
        reason="Same number 1200 and same name, both inventory assets.",
    )
    alike = only(gl("5", "COGS Vegetables"), account("77", "Vegtables"))
    assert alike is not None
    assert (alike.sure, alike.reason) == (89, "Name 94 % alike, both cost of goods sold.")


@pytest.mark.parametrize(
    ("kind", "other"),
    [(ASSET, COGS), (ASSET, LIABILITY), (COGS, ASSET), (LIABILITY, ASSET), (EXPENSE, AccountKind.INCOME)],
)
def test_an_account_of_a_type_that_cannot_be_right_is_never_suggested(kind: AccountKind, other: AccountKind) -> None:
    assert only(gl("5010", "Meat", kind), account("5010", "Meat", other)) is None


def test_costs_fit_each_other_and_are_less_sure() -> None:
    there = only(gl("5010", "Meat"), account("9", "Meat", EXPENSE))
    same = only(gl("5010", "Meat"), account("9", "Meat", COGS))
    assert there is not None
    assert same is not None
    assert (there.sure, same.sure) == (90, 95)
    assert "a cost as well, though of another type" in there.reason


@pytest.mark.parametrize("more", [{"active": False}, {"why_not_postable": "It is a control account."}])
def test_an_account_that_takes_no_lines_is_never_suggested(more: dict[str, object]) -> None:
    assert only(gl("5010", "Meat"), account("5010", "Meat", **more)) is None


def test_two_accounts_that_are_nearly_as_likely_make_neither_sure() -> None:
    found = only(gl("5010", "COGS Meat"), account("1", "Kitchen:Meat"), account("2", "Catering:Meat"))
    assert found is not None
    assert found.sure < SURE_ENOUGH
    assert found.reason.endswith("is nearly as likely.")


def test_a_number_that_says_one_account_and_a_name_that_says_another_make_neither_sure() -> None:
    found = only(gl("5110", "COGS Beer"), account("5110", "COGS Beer Glasses"), account("5200", "COGS Beer"))
    assert found is not None
    assert found.sure < SURE_ENOUGH


def test_a_number_alone_may_be_chance() -> None:
    found = only(gl("5010", "COGS Meat"), account("5010", "Advertising", EXPENSE))
    assert found is not None
    assert (found.sure, found.reason[:36]) == (45, "Same number 5010 and another name, a")


def test_gl_accounts_of_different_sides_never_get_one_account() -> None:
    chart = [account("", "Meat", None)]
    found = suggestions([gl("1310", "Meat", ASSET), gl("5010", "COGS Meat")], chart)
    assert len(found) == 1
    mapped = suggestions(
        [gl("5010", "COGS Meat")], chart, mapped={"1310": chart[0]}, known={"1310": gl("1310", "Meat", ASSET)}
    )
    assert mapped == {}


def test_gl_accounts_of_one_side_that_want_one_account_are_looked_at_first() -> None:
    chart = [account("7", "Food")]
    same = suggestions([gl("1", "COGS Food"), gl("2", "Foods")], chart)
    assert {each.sure for each in same.values()} == {60}
    mapped = suggestions([gl("1", "COGS Food")], chart, mapped={"9": chart[0]}, known={"9": gl("9", "Kitchen")})
    assert mapped["1"].sure == 60
    assert mapped["1"].reason.endswith("but GL Account 9 is mapped to it.")


def test_several_things_that_an_account_is_for_may_share_it() -> None:
    chart = [account("5110", "Beer and Spirits")]
    found = suggestions([gl("1", "COGS Beer"), gl("2", "COGS Spirits")], chart)
    assert [each.sure for each in found.values()] == [89, 89]
    beer = {"1": gl("1", "COGS Beer")}
    assert suggestions([gl("2", "COGS Spirits")], chart, mapped={"1": chart[0]}, known=beer)["2"].sure == 89
    assert found["1"].reason == "It is one of the things that the name names, both cost of goods sold."


def test_where_a_chart_tells_no_types_the_names_tell_them() -> None:
    chart = [account("", "Inventory:Meat", None), account("", "Cost of Goods Sold:Meat", None)]
    found = suggestions([gl("1310", "Meat Inventory", ASSET), gl("5010", "COGS Meat")], chart)
    assert [found[number].account for number in ("1310", "5010")] == chart


def test_an_account_of_everything_is_not_one_of_something() -> None:
    chart = [account("1300", "Inventory Asset", ASSET), account("5000", "Cost of Goods Sold")]
    assert suggestions([gl("1310", "Food Inventory", ASSET), gl("5010", "COGS Meat")], chart) == {}
    found = suggestions([gl("1", "Inventories", ASSET), gl("2", "Cost of Sales")], chart)
    assert [each.sure for each in found.values()] == [95, 95]


def test_a_short_name_finds_an_account_of_a_long_one() -> None:
    found = only(
        gl("1", "COGS Food"), account("5030", "COGS Prepared Food"), account("6", "Refrigerator Repairs", EXPENSE)
    )
    assert found is not None
    assert (found.account.number, found.reason) == ("5030", "Name 66 % alike, both cost of goods sold.")


def test_a_replacement_is_found_by_what_the_account_was_called() -> None:
    gone = account("5010", "COGS:Proteins", active=False)
    other, one = account("5900", "COGS:Protein"), gl("1", "Meat and Fish")
    found = replacements([(one, gone)], [gone, other])["1"]
    assert (found.account, found.sure) == (other, 95)
    assert found.reason == "By what 5010 COGS:Proteins was called: same name, both cost of goods sold."
    assert replacements([(one, gone)], [gone]) == {}


def test_a_replacement_by_the_name_here_and_one_by_the_name_there_make_neither_sure() -> None:
    gone = account("5010", "COGS:Proteins", active=False)
    found = replacements([(gl("1", "Meat"), gone)], [gone, account("1", "Meats"), account("2", "Protein")])
    assert found["1"].sure == 60


def test_a_replacement_that_another_gl_account_is_mapped_to_is_looked_at_first() -> None:
    gone, other = account("5010", "COGS Meat", active=False), account("5011", "COGS Meat", None)
    known = {"9": gl("9", "Kitchen"), "8": gl("8", "Stock of Meat", ASSET)}
    costs = replacements([(gl("1", "Meat"), gone)], [gone, other], mapped={"9": other}, known=known)
    assert costs["1"].reason.endswith("but GL Account 9 is mapped to it.")
    assert replacements([(gl("1", "Meat"), gone)], [gone, other], mapped={"8": other}, known=known) == {}


NAMES = st.text(st.sampled_from("abz é0:·&-'"), max_size=12)
KINDS = st.sampled_from([*AccountKind, None])
ACCOUNTS = st.lists(
    st.builds(
        lambda number, name, kind, active: Account(
            id=f"{number}{name}x", number=number, name=name, kind=kind, active=active
        ),
        st.text("0123", max_size=3),
        NAMES,
        KINDS,
        st.booleans(),
    ),
    max_size=6,
)
GL = st.lists(
    st.builds(gl, st.text("0123", min_size=1, max_size=3), NAMES, st.sampled_from(AccountKind)),
    max_size=4,
    unique_by=lambda each: each.number,
)


@given(GL, ACCOUNTS)
def test_whatever_accounts_are_called_a_suggestion_is_of_a_fitting_type_and_can_be_posted_to(
    accounts: list[GlAccount], chart: list[Account]
) -> None:
    found = suggestions(accounts, chart)
    kinds = {each.number: each.kind for each in accounts}
    sides: dict[Account, set[bool]] = {}
    for number, suggested in found.items():
        assert fits(kinds[number], suggested.account.kind)
        assert suggested.account.active
        assert 0 <= suggested.sure <= 100
        assert suggested.reason
        sides.setdefault(suggested.account, set()).add(kinds[number] in (COGS, EXPENSE))
    assert all(len(each) == 1 for each in sides.values())
