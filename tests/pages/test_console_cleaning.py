"""Cleaning in the console, in Chromium: a file is brought, confirmed, worked on; its doubtful rows are decided by keys; the decision is in the result."""

import csv
import io
import os
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support import axe
from support.browser import DESK, PHONE
from support.server import Demo, run
from test_console import Desk

ORGANISATION = "thai-nguyen"
LOGIN = "nguyenvana.stttt"


@pytest.fixture(scope="module")
def own(binary, tmp_path_factory):
    """A demo of this module's own: what is decided here is in nobody else's way."""
    demo = Demo(tmp_path_factory.mktemp("cleaning") / "demo-data").start()
    yield demo
    assert demo.stop() == 0


@pytest.fixture(scope="module")
def shots(tmp_path_factory):
    folder = os.environ.get("DANCU_SHOTS")
    return Path(folder) if folder else tmp_path_factory.mktemp("cleaning-shots")


@pytest.fixture(scope="module")
def manager(chromium, own):
    desk = Desk(chromium, own, "organisation_manager", ORGANISATION).sign_in()
    yield desk
    desk.visit.context.close()


def looks(page, shots, name):
    """Whole in both languages, accessible, as wide as a telephone."""
    assert axe.violations(page) == []
    assert "⟦" not in page.content()
    page.screenshot(path=shots / f"cleaning-{name}.png", full_page=True)
    page.set_viewport_size(PHONE)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.screenshot(path=shots / f"cleaning-{name}-phone.png", full_page=True)
    page.set_viewport_size(DESK)
    assert over == 0, f"{name}: {over} pixels too wide"


def stock(demo):
    """Rows of people whom the demo tells of: as they are, with a wrong name, without a number; one that cannot be read."""
    people = [c for c in demo.facts["citizens"] if c.get("personal_id") and c["state"] == "alive"][:6]
    lines = ["Mã hồ sơ,Số định danh,HO TEN DAY DU,Ngày sinh,Giới tính,Số điện thoại"]
    for at, one in enumerate(people):
        sex = {1: "Nam", 2: "Nữ"}.get(one["sex"], "")
        lines.append(f"A{at},{one['personal_id']},{one['full_name']},{one['birth_date']},{sex},0912000000")
        first, *_, last = one["full_name"].split()
        lines.append(f"B{at},,{first} {last},{one['birth_date']},,")
        # The same number under a name that is somebody else's: nobody can tell which of both is wrong.
        lines.append(f"C{at},{one['personal_id']},{first} {last} Thử,{one['birth_date'][:4]},,")
    lines.append("hỏng,1")
    return "\n".join(lines) + "\n"


def result(page):
    with page.expect_download() as download:
        page.click("a:has-text('Tải bảng kết quả')")
    text = Path(download.value.path()).read_text("utf-8-sig")
    return {row["row_id"]: row for row in csv.DictReader(io.StringIO(text))}


def bring(page, name, text, **values):
    page.fill("#login", values.get("login", LOGIN))
    page.select_option("#system", "htmc")
    page.select_option("#purpose", "VPCP")
    page.fill("#map", values.get("map", ""))
    page.set_input_files("#file-stock", {"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    page.click("#bring button")


def test_a_file_is_brought_confirmed_worked_on_and_decided(manager, own, shots):
    page, text = manager.page, stock(own)
    manager.go("/cleaning?lang=vi")
    looks(page, shots, "list")

    # What is wrong is said at the control, and what was typed stays.
    bring(page, "tai-lieu.csv", "a,b\n1,2\n")
    assert "Không nhận ra cột nào" in page.locator(".error-summary").inner_text()
    assert page.input_value("#login") == LOGIN
    looks(page, shots, "fault")
    bring(page, "danh-sach.csv", text, login="khong.co")
    assert page.locator(".error-summary li").count() == 1

    bring(page, "danh-sach.csv", text, map="Họ và tên = HO TEN DAY DU")
    expect(page).to_have_url(re.compile("/cleaning/[0-9a-f]{32}$"))
    assert manager.badge() == "Chờ xác nhận"
    said = page.locator("main").inner_text()
    assert "Chưa trừ hạn mức" in said and "1 dòng không đọc được" in said
    assert "Thừa hoặc thiếu ô" in said and "Được đối chiếu" in said
    looks(page, shots, "confirm")
    job = page.url.rsplit("/", 1)[1]
    assert manager.waits("danh-sach.csv") == "Xem lại và xác nhận"

    manager.go(f"/cleaning/{job}")
    page.click("#start button")
    expect(page.locator(".headrow .badge")).to_have_text("Đã xong", timeout=20_000)
    expect(page.locator(".meter")).to_have_count(0)
    looks(page, shots, "done")
    rows = text.count("\n") - 1
    assert page.locator(".tile").first.locator(".tile__value").inner_text() == str(rows)
    before = result(page)
    with page.expect_download() as download:
        page.click("a:has-text('Tải gói kết quả')")
    package = shots / "package.asice"
    download.value.save_as(package)
    checked = run("clean", "verify", package, "--ca", own.facts["ca_cert"])
    assert checked.returncode == 0, checked.stdout + checked.stderr
    with zipfile.ZipFile(package) as archive:
        assert {"result.parquet", "result.xlsx", "report.pdf"} <= set(archive.namelist())
    assert len(before) == rows and before["hỏng"]["verdict"] == "unreadable"
    assert before["A0"]["verdict"] == "match" and len(before["A0"]["matched_personal_id"]) == 12
    doubtful = [name for name, row in before.items() if row["action"] == "review"]
    assert doubtful, "nothing is doubtful"

    # By keys, row after row; the last one is taken back and decided otherwise.
    manager.go(f"/cleaning/{job}/review?lang=vi")
    assert page.locator(".reviewed .figures").inner_text() == f"1 / {len(doubtful)}"
    looks(page, shots, "review")
    name = re.search(r"mã (\S+)", page.locator("#row").inner_text())[1]
    assert name in doubtful
    page.keyboard.press("1")
    expect(page.locator(".notice")).to_contain_text("cùng một người")
    page.keyboard.press("u")
    expect(page.locator("#row")).to_contain_text(f"mã {name}")
    page.keyboard.press("3")
    expect(page.locator(".notice")).to_contain_text("hỏi lại công dân")
    looks(page, shots, "review-next")
    if len(doubtful) > 1:
        skipped = page.locator("#row").inner_text()
        page.keyboard.press("s")
        if len(doubtful) > 2:
            expect(page.locator("#row")).not_to_have_text(skipped)
    for _ in doubtful[1:]:
        was = page.url
        page.keyboard.press("2")
        expect(page).not_to_have_url(was)
    expect(page.locator(".empty__title")).to_contain_text("Không còn dòng nào")
    looks(page, shots, "review-over")
    page.click("a:has-text('Về trang của tệp')")
    after = result(page)
    assert after[name]["action"] == "ask_citizen"
    others = [row for row in doubtful if row != name]
    assert all(after[row]["verdict"] == "not_found" for row in others)
    assert {row for row in after if after[row] != before[row]} <= set(doubtful)


def test_the_queue_of_the_demo_is_in_the_work_list(manager, own, shots):
    manager.go("/?lang=vi")
    row = manager.page.locator("main tbody tr", has_text="danh-sach-huong-tro-cap.csv")
    assert re.search(r"\d+ dòng chờ xem", row.first.inner_text())
    row.locator("a").first.click()
    looks(manager.page, shots, "review-demo")
    manager.go("/cleaning?lang=en")
    looks(manager.page, shots, "list-en")
    manager.page.click("main table a:has-text('danh-sach-huong')")
    looks(manager.page, shots, "done-en")


def test_jobs_are_found_by_words(chromium, own):
    desk = Desk(chromium, own, "registry_officer").sign_in()
    desk.go("/cleaning?lang=vi&q=huong")
    page = desk.page
    assert page.locator("main tbody tr").count() == 1
    desk.go("/cleaning?q=khong-co-tep-nay")
    assert "Không có tệp nào như vậy" in page.locator("main").inner_text()
    desk.visit.context.close()


def test_a_row_is_decided_and_taken_back_without_scripts(chromium, own):
    desk = Desk(chromium, own, "organisation_manager", ORGANISATION, scripts=False).sign_in()
    page = desk.page
    desk.go("/cleaning?lang=vi&q=huong")
    page.click("main table a:has-text('danh-sach-huong')")
    page.goto(page.url.split("?")[0] + "/review")
    row, place = page.locator("#row").inner_text(), page.locator(".reviewed .figures").inner_text()
    page.fill("#note", "đã xem giấy khai sinh")
    page.click("#decide button[value=other]")
    assert "người khác" in page.locator(".notice").inner_text().lower()
    assert page.locator("#row").inner_text() != row
    page.click("button[value=undo]")
    assert page.locator("#row").inner_text() == row
    assert page.locator(".reviewed .figures").inner_text() == place
    desk.visit.context.close()


def test_another_organisation_sees_nothing(chromium, own, manager):
    manager.go("/cleaning")
    href = manager.page.locator("main table a").first.get_attribute("href")
    other = Desk(chromium, own, "organisation_manager", "quang-ninh").sign_in()
    other.go("/cleaning?lang=vi")
    assert "Chưa có tệp nào được làm sạch" in other.page.locator("main").inner_text()
    for path in (href, f"{href}/review", f"{href}/file"):
        assert other.go(path).status == 404
    other.visit.context.close()
    # Who watches sees jobs and no rows.
    auditor = Desk(chromium, own, "auditor").sign_in()
    assert auditor.go(href).status == 200
    assert auditor.go(f"{href}/file").status == 403
    assert auditor.go(f"{href}/review").status == 403
    auditor.visit.context.close()
