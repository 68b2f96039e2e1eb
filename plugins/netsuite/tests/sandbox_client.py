"""The sandbox in the same process, with a clock that a test moves, and clients of both transports written out by hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import httpx2
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree

from hub.testing.clock import VirtualClock
from hub.testing.sandbox import AppTransport
from hub_netsuite.sandbox import NetSuiteSandbox

BASE = "http://127.0.0.1:9001"
VERSION = "2023_2"
Body = dict[str, Any]  # JSON
Element = Any  # of lxml
FOOD, CANADIAN, INACTIVE, MEAT, STATISTICAL = "203", "209", "210", "216", "226"
RECEIVABLE = "202"
_nonces = itertools.count(1)


class Local:
    """One sandbox; answers: every answer of the SOAP endpoint."""

    def __init__(self, clock: VirtualClock | None = None, *, folder: Path, version: str = VERSION) -> None:
        self.clock = clock or VirtualClock()
        self.version = version
        self.sandbox = NetSuiteSandbox(self.clock, wsdl=folder / "no-wsdl", kept=folder / "kept")
        self.site = self.sandbox.site(BASE)
        self.credentials = dict(self.sandbox.credentials(BASE))
        self.transport = AppTransport(self.sandbox.app(BASE))
        self.bare = httpx2.Client(base_url=BASE, transport=self.transport)
        self.answers: list[bytes] = []

    def soap(self, inside: str, *, passport: str | None = None, preferences: str = "", **options: Any) -> Answer:
        """Send a message; inside: the element of its operation, in the prefixes of envelope()."""
        told = envelope(self.version, inside, self.passport() if passport is None else passport, preferences)
        return self.post(told.encode(), **options)

    def post(self, body: bytes, **options: Any) -> Answer:
        headers = {"SOAPAction": "call", "Content-Type": "text/xml; charset=utf-8", **options.pop("headers", {})}
        told = self.bare.post(f"/services/NetSuitePort_{self.version}", content=body, headers=headers, **options)
        self.answers.append(told.content)
        return Answer(told)

    def passport(self, **changes: str) -> str:
        """Return a tokenPassport that is right but for what a test changes."""
        secrets = {
            "consumer": changes.pop("consumer_secret", self.credentials["consumer_secret"]),
            "token": changes.pop("token_secret", self.credentials["token_secret"]),
        }
        algorithm = changes.pop("algorithm", "HMAC-SHA256")
        told = {
            "account": self.credentials["account"],
            "consumerKey": self.credentials["consumer_key"],
            "token": self.credentials["token_id"],
            "nonce": f"nonce{next(_nonces):08}",
            "timestamp": str(int(self.clock.now().timestamp())),
        }
        signature = changes.pop("signature", "")
        told |= changes
        key = f"{secrets['consumer']}&{secrets['token']}".encode()
        signed = hmac.new(key, "&".join(told.values()).encode(), hashlib.sha256).digest()
        inside = "".join(f"<c:{name}>{value}</c:{name}>" for name, value in told.items() if value)
        signature = signature or base64.b64encode(signed).decode()
        return (
            f'<m:tokenPassport>{inside}<c:signature algorithm="{algorithm}">{signature}</c:signature></m:tokenPassport>'
        )

    def add(self, *lines: str, **options: str) -> Answer:
        return self.soap(f"<m:add>{entry(*lines, **options)}</m:add>")

    def faults(self, **told: Any) -> Body:
        """Tell the sandbox what goes wrong next, or what changes."""
        answer = self.bare.post("/_sandbox/faults", json=told)
        assert answer.status_code == 200, answer.text
        body: Body = answer.json()
        return body

    def ledger(self, company: str = "") -> Body:
        asked = {"company": company} if company else {}
        body: Body = self.bare.get("/_sandbox/ledger", params=asked).json()
        return body

    def balance(self, account: str) -> str:
        """An account's balance, debit positive, as text."""
        row = next(each for each in self.ledger()["trial_balance"] if each["account"] == account)
        return f"-{row['credit']}" if row["debit"] == "0.00" != row["credit"] else str(row["debit"])

    def audit(self) -> list[str]:
        """The details of the Login Audit Trail, newest first."""
        return [each["detail"] for each in self.bare.get("/_sandbox/audit").json()["attempts"]]

    def assertion(self, key: Any = None, header: Body | None = None, **changes: Any) -> str:
        """Return a JWT that is right but for what a test changes."""
        now = int(self.clock.now().timestamp())
        key = key or load_pem_private_key(self.credentials["private_key"].encode(), None)
        head = {"typ": "JWT", "alg": "ES256", "kid": self.credentials["certificate_id"], **(header or {})}
        claims = {
            "iss": self.credentials["client_id"],
            "scope": "rest_webservices",
            "aud": f"{BASE}/services/rest/auth/oauth2/v1/token",
            "iat": now,
            "exp": now + 3_000,
            **changes,
        }
        signed = ".".join(encoded(json.dumps(part).encode()) for part in (head, claims))
        return f"{signed}.{encoded(signature_of(key, signed.encode()))}"

    def token(self, assertion: str | None = None, **form: str) -> httpx2.Response:
        told = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self.assertion() if assertion is None else assertion,
            **form,
        }
        return self.bare.post("/services/rest/auth/oauth2/v1/token", data=told)

    def rest(self, method: str, path: str, *, access: str = "", **options: Any) -> httpx2.Response:
        """Call the REST transport as a client that is signed in."""
        access = access or self.token().json()["access_token"]
        headers = {"Authorization": f"Bearer {access}", **options.pop("headers", {})}
        place = path if path.startswith("/") else f"/services/rest/record/v1/{path}"
        return self.bare.request(method, place, headers=headers, **options)


class Answer:
    """An answer of the SOAP endpoint."""

    def __init__(self, response: httpx2.Response) -> None:
        self.status_code = response.status_code
        self.text = response.text
        self.root: Element = etree.fromstring(response.content) if response.text.startswith("<?xml") else None

    def find(self, name: str) -> Element:
        """The first element of a name, in whatever namespace."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> list[Element]:
        return list(self.root.iter(f"{{*}}{name}"))

    def texts(self, name: str) -> list[str]:
        return [each.text for each in self.all(name)]

    @property
    def succeeded(self) -> bool:
        return {each.get("isSuccess") for each in self.all("status")} == {"true"}

    @property
    def codes(self) -> list[str]:
        return self.texts("code")

    @property
    def message(self) -> str:
        return self.texts("message")[0]

    @property
    def key(self) -> str:
        """The internal id of what was written."""
        return str(self.find("baseRef").get("internalId"))


def envelope(version: str, inside: str, passport: str, preferences: str = "") -> str:
    names = {
        "s": "http://schemas.xmlsoap.org/soap/envelope/",
        "xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "m": f"urn:messages_{version}.platform.webservices.netsuite.com",
        "c": f"urn:core_{version}.platform.webservices.netsuite.com",
        "common": f"urn:common_{version}.platform.webservices.netsuite.com",
        "a": f"urn:accounting_{version}.lists.webservices.netsuite.com",
        "g": f"urn:general_{version}.transactions.webservices.netsuite.com",
        "sales": f"urn:sales_{version}.transactions.webservices.netsuite.com",
    }
    declared = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in names.items())
    header = f"<s:Header>{passport}{preferences}</s:Header>"
    return f"<s:Envelope {declared}>{header}<s:Body>{inside}</s:Body></s:Envelope>"


def entry(*lines: str, **told: str) -> str:
    """A journal entry of lines such as `Dr 203 12.30`; what else is told overrides what it says otherwise."""
    external_id = told.pop("external_id", "IA0000000001")
    values = {"tranDate": "2026-10-31T12:00:00-07:00", "subsidiary": "1", "memo": "Inventory", **told}
    order = ("tranDate", "currency", "tranId", "department", "class", "location", "subsidiary", "memo", "approved")
    references = {"currency", "department", "class", "location", "subsidiary"}
    inside = "".join(
        f'<g:{name} internalId="{values[name]}"/>' if name in references else f"<g:{name}>{values[name]}</g:{name}>"
        for name in order
        if values.get(name)
    )
    several = "".join(line(each) for each in lines or (f"Dr {FOOD} 125.40", f"Cr {MEAT} 125.40"))
    ids = f' externalId="{external_id}"' if external_id else ""
    ids += f' internalId="{told["internal_id"]}"' if "internal_id" in told else ""
    listed = f"<g:lineList>{several}</g:lineList>" if several else ""
    return f'<m:record xsi:type="g:JournalEntry"{ids}>{inside}{listed}</m:record>'


def line(told: str) -> str:
    """A line: `Dr 203 12.30`, then name=id of what else it has."""
    side, account, amount, *rest = told.split()
    more = dict(each.split("=") for each in rest)
    debit = f"<g:{'debit' if side == 'Dr' else 'credit'}>{amount}</g:{'debit' if side == 'Dr' else 'credit'}>"
    named = "".join(
        f'<g:{name} internalId="{more[name]}"/>'
        for name in ("entity", "department", "class", "location")
        if name in more
    )
    return f'<g:line><g:account internalId="{account}"/>{debit}{named}</g:line>'


def ref(kind: str, *, internal_id: str = "", external_id: str = "", element: str = "m:baseRef") -> str:
    key = f'internalId="{internal_id}"' if internal_id else f'externalId="{external_id}"'
    return f'<{element} xsi:type="c:RecordRef" type="{kind}" {key}/>'


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


def signature_of(key: Any, signed: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(signed, padding.PSS(padding.MGF1(SHA256()), 32), SHA256())
    numbers = decode_dss_signature(key.sign(signed, ec.ECDSA(SHA256())))
    return b"".join(number.to_bytes(32, "big") for number in numbers)
