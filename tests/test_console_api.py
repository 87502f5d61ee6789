"""The console's API as an integrator's program calls it, over TLS: every answer held against the document that it serves, and a day of work
without a page."""

import base64
import copy
import hashlib
import hmac
import json
import re
import struct
import time

import jsonschema
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from support.server import REPOSITORY, run

PDF = base64.b64encode(b"%PDF-1.4\n%\xc3\xa9\n1 0 obj<<>>endobj\n%%EOF\n").decode()


def totp(key, at=None):
    """RFC 6238, written from its text."""
    step = int((at or time.time()) // 30)
    secret = base64.b32decode(key + "=" * (-len(key) % 8))
    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


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


class Contract:
    """The document, and whether an answer keeps it."""

    def __init__(self, document):
        self.document = document
        self.paths = {
            re.compile("^" + re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(path)) + "$"): path for path in document["paths"]
        }
        strict = copy.deepcopy(document)
        strict["components"]["schemas"] = {name: closed(schema) for name, schema in strict["components"]["schemas"].items()}
        self.registry = Registry().with_resource("urn:contract", Resource.from_contents(strict, default_specification=DRAFT202012))

    def check(self, method, path, answer):
        # A path without a part that varies is found before one with.
        [pattern, *_] = sorted((known for known in self.paths if known.match(path)), key=lambda known: self.paths[known].count("{"))
        name = self.paths[pattern]
        responses = self.document["paths"][name][method.lower()]["responses"]
        status = str(answer.status_code)
        key = status if status in responses else f"{status[0]}XX"
        content = responses[key].get("content")
        if content is None:
            assert answer.content == b"", (method, path)
            return
        [(media, _)] = content.items()
        if "json" not in media:
            return
        assert answer.headers["content-type"] == media
        place = "/".join(part.replace("~", "~0").replace("/", "~1") for part in ["paths", name, method.lower(), "responses", key, "content", media, "schema"])
        jsonschema.Draft202012Validator({"$ref": f"urn:contract#/{place}"}, registry=self.registry).validate(answer.json())


@pytest.fixture(scope="module")
def console(demo):
    return demo.facts["console"]


@pytest.fixture(scope="module")
def contract(demo, console):
    answer = requests.get(console["url"] + "/api/v1/openapi.json", verify=demo.facts["ca_cert"], timeout=10)
    assert answer.status_code == 200
    return Contract(answer.json())


class Caller:
    """A program of somebody of staff."""

    def __init__(self, demo, contract, role, organisation=None):
        console = demo.facts["console"]
        [self.facts] = [s for s in console["staff"] if (s["role"], s["organisation"]) == (role, organisation)]
        self.url, self.contract = console["url"], contract
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = demo.facts["ca_cert"]
        self.session.headers["Accept-Language"] = "en"

    def call(self, method, path, body=None, status=200, **options):
        answer = self.session.request(method, self.url + path, json=body, timeout=30, **options)
        assert answer.status_code == status, (method, path, answer.text)
        self.contract.check(method, path.partition("?")[0], answer)
        return answer

    def get(self, path, status=200):
        return self.call("GET", path, status=status).json()

    def post(self, path, body, status=200):
        answer = self.call("POST", path, body, status)
        return answer.json() if answer.content else None

    def sign_in(self):
        known = {"login": self.facts["login"], "password": self.facts["password"]}
        first = self.post("/api/v1/sign-in", known)
        assert first["step"] == "second_factor" and first["totp"]
        proof = {"attempt": first["attempt"], "code": totp(self.facts["totp"])}
        answer = self.session.post(self.url + "/api/v1/sign-in/factor", json=proof, timeout=30)
        if answer.status_code == 401:
            # Somebody signed in with this code a moment ago: it counts once.
            time.sleep(31 - time.time() % 30)
            answer = self.session.post(self.url + "/api/v1/sign-in/factor", json=proof | {"code": totp(self.facts["totp"])}, timeout=30)
        assert answer.status_code == 200, answer.text
        self.contract.check("POST", "/api/v1/sign-in/factor", answer)
        self.session.headers["Authorization"] = "Bearer " + answer.json()["session"]["token"]
        return self


@pytest.fixture(scope="module")
def caller(demo, contract):
    signed_in = {}

    def sit(role, organisation=None):
        if (role, organisation) not in signed_in:
            signed_in[role, organisation] = Caller(demo, contract, role, organisation).sign_in()
        return signed_in[role, organisation]

    return sit


def test_the_document_is_valid_and_the_committed_one(contract):
    OpenAPIV31SpecValidator(contract.document).validate()
    assert json.loads((REPOSITORY / "docs/openapi-console.json").read_text()) == contract.document
    done = run("docs", "check", cwd=REPOSITORY)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_example_of_the_document_is_of_its_schema(contract):
    registry = Registry().with_resource("urn:contract", Resource.from_contents(contract.document, default_specification=DRAFT202012))
    examples = 0
    for path, methods in contract.document["paths"].items():
        for method, operation in methods.items():
            if "requestBody" in operation:
                media = operation["requestBody"]["content"].get("application/json")
                if media is None:
                    continue  # A file.
                place = f"urn:contract#/paths/{path.replace('/', '~1')}/{method}/requestBody/content/application~1json/schema"
                jsonschema.Draft202012Validator({"$ref": place}, registry=registry).validate(media["example"])
                examples += 1
    assert examples > 40


def test_without_a_token_nothing_is_told(demo, contract, console):
    nobody = Caller(demo, contract, "connection_officer")
    for path in ["/api/v1/me", "/api/v1/work", "/api/v1/alerts", "/api/v1/usage"]:
        assert nobody.get(path, status=401)["code"] == "SIGN_IN_REQUIRED"
    wrong = {"login": nobody.facts["login"], "password": "không phải"}
    assert nobody.post("/api/v1/sign-in", wrong, status=401)["code"] == "SIGN_IN_WRONG"


def test_a_program_signs_in_lists_its_work_and_reads_a_matter(caller):
    officer = caller("connection_officer")
    me = officer.get("/api/v1/me")
    assert me["roles"] == ["connection_officer"] and "connection.receive" in me["duties"]
    work = officer.get("/api/v1/work")["items"]
    assert work, "the demo has connections that wait for somebody"
    matter = officer.call("GET", f"/api/v1/matters/{work[0]['id']}")
    assert matter.headers["etag"] and matter.json()["matter"]["id"] == work[0]["id"]
    assert {step["step"] for step in matter.json()["possible"]}
    # A page of one, and the next of one, are two others.
    first = officer.get("/api/v1/matters?limit=1")
    second = officer.get("/api/v1/matters?limit=1&after=" + first["next"])
    assert first["items"][0]["id"] != second["items"][0]["id"]


def test_a_ticket_is_opened_answered_and_what_one_may_not_know_of_is_not_there(caller):
    manager = caller("organisation_manager", "thai-nguyen")
    text = {"channel": "phone", "name": "Nguyễn Văn A", "contact": "0912345678", "subject": "Hỏi về hạn mức", "text": "Hạn mức là bao nhiêu?"}
    opened = manager.post("/api/v1/cases", {"organisation": "thai-nguyen", "content": {"ticket": text}}, status=201)
    matter = f"/api/v1/matters/{opened['id']}"
    assert manager.get(matter)["content"]["ticket"]["subject"] == "Hỏi về hạn mức"
    attached = manager.post(matter + "/documents", {"kind": "other", "name": "anh-man-hinh.pdf", "content": PDF}, status=201)
    taken = manager.call("GET", f"{matter}/documents/{attached['sha256']}")
    assert taken.content == base64.b64decode(PDF)
    fly = manager.post(matter + "/steps", {"step": "fly"}, status=422)
    assert fly["errors"][0]["pointer"] == "/step"
    assert caller("security_assessor").get(matter, status=404)["code"] == "NOT_FOUND"


def test_a_paper_is_filled_and_made_as_pdf(caller):
    manager = caller("organisation_manager", "thai-nguyen")
    matters = manager.get("/api/v1/matters?kind=connection&limit=200")["items"]
    papers = {m["id"]: manager.get(f"/api/v1/matters/{m['id']}/papers")["items"] for m in matters}
    [matter, *_] = [of for of, rows in papers.items() if any(row["paper"] == "commitment" for row in rows)]
    form = manager.get(f"/api/v1/matters/{matter}/papers/commitment")
    assert any(field["value"] for field in form["fields"]), "the matter fills it"
    stranger = {"fields": {"khong_co": "x"}}
    assert manager.post(f"/api/v1/matters/{matter}/papers/commitment", stranger, status=422)["errors"][0]["pointer"] == "/fields/khong_co"
    lacking = manager.post(f"/api/v1/matters/{matter}/papers/commitment", {}, status=422)
    assert all(fault["pointer"].startswith("/fields/") for fault in lacking["errors"]), "the matter itself lacks nothing"
    typed = {
        "issuer_place": "Thái Nguyên", "issuer_date": "2026-11-20", "representative_full_name": "Nguyễn Văn An",
        "representative_nationality": "Việt Nam", "representative_id_number": "019090000001", "representative_issued_on": "2021-05-04",
        "representative_issued_by": "Cục Cảnh sát quản lý hành chính về trật tự xã hội", "representative_phone": "0912345678",
        "representative_position": "Chủ tịch",
    }
    names = {field["name"] for field in form["fields"]}
    fields = {name: value for name, value in typed.items() if name in names}
    made = manager.call("POST", f"/api/v1/matters/{matter}/papers/commitment", {"fields": fields})
    assert made.status_code == 200 and made.content.startswith(b"%PDF-"), made.text[:500]


def test_an_alert_is_handled_braked_and_released(caller):
    supervisor, approver = caller("supervisor"), caller("approver")
    alerts = supervisor.get("/api/v1/alerts?state=new")["items"]
    assert alerts, "the demo has alerts to look at"
    alert = f"/api/v1/alerts/{alerts[0]['number']}"
    whole = supervisor.get(alert)
    assert whole["evidence"] and whole["setting"]["source"]
    assert supervisor.post(alert + "/steps", {"deed": "take"})["alert"]["state"] == "looked_at"
    assert supervisor.post(alert + "/steps", {"deed": "confirm"}, status=422)["errors"][0]["pointer"] == "/words"
    assert supervisor.post(alert + "/steps", {"deed": "note", "words": "Đã gọi đơn vị"})["notes"][-1]["words"] == "Đã gọi đơn vị"
    before = len(supervisor.get("/api/v1/brakes")["items"])
    if whole["brake"] is None:
        supervisor.post(alert + "/brake", {"hours": 1, "words": "Chờ xác minh"})
        before += 1
    assert len(supervisor.get("/api/v1/brakes")["items"]) == before
    assert supervisor.post(alert + "/release", {"reason": "Xong"}, status=403)["code"] == "DUTY_MISSING"
    assert approver.post(alert + "/release", {"reason": "Đã làm rõ"})["brake"] is not None
    assert approver.post(alert + "/release", {"reason": "Lần nữa"}, status=409)["reason"] == "not_braked"
    assert supervisor.post(alert + "/steps", {"deed": "confirm", "words": "Đúng là lạm dụng"})["alert"]["state"] == "confirmed"


def test_an_evidence_file_is_asked_for_followed_and_taken(caller, htmc, demo, tmp_path):
    citizen = demo.facts["citizens"][0]
    assert htmc.verify(htmc.body(citizen)).status_code == 200
    supervisor = caller("supervisor")
    ask = {"kind": "system", "whose": "htmc", "reason": "Kiểm tra đột xuất theo quyết định"}
    file = f"/api/v1/evidence/{supervisor.post('/api/v1/evidence', ask, status=201)['id']}"
    end = time.monotonic() + 60
    while (state := supervisor.get(file))["state"] == "working":
        assert time.monotonic() < end, state
        time.sleep(0.3)
    assert state["state"] == "ready", state
    taken = supervisor.call("GET", file + "/file")
    assert hashlib.sha256(taken.content).hexdigest() == state["sha256"]
    out = tmp_path / "file.asice"
    out.write_bytes(taken.content)
    done = run("evidence", "verify", out, "--ca", demo.facts["ca_cert"], "--key", demo.facts["journal"]["key"])
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stock_is_brought_confirmed_looked_at_and_taken(caller, demo):
    manager = caller("organisation_manager", "thai-nguyen")
    people = [c for c in demo.facts["citizens"] if c.get("personal_id") and c["state"] == "alive"][:8]
    lines = ["Mã,Số định danh,Họ và tên,Ngày sinh"]
    for at, one in enumerate(people):
        first, *_, last = one["full_name"].split()
        lines += [f"A{at},{one['personal_id']},{one['full_name']},{one['birth_date']}", f"B{at},,{first} {last},{one['birth_date']}"]
    at = "/api/v1/cleaning/jobs"
    query = "?system=htmc&account=nguyenvana.stttt&purpose=VPCP&file_name=ds.csv"
    text = {"data": "\n".join(lines).encode(), "headers": {"Content-Type": "text/csv"}}
    assert manager.call("POST", at + "?system=htmc", status=422, **text).json()["errors"][0]["pointer"] == "?account"
    manager.call("POST", at + query, body={}, status=415)
    job = manager.call("POST", at + query, status=201, **text).json()
    assert job["to_confirm"] and job["columns"] == ["personal_id", "full_name", "birth_date"]
    here = f"{at}/{job['id']}"
    manager.post(here + "/start", None)
    end = time.monotonic() + 60
    while (job := manager.get(here))["state"] == "open":
        assert time.monotonic() < end, job
        time.sleep(0.2)
    assert job["state"] == "done" and sum(job["verdicts"].values()) == len(lines) - 1, job
    [row, *_] = manager.get(here + "/doubtful")["items"]
    look = manager.get(f"{here}/doubtful/{row['row']}")
    assert look["found"] and {"full_name", "birth_date"} <= {side["column"] for side in look["sides"]}
    manager.post(f"{here}/doubtful/{row['row']}/decision", {"decision": "ask", "note": "gọi điện"}, status=204)
    table = manager.call("GET", here + "/result").content.decode("utf-8-sig").splitlines()
    assert len(table) == len(lines) and table[row["row"]].endswith(",ask_citizen")
    assert caller("auditor").get(here + "/doubtful", status=403)["code"] == "DUTY_MISSING"
    assert job["id"] not in {one["id"] for one in manager.get(at + "?state=open")["items"]}


def test_figures_are_told_and_handed_out(caller):
    auditor = caller("auditor")
    today = auditor.get("/api/v1/usage")
    assert sum(hour["calls"] for hour in today["hours"]) == today["total"]["calls"]
    table = auditor.call("GET", "/api/v1/usage/export?form=csv")
    assert table.content.decode("utf-8-sig").count("\n") > 1
    assert auditor.get("/api/v1/usage?from=hom-nay", status=422)["errors"][0]["pointer"] == "?from"


def test_a_member_of_staff_is_made_locked_and_unlocked(caller):
    registry = caller("registry_officer")
    new = {"login": "nguoi.thu.api", "kind": "administration", "organisation": "thai-nguyen", "roles": ["organisation_manager"], "name": "Người Thử"}
    made = registry.post("/api/v1/staff", new, status=201)
    assert registry.post("/api/v1/staff", new, status=409)["code"] == "ALREADY_THERE"
    member = f"/api/v1/staff/{made['id']}"
    assert registry.get(member)["state"] == "invited"
    assert registry.post(member + "/lock", {"reason": "Nghỉ thai sản"})["lock"]["why"] == "hand"
    assert registry.post(member + "/unlock", {"reason": "Đi làm lại"})["lock"] is None
    assert registry.post(f"/api/v1/staff/{registry.get('/api/v1/me')['id']}/lock", {"reason": "Chính mình"}, status=403)
    assert registry.get(member + "/changes")["items"]
    again = registry.post(member + "/invite", None)
    assert again["password"] and again["password"] != made["handed_over"]["password"]
    registry.call("DELETE", member + "/devices/khong-co", status=404)


def test_a_certificate_comes_for_a_request_and_a_code_and_is_revoked(caller, demo, htmc, tmp_path):
    officer, security = caller("connection_officer"), caller("organisation_security_officer", "thai-nguyen")
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    body = {"code": "khong-phai-ma-nay", "request": base64.b64encode(request.public_bytes(serialization.Encoding.PEM)).decode()}
    certificates = "/api/v1/systems/htmc/certificates"
    assert security.post(certificates, body, status=401)["code"] == "ENROLMENT_CODE_WRONG"
    body["code"] = officer.post("/api/v1/systems/htmc/enrolment-codes", None, status=201)["code"]
    taken = security.call("POST", certificates, body)
    [certificate, *_] = x509.load_pem_x509_certificates(taken.content)
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
    assert fingerprint in {row["fingerprint"] for row in security.get(certificates)["items"]}
    pair = (str(tmp_path / "x.pem"), str(tmp_path / "x.key"))
    (tmp_path / "x.pem").write_bytes(taken.content)
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (tmp_path / "x.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
    with htmc.session(pair) as session:
        assert htmc.verify(htmc.body(demo.facts["citizens"][0]), session=session).status_code == 200
    assert security.post(f"{certificates}/{fingerprint}/revoke", {"reason": ""}, status=422)["errors"][0]["pointer"] == "/reason"
    security.call("POST", f"{certificates}/{fingerprint}/revoke", {"reason": "Máy chủ đã thay"}, 204)
    [row] = [row for row in security.get(certificates)["items"] if row["fingerprint"] == fingerprint]
    assert row["revoked"]


def test_a_review_has_facts_news_and_a_paper_and_lists_are_workbooks(caller):
    registry = caller("registry_officer")
    [review] = [row["id"] for row in registry.get("/api/v1/reviews?state=open")["items"]]
    while registry.post(f"/api/v1/reviews/{review}/facts", None)["accounts"]:
        pass
    signed = {"place": "Hà Nội", "position": "Cục trưởng", "signatory": "Trần Văn B"}
    early = registry.post(f"/api/v1/reviews/{review}/report/pdf", signed, status=409)
    assert (early["code"], early["reason"]) == ("NOT_YET", "undecided")
    lacking = registry.post(f"/api/v1/reviews/{review}/report/pdf", signed | {"place": ""}, status=422)
    assert lacking["errors"][0]["pointer"] == "/place"
    told = caller("organisation_manager", "thai-nguyen").get("/api/v1/news")["items"]
    assert ("review_opened", review) in {(row["what"], row["subject"]) for row in told}
    [drive, *_] = registry.get("/api/v1/drives")["items"]
    letter = signed | {"basis": "Công văn 01/2026", "send_to": "Phòng 3", "new_deadline": "2027-01-20"}
    made = registry.call("POST", f"/api/v1/drives/{drive['id']}/letter/pdf", letter)
    assert made.content.startswith(b"%PDF-"), made.text[:300]
    for path in ["/api/v1/accounts/xlsx", "/api/v1/cases/xlsx?kind=ticket"]:
        assert caller("organisation_manager", "thai-nguyen").call("GET", path).content.startswith(b"PK"), path


def test_ones_own_factors_are_read_and_renewed(caller):
    auditor = caller("auditor")
    factors = auditor.get("/api/v1/me/factors")
    assert factors["totp"] and not factors["passkeys"]
    assert "publicKey" in auditor.post("/api/v1/me/passkeys/begin", None)["options"]
    assert auditor.post("/api/v1/me/totp/begin", None)["uri"].startswith("otpauth://")
    codes = auditor.post("/api/v1/me/recovery-codes", None)["recovery_codes"]
    assert len(set(codes)) == auditor.get("/api/v1/me/factors")["recovery_codes"] > 5
    forged = {"ceremony": "0123abcd", "answer": {"id": "x"}}
    assert auditor.post("/api/v1/me/passkeys", forged, status=409)["reason"] == "too_late"
    auditor.call("DELETE", "/api/v1/me/passkeys/khong-co", status=404)
