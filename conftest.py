"""What all tests share: profiles, markers, skips and the reference material beside the source tree."""

import gc
import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["tests.canaries"]

REPOSITORY = Path(__file__).parent
PROFILE = os.environ.get("HUB_PROFILE", "test")
SKIPS_FAIL = os.environ.get("HUB_NO_SKIP") == "1"
STEPS_PER_RUN = 50
# What runs for minutes in `make soak`, longest first: begun early, none of it is waited for alone at the end.
LONGEST = (
    "tests/faults/test_simulator.py",
    "tests/web/api/test_hostile_programs.py",
    "tests/processes/test_together.py",
    "tests/web/test_imports.py",
    "tests/properties/test_histories.py",
    "tests/posting/test_outage.py",
    "tests/processes/test_kills.py",
)

# Bytecode is kept, as it is wherever the hub runs: a process that a test starts spends half of its start compiling otherwise.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Deterministic in `make test` and `make soak`, so a failure comes back; `make fuzz` looks for new ones.
settings.register_profile(
    "test",
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    max_examples=100,
    stateful_step_count=STEPS_PER_RUN,
)
settings.register_profile("soak", settings.get_profile("test"), max_examples=1_000)
settings.register_profile(
    "fuzz",
    settings.get_profile("test"),
    derandomize=False,
    max_examples=max(1, int(os.environ.get("HUB_FUZZ_STEPS", "100000")) // STEPS_PER_RUN),
)
settings.load_profile(PROFILE)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave soak tests out, uncounted as skips, unless a long profile is asked for; there, begin with the longest."""
    if PROFILE != "test":
        items[:] = _longest_first(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
        return
    long, short = [], []
    for item in items:
        (long if item.get_closest_marker("soak") else short).append(item)
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = short


def pytest_collection_finish() -> None:
    """Spare the garbage collector the thousands of tests and modules, which stay to the end."""
    gc.collect()
    gc.freeze()


def _longest_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Deal the longest tests out: each worker is given as many tests in a row, and is to begin with its share of them."""
    known = [item for item in items if _file(item) in LONGEST]
    known.sort(key=lambda item: LONGEST.index(_file(item)))
    others = [item for item in items if _file(item) not in LONGEST]
    ordered: list[pytest.Item] = []
    for worker in range(workers):
        share = known[worker::workers]
        room = (len(items) - len(ordered)) // (workers - worker) - len(share)
        ordered += [*share, *others[: max(room, 0)]]
        del others[: max(room, 0)]
    return ordered


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With HUB_NO_SKIP=1 a skipped test is a failed one."""
    report = yield
    if SKIPS_FAIL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"Skipped, and HUB_NO_SKIP=1 allows no skip: {_reason(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """With HUB_NO_SKIP=1 a file skipped as a whole is a failure."""
    report = yield
    if SKIPS_FAIL and report.skipped:
        report.outcome, report.longrepr = "failed", f"Skipped, and HUB_NO_SKIP=1 allows no skip: {_reason(report)}"
    return report


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the source tree."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material beside the source tree: real inventories and hostile inputs, read and never copied."""
    folder = Path(os.environ.get("HUB_SHARED", REPOSITORY.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"the reference material is not beside the source tree, in {folder.name}/")
    return folder
