"""Tryton's REST interface before the records, as an ASGI app: addresses, JSON, keys, and answers that are lost."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from hub.testing.clock import VirtualClock
from hub.testing.sandbox import AnswerLost, CallLimits, Desk, Faults, Front
from hub_tryton.sandbox.database import ACCOUNT, COMPANY, MOVE, RELATIONS, Database, Json, Record, UserError

LATE = "late_commit"


class Site:
    """One Tryton server with one database. key: of the user application, empty once it was cancelled."""

    def __init__(self, base_url: str, name: str, database: Database, clock: VirtualClock, key: str) -> None:
        self.database = database
        self.clock = clock
        self.key = key
        self.desk = Desk(clock=clock, companies=(), faults=Faults([LATE]), limits=CallLimits(clock.now))
        models = f"/{name}/rest/model/{{model}}"
        routes = [
            Route(models, self._search, methods=["GET"]),
            Route(models, self._create, methods=["POST"]),
            Route(f"{models}/{{id:int}}/post", self._post, methods=["POST"]),
        ]
        self.app = Front(self.desk, base_url, routes, _not_found)

    async def _search(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        asked, model = request.query_params, request.path_params["model"]
        domain = _decoded(json.loads(base64.urlsafe_b64decode(asked["d"])))
        found = self.database.search(model, domain)
        first = int(asked.get("p", "0"))
        page = found[first : first + int(asked.get("s", str(len(found) or 1)))]
        return _answer([self._told(model, record, asked.getlist("f")) for record in page])

    async def _create(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        values = _decoded(json.loads(await request.body()))
        late = self.desk.faults.take(LATE)
        if late is not None:
            self.desk.write_late(late.seconds, lambda: self.database.create(values))
            raise AnswerLost
        try:
            move = self.database.create(values)
        except UserError as error:
            return _sentence(error)
        return self._moved(move, request)

    async def _post(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        move = request.path_params["id"]
        if move not in self.database.tables[MOVE]:
            return _not_found(request)
        try:
            self.database.post(move)
        except UserError as error:
            return _sentence(error)
        return self._moved(move, request)

    def _refused(self, request: Request) -> Response | None:
        if not self.key or request.headers.get("Authorization") != f"Bearer {self.key}":
            return _page(401, "Unauthorized")
        if request.path_params["model"] != ACCOUNT:  # the only one whose records depend on the company of the context
            return None
        context = request.headers.get("X-Tryton-Context")
        company = json.loads(base64.urlsafe_b64decode(context)).get("company") if context else None
        if company is not None and company not in self.database.tables[COMPANY]:
            error = f'You are trying to read records "{company}" of "Company" that don\'t exist.'
            return _sentence(UserError(error))
        return None

    def _moved(self, move: int, request: Request) -> Response:
        return _answer(self._told(MOVE, self.database.tables[MOVE][move], request.query_params.getlist("f")))

    def _told(self, model: str, record: Record, paths: Sequence[str]) -> dict[str, Any]:
        """Return the named fields of a record, those of its relations inside it, several records the last first."""
        told: dict[str, Any] = {"id": record["id"], "__name__": model}
        inside: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            name, _, rest = path.partition(".")
            if rest:
                inside[name].append(rest)
            else:
                told[name] = _encoded(record[name])
        for name, rest_of in inside.items():
            target, related = RELATIONS[model][name], record[name]
            table = self.database.tables[target]
            if isinstance(related, list):
                told[name] = [self._told(target, table[id_], rest_of) for id_ in reversed(related)]
            else:
                told[name] = None if related is None else self._told(target, table[related], rest_of)
        return told


def _not_found(_request: Request) -> Response:
    return _page(404, "Not Found")


def _page(status: int, title: str) -> Response:
    return HTMLResponse(f"<!doctype html>\n<title>{status} {title}</title>\n<h1>{title}</h1>\n", status)


def _sentence(error: UserError) -> Response:
    return JSONResponse({"status": 400, "message": str(error), "description": ""}, 400)


def _answer(told: object) -> Response:
    return JSONResponse(told)


def _encoded(value: object) -> object:
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    if isinstance(value, date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    return value


def _decoded(value: Json) -> Json:
    """Return JSON with Tryton's own objects as what they stand for."""
    if isinstance(value, list):
        return [_decoded(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    kind = value.get("__class__")
    if kind == "Decimal":
        return Decimal(value["decimal"])
    if kind == "date":
        return date(value["year"], value["month"], value["day"])
    if kind == "datetime":
        parts = {name: part for name, part in value.items() if name != "__class__"}
        return datetime(**parts, tzinfo=UTC)
    return {name: _decoded(each) for name, each in value.items()}
