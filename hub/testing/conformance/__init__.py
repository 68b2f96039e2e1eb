"""The conformance suite: executable checks of a connector that posts money. See docs/partners.md."""

from hub.testing.conformance.check import Check, Concerns, Grade, NotConforming
from hub.testing.conformance.scale import Scale, ScaleInvalid, contradictions, read_scale, scale_of
from hub.testing.conformance.stand import CannotStand, Deeds, MakeStand, Stand, Standing
from hub.testing.conformance.subject import NoStand, Subject, installed_subject, subject_of
from hub.testing.conformance.suite import BY_ID, CHECKS, Verdict, earned, judge, judge_all

__all__ = [
    "BY_ID",
    "CHECKS",
    "CannotStand",
    "Check",
    "Concerns",
    "Deeds",
    "Grade",
    "MakeStand",
    "NoStand",
    "NotConforming",
    "Scale",
    "ScaleInvalid",
    "Stand",
    "Standing",
    "Subject",
    "Verdict",
    "contradictions",
    "earned",
    "installed_subject",
    "judge",
    "judge_all",
    "read_scale",
    "scale_of",
    "subject_of",
]
