"""Looking into an XLSX file's parts before anything opens it: bombs, far-away cells, formulas without values, errors.

What is checked here is what the fast reader would otherwise turn into gigabytes or into silently empty cells.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree import ElementTree as ET
from xml.parsers import expat

from hub.intake.report import FileRefused

MOST_PARTS = 1_000
LARGEST_TOTAL_BYTES = 1 << 30
LARGEST_RATIO = 200
SMALL_PART_BYTES = 1 << 20
MOST_FAULTS = 10_000
BLOCK_BYTES = 1 << 20
OVERLAP_BYTES = 256

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

# A cell beyond column Z, or a row beyond the 1,048,576 that a sheet has.
_FAR = re.compile(rb"""r\s*=\s*["'](?:[A-Za-z]{2,}[0-9]|[A-Za-z]?(?:[0-9]{8,}|[2-9][0-9]{6}|1[1-9][0-9]{5}))""")
_TYPICAL_FAR = re.compile(rb"""r="(?:[A-Za-z]{2,}[0-9]|[A-Za-z]?(?:[0-9]{8,}|[2-9][0-9]{6}|1[1-9][0-9]{5}))""")
_UNUSUAL = (b"='", b" =", b"= ", b"\t", b"\n", b"\r")  # other quotes, or blanks around the equals sign

_COUNT = re.compile(rb"""ount\s*=\s*["']\s*\+?([0-9]+)""")
_MOST_DIGITS = 20

NO_VALUE = "This cell is a formula without a stored value. Open the file in your spreadsheet program and save it."
IN_ERROR = "This cell shows an error. Mend its formula, then save the file."

Faults = dict[tuple[int, int], str]
"""(row, column), both from 0 → why the cell cannot be read."""


def is_xlsx(start: bytes) -> bool:
    """Return whether a file is to be read as a spreadsheet, by its first bytes; raises FileRefused for old ones."""
    return start.startswith((b"PK\x03\x04", b"PK\x05\x06", _OLE))


def check(file: BinaryIO) -> Faults:
    """Return the cells of the first sheet that have no readable value; raises FileRefused for a dangerous file."""
    _refuse_ole(file)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_sizes(archive)
            workbook = _small_part(archive, "xl/workbook.xml")
            sheet = _first_sheet(archive, workbook)
            if not _verify(archive, sheet):
                return {}
            return _faults(archive, sheet, stale=_recalculates_on_load(workbook))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, LookupError, ValueError, OSError) as error:
        raise FileRefused("damaged_file", "This XLSX file is damaged or not complete; save it again.") from error
    except (ET.ParseError, expat.ExpatError) as error:
        raise FileRefused("damaged_file", "This XLSX file holds XML that cannot be read; save it again.") from error


def _refuse_ole(file: BinaryIO) -> None:
    start = file.read(1 << 16)
    file.seek(0)
    if not start.startswith(_OLE):
        return
    if _ENCRYPTED in start or _ENCRYPTED in file.read(1 << 24):
        raise FileRefused("password", "This file is protected by a password. Save a copy without one.")
    raise FileRefused("old_xls", "This is an old Excel file (.xls), whatever its name says. Save it as .xlsx or CSV.")


def _check_sizes(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise FileRefused("too_many_parts", f"This XLSX file has {len(parts):,} parts inside; that is not a count.")
    if sum(part.file_size for part in parts) > LARGEST_TOTAL_BYTES:
        raise FileRefused("too_large", "This XLSX file is too large once unpacked; save it as CSV.")
    for part in parts:
        if part.flag_bits & 1:
            raise FileRefused("password", "This file is protected by a password. Save a copy without one.")
        if part.file_size > SMALL_PART_BYTES and part.file_size > LARGEST_RATIO * part.compress_size:
            raise FileRefused(
                "zip_bomb", "This XLSX file unpacks to far more than any real sheet would; it is refused."
            )


def _small_part(archive: zipfile.ZipFile, name: str) -> ET.Element:
    if name not in archive.namelist():
        raise FileRefused("not_a_workbook", "This is a ZIP archive but no XLSX workbook.")
    if archive.getinfo(name).file_size > SMALL_PART_BYTES:
        raise FileRefused("too_large", "This workbook's list of sheets is too large; save the sheet as CSV.")
    content = archive.read(name)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise FileRefused("damaged_file", "This XLSX file holds XML that no spreadsheet program writes.")
    return ET.fromstring(content)


def _first_sheet(archive: zipfile.ZipFile, workbook: ET.Element) -> str:
    first = next((element for element in workbook.iter() if _local(element.tag) == "sheet"), None)
    if first is None:
        raise FileRefused("no_sheet", "This workbook has no sheet.")
    targets = {
        element.get("Id"): element.get("Target", "")
        for element in _small_part(archive, "xl/_rels/workbook.xml.rels").iter()
    }
    relation = next((value for key, value in first.attrib.items() if _local(key) == "id" and "}" in key), "")
    return posixpath.normpath(posixpath.join("/xl", targets[relation]))[1:]


def _recalculates_on_load(workbook: ET.Element) -> bool:
    return any(
        _local(element.tag) == "calcPr" and element.get("fullCalcOnLoad") in {"1", "true"}
        for element in workbook.iter()
    )


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _verify(archive: zipfile.ZipFile, sheet: str) -> bool:
    """Unpack every part once, so that no size in the archive's directory is a lie, and look for far-away cells.

    Returns whether the sheet may hold formulas or errors.
    """
    may_have_faults = False
    for part in archive.infolist():
        overlap = b""
        for block in _blocks(archive, part.filename):
            _check_counts(overlap + block, part.file_size)
            if part.filename == sheet:
                may_have_faults = _look_through(overlap + block) or may_have_faults
            overlap = block[-OVERLAP_BYTES:]
    return may_have_faults


def _check_counts(block: bytes, size: int) -> None:
    """Refuse a part that says it holds more things than it has bytes: the reader would make room for all of them."""
    if any(int(found[1][:_MOST_DIGITS]) > size for found in _COUNT.finditer(block)):
        raise FileRefused("damaged_file", "This XLSX file says that it holds more texts than it can; save it again.")


def _look_through(block: bytes) -> bool:
    """Refuse what no spreadsheet program writes; return whether the block may hold formulas or errors."""
    if b"\0" in block or b"<!DOCTYPE" in block:
        raise FileRefused("damaged_file", "This XLSX file's sheet is in an encoding no spreadsheet program writes.")
    unusual = any(text in block for text in _UNUSUAL)
    if _TYPICAL_FAR.search(block) or (unusual and _FAR.search(block)):
        raise FileRefused(
            "far_cells", "The sheet has cells beyond column Z or row 1,048,576. Copy the rows to a new sheet."
        )
    return b"<f" in block or b'"e"' in block or (unusual and b"'e'" in block) or b":worksheet" in block


def _blocks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as part:
        while block := part.read(BLOCK_BYTES):
            yield block


def _faults(archive: zipfile.ZipFile, sheet: str, *, stale: bool) -> Faults:
    finder = _FaultFinder(stale=stale)
    for block in _blocks(archive, sheet):
        finder.parser.Parse(block, False)
    finder.parser.Parse(b"", True)
    return finder.faults


class _FaultFinder:
    """Walks a sheet's XML for formulas whose value is not stored or out of date, and for cells in error."""

    def __init__(self, *, stale: bool) -> None:
        self.faults: Faults = {}
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._stale = stale
        self._row = self._column = -1
        self._in_value = self._formula = self._error = self._valued = False

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        match _local(tag):
            case "row":
                self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
                self._column = -1
            case "c":
                self._column = _column(attributes["r"]) if "r" in attributes else self._column + 1
                self._formula = False
                self._error = attributes.get("t") == "e"
                self._valued = attributes.get("t") == "str"  # a formula may give an empty text
            case "f":
                self._formula = True
            case "v" | "t":
                self._in_value = True

    def _text(self, text: str) -> None:
        self._valued = self._valued or (self._in_value and bool(text))

    def _end(self, tag: str) -> None:
        match _local(tag):
            case "v" | "t":
                self._in_value = False
            case "c":
                self._close_cell()

    def _close_cell(self) -> None:
        if self._formula and (self._stale or not self._valued):
            self.faults[self._row, self._column] = NO_VALUE
        elif self._error:
            self.faults[self._row, self._column] = IN_ERROR
        if len(self.faults) > MOST_FAULTS:
            raise FileRefused("formulas", f"More than {MOST_FAULTS:,} cells have no stored value. {NO_VALUE}")


def _column(reference: str) -> int:
    column = 0
    for letter in reference.rstrip("0123456789").upper():
        column = column * 26 + ord(letter) - 64
    return column - 1
