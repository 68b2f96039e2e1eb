"""What a connection's accounting system asks to type in: stored as a whole, tried at once, and never shown again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.domain.access import Feature
from hub.service.connecting.typed_in import FieldsRefused, secrets_asked, type_in
from hub.web.enabling import ENABLE
from hub.web.pages.connections import AT
from hub.web.pages.connections_one import connected, done_with, refuses, shown
from hub.web.routes import page
from hub.web.settings_form import sent_secrets

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

NOT_STORED = {
    "level": "problem",
    "blocking": True,
    "code": "secret_invalid",
    "message": "Nothing was stored.",
    "fix": "Correct what is marked below, and type the secrets in again: they are not kept here meanwhile.",
}


@page("POST", f"{AT}/secrets", needs=Feature.SETUP)
@page("POST", f"{ENABLE}/secrets", needs=Feature.SETUP)
def store(visit: Visit) -> Response:
    """Store what was typed in and try it; what is wrong stands beside its field."""

    def stored(name: str) -> Response:
        typed = sent_secrets(secrets_asked(visit.hub, visit.company, name), visit.form)
        try:
            done = type_in(visit.hub, visit.company, name, typed)
        except FieldsRefused as error:
            return shown(visit, name, [NOT_STORED], wrong=error.fields)
        if done["problems"]:
            return shown(visit, name, done["problems"], refused=refuses(done["problems"]))
        return connected(visit, done)

    return done_with(visit, stored)
