"""The Accounting API: what the paths that journals need answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.testing.sandbox import Desk
from hub_xero.sandbox import answers, filters
from hub_xero.sandbox.bodies import Told, journals_in
from hub_xero.sandbox.gate import Gate, Scope
from hub_xero.sandbox.journals import Drafted, changed_by_a_cent, drafted
from hub_xero.sandbox.organisations import POSTED, Journal, Organisation, Shown

BASE = "/api.xro/2.0"
MOST_A_PAGE = 1_000
TAX_RATE: Shown = {
    "Name": "Tax Exempt",
    "TaxType": "NONE",
    "ReportTaxType": "NONE",
    "CanApplyToAssets": True,
    "CanApplyToEquity": True,
    "CanApplyToExpenses": True,
    "CanApplyToLiabilities": True,
    "CanApplyToRevenue": True,
    "DisplayTaxRate": 0,
    "EffectiveRate": 0,
    "Status": "ACTIVE",
    "TaxComponents": [],
}

SETTINGS = Scope(
    read=frozenset({"accounting.settings", "accounting.settings.read"}), write=frozenset({"accounting.settings"})
)
JOURNALS = Scope(
    read=frozenset(
        {
            "accounting.manualjournals",
            "accounting.manualjournals.read",
            "accounting.transactions",
            "accounting.transactions.read",
        }
    ),
    write=frozenset({"accounting.manualjournals", "accounting.transactions"}),
)


class Accounting:
    """Answers for the organisations of a desk."""

    def __init__(self, desk: Desk, gate: Gate) -> None:
        self._desk = desk
        self._gate = gate

    def routes(self) -> list[Route]:
        """Return the routes; paths are in lower case."""
        return [
            Route(f"{BASE}/organisation", self._gate.guarded(SETTINGS, self._organisation), methods=["GET"]),
            Route(f"{BASE}/organisations", self._gate.guarded(SETTINGS, self._organisation), methods=["GET"]),
            Route(f"{BASE}/accounts", self._gate.guarded(SETTINGS, self._accounts), methods=["GET"]),
            Route(f"{BASE}/accounts/{{id}}", self._gate.guarded(SETTINGS, self._account), methods=["GET"]),
            Route(f"{BASE}/trackingcategories", self._gate.guarded(SETTINGS, self._tracking), methods=["GET"]),
            Route(f"{BASE}/taxrates", self._gate.guarded(SETTINGS, self._tax_rates), methods=["GET"]),
            Route(f"{BASE}/manualjournals", self._gate.guarded(JOURNALS, self._list), methods=["GET"]),
            Route(f"{BASE}/manualjournals", self._gate.guarded(JOURNALS, self._save), methods=["PUT", "POST"]),
            Route(f"{BASE}/manualjournals/{{id}}", self._gate.guarded(JOURNALS, self._one), methods=["GET"]),
            Route(f"{BASE}/manualjournals/{{id}}", self._gate.guarded(JOURNALS, self._save), methods=["POST"]),
        ]

    def _organisation(self, request: Request, organisation: Organisation) -> Response:
        return self._answer(request, "Organisations", [organisation.shown()])

    def _accounts(self, request: Request, organisation: Organisation) -> Response:
        rows = [row.shown() for row in organisation.chart.values()]
        return self._answer(request, "Accounts", self._chosen(request, rows))

    def _account(self, request: Request, organisation: Organisation) -> Response:
        row = organisation.chart.get(request.path_params["id"])
        return self._answer(request, "Accounts", [row.shown()]) if row else answers.not_found()

    def _tracking(self, request: Request, organisation: Organisation) -> Response:
        rows = [each.shown() for each in organisation.tracking]
        return self._answer(request, "TrackingCategories", self._chosen(request, rows))

    def _tax_rates(self, request: Request, _organisation: Organisation) -> Response:
        return self._answer(request, "TaxRates", self._chosen(request, [TAX_RATE]))

    def _list(self, request: Request, organisation: Organisation) -> Response:
        """List journals; with a page their lines come along, and how many there are."""
        asked = request.query_params
        paged = "page" in {name.lower() for name in asked}
        rows = [each.shown(organisation.currency, with_lines=paged) for each in organisation.journals.values()]
        rows = self._chosen(request, rows)
        if not paged:
            return self._answer(request, "ManualJournals", rows)
        page, size = _whole(asked.get("page"), 1), min(_whole(asked.get("pageSize"), 100), MOST_A_PAGE)
        told: Shown = {"page": page, "pageSize": size, "pageCount": -(-len(rows) // size), "itemCount": len(rows)}
        return self._answer(request, "ManualJournals", rows[(page - 1) * size : page * size], pagination=told)

    def _one(self, request: Request, organisation: Organisation) -> Response:
        journal = organisation.journals.get(request.path_params["id"])
        if journal is None:
            return answers.not_found()
        return self._answer(request, "ManualJournals", [journal.shown(organisation.currency)])

    def _save(self, request: Request, organisation: Organisation) -> Response:
        """Write journals: each by itself where summarizeErrors is false, else all or none."""
        told = journals_in(request.state.body)
        id_ = request.path_params.get("id")
        if id_ is not None and id_ not in organisation.journals:
            return answers.not_found()
        several = [
            self._draft(request, organisation, {**each, "ManualJournalID": id_} if id_ else each) for each in told
        ]
        summarised = request.query_params.get("summarizeErrors", "true").lower() != "false"
        if summarised and any(each.errors for each in several):
            elements = [each.shown(organisation.currency) for each in several if each.errors]
            message = "A validation exception occurred"
            return answers.error(request, answers.VALIDATION, "ValidationException", message, elements)
        warned = self._desk.faults.take("warn") is not None
        for each in several:
            if each.journal is not None and not each.errors:
                if self._desk.faults.take("changed_amounts") is not None:
                    each.journal = changed_by_a_cent(each.journal)
                organisation.put(each.journal)
                each.warnings += ["This is a warning of the sandbox."] * warned
        return self._answer(request, "ManualJournals", [each.shown(organisation.currency) for each in several])

    def _draft(self, request: Request, organisation: Organisation, told: Told) -> Drafted:
        return drafted(organisation, told, self._desk.clock.now(), new=request.method == "PUT")

    def _chosen(self, request: Request, rows: list[Shown]) -> list[Shown]:
        """Return the rows that where and If-Modified-Since leave, in the order that was asked for."""
        since = _instant(request.headers.get("if-modified-since", ""))
        kept = [row for row in rows if since is None or _changed_at(row) > since]
        asked = request.query_params
        return filters.ordered(filters.filtered(kept, asked.get("where", "")), asked.get("order", ""))

    def _answer(self, request: Request, name: str, rows: list[Shown], **more: Shown) -> Response:
        return answers.enveloped(request, self._desk.clock.now(), name, rows, **more)


def person_edits(organisation: Organisation, journal_id: str, now: datetime) -> None:
    """Change a journal as a person does in Xero: a cent more; raises ValueError where it is not there as posted."""
    organisation.put(replace(changed_by_a_cent(_posted(organisation, journal_id)), updated_at=now))


def person_sets_status(organisation: Organisation, journal_id: str, status: str, now: datetime) -> None:
    """Void a posted journal as a person does in Xero, or give it another status; raises ValueError."""
    organisation.put(replace(_posted(organisation, journal_id), status=status, updated_at=now))


def _posted(organisation: Organisation, journal_id: str) -> Journal:
    journal = organisation.journals.get(journal_id.lower())
    if journal is None or journal.status != POSTED:
        raise ValueError(f"there is no posted journal {journal_id}")
    return journal


def _whole(told: str | None, otherwise: int) -> int:
    if told is None:
        return otherwise
    if not (told.isascii() and told.isdecimal()) or int(told) < 1:
        raise filters.BadQuery(f"{told} is no number of a page")
    return int(told)


def _instant(told: str) -> datetime | None:
    """Return an instant as ISO 8601, in UTC unless it says otherwise, or as an HTTP date; None for anything else."""
    if not told:
        return None
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        try:
            found = parsedate_to_datetime(told)
        except ValueError:
            return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _changed_at(row: Shown) -> datetime:
    changed = row.get("UpdatedDateUTC")
    return changed if isinstance(changed, datetime) else datetime.max.replace(tzinfo=UTC)
