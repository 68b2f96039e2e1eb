"""A network that loses, delays and spoils what passes through it, as a test or a seed tells it to."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Self

import httpx2

from hub.testing.clock import Clock
from hub.testing.spoiling import REFUSED, SPOILED, Fault, refused, spoiled, time_out_s

__all__ = ["Choose", "Fault", "LossyTransport", "SeededFaults", "writes"]

Choose = Callable[[httpx2.Request], Fault | None]

SWITCHED_ON = 0.25
FIRED = 0.25

_RAISED_BEFORE: Mapping[Fault, type[httpx2.TransportError]] = {
    Fault.CONNECT_REFUSED: httpx2.ConnectError,
    Fault.CONNECT_TIMED_OUT: httpx2.ConnectTimeout,
    Fault.REQUEST_LOST: httpx2.ReadTimeout,
    Fault.WRITE_TIMED_OUT: httpx2.WriteTimeout,
    Fault.RESET_BEFORE: httpx2.ReadError,
}
_RAISED_AFTER: Mapping[Fault, type[httpx2.TransportError]] = {
    Fault.ANSWER_LOST: httpx2.ReadTimeout,
    Fault.RESET_AFTER: httpx2.ReadError,
    Fault.DISCONNECTED_AFTER: httpx2.RemoteProtocolError,
}


class LossyTransport(httpx2.BaseTransport):
    """Passes requests on to another transport, and does to each what `choose` says.

    inner: such as FakeLedger.transport(); choose: the fault for a request, None for none; clock: is advanced by what a
    time-out or a slow answer takes, since nothing here sleeps. requests: how many came; fired: how often each fault did.
    Safe for threads, which choose one at a time.
    Faults before commit do not pass the request on; those after it do, and then spoil the answer.
    """

    def __init__(self, inner: httpx2.BaseTransport, choose: Choose, *, clock: Clock | None = None) -> None:
        self.requests = 0
        self.fired: Counter[Fault] = Counter()
        self._inner = inner
        self._choose = choose
        self._clock = clock
        self._lock = threading.Lock()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request, or lose it; raises errors of httpx2 as a real network does."""
        request.read()
        fault = self._chosen(request)
        if fault is None:
            return self._passed_on(request)
        return self._before(fault, request) or self._after(fault, request)

    def close(self) -> None:
        """Close the inner transport."""
        self._inner.close()

    def _chosen(self, request: httpx2.Request) -> Fault | None:
        with self._lock:
            self.requests += 1
            fault = self._choose(request)
            if fault is not None:
                self.fired[fault] += 1
        return fault

    def _before(self, fault: Fault, request: httpx2.Request) -> httpx2.Response | None:
        """Return the answer of a system that did nothing, None where the fault lets the request through."""
        if fault in _RAISED_BEFORE:
            raise self._failure(_RAISED_BEFORE[fault], fault, request)
        return refused(fault, request, self._clock) if fault in REFUSED else None

    def _after(self, fault: Fault, request: httpx2.Request) -> httpx2.Response:
        answer = self._passed_on(request)
        answer.read()
        if fault in SPOILED:
            return spoiled(fault, answer, request, self._clock)
        raise self._failure(_RAISED_AFTER[fault], fault, request)

    def _passed_on(self, request: httpx2.Request) -> httpx2.Response:
        try:
            return self._inner.handle_request(request)
        except httpx2.ReadTimeout:  # a ledger that commits late says so at once; its caller waited
            self._wait(request, "read")
            raise

    def _wait(self, request: httpx2.Request, kind: str) -> None:
        if self._clock is not None:
            self._clock.advance(time_out_s(request, kind))

    def _failure(
        self, kind: type[httpx2.TransportError], fault: Fault, request: httpx2.Request
    ) -> httpx2.TransportError:
        if issubclass(kind, httpx2.TimeoutException):
            self._wait(request, "connect" if kind is httpx2.ConnectTimeout else "read")
        return kind(f"injected: {fault}", request=request)


class SeededFaults:
    """Chooses faults by chance; the same random.Random and the same requests give the same faults.

    rates: for each kind how likely it is for one request (0 to 1); kinds are tried in their order, so the rates of all
    together may exceed 1.
    """

    def __init__(self, chance: random.Random, rates: Mapping[Fault, float]) -> None:
        self.rates = dict(rates)
        self._chance = chance

    @classmethod
    def for_run(cls, chance: random.Random, *, switched_on: float = SWITCHED_ON, fired: float = FIRED) -> Self:
        """Choose in two levels: each kind is switched on for this run or not, and where it is, fires now and then.

        switched_on, fired: the likelihood of each (0 to 1). Kinds are tried in an order of this run's own, so that none
        always goes first.
        """
        kinds = chance.sample(list(Fault), len(Fault))
        return cls(chance, {kind: fired for kind in kinds if chance.random() < switched_on})

    def __call__(self, request: httpx2.Request) -> Fault | None:
        """Return the fault for a request, whatever it asks for."""
        del request
        return next((kind for kind, rate in self.rates.items() if self._chance.random() < rate), None)


def writes(request: httpx2.Request) -> bool:
    """Whether a request may write a journal, for choosers that leave look-ups alone or spoil only them."""
    return request.method == "POST"
