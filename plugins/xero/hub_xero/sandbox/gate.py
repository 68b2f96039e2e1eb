"""The way into the Accounting API: who may ask, how often, under which key, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from hub.testing.sandbox import READ, WRITE, AnswerLost, CallLimits, Desk, Grant, TokenDesk, Window
from hub_xero.sandbox import answers, filters, idempotency
from hub_xero.sandbox.bodies import Malformed
from hub_xero.sandbox.organisations import Organisation

WRITES = ("PUT", "POST")
AT_ONCE = 5
PER_MINUTE = Window(calls=60, seconds=60, name="minute")
PER_DAY = Window(calls=5_000, seconds=86_400, name="day")
APP_PER_MINUTE = Window(calls=10_000, seconds=60, name="appminute")
FAULTS = (
    "changed_amounts",
    "concurrency",
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
    "warn",
)

Answer = Callable[[Request, Organisation], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The scope of a resource; a broader one covers it too."""

    read: frozenset[str]
    write: frozenset[str]


class Gate:
    """Lets calls for the organisations of a desk through."""

    def __init__(self, desk: Desk, tokens: TokenDesk, organisations: tuple[Organisation, ...]) -> None:
        self._desk = desk
        self._tokens = tokens
        self._organisations = {each.tenant: each for each in organisations}
        self._keys = idempotency.Keys(desk.clock.now)
        self._app_limit = CallLimits(desk.clock.now, APP_PER_MINUTE)
        self._under_way: Counter[str] = Counter()

    def guarded(self, scope: Scope, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        """Return an endpoint that lets through who may ask, as often as one may."""

        async def endpoint(request: Request) -> Response:
            body = await request.body()
            call = WRITE if request.method in WRITES else READ
            tenant = request.headers.get("xero-tenant-id", "").lower()
            refused = self._refused(request, scope, tenant, call)
            response = refused or await self._counted(
                request, tenant, call, lambda: self._made(request, tenant, answer, body)
            )
            return self._with_headers(response, tenant)

        return endpoint

    def _refused(self, request: Request, scope: Scope, tenant: str, call: str) -> Response | None:
        """Return why a call is not even looked at, None where it is."""
        throttle = self._desk.faults.take("throttle", call)
        if throttle is not None:
            return answers.too_many(throttle.body or "minute", int(throttle.seconds) or 60)
        if self._desk.faults.take("concurrency", call) is not None:
            return answers.too_many("concurrent", None)
        access = self._access(request, scope, tenant, call)
        if isinstance(access, Response):
            return access
        if self._desk.limits.on and self._under_way[tenant] >= AT_ONCE:
            return answers.too_many("concurrent", None)
        self._app_limit.on = self._desk.limits.on
        exceeded = self._desk.limits.admit(tenant) or self._app_limit.admit("app")
        return answers.too_many(exceeded.window.name, exceeded.wait_s) if exceeded else None

    def _access(self, request: Request, scope: Scope, tenant: str, call: str) -> Grant | Response:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._tokens.grant_of(token) if kind.lower() == "bearer" else None
        if grant is None:
            expired = self._tokens.is_expired(token)
            now = self._desk.clock.now()
            detail = (
                f"TokenExpired: token expired at {now:%m/%d/%Y %H:%M:%S}" if expired else "AuthenticationUnsuccessful"
            )
            return answers.refused_access(401, "Unauthorized", detail)
        if not set(grant.scopes) & (scope.write if call == WRITE else scope.read):
            challenge = 'Bearer error="insufficient_scope"'
            return answers.refused_access(401, "Unauthorized", "AuthorizationUnsuccessful", WWW_Authenticate=challenge)
        if tenant not in grant.companies:
            return answers.refused_access(403, "Forbidden", "AuthenticationUnsuccessful")
        return grant

    async def _counted(self, request: Request, tenant: str, call: str, make: Callable[[], Response]) -> Response:
        """Answer while counting it among the calls under way, with the faults of the way there and back."""
        faults = self._desk.faults
        self._under_way[tenant] += 1
        try:
            slow = faults.take("slow", call)
            if slow is not None:
                await asyncio.sleep(slow.seconds)
            if faults.take("lost_request", call) is not None:
                raise AnswerLost
            if faults.take("gateway_shape", call) is not None:
                return answers.failed(503)
            response = self._keyed(request, await request.body(), make) if call == WRITE else self._read(make)
            garbage = faults.take("garbage", call)
            if faults.take("lost_answer", call) is not None:
                raise AnswerLost
            return Response(garbage.body or "<html>", 200, media_type="text/html") if garbage else response
        finally:
            self._under_way[tenant] -= 1

    def _read(self, make: Callable[[], Response]) -> Response:
        if self._desk.faults.take("server_error_before", READ) or self._desk.faults.take("unexpected_error", READ):
            return answers.failed()
        return make()

    def _keyed(self, request: Request, body: bytes, make: Callable[[], Response]) -> Response:
        """Write once for a key: a repeat gets the same answer, an error too, and another request under it a refusal."""
        key = request.headers.get("idempotency-key", "")
        if len(key) > idempotency.LONGEST_KEY:
            return answers.error(
                request, answers.VALIDATION, "ValidationException", "Idempotency Key: at most 128 characters are taken."
            )
        asked = (request.method, request.url.path.lower(), request.url.query, body)
        kept = self._keys.known(key) if key else None
        if kept is None:
            kept = (
                self._keys.begin(key, asked)
                if key
                else idempotency.Kept(request=asked, began_at=self._desk.clock.now())
            )
            return self._begun(kept, make)
        if kept.request != asked:
            return answers.error(request, answers.VALIDATION, "ValidationException", idempotency.mismatch(key))
        if kept.answer is None:  # the first call is still on its way
            raise AnswerLost
        return kept.answer

    def _begun(self, kept: idempotency.Kept, make: Callable[[], Response]) -> Response:
        def write() -> None:
            kept.answer = make()

        late = self._desk.faults.take("late_commit")
        if late is not None:
            self._desk.write_late(late.seconds, write)
            raise AnswerLost
        if self._desk.faults.take("server_error_before") or self._desk.faults.take("unexpected_error"):
            kept.answer = answers.failed()
            return kept.answer
        write()
        if self._desk.faults.take("server_error_after"):
            kept.answer = answers.failed()
        assert kept.answer is not None
        return kept.answer

    def _with_headers(self, response: Response, tenant: str) -> Response:
        """Return an answer with its limits and its own id; a repeated one keeps its first id."""
        limits = self._desk.limits
        headers = {
            "X-DayLimit-Remaining": str(max(limits.left(tenant, PER_DAY), 0)),
            "X-MinLimit-Remaining": str(max(limits.left(tenant, PER_MINUTE), 0)),
            "X-AppMinLimit-Remaining": str(max(self._app_limit.left("app", APP_PER_MINUTE), 0)),
        }
        response.headers.update(headers)
        response.headers.setdefault("Xero-Correlation-Id", str(uuid4()))
        return response

    def _made(self, request: Request, tenant: str, answer: Answer, body: bytes) -> Response:
        request.state.body = body
        try:
            return answer(request, self._organisations[tenant])
        except filters.BadQuery as error:
            return answers.error(request, answers.QUERY, "QueryParseException", str(error))
        except Malformed as error:
            return answers.error(request, answers.POST_DATA, "PostDataInvalidException", str(error))
