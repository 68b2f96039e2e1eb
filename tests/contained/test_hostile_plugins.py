"""Plugins that do harm: the hub stays up, lists each with its reason, and knows nothing that it cannot know."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from hub.api import Connection, ConnectorError, OutcomeUnknown, TryLater
from hub.plugins import GuardedSession, Registry, load
from hub.plugins.admission import NotAdmitted
from hub.plugins.contained.children import OF_NOBODY, Children
from hub.plugins.contained.plugin import loaded
from hub.plugins.contained.process import BOOT, Containment
from hub.plugins.loading import Policy
from hub.plugins.origin import Origin
from hub.plugins.trust import Blocked, Trust, Way
from tests.contained.conftest import on_path
from tests.contained.hostile import AT_IMPORT
from tests.plugins.scripted import entry

pytestmark = pytest.mark.usefixtures("installed_site")

HANGS_S = 3.0
ORIGIN = Origin(name="moody", distribution="partner-moody", version="1.0")

Opens = Callable[[str], GuardedSession]


@pytest.fixture(scope="module")
def registry(hostile_site: Path, containment: Containment) -> Iterator[Registry]:
    """All of them, none trusted."""
    with on_path(hostile_site):
        found = load(policy=Policy(trust=Trust(), containment=containment))
    yield found
    found.close()


@pytest.fixture
def opened(registry: Registry) -> Iterator[Opens]:
    """Opens sessions of the partner's connector in a mood."""
    several: list[GuardedSession] = []

    def open_one(mood: str) -> GuardedSession:
        connector = registry.connector("moody")
        several.append(connector.open(Connection(name="books", settings=connector.settings_from({"mood": mood}))))
        return several[-1]

    yield open_one
    for each in several:
        each.close()


@pytest.mark.parametrize("name", sorted(AT_IMPORT))
def test_one_that_does_harm_when_it_is_imported_is_listed_with_its_reason(registry: Registry, name: str) -> None:
    (known,) = [each for each in registry.known if each.name == name]
    assert (known.way, known.reason) == (Way.CONTAINED, AT_IMPORT[name][1])
    assert f"partner_{name}" not in sys.modules


def test_all_of_them_together_leave_the_others_working(registry: Registry) -> None:
    assert {each.name for each in registry.broken} >= set(AT_IMPORT)
    connector = registry.connector("moody")
    assert connector.label(connector.settings_from({})) == "Moody, calm"


def test_one_that_hangs_when_it_is_imported_is_waited_for_only_so_long(
    hostile_site: Path, containment: Containment
) -> None:
    (hostile_site / "partner_slow.py").write_text("import threading; threading.Event().wait()\n")
    children = Children(ORIGIN, "partner_slow", replace(containment, start_s=HANGS_S))
    with pytest.raises(NotAdmitted, match=r"its process did not answer within 3 s and was ended\.$"):
        loaded(children)


def test_a_blocked_one_is_not_even_imported_in_a_process_of_its_own(
    hostile_site: Path, containment: Containment
) -> None:
    everybody = {name: Blocked(by="operator", at=datetime.now(UTC)) for name in (*AT_IMPORT, "moody")}
    registry = load(policy=Policy(trust=Trust(blocked=everybody), containment=containment))
    assert set(registry.blocked) == set(everybody)
    assert {each.way for each in registry.known if each.name in everybody} == {Way.BLOCKED}
    registry.close()


@pytest.mark.parametrize(
    ("mood", "told"),
    [
        ("exits", r'The plugin "moody" of partner-moody 1\.0 ended by itself \(exit status 7\) in post\(\)\. '),
        ("fills memory", r"failed in post\(\) with MemoryError"),
        ("patches", r"answered what is no answer, and was ended in post\(\)\. "),
        ("garbage", r"broke the contract: post\(\) must be Receipt, not dict"),
    ],
)
def test_whatever_it_does_in_post_the_outcome_is_unknown(opened: Opens, mood: str, told: str) -> None:
    with pytest.raises(OutcomeUnknown, match=told) as unknown:
        opened(mood).post(entry())
    assert "not known whether the journal was written" in unknown.value.message


def test_one_that_hangs_in_post_is_ended_at_its_deadline_with_all_that_it_holds(
    site: Path, containment: Containment
) -> None:
    children = Children(ORIGIN, "partner_moody", replace(containment, call_s=HANGS_S, rest_s=60))
    connector = load(only=[loaded(children)]).connector("moody")
    settings = connector.settings_from({"mood": "hangs"})
    with connector.open(Connection(name="books", settings=settings), deadline_s=60) as session:
        with pytest.raises(OutcomeUnknown, match=r"did not answer within 3 s and was ended in post\(\)") as unknown:
            session.post(entry())
        assert unknown.value.code == "deadline"
        with pytest.raises(ConnectorError, match=r"is not running any more in find\(\)"):
            session.find(entry())
    with pytest.raises(TryLater, match=r"It is asked again in \d+ s") as later:
        connector.open(Connection(name="other", settings=settings))
    assert later.value.code == "plugin_rests"
    assert connector.label(settings) == "Moody, hangs"
    children.close()


def test_what_a_process_started_ends_with_it_and_its_folder_goes(containment: Containment, site: Path) -> None:
    children = Children(ORIGIN, "partner_moody", containment)
    child = children.lease(OF_NOBODY, wait_s=1)
    folder = Path(f"/proc/{child.process_id}/cwd").readlink()
    assert folder.is_dir()
    children.close()
    assert not child.alive
    assert not folder.exists()


HOLDS = """
import sys, threading
from hub.plugins.contained.children import OF_NOBODY, Children
from hub.plugins.contained.process import BOOT, Containment
from hub.plugins.origin import Origin
sys.path.insert(0, sys.argv[1])
children = Children(Origin(name="moody", distribution="partner-moody", version="1.0"), "partner_moody", Containment())
print(children.lease(OF_NOBODY, wait_s=1).process_id, flush=True)
threading.Event().wait()
"""


def test_no_process_of_a_plugin_outlives_a_hub_that_is_killed(site: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDS, str(site)], stdout=subprocess.PIPE, text=True) as hub:
        assert hub.stdout is not None
        plugins = psutil.Process(int(hub.stdout.readline()))
        assert plugins.is_running()
        hub.kill()
    _, alive = psutil.wait_procs([plugins], timeout=30)
    assert alive == []


WITHOUT_KERNEL = """
import sys, json; sys.path[:] = json.loads(sys.argv[1])
import hub.plugins.contained.child as child
child.confine = lambda *_, **__: None
"""


def test_where_the_kernel_keeps_nothing_apart_what_a_plugin_started_is_killed_with_it(
    site: Path, containment: Containment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "partner_twins.py").write_text(
        "import os, threading\nfrom pathlib import Path\ntwin = os.fork()\n"
        f"if not twin:\n    threading.Event().wait()\nPath({str(tmp_path / 'twin')!r}).write_text(str(twin))\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("hub.plugins.contained.process.BOOT", f"{WITHOUT_KERNEL}{BOOT}")
    children = Children(ORIGIN, "partner_twins", containment)
    with pytest.raises(NotAdmitted, match="It implements none of the hub's hooks"):
        loaded(children)
    twin = psutil.Process(int((tmp_path / "twin").read_text()))
    children.close()
    _, alive = psutil.wait_procs([twin], timeout=30)
    assert alive == []


def test_a_process_that_cannot_be_started_leaves_the_plugin_listed_with_that(
    containment: Containment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(NotAdmitted, match=r"^It could not be loaded: its process could not be started\.$"):
        loaded(Children(ORIGIN, "partner_moody", containment))
