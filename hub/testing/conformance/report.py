"""What `hub plugins check` tells of a connector, as JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from hub.testing.conformance.check import Grade
from hub.testing.conformance.scale import contradictions
from hub.testing.conformance.subject import Subject
from hub.testing.conformance.suite import Verdict, earned, judge_all


class Missing(TypedDict):
    """A check that was not passed: what was seen, and why the connector is exempt, empty where it is not."""

    check: str
    level: str
    title: str
    seen: str
    protects: str
    mend: str
    exempt: str


class Report(TypedDict):
    """A connector's level, with what is missing for the others; sound: whether each failure is explained by scale.yaml."""

    plugin: str
    level: str
    passed: int
    concerned: int
    missing: list[Missing]
    contradictions: list[str]
    sound: bool


def report_on(plugin: str, subject: Subject, *, full: bool = False) -> Report:
    """Run every check and tell what came of it."""
    verdicts = judge_all(subject.make_stand, full=full)
    concerned = [verdict for verdict in verdicts if verdict.applies]
    missing = [_missing(verdict, subject) for verdict in _by_grade(concerned) if not verdict.passed]
    wrong = contradictions(subject.scale, verdicts)
    return Report(
        plugin=plugin,
        level=earned(verdicts).word,
        passed=len(concerned) - len(missing),
        concerned=len(concerned),
        missing=missing,
        contradictions=wrong,
        sound=not wrong and all(each["exempt"] for each in missing),
    )


def _by_grade(verdicts: Sequence[Verdict]) -> list[Verdict]:
    return sorted(verdicts, key=lambda verdict: verdict.check.grade)


def _missing(verdict: Verdict, subject: Subject) -> Missing:
    check = verdict.check
    return Missing(
        check=check.id,
        level=Grade(check.grade).word,
        title=check.title,
        seen=verdict.failure,
        protects=check.protects,
        mend=check.mend,
        exempt=subject.scale.exempt.get(check.id, ""),
    )
