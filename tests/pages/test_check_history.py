"""The button on the citizen's page, in a real browser: it passes the honest history and names whatever is not."""

import copy
import json
import re

import pytest
from playwright.sync_api import expect

from support import looks

GOOD = {"vi": "Lịch sử đầy đủ và đúng", "en": "The history is complete and true"}


@pytest.fixture(scope="module")
def looked_at(desks, person):
    looks.make(desks("vi", 0), person, verify=3, look_up=2)


@pytest.fixture
def citizen(visits, looked_at):
    return looks.proved(visits().sign_in_citizen(), 5)


def rows(visit):
    return [int(row.get_attribute("data-index")) for row in visit.page.locator(".look").all()]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_an_honest_history_passes_and_is_remembered(visits, looked_at, lang):
    visit = looks.proved(visits(lang=lang).sign_in_citizen(), 5)
    good, steps, flaws = looks.check(visit)
    assert good and flaws == [] and GOOD[lang] in visit.page.locator(".notice--good").inner_text()
    assert len(steps) == 10 and [state for _, state in steps].count("bad") == 0
    assert [state for _, state in steps].count("later") == 1, "nothing is remembered yet"
    expect(visit.page.locator(".look--good")).to_have_count(len(rows(visit)))
    assert "dancu.journal" in visit.page.evaluate("() => Object.keys(localStorage)")
    kept = visit.page.evaluate("() => localStorage['dancu.journal']")
    assert visit.citizen_number() not in kept
    good, steps, _ = looks.check(visit)
    assert good and {state for _, state in steps} == {"good"}, "the second time it goes on from what is remembered"


# --- the page says something else than the proofs ---

def other_page(visit, change):
    """The page as a server would send it that lies."""
    def answer(route):
        got = route.fetch()
        text = got.text()
        lied = change(text)
        assert lied != text
        route.fulfill(response=got, body=lied)

    visit.page.route(re.compile(r"/citizen$"), answer)
    visit.go("/citizen")
    visit.page.unroute(re.compile(r"/citizen$"))


def row_of(text, index):
    return re.search(rf'<li class="look" id="muc-{index}".*?</li>', text, re.S).group()


PARTS = {
    "purpose": (r'(data-part="purpose">)[^<]+', r"\g<1>9.999999", "9.999999"),
    "case": (r'(data-part="case">)[^<]+', r"\g<1>H55-KHAC", "H55-KHAC"),
    "organisation": (r'(data-part="organisation">)[^<]+', r"\g<1>Bộ Y tế (mô phỏng)", "Bộ Y tế"),
    "system": (r'(data-part="system">)[^<]+', r"\g<1>Hệ thống khác", "Hệ thống khác"),
    "service": (r'(data-part="service">)[^<]+', r"\g<1>Việc khác", "Việc khác"),
    "time": (r"(\d\d:\d\d:)\d\d", r"\g<1>99", ":99"),
    "sent": (r'(data-part="sent">)[^<]+', r"\g<1>Họ tên", "Họ tên"),
    "outcome": (r'(data-part="outcome">.*?</svg><span>)[^<]+', r"\g<1>Không tìm thấy", "Không tìm thấy"),
    "role": (r'(data-part="role">)[^<]+', r"\g<1>Lãnh đạo đơn vị", "Lãnh đạo"),
}


@pytest.mark.parametrize("part", PARTS)
def test_an_altered_value_is_named_at_its_row(citizen, part):
    index = rows(citizen)[1]
    pattern, lie, shown = PARTS[part]

    def change(text):
        row = row_of(text, index)
        return text.replace(row, re.sub(pattern, lie, row, count=1, flags=re.S))

    other_page(citizen, change)
    good, steps, flaws = looks.check(citizen)
    assert not good and steps[-1][1] == "bad", steps
    assert len(flaws) == 1 and shown in flaws[0] and looks.entry(index) in flaws[0], flaws
    bad = citizen.page.locator(".look--bad")
    assert bad.count() == 1 and bad.get_attribute("data-index") == str(index)
    expect(bad.locator(".look__flaw")).to_be_visible()


@pytest.mark.parametrize("place", [0, 2, -1], ids=["newest", "middle", "oldest"])
def test_a_removed_row_is_missed(citizen, place):
    index = rows(citizen)[place]
    other_page(citizen, lambda text: text.replace(row_of(text, index), ""))
    good, steps, flaws = looks.check(citizen)
    assert not good and len(flaws) == 1 and f"{looks.entry(index)} bị thiếu" in flaws[0], flaws
    assert "Ủy ban nhân dân tỉnh Thái Nguyên" in flaws[0], "the proof tells what is missing"


def test_an_added_and_a_doubled_row_are_strange(citizen):
    first = rows(citizen)[0]

    def add(text):
        row = row_of(text, first)
        return text.replace(row, row + row.replace(f"muc-{first}", "muc-0").replace(f'data-index="{first}"', 'data-index="0"'))

    other_page(citizen, add)
    good, _, flaws = looks.check(citizen)
    assert not good and flaws == ["Mục số 0 không có trong lịch sử đã được chứng minh"], flaws

    def double(text):
        row = row_of(text, first)
        return text.replace(row, row + row.replace(f"muc-{first}", "muc-x"))

    other_page(citizen, double)
    good, _, flaws = looks.check(citizen)
    assert not good and len(flaws) == 1 and looks.entry(first) in flaws[0], flaws


def test_a_row_that_hides_its_content_without_an_order_is_named(citizen):
    index = rows(citizen)[1]

    def hide(text):
        row = row_of(text, index)
        hidden = re.sub(r"<div class=\"look__head\">.*?</dl>", '<div class="look__withheld" data-withheld="01/01/2030"><p>x</p></div>', row, flags=re.S)
        return text.replace(row, hidden)

    other_page(citizen, hide)
    good, _, flaws = looks.check(citizen)
    assert not good and looks.entry(index) in flaws[0], flaws


# --- the proofs themselves are not in order ---

def drop_newest(history):
    history["chain"].pop()
    history["entries"].pop(0)
    history["map"]["count"] -= 1


def drop_first(history):
    history["chain"].pop(0)
    history["entries"].pop()
    history["map"]["count"] -= 1


def swap(history):
    history["chain"][0], history["chain"][1] = history["chain"][1], history["chain"][0]


def flip_leaf(history):
    leaf = history["chain"][1]["leaf"]
    history["chain"][1]["leaf"] = ("0" if leaf[0] != "0" else "1") + leaf[1:]


def alter_entry(history):
    lines = history["entries"][0].split("\n")
    extra = next(n for n, line in enumerate(lines) if line.startswith("extra "))
    text = lines[extra]
    place = 40
    lines[extra] = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1:]
    history["entries"][0] = "\n".join(lines)


def another_person(history):
    history["number"] = history["number"][:-1] + ("0" if history["number"][-1] != "0" else "1")


def unsign(history):
    history["epoch"] = re.sub(r"— .*\n?$", "", history["epoch"].rstrip("\n")) + "\n"


def withhold_secretly(history):
    """Not the oldest of those with a proof: beyond them nobody can say whether there is an order."""
    place = len(history["chain"]) - len(history["entries"]) + 1
    history["chain"][place]["withheld_until"] = 1_900_000_000_000_000
    history["entries"].pop(-2)


LIES = {
    drop_newest: "chain map", drop_first: "chain map", swap: "chain", flip_leaf: "chain", alter_entry: "entries form",
    another_person: "vrf", unsign: "witnesses form", withhold_secretly: "rows",
}
STEP = {
    "form": "đọc được", "witnesses": "các bên làm chứng", "vrf": "đúng là của số định danh", "map": "đúng như bản đồ ghi",
    "chain": "nối liền nhau", "entries": "đúng như đã ghi vào nhật ký", "rows": "Từng dòng trên trang",
}


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_history_that_was_tampered_with_fails_at_its_step(citizen, lie):
    def answer(route):
        got = route.fetch()
        history = json.loads(got.text())
        lied = copy.deepcopy(history)
        lie(lied)
        assert lied != history
        route.fulfill(response=got, body=json.dumps(lied))

    citizen.page.route("**/citizen/history.json*", answer)
    good, steps, _ = looks.check(citizen)
    failed = [text for text, state in steps if state == "bad"]
    assert not good and len(failed) == 1, steps
    assert any(STEP[step] in failed[0] for step in LIES[lie].split()), failed
    expect(citizen.page.locator(".notice--bad")).to_be_visible()
    assert citizen.page.evaluate("() => localStorage['dancu.journal'] === undefined"), "nothing is remembered of it"


def test_a_log_set_back_is_seen_by_who_checked_before(citizen, visits):
    looks.check(citizen)
    newer = json.loads(citizen.page.evaluate("() => localStorage['dancu.journal']"))
    # As if the log had been larger at the last check than it is now.
    origin, size, *rest = newer["checkpoint"].split("\n")
    newer["checkpoint"] = "\n".join([origin, str(int(size) + 1000), *rest])
    citizen.page.evaluate("text => { localStorage['dancu.journal'] = text; }", json.dumps(newer))
    good, steps, _ = looks.check(citizen)
    assert not good and "dài thêm" in next(text for text, state in steps if state == "bad"), steps
