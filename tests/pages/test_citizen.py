"""The citizen's page: who looked, filters, export, "why did you look?", in both languages, with and without JavaScript."""

import csv
import io
import json
import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from support import looks
from support.browser import DESK, PHONE
from support.server import REPOSITORY, run

TITLE = {"vi": "Ai đã xem thông tin của tôi", "en": "Who looked at my data"}
WRONG = {"vi": "Số định danh hoặc mã không đúng.", "en": "The number or the code is wrong."}
ASK = {"vi": "Vì sao xem?", "en": "Why did you look?"}
LOOK_UP = {"vi": "Tra cứu thông tin", "en": "Looked up data"}
REFUSED = {"vi": "Bị từ chối", "en": "Refused"}
SENT = {"vi": "Đã gửi câu hỏi", "en": "Your question was sent"}
CASE = "H55.242-261121-0007"
COMMAND = REPOSITORY / "tools/journal-verify/journal_verify.py"


@pytest.fixture(scope="module")
def looked_at(desks, person):
    """Somebody has looked at the person of the examples, and was refused once."""
    looks.make(desks("vi", 0), person, verify=2, look_up=1, refused=1)


@pytest.fixture
def citizen(visit, looked_at):
    return looks.proved(visit.sign_in_citizen(), 4)


def test_nobody_sees_a_history_without_signing_in(visit):
    for path in ("/citizen", "/citizen/history.json", "/citizen/history.csv", "/citizen/inquiry?entry=1"):
        visit.go(path)
        expect(visit.page).to_have_url(re.compile("/citizen/sign-in$"))
    for number, code in [("001185000017", "wrong"), ("099999999999", None), ("123", None)]:
        visit.typed_numbers.add(number)
        visit.sign_in_citizen(number, code)
        expect(visit.page).to_have_url(re.compile("/citizen/sign-in$"))
        assert visit.errors() == [WRONG[visit.lang]]
    # An officer's session opens no citizen's page, nor the other way about.
    visit.sign_in()
    visit.go("/citizen")
    expect(visit.page).to_have_url(re.compile("/citizen/sign-in"))


def test_a_citizen_is_no_officer_and_signs_out(visit):
    visit.sign_in_citizen()
    expect(visit.page).to_have_url(re.compile("/citizen$"))
    cookie = next(c for c in visit.context.cookies() if c["name"] == "__Host-citizen")
    assert cookie["httpOnly"] and cookie["secure"] and cookie["sameSite"] == "Strict" and cookie["expires"] == -1
    visit.go("/officer")
    expect(visit.page).to_have_url(re.compile("/sign-in"))
    visit.go("/citizen")
    visit.press(".user button")
    visit.go("/citizen")
    expect(visit.page).to_have_url(re.compile("/citizen/sign-in"))


def test_each_look_is_told_with_who_when_why_and_what(citizen):
    page, lang = citizen.page, citizen.lang
    expect(page.locator("h1")).to_have_text(TITLE[lang])
    row = page.locator(".look").filter(has_text=LOOK_UP[lang]).first
    assert row.locator("[data-part=organisation]").inner_text() == "Ủy ban nhân dân tỉnh Thái Nguyên (mô phỏng)"
    assert row.locator("[data-part=system]").inner_text() == "Trang tra cứu của cán bộ"
    assert row.locator("[data-part=case]").inner_text() == CASE
    assert row.locator("[data-part=purpose]").inner_text() == "VPCP"
    assert len(row.locator("[data-part=released]").inner_text().split(", ")) > 10
    assert re.fullmatch(r"\d\d/\d\d/20\d\d \d\d:\d\d:\d\d", " ".join(row.locator("[data-part=at]").text_content().split()))
    refused = page.locator(".look").filter(has_text=REFUSED[lang])
    assert refused.count() >= 1
    # No officer's name or number, and the citizen's own number nowhere in full.
    text = citizen.text()
    assert "nguyenvana" not in text and "Nguyễn Văn An" not in text and citizen.citizen_number() not in page.content()
    times = [" ".join(t.split()) for t in page.locator(".look [data-part=at]").all_text_contents()]
    days = ["".join(reversed(t[:10].split("/"))) + t[10:] for t in times]
    assert days == sorted(days, reverse=True), "newest first"


def test_filters_narrow_the_list_and_say_what_is_wrong(citizen):
    page = citizen.page
    whole = page.locator(".look").count()
    page.select_option("#organisation", "thai-nguyen")
    citizen.press(".filters button")
    assert page.locator(".look").count() == whole and "organisation=thai-nguyen" in page.url
    page.fill("#from", "01/01/2020")
    page.fill("#to", "02/01/2020")
    citizen.press(".filters button")
    assert page.locator(".look").count() == 0
    expect(page.locator(".empty")).to_be_visible()
    page.fill("#from", "31/02/2026")
    assert citizen.press(".filters button").status == 400
    assert len(citizen.errors()) == 1
    citizen.press(".filters a")
    assert page.locator(".look").count() == whole


def test_the_history_goes_home_as_a_table_and_with_proofs(citizen, tmp_path):
    whole = citizen.page.locator(".look").count()
    answer = citizen.context.request.get("/citizen/history.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="history.csv"'
    rows = list(csv.reader(io.StringIO(answer.text().removeprefix("\ufeff"))))
    assert len(rows) > whole and {len(row) for row in rows} == {12}
    answer = citizen.context.request.get("/citizen/history.json")
    assert answer.headers["cache-control"] == "no-store"
    history = json.loads(answer.text())
    assert history["number"] == citizen.citizen_number() and len(history["chain"]) == len(rows) - 1 == len(history["entries"])
    # What is taken home is believed by both verifiers, without the service, and not any more when a look is missing.
    key = citizen.demo.facts["journal"]["key"]
    for wrong in (False, True):
        if wrong:
            history["chain"].pop(0)
        (tmp_path / "history.json").write_text(json.dumps(history))
        ours = [sys.executable, str(COMMAND), "--history", str(tmp_path / "history.json"), "--key", key]
        done = subprocess.run(ours, capture_output=True, text=True, timeout=60)
        assert done.returncode == wrong, done.stderr
        assert run("journal", "verify", "--history", tmp_path / "history.json", "--key", key).returncode == wrong


def test_the_citizen_asks_why_and_is_answered(citizen, desks):
    page, lang = citizen.page, citizen.lang
    link = page.locator(".look", has_text=LOOK_UP[lang]).locator(".look__ask").first
    entry = link.get_attribute("href").split("=")[1]
    about = looks.grouped(int(entry))
    citizen.press(link)
    if page.locator("button[value=ask]").count():  # another variant of this walk may have asked already
        page.fill("#question", "Tôi không nộp hồ sơ nào.")
        citizen.press("button[value=ask]")
        expect(page.locator(".notice")).to_contain_text(SENT[lang])
        expect(page.locator(".event--due")).to_have_count(2)
    assert page.locator(".event").first.locator(".event__words").inner_text() == "Tôi không nộp hồ sơ nào."

    # The head of the unit answers; whoever has not that duty finds no such page.
    clerk = desks("vi", 0)
    assert clerk.go("/officer/inquiries").status == 404
    head = desks("vi", 1)
    head.go("/officer/inquiries")
    rows = head.page.locator("tbody tr", has_text=f"Về mục {about}")
    if rows.count():
        assert "0011…0017" in rows.first.inner_text()
        head.press(rows.first.locator("a"))
        head.press("button[value=acknowledge]")
        assert "Đã báo tiếp nhận" in head.text()
        head.press(head.page.locator("tbody tr", has_text=f"Về mục {about}").locator("a"))
        assert head.press("button[value=answer]").status == 400, "an empty answer"
        head.page.fill("#answer", "Giải quyết hồ sơ đăng ký thường trú.")
        head.press("button[value=answer]")
        assert "Đã gửi trả lời" in head.text()
    head.judge()

    citizen.go(f"/citizen/inquiry?entry={entry}")
    assert "Giải quyết hồ sơ đăng ký thường trú." in page.locator(".events").inner_text()
    assert "lethimai" not in page.content()
    # The answer is an entry about her, by the office.
    citizen.go("/citizen")
    answered = {"vi": "Trả lời câu hỏi của bạn", "en": "Answered your question"}[lang]
    assert page.locator(".look", has_text=answered).count() >= 1


def test_no_citizen_reaches_anothers_entry(visits, looked_at):
    visit = visits()
    other = visit.citizen_number(1)
    visit.sign_in_citizen(other)
    owner = looks.proved(visits().sign_in_citizen(), 4)
    entries = [row.get_attribute("data-index") for row in owner.page.locator(".look").all()]
    for entry in entries:
        assert visit.go(f"/citizen/inquiry?entry={entry}").status == 404
    visit.go("/citizen")
    shown = {row.get_attribute("data-index") for row in visit.page.locator(".look").all()}
    assert not shown & set(entries)


def test_paper_shows_the_history_and_nothing_to_press(visits, looked_at):
    visit = looks.proved(visits().sign_in_citizen(), 4)
    page = visit.page
    page.emulate_media(media="print")
    for pressable in page.locator("nav, button, input, select, .check, .filters, .look__ask, .footer").all():
        assert not pressable.is_visible(), pressable.evaluate("e => e.outerHTML.slice(0, 100)")
    expect(page.locator(".look").first).to_be_visible()
    expect(page.locator(".printonly").first).to_contain_text("0011…0017")


def test_the_page_works_with_the_keyboard_alone(visits, looked_at):
    visit = looks.proved(visits().sign_in_citizen(), 4)
    page = visit.page
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.hasAttribute('data-check-run')"):
            break
    else:
        raise AssertionError("Tab never reaches the check")
    page.keyboard.press("Enter")
    page.locator("[data-check-result] .notice").wait_for()
    assert page.evaluate("() => document.activeElement.hasAttribute('data-check-result')"), "the result has the focus"


def test_without_scripts_the_page_says_how_to_check(visits, looked_at):
    visit = looks.proved(visits(scripts=False).sign_in_citizen(), 4)
    page = visit.page
    assert not page.locator("[data-check-run]").is_visible()
    page.click(".check summary")
    assert "journal_verify.py --history history.json --key journal.key" in page.locator(".check details").inner_text()


def test_phones_show_all_of_it(visits, looked_at):
    visit = looks.proved(visits(viewport=PHONE).sign_in_citizen(), 4)
    root = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert visit.page.evaluate(root)
    expect(visit.page.locator("[data-check-run]")).to_be_visible()
    visit.page.set_viewport_size(DESK)
