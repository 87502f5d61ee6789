"""Accounts of staff in Chromium: a new person's first sign-in, passkeys, other roles, the emergency account by two people."""

import re
import time

import pytest
from playwright.sync_api import expect

from support import axe
from support.browser import Visit
from test_console import Desk, totp

NEXT = []


def fresh(key):
    """A code that was not used yet: each counts once, and the next comes after half a minute."""
    step = int(time.time() // 30)
    while (key, step) in NEXT:
        time.sleep(30 - time.time() % 30 + 0.2)
        step = int(time.time() // 30)
    NEXT.append((key, step))
    return totp(key)


def authenticator(visit, page=None):
    """A virtual authenticator of Chromium: a key with a finger always on it."""
    session = visit.context.new_cdp_session(page or visit.page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})
    return session


def look(page, name, where):
    page.screenshot(path=where / f"{name}.png", full_page=True)
    assert axe.violations(page) == [], name
    assert "⟦" not in page.content(), name


@pytest.fixture(scope="module")
def shots(tmp_path_factory):
    return tmp_path_factory.mktemp("console-staff")


@pytest.fixture(scope="module")
def desk(chromium, demo):
    desks = {}

    def sit(role, organisation=None):
        if (role, organisation) not in desks:
            desks[role, organisation] = one = Desk(chromium, demo, role, organisation)
            NEXT.append((one.facts["totp"], int(time.time() // 30)))
            one.sign_in()
            # It may have waited for the next code.
            NEXT.append((one.facts["totp"], int(time.time() // 30)))
        return desks[role, organisation]

    yield sit
    for one in desks.values():
        one.visit.context.close()


def make(desk, name, login, kind, role, **more):
    """Makes an account; gives its page's address and the password that is shown once."""
    desk.go("/staff/new")
    desk.page.fill("#name", name)
    desk.page.fill("#login", login)
    desk.page.select_option("#kind", kind)
    desk.page.check(f"input[name=roles][value={role}]")
    if more.get("emergency"):
        desk.page.check("input[name=emergency]")
    desk.page.click("#new button")
    if more.get("emergency"):
        expect(desk.page).to_have_url(re.compile("/staff/[0-9a-f-]+.done=made$"))
        return desk.page.url.split("?")[0], None
    password = desk.page.locator("#handed").inner_text().strip()
    return desk.page.locator("#onward").get_attribute("action"), password


def test_a_new_person_comes_in_adds_a_passkey_and_uses_it(chromium, demo, desk, shots):
    registry = desk("registry_officer")
    registry.go("/staff")
    look(registry.page, "list", shots)
    registry.go("/staff/new")
    registry.page.click("#new button")
    assert registry.page.locator(".error-summary li").count() >= 4, "what is missing is named beside its field"
    look(registry.page, "new-faulty", shots)
    # A role that this kind of account may not hold.
    registry.page.fill("#name", "Trần Thị Mới")
    registry.page.fill("#login", "moi.ketnoi")
    registry.page.select_option("#kind", "administration")
    registry.page.check("input[name=roles][value=connection_officer]")
    registry.page.click("#new button")
    assert "không được giữ vai trò" in registry.page.locator(".error-summary").inner_text()
    address, password = make(registry, "Trần Thị Mới", "moi.ketnoi", "administration", "approver")
    look(registry.page, "password-once", shots)

    visit = Visit(chromium, demo)
    page, url = visit.page, registry.url
    authenticator(visit)
    page.goto(url + "/sign-in")
    page.fill("#login", "moi.ketnoi")
    page.fill("#password", password)
    page.click("#knock button")
    expect(page).to_have_url(url + "/sign-in/enrol")
    look(page, "enrol", shots)
    key = page.locator("#totp-key").inner_text().replace(" ", "")
    page.fill("#code", fresh(key))
    page.click("#enrol button")
    assert page.locator(".codes li").count() >= 8
    look(page, "recovery-codes", shots)
    page.click("#onward button")
    expect(page).to_have_url(url + "/sign-in/password")
    for control in ("#password", "#again"):
        page.fill(control, "Ngay-moi-dep-troi-2026")
    page.click("#change button")
    expect(page).to_have_url(url + "/")

    page.goto(url + "/me")
    page.click("a[href='/me/passkey']")
    page.fill("#name", "Máy bàn phòng 204")
    look(page, "passkey-new", shots)
    page.click("#passkey button")
    expect(page).to_have_url(re.compile("/me.done=passkey$"))
    assert "Máy bàn phòng 204" in page.locator("main").inner_text()
    look(page, "me", shots)

    page.click("form[action='/sign-out'] button")
    page.fill("#login", "moi.ketnoi")
    page.fill("#password", "Ngay-moi-dep-troi-2026")
    page.click("#knock button")
    expect(page).to_have_url(url + "/sign-in/factor")
    look(page, "factor", shots)
    page.click("#passkey button")
    expect(page).to_have_url(url + "/")
    page.goto(url + "/me")
    assert "Khoá truy cập" in page.locator("table:has-text('Đã đăng nhập')").first.inner_text()
    page.goto(url + "/me/history")
    look(page, "history", shots)

    # The roles are changed by another; the session ends at the next request.
    registry.go(address)
    look(registry.page, "person", shots)
    registry.page.click("summary:has-text('Đổi vai trò')")
    registry.page.uncheck("input[name=roles][value=approver]")
    registry.page.check("input[name=roles][value=registry_officer]")
    registry.page.click("#roles-form button")
    expect(registry.page).to_have_url(re.compile("done=roles$"))
    assert "quản lý danh mục" in registry.page.locator(".lead").inner_text()
    assert page.goto(url + "/").url.endswith("/sign-in?ended")
    assert visit.complaints == []
    visit.context.close()


def test_nobody_raises_itself_and_managers_see_their_own_people(desk):
    registry = desk("registry_officer")
    registry.go("/staff?whose=managing&role=registry_officer")
    registry.page.click(f"main table a:has-text('{registry.facts['name']}')")
    assert registry.page.locator(".record__acts form").count() == 0, "one's own account is another's to change"
    manager = desk("organisation_manager", "thai-nguyen")
    manager.go("/staff")
    shown = manager.page.locator("main table").inner_text()
    assert "Tạ Tuyết Mai" in shown and "Trịnh Gia Khánh" not in shown
    foreign = registry.go("/staff?whose=of-bo-y-te") and registry.page.locator("main table a").first.get_attribute("href")
    assert manager.go(foreign).status == 404
    manager.go("/staff")
    manager.page.fill("#text", "ta tuyet")
    manager.page.click("#find button")
    assert "Tạ Tuyết Mai" in manager.page.locator("main").inner_text()
    assert "tuyet" not in manager.page.url


def test_the_emergency_account_takes_two_people_and_is_told(desk, shots):
    approver = desk("approver")
    registry = desk("registry_officer")
    make(registry, "Tài khoản khẩn cấp số 1", "khan.cap.so1", "administration", "registry_officer", emergency=True)
    registry.go("/emergency")
    look(registry.page, "emergency", shots)
    registry.page.fill("#reason", "Không ai vào được sau khi mất thiết bị")
    registry.page.fill("#code", "000000")
    registry.page.click("#ask button")
    assert "Mã không đúng" in registry.page.locator(".notice").first.inner_text()
    registry.page.fill("#reason", "Không ai vào được sau khi mất thiết bị")
    registry.page.fill("#code", fresh(registry.facts["totp"]))
    registry.page.click("#ask button")
    expect(registry.page).to_have_url(re.compile("/emergency/[0-9a-f-]+.done=requested$"))
    opening = registry.page.url.split("?")[0]
    assert registry.page.locator("#agree").count() == 0, "who asks does not agree"
    assert registry.badge() == "Chờ người thứ hai"

    assert registry.waits("Tài khoản khẩn cấp") is None
    assert approver.waits("Tài khoản khẩn cấp").startswith("Gọi người yêu cầu")
    approver.page.goto(opening)
    approver.page.fill("#reason", "Đã gọi điện xác nhận")
    approver.page.fill("#code", fresh(approver.facts["totp"]))
    look(approver.page, "agree", shots)
    approver.page.click("#agree button")
    expect(approver.page).to_have_url(re.compile("done=approved$"))
    assert approver.badge() == "Đang mở"
    assert approver.page.locator("#enter").count() == 0, "who agrees does not enter"

    registry.page.goto(opening)
    registry.page.click("#enter button")
    expect(registry.page).to_have_url(registry.url + "/")
    assert "KHẨN CẤP" in registry.page.locator(".user").inner_text()
    registry.go("/staff?role=registry_officer")
    look(registry.page, "within", shots)
    registry.page.click("main table a:has-text('Trần Thị Mới')")
    registry.page.click("summary:has-text('Khoá tài khoản')")
    registry.page.fill("#lock_reason", "Mất thiết bị")
    registry.page.click("#lock button")
    expect(registry.page).to_have_url(re.compile("done=locked$"))
    approver.page.goto(opening)
    approver.page.click("#close button")
    expect(approver.page).to_have_url(re.compile("done=closed$"))
    time.sleep(2)
    approver.page.reload()
    assert "staff_lock" in approver.page.locator("main table").inner_text(), "what was done stands in the report"
    look(approver.page, "report", shots)
    assert registry.go("/").url.endswith("/sign-in?ended"), "its sessions end with it"
