"""The connector passes the hub's conformance suite, with the files of every layout."""

from __future__ import annotations

from functools import partial

import pytest

from hub.api import ReceiptStatus, Recorded, RecordedLine, Side
from hub.testing.conformance import Standing, Subject, subject_of
from hub.testing.conformance.as_tests import test_it_conforms
from hub_csv_iif.settings import LayoutName
from hub_csv_iif.stand import FOOD, MEAT, stand_of
from hub_csv_iif.wire import LAYOUTS
from plugins.csv_iif.tests.readers import read

__all__ = ["test_it_conforms"]

pytestmark = pytest.mark.property  # in the soak with large samples
QUICK = (LayoutName.GENERIC, LayoutName.IIF)
LAYOUT_PARAMS = [pytest.param(each, marks=() if each in QUICK else pytest.mark.soak) for each in LayoutName]


@pytest.fixture(scope="module", params=LAYOUT_PARAMS)
def subject(request: pytest.FixtureRequest) -> Subject:
    if request.param is LayoutName.GENERIC:
        return subject_of("hub_csv_iif")
    make = partial(stand_of, layout=request.param, read=partial(taken_in, layout=request.param))
    return Subject(make_stand=make, scale=subject_of("hub_csv_iif").scale)


def taken_in(content: bytes, currency: str, *, layout: LayoutName) -> Standing:
    """What a file says to the strict readers, which are written apart from the code that writes it."""
    journal = read(content, layout.value)
    accounts = {LAYOUTS[layout].account_text(account): account for account in (FOOD, MEAT)}
    lines = tuple(
        RecordedLine(
            account=accounts[line.account],
            side=Side.DEBIT if line.amount > 0 else Side.CREDIT,
            amount=abs(line.amount),
            memo=line.memo,
        )
        for line in journal.lines
    )
    recorded = Recorded(date=journal.date, currency=currency, status=ReceiptStatus.POSTED, lines=lines)
    return Standing(id=journal.reference, reference=journal.reference, recorded=recorded)
