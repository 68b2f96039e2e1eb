"""Secrets in the database: what opens them, and what does not."""

from __future__ import annotations

import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.api import ReconnectNeeded
from hub.service.connecting.books_there import companies_there
from hub.service.connecting.keys import key_problems, rotate_keys
from hub.service.context import Refused
from hub.service.doctoring import doctor
from hub.service.environment import key_ring_of
from hub.store.key_ring import KeyRing, VaultClosed
from hub.store.vault import Vault
from tests.connecting.conftest import MakeSigned
from tests.connecting.signed_house import SignedHouse
from tests.connecting.vendor import CLIENT_SECRET

SECRET = {"access": "an access canary", "refresh": "ein Schlüssel"}


def vault(folder: Path, name: str = "vault.keys") -> Vault:
    return Vault(KeyRing(folder / name))


def test_a_secret_opens_where_it_belongs_and_nowhere_else(tmp_path: Path) -> None:
    sealed = vault(tmp_path).seal(SECRET, "tokens", "company-1", "sign-in-1")
    assert "canary" not in sealed
    assert vault(tmp_path).open(sealed, "tokens", "company-1", "sign-in-1") == SECRET
    elsewhere = [("tokens", "company-2", "sign-in-1"), ("client", "company-1", "sign-in-1"), ("tokens", "company-1")]
    for bound in elsewhere:
        with pytest.raises(VaultClosed, match="Connect again"):
            vault(tmp_path).open(sealed, *bound)


def test_two_seals_of_one_secret_differ(tmp_path: Path) -> None:
    one, other = (vault(tmp_path).seal(SECRET, "tokens") for _ in range(2))
    assert one != other


@pytest.mark.parametrize("spoilt", ["", "1", "nonsense", "2.abc.def", "1.{key}.", "1.{key}.AAAA", "1.{key}.é"])
def test_what_is_no_sealed_secret_is_said_to_be_none(tmp_path: Path, spoilt: str) -> None:
    key = vault(tmp_path).keys.newest().id
    with pytest.raises(VaultClosed):
        vault(tmp_path).open(spoilt.replace("{key}", key), "tokens")


def test_each_changed_character_of_a_sealed_secret_is_noticed(tmp_path: Path) -> None:
    sealed = vault(tmp_path).seal(SECRET, "tokens")
    start = sealed.rindex(".") + 1
    for place in range(start, len(sealed) - 4, 7):
        other = "A" if sealed[place] != "A" else "B"
        with pytest.raises(VaultClosed):
            vault(tmp_path).open(sealed[:place] + other + sealed[place + 1 :], "tokens")


def test_the_keys_are_made_at_the_first_secret_for_their_owner_alone(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "vault.keys")
    assert not (tmp_path / "vault.keys").exists()
    key = ring.newest()
    assert stat.S_IMODE((tmp_path / "vault.keys").stat().st_mode) == 0o600
    assert ring.newest().id == key.id
    assert key.secret.hex() not in repr(key) + repr(ring) + repr(Vault(ring))


def test_keys_that_others_may_read_are_not_used(tmp_path: Path) -> None:
    sealed = vault(tmp_path).seal(SECRET, "tokens")
    (tmp_path / "vault.keys").chmod(0o640)
    with pytest.raises(VaultClosed, match="chmod 600"):
        vault(tmp_path).open(sealed, "tokens")


@pytest.mark.parametrize("content", ["nonsense", "ab" * 31, "ab" * 32 + "\nzz", "é"])
def test_a_file_that_holds_no_keys_is_said_to_hold_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "vault.keys"
    file.write_text(content, "utf-8")
    file.chmod(0o600)
    with pytest.raises(VaultClosed, match=re.escape(str(file))):
        vault(tmp_path).seal(SECRET, "tokens")


def test_a_key_that_another_process_added_is_found(tmp_path: Path) -> None:
    mine, theirs = vault(tmp_path), vault(tmp_path)
    old = mine.seal(SECRET, "tokens")
    new_key = theirs.keys.add().id
    assert mine.open(theirs.seal(SECRET, "tokens"), "tokens") == SECRET
    assert theirs.open(old, "tokens") == SECRET
    assert mine.keys.newest().id == new_key


def test_keys_may_come_from_the_environment_the_newest_last(tmp_path: Path) -> None:
    old, new = "ab" * 32, "cd" * 32
    sealed = Vault(key_ring_of({"HUB_KEY": old}, tmp_path)).seal(SECRET, "tokens")
    both = Vault(key_ring_of({"HUB_KEY": f"{old},{new}"}, tmp_path))
    assert both.open(sealed, "tokens") == SECRET
    with pytest.raises(VaultClosed, match="not in HUB_KEY"):
        Vault(key_ring_of({"HUB_KEY": old}, tmp_path)).open(both.seal(SECRET, "tokens"), "tokens")
    assert list(tmp_path.iterdir()) == []
    assert key_ring_of({"HUB_KEY_FILE": "/elsewhere/keys"}, tmp_path).where == "/elsewhere/keys"


def test_after_a_rotation_everything_opens_with_the_new_key_alone(make_signed: MakeSigned) -> None:
    house = make_signed().registered()
    house.sign_in()
    house.connect("second")
    house.through_browser("second")
    before = {row["tokens"] for row in house.query("SELECT tokens FROM sign_in")}
    key, count = rotate_keys(house.hub)
    assert count == 4  # the operator's client, two sign-ins' tokens, one sign-in's own client
    sealed = [
        *(row["secret"] for row in house.query("SELECT secret FROM connector_client")),
        *(row["tokens"] for row in house.query("SELECT tokens FROM sign_in")),
        *(row["client"] for row in house.query("SELECT client FROM sign_in WHERE client <> ''")),
    ]
    assert [each.split(".")[1] for each in sealed] == [key] * 4
    assert before.isdisjoint(sealed)
    file = house.hub.home / "vault.keys"
    file.write_text(file.read_text().splitlines()[-1])
    companies_there(house.hub, house.company, "books")
    companies_there(house.hub, house.company, "second")


def test_without_its_key_a_sign_in_asks_to_connect_again_and_then_works_with_a_new_one(signed: SignedHouse) -> None:
    (signed.hub.home / "vault.keys").unlink()
    with pytest.raises(ReconnectNeeded, match="connect again") as closed:
        companies_there(signed.hub, signed.company, "books")
    assert closed.value.code == "vault_closed"
    assert [problem.code for problem in key_problems(signed.hub)] == ["vault_closed"]
    assert "vault_closed" in [each["code"] for each in doctor(signed.hub)]
    with pytest.raises(Refused):
        rotate_keys(signed.hub)
    (signed.hub.home / "vault.keys").unlink()
    signed.sign_in()
    companies_there(signed.hub, signed.company, "books")
    assert key_problems(signed.hub) == []


def test_the_tokens_of_one_company_do_not_open_for_another(make_signed: MakeSigned) -> None:
    house = make_signed()
    house.connect("second")
    house.sign_in()
    house.sign_in("second")
    one, other = house.query("SELECT id, tokens FROM sign_in ORDER BY id")
    with house.database.write() as connection:
        statement = text("UPDATE sign_in SET tokens = :tokens WHERE id = :id")
        connection.execute(statement, {"tokens": one["tokens"], "id": other["id"]})
    companies_there(house.hub, house.company, "books")
    with pytest.raises(ReconnectNeeded, match="not the one that was sealed"):
        companies_there(house.hub, house.company, "second")


@pytest.mark.parametrize("column", ["token_url", "environment", "connector", "code"])
def test_a_sign_in_that_was_moved_in_the_database_does_not_open(signed: SignedHouse, column: str) -> None:
    with signed.database.write() as connection:
        connection.execute(text(f"UPDATE sign_in SET {column} = {column} || 'x'"))
    with pytest.raises(ReconnectNeeded):
        companies_there(signed.hub, signed.company, "books")


def test_tokens_are_sent_to_no_other_address_than_they_came_from(signed: SignedHouse) -> None:
    with signed.database.write() as connection:
        connection.execute(text("UPDATE connection SET settings = replace(settings, '127.0.0.1:9', '127.0.0.1:8')"))
    asked = len(signed.vendor.asked)
    with pytest.raises(ReconnectNeeded, match="another address"):
        companies_there(signed.hub, signed.company, "books")
    assert len(signed.vendor.asked) == asked


def test_the_operators_secret_is_sealed_to_its_client(make_signed: MakeSigned) -> None:
    house = make_signed().registered()
    (row,) = house.query("SELECT * FROM connector_client")
    assert CLIENT_SECRET not in str(row)
    with house.database.write() as connection:
        connection.execute(text("UPDATE connector_client SET client_id = 'another'"))
    with pytest.raises(Refused, match="not the one that was sealed"):
        house.through_browser()


def test_a_hub_without_keys_of_its_own_takes_those_of_its_home(signed: SignedHouse) -> None:
    assert replace(signed.hub, keys=None).vault.keys.where == str(signed.hub.home / "vault.keys")
