"""Looks at a citizen's data, and the citizen's page when they are proved."""

import time

from support.browser import GENERAL

PAUSE = 0.3


def grouped(number):
    """A number as Vietnamese pages write it, in groups of three digits."""
    return f"{number:,}".replace(",", ".")


def entry(index):
    """An entry as Vietnamese pages name it."""
    return f"Mục số {grouped(index)}"


def make(officer, citizen, verify=1, look_up=1, refused=0):
    """An officer looks at somebody: so often verified, looked up, refused."""
    for _ in range(verify):
        officer.go("/officer")
        officer.fill(citizen).verify()
    for _ in range(look_up):
        officer.go("/officer")
        officer.fill(citizen, purpose=GENERAL).look_up()
    for _ in range(refused):
        officer.go("/officer")
        officer.fill(citizen)
        officer.choose_unregistered_purpose()
        officer.verify()


def proved(visit, least, timeout=60):
    """The citizen's page once at least so many of its entries are proved."""
    until = time.monotonic() + timeout
    while True:
        visit.go("/citizen")
        all_rows = visit.page.locator(".look").count()
        waiting = visit.page.locator(".look__proof", has_text="Sẽ có bằng chứng").count()
        waiting += visit.page.locator(".look__proof", has_text="Proof due").count()
        if all_rows >= least and not waiting:
            return visit
        assert time.monotonic() < until, f"{all_rows} entries, {waiting} not proved"
        time.sleep(PAUSE)


def check(visit):
    """Presses the button; gives what it says: whether all is well, the steps (`{text: state}`), and what is wrong."""
    page = visit.page
    page.click("[data-check-run]")
    page.locator("[data-check-result] .notice").wait_for(timeout=30_000)
    good = page.locator("[data-check-result] .notice--good").count() == 1
    steps = [
        (row.inner_text(), row.get_attribute("class").removeprefix("steps__"))
        for row in page.locator("[data-check-result] .steps li").all()
    ]
    flaws = [row.inner_text() for row in page.locator("[data-check-flaws] li").all()]
    return good, steps, flaws
