"""How a connection comes to be: asked for, returned, supplemented, tried out in the sandbox, assessed, approved, connected."""

import re

from playwright.sync_api import expect

from life_connection import CASE, FIRST, NAME, SECOND
from life_people import below, facts, follow, pdf, said, save, section, take, unfold

SYSTEM = "dat-dai"
REQUEST = {
    "agency_code": "H55", "functions": "Quản lý đất đai", "tasks": "Giải quyết hồ sơ đất đai", "powers": "Theo Luật Đất đai",
    "officer_full_name": "Đinh Công Phúc", "officer_position": "Trưởng phòng", "officer_phone": "0208 385 5555",
    "officer_email": "phuc@example.vn", "officer_unit": "Sở Nông nghiệp và Môi trường", "purpose": "Xác thực người nộp hồ sơ",
    "scope": "Toàn tỉnh", "request_content": "Họ tên, nơi thường trú", "purposes": "1.004227; Đăng ký biến động đất đai; x",
    "technical_summary": "Qua trục của tỉnh", "technical_networks": "127.0.0.0/8", "technical_daily_calls": "5000",
    "technical_security_level": "3",
}
SERVICES = {"Xác thực": "verify", "Tra cứu": "look_up"}


def request_returned_and_supplemented(life):
    manager, officer = life.people.at("organisation_manager"), life.people.at("connection_officer")
    page = manager.page
    manager.go("/connections")
    page.click(".headlinks a[href='/connections/new']")
    page.fill("#system", SYSTEM)
    page.fill("#system_name", NAME)
    page.click("#request button")
    expect(page).to_have_url(re.compile("/matters/[0-9a-f]{32}/request$"))
    life.matter = page.url.removesuffix("/request")
    for control, text in REQUEST.items():
        page.fill(f"#{control}", text)
    page.select_option("#system_kind", "sector")
    page.select_option("#technical_connection_model", "tslcd_02")
    for field in ("personal_id", "full_name", "birth_date"):
        page.check(f"input[name=verify_fields][value={field}]")
    for field in ("full_name", "permanent_residence"):
        page.check(f"input[name=look_up_fields][value={field}]")
    page.click("#request button[value=check]")
    assert page.locator(".error-summary").count() == 0, page.locator(".error-summary").inner_text()
    life.people.look(manager, "request")
    take(manager, life.matter, "submit", files=["file-request-form", "file-technical-description"])
    assert manager.badge() == "Đã gửi", said(manager)

    take(officer, life.matter, "return")
    assert officer.page.locator(".error-summary").count() == 1, "whoever returns says what is missing"
    take(officer, life.matter, "return", "Thiếu sơ đồ mạng của trung tâm dữ liệu")
    assert officer.badge() == "Trả lại bổ sung"

    manager.go("/")
    page.click(f"main table a[href='{life.matter.removeprefix(manager.url)}']")
    assert "Thiếu sơ đồ mạng" in page.locator(".timeline").inner_text()
    life.people.picture(manager, "returned")
    follow(manager, "Sửa đề nghị")
    page.fill("#technical_summary", "Qua trục của tỉnh; sơ đồ mạng kèm theo")
    page.click("#request button[value=check]")
    take(manager, life.matter, "submit", "Đã bổ sung sơ đồ mạng", files=["file-technical-description"])
    assert manager.badge() == "Đã gửi", said(manager)
    take(officer, life.matter, "receive")
    assert officer.badge() == "Kiểm thử kỹ thuật", said(officer)


def keys_for_the_software(life, username, key):
    """A certificate for a request of the applicant's own, by a code of the managing body; a secret, opened by its officer."""
    officer, security = life.people.at("connection_officer"), life.people.at("organisation_security_officer")
    officer.page.goto(life.matter)
    keys = follow(officer, "Khoá bí mật và chứng thư")
    officer.page.click("#code button")
    code = officer.page.locator("#once").inner_text().strip()

    page = security.page
    page.goto(keys)
    if page.locator("#file-recipient").count() and not page.locator("#issue").count():
        page.set_input_files("#file-recipient", life.keeper.certificate)
        page.click("#register button")
        expect(page).to_have_url(re.compile("done=recipient$"))
    page.fill("#username", username)
    page.fill("#urls", life.demo.facts["soap_path"])
    page.click("#issue button")
    expect(page).to_have_url(re.compile("done=secret$"))
    taken = save(page, page.locator("form[action$='/secrets/take'] button").first.click, life.folder / f"{key}.p7m")
    secret = life.keeper.open_envelope(taken)
    assert (secret["system"], secret["username"]) == (SYSTEM, username)
    life.software.username, life.software.password = username, secret["password"]

    page.goto(keys)
    request = life.software.new_key(key)
    unfold(security, "csr")
    page.set_input_files("#file-csr", request)
    page.fill("#code", code)
    save(page, page.locator("#csr button").click, life.software.pair[0])


def called_in_the_sandbox(life):
    security, officer = life.people.at("organisation_security_officer"), life.people.at("connection_officer")
    page = security.page
    page.goto(life.matter)
    way_in = facts(security)
    life.people.look(security, "sandbox")
    test_officer = {
        "login": way_in["Tài khoản cán bộ thử (TaiKhoan)"], "number": way_in["Số định danh cán bộ thử (MaCanBo)"],
    }
    keys_for_the_software(life, way_in["Tên người dùng"].split("\n")[0], "sandbox")

    # What is to be sent stands on the page.
    page.goto(life.matter)
    cases = []
    for row in section(security, "Kiểm thử kỹ thuật").locator("tbody tr").all():
        service, told = (row.locator("td, th").nth(at).inner_text() for at in range(2))
        *todo, person = [line for line in told.split("\n") if line.strip()]
        purpose = re.search(r"mã mục đích ([A-Z-]+)", told)
        cases.append((SERVICES[service.strip()], tuple(person.split(" · ")), purpose[1] if purpose else "1.004227"))
    assert len(cases) == 10, "five cases of each service"

    soap = life.software.soap()
    answers = [
        life.software.ask(
            soap, service, person, MaDVC=purpose, MaCanBo=test_officer["number"], TaiKhoan=test_officer["login"], MaHoSo=CASE,
        )
        for service, person, purpose in cases if service == "verify"
    ]
    assert sorted(map(str, answers))[:4] == ["DATE_INVALID", "False", "False", "PURPOSE_NOT_REGISTERED"], answers
    take(officer, life.matter, "pass_test")
    assert "chưa đạt hết" in said(officer), "half a test is none"
    for service, person, purpose in cases:
        if service == "look_up":
            answer = life.software.rest(
                service, person, purpose=purpose, officer=test_officer["number"], account=test_officer["login"], case_number=CASE,
            )
            assert answer.headers["dancu-sandbox"] == "true", answer.text
    page.reload()
    done = section(security, "Kiểm thử kỹ thuật").locator("tbody tr", has_text="Có")
    life.people.picture(security, "tested")
    assert done.count() == 10, section(security, "Kiểm thử kỹ thuật").inner_text()

    take(officer, life.matter, "pass_test", "Hệ thống tự gọi đủ các trường hợp")
    assert officer.badge() == "Đánh giá an ninh", said(officer)
    assert life.call() == "CERTIFICATE_REVOKED", "what the sandbox gave ends with it"


def judged(life, assessment):
    """Every subject is looked at and passed."""
    assessor = life.people.at("security_assessor")
    take(assessor, assessment, "begin")
    follow(assessor, "Sửa nội dung")
    page = assessor.page
    if not page.input_value("#assessor"):
        page.fill("#assessor", "Tổ đánh giá số 1")
    for control in page.locator("select[id^=judged-]").all():
        control.select_option("yes")
    page.click("#case button")
    take(assessor, assessment, "pass", files=["file-assessment-report"])
    assert assessor.badge() == "Đạt", said(assessor)


def assessed_and_approved(life):
    security, approver = life.people.at("organisation_security_officer"), life.people.at("approver")
    page = security.page
    page.goto(life.matter)
    follow(security, "Ghi hồ sơ cấp độ")
    page.select_option("#level", "3")
    page.fill("#decision", "15/QĐ-UBND")
    page.fill("#approved_by", "Ủy ban nhân dân tỉnh Thái Nguyên")
    page.fill("#approved_on", life.people.day(-30))
    for kind in ("level-file", "level-approval"):
        page.set_input_files(f"#file-{kind}", pdf(kind))
    page.click("#case button")
    assert security.badge() == "Đã đề xuất", said(security)
    take(approver, page.url.split("?")[0], "approve")
    assert approver.badge() == "Đã phê duyệt", said(approver)

    take(approver, life.matter, "approve")
    assert approver.badge() == "Đánh giá an ninh", "nothing is approved that was not assessed"
    judged(life, below(life.people.at("security_assessor"), life.matter, "Trước khi kết nối"))
    take(approver, life.matter, "approve", "Đủ điều kiện kết nối")
    assert approver.badge() == "Đã phê duyệt", said(approver)
    life.people.look(approver, "approved")


def connected_and_called(life):
    officer, manager = life.people.at("connection_officer"), life.people.at("organisation_manager")
    take(officer, life.matter, "connect", files=["file-commitment"], fields={"commitment_on": life.people.day(-1)})
    assert officer.badge() == "Đang kết nối", said(officer)
    keys_for_the_software(life, "datdai.thainguyen", "live")
    for who in (FIRST, SECOND):
        manager.go("/accounts/new")
        page = manager.page
        page.select_option("#system", SYSTEM)
        for control, text in who.items():
            page.fill(f"#{control}", text)
        page.fill("#phone", "0912345678")
        page.fill("#agency_code", "H55.4")
        page.fill("#daily_quota", "50x3=150")
        page.select_option("#role", "one_stop_officer")
        page.click("#register button")
        assert "Đã đăng ký" in said(manager), page.locator("main").inner_text()
    life.people.picture(manager, "account")
    assert life.call() == 200
    assert life.call_by_soap() is True
    [citizen] = life.call_by_soap("look_up")
    assert citizen["HoVaTen"]["Ten"] == life.citizen()[1].upper()
    assert life.call(SECOND) == 200
