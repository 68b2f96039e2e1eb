"""The connector that partners copy passes every check, with each way of telling one posting from two."""

from __future__ import annotations

from functools import partial

import pytest

from hub.testing import Profile
from hub.testing.conformance import Subject, subject_of
from hub.testing.conformance.as_tests import test_it_conforms
from hub.testing.connector.stand import make_stand

__all__ = ["test_it_conforms"]

pytestmark = pytest.mark.property  # in the soak with large samples
QUICK = (Profile.REQUEST_ID, Profile.NO_KEY)
PROFILES = [pytest.param(each, marks=() if each in QUICK else pytest.mark.soak) for each in Profile]


@pytest.fixture(scope="module", params=PROFILES)
def subject(request: pytest.FixtureRequest) -> Subject:
    scale = subject_of("hub.testing.connector").scale
    return Subject(make_stand=partial(make_stand, profile=request.param), scale=scale)
