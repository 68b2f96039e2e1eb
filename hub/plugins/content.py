"""What the values from a plugin must hold, beyond being of the right types: one rule for each contract type.

The first line of each rule's docstring is what partners read in docs/contract.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from hub.api import (
    Addresses,
    ClientAssertion,
    Company,
    ConnectorInfo,
    Dimension,
    DimensionValue,
    File,
    Limits,
    OAuth2,
    Problem,
    Receipt,
    ReceiptStatus,
    Recorded,
    RecordedLine,
    SecretFields,
    Side,
    minor_digits,
    to_minor,
)

LONGEST_NAME = 255
SIGNS_WITH = frozenset(f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512))

_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[a-z]+(_[a-z]+)*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HOST = re.compile(r"(https?://)?([\w.-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?", re.ASCII)
_PARAMETER = re.compile(r"[\w.-]+", re.ASCII)
_OF_THE_FLOW = frozenset({"code", "state", "error"})
_WEB = re.compile(r"https?://[^\s<>\"'\\]+")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w-]+=[\w-]+)*", re.ASCII)
_NOT_IN_FILE_NAMES = re.compile(r'[/\\:*?"<>|]')


def is_connector_id(text: str) -> bool:
    """Whether a text can be a connector's id."""
    return _ID.fullmatch(text) is not None


def info(value: ConnectorInfo, at: str) -> Iterator[str]:
    """A connector's id is a lower-case letter and up to 39 of [a-z0-9_]; its name and environments are not empty."""
    if not is_connector_id(value.id):
        yield f"{at}.id must be a lower-case letter followed by at most 39 of a-z, 0-9 and _"
    yield from _line(value.name, f"{at}.name")
    for name, several in (("environments", value.environments), ("sign_ins", value.sign_ins)):
        if not several:
            yield f"{at}.{name} must not be empty"
    for name, ids in (("environments", value.environments), ("entry_dimensions", value.entry_dimensions)):
        yield from _differ(ids, f"{at}.{name}")
    yield from _web(value.docs_url, f"{at}.docs_url", optional=True)


def limits(value: Limits, at: str) -> Iterator[str]:
    """Every limit that is known is at least 1, and lines_per_entry at least 2."""
    for name in Limits.__dataclass_fields__:
        number = getattr(value, name)
        if number is not None and number < 1:
            yield f"{at}.{name} must be at least 1, or None where no limit is known"


def oauth(value: OAuth2, at: str) -> Iterator[str]:
    """The addresses of a sign-in are absolute http(s) addresses, its lives are positive, and it keeps no code or state."""
    yield from _web(value.authorize_url, f"{at}.authorize_url")
    yield from _web(value.token_url, f"{at}.token_url")
    yield from _web(value.revoke_url, f"{at}.revoke_url", optional=True)
    yield from _differ(value.kept, f"{at}.kept")
    if any(name in _OF_THE_FLOW or not _PARAMETER.fullmatch(name) for name in value.kept):
        yield f"{at}.kept must be names of parameters, and none of {', '.join(sorted(_OF_THE_FLOW))}"
    yield from _headers(value.token_headers, f"{at}.token_headers")
    yield from _scopes(value.scopes, f"{at}.scopes")
    if value.refresh_life_s is not None and value.refresh_life_s < 1:
        yield f"{at}.refresh_life_s must be at least 1, or None where it is not known"
    if value.grace_s < 0:
        yield f"{at}.grace_s must not be negative"


def addresses(value: Addresses, at: str) -> Iterator[str]:
    """A connection's base_url is absolute, without query or fragment; further hosts are host names or origins."""
    yield from _web(value.base_url, f"{at}.base_url")
    if not set(value.base_url).isdisjoint("?#@"):
        yield f"{at}.base_url must have no query, fragment or user"
    yield from _differ(value.hosts, f"{at}.hosts")
    if not all(map(_HOST.fullmatch, value.hosts)):
        yield f"{at}.hosts must be host names, or origins such as https://api.ledgerly.example"
    if not all(map(_HEADER.fullmatch, value.request_ids)):
        yield f"{at}.request_ids must be names of headers"


def client_assertion(value: ClientAssertion, at: str) -> Iterator[str]:
    """A client assertion names an absolute token address, scopes of one word, and algorithms that the hub can sign with."""
    yield from _web(value.token_url, f"{at}.token_url")
    yield from _scopes(value.scopes, f"{at}.scopes")
    if not value.algorithms:
        yield f"{at}.algorithms must not be empty"
    if not SIGNS_WITH.issuperset(value.algorithms):
        yield f"{at}.algorithms must be of {', '.join(sorted(SIGNS_WITH))}"


def secret_fields(value: SecretFields, at: str) -> Iterator[str]:
    """Secrets are typed into fields of a model, each of them SecretStr or str, and a default is text."""
    from pydantic import SecretStr

    fields = value.model.model_fields
    if not fields:
        yield f"{at}.model must have a field to type into"
    for name, each in fields.items():
        if each.annotation not in (str, SecretStr):
            yield f"{at}.model.{name} must be SecretStr or str"
        elif not each.is_required() and not isinstance(each.get_default(call_default_factory=False), str | SecretStr):
            yield f"{at}.model.{name} must have a text as its default, or none"


def company(value: Company, at: str) -> Iterator[str]:
    """A company has an id and a name, and its currency, where told, is one of ISO 4217."""
    yield from _line(value.id, f"{at}.id")
    yield from _line(value.name, f"{at}.name")
    if value.currency is not None:
        yield from _currency(value.currency, f"{at}.currency")


def dimension(value: Dimension, at: str) -> Iterator[str]:
    """A dimension has a name and a label, and the ids of its values differ."""
    yield from _line(value.name, f"{at}.name")
    yield from _line(value.label, f"{at}.label")
    yield from _differ((each.id for each in value.values or ()), f"{at}.values")


def dimension_value(value: DimensionValue, at: str) -> Iterator[str]:
    """A dimension's value has an id and a name."""
    yield from _line(value.id, f"{at}.id")
    yield from _line(value.name, f"{at}.name")


def problem(value: Problem, at: str) -> Iterator[str]:
    """A problem's code is lower-case words joined by `_`, it has a message, and a line counts from 1."""
    if not _CODE.fullmatch(value.code):
        yield f"{at}.code must be lower-case words joined by _"
    if not value.message.strip():
        yield f"{at}.message must not be empty"
    if value.where.line is not None and value.where.line < 1:
        yield f"{at}.where.line must count from 1"


def file(value: File, at: str) -> Iterator[str]:
    """A file's name has no folder, no dot at its ends and none of `/ \\ : * ? " < > |`; its content is not empty."""
    yield from _line(value.name, f"{at}.name")
    if _NOT_IN_FILE_NAMES.search(value.name) or value.name.startswith(".") or value.name.endswith("."):
        yield f"{at}.name must be a plain file name without a folder"
    if not value.content:
        yield f"{at}.content must not be empty"
    if not _MEDIA_TYPE.fullmatch(value.media_type):
        yield f"{at}.media_type must be a media type such as text/csv"


def receipt(value: Receipt, at: str) -> Iterator[str]:
    """A receipt has an id (a file may have none), a file exactly where its status is `file`, and a web url or none."""
    if value.id or value.status is not ReceiptStatus.FILE:
        yield from _line(value.id, f"{at}.id")
    if (value.file is not None) is not (value.status is ReceiptStatus.FILE):
        yield f"{at}.file must be there where the status is file, and only there"
    yield from _web(value.url, f"{at}.url", optional=True)


def recorded(value: Recorded, at: str) -> Iterator[str]:
    """What was recorded balances, in amounts exact in its currency, none of them negative."""
    unknown = list(_currency(value.currency, f"{at}.currency"))
    if unknown:
        yield from unknown
        return
    sums = {Side.DEBIT: 0, Side.CREDIT: 0}
    for number, line in enumerate(value.lines):
        try:
            sums[line.side] += to_minor(line.amount, value.currency)
        except ValueError:
            yield f"{at}.lines[{number}].amount must be exact in {value.currency}"
            return
    if sums[Side.DEBIT] != sums[Side.CREDIT]:
        yield f"{at} must balance, and its debits and credits differ"


def recorded_line(value: RecordedLine, at: str) -> Iterator[str]:
    """A recorded line's amount is a finite number that is not negative: the side says which way."""
    if not value.amount.is_finite() or value.amount < 0:
        yield f"{at}.amount must be a finite number that is not negative"


Rule = Callable[[Any, str], Iterator[str]]  # Any: each rule takes the type it stands under

RULES: Mapping[type, Rule] = {
    ConnectorInfo: info,
    Limits: limits,
    Addresses: addresses,
    OAuth2: oauth,
    ClientAssertion: client_assertion,
    SecretFields: secret_fields,
    Company: company,
    Dimension: dimension,
    DimensionValue: dimension_value,
    Problem: problem,
    File: file,
    Receipt: receipt,
    Recorded: recorded,
    RecordedLine: recorded_line,
}


def _line(text: str, at: str) -> Iterator[str]:
    if not 1 <= len(text) <= LONGEST_NAME or not text.isprintable() or text != text.strip():
        yield f"{at} must be 1 to {LONGEST_NAME} printable characters without spaces at its ends"


def _differ(ids: Iterable[str], at: str) -> Iterator[str]:
    several = list(ids)
    if len(set(several)) < len(several) or "" in several:
        yield f"{at} must be different from each other, and none of them empty"


def _scopes(scopes: Iterable[str], at: str) -> Iterator[str]:
    if any(text.isspace() or not text or " " in text for text in scopes):
        yield f"{at} must each be one word"


def _web(address: str, at: str, *, optional: bool = False) -> Iterator[str]:
    if not (optional and not address) and not _WEB.fullmatch(address):
        yield f"{at} must be an absolute http(s) address{' or empty' if optional else ''}"


def _headers(headers: Mapping[str, str], at: str) -> Iterator[str]:
    if not all(map(_HEADER.fullmatch, headers)):
        yield f"{at} must have names of headers as its keys"
    if not all(value.isascii() and value.isprintable() for value in headers.values()):
        yield f"{at} must have printable ASCII texts as its values"


def _currency(code: str, at: str) -> Iterator[str]:
    try:
        minor_digits(code)
    except ValueError:
        yield f"{at} must be a currency code of ISO 4217"
