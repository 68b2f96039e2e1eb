"""An import that dies in the middle leaves nothing behind, and its file can simply be imported again."""

import io
import os
import signal
from pathlib import Path
from threading import Thread

import pytest

from hub.service.importing import import_file
from hub.store.importing import TotalsDisagree
from tests.importing.company import NOW, Company
from tests.ready import ready

PATIENCE_S = 60
HEADER = "count_date,site,item,category,quantity,unit_cost\n"
LONG = HEADER + "".join(f"2026-10-31,DT,Item {number},Meat,1,1\n" for number in range(6_000))


class Pulled(Exception):
    """The plug was pulled."""


def pull(_rows: int) -> None:
    raise Pulled


def test_an_import_that_dies_half_way_leaves_nothing(company: Company) -> None:
    company.imported("counts", HEADER + "2026-10-31,DT,Before,Meat,1,1\n")
    before = company.everything()
    with pytest.raises(Pulled):
        company.imports("counts", LONG, progress=pull)
    assert company.everything() == before
    assert company.imported("counts", LONG).changed == 1


def test_an_import_whose_totals_disagree_with_its_lines_leaves_nothing(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []

    def lose_a_line(store: object, lines: list[object]) -> None:
        written.append(len(lines))

    monkeypatch.setattr("hub.store.importing.CountStore.write", lose_a_line)
    before = company.everything()
    with pytest.raises(TotalsDisagree):
        company.imports("counts", LONG)
    assert written
    assert company.everything() == before


def test_a_process_killed_half_way_leaves_nothing(company: Company, tmp_path: Path) -> None:
    address = company.database.url.render_as_string(hide_password=False)
    file = tmp_path / "counts.csv"
    file.write_text(LONG)
    before = company.everything()
    log = tmp_path / "killed.log"
    killed = ready().start("tests.importing.killed", [address, str(file)], log=log, environment=os.environ)
    assert killed.wait(PATIENCE_S) == -signal.SIGKILL, log.read_text()
    assert company.everything() == before
    assert company.imported("counts", LONG).added == 1


class Trickle(io.RawIOBase):
    """An upload that can be read once, a little at a time."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        piece = self._content.read(min(len(buffer), 1_000))
        buffer[: len(piece)] = piece
        return len(piece)


def test_an_upload_that_is_not_seekable_is_imported(company: Company) -> None:
    upload = io.BufferedReader(Trickle(LONG.encode()))
    assert not upload.seekable()
    result = import_file(company.database, "ACME", "counts", upload, actor="tester", now=NOW)
    assert result.rows == 6_000


def test_two_imports_of_one_count_at_once_leave_one_of_them_whole(company: Company) -> None:
    other = LONG.replace(",1,1\n", ",2,1\n")
    results = []
    threads = [
        Thread(target=lambda file=file: results.append(company.imports("counts", file))) for file in (LONG, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((result.added, result.changed) for result in results) == [(0, 1), (1, 0)]
    assert company.query("SELECT count(*), sum(lines) FROM valuation_count") == [(1, 6_000)]
    assert company.query("SELECT count(*) FROM item") == [(6_000,)]
    assert company.query("SELECT value FROM valuation_count")[0][0] in {600_000, 1_200_000}
