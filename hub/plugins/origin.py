"""Where a plugin comes from, as people are told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A plugin's entry-point name, and its distribution's name and version; the version is empty where unknown."""

    name: str
    distribution: str
    version: str

    def __str__(self) -> str:
        return f'"{self.name}" of {f"{self.distribution} {self.version}".strip()}'
