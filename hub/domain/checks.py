"""What stands in the way of an export, from the facts alone: each as a value, all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hub.api import Level, Problem, Where
from hub.domain.decisions import Decisions
from hub.domain.facts import Facts, OnBooksValue, SiteCount
from hub.domain.lines import Group
from hub.domain.setup import Site

Check = Callable[[Facts, Decisions], Iterator[Problem]]


def check(facts: Facts, decisions: Decisions) -> list[Problem]:
    """Return every problem, warning and note that does not depend on accounts."""
    return [problem for one in CHECKS for problem in one(facts, decisions)]


def _unsettled(facts: Facts, _: Decisions) -> Iterator[Problem]:
    for one in facts.unsettled:
        name = _site(facts, one.site).name
        if one.file:
            yield Problem(
                level=Level.PROBLEM,
                code="file_not_confirmed",
                message=f"The file of export {one.export} ({one.count_date}, {name}) has not been confirmed as imported.",
                fix="Import the file and confirm it, or undo that export.",
                where=Where(site=one.site, export=one.export, connection=facts.connection),
            )
        else:
            yield Problem(
                level=Level.PROBLEM,
                code="export_in_progress",
                message=f"Export {one.export} ({one.count_date}) of {name} has not come to rest yet.",
                fix="Wait for it, or look at it under Export History.",
                where=Where(site=one.site, export=one.export, connection=facts.connection),
            )


def _openings(facts: Facts, _: Decisions) -> Iterator[Problem]:
    elsewhere = _elsewhere(facts)
    for code in facts.counts:
        if facts.opening_dates.get(code) is None and code not in elsewhere:
            yield Problem(
                level=Level.PROBLEM,
                code="opening_not_decided",
                message=f"This is the first export of {_site(facts, code).name}, and it is not known what the books "
                "carry for it.",
                fix="Import opening values for the site; one row with value 0 and no category says the books carry nothing.",
                where=Where(site=code, connection=facts.connection),
            )


def _moved(facts: Facts, decisions: Decisions) -> Iterator[Problem]:
    elsewhere = _elsewhere(facts)
    for code in facts.counts:
        old = elsewhere.get(code)
        if old is None:
            continue
        choice = decisions.moved.get(code)
        name = _site(facts, code).name
        if choice == "same_books":
            yield Problem(
                level=Level.NOTE,
                code="site_moved",
                message=f"What the books carry for {name} is taken over from {old}, through the maps of {facts.connection}.",
                where=Where(site=code, connection=facts.connection),
            )
            continue
        yield Problem(
            level=Level.PROBLEM,
            code="site_moved",
            message=f"{name} now posts to {facts.connection}, but its inventory still stands in the books of {old}.",
            fix=f"If both reach the same books, check the lines and decide moved={code}/same_books. If they are other books, "
            f"post a closing entry in {old} (hub sites close {code}), then import opening values for {facts.connection}.",
            where=Where(site=code, connection=facts.connection),
        )


def _currencies(facts: Facts, _: Decisions) -> Iterator[Problem]:
    base = facts.setup.books[facts.connection].currency
    for code in facts.counts:
        site = _site(facts, code)
        if site.currency != base:
            yield Problem(
                level=Level.PROBLEM,
                code="currency_mismatch",
                message=f"{site.name} is counted in {site.currency}, but the books of {facts.connection} are kept in {base}.",
                fix="Connect the site to books in its own currency.",
                where=Where(site=code, connection=facts.connection),
            )


def _not_counted(facts: Facts, _: Decisions) -> Iterator[Problem]:
    for code in facts.not_counted:
        yield Problem(
            level=Level.WARNING,
            code="site_not_counted",
            message=f"{_site(facts, code).name} has no approved count of {facts.count_date} and is left out.",
            fix="Say yes to export without it; its late count can be exported afterwards.",
            where=Where(site=code, connection=facts.connection),
        )


def _skipped(facts: Facts, _: Decisions) -> Iterator[Problem]:
    for code, day in facts.skipped:
        yield Problem(
            level=Level.WARNING,
            code="older_count_skipped",
            message=f"The count of {day} of {_site(facts, code).name} has not been exported, and will be skipped.",
            fix="Say yes to skip it, or export the older count first.",
            where=Where(site=code, date=day.isoformat(), connection=facts.connection),
        )


def _negative(facts: Facts, _: Decisions) -> Iterator[Problem]:
    for code, count in facts.counts.items():
        for category, items in count.negative_items.items():
            for item in items:
                yield Problem(
                    level=Level.WARNING,
                    code="negative_value",
                    message=f"{item} ({category}) at {_site(facts, code).name} was counted with a negative value.",
                    fix="Correct the count, or say yes to post it as counted.",
                    where=Where(site=code, category=category, item=item, connection=facts.connection),
                )


def _differing(facts: Facts, _: Decisions) -> Iterator[Problem]:
    for code, count in facts.counts.items():
        for item in count.differing_items:
            yield Problem(
                level=Level.NOTE,
                code="value_differs",
                message=f"The value of {item} at {_site(facts, code).name} is not its quantity × unit cost; the value "
                "given in the count is used.",
                where=Where(site=code, item=item, connection=facts.connection),
            )


def _prior_changed(facts: Facts, decisions: Decisions) -> Iterator[Problem]:
    for change in facts.prior_changes:
        what = "deleted" if change.deleted else "edited"
        decided = bool(decisions.prior)
        yield Problem(
            level=Level.NOTE if decided else Level.PROBLEM,
            code="prior_changed",
            message=f"The journal {change.reference} of export {change.export} was {what} in the accounting system.",
            fix=""
            if decided
            else "Decide: prior=undone (it counts as undone), prior=accept (what stands there is right) or prior=restored "
            "(it was put back there).",
            where=Where(site=change.sites[0], export=change.export, connection=facts.connection),
        )


CHECKS: tuple[Check, ...] = (
    _unsettled,
    _openings,
    _moved,
    _currencies,
    _prior_changed,
    _not_counted,
    _skipped,
    _negative,
    _differing,
)


def nothing_to_post(facts: Facts, groups: list[Group], decisions: Decisions) -> Problem | None:
    """Return the problem of an export without a line, unless a person decided to mark the counts as exported."""
    if not facts.counts or decisions.mark_exported or any(group.lines for group in groups):
        return None
    return Problem(
        level=Level.PROBLEM,
        code="nothing_to_post",
        message=f"Nothing changes in the books for the count of {facts.count_date}: there is nothing to post.",
        fix="Decide mark_exported=yes to mark the counts as exported without a journal.",
        where=Where(connection=facts.connection),
    )


def on_books_of(facts: Facts, count: SiteCount) -> dict[str, OnBooksValue]:
    """The on-books values of a counted site, by category."""
    return {value.category: value for value in facts.on_books if value.site == count.site}


def _elsewhere(facts: Facts) -> dict[str, str]:
    """The other books that carry counted sites' inventory, by site."""
    return {value.site: value.connection for value in reversed(facts.on_books) if value.connection != facts.connection}


def _site(facts: Facts, code: str) -> Site:
    return facts.setup.sites[code]
