"""The connector's stand-in answers as the real Tryton does, request by request, as far as the connector uses it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub.testing.clock import VirtualClock
from hub.testing.sandbox import AppTransport
from tests.tryton.server import Tryton

Json = Any  # what either says
Ask = Callable[..., tuple[int, Json]]

QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\d+")
FIELDS = (
    "number",
    "state",
    "date",
    "description",
    "company.currency.code",
    "lines.account.code",
    "lines.debit",
    "lines.state",
)


def asker(client: httpx2.Client, models: str, key: str, company: int) -> Ask:
    """Return what asks one of the two, and tells status and answer, with ids and what sentences quote left out."""
    from hub_tryton import wire

    def ask(method: str, path: str, body: Json = None, **more: Json) -> tuple[int, Json]:
        chosen = more.pop("company", company)
        headers = {
            "Authorization": f"Bearer {more.pop('key', key)}",
            "X-Tryton-Context": wire.coded({"company": chosen}),
            "Accept-Language": "en",
            "Content-Type": "application/json",
        }
        asked = [("f", name) for name in more.pop("fields", FIELDS)]
        asked += [("d", wire.coded(more["domain"]))] if "domain" in more else []
        content = None if body is None else json.dumps(body).encode()
        answer = client.request(method, f"{models}/{path}", params=asked, headers=headers, content=content)
        html = not answer.headers["Content-Type"].startswith("application/json")
        return answer.status_code, "a page" if html else told(answer.json())

    return ask


def told(answer: Json) -> Json:
    """Return an answer without ids, its records in their order, and of sentences the words without what they quote."""
    if isinstance(answer, dict) and "message" in answer:
        return QUOTED.sub("…", answer["message"])
    if isinstance(answer, list):
        kept = sorted(answer, key=lambda each: each["id"]) if answer and isinstance(answer[0], dict) else answer
        return [told(each) for each in kept]
    if not isinstance(answer, dict):
        return bool(answer) if isinstance(answer, bool) else answer
    return {name: told(each) for name, each in answer.items() if name != "id"}


def move(ids: Mapping[str, int], period: str = "2026-10", **changes: Json) -> Json:
    """Return a move of two lines."""
    lines = changes.pop("lines", (("1310", "4812.37", "0"), ("5010", "0", "4812.37")))
    memo = changes.pop("memo", "Ribeye")
    rows = [
        {"account": ids.get(code, 99_999), "debit": decimal(debit), "credit": decimal(credit), "description": memo}
        for code, debit, credit in lines
    ]
    day = {"__class__": "date", "year": 2026, "month": 10, "day": 31}
    made = {"company": ids["company"], "journal": ids["journal"], "period": ids[period], "date": day}
    return {**made, "description": "IA000000001 October", "lines": [["create", rows]], **changes}


def decimal(text: str) -> Json:
    return {"__class__": "Decimal", "decimal": text}


def conversation(ask: Ask, ids: Mapping[str, int], number: Callable[[], int]) -> list[Json]:
    """Ask one of the two all that matters, and return its answers. number: of the move made last."""
    unbalanced = (("1310", "4812.37", "0"), ("5010", "0", "4812.36"))
    three = (("1310", "1.005", "0"), ("5010", "0", "1.005"))
    found = [["description", "like", "IA000000001%"], ["company", "=", ids["company"]]]
    answers = [
        ask("GET", "account.move", domain=found),
        ask("POST", "account.move", move(ids)),
        ask("GET", "account.move", domain=found),
    ]
    answers += [ask("POST", f"account.move/{number()}/post", {}) for _ in range(2)]
    answers += [
        ask("POST", "account.move", move(ids, lines=unbalanced)),
        ask("POST", "account.move", move(ids, lines=three)),
        ask("POST", "account.move", move(ids, lines=(("nobody", "1.00", "0"), ("5010", "0", "1.00")))),
        ask("POST", "account.move", move(ids, "2026-09")),
        ask("POST", "account.move", move(ids, memo="two\nlines")),
        ask("POST", "account.move", move(ids, memo="  blanks  "), fields=("lines.description",)),
        ask("POST", "account.move/99999/post", {}),
        ask("GET", "account.move", domain=[["id", "=", 99_999]]),
        ask("GET", "account.move", domain=found, key="wrong"),
        ask("POST", "account.move", move(ids), key="wrong"),
        ask("GET", "account.move", domain=found, company=99_999),
        ask("GET", "account.account", domain=[["code", "=", "1310"]], fields=("code",)),
        ask("GET", "account.account", domain=[["code", "=", "1310"]], fields=("code",), company=99_999),
    ]
    return answers


@pytest.mark.soak
@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_the_stand_in_answers_as_tryton_does(server: Tryton, installed: Path) -> None:
    from hub_tryton.stand import BASE_URL, DATABASE, KEY, make_site

    def ids_of(model: str, name: str) -> dict[str, int]:
        return {row[name]: row["id"] for row in server.ask(model, [], name)}

    there = {**ids_of("account.account", "code"), **ids_of("account.period", "name"), "company": server.company}
    there["journal"] = ids_of("account.journal", "code")[server.journal]
    with httpx2.Client(timeout=60) as client:
        models = f"{server.base_url}/{server.database}/rest/model"
        ask = asker(client, models, server.key, server.company)
        real = conversation(ask, there, lambda: server.moves()[-1].id)

    site = make_site("USD", VirtualClock())
    tables = site.database.tables
    here = {row["code"]: id_ for id_, row in tables["account.account"].items()}
    here |= {row["name"]: id_ for id_, row in tables["account.period"].items()} | {"company": 1, "journal": 7}
    with httpx2.Client(transport=AppTransport(site.app)) as client:
        ask = asker(client, f"{BASE_URL}/{DATABASE}/rest/model", KEY, 1)
        stood_in = conversation(ask, here, lambda: max(tables["account.move"]))
    for answered, expected in zip(stood_in, real, strict=True):
        assert answered == expected
