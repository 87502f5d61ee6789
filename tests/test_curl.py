"""The calls of the examples, made with curl as the field makes them."""

import time

import pytest

from support import soap
from support.caller import basic, per_call_hash
from support.curl import curl

XML = {"Content-Type": "text/xml; charset=utf-8"}
EXAMPLES = {
    "live-033-request.xml": "KetQuaXacThuc",
    "live-033-older.xml": "KetQuaXacThucResponse",
    "live-037-request.xml": "CongdanCollection",
}


def call(system, data, credentials=None, content_type=XML["Content-Type"], *options, certificate="own"):
    certificate = system.certificate if certificate == "own" else certificate
    headers = {"Content-Type": content_type} | (system.password_headers() if credentials is None else credentials)
    return curl(system.demo, system.demo.soap_url, *options, certificate=certificate, data=data, headers=headers)


def result(answer):
    """Local name of the element that the answer holds."""
    body = soap.parse(answer.body).find("soapenv:Body", soap.NS)
    assert len(body) == 1
    return body[0].tag.partition("}")[2]


def refusal(answer):
    return answer.status, soap.fault(answer.body).error


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_with_a_password(htmc, name):
    answer = call(htmc, soap.example(name, new_id=False))
    assert (answer.status, result(answer)) == (200, EXAMPLES[name])
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert {"dancu-journal", "dancu-correlation-id", "x-jws-signature"} <= answer.headers.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_with_a_hash_per_call_and_no_second_time(htmc, name):
    data, headers = soap.example(name, new_id=False), htmc.per_call_headers()
    answer = call(htmc, data, headers)
    assert (answer.status, result(answer)) == (200, EXAMPLES[name])
    assert refusal(call(htmc, data, headers)) == (409, "REQUEST_REPLAYED")
    assert refusal(call(htmc, data, htmc.per_call_headers())) == (409, "REQUEST_REPLAYED"), "a new hash does not help"


def test_the_citizen_of_the_examples_exists(htmc):
    assert soap.exists(call(htmc, soap.example("live-033-request.xml")).body)
    assert not soap.exists(call(htmc, soap.verification(HoVaTen="TRANTHITHUYHA")).body)
    assert not soap.exists(call(htmc, soap.verification(NgayThangNamSinh="19850403")).body)


def test_the_older_form_needs_the_birth_date_for_a_yes(htmc):
    """TonTai is true only when number, name and birth date agree; the older message may carry the date too."""
    message = soap.example("live-033-older.xml")
    assert not soap.exists(call(htmc, message).body)
    born = b"<dan:NgayThangNamSinh><dan:NgayThangNam>19850430</dan:NgayThangNam></dan:NgayThangNamSinh>"
    with_date = message.replace(b"</dan:XacThucThongTinCongDanRequest>", born + b"</dan:XacThucThongTinCongDanRequest>")
    assert soap.exists(call(htmc, with_date).body)


def test_the_look_up_answers_in_the_live_flat_form(htmc):
    citizen = soap.parse(call(htmc, soap.example("live-037-request.xml")).body).find(".//ns1:CongDan", soap.NS)
    text = lambda path: citizen.findtext("/".join(f"ns1:{p}" for p in path.split("/")), namespaces=soap.NS)  # noqa: E731
    assert text("SoDinhDanh") == "001185000017"
    assert text("SoCMND") == "012345678"
    assert (text("HoVaTen/Ho"), text("HoVaTen/ChuDem"), text("HoVaTen/Ten")) == ("", "", "TRẦN THỊ THÚY HÒA")
    assert text("NgayThangNamSinh/NgayThangNam") == "19850430"
    assert text("GioiTinh") == "2"
    assert text("ThuongTru/MaTinhThanh") == "01"
    assert text("ChuHo/QuanHe") == "CH01"
    for sensitive in ("DanToc", "TonGiao", "NhomMau"):
        assert text(sensitive) is None, f"{sensitive} was not asked for by name"


@pytest.mark.parametrize("content_type", ["text/xml", "application/xml", "text/xml;charset=UTF-8", "Application/XML"])
def test_both_content_types(htmc, content_type):
    assert soap.exists(call(htmc, soap.verification(), None, content_type).body)


def test_the_published_vector_of_the_hash():
    digest = per_call_hash("/dancu/1.0/xacthuc", "htmc.thainguyen", "1763620000123", "demo-secret-not-real")
    assert digest == "1796832fc1ad265abb2cdc69b275b7cb65222256f04594665994189df614c135"
    assert basic("htmc.thainguyen", digest) == (
        "Basic aHRtYy50aGFpbmd1eWVuOjE3OTY4MzJmYzFhZDI2NWFiYjJjZGM2OWIyNzViN2NiNjUyMjIyNTZmMDQ1OTQ2NjU5OTQxODlkZjYxNGMxMzU="
    )


def test_the_timestamp_in_seconds(htmc):
    assert soap.exists(call(htmc, soap.verification(), htmc.per_call_headers(int(time.time()))).body)


def test_one_header_for_several_calls(htmc):
    headers = htmc.per_call_headers() | {"ApiKey": "b1946ac9", "X-Road-Client": "VN/GOV/H55/htmc"}
    for _ in range(5):
        assert soap.exists(call(htmc, soap.verification(), headers).body)


def test_a_hash_for_another_address_secret_or_time_is_refused(demo):
    other = demo.system("y-te")  # wrong credentials are counted by system; htmc has other work to do
    for headers in (
        other.per_call_headers(service_url="/somewhere/else"),
        other.per_call_headers(secret="not-the-secret"),
        other.per_call_headers() | {"Timestamp": str(int(time.time() * 1000) - 1)},
    ):
        assert refusal(call(other, soap.verification(), headers)) == (401, "CREDENTIALS_WRONG")


@pytest.mark.parametrize("shift", [-360_000, 360_000])
def test_a_timestamp_out_of_the_window(htmc, shift):
    headers = htmc.per_call_headers(int(time.time() * 1000) + shift)
    assert refusal(call(htmc, soap.verification(), headers)) == (401, "TIMESTAMP_OUT_OF_WINDOW")


def test_a_timestamp_that_is_none(htmc):
    assert refusal(call(htmc, soap.verification(), htmc.per_call_headers("now"))) == (401, "TIMESTAMP_INVALID")


def test_basic_without_a_certificate_is_refused_for_that_reason(htmc):
    assert refusal(call(htmc, soap.verification(), certificate=None)) == (401, "CERTIFICATE_MISSING")


def test_expired_and_unknown_certificates(htmc):
    facts = htmc.demo.facts
    expired = call(htmc, soap.verification(), certificate=(facts["expired_cert"], facts["expired_key"]))
    assert refusal(expired) == (401, "CERTIFICATE_EXPIRED")
    unknown = call(htmc, soap.verification(), certificate=(facts["unknown_cert"], facts["unknown_key"]))
    assert refusal(unknown) == (401, "CERTIFICATE_UNKNOWN")


def test_the_certificate_of_another_system_does_not_go_with_this_password(htmc, demo):
    answer = call(htmc, soap.verification(), certificate=demo.system("canbo").certificate)
    assert refusal(answer) == (401, "CREDENTIALS_WRONG")
    assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("system", "code"),
    [("benh-vien", "SYSTEM_SUSPENDED"), ("y-te", "ASSESSMENT_OVERDUE"), ("cu", "SYSTEM_DISCONNECTED")],
)
def test_systems_in_other_states(demo, system, code):
    assert refusal(call(demo.system(system), soap.verification())) == (403, code)


@pytest.mark.parametrize("tls", ["1.2", "1.3"])
def test_both_versions_of_tls(htmc, tls):
    answer = call(htmc, soap.verification(), None, XML["Content-Type"], f"--tlsv{tls}", "--tls-max", tls)
    assert soap.exists(answer.body)


@pytest.mark.parametrize(("option", "version"), [("--http1.1", "HTTP/1.1"), ("--http2", "HTTP/2")])
def test_both_versions_of_http(htmc, option, version):
    answer = call(htmc, soap.verification(), None, XML["Content-Type"], option)
    assert (answer.version, soap.exists(answer.body)) == (version, True)


@pytest.mark.parametrize("query", ["?wsdl", "?WSDL"])
def test_the_wsdl_is_served_to_anybody(demo, query):
    answer = curl(demo, demo.soap_url + query)
    assert answer.status == 200
    tree = soap.parse(answer.body)
    address = tree.find(".//{http://schemas.xmlsoap.org/wsdl/soap/}address")
    assert address.get("location") == demo.soap_url
