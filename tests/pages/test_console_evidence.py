"""Evidence files in the console, in Chromium: an order is given, its page tells where it is in force, its file is made, taken and checked."""

import re
import zipfile

import pytest
from playwright.sync_api import expect

from pages.test_console import PDF, Desk
from support import axe
from support.server import run


@pytest.fixture(scope="module")
def own(binary, tmp_path_factory):
    """A demo of this module's own: codes count once, and an order stops a system that others call."""
    from support.server import Demo

    demo = Demo(tmp_path_factory.mktemp("evidence") / "demo").start()
    yield demo
    assert demo.stop() == 0


@pytest.fixture(scope="module")
def supervisor(chromium, own):
    desk = Desk(chromium, own, "supervisor").sign_in()
    yield desk
    desk.visit.context.close()


def shot(page, folder, name):
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def test_an_order_is_in_force_its_file_is_made_taken_and_checked(supervisor, own, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shots")
    print(folder)
    htmc, citizen, page = own.system("htmc"), own.facts["citizens"][0], supervisor.page
    with htmc.session() as session:
        for _ in range(3):
            assert htmc.verify(htmc.body(citizen), session=session).status_code == 200
    supervisor.go("/connections?state=connected")
    page.click("main table tr:has-text('Thái Nguyên') a")
    page.click("summary:has-text('Tạm dừng kết nối')")
    page.select_option("#suspend_reason", "suspected_abuse")
    page.fill("#suspend_number", "12/QĐ-KN")
    page.set_input_files("#file-suspend-order", PDF)
    page.click("#suspend button")
    said = page.locator("main").inner_text()
    found = re.search(r"Có hiệu lực trên 1/1 máy chủ sau (\d+),(\d\d) giây", said)
    assert found, said
    assert int(found[1]) < 5
    assert "⟦" not in page.content()
    assert axe.violations(page) == []
    shot(page, folder, "order")

    page.click("a:has-text('Tệp chứng cứ')")
    assert page.input_value("#whose") and page.input_value("#from")
    assert axe.violations(page) == []
    shot(page, folder, "form")
    page.fill("#reason", "ngắn")
    page.click("#evidence button")
    assert page.locator(".error-summary li").count() == 1
    assert page.input_value("#reason") == "ngắn", "what was typed is kept"
    shot(page, folder, "fault")
    page.fill("#reason", "Vụ việc 17/2026: tra cứu bất thường")
    page.click("#evidence button")
    expect(page).to_have_url(re.compile("/evidence/[0-9a-f]{32}$"))
    assert "Không có mục nào trong thời gian này" in page.locator(".notice").inner_text(), "the system of the order never called"
    shot(page, folder, "failed")
    page.click("a:has-text('Quyết định liên quan')")
    page.click("a:has-text('Tệp chứng cứ')")
    page.fill("#whose", "htmc")
    page.fill("#reason", "Vụ việc 17/2026: tra cứu bất thường")
    page.click("#evidence button")
    expect(page).to_have_url(re.compile("/evidence/[0-9a-f]{32}$"))
    assert supervisor.badge() == "Sẵn sàng", page.locator("main").inner_text()
    assert axe.violations(page) == []
    shot(page, folder, "ready")
    for lang in ("en", "vi"):
        page.goto(page.url.split("?")[0] + f"?lang={lang}")
        assert "⟦" not in page.content()

    with page.expect_download() as download:
        page.click("a:has-text('Tải tệp về')")
    taken = folder / "taken.asice"
    download.value.save_as(taken)
    checked = run("evidence", "verify", taken, "--ca", own.facts["ca_cert"], "--key", own.facts["journal"]["key"],
                  "--tsa-ca", own.facts["timestamp"]["ca"])
    assert checked.returncode == 0, checked.stderr
    with zipfile.ZipFile(taken) as archive:
        facts = archive.read("evidence.json").decode()
        (folder / "summary.html").write_bytes(archive.read("summary.html"))
    assert '"12/QĐ-KN"' in facts and '"slowest_ms"' in facts and citizen["personal_id"] not in facts
    page.goto((folder / "summary.html").as_uri())
    assert axe.violations(page) == []
    shot(page, folder, "summary")


def test_only_a_supervisor_opens_citizens_numbers(chromium, own):
    auditor = Desk(chromium, own, "auditor").sign_in()
    page = auditor.page
    auditor.go("/evidence")
    page.select_option("#kind", "system")
    page.fill("#whose", "htmc")
    page.fill("#reason", "Kiểm toán định kỳ 2026")
    page.check("input[name=open][value=subject]")
    page.click("#evidence button")
    assert "giám sát" in page.locator(".error-summary").inner_text()
    page.fill("#whose", "khong-co")
    page.uncheck("input[name=open][value=subject]")
    page.click("#evidence button")
    assert "Không có mã này" in page.locator(".error-summary").inner_text()
    auditor.visit.context.close()


def test_the_organisation_concerned_has_no_evidence(chromium, own):
    manager = Desk(chromium, own, "organisation_manager", "thai-nguyen").sign_in()
    assert manager.go("/evidence").status in (403, 404)
    assert manager.go("/evidence/" + "0" * 32).status in (403, 404)
    manager.visit.context.close()
