"""The accounting API of the sandbox: each call once, as its request id says, and wrong where a fault was planned."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from hub.testing.sandbox import AnswerLost, Desk, TokenDesk
from hub_quickbooks.sandbox import refusals
from hub_quickbooks.sandbox.company import Company, Document
from hub_quickbooks.sandbox.operations import Call, done
from hub_quickbooks.sandbox.refusals import Json, Refused, fault_body, vendor_time
from hub_quickbooks.sandbox.rendering import json_bytes, wants_json, xml_bytes

FAULTS = (
    "changed_amounts",
    "garbage",
    "gateway_shape",
    "late_commit",
    "lost_answer",
    "lost_request",
    "server_error_after",
    "server_error_before",
    "slow",
    "throttle",
    "unexpected_error",
)
GARBAGE = "<html><head><title>502 Bad Gateway</title></head><body>The server is busy.</body></html>"
SLOW_S = 30
LONGEST_REQUEST_ID = 50
TRACE = "intuit_tid"


@dataclass(slots=True, kw_only=True)
class _Kept:
    at: datetime
    document: Document


class Counter:
    """Answers for the accounting API. request_id_window_s: how long a request id is remembered, None for ever."""

    def __init__(
        self,
        desk: Desk,
        tokens: TokenDesk,
        companies: Mapping[str, Company],
        pause: Callable[[float], Awaitable[None]],
    ) -> None:
        self.request_id_window_s: float | None = None
        self._desk = desk
        self._tokens = tokens
        self._companies = companies
        self._pause = pause
        self._kept: dict[tuple[str, str], _Kept] = {}

    async def answer(self, request: Request) -> Response:
        """Answer one call; raises AnswerLost where it gets none."""
        now, realm = self._desk.clock.now(), request.path_params["realm"]
        first, *rest = str(request.path_params["rest"]).split("/")
        company = self._companies.get(realm)
        call = Call(
            company=company or next(iter(self._companies.values())),
            method=request.method,
            resource=(first.lower(), *rest),
            asked=dict(request.query_params),
            told=await request.body(),
            now=now,
        )
        try:
            await self._before(call)
            self._admit(request.headers.get("authorization", ""), realm)
            return self._after(request, call, self._done(call))
        except Refused as refused:
            as_gateway = refused.of_gateway or self._desk.faults.take("gateway_shape", call.kind) is not None
            return response(request, fault_body(refused, now, as_gateway=as_gateway), refused.status)

    async def _before(self, call: Call) -> None:
        """Do what a planned fault does before the call is looked at."""
        faults, kind = self._desk.faults, call.kind
        slow = faults.take("slow", kind)
        if slow is not None:
            await self._pause(slow.seconds or SLOW_S)
        if faults.take("lost_request", kind):
            raise AnswerLost
        if faults.take("throttle", kind):
            raise refusals.throttled()
        if faults.take("server_error_before", kind):
            raise refusals.broken()
        if faults.take("unexpected_error", kind):
            raise refusals.passing()

    def _admit(self, authorization: str, realm: str) -> None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise refusals.unauthorized("Missing or malformed bearer token")
        grant = self._tokens.grant_of(token.strip())
        if grant is None:
            expired = self._tokens.is_expired(token.strip())
            raise refusals.unauthorized("Token expired: the access token is too old" if expired else "Token revoked")
        if realm not in grant.companies:
            raise refusals.forbidden()
        if self._desk.limits.admit(realm) is not None:
            raise refusals.throttled()

    def _after(self, request: Request, call: Call, document: Document) -> Response:
        """Answer, unless a planned fault loses or spoils what was done."""
        faults, kind = self._desk.faults, call.kind
        if faults.take("lost_answer", kind):
            raise AnswerLost
        if faults.take("server_error_after", kind):
            raise refusals.broken()
        garbage = faults.take("garbage", kind)
        if garbage is not None:
            return Response(garbage.body or GARBAGE, media_type="text/html", headers=trace())
        return response(request, {**document, "time": vendor_time(call.now)})

    def _done(self, call: Call) -> Document:
        """Do what a call asks, once for each request id."""
        late = self._desk.faults.take("late_commit", call.kind)
        if late is not None:
            self._desk.write_late(late.seconds, lambda: self._do_late(call))
            raise AnswerLost
        return self._do_once(call)

    def _do_late(self, call: Call) -> None:
        try:
            self._do_once(call)
        except Refused:
            return  # its caller has gone

    def _do_once(self, call: Call) -> Document:
        request_id = call.asked.get("requestid", "")
        if len(request_id) > LONGEST_REQUEST_ID:
            raise refusals.too_long("requestid", LONGEST_REQUEST_ID, len(request_id))
        if not call.is_write or not request_id:
            return done(self._desk, call)
        key, now = (call.company.realm, request_id), self._desk.clock.now()
        kept, window = self._kept.get(key), self.request_id_window_s
        if kept is not None and (window is None or (now - kept.at).total_seconds() < window):
            return kept.document
        document = done(self._desk, call)
        self._kept[key] = _Kept(at=now, document=document)
        return document


def response(request: Request, body: Json, status: int = 200) -> Response:
    """Return an answer as JSON, or as XML where nobody asked for JSON, with the vendor's own id of the call."""
    if wants_json(request.headers, request.query_params):
        return Response(json_bytes(body), status, media_type="application/json;charset=UTF-8", headers=trace())
    return Response(xml_bytes(body), status, media_type="application/xml;charset=UTF-8", headers=trace())


def trace() -> dict[str, str]:
    """Return the header with an id of a call."""
    return {TRACE: f"1-{uuid4().hex[:8]}-{uuid4().hex[:24]}"}
