"""What becomes of a connection: overdue and renewed, reviewed, caught by a rule, disconnected with evidence, connected again."""

import re
import time

from playwright.sync_api import expect

from life_coming import judged
from life_connection import FIRST, NAME, SECOND
from life_people import OWN, below, facts, follow, pdf, said, save, spoilt, take, unfold
from support.server import run


def overdue_and_renewed(life):
    """The year of an assessment that another body made nearly a year ago ends; time goes on, and calls are refused."""
    assessor, approver = life.people.at("security_assessor"), life.people.at("approver")
    page = assessor.page
    page.goto(life.matter)
    follow(assessor, "Lên lịch đánh giá")
    page.select_option("#assessment_kind", "yearly")
    page.click("#case button")
    yearly = page.url.split("?")[0]
    follow(assessor, "Sửa nội dung")
    page.select_option("#ground", "assessed_elsewhere")
    page.fill("#assessed_on", life.people.day(-360))
    page.click("#case button")
    take(assessor, yearly, "exempt", files=["file-exemption-proof"])
    assert assessor.badge() == "Đạt", said(assessor)
    take(approver, yearly, "confirm")
    assert approver.badge() == "Đã xác nhận", said(approver)
    assert life.call() == 200

    life.people.sleep(10)
    assert life.call() == "ASSESSMENT_OVERDUE"
    assert life.call_by_soap() == "ASSESSMENT_OVERDUE"
    assessor, approver = life.people.at("security_assessor"), life.people.at("approver")
    assessor.page.goto(life.matter)
    assert "quá hạn" in said(assessor), "the page says why nothing passes"
    life.people.picture(assessor, "overdue")
    assessor.go("/")
    life.people.look(assessor, "overdue-work")
    work = assessor.page.locator("main table tbody tr", has_text=NAME).filter(has_text="Quá hạn")
    work.locator("a").click()
    renewed = assessor.page.url.split("?")[0]
    judged(life, renewed)
    assert life.call() == "ASSESSMENT_OVERDUE", "what nobody confirmed does not count"
    take(approver, renewed, "confirm")
    assert life.state("approver") == "Đang kết nối"
    assert "Gia hạn" in approver.page.locator(".timeline").inner_text()
    assert life.call() == 200


def reviewed(life):
    """Of two accounts one is confirmed; the other one, of which nobody said anything, locks at the deadline."""
    registry, manager = life.people.at("registry_officer"), life.people.at("organisation_manager")
    page = registry.page
    registry.go("/campaigns")
    follow(registry, "Mở đợt rà soát")
    page.fill("#title", "Rà soát quý IV")
    page.check(f"input[name=organisations][value={OWN}]")
    page.fill("#deadline", life.people.day(2))
    page.fill("#facts_from", life.people.day(-30))
    page.click("#review button")
    expect(page).to_have_url(re.compile("done=opened$"))
    review = page.url.split("?")[0]
    page.click("#facts button")

    page = manager.page
    manager.go("/campaigns")
    page.click("main table a:has-text('Rà soát quý IV')")
    follow(manager, "Rà soát tài khoản của cơ quan")
    row = page.locator("main tbody tr", has_text=FIRST["login"])
    life.people.look(manager, "review")
    row.locator("input.tick").check()
    page.fill("#note", "Đúng người, đúng việc")
    page.click("#decide button[value=confirm]")
    assert "Đã ghi kết luận" in said(manager)

    life.people.sleep(14)
    manager = life.people.at("organisation_manager")
    assert life.call(SECOND) == "ACCOUNT_NOT_ACTIVE"
    assert life.call() == 200
    manager.page.goto(f"{review}/units/{OWN}?state=all")
    locked = manager.page.locator("main tbody tr", has_text=SECOND["login"])
    assert "khoá" in locked.inner_text().lower(), locked.inner_text()
    life.people.picture(manager, "reviewed")


def caught_by_a_rule(life):
    """A program counts through numbers: the rule sees it, stops the account, and a supervisor confirms it."""
    refused = None
    for serial in range(100):
        refused = life.call(citizen=(f"0010850{serial + 301:05}", "Nguyễn Văn Dò", "1985-01-01"))
        if refused != 200:
            break
        time.sleep(0.2)
    assert refused == "ACCOUNT_BRAKED", "the rule stops whoever counts"
    supervisor = life.people.at("supervisor")
    page = supervisor.page
    end = time.monotonic() + 30
    while True:
        supervisor.go(f"/alerts?state=new&organisation={OWN}")
        link = page.locator("main table a", has_text="Dò số định danh")
        if link.count():
            break
        assert time.monotonic() < end, page.locator("main").inner_text()
        time.sleep(0.3)
    link.first.click()
    life.alert = page.url.split("?")[0]
    life.people.look(supervisor, "alert")
    page.click("#handle button[value=take]")
    page.fill("#words", "Hệ thống dò số định danh theo dãy; đơn vị không giải trình được")
    page.click("#handle button[value=confirm]")
    assert supervisor.badge() not in ("Mới", "Đang xử lý", "Báo nhầm"), said(supervisor)
    life.people.picture(supervisor, "alert-confirmed")


def disconnected(life):
    supervisor = life.people.at("supervisor")
    page = supervisor.page
    page.goto(life.alert)
    follow(supervisor, "Kết nối, tạm dừng")
    if page.url.split("?")[0] != life.matter:
        page.click(f"main table a[href='{life.matter.removeprefix(supervisor.url)}']")
    unfold(supervisor, "disconnect")
    page.click("#disconnect button")
    assert page.locator(".error-summary li").count() == 3, "an order has a reason, a number and a document"
    life.people.look(supervisor, "order-faulty")
    page.select_option("#disconnect_reason", "rule_breach")
    page.fill("#disconnect_number", "91/QĐ-KN")
    page.set_input_files("#file-disconnect-order", pdf("order"))
    page.click("#disconnect button")
    assert life.call() == "SYSTEM_DISCONNECTED", "the next call is refused"
    assert life.call_by_soap() == "SYSTEM_DISCONNECTED"
    order = page.url.split("?")[0]
    told = page.locator("main").inner_text()
    found = re.search(r"Có hiệu lực trên 1/1 máy chủ sau (\d+),(\d\d) giây", told)
    assert found and int(found[1]) < 5, told
    life.people.look(supervisor, "order")
    assert life.state("supervisor") == "Đã ngắt"
    return order


def proved(life, order):
    """The evidence file holds what was called and why it was stopped; changed by one bit it is none."""
    supervisor = life.people.at("supervisor")
    page = supervisor.page
    page.goto(order)
    follow(supervisor, "Tệp chứng cứ")
    page.fill("#reason", "Vụ việc 91/2026: dò số định danh theo dãy")
    page.click("#evidence button")
    expect(page).to_have_url(re.compile("/evidence/[0-9a-f]{32}$"))
    assert supervisor.badge() == "Sẵn sàng", page.locator("main").inner_text()
    life.people.look(supervisor, "evidence")
    taken = save(page, page.locator("a:has-text('Tải tệp về')").click, life.folder / "evidence.asice")
    known = life.demo.facts
    keys = ["--ca", known["ca_cert"], "--key", known["journal"]["key"], "--tsa-ca", known["timestamp"]["ca"]]
    good = run("evidence", "verify", taken, *keys)
    assert good.returncode == 0, good.stdout + good.stderr
    bad = run("evidence", "verify", spoilt(taken, life.folder / "spoilt.asice"), *keys)
    assert bad.returncode != 0, bad.stdout


def reconnected(life, order):
    manager, approver = life.people.at("organisation_manager"), life.people.at("approver")
    officer = life.people.at("connection_officer")
    manager.page.goto(order)
    life.people.picture(manager, "what-the-organisation-is-told")
    take(manager, life.matter, "ask_reconnect", "Đã gỡ chương trình dò số", files=["file-remedy-report"])
    assert manager.badge() == "Đánh giá an ninh", said(manager)
    take(approver, life.matter, "approve")
    assert approver.badge() == "Đánh giá an ninh", "who was disconnected is assessed anew"
    assessor = life.people.at("security_assessor")
    judged(life, below(assessor, life.matter, "Trước khi kết nối", "Đã lên lịch"))
    take(approver, life.matter, "approve", "Đã khắc phục")
    assert approver.badge() == "Đã phê duyệt", said(approver)
    assert life.call() == "SYSTEM_DISCONNECTED"
    take(officer, life.matter, "connect", files=["file-commitment"], fields={"commitment_on": life.people.day()})
    assert officer.badge() == "Đang kết nối", said(officer)
    assert life.call() == "ACCOUNT_BRAKED", "the account is still stopped"
    approver.page.goto(life.alert)
    approver.page.fill("#release_why", "Đã gỡ chương trình dò số")
    approver.page.click("#release button")
    assert "Đã gỡ hãm" in said(approver)
    assert life.call() == 200
    assert life.call_by_soap() is True
    officer.page.goto(order)
    assert officer.badge() == "Đã gỡ"


def told_on_one_page(life):
    auditor = life.people.at("auditor")
    auditor.page.goto(life.matter)
    life.people.look(auditor, "whole-life")
    happened = auditor.page.locator(".timeline__item").all_inner_texts()
    told = [text for text in reversed(happened) if "mục nhật ký" in text]
    steps = ["Bắt đầu", "Gửi", "Trả lại", "Gửi", "Tiếp nhận", "Kết luận kiểm thử đạt", "Kết luận đánh giá", "Phê duyệt",
             "Đưa vào kết nối", "Gia hạn", "Gia hạn", "Ngắt kết nối", "Đề nghị nối lại", "Kết luận đánh giá", "Phê duyệt",
             "Đưa vào kết nối"]
    assert len(told) == len(steps), happened
    for step, text in zip(steps, told):
        assert step in text, (step, text)
