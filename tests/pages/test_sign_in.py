"""Signing in and out."""

import re

import pytest
from playwright.sync_api import expect

WRONG = {
    "vi": "Tên đăng nhập hoặc mật khẩu không đúng.",
    "en": "The login or the password is wrong.",
}
TOO_OFTEN = {"vi": "Sai quá nhiều lần", "en": "Wrong too many times"}
ENDED = {"vi": "Phiên làm việc đã kết thúc", "en": "Your session has ended"}
OLD_FORM = {"vi": "Biểu mẫu đã cũ", "en": "The form has grown old"}


def test_an_officer_signs_in_works_and_signs_out(visit):
    visit.go("/officer")
    expect(visit.page).to_have_url(re.compile("/sign-in$"))
    visit.sign_in()
    expect(visit.page.locator(".user")).to_contain_text("Nguyễn Văn An")
    expect(visit.page.locator(".user")).to_contain_text("Thái Nguyên")
    cookie = visit.session_cookie()
    assert visit.press(".user button").status == 200
    expect(visit.page).to_have_url(re.compile("/$"))
    expect(visit.page.locator(".user")).to_have_count(0)
    assert visit.session_cookie() is None
    # The session is over on the server as well: the old cookie opens nothing.
    visit.context.add_cookies([cookie])
    visit.go("/officer")
    expect(visit.page).to_have_url(re.compile(r"/sign-in\?ended$"))
    assert ENDED[visit.lang] in visit.text()


def test_a_wrong_password_is_said_in_words_that_tell_nothing_more(visit):
    told = []
    for login in (visit.officer()["login"], "nobody.at.all"):
        answer = visit.try_to_sign_in(login, "not-the-password")
        assert answer.status == 401
        assert visit.errors() == [WRONG[visit.lang]]
        expect(visit.page.locator("#login")).to_have_value(login)
        expect(visit.page.locator("#password")).to_have_value("")
        told.append(visit.page.locator("main > div > :not(section)").all_inner_texts())
    assert told[0] == told[1], "the page tells which logins there are"
    assert visit.session_cookie() is None


def test_a_locked_officer_does_not_get_in_and_learns_no_more_than_a_guesser(visit):
    locked = visit.officer(2)
    assert locked["note"] == "locked"
    answer = visit.try_to_sign_in(locked["login"], locked["password"])
    assert answer.status == 401
    assert visit.errors() == [WRONG[visit.lang]]
    assert visit.session_cookie() is None
    # Whom to ask is said on the page itself.
    assert ("người quản lý tài khoản" if visit.lang == "vi" else "the account manager") in visit.text()


def test_a_form_that_has_grown_old_is_asked_for_again(visit):
    visit.go("/sign-in")
    visit.context.clear_cookies()
    officer = visit.officer()
    visit.page.fill("#login", officer["login"])
    visit.page.fill("#password", officer["password"])
    assert visit.press("main form button").status == 400
    assert OLD_FORM[visit.lang] in visit.text()
    assert officer["password"] not in visit.page.locator("main form").inner_html()
    visit.page.fill("#password", officer["password"])
    visit.press("main form button")
    expect(visit.page).to_have_url(re.compile("/officer$"))


def test_guessing_at_one_login_locks_that_one_and_no_other(own_demo, visits):
    visit = visits(at=own_demo(citizens=200).start(), scripts=False)
    guessed, other = visit.officer(0), visit.officer(1)
    wrong = 0
    # The count begins anew with each minute of the clock: at worst the guesses fall into two of them.
    for _ in range(21):
        answer = visit.try_to_sign_in(guessed["login"], "guess")
        if TOO_OFTEN["vi"] in visit.text():
            break
        wrong += 1
    assert wrong >= 10 and TOO_OFTEN["vi"] in visit.text() and answer.status == 401
    visit.try_to_sign_in(guessed["login"], guessed["password"])
    assert visit.session_cookie() is None, "the right password opens a locked door"
    visit.try_to_sign_in(other["login"], other["password"])
    expect(visit.page.locator(".user")).to_contain_text("Lê Thị Mai")


def test_a_session_ends_when_it_is_idle_and_says_so(own_demo, visits):
    # Zero minutes: idle from the next request on.
    visit = visits(at=own_demo(citizens=200, DANCU_WEB__SESSION_MINUTES=0).start())
    officer = visit.officer()
    visit.try_to_sign_in(officer["login"], officer["password"])
    expect(visit.page).to_have_url(re.compile(r"/sign-in\?ended$"))
    assert ENDED["vi"] in visit.text()


def test_what_is_sent_after_the_session_ended_asks_nothing(visit, person):
    """The officer comes back from lunch and presses the button of the page that was left open."""
    officer = visit.sign_in()
    officer.fill(person)
    officer.context.clear_cookies(name="__Host-session")
    officer.context.add_cookies([{
        "name": "__Host-session", "value": "0" * 32, "url": officer.demo.base_url, "secure": True,
    }])
    officer.verify()
    expect(officer.page).to_have_url(re.compile(r"/sign-in\?ended"))
    assert ENDED[officer.lang] in officer.text()
    assert person["full_name"] not in officer.text()


def test_switching_the_language_keeps_the_page_and_is_remembered(visits):
    visit = visits(lang="vi").sign_in()
    shown = visit.page.locator("html")
    for path in ("/", "/docs", "/ui", "/officer", "/officer?view=counter"):
        visit.go(path)
        before = visit.page.locator("h1").inner_text()
        expect(shown).to_have_attribute("lang", "vi")
        visit.switch_language()
        joint = "&" if "?" in path else "?"
        assert visit.page.url == f"{visit.demo.base_url}{path}{joint}lang=en"
        expect(shown).to_have_attribute("lang", "en")
        assert visit.page.locator("h1").inner_text() != before
        assert (visit.page.locator(".counter").count() == 1) == ("counter" in path)
        # A browser that asks for Vietnamese still gets English: the officer has chosen.
        visit.go("/docs")
        expect(shown).to_have_attribute("lang", "en")
        visit.switch_language()
        expect(shown).to_have_attribute("lang", "vi")


def test_the_language_chosen_on_the_sign_in_page_is_remembered(visits):
    visit = visits(lang="vi")
    visit.go("/sign-in")
    visit.switch_language()
    officer = visit.officer()
    visit.page.fill("#login", officer["login"])
    visit.page.fill("#password", officer["password"])
    visit.press("main form button")
    assert visit.page.locator("html").get_attribute("lang") == "en"
