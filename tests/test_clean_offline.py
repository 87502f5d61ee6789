"""A stock carried by hand to a machine without a network and back: by `dancu` on both sides, and with openssl alone as the agency's side. Each way
of being refused has its own reason."""

import hashlib
import io
import json
import os
import sqlite3
import zipfile
from contextlib import closing

import pytest

from support.cleaning import ASKS, Place, certificate, openssl

PEOPLE = 300


@pytest.fixture(scope="module")
def place(binary, tmp_path_factory):
    """The registry: a certificate to which agencies seal, and the agency's own to which answers are sealed."""
    folder = tmp_path_factory.mktemp("offline")
    place = Place(folder / "demo", citizens=PEOPLE)
    place.keys = folder / "keys"
    place.keys.mkdir()
    ca = (place.ca, place.ca_key)
    place.desk, place.desk_key = certificate(place.keys, "desk", "keyAgreement", *ca)
    place.agency, place.agency_key = certificate(place.keys, "agency", "keyEncipherment", *ca, kind="RSA")
    place.other, _ = certificate(place.keys, "other", "keyAgreement", *ca)
    place.stranger, place.stranger_key = certificate(place.keys, "nobody", "digitalSignature", *ca)
    place.environment |= {"DANCU_CLEANING__SEAL_CERTIFICATE": str(place.desk), "DANCU_CLEANING__SEAL_KEY": str(place.desk_key),
                          "DANCU_PKI__RECIPIENT_CA": str(place.ca)}
    tls = place.folder / "tls"
    place.system, place.system_key = tls / "client-htmc.pem", tls / "client-htmc.key"
    os.chmod(place.system_key, 0o600)
    place.file = folder / "stock.csv"
    place.rows = place.stock(place.file)
    return place


@pytest.fixture(scope="module")
def organisation(place):
    with closing(sqlite3.connect(place.store)) as connection:
        [(organisation,)] = connection.execute("SELECT organisation FROM system WHERE id = 'htmc'").fetchall()
    return organisation


@pytest.fixture(scope="module")
def registered(place, organisation):
    place.good("exchange", "recipient", "--store", place.folder, "--organisation", organisation, place.agency)


def seal(place, out, *more, to=None, sign=None, asks=ASKS):
    certificate, key = sign or (place.system, place.system_key)
    return place.run("clean", "seal", place.file, "--to", to or place.desk, "--sign", key, "--certificate", certificate, "--out", out,
                     "--agency", "H55.242", "--job", "đợt 1", *asks, *more)


def offline(place, package, out):
    return place.run("clean", "offline", package, "--store", place.folder, "--out", out, "--no-workbook")


def refused(place, package, why, tmp_path):
    """Refused with this reason, in both languages; nothing is left."""
    out = tmp_path / "answer"
    done = offline(place, package, out)
    assert done.returncode != 0, done.stdout
    assert f"{why}: " in done.stderr and " / " in done.stderr, done.stderr
    assert not out.exists() and not list(tmp_path.glob(".*"))
    return done.stderr


def jobs(place):
    return place.ask("SELECT COUNT(*) FROM cleaning_job")


@pytest.fixture(scope="module")
def package(place, tmp_path_factory):
    out = tmp_path_factory.mktemp("package") / "stock.dancu"
    done = seal(place, out, "--map", "row_id=Mã")
    assert done.returncode == 0, done.stderr
    assert [p.name for p in out.parent.iterdir()] == [out.name]
    return out


def altered(package, tmp_path, change):
    """The package with its pieces changed; the ZIP itself is sound."""
    with zipfile.ZipFile(package) as archive:
        pieces = {name: archive.read(name) for name in archive.namelist()}
    out = tmp_path / "altered.dancu"
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in change(pieces).items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_STORED)
    return out


def test_what_is_wrong_with_a_package_is_said(place, package, tmp_path):
    raw = package.read_bytes()
    cases = tmp_path / "cases"
    cases.mkdir()

    def case(name, data):
        (cases / name).write_bytes(data)
        return cases / name

    refused(place, case("cut", raw[:-40]), "truncated", tmp_path)
    refused(place, case("half", raw[:len(raw) // 2]), "truncated", tmp_path)
    refused(place, case("text", b"row_id,full_name\n"), "form", tmp_path)

    def flipped(pieces):
        piece = bytearray(pieces["0001.p7m"])
        piece[len(piece) // 2] ^= 1
        return {"0001.p7m": bytes(piece)}

    refused(place, altered(package, cases, flipped), "tampered", tmp_path)
    refused(place, altered(package, cases, lambda pieces: pieces | {"0002.p7m": pieces["0001.p7m"]}), "mixed", tmp_path)

    foreign = cases / "foreign"
    assert seal(place, foreign, to=place.other).returncode == 0
    refused(place, foreign, "foreign_recipient", tmp_path)

    strange_key = place.keys / "strange.key"
    openssl(place.keys, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=strange",
            "-addext", "basicConstraints=critical,CA:false", "-keyout", strange_key, "-out", "strange.pem", "-days", "5")
    unknown = cases / "unknown"
    assert seal(place, unknown, sign=(place.keys / "strange.pem", strange_key)).returncode == 0
    refused(place, unknown, "unknown_signer", tmp_path)
    assert jobs(place) == 0 and place.entries().total() == 0, "nothing came of it"


def test_who_may_not_sign_for_a_system_is_refused_and_the_journal_says_so(place, package, registered, tmp_path):
    before = place.entries()
    nobody = tmp_path / "nobody"
    assert seal(place, nobody, sign=(place.stranger, place.stranger_key)).returncode == 0
    told = refused(place, nobody, "not_registered", tmp_path)
    assert "CERTIFICATE_UNKNOWN" in told and "chứng thư" in told.lower()
    other = tmp_path / "other"
    assert seal(place, other, asks=("--system", "htmc-qn", *ASKS[2:])).returncode == 0
    refused(place, other, "not_registered", tmp_path)
    assert place.entries() - before == {"CERTIFICATE_UNKNOWN": 2}


def test_the_terms_are_those_of_the_road(place, registered, tmp_path):
    before = place.entries()
    out = tmp_path / "purpose"
    assert seal(place, out, asks=(*ASKS[:4], "--purpose", "9.999999")).returncode == 0
    refused(place, out, "PURPOSE_NOT_REGISTERED", tmp_path)
    assert place.entries() - before == {"PURPOSE_NOT_REGISTERED": 1}


def test_the_whole_journey_and_no_second_one(place, package, registered, tmp_path):
    answer, out = tmp_path / "answer.dancu", tmp_path / "result"
    done = offline(place, package, answer)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(tmp_path.glob(".*")), "nothing that was opened is left"
    opened = place.good("clean", "open", answer, "--key", place.agency_key, "--certificate", place.agency, "--ca", place.ca, "--out", out)
    assert "answers   đợt 1 of H55.242" in opened and f"{place.rows} rows" in opened
    with zipfile.ZipFile(out / "result.asice") as archive:
        assert archive.read("result.csv").count(b"\nr") == place.rows
    assert place.entries()["released"] > PEOPLE / 2, "everybody touched has an entry"

    (tmp_path / "again").mkdir()
    assert "đã được trả lời" in refused(place, package, "replayed", tmp_path / "again")
    # An answer is no stock, and a stock no answer.
    wrong = ("--key", place.desk_key, "--certificate", place.desk, "--ca", place.ca)
    assert "kind: " in place.refused("clean", "open", package, *wrong, "--out", tmp_path / "kind")
    assert "foreign_recipient: " in place.refused("clean", "open", answer, *wrong, "--out", tmp_path / "foreign")
    cut = tmp_path / "cut"
    cut.write_bytes(answer.read_bytes()[:-9])
    right = ("--key", place.agency_key, "--certificate", place.agency, "--ca", place.ca)
    assert "truncated: " in place.refused("clean", "open", cut, *right, "--out", tmp_path / "short")
    other_ca = ("--key", place.agency_key, "--certificate", place.agency, "--ca", place.keys / "strange.pem")
    assert "unknown_signer: " in place.refused("clean", "open", answer, *other_ca, "--out", tmp_path / "signer")


def test_an_agency_without_a_certificate_gets_no_answer_and_pays_nothing(place, package, organisation, tmp_path):
    """Tested in an installation of its own, where none is registered."""
    bare = Place(tmp_path / "bare", citizens=50)
    bare.environment |= {key: value for key, value in place.environment.items() if key.startswith(("DANCU_CLEANING__SEAL", "DANCU_PKI"))}
    desk, desk_key = certificate(place.keys, "bare", "keyAgreement", bare.ca, bare.ca_key)
    bare.environment |= {"DANCU_CLEANING__SEAL_CERTIFICATE": str(desk), "DANCU_CLEANING__SEAL_KEY": str(desk_key),
                         "DANCU_PKI__RECIPIENT_CA": str(bare.ca)}
    tls = bare.folder / "tls"
    os.chmod(tls / "client-htmc.key", 0o600)
    out = tmp_path / "stock.dancu"
    bare.file = place.file
    bare.desk = desk
    assert seal(bare, out, sign=(tls / "client-htmc.pem", tls / "client-htmc.key")).returncode == 0
    (tmp_path / "answers").mkdir()
    refused(bare, out, "no_recipient", tmp_path / "answers")
    assert jobs(bare) == 0


def by_openssl(place, folder, request, job):
    """A package as the commands of docs/operators.md make it: openssl and a ZIP, no `dancu`."""
    folder.mkdir()
    stock, asked = folder / "stock", folder / "request.json"
    stock.write_bytes(place.file.read_bytes())
    asked.write_text(json.dumps(request))
    files = [{"name": p.name, "bytes": p.stat().st_size, "sha256": hashlib.sha256(p.read_bytes()).hexdigest()} for p in (asked, stock)]
    label = {"format": "dancu-sealed/1", "package": os.urandom(16).hex(), "kind": "stock", "job": job, "agency": "H55.242",
             "made_us": 1_795_226_400_000_000, "files": files}
    head = json.dumps({"piece": 1, "pieces": 1, "label": label}).encode()
    (folder / "content").write_bytes(head + b"\n" + asked.read_bytes() + stock.read_bytes())
    openssl(folder, "cms", "-sign", "-binary", "-nodetach", "-md", "sha256", "-in", "content", "-signer", place.system,
            "-inkey", place.system_key, "-outform", "DER", "-out", "signed")
    openssl(folder, "cms", "-encrypt", "-binary", "-aes-256-gcm", "-in", "signed", "-outform", "DER", "-out", "0001.p7m",
            "-recip", place.desk, "-keyopt", "ecdh_kdf_md:sha256")
    with zipfile.ZipFile(folder / "package.zip", "w") as archive:
        archive.write(folder / "0001.p7m", "0001.p7m")
    return folder / "package.zip"


ASKED = {"system": "htmc", "account": "nguyenvana.stttt", "purpose": "VPCP", "stock": "stock"}


def test_openssl_alone_asks_and_reads_the_answer(place, registered, tmp_path):
    answer = tmp_path / "answer.zip"
    package = by_openssl(place, tmp_path / "files", ASKED, "by hand")
    done = offline(place, package, answer)
    assert done.returncode == 0, done.stdout + done.stderr

    with zipfile.ZipFile(answer) as archive:
        assert archive.namelist() == ["0001.p7m"]
        (tmp_path / "sealed").write_bytes(archive.read("0001.p7m"))
    openssl(tmp_path, "cms", "-decrypt", "-binary", "-inform", "DER", "-in", "sealed", "-inkey", place.agency_key, "-recip", place.agency,
            "-out", "opened")
    openssl(tmp_path, "cms", "-verify", "-binary", "-inform", "DER", "-in", "opened", "-CAfile", place.ca, "-purpose", "any", "-out", "answer")
    line, _, result = (tmp_path / "answer").read_bytes().partition(b"\n")
    said = json.loads(line)["label"]
    assert (said["kind"], said["job"], said["files"][0]["name"]) == ("answer", "by hand", "result.asice")
    assert hashlib.sha256(result).hexdigest() == said["files"][0]["sha256"]
    with zipfile.ZipFile(io.BytesIO(result)) as archive:
        assert archive.read("result.csv").count(b"\n") == place.rows + 1


@pytest.mark.parametrize("request_", [{**ASKED, "more": 1}, {**ASKED, "stock": "other"}, {**ASKED, "stock": "../stock"}, {"system": "htmc"}])
def test_a_request_that_does_not_read_is_refused(place, registered, tmp_path, request_):
    refused(place, by_openssl(place, tmp_path / "files", request_, ""), "request", tmp_path)
