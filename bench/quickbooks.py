"""What it costs this machine to post a journal to QuickBooks: CPU of the client's process, the sandbox in another.

Ours is the connector's `post()` with the hub's guarded client: bytes with exact amounts, and what was recorded read back from the
answer line by line. Bare is httpx2 and json: a dict, one POST, the answer's id. The peer is python-quickbooks. All post the same
lines to the same sandbox, in turns; the best of several rounds counts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import count

ROUNDS = 5
JOURNALS = {20: 60, 1_000: 6}
MOST_TIMES_BARE = {20: 1.3, 1_000: 1.5}

Figure = tuple[str, float, float, float, float]
Post = Callable[[int, int], Callable[[], object]]
"""Returns what posts a journal of so many lines, with a number of its own."""


def figures(*, quick: bool = False) -> list[Figure]:
    """Return the figures, in milliseconds of CPU for each journal, and the calls of one export."""
    with _sandbox() as told:
        posts = {"ours": _ours(told), "bare": _bare(told), "peer": _peer(told)}
        rows = [row for lines in JOURNALS for row in _compared(posts, lines, 1 if quick else ROUNDS)]
    return [*rows, *_calls_of_an_export()]


def _compared(posts: dict[str, Post], lines: int, rounds: int) -> Iterator[Figure]:
    best = dict.fromkeys(posts, float("inf"))
    for _ in range(rounds):
        for name, post in posts.items():
            best[name] = min(best[name], _cpu_ms(post, lines))
    ours, bare, peer = best["ours"], best["bare"], best["peer"]
    yield f"QuickBooks journal, {lines:,} lines, CPU ms", ours, bare, ours / bare, MOST_TIMES_BARE[lines]
    yield "the same by python-quickbooks, CPU ms", ours, peer, ours / peer, float("inf")


_numbers = count(1)


def _cpu_ms(post: Post, lines: int) -> float:
    first, *others = [post(lines, next(_numbers)) for _ in range(JOURNALS[lines] + 1)]
    first()
    began = time.process_time()
    for send in others:
        send()
    return (time.process_time() - began) / len(others) * 1000


@contextmanager
def _sandbox() -> Iterator[dict[str, str]]:
    """Start the sandbox in a process of its own, and yield what it prints."""
    command = [sys.executable, "-m", "bench.quickbooks", "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()  # which ends it


def _serve() -> None:
    from hub.testing.sandbox import serve_app
    from hub_quickbooks.sandbox import QuickBooksSandbox

    sandbox = QuickBooksSandbox()
    with serve_app(sandbox.app) as base_url:
        site = sandbox.site(base_url)
        site.desk.limits.on = False
        print(json.dumps({**site.credentials(), "access": site.signed_in.access}), flush=True)
        sys.stdin.read()


def _lines(number: int) -> Iterator[tuple[str, str, Decimal, str]]:
    """Yield side, account, amount and memo; each debit has its credit."""
    for index in range(number // 2):
        amount = Decimal(48_1237 + index) / 100
        memo = f"Ending inventory 2026-10-31 · Category {index} · Downtown"
        yield "debit", "101", amount, memo
        yield "credit", "121", amount, memo


def _ours(told: dict[str, str]) -> Post:
    from hub.api import Account, Company, Connection, JournalEntry, JournalLine, Reason, Side
    from hub.plugins.client import guarded_client
    from hub_quickbooks.connector import QuickBooks
    from hub_quickbooks.settings import Settings

    client = guarded_client(told["base_url"], headers={"Authorization": f"Bearer {told['access']}"})
    connection = Connection(
        name="books",
        settings=Settings(base_url=told["base_url"]),
        environment="local",
        company=Company(id=told["company_id"], name="Books", currency="USD"),
        currency="USD",
        client=client,
    )
    session = QuickBooks().open(connection)
    accounts = {id_: Account(id=id_) for id_ in ("101", "121")}
    made = {
        number: tuple(
            JournalLine(
                account=accounts[account], side=Side(side), amount=amount, memo=memo, site="DT", reason=Reason.CURRENT
            )
            for side, account, amount, memo in _lines(number)
        )
        for number in JOURNALS
    }

    def entry(lines: int, number: int) -> JournalEntry:
        day = date(2026, 10, 31)
        return JournalEntry(
            key=f"{number:032x}",
            reference=f"IA{number:09}",
            part=1,
            date=day,
            count_date=day,
            currency="USD",
            memo="Ending inventory",
            lines=made[lines],
        )

    def post(lines: int, number: int) -> Callable[[], object]:
        ready = entry(lines, number)
        return lambda: session.post(ready)

    return post


def _bare(told: dict[str, str]) -> Post:
    import httpx2

    client = httpx2.Client(headers={"Authorization": f"Bearer {told['access']}", "Accept": "application/json"})
    url = f"{told['base_url']}/v3/company/{told['company_id']}/journalentry"
    made = {number: list(_lines(number)) for number in JOURNALS}

    def post(lines: int, number: int) -> str:
        body = {
            "TxnDate": "2026-10-31",
            "DocNumber": f"BARE{number}",
            "PrivateNote": "Ending inventory",
            "Line": [
                {
                    "DetailType": "JournalEntryLineDetail",
                    "Amount": float(amount),
                    "Description": memo,
                    "JournalEntryLineDetail": {
                        "PostingType": "Debit" if side == "debit" else "Credit",
                        "AccountRef": {"value": account},
                    },
                }
                for side, account, amount, memo in made[lines]
            ],
        }
        response = client.post(url, params={"minorversion": "75", "requestid": f"bare-{number}"}, json=body)
        return str(json.loads(response.content)["JournalEntry"]["Id"])

    return lambda lines, number: lambda: post(lines, number)


def _peer(told: dict[str, str]) -> Post:
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    warnings.simplefilter("ignore")
    from intuitlib.client import AuthClient
    from quickbooks import QuickBooks as Client
    from quickbooks.objects.base import Ref
    from quickbooks.objects.journalentry import JournalEntry, JournalEntryLine, JournalEntryLineDetail

    Client.sandbox_api_url_v3 = Client.api_url_v3 = f"{told['base_url']}/v3"
    discovery = f"{told['base_url']}/.well-known/openid_sandbox_configuration"
    auth = AuthClient(told["client_id"], told["client_secret"], "http://localhost", discovery)
    client = Client(
        auth_client=auth, refresh_token=told["refresh_token"], company_id=told["company_id"], minorversion=75
    )

    def line(side: str, account: str, amount: Decimal, memo: str) -> object:
        detail = JournalEntryLineDetail()
        detail.PostingType = "Debit" if side == "debit" else "Credit"
        detail.AccountRef = Ref()
        detail.AccountRef.value = account
        made = JournalEntryLine()
        made.Amount, made.Description, made.JournalEntryLineDetail = float(amount), memo, detail
        return made

    def post(lines: int, number: int) -> str:
        entry = JournalEntry()
        entry.TxnDate, entry.DocNumber = "2026-10-31", f"PEER{number}"
        entry.Line = [line(*each) for each in _lines(lines)]
        return str(entry.save(qb=client, request_id=f"peer-{number}").Id)

    return lambda lines, number: lambda: post(lines, number)


def _calls_of_an_export() -> Iterator[Figure]:
    """Count the calls of a preview and of the export that follows it."""
    from hub.api import Account, Company, Connection, JournalEntry, JournalLine, Reason, Side
    from hub.plugins.client import guarded_client
    from hub.testing.sandbox import AppTransport
    from hub_quickbooks.connector import QuickBooks
    from hub_quickbooks.sandbox import QuickBooksSandbox
    from hub_quickbooks.settings import Settings

    calls: Counter[str] = Counter()
    base = "http://127.0.0.1:9001"
    site = QuickBooksSandbox().site(base)
    headers = {"Authorization": f"Bearer {site.signed_in.access}"}
    client = guarded_client(
        base, transport=AppTransport(site.app), headers=headers, on_call=lambda call: calls.update([call.method])
    )
    company = Company(id=site.credentials()["company_id"], name="Books", currency="USD")
    connection = Connection(
        name="books",
        settings=Settings(base_url=base),
        environment="local",
        company=company,
        currency="USD",
        client=client,
    )
    lines = tuple(
        JournalLine(
            account=Account(id=account), side=Side(side), amount=amount, memo=memo, site="DT", reason=Reason.CURRENT
        )
        for side, account, amount, memo in _lines(20)
    )
    day = date(2026, 10, 31)
    entry = JournalEntry(
        key="a" * 32, reference="IAAAAAAAAAA", part=1, date=day, count_date=day, currency="USD", memo="", lines=lines
    )
    connector = QuickBooks()
    assert not connector.open(connection).preflight(entry)
    preview = sum(calls.values())
    assert not connector.open(connection).preflight(entry)  # as an export checks once more
    connector.open(connection).post(entry)
    yield "QuickBooks calls of a first preview", preview, 2, preview / 2, 1
    yield "QuickBooks calls of the export after it", sum(calls.values()) - preview, 1, sum(calls.values()) - preview, 1


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        _serve()
    else:
        for name, *rest in figures(quick="--quick" in sys.argv):
            print(f"{name:<46}", *(f"{value:>10.4g}" for value in rest))
