"""For everybody: WCAG 2.2 AA by axe-core, keyboard alone, small screens, paper."""

import re

import pytest
from playwright.sync_api import expect

from support import axe, looks
from support.browser import DESK, PHONE


# Each page in each state that an officer meets: how a visit gets there.
def result(visit):
    visit.fill(visit.demo.citizen("person of the examples")).verify()


def mismatch(visit):
    visit.fill(visit.demo.citizen("person of the examples"), full_name="Trần Thị Thúy Hoan", birth_date="1986")
    visit.verify()


def look_up(visit):
    visit.fill(visit.demo.citizen("person of the examples"))
    visit.tick(sensitive=["religion", "ethnic_group"], fields=["household", "permanent_residence", "father"])
    visit.look_up()


def everything(visit):
    visit.fill(visit.demo.citizen("person of the examples")).look_up()


def errors(visit):
    visit.fill(number="123", full_name="", birth_date="31/02/1985", purpose=None).look_up()
    assert visit.errors()


def search_errors(visit):
    visit.search("", "", None)
    assert visit.errors()


def hits(visit):
    visit.search("nguyen thi sen", "1941")


def nobody(visit):
    visit.search("Nguyễn Văn Không Có Ai", "1901")


def road(visit):
    result(visit)
    visit.press(".result__foot a")


def refused(visit):
    visit.fill(visit.demo.citizen("person of the examples"))
    visit.choose_unregistered_purpose()
    visit.verify()


def refused_road(visit):
    refused(visit)
    visit.press(".result__foot a")


def sign_in_errors(visit):
    visit.try_to_sign_in("nobody.at.all", "wrong")
    assert visit.errors()


def at(path):
    return lambda visit: visit.go(path)


PUBLIC = {
    "home": at("/"), "sign-in": at("/sign-in"), "sign-in errors": sign_in_errors, "docs": at("/docs"),
    "ui": at("/ui"), "not found": at("/nowhere"),
}
AT_THE_DESK = {
    "officer": at("/officer"), "result": result, "mismatch": mismatch, "look-up": look_up, "everything": everything,
    "errors": errors, "counter": at("/officer?view=counter"), "search errors": search_errors, "hits": hits,
    "nobody": nobody, "road": road, "home": at("/"), "refused": refused, "refused road": refused_road,
}
SUPERVISOR = "giamsat.nhatky"


def checked(visit):
    visit.go("/citizen")
    looks.check(visit)


def asking(visit):
    visit.go("/citizen")
    visit.press(visit.page.locator(".look__ask").first)


def asked(visit):
    asking(visit)
    if visit.page.locator("button[value=ask]").count():
        visit.press("button[value=ask]")


def supervised(visit):
    visit.go("/supervisor/journal")
    visit.page.fill("#why", "Kiểm tra định kỳ")
    visit.page.fill("#ground", "TTr-1")
    visit.press("main form.card button[type=submit]")


def supervised_entry(visit):
    supervised(visit)
    visit.press(visit.page.locator(".linklike").first)


def supervision_errors(visit):
    visit.go("/supervisor/journal")
    visit.press("main form.card button[type=submit]")
    assert visit.errors()


def inquiry(visit):
    visit.go("/officer/inquiries")
    link = visit.page.locator("tbody a")
    if link.count():
        visit.press(link.first)


PUBLIC |= {"citizen sign-in": at("/citizen/sign-in")}
AT_HOME = {
    "citizen": at("/citizen"), "citizen checked": checked, "citizen filtered": at("/citizen?from=31/02/2026"),
    "asking": asking, "asked": asked,
}
SUPERVISING = {
    "supervisor": at("/supervisor/journal"), "supervised": supervised, "supervised entry": supervised_entry,
    "supervision errors": supervision_errors,
}
ANSWERING = {"inquiries": at("/officer/inquiries"), "inquiry": inquiry}
PAGES = (
    [(None, name, way) for name, way in PUBLIC.items()]
    + [(0, name, way) for name, way in AT_THE_DESK.items()]
    + [("citizen", name, way) for name, way in AT_HOME.items()]
    + [(SUPERVISOR, name, way) for name, way in SUPERVISING.items()]
    + [(1, name, way) for name, way in ANSWERING.items()]
)


@pytest.fixture(scope="session")
def stranger(chromium, demo):
    from support.browser import Visit

    visit = Visit(chromium, demo)
    yield visit
    visit.context.close()


@pytest.fixture(params=PAGES, ids=[f"{name}{'' if who is None else ', signed in'}" for who, name, _ in PAGES])
def page(request, desks, stranger):
    """A window with the page in the state asked for."""
    who, _, way = request.param
    visit = stranger if who is None else desks("vi", who)
    visit.page.set_viewport_size(DESK)
    if isinstance(who, int):
        visit.go("/officer")
    way(visit)
    yield visit.page
    visit.page.emulate_media(color_scheme="light", media="screen")
    visit.page.set_viewport_size(DESK)
    visit.judge()


SIDEWAYS = """() => {
  const wide = [...document.querySelectorAll('body *')]
    .filter(e => e.scrollWidth > e.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(e).overflowX))
    .map(e => e.className || e.tagName);
  const root = document.documentElement;
  return root.scrollWidth > root.clientWidth ? ['the page', ...wide] : wide;
}"""


def test_no_page_breaks_wcag_or_scrolls_sideways(page):
    """Desk and phone, light and dark."""
    assert axe.violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 26)"
    assert axe.violations(page) == []
    page.set_viewport_size(PHONE)
    assert page.evaluate(SIDEWAYS) == []
    assert axe.violations(page) == []
    page.set_viewport_size({"width": 320, "height": 640})  # 1280 px at 400 %: WCAG 1.4.10
    assert page.evaluate(SIDEWAYS) == []


def test_axe_finds_what_is_wrong(stranger):
    """The guard of the test above."""
    stranger.go("/")
    stranger.page.evaluate("() => { document.querySelector('main').innerHTML += '<img src=\"/assets/x.svg\"><input>'; }")
    found = " ".join(axe.violations(stranger.page))
    assert "image-alt" in found and "label" in found
    stranger.complaints.clear()


def test_a_page_in_english_passes_too(desks):
    desk = desks("en", 0)
    desk.go("/officer")
    look_up(desk)
    assert axe.violations(desk.page) == []
    desk.press(".result__foot a")
    assert axe.violations(desk.page) == []
    desk.judge()


FOCUS = """() => {
  const e = document.activeElement, s = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  return {
    name: e.id || e.name || e.getAttribute('href') || e.tagName, value: e.value || '', tag: e.tagName,
    outline: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,
    inside: box.bottom > 0 && box.top < innerHeight && box.width > 0,
  };
}"""


class Keyboard:
    """Somebody who cannot use a mouse."""

    def __init__(self, page):
        self.page = page

    def tab_to(self, name, value=None, most=40):
        """Tabs until the control has the focus; the focus shows on every stop on the way."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            at = self.page.evaluate(FOCUS)
            assert at["outline"] and at["inside"], f"the focus does not show: {at}"
            if at["name"] == name and value in (None, at["value"]):
                return
        raise AssertionError(f"Tab never reaches {name}")

    def type_into(self, name, text):
        self.tab_to(name)
        self.page.keyboard.type(text)

    def follow(self):
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_an_officer_works_with_the_keyboard_alone(visits, person, scripts):
    visit = visits(scripts=scripts)
    keys, page, officer = Keyboard(visit.page), visit.page, visit.officer()
    visit.go("/")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["name"] == "#content", "the first stop leads past the menu"
    page.keyboard.press("Enter")
    keys.tab_to("/officer")
    keys.follow()
    keys.type_into("login", officer["login"])
    keys.type_into("password", officer["password"])
    keys.follow()
    expect(page).to_have_url(re.compile("/officer$"))
    keys.type_into("number", person["personal_id"])
    keys.type_into("full_name", person["full_name"])
    keys.type_into("birth_date", "30/04/1985")
    keys.tab_to("purpose")
    page.keyboard.press("Space" if page.locator("input[name=purpose]").count() else "ArrowDown")
    keys.tab_to("service", "verify")
    keys.follow()
    assert "Thông tin khớp" in visit.sentence()
    number = visit.journal_number()
    keys.tab_to(f"/road/{number}")
    keys.follow()
    expect(page).to_have_url(re.compile(f"/road/{number}$"))
    expect(page.locator(".road__step")).to_have_count(6)


def test_what_is_new_is_where_reading_goes_on(desks):
    """With scripts the focus is on the errors, then on the result; without, the address leads to the result."""
    desk = desks("vi", 0)
    desk.go("/officer")
    errors(desk)
    expect(desk.page.locator(".error-summary")).to_be_focused()
    desk.go("/officer")
    result(desk)
    expect(desk.page.locator("#result")).to_be_focused()
    for visit in (desk, desks("vi-no-scripts", 0)):
        visit.page.set_viewport_size(PHONE)
        for way, seen in ((result, "#result-title"), (errors, ".error-summary h2")):
            visit.go("/officer")
            way(visit)
            assert visit.page.url.endswith("/officer#result")
            expect(visit.page.locator(seen)).to_be_in_viewport()
        visit.page.set_viewport_size(DESK)


def test_a_link_of_the_error_summary_leads_to_the_control(desks):
    desk = desks("vi-no-scripts", 0)
    desk.go("/officer")
    errors(desk)
    desk.page.locator(".error-summary li a").first.click()
    expect(desk.page.locator("#number")).to_be_focused()


@pytest.mark.parametrize("way", [result, look_up], ids=["verify", "look-up"])
def test_paper_shows_the_result_who_asked_and_nothing_to_press(desks, way):
    desk = desks("vi", 0)
    desk.go("/officer")
    way(desk)
    page = desk.page
    page.emulate_media(media="print")
    try:
        pressable = "nav, form, button, input, select, .tabs, .quota, .footer, .skip, [data-print]"
        shown = [e.evaluate("e => e.outerHTML.slice(0, 120)") for e in page.locator(pressable).all() if e.is_visible()]
        assert shown == []
        expect(page.locator("#result-title")).to_be_visible()
        expect(page.locator(".result__foot")).to_contain_text(f"{desk.journal_number():,}".replace(",", "."))
        expect(page.locator(".printonly")).to_be_visible()
        expect(page.locator(".printonly")).to_contain_text("Nguyễn Văn An")
        expect(page.locator(".demo")).to_be_visible()
        for row in page.locator(".result table tbody tr, .result .facts__row").all():
            expect(row).to_be_visible()
        assert page.evaluate(SIDEWAYS) == []
        assert len(page.pdf(format="A4")) > 5_000
    finally:
        page.emulate_media(media="screen")
    desk.judge()


def test_nothing_moves_for_those_who_ask_for_that_and_text_may_grow(desks):
    desk = desks("vi", 0)
    desk.go("/officer")
    assert desk.page.evaluate("() => getComputedStyle(document.querySelector('.button')).transitionDuration") == "0s"
    # WCAG 1.4.4 and 1.4.12: twice the size, wider spacing.
    desk.page.set_viewport_size(PHONE)
    desk.page.evaluate("""() => { for (const e of document.querySelectorAll('main *')) {
      e.style.lineHeight = '1.5'; e.style.letterSpacing = '0.12em'; e.style.wordSpacing = '0.16em'; } }""")
    assert desk.page.evaluate(SIDEWAYS) == []
    desk.page.set_viewport_size(DESK)
    desk.complaints.clear()
