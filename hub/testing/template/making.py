"""Makes the distribution of a new connector from the one for the fake ledger, so that what partners begin with is tested code."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from string import Template

import hub
from hub.api import API_VERSION, ENTRY_POINT_GROUP

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)
LONGEST_NAME = 40
CONNECTOR = ("__init__", "connector", "faults", "preflight", "session", "settings", "stand", "wire")
FILES: Mapping[str, str] = {
    "pyproject.txt": "pyproject.toml",
    "readme.txt": "README.md",
    "gitignore.txt": ".gitignore",
    "ci.txt": ".github/workflows/ci.yml",
    "scale.txt": "$package/scale.yaml",
    "test_conformance.txt": "tests/test_conformance.py",
    "test_readme.txt": "tests/test_readme.py",
}
"""The other files, by their template."""


class NameRefused(ValueError):
    """A name that a new connector cannot have; the message says why."""


@dataclass(frozen=True, slots=True)
class Name:
    """A connector's name, as it stands in each place."""

    id: str

    @property
    def package(self) -> str:
        return f"hub_{self.id}"

    @property
    def distribution(self) -> str:
        return f"hub-{self.id.replace('_', '-')}"

    @property
    def title(self) -> str:
        return " ".join(part.capitalize() for part in self.id.split("_"))

    @property
    def type(self) -> str:
        return self.title.replace(" ", "")


def make_distribution(name: str, into: Path) -> Path:
    """Make the folder of a new connector's distribution below `into`, and return it.

    Raises NameRefused where the name is none or taken, FileExistsError where the folder exists; nothing is overwritten.
    """
    _refuse_unusable(name)
    new = Name(name)
    folder = into / new.distribution
    folder.mkdir(parents=True)
    for place, text in (*_connector_files(new), *_other_files(new)):
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def _refuse_unusable(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME or keyword.iskeyword(name):
        raise NameRefused(
            f"{name!r} is no name for a connector: lower-case letters, digits and single _, at most {LONGEST_NAME}."
        )
    if name in {entry.name for entry in entry_points(group=ENTRY_POINT_GROUP)}:
        raise NameRefused(f"A plugin {name} is installed already.")
    if find_spec(Name(name).package) is not None:
        raise NameRefused(f"A package {Name(name).package} is installed already.")


def _connector_files(name: Name) -> Iterator[tuple[str, str]]:
    source = files("hub.testing")
    for module in CONNECTOR:
        text = (source / "connector" / f"{module}.py").read_text(encoding="utf-8")
        yield f"{name.package}/{module}.py", _renamed(text, name)
    profile = (source / "profile.py").read_text(encoding="utf-8")
    yield f"{name.package}/profile.py", profile
    yield f"{name.package}/py.typed", ""


def _renamed(text: str, name: Name) -> str:
    """Return a module of the fake connector as the new one's."""
    for old, new in (
        ("hub.testing.connector", name.package),
        ("hub.testing.profile", f"{name.package}.profile"),
        ("FakeConnector", name.type),
        ("FakeSession", f"{name.type}Session"),
        ('id="fake"', f'id="{name.id}"'),
        ('"Fake Ledger"', f'"{name.title}"'),
        ("settings of fake expected", f"settings of {name.id} expected"),
        ("The connector for the fake ledger, and the model for a partner's own: the same files, the same names.",
         f"The connector for {name.title}: as it was made, it speaks to the hub's fake ledger."),
    ):  # fmt: skip
        text = text.replace(old, new)
    return text


def _other_files(name: Name) -> Iterator[tuple[str, str]]:
    values = {
        "name": name.id,
        "package": name.package,
        "distribution": name.distribution,
        "title": name.title,
        "type": name.type,
        "group": ENTRY_POINT_GROUP,
        "api": str(API_VERSION),
        "hub_version": hub.__version__,
    }
    templates = files("hub.testing.template") / "files"
    for template, place in FILES.items():
        text = (templates / template).read_text(encoding="utf-8")
        yield Template(place).substitute(values), Template(text).substitute(values)
