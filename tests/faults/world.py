"""Everything of one schedule: the ledger, the network, the clocks, the processes, and what befalls them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from hub.api import Connection, ConnectorError
from hub.domain.posting import Rules
from hub.plugins.client import guarded_client
from hub.service.context import Hub, Posting, Refused, Route
from hub.testing.clock import VirtualClock
from hub.testing.ledger import CHART, FakeLedger, Journal
from hub.testing.lossy import Fault, LossyTransport, SeededFaults
from tests.faults.mix import Mix
from tests.faults.moments import AT, DatabaseFails, Killed, Mishap, Moment
from tests.faults.network import Door, Network
from tests.faults.watch import Watch
from tests.posting.house import GL

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

    from tests.faults.office import Office

MOST_BYTES = 100_000
DEEPEST = 2
STALLS_S = (20.0, 70.0, 200.0, 1_700.0)
Done = TypeVar("Done")


class Process:
    """A process of the hub: a person's command, or a worker, which gives signs of life.

    dead: it was killed, and whatever of its code still runs gets nothing done; skew_s: how far its machine's clock is off.
    """

    def __init__(self, world: World, name: str, *, worker: bool) -> None:
        self.name = name
        self.is_worker = worker
        self.starts = 0
        self.skew_s = 0.0
        self._world = world
        self.restart()

    def restart(self) -> None:
        """Be another process from now on; a worker keeps its name."""
        world = self._world
        self.starts += 1
        self.dead = False
        self.started = False
        called = self.name if self.is_worker else f"inline-{self.name}-{self.starts}"
        self.hub = Hub(
            database=world.office.database,
            registry=world.office.registry,
            clock=self._clock,
            home=world.office.home,
            actor=self.name,
            posting=replace(world.posting, worker=called, incarnation=str(self.starts), beats=self.is_worker),
        )
        if world.mix.handed_over and not self.is_worker and not world.healed:
            self.hub = replace(self.hub, posting=replace(self.hub.posting, wake=lambda _export, _connection: None))

    def _clock(self) -> datetime:
        return self._world.clock.now() + timedelta(seconds=self.skew_s)


class World:
    """One schedule.

    excused: references of journals that may stand in the ledger more than once, and why, since something went beyond
    what the connector declares; written: the references of all journals ever written; touched: journals as they were
    before users of the ledger changed them; doubtful: a nightly check may have something to find; undoing: an export is
    being undone, and nobody touches its journals between the hub's look and its answer; healed: nothing goes wrong any
    more. meanwhile, work_on: what somebody else, or a worker, does while a process stands still; the schedule sets them.
    """

    def __init__(self, office: Office, mix: Mix, chance: random.Random, rules: Rules | None = None) -> None:
        self.office = office
        self.mix = mix
        self.chance = chance
        self.rules = rules or Rules()
        self.clock = VirtualClock()
        self.database_skew_s = 0.0
        self.excused: dict[str, str] = {}
        self.written: list[str] = []
        self.touched: dict[str, Journal] = {}
        self.doubtful = False
        self.down_until = self.clock.now()
        self.healed = False
        self.backed_up = False
        self.withdrawn = False
        self.undoing = False
        self.to_repeat: list[tuple[str, str]] = []
        self.tally: Counter[str] = Counter()
        self.trace: list[str] = []
        self.watch = Watch(office)
        self.ledger = FakeLedger(
            now=self.clock.now,
            profile=mix.profile,
            accounts=[account for account in CHART if account.number in GL],
            told=self._heard,
        )
        self._seeded = SeededFaults(chance, mix.network)
        self.lossy = LossyTransport(Door(self, self.ledger.transport()), self._fault, clock=self.clock)
        self.posting = Posting(
            rules=self.rules,
            guarded=False,
            network=self._client,
            sleep=self.clock.advance,
            monotonic=self.clock.seconds,
        )
        self.at_work: list[Process] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.work_on: Callable[[], object] = lambda: None
        self._quiet = False
        self.people = [Process(self, name, worker=False) for name in ("alice", "bob", "carol")]
        self.workers = [Process(self, name, worker=True) for name in ("worker-1", "worker-2")]
        office.clock = self.database_now
        office.database.tell = self.tell

    @property
    def latest_commit_s(self) -> float:
        """How late the ledger's journals come at most, as its connector declares (seconds)."""
        return float(self.mix.profile.limits.latest_commit_s or 0)

    @property
    def companies(self) -> tuple[str, ...]:
        """The companies of this schedule, all of them on one ledger."""
        return ("ACME", "BETA") if self.mix.two_companies else ("ACME",)

    def database_now(self) -> datetime:
        """What the database's clock says."""
        return self.clock.now() + timedelta(seconds=self.database_skew_s)

    def act(self, process: Process, work: Callable[[Hub], Done]) -> Done | None:
        """Let a process do something, with whatever befalls it; None where it did not come to an end."""
        self.at_work.append(process)
        try:
            return work(process.hub)
        except Killed:
            return None
        except (Refused, ConnectorError, DatabaseFails) as error:
            self.note(f"{process.name} was told: {error}")
            return None
        finally:
            self.at_work.pop()
            if process.dead:
                process.restart()

    def somebody(self, among: Iterable[Process]) -> Process | None:
        """Return one of these who is not busy."""
        free = [process for process in among if process not in self.at_work]
        return self.chance.choice(free) if free else None

    def tell(self, moment: Moment) -> Mishap | None:
        """Hear of a moment of whoever is at work, and return what befell it there without ending it."""
        if self._quiet or not self.at_work:
            return None
        process = self.at_work[-1]
        if process.dead:
            raise Killed
        if self.healed:
            return None
        rates = self.mix.mishaps
        for mishap in AT[moment]:
            if mishap in rates and self.chance.random() < rates[mishap] and self._can_befall(mishap):
                self.tally[mishap] += 1
                self.note(f"{process.name}: {mishap}")
                self._befalls(mishap, process)
                return mishap
        return None

    def excuse(self, references: Iterable[str], why: str) -> None:
        """Note that journals may stand in the ledger more than once."""
        self.doubtful = True
        for reference in references:
            self.excused.setdefault(reference, why)
            self.note(f"{reference} may be doubled: {why}")

    def note(self, text: str) -> None:
        """Add a line to the trace."""
        depth = "  " * max(len(self.at_work) - 1, 0)
        self.trace.append(f"{self.clock.now():%d %H:%M:%S} {depth}{text}")

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Let nothing befall anybody meanwhile."""
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before

    def _can_befall(self, mishap: Mishap) -> bool:
        """Whether others may act now: where no transaction of this process keeps them out."""
        if mishap.partition("_")[0] not in ("overtaken", "stalled", "stopped"):
            return True
        return not self.office.database.open and len(self.at_work) < DEEPEST

    def _befalls(self, mishap: Mishap, process: Process) -> None:
        match mishap.partition("_")[0]:
            case "killed":
                process.dead = True
                raise Killed
            case "overtaken":
                self.meanwhile()
            case "stalled" | "stopped":
                self.clock.advance(self.chance.choice(STALLS_S))
                self.work_on()
            case _:
                raise DatabaseFails(mishap)

    def _client(self, _connection: Connection, route: Route) -> httpx2.Client:
        network = Network(self, self.lossy)
        address = "http://127.0.0.1:9"
        return guarded_client(
            address, transport=network, turn=route.turn, clock=self.clock.seconds, most_bytes=MOST_BYTES
        )

    def _fault(self, request: httpx2.Request) -> Fault | None:
        if self.healed:
            return None
        if self.clock.now() < self.down_until:
            return Fault.UNAVAILABLE_503
        fault = self._seeded(request)
        if fault is not None:
            self.note(f"network: {fault} {request.method}")
        return fault

    def _heard(self, event: str, journal: Journal) -> None:
        self.note(f"ledger: {event} {journal.id} {journal.reference} {journal.status}")
        if event == "written":
            self.written.append(journal.reference)
