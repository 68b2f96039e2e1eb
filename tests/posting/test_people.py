"""What people change between the preview and the export, and between the last look and the call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import httpx2
import pytest

from hub.service.context import Refused
from hub.testing.lossy import writes
from tests.posting.house import NOVEMBER, OCTOBER, Document, House, codes, nothing
from tests.posting.proofs import LABEL, frozen, nothing_posted, posted_once, reference, sends, tells, there

OTHER_FIGURES = {"Meat": "1.00", "Liquor": "2.00"}
UNCHECKED = "acknowledge=not_checked"


def amends(house: House) -> None:
    """Import the count again with other figures."""
    house.counts(values=OTHER_FIGURES)


def maps_otherwise(house: House) -> None:
    """Map the cost of meat to another account."""
    house.imports("account-map", "gl_account,account_number", "5010,5020", connection="books")


def changes_the_method(house: House) -> None:
    """Post the net change instead of reversal and new value."""
    house.sets(method="net_change")


CHANGES = [amends, maps_otherwise, changes_the_method]
Change = Callable[[House], None]


def refusal(house: House, **chosen: str) -> list[str]:
    """Return the codes that Export is refused with, which leaves nothing frozen and nothing posted."""
    try:
        made = house.export(**chosen)
    except Refused as refused:
        found = [problem.code for problem in refused.problems]
    else:
        assert (made["export"], made["state"]) == (None, "REFUSED")
        found = codes(made)
    assert (house.query("SELECT code FROM export"), house.journals()) == ([], [])
    return found


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_since_the_preview_is_looked_at_again_before_anything_is_exported(
    house: House, change: Change
) -> None:
    shown = house.preview()
    change(house)
    assert refusal(house, hash_=shown["hash"]) == ["figures_changed"]
    again = house.preview()
    assert again["hash"] != shown["hash"]
    made = house.export(hash_=again["hash"])
    assert made["hash"] == again["hash"]
    posted_once(house, made)


@pytest.mark.parametrize("change", [amends, maps_otherwise])
def test_what_is_changed_while_the_accounting_system_is_asked_is_noticed_when_it_is_frozen(
    house: House, change: Change
) -> None:
    asked: list[str] = []

    def meanwhile(request: object) -> None:
        if not asked:
            asked.append("once")
            change(house)

    house.wire.arrives = meanwhile
    assert refusal(house) == ["figures_changed"]
    posted_once(house, house.export())


@pytest.mark.parametrize("change", [amends, changes_the_method])
def test_what_is_changed_after_the_freeze_changes_nothing_of_what_is_sent(house: House, change: Change) -> None:
    shown = house.preview()
    house.sets(mode="paused")
    made = house.export(hash_=shown["hash"])
    change(house)
    house.sets(mode="manual")
    house.settles()
    problems = house.shown(made["export"])["problems"]
    assert [problem["code"] for problem in problems] == (["amended_since"] if change is amends else [])
    assert house.journals() == [(reference(made), Decimal("19582.42"))]
    assert there(house, reference(made)) == frozen(house, reference(made))


def test_whoever_exports_second_gets_the_export_of_the_first_with_the_same_figures(house: House) -> None:
    shown = house.preview()
    first = house.export(hash_=shown["hash"])
    second = house.export(hash_=shown["hash"])
    assert (second["export"], second["created_by"]) == (first["export"], "alice")
    posted_once(house, first)
    assert tells(house.preview(), "already_exported", first["export"], "alice", "09:00")["level"] == "note"


def test_whoever_exports_second_with_other_figures_in_view_is_told_to_look_again(house: House) -> None:
    shown = house.preview()
    amends(house)
    made = house.export()
    with pytest.raises(Refused) as refused:
        house.export(hash_=shown["hash"])
    assert [problem.code for problem in refused.value.problems] == ["figures_changed"]
    posted_once(house, made)


def test_a_connection_paused_since_the_preview_sends_nothing_until_it_goes_on(house: House) -> None:
    shown = house.preview()
    house.sets(mode="paused")
    made = house.export(hash_=shown["hash"])
    tells(made, "waiting", LABEL, reference(made), "paused", "Company Settings > Accounting")
    house.settles(600)
    nothing_posted(house, made, "FROZEN")
    assert sends(house) == []
    house.sets(mode="manual")
    posted_once(house.later(65), made)


def test_a_journal_of_unknown_fate_is_not_looked_for_while_paused(house: House) -> None:
    house.wire.leaves = lambda request: _lose(house) if writes(request) else None
    made = house.export()
    assert made["state"] == "UNKNOWN"
    house.sets(mode="paused")
    before = len(house.sent)
    house.settles(600)
    tells(house.shown(made["export"]), "checking", LABEL, "did not say whether it was posted", "paused")
    assert len(house.sent) == before
    house.sets(mode="manual")
    posted_once(house.settles(), made)


def _lose(house: House) -> None:
    """Let the answer be lost, and nothing else."""
    house.wire.leaves = nothing
    raise httpx2.ReadTimeout("the answer was lost")


def closes(house: House) -> Change:
    """Close October there, and return what opens it again."""
    house.ledger.close_period(date(2026, 10, 31))
    return lambda house: house.ledger.open_period()


def deactivates(house: House) -> Change:
    """Make an account inactive there, and return what makes it active again."""
    house.ledger.deactivate("acc-1340")
    return lambda house: house.ledger.activate("acc-1340")


Closing = Callable[[House], Change]
REFUSALS = [
    pytest.param(closes, "period_closed", "closed through 2026-10-31", id="period closed"),
    pytest.param(deactivates, "account_inactive", "1340 Liquor Inventory", id="account inactive"),
]


@pytest.mark.parametrize(("close", "code", "said"), REFUSALS)
def test_what_was_closed_there_since_the_preview_keeps_the_export_from_being_frozen(
    house: House, close: Closing, code: str, said: str
) -> None:
    shown = house.preview()
    reopen = close(house)
    assert refusal(house, hash_=shown["hash"]) == [code]
    tells(house.preview(), code, said)
    reopen(house)
    posted_once(house, house.export(hash_=shown["hash"]))


def refused_at_the_last_moment(house: House, close: Closing) -> tuple[Document, Change]:
    """Export while something is closed there just before the journal arrives; return the export and what reopens it."""
    reopens: list[Change] = []

    def meanwhile(request: object) -> None:
        if writes(request):  # type: ignore[arg-type]
            reopens.append(close(house))

    house.wire.arrives = meanwhile
    made = house.export()
    house.wire.arrives = nothing
    return made, reopens[0]


@pytest.mark.parametrize(("close", "code", "said"), REFUSALS)
def test_what_is_closed_there_at_the_last_moment_is_refused_and_goes_out_when_a_person_resumes(
    house: House, close: Closing, code: str, said: str
) -> None:
    made, reopen = refused_at_the_last_moment(house, close)
    tells(
        made, "refused", LABEL, reference(made), "nothing of it was posted", said, code, f"hub resume {made['export']}"
    )
    nothing_posted(house, made, "REJECTED")
    again = house.resume(made["export"])
    tells(again, "checking", LABEL, "An earlier attempt may still have arrived", "looks for it")
    tells(house.settles().shown(made["export"]), "refused", LABEL, said)
    reopen(house)
    house.resume(made["export"])
    posted_once(house, made)


@pytest.mark.parametrize(("close", "code", "said"), REFUSALS[:1])
def test_what_was_refused_is_given_up_by_an_undo_and_its_count_offered_again(
    house: House, close: Closing, code: str, said: str
) -> None:
    made, reopen = refused_at_the_last_moment(house, close)
    assert house.undo(made["export"])["state"] == "UNDONE"
    assert house.settles().journals() == []
    reopen(house)
    again = house.export()
    assert again["export"] != made["export"]
    posted_once(house, again)


def test_access_taken_back_since_the_preview_is_a_warning_and_then_waits_for_the_sign_in(house: House) -> None:
    shown = house.preview()
    house.ledger.revoke()
    assert refusal(house, hash_=shown["hash"]) == ["not_acknowledged"]
    made = house.export(OCTOBER, UNCHECKED)
    told = "no longer accepts the hub's sign-in"
    tells(made, "reconnect_needed", LABEL, reference(made), told, "was not posted", f"hub resume {made['export']}")
    nothing_posted(house.settles(), made, "FROZEN")
    assert len(sends(house)) == 1
    house.ledger.grant()
    house.resume(made["export"])
    posted_once(house, made)


def test_access_taken_back_after_a_lost_answer_leaves_the_journal_unknown_and_finds_it_when_connected_again(
    house: House,
) -> None:
    house.wire.leaves = lambda request: _lose(house) if writes(request) else None
    made = house.export()
    house.ledger.revoke()
    house.settles(600)
    shown = house.shown(made["export"])
    assert shown["state"] == "UNKNOWN"
    tells(shown, "reconnect_needed", LABEL, "It is not known whether", f"hub resume {made['export']}")
    house.ledger.grant()
    house.resume(made["export"])
    posted_once(house.settles(), made)
    assert len(sends(house)) == 1


def test_two_counts_of_one_site_wait_for_each_other(house: House) -> None:
    house.wire.leaves = lambda request: _lose(house) if writes(request) else None
    older = house.export()
    house.counts(day=NOVEMBER, values=OTHER_FIGURES)
    newer = house.export(NOVEMBER)
    assert (newer["export"], codes(newer)) == (None, ["export_in_progress"])
    tells(newer, "export_in_progress", older["export"], OCTOBER)
    house.settles()
    posted_once(house, house.export(NOVEMBER))
    assert [str(house.balance(number)) for number in ("1310", "1340")] == ["-4811.37", "2.00"]
