"""The ways on which the hub tells people of alarms: its mail server, the programs it calls, and the address it is found at."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import EmailMessage

SEND_S = 30
"""How long a mail server, or a program that is called, may take for one step."""


class Security(StrEnum):
    """How a mail server is reached: with STARTTLS, with TLS from the first byte, or without, on this machine only."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A mail server that takes the hub's messages; sender: what they are from; user: empty where it asks for none."""

    host: str
    port: int
    security: Security
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


class NotDelivered(Exception):
    """A message did not arrive; final: no other try would help."""

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


def send_mail(server: MailServer, message: EmailMessage) -> None:
    """Hand a message to a mail server; raises NotDelivered, in words without its contents."""
    import smtplib
    import ssl

    context = ssl.create_default_context()
    try:
        with (
            smtplib.SMTP_SSL(server.host, server.port, timeout=SEND_S, context=context)
            if server.security is Security.TLS
            else smtplib.SMTP(server.host, server.port, timeout=SEND_S) as connection
        ):
            if server.security is Security.STARTTLS:
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password)
            connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        final = all(code >= 500 for code in codes)
        raise NotDelivered(f"The mail server does not take mail for this address ({codes[0]}).", final=final) from error
    except smtplib.SMTPAuthenticationError as error:
        raise NotDelivered(f"The mail server refused HUB_SMTP_USER ({error.smtp_code}).") from error
    except smtplib.SMTPResponseException as error:
        raise NotDelivered(f"The mail server refused the message ({error.smtp_code}).") from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered(f"The mail server could not be used ({type(error).__name__}).") from error


def addresses_of(host: str) -> Sequence[str]:
    """Return the IP addresses of a host; raises OSError where it is not found."""
    return sorted({str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)})


def call_out(url: str, body: bytes, headers: Mapping[str, str], hosts: frozenset[str]) -> int:
    """Send a body to a program, once and without following a redirect, and return the status that it answers with.

    hosts: those that may be on a private network, or be reached without TLS. Raises NotDelivered.
    """
    import httpx2

    from hub.plugins.outward import AddressRefused, outward_client

    try:
        with outward_client(url, hosts=hosts, resolve=addresses_of, longest_s=SEND_S) as client:
            return int(client.post(url, content=body, headers=dict(headers)).status_code)
    except AddressRefused as error:
        raise NotDelivered(str(error)) from error
    except httpx2.HTTPError as error:
        raise NotDelivered(f"It did not answer ({type(error).__name__}).") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How this process tells people of alarms.

    public_url: the hub's address in links, empty where it has none; mail: None where no mail server is set; hosts: those
    of webhooks that may be on a private network, or be reached without TLS.
    """

    public_url: str = ""
    mail: MailServer | None = None
    hosts: frozenset[str] = frozenset()
    send_mail: Callable[[MailServer, EmailMessage], None] = send_mail
    call: Callable[[str, bytes, Mapping[str, str], frozenset[str]], int] = call_out
    resolve: Callable[[str], Sequence[str]] = addresses_of


def ways_of(environment: Mapping[str, str]) -> Ways:
    """Return the ways that the operator set: HUB_PUBLIC_URL, HUB_SMTP_*, HUB_WEBHOOK_HOSTS; raises ValueError."""
    hosts = environment.get("HUB_WEBHOOK_HOSTS", "").replace(",", " ").split()
    return Ways(
        public_url=environment.get("HUB_PUBLIC_URL", "").strip().rstrip("/"),
        mail=_mail_server(environment),
        hosts=frozenset(host.casefold() for host in hosts),
    )


def _mail_server(environment: Mapping[str, str]) -> MailServer | None:
    host = environment.get("HUB_SMTP_HOST", "").strip()
    if not host:
        return None
    named = environment.get("HUB_SMTP_SECURITY", "").strip().lower() or Security.STARTTLS.value
    if named not in [each.value for each in Security]:
        raise ValueError("HUB_SMTP_SECURITY is starttls, tls or none.")
    security = Security(named)
    if security is Security.NONE and host not in ("127.0.0.1", "::1", "localhost"):
        raise ValueError("HUB_SMTP_SECURITY=none is for a mail server on this machine: any other is reached with TLS.")
    port = environment.get("HUB_SMTP_PORT", "").strip() or ("465" if security is Security.TLS else "587")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise ValueError("HUB_SMTP_PORT is the number of a port.")
    sender = environment.get("HUB_SMTP_FROM", "").strip()
    if not is_mail_address(sender):
        raise ValueError("HUB_SMTP_FROM is the address that the hub's messages are from, such as hub@example.com.")
    return MailServer(
        host=host,
        port=int(port),
        security=security,
        sender=sender,
        user=environment.get("HUB_SMTP_USER", "").strip(),
        password=_password(environment),
    )


def _password(environment: Mapping[str, str]) -> str:
    from pathlib import Path

    file = environment.get("HUB_SMTP_PASSWORD_FILE", "").strip()
    if not file:
        return environment.get("HUB_SMTP_PASSWORD", "")
    try:
        return Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"HUB_SMTP_PASSWORD_FILE cannot be read: {type(error).__name__}.") from error


def is_mail_address(text: str) -> bool:
    """Whether a text is one e-mail address and nothing else."""
    from email.errors import HeaderParseError
    from email.headerregistry import Address

    if not (text.isascii() and text.isprintable()) or len(text) > 254 or " " in text:
        return False
    try:
        found = Address(addr_spec=text)
    except (ValueError, IndexError, HeaderParseError):
        return False
    return bool(found.username) and "." in found.domain.strip(".") and found.addr_spec == text
