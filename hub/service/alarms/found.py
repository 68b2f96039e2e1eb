"""One thing that a person should see to, and where it is seen to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from hub.api import Level, Problem

MAPS: Mapping[str, str] = {"map_account_": "account-maps", "map_value_": "site-maps"}
"""What the codes of findings of a connection's maps begin with, and the page where those are put right."""
STEPS: Mapping[str, str] = {
    "export": "See the export",
    "connection": "See the connection",
    "maps": "See the maps",
}
"""What the link to where it is put right is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something found of a company's connection; subject: what it is about besides, such as an export's code.

    part: what tells two of one kind and subject apart, such as a journal's reference.
    """

    company_id: int
    connection_id: int | None
    code: str
    level: Level
    message: str
    fix: str = ""
    subject: str = ""
    part: str = ""

    @property
    def key(self) -> str:
        """What makes it the same alarm the next time."""
        return ":".join((str(self.company_id), str(self.connection_id or ""), self.code, self.subject, self.part))


def found_of(problem: Problem, company_id: int, connection_id: int) -> Found:
    """Return a problem of a connection as something found."""
    where = problem.where
    return Found(
        company_id=company_id,
        connection_id=connection_id,
        code=problem.code,
        level=problem.level,
        message=problem.message,
        fix=problem.fix,
        subject=where.export or "",
        part=where.gl_account or where.account or (f"{where.site}: {problem.message}" if where.site else ""),
    )


def place_of(code: str, company: str, connection: str, export: str) -> tuple[str, str]:
    """Return the address on the hub's pages where an alarm is put right, and what the link is called."""
    at = f"/c/{quote(company, safe='')}"
    if export:
        return f"{at}/exports/{quote(export, safe='')}", STEPS["export"]
    for begins, page in MAPS.items():
        if code.startswith(begins):
            return f"{at}/setup/{page}?{urlencode({'connection': connection})}", STEPS["maps"]
    if connection:
        return f"{at}/setup/connections/one?{urlencode({'connection': connection})}", STEPS["connection"]
    return f"{at}/setup/connections", STEPS["connection"]
