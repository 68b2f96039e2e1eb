"""Every check can fail: a connector with the fault that it is for is caught by it."""

from __future__ import annotations

import pytest

from hub.testing.conformance import CHECKS, Concerns, judge
from hub.testing.conformance.suite import BY_ID
from tests.testing.conformance.seeded import SEEDED, Seeded

# Asked of others than the fake connector, which has none of what they concern.
OTHERS = {Concerns.FILES, Concerns.VOID, Concerns.DIMENSIONS, Concerns.COMPANIES}


@pytest.mark.parametrize("seeded", SEEDED, ids=[each.check for each in SEEDED])
def test_a_seeded_fault_is_caught_by_its_check(seeded: Seeded) -> None:
    verdict = judge(BY_ID[seeded.check], seeded.make_stand)
    assert verdict.applies
    assert not verdict.passed, f"{seeded.fault} Nobody noticed."
    assert "Unexpectedly" not in verdict.failure, verdict.failure


def test_every_check_that_concerns_the_fake_connector_has_a_fault_that_it_catches() -> None:
    concerned = {check.id for check in CHECKS if not check.concerns & OTHERS}
    assert concerned == {seeded.check for seeded in SEEDED}
