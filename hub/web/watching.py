"""Every request gets a number, is counted, and leaves one line in the log: ids and the route, never what was sent."""

from __future__ import annotations

import logging
import time
import uuid
from typing import TYPE_CHECKING, Any

from hub.web.health import Metrics

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("hub.web")

NO_ROUTE = "(none)"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Watch:
    """Numbers, measures and logs what an app answers."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state: dict[str, Any] = scope.setdefault("state", {})  # Any: Starlette's own
        state["id"] = uuid.uuid4().hex[:16]
        status, began = 500, time.perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            self._tell(scope, state, status, time.perf_counter() - began)

    def _tell(self, scope: Scope, state: dict[str, Any], status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        route = str(state.get("route") or getattr(scope.get("route"), "path", NO_ROUTE))
        self.metrics.answered(method, route, status, seconds)
        told = {
            "request": state["id"],
            "person": state.get("person"),
            "program": state.get("program"),
            "route": route,
            "method": method,
            "status": status,
        }
        log.info("answered", extra={**told, "ms": round(seconds * 1000, 1)})
