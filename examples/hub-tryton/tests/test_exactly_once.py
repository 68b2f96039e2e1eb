"""What is particular to Tryton: drafts that are found, taken up, looked at before they are posted, and answers that are lost."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from hub.api import ConnectorError, NotWritten, OutcomeUnknown, ReceiptStatus, TryLater
from hub.testing import Fault, VirtualClock
from hub.testing.conformance.trial import Trial, Weather
from hub_tryton.sandbox import Site
from hub_tryton.sandbox.database import LINE, MOVE
from hub_tryton.session import TrytonSession
from hub_tryton.stand import make_site, stand_of


@pytest.fixture
def site() -> Site:
    """The stand-in, to be looked at and changed behind the connector."""
    return make_site("USD", VirtualClock())


@pytest.fixture
def trial(site: Site) -> Trial:
    return Trial(lambda _currency: stand_of(site))


@pytest.fixture
def session(trial: Trial) -> Iterator[TrytonSession]:
    with trial.session() as opened:
        assert isinstance(opened, TrytonSession)
        yield opened


def test_a_move_is_made_as_a_draft_that_moves_nothing_and_then_posted(trial: Trial, session: TrytonSession) -> None:
    entry = trial.entry()
    draft = session.post(entry)
    assert (draft.status, draft.number) == (ReceiptStatus.DRAFT, "")
    posted = session.finish(draft, entry)
    assert (posted.id, posted.status, posted.number) == (draft.id, ReceiptStatus.POSTED, "2026/1")
    assert posted.url == "https://tryton.example/#books/model/account.move/1"
    assert posted.recorded is None  # so that the hub reads it back


@pytest.mark.parametrize("finished", [False, True])
def test_what_is_there_already_is_taken_up_instead_of_made_again(
    trial: Trial, session: TrytonSession, *, finished: bool
) -> None:
    entry = trial.entry()
    first = session.post(entry)
    if finished:
        session.finish(first, entry)
    before = trial.writings()
    again = session.post(entry)
    assert again.id == first.id
    assert again.status is (ReceiptStatus.POSTED if finished else ReceiptStatus.DRAFT)
    assert trial.writings() == before


def test_a_draft_that_is_posted_already_is_not_posted_again(trial: Trial, session: TrytonSession) -> None:
    entry = trial.entry()
    draft = session.post(entry)
    session.finish(draft, entry)
    before = trial.writings()
    assert session.finish(draft, entry).status is ReceiptStatus.POSTED
    assert trial.writings() == before


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.REQUEST_LOST, Fault.HTML_200, Fault.ERROR_500_AFTER])
def test_a_posting_whose_answer_is_lost_is_unknown_and_found_to_be_posted_or_is_posted_then(
    fault: Fault, trial: Trial
) -> None:
    entry = trial.entry()
    with trial.session(Weather(writing=[None, fault])) as session:
        outcome = trial.post(session, entry)
    assert isinstance(outcome, ConnectorError)
    assert not isinstance(outcome, NotWritten)
    with trial.session() as session:
        assert trial.found(session, entry) == ["1"]
    trial.stands_once(entry)


def test_several_moves_of_one_entry_are_told_and_none_is_made(trial: Trial, session: TrytonSession, site: Site) -> None:
    entry = trial.entry()
    session.post(entry)
    moves = site.database.tables[MOVE]
    moves[2] = {**moves[1], "id": 2, "lines": []}
    with pytest.raises(OutcomeUnknown, match="more than one move"):
        session.post(entry)
    assert len(moves) == 2


@pytest.mark.parametrize(
    ("table", "id_", "change"),
    [
        (LINE, 1, {"debit": Decimal("1.00")}),
        (LINE, 1, {"account": 2}),
        (LINE, 2, {"state": "draft"}),
        (MOVE, 1, {"description": "IA000000099 somebody else's"}),
    ],
)
def test_a_draft_that_is_not_the_entry_any_more_is_not_posted(
    table: str, id_: int, change: dict[str, object], trial: Trial, session: TrytonSession, site: Site
) -> None:
    entry = trial.entry()
    draft = session.post(entry)
    site.database.tables[table][id_].update(change)
    before = trial.writings()
    with pytest.raises(OutcomeUnknown, match="Delete the draft in Tryton"):
        session.finish(draft, entry)
    assert trial.writings() == before
    assert site.database.tables[MOVE][1]["state"] == "draft"


def test_a_move_that_does_not_balance_there_is_never_told_as_a_journal(
    trial: Trial, session: TrytonSession, site: Site
) -> None:
    entry = trial.entry()
    posted = session.finish(session.post(entry), entry)
    site.database.tables[LINE][1]["debit"] = Decimal("1.00")
    (found,) = session.find(entry)
    assert found.recorded is None
    with pytest.raises(ConnectorError, match="does not balance in Tryton"):
        session.read(posted)


def test_what_cannot_be_asked_first_is_not_sent_and_tried_later(trial: Trial) -> None:
    with trial.session(Weather(reading=[Fault.ANSWER_LOST])) as session, pytest.raises(TryLater) as raised:
        session.post(trial.entry())
    assert (
        raised.value.__context__ is None
    )  # else the hub, seeing a time-out among the causes, would take it for silence
    assert trial.writings() == 0
