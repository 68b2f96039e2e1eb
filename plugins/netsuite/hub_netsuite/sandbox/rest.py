"""The REST transport: who may call, records by id and by external id, their lists, and jobs done in the background."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.testing.sandbox import Desk
from hub_netsuite.sandbox import documents, entries, json_bodies, refusals, suiteql
from hub_netsuite.sandbox.company import Company, Journal
from hub_netsuite.sandbox.documents import JOURNAL, KINDS, RECORDS, Documents
from hub_netsuite.sandbox.entries import Ref
from hub_netsuite.sandbox.json_bodies import Json
from hub_netsuite.sandbox.refusals import Refused
from hub_netsuite.sandbox.searching import PERMISSIONS
from hub_netsuite.sandbox.tokens import PATH, SCOPE, NoToken, Tokens
from hub_netsuite.sandbox.way import Trouble, Way

WEB_SERVICES = "Setup -> REST Web Services"
QUERY = "/services/rest/query/v1/suiteql"
JOBS = "/services/rest/async/v1/job"
LARGEST_PAGE = 1_000
WRITES = ("POST", "PUT", "PATCH", "DELETE")
INVALID_LOGIN = (
    "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User "
    "Management > View Login Audit Trail."
)
_EXTERNAL = "eid:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A request that was taken to be done in the background, and its result."""

    id: str
    key: str
    result: Response


class Rest:
    """Answers below /services/rest."""

    def __init__(self, company: Company, desk: Desk, tokens: Tokens, way: Way, base_url: str) -> None:
        self._company = company
        self._desk = desk
        self._tokens = tokens
        self._way = way
        self._base_url = base_url
        self._documents = Documents(company, base_url)
        self._jobs: dict[str, Job] = {}

    def routes(self) -> list[Route]:
        """Return the routes."""
        record = f"{RECORDS}/{{kind}}"
        return [
            Route(PATH, self._token, methods=["POST"]),
            Route(QUERY, self._guarded(self._query, writes=False), methods=["POST"]),
            Route(f"{JOBS}/{{id}}", self._guarded(self._job), methods=["GET"]),
            Route(f"{JOBS}/{{id}}/task/{{task}}/result", self._guarded(self._result), methods=["GET"]),
            Route(record, self._guarded(self._list), methods=["GET"]),
            Route(record, self._guarded(self._create), methods=["POST"]),
            Route(f"{record}/{{key}}", self._guarded(self._one), methods=["GET"]),
            Route(f"{record}/{{key}}", self._guarded(self._change), methods=["PUT", "PATCH"]),
            Route(f"{record}/{{key}}", self._guarded(self._remove), methods=["DELETE"]),
            Route(f"{record}/{{key}}/line", self._guarded(self._lines), methods=["GET"]),
        ]

    async def _token(self, request: Request) -> Response:
        try:
            return JSONResponse(self._tokens.answer(await request.body()), headers={"Cache-Control": "no-store"})
        except NoToken as refused:
            return JSONResponse({"error": refused.error}, refused.status)

    def _guarded(
        self, answer: Callable[[Request, bytes], Response], *, writes: bool = True
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return an endpoint that lets through who may ask. writes: whether a method that can write does so here."""

        async def endpoint(request: Request) -> Response:
            body = await request.body()
            does_write = writes and request.method in WRITES
            with self._way.counted():
                try:
                    early = await self._way.come(writes=does_write) or self._refused(request)
                    if early is not None:
                        return early
                    made = self._way.work(lambda: self._done(request, body, answer), writes=does_write)
                    return self._way.spoilt(writes=does_write) or made
                except Trouble as trouble:
                    return json_bodies.unexpected() if trouble.name == "unexpected" else json_bodies.too_many()

        return endpoint

    def _refused(self, request: Request) -> Response | None:
        """Return why a call is not even looked at, None where it is."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        access = self._tokens.access(token.strip()) if kind.lower() == "bearer" else None
        if access is None or "JSESSIONID" in request.cookies:
            told = json_bodies.error(401, "INVALID_LOGIN", INVALID_LOGIN)
            told.headers["WWW-Authenticate"] = f'Bearer realm="{self._company.id}", error="invalid_token"'
            return told
        if SCOPE not in access.scopes or WEB_SERVICES in self._company.denied:
            return json_bodies.refusal(refusals.forbidden(WEB_SERVICES))
        return None

    def _done(self, request: Request, body: bytes, answer: Callable[[Request, bytes], Response]) -> Response:
        """Answer, at once or as a job in the background."""
        is_write = request.method in WRITES
        if not is_write or "respond-async" not in request.headers.get("prefer", ""):
            return self._answered(request, body, answer)
        key = request.headers.get("x-netsuite-idempotency-key", "")
        known = next((job for job in self._jobs.values() if key and job.key == key), None)
        if known is not None:
            told = json_bodies.error(400, "IDEMPOTENCY_ERROR", "A request with this idempotency key was already taken.")
            told.headers["Location"] = f"{self._base_url}{JOBS}/{known.id}"
            return told
        job = Job(id=uuid4().hex, key=key, result=self._answered(request, body, answer))
        self._jobs[job.id] = job
        headers = {"Location": f"{self._base_url}{JOBS}/{job.id}", "Preference-Applied": "respond-async"}
        return Response(status_code=202, headers=headers)

    def _answered(self, request: Request, body: bytes, answer: Callable[[Request, bytes], Response]) -> Response:
        kind = request.path_params.get("kind", JOURNAL)
        try:
            if kind not in KINDS:
                raise Refused("INVALID_PARAMETER", f"Record type {kind} does not exist.")
            if request.method in WRITES and "kind" in request.path_params and kind != JOURNAL:
                raise Refused("INVALID_PARAMETER", f"The sandbox writes no {kind}.")
            if request.method == "GET" and PERMISSIONS[kind] in self._company.denied:
                raise refusals.forbidden(PERMISSIONS[kind])
            writes = request.method in WRITES and request.url.path != QUERY
            if self._desk.faults.take("unexpected_error", "write" if writes else "read"):
                raise Refused(refusals.UNEXPECTED, refusals.unexpected_text())
            return answer(request, body)
        except Refused as refused:
            return json_bodies.refusal(refused)

    def _create(self, request: Request, body: bytes) -> Response:
        return self._written(request, json_bodies.read(body), None, "")

    def _change(self, request: Request, body: bytes) -> Response:
        """Change a journal entry (PATCH), or keep one under an external id (PUT)."""
        key = request.path_params["key"]
        known = self._found(key)
        if request.method == "PUT" and not key.startswith(_EXTERNAL):
            raise Refused("INVALID_PARAMETER", "PUT needs an external ID, as eid: and the ID.")
        if request.method == "PATCH" and known is None:
            raise refusals.not_there()
        external_id = key.removeprefix(_EXTERNAL) if request.method == "PUT" else ""
        return self._written(request, json_bodies.read(body), known, external_id)

    def _written(self, request: Request, body: Mapping[str, Json], known: Journal | None, external_id: str) -> Response:
        names = request.headers.get("x-netsuite-propertynamevalidation", "Warning").lower()
        told = documents.told(body, strict=names == "error")
        told.external_id = external_id or told.external_id
        replaced = request.query_params.get("replace", "").split(",")
        told.replaces_lines = known is None or "line" in replaced
        faults = self._desk.faults
        made = entries.kept(self._company, told, known=known, changed_by=1 if faults.take("changed_amounts") else 0)
        if faults.take("after_submit_failed") or faults.take("after_submit_failed_lower"):
            raise Refused(refusals.USER_ERROR, "An error occurred in a script after the record was saved.")
        return Response(status_code=204, headers={"Location": f"{self._base_url}{RECORDS}/{JOURNAL}/{made.id}"})

    def _remove(self, request: Request, _body: bytes) -> Response:
        known = self._found(request.path_params["key"])
        if known is None:
            raise refusals.not_there()
        entries.deleted(self._company, known)
        return Response(status_code=204)

    def _one(self, request: Request, _body: bytes) -> Response:
        kind, key = request.path_params["kind"], request.path_params["key"]
        if key.startswith(_EXTERNAL):
            found = self._found(key) if kind == JOURNAL else None
            key = found.id if found else ""
        expands = request.query_params.get("expandSubResources", "").lower() == "true"
        shown = self._documents.shown(kind, key, expands=expands)
        if shown is None:
            raise refusals.not_there()
        return json_bodies.answer(shown)

    def _lines(self, request: Request, _body: bytes) -> Response:
        found = self._found(request.path_params["key"])
        if found is None:
            raise refusals.not_there()
        shown = self._documents.shown(JOURNAL, found.id, expands=True)
        return json_bodies.answer(shown["line"] if shown else {}, "collection")

    def _list(self, request: Request, _body: bytes) -> Response:
        """List records of a type: their ids and links, or all of them where they are to be expanded."""
        kind, asked = request.path_params["kind"], request.query_params
        rows = [self._documents.shown(kind, key) for key in self._documents.keys(kind)]
        kept = suiteql.filtered(rows, asked.get("q", ""))
        expands = asked.get("expandRecords", "").lower() == "true"
        items = kept if expands else [{"links": row["links"], "id": row["id"]} for row in kept]
        return json_bodies.answer(self._paged(request, items, f"{RECORDS}/{kind}"), "collection")

    def _query(self, request: Request, body: bytes) -> Response:
        if "transient" not in request.headers.get("prefer", ""):
            raise Refused("INVALID_PARAMETER", "The header Prefer: transient is required.")
        asked = json_bodies.read(body).get("q")
        if not isinstance(asked, str):
            raise json_bodies.invalid("Invalid content in the request body: q is required.", "q")
        rows = [{"links": [], **row} for row in suiteql.rows(self._company, asked)]
        return json_bodies.answer(self._paged(request, rows, QUERY), "collection")

    def _paged(self, request: Request, rows: list[Json], path: str) -> Json:
        limit, offset = (
            _whole(request, name, otherwise) for name, otherwise in (("limit", LARGEST_PAGE), ("offset", 0))
        )
        if not 1 <= limit <= LARGEST_PAGE or offset % limit:
            raise Refused("INVALID_PARAMETER", "limit is 1 to 1000, and offset divisible by it.")
        items = rows[offset : offset + limit]
        has_more = offset + limit < len(rows)
        links = [("self", offset), *([("next", offset + limit)] if has_more else [])]
        return {
            "links": [{"rel": name, "href": f"{self._base_url}{path}?limit={limit}&offset={at}"} for name, at in links],
            "count": len(items),
            "hasMore": has_more,
            "items": items,
            "offset": offset,
            "totalResults": len(rows),
        }

    def _job(self, request: Request, _body: bytes) -> Response:
        job = self._jobs.get(request.path_params["id"])
        if job is None:
            raise refusals.not_there()
        here = f"{self._base_url}{JOBS}/{job.id}"
        task = {"rel": "self", "href": f"{here}/task/1/result"}
        told = {"links": [{"rel": "self", "href": here}], "id": job.id, "completed": True, "progress": "succeeded"}
        return json_bodies.answer({**told, "task": {"links": [task], "items": [{"id": "1", "links": [task]}]}})

    def _result(self, request: Request, _body: bytes) -> Response:
        job = self._jobs.get(request.path_params["id"])
        if job is None:
            raise refusals.not_there()
        return job.result

    def _found(self, key: str) -> Journal | None:
        is_external = key.startswith(_EXTERNAL)
        ref = Ref(external_id=key.removeprefix(_EXTERNAL)) if is_external else Ref(internal_id=key)
        return entries.found(self._company, ref)


def _whole(request: Request, name: str, otherwise: int) -> int:
    told = request.query_params.get(name, str(otherwise))
    if not re.fullmatch(r"\d{1,7}", told):
        raise Refused("INVALID_PARAMETER", f"{name} is a whole number, not {told}.")
    return int(told)
