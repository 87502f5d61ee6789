"""Alerts in Chromium: an abuse made over real calls is found, taken up, braked, released, judged; rules change under four eyes."""

import re
import time

import pytest
from playwright.sync_api import expect

from support import axe
from support.server import Demo
from test_console import Desk


@pytest.fixture(scope="module")
def demo(binary, tmp_path_factory):
    """A demo of its own: alerts of other tests do not stand beside these, and guess budgets are counted."""
    demo = Demo(tmp_path_factory.mktemp("watched") / "demo-data", DANCU_WATCH__GUESS_PERSONS=10_000).start()
    yield demo
    assert demo.stop() == 0


@pytest.fixture(scope="module")
def htmc(demo):
    return demo.system("htmc")


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


def until_alert(one, words, timeout=30):
    """The first alert about Thái Nguyên whose name holds these words (the demo has alerts of its own); judging takes a moment."""
    end = time.monotonic() + timeout
    while True:
        one.go("/alerts?lang=vi&state=new&organisation=thai-nguyen")
        link = one.page.locator("main table a", has_text=words)
        if link.count():
            link.first.click()
            return one.page.url
        assert time.monotonic() < end, one.page.locator("main").inner_text()
        time.sleep(0.3)


def badge(page):
    return page.locator(".headrow .badge").inner_text().strip()


def facts(page):
    rows = page.locator(".facts__row").all()
    return {row.locator("dt").inner_text(): row.locator("dd").inner_text() for row in rows}


def whole(page):
    assert axe.violations(page) == [], page.url
    assert "⟦" not in page.content(), page.url


@pytest.fixture(scope="module")
def planted(desk, htmc):
    """A citizen is put on the list of planted records, and somebody asks for her; gives her and the page of the alert."""
    citizen = next(c for c in htmc.demo.facts["citizens"] if c.get("personal_id"))
    supervisor = desk("supervisor")
    page = supervisor.page
    supervisor.go("/alerts/lists?lang=vi")
    page.fill("#number", "123")
    page.click("#add button")
    assert page.locator(".error-summary li").count() == 2, "a wrong number and no words"
    assert page.input_value("#number") == "123", "what was typed is kept"
    page.fill("#number", citizen["personal_id"])
    page.fill("#note", "Hồ sơ mồi cho kiểm thử")
    page.click("#add button")
    expect(page).to_have_url(re.compile("list=planted&done=added"))
    assert citizen["personal_id"] not in page.content(), "the list shows masked numbers"
    whole(page)
    assert htmc.verify(htmc.body(citizen)).status_code == 200
    return citizen, until_alert(supervisor, "Truy vấn hồ sơ mồi")


def test_an_abuse_is_found_taken_up_braked_released_and_judged(desk, htmc, planted, tmp_path):
    citizen, alert = planted
    supervisor, approver = desk("supervisor"), desk("approver")
    page = supervisor.page
    assert supervisor.waits("cảnh báo mới") == "Nhận xử lý"
    assert approver.waits("cảnh báo mới") is None, "who does not handle alerts is not asked to"
    page.goto(alert)
    assert badge(page) == "Mới"
    told = facts(page)
    assert told["Có được trả lời"] == "Có" and told["Ngưỡng khi đó"].startswith("1 trong 1 ngày")
    assert "KN-17" in told["Căn cứ"], "the threshold has its source"
    assert citizen["personal_id"] not in page.content() and "…" in told["Về người có số định danh"]
    entries = page.locator("section:has(h2:has-text('làm căn cứ')) tbody tr")
    assert entries.count() == 1 and "Xác thực" in entries.first.inner_text()
    whole(page)
    page.screenshot(path=tmp_path / "alert-new.png", full_page=True)

    page.click("#handle button[value=confirm]")
    assert page.locator(".error-summary").count() == 1, "who concludes says why"
    page.click("#handle button[value=take]")
    assert badge(page) == "Đang xử lý"
    page.fill("#words", "Đã gọi cho đơn vị")
    page.click("#handle button[value=note]")
    assert "Đã gọi cho đơn vị" in page.locator(".timeline").inner_text()

    page.click("summary:has-text('Hãm lượt gọi')")
    page.select_option("#hours", "1")
    page.fill("#brake_why", "Chờ giải trình")
    page.click("#brake button")
    assert "Đã hãm" in page.locator(".notice").first.inner_text()
    answer = htmc.verify(htmc.body(htmc.demo.facts["citizens"][1]))
    assert (answer.status_code, answer.json()["code"]) == (403, "ACCOUNT_BRAKED"), answer.text
    supervisor.go("/alerts/brakes")
    assert page.locator("main table tbody tr", has_text="Cảnh báo").count() >= 1
    whole(page)
    page.screenshot(path=tmp_path / "brakes.png", full_page=True)
    page.goto(alert)
    assert page.locator("#release").count() == 0, "who brakes does not release"

    approver.page.goto(alert)
    approver.page.fill("#release_why", "Đã giải trình")
    approver.page.click("#release button")
    assert "Đã gỡ hãm" in approver.page.locator(".notice").first.inner_text()
    assert htmc.verify(htmc.body(htmc.demo.facts["citizens"][1])).status_code == 200

    page.goto(alert)
    page.fill("#words", "Cán bộ kiểm thử theo lệnh")
    page.click("#handle button[value=false]")
    assert badge(page) == "Báo nhầm"
    happened = page.locator(".timeline__item").all_inner_texts()
    assert any("Gỡ hãm" in text for text in happened) and any("Hãm lượt gọi bằng tay" in text for text in happened)
    page.screenshot(path=tmp_path / "alert-false.png", full_page=True)
    page.click("#handle button[value=take]")
    assert badge(page) == "Đang xử lý", "a judgement is taken back"
    page.screenshot(path=tmp_path / "alert-again.png", full_page=True)


def test_alerts_are_listed_by_state_and_rule(desk, planted, tmp_path):
    supervisor = desk("supervisor")
    page = supervisor.page
    for lang in ("vi", "en"):
        supervisor.go(f"/alerts?lang={lang}&state=all")
        assert page.locator("main table tbody tr").count() >= 1
        whole(page)
    supervisor.go("/alerts?lang=vi&state=all")
    page.screenshot(path=tmp_path / "alerts.png", full_page=True)
    all_of_them = page.locator("main table tbody tr").count()
    page.select_option("#rule", "planted")
    page.click("#alerts-filter button")
    assert 1 <= page.locator("main table tbody tr").count() <= all_of_them
    assert "rule=planted" in page.url and "state=all" in page.url
    page.select_option("#rule", "own_surname")
    page.click("#alerts-filter button")
    assert "Không có cảnh báo nào" in page.locator("main").inner_text()


def test_a_rule_changes_when_one_proposes_and_another_enacts(desk, planted, tmp_path):
    supervisor, approver = desk("supervisor"), desk("approver")
    page = supervisor.page
    supervisor.go("/alerts/rules?lang=vi")
    assert page.locator("main table tbody tr").count() == 13
    whole(page)
    page.screenshot(path=tmp_path / "rules.png", full_page=True)
    page.click("main table a:has-text('Tra cứu không gắn hồ sơ')")
    whole(page)
    page.click("summary:has-text('Đề xuất thay đổi')")
    page.fill("#threshold", "999")
    page.click("#setting button[value=propose]")
    assert page.locator(".error-summary li").count() == 2, "a threshold beyond the range, and no reason"
    assert page.input_value("#threshold") == "999"
    whole(page)
    page.fill("#threshold", "25")
    page.fill("#why", "Quầy mới còn quên ghi số hồ sơ")
    page.screenshot(path=tmp_path / "rule.png", full_page=True)
    page.click("#setting button[value=propose]")
    expect(page).to_have_url(re.compile("/alerts/proposals/[0-9a-f]{32}.done=proposed"))
    assert page.locator("#decide").count() == 0, "who proposes does not decide"
    assert page.locator("#withdraw").count() == 1
    whole(page)
    proposal = page.url.split("?")[0]

    assert approver.waits("Đề xuất sửa quy tắc · Tra cứu không gắn hồ sơ") == "Chấp thuận hoặc từ chối"
    assert supervisor.waits("Đề xuất sửa quy tắc") is None
    approver.page.goto(proposal + "?lang=vi")
    assert "25 trong 1 ngày" in approver.page.locator("main table").inner_text()
    approver.page.screenshot(path=tmp_path / "proposal.png", full_page=True)
    whole(approver.page)
    approver.page.click("#decide button[value=enact]")
    assert approver.page.locator(".error-summary").count() == 1
    approver.page.fill("#words", "Đồng ý")
    approver.page.click("#decide button[value=enact]")
    assert badge(approver.page) == "Đã cho hiệu lực"
    supervisor.go("/alerts/rules/no_case")
    assert facts(page)["Ngưỡng"].startswith("25 trong 1 ngày")
    history = page.locator(".timeline__item").first.inner_text()
    assert "đề xuất" in history and "cho hiệu lực" in history and "Quầy mới" in history


def test_a_rule_is_tried_on_the_past(desk, planted, tmp_path):
    supervisor = desk("supervisor")
    page = supervisor.page
    supervisor.go("/alerts/rules/planted?lang=vi")
    page.click("summary:has-text('Đề xuất thay đổi')")
    page.select_option("#enabled", "no")
    page.select_option("#days", "1")
    page.click("#setting button[value=try]")
    expect(page).to_have_url(re.compile("/alerts/trials/[0-9a-f]{32}"))
    expect(page.locator(".headrow .badge")).to_have_text(re.compile("Đã xong"), timeout=30_000)
    told = facts(page)
    assert int(told["Thiết lập đang áp dụng tìm thấy"].replace(".", "")) >= 1
    gone = page.locator("section:has(h2:has-text('bỏ qua')) tbody tr")
    assert gone.count() >= 1, "a rule that is switched off finds the planted record no more"
    whole(page)
    page.screenshot(path=tmp_path / "trial.png", full_page=True)
    assert page.locator("#propose").count() == 1, "what was tried can be proposed"


def test_a_planted_record_is_taken_off_by_another_person(desk, planted):
    supervisor, approver = desk("supervisor"), desk("approver")
    supervisor.go("/alerts/lists?lang=vi")
    assert supervisor.page.locator("#remove").count() == 0, "who adds does not remove"
    page = approver.page
    approver.go("/alerts/lists?lang=vi")
    page.click("summary:has-text('Bỏ khỏi danh sách')")
    page.click("#remove button")
    assert "Chọn một người" in page.locator(".notice").first.inner_text()
    page.click("summary:has-text('Bỏ khỏi danh sách')")
    page.locator("#remove label", has_text="kiểm thử").click()
    whole(page)
    page.click("#remove button")
    assert "Đã bỏ khỏi danh sách" in page.locator(".notice").first.inner_text()


def test_a_spent_budget_is_seen_and_one_account_let_on(desk, htmc, tmp_path):
    citizen = next(c for c in reversed(htmc.demo.facts["citizens"]) if c.get("personal_id"))

    def claim(name=None):
        body = htmc.body(citizen)
        body["citizen"]["full_name"] = name or body["citizen"]["full_name"]
        return htmc.verify(body)

    for given in ("An", "Bình", "Chi", "Dung", "Giang"):
        assert claim(f"Nguyễn Thị {given}").status_code == 200
    assert claim().json()["code"] == "ANSWERS_PAUSED"
    supervisor = desk("supervisor")
    page = supervisor.page
    supervisor.go("/alerts/brakes?lang=vi")
    spent = page.locator("section:has(h2:has-text('tạm dừng trả lời')) tbody tr")
    assert spent.count() == 1 and citizen["personal_id"] not in page.content()
    whole(page)
    page.screenshot(path=tmp_path / "budgets.png", full_page=True)
    page.fill("#number", citizen["personal_id"])
    page.fill("#account", "khong-co-tai-khoan-nay")
    page.click("#let-on button")
    assert page.locator(".error-summary li").count() == 2, "an unknown account, and no reason"
    page.fill("#number", citizen["personal_id"])
    page.select_option("#system", label=htmc.facts["name"])
    page.fill("#account", htmc.facts["officers"][0]["login"])
    page.fill("#why", "Cơ quan có hồ sơ của người này")
    page.click("#let-on button")
    assert "được hỏi tiếp" in page.locator(".notice").first.inner_text()
    assert claim().status_code == 200


def test_others_see_what_is_theirs_or_nothing(desk, planted):
    _, alert = planted
    manager = desk("organisation_manager", "thai-nguyen")
    assert manager.go("/alerts").status == 404 and manager.page.goto(alert).status == 404
    assert manager.page.locator("a[href='/alerts']").count() == 0
    security = desk("organisation_security_officer", "benh-vien")
    assert security.go("/alerts?lang=vi").status == 200
    assert security.page.goto(alert).status == 404, "of another organisation's alert nobody is told"
    assert security.go("/alerts/rules").status == 404
    auditor = desk("auditor")
    assert auditor.page.goto(alert).status == 200
    assert auditor.page.locator("main form").count() == 0, "who only reads has nothing to press"
    whole(auditor.page)
