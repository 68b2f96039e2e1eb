"""What the log says of an error: codes, since the words may hold a customer's amounts."""

from __future__ import annotations

from hub.api import Level, PeriodClosed, Problem
from hub.service.context import Refused, codes_of


def test_of_a_refusal_its_codes_are_logged_each_once() -> None:
    told = [("over_limit", "5,120.05 is more than 5,000.00."), ("unmapped_account", "x"), ("over_limit", "y")]
    refused = Refused([Problem(level=Level.PROBLEM, code=code, message=message) for code, message in told])
    assert codes_of(refused) == "over_limit, unmapped_account"


def test_of_a_connectors_error_its_kind_code_and_request_id_are_logged() -> None:
    error = PeriodClosed("The entry over 5,120.05 is of a closed month.", code="6140", request_id="r-1")
    assert codes_of(error) == "PeriodClosed 6140 r-1"
    assert codes_of(PeriodClosed("closed")) == "PeriodClosed"
