"""A Tryton of a test's own: its database copied from the filled one, its server a process on this machine."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2

from hub.api import Side
from tests.conftest import Databases
from tests.processes.children import until
from tests.tryton.places import DATABASE, ENVIRONMENT, configuration, environment, templates
from tests.tryton.template import DUMP, SQLITE, place_of, program, run, told

Json = Any  # what Tryton's own JSON says
PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a posted move."""

    account: str
    side: Side
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Move:
    """A move as Tryton itself tells of it, asked past the connector."""

    id: int
    reference: str
    state: str
    date: date
    number: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines if line.side is Side.DEBIT), Decimal(0))


@dataclass(slots=True)
class Tryton:
    """A server that answers. kind: of its database; key: of the hub's user; accountant_key: of one who may set up and close."""

    kind: str
    base_url: str
    database: str
    company: int
    journal: str
    key: str = field(repr=False)
    accountant_key: str = field(repr=False)

    def moves(self, reference: str = "") -> list[Move]:
        """Return the moves whose description begins with a reference, drafts too, as they stand there."""
        fields = ("description", "state", "date", "number", "lines.account.code", "lines.debit", "lines.credit")
        told_of = self.ask("account.move", [["description", "like", f"{reference}%"]], *fields)
        return [_move(row) for row in sorted(told_of, key=lambda row: row["id"])]

    def trial_balance(self) -> dict[str, Decimal]:
        """Return Tryton's own balance of each account of which it has one, of what is posted, debit positive."""
        rows = self.ask("account.account", [], "code", "balance", "debit", "credit", posted=True)
        found = {
            row["code"]: (_decimal(row["balance"]), _decimal(row["debit"]) - _decimal(row["credit"])) for row in rows
        }
        leaves = {code: own for code, (_, own) in found.items() if own}
        assert all(found[code][0] == own for code, own in leaves.items())
        return leaves

    def account(self, code: str) -> int:
        """Return the id of the account with a number."""
        (row,) = self.ask("account.account", [["code", "=", code], ["active", "in", [True, False]]], "code")
        return int(row["id"])

    def set_period(self, name: str, action: str) -> None:
        """Close a period or reopen it, as the accountant does. action: close or reopen."""
        (row,) = self.ask("account.period", [["name", "=", name]], "name")
        self.send("POST", f"account.period/{row['id']}/{action}", {})

    def close_account(self, code: str) -> None:
        """Close an account, as the accountant does with one that has no lines."""
        self.send("PUT", f"account.account/{self.account(code)}", {"closed": True})

    def end_account(self, code: str, day: str) -> None:
        """Let an account end on a day, as the accountant does with one that has lines."""
        year, month, number = map(int, day.split("-"))
        ends = {"__class__": "date", "year": year, "month": month, "day": number}
        self.send("PUT", f"account.account/{self.account(code)}", {"end_date": ends})

    def ask(self, model: str, domain: Json, *fields: str, **context: Json) -> list[Json]:
        """Search for records as the accountant."""
        asked = [("f", name) for name in fields] + [("d", _coded(domain))]
        answer = httpx2.get(self._url(model), params=asked, headers=self._headers(context), timeout=PATIENCE_S)
        assert answer.is_success, answer.text
        rows: list[Json] = answer.json()
        return rows

    def send(self, method: str, path: str, body: Json, *, sure: bool = True) -> httpx2.Response:
        """Change something as the accountant. sure: whether it must succeed."""
        answer = httpx2.request(method, self._url(path), json=body, headers=self._headers({}), timeout=PATIENCE_S)
        assert answer.is_success or not sure, answer.text
        return answer

    def _url(self, path: str) -> str:
        return f"{self.base_url}/{self.database}/rest/model/{path}"

    def _headers(self, context: Json) -> dict[str, str]:
        chosen = _coded({"company": self.company, **context})
        return {"Authorization": f"Bearer {self.accountant_key}", "X-Tryton-Context": chosen, "Accept-Language": "en"}


@contextmanager
def tryton(kind: str, databases: Databases, folder: Path) -> Iterator[Tryton]:
    """Copy the filled database, serve it on a free port of this machine, and end the server by its process id."""
    folder.mkdir(exist_ok=True)
    name, socket_folder = DATABASE, ""
    if kind == "sqlite":
        shutil.copyfile(templates() / SQLITE, folder / SQLITE)
    else:
        address = databases.empty()
        name, socket_folder = place_of(address)
        run(
            program("pg_restore", address),
            "--no-owner",
            "-d",
            name,
            str(templates() / DUMP),
            socket_folder=socket_folder,
        )
    port = _free_port()
    file = configuration(folder, socket_folder=socket_folder, port=port)
    with (folder / "trytond.log").open("wb") as log:
        command = [str(ENVIRONMENT / "bin" / "trytond"), "-c", str(file), "-d", name]
        server = subprocess.Popen(command, env=environment(socket_folder), stdout=log, stderr=log)
    try:
        until(lambda: _answers(port) or server.poll() is not None, "Tryton answers", PATIENCE_S)
        assert server.poll() is None, (folder / "trytond.log").read_text(encoding="utf-8")
        yield Tryton(kind=kind, base_url=f"http://127.0.0.1:{port}", database=name, **json.loads(told(kind)))
    finally:
        server.kill()
        server.wait(PATIENCE_S)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
    return port


def _answers(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def _coded(value: Json) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def _decimal(told_of: Json) -> Decimal:
    assert told_of["__class__"] == "Decimal"
    return Decimal(told_of["decimal"])


def _move(row: Json) -> Move:
    day = row["date"]
    return Move(
        id=row["id"],
        reference=(row["description"] or "").split(" ")[0],
        state=row["state"],
        date=date(day["year"], day["month"], day["day"]),
        number=row["number"] or "",
        lines=tuple(_line(line) for line in sorted(row["lines"], key=lambda line: line["id"])),
    )


def _line(row: Json) -> Line:
    debit, credit = _decimal(row["debit"]), _decimal(row["credit"])
    side = Side.DEBIT if debit else Side.CREDIT
    return Line(account=row["account"]["code"], side=side, amount=debit or credit)
