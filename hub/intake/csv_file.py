"""Reading CSV files a block at a time, in constant memory, with a clear sentence for each way one can be broken."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import BinaryIO

from hub.intake.cells import SPACES
from hub.intake.report import FileRefused
from hub.intake.sheet import Holds

ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "utf-8-sig": "utf-8", "cp1252": "cp1252", "windows-1252": "cp1252"}
BLOCK_BYTES = 1 << 18
LONGEST_LINE_BYTES = 1 << 20
LONGEST_CELL = 131_072

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKUP = (b"<html", b"<!doc", b"<?xml", b"<tabl")


class CsvSheet:
    """A CSV file: comma-separated, quoted as RFC 4180 has it, lines ended by LF or CRLF."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._number = 0
        self._lines = _Lines(file, encoding)
        self._reader = csv.reader(chain.from_iterable(self._lines.blocks()), strict=True)
        self.header = self._read_header()
        self.header_row = self._number

    def rows(self, holds: Sequence[Holds]) -> Iterator[list[str]]:  # noqa: ARG002 - text is all a CSV file has
        """Yield every row after the header, blank ones as empty lists; raises FileRefused."""
        try:
            yield from self._reader
        except csv.Error as error:
            raise self._broken(error) from error

    def _read_header(self) -> list[str]:
        try:
            for row in self._reader:
                self._number += 1
                if any(cell.strip(SPACES) for cell in row):
                    return row
        except csv.Error as error:
            raise self._broken(error) from error
        raise FileRefused("empty_file", "The file is empty: it has no header row.")

    def _broken(self, error: csv.Error) -> FileRefused:
        line = self._reader.line_num
        text = str(error)
        if "unexpected end of data" in text or "field larger than" in text:
            return FileRefused("unclosed_quote", f"A quotation mark is opened and never closed, before line {line}.")
        if "new-line character" in text:
            return FileRefused("lone_cr", f"Line {line} holds a carriage return in the middle. {_SAVE_AGAIN}")
        return FileRefused(
            "bad_quotes",
            f"Line {line}: text follows a closing quotation mark. A quotation mark inside a cell is written twice.",
        )


_SAVE_AGAIN = "Save the file again as “CSV UTF-8 (comma delimited)”."


class _Lines:
    """Cuts a file into blocks that end with a line, and decodes them."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        if encoding.lower() not in ENCODINGS:
            raise FileRefused("unknown_encoding", f"Files are read as utf-8 or cp1252, not as {encoding!r}.")
        self._file = file
        self._encoding = ENCODINGS[encoding.lower()]
        self._line = 1

    def blocks(self) -> Iterator[io.StringIO]:
        csv.field_size_limit(LONGEST_CELL)
        rest = self._start()
        while block := self._file.read(BLOCK_BYTES):
            block = rest + block
            end = block.rfind(b"\n") + 1
            rest = block[end:]
            if len(rest) > LONGEST_LINE_BYTES:
                raise self._line_too_long(block[:end], rest)
            if end:
                yield self._decoded(block[:end])
        if rest:
            yield self._decoded(rest)

    def _start(self) -> bytes:
        start = self._file.read(BLOCK_BYTES)
        if start.startswith(_UTF16):
            raise FileRefused("utf_16", f"The file is in UTF-16 (“Unicode text”). {_SAVE_AGAIN}")
        if start.lstrip()[:5].lower() in _MARKUP:
            raise FileRefused("not_csv", "The file is a web page or XML, not CSV, whatever its name says.")
        return start.removeprefix(codecs.BOM_UTF8)

    def _decoded(self, block: bytes) -> io.StringIO:
        if b"\0" in block:
            line = self._line + block[: block.index(b"\0")].count(b"\n")
            raise FileRefused("nul", f"Line {line} holds a NUL character: not a CSV file in this encoding.")
        try:
            text = block.decode(self._encoding)
        except UnicodeDecodeError as error:
            raise self._not_in_encoding(block, error) from error
        self._line += block.count(b"\n")
        return io.StringIO(text, newline="\n")

    def _not_in_encoding(self, block: bytes, error: UnicodeDecodeError) -> FileRefused:
        line = self._line + block[: error.start].count(b"\n")
        if self._encoding == "cp1252":
            return FileRefused("not_cp1252", f"Line {line} holds a byte that cp1252 does not have.")
        return FileRefused(
            "not_utf8",
            f"Line {line} is not in UTF-8. {_SAVE_AGAIN} Or name its encoding, cp1252 for older Windows files.",
        )

    def _line_too_long(self, before: bytes, rest: bytes) -> FileRefused:
        line = self._line + before.count(b"\n")
        if b"\r" in rest:
            return FileRefused("lone_cr", f"Line {line}: lines end with a carriage return alone. {_SAVE_AGAIN}")
        return FileRefused("line_too_long", f"Line {line} is longer than {LONGEST_LINE_BYTES:,} bytes.")
