"""For whoever watches over the hub: is it there, can it work, and its figures."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hub.service.figures import figures, is_ready
from hub.web.options import WebOptions, is_loopback

if TYPE_CHECKING:
    from starlette.requests import Request

    from hub.service.context import Hub

PATHS = ("/healthz", "/readyz", "/metrics")
SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
VIA_A_PROXY = ("forwarded", "x-forwarded-for", "x-real-ip")


class Metrics:
    """The figures of one app: its requests as they are answered, the hub's own when they are asked for."""

    def __init__(self, hub: Hub) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self._requests = Counter(
            "hub_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "hub_request_seconds", "How long answers took.", ("route",), buckets=SECONDS, registry=self.registry
        )
        self.registry.register(OfTheHub(hub))

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request; route: its template, so that no figure is of a single export."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Return every figure as Prometheus reads it."""
        return generate_latest(self.registry)


class OfTheHub:
    """Reads the hub's own figures when they are asked for."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Say nothing before the figures are asked for."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the figures of now."""
        now = figures(self._hub)
        exports = GaugeMetricFamily("hub_exports", "Exports by state.", labels=("state",))
        for state, number in sorted(now.exports.items()):
            exports.add_metric((state,), number)
        yield exports
        for name, told, value in (
            ("hub_oldest_export_under_way_seconds", "Age of the oldest export that is under way.", now.oldest_s),
            ("hub_journals_waiting_for_a_person", "Journals that do not go on by themselves.", now.for_a_person),
            ("hub_workers_alive", "Workers with a sign of life.", now.workers),
        ):
            yield GaugeMetricFamily(name, told, value=value)


def routes(hub: Hub, options: WebOptions, metrics: Metrics) -> list[Route]:
    """Return the routes for whoever watches."""

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def ready(_request: Request) -> Response:
        good = await run_in_threadpool(is_ready, hub)
        return PlainTextResponse("ready\n" if good else "not ready\n", 200 if good else 503)

    async def measured(request: Request) -> Response:
        if not may_measure(request, options):
            raise HTTPException(404)
        content = await run_in_threadpool(metrics.text)
        return Response(content, media_type="text/plain; version=0.0.4; charset=utf-8")

    endpoints = zip(PATHS, (alive, ready, measured), strict=True)
    return [Route(path, endpoint, methods=["GET"]) for path, endpoint in endpoints]


def may_measure(request: Request, options: WebOptions) -> bool:
    """Tell whether who asks is on this machine itself, or has the operator's token."""
    sent = request.headers.get("authorization", "").partition(" ")[2]
    if options.metrics_token and hmac.compare_digest(sent.encode(), options.metrics_token.encode()):
        return True
    here = request.client is not None and is_loopback(request.client.host)
    relayed = any(name in request.headers for name in VIA_A_PROXY)
    return here and not relayed and is_loopback(request.headers.get("host", ""))
