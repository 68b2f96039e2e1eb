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
SWITCHED = (Feature.EXPORT, Feature.IMPORT, Feature.SETUP, Feature.PEOPLE, Feature.AUDIT)
"""Features of a role that can be switched off for one person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A person's access to one company.

    sites: the codes of those that the person sees, None for all, also those that come later; exports: of these, the codes
    of those that the person may export, None for all; without: features of the role that are switched off.
    """

    role: Role
    sites: frozenset[str] | None = None
    exports: frozenset[str] | None = None
    without: frozenset[Feature] = frozenset()

    @property
    def features(self) -> frozenset[Feature]:
        """The features that this access opens, of all sites or of some."""
        found = FEATURES[self.role] - self.without
        return found if self.sites is None else found - OF_THE_WHOLE_COMPANY

    @property
    def gives_access(self) -> bool:
        """Whether this is an administrator who can give others access to the whole company."""
        return Feature.PEOPLE in self.features

    def may(self, feature: Feature, site: str | None = None) -> bool:
        """Tell whether this access opens a feature, of one site where one is given."""
        if feature not in self.features:
            return False
        return site is None or (self.sees([site]) and (feature is not Feature.EXPORT or self._exports(site)))

    def may_all(self, feature: Feature, sites: Iterable[str]) -> bool:
        """Tell whether this access opens a feature of every one of these sites."""
        return self.may(feature) and all(self.may(feature, site) for site in sites)

    def sees(self, sites: Iterable[str]) -> bool:
        """Tell whether this access is for every one of these sites."""
        return self.sites is None or self.sites.issuperset(sites)

    def _exports(self, site: str) -> bool:
        return self.exports is None or site in self.exports


EVERYTHING = Access(role=Role.SUPPORT)
