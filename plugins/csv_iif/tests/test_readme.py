"""README.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub_csv_iif.settings import LayoutName, Settings
from hub_csv_iif.text import SUBSTITUTIONS, Change, Substitution
from hub_csv_iif.wire import LAYOUTS

PLUGIN = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def readme() -> str:
    return (PLUGIN / "README.md").read_text(encoding="utf-8")


def substitution_row(row: Substitution) -> str:
    written = f"`{row.written}`" if len(row.written) == 1 else row.written
    return f"| {row.found} | {written} | {row.files} | {row.examples} |"


def test_it_lists_every_substitution_in_order(readme: str) -> None:
    assert "\n".join(substitution_row(SUBSTITUTIONS[change]) for change in Change) in readme


def test_its_table_gives_the_length_of_every_memo_that_is_cut() -> None:
    cut = {layout.name.value: layout.limits.memo_length for layout in LAYOUTS.values() if layout.limits.memo_length}
    assert SUBSTITUTIONS[Change.LENGTH].files == ", ".join(f"{name} {length}" for name, length in cut.items())


@pytest.mark.parametrize("name", list(LayoutName))
def test_it_describes_every_layout(readme: str, name: LayoutName) -> None:
    layout = LAYOUTS[name]
    (row,) = [line for line in readme.splitlines() if re.match(rf"\| `{name}`( \(default\))? \| [A-Z]", line)]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    encoding = {"utf-8": "UTF-8", "cp1252": "Windows-1252"}[layout.rule.encoding]
    most = layout.limits.lines_per_entry
    assert cells[1].startswith(layout.label)
    assert cells[2] == f"`{{reference}}{layout.suffix}`"
    assert cells[4:] == [encoding, layout.date_format.value, f"{most:,}" if most else "any number"]
    dimensions = readme.split("## Dimensions")[1].split("## Importing", maxsplit=1)[0]
    (places,) = [line for line in dimensions.splitlines() if line.startswith(f"| `{name}` |")]
    assert all(f"`{dimension.name}`" in places for dimension in layout.dimensions)


def test_it_describes_every_setting(readme: str) -> None:
    table = readme.split("## Settings")[1].split("## Dimensions", maxsplit=1)[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(Settings.model_fields)


def test_it_explains_every_problem_code(readme: str) -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (PLUGIN / "hub_csv_iif").glob("*.py"))
    codes = set(re.findall(r'code="(\w+)"', source))
    codes |= {f"account_without_{layout.account_needs}" for layout in LAYOUTS.values()}
    table = readme.split("## Troubleshooting")[1].split("## Known limits", maxsplit=1)[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == codes


def test_every_promise_names_tests_that_exist() -> None:
    promises = re.findall(
        r"^ +shown_by: (\S+)::(\w+)$", (PLUGIN / "hub_csv_iif" / "scale.yaml").read_text("utf-8"), re.MULTILINE
    )
    assert len(promises) >= 10
    for path, test in promises:
        assert f"def {test}(" in (PLUGIN / path).read_text(encoding="utf-8"), test
