"""E-mail goes to the operator's server, with TLS unless that is this machine, and what is refused is said."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator, Mapping
from email.message import EmailMessage

import pytest

from hub.service.ways import MailServer, NotDelivered, Security, is_mail_address, send_mail, ways_of


class Server(socketserver.ThreadingTCPServer):
    """A mail server on this machine; refuses: the code for recipients; taken: the messages."""

    daemon_threads = True
    refuses = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.taken: list[str] = []


class _Session(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line.upper().partition(" ")[0]
            if verb == "DATA":
                self._say("354 go on")
                self.server.taken.append("".join(iter(self._line, ".\r\n")))
            if verb == "RCPT" and self.server.refuses:
                self._say(f"{self.server.refuses} no")
            else:
                self._say("221 bye" if verb == "QUIT" else "250 good")
            if verb == "QUIT":
                return

    def _line(self) -> str:
        return self.rfile.readline().decode()

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join(10)


def at(server: Server, security: Security = Security.NONE) -> MailServer:
    port = server.server_address[1]
    return MailServer(host="127.0.0.1", port=port, security=security, sender="hub@hub.example")


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "hub@hub.example", "books@acme.example", "One alarm"
    made.set_content("What happened, and what to do.")
    return made


def test_a_message_arrives_as_it_was_written(server: Server) -> None:
    send_mail(at(server), message())
    (taken,) = server.taken
    assert "Subject: One alarm" in taken
    assert "What happened, and what to do." in taken


@pytest.mark.parametrize(("code", "final"), [("550", True), ("451", False)])
def test_a_recipient_who_is_refused_for_good_is_not_tried_again(server: Server, code: str, final: bool) -> None:  # noqa: FBT001
    server.refuses = code
    with pytest.raises(NotDelivered) as error:
        send_mail(at(server), message())
    assert (error.value.final, code in str(error.value), server.taken) == (final, True, [])


def test_nothing_is_sent_in_clear_where_the_server_has_no_tls(server: Server) -> None:
    with pytest.raises(NotDelivered):
        send_mail(at(server, Security.STARTTLS), message())
    assert server.taken == []


def test_a_server_that_is_not_there_is_tried_again_later(server: Server) -> None:
    gone = at(server)
    server.shutdown()
    server.server_close()
    with pytest.raises(NotDelivered) as error:
        send_mail(gone, message())
    assert not error.value.final


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"HUB_SMTP_SECURITY": "none"}, "for a mail server on this machine"),
        ({"HUB_SMTP_SECURITY": "ssl"}, "starttls, tls or none"),
        ({"HUB_SMTP_PORT": "99999"}, "number of a port"),
        ({"HUB_SMTP_FROM": "the hub"}, "HUB_SMTP_FROM"),
        ({"HUB_SMTP_PASSWORD_FILE": "/nowhere/password"}, "HUB_SMTP_PASSWORD_FILE"),
    ],
)
def test_a_setting_that_cannot_be_right_is_said(settings: Mapping[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ways_of({"HUB_SMTP_HOST": "mail.example", "HUB_SMTP_FROM": "hub@hub.example", **settings})


def test_the_usual_settings_are_starttls_on_its_usual_port_and_the_password_is_not_shown() -> None:
    found = ways_of(
        {
            "HUB_SMTP_HOST": "mail.example",
            "HUB_SMTP_FROM": "hub@hub.example",
            "HUB_SMTP_USER": "hub",
            "HUB_SMTP_PASSWORD": "a-password-of-the-mail-server",
        }
    ).mail
    assert found is not None
    assert (found.port, found.security, found.user) == (587, Security.STARTTLS, "hub")
    assert "a-password" not in repr(found)
    assert ways_of({}).mail is None


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("books@acme.example", True),
        ("first.last+hub@mail.acme.example", True),
        ("books@acme", False),
        ("books", False),
        ("@acme.example", False),
        ("a b@acme.example", False),
        ("a@acme.example\n", False),
        ("", False),
    ],
)
def test_one_address_is_told_from_anything_else(text: str, good: bool) -> None:  # noqa: FBT001
    assert is_mail_address(text) == good
