"""The lists in docs/contract.md, made from the code; `python -m tests.api.reference --write` renews them."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import hub.api
from hub.api import (
    Connector,
    ConnectorError,
    LimitedConnector,
    NetworkConnector,
    Sandbox,
    Session,
    SigningConnector,
    hooks,
)
from hub.plugins import calls, client, connector, content, shapes, transport
from hub.plugins.promises import CONNECTOR_PROMISES, SESSION_PROMISES
from tests.api.shape import exception_tree, signature

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "contract.md"
BAR = r"\|"  # as a cell of a table writes it
PACKAGES = ROOT / "tests" / "broken_plugins" / "packages"
BLOCK = re.compile(r"(<!-- from the code: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def renewed(page: str) -> str:
    """Return the page with each marked block made anew."""
    return BLOCK.sub(lambda match: f"{match[1]}{BLOCKS[match[2]]()}\n{match[3]}", page)


def hook_list() -> str:
    functions = [each for each in vars(hooks).values() if hasattr(each, f"{hub.api.PROJECT}_spec")]
    return "\n".join(f"- `{each.__name__}{signature(each)}`: {first_line(each)}" for each in functions)


def connector_methods() -> str:
    optional = dict.fromkeys((LimitedConnector, NetworkConnector), "optional")
    able = {kind: f"`{name}`" for name, kind in CONNECTOR_PROMISES.items()}
    promised = {**optional, SigningConnector: "with `SecretFields`", **able}
    return methods(Connector, promised)


def session_methods() -> str:
    return methods(Session, {kind: f"`{name}`" for name, kind in SESSION_PROMISES.items()})


def sandbox_methods() -> str:
    return methods(Sandbox, {})


def methods(protocol: type, promised: dict[type, str]) -> str:
    rows = [*_methods(protocol, "yes"), *(row for kind, when in promised.items() for row in _methods(kind, when))]
    return table(("method", "needed", "what it does"), rows)


def _methods(protocol: type, when: str) -> Iterator[tuple[str, str, str]]:
    for name, member in vars(protocol).items():
        if isinstance(member, property):
            yield f"`{name}`", when, first_line(member)
        elif inspect.isfunction(member) and not name.startswith("_"):
            yield (
                f"`{name}{signature(member)}`".replace("(self, ", "(").replace("(self)", "()"),
                when,
                first_line(member),
            )


def enums() -> str:
    return "\n\n".join(f"### {kind.__name__}\n{text_of(kind)}\n\n{_members(kind)}" for kind in _public(enum.Enum))


def _members(kind: type[enum.Enum]) -> str:
    return ", ".join(f"`{kind.__name__}.{member.name}`" for member in kind)


def values() -> str:
    kinds = [kind for kind in _public(object) if dataclasses.is_dataclass(kind)]
    return "\n\n".join(f"### {kind.__name__}\n{text_of(kind)}\n\n{_fields(kind)}" for kind in kinds).rstrip()


def _fields(kind: type) -> str:
    rows = [(f"`{field.name}`", f"`{field.type}`", _default(field)) for field in dataclasses.fields(kind)]
    return table(("field", "type", "default"), rows) if rows else ""


def _default(field: dataclasses.Field[object]) -> str:
    if field.default_factory is not dataclasses.MISSING:
        return f"`{field.default_factory.__name__}()`"
    return "needed" if field.default is dataclasses.MISSING else f"`{field.default!r}`"


def errors() -> str:
    listed = "\n".join(f"- `{kind.__name__}{signature(kind)}`: {first_line(kind)}" for kind in _public(ConnectorError))
    return f"```text\n{exception_tree(ConnectorError)}\n```\n\n{listed}"


def checks() -> str:
    limits = (
        f"A text has at most {shapes.MOST_TEXT:,} characters, no NUL and no half of a surrogate pair.",
        f"One call returns at most {calls.MOST_ITEMS:,} values.",
        f"A label has 1 to {connector.LONGEST_LABEL} printable characters, and no space at its ends.",
        f"An error's message is cut at {calls.MOST_MESSAGE:,} characters.",
        f"A `retry_after_s` that is not a whole number from 0 to {calls.LONGEST_WAIT_S:,} is taken for None.",
    )
    return "\n".join(f"- {each}" for each in (*limits, *(first_line(rule) for rule in content.RULES.values())))


def network() -> str:
    packed = ", ".join(f"`{each}`" for each in sorted(transport.ENCODINGS - {"", "identity"}))
    bounds = (
        "No redirect is followed, nothing is sent twice, and no cookie is kept.",
        "Where people sign in, each request is signed; a token is renewed when less than two minutes of it are left.",
        "After an answer 401 it is renewed once; GET, HEAD and requests with the extension `reading` are sent again.",
        "Where secrets are typed in, your own sign() signs each request, anew each time; an answer 401 is the session's.",
        "A write is not sent again: raise ReconnectNeeded, and the hub does where it has another token by then.",
        "No proxy, certificate or password of the environment is used.",
        "TLS is verified; without it only this machine is asked.",
        f"An answer has at most {client.MOST_BYTES:,} bytes, on the wire and again unpacked.",
        f"It may be packed once, as {packed}, and arrives unpacked.",
        f"Its headers have at most {transport.MOST_HEADER_BYTES:,} bytes.",
        f"A request ends after {client.LONGEST_S:g} s, its answer included.",
        f"Connecting ends after {client.TIMEOUTS.connect:g} s, every other step after {client.TIMEOUTS.read:g} s.",
    )
    return "\n".join(f"- {each}" for each in bounds)


def refusals() -> str:
    projects = [tomllib.loads(path.read_text()) for path in sorted(PACKAGES.glob("*/pyproject.toml"))]
    broken = [project for project in projects if "tool" in project]
    rows = [(each["project"]["description"], each["tool"]["broken"]["reason"]) for each in broken]
    return table(
        ("a plugin that …", "is listed as broken with"), [(what[0].lower() + what[1:], why) for what, why in rows]
    )


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "\n".join(f"| {' | '.join(cell.replace('|', BAR) for cell in line)} |" for line in lines)


def first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").splitlines()[0]


def text_of(thing: object) -> str:
    return inspect.getdoc(thing) or ""


def _public(parent: type) -> list[type]:
    named = [getattr(hub.api, name) for name in hub.api.__all__]
    return [thing for thing in named if isinstance(thing, type) and issubclass(thing, parent)]


BLOCKS: dict[str, Callable[[], str]] = {
    "hooks": hook_list,
    "connector": connector_methods,
    "session": session_methods,
    "sandbox": sandbox_methods,
    "enums": enums,
    "values": values,
    "errors": errors,
    "network": network,
    "checks": checks,
    "refusals": refusals,
}

if __name__ == "__main__":
    if "--write" not in sys.argv:
        sys.exit("python -m tests.api.reference --write: renew the lists in docs/contract.md")
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
