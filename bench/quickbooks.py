"""What it costs this machine to post a journal to QuickBooks: CPU of the client's process, the sandbox in another.

Ours is the connector's `post()` with the hub's guarded client: bytes with exact amounts, and what was recorded read back from the
answer line by line. Bare is httpx2 and json: a dict, one POST, the answer's id. The peer is python-quickbooks. All post the same
lines to the same sandbox, in turns; the best of several rounds counts.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal

from bench.posting_cost import JOURNALS, Figure, Post, amounts, beside, compared, entries

ACCOUNTS = {"debit": "101", "credit": "121"}


def figures(*, quick: bool = False) -> list[Figure]:
    """Return the figures, in milliseconds of CPU for each journal, and the calls of one export."""
    with beside("bench.quickbooks") as told:
        posts = {"ours": _ours(told), "bare": _bare(told), "peer": _peer(told)}
        rows = list(compared("QuickBooks", "python-quickbooks", posts, quick=quick))
    return [*rows, *_calls_of_an_export()]


def _serve() -> None:
    from hub.testing.sandbox import serve_app
    from hub_quickbooks.sandbox import QuickBooksSandbox

    sandbox = QuickBooksSandbox()
    with serve_app(sandbox.app) as base_url:
        site = sandbox.site(base_url)
        site.desk.limits.on = False
        print(json.dumps({**site.credentials(), "access": site.signed_in.access}), flush=True)
        sys.stdin.read()


def _ours(told: dict[str, str]) -> Post:
    from hub.api import Account, Company, Connection
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
    entry = entries(*(Account(id=id_) for id_ in ACCOUNTS.values()))

    def post(lines: int, number: int) -> Callable[[], object]:
        ready = entry(lines, number)
        return lambda: session.post(ready)

    return post


def _bare(told: dict[str, str]) -> Post:
    import httpx2

    client = httpx2.Client(headers={"Authorization": f"Bearer {told['access']}", "Accept": "application/json"})
    url = f"{told['base_url']}/v3/company/{told['company_id']}/journalentry"
    made = {number: list(amounts(number)) for number in JOURNALS}

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
                        "AccountRef": {"value": ACCOUNTS[side]},
                    },
                }
                for side, amount, memo in made[lines]
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

    def line(side: str, amount: Decimal, memo: str) -> object:
        detail = JournalEntryLineDetail()
        detail.PostingType = "Debit" if side == "debit" else "Credit"
        detail.AccountRef = Ref()
        detail.AccountRef.value = ACCOUNTS[side]
        made = JournalEntryLine()
        made.Amount, made.Description, made.JournalEntryLineDetail = float(amount), memo, detail
        return made

    def post(lines: int, number: int) -> str:
        entry = JournalEntry()
        entry.TxnDate, entry.DocNumber = "2026-10-31", f"PEER{number}"
        entry.Line = [line(*each) for each in amounts(lines)]
        return str(entry.save(qb=client, request_id=f"peer-{number}").Id)

    return lambda lines, number: lambda: post(lines, number)


def _calls_of_an_export() -> Iterator[Figure]:
    """Count the calls of a preview and of the export that follows it."""
    from hub.api import Account, Company, Connection
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
    entry = entries(*(Account(id=id_) for id_ in ACCOUNTS.values()))(20, 1)
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
