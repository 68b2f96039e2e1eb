"""The whole computation: facts and decisions in, balanced entries and every problem out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from hub.api import Account, Level, Problem, Where
from hub.domain.adjusting import Adjuster, NewOnBooks, Outcome
from hub.domain.checks import check, nothing_to_post
from hub.domain.decisions import Decisions
from hub.domain.entries import Entry, EntryRules, build_entries
from hub.domain.facts import Facts, OnBooksValue
from hub.domain.production import Producer
from hub.domain.resolution import Resolver
from hub.domain.transfers import Mover, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an export would post, claim and leave on the books, with everything to decide before it.

    claims: rows of the on-books values it replaces; sets: the new ones; taken: transfers and batches it posts.
    """

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    claims: tuple[int, ...] = ()
    sets: tuple[NewOnBooks, ...] = ()
    taken: tuple[Taken, ...] = ()

    @property
    def blocking(self) -> tuple[Problem, ...]:
        """The problems that no yes can wave through."""
        return tuple(problem for problem in self.problems if problem.blocking)

    def unanswered(self, decisions: Decisions) -> tuple[Problem, ...]:
        """The warnings that nobody has said yes to."""
        return tuple(
            problem
            for problem in self.problems
            if problem.level is Level.WARNING and problem.code not in decisions.acknowledged
        )


def propose(facts: Facts, decisions: Decisions, rules: EntryRules) -> Proposal:
    """Compute the adjustments of every counted site, its transfers and batches, and build the entries."""
    resolver = Resolver(facts.setup, facts.connection)
    outcome = Outcome()
    standing = _standing(facts, decisions, resolver, outcome)
    adjuster = Adjuster(facts, decisions, resolver, outcome)
    for code in sorted(facts.counts):
        adjuster.adjust(facts.counts[code], standing.get(code, {}))
    taken = Mover(facts, resolver, outcome).move() + Producer(facts, resolver, outcome).produce()
    entries, too_long = build_entries(facts, outcome.groups, rules)
    empty = nothing_to_post(facts, outcome.groups, decisions)
    problems = [*check(facts, decisions), *outcome.problems, *too_long, *([empty] if empty else [])]
    return Proposal(
        entries=tuple(entries),
        problems=tuple(dict.fromkeys(problems)),
        claims=tuple(outcome.claims),
        sets=tuple(outcome.sets),
        taken=tuple(taken),
    )


def redate(entries: tuple[Entry, ...], which: set[int], day: date) -> tuple[Entry, ...]:
    """Return the entries with some of them, by index, dated as a person picked."""
    return tuple(replace(entry, date=day) if index in which else entry for index, entry in enumerate(entries))


def _standing(
    facts: Facts, decisions: Decisions, resolver: Resolver, outcome: Outcome
) -> dict[str, dict[str, OnBooksValue]]:
    found: dict[str, dict[str, OnBooksValue]] = defaultdict(dict)
    for value in facts.on_books:
        if value.site not in facts.counts:
            continue
        standing = value
        if value.connection != facts.connection:
            standing = _translated(value, facts, resolver, outcome)
        found[value.site][value.category] = _relocated(standing, facts, decisions, outcome)
    return found


def _translated(value: OnBooksValue, facts: Facts, resolver: Resolver, outcome: Outcome) -> OnBooksValue:
    where = Where(site=value.site, category=value.category, connection=facts.connection)
    asset = resolver.gl_account(value.asset_gl, part="asset", where=where)
    cogs = resolver.gl_account(value.cogs_gl, part="cogs", where=where)
    outcome.problems += [found.problem for found in (asset, cogs) if found.problem is not None and value.value]
    return value._replace(
        asset=asset.account or value.asset,
        cogs=cogs.account or value.cogs,
        dimensions=facts.setup.dimensions(facts.connection, value.site),
    )


def _relocated(value: OnBooksValue, facts: Facts, decisions: Decisions, outcome: Outcome) -> OnBooksValue:
    """Return the value with its accounts as they are called now, or as a person decided."""
    chart = facts.setup.chart(facts.connection)
    if not decisions.prior_accounts:
        return value.with_accounts(chart.current(value.asset), chart.current(value.cogs))

    def now(account: Account) -> Account:
        for text in (account.id, account.number, account.name):
            chosen = decisions.prior_accounts.get(text) if text else None
            if chosen is not None:
                found = chart.named(chosen)
                if found is None:
                    outcome.problems.append(_unknown_account(chosen, value, facts))
                return found or account
        return chart.current(account)

    return value.with_accounts(now(value.asset), now(value.cogs))


def _unknown_account(text: str, value: OnBooksValue, facts: Facts) -> Problem:
    return Problem(
        level=Level.PROBLEM,
        code="account_missing",
        message=f"The chart of {facts.connection} has no account {text}.",
        fix="Name an account of the chart by its id, number or full name: prior_account=OLD/NEW",
        where=Where(site=value.site, category=value.category, account=text, connection=facts.connection),
    )
