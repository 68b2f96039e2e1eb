"""The files under examples/: one of each kind, coherent with each other."""

from pathlib import Path

from hub.service.importing import KINDS, import_file
from tests.importing.company import NOW, Company

ORDER = (
    "gl-accounts", "departments", "categories", "sites", "overrides", "chart", "account-map", "site-map",
    "due-accounts", "opening", "counts", "transfers", "production",
)  # fmt: skip


def test_there_is_one_example_of_each_kind(repository: Path) -> None:
    assert sorted(file.stem for file in (repository / "examples").glob("*.csv")) == sorted(KINDS)
    assert sorted(ORDER) == sorted(KINDS)


def test_the_examples_import_one_after_another_and_again_without_a_change(bare: Company, repository: Path) -> None:
    bare.connect("books")
    for kind in ORDER:
        result = import_file(
            bare.database, "ACME", kind, repository / "examples" / f"{kind}.csv", actor="tester", now=NOW
        )
        assert result.errors == (), kind
        assert result.added > 0
        assert result.note_count == 0
    before = bare.everything()
    for kind in ORDER:
        file = repository / "examples" / f"{kind}.csv"
        assert import_file(bare.database, "ACME", kind, file, actor="tester", now=NOW).changes == 0
    assert bare.everything() == before


def test_the_example_count_has_the_worked_figures(bare: Company, repository: Path) -> None:
    bare.connect("books")
    for kind in ORDER:
        import_file(bare.database, "ACME", kind, repository / "examples" / f"{kind}.csv", actor="tester", now=NOW)
    totals = """SELECT c.name, t.value FROM count_total t JOIN category c ON c.id = t.category_id
        JOIN valuation_count n ON n.id = t.count_id JOIN site s ON s.id = n.site_id
        WHERE s.code = 'DT' ORDER BY c.position"""
    assert bare.query(totals) == [("Meat", 512005), ("Produce", 98840), ("Liquor", 965000)]
