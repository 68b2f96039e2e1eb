"""A company of the demo on each accounting system whose stand-in runs beside it, set up as far as the hub's own side goes.

What is done with the accounting system is left to a person: connecting or typing its keys in, reading its chart, mapping,
exporting. A stand-in keeps its books only as long as it runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from hub.demo.half_year import DATA, OFFERED_DATE, counts_file
from hub.demo.loading import CONNECTION, DemoNotLoaded
from hub.service.companies import add_company, companies
from hub.service.connecting.clients import needs_client, set_client
from hub.service.connecting.stand_ins import LOCAL, lead_to
from hub.service.connecting.standing import connections
from hub.service.connections import add_connection, connector_of
from hub.service.context import Hub
from hub.service.exporting import exports
from hub.service.importing import import_file
from hub.service.previewing import offered_counts

Credentials = Mapping[str, str]
"""What a stand-in says of itself: base_url, what its connection's settings are, and what is signed in with."""
CLIENT = ("client_id", "client_secret")

_SET_UP = ("gl-accounts.csv", "departments.csv", "categories.csv", "sites.csv")


class Beside(NamedTuple):
    """A company of the demo beside the first.

    address: of its accounting system's stand-in; types_secrets: whether a person types in what its page shows to sign in.
    """

    code: str
    label: str
    address: str
    types_secrets: bool


def load_beside(hub: Hub, stand_ins: Mapping[str, Credentials]) -> list[Beside]:
    """Load a company for each stand-in, by connector, or lead the one that is there to it; raises DemoNotLoaded.

    One that does not say all that its connection is set up with gets no company.
    """
    standing = sorted(stand_ins.items())
    return [_beside(hub, connector, told) for connector, told in standing if _says_enough(hub, connector, told)]


def codes(hub: Hub) -> list[str]:
    """Return the codes of the demo's companies on stand-ins that are there."""
    wanted = {_code(connector) for connector in hub.registry.sandboxes}
    return [company["code"] for company in companies(hub) if company["code"] in wanted]


def _says_enough(hub: Hub, connector: str, told: Credentials) -> bool:
    """Tell whether a stand-in says each setting that its connector asks for, and its client where the hub needs one."""
    found = connector_of(hub, connector)
    asked = {name for name, field in found.info.settings.model_fields.items() if field.is_required()}
    return asked.union(CLIENT if needs_client(found) else ()) <= told.keys()


def _beside(hub: Hub, connector: str, told: Credentials) -> Beside:
    code, found, address = _code(connector), connector_of(hub, connector), told["base_url"]
    settings = {name: told[name] for name in found.info.settings.model_fields if name in told}
    label = found.label(found.settings_from(settings))
    if needs_client(found):
        set_client(hub, connector, {**{name: told[name] for name in CLIENT}, "environment": LOCAL})
    if code not in {company["code"] for company in companies(hub)}:
        add_company(hub, code=code, name=f"Larkspur on {label}", currency="USD")
    for connection in connections(hub, code):
        if (connection["connector"], connection["environment"]) == (connector, LOCAL):
            lead_to(hub, code, connection["name"], address)
    if CONNECTION not in {connection["name"] for connection in connections(hub, code)}:
        add_connection(hub, code, connector=connector, name=CONNECTION, settings=settings, environment=LOCAL)
    if not _is_loaded(hub, code):
        for name in (*_SET_UP, counts_file(OFFERED_DATE)):
            _import(hub, code, name)
    (books,) = (each for each in connections(hub, code) if each["name"] == CONNECTION)
    return Beside(code, label, address, books["types_secrets"])


def _code(connector: str) -> str:
    return f"DEMO-{connector.upper().replace('_', '-')}"


def _is_loaded(hub: Hub, code: str) -> bool:
    """Tell whether the count is there, which comes last; one that was exported since is not offered any more."""
    offered = {date.fromisoformat(count["count_date"]) for count in offered_counts(hub, code)}
    return OFFERED_DATE in offered or bool(exports(hub, code))


def _import(hub: Hub, code: str, name: str) -> None:
    kind = "counts" if name.startswith("counts") else name.removesuffix(".csv")
    result = import_file(hub.database, code, kind, DATA / name, actor=hub.actor, now=hub.clock())
    if not result.stored:
        told = " ".join(error.message for error in result.errors[:3])
        raise DemoNotLoaded(f"The {kind} of {code} were not taken. {told}", "Remove the demo (make reset).")
