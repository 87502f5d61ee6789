"""The search at the counter, and the road of a call."""

import re

import pytest
from playwright.sync_api import expect

from support import entries

VERIFIED = {"vi": "Thông tin khớp với dữ liệu dân cư", "en": "The data agree with the population record"}
NOBODY = {"vi": "Không tìm thấy ai phù hợp", "en": "Nobody fits"}
STEPS = {
    "vi": ["Giải mã", "Định danh bên hỏi", "Xét quyền", "Đối chiếu dữ liệu", "Ghi nhật ký", "Ký số"],
    "en": ["Decode", "Authenticate", "Decide", "Consult the registry", "Journal", "Sign"],
}
PASSED = {"vi": "Đạt", "en": "Passed"}
REFUSED_HERE = {"vi": "Từ chối tại đây", "en": "Refused here"}
NOT_TAKEN = {"vi": "Không thực hiện", "en": "Not taken"}
GONE = {"vi": "Không tìm thấy trang", "en": "Page not found"}


def test_a_citizen_without_papers_is_found_chosen_and_verified(officer):
    citizen = officer.demo.citizen("birth date known to the year")
    begin, (used, _) = entries.size(officer.demo), officer.quota()
    assert officer.search("nguyen thi sen", "1941").status == 200
    row = officer.page.locator("#hits tbody tr").filter(has_text=citizen["full_name"])
    expect(row).to_have_count(1)
    assert "0341…0063" in row.inner_text() and citizen["personal_id"] not in officer.page.content()
    # The search is journalled, and so is that this person was seen: the journal can tell them.
    asked, seen = entries.since(officer.demo, begin)
    for entry in (asked, seen):
        assert (entry[entries.FORM], entry[entries.SERVICE]) == ("page", "search")
    assert entries.RELEASED not in asked and seen[entries.RELEASED]
    assert asked[entries.PERSONAL] != seen[entries.PERSONAL], "of both, nothing personal but one hash"
    assert officer.quota()[0] == used + 1

    officer.press(row.locator("button"))
    *_, chosen = entries.since(officer.demo, begin)
    assert chosen[entries.RELEASED] == seen[entries.RELEASED] and officer.quota()[0] == used + 1
    expect(officer.page.locator("#number")).to_have_value(citizen["personal_id"])
    expect(officer.page.locator("#full_name")).to_have_value(citizen["full_name"])
    expect(officer.page.locator("#birth_date")).to_have_value("1941")
    # The ground of the search is the ground of what follows.
    officer.verify()
    assert officer.sentence() == VERIFIED[officer.lang]
    assert "VPCP" in officer.page.locator("#result").inner_text()


def test_who_has_an_old_card_number_only_can_be_chosen_too(one_of_two):
    citizen = one_of_two.demo.citizen("old card number only")
    one_of_two.search(citizen["full_name"], citizen["birth_date"])
    one_of_two.press(one_of_two.page.locator("#hits tbody tr").filter(has_text=citizen["full_name"]).locator("button"))
    expect(one_of_two.page.locator("#number")).to_have_value(citizen["id_card_number"], timeout=1000)


def test_a_search_needs_a_name_a_birth_date_and_a_purpose(one_of_two):
    officer = one_of_two
    begin = entries.size(officer.demo)
    for name, birth, purpose in [
        ("Nguyễn Thị Sen", "", "VPCP"), ("", "1941", "VPCP"), ("Nguyễn Thị Sen", "1941", None),
        ("Nguyễn Thị Sen", "30/02/1941", "VPCP"), ("Nguyễn Thị Sen", "1/1/2100", "VPCP"),
    ]:
        assert officer.search(name, birth, purpose).status == 400, (name, birth, purpose)
        assert len(officer.errors()) == 1
        expect(officer.page.locator("#search_name")).to_have_value(name)
        assert officer.page.locator("#hits").count() == 0
    assert entries.since(officer.demo, begin) == [], "nothing was searched, so nothing is journalled"


def test_a_search_that_nobody_fits_says_so(one_of_two):
    officer = one_of_two
    officer.search("Nguyễn Văn Không Có Ai", "1901")
    assert NOBODY[officer.lang] in officer.page.locator("#hits").inner_text()


def test_a_choice_of_another_session_chooses_nobody(visits):
    one, other = visits(scripts=False).sign_in(0), visits(scripts=False).sign_in(1)
    one.search("nguyen thi sen", "1941")
    choice = one.page.locator("#hits button").first.get_attribute("value")
    other.go("/officer")
    answer = other.context.request.post("/officer/choose", form={"csrf": other.csrf(), "choice": choice})
    assert answer.status == 200 and "Nguyễn Thị Sen" not in answer.text()


def states(visit):
    steps = visit.page.locator(".road__step")
    return [
        (s.locator("h3").inner_text().split(". ", 1)[1], s.locator(".badge").first.inner_text().strip())
        for s in steps.all()
    ]


def test_the_road_of_a_call_shows_its_six_steps_and_no_data_of_the_citizen(officer, person):
    lang = officer.lang
    officer.fill(person).verify()
    number = officer.journal_number()
    assert officer.press(".result__foot a").status == 200
    expect(officer.page).to_have_url(re.compile(f"/road/{number}$"))
    assert states(officer) == [(step, PASSED[lang]) for step in STEPS[lang]]
    text = officer.page.content()
    for value in (person["personal_id"], person["full_name"], "30/04/1985", "1985-04-30"):
        assert value not in text
    # Evidence to take along: the leaf hash, the signature with its key.
    hash_, signature, kid = (c.inner_text() for c in officer.page.locator(".copyable__value").all())
    assert re.fullmatch("[0-9a-f]{64}", hash_) and ".." in signature and kid
    # The language switch stays on the page of this call.
    officer.switch_language()
    assert f"/road/{number}?lang=" in officer.page.url
    assert [s for s, _ in states(officer)] == STEPS["en" if lang == "vi" else "vi"]
    officer.switch_language()
    assert [s for s, _ in states(officer)] == STEPS[lang]


def test_a_refusal_is_shown_at_the_step_where_it_fell(officer, person):
    lang = officer.lang
    officer.fill(person)
    officer.choose_unregistered_purpose()
    officer.verify()
    officer.press(".result__foot a")
    shown = [state for _, state in states(officer)]
    passed, here, not_taken = PASSED[lang], REFUSED_HERE[lang], NOT_TAKEN[lang]
    # A refusal too is journalled and signed.
    assert shown == [passed, passed, here, not_taken, passed, passed]
    decide = officer.page.locator(".road__step").nth(2)
    expect(decide.locator("code")).to_have_text("PURPOSE_NOT_REGISTERED")
    officer.press(decide.locator("a"))
    expect(officer.page).to_have_url(re.compile("/docs#PURPOSE_NOT_REGISTERED$"))
    assert officer.page.locator("#PURPOSE_NOT_REGISTERED").count() == 1


def test_the_road_of_another_officers_call_is_not_there(officer, visits, person):
    visit, owner = officer, visits(scripts=False).sign_in(1)
    owner.fill(person).verify()
    number = owner.journal_number()
    assert visit.go("/road/999999999").status == 404
    assert visit.go(f"/road/{number}").status == 404
    assert visit.page.locator("h1").inner_text() == GONE[visit.lang]
    assert visit.page.locator(".road__step").count() == 0
    assert owner.go(f"/road/{number}").status == 200


def test_the_road_of_a_machines_call_is_not_there_for_officers(visits, htmc, person):
    answer = htmc.verify(htmc.body(person))
    assert answer.status_code == 200
    visit = visits(scripts=False).sign_in(0)
    assert visit.go(f"/road/{answer.headers['Dancu-Journal']}").status == 404
    for path in ("/road/-1", "/road/x", "/road/99999999999999999999999"):
        assert visit.go(path).status in (400, 404), path
