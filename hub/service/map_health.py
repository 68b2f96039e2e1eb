"""What is wrong with a connection's maps since its chart was last read: accounts that are gone, renamed, inactive or of
another type, values of sites that are no longer there; which exports that touches, and what could take their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from hub.api import Account, Dimension, DimensionValue, Level, Problem, Where
from hub.domain.setup import Chart, GlAccount
from hub.service.connecting.live_chart import kept_dimensions, read_chart
from hub.service.context import Hub, problem_document
from hub.service.map_effects import NO_EFFECTS, Effects, effects_of
from hub.service.maps import account_key
from hub.service.scope import CompanyRows, reading
from hub.service.setup_suggestions import Suggestion, fits, replacements, why_no_journal
from hub.store import Row
from hub.store.chart_rows import GONE
from hub.store.mapping_rows import WrittenMap, written_maps


class Trouble(StrEnum):
    """What is wrong with a map, the worst first: with each but the last an entry that needs it cannot be posted."""

    GONE = "gone"
    INACTIVE = "inactive"
    NOT_POSTABLE = "not_postable"
    OTHER_TYPE = "other_type"
    MISSING = "missing"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFinding:
    """A GL Account whose account is not as it was when it was mapped.

    was: the account as the map names it; now: as the chart has it, None where it is not there at all; message: what is
    wrong, in a sentence; replacement: what to map to in its place, None where nothing is likely or the account can stay.
    """

    gl: GlAccount
    trouble: Trouble
    was: Account
    now: Account | None
    message: str
    replacement: Suggestion | None = None
    effects: Effects = NO_EFFECTS


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFinding:
    """A site whose lines would carry a value that is not there any more or not in use, or lack one that is needed."""

    site: str
    dimension: str
    label: str
    value: str
    trouble: Trouble
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapHealth:
    """How a connection's maps stand. read_at: when its chart was last read, None where it never was; live: whether it can be
    read now."""

    connection: str
    read_at: datetime | None
    live: bool
    accounts: tuple[AccountFinding, ...] = ()
    sites: tuple[SiteFinding, ...] = ()

    @property
    def remapping(self) -> tuple[AccountFinding, ...]:
        """What has to be mapped to another account, or put right in the accounting system."""
        return tuple(each for each in self.accounts if each.trouble is not Trouble.RENAMED)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every finding as a problem: what keeps an export from being made, what an export would need, what to know."""
        return (*(_account_problem(self.connection, each) for each in self.accounts), *self._of_sites())

    def _of_sites(self) -> Iterator[Problem]:
        for each in self.sites:
            yield Problem(
                level=Level.PROBLEM,
                code=f"map_value_{each.trouble.value}",
                message=each.message,
                fix="Choose another value under Site Maps, or put it right in the accounting system.",
                where=Where(connection=self.connection, site=each.site),
            )


def check_maps(hub: Hub, company: str, connection: str) -> MapHealth:
    """Read a connection's chart now where it can be read, and return how its maps stand; raises as `read_chart`."""
    with reading(hub, company) as rows:
        row = rows.connection_row(rows.books(connection).name)
    if _is_live(row):
        read_chart(hub, company, row["name"])
    return map_health(hub, company, row["name"])


def map_health(hub: Hub, company: str, connection: str) -> MapHealth:
    """Return how a connection's maps stand by its chart as it was last read or imported; nothing is called.

    Raises NotFound.
    """
    with reading(hub, company) as rows:
        row = rows.connection_row(rows.books(connection).name)
        found = _of_accounts(rows, row)
        unusable = {each.gl.number: each.now or each.was for each in found if each.trouble is not Trouble.RENAMED}
        effects = effects_of(hub, rows, row, unusable) if unusable else {}
        return MapHealth(
            connection=row["name"],
            read_at=row["chart_read_at"],
            live=_is_live(row),
            accounts=tuple(replace(each, effects=effects.get(each.gl.number, NO_EFFECTS)) for each in found),
            sites=tuple(findings_of_sites(rows, row)),
        )


def health_document(health: MapHealth) -> dict[str, object]:
    """Return how maps stand as programs read it."""
    return {
        "connection": health.connection,
        "read_at": None if health.read_at is None else health.read_at.isoformat(timespec="seconds"),
        "remapping": [
            {
                "gl_account": each.gl.number,
                "trouble": each.trouble.value,
                "suggested": None if each.replacement is None else account_key(each.replacement.account),
                "waiting": list(each.effects.waiting),
                "next_date": None if each.effects.next_date is None else each.effects.next_date.isoformat(),
            }
            for each in health.remapping
        ],
        "problems": [problem_document(problem) for problem in health.problems],
    }


def _is_live(row: Row) -> bool:
    return row["chosen_at"] is not None and row["sign_in_id"] is not None


def _of_accounts(rows: CompanyRows, row: Row) -> Sequence[AccountFinding]:
    """Return the findings of a connection's account map, the worst first, each with what could take the account's place."""
    setup, name = rows.setup, row["name"]
    chart = setup.chart(name)
    if not chart.accounts:
        return []
    written = written_maps(rows.connection, rows.company_id, row["id"])
    every = [_of_account(setup.gl_accounts[each.gl_account], each, chart) for each in written]
    found = sorted(filter(None, every), key=lambda each: list(Trouble).index(each.trouble))
    gone = [(each.gl, each.now or each.was) for each in found if each.trouble is not Trouble.RENAMED]
    mapped = setup.account_maps.get(name, {})
    other = replacements(gone, chart.accounts, mapped=mapped, known=setup.gl_accounts) if gone else {}
    return [replace(each, replacement=other.get(each.gl.number)) for each in found]


def _of_account(gl: GlAccount, written: WrittenMap, chart: Chart) -> AccountFinding | None:
    was = Account(id=written.account_id, number=written.account_number, name=written.account_name)
    now = chart.find(account_id=was.id, number=was.number, name=was.name)
    told = _told(gl, was, now)
    return AccountFinding(gl=gl, trouble=told[0], was=was, now=now, message=told[1]) if told else None


def _told(gl: GlAccount, was: Account, now: Account | None) -> tuple[Trouble, str] | None:
    """Return what is wrong with a map and the sentence for it; None where nothing is."""
    if now is None or now.why_not_postable == GONE:
        return Trouble.GONE, f"{was.title} is not in the chart of accounts any more."
    if why := why_no_journal(now):
        return Trouble.NOT_POSTABLE if now.active else Trouble.INACTIVE, why
    if not fits(gl.kind, now.kind):
        return Trouble.OTHER_TYPE, f"{now.title} is of a type that {gl.number} {gl.name} cannot be posted to."
    if (was.number and was.number != now.number) or (was.name and was.name != now.name):
        return Trouble.RENAMED, f"{was.title} is called {now.title} now."
    return None


def _account_problem(connection: str, finding: AccountFinding) -> Problem:
    gl, effects = finding.gl, finding.effects
    if finding.trouble is Trouble.RENAMED:
        level, fix = Level.NOTE, "Look whether it is still the right account."
    else:
        level = Level.PROBLEM if effects.any else Level.WARNING
        other = finding.replacement
        fix = f"Map it to {other.account.title}" if other else "Map it to another account"
        fix += " under GL Account Maps, or put it right in the accounting system."
    return Problem(
        level=level,
        code=f"map_account_{finding.trouble.value}",
        message=" ".join((f"GL Account {gl.number} {gl.name}: {finding.message}", *effects.sentences)),
        fix=fix,
        where=Where(connection=connection, gl_account=gl.number, account=finding.was.title),
    )


def findings_of_sites(rows: CompanyRows, row: Row) -> Iterator[SiteFinding]:
    """Return what is wrong with the dimension values of the sites that post to a connection, by its chart as last read."""
    dimensions = [each for each in kept_dimensions(row) if each.values is not None or each.required]
    codes = [code for code, site in sorted(rows.setup.sites.items()) if site.connection == row["name"]]
    for code in codes:
        values = rows.setup.dimensions(row["name"], code)
        for dimension in dimensions:
            told = _of_value(dimension, values.get(dimension.name, ""), rows.setup.sites[code].name)
            if told is not None:
                yield SiteFinding(
                    site=code,
                    dimension=dimension.name,
                    label=dimension.label,
                    value=values.get(dimension.name, ""),
                    trouble=told[0],
                    message=told[1],
                )


def _of_value(dimension: Dimension, value: str, site: str) -> tuple[Trouble, str] | None:
    if not value:
        return (Trouble.MISSING, f"{site} has no {dimension.label}, which is needed.") if dimension.required else None
    if dimension.values is None:
        return None
    known = [one.active for one in _meant(dimension.values, value)]
    if any(known):
        return None
    if known:
        return Trouble.INACTIVE, f"{site}: the {dimension.label} {value} was made inactive."
    return Trouble.GONE, f"{site}: there is no {dimension.label} {value} any more."


def _meant(values: Sequence[DimensionValue], value: str) -> list[DimensionValue]:
    """Return the values that a site's may mean: by id or name, else by the last part of a name such as Parent:Child.

    Not every connector takes the last part alone; one that does not says so before an export.
    """
    exact = [one for one in values if value in (one.id, one.name)]
    return exact or [one for one in values if one.name.rpartition(":")[2].strip() == value]
