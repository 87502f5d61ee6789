"""Figures of use in Chromium: what was called shows as charts with their tables, narrowed, compared, handed out, printed."""

import csv
import io
import re
import time

import pytest

from support import axe
from test_console import Desk


@pytest.fixture(scope="module")
def desk(chromium, demo):
    desks = {}

    def sit(role, organisation=None):
        if (role, organisation) not in desks:
            desks[role, organisation] = Desk(chromium, demo, role, organisation).sign_in()
        return desks[role, organisation]

    yield sit
    for one in desks.values():
        one.visit.context.close()


def figure(page, label):
    """The figure of a tile, as a number."""
    tile = page.locator(".tile", has_text=label).first
    return int(re.sub(r"\D", "", tile.locator(".tile__value").inner_text()))


def calls_shown(one, least, timeout=20):
    until = time.monotonic() + timeout
    while True:
        one.go("/usage?lang=vi")
        shown = figure(one.page, "Số lượt")
        if shown >= least:
            return shown
        assert time.monotonic() < until, f"{shown} of {least} calls are shown"
        time.sleep(0.3)


def test_calls_are_counted_and_narrowed(desk, htmc, tmp_path):
    auditor = desk("auditor")
    auditor.go("/usage?lang=vi")
    before = figure(auditor.page, "Số lượt")
    citizen = htmc.demo.facts["citizens"][0]
    for _ in range(7):
        assert htmc.verify(htmc.body(citizen)).status_code == 200
    for _ in range(3):
        assert htmc.verify(htmc.body(citizen, purpose="9.999999")).status_code == 403
    assert calls_shown(auditor, before + 10) >= before + 10
    page = auditor.page
    titles = page.locator(".chart figcaption").all_inner_texts()
    assert titles[0] == "Lượt gọi theo giờ" and "Lượt bị từ chối theo lý do" in titles
    hours = page.locator(".chart").first.locator("tbody tr")
    assert hours.count() == 24
    by_hour = [int(re.sub(r"\D", "", text)) for text in hours.locator("td.figures").all_inner_texts()]
    assert sum(by_hour) == figure(page, "Số lượt"), "the table behind the chart says what the tile says"
    assert figure(page, "Bị từ chối") >= 3
    assert "hôm trước" in page.locator(".tile").first.inner_text()
    assert axe.violations(page) == []
    page.screenshot(path=tmp_path / "usage.png", full_page=True)
    page.emulate_media(media="print")
    page.screenshot(path=tmp_path / "usage-print.png", full_page=True)
    assert not page.locator("#usage-filter").is_visible(), "a printed page has no forms"
    page.emulate_media(media="screen")

    page.click(".tabs a:has-text('7 ngày')")
    assert page.locator(".chart figcaption").first.inner_text() == "Lượt gọi theo ngày"
    assert page.locator(".chart").first.locator("tbody tr").count() == 7
    page.screenshot(path=tmp_path / "usage-week.png", full_page=True)
    page.locator("main .tablewrap a, main table:not(.chart__table) a").first.click()
    assert "system=" in page.url and page.locator("main table:not(.chart__table) tbody tr").count() == 1


def test_wrong_days_are_told_beside_their_fields(desk):
    auditor = desk("auditor")
    for query, words in {
        "from=31/31/2026": "Nhập ngày dạng",
        "from=01/01/2026&to=21/11/2026": "nhiều nhất 92 ngày",
        "from=02/03/2026&to=01/03/2026": "Ngày cuối phải sau",
    }.items():
        assert auditor.go(f"/usage?{query}").status == 422
        assert words in auditor.page.locator("#usage-filter").inner_text()
        assert axe.violations(auditor.page) == []


def test_figures_are_handed_out_as_files(desk, tmp_path):
    auditor = desk("auditor")
    total = calls_shown(auditor, 1)
    with auditor.page.expect_download() as download:
        auditor.page.click("a:has-text('CSV')")
    rows = list(csv.DictReader(io.StringIO(open(download.value.path(), encoding="utf-8-sig").read())))
    assert sum(int(row["Số lượt"]) for row in rows) >= total
    with auditor.page.expect_download() as download:
        auditor.page.click("a:has-text('Excel')")
    import openpyxl

    download.value.save_as(tmp_path / "usage.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "usage.xlsx").active
    assert sheet.max_row == len(rows) + 3, "two titles, the headings, and a row for each of the CSV's"


def test_an_organisation_sees_its_own_and_in_its_language(desk):
    manager = desk("organisation_manager", "thai-nguyen")
    for lang in ("vi", "en"):
        assert manager.go(f"/usage?lang={lang}").status == 200
        assert "⟦" not in manager.page.content()
        assert axe.violations(manager.page) == []
    assert manager.page.locator("#organisation").count() == 0, "there is nothing to choose"
    assert manager.go("/usage?organisation=bo-y-te&lang=vi").status == 404
    assert manager.go("/usage/export?organisation=bo-y-te").status == 404
    assert manager.go("/usage?organisation=thai-nguyen").status == 200
    officer = desk("officer", "thai-nguyen")
    assert officer.go("/usage").status == 404
    assert officer.page.locator("a[href='/usage']").count() == 0, "a place that does not stand open is not shown"
