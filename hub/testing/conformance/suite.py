"""All checks, and what a connector earns with them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.plugins import ContractBroken, PluginFailed
from hub.plugins.calls import Raised, call
from hub.testing.conformance.check import Check, Grade, checks_of
from hub.testing.conformance.checks import access, books, conduct, dates, money, once, reading, text
from hub.testing.conformance.stand import CannotStand, MakeStand
from hub.testing.conformance.trial import Trial, told

CHECKS: Sequence[Check] = checks_of(conduct, money, dates, once, books, access, text, reading)
BY_ID: Mapping[str, Check] = {check.id: check for check in CHECKS}
FULL_PROFILES = frozenset({"soak", "fuzz"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of one check: passed, does not apply, or failed with the reason."""

    check: Check
    applies: bool = True
    failure: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against the connector."""
        return not self.failure


def judge(check: Check, make: MakeStand, *, full: bool = False) -> Verdict:
    """Run one check at a stand of its own."""
    trial = call(lambda: Trial(make, full=full))
    if isinstance(trial, Raised):
        return Verdict(check=check, failure=_reason(trial.error))
    if not check.concerns <= trial.concerns():
        return Verdict(check=check, applies=False)
    outcome = call(lambda: check.run(trial))
    return Verdict(check=check, failure=_reason(outcome.error) if isinstance(outcome, Raised) else "")


def judge_all(make: MakeStand, *, full: bool = False) -> tuple[Verdict, ...]:
    """Run every check."""
    return tuple(judge(check, make, full=full) for check in CHECKS)


def earned(verdicts: Sequence[Verdict]) -> Grade:
    """Return the highest grade of which, and below which, no check that applies fails: exemptions earn nothing."""
    failed = [verdict.check.grade for verdict in verdicts if not verdict.passed]
    return Grade(min(failed) - 1) if failed else Grade.PLATINUM


def wants_full() -> bool:
    """Whether the environment asks for large samples, as `make soak` does."""
    return os.environ.get("HUB_PROFILE", "") in FULL_PROFILES


def _reason(error: BaseException) -> str:
    if isinstance(error, AssertionError | CannotStand):
        return str(error) or "An assertion failed."
    if isinstance(error, ContractBroken | PluginFailed):
        return error.message
    return f"Unexpectedly {told(error)}."
