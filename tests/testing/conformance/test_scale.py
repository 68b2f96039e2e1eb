"""The scale is honest: a level is earned by checks that pass, and an exemption needs a reason that still holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.testing.conformance import (
    CHECKS,
    CannotStand,
    Grade,
    NoStand,
    Scale,
    ScaleInvalid,
    Stand,
    Subject,
    Verdict,
    contradictions,
    earned,
    installed_subject,
    judge,
    read_scale,
    scale_of,
    subject_of,
)
from hub.testing.conformance.report import report_on
from hub.testing.conformance.suite import BY_ID
from hub.testing.connector.stand import make_stand

REASON = "The system keeps two decimals and no more."


def verdicts(*failing: str) -> list[Verdict]:
    return [Verdict(check=check, failure="seen" if check.id in failing else "") for check in CHECKS]


@pytest.mark.parametrize(
    ("failing", "level"),
    [
        ([], Grade.PLATINUM),
        (["money.three_decimals"], Grade.GOLD),
        (["text.memos", "money.three_decimals"], Grade.SILVER),
        (["once.key"], Grade.BRONZE),
        (["money.sides"], Grade.NONE),
        (["money.sides", "money.three_decimals"], Grade.NONE),
    ],
)
def test_a_level_is_earned_where_nothing_of_it_or_below_it_fails(failing: list[str], level: Grade) -> None:
    assert earned(verdicts(*failing)) is level


def test_every_level_has_checks_of_its_own_and_every_check_says_what_it_protects() -> None:
    assert {check.grade for check in CHECKS} == set(Grade) - {Grade.NONE}
    assert len({check.id for check in CHECKS}) == len(CHECKS) > 50
    for check in CHECKS:
        assert all(text.endswith(".") and len(text) > 20 for text in (check.title, check.protects, check.mend)), (
            check.id
        )


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("- a list", "must hold keys"),
        ("exempt: [", "is not YAML"),
        ("level: platinum", "level is none of its keys"),
        ("exempt: money.sides", "exempt must be a list"),
        ("exempt: [money.sides]", "must have a check and a reason"),
        ("exempt: [{check: money.sides}]", "must have a check and a reason"),
        ("exempt: [{check: money.magic, reason: It is not needed for anything here.}]", "money.magic is no check"),
        ("exempt: [{check: money.sides, reason: later}]", "needs a reason that a stranger understands"),
        (
            f"exempt: [{{check: money.sides, reason: {REASON}}}, {{check: money.sides, reason: {REASON}}}]",
            "exempt twice",
        ),
    ],
)
def test_what_is_wrong_with_a_scale_is_said(text: str, wrong: str) -> None:
    with pytest.raises(ScaleInvalid, match=wrong):
        read_scale(text)


def test_an_exemption_of_a_check_that_passes_or_does_not_apply_is_told() -> None:
    scale = Scale(exempt={"money.sides": REASON, "conduct.same_file": REASON, "money.three_decimals": REASON})
    found = [
        Verdict(check=BY_ID["money.sides"]),
        Verdict(check=BY_ID["conduct.same_file"], applies=False),
        Verdict(check=BY_ID["money.three_decimals"], failure="seen"),
    ]
    told = contradictions(scale, found)
    assert [sentence.split(",")[0] for sentence in told] == ["money.sides passes", "conduct.same_file does not apply"]


def unable(currency: str) -> Stand:
    """A stand whose books are in dollars only, and whose periods cannot be closed."""
    if currency == "KWD":
        raise CannotStand("This stand-in knows no dinars.")
    stand = make_stand(currency)
    return replace(stand, deeds=replace(stand.deeds, close_books=None))


def test_what_a_stand_cannot_do_is_missing_and_counts_as_a_failure() -> None:
    assert judge(BY_ID["money.three_decimals"], unable).failure == "This stand-in knows no dinars."
    assert "Deeds(close_books=...)" in judge(BY_ID["books.closed_period"], unable).failure


def test_a_report_tells_the_level_what_is_missing_and_why_and_exemptions_do_not_raise_it() -> None:
    exempt = {"money.three_decimals": REASON, "books.closed_period": REASON}
    report = report_on("fake", Subject(make_stand=unable, scale=Scale(exempt=exempt)))
    assert (report["level"], report["sound"]) == ("silver", True)
    assert [(each["check"], each["level"]) for each in report["missing"]] == [
        ("books.closed_period", "gold"),
        ("money.three_decimals", "platinum"),
    ]
    assert report["missing"][1]["exempt"] == REASON
    assert report["passed"] == report["concerned"] - 2


def test_a_plugin_that_brings_nothing_to_be_checked_is_told_so() -> None:
    with pytest.raises(NoStand, match="There is no plugin nobody"):
        installed_subject("nobody")
    with pytest.raises(NoStand, match=r"json has no stand\.py"):
        subject_of("json")
    with pytest.raises(ScaleInvalid, match=r"has no scale\.yaml"):
        scale_of("hub.testing")
