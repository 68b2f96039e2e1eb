"""The key of the audit trails: made once, kept outside the database, and never another one by accident."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from hub.app import Installation
from hub.cli import CannotOpen
from hub.service.auditing import listed
from hub.service.companies import add_company
from hub.service.doctoring import doctor
from hub.store import Database
from hub.store.audit import NoAuditKey
from hub.store.audit_key import make_key
from hub.store.opening import upgrade_database
from hub.store.schema import MIGRATIONS
from tests.audit.home import settles, tamper, told


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, empty_database_url: str) -> None:
    monkeypatch.delenv("HUB_AUDIT_KEY_FILE", raising=False)
    monkeypatch.setenv("HUB_DATABASE_URL", empty_database_url)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of a hub with one company."""
    with Installation().open(tmp_path / "home") as hub:
        add_company(hub, code="ACME", name="Acme", currency="USD")
        settles(hub, 1)
    return tmp_path / "home"


def test_the_key_is_made_at_first_use_for_its_owner_alone(home: Path) -> None:
    file = home / "audit.key"
    assert len(bytes.fromhex(file.read_text())) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_text()
    with Installation().open(home) as hub:
        assert told(hub) == []
    assert file.read_text() == before
    assert [path.name for path in home.glob(".audit.key*")] == []


def test_the_key_may_be_kept_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_AUDIT_KEY_FILE", str(tmp_path / "secrets.key"))
    with Installation().open(tmp_path / "home"):
        pass
    assert (tmp_path / "secrets.key").is_file()
    assert not (tmp_path / "home" / "audit.key").exists()


def test_another_machine_needs_the_same_key(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    with pytest.raises(CannotOpen, match=r"audit\.key is missing\. Bring it"), Installation().open(other):
        pass
    assert not (other / "audit.key").exists()
    (other / "audit.key").write_text((home / "audit.key").read_text())
    with Installation().open(other) as hub:
        settles(hub, 2)
        assert told(hub) == []
    with Installation().open(home) as hub:
        assert told(hub) == []


def test_another_key_is_refused(home: Path) -> None:
    (home / "audit.key").unlink()
    make_key(home / "audit.key")
    with pytest.raises(CannotOpen, match="is not the one of this database's audit trail"), Installation().open(home):
        pass
    with pytest.raises(CannotOpen, match="is not the one of this database's audit trail"):
        Installation().upgrade(home)


def test_a_file_that_is_no_key_is_refused(home: Path) -> None:
    (home / "audit.key").write_text("no key")
    with pytest.raises(CannotOpen, match="is not an audit key"), Installation().open(home):
        pass


def test_the_doctor_tells_of_a_key_that_is_gone(home: Path) -> None:
    with Installation().open(home) as hub:
        (home / "audit.key").unlink()
        assert [(each["code"], each["blocking"]) for each in doctor(hub)] == [("audit_key_missing", True)]


def test_a_new_key_takes_in_what_there_is_and_says_so(home: Path) -> None:
    with Installation().open(home) as hub:
        printed = f"2:{listed(hub, 'ACME', 1)[0]['mac'][:16]}"
        old = (home / "audit.key").read_text()
        Installation().renew_audit_key(home)
        with pytest.raises(NoAuditKey, match="replaced meanwhile"):
            settles(hub, 2)
    with Installation().open(home) as hub:
        settles(hub, 3)
        assert told(hub) == told(hub, "ACME", printed) == []
        begun = listed(hub, "ACME", 2)[1]
        assert (begun["seq"], begun["action"], begun["subject"], begun["detail"]["entries"]) == (
            3,
            "begin audit trail",
            "ACME",
            2,
        )
        tamper(hub, "UPDATE audit_event SET actor = 'nobody' WHERE seq = 1")
        assert told(hub) == ["audit_entries_before_changed"]
    assert (home / "audit.key").read_text() != old
    assert [path.read_text() for path in home.glob("audit.key.*")] == [old]


def test_a_lost_key_is_replaced_too(home: Path) -> None:
    (home / "audit.key").unlink()
    assert Installation().renew_audit_key(home) == str(home / "audit.key")
    assert Installation().renew_audit_key(home) == str(home / "audit.key")
    with Installation().open(home) as hub:
        assert told(hub) == []
        assert [each["action"] for each in listed(hub, "ACME", 9)].count("begin audit trail") == 2


def test_a_new_key_that_cannot_be_kept_changes_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_AUDIT_KEY_FILE", str(home / "no" / "folder" / "audit.key"))
    with pytest.raises(CannotOpen, match="cannot be replaced"):
        Installation().renew_audit_key(home)
    monkeypatch.delenv("HUB_AUDIT_KEY_FILE")
    with Installation().open(home) as hub:
        assert told(hub) == []
        assert len(listed(hub, "ACME", 9)) == 2


def at_schema(url: str, revision: str) -> None:
    """Bring an empty database to an earlier schema."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    database = Database(url)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    database.close()


BEFORE = """
    INSERT INTO company
    (uuid, code, name, currency, method, transfers, production, entry_per, reversal_date, mode, version)
    VALUES ('uuid-{code}', '{code}', '{code}', 'USD', 'reversal', 'off', 'off', 'site', 'count', 'manual', 0)"""
EVENT = """
    INSERT INTO audit_event (company_id, at, actor, action, subject, detail)
    SELECT id, '2026-10-0{day}T00:00:00.000000+00:00', 'maria', 'import', 'sites', '{{}}' FROM company WHERE code = '{code}'"""


def test_a_trail_from_before_the_seals_is_taken_in_at_the_upgrade(empty_database_url: str, tmp_path: Path) -> None:
    url, home = empty_database_url, tmp_path / "home"
    at_schema(url, "0002")
    database = Database(url)
    with database.write() as connection:
        connection.execute(text("INSERT INTO meta (id, database_uuid, high_water) VALUES (1, 'this', 5)"))
        for code in ("ACME", "OTHER", "NEW"):
            connection.execute(text(BEFORE.format(code=code)))
        for day, code in enumerate(("ACME", "OTHER", "OTHER", "ACME", "OTHER"), start=1):
            connection.execute(text(EVENT.format(code=code, day=day)))
    database.close()
    home.mkdir()
    upgrade_database(url, home / "audit.key")
    with Installation().open(home) as hub:
        assert told(hub) == ["audit_trail_empty"]  # of NEW, whose addition nobody recorded
        entries = listed(hub, "OTHER", 9)
        assert [(each["seq"], each["at"][:10], each["action"]) for each in entries[1:]] == [
            (3, "2026-10-05", "import"),
            (2, "2026-10-03", "import"),
            (1, "2026-10-02", "import"),
        ]
        assert (entries[0]["action"], entries[0]["actor"]) == ("begin audit trail", "hub db upgrade")
        assert entries[0]["detail"]["entries"] == 3
        settles(hub, 1, "OTHER")
        assert told(hub, "OTHER") == told(hub, "ACME") == []
        tamper(hub, "UPDATE audit_event SET actor = 'nobody' WHERE action = 'import' AND seq = 2")
        assert told(hub, "OTHER") == ["audit_entries_before_changed"]


def test_upgrading_again_takes_nothing_in(home: Path) -> None:
    Installation().upgrade(home)
    with Installation().open(home) as hub:
        assert [each["action"] for each in listed(hub, "ACME", 9)] == ["settings", "add company"]
