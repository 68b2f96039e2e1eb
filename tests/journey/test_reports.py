"""The Journal Adjustment report in a real browser: from the list down to the items counted, on paper too."""

from __future__ import annotations

import pytest

from tests.journey.browsing import NARROW, OVERFLOW, WIDE, Browsing, follow

AT = "/c/DEMO/reports/journal-adjustment"


@pytest.mark.parametrize(("scripts", "width"), [(True, WIDE), (False, NARROW)], ids=["wide", "narrow without scripts"])
def test_a_figure_is_traced_from_the_report_to_its_items_and_accounts(
    browsing: Browsing, *, scripts: bool, width: int
) -> None:
    page = browsing.page("viewer", scripts=scripts, width=width)
    page.goto("/c/DEMO")
    if width == NARROW:
        follow(page.get_by_role("link", name="Menu", exact=True))
    follow(page.get_by_role("link", name="Journal Adjustment"))
    follow(page.get_by_role("link", name="30 Sep 2026"))
    page.get_by_label("Count Date").select_option("2026-10-31")
    page.get_by_label("Site", exact=True).select_option("Downtown")
    follow(page.get_by_role("button", name="Show"))
    assert "Only Downtown is shown." in page.locator("main").inner_text()
    follow(page.get_by_role("link", name="Ending inventory 2026-10-31 · Meat and Fish · Downtown").first)
    told = page.locator("main").inner_text()
    assert "2,335.13" in told
    assert "GL Account Map: 5010 is 5010 " in told
    assert page.get_by_role("row", name="Bacon thick cut").locator(".num").last.inner_text() == "139.25"
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV of all items").click()
    assert "Bacon thick cut" in download.value.path().read_text("utf-8")
    assert page.evaluate(OVERFLOW) <= 0
    follow(page.get_by_role("link", name="Back to the report"))
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX", exact=True).click()
    assert download.value.suggested_filename == "journal-adjustment-2026-10-31-books.xlsx"
    assert browsing.complaints == []


def test_the_printed_report_has_no_menu_and_its_heads_on_each_page(browsing: Browsing) -> None:
    page = browsing.page("viewer")
    page.goto(f"{AT}/2026-10-31")
    page.emulate_media(media="print")
    for hidden in ("Main menu", "Which report"):
        assert not page.get_by_label(hidden).is_visible()
    assert not page.get_by_role("link", name="XLSX", exact=True).is_visible()
    assert "Audit trail: " in page.locator("main").inner_text()
    styles = "element => getComputedStyle(element).display"
    ledger = page.locator("table.ledger").last
    assert ledger.locator("thead").evaluate(styles) == "table-header-group"
    assert ledger.locator("tfoot").evaluate(styles) == "table-row-group"
    browsing.picture(page, "report-printed")
