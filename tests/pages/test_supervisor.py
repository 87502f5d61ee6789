"""Supervision of the journal: who may, what is told, and what a citizen sees of it."""

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from support import entries, looks

SUPERVISOR = "giamsat.nhatky"
WHY = {"why": "Xác minh đơn phản ánh", "ground": "TTr-2026-118"}


@pytest.fixture(scope="module")
def looked_at(desks, person):
    looks.make(desks("vi", 0), person, verify=1, look_up=1)


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def supervisor(request, visits, looked_at):
    return visits(scripts=request.param).sign_in_as(SUPERVISOR)


def search(visit, **said):
    visit.go("/supervisor/journal")
    for control, value in (WHY | said).items():
        if visit.page.locator(f"select#{control}").count():
            visit.page.select_option(f"#{control}", value)
        else:
            visit.page.fill(f"#{control}", value)
    visit.typed_numbers.add(said.get("person", ""))
    return visit.press("main form.card button[type=submit]")


def test_others_find_no_such_page(desks, visits):
    for number in (0, 1):
        desk = desks("vi", number)
        assert desk.go("/supervisor/journal").status == 404
        assert "Giám sát nhật ký" not in desk.page.locator(".mainnav").inner_text()
        for path in ("page", "entry", "export", "withhold"):
            answer = desk.context.request.post(f"/supervisor/journal/{path}", form={"csrf": "x"})
            assert answer.status == 404, path
        desk.judge()
    stranger = visits()
    stranger.go("/supervisor/journal")
    expect(stranger.page).to_have_url(re.compile("/sign-in$"))


def test_a_search_needs_a_ground_and_is_written_down_first(supervisor):
    page = supervisor.page
    supervisor.go("/supervisor/journal")
    assert supervisor.press("main form.card button[type=submit]").status == 400
    assert len(supervisor.errors()) == 2, "why, and which case"
    begin = entries.size(supervisor.demo)
    number = supervisor.citizen_number()
    search(supervisor, person=number, service="look_up")
    assert page.locator("#found tbody tr").count() >= 1
    noted = int(re.search(r"mục ([\d.]+)", page.locator("#found").inner_text())[1].replace(".", ""))
    assert noted >= begin
    for row in page.locator("#found tbody tr").all():
        assert number not in row.inner_text() and "0011…0017" in row.inner_text()
        assert "Tra cứu thông tin" in row.inner_text()
    assert number not in page.url


def test_an_entry_shows_all_its_parts_and_a_table_leaves_without_names(supervisor):
    page = supervisor.page
    number = supervisor.citizen_number()
    search(supervisor, person=number, service="verify")
    with page.expect_download() as download:
        page.locator("form[action$=export] button").click()
    table = list(csv.reader(io.StringIO(open(download.value.path(), encoding="utf-8-sig").read())))
    assert len(table) > 1 and {len(row) for row in table} == {12}
    assert not any(number in cell for row in table for cell in row)
    supervisor.press(page.locator(".linklike").first)  # the newest: made by this file, whatever ran before
    text = supervisor.text()
    assert number in text and "nguyenvana.stttt" in text and "127.0.0.1" in text and "H55.242-261121-0007" in text


def test_a_withheld_entry_is_counted_and_closed_to_its_citizen(supervisor, visits):
    page = supervisor.page
    search(supervisor, person=supervisor.citizen_number(), service="look_up")
    row = page.locator(".linklike").first
    entry = int(row.get_attribute("value"))
    supervisor.press(row)
    assert supervisor.press("main form[action$=withhold] button").status == 400
    assert len(supervisor.errors()) == 3
    page.fill("#order", "QĐ-17/2026")
    page.fill("#authority", "Cơ quan Cảnh sát điều tra (mô phỏng)")
    page.fill("#until", "01/01/2020")
    assert supervisor.press("main form[action$=withhold] button").status == 400
    page.fill("#until", "01/02/2030")
    supervisor.press("main form[action$=withhold] button")
    assert "Đã giữ kín" in supervisor.text()

    citizen = looks.proved(visits().sign_in_citizen(), 3)
    closed = citizen.page.locator(f"#muc-{entry}")
    assert "01/02/2030" in closed.inner_text() and closed.locator("[data-part]").count() == 0
    assert closed.locator(".look__ask").count() == 0
    assert citizen.go(f"/citizen/inquiry?entry={entry}").status == 404
    citizen.go("/citizen")
    assert "QĐ-17" not in citizen.text(), "the order is not told while the entry is closed"
    assert f"Chưa công bố nội dung mục số {looks.grouped(entry)}" in citizen.text()
    good, steps, flaws = looks.check(citizen)
    assert good, (steps, flaws)
