"""Passwords: kept as Argon2 hashes, checked a few at a time."""

from __future__ import annotations

import secrets
import threading
from functools import cache
from typing import TYPE_CHECKING

from hub.service.context import refuse

if TYPE_CHECKING:
    from pwdlib.hashers.argon2 import Argon2Hasher

SHORTEST, LONGEST = 12, 200
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
GROUPS, GROUP = 5, 4
"""Of a code made at random: twenty letters of thirty, 98 bits, none of them like another."""
COST = (3, 64 * 1024, 4)
"""Rounds, memory (KiB) and threads of one hash: RFC 9106's second choice."""
AT_ONCE = threading.BoundedSemaphore(2)
"""Each check takes 64 MiB and a tenth of a second of the processor."""


def hashed(password: str) -> str:
    """Return a password's hash, to be stored."""
    with AT_ONCE:
        return _hasher(*COST).hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Tell whether a password is the one whose hash was kept; it takes as long where none was."""
    with AT_ONCE:
        right = _hasher(*COST).verify(password[: LONGEST + 1], kept or _nobodys(*COST))
    return right and kept is not None


def random_code() -> str:
    """Return a code that nobody guesses and anyone can type: AB2C-…"""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


def checked(password: str, name: str) -> str:
    """Return a new password; refuses one that is too short, too long or the name itself."""
    if len(password) < SHORTEST:
        raise refuse(
            "password_short", f"A password has at least {SHORTEST} characters.", "A few words make a good one."
        )
    if len(password) > LONGEST:
        raise refuse("password_long", f"A password has at most {LONGEST} characters.")
    if password.casefold() == name.casefold() or len(set(password)) < 4:
        raise refuse("password_weak", "This password is too easy to guess.", "A few words make a good one.")
    return password


@cache
def _hasher(rounds: int, memory_kib: int, threads: int) -> Argon2Hasher:
    from pwdlib.hashers.argon2 import Argon2Hasher

    return Argon2Hasher(time_cost=rounds, memory_cost=memory_kib, parallelism=threads)


@cache
def _nobodys(rounds: int, memory_kib: int, threads: int) -> str:
    """Return the hash that is checked where nobody goes by a name, so that it takes as long as any other."""
    return _hasher(rounds, memory_kib, threads).hash("nobody's")
