"""What an export would post, before anything is frozen: entries, totals, every problem, and the hash that confirms it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from hub.api import Capability, ConnectorError, JournalEntry, Level, Problem, Where, amount_text
from hub.domain.decisions import Decisions, DecisionUnreadable, read_decisions
from hub.domain.entries import EntryRules
from hub.domain.facts import Facts
from hub.domain.identity import Identity, posting_key
from hub.domain.proposal import Proposal, propose, redate
from hub.domain.setup import Books
from hub.plugins import SettingsInvalid
from hub.service.connecting.checks import remember_check
from hub.service.connecting.live_chart import refresh_chart
from hub.service.connecting.standing import connecting_problems
from hub.service.connections import OpenBooks
from hub.service.context import Hub, Refused, problem_document, refuse
from hub.service.documents import Document, entry_document, journal_entry, preview_hash, total
from hub.service.frozen import frozen_preview
from hub.service.looking_back import look_back
from hub.service.prior_changes import as_decided, settle_prior_changes
from hub.service.scope import CompanyRows, reading
from hub.store.facts_rows import OfferedCount


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One computed preview: what the hash covers, and all that a freeze needs."""

    facts: Facts
    decisions: Decisions
    proposal: Proposal
    identity: Identity
    books: Books
    open_books: OpenBooks
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...] = ()
    closed: frozenset[int] = field(default_factory=frozenset)

    @property
    def hash(self) -> str:
        """What a person confirms."""
        return preview_hash(self.books.name, self.books.books, self.decisions.texts, self.documents)

    def entries(self, documents: Sequence[Document]) -> list[JournalEntry | None]:
        """The entries as a session is handed them; None where a line has no account yet."""
        return [
            journal_entry(
                document,
                key=posting_key(self.identity, part, "post"),
                part=part,
                count_date=self.facts.count_date,
                currency=self.books.currency,
            )
            if all(line["account_id"] or line["account_number"] or line["account_name"] for line in document["lines"])
            else None
            for part, document in enumerate(documents, start=1)
        ]


def decisions_from(texts: Sequence[str]) -> Decisions:
    """Read a person's decisions, or refuse with what is wrong."""
    try:
        return read_decisions(texts)
    except DecisionUnreadable as error:
        raise refuse("decision_unreadable", str(error)) from error


def offered_counts(hub: Hub, company: str, connection: str | None = None) -> list[dict[str, Any]]:
    """List the dates on offer, newest first, by connection; the newest of each is its default."""
    with reading(hub, company) as rows:
        names = [rows.books(connection).name] if connection is not None else list(rows.setup.books)
        return [found for name in names for found in _offered_documents(rows, name)]


def preview(
    hub: Hub, company: str, count_date: date | None, connection: str | None = None, decisions: Sequence[str] = ()
) -> dict[str, Any]:
    """Preview a count date, by default the newest on offer; an exported one is shown as it was frozen."""
    decided = decisions_from(decisions)
    refresh_chart(hub, company, connection)
    look_back(hub, company, count_date, connection, decided)
    with as_decided(hub, company, decided) as rows:
        books = rows.books(connection)
        day = count_date or default_date(rows, books)
        drafted = draft(hub, rows, books, day, decided)
        if not drafted.facts.counts:
            frozen = frozen_preview(hub, rows, books, day)
            if frozen is not None:
                return frozen
    found = checked(drafted)
    remember_check(hub, found.open_books, found.hash, found.problems)
    return draft_document(found)


def default_date(rows: CompanyRows, books: Books) -> date:
    """Return the newest date on offer; refuses, saying why there is none."""
    offered = rows.facts.offered(sites_of(rows, books.name))
    if not offered:
        raise refuse("nothing_offered", why_nothing(rows, books), where=Where(connection=books.name))
    return offered[0].count_date


def why_nothing(rows: CompanyRows, books: Books) -> str:
    """Say why no count is on offer."""
    if not sites_of(rows, books.name):
        return f"No site posts to {books.name} yet."
    if rows.exports.listed(books.name):
        return f"Every approved count of {books.name} has been exported."
    return f"No approved count of {books.name} is newer than its opening values."


def sites_of(rows: CompanyRows, connection: str) -> list[str]:
    """Return the codes of the sites that post to a connection."""
    return sorted(code for code, site in rows.setup.sites.items() if site.connection == connection)


def draft(
    hub: Hub, rows: CompanyRows, books: Books, day: date, decisions: Decisions, *, closed: frozenset[int] = frozenset()
) -> Draft:
    """Compute the preview of one date from the records alone; closed: entries, by index, dated as decided."""
    open_books = open_connection(hub, rows, books)
    dimensions = open_books.connector.info.entry_dimensions
    changes = settle_prior_changes(hub, rows, _offered_sites(rows, books, day), decisions)
    facts = gather(rows, books, day, dimensions)
    facts = replace(facts, prior_changes=(*changes, *facts.prior_changes))
    rules = EntryRules(entry_dimensions=dimensions, lines_per_entry=open_books.limits.lines_per_entry)
    proposal = propose(facts, decisions, rules)
    identity = Identity(
        company_uuid=rows.setup.company_uuid,
        books=books.books,
        count_date=day,
        sites=tuple(sorted(facts.counts)),
        sequence=rows.exports.next_sequence(books.name, day),
    )
    drafted = Draft(
        facts=facts,
        decisions=decisions,
        proposal=proposal,
        identity=identity,
        books=books,
        open_books=open_books,
        documents=(),
        problems=(*_offer_problems(facts), *proposal.problems),
    )
    return dated(drafted, closed)


def _offered_sites(rows: CompanyRows, books: Books, day: date) -> list[str]:
    return [count.site for count in rows.facts.offered(sites_of(rows, books.name)) if count.count_date == day]


def dated(drafted: Draft, closed: frozenset[int]) -> Draft:
    """Return the draft with its entries written out, those in a closed period (by index) on the date decided."""
    entries = drafted.proposal.entries
    if drafted.decisions.date is not None:
        entries = redate(entries, set(closed), drafted.decisions.date)
    documents = tuple(
        entry_document(entry, drafted.identity, part, drafted.books.currency)
        for part, entry in enumerate(entries, start=1)
    )
    return replace(drafted, documents=documents, closed=closed)


def open_connection(hub: Hub, rows: CompanyRows, books: Books) -> OpenBooks:
    """Open a connection's connector and settings; refuses where either is not in order."""
    try:
        return OpenBooks(hub, rows.connection_row(books.name), rows)
    except SettingsInvalid as error:
        raise Refused(error.problems) from error


def gather(rows: CompanyRows, books: Books, day: date, entry_dimensions: tuple[str, ...]) -> Facts:
    """Read everything that the preview of one date depends on."""
    setup, facts = rows.setup, rows.facts
    own = sites_of(rows, books.name)
    offered = facts.offered(own)
    covered = [count for count in offered if count.count_date == day]
    sites = [count.site for count in covered]
    last = facts.last_exported()
    openings = {code: site.opening_date for code, site in setup.sites.items() if site.opening_date is not None}
    return Facts(
        setup=setup,
        connection=books.name,
        count_date=day,
        counts=facts.counts(covered, last, openings),
        on_books=facts.on_books(sites),
        opening_dates=openings,
        transfers=facts.transfers(sites, day),
        batches=facts.batches(sites, day),
        not_counted=_not_counted(rows, own, sites, day) if sites else (),
        skipped=tuple((one.site, one.count_date) for one in offered if one.site in sites and one.count_date < day),
        unsettled=facts.unsettled(sites),
        prior_changes=facts.prior_changes(sites),
        entry_dimensions=entry_dimensions,
    )


def checked(drafted: Draft) -> Draft:
    """Ask the accounting system what stands in the way; outside any transaction.

    A date decided moves the entries in a closed period; all of them where the system names none.
    """
    asked = _preflight(drafted)
    if drafted.decisions.date is not None:
        closed = frozenset(index for index, problem in asked if problem.code == "period_closed")
        drafted = dated(drafted, closed or frozenset(range(len(drafted.documents))))
        asked = _preflight(drafted)
    found = tuple(dict.fromkeys(told for index, problem in asked for told in _told(drafted, index, problem)))
    return replace(drafted, problems=(*drafted.problems, *found))


def draft_document(drafted: Draft) -> dict[str, Any]:
    """Return a draft as programs and screens read it."""
    return preview_document(
        label=drafted.open_books.label,
        count_date=drafted.facts.count_date,
        connection=drafted.books.name,
        currency=drafted.books.currency,
        hash_=drafted.hash,
        entries=drafted.documents,
        problems=drafted.problems,
    )


def preview_document(
    *,
    label: str,
    count_date: date,
    connection: str,
    currency: str,
    hash_: str,
    entries: Sequence[Document],
    problems: Sequence[Problem],
) -> dict[str, Any]:
    """Return the shape `preview`."""
    debits, credits_ = total(entries, "debit", currency), total(entries, "credit", currency)
    return {
        "label": label,
        "title": f"{label} - Inventory Adjustments Export",
        "count_date": count_date.isoformat(),
        "connection": connection,
        "currency": currency,
        "balanced": debits == credits_,
        "debits": debits,
        "credits": credits_,
        "hash": hash_,
        "entries": list(entries),
        "problems": [problem_document(problem) for problem in problems],
    }


def _offered_documents(rows: CompanyRows, connection: str) -> list[dict[str, Any]]:
    dates: dict[date, list[OfferedCount]] = {}
    for count in rows.facts.offered(sites_of(rows, connection)):
        dates.setdefault(count.count_date, []).append(count)
    currency = rows.setup.books[connection].currency
    return [
        {
            "count_date": day.isoformat(),
            "connection": connection,
            "sites": [count.site for count in counts],
            "value": amount_text(sum(count.value for count in counts), currency),
            "default": index == 0,
        }
        for index, (day, counts) in enumerate(dates.items())
    ]


def _not_counted(rows: CompanyRows, own: Sequence[str], covered: Sequence[str], day: date) -> tuple[str, ...]:
    counted = rows.facts.counted(day)
    return tuple(
        code
        for code in own
        if code not in covered and code not in counted and not _before_opening(rows.setup.sites[code].opening_date, day)
    )


def _before_opening(opening: date | None, day: date) -> bool:
    return opening is not None and day <= opening


def _offer_problems(facts: Facts) -> tuple[Problem, ...]:
    if facts.counts:
        return ()
    return (
        Problem(
            level=Level.PROBLEM,
            code="not_offered",
            message=f"No count of {facts.count_date} can be exported to {facts.connection}: there is none that is approved "
            "and newer than what its site exported last.",
            fix="Choose one of the dates on offer (hub counts).",
            where=Where(connection=facts.connection, date=facts.count_date.isoformat()),
        ),
    )


def _preflight(drafted: Draft) -> list[tuple[int, Problem]]:
    return preflight(drafted.open_books, drafted.entries(drafted.documents))


def preflight(books: OpenBooks, entries: Sequence[JournalEntry | None]) -> list[tuple[int, Problem]]:
    """Return what the connector finds wrong with each entry, by its index; a system that cannot be asked is a warning."""
    if not any(entries):
        return []
    if not books.is_ready:
        return [(0, problem) for problem in connecting_problems(books)]
    try:
        with books.session() as session:
            return [
                (index, problem)
                for index, entry in enumerate(entries)
                if entry is not None
                for problem in session.preflight(entry)
            ]
    except ConnectorError as error:
        files = books.connector.can(Capability.FILES)
        level = Level.PROBLEM if files else Level.WARNING
        problem = Problem(
            level=level,
            code="not_checked",
            message=f"{books.label} could not be asked: {error.message}",
            fix="Try again" + ("." if files else ", or say yes to export unchecked."),
            where=Where(connection=books.name),
        )
        return [(0, problem)]


PRIOR_CLOSED = ("account_missing", "account_inactive", "account_not_postable")


def _told(drafted: Draft, index: int, problem: Problem) -> Iterator[Problem]:
    """Say what a connector found of one line, and apart from it that what the books carry stands in a closed account."""
    number = problem.where.line
    lines = drafted.documents[index]["lines"]
    line = lines[number - 1] if number is not None and 0 < number <= len(lines) else None
    where = replace(problem.where, connection=drafted.books.name)
    same = [other for other in lines if line is not None and _account(other) == _account(line)]
    prior = next((other for other in same if other["reason"] == "reverse_prior"), None)
    if prior is not None and problem.code in PRIOR_CLOSED:
        yield _prior_account_closed(prior, problem, where)
    if prior is None or problem.code not in PRIOR_CLOSED or any(other["reason"] != "reverse_prior" for other in same):
        yield replace(problem, where=where)


def _account(line: Mapping[str, Any]) -> tuple[str, str, str]:
    return line["account_id"], line["account_number"], line["account_name"]


def _prior_account_closed(line: Mapping[str, Any], problem: Problem, where: Where) -> Problem:
    title = f"{line['account_number']} {line['account_name']}".strip() or line["account_id"]
    old = line["account_number"] or line["account_name"] or line["account_id"]
    return Problem(
        level=Level.PROBLEM,
        code="prior_account_closed",
        message=f"The books carry inventory in account {title}, which can no longer be posted to: {problem.message}",
        fix=f"Make the account active again there, or name the account where its balance now stands: prior_account={old}/NEW",
        where=replace(where, site=line["site"], category=line["category"], account=old),
    )
