"""Bad input over the wire: each kind has a code of its own, told in the protocol in which it came."""

import socket
import ssl
import time

import pytest

from support import soap
from support.curl import curl

VERIFICATIONS = "/api/v1/verifications"
MIB = 1024


@pytest.fixture(scope="module")
def calls(htmc):
    """One connection for the many small calls."""
    with htmc.session() as session:
        yield session


def valid():
    return soap.verification().decode()


def in_name(text):
    return valid().replace("TRANTHITHUYHOA", text)


def bomb():
    entities = '<!ENTITY e0 "trăm năm">' + "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    return f"<!DOCTYPE x [{entities}]>" + in_name("&e11;")


MESSAGES = {
    "entity bomb": (bomb, "XML_FORBIDDEN", None),
    "external entity": (lambda: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + in_name("&e;"), "XML_FORBIDDEN", None),
    "document type": (lambda: "<!DOCTYPE x>" + valid(), "XML_FORBIDDEN", None),
    "unknown entity": (lambda: in_name("&hoten;"), "XML_FORBIDDEN", None),
    "processing instruction": (lambda: "<?php x?>" + valid(), "XML_FORBIDDEN", None),
    "depth": (lambda: valid().replace("<soapenv:Header/>", f"<soapenv:Header>{'<a>' * 100}{'</a>' * 100}</soapenv:Header>"), "XML_TOO_DEEP", None),
    "breadth": (lambda: valid().replace("<soapenv:Header/>", f"<soapenv:Header>{'<a/>' * 20_000}</soapenv:Header>"), "XML_TOO_DEEP", None),
    "cut off": (lambda: valid()[:-20], "XML_MALFORMED", None),
    "wrong nesting": (lambda: valid().replace("</dan:HoVaTen>", "</dan:HoTen>"), "XML_MALFORMED", None),
    "empty": (lambda: "", "XML_MALFORMED", None),
    "json": (lambda: '{"a": 1}', "XML_MALFORMED", None),
    "invalid UTF-8": (lambda: in_name("TR\udcc3(N").encode("utf-8", "surrogateescape"), "ENCODING_INVALID", None),
    "overlong UTF-8": (lambda: in_name("\udcc0\udcaf").encode("utf-8", "surrogateescape"), "ENCODING_INVALID", None),
    "UTF-16": (lambda: valid().encode("utf-16"), "ENCODING_INVALID", None),
    "another encoding": (lambda: '<?xml version="1.0" encoding="windows-1258"?>' + valid(), "ENCODING_INVALID", None),
    "control character": (lambda: in_name("TRAN\x01HOA"), "CONTROL_CHARACTER", None),
    "control character, escaped": (lambda: in_name("TRAN&#x1;HOA"), "CONTROL_CHARACTER", None),
    "delete character": (lambda: in_name("TRAN\x7fHOA"), "CONTROL_CHARACTER", "HoVaTen"),
    "duplicate element": (lambda: valid().replace("<dan:MaDVC>", "<dan:MaYeuCau>2</dan:MaYeuCau><dan:MaDVC>"), "ELEMENT_DUPLICATE", "MaYeuCau"),
    "unknown element": (lambda: soap.verification(QuyenLuc="x"), "ELEMENT_UNKNOWN", "QuyenLuc"),
    "SOAP 1.2": (lambda: valid().replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"), "SOAP_VERSION", "Envelope"),
    "mandatory header": (lambda: valid().replace("<soapenv:Header/>", '<soapenv:Header><w:S xmlns:w="urn:w" soapenv:mustUnderstand="1"/></soapenv:Header>'), "SOAP_HEADER_NOT_UNDERSTOOD", "S"),
    "unknown operation": (lambda: valid().replace("XacThucThongTinCongDan>", "XoaCongDan>"), "OPERATION_UNKNOWN", "Body"),
    "unknown integration code": (lambda: soap.verification(MaTichHop="999"), "OPERATION_UNKNOWN", "MaTichHop"),
    "unknown sex": (lambda: soap.verification(GioiTinh="9"), "CODE_UNKNOWN", "GioiTinh"),
    "unknown field": (lambda: soap.verification(TruongThongTin="LuongThang"), "CODE_UNKNOWN", "TruongThongTin"),
    "11 digits": (lambda: soap.verification(SoDinhDanh="00118500001"), "NUMBER_INVALID", "SoDinhDanh"),
    "13 digits": (lambda: soap.verification(SoDinhDanh="0011850000171"), "NUMBER_INVALID", "SoDinhDanh"),
    "letters in a number": (lambda: soap.verification(SoDinhDanh="00118500001O"), "NUMBER_INVALID", "SoDinhDanh"),
    "8 digits": (lambda: soap.verification(SoCMND="01234567"), "NUMBER_INVALID", "SoCMND"),
    "future date": (lambda: soap.verification(NgayThangNamSinh="29990101"), "DATE_IN_FUTURE", "NgayThangNam"),
    "30 February": (lambda: soap.verification(NgayThangNamSinh="19850230"), "DATE_INVALID", "NgayThangNam"),
    "29 February 1985": (lambda: soap.verification(NgayThangNamSinh="19850229"), "DATE_INVALID", "NgayThangNam"),
    "another form of date": (lambda: soap.verification(NgayThangNamSinh="30/04/1985"), "DATE_INVALID", "NgayThangNam"),
    "no name": (lambda: soap.verification(HoVaTen=None), "FIELD_MISSING", "HoVaTen"),
    "empty name": (lambda: soap.verification(HoVaTen=""), "FIELD_MISSING", "HoVaTen"),
    "no number": (lambda: soap.verification(SoDinhDanh=None), "FIELD_MISSING", "SoDinhDanh"),
    "no request id": (lambda: soap.verification(MaYeuCau=None), "FIELD_MISSING", "MaYeuCau"),
    "long request id": (lambda: soap.verification(MaYeuCau="x" * 65), "FIELD_TYPE", "MaYeuCau"),
    "look-up without a date": (lambda: soap.look_up(NgayThangNamSinh=""), "FIELD_MISSING", "NgayThangNamSinh"),
    "markup for a name": (lambda: soap.verification(HoVaTen="<script>"), "NAME_INVALID", "HoVaTen"),
    "digits for a name": (lambda: soap.verification(HoVaTen="TRAN 123"), "NAME_INVALID", "HoVaTen"),
    "reversed writing": (lambda: soap.verification(HoVaTen="TRAN \u202eAOH"), "NAME_INVALID", "HoVaTen"),
    "endless name": (lambda: soap.verification(HoVaTen="A" * 500), "NAME_INVALID", "HoVaTen"),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_soap(htmc, calls, name):
    make, code, field = MESSAGES[name]
    answer = htmc.soap(make(), session=calls)
    told = soap.fault(answer.content)
    assert (answer.status_code, told.error, told.field) == (400, code, field)
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert told.correlation == answer.headers["Dancu-Correlation-Id"]
    assert told.lang == "vi" and told.reason and told.advice and told.retry == "KHONG"
    assert answer.headers["Dancu-Journal"], "refusals are in the journal too"


def test_every_fault_class_of_soap_is_used():
    """SOAP 1.1 section 4.4.1: Client, VersionMismatch, MustUnderstand."""
    assert {"SOAP_VERSION", "SOAP_HEADER_NOT_UNDERSTOOD", "FIELD_MISSING"} <= {code for _, code, _ in MESSAGES.values()}


def citizen(**changes):
    claim = {"personal_id": "001185000017", "full_name": "Trần Thị Thúy Hòa", "birth_date": "1985-04-30"}
    return {k: v for k, v in (claim | changes).items() if v is not None}


CITIZENS = {
    "11 digits": (citizen(personal_id="00118500001"), "NUMBER_INVALID", "/citizen/personal_id"),
    "13 digits": (citizen(personal_id="0011850000171"), "NUMBER_INVALID", "/citizen/personal_id"),
    "10 digits of a card": (citizen(id_card_number="0123456789"), "NUMBER_INVALID", "/citizen/id_card_number"),
    "a number that is a number": (citizen(personal_id=1185000017), "FIELD_TYPE", "/citizen/personal_id"),
    "a name that is a list": (citizen(full_name=["Trần"]), "FIELD_TYPE", "/citizen/full_name"),
    "future date": (citizen(birth_date="2999-01-01"), "DATE_IN_FUTURE", "/citizen/birth_date"),
    "a day that does not exist": (citizen(birth_date="1985-02-30"), "DATE_INVALID", "/citizen/birth_date"),
    "a month that does not exist": (citizen(birth_date="1985-13"), "DATE_INVALID", "/citizen/birth_date"),
    "unknown sex": (citizen(sex="x"), "CODE_UNKNOWN", "/citizen/sex"),
    "unknown element": (citizen(salary=1), "ELEMENT_UNKNOWN", "/citizen/salary"),
    "control character": (citizen(full_name="Trần\u0007Hòa"), "CONTROL_CHARACTER", "/citizen/full_name"),
    "null character": (citizen(full_name="Trần\u0000Hòa"), "CONTROL_CHARACTER", "/citizen/full_name"),
    "no name": (citizen(full_name=None), "FIELD_MISSING", "/citizen/full_name"),
    "no number": (citizen(personal_id=None), "FIELD_MISSING", "/citizen/personal_id"),
    "digits for a name": (citizen(full_name="Trần 123"), "NAME_INVALID", "/citizen/full_name"),
}


@pytest.mark.parametrize("name", CITIZENS)
def test_rest(htmc, calls, name):
    claim, code, field = CITIZENS[name]
    body = htmc.body(htmc.demo.facts["citizens"][0]) | {"citizen": claim}
    answer = htmc.verify(body, session=calls)
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, problem["code"], problem.get("field")) == (400, code, field)


BODIES = {
    "cut off": (b'{"request_id":', "JSON_MALFORMED"),
    "empty": (b"", "JSON_MALFORMED"),
    "xml": (b"<a/>", "JSON_MALFORMED"),
    "not a number": (b'{"request_id": NaN}', "JSON_MALFORMED"),
    "depth": (b'{"request_id":' + b"[" * 5000 + b"]" * 5000 + b"}", "JSON_MALFORMED"),
    "invalid UTF-8": (b'{"request_id": "\xff"}', "ENCODING_INVALID"),
    "lone surrogate": (b'{"request_id": "\\ud800"}', "JSON_MALFORMED"),
    "array": (b"[]", "FIELD_TYPE"),
    "a field twice": (b'{"request_id": "1", "request_id": "2"}', "ELEMENT_DUPLICATE"),
}


@pytest.mark.parametrize("name", BODIES)
def test_bodies_that_are_no_json(htmc, calls, name):
    body, code = BODIES[name]
    answer = htmc.post(VERIFICATIONS, data=body, headers={"Content-Type": "application/json"}, session=calls)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize("content_type", ["text/plain", "application/soap+xml", "application/json", ""])
def test_content_types_of_soap(htmc, calls, content_type):
    answer = htmc.soap(valid(), content_type=content_type, session=calls)
    assert (answer.status_code, soap.fault(answer.content).error) == (415, "CONTENT_TYPE")


@pytest.mark.parametrize("content_type", ["text/plain", "text/xml", "application/x-www-form-urlencoded"])
def test_content_types_of_rest(htmc, calls, content_type):
    answer = htmc.post(VERIFICATIONS, data=b"{}", headers={"Content-Type": content_type}, session=calls)
    assert (answer.status_code, answer.json()["code"]) == (415, "CONTENT_TYPE")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_methods(htmc, calls, method):
    headers = htmc.password_headers()
    answer = calls.request(method, htmc.demo.soap_url, headers=headers, timeout=10)
    assert (answer.status_code, soap.fault(answer.content).error) == (405, "METHOD_NOT_ALLOWED")
    answer = calls.request(method, htmc.demo.base_url + VERIFICATIONS, headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")


# ---- size


@pytest.fixture(scope="module")
def heap(tmp_path_factory):
    """100 MB that are sparse on disk and zeros on the wire."""
    path = tmp_path_factory.mktemp("heap") / "zeros"
    with open(path, "wb") as file:
        file.truncate(100_000_000)
    return path


@pytest.mark.parametrize("http", ["--http1.1", "--http2"])
@pytest.mark.parametrize("sent", ["announced", "chunked"])
@pytest.mark.parametrize("path", ["soap", "rest"])
def test_100_mb(htmc, heap, http, sent, path):
    demo = htmc.demo
    headers = htmc.password_headers() | {
        "Content-Type": "text/xml" if path == "soap" else "application/json",
        "Expect": "",  # a client that does not ask first
    }
    if sent == "chunked":
        headers["Transfer-Encoding"] = "chunked"
    before = demo.process.memory_kib()
    url = demo.soap_url if path == "soap" else demo.base_url + VERIFICATIONS
    answer = curl(demo, url, http, "--data-binary", f"@{heap}", certificate=htmc.certificate, headers=headers)
    code = soap.fault(answer.body).error if path == "soap" else answer.body.decode()
    assert answer.status == 413
    assert "BODY_TOO_LARGE" in code
    assert demo.process.memory_kib() - before < 20 * MIB, "the body is not held"


def test_many_large_bodies_at_once_stay_within_memory(own_demo):
    """Forty callers send a mebibyte each, the most that is allowed, and nobody lets the server grow by much more."""
    demo = own_demo(citizens=200).start()
    system = demo.system()
    before = demo.process.memory_kib()
    head = (
        f"POST {VERIFICATIONS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: {system.password_headers()['Authorization']}\r\nContent-Length: 1048576\r\n\r\n"
    ).encode()
    sockets = [demo.tls_socket(system.certificate) for _ in range(40)]
    for s in sockets:
        s.sendall(head + b" " * 1_000_000)
    assert demo.process.memory_kib() - before < 160 * MIB
    for s in sockets:
        s.close()
    answer = system.verify(system.body(demo.facts["citizens"][0]))
    assert answer.json()["verified"]
    assert demo.stop() == 0


# ---- headers and slowness


def raw(demo, system, data, timeout=15):
    """Sends bytes and reads what comes until the end."""
    with demo.tls_socket(system.certificate, timeout) as s:
        try:
            s.sendall(data)
        except OSError:
            pass  # the server may end a flood before it is over
        return read_to_end(s)


def read_to_end(s):
    received = b""
    while True:
        try:
            part = s.recv(65_536)
        except (ssl.SSLError, ConnectionError):
            return received
        if not part:
            return received
        received += part


def post(*headers):
    return b"POST /dancu/1.0/xacthuc HTTP/1.1\r\nHost: localhost\r\n" + b"".join(h + b"\r\n" for h in headers) + b"\r\n"


HUGE = {
    "one of 64 KiB": post(b"X-A: " + b"a" * 65_536),
    "many": post(*(b"X-%d: a" % i for i in range(4000))),
    "long address": b"POST /" + b"a" * 65_536 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("name", HUGE)
def test_huge_headers_get_an_answer(htmc, name):
    answer = raw(htmc.demo, htmc, HUGE[name])
    assert answer.startswith((b"HTTP/1.1 431", b"HTTP/1.1 414"))


def test_huge_headers_have_their_own_code(htmc):
    answer = curl(
        htmc.demo, htmc.demo.soap_url, "--http2", certificate=htmc.certificate, data=soap.verification(),
        headers=htmc.password_headers() | {"Content-Type": "text/xml", "X-A": "a" * 20_000},
    )
    assert answer.status == 431
    assert soap.fault(answer.body).error == "HEADERS_TOO_LARGE"


def test_huge_headers_over_http2_are_refused(htmc):
    answer = curl(htmc.demo, htmc.demo.soap_url, "--http2", certificate=htmc.certificate, headers={"X-A": "a" * 20_000})
    assert answer.status == 431


def test_what_is_no_http_gets_an_answer(htmc):
    assert raw(htmc.demo, htmc, b"GARBAGE\r\n\r\n").startswith(b"HTTP/1.1 400")


def test_an_endless_header_does_not_fill_memory(htmc):
    before = htmc.demo.process.memory_kib()
    raw(htmc.demo, htmc, b"POST / HTTP/1.1\r\nHost: localhost\r\nX-A: " + b"a" * 30_000_000)
    assert htmc.demo.process.memory_kib() - before < 10 * MIB


def test_an_answer_does_not_wait_for_the_next_request(htmc):
    message = soap.verification()
    authorization = htmc.password_headers()["Authorization"].encode()
    request = post(b"Content-Type: text/xml", b"Authorization: " + authorization, b"Content-Length: %d" % len(message)) + message
    with htmc.demo.tls_socket(htmc.certificate, timeout=3) as s:
        s.sendall(request + b"POST /dancu/1.0/xacthuc HTTP/1.1\r\nHost: loc")
        try:
            answer = s.recv(65_536)
        except TimeoutError:
            answer = b""
    assert answer.startswith(b"HTTP/1.1 200")


def test_pipelined_requests_are_answered_in_order(htmc):
    authorization = htmc.password_headers()["Authorization"].encode()
    requests = b""
    for name in (b"TRANTHITHUYHOA", b"NGUYENVANA", b"TRAN THI THUY HOA"):
        message = soap.verification().replace(b"TRANTHITHUYHOA", name)
        requests += post(b"Content-Type: text/xml", b"Authorization: " + authorization, b"Content-Length: %d" % len(message)) + message
    with htmc.demo.tls_socket(htmc.certificate) as s:
        s.sendall(requests)
        received = b""
        while received.count(b"</soapenv:Envelope>") < 3:
            part = s.recv(65_536)
            assert part, received
            received += part
    told = [part.partition(b"</dan:TonTai>")[0] for part in received.split(b"<dan:TonTai>")[1:]]
    assert told == [b"true", b"false", b"true"]


@pytest.fixture(scope="module")
def hasty(tmp_path_factory):
    """A server that waits two seconds where others wait thirty."""
    from support.server import Demo

    demo = Demo(
        tmp_path_factory.mktemp("hasty") / "demo", citizens=200,
        DANCU_LIMITS__HANDSHAKE_SECONDS=2, DANCU_LIMITS__HEADER_SECONDS=2, DANCU_LIMITS__IDLE_SECONDS=3, DANCU_LIMITS__BODY_SECONDS=2,
    ).start()
    yield demo
    assert demo.stop() == 0


def drip(s, data, seconds):
    """Sends a byte five times a second; tells how long the other side put up with it."""
    began = time.monotonic()
    s.settimeout(0.2)
    for byte in data:
        if time.monotonic() - began > seconds:
            break
        try:
            s.sendall(bytes([byte]))
            if s.recv(1) == b"":
                break
        except TimeoutError:
            continue
        except (OSError, ssl.SSLError):
            break
    return time.monotonic() - began


def test_a_client_that_does_not_shake_hands_is_cut_off(hasty):
    with socket.create_connection(("127.0.0.1", hasty.port), timeout=8) as s:
        began = time.monotonic()
        assert read_to_end(s) == b""
        assert time.monotonic() - began < 6


def test_slow_headers_are_cut_off_and_nobody_else_waits(hasty):
    system = hasty.system()
    sockets = [hasty.tls_socket(system.certificate) for _ in range(30)]
    for s in sockets:
        s.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\n")
    began = time.monotonic()
    assert system.verify(system.body(hasty.facts["citizens"][0])).json()["verified"]
    assert time.monotonic() - began < 2, "others are served meanwhile"
    assert drip(sockets[0], b"X-Slow: " + b"a" * 100, 10) < 6
    for s in sockets[1:]:
        s.settimeout(6)
        read_to_end(s)
        s.close()


def test_a_slow_body_is_told_so(hasty):
    system = hasty.system()
    authorization = system.password_headers()["Authorization"].encode()
    with hasty.tls_socket(system.certificate, timeout=8) as s:
        s.sendall(post(b"Content-Type: text/xml", b"Authorization: " + authorization, b"Content-Length: 1000"))
        s.sendall(b"<a>")
        answer = read_to_end(s)
    assert answer.startswith(b"HTTP/1.1 408")
    assert soap.fault(answer.partition(b"\r\n\r\n")[2]).error == "REQUEST_TIMEOUT"


@pytest.mark.parametrize(
    ("alpn", "first"),
    [
        pytest.param("http/1.1", b"", id="nothing over HTTP/1.1"),
        pytest.param("h2", b"", id="nothing over HTTP/2"),
        pytest.param("h2", b"PRI * HTTP/2.0\r\n", id="half a preface"),
        pytest.param("h2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]), id="no answer to pings"),
    ],
)
def test_a_silent_connection_ends(hasty, alpn, first):
    with hasty.tls_socket(hasty.system().certificate, timeout=5, alpn=(alpn,)) as s:
        s.sendall(first)
        read_to_end(s)


def test_a_connection_that_fell_silent_ends(hasty):
    system = hasty.system()
    message = soap.verification()
    authorization = system.password_headers()["Authorization"].encode()
    with hasty.tls_socket(system.certificate, timeout=6) as s:
        s.sendall(post(b"Content-Type: text/xml", b"Authorization: " + authorization, b"Content-Length: %d" % len(message)) + message)
        assert b"<dan:TonTai>true" in read_to_end(s)


def test_wrong_passwords_are_slowed_down(hasty):
    """Ten in a minute, then 429; the right password of another system is not held up."""
    victim, other = hasty.system("canbo"), hasty.system("htmc")
    from support.caller import basic

    wrong = {"Authorization": basic(victim.username, "guess")}
    with victim.session() as session:
        told = [
            victim.soap(soap.verification(), session=session, auth=False, headers=wrong) for _ in range(25)
        ]
    codes = [soap.fault(answer.content).error for answer in told]
    assert set(codes) == {"CREDENTIALS_WRONG", "TOO_MANY_REQUESTS"}
    # The minute may turn while the test runs: then ten more are looked at.
    assert 10 <= codes.count("CREDENTIALS_WRONG") <= 20
    assert told[codes.index("TOO_MANY_REQUESTS")].headers["Retry-After"]
    assert soap.exists(other.soap(soap.verification()).content)


def test_after_all_this_the_service_is_well(demo, htmc):
    assert soap.exists(htmc.soap(soap.verification()).content)
    assert demo.operator("/readyz") == (200, "ready\n")
    assert not any("panicked" in line for line in demo.process.stderr)
