"""A person in front of a real browser: what they type and press, and what they see."""

import re

from playwright.sync_api import expect

CHROMIUM = "/usr/bin/chromium"
# The sandbox of Chromium needs rights that a container does not give; the browser here reads our own pages only.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LOCALES = {"vi": "vi-VN", "en": "en-GB"}
DESK = {"width": 1280, "height": 860}
PHONE = {"width": 360, "height": 740}
# A browser notes every answer above 399; the tests judge the status themselves.
OF_STATUS = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
PURPOSE = "1.004227"
GENERAL = "VPCP"


def day(iso):
    """A date of demo.json as an officer types it: `30/04/1985`, `04/1985`, `1985`."""
    return "/".join(reversed(iso.split("-")))


class Visit:
    """One browser profile with one window. Whatever it asked for and complained of is kept and judged at the end."""

    def __init__(self, browser, demo, lang="vi", scripts=True, viewport=DESK, **options):
        self.demo, self.lang, self.scripts = demo, lang, scripts
        self.context = browser.new_context(
            base_url=demo.base_url, ignore_https_errors=True, locale=LOCALES[lang], java_script_enabled=scripts,
            viewport=viewport, reduced_motion="reduce", **options,
        )
        # Patience, not a measure of speed: a page may be slow on a machine that builds at the same time.
        self.context.set_default_timeout(20_000)
        self.requests, self.complaints, self.titles = [], [], set()
        self.typed_numbers = set()
        self.context.on("request", lambda request: self.requests.append(request))
        self.context.on("console", self._console)
        self.context.on("weberror", lambda e: self.complaints.append(str(e.error)))
        self.page = self.context.new_page()
        self.page.on("dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _console(self, message):
        if message.type in ("error", "warning") and not OF_STATUS.match(message.text):
            self.complaints.append(message.text)

    # --- going and pressing ---

    def go(self, path):
        answer = self.page.goto(path)
        self.titles.add(self.page.title())
        return answer

    def press(self, target):
        """Clicks what leads to another page; gives the answer that came."""
        locator = self.page.locator(target) if isinstance(target, str) else target
        with self.page.expect_navigation() as navigation:
            locator.click()
        self.titles.add(self.page.title())
        return navigation.value

    def switch_language(self):
        return self.press("nav.languages a")

    # --- signing in ---

    def officer(self, number=0):
        return self.demo.system("canbo").facts["officers"][number]

    def try_to_sign_in(self, login, password):
        self.go("/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        return self.press("main form button")

    def sign_in(self, number=0):
        officer = self.officer(number)
        self.try_to_sign_in(officer["login"], officer["password"])
        expect(self.page).to_have_url(re.compile(r"/officer$"))
        return self

    def sign_in_as(self, login):
        """An officer by their login, for instance the supervisor."""
        officer = next(o for o in self.demo.system("canbo").facts["officers"] if o["login"] == login)
        self.try_to_sign_in(officer["login"], officer["password"])
        expect(self.page).to_have_url(re.compile(r"/officer$"))
        return self

    def citizen_number(self, place=0):
        return self.demo.facts["citizen_login"]["numbers"][place]

    def sign_in_citizen(self, number=None, code=None):
        login = self.demo.facts["citizen_login"]
        self.go("/citizen/sign-in")
        self.page.fill("#number", number or login["numbers"][0])
        self.page.fill("#code", code or login["code"])
        self.press("main form button")
        return self

    def session_cookie(self):
        return next((c for c in self.context.cookies() if c["name"] == "__Host-session"), None)

    def csrf(self):
        return self.page.locator("main form input[name=csrf]").first.input_value()

    # --- asking ---

    def choose_purpose(self, code):
        radio = self.page.locator(f"input[name=purpose][value='{code}']")
        radio.check() if radio.count() else self.page.select_option("select[name=purpose]", code)

    def choose_unregistered_purpose(self):
        """What a page sends that stood open while the agreement changed."""
        self.choose_purpose(GENERAL)
        self.page.locator(f"input[value={GENERAL}], option[value={GENERAL}]").evaluate("e => { e.value = '9.999999'; }")

    def fill(self, citizen=None, purpose=PURPOSE, case="H55.242-261121-0007", **changed):
        """Fills the form by number with what a citizen's papers say, or with what the test changes in it."""
        said = {}
        if citizen:
            said["number"] = citizen["personal_id"] or citizen["id_card_number"]
            said["full_name"], said["birth_date"] = citizen["full_name"], day(citizen["birth_date"])
        said |= changed
        self.typed_numbers.add(said.get("number", ""))
        for control, value in said.items():
            self.page.fill(f"#{control}", value)
        if purpose:
            self.choose_purpose(purpose)
        self.page.fill("#case_number", case)
        return self

    def verify(self):
        return self.press("button[name=service][value=verify]")

    def look_up(self):
        return self.press("button[name=service][value=look_up]")

    def tick(self, **groups):
        """Ticks `fields` and `sensitive` to look up."""
        if not self.page.locator("details.more").evaluate("d => d.open"):
            self.page.click("details.more > summary")
        for control, values in groups.items():
            for value in values:
                self.page.check(f"input[name={control}][value={value}]")

    def search(self, name, birth="", purpose=GENERAL):
        self.go("/officer?view=counter")
        self.page.fill("#search_name", name)
        self.page.fill("#search_birth_date", birth)
        if purpose:
            self.choose_purpose(purpose)
        return self.press("form.counter button")

    # --- reading ---

    def sentence(self):
        return self.page.locator("#result-title").inner_text()

    def verdicts(self):
        """Verdict and reason on each field, in the order of the page: number, old card, name, birth date, sex."""
        rows = self.page.locator("#result table tbody tr")
        return [
            (row.locator(".badge").inner_text().strip(), row.locator(".verdict__reason").inner_text().strip())
            for row in rows.all()
        ]

    def facts(self):
        """Label → value of all fields shown."""
        rows = self.page.locator("#result .factgroup .facts__row").all()
        return {r.locator("dt").inner_text(): r.locator("dd").inner_text() for r in rows}

    def errors(self):
        """What the head of the form says is wrong; every line leads to a control of the page."""
        links = self.page.locator(".error-summary li a").all()
        for link in links:
            assert self.page.locator(link.get_attribute("href")).count() == 1, link.get_attribute("href")
        return [link.inner_text() for link in links]

    def text(self):
        return self.page.locator("main").inner_text()

    def quota(self):
        bar = self.page.locator("#quota")
        return int(bar.get_attribute("value")), int(bar.get_attribute("max"))

    def journal_number(self):
        """The journal number under the result."""
        return int(self.page.locator(".result__foot a").get_attribute("href").rsplit("/", 1)[1])

    # --- the end ---

    def judge(self):
        """Nothing on the console; no number in an address, a Referer or a title."""
        self.titles.add(self.page.title())
        numbers = self.typed_numbers | {
            c[k] for c in self.demo.facts["citizens"] for k in ("personal_id", "id_card_number", "former_number")
        }
        numbers = {n for n in numbers if n and len(n) >= 9}
        told = [self.page.url, *self.titles]
        for request in self.requests:
            told += [request.url, request.headers.get("referer", "")]
        assert len(told) > 2, "nothing was visited"
        complaints = list(self.complaints)
        self.requests.clear(), self.complaints.clear(), self.titles.clear()
        assert not complaints, complaints
        leaks = [(n, t) for t in told for n in numbers if n in t]
        assert not leaks, f"a personal number in an address, a Referer or a title: {leaks}"

    def close(self):
        try:
            self.judge()
        finally:
            self.context.close()
