"""The connector passes the hub's conformance suite, as far as scale.yaml says."""

import pytest

from hub.testing.conformance import Subject, subject_of
from hub.testing.conformance.as_tests import test_it_conforms

__all__ = ["test_it_conforms"]


@pytest.fixture(scope="module")
def subject() -> Subject:
    return subject_of("hub_tryton")
