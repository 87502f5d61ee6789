"""People at their desks through a long life: the server's clock goes ahead, they sign in again, and take steps by forms."""

import datetime
import re
import time
import zipfile

from playwright.sync_api import expect

from support import axe
from test_console import PDF, Desk

DAY_S = 86_400
OWN = "thai-nguyen"
OF_ORGANISATIONS = ("organisation_manager", "organisation_security_officer")


class People:
    """Who is signed in, and what day it is for them and the server."""

    def __init__(self, chromium, demo, pictures):
        self.chromium, self.demo, self.pictures = chromium, demo, pictures
        self.later, self.desks, self.taken = 0, {}, 0

    def at(self, role):
        """Somebody of this role at the desk; those of organisations are of the applicant's."""
        if role not in self.desks:
            desk = Desk(self.chromium, self.demo, role, OWN if role in OF_ORGANISATIONS else None)
            desk.ahead_s = self.later * DAY_S
            self.desks[role] = desk.sign_in()
        return self.desks[role]

    def leave(self):
        for desk in self.desks.values():
            desk.visit.context.close()
        self.desks.clear()

    def sleep(self, later):
        """Everybody goes home; the server is started again on the same folder so many days after the first day."""
        self.leave()
        assert self.demo.stop() == 0
        self.later = later
        self.demo.environment["DANCU_DEMO_LATER"] = str(later)
        self.demo.start()

    def day(self, offset=0):
        """A day as it is typed, counted from today as the server has it."""
        now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7)))
        return (now + datetime.timedelta(days=self.later + offset)).strftime("%d/%m/%Y")

    def look(self, desk, name):
        """Nothing that axe finds, no text that is missing, and a picture for people."""
        assert axe.violations(desk.page) == [], name
        self.picture(desk, name)

    def picture(self, desk, name):
        assert "⟦" not in desk.page.content(), re.findall("⟦[^⟧]*⟧", desk.page.content())
        self.taken += 1
        desk.page.screenshot(path=self.pictures / f"{self.taken:02}-{name}.png", full_page=True)


def pdf(words):
    """A document of its own."""
    return PDF | {"buffer": PDF["buffer"] + words.encode()}


def unfold(desk, form):
    """Opens the form where it is folded away."""
    folded = desk.page.locator(f"details:has(form#{form})")
    if folded.count() and folded.get_attribute("open") is None:
        folded.locator("summary").click()


def take(desk, matter, step, words=None, files=(), fields=None):
    """Takes a step of a matter by its form."""
    desk.page.goto(matter)
    unfold(desk, step)
    if words:
        desk.page.fill(f"#why-{step.replace('_', '-')}", words)
    for file in files:
        desk.page.set_input_files(f"#{file}", pdf(f"{step} {file} {time.time_ns()}"))
    for control, text in (fields or {}).items():
        desk.page.fill(f"#{control}", text)
    desk.page.click(f"#{step} button")


def said(desk):
    return " ".join(desk.page.locator(".notice").all_inner_texts())


def facts(desk):
    rows = desk.page.locator(".facts__row").all()
    return {row.locator("dt").inner_text(): row.locator("dd").inner_text() for row in rows}


def section(desk, heading):
    return desk.page.locator(f"section:has(h2:text-is('{heading}'))")


def below(desk, matter, words, state=None):
    """Opens a matter that belongs to this one; gives its address."""
    desk.page.goto(matter)
    row = section(desk, "Thuộc hồ sơ này").locator("tbody tr", has_text=words)
    if state:
        row = row.filter(has_text=state)
    row.first.locator("a").first.click()
    expect(desk.page.locator(".headrow .badge")).to_be_visible()
    return desk.page.url.split("?")[0]


def follow(desk, words):
    """Follows a link of the page's head; gives where it leads."""
    desk.page.click(f".headlinks a:has-text('{words}')")
    return desk.page.url.split("?")[0]


def save(page, click, to):
    """Keeps the file that a click brings."""
    with page.expect_download() as download:
        click()
    download.value.save_as(to)
    return to


def spoilt(archive, to):
    """A copy of an archive in which one byte of its facts is another."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(to, "w") as new:
        for item in old.infolist():
            data = bytearray(old.read(item))
            if item.filename == "evidence.json":
                data[len(data) // 2] ^= 1
            new.writestr(item, bytes(data))
    return to
