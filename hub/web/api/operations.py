"""The table of operations: what can be asked for, with which scope, and what is sent and answered."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hub.domain.access import Scope
from hub.service.context import Hub
from hub.web.api.shapes import Nothing, Shape

ROOT = "/api/v1"
DOCUMENT = f"{ROOT}/openapi.json"
BODY_BYTES, UPLOAD_BYTES = 100_000, 20_000_000

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"
ANY_FILE = "application/octet-stream"
UPLOADS = (JSON, CSV, XLSX, ANY_FILE)

Asked = TypeVar("Asked", bound=Shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that was sent; kind: its media type; encoding: of a CSV file's texts."""

    content: bytes
    kind: str
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request of a program whose token is good for it; hub: acts in the token's name; parts: what is in the path."""

    hub: Hub
    company: str
    parts: Mapping[str, str]
    query: Shape
    body: Shape
    upload: Upload | None = None

    def asked(self, shape: type[Asked]) -> Asked:
        """Return the query, or the body, as the shape that the operation declares."""
        found = next(each for each in (self.query, self.body) if isinstance(each, shape))
        assert isinstance(found, shape)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered when all is well; content: JSON, or the bytes of a file; headers: beyond the usual ones."""

    content: Any  # JSON's own types
    headers: Mapping[str, str] = field(default_factory=dict)


Serve = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that programs can ask for.

    path: below /api/v1; answers: the type of what is answered, bytes for a file; body: None where nothing is sent;
    upload: a file or rows are sent instead.
    """

    name: str
    method: str
    path: str
    scope: Scope
    serve: Serve
    answers: Any  # a type, which has no type of its own where it is list[…]
    status: int = 200
    query: type[Shape] = Nothing
    body: type[Shape] | None = None
    upload: bool = False

    @property
    def address(self) -> str:
        """The whole path."""
        return f"{ROOT}{self.path}"

    @property
    def most_bytes(self) -> int:
        """How large what is sent may be."""
        return UPLOAD_BYTES if self.upload else BODY_BYTES

    @property
    def needs_body(self) -> bool:
        """Whether something must be sent."""
        return self.body is not None and any(each.is_required() for each in self.body.model_fields.values())


OPERATIONS: list[Operation] = []
"""Every operation, in the order of the document."""


def operation(method: str, path: str, scope: Scope, answers: object, **details: Any) -> Callable[[Serve], Serve]:  # noqa: ANN401
    """Declare an operation of a company; details: the other fields of an Operation."""

    def declare(serve: Serve) -> Serve:
        OPERATIONS.append(
            Operation(
                name=serve.__name__,
                method=method,
                path=f"/companies/{{code}}{path}",
                scope=scope,
                serve=serve,
                answers=answers,
                **details,
            )
        )
        return serve

    return declare


def load_operations() -> list[Operation]:
    """Import every module of operations and return the table."""
    for module in ("imports", "exports"):
        importlib.import_module(f"hub.web.api.{module}")
    return OPERATIONS
