"""What it costs this machine to post a journal to Xero: CPU of the client's process, the sandbox in another.

Ours is the connector's `post()` with the hub's guarded client: bytes with exact amounts, and what was recorded read back from the
answer line by line. Bare is httpx2 and json: a dict, one PUT, the answer's id. The peer is xero-python, the vendor's own. All
post the same lines to the same sandbox, in turns; the best of several rounds counts.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator

from bench.posting_cost import DAY, JOURNALS, Figure, Post, amounts, beside, compared, entries

ACCOUNTS = {"debit": "1310", "credit": "5010"}


def figures(*, quick: bool = False) -> list[Figure]:
    """Return the figures, in milliseconds of CPU for each journal, and the calls of one export."""
    with beside("bench.xero") as told:
        posts = {"ours": _ours(told), "bare": _bare(told), "peer": _peer(told)}
        rows = list(compared("Xero", "xero-python", posts, quick=quick))
    return [*rows, *_calls_of_an_export()]


def _serve() -> None:
    from hub.testing.sandbox import serve_app
    from hub_xero.sandbox import XeroSandbox

    sandbox = XeroSandbox()
    with serve_app(sandbox.app) as base_url:
        stand = sandbox.stand(base_url)
        stand.desk.limits.on = False
        told = sandbox.credentials(base_url)
        access = stand.tokens.grant(told["scopes"].split(), [told["company_id"]]).access
        print(json.dumps({**told, "access": access}), flush=True)
        sys.stdin.read()


def _ours(told: dict[str, str]) -> Post:
    from hub.api import Company, Connection
    from hub.plugins.client import guarded_client
    from hub_xero.connector import Xero
    from hub_xero.settings import Settings

    client = guarded_client(told["base_url"], headers={"Authorization": f"Bearer {told['access']}"})
    connection = Connection(
        name="books",
        settings=Settings(base_url=told["base_url"]),
        environment="local",
        company=Company(id=told["company_id"], name="Books", currency="USD"),
        client=client,
    )
    session = Xero().open(connection)
    by_code = {account.number: account for account in session.accounts()}
    entry = entries(by_code[ACCOUNTS["debit"]], by_code[ACCOUNTS["credit"]])

    def post(lines: int, number: int) -> Callable[[], object]:
        ready = entry(lines, number)
        return lambda: session.post(ready)

    return post


def _bare(told: dict[str, str]) -> Post:
    import httpx2

    headers = {
        "Authorization": f"Bearer {told['access']}",
        "Accept": "application/json",
        "Xero-Tenant-Id": told["company_id"],
    }
    client = httpx2.Client(headers=headers)
    url = f"{told['base_url']}/api.xro/2.0/ManualJournals"
    made = {lines: list(amounts(lines)) for lines in JOURNALS}

    def post(lines: int, number: int) -> str:
        rows = [
            {
                "LineAmount": float(amount if side == "debit" else -amount),
                "AccountCode": ACCOUNTS[side],
                "Description": memo,
                "TaxType": "NONE",
            }
            for side, amount, memo in made[lines]
        ]
        journal = {
            "Narration": f"BARE{number}",
            "Date": DAY.isoformat(),
            "Status": "POSTED",
            "LineAmountTypes": "NoTax",
            "JournalLines": rows,
        }
        response = client.put(
            url,
            params={"summarizeErrors": "false"},
            json={"ManualJournals": [journal]},
            headers={"Idempotency-Key": f"bare-{number}"},
        )
        return str(json.loads(response.content)["ManualJournals"][0]["ManualJournalID"])

    return lambda lines, number: lambda: post(lines, number)


def _peer(told: dict[str, str]) -> Post:
    warnings.simplefilter("ignore")
    from xero_python.accounting import AccountingApi, LineAmountTypes, ManualJournal, ManualJournalLine, ManualJournals
    from xero_python.api_client import ApiClient
    from xero_python.api_client.configuration import Configuration
    from xero_python.api_client.oauth2 import OAuth2Token

    token = {
        "access_token": told["access"],
        "refresh_token": told["refresh_token"],
        "expires_in": 1_800,
        "expires_at": time.time() + 1_800,
        "token_type": "Bearer",
        "scope": told["scopes"].split(),
    }
    configuration = Configuration(oauth2_token=OAuth2Token(told["client_id"], told["client_secret"]))
    client = ApiClient(
        configuration, oauth2_token_saver=lambda _: None, oauth2_token_getter=lambda: token, pool_threads=1
    )
    api = AccountingApi(client, base_url=f"{told['base_url']}/api.xro/2.0")

    def post(lines: int, number: int) -> str:
        rows = [
            ManualJournalLine(
                line_amount=float(amount if side == "debit" else -amount),
                account_code=ACCOUNTS[side],
                description=memo,
                tax_type="NONE",
            )
            for side, amount, memo in amounts(lines)
        ]
        journal = ManualJournal(
            narration=f"PEER{number}",
            date=DAY,
            status="POSTED",
            line_amount_types=LineAmountTypes.NOTAX,
            journal_lines=rows,
        )
        several = ManualJournals(manual_journals=[journal])
        made = api.create_manual_journals(told["company_id"], several, idempotency_key=f"peer-{number}")
        return str(made.manual_journals[0].manual_journal_id)

    return lambda lines, number: lambda: post(lines, number)


def _calls_of_an_export() -> Iterator[Figure]:
    """Count the calls of a preview and of the export that follows it, as the hub makes them."""
    from hub.api import Company, Connection
    from hub.plugins.client import guarded_client
    from hub.testing.sandbox import AppTransport
    from hub_xero.connector import Xero
    from hub_xero.sandbox import XeroSandbox
    from hub_xero.settings import Settings

    calls: Counter[str] = Counter()
    base = "http://127.0.0.1:9001"
    sandbox = XeroSandbox()
    told = sandbox.credentials(base)
    access = sandbox.stand(base).tokens.grant(told["scopes"].split(), [told["company_id"]]).access
    client = guarded_client(
        base,
        transport=AppTransport(sandbox.app(base)),
        headers={"Authorization": f"Bearer {access}"},
        on_call=lambda call: calls.update([call.method]),
    )
    company = Company(id=told["company_id"], name="Books", currency="USD")
    connection = Connection(name="books", settings=Settings(base_url=base), company=company, client=client)
    connector = Xero()
    by_code = {account.number: account for account in connector.open(connection).accounts()}
    entry = entries(by_code[ACCOUNTS["debit"]], by_code[ACCOUNTS["credit"]])(20, 1)
    calls.clear()
    assert not connector.open(connection).preflight(entry)
    preview = sum(calls.values())
    connector.open(connection).post(entry)
    export = sum(calls.values()) - preview
    yield "Xero calls of a preview", preview, 2, preview / 2, 1
    yield "Xero calls of the export after it", export, 1, export, 1


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        _serve()
    else:
        for name, *rest in figures(quick="--quick" in sys.argv):
            print(f"{name:<46}", *(f"{value:>10.4g}" for value in rest))
