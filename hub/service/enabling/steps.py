"""How far a connection is on its way to the first export: each step as it follows from what is stored, so that it can be left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hub.api import Problem, Where
from hub.domain.access import Feature
from hub.service.access import members_of
from hub.service.connecting.standing import State, connection_document
from hub.service.context import Hub, problem_document
from hub.service.enabling.dry_runs import Tried, last_dry_run, tried_now
from hub.service.enabling.missing import accounts_missing, openings_missing, problem, sites_missing
from hub.service.previewing import sites_of
from hub.service.scope import CompanyRows, reading


class Step(StrEnum):
    """What is done for a connection, in this order."""

    CONNECTOR = "connector"
    SIGN_IN = "sign_in"
    COMPANY = "company"
    CHART = "chart"
    ACCOUNTS = "accounts"
    SITES = "sites"
    OPENING = "opening"
    DRY_RUN = "dry_run"
    ACCESS = "access"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a step stands. said: what is known of it, a sentence or nothing; missing: what it waits for (shape `problem`);

    asked: False where this connector does not need it.
    """

    step: Step
    done: bool
    said: str = ""
    missing: Sequence[dict[str, object]] = ()
    asked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Enabling:
    """A connection on its way. connection: as `connections` lists it; tried: its last dry run, None before the first.

    exported: whether anything was exported to it; exporters: who may export, by name, support staff aside.
    """

    connection: dict[str, Any]
    steps: tuple[Standing, ...]
    tried: Tried | None
    exported: bool
    exporters: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether everything is done but to say who may export."""
        return all(each.done for each in self.steps if each.step is not Step.ACCESS)

    @property
    def now(self) -> Step | None:
        """The first step that is not done, None where all are."""
        return next((each.step for each in self.steps if not each.done), None)

    @property
    def done(self) -> int:
        """How many of the steps that are asked for are done."""
        return sum(each.done and each.asked for each in self.steps)

    @property
    def asked(self) -> int:
        """How many steps are asked for."""
        return sum(each.asked for each in self.steps)


def enabling(hub: Hub, company: str, connection: str) -> Enabling:
    """Return how far a connection is; nothing outside the database is asked. Raises NotFound."""
    with reading(hub, company) as rows:
        name = rows.books(connection).name
        shown = connection_document(hub, rows, rows.connection_row(name), hub.database.now(rows.connection))
        exported = bool(rows.exports.listed(name))
        tried = last_dry_run(rows, name)
        exporters = _exporters(rows, name)
        usable = shown["state"] != State.UNUSABLE
        steps = (
            _connector(shown),
            *_there(shown),
            _chart(rows, shown),
            _of(Step.ACCOUNTS, accounts_missing(rows, name), _mapped(rows, name)),
            _of(Step.SITES, sites_missing(rows, name), _sites(rows, name)),
            _opening(rows, name),
            _dry_run(hub, rows, name, tried, exported=exported, usable=usable),
            Standing(step=Step.ACCESS, done=bool(exporters), said=", ".join(exporters)),
        )
        return Enabling(connection=shown, steps=steps, tried=tried, exported=exported, exporters=exporters)


def _of(step: Step, missing: Sequence[Problem], said: str = "") -> Standing:
    return Standing(step=step, done=not missing, said=said, missing=[problem_document(each) for each in missing])


def _connector(shown: dict[str, Any]) -> Standing:
    where, missing = Where(connection=shown["name"]), []
    if shown["state"] == State.UNUSABLE:
        missing.append(problem("connector_failed", str(shown["problem"]), where=where))
    if shown["paused"]:
        missing.append(problem("plugin_paused", str(shown["paused"]), where=where))
    return _of(Step.CONNECTOR, missing, str(shown["label"]))


def _there(shown: dict[str, Any]) -> Iterator[Standing]:
    """Yield the steps that are taken at the accounting system; each shows what is to be done on its own page."""
    if not shown["signs_in"] and shown["state"] != State.UNUSABLE:
        yield Standing(step=Step.SIGN_IN, done=True, said="Needs no sign-in", asked=False)
        yield Standing(step=Step.COMPANY, done=True, said="Its files go where you import them", asked=False)
        return
    signed_in = shown["state"] in (State.READY, State.CHOOSE_COMPANY)
    yield Standing(step=Step.SIGN_IN, done=signed_in, said=f"By {shown['sign_in']['by']}" if signed_in else "")
    chosen = shown["company"]
    yield Standing(step=Step.COMPANY, done=chosen is not None, said=chosen["name"] if chosen else "")


def _chart(rows: CompanyRows, shown: dict[str, Any]) -> Standing:
    accounts = len(rows.setup.chart(shown["name"]).accounts)
    said = f"{accounts:,} {'account' if accounts == 1 else 'accounts'}" if accounts else ""
    return Standing(step=Step.CHART, done=bool(accounts), said=said)


def _mapped(rows: CompanyRows, connection: str) -> str:
    mapped = len(rows.setup.account_maps.get(connection, {}))
    return f"{mapped:,} {'GL Account is' if mapped == 1 else 'GL Accounts are'} mapped" if mapped else ""


def _sites(rows: CompanyRows, connection: str) -> str:
    own = sites_of(rows, connection)
    return f"{len(own):,} {'site posts' if len(own) == 1 else 'sites post'} here" if own else ""


def _opening(rows: CompanyRows, connection: str) -> Standing:
    own = sites_of(rows, connection)
    missing = openings_missing(rows, connection)
    if not own:
        return Standing(step=Step.OPENING, done=False)
    return _of(Step.OPENING, missing, "" if missing else "Known for every site")


def _dry_run(
    hub: Hub, rows: CompanyRows, connection: str, tried: Tried | None, *, exported: bool, usable: bool
) -> Standing:
    if exported:
        return Standing(step=Step.DRY_RUN, done=True, said="Exported since")
    now = tried_now(hub, rows, connection) if usable else None
    if now is None:
        missing = problem(
            "nothing_offered", "There is no approved count to try yet.", where=Where(connection=connection)
        )
        return _of(Step.DRY_RUN, [missing])
    if tried is None:
        return Standing(step=Step.DRY_RUN, done=False)
    if tried.hash != now:
        said = "Counts, maps or settings changed since it was run: run it again"
        return Standing(step=Step.DRY_RUN, done=False, said=said)
    if tried.problems:
        noun = "problem" if tried.problems == 1 else "problems"
        return Standing(step=Step.DRY_RUN, done=False, said=f"It found {tried.problems} {noun}")
    return Standing(step=Step.DRY_RUN, done=True, said=f"Nothing in the way, {tried.lines:,} lines")


def _exporters(rows: CompanyRows, connection: str) -> tuple[str, ...]:
    """Return who may export each site of a connection."""
    own = sites_of(rows, connection)
    return tuple(each.shown for each in members_of(rows) if each.access.may_all(Feature.EXPORT, own))
