"""Three people who sign in to the demo: support, an administrator and an exporter, with passwords made at random."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping

from hub.demo.loading import COMPANY
from hub.demo.networked import codes
from hub.domain.access import Role
from hub.service.context import Hub
from hub.service.people import add_person, give_access, people, set_password

FILE = "demo-sign-ins.json"
PEOPLE: Mapping[str, tuple[str, Role]] = {
    "support": ("Sam Support", Role.SUPPORT),
    "administrator": ("Ada Larkspur", Role.ADMINISTRATOR),
    "exporter": ("Enzo Larkspur", Role.EXPORTER),
}
"""Sign-in name → what the person is called, and what they are."""


def sign_ins(hub: Hub) -> dict[str, str]:
    """Return the demo's sign-ins, name → password, made where there are none yet.

    They are kept in the hub's folder, readable by its owner only. Where others can sign in and no demo was served before,
    none are made and nothing is returned: this is not only a demo.
    """
    kept = _kept(hub)
    known = {str(person["name"]) for person in people(hub)}
    if known and not kept:
        return {}
    missing = [name for name in PEOPLE if name not in kept or name not in known]
    for name in missing:
        kept[name] = secrets.token_urlsafe(12)
        _make(hub, name, kept[name], there=name in known)
    if missing:
        _keep(hub, kept)
    for code in codes(hub):
        _let_in(hub, code)
    return kept


def _let_in(hub: Hub, code: str) -> None:
    """Give the demo's people their access to a company on a stand-in, where they have none."""
    there = {str(person["name"]) for person in people(hub, code)}
    for name, (_, role) in PEOPLE.items():
        if role is not Role.SUPPORT and name not in there:
            give_access(hub, code, name, role)


def _make(hub: Hub, name: str, password: str, *, there: bool) -> None:
    full_name, role = PEOPLE[name]
    if there:
        set_password(hub, name, password)
        return
    add_person(hub, name, password=password, full_name=full_name, support=role is Role.SUPPORT)
    if role is not Role.SUPPORT:
        give_access(hub, COMPANY, name, role)


def _kept(hub: Hub) -> dict[str, str]:
    file = hub.home / FILE
    if not file.exists():
        return {}
    kept = json.loads(file.read_text("utf-8"))
    return {str(name): str(password) for name, password in kept.items() if name in PEOPLE}


def _keep(hub: Hub, kept: Mapping[str, str]) -> None:
    file = hub.home / FILE
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as text:
        json.dump(dict(kept), text, indent=1)
