"""What protects an officer's session and what they type."""

import re

import pytest
from playwright.sync_api import expect

from support import entries

NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "form-action": "'self'",
    "base-uri": "'none'", "frame-ancestors": "'none'",
}
FORMS = ["/officer", "/officer/search", "/officer/choose"]


def test_every_page_forbids_foreign_scripts_frames_and_keeping(visits):
    visit = visits()
    for path in ("/", "/docs", "/ui", "/sign-in", "/nowhere", "/officer", "/officer?view=counter", "/road/999999"):
        if path == "/officer":
            visit.sign_in()
        headers = visit.go(path).all_headers()
        told = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
        assert POLICY.items() <= told.items(), path
        assert "unsafe" not in headers["content-security-policy"], path
        assert headers["x-frame-options"] == "DENY", path
        assert headers["cache-control"] == "no-store", path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] in ("no-referrer", "same-origin"), path
    # That the browser complained of nothing under this policy is judged at the end of every test.


def test_the_policy_does_stop_what_is_inline(visits):
    """The guard of the test above: a page that breaks the policy is seen to break it."""
    visit = visits()
    visit.go("/")
    visit.page.evaluate("() => { const s = document.createElement('script'); s.textContent = 'window.x = 1';"
                        " document.body.append(s); }")
    assert visit.page.evaluate("() => window.x") is None
    assert any("Content Security Policy" in c for c in visit.complaints)
    visit.complaints.clear()


def test_cookies_are_out_of_reach_of_scripts_other_sites_and_plain_http(visits):
    visit = visits()
    visit.go("/sign-in")
    [before] = visit.context.cookies()
    visit.sign_in()
    assert visit.go("/officer").status == 200
    after = visit.session_cookie()
    for cookie in (before, after):
        assert cookie["secure"] and cookie["httpOnly"] and cookie["sameSite"] == "Strict"
        assert cookie["path"] == "/" and cookie["name"].startswith("__Host-")
        assert cookie["expires"] == -1, "it outlives the browser"
        assert re.fullmatch("[0-9a-f]{32}", cookie["value"])
    assert [c["name"] for c in visit.context.cookies()] == ["__Host-session"]
    assert visit.page.evaluate("() => document.cookie") == ""


def test_a_session_that_somebody_else_planted_is_not_taken_over(visits):
    visit = visits(scripts=False)
    planted = "ab" * 16
    visit.context.add_cookies([{
        "name": "__Host-session", "value": planted, "url": visit.demo.base_url, "secure": True,
    }])
    visit.sign_in()
    first = visit.session_cookie()["value"]
    assert first != planted
    visit.sign_in()
    assert visit.session_cookie()["value"] != first, "signing in again keeps the old session's name"


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("token", [None, "", "0" * 32, "other"])
def test_a_form_without_the_sessions_own_token_is_refused_and_asks_nothing(desks, path, token):
    desk, other = desks("vi", 0), desks("en-no-scripts", 0)
    for visit in (desk, other):
        visit.go("/officer")
    form = {
        "number": "001185000017", "full_name": "Trần Thị Thúy Hòa", "birth_date": "1985", "purpose": "VPCP",
        "service": "verify", "search_name": "Trần Thị Thúy Hòa", "search_birth_date": "1985",
    }
    if token is not None:
        form["csrf"] = other.csrf() if token == "other" else token
    begin = entries.size(desk.demo)
    answer = desk.context.request.post(path, form=form, max_redirects=0)
    assert answer.status == 403
    assert "001185000017" not in answer.text()
    assert entries.since(desk.demo, begin) == []
    # With its own token the same form is answered: it was the token.
    assert desk.context.request.post(path, form=form | {"csrf": desk.csrf()}).status == 200


def test_signing_out_needs_the_token_too(visits):
    visit = visits(scripts=False).sign_in()
    visit.context.request.post("/sign-out", form={"csrf": "0" * 32}, max_redirects=0)
    assert visit.go("/officer").url.endswith("/officer")


def test_signing_in_needs_the_token_of_its_form(visits):
    visit = visits(scripts=False)
    visit.go("/sign-in")
    officer = visit.officer()
    form = {"login": officer["login"], "password": officer["password"]}
    for token in ({}, {"csrf": ""}, {"csrf": "0" * 32}):
        answer = visit.context.request.post("/sign-in", form=form | token, max_redirects=0)
        assert answer.status == 400
        assert officer["password"] not in re.sub("(?s)<section.*?</section>", "", answer.text())
        assert visit.session_cookie() is None


def test_signing_in_leads_nowhere_else(visits):
    visit = visits(scripts=False)
    officer = visit.officer()
    for target in (
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example",
        "javascript:alert(1)", "/\tx", "/%0d%0aLocation:https://evil.example", "",
    ):
        visit.go("/sign-in?next=https://evil.example/")
        assert visit.page.locator("input[name=next]").get_attribute("value").startswith("/")
        form = {"csrf": visit.csrf(), "login": officer["login"], "password": officer["password"], "next": target}
        answer = visit.context.request.post("/sign-in", form=form, max_redirects=0)
        assert answer.status == 303
        location = answer.headers["location"]
        assert location.startswith("/") and not re.match(r"^/[/\\]", location), target
        assert "\n" not in location and "\t" not in location


def test_another_site_can_neither_ask_nor_frame_in_the_officers_name(visits):
    visit = visits(scripts=True).sign_in()
    begin = entries.size(visit.demo)
    base = visit.demo.base_url
    evil = f"""<body><iframe src="{base}/officer"></iframe>
      <form method="post" action="{base}/officer"><input name="csrf" value="{visit.csrf()}">
      <input name="number" value="001185000017"><input name="full_name" value="Tran Thi Thuy Hoa">
      <input name="birth_date" value="1985"><input name="purpose" value="VPCP"><button>win</button></form>"""
    visit.context.route("https://evil.example/**", lambda route: route.fulfill(
        body=evil, content_type="text/html; charset=utf-8"
    ))
    visit.go("https://evil.example/")
    frame = visit.page.locator("iframe").element_handle().content_frame()
    assert "full_name" not in frame.content(), "the officer's page shows inside another site"
    visit.press("button")
    # Even with a stolen token: the browser keeps the cookie back, so nobody is signed in there.
    expect(visit.page).to_have_url(re.compile("/sign-in$"))
    assert entries.since(visit.demo, begin) == []
    assert visit.go("/officer").url.endswith("/officer")
    # A refused frame is what the browser says of it.
    assert all("frame-ancestors" in c or "frame" in c.lower() for c in visit.complaints), visit.complaints
    visit.complaints.clear()


def test_what_is_typed_comes_back_as_text_and_never_as_markup(visits, person):
    visit = visits(scripts=True)
    visit.try_to_sign_in(NASTY, "x")
    expect(visit.page.locator("#login")).to_have_value(NASTY)
    visit.sign_in()
    visit.fill(person, full_name=NASTY, case=NASTY[:60]).verify()
    expect(visit.page.locator("#full_name")).to_have_value(NASTY)
    visit.fill(person, number=NASTY[:20], birth_date=NASTY[:10]).verify()
    expect(visit.page.locator("#number")).to_have_value(NASTY[:20])
    # Accepted by the form, so shown in the result, in the list and on the road page.
    visit.fill(person, case=NASTY[:60]).verify()
    assert NASTY[:40] in visit.page.locator("#result").inner_text()
    assert NASTY[:40] in visit.page.locator("section.noprint").inner_text()
    visit.press(".result__foot a")
    assert NASTY[:40] in visit.text()
    visit.search(NASTY, "1985")
    expect(visit.page.locator("#search_name")).to_have_value(NASTY)
    visit.go("/sign-in?ended&x=" + "%3Cscript%3Ealert(3)%3C/script%3E")
    visit.go("/%3Cscript%3Ealert(4)%3C/script%3E")
    assert visit.page.evaluate("() => document.querySelectorAll('img[src=x], script:not([src])').length") == 0


def test_only_the_style_guide_shows_without_an_officer_and_it_asks_nothing(visits):
    visit = visits(scripts=False)
    for path in ("/officer", "/officer?view=counter", "/road/0"):
        assert visit.go(path).url.endswith("/sign-in")
    for path in FORMS:
        answer = visit.context.request.post(path, form={"csrf": ""}, max_redirects=0)
        assert answer.status == 303 and answer.headers["location"] == "/sign-in"
