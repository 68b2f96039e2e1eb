"""Between the hub and the ledger: where calls are lost, where processes die in mid-call, and what the ledger then does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx2

from hub.plugins.wire import UNTIL
from hub.testing.ledger import LedgerFault
from hub.testing.lossy import writes
from tests.faults.moments import Mishap, Moment

if TYPE_CHECKING:
    from tests.faults.world import World

FINISH = "/finish"


class Network(httpx2.BaseTransport):
    """The hub's end: what is sent was written down before, and nothing is sent inside a transaction or past its time."""

    def __init__(self, world: World, inner: httpx2.BaseTransport) -> None:
        self._world = world
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; raises as a network does."""
        world = self._world
        world.watch.calls(world.office.database.open)
        befallen = world.tell(Moment.BEFORE_CALL)
        if world.clock.seconds() > request.extensions[UNTIL] and befallen is not Mishap.STOPPED_AT_THE_WIRE:
            raise httpx2.ConnectTimeout("the request took too long", request=request)
        if posts(request):
            if befallen is Mishap.STOPPED_AT_THE_WIRE:
                world.excuse({reference_of(request)}, befallen.value)
            world.watch.sends(request, world.at_work[-1].hub.posting.worker)
        try:
            return self._inner.handle_request(request)
        finally:
            world.tell(Moment.AFTER_CALL)

    def close(self) -> None:
        """Close nothing: every session of the schedule shares what is below."""


class Door(httpx2.BaseTransport):
    """The ledger's end: each journal that arrives may meet the ledger's own faults."""

    def __init__(self, world: World, inner: httpx2.BaseTransport) -> None:
        self._world = world
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass a request on to the ledger."""
        if not posts(request):
            return self._inner.handle_request(request)
        world = self._world
        world.ledger.trial_balance()  # what was due before is written without this journal's faults
        planned = _planned(world, request)
        before, written = world.ledger.fired.copy(), len(world.written)
        try:
            return self._inner.handle_request(request)
        finally:
            world.ledger.behave()
            fired = world.ledger.fired - before
            references = {reference_of(request), *world.written[written:]}
            _excuse(world, {fault: planned[fault] for fault in fired if fault in planned}, references)


def posts(request: httpx2.Request) -> bool:
    """Whether a request sends a journal."""
    return writes(request) and not request.url.path.endswith(FINISH)


def reference_of(request: httpx2.Request) -> str:
    """Return the reference of the journal that a request sends."""
    return str(json.loads(request.content)["reference"])


def _planned(world: World, request: httpx2.Request) -> dict[LedgerFault, float]:
    planned = {}
    for fault, rate in world.mix.ledger.items():
        repeated = fault is LedgerFault.KEY_IGNORED and reference_of(request) in world.written
        if repeated or (not world.healed and world.chance.random() < rate):
            planned[fault] = _seconds(world, fault)
            world.ledger.misbehave(fault, seconds=planned[fault])
    return planned


def _seconds(world: World, fault: LedgerFault) -> float:
    """Return how late: mostly within what the connector declares, now and then beyond."""
    declared = {LedgerFault.LATE_COMMIT: world.latest_commit_s, LedgerFault.LOOK_UP_LAG: world.rules.timing.lag_s}
    if fault not in declared:
        return 0
    most = declared[fault]
    return world.chance.uniform(0, most) if world.chance.random() < 0.8 else most + world.chance.uniform(60, 3000)


def _excuse(world: World, fired: dict[LedgerFault, float], references: set[str]) -> None:
    """Note which journals may stand there twice, since the ledger did what it declares not to do."""
    for fault, seconds in fired.items():
        beyond = {
            LedgerFault.KEY_IGNORED: True,
            LedgerFault.WRITTEN_TWICE: True,
            LedgerFault.LATE_COMMIT: seconds > world.latest_commit_s,
            LedgerFault.LOOK_UP_LAG: seconds > world.rules.timing.lag_s,
        }
        if beyond.get(fault, False):
            world.excuse(references, fault.value)
