"""Every answer carries a detached JWS that a foreign library verifies with the published keys."""

import json
import time

import pytest
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from support import soap
from support.caller import request_id

SIGNATURE = "X-JWS-Signature"
# `iat`, `journal`, `leaf` and `log` are header parameters of the service; joserfc has to be told of them.
REGISTRY = jws.JWSRegistry(
    algorithms=["Ed25519", "EdDSA", "ES256"], strict_check_header=False,
)


def verify(answer, jwks, body=None):
    """Verifies (RFC 7515 appendix F, RFC 7797); gives the protected header."""
    protected, empty, signature = answer.headers[SIGNATURE].split(".")
    assert empty == "", "the payload is detached"
    keys = KeySet.import_key_set(jwks)
    content = answer.content if body is None else body
    checked = jws.deserialize_compact(f"{protected}..{signature}", keys, registry=REGISTRY, payload=content)
    header = checked.headers()
    assert header["b64"] is False
    assert header["crit"] == ["b64"]
    return header


def answers(htmc):
    """One answer of each kind, with its name."""
    body = htmc.body(htmc.demo.facts["citizens"][0])
    unknown = htmc.body(htmc.demo.facts["citizens"][0])
    unknown["citizen"]["personal_id"] = "001185999999"
    fresh = lambda **more: body | {"request_id": request_id()} | more  # noqa: E731
    yield "verification", htmc.verify(fresh())
    yield "not found", htmc.verify(unknown)
    yield "look-up", htmc.look_up(fresh())
    yield "batch", htmc.verify({"items": [fresh(), fresh(purpose="9.9"), {"request_id": "x"}]})
    yield "refused", htmc.verify(fresh(purpose="9.9"))
    yield "unreadable", htmc.post("/api/v1/verifications", data=b"{", headers={"Content-Type": "application/json"})
    yield "soap", htmc.soap(soap.verification())
    yield "soap older", htmc.soap(soap.example("live-033-older.xml"))
    yield "soap look-up", htmc.soap(soap.look_up())
    yield "soap fault", htmc.soap(b"<x>")
    yield "no certificate", htmc.soap(soap.verification(), session=htmc.session(None))


def test_every_answer_is_signed_with_journal_number_and_time(htmc, jwks):
    seen = []
    for name, answer in answers(htmc):
        header = verify(answer, jwks)
        first, _, last = answer.headers["Dancu-Journal"].partition("-")
        assert header["journal"] == int(first), name
        assert len(header["leaf"]) == 43, name
        assert header["log"] == htmc.demo.facts["journal"]["origin"], name
        assert abs(header["iat"] - time.time()) < 120, name
        assert header["kid"] in {key["kid"] for key in jwks["keys"]}
        seen.append((int(first), int(last or first)))
    assert all(a[1] < b[0] for a, b in zip(seen, seen[1:], strict=False)), "numbers rise"


def test_the_promise_is_kept_in_the_published_log(htmc, jwks):
    """The entry that the proof brings has the leaf hash that the signature names (RFC 6962 section 2.1)."""
    import time
    from base64 import b64decode, urlsafe_b64encode
    from hashlib import sha256

    header = verify(htmc.verify(htmc.body(htmc.demo.facts["citizens"][0])), jwks)
    with htmc.session(None) as session:
        for _ in range(50):
            proof = session.get(f"{htmc.demo.base_url}/journal/proof/{header['journal']}", timeout=10)
            if proof.status_code != 503:
                break
            assert proof.headers["Retry-After"] == "1"
            time.sleep(0.1)
    assert proof.status_code == 200, proof.text
    first, extra, index, *_ = proof.text.splitlines()
    assert (first, index) == ("c2sp.org/tlog-proof@v1", f"index {header['journal']}")
    # `extra` is a CBOR map that begins with 1 and the entry, a byte string of less than 65536 bytes.
    extra = b64decode(extra.removeprefix("extra "))
    assert extra[0] >> 5 == 5 and extra[1] == 1 and extra[2] >> 5 == 2
    head = {24: 1, 25: 2}.get(extra[2] & 31, 0)
    length = int.from_bytes(extra[3 : 3 + head]) if head else extra[2] & 31
    entry = extra[3 + head : 3 + head + length]
    leaf = urlsafe_b64encode(sha256(b"\0" + entry).digest()).rstrip(b"=").decode()
    assert leaf == header["leaf"]
    assert proof.text.split("\n\n")[1].startswith(header["log"] + "\n")


def test_tampering_is_detected(htmc, jwks):
    answer = htmc.verify(htmc.body(htmc.demo.facts["citizens"][0]))
    verify(answer, jwks)
    for body in (
        answer.content.replace(b'"verified"', b'"mismatch"'),
        answer.content + b" ",
        answer.content[:-1],
        b"",
    ):
        assert body != answer.content
        with pytest.raises(BadSignatureError):
            verify(answer, jwks, body)


def test_a_signature_does_not_fit_another_answer(htmc, jwks):
    one, other = (htmc.verify(htmc.body(c)) for c in htmc.demo.facts["citizens"][:2])
    with pytest.raises(BadSignatureError):
        verify(one, jwks, other.content)


def test_the_header_is_bound_too(htmc, jwks):
    """Journal number and time cannot be exchanged for others."""
    from base64 import urlsafe_b64decode, urlsafe_b64encode

    answer = htmc.verify(htmc.body(htmc.demo.facts["citizens"][0]))
    protected, _, signature = answer.headers[SIGNATURE].split(".")
    header = json.loads(urlsafe_b64decode(protected + "=" * (-len(protected) % 4)))
    changes = ({"journal": header["journal"] + 1}, {"iat": header["iat"] + 60}, {"leaf": "A" * 43}, {"log": "another.example"})
    for change in changes:
        forged = urlsafe_b64encode(json.dumps(header | change, separators=(",", ":")).encode()).rstrip(b"=").decode()
        answer.headers[SIGNATURE] = f"{forged}..{signature}"
        with pytest.raises(BadSignatureError):
            verify(answer, jwks)


def test_the_published_keys_hold_nothing_private(htmc):
    with htmc.session(None) as session:
        answer = session.get(htmc.demo.base_url + "/.well-known/jwks.json", timeout=10)
    assert answer.headers["content-type"].startswith("application/jwk-set+json")
    keys = answer.json()["keys"]
    assert keys
    for key in keys:
        assert "d" not in key
        assert key["use"] == "sig"
        assert key["kid"]


def test_after_a_rotation_old_and_new_answers_verify(own_demo):
    """The old key stays published: an answer of yesterday is verified tomorrow."""
    from support.server import run

    demo = own_demo(citizens=200).start()
    system = demo.system()
    citizen = demo.facts["citizens"][0]
    before = system.verify(system.body(citizen))
    assert demo.stop() == 0
    rotated = run("keys", "rotate-signer", "--store", demo.folder)
    assert rotated.returncode == 0, rotated.stderr
    demo.start()
    after = system.verify(system.body(citizen))
    with system.session() as session:
        keys = session.get(demo.base_url + "/.well-known/jwks.json", timeout=10).json()
    assert verify(before, keys)["kid"] != verify(after, keys)["kid"]
    assert demo.stop() == 0
