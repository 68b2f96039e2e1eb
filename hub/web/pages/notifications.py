"""Notifications: who is told of alarms, a test of each, and what was sent with what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hub.domain.access import Feature
from hub.service.context import Refused, refuse
from hub.service.notices.recipients import EMAIL, WEBHOOK, add_recipient, recipient_of, recipients, remove_recipient
from hub.service.notices.sending import messages, send_test
from hub.web.routes import page

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

AT = "/notifications"
ONE = f"{AT}/{{recipient}}"
WAYS: Mapping[str, str] = {EMAIL: "E-mail", WEBHOOK: "Webhook"}
STATES: Mapping[str, tuple[str, str]] = {
    "waiting": ("waits", "On its way"),
    "sent": ("ok", "Sent"),
    "failed": ("bad", "Not delivered"),
}
HELD = ("kind", "address", "company")


@page("GET", AT, needs=Feature.SUPPORT)
def show(visit: Visit) -> Response:
    """List who is told, and what was sent."""
    return _shown(visit, None)


@page("POST", AT, needs=Feature.SUPPORT)
def add(visit: Visit) -> Response:
    """Have somebody told."""
    kind, address, company = (visit.form.get(name).strip() for name in HELD)
    try:
        add_recipient(visit.hub, kind, address, company=company, secret=visit.form.get("secret"))
    except Refused as error:
        return _shown(visit, error)
    return visit.go(AT, told=f"{address} is told from now on, first of what is open now. Test it once.")


@page("POST", f"{ONE}/test", needs=Feature.SUPPORT)
def test(visit: Visit, recipient: str) -> Response:
    """Send a message that says nothing but that it arrived."""
    found = recipient_of(visit.hub, recipient)
    sent = send_test(visit.hub, recipient)
    if sent.state == "sent":
        return visit.go(AT, told=f"The test went out to {found.address}. {sent.outcome}")
    return _shown(visit, refuse("not_delivered", f"The test did not reach {found.address}. {sent.outcome}"))


@page("POST", f"{ONE}/remove", needs=Feature.SUPPORT)
def remove(visit: Visit, recipient: str) -> Response:
    """Have somebody told no more."""
    found = recipient_of(visit.hub, recipient)
    if visit.form.get("sure") != "yes":
        told = refuse("not_sure", f"{found.address} was not removed.", "Tick that you are sure, then press Remove.")
        return _shown(visit, told)
    remove_recipient(visit.hub, recipient)
    return visit.go(AT, told=f"{found.address} is told no more.")


def _shown(visit: Visit, refused: Refused | None) -> Response:
    return visit.html(
        "support/notifications.html",
        status=422 if refused else 200,
        recipients=recipients(visit.hub),
        ways=WAYS,
        states=STATES,
        sent=messages(visit.hub),
        held={name: visit.form.get(name) for name in HELD},
        mail_server=visit.hub.ways.mail is not None,
        public_url=visit.hub.ways.public_url,
        problems=visit.problems(refused) if refused else [],
    )
