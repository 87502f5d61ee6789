"""Every refusal that the demo's world can bring about, in SOAP and in REST, each with its own code and status.

What the demo has no system for (a revoked certificate, an organisation that is not active, hours, networks and the
like) is reached by the Rust tests of the gateway, which provision a world of their own.
"""

import pytest

from support import soap
from support.caller import basic

# code, status, system, SOAP elements, REST members
DECISIONS = [
    ("SYSTEM_SUSPENDED", 403, "benh-vien", {}, {}),
    ("SYSTEM_DISCONNECTED", 403, "cu", {}, {}),
    ("ASSESSMENT_OVERDUE", 403, "y-te", {}, {}),
    ("OFFICER_MISSING", 403, "htmc", {"MaCanBo": None}, {"officer": None}),
    ("OFFICER_UNKNOWN", 403, "htmc", {"MaCanBo": "001080000099"}, {"officer": "001080000099"}),
    ("ACCOUNT_UNKNOWN", 403, "htmc", {"TaiKhoan": "nobody"}, {"account": "nobody"}),
    ("ACCOUNT_NOT_ACTIVE", 403, "htmc", {"TaiKhoan": "<locked>", "MaCanBo": "<locked number>"},
     {"account": "<locked>", "officer": "<locked number>"}),
    ("OFFICER_NOT_ACCOUNT_HOLDER", 403, "htmc", {"TaiKhoan": "<other>"}, {"account": "<other>"}),
    ("AGENCY_MISMATCH", 403, "htmc", {"MaDonVi": "G12.15"}, {"agency_code": "G12.15"}),
    ("PURPOSE_MISSING", 403, "htmc", {"MaDVC": None}, {"purpose": None}),
    ("PURPOSE_NOT_REGISTERED", 403, "htmc", {"MaDVC": "9.999999"}, {"purpose": "9.999999"}),
    ("CASE_MISSING", 403, "ngan-hang", {"MaHoSo": None}, {"case_number": None}),
]


@pytest.mark.parametrize(("code", "status", "system", "elements", "members"), DECISIONS, ids=[d[0] for d in DECISIONS])
def test_decisions(demo, code, status, system, elements, members):
    system = demo.system(system)
    locked, other = system.officer_noted("locked"), system.facts["officers"][1]
    meant = {"<locked>": locked["login"], "<locked number>": locked["personal_id"], "<other>": other["login"]}
    elements, members = ({k: meant.get(v, v) for k, v in given.items()} for given in (elements, members))
    answer = system.soap(soap.verification(**elements))
    assert (answer.status_code, soap.fault(answer.content).error) == (status, code)
    answer = system.verify(system.body(demo.facts["citizens"][0], **members))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_service_that_is_not_agreed(demo):
    bank = demo.system("ngan-hang")
    answer = bank.soap(soap.look_up(MaHoSo="HS-1", MaDonVi=None))
    assert (answer.status_code, soap.fault(answer.content).error) == (403, "SERVICE_NOT_AGREED")
    answer = bank.look_up(bank.body(demo.facts["citizens"][0]))
    assert (answer.status_code, answer.json()["code"]) == (403, "SERVICE_NOT_AGREED")


def test_a_field_that_is_not_agreed(demo, htmc):
    answer = htmc.soap(soap.look_up(TruongThongTin="contact"))
    assert (answer.status_code, soap.fault(answer.content).error) == (403, "FIELD_NOT_AGREED")
    answer = htmc.look_up(htmc.body(demo.facts["citizens"][0], fields=["contact"]))
    assert (answer.status_code, answer.json()["code"]) == (403, "FIELD_NOT_AGREED")


# code, headers made of the system, name of the certificate
CREDENTIALS = [
    ("CREDENTIALS_MISSING", lambda s: {}, "own"),
    ("CREDENTIALS_MALFORMED", lambda s: {"Authorization": "Bearer abc"}, "own"),
    ("CREDENTIALS_MALFORMED", lambda s: {"Authorization": "Basic !!!"}, "own"),
    ("CREDENTIALS_WRONG", lambda s: {"Authorization": basic(s.username, "wrong")}, "own"),
    ("CREDENTIALS_WRONG", lambda s: {"Authorization": basic("nobody", s.password)}, "own"),
    ("TIMESTAMP_INVALID", lambda s: s.per_call_headers("yesterday"), "own"),
    ("TIMESTAMP_OUT_OF_WINDOW", lambda s: s.per_call_headers(1_763_620_000_123), "own"),
    ("CERTIFICATE_MISSING", lambda s: s.password_headers(), None),
    ("CERTIFICATE_EXPIRED", lambda s: s.password_headers(), "expired"),
    ("CERTIFICATE_UNKNOWN", lambda s: s.password_headers(), "unknown"),
]


@pytest.mark.parametrize(("code", "headers", "certificate"), CREDENTIALS, ids=[f"{c[0]}-{n}" for n, c in enumerate(CREDENTIALS)])
def test_credentials(demo, code, headers, certificate):
    system = demo.system("cu")  # disconnected: who asks is asked first
    facts = demo.facts
    files = {
        "own": system.certificate, None: None,
        "expired": (facts["expired_cert"], facts["expired_key"]), "unknown": (facts["unknown_cert"], facts["unknown_key"]),
    }[certificate]
    with system.session(files) as session:
        answer = system.soap(soap.verification(), session=session, auth=False, headers=headers(system))
        assert (answer.status_code, soap.fault(answer.content).error) == (401, code)
        answer = system.verify(
            system.body(facts["citizens"][0]), session=session, auth=False, headers=headers(system)
        )
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
        assert answer.headers["Dancu-Journal"], "refusals are in the journal too"


def test_the_quota_in_soap(demo):
    """Five a day for each account; the officer of this test calls in no other."""
    bank = demo.system("ngan-hang")
    message = lambda: soap.verification(MaCanBo="VDXP_VPCP", MaHoSo="HS-1")  # noqa: E731
    answers = [bank.soap(message()) for _ in range(6)]
    assert [a.status_code for a in answers] == [200] * 5 + [429]
    fault = soap.fault(answers[-1].content)
    assert (fault.error, fault.retry) == ("QUOTA_ACCOUNT", "NGAY_MAI")


def test_the_outside_of_the_house_tells_nothing(demo, htmc):
    """An answer to a stranger does not depend on whether the citizen exists."""
    with htmc.session(None) as session:
        bodies = [
            htmc.verify(htmc.body(demo.facts["citizens"][0] | {"personal_id": number}), session=session, auth=False).json()
            for number in ("001185000017", "001185999999")
        ]
    for body in bodies:
        body.pop("correlation_id")
    assert bodies[0] == bodies[1]
