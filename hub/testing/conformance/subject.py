"""A connector to be judged: how its stands are made, and what it is exempt from."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec

from hub.api import ENTRY_POINT_GROUP
from hub.testing.conformance.scale import Scale, scale_of
from hub.testing.conformance.stand import MakeStand

MODULE, FUNCTION = "stand", "make_stand"


class NoStand(LookupError):
    """There is no such plugin, or it brings no stand; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the suite asks of a connector's author: how to make a stand, and scale.yaml."""

    make_stand: MakeStand
    scale: Scale = field(default_factory=Scale)


def subject_of(package: str) -> Subject:
    """Return the subject that a package brings: make_stand() in its module stand.py, and its scale.yaml.

    Raises NoStand and ScaleInvalid.
    """
    if find_spec(f"{package}.{MODULE}") is None:
        raise NoStand(f"{package} has no {MODULE}.py, so there is nothing to check it with; see docs/partners.md.")
    make = getattr(import_module(f"{package}.{MODULE}"), FUNCTION, None)
    if make is None:
        raise NoStand(f"{package}.{MODULE} has no function {FUNCTION}(currency); see docs/partners.md.")
    return Subject(make_stand=make, scale=scale_of(package))


def installed_subject(name: str) -> Subject:
    """Return the subject of an installed plugin, by the name of its entry point; raises NoStand and ScaleInvalid."""
    found = [each for each in entry_points(group=ENTRY_POINT_GROUP) if each.name == name]
    if not found:
        known = ", ".join(sorted(each.name for each in entry_points(group=ENTRY_POINT_GROUP))) or "none"
        raise NoStand(f"There is no plugin {name}; installed: {known}.")
    module = found[0].module
    has_own = find_spec(f"{module}.{MODULE}") is not None if _is_package(module) else False
    return subject_of(module if has_own else module.rpartition(".")[0] or module)


def _is_package(module: str) -> bool:
    spec = find_spec(module)
    return spec is not None and spec.submodule_search_locations is not None
