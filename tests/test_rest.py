"""The REST door as a client reads it, every answer held against the published contract."""

import copy
import unicodedata
import uuid

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from support.caller import request_id
from support.server import REPOSITORY

NOT_USABLE = {"deceased", "locked", "cancelled", "missing"}


@pytest.fixture(scope="module")
def contract(htmc):
    with htmc.session(None) as session:
        return session.get(htmc.demo.base_url + "/api/v1/openapi.json", timeout=10).json()


def closed(schema):
    """The schema with nothing allowed that it does not name: what is undocumented is found."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: closed(part) for key, part in schema.items()}
    if isinstance(schema.get("properties"), dict):
        schema.setdefault("additionalProperties", False)
    return schema


@pytest.fixture(scope="module")
def conforms(contract):
    """Checks an answer against the contract, undocumented fields included."""
    registries = [
        Registry().with_resource("urn:contract", Resource.from_contents(c, default_specification=DRAFT202012))
        for c in (contract, {"components": closed(copy.deepcopy(contract["components"]))})
    ]

    def check(answer, path, strict=True):
        responses = contract["paths"][path]["post"]["responses"]
        status = str(answer.status_code)
        key = status if status in responses else f"{status[0]}XX"
        [(media, _)] = responses[key]["content"].items()
        assert answer.headers["content-type"] == media
        schema = {"$ref": f"urn:contract#/paths/{path.replace('/', '~1')}/post/responses/{key}/content/{media.replace('/', '~1')}/schema"}
        jsonschema.Draft202012Validator(schema, registry=registries[0]).validate(answer.json())
        if strict:
            name = responses[key]["content"][media]["schema"]["$ref"].rpartition("/")[2]
            schema = {"$ref": f"urn:contract#/components/schemas/{name}"}
            jsonschema.Draft202012Validator(schema, registry=registries[1]).validate(answer.json())
        for header in responses[key].get("headers", {}):
            # These two only where they have something to say.
            if header not in ("Idempotent-Replayed", "Dancu-Sandbox"):
                assert header in answer.headers
        assert "Dancu-Sandbox" not in answer.headers
        return answer.json()

    return check


@pytest.fixture
def verify(htmc, conforms):
    def call(body, **options):
        return conforms(htmc.verify(body, **options), "/api/v1/verifications")

    return call


@pytest.fixture
def look_up(htmc, conforms):
    def call(body, **options):
        return conforms(htmc.look_up(body, **options), "/api/v1/lookups")

    return call


def verdicts(answer):
    return {field: told["verdict"] for field, told in answer["fields"].items()}


def test_the_contract_is_valid_and_the_committed_one(contract, demo):
    OpenAPIV31SpecValidator(contract).validate()
    committed = (REPOSITORY / "docs/openapi.json").read_text()
    import json

    assert json.loads(committed.replace("https://localhost:8443", demo.base_url)) == contract


def test_every_citizen_verifies_with_their_own_data(demo, htmc, verify):
    assert len(demo.facts["citizens"]) >= 10
    for citizen in demo.facts["citizens"]:
        body = htmc.body(citizen)
        body["citizen"]["sex"] = {1: "male", 2: "female"}[citizen["sex"]]
        answer = verify(body)
        expected = "not_usable" if citizen["state"] in NOT_USABLE else "verified"
        assert answer["outcome"] == expected, citizen["note"]
        assert answer["verified"] == answer["exists"] == (expected == "verified"), citizen["note"]
        assert set(verdicts(answer).values()) <= {"match", "not_asked"}, citizen["note"]
        assert answer["request_id"] == body["request_id"]


def test_the_sample_has_everybody_that_a_newcomer_needs(demo):
    states = {c["state"] for c in demo.facts["citizens"]}
    assert states == {"alive"} | NOT_USABLE
    for note in ("person of the examples", "deceased", "birth date known to the year", "changed name", "old card number only"):
        assert demo.citizen(note)


@pytest.mark.parametrize("note", ["birth date known to the year only", "old card number only"])
def test_a_year_only_record_is_matched_by_its_year(demo, htmc, verify, note):
    citizen = demo.citizen(note)
    for born in (citizen["birth_date"], f"{citizen['birth_date']}-07-15"):
        answer = verify(htmc.body(citizen | {"birth_date": born}))
        assert (answer["exists"], answer["fields"]["birth_date"]["reason"]) == (True, "year_only"), born
    other = str(int(citizen["birth_date"]) + 1)
    assert not verify(htmc.body(citizen | {"birth_date": other}))["exists"]


def test_a_former_name_is_near(demo, htmc, verify):
    citizen = demo.citizen("changed name")
    answer = verify(htmc.body(citizen | {"full_name": citizen["former_name"]}))
    assert (answer["outcome"], verdicts(answer)["full_name"]) == ("mismatch", "near")
    assert answer["fields"]["full_name"]["reason"] == "former_name"


def test_a_former_number_is_near(demo, htmc, verify):
    citizen = demo.citizen("personal number re-established")
    answer = verify(htmc.body(citizen | {"personal_id": citizen["former_number"]}))
    assert verdicts(answer)["personal_id"] == "near"
    assert not answer["verified"]


def test_near_is_told_only_where_it_is_agreed(demo, conforms):
    bank, citizen = demo.system("ngan-hang"), demo.citizen("changed name")
    answer = conforms(bank.verify(bank.body(citizen | {"full_name": citizen["former_name"]})), "/api/v1/verifications")
    assert verdicts(answer)["full_name"] == "mismatch"


def test_day_and_month_swapped_is_near(demo, htmc, verify):
    citizen = demo.citizen("mother of the person")
    year, month, day = citizen["birth_date"].split("-")
    answer = verify(htmc.body(citizen | {"birth_date": f"{year}-{day}-{month}"}))
    assert (verdicts(answer)["birth_date"], answer["verified"]) == ("near", False)


def test_the_old_card_number_names_the_same_person(demo, htmc, verify):
    for citizen in (c for c in demo.facts["citizens"] if c["id_card_number"] and c["state"] == "alive"):
        answer = verify(htmc.body(citizen | {"personal_id": None}))
        assert answer["verified"], citizen["note"]
        assert verdicts(answer)["id_card_number"] == "match"


def bare(name):
    """Without marks, upper case, as old clients send it."""
    decomposed = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).upper()


FORMS = {
    "NFD": lambda n: unicodedata.normalize("NFD", n),
    "upper case": str.upper,
    "lower case": str.lower,
    "many spaces": lambda n: "  " + n.replace(" ", "   ") + " ",
    "no marks": bare,
    "no spaces": lambda n: bare(n).replace(" ", ""),
}


@pytest.mark.parametrize("form", FORMS)
def test_names_as_clients_write_them(demo, htmc, verify, form):
    for citizen in demo.facts["citizens"]:
        answer = verify(htmc.body(citizen | {"full_name": FORMS[form](citizen["full_name"])}))
        assert verdicts(answer)["full_name"] in {"match", "match_unaccented"}, citizen["full_name"]


@pytest.mark.parametrize("written", ["Trần Thị Thuý Hoà", "Trần Thị Thúy Hoà", "TRẦN THỊ THUÝ HÒA"])
def test_both_places_of_the_tone_mark(demo, htmc, verify, written):
    assert verdicts(verify(htmc.body(demo.facts["citizens"][0] | {"full_name": written})))["full_name"] == "match"


@pytest.mark.parametrize("written", ["Hòa Trần Thị Thúy", "Trần Thúy Thị Hòa", "Trần Thị Thúy Hóa", "Trần Thị"])
def test_other_names_do_not_verify(demo, htmc, verify, written):
    answer = verify(htmc.body(demo.facts["citizens"][0] | {"full_name": written}))
    assert (answer["verified"], answer["exists"]) == (False, False)


def test_unknown_person(demo, htmc, verify, look_up):
    citizen = demo.facts["citizens"][0] | {"personal_id": "001185999999"}
    answer = verify(htmc.body(citizen))
    assert (answer["outcome"], answer["exists"], answer.get("fields")) == ("not_found", False, None)
    assert look_up(htmc.body(citizen))["outcome"] == "not_found"


def test_look_up_gives_what_is_agreed_and_not_more(demo, htmc, look_up):
    citizen = demo.facts["citizens"][0]
    answer = look_up(htmc.body(citizen))
    told = answer["citizen"]
    assert told["full_name"]["value"] == "Trần Thị Thúy Hòa"
    assert told["birth_date"]["value"] == "1985-04-30"
    assert told["full_name"]["source"] and told["full_name"]["as_of"]
    assert set(told) <= set(answer["released"])
    for sensitive in ("ethnic_group", "religion", "blood_group"):
        assert sensitive not in told
    named = look_up(htmc.body(citizen, fields=["ethnic_group", "full_name"]))
    assert set(named["citizen"]) == {"ethnic_group", "full_name"}
    assert named["citizen"]["ethnic_group"]["value"]["code"] == "02"


def test_look_up_needs_the_right_name_and_date(demo, htmc, look_up):
    citizen = demo.facts["citizens"][0]
    for wrong in ({"full_name": "Nguyễn Văn A"}, {"birth_date": "1985-04-29"}):
        answer = look_up(htmc.body(citizen | wrong))
        assert (answer["outcome"], answer.get("citizen"), answer["released"]) == ("mismatch", None, [])


def test_look_up_of_a_field_outside_the_agreement(demo, htmc, look_up):
    answer = look_up(htmc.body(demo.facts["citizens"][0], fields=["contact"]))
    assert answer["code"] == "FIELD_NOT_AGREED"


# ---- batches


def test_a_batch_fails_one_by_one(demo, htmc, conforms):
    citizens = demo.facts["citizens"]
    items = [
        htmc.body(citizens[0]),
        htmc.body(citizens[1], purpose="9.9"),
        {"request_id": "no-citizen"},
        htmc.body(citizens[1] | {"birth_date": "1955-02-30"}),
        htmc.body(citizens[1]),
    ]
    answer = htmc.verify({"items": items})
    told = conforms(answer, "/api/v1/verifications", strict=False)["items"]
    assert [i["index"] for i in told] == [0, 1, 2, 3, 4]
    assert [i["status"] for i in told] == [200, 403, 400, 400, 200]
    assert told[1]["problem"]["code"] == "PURPOSE_NOT_REGISTERED"
    assert (told[2]["problem"]["code"], told[2]["problem"]["field"]) == ("FIELD_MISSING", "/items/2/citizen")
    assert told[3]["problem"]["code"] == "DATE_INVALID"
    assert [told[i]["answer"]["request_id"] for i in (0, 4)] == [items[0]["request_id"], items[4]["request_id"]]
    first, last = map(int, answer.headers["Dancu-Journal"].split("-"))
    assert last - first == 4, "one entry for each request"


def test_the_contract_tells_everything_a_batch_answers(demo, htmc, conforms):
    items = [htmc.body(demo.facts["citizens"][0]), htmc.body(demo.facts["citizens"][0], purpose="9.9")]
    conforms(htmc.verify({"items": items}), "/api/v1/verifications")


def test_a_batch_of_a_thousand_and_not_one_more(demo, htmc, conforms):
    citizens = demo.facts["citizens"]
    items = [htmc.body(citizens[i % len(citizens)]) for i in range(1001)]
    answer = htmc.verify({"items": items[:1000]})
    told = conforms(answer, "/api/v1/verifications", strict=False)["items"]
    assert len(told) == 1000
    for item, citizen in zip(told, citizens * 50, strict=False):
        assert item["answer"]["verified"] == (citizen["state"] not in NOT_USABLE)
    refused = conforms(htmc.verify({"items": items}), "/api/v1/verifications")
    assert refused["code"] == "BATCH_TOO_LARGE"


# ---- idempotency


def test_the_same_call_again_gets_the_same_answer(demo, htmc):
    key, body = str(uuid.uuid4()), htmc.body(demo.facts["citizens"][0])
    first, again = (htmc.verify(body, headers={"Idempotency-Key": key}) for _ in range(2))
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert first.headers["Dancu-Journal"] == again.headers["Dancu-Journal"]


def test_a_key_does_not_serve_two_bodies(demo, htmc, verify):
    key = str(uuid.uuid4())
    verify(htmc.body(demo.facts["citizens"][0]), headers={"Idempotency-Key": key})
    other = verify(htmc.body(demo.facts["citizens"][1]), headers={"Idempotency-Key": key})
    assert other["code"] == "IDEMPOTENCY_KEY_REUSED"


def test_a_key_of_another_system_is_another_key(demo, htmc):
    key, canbo = str(uuid.uuid4()), demo.system("canbo")
    one = htmc.verify(htmc.body(demo.facts["citizens"][0]), headers={"Idempotency-Key": key})
    two = canbo.verify(canbo.body(demo.facts["citizens"][1]), headers={"Idempotency-Key": key})
    assert (one.status_code, two.status_code) == (200, 200)
    assert "Idempotent-Replayed" not in two.headers


@pytest.mark.parametrize("key", ["x" * 129, "a b"])
def test_a_key_of_another_form(demo, htmc, verify, key):
    assert verify(htmc.body(demo.facts["citizens"][0]), headers={"Idempotency-Key": key})["code"] == "IDEMPOTENCY_KEY_INVALID"


# ---- problems


def test_a_problem_tells_all_that_a_caller_needs(demo, htmc, conforms):
    answer = htmc.verify(htmc.body(demo.facts["citizens"][0] | {"personal_id": "00118500001"}))
    problem = conforms(answer, "/api/v1/verifications")
    assert problem["status"] == answer.status_code == 400
    assert problem["code"] == "NUMBER_INVALID"
    assert problem["field"] == "/citizen/personal_id"
    assert problem["correlation_id"] == answer.headers["Dancu-Correlation-Id"]
    assert problem["actor"] == "caller" and problem["retry"] == "no" and problem["action"]
    assert "00118500001" not in answer.text, "the value is not repeated"


def test_the_type_of_a_problem_leads_to_its_explanation(demo, htmc, verify):
    problem = verify(htmc.body(demo.facts["citizens"][0], purpose="9.9"))
    with htmc.session() as session:
        page = session.get(demo.base_url + problem["type"], timeout=10)
    assert page.status_code == 200
    assert problem["code"] in page.text


@pytest.mark.parametrize(
    ("header", "lang", "title"),
    [
        (None, "vi", "Yêu cầu không nêu mục đích"),
        ("vi-VN,vi;q=0.9", "vi", "Yêu cầu không nêu mục đích"),
        ("en", "en", "The request names no purpose"),
        ("en-GB,en;q=0.8,vi;q=0.5", "en", "The request names no purpose"),
        ("fr", "vi", "Yêu cầu không nêu mục đích"),
        ("vi,en;q=0.5", "vi", "Yêu cầu không nêu mục đích"),
    ],
)
def test_the_language_of_a_problem(demo, htmc, verify, header, lang, title):
    problem = verify(htmc.body(demo.facts["citizens"][0], purpose=None), headers={"Accept-Language": header} if header else {})
    assert problem["code"] == "PURPOSE_MISSING"
    assert problem["lang"] == lang
    assert problem["title"].startswith(title)


def test_the_quota_of_an_account_is_exact(demo, conforms):
    """Five calls a day for each account of this system; another account has its own five."""
    bank, citizen = demo.system("ngan-hang"), demo.facts["citizens"][0]
    officer = bank.facts["officers"][1]["personal_id"]
    statuses = [bank.verify(bank.body(citizen, officer=officer)).status_code for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    refused = bank.verify(bank.body(citizen, officer=officer))
    assert refused.json()["code"] == "QUOTA_ACCOUNT"
    assert refused.json()["retry"] == "tomorrow" and int(refused.headers["Retry-After"]) > 0
    conforms(refused, "/api/v1/verifications")


def test_replay_of_a_request_with_a_hash_per_call(demo, htmc, verify):
    body, headers = htmc.body(demo.facts["citizens"][0]), htmc.per_call_headers()
    assert verify(body, auth=False, headers=headers)["verified"]
    assert verify(body, auth=False, headers=headers)["code"] == "REQUEST_REPLAYED"
    assert verify(body | {"request_id": request_id()}, auth=False, headers=headers)["verified"]


def test_an_unknown_address_below_the_interface_is_a_problem(htmc):
    answer = htmc.post("/api/v1/nothing", json={})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "NOT_FOUND"
