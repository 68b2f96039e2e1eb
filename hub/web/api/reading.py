"""Reading what a program sent: its token, the path, the query and the body, each checked before anything is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_origin

from pydantic import ValidationError

from hub.intake.report import shown
from hub.web.api.operations import ANY_FILE, CSV, JSON, UPLOADS, Operation, Upload
from hub.web.api.problems import Declined, Problem, declined, place, problem
from hub.web.api.shapes import Nothing, Shape
from hub.web.api.strict_json import NotJson, NotTaken, Path, read

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails
    from starlette.requests import Request

ENCODINGS: Mapping[str, str] = {"utf-8": "utf-8", "utf8": "utf-8", "windows-1252": "cp1252", "cp1252": "cp1252"}


def bearer(request: Request) -> str:
    """Return the token that was sent, empty where there is none."""
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    return token.strip() if scheme.casefold() == "bearer" else ""


def read_parts(request: Request) -> dict[str, str]:
    """Return what stands in the path; raises Declined."""
    parts: dict[str, str] = request.path_params
    for name, text in parts.items():
        if not _is_kept(text):
            raise declined(400, "control_character", f"“{name}” holds a character that none may hold.", field=name)
    return dict(parts)


def read_query(request: Request, shape: type[Shape]) -> Shape:
    """Return the query; what is not known there, or is there twice and may not be, is refused. Raises Declined."""
    found: dict[str, Any] = {}  # a text, or several
    for name, text in request.query_params.multi_items():
        known = shape.model_fields.get(name)
        if known is not None and get_origin(known.annotation) is list:
            found.setdefault(name, []).append(text)
        elif name in found:
            raise declined(422, "twice", f"“{shown(name)}” stands twice in the address.", field=name)
        else:
            found[name] = text
    return validated(shape, found)


async def read_body(request: Request, wanted: Operation) -> tuple[Shape, Upload | None]:
    """Return the body as its operation declares it, and the upload where it is one; raises Declined, HTTPException."""
    if not wanted.upload and wanted.body is None:
        return Nothing(), None
    if request.headers.get("content-encoding", "identity").strip().casefold() not in ("", "identity"):
        raise declined(415, "encoded", "Send the body as it is, not compressed.", field="Content-Encoding")
    kind, encoding = _kind(request)
    taken = UPLOADS if wanted.upload else (JSON,)
    if wanted.upload:
        _check_kind(kind, taken)
        return Nothing(), Upload(content=await request.body(), kind=kind, encoding=encoding)
    assert wanted.body is not None
    content = await request.body()
    if not content and not wanted.needs_body:
        return wanted.body(), None
    _check_kind(kind, taken)
    return validated(wanted.body, read_json(content)), None


def read_json(content: bytes) -> Any:  # noqa: ANN401  JSON's own types
    """Return what a JSON body holds; raises Declined: 400 where it is none, 422 where not everybody reads it alike."""
    try:
        return read(content)
    except NotJson as error:
        raise declined(400, "not_json", str(error), field="body") from error
    except NotTaken as error:
        raise Declined(422, [problem("not_exact", str(error), **place(error.path))]) from error


def validated(shape: type[Shape], found: object) -> Shape:
    """Return what was sent as its shape; raises Declined with everything that is wrong with it, each with its field."""
    if not isinstance(found, dict):
        raise declined(422, "not_an_object", "Send a JSON object.", field="body")
    try:
        return shape.model_validate(found)
    except ValidationError as error:
        told = error.errors(include_url=False, include_context=False, include_input=False)
        raise Declined(422, _problems(shape, told)) from error


def _problems(shape: type[Shape], errors: Sequence[ErrorDetails]) -> list[Problem]:
    return [_problem(shape, error["loc"], error["type"]) for error in errors]


def _problem(shape: type[Shape], path: Path, rule: str) -> Problem:
    name, known = shown(str(path[0])), shape.model_fields.get(str(path[0]))
    where = {"field": "/".join(map(str, path)) or "body"}
    if known is None:
        fields = ", ".join(shape.model_fields) or "none"
        return problem("unknown_field", f"There is no “{name}” here. What there is: {fields}.", **where)
    if rule == "missing":
        return problem("missing", f"“{name}” is missing: it must be {_described(known)}.", **where)
    return problem("not_right", f"“{name}” must be {_described(known)}.", **where)


def _described(field: FieldInfo) -> str:
    assert field.description is not None
    return field.description


def _kind(request: Request) -> tuple[str, str]:
    """Return the media type of the body, and the encoding of its texts."""
    kind, *parameters = request.headers.get("content-type", "").split(";")
    named = dict(_parameter(each) for each in parameters)
    charset = named.get("charset", "utf-8")
    kind = kind.strip().casefold()
    allowed = ENCODINGS if kind == CSV else {"utf-8": "utf-8", "utf8": "utf-8"}
    if charset not in allowed:
        told = f"The charset {shown(charset)} is not taken here. Taken are: {', '.join(allowed)}."
        raise declined(415, "charset", told, field="Content-Type")
    return kind, allowed[charset]


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().casefold(), value.strip().strip('"').casefold()


def _check_kind(kind: str, taken: Sequence[str]) -> None:
    if kind in taken:
        return
    known = ", ".join(each for each in taken if each != ANY_FILE)
    raise declined(415, "content_type", f"Send it as {known}, and say so.", field="Content-Type")


def _is_kept(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
