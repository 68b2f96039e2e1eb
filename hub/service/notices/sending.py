"""Messages on their way: each is taken by one process, sent outside any transaction, and tried again with growing pauses.

A message is written down before it is sent, so none is lost; one whose outcome was not written down is sent once more, under
the same id, by which a program tells that it has it already.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from hub.service.context import Hub
from hub.service.notices.recipients import EMAIL, recipient_of, row_of, secret_of
from hub.service.notices.wording import body_of, mail_of, signed, subject
from hub.service.ways import NotDelivered
from hub.store import Row
from hub.store.key_ring import VaultClosed
from hub.store.notice_rows import (
    FAILED,
    SENT,
    WAITING,
    add_notice,
    due_notices,
    end_notice,
    forget_notices,
    notice_rows,
    take_notice,
)

log = logging.getLogger(__name__)

AT_ONCE = 50
LEASE = timedelta(minutes=5)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720))
"""Before each further try; after the last one a message is given up."""
KEPT_FOR = timedelta(days=90)
GONE = 410
OK = range(200, 300)
REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as its sender sees it: to whom, about what, and what came of it."""

    kind: str
    address: str
    subject: str
    made_at: datetime
    tries: int
    state: str
    outcome: str
    due_at: datetime | None


def send_due(hub: Hub) -> list[str]:
    """Send the messages that are due; returns how many arrived."""
    with hub.database.read() as connection:
        now = hub.database.now(connection)
        rows = due_notices(connection, now, AT_ONCE)
    arrived = 0
    for row in rows:
        if hub.posting.stopping():
            break
        arrived += _send(hub, row)
    if rows:
        with hub.database.write() as connection:
            forget_notices(connection, now - KEPT_FOR)
    return [f"{arrived} notices sent"] if arrived else []


def send_test(hub: Hub, recipient: str) -> Message:
    """Send a recipient a message that says nothing but that it arrived, and return what came of it."""
    found = recipient_of(hub, recipient)
    with hub.database.write() as connection:
        now = hub.database.now(connection)
        code = uuid4().hex
        content = {"kind": "test", "made_at": now.isoformat(timespec="seconds")}
        values = {"recipient_id": found.id, "code": code, "content": content, "made_at": now, "due_at": now}
        number = add_notice(connection, values)
        (row,) = [each for each in notice_rows(connection, AT_ONCE) if each["id"] == number]
    _send(hub, row, again=False)
    return next(each for each in _messages(hub) if each[0] == number)[1]


def messages(hub: Hub) -> list[Message]:
    """List the newest messages, the newest first."""
    return [message for _, message in _messages(hub)]


def _messages(hub: Hub) -> list[tuple[int, Message]]:
    with hub.database.read() as connection:
        return [(row["id"], _message(row)) for row in notice_rows(connection, AT_ONCE)]


def _send(hub: Hub, row: Row, *, again: bool = True) -> int:
    """Send one message unless somebody else took it, and write down what came of it; again: whether it is tried once more."""
    with hub.database.write() as connection:
        now = hub.database.now(connection)
        if not take_notice(connection, row, now + LEASE):
            return 0
    tries = row["tries"] + 1
    try:
        outcome = _delivered(hub, row, now)
    except (NotDelivered, VaultClosed) as error:
        final = not again or tries > len(PAUSES) or (isinstance(error, NotDelivered) and error.final)
        values: dict[str, Any] = {"outcome": str(error), "state": FAILED if final else WAITING}
        values |= {"due_at": None, "ended_at": now} if final else {"due_at": now + PAUSES[tries - 1]}
        log.warning("notice %s did not arrive, try %s%s", row["code"], tries, "; it is given up" if final else "")
    else:
        values = {"outcome": outcome, "state": SENT, "due_at": None, "ended_at": now}
    with hub.database.write() as connection:
        end_notice(connection, row["id"], tries, values)
    return int(values["state"] == SENT)


def _delivered(hub: Hub, row: Row, now: datetime) -> str:
    """Deliver a message and return what was answered; raises NotDelivered, VaultClosed."""
    recipient = row_of(hub, row["recipient_id"])
    if recipient is None:
        raise NotDelivered("The recipient was removed.", final=True)
    content, code, address = row["content"], row["code"], recipient["address"]
    if recipient["kind"] == EMAIL:
        if hub.ways.mail is None:
            raise NotDelivered("No mail server is set: HUB_SMTP_HOST.")
        server = hub.ways.mail
        hub.ways.send_mail(server, mail_of(content, code=code, sender=server.sender, to=address, at=row["made_at"]))
        return "The mail server took it."
    body = body_of(content, code=code)
    headers = signed(body, code=code, secret=secret_of(hub, recipient), at=now)
    status = hub.ways.call(address, body, headers, hub.ways.hosts)
    if status in OK:
        return f"Answered with {status}."
    if status in REDIRECTS:
        raise NotDelivered(f"Answered with {status}: it leads elsewhere, and the hub follows no redirect.")
    raise NotDelivered(f"Answered with {status}.", final=status == GONE)


def _message(row: Row) -> Message:
    return Message(
        kind=row["kind"],
        address=row["address"],
        subject=subject(row["content"]),
        made_at=row["made_at"],
        tries=row["tries"],
        state=row["state"],
        outcome=row["outcome"],
        due_at=row["due_at"],
    )
