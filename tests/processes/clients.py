"""People who count and press Export, again and again, and who know what the books should carry for it."""

from __future__ import annotations

import random
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal

from tests.processes.installation import Installation, Place

PAUSE_S = 0.1
COMES_BACK = {"export_in_progress", "not_acknowledged"}
"""Why nothing was exported yet: the last one is under way, or the ledger of a busy machine did not answer in time."""


class Clients:
    """One person for each company, going round its sites; `posted` is what the books carry once all of it is posted."""

    def __init__(self, installation: Installation, seed: int) -> None:
        self.exported = 0
        self.posted: dict[str, Decimal] = {}
        self._installation = installation
        self._seed = seed
        self._stopped = threading.Event()
        self._companies = list(dict.fromkeys(place.company for place in installation.places))
        self._threads = ThreadPoolExecutor(len(self._companies))
        self._people: list[Future[None]] = []

    def __enter__(self) -> Clients:
        self._people = [self._threads.submit(self._work, company) for company in self._companies]
        return self

    def __exit__(self, *_: object) -> None:
        """Let them finish what they are about; raises what went wrong for one of them."""
        self._stopped.set()
        self._threads.shutdown()
        self.check()

    def check(self) -> None:
        """Raise what went wrong for one of them so far."""
        for person in self._people:
            if person.done():
                person.result()

    def _work(self, company: str) -> None:
        chance = random.Random(f"{self._seed} {company}")
        month = 0
        while not self._stopped.is_set():
            self._month(company, month, chance)
            month += 1

    def _month(self, company: str, month: int, chance: random.Random) -> None:
        """Export a month's count of every site; a site whose last export is under way is come back to."""
        values = self._installation.counts(company, month, chance)
        left = self._installation.places_of(company)
        while left and not self._stopped.wait(PAUSE_S):
            left = [place for place in left if not self._exports(place, month, values)]

    def _exports(self, place: Place, month: int, values: dict[str, Decimal]) -> bool:
        if self._stopped.is_set():
            return False
        made = self._installation.export(place, month)
        if made["export"] is None:
            assert {problem["code"] for problem in made["problems"]} <= COMES_BACK, made
            return False
        assert made["state"] in ("FROZEN", "SENDING", "UNKNOWN", "POSTED"), made
        self.exported += 1
        self.posted.update({name: value for name, value in values.items() if name.startswith(f"{place.site}/")})
        return True
