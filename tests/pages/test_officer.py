"""Verify and look up, in both languages, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from support import entries
from support.browser import DESK, PHONE, day

SAID = {
    "verified": {"vi": "Thông tin khớp với dữ liệu dân cư", "en": "The data agree with the population record"},
    "mismatch": {"vi": "Thông tin không khớp với dữ liệu dân cư", "en": "The data do not agree with the population record"},
    "not_found": {
        "vi": "Không tìm thấy công dân theo thông tin đã nhập", "en": "No citizen was found with these data",
    },
    "not_usable": {"vi": "Có dữ liệu nhưng không được sử dụng", "en": "There is a record, but it may not be used"},
    "found": {"vi": "Tìm thấy thông tin công dân", "en": "The citizen was found"},
    "refused": {"vi": "Yêu cầu bị từ chối", "en": "The request was refused"},
}
MATCH = {"vi": "Khớp", "en": "Match"}
UNACCENTED = {"vi": "Khớp, không dấu", "en": "Match, no marks"}
NEAR = {"vi": "Gần khớp", "en": "Near"}
MISMATCH = {"vi": "Không khớp", "en": "No match"}
NOT_ASKED = {"vi": "Không hỏi", "en": "Not asked"}
EDIT = {
    "vi": "Chỉ khác một ký tự; có thể do gõ nhầm.", "en": "One character differs; possibly a typing error.",
}
SWAPPED = {"vi": "Ngày và tháng bị đổi chỗ.", "en": "Day and month are swapped."}
FORMER = {
    "vi": "Là tên cũ của công dân, trước khi đổi tên.", "en": "A former name, before the citizen changed it.",
}
YEAR_ONLY = {
    "vi": "Dữ liệu dân cư chỉ có năm sinh; năm sinh trùng.",
    "en": "The record knows only the year of birth; it is the same.",
}
NOT_REGISTERED = {
    "vi": "Mục đích hoặc mã thủ tục không có trong thỏa thuận.",
    "en": "The purpose or procedure code is not in the agreement.",
}
REFUSED = {"vi": "Bị từ chối", "en": "Refused"}
BAD_NUMBER = {
    "vi": "Số định danh phải có 12 chữ số, số CMND phải có 9 chữ số.",
    "en": "A personal identification number has 12 digits, an old identity card number 9.",
}
BAD_DATE = {"vi": "Ngày không tồn tại hoặc sai định dạng.", "en": "The date does not exist or is in a wrong form."}
FUTURE = {"vi": "Ngày sinh ở tương lai.", "en": "The birth date lies in the future."}
SENSITIVE = ("ethnic_group", "religion", "blood_group")


def said(visit, outcome):
    assert visit.sentence() == SAID[outcome][visit.lang]


def test_what_agrees_is_verified_field_by_field(officer, person):
    lang = officer.lang
    begin = entries.size(officer.demo)
    assert officer.fill(person).verify().status == 200
    said(officer, "verified")
    words = [verdict for verdict, _ in officer.verdicts()]
    assert words == [MATCH[lang], NOT_ASKED[lang], MATCH[lang], MATCH[lang], NOT_ASKED[lang]]
    # The form keeps what was asked, and the result can be read beside it.
    expect(officer.page.locator("#full_name")).to_have_value(person["full_name"])
    [entry] = entries.since(officer.demo, begin)
    assert entry[entries.FORM] == "page" and entry[entries.SERVICE] == "verify"
    assert entry[entries.SYSTEM] == "canbo" and entry[entries.ACCOUNT]
    assert officer.officer()["login"] not in str(entry), "the public part of the journal names the officer"
    assert entry[entries.OUTCOME] == "verified" and officer.journal_number() == entry[entries.NUMBER]


def test_names_without_marks_or_spaces_and_numbers_as_cards_show_them_are_understood(one_of_two, person):
    officer = one_of_two
    number = person["personal_id"]
    officer.fill(
        person, full_name="TRANTHITHUYHOA", number=f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}",
        birth_date="30.4.1985",
    )
    officer.verify()
    said(officer, "verified")
    assert officer.verdicts()[2][0] == UNACCENTED[officer.lang]


def test_what_differs_says_where_and_how(officer, person):
    lang = officer.lang
    officer.fill(person, full_name="Trần Thị Thúy Hoan", birth_date="30/04/1986")
    officer.verify()
    said(officer, "mismatch")
    assert officer.verdicts()[2] == (NEAR[lang], EDIT[lang])
    assert officer.verdicts()[3][0] == MISMATCH[lang]
    # The result never tells what the record holds.
    result = officer.page.locator("#result").inner_text()
    assert person["full_name"] not in result and day(person["birth_date"]) not in result


def test_a_former_name_a_swapped_date_and_a_year_alone_have_their_reasons(one_of_two):
    officer = one_of_two
    lang, demo = officer.lang, officer.demo
    changed = demo.citizen("changed name")
    officer.fill(changed, full_name=changed["former_name"]).verify()
    assert officer.verdicts()[2] == (NEAR[lang], FORMER[lang])
    officer.fill(demo.citizen("long name"), birth_date="10/11/1953").verify()
    said(officer, "mismatch")
    officer.fill(demo.citizen("father of the person"), birth_date="06/12/1955").verify()
    assert officer.verdicts()[3] == (NEAR[lang], SWAPPED[lang])
    officer.fill(demo.citizen("birth date known to the year"), birth_date="05/06/1941").verify()
    said(officer, "verified")
    assert officer.verdicts()[3][1] == YEAR_ONLY[lang]


def test_a_number_that_nobody_has_and_a_person_who_has_died(officer):
    advice = officer.page.locator(".result__advice")
    officer.fill(number="001099999999", full_name="Nguyễn Văn Không", birth_date="01/01/1999").verify()
    said(officer, "not_found")
    assert officer.verdicts() == []
    expect(advice).to_contain_text("Tìm tại quầy" if officer.lang == "vi" else "Search at the counter")
    officer.fill(officer.demo.citizen("deceased")).verify()
    said(officer, "not_usable")
    expect(advice).to_contain_text("đã chết" if officer.lang == "vi" else "has died")


def test_a_look_up_shows_what_is_agreed_and_sensitive_fields_only_when_ticked(officer, person):
    vi = officer.lang == "vi"
    religion, sensitive = ("Tôn giáo", "Dữ liệu nhạy cảm") if vi else ("Religion", "Sensitive data")
    begin = entries.size(officer.demo)
    assert officer.fill(person).look_up().status == 200
    said(officer, "found")
    facts = officer.facts()
    assert person["full_name"] in facts["Họ, chữ đệm và tên" if vi else "Full name"]
    assert "Trần Văn Bình" in facts["Cha" if vi else "Father"]
    assert religion not in facts and sensitive not in officer.page.locator("#result").inner_text()

    officer.fill(person)
    officer.tick(sensitive=["religion"], fields=["mother"])
    officer.look_up()
    facts = officer.facts()
    assert religion in facts and "Phạm Thị Cúc" in facts["Mẹ" if vi else "Mother"]
    assert ("Cha" if vi else "Father") not in facts, "a field that was not named"
    expect(officer.page.locator(".factgroup--sensitive")).to_contain_text(sensitive)
    # What is ticked stays ticked, and the list that holds it stays open.
    expect(officer.page.locator("input[name=sensitive][value=religion]")).to_be_checked()
    expect(officer.page.locator("input[name=sensitive][value=religion]")).to_be_visible()

    plain, named = entries.since(officer.demo, begin)
    assert plain[entries.SERVICE] == named[entries.SERVICE] == "look_up"
    assert named[entries.RELEASED] & ~plain[entries.RELEASED], "the journal does not tell the sensitive field"


def test_the_form_tells_which_purposes_there_are_and_what_a_look_up_gives(one_of_two):
    """Few purposes show whole, at once, on a phone too; nothing ticked means everything that is not sensitive."""
    officer = one_of_two
    try:
        for path in ("/officer", "/officer?view=counter"):
            for size in (DESK, PHONE):
                officer.go(path)
                officer.page.set_viewport_size(size)
                for words in ("1.004227 – Giải quyết thủ tục hành chính (mô phỏng)",
                              "VPCP – Xử lý chung trên trục liên thông"):
                    label = officer.page.get_by_label(words)
                    expect(label).to_have_count(1)
                    assert officer.page.get_by_text(words).evaluate("e => e.scrollWidth <= e.clientWidth"), words
    finally:
        officer.page.set_viewport_size(DESK)
    officer.go("/officer")
    count = officer.page.locator("details.more .count")
    expect(count).to_have_text("mọi trường, trừ nhạy cảm" if officer.lang == "vi" else "all but sensitive")
    if officer.scripts:
        officer.tick(fields=["mother", "father"])
        expect(count).to_have_text("2")


def test_what_is_wrong_in_the_form_is_said_before_anything_is_asked(one_of_two, person):
    officer = one_of_two
    lang = officer.lang
    begin = entries.size(officer.demo)
    for changed, wrong, control in [
        ({"number": "12345678901"}, BAD_NUMBER, "number"),
        ({"number": "1234567890123"}, BAD_NUMBER, "number"),
        ({"birth_date": "31/02/1985"}, BAD_DATE, "birth_date"),
        ({"birth_date": "01/01/2100"}, FUTURE, "birth_date"),
    ]:
        assert officer.fill(person, **changed).verify().status == 400
        assert officer.errors() == [wrong[lang]]
        marked = officer.page.locator("[aria-invalid=true]")
        expect(marked).to_have_count(1)
        expect(marked).to_have_id(control)
        assert wrong[lang] in officer.page.locator(f"#{control}-error").inner_text()
        expect(marked).to_have_value(next(iter(changed.values())))
    officer.go("/officer")
    assert officer.fill(person, purpose=None).verify().status == 400
    assert len(officer.errors()) == 1 and officer.errors()[0]
    officer.go("/officer")
    assert officer.fill(case="").look_up().status == 400
    assert len(officer.errors()) == 3, "number, name and birth date"
    assert entries.since(officer.demo, begin) == []
    assert officer.page.locator("#result table").count() == 0


def test_a_refusal_is_told_in_words_with_its_code(officer, person):
    """The page stood open while a purpose left the agreement."""
    lang, begin = officer.lang, entries.size(officer.demo)
    officer.fill(person)
    officer.choose_unregistered_purpose()
    assert officer.verify().status == 403
    said(officer, "refused")
    result = officer.page.locator("#result")
    expect(result).to_contain_text(NOT_REGISTERED[lang])
    expect(result.locator("code").first).to_have_text("PURPOSE_NOT_REGISTERED")
    expect(officer.page.locator("section.noprint tbody tr").first).to_contain_text(REFUSED[lang])
    # The search at the counter is refused by the same rule, and shows nobody.
    officer.go("/officer?view=counter")
    officer.page.fill("#search_name", "Nguyễn Thị Sen")
    officer.page.fill("#search_birth_date", "1941")
    officer.choose_unregistered_purpose()
    assert officer.press("form.counter button").status == 403
    assert any(NOT_REGISTERED[lang] in error for error in officer.errors())
    assert officer.page.locator("#hits table").count() == 0
    verify, search = entries.since(officer.demo, begin)
    assert verify[entries.OUTCOME] == search[entries.OUTCOME] == "PURPOSE_NOT_REGISTERED"
    assert search[entries.SERVICE] == "search" and search[entries.FORM] == "page"
    assert entries.RELEASED not in verify or verify[entries.RELEASED] == 0


def test_the_list_of_latest_calls_and_the_quota_follow(visit, person):
    officer = visit.sign_in()
    begin = entries.size(officer.demo)
    used, limit = officer.quota()
    assert limit == 300
    officer.fill(person, case="H55.242-1").verify()
    officer.fill(person, case="H55.242-2").look_up()
    officer.fill(officer.demo.citizen("deceased"), case="H55.242-3").verify()
    assert officer.quota() == (used + 3, 300)
    assert str(used + 3) in officer.page.locator(".quota").inner_text()
    rows = officer.page.locator("section.noprint tbody tr").all()
    cases = [row.locator("td").nth(3).inner_text().strip() for row in rows[:3]]
    assert [c.split()[-1] for c in cases] == ["H55.242-3", "H55.242-2", "H55.242-1"]
    numbers = [int(row.locator("a").get_attribute("href").rsplit("/", 1)[1]) for row in rows[:3]]
    written = [entry[entries.NUMBER] for entry in entries.since(officer.demo, begin)]
    assert numbers == written[::-1] and len(numbers) == 3
    # Whom it concerned shows masked; the whole number is nowhere in the list.
    listed = officer.page.locator("section.noprint").inner_text()
    assert person["personal_id"] not in listed and "0011…0017" in listed
    # It stays when the page is opened anew.
    officer.go("/officer")
    assert len(officer.page.locator("section.noprint tbody tr").all()) == 3


@pytest.mark.parametrize("state", ["locked", "cancelled"])
def test_no_record_that_may_not_be_used_is_shown(visits, state):
    visit = visits(scripts=False).sign_in(1)
    citizen = visit.demo.citizen(state)
    visit.fill(citizen).verify()
    said(visit, "not_usable")
    visit.fill(citizen)
    visit.tick(sensitive=SENSITIVE)
    visit.look_up()
    said(visit, "not_usable")
    assert list(visit.facts()) == ["Mục đích", "Số hồ sơ"], "what the officer gave, and nothing of the record"


@pytest.mark.parametrize(("state", "words"), [("deceased", "Đã chết"), ("missing", "Mất tích")])
def test_a_look_up_tells_that_a_person_has_died_or_is_missing(visits, state, words):
    visit = visits(scripts=False).sign_in(1)
    visit.fill(visit.demo.citizen(state)).look_up()
    said(visit, "found")
    expect(visit.page.locator(".result__head")).to_contain_text(words)
