"""The console in Chromium: the way in by two factors, the life of a connection, what an order does on the road."""

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from playwright.sync_api import expect

from support import axe
from support.browser import Visit

PDF = {"name": "van-ban.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%\xc3\xa9\n1 0 obj<<>>endobj\n%%EOF\n"}


def totp(key, at=None):
    """RFC 6238, written from its text."""
    step = int((at or time.time()) // 30)
    secret = base64.b32decode(key + "=" * (-len(key) % 8))
    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


class Desk:
    """Somebody at the console."""

    ahead_s = 0
    """By how much the server's clock is ahead of this one."""

    def __init__(self, chromium, demo, role, organisation=None, **options):
        [self.facts] = [s for s in demo.facts["console"]["staff"] if (s["role"], s["organisation"]) == (role, organisation)]
        self.url = demo.facts["console"]["url"]
        self.visit = Visit(chromium, demo, **options)
        self.page = self.visit.page

    def go(self, path):
        return self.page.goto(self.url + path)

    def code(self):
        return totp(self.facts["totp"], time.time() + self.ahead_s)

    def sign_in(self):
        self.go("/sign-in")
        self.page.fill("#login", self.facts["login"])
        self.page.fill("#password", self.facts["password"])
        self.page.click("#knock button")
        expect(self.page).to_have_url(self.url + "/sign-in/factor")
        self.page.fill("#code", self.code())
        self.page.click("#factor button")
        if self.page.locator(".error-summary").count():
            # Somebody signed in with this code a moment ago: it counts once.
            time.sleep(31 - time.time() % 30)
            self.page.fill("#code", self.code())
            self.page.click("#factor button")
        expect(self.page).to_have_url(self.url + "/")
        return self

    def open(self, words):
        """The matter of a list whose name holds these words."""
        self.page.click(f"main table a:has-text('{words}')")
        return self

    def waits(self, words):
        """The row of the work list whose name holds these words: its next step; none where nothing such waits."""
        self.go("/?lang=vi")
        row = self.page.locator("main tbody tr").filter(has=self.page.locator(f"a:has-text('{words}')"))
        return row.first.locator("td").nth(3).inner_text() if row.count() else None

    def badge(self):
        badge = self.page.locator(".headrow .badge")
        assert badge.count() == 1, self.page.locator("main").inner_text()
        return badge.inner_text().strip()


@pytest.fixture(scope="module")
def desk(chromium, demo):
    """People at their desks, signed in once: a code counts once, and the next comes after half a minute."""
    desks = {}

    def sit(role, organisation=None):
        if (role, organisation) not in desks:
            desks[role, organisation] = Desk(chromium, demo, role, organisation).sign_in()
        return desks[role, organisation]

    yield sit
    for one in desks.values():
        one.visit.context.close()


def test_a_wrong_code_or_password_lets_nobody_in(chromium, demo):
    desk = Desk(chromium, demo, "auditor")
    desk.go("/sign-in")
    desk.page.fill("#login", desk.facts["login"])
    desk.page.fill("#password", "khong-phai-mat-khau-nay")
    desk.page.click("#knock button")
    assert desk.page.locator(".error-summary").count() == 1
    assert desk.go("/connections").url.endswith("/sign-in")
    desk.page.fill("#login", desk.facts["login"])
    desk.page.fill("#password", desk.facts["password"])
    desk.page.click("#knock button")
    assert desk.go("/").url.endswith("/sign-in"), "the password alone opens nothing"
    desk.go("/sign-in/factor")
    desk.page.fill("#code", "000000")
    desk.page.click("#factor button")
    assert desk.page.locator(".error-summary").count() == 1
    desk.visit.context.close()


PAGES = ["/", "/connections", "/cases", "/rules", "/me"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_page_is_accessible_and_whole(desk, lang):
    someone = desk("connection_officer")
    for path in PAGES:
        answer = someone.go(f"{path}?lang={lang}")
        assert answer.status == 200, path
        assert axe.violations(someone.page) == [], path
        assert "⟦" not in someone.page.content(), path
    someone.go(f"/connections?lang={lang}&text=giam+dinh")
    someone.open("giám định")
    assert axe.violations(someone.page) == []
    assert "⟦" not in someone.page.content()
    someone.go("/?lang=vi")


def test_each_role_sees_its_own_and_of_others_nothing(desk):
    manager = desk("organisation_manager", "thai-nguyen")
    manager.go("/connections")
    shown = manager.page.locator("main table").inner_text()
    assert "Thái Nguyên" in shown and "Bộ Y tế" not in shown
    officer = desk("connection_officer")
    officer.go("/connections?text=giam+dinh")
    officer.open("giám định")
    foreign = officer.page.url
    assert manager.page.goto(foreign).status == 404, "of another organisation's connection nobody is told"
    reader = desk("auditor")
    reader.page.goto(foreign)
    assert reader.page.locator("main form").count() == 0, "who only reads has nothing to press"


def test_a_request_goes_from_its_draft_to_its_receipt(desk):
    manager = desk("organisation_manager", "thai-nguyen")
    manager.go("/connections/new")
    system = f"thu-{int(time.time())}"
    manager.page.fill("#system", system)
    manager.page.fill("#system_name", f"Hệ thống {system}")
    manager.page.click("#request button")
    expect(manager.page).to_have_url(re.compile("/matters/[0-9a-f]{32}/request$"))
    manager.page.click("#request button[value=check]")
    missing = manager.page.locator(".error-summary li").count()
    assert missing > 10, "what is missing is named, field by field"
    for control, text in {
        "agency_code": "H55", "functions": "Quản lý", "tasks": "Giải quyết hồ sơ", "powers": "Theo luật",
        "officer_full_name": "Đinh Công Phúc", "officer_position": "Trưởng phòng", "officer_phone": "0208 385 5555",
        "officer_email": "phuc@example.vn", "officer_unit": "Sở", "purpose": "Xác thực", "scope": "Toàn tỉnh",
        "request_content": "Họ tên", "purposes": "1.004227; Đăng ký khai sinh; x", "technical_summary": "Qua trục",
        "technical_networks": "10.55.0.0/16", "technical_daily_calls": "5000", "technical_security_level": "3",
    }.items():
        manager.page.fill(f"#{control}", text)
    manager.page.select_option("#system_kind", "one_stop")
    manager.page.select_option("#technical_connection_model", "tslcd_02")
    for field in ("personal_id", "full_name", "birth_date"):
        manager.page.check(f"input[name=verify_fields][value={field}]")
    manager.page.click("#request button[value=check]")
    assert manager.page.locator(".error-summary").count() == 0, manager.page.locator(".error-summary").inner_text()
    matter = manager.page.url.split("/request")[0]
    manager.page.goto(matter)
    manager.page.click("#submit button")
    assert "Thiếu tài liệu" in manager.page.locator(".notice").first.inner_text()
    manager.page.set_input_files("#file-request-form", PDF)
    manager.page.set_input_files("#file-technical-description", PDF | {"buffer": PDF["buffer"] + b"2"})
    manager.page.click("#submit button")
    assert manager.badge() == "Đã gửi"

    officer = desk("connection_officer")
    officer.page.goto(matter)
    officer.page.click("#receive button[value=receive]")
    assert officer.badge() == "Kiểm thử kỹ thuật", officer.page.locator(".notice").all_inner_texts()
    cases = officer.page.locator("section:has-text('Kiểm thử kỹ thuật') tbody tr").count()
    assert cases >= 5, "a case for each thing that the applicant's own system must call"
    steps = officer.page.locator(".timeline__item").all_inner_texts()
    assert any("mục nhật ký" in step for step in steps), "each step names its entry of the journal"


def test_an_order_stops_the_system_on_the_road_and_says_why(desk, demo):
    supervisor = desk("supervisor")
    supervisor.go("/connections?state=connected")
    supervisor.open("lao động")
    matter = supervisor.page.url
    supervisor.page.click("summary:has-text('Tạm dừng kết nối')")
    supervisor.page.select_option("#suspend_reason", "rule_breach")
    supervisor.page.fill("#suspend_number", "77/QĐ-KN")
    supervisor.page.set_input_files("#file-suspend-order", PDF)
    supervisor.page.click("#suspend button")
    assert "Quyết định dừng" in supervisor.page.locator("h1").inner_text()
    facts = supervisor.page.locator(".facts").all_inner_texts()
    assert any("77/QĐ-KN" in text for text in facts)
    supervisor.page.goto(matter)
    assert supervisor.badge() == "Tạm dừng"


def test_signing_out_elsewhere_ends_those_sessions(chromium, demo, desk):
    first = desk("security_assessor")
    # The next code: one is taken once.
    time.sleep(31 - time.time() % 30)
    second = Desk(chromium, demo, "security_assessor").sign_in()
    second.go("/me")
    second.page.click("#end-sessions button")
    expect(second.page).to_have_url(re.compile("/me.done=ended$"))
    assert first.go("/").url.endswith("/sign-in?ended")
    second.visit.context.close()
