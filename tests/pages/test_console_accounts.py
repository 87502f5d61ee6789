"""Accounts in bulk in Chromium: a table with faulty rows is mended, taken and undone; a quota is asked by one and granted by
another; a review is answered by an organisation's person and its result downloaded; a registration campaign and its letter."""

import io
import re
import time
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from support import axe
from test_console import Desk

SYSTEM = "htmc"
OWN = "thai-nguyen"


@pytest.fixture(scope="module")
def desk(chromium, demo):
    """People at their desks, signed in once."""
    desks = {}

    def sit(role, organisation=None):
        if (role, organisation) not in desks:
            desks[role, organisation] = Desk(chromium, demo, role, organisation).sign_in()
        return desks[role, organisation]

    yield sit
    for one in desks.values():
        one.visit.context.close()


@pytest.fixture(scope="module")
def shots(tmp_path_factory):
    """Where pictures of the pages go, for people to look at."""
    return tmp_path_factory.mktemp("accounts")


def seen(desk, shots, name):
    """The page is whole and accessible."""
    page = desk.page
    assert "⟦" not in page.content(), re.findall("⟦[^⟧]*⟧", page.content())
    assert axe.violations(page) == [], name
    page.screenshot(path=str(Path(shots) / f"{name}.png"), full_page=True)


def said(desk):
    return desk.page.locator(".notice").first.inner_text()


def table(rows):
    """The account table of the registration form."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["TT", "Họ và tên", "Tài khoản đăng nhập", "Số điện thoại", "Mã cơ quan", "Tên cơ quan",
                  "Vai trò", "Số hồ sơ/ngày", "Số lượt/hồ sơ", "Mục đích sử dụng"])
    for number, row in enumerate(rows, 1):
        sheet.append([number, *row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet(download):
    return openpyxl.load_workbook(io.BytesIO(Path(download.path()).read_bytes())).active


def upload(desk, name, content):
    desk.go("/accounts/imports")
    desk.page.select_option("#system", SYSTEM)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    desk.page.set_input_files("#file-table", {"name": name, "mimeType": kind, "buffer": content})
    desk.page.click("#import button")


def test_a_table_with_faulty_rows_is_mended_taken_and_undone(desk, shots):
    manager = desk("organisation_manager", OWN)
    page = manager.page
    manager.go("/accounts/imports")
    seen(manager, shots, "imports")
    with page.expect_download() as template:
        page.click("a:has-text('Mẫu Excel')")
    assert sheet(template.value)["B1"].value == "Họ và tên"

    mark = int(time.time()) % 1_000_000
    right = ["Đào Thị Thử", f"daothithu.{mark}", "0912345678", "H55.2", "Sở Tư pháp (mô phỏng)", "Cán bộ một cửa", 50, 3, "Một cửa"]
    short = ["Lương Văn Ngắn", "ngan", "0912345679", "H55.2", "", "Cán bộ một cửa", 20, 2, ""]
    outside = ["Bàn Thị Xa", f"banthixa.{mark}", "12", "H56.1", "", "Sếp", 20, 2, ""]
    upload(manager, "danh-sach.xlsx", table([right, short, outside]))
    assert "dòng sai" in said(manager)
    shown = page.locator("main table").inner_text()
    assert "phải từ 8 đến 60 ký tự" in shown and "không thuộc H55" in shown and "“Vai trò”" in shown
    assert page.locator("#take").count() == 0, "faulty rows stop the whole table"
    seen(manager, shots, "plan-faulty")
    with page.expect_download() as faulty:
        page.click("a:has-text('Tải các dòng sai')")
    rows = list(sheet(faulty.value).values)
    assert len(rows) == 3 and rows[0][-1] == "Lý do" and "không phải số điện thoại" in rows[2][-1]

    short[1], outside[2:4], outside[5] = f"luongvanngan.{mark}", ["0912345670", "H55.3"], "Lãnh đạo đơn vị"
    upload(manager, "danh-sach-da-sua.xlsx", table([right, short, outside]))
    seen(manager, shots, "plan-right")
    page.click("#take button")
    assert "Đã nhận danh sách" in said(manager)
    plan = page.url.split("?")[0]
    manager.go("/accounts")
    page.fill("#text", "dao thi thu")
    page.click("#filter button")
    assert page.url.endswith("/accounts/search"), "what is searched for stands in no address"
    seen(manager, shots, "found")
    page.click(f"main table a:has-text('daothithu.{mark}')")
    assert manager.badge() == "Đang dùng"
    facts = page.locator("main").inner_text()
    assert "50 hồ sơ mỗi ngày × 3 lượt mỗi hồ sơ" in facts and "150 lượt mỗi ngày" in facts
    seen(manager, shots, "account")
    account = page.url

    page.goto(plan)
    page.click("summary:has-text('Hoàn tác')")
    page.click("#undo button")
    assert "Đã hoàn tác" in said(manager)
    page.goto(account)
    assert manager.badge() == "Đã đóng"
    manager.go("/accounts/imports")
    assert "danh-sach-da-sua.xlsx" in page.locator("main table").inner_text()


def test_an_account_is_registered_by_its_form_with_faults_at_their_fields(desk, shots):
    manager = desk("organisation_manager", OWN)
    page = manager.page
    manager.go("/accounts/new")
    page.select_option("#system", SYSTEM)
    login = f"motnguoi.{int(time.time()) % 1_000_000}"
    for control, text in {"full_name": "Hà Một Người", "login": "a b", "phone": "0912345678", "agency_code": "H55.2",
                          "daily_quota": "40x2=90"}.items():
        page.fill(f"#{control}", text)
    page.select_option("#role", "civil_servant")
    page.click("#register button")
    assert page.locator(".error-summary li").count() == 2, page.locator(".error-summary").inner_text()
    assert page.input_value("#full_name") == "Hà Một Người", "what was typed stays"
    seen(manager, shots, "register-faults")
    page.fill("#login", login)
    page.fill("#daily_quota", "40x2=80")
    page.click("#register button")
    assert "Đã đăng ký" in said(manager)
    page.click("summary:has-text('Khoá tài khoản')")
    page.click("#lock button")
    assert page.locator("#lock_why-error").count() == 1, "a lock needs its reason"
    page.fill("#lock_why", "Nghỉ thai sản")
    page.click("#lock button")
    assert manager.badge() == "Đang khoá"
    assert "Nghỉ thai sản" in page.locator(".timeline").inner_text()
    page.click("#unlock button")
    assert manager.badge() == "Đang dùng"


def test_a_quota_is_asked_by_one_and_granted_by_another(desk, shots):
    manager = desk("organisation_manager", OWN)
    page = manager.page
    manager.go("/accounts?state=active")
    page.fill("#text", "dieptran.h552")
    page.click("#filter button")
    page.click("main table a >> nth=0")
    account = page.url
    page.click("summary:has-text('Đề nghị tăng hạn mức')")
    page.fill("#quota_cases", "2")
    page.fill("#quota_queries", "2")
    page.fill("#quota_reason", "Cao điểm cuối năm")
    page.click("#quota button")
    assert "không nhiều hơn" in page.locator("#quota_cases-error").inner_text()
    page.fill("#quota_cases", "90")
    page.click("#quota button")
    assert "Đã gửi" in said(manager)
    assert page.locator("#decide").count() == 0, "whoever asks does not decide"
    request = page.url.split("?")[0]

    assert manager.waits("Đề nghị hạn mức") is None
    officer = desk("registry_officer")
    assert officer.waits("Đề nghị hạn mức") == "Chấp thuận hoặc từ chối"
    seen(officer, shots, "work")
    officer.go("/accounts/quotas")
    seen(officer, shots, "quotas")
    officer.page.goto(request)
    assert "Cao điểm cuối năm" in officer.page.locator("main").inner_text()
    seen(officer, shots, "quota")
    officer.page.click("#decide button[value=refuse]")
    assert officer.page.locator("#answer-error").count() == 1, "a refusal says why"
    officer.page.click("#decide button[value=grant]")
    assert officer.badge() == "Đã chấp thuận"
    assert officer.waits("Đề nghị hạn mức") is None
    page.goto(account)
    assert "180 lượt mỗi ngày" in page.locator("main").inner_text()


def test_who_leaves_is_listed_by_day_and_may_be_kept(desk, shots):
    manager = desk("organisation_manager", OWN)
    page = manager.page
    manager.go("/accounts?level=2&state=active")
    page.click("main table a >> nth=0")
    page.click("summary:has-text('Nghỉ việc')")
    page.fill("#leave_on", "32/12/2026")
    page.fill("#leave_reason", "Nghỉ hưu")
    page.click("#leave button")
    assert page.locator("#leave_on-error").count() == 1
    page.fill("#leave_on", "31/12/2099")
    page.click("#leave button")
    assert "Đã ghi nhận" in said(manager)
    manager.go("/accounts/departures")
    assert "Nghỉ hưu" in page.locator("main table").inner_text()
    seen(manager, shots, "departures")
    page.check("input[name=departure]")
    page.click("#cancel button")
    assert "Đã huỷ" in said(manager)


def test_a_review_is_answered_and_its_result_downloaded(desk, shots):
    officer = desk("registry_officer")
    assert "tài khoản chưa rà soát" in officer.waits("Rà soát tài khoản")
    assert "đơn vị chưa đăng ký đủ" in officer.waits("Đăng ký tài khoản khai thác")
    officer.go("/campaigns")
    seen(officer, shots, "reviews")
    officer.page.click("main table a >> nth=0")
    officer.page.click("#facts button")
    assert "Đã lấy thêm số liệu" in said(officer)
    seen(officer, shots, "review")
    officer.page.click("#remind button")
    assert "Đã nhắc" in said(officer)

    manager = desk("organisation_manager", OWN)
    page = manager.page
    assert "tài khoản còn lại" in manager.waits("Rà soát tài khoản")
    page.click("main table a:has-text('Rà soát tài khoản')")
    expect(page).to_have_url(re.compile(f"/campaigns/reviews/[0-9a-f]{{32}}/units/{OWN}$"))
    manager.go("/campaigns")
    page.click("main table a >> nth=0")
    review = page.url.split("?")[0]
    page.click("a:has-text('Rà soát tài khoản của cơ quan')")
    seen(manager, shots, "sheet")
    waiting = page.locator("main tbody tr").count()
    assert waiting >= 3, "the demo leaves some to be decided"
    people = page.locator("main tbody tr").filter(has_not_text="Nền tảng")
    for at in range(2):
        people.nth(at).locator("input.tick").check()
    page.fill("#note", "Đúng người, đúng việc")
    page.click("#decide button[value=confirm]")
    assert "Đã ghi kết luận" in said(manager)
    assert page.locator("main tbody tr").count() == waiting - 2

    people.first.locator("a").click()
    seen(manager, shots, "row")
    page.click("summary:has-text('Đóng tài khoản')")
    page.fill("#close_note", "Đã nghỉ việc")
    page.click("#close button")
    assert manager.badge() == "Sẽ đóng"
    page.click("#undo button")
    assert manager.badge() == "Chưa rà soát", "until the deadline a decision is taken back"
    page.click("#confirm button")
    if page.locator("#holder").count():
        page.fill("#holder", "Trung tâm dữ liệu")
        page.click("#confirm button")
    assert manager.badge() == "Giữ"

    page.goto(review + "/report")
    seen(manager, shots, "report")
    with page.expect_download() as download:
        page.click("a:has-text('Xuất Excel')")
    rows = [row for row in sheet(download.value).values if any(row)]
    heads = next(at for at, row in enumerate(rows) if row[0] == "STT")
    assert rows[heads][18:] == ("Kết luận rà soát", "Kiến nghị")
    assert sum(row[19] == "Đúng người, đúng việc" and row[18] == "Giữ" for row in rows[heads + 1:]) == 2

    page.click("summary:has-text('Lập báo cáo PDF')")
    for control, text in {"place": "Thái Nguyên", "position": "GIÁM ĐỐC", "signatory": "Lý Tiến Dũng"}.items():
        page.fill(f"#{control}", text)
    page.click("#paper button")
    assert "chưa rà soát" in said(manager), "there is no paper before all is decided"
    while True:
        page.goto(f"{review}/units/{OWN}?state=open")
        links = page.locator("main tbody tr a")
        if not links.count():
            break
        links.first.click()
        if page.locator("#holder").count():
            page.fill("#holder", "Trung tâm dữ liệu tỉnh")
        page.click("#confirm button")
        assert manager.badge() == "Giữ", page.locator("main").inner_text()
    assert manager.waits("Rà soát tài khoản") is None, "all is decided"
    page.goto(review + "/report")
    page.click("summary:has-text('Lập báo cáo PDF')")
    for control, text in {"place": "Thái Nguyên", "position": "GIÁM ĐỐC", "signatory": "Lý Tiến Dũng"}.items():
        page.fill(f"#{control}", text)
    with page.expect_download() as paper:
        page.click("#paper button")
    assert Path(paper.value.path()).read_bytes().startswith(b"%PDF-1.7")

    stranger = desk("organisation_manager", "bo-y-te")
    assert stranger.page.goto(f"{review}/units/{OWN}").status == 404, "of another unit's sheet nobody is told"


def test_a_registration_campaign_is_opened_followed_and_written_about(desk, shots):
    officer = desk("registry_officer")
    page = officer.page
    officer.go("/campaigns/drives/new")
    page.fill("#title", "Đăng ký đợt hai")
    page.fill("#deadline", "31/12/2099")
    units = "Mã cơ quan;Cấp;Tên cơ quan;Số tài khoản\nH55.2;Sở;Sở Tư pháp;3\nH55.5;Sở;Sở Y tế;2\nH55.246;Huyện;Huyện cũ;2\n"
    page.set_input_files("#file-units", {"name": "don-vi.csv", "mimeType": "text/csv", "buffer": units.encode()})
    page.click("#drive button")
    assert "đã kết thúc" in page.locator("main table").inner_text(), "districts have ended"
    seen(officer, shots, "drive-faults")
    units = units.replace("Huyện;Huyện cũ", "Xã;UBND xã Mô Phỏng Bốn")
    page.set_input_files("#file-units", {"name": "don-vi.csv", "mimeType": "text/csv", "buffer": units.encode()})
    page.click("#drive button")
    expect(page).to_have_url(re.compile("/campaigns/drives/[0-9a-f]{32}.done=opened"))
    assert page.locator(".chart").count() == 2, "a chart for each level"
    shown = page.locator("main .tablewrap").last.inner_text()
    assert "chưa có tài khoản nào" in shown and "mới có 1 trong 2" in shown
    seen(officer, shots, "drive")
    page.click("#remind button")
    assert "Đã nhắc" in said(officer)
    with page.expect_download() as download:
        page.click("a:has-text('Xuất Excel')")
    assert "Sở Y tế" in [row[2] for row in sheet(download.value).values]
    page.click("a:has-text('Công văn đôn đốc')")
    assert "Sở Y tế" in page.locator(".letter").inner_text()
    seen(officer, shots, "letter")
    page.click("summary:has-text('Lập công văn PDF')")
    for control, text in {"send_to": "Trung tâm dữ liệu quốc gia", "place": "Hà Nội", "position": "CỤC TRƯỞNG",
                          "signatory": "Đỗ Quang Minh"}.items():
        page.fill(f"#{control}", text)
    with page.expect_download() as paper:
        page.click("#paper button")
    assert Path(paper.value.path()).read_bytes().startswith(b"%PDF")


def test_news_lead_from_the_work_list_to_what_they_tell(desk, shots):
    manager = desk("organisation_manager", OWN)
    manager.go("/")
    manager.page.click("a:has-text('Tin về tài khoản')")
    assert "Đợt rà soát bắt đầu" in manager.page.locator("main table").inner_text()
    seen(manager, shots, "news")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_list_is_whole_and_accessible_in_both_languages(desk, shots, lang):
    officer = desk("registry_officer")
    for path in ["/accounts", "/accounts/quotas?state=granted", "/accounts/departures?state=cancelled",
                 "/accounts/imports", "/campaigns", "/campaigns/drives", "/campaigns/news",
                 "/campaigns/reviews/new", "/campaigns/drives/new"]:
        joint = "&" if "?" in path else "?"
        assert officer.go(f"{path}{joint}lang={lang}").status == 200, path
        seen(officer, shots, f"{lang}{path.split('?')[0].replace('/', '-')}")
    officer.go("/?lang=vi")
