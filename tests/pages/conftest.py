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


@pytest.fixture(params=["vi", "vi-no-scripts", "en", "en-no-scripts"])
def visit(request, visits):
    """The same walk in both languages, with and without JavaScript."""
    return visits(lang=request.param[:2], scripts="no" not in request.param)


@pytest.fixture
def officer(visit):
    """The active officer, signed in."""
    return visit.sign_in()


@pytest.fixture(scope="session")
def person(demo):
    """The person of the examples."""
    return demo.citizen("person of the examples")
