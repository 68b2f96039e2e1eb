"""The suite as tests for pytest: import the test, and give the fixture `subject`.

from hub.testing.conformance.as_tests import test_it_conforms

@pytest.fixture(scope="module")
def subject() -> Subject:
    return subject_of("hub_ledgerly")
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hub.testing.conformance.check import Check
from hub.testing.conformance.scale import contradictions
from hub.testing.conformance.subject import Subject
from hub.testing.conformance.suite import CHECKS, judge, wants_full


@pytest.mark.parametrize("check", CHECKS, ids=[check.id for check in CHECKS])
def test_it_conforms(subject: Subject, check: Check, record_property: Callable[[str, object], None]) -> None:
    """Every check that applies passes, or is exempt for a reason that still holds; `applies` in the report says which do."""
    verdict = judge(check, subject.make_stand, full=wants_full())
    exempt = subject.scale.exempt.get(check.id)
    assert not contradictions(subject.scale, [verdict])
    record_property("applies", verdict.applies)
    if not verdict.applies or verdict.passed:
        return
    if exempt:
        pytest.xfail(exempt)
    pytest.fail(
        f"{check.title}\n  Seen: {verdict.failure}\n  It protects: {check.protects}\n  Mend: {check.mend}",
        pytrace=False,
    )
