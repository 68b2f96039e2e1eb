"""A plugin that is wrong in any way is listed with the reason, and the healthy one beside it works."""

import importlib
import tomllib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hub.api import Account, Connection, JournalEntry, JournalLine, Reason, SettledExport, Side
from hub.plugins import BrokenPlugin, Registry, UnknownConnector, load

Install = Callable[..., Path]

PACKAGES = Path(__file__).parent / "packages"
PROJECTS = {path.parent.name: tomllib.loads(path.read_text()) for path in sorted(PACKAGES.glob("*/pyproject.toml"))}
REASONS = {
    name: project["tool"]["broken"]["reason"]
    for name, project in PROJECTS.items()
    if "broken" in project.get("tool", {})
}

SETTLED = SettledExport(
    company="kitchen",
    connection="books",
    export="E1",
    state="POSTED",
    count_date=date(2026, 10, 31),
    sequence=1,
    postings=(),
)


def reason_of(registry: Registry, name: str) -> str:
    (broken,) = [plugin for plugin in registry.broken if plugin.name == name]
    return broken.reason


def post_with_the_healthy_one(registry: Registry) -> str:
    """Post an entry through the healthy connector, and return the receipt's id."""
    connector = registry.connector("healthy")
    connection = Connection(name="books", settings=connector.settings_from({}))
    with connector.open(connection) as session:
        return session.post(entry()).id


def entry() -> JournalEntry:
    def line(number: str, side: Side) -> JournalLine:
        amount, reason = Decimal("4812.37"), Reason.CURRENT
        return JournalLine(account=Account(number=number), side=side, amount=amount, memo="", site="DT", reason=reason)

    return JournalEntry(
        key="0" * 32,
        reference="IA7K2Q9XM4B",
        part=1,
        date=date(2026, 10, 31),
        count_date=date(2026, 10, 31),
        currency="USD",
        memo="",
        lines=(line("1310", Side.DEBIT), line("5010", Side.CREDIT)),
    )


@pytest.mark.parametrize("package", sorted(REASONS))
def test_a_broken_plugin_is_listed_with_its_reason_and_the_healthy_one_posts(install: Install, package: str) -> None:
    install(package)
    registry = load()
    assert reason_of(registry, package) == REASONS[package]
    assert post_with_the_healthy_one(registry) == "J-1"


def test_all_broken_plugins_together_leave_the_healthy_one_working(install: Install) -> None:
    install(*REASONS)
    registry = load()
    assert len(REASONS) > 30
    assert {plugin.name for plugin in registry.broken} >= set(REASONS)
    assert post_with_the_healthy_one(registry) == "J-1"


def test_a_broken_plugin_is_listed_with_its_distribution_and_version(install: Install) -> None:
    install("id_twice")
    assert (
        BrokenPlugin(
            name="id_twice",
            distribution="partner-id-twice",
            version="1.2.3",
            reason=REASONS["id_twice"],
            connector_ids=("id_twice", "id_twice"),
        )
        in load().broken
    )


def test_a_module_that_is_not_python_is_listed(install: Install, tmp_path: Path) -> None:
    site = install()
    (site / "partner_syntax.py").write_text("def hub_connectors(:\n")
    write_distribution(site, b"[inventory_hub.plugins]\nsyntax = partner_syntax\n")
    importlib.invalidate_caches()
    registry = load()
    assert reason_of(registry, "syntax").startswith("It could not be loaded: SyntaxError: ")
    assert post_with_the_healthy_one(registry) == "J-1"


def test_a_distribution_whose_entry_points_cannot_be_read_hides_no_other(install: Install) -> None:
    write_distribution(install(), b"[inventory_hub.plugins]\nr\xe9sum\xe9 = resume\n")
    registry = load()
    assert reason_of(registry, "partner-damaged").startswith(
        "Its entry points could not be read: UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9"
    )
    assert post_with_the_healthy_one(registry) == "J-1"


def test_a_plugin_whose_distribution_tells_no_name_is_listed_as_of_an_unknown_one(install: Install) -> None:
    site = install()
    write_distribution(site, b"[inventory_hub.plugins]\nnameless = partner_nameless\n")
    (site / "partner_damaged-1.0.dist-info" / "METADATA").unlink()
    importlib.invalidate_caches()
    registry = load()
    (nameless,) = [plugin for plugin in registry.broken if plugin.name == "nameless"]
    assert (nameless.distribution, nameless.version) == ("an unknown distribution", "")
    assert post_with_the_healthy_one(registry) == "J-1"


def test_of_two_plugins_with_one_id_the_first_by_distribution_name_stays(install: Install) -> None:
    install("taken_second", "taken_first")
    registry = load()
    assert registry.connectors["taken"].distribution == "aaa-taken"
    assert reason_of(registry, "taken_second") == (
        'The connector "taken" is brought by two plugins, "taken_first" of aaa-taken 1.2.3 and "taken_second" of '
        'zzz-taken 1.2.3; the first of them by distribution name, "taken_first" of aaa-taken 1.2.3, stays.'
    )


def test_asking_for_a_broken_connector_says_why_it_is_not_there(install: Install) -> None:
    install("api_too_new")
    with pytest.raises(UnknownConnector) as refused:
        load().connector("api_too_new")
    assert "healthy" in str(refused.value)
    assert REASONS["api_too_new"] in str(refused.value)


def test_a_blocked_plugin_is_not_even_imported(install: Install) -> None:
    install("import_exits")
    registry = load(blocked={"import_exits"})
    assert registry.blocked == ("import_exits",)
    assert "import_exits" not in {plugin.name for plugin in registry.broken}


def test_an_observer_that_ends_the_program_is_logged_and_the_next_one_hears(
    install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    install("observer_raises")
    registry = load()
    registry.tell_settled(SETTLED)
    assert importlib.import_module("partner_healthy").heard == [SETTLED]
    (told,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    who = 'plugin "observer_raises" of partner-observer-raises 1.2.3'
    assert told == f"{who} failed in hub_export_settled() for export E1 with SystemExit"


def test_the_healthy_plugin_brings_its_stand_in(install: Install) -> None:
    sandbox = load().sandboxes["healthy"]
    assert (sandbox.distribution, sandbox.version) == ("partner-healthy", "1.2.3")
    assert sandbox.sandbox.credentials("http://127.0.0.1:9001") == {"base_url": "http://127.0.0.1:9001"}


def write_distribution(site: Path, entry_points: bytes) -> None:
    """Write the metadata of a distribution named partner-damaged, with these bytes for its entry points."""
    dist_info = site / "partner_damaged-1.0.dist-info"
    dist_info.mkdir()
    (dist_info / "METADATA").write_text("Metadata-Version: 2.1\nName: partner-damaged\nVersion: 1.0\n")
    (dist_info / "entry_points.txt").write_bytes(entry_points)
    importlib.invalidate_caches()
