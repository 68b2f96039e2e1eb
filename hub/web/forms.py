"""What a browser sent: the fields of a form, checked to be texts that every database keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

if TYPE_CHECKING:
    from starlette.requests import Request

MOST_FIELDS = 20_000
MOST_FILES = 10
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that was sent; name: what the browser called it, never a path."""

    name: str
    content: BinaryIO
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The fields of a form, or of an address's query."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """Return what is in a field, without spaces at the ends."""
        return self.fields[name][0].strip() if name in self.fields else default

    def exact(self, name: str) -> str:
        """Return what is in a field as it was typed, such as a password."""
        return self.fields[name][0] if name in self.fields else ""

    def all(self, name: str) -> list[str]:
        """Return what is in every field of a name."""
        return list(self.fields.get(name, ()))

    def under(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Yield the rest of the name and the content of each field whose name begins with a prefix."""
        for name, values in self.fields.items():
            if name.startswith(prefix):
                yield name.removeprefix(prefix), values[0].strip()

    def file(self, name: str) -> Upload | None:
        """Return a file that was chosen, None where none was."""
        return self.files.get(name)

    def __contains__(self, name: str) -> bool:
        return name in self.fields


def query(request: Request) -> Form:
    """Return the fields of the address; raises HTTPException."""
    return Form(fields=_texts(request.query_params.multi_items()))


async def read_form(request: Request) -> Form:
    """Read the form that was sent; raises HTTPException."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind not in FORMS:
        return Form()
    try:
        sent = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS)
    except MultiPartException as error:
        raise HTTPException(400, "What was sent is not a form.") from error
    texts = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
    files = {name: _upload(value) for name, value in sent.multi_items() if isinstance(value, UploadFile)}
    return Form(fields=_texts(texts), files={name: file for name, file in files.items() if file.name})


def _texts(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(fit(name), []).append(fit(value))
    return fields


def fit(text: str) -> str:
    """Return a text that every database keeps; raises HTTPException for one with characters that none may."""
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise HTTPException(400, "What was sent has characters that cannot be kept. Type it again.")
    return text


def _upload(sent: UploadFile) -> Upload:
    name = (sent.filename or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(filter(str.isprintable, name))
    content = cast("SpooledTemporaryFile[bytes]", sent.file)  # Starlette's own type of it
    return Upload(name=shown, content=cast("BinaryIO", content), size=sent.size or 0)
