"""The fake ledger: an accounting system for tests, with real books, over HTTP and JSON."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from email.utils import format_datetime
from itertools import count

import httpx2

from hub.api import Account, Company, Limits, ReceiptStatus
from hub.testing.ledger.access import Access
from hub.testing.ledger.books import Books, Told, TrialBalance, trial_balance_json
from hub.testing.ledger.chart import CHART
from hub.testing.ledger.desk import CREATED, OK, AnswerLost, Desk, refusal
from hub.testing.ledger.faults import FaultPlan, LedgerFault
from hub.testing.ledger.journals import Journal, Json, Line, journal_json
from hub.testing.ledger.keys import Answer, Keys, rules_of
from hub.testing.ledger.refusals import LedgerRefused
from hub.testing.ledger.routes import Routes
from hub.testing.ledger.traffic import Traffic
from hub.testing.profile import Profile

OVERVIEW = "/_ledger"


class FakeLedger:
    """An accounting system in memory: double entry, a trial balance, closed periods, keys, and faults on request.

    now: its clock (aware instants); profile: what it does with keys; accounts: its chart; limits: what it enforces of
    calls and lines, nothing unless given; key_life_s: instead of the profile's; pause: called in each call, to take time;
    told: hears of every journal `written`, `changed` or `deleted`. Safe for threads.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        profile: Profile,
        accounts: Iterable[Account] = CHART,
        currency: str = "USD",
        company_id: str = "1",
        company_name: str = "Fake Company",
        limits: Limits | None = None,
        key_life_s: float | None = None,
        pause: Callable[[], None] | None = None,
        told: Told | None = None,
    ) -> None:
        self.profile = profile
        self.traffic = Traffic(limits or Limits(), now)
        self._now = now
        self._pause = pause
        self._lock = threading.RLock()
        self._request_numbers = count(1)
        self._faults = FaultPlan()
        self._books = Books(
            Company(id=company_id, name=company_name, currency=currency),
            accounts,
            most_lines=limits.lines_per_entry if limits else None,
            told=told,
        )
        self._keys = Keys(rules_of(profile, key_life_s))
        self._desk = Desk(self._books, profile, self._keys, self._faults, now=now)
        self._routes = Routes(self._books, self._desk, profile)
        self._access = Access(now)

    # Over HTTP

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request; raises httpx2.ReadTimeout where the answer is lost and the journal comes late."""
        request.read()
        if request.method == "GET" and request.url.path == OVERVIEW:
            return self._response(request, Answer(status=OK, body=self.overview()))
        try:
            with self.traffic.call():
                if self._pause:
                    self._pause()
                with self._open():
                    self._access.check(request.headers.get("Authorization", ""))
                    return self._response(request, self._routes.answer(request))
        except LedgerRefused as refused:
            return self._response(request, refusal(refused), retry_after_s=refused.retry_after_s)
        except AnswerLost as lost:
            raise httpx2.ReadTimeout("The answer was lost.", request=request) from lost

    def transport(self) -> httpx2.BaseTransport:
        """Return a transport for httpx2.Client that calls this ledger in the same process."""
        return httpx2.MockTransport(self.handle)

    # What its books say

    @property
    def company(self) -> Company:
        """The one company whose books these are."""
        return self._books.company

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Its chart as it is now, inactive accounts included."""
        return tuple(self._books.accounts.values())

    def trial_balance(self) -> TrialBalance:
        """Return the balance of each account as of now."""
        with self._open() as books:
            return books.trial_balance()

    def journals(self, reference: str | None = None) -> tuple[Journal, ...]:
        """Return the journals that are there now, all or those of a reference, whatever look-ups show yet."""
        with self._open() as books:
            if reference is None:
                return tuple(books.journals.values())
            return tuple(books.carrying(reference, ""))

    def overview(self) -> dict[str, Json]:
        """Return journals, trial balance and counts as JSON values, as `GET /_ledger` answers them."""
        with self._open() as books:
            return {
                "company": books.company.id,
                "profile": self.profile.value,
                "journals": [journal_json(journal, books.accounts) for journal in books.journals.values()],
                "trial_balance": trial_balance_json(books),
                "calls": self.traffic.calls,
                "throttled": self.traffic.throttled,
                "most_at_once": self.traffic.most_at_once,
                "faults": {fault.value: times for fault, times in self._faults.fired.items()},
            }

    # What its users do

    def edit(
        self,
        journal_id: str,
        *,
        date: date | None = None,
        reference: str | None = None,
        memo: str | None = None,
        lines: Iterable[Line] | None = None,
    ) -> Journal:
        """Change a journal as an administrator does, closed period or not; raises LedgerRefused if it is unbalanced."""
        with self._open() as books:
            before = books.get(journal_id)
            after = replace(
                before,
                date=before.date if date is None else date,
                reference=before.reference if reference is None else reference,
                memo=before.memo if memo is None else memo,
                lines=before.lines if lines is None else tuple(lines),
                changed_at=self._now(),
            )
            books.change(after)
            return after

    def void(self, journal_id: str) -> Journal:
        """Void a journal: it stays visible, and its amounts leave the balances."""
        with self._open() as books:
            voided = replace(books.get(journal_id), status=ReceiptStatus.VOID, changed_at=self._now())
            books.change(voided)
            return voided

    def approve(self, journal_id: str) -> Journal:
        """Post a journal that waited for approval."""
        with self._open() as books:
            posted = replace(books.get(journal_id), status=ReceiptStatus.POSTED, changed_at=self._now())
            books.change(posted)
            return posted

    def delete(self, journal_id: str) -> None:
        """Delete a journal for good."""
        with self._open() as books:
            books.delete(journal_id, self._now())

    def close_period(self, until: date) -> None:
        """Close the books through a date."""
        with self._open() as books:
            books.closed_through = until

    def open_period(self) -> None:
        """Open every period again."""
        with self._open() as books:
            books.closed_through = None

    def add_account(self, account: Account) -> None:
        """Add an account to the chart; raises ValueError where its id or number is taken."""
        with self._open() as books:
            books.add_account(account)

    def deactivate(self, account_id: str) -> None:
        """Make an account inactive, so that no journal may post to it."""
        self._set_active(account_id, active=False)

    def activate(self, account_id: str) -> None:
        """Make an account active again."""
        self._set_active(account_id, active=True)

    def issue_token(self, life_s: float | None = None) -> str:
        """Return a new token; from the first one on every call needs one that is alive."""
        with self._lock:
            return self._access.issue(life_s)

    def revoke(self) -> None:
        """Take every access back: each call is answered with 401 until grant()."""
        with self._lock:
            self._access.revoke()

    def grant(self) -> None:
        """Let calls in again after revoke(); tokens issued before stay dead."""
        with self._lock:
            self._access.grant()

    def restore(self, journals: Iterable[Journal]) -> None:
        """Take in journals of an earlier ledger, with the keys they were written with where those live long."""
        with self._lock:
            for journal in journals:
                self._books.restore(journal)
                if self.profile is Profile.REQUEST_ID:
                    self._keys.keep(journal.key, b"", self._desk.told(journal, CREATED), journal.created_at)

    # What goes wrong in it

    @property
    def fired(self) -> Counter[LedgerFault]:
        """How often each of its faults has happened."""
        return self._faults.fired

    def commit_late(self, seconds: float, *, times: int = 1) -> None:
        """Lose the answer to the next writes, and write each journal so many seconds after its call."""
        self.misbehave(LedgerFault.LATE_COMMIT, seconds=seconds, times=times)

    def lag_look_ups(self, seconds: float, *, times: int = 1) -> None:
        """Keep the next journals out of look-ups for so many seconds after they are written; read() sees them."""
        self.misbehave(LedgerFault.LOOK_UP_LAG, seconds=seconds, times=times)

    def misbehave(self, fault: LedgerFault, *, seconds: float = 0, times: int = 1) -> None:
        """Plan a fault for the next writes that it can happen to."""
        with self._lock:
            self._faults.add(fault, seconds=seconds, times=times)

    def behave(self) -> None:
        """Forget the faults that have not happened yet; journals that are under way still come."""
        with self._lock:
            self._faults.clear()

    @contextmanager
    def _open(self) -> Iterator[Books]:
        """Hold the books alone, with all that was due by now written."""
        with self._lock:
            self._desk.settle_late()
            yield self._books

    def _set_active(self, account_id: str, *, active: bool) -> None:
        with self._open() as books:
            books.accounts[account_id] = replace(books.accounts[account_id], active=active)

    def _response(
        self, request: httpx2.Request, answer: Answer, *, retry_after_s: int | None = None
    ) -> httpx2.Response:
        headers = {
            "Request-Id": f"R-{next(self._request_numbers):06}",
            "Date": format_datetime(self._now().astimezone(UTC), usegmt=True),
        }
        if retry_after_s is not None:
            headers["Retry-After"] = str(retry_after_s)
        return httpx2.Response(answer.status, headers=headers, json=answer.body, request=request)
