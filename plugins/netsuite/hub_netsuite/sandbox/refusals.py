"""What NetSuite refuses, in its three layers: nothing was processed, a record was refused, and a warning beside success."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

USER_ERROR = "USER_ERROR"
INVALID_REFERENCE = "INVALID_KEY_OR_REF"
UNEXPECTED = "UNEXPECTED_ERROR"


class Refused(Exception):
    """A record that is refused. code: one of the vendor's codes of a status; path: to the value in a JSON body."""

    def __init__(self, code: str, message: str, *, path: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.path = path


class InvalidReference(Refused):
    """A reference to what is not there, or not for this subsidiary."""

    def __init__(self, field: str, key: str, subsidiary: str = "", path: str = "") -> None:
        there = f" for subsidiary {subsidiary}" if subsidiary else ""
        super().__init__(INVALID_REFERENCE, f"Invalid {field} reference key {key}{there}.", path=path)
        self.field = field
        self.key = key


class Fault(Exception):
    """A request of which nothing was processed.

    kind: of the vendor's fault, such as `invalidCredentials`, empty where the message could not even be read.
    """

    def __init__(self, kind: str, code: str, message: str) -> None:
        super().__init__(f"{kind} {code}: {message}")
        self.kind = kind
        self.code = code
        self.message = message


def invalid_login() -> Fault:
    """Return the one refusal of every wrong sign-in; why, only the Login Audit Trail says."""
    return Fault("invalidCredentials", USER_ERROR, "Invalid login attempt.")


def ambiguous() -> Fault:
    """Return the refusal of a request with two kinds of sign-in."""
    message = (
        "Ambiguous authentication. The request must contain one kind of authentication only: a token passport, and no "
        "passport, application information or session."
    )
    return Fault("invalidCredentials", USER_ERROR, message)


def unreadable(why: str) -> Fault:
    """Return the refusal of a message that is not as the schema says."""
    return Fault("", "", f"org.xml.sax.SAXException: {why}")


def at_once() -> Fault:
    """Return the refusal of one call too many at the same time."""
    message = "SuiteTalk concurrent request limit exceeded. Request blocked."
    return Fault("exceededConcurrentRequestLimit", "WS_REQUEST_BLOCKED", message)


def too_often() -> Fault:
    """Return the refusal of a second session of one user."""
    message = "Only one request may be made against a session at a time."
    return Fault("exceededRequestLimit", "WS_CONCUR_SESSION_DISALLWD", message)


def unexpected_text() -> str:
    """Return the words of an error of the vendor's own, with the id that its support asks for."""
    return f"An unexpected error occurred. Error ID: {uuid4().hex[:20]}"


def unexpected() -> Fault:
    """Return an error of the vendor's own, before or after the work was done."""
    return Fault("unexpectedError", UNEXPECTED, unexpected_text())


def forbidden(permission: str) -> Refused:
    """Return the refusal of what the role may not do."""
    message = (
        f"Permission Violation: You need the '{permission}' permission to access this page. Please contact your account "
        "administrator."
    )
    return Refused("INSUFFICIENT_PERMISSION", message)


def not_there() -> Refused:
    """Return the refusal of a record that is not there."""
    return Refused("RCRD_DSNT_EXIST", "That record does not exist.")


def exists() -> Refused:
    """Return the refusal of a second record with one external id."""
    return Refused("DUP_RCRD", "This record already exists")


def required(names: Iterable[str], path: str = "") -> Refused:
    """Return the refusal of a record that lacks values."""
    return Refused(USER_ERROR, f"Please enter value(s) for: {', '.join(names)}", path=path)
