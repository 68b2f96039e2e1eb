"""A message as people read it in their mail, and as a program gets it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.message import EmailMessage
from typing import Any

LEVELS: Mapping[str, str] = {"problem": "Problem", "warning": "Warning", "note": "Note"}
TEST = (
    "This is a test of the Inventory Hub's notifications. It reached you, so alarms will, too. There is nothing to do."
)
PREFIX = "whsec_"
"""Begins a secret that is written in base64."""

Content = Mapping[str, Any]  # Any: JSON's own types


def mail_of(content: Content, *, code: str, sender: str, to: str, at: datetime) -> EmailMessage:
    """Return the message as e-mail; code: the same for every attempt at it."""
    message = EmailMessage()
    message["Subject"] = " ".join(subject(content).split())
    message["From"] = sender
    message["To"] = to
    message["Date"] = at
    message["Message-ID"] = f"<{code}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join(_lines(content)))
    return message


def subject(content: Content) -> str:
    """Return what a message is about, in one line."""
    if content["kind"] == "test":
        return "Inventory Hub: a test"
    new, over = len(content["new"]), len(content["over"])
    names = list(dict.fromkeys(each["company_name"] for each in (*content["new"], *content["over"])))
    whom = names[0] if len(names) == 1 else f"{len(names)} companies"
    said = [f"{new} new {'alarm' if new == 1 else 'alarms'}"] if new else []
    said += [f"{over} over"] if over else []
    return f"Inventory Hub, {whom}: {', '.join(said)}"


def body_of(content: Content, *, code: str) -> bytes:
    """Return the message as a program gets it: the same bytes for every attempt."""
    return json.dumps({"id": code, **content}, sort_keys=True, ensure_ascii=False).encode()


def signed(body: bytes, *, code: str, secret: str, at: datetime) -> dict[str, str]:
    """Return the headers that prove who sends a body, and when, as the Standard Webhooks specification has them."""
    stamp = str(int(at.timestamp()))
    mark = hmac.digest(_key(secret), b".".join((code.encode(), stamp.encode(), body)), hashlib.sha256)
    return {
        "content-type": "application/json",
        "webhook-id": code,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(mark).decode()}",
    }


def _key(secret: str) -> bytes:
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except binascii.Error:
            pass  # it only looks like one: its characters are the key
    return secret.encode()


def _lines(content: Content) -> Iterator[str]:
    if content["kind"] == "test":
        yield TEST
        return
    if content["new"]:
        yield "NEW"
        for each in content["new"]:
            yield from _alarm(each)
    if content["over"]:
        yield ""
        yield "OVER"
        for each in content["over"]:
            yield ""
            yield f"{each['company_name']}{_of(each)}"
            yield f"  No longer so: {each['what']}"
    if content["more"]:
        yield ""
        yield f"And {content['more']} more, which Customers lists."
    yield ""
    yield (
        f"All customers: {content['hub']}/customers" if content["hub"] else "The hub's page Customers lists all of it."
    )


def _alarm(each: Mapping[str, str]) -> Iterator[str]:
    yield ""
    yield f"{each['company_name']}{_of(each)}"
    yield f"  {LEVELS[each['level']]}. {each['what']}"
    if each["to_do"]:
        yield f"  What to do: {each['to_do']}"
    if each["link"]:
        yield f"  {each['step']}: {each['link']}"


def _of(each: Mapping[str, str]) -> str:
    return f", {each['connection']}" if each["connection"] else ""
