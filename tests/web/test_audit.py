"""The audit trail in the web app: readable, narrowed, verified, and as a file that no spreadsheet takes for formulas."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import text

from hub.domain.access import Access, Role
from hub.domain.posting import State
from hub.service import access, trail
from hub.service.auditing import listed
from hub.service.companies import set_company
from hub.service.trail import Search
from hub.web import trail_words
from tests.architecture.tree import sources
from tests.web.conftest import NOW, Site, words

AT = "/c/DEMO/audit"


def rows(page: str) -> list[str]:
    """Return the page's rows as they are read."""
    return [words(f"<body>{row}") for row in re.findall(r"<tr>(.*?)</tr>", page.partition("<tbody>")[2], re.DOTALL)]


def actions(module: ast.Module) -> Iterator[str]:
    """Yield what a module writes in audit trails, where it is written out."""
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func).rpartition(".")[2]
        if called in ("audit", "tell_companies"):
            yield from (
                arg.value for arg in node.args[:4] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            )
        if called in ("append", "append_to_each"):
            named = {each.arg: each.value for each in node.keywords}
            if isinstance(value := named.get("action"), ast.Constant) and isinstance(value.value, str):
                yield value.value


def test_every_action_that_the_hub_writes_down_has_its_words() -> None:
    written = {
        action
        for path, source in sources()
        if "audit(" in source or "append(" in source or "tell_companies(" in source
        for action in actions(ast.parse(source))
    }
    assert len(written) > 20
    written |= {state.value.lower() for state in State}
    assert written - set(trail_words.ACTIONS) - {trail_words.IMPORT} == set()


def test_an_entry_says_what_was_there_before_and_after_in_the_words_of_the_pages(site: Site) -> None:
    set_company(site.hub, "DEMO", {"method": "net_change"})
    visitor = site.visitor("administrator")
    newest = rows(visitor.get(AT))[0]
    assert "alice" in newest
    assert "Changed Company Settings" in newest
    assert "method Reversal, then new value → is now Net change" in newest
    entry = visitor.told(f"{AT}/{listed(site.hub, 'DEMO', 1)[0]['seq']}")
    assert "method Reversal, then new value Net change" in entry
    assert str(listed(site.hub, "DEMO", 1)[0]["mac"]) in entry


def test_entries_are_narrowed_by_who_what_kind_and_day(site: Site) -> None:
    visitor = site.visitor("administrator")
    access.add_member(site.hub, "DEMO", "nora", Access(role=Role.VIEWER))
    everything = len(rows(visitor.get(AT)))
    people = rows(visitor.get(f"{AT}?kind=people&thing=NORA"))
    assert [each.rpartition("alice")[2].strip().partition(",")[0] for each in people][-1].startswith("Added nora")
    assert len(people) == 2
    imports = rows(visitor.get(f"{AT}?kind=imports"))
    assert imports
    assert all(re.search("Imported (Counts|Transfers|Production|Opening values)", each) for each in imports)
    set_up = rows(visitor.get(f"{AT}?kind=setup"))
    assert any("Imported GL Account Maps" in each for each in set_up)
    assert len(rows(visitor.get(f"{AT}?kind=nonsense"))) == everything
    assert len(rows(visitor.get(f"{AT}?since=2026-11-02&until=2026-11-02"))) == everything
    for nothing in ("until=2026-11-01", "since=2026-11-03", "by=nobody", "thing=%25", "by=_____"):
        assert "No entry is like that" in visitor.told(f"{AT}?{nothing}")
    assert "Type a date from 1990 to 2100" in visitor.told(f"{AT}?since=tomorrow")


def test_a_day_is_one_of_the_companys_time_zone(site: Site) -> None:
    set_company(site.hub, "DEMO", {"time_zone": "America/Los_Angeles"})
    site.later(hours=15)  # 5 AM UTC of the next day, 9 PM of the same day there
    set_company(site.hub, "DEMO", {"method": "net_change"})
    today, tomorrow = date(2026, 11, 2), date(2026, 11, 3)
    for day, there in ((today, True), (tomorrow, False)):
        found, _ = trail.entries(site.hub, "DEMO", Search(since=day, until=day, thing="method"))
        assert bool(found) is there


def test_a_long_trail_is_read_a_page_at_a_time_and_verified_when_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "VERIFIED_UNASKED", 10)
    monkeypatch.setattr(trail, "MANY", 7)
    monkeypatch.setattr(trail, "AT_ONCE", 10)
    visitor = site.visitor("administrator")
    page = visitor.get(AT)
    assert "not verified just now" in words(page)
    assert len(rows(page)) == 10
    older = re.search(r'href="([^"]*before=\d+)">Older entries', page)
    assert older
    assert rows(visitor.get(older[1]))[0] not in rows(page)
    assert "all of them as they were recorded" in visitor.told(f"{AT}?verify=yes")
    downloaded = visitor.client.get(f"{AT}/file").content.decode("utf-8-sig")
    numbers = [int(row[0]) for row in list(csv.reader(io.StringIO(downloaded)))[1:]]
    assert sorted(set(numbers), reverse=True) == list(dict.fromkeys(numbers))
    assert len(set(numbers)) == listed(site.hub, "DEMO", 1)[0]["seq"]


def test_the_file_holds_what_is_looked_for_a_line_for_each_change_and_no_formula(site: Site) -> None:
    access.add_member(site.hub, "DEMO", "=1+1", Access(role=Role.VIEWER), full_name="@SUM(A1)")
    answer = site.visitor("administrator").client.get(f"{AT}/file?kind=people&thing==1%2B1")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="DEMO audit trail.csv"' in answer.headers["content-disposition"]
    found = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [each["Changed"] for each in found] == ["sites to export", "role", "sites to see", "switched off", ""]
    assert {each["Of"] for each in found} == {"'=1+1"}
    assert found[1]["After"] == "viewer"
    assert not any(value.startswith(("=", "+", "-", "@")) for each in found for value in each.values())


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE audit_event SET actor = 'nobody' WHERE seq = 3", "is not as it was recorded"),
        ("DELETE FROM audit_event WHERE seq = 3", "what was recorded there was deleted"),
        ("UPDATE audit_event SET detail = '[broken', at = 'yesterday' WHERE seq = 3", "is not as it was recorded"),
        ("DELETE FROM audit_event WHERE seq > 20", "Entries were deleted at its end"),
        ("DELETE FROM audit_event", "the audit trail is empty"),
    ],
)
def test_a_trail_that_was_tampered_with_is_told_and_still_read(site: Site, damage: str, said: str) -> None:
    set_company(site.hub, "DEMO", {"method": "net_change"})  # this home has seen the trail
    with site.hub.database.write() as connection:
        connection.execute(text(damage))
    visitor = site.visitor("administrator")
    told = visitor.told(AT)
    assert "This trail is not as it was recorded." in told
    assert said in told
    assert visitor.client.get(f"{AT}/file").status_code == 200
    assert visitor.client.get(f"{AT}/3").status_code in (200, 404)


def test_what_is_not_known_is_shown_as_far_as_it_can_be(site: Site) -> None:
    entry = trail.Told(
        seq=1,
        at=NOW.isoformat(),
        actor="ann",
        action="shred papers",
        subject="A4",
        detail={"number_of_sheets": 5},
        seal="",
    )
    found = trail_words.shown(entry)
    assert (found.words, found.kind, list(found.facts)) == ("Shred papers: A4", "", [("Number of sheets", "5")])


def test_a_number_that_no_entry_has_is_no_page(site: Site) -> None:
    for wrong in ("0", "999999", "x", "1" * 30, "٣"):
        site.visitor("administrator").get(f"{AT}/{wrong}", 404)
