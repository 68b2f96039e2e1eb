"""scale.yaml: what a connector does not pass, and why; what it passes is found by running the checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from hub.testing.conformance.suite import BY_ID, Verdict

FILE = "scale.yaml"
SHORTEST_REASON = 20  # characters: less explains nothing
KEYS = frozenset({"connector", "exempt", "promises", "not_met"})


class ScaleInvalid(ValueError):
    """A scale.yaml that says nothing which can be relied on; the message lists what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The exemptions of a connector: the reason by the id of each check that it does not pass."""

    exempt: Mapping[str, str] = field(default_factory=dict)


def read_scale(text: str) -> Scale:
    """Return what a scale.yaml says; raises ScaleInvalid with all that is wrong with it.

    Its keys: connector; exempt, a list of check and reason; and for readers promises (promise, shown_by) and not_met.
    """
    import yaml

    try:
        told = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise ScaleInvalid(f"{FILE} is not YAML: {error}") from error
    if not isinstance(told, dict):
        raise ScaleInvalid(f"{FILE} must hold keys: {', '.join(sorted(KEYS))}.")
    listed = told.get("exempt") or []
    wrong = [*_unknown_keys(told), *_wrong_exemptions(listed)]
    if wrong:
        raise ScaleInvalid(" ".join(wrong))
    return Scale(exempt={each["check"]: " ".join(each["reason"].split()) for each in listed})


def scale_of(package: str) -> Scale:
    """Return the scale of an installed connector's package; raises ScaleInvalid where it has none."""
    file = files(package) / FILE
    if not file.is_file():
        raise ScaleInvalid(f"{package} has no {FILE}; where it passes every check, the line `exempt: []` is enough.")
    return read_scale(file.read_text(encoding="utf-8"))


def contradictions(scale: Scale, verdicts: Sequence[Verdict]) -> list[str]:
    """Return a sentence for each exemption that the checks do not bear out."""
    found = {verdict.check.id: verdict for verdict in verdicts}
    return [
        f"{check} passes, so its exemption in {FILE} goes."
        if found[check].applies
        else f"{check} does not apply, so its exemption in {FILE} goes."
        for check in scale.exempt
        if check in found and found[check].passed
    ]


def _unknown_keys(told: Mapping[object, object]) -> Iterator[str]:
    for name in told:
        if name not in KEYS:
            yield f"{name} is none of its keys: {', '.join(sorted(KEYS))}."


def _wrong_exemptions(listed: object) -> Iterator[str]:
    if not isinstance(listed, list):
        yield "exempt must be a list."
        return
    seen: set[str] = set()
    for number, each in enumerate(listed, start=1):
        if not isinstance(each, dict) or set(each) != {"check", "reason"}:
            yield f"Exemption {number} must have a check and a reason, and nothing else."
            continue
        name, reason = each["check"], each["reason"]
        if name not in BY_ID:
            yield f"{name} is no check; docs/partners.md lists them."
        if name in seen:
            yield f"{name} is exempt twice."
        if not isinstance(reason, str) or len(reason.strip()) < SHORTEST_REASON:
            yield f"The exemption of {name} needs a reason that a stranger understands."
        seen.add(str(name))
