"""A plugin that was written for version 1 goes on working, unchanged, for as long as the contract's version is 1."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

import pytest

from hub.api import (
    API_VERSION,
    AccountMissing,
    Capability,
    ChartUnreadable,
    Connection,
    File,
    PeriodClosed,
    ReceiptStatus,
    SettledExport,
    TryLater,
)
from hub.plugins import GuardedSession, Registry, load
from tests.api.test_journal import journal

PLUGIN = Path(__file__).parent / "version_1" / "partner_version_1.py"
AS_PUBLISHED = "600701998ae448288b99a9264457275a430a5a93a2d98c13701354cb2ad3e826"


@pytest.fixture(scope="module")
def module() -> ModuleType:
    made = ModuleType("partner_version_1")
    exec(compile(PLUGIN.read_text(encoding="utf-8"), PLUGIN.name, "exec", dont_inherit=True), vars(made))
    return made


@pytest.fixture(scope="module")
def registry(module: ModuleType) -> Registry:
    return load(only=[module])


@pytest.fixture
def session(registry: Registry) -> Iterator[GuardedSession]:
    connector = registry.connector("version_1")
    settings = connector.settings_from({"locked_through": "2026-09-30", "api_key": "secret"})
    with connector.open(Connection(name="books", settings=settings)) as opened:
        yield opened


def test_the_plugin_is_the_one_that_partners_have() -> None:
    assert API_VERSION == 1, (
        "a new version needs a plugin of its own here, and this one stays for as long as 1 is admitted"
    )
    told = hashlib.sha256(PLUGIN.read_bytes()).hexdigest()
    assert told == AS_PUBLISHED, "a change that this plugin would need breaks partners' plugins: find another way"


def test_it_is_admitted_with_all_that_it_claims(registry: Registry) -> None:
    assert registry.broken == ()
    connector = registry.connector("version_1")
    assert all(connector.can(each) for each in Capability if each is not Capability.FILES)
    settings = connector.settings_from({})
    assert (connector.label(settings), connector.limits(settings).lines_per_entry) == ("Version One", 250)
    addresses = connector.addresses(settings, "production")
    assert addresses is not None
    assert (addresses.base_url, addresses.request_ids) == ("http://127.0.0.1:9001", ("trace",))
    assert registry.sandboxes["version_1"].sandbox.credentials("") == {}


def test_it_reads_posts_finds_and_changes(session: GuardedSession) -> None:
    assert [each.currency for each in session.companies()] == ["USD"]
    assert [each.active for each in session.accounts()] == [True, True, False]
    assert [each.name for each in session.dimensions()] == ["class"]
    entry = journal("Dr 5010 4,812.37\nCr 1310 4,812.37")
    assert (session.preflight(entry), session.find(entry)) == ((), ())
    receipt = session.post(entry)
    assert session.find(entry) == (receipt,)
    assert session.read(receipt) == receipt.recorded
    assert session.changed_since(datetime(2026, 1, 1, tzinfo=UTC)) == (receipt,)
    assert session.void(receipt).status is ReceiptStatus.VOID


def test_it_completes_a_draft(session: GuardedSession) -> None:
    entry = replace(journal("Dr 5010 1\nCr 1310 1"), memo="draft", reference="IADRAFT0001")
    draft = session.post(entry)
    assert draft.status is ReceiptStatus.DRAFT
    assert session.finish(draft, entry).status is ReceiptStatus.POSTED


def test_its_errors_keep_their_meaning(session: GuardedSession) -> None:
    entry = journal("Dr 5010 1\nCr 1310 1")
    with pytest.raises(PeriodClosed, match="locked") as closed:
        session.post(replace(entry, date=date(2026, 9, 30)))
    assert (closed.value.code, closed.value.request_id) == ("6140", "R-1")
    with pytest.raises(TryLater) as later:
        session.post(replace(entry, memo="later", reference="IALATER0001"))
    assert later.value.retry_after_s == 30
    inactive = replace(entry.lines[0], account=list(session.accounts())[2])
    with pytest.raises(AccountMissing):
        session.post(replace(entry, lines=(inactive, entry.lines[1]), reference="IAGONE00001"))


def test_it_reads_charts_and_hears_of_exports(registry: Registry, module: ModuleType) -> None:
    connector = registry.connector("version_1")
    (account,) = connector.read_chart(File(name="chart.csv", content=b"chart"))
    assert account.title == "1310 Food Inventory"
    with pytest.raises(ChartUnreadable, match="a chart was expected"):
        connector.read_chart(File(name="chart.csv", content=b"else"))
    settled = SettledExport(
        company="ACME",
        connection="books",
        export="X1",
        state="POSTED",
        count_date=date(2026, 10, 31),
        sequence=1,
        postings=(),
    )
    registry.tell_settled(settled)
    assert module.SETTLED == ["X1"]
