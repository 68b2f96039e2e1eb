"""What the stand-ins for accounting systems are made of: books, tokens, limits, faults, and the server around them.

A connector's sandbox brings its system's own addresses, bodies and rules, and takes the rest from here. Nothing of it is
used by the hub in production.
"""

from hub.testing.sandbox.books import BookAccount, BookJournal, BookLine, Books
from hub.testing.sandbox.clock import MovableClock
from hub.testing.sandbox.controls import Change, control_routes, seconds, switch, texts
from hub.testing.sandbox.desk import Desk
from hub.testing.sandbox.faults import ANY, READ, WRITE, Faults, Planned, UnknownFault
from hub.testing.sandbox.front import AnswerLost, Front
from hub.testing.sandbox.limits import CallLimits, Exceeded, Window
from hub.testing.sandbox.pages import front_page, journal_page, page, wants_page
from hub.testing.sandbox.serving import serve_app
from hub.testing.sandbox.sign_in import SignInPaths, SignInStyle, sign_in_routes
from hub.testing.sandbox.tokens import ClientApp, Grant, Issued, Proof, TokenDesk, TokenRefused, TokenRules
from hub.testing.sandbox.transport import AppTransport

__all__ = [
    "ANY",
    "READ",
    "WRITE",
    "AnswerLost",
    "AppTransport",
    "BookAccount",
    "BookJournal",
    "BookLine",
    "Books",
    "CallLimits",
    "Change",
    "ClientApp",
    "Desk",
    "Exceeded",
    "Faults",
    "Front",
    "Grant",
    "Issued",
    "MovableClock",
    "Planned",
    "Proof",
    "SignInPaths",
    "SignInStyle",
    "TokenDesk",
    "TokenRefused",
    "TokenRules",
    "UnknownFault",
    "Window",
    "control_routes",
    "front_page",
    "journal_page",
    "page",
    "seconds",
    "serve_app",
    "sign_in_routes",
    "switch",
    "texts",
    "wants_page",
]
