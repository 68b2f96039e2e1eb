"""What goes between the hub and a contained plugin: frames of a head in strict JSON and a body of bytes, both capped."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

MOST_HEAD = 1_000_000  # bytes
MOST_BODY = 40_000_000
PIECE = 1_000_000  # bytes received in one step

_SIZES = struct.Struct(">II")


class Gone(Exception):
    """The other side is not there any more."""


class Late(Exception):
    """The other side did not answer in time."""


class Garbled(Exception):
    """What the other side sent is no frame; never with what it was."""


class Head(BaseModel):
    """What a frame is; its own fields and no others."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class Call(Head):
    """The hub asks for something; body: its arguments as JSON."""

    kind: Literal["call"] = "call"
    number: int
    method: str
    connector: str = ""


class Answer(Head):
    """What came of a call; body: the value as JSON."""

    kind: Literal["answer"] = "answer"
    number: int


class Failure(Head):
    """What a call raised, as one of the contract's own errors, or of the plugin host's; no body."""

    kind: Literal["failure"] = "failure"
    number: int
    error: str
    message: str
    code: str = ""
    request_id: str = ""
    retry_after_s: int | None = None


class Send(Head):
    """A request that a session wants sent, unsigned; body: its content. timeout: seconds of each step, as httpx2 names them."""

    kind: Literal["send"] = "send"
    method: str
    url: str
    headers: list[tuple[str, str]]
    timeout: dict[str, float | None]
    reading: bool


class Reply(Head):
    """The accounting system's answer; body: its content, unpacked."""

    kind: Literal["reply"] = "reply"
    status: int
    headers: list[tuple[str, str]]


class Broken(Head):
    """A request that came to no answer. error: the class of httpx2, or of the contract where signing refused; no body."""

    kind: Literal["broken"] = "broken"
    error: str
    message: str
    code: str = ""
    retry_after_s: int | None = None


AnyHead = Annotated[Call | Answer | Failure | Send | Reply | Broken, Field(discriminator="kind")]
_HEADS: TypeAdapter[Call | Answer | Failure | Send | Reply | Broken] = TypeAdapter(AnyHead)


class Channel:
    """One end of a conversation; clock: monotonic seconds."""

    def __init__(self, end: socket.socket, clock: Callable[[], float] = time.monotonic) -> None:
        self._end = end
        self._clock = clock

    def send(self, head: Head, body: bytes = b"", *, until: float | None = None) -> None:
        """Send a frame; raises Gone and Late, and Garbled for one that is too large."""
        text = head.model_dump_json().encode()
        if len(text) > MOST_HEAD or len(body) > MOST_BODY:
            raise Garbled
        self._end.settimeout(self._left(until))
        try:
            self._end.sendall(_SIZES.pack(len(text), len(body)) + text)
            self._end.sendall(body)
        except TimeoutError as error:
            raise Late from error
        except OSError as error:
            raise Gone from error

    def receive(self, *, until: float | None = None) -> tuple[Head, bytes]:
        """Return the next frame; raises Gone, Late and Garbled."""
        head_size, body_size = _SIZES.unpack(self._exactly(_SIZES.size, until))
        if head_size > MOST_HEAD or body_size > MOST_BODY:
            raise Garbled
        text, body = self._exactly(head_size, until), self._exactly(body_size, until)
        try:
            return _HEADS.validate_json(text), body
        except ValidationError as error:
            raise Garbled from error

    def close(self) -> None:
        """Close this end."""
        self._end.close()

    def _exactly(self, size: int, until: float | None) -> bytes:
        found = bytearray()
        while len(found) < size:
            self._end.settimeout(self._left(until))
            try:
                piece = self._end.recv(min(size - len(found), PIECE))
            except TimeoutError as error:
                raise Late from error
            except OSError as error:
                raise Gone from error
            if not piece:
                raise Gone
            found += piece
        return bytes(found)

    def _left(self, until: float | None) -> float | None:
        if until is None:
            return None
        left = until - self._clock()
        if left <= 0:
            raise Late
        return left
