"""Every check can fail: a connector with the fault that it is for is caught by it."""

from __future__ import annotations

import pytest

from hub.testing.conformance import BY_ID, CHECKS, judge
from tests.testing.conformance.elsewhere import ELSEWHERE, Elsewhere, Voiding, voiding
from tests.testing.conformance.seeded import SEEDED, Seeded

ALL = (*SEEDED, *ELSEWHERE)


@pytest.mark.parametrize("seeded", ALL, ids=[each.check for each in ALL])
def test_a_seeded_fault_is_caught_by_its_check(seeded: Seeded | Elsewhere) -> None:
    verdict = judge(BY_ID[seeded.check], seeded.make_stand)
    assert verdict.applies
    assert not verdict.passed, f"{seeded.fault} Nobody noticed."
    assert "Unexpectedly" not in verdict.failure, verdict.failure


def test_every_check_has_a_fault_that_it_catches() -> None:
    assert {check.id for check in CHECKS} == {seeded.check for seeded in ALL}


def test_a_connector_that_voids_as_it_should_passes() -> None:
    verdict = judge(BY_ID["reading.void"], voiding(Voiding))
    assert (verdict.applies, verdict.failure) == (True, "")
