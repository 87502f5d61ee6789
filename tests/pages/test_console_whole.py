"""Every page of the console that a link leads to, for each role, in both languages: whole, accessible, as wide as a telephone."""

import os
import re
from pathlib import Path

import pytest

from support import axe
from support.browser import DESK, PHONE
from support.server import Demo
from test_console import Desk

ROLES = [
    ("connection_officer", None), ("registry_officer", None), ("security_assessor", None), ("approver", None),
    ("supervisor", None), ("auditor", None), ("organisation_manager", "thai-nguyen"),
    ("organisation_security_officer", "thai-nguyen"), ("officer", "thai-nguyen"),
]
# Names of things in addresses: of each kind of page one is looked at.
NAMES = [
    (r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "{id}"),
    (r"(?<=/accounts/)(?!new|quotas|departures|imports)[^/?]+", "{id}"),
    (r"(?<=^/alerts/rules/)[^/?]+", "{id}"),
    (r"(?<=^/organisations/)[^/?]+", "{id}"),
    (r"(?<=^/systems/)[^/?]+", "{id}"),
    (r"(?<=^/staff/)(?!new)[^/?]+", "{id}"),
    (r"(?<=/units/)[^/?]+", "{id}"),
    (r"^/alerts/\d+", "/alerts/{id}"),
    # Views of a list are one page, but for the kinds of cases.
    (r"(?<!/cases)\?.*", ""),
]
# A file, another session, the language.
LEFT_OUT = re.compile(r"/export|/xlsx|/files/|/template|/faulty|/file$|/package|format=|lang=|/sign-out|^/$|after=|organisation=|system=")
# Names that the program gives and people never say: `technical_test`, but no login or code in a cell of its own.
RAW = re.compile(r"\b[a-z]+_[a-z_]+\b")


@pytest.fixture(scope="module")
def demo(binary, tmp_path_factory):
    """A demo of its own, so that it looks as a newcomer sees it."""
    demo = Demo(tmp_path_factory.mktemp("whole") / "demo-data").start()
    yield demo
    assert demo.stop() == 0


@pytest.fixture(scope="module")
def shots(tmp_path_factory):
    """Where pictures of the pages go, for people to look at."""
    folder = os.environ.get("DANCU_SHOTS")
    return Path(folder) if folder else tmp_path_factory.mktemp("whole-shots")


def kind(path):
    """The address with its names left out."""
    for pattern, name in NAMES:
        path = re.sub(pattern, name, path)
    return path


def found(page):
    """Links of a page that lead on within the console."""
    links = page.locator("a[href^='/']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    return [link.split("#")[0] for link in links if not LEFT_OUT.search(link)]


def too_wide(page):
    """What stands out of a window as narrow as a telephone's."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.fixture(scope="module")
def known():
    """Kinds of page that were looked at in English, for whichever role."""
    return set()


@pytest.mark.parametrize(("role", "organisation"), ROLES)
def test_every_page_that_a_link_leads_to(chromium, demo, shots, known, role, organisation):
    desk = Desk(chromium, demo, role, organisation).sign_in()
    page, seen, waiting, flaws = desk.page, set(), ["/"], []
    while waiting:
        path = waiting.pop(0)
        name = kind(path)
        if name in seen:
            continue
        seen.add(name)
        file = f"{role}{re.sub('[^a-z0-9]+', '-', name)}"
        joint = "&" if "?" in path else "?"
        for lang in ("vi",) if name in known else ("vi", "en"):
            answer = desk.go(f"{path}{joint}lang={lang}")
            if answer.status != 200:
                flaws.append(f"{path}: {answer.status}")
                break
            if "⟦" in page.content():
                flaws.append(f"{path} {lang}: {set(re.findall('⟦[^⟧]*⟧', page.content()))}")
            flaws += [f"{path} {lang}: {violation}" for violation in axe.violations(page)]
            if page.locator("h1").count() != 1:
                flaws.append(f"{path}: {page.locator('h1').count()} headings")
            if raw := RAW.findall(page.evaluate("document.querySelector('main').innerText")):
                flaws.append(f"{path} {lang}: raw names {set(raw)}")
            page.screenshot(path=shots / f"{file}-{lang}.png", full_page=True)
            if lang == "vi":
                waiting += found(page)
                page.set_viewport_size(PHONE)
                if over := too_wide(page):
                    flaws.append(f"{path}: {over} pixels too wide for a telephone")
                page.screenshot(path=shots / f"{file}-phone.png", full_page=True)
                page.set_viewport_size(DESK)
        known.add(name)
    desk.go("/?lang=vi")
    desk.visit.context.close()
    assert len(seen) >= 8, sorted(seen)
    assert flaws == [], "\n".join(flaws)
