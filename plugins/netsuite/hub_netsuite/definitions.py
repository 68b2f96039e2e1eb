"""What builds and validates requests: zeep with our own description of them, read once for each version and shared by all.

zeep sends nothing, reads no answer and opens nothing: its transport refuses. It is imported when the first request is built,
since that takes longer than reading the description.
"""

from __future__ import annotations

import io
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import zeep

_DESCRIPTION = "requests.wsdl"
MOST_VERSIONS = 8


class Refused(LookupError):
    """Something was to be opened that the description of the requests does not hold."""


class _NoTransport:
    """Opens nothing and sends nothing."""

    def load(self, *_: object) -> NoReturn:
        raise Refused("The description of the requests asks for another file.")

    def post(self, *_: object) -> NoReturn:
        raise Refused("Requests are sent by the session's own client.")

    get = post_xml = post


@lru_cache(maxsize=MOST_VERSIONS)
def builder(version: str) -> zeep.Client:
    """Return what builds the requests of a version, such as 2025_2."""
    text = files(__package__).joinpath(_DESCRIPTION).read_text(encoding="utf-8")
    return builder_of(text.replace("{version}", version).encode())


def builder_of(description: bytes) -> zeep.Client:
    """Return what builds the requests that a description tells of.

    Raises errors of zeep and of lxml for one with a document type or entities, and Refused for one that asks for another.
    """
    import zeep
    from zeep.wsdl import Document

    settings = zeep.Settings(
        strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True, xml_huge_tree=False
    )
    nothing = _NoTransport()
    document = Document(io.BytesIO(description), nothing, settings=settings)  # type: ignore[arg-type]  # it takes an instance
    return zeep.Client(wsdl=document, transport=nothing, settings=settings)  # type: ignore[no-untyped-call]
