"""What a connector can do and what it needs, as people choose one: from what it says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from hub.api import Capability, ClientAssertion, Guarantee, NoSignIn, OAuth2, SecretFields, SignIn
from hub.service.connecting.adding import Offered

GUARANTEES: Mapping[Guarantee, str] = {
    Guarantee.SERVER_KEY: "Posts journals by itself. Each is posted once: a key that is sent with it is kept there.",
    Guarantee.LOOK_UP: "Posts journals by itself. Each is posted once: before it is sent again, it is looked for there.",
    Guarantee.PERSON: "Makes files, which somebody imports there and then confirms here.",
}
CAPABILITIES: Mapping[Capability, str] = {
    Capability.CHANGED_SINCE: "Notices by night when a posted journal was changed there.",
    Capability.READ_CHART: "Reads the chart of accounts from a file that was exported there.",
    Capability.FINISH: "Completes a draft that a lost call left.",
    Capability.VOID: "Voids a journal where it stays visible.",
}
"""What a capability is to who chooses; of the others the guarantee says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """Sentences about a connector; lacks: what an operator has to do before it can be used, empty where nothing."""

    can: tuple[str, ...]
    needs: tuple[str, ...]
    lacks: str


def described(offered: Offered) -> Described:
    """Return what a connector can do and what it needs."""
    return Described(can=tuple(_can(offered)), needs=tuple(_needs(offered)), lacks=_lacks(offered))


def _can(offered: Offered) -> Iterator[str]:
    yield GUARANTEES[offered.guarantee]
    yield from (words for capability, words in CAPABILITIES.items() if capability in offered.capabilities)
    for dimension in offered.entry_dimensions:
        yield f"Makes one journal for each {dimension}."
    if tried := [each for each in offered.environments if each != "production"]:
        yield f"Can be tried without the customer’s own books ({', '.join(tried)})."


def _needs(offered: Offered) -> Iterator[str]:
    yield from dict.fromkeys(_sign_in(each) for each in offered.sign_ins)
    properties: Mapping[str, Mapping[str, str]] = offered.schema.get("properties", {})
    required = [str(properties[name].get("title", name)) for name in offered.schema.get("required", ())]
    if required:
        yield f"Settings: {', '.join(required)}."


def _sign_in(way: SignIn) -> str:
    match way:
        case OAuth2():
            return "A sign-in in the browser, by somebody who may post journals there."
        case ClientAssertion():
            return "A certificate and its private key, typed in here."
        case SecretFields():
            titles = [each.title or name for name, each in way.model.model_fields.items()]
            return f"Secrets that are given out there, typed in here: {', '.join(titles)}."
        case NoSignIn():
            return "No sign-in."
        case _ as unknown:
            assert_never(unknown)


def _lacks(offered: Offered) -> str:
    if not any(isinstance(each, OAuth2) for each in offered.sign_ins) or offered.registered:
        return ""
    return "The operator of the hub registers it there once (hub connectors set)."
