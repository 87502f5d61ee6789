"""A system comes to its certificate with curl and openssl alone (RFC 7030)."""

import base64
import json
import subprocess

import pytest

from support.curl import curl
from support.server import run


def openssl(folder, *arguments, **options):
    done = subprocess.run(["openssl", *map(str, arguments)], cwd=folder, capture_output=True, timeout=60, **options)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Applicant:
    """Whoever installs a system: a key that stays here, and a request."""

    def __init__(self, folder, *kind):
        self.folder = folder
        self.key, self.certificate = folder / "key.pem", folder / "cert.pem"
        openssl(folder, "genpkey", "-out", "key.pem", *(kind or ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")))
        openssl(folder, "req", "-new", "-key", "key.pem", "-subj", "/CN=my own idea", "-outform", "DER", "-out", "req.der")

    def enrol(self, demo, path, *options, certificate=None):
        return curl(
            demo, f"{demo.base_url}/.well-known/est/{path}", *options, certificate=certificate,
            headers={"Content-Type": "application/pkcs10", "Content-Transfer-Encoding": "base64"},
            data=base64.encodebytes((self.folder / "req.der").read_bytes()),
        )

    def take(self, answer):
        assert answer.status == 200, answer
        assert answer.headers["content-type"] == "application/pkcs7-mime; smime-type=certs-only"
        assert int(answer.headers["dancu-journal"]) > 0
        print_certificates(self.folder, answer.body, "cert.pem")
        return str(self.certificate), str(self.key)


def print_certificates(folder, body, name):
    (folder / "answer.p7").write_bytes(base64.b64decode(body))
    openssl(folder, "pkcs7", "-inform", "DER", "-in", "answer.p7", "-print_certs", "-out", name)


def code(demo, system):
    """What the managing body hands to whoever installs the system."""
    done = run("exchange", "code", "--store", demo.folder, system)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def refusal(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status, json.loads(answer.body)["code"]


@pytest.fixture
def applicant(tmp_path):
    return Applicant(tmp_path)


def test_the_authority_is_told(demo, tmp_path):
    answer = curl(demo, demo.base_url + "/.well-known/est/cacerts")
    assert answer.status == 200
    print_certificates(tmp_path, answer.body, "ca.pem")
    told = openssl(tmp_path, "x509", "-in", "ca.pem", "-outform", "DER")
    assert told == openssl(tmp_path, "x509", "-in", demo.facts["ca_cert"], "-outform", "DER")


@pytest.mark.parametrize("kind", [
    ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"),
    ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"),
    ("-algorithm", "ED25519"),
], ids=["P-384", "RSA", "Ed25519"])
def test_a_system_enrols_calls_and_renews(demo, tmp_path, kind):
    first = Applicant(tmp_path, *kind)
    secret = code(demo, "htmc")
    certificate = first.take(first.enrol(demo, "simpleenroll", "-u", f"htmc:{secret}"))
    shown = openssl(tmp_path, "x509", "-in", first.certificate, "-noout", "-subject", "-nameopt", "utf8,sep_comma_plus").decode()
    assert "CN=htmc" in shown and "my own idea" not in shown
    openssl(tmp_path, "verify", "-purpose", "sslclient", "-CAfile", demo.facts["ca_cert"], first.certificate)

    htmc = demo.system("htmc")
    citizen = demo.facts["citizens"][0]

    def calls(certificate):
        with htmc.session(certificate) as session:
            return htmc.verify(htmc.body(citizen), session=session)

    assert calls(certificate).json()["outcome"] == "verified"

    again = first.enrol(demo, "simpleenroll", "-u", f"htmc:{secret}")
    assert refusal(again) == (401, "ENROLMENT_CODE_WRONG"), "a code works once"

    (tmp_path / "next").mkdir()
    second = Applicant(tmp_path / "next")
    renewed = second.take(second.enrol(demo, "simplereenroll", certificate=certificate))
    assert calls(renewed).status_code == 200 and calls(certificate).status_code == 200, "both during the overlap"


def test_who_may_not_is_told_why(demo, applicant):
    assert refusal(applicant.enrol(demo, "simpleenroll")) == (401, "CREDENTIALS_MISSING")
    assert refusal(applicant.enrol(demo, "simpleenroll", "-u", "htmc:guess")) == (401, "ENROLMENT_CODE_WRONG")
    assert refusal(applicant.enrol(demo, "simplereenroll")) == (401, "CERTIFICATE_MISSING")
    stopped = applicant.enrol(demo, "simpleenroll", "-u", f"cu:{code(demo, 'cu')}")
    assert refusal(stopped) == (403, "SYSTEM_DISCONNECTED")
    facts = demo.facts
    expired = applicant.enrol(demo, "simplereenroll", certificate=(facts["expired_cert"], facts["expired_key"]))
    assert refusal(expired) == (401, "CERTIFICATE_EXPIRED")
    unknown = applicant.enrol(demo, "simplereenroll", certificate=(facts["unknown_cert"], facts["unknown_key"]))
    assert refusal(unknown) == (401, "CERTIFICATE_UNKNOWN")


def test_weak_keys_are_refused(demo, tmp_path):
    weak = Applicant(tmp_path, "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024")
    answer = weak.enrol(demo, "simpleenroll", "-u", f"htmc:{code(demo, 'htmc')}")
    assert refusal(answer) == (400, "CSR_KEY_REFUSED")


def test_keys_init_makes_an_authority_once_and_the_doctor_looks_at_it(tmp_path):
    files = f'certificate = "{tmp_path}/pki/ca.pem"\nkey = "{tmp_path}/pki/ca.key"\nname = "Cơ quan cấp chứng thư thử"'
    config = tmp_path / "dancu.toml"
    config.write_text(
        f'[keys]\ndirectory = "{tmp_path}/keys"\n[journal]\ndirectory = "{tmp_path}/journal"\n[pki]\n{files}\n'
        f'[store]\nsqlite = "{tmp_path}/store/dancu.db"\n'
    )
    for times in (1, 2):
        done = run("keys", "init", "--config", config)
        assert done.returncode == 0, done.stderr
        assert ("an authority for systems was made" in done.stdout) == (times == 1)
    subject = openssl(tmp_path, "x509", "-in", "pki/ca.pem", "-noout", "-subject", "-nameopt", "utf8").decode()
    assert "Cơ quan cấp chứng thư thử" in subject
    assert (tmp_path / "pki/ca.key").stat().st_mode & 0o777 == 0o600
    assert "ok     authority" in run("doctor", "--config", config).stdout
    (tmp_path / "pki/ca.key").chmod(0o644)
    assert "FAULT  authority" in run("doctor", "--config", config).stdout
    (tmp_path / "pki/ca.key").unlink()
    half = run("keys", "init", "--config", config)
    assert half.returncode != 0 and "restore pki.certificate and pki.key together" in half.stderr
