"""Importing on the command line: what is stored, and what is wrong row by row."""

import io

import pytest
from typer.testing import CliRunner

from hub.cli.imports import RowsRead
from hub.cli.program import app
from hub.service.importing import KINDS, template
from tests.cli.shell import OCTOBER, Shell


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_the_header_and_an_example_and_needs_no_database(kind: str) -> None:
    shown = CliRunner().invoke(app, ["import", kind, "--template"])
    assert (shown.exit_code, shown.stdout) == (0, template(kind))


def test_an_import_says_what_it_changed_and_again_changes_nothing(company: Shell) -> None:
    first = company.imports("counts", OCTOBER)
    assert "3 rows read; counts added 1" in first.out
    again = company.json(f"import counts {company.file('counts.csv', OCTOBER)}")
    assert (again["stored"], again["added"], again["changed"], again["unchanged"]) == (True, 0, 0, 1)
    assert set(again) == {
        "kind", "rows", "stored", "added", "changed", "unchanged", "removed", "left_out",
        "errors", "error_count", "notes", "note_count", "amended",
    }  # fmt: skip


def test_every_error_names_row_column_and_rule_and_nothing_is_stored(company: Shell) -> None:
    file = company.file("bad.csv", OCTOBER.replace("Meat,200", "Fish,200").replace("9650.00", "$9650"))
    refused = company.run(f"import counts {file} --json")
    assert refused.code == 1
    assert not refused.json["stored"]
    assert [(error["row"], error["column"]) for error in refused.json["errors"]] == [(2, "category"), (4, "value")]
    assert company.json("counts") == []
    said = company.run(f"import counts {file}")
    assert said.code == 1
    for word in ("nothing was stored", "Row", "Column", "Rule", "category", "unknown_category", "Fish"):
        assert word in said.out


def test_valid_rows_takes_the_good_rows(company: Shell) -> None:
    content = "number,name,kind\n7000,Paper,expense\n7001,Plastic,nonsense\n"
    answer = company.run(f"import gl-accounts {company.file('gl.csv', content)} --valid-rows")
    assert answer.code == 0
    assert "added 1" in answer.out
    assert "7001" in answer.out or "nonsense" in answer.out


def test_a_file_that_is_not_there_is_said_plainly(company: Shell) -> None:
    refused = company.run("import counts nowhere.csv")
    assert (refused.code, refused.out) == (1, "")
    assert "nowhere.csv cannot be opened" in refused.err


def test_another_encoding_is_read_when_it_is_named(company: Shell) -> None:
    path = company.folder / "cp1252.csv"
    path.write_bytes("number,name,kind\n7000,Cr\xe8me,expense\n".encode("cp1252"))
    assert company.run(f"import gl-accounts {path}").code == 1
    assert company.done(f"import gl-accounts {path} --encoding cp1252").code == 0


def test_the_charts_own_format_of_the_accounting_system_is_read(shell: Shell) -> None:
    shell.done("company add ACME --name Acme --currency USD")
    shell.done("connections add --connector csv_iif --name books")
    chart = "!ACCNT\tNAME\tACCNTTYPE\tACCNUM\nACCNT\tFood Inventory\tOCASSET\t1310\n"
    answer = shell.json(f"import chart {shell.file('chart.iif', chart)}")
    assert (answer["stored"], answer["added"]) == (True, 1)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (io.StringIO(), "20,000 rows read\n30,000 rows read\n"),
        (Terminal(), "\r20,000 rows read\r30,000 rows read\n"),
    ],
)
def test_a_long_file_tells_how_far_it_is_and_a_short_one_does_not(where: io.StringIO, said: str) -> None:
    seconds = iter((0.0, 1.0, 3.0, 3.0, 6.0, 6.0))
    with RowsRead(where, lambda: next(seconds)) as rows:
        for read in (10_000, 20_000, 30_000):
            rows.read(read)
    assert where.getvalue() == said
