"""What a person may do in a company: by role, and in all its sites or some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Feature(StrEnum):
    """A part of the hub that a role opens."""

    VIEW = "view"
    EXPORT = "export"
    IMPORT = "import"
    SETUP = "setup"
    PEOPLE = "people"
    AUDIT = "audit"
    SUPPORT = "support"


class Role(StrEnum):
    """What a person is in a company; support is in every company."""

    VIEWER = "viewer"
    EXPORTER = "exporter"
    ADMINISTRATOR = "administrator"
    SUPPORT = "support"


class Scope(StrEnum):
    """What a program's token is for; each part of the REST API takes exactly one."""

    IMPORT = "import"
    READ = "read"
    EXPORT = "export"


FEATURES: Mapping[Role, frozenset[Feature]] = {
    Role.VIEWER: frozenset({Feature.VIEW}),
    Role.EXPORTER: frozenset({Feature.VIEW, Feature.EXPORT, Feature.IMPORT}),
    Role.ADMINISTRATOR: frozenset(Feature) - {Feature.SUPPORT},
    Role.SUPPORT: frozenset(Feature),
}
OF_THE_WHOLE_COMPANY = frozenset({Feature.IMPORT, Feature.SETUP, Feature.PEOPLE, Feature.AUDIT, Feature.SUPPORT})
"""Features that are not of single sites: who sees only some sites has none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A person's access to one company; sites: the codes of those it is for, None for all."""

    role: Role
    sites: frozenset[str] | None = None

    def may(self, feature: Feature, site: str | None = None) -> bool:
        """Tell whether this access opens a feature, of one site where one is given."""
        if feature not in FEATURES[self.role] or (self.sites is not None and feature in OF_THE_WHOLE_COMPANY):
            return False
        return site is None or self.sees([site])

    def sees(self, sites: Iterable[str]) -> bool:
        """Tell whether this access is for every one of these sites."""
        return self.sites is None or self.sites.issuperset(sites)


EVERYTHING = Access(role=Role.SUPPORT)
