"""The officers' pages in Chromium."""

import pytest
from playwright.sync_api import sync_playwright

from support.browser import ARGUMENTS, CHROMIUM, Visit


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visits(chromium, demo):
    """Opens browser profiles. When the test is over each is judged: nothing on the console, no number told."""
    opened = []

    def open_one(at=None, **options):
        opened.append(Visit(chromium, at or demo, **options))
        return opened[-1]

    yield open_one
    for visit in opened:
        visit.close()


VARIANTS = ["vi", "vi-no-scripts", "en", "en-no-scripts"]


def read(variant):
    return {"lang": variant[:2], "scripts": "no" not in variant}


@pytest.fixture(params=VARIANTS)
def visit(request, visits):
    """The same walk in both languages, with and without JavaScript; nobody is signed in yet."""
    return visits(**read(request.param))


@pytest.fixture(scope="session")
def desks(chromium, demo):
    """Officers by number or login, and "citizen": signed in once for each variant, as people are for a morning."""
    open_ones = {}

    def enter(visit, who):
        if who == "citizen":
            return visit.sign_in_citizen()
        return visit.sign_in(who) if isinstance(who, int) else visit.sign_in_as(who)

    def desk(variant, number):
        if (variant, number) not in open_ones:
            open_ones[variant, number] = enter(Visit(chromium, demo, **read(variant)), number)
        return open_ones[variant, number]

    yield desk
    for visit in open_ones.values():
        visit.context.close()


@pytest.fixture(params=VARIANTS)
def officer(request, desks):
    """The active officer before an empty form; judged after each test."""
    desk = desks(request.param, 0)
    desk.go("/officer")
    yield desk
    desk.judge()


@pytest.fixture(params=["vi", "en-no-scripts"])
def one_of_two(request, desks):
    """As `officer`, for what differs by language and by scripts but not by both together."""
    desk = desks(request.param, 0)
    desk.go("/officer")
    yield desk
    desk.judge()


@pytest.fixture(scope="session")
def person(demo):
    """The person of the examples."""
    return demo.citizen("person of the examples")
