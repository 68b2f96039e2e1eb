"""Pages of a posted journal, and the first page after a start, against the barest programs that answer with the same.

Ours is the page of an export as a person gets it: the guard, the session and what its person may see, the menu, the file,
every line with the totals of each site. The bare programs read the same stored journal from the same SQLite file, check
nothing and know nobody: Starlette with a Jinja2 template for 200 lines, Starlette with joined strings for 5,000. The same
table is written: six columns, amounts with thousands, sums. All are called in one process, in turns, as ASGI apps; p50.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from hub.service.context import Hub

LINES = {"200": (10, 10), "5,000": (50, 50)}
"""Lines of the journal → its sites and categories; each pair of them makes a debit and a credit."""
LEAST_LINES = 100
"""Of inventory, which every page measured must show."""
ROUNDS = {"200": 81, "5,000": 15}
STARTS = 9
MOST_TIMES_BARE, MOST_TIMES_START = 1.5, 1.2
COMPANY, BOOKS, DAY = "BENCH", "books", date(2026, 10, 31)
START_S = 60

Figure = tuple[str, float, float, float, float]
"""Name, ours and the floor (milliseconds; seconds for the start), their ratio, the most that ratio may be."""

TABLE = """<!doctype html><html lang="en"><head><title>{{ entry.reference }}</title></head><body><table>
<thead><tr><th>Account</th><th>Debit</th><th>Credit</th><th>Site</th><th>Category</th><th>Memo</th></tr></thead><tbody>
{% for line in entry.lines %}
<tr><td>{{ line.account_number }} {{ line.account_name }}</td>
<td class="num">{% if line.side == "debit" %}{{ line.amount|amount }}{% endif %}</td>
<td class="num">{% if line.side == "credit" %}{{ line.amount|amount }}{% endif %}</td>
<td>{{ line.site }}</td><td>{{ line.category }}</td><td>{{ line.memo }}</td></tr>
{% endfor %}
</tbody><tfoot><tr><td>Total</td><td>{{ debits|amount }}</td><td>{{ credits|amount }}</td></tr></tfoot></table></body></html>"""

BARE_START = """
import sys
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

app = FastAPI()

@app.get("/sign-in", response_class=HTMLResponse)
def page() -> str:
    return "<!doctype html><title>Sign in</title>"

uvicorn.run(app, port=int(sys.argv[1]), log_config=None)
"""


def figures(*, quick: bool = False) -> Iterable[Figure]:
    """Return the figures of the pages, then of the first page after a start."""
    for name in LINES:
        command = [sys.executable, "-m", "bench.pages", name, str(5 if quick else ROUNDS[name])]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        ours, entry, floor = json.loads(answer.stdout)
        peer = "Starlette and Jinja2" if name == "200" else "joined strings"
        yield (f"page of {name} lines over {peer}, ms", ours, floor, ours / floor, MOST_TIMES_BARE)
        yield (f"the same before it is exported, {name} lines, ms", entry, floor, entry / floor, float("inf"))
    yield _starts(3 if quick else STARTS)


def _starts(rounds: int) -> Figure:
    with tempfile.TemporaryDirectory() as folder:
        _first_page(_serve(folder))  # the database is made, and Python's own files are in memory
        both = [(_first_page(_serve(folder)), _first_page(_bare)) for _ in range(rounds)]
    ours, floor = (min(each) for each in zip(*both, strict=True))
    return ("first page after a start, s", ours, floor, ours / floor, MOST_TIMES_START)


def _serve(folder: str) -> Callable[[int], list[str]]:
    program = "import sys; from hub.app import main; sys.argv[0] = 'hub'; main()"
    return lambda port: [sys.executable, "-c", program, "serve", "--home", folder, "--port", str(port)]


def _bare(port: int) -> list[str]:
    return [sys.executable, "-c", BARE_START, str(port)]


def _first_page(program: Callable[[int], list[str]]) -> float:
    """Return the seconds from starting a program until its page has come."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    started = subprocess.Popen(program(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while time.perf_counter() - began < START_S:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as there:
                there.sendall(f"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
                answer = b"".join(iter(lambda: there.recv(65_536), b""))
                if b" 200 OK" in answer[:40]:
                    return time.perf_counter() - began
            time.sleep(0.002)
        raise RuntimeError("it does not answer")
    finally:
        started.terminate()
        started.wait(30)


def _measure(lines: str, rounds: int) -> None:
    """Print p50 in milliseconds as JSON: our page, the page before the export, the bare program's."""
    from hub.app import look_for_cycles_seldom

    look_for_cycles_seldom()
    logging.disable(logging.INFO)  # the server's own log is not what is measured
    with tempfile.TemporaryDirectory() as folder:
        hub = _hub(Path(folder), *LINES[lines])
        ours, cookie = _ours(hub)
        entry = f"/c/{COMPANY}/export/entry?count={DAY}&connection={BOOKS}"
        before = asyncio.run(_p50(lambda: [(ours, entry, cookie)], rounds))[0]
        path, reference = _exported(hub)
        bare = _bare_app(Path(folder) / "hub.db", reference, joined=lines != "200")
        ours_ms, floor_ms = asyncio.run(_p50(lambda: [(ours, path, cookie), (bare, "/", "")], rounds))
    print(json.dumps([ours_ms, before, floor_ms]))


async def _p50(calls: Callable[[], list[tuple[ASGIApp, str, str]]], rounds: int) -> list[float]:
    times: list[list[float]] = []
    for _ in range(rounds + 2):
        took = []
        for app, path, cookie in calls():
            began = time.perf_counter()
            page = await asked_of(app, path, cookie)
            took.append((time.perf_counter() - began) * 1_000)
            assert page.count(b"1310 Food Inventory") >= LEAST_LINES, path
        times.append(took)
    return [sorted(each)[len(each) // 2] for each in zip(*times[2:], strict=True)]


async def asked_of(app: ASGIApp, path: str, cookie: str) -> bytes:
    """Return the page of a path, which must be there."""
    came: list[bytes] = []
    asked = {"type": "http.request", "body": b"", "more_body": False}

    async def receive() -> dict[str, Any]:  # Any: an ASGI message
        return asked

    async def send(message: Any) -> None:  # noqa: ANN401  an ASGI message
        assert message.get("status", 200) == 200, message
        came.append(message.get("body", b""))

    route, _, query = path.partition("?")
    await app(
        {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": route,
            "raw_path": route.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", b"127.0.0.1:8000"), (b"cookie", cookie.encode())],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 8_000),
        },
        receive,
        send,
    )
    return b"".join(came)


def _bare_app(database: Path, reference: str, *, joined: bool) -> ASGIApp:
    from jinja2 import Environment
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import HTMLResponse
    from starlette.routing import Route

    connection = sqlite3.connect(database, check_same_thread=False)
    environment = Environment(autoescape=True, trim_blocks=True)
    environment.filters["amount"] = lambda value: f"{Decimal(value):,f}"
    template = environment.from_string(TABLE)

    def page(_request: Request) -> HTMLResponse:
        text = connection.execute("SELECT entry FROM posting WHERE reference = ?", (reference,)).fetchone()[0]
        entry = json.loads(text)
        if joined:
            return HTMLResponse(_joined(entry))
        debits, credits_ = _sums(entry)
        return HTMLResponse(template.render(entry=entry, debits=debits, credits=credits_))

    return Starlette(routes=[Route("/", page)])


def _sums(entry: dict[str, Any]) -> tuple[Decimal, Decimal]:
    debits, credits_ = Decimal(0), Decimal(0)
    for line in entry["lines"]:
        if line["side"] == "debit":
            debits += Decimal(line["amount"])
        else:
            credits_ += Decimal(line["amount"])
    return debits, credits_


def _joined(entry: dict[str, Any]) -> str:
    head, foot = re.split(r"\{% for .*endfor %\}\n", TABLE, flags=re.DOTALL)
    debits, credits_ = _sums(entry)
    rows = [head.replace("{{ entry.reference }}", escape(entry["reference"]))]
    for line in entry["lines"]:
        amount = f"{Decimal(line['amount']):,f}"
        debit, credit = (amount, "") if line["side"] == "debit" else ("", amount)
        rows.append(
            f'<tr><td>{escape(line["account_number"])} {escape(line["account_name"])}</td><td class="num">{debit}</td>'
            f'<td class="num">{credit}</td><td>{escape(line["site"])}</td><td>{escape(line["category"])}</td>'
            f"<td>{escape(line['memo'])}</td></tr>"
        )
    rows.append(foot.replace("{{ debits|amount }}", f"{debits:,f}").replace("{{ credits|amount }}", f"{credits_:,f}"))
    return "\n".join(rows)


def _ours(hub: Hub) -> tuple[ASGIApp, str]:
    from hub.web.app import create_app

    return create_app(hub), signed_in(hub)


def signed_in(hub: Hub) -> str:
    """Add somebody who may see everything, and return the cookie of their session."""
    from hub.service import people, signing_in
    from hub.service.people import person_named

    people.add_person(hub, "bench", password="a password of the bench", support=True)
    with hub.database.write() as connection:
        person = person_named(hub, "bench").id
        token = signing_in.begin(hub, connection, person, address="127.0.0.1", program="bench")
    return f"hub-session={token}"


def _exported(hub: Hub) -> tuple[str, str]:
    from hub.service import exporting

    made = exporting.export(hub, COMPANY, DAY, BOOKS)
    assert made["state"] == "FILE_READY", made["problems"]
    return f"/c/{COMPANY}/exports/{made['export']}", made["postings"][0]["reference"]


def _hub(folder: Path, sites: int, categories: int) -> Hub:
    from hub.plugins import load
    from hub.service.companies import add_company
    from hub.service.connections import add_connection
    from hub.service.context import Hub
    from hub.store.opening import open_database

    database = open_database(f"sqlite:///{folder / 'hub.db'}", folder / "audit.key")
    hub = Hub(database=database, registry=load(), clock=lambda: datetime.now(UTC), home=folder, actor="bench")
    add_company(hub, code=COMPANY, name="Bench", currency="USD")
    add_connection(hub, COMPANY, connector="csv_iif", name=BOOKS, settings={"layout": "generic"})
    accounts = [("1310", "Food Inventory", "asset"), ("5010", "COGS Food", "cogs")]
    rows = [{"number": number, "name": name, "kind": kind} for number, name, kind in accounts]
    codes, names = [f"S{number:02d}" for number in range(sites)], [f"Category {n:02d}" for n in range(categories)]
    _imports(hub, "gl-accounts", rows)
    _imports(hub, "chart", rows)
    _imports(hub, "account-map", [{"gl_account": number, "account_number": number} for number, _, _ in accounts])
    _imports(hub, "departments", [{"department": "Food", "asset_account": "1310", "cogs_account": "5010"}])
    _imports(hub, "categories", [{"category": name, "department": "Food"} for name in names])
    _imports(hub, "sites", [{"site": code, "name": f"Site {code}", "connection": BOOKS} for code in codes])
    _imports(hub, "opening", [{"date": "2026-09-30", "site": code, "category": "", "value": "0"} for code in codes])
    goods = {"count_date": DAY.isoformat(), "quantity": "1"}
    counted = [
        {**goods, "site": code, "item": name, "category": name, "value": f"{1000 + index * 7}.{number + 10}"}
        for number, code in enumerate(codes)
        for index, name in enumerate(names)
    ]
    _imports(hub, "counts", counted)
    return hub


def _imports(hub: Hub, kind: str, rows: list[dict[str, str]]) -> None:
    from hub.service.importing import import_rows

    result = import_rows(hub.database, COMPANY, kind, rows, actor="bench", now=hub.clock())
    assert not result.errors, result.errors[:3]


if __name__ == "__main__":
    os.environ.pop("HUB_TIMING", None)
    _measure(sys.argv[1], int(sys.argv[2]))
