"""The sandbox's front page: the keys that a person types into the hub, and the way to the sandbox's other pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from starlette.responses import Response

from hub.testing.sandbox import Books, front_page

LEAD = (
    "This is not NetSuite: it stands in for it on this machine, to try the hub on. These keys are good nowhere else.",
    "In the hub, open Accounting Setup > Connections and the connection, type its interface's keys in, and press Store and test.",
    "One click on a key selects all of it. Where a sign-in is refused, the Login Audit Trail says why.",
)
SHOWN = {
    "The connection's settings": {"Account ID": "account", "Local address": "base_url"},
    "Keys of the interface soap": {
        "Consumer key": "consumer_key",
        "Consumer secret": "consumer_secret",
        "Token ID": "token_id",
        "Token secret": "token_secret",
    },
    "Keys of the interface rest": {
        "Client ID": "client_id",
        "Certificate ID": "certificate_id",
        "Private key": "private_key",
    },
}
"""Under each heading what a text is called in NetSuite and in the hub, and in the sandbox's credentials."""


def keys_page(told: Mapping[str, str], books: Iterable[Books], trail: str) -> Response:
    """Return the page. told: the sandbox's credentials; books: whose ledgers it leads to; trail: where the audit trail is."""
    base = told["base_url"]
    shown = {heading: {name: told[key] for name, key in keys.items()} for heading, keys in SHOWN.items()}
    ledgers = {
        f"Ledger of {each.name}, in {each.currency}": f"{base}/_sandbox/ledger?{urlencode({'company': each.company})}"
        for each in books
    }
    return front_page("NetSuite", LEAD, shown, {"Login Audit Trail": f"{base}{trail}", **ledgers})
