"""Evidence files under tools that know nothing of the project: openssl the signature, zipfile the archive, tools/journal-verify each
proof, and `dancu evidence verify` against every member changed."""

import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import time
import zipfile
from xml.etree import ElementTree

import pytest

from support.server import BINARY, REPOSITORY, clean_environment, run

VERIFIER = REPOSITORY / "tools/journal-verify/journal_verify.py"
MIME_TYPE = b"application/vnd.etsi.asic-e+zip"
NAMES = {"asic": "http://uri.etsi.org/02918/v1.2.1#", "ds": "http://www.w3.org/2000/09/xmldsig#"}
MANIFEST, SIGNATURE = "META-INF/ASiCManifest.xml", "META-INF/signature.p7s"
PROOFS = "proofs/"


def make(demo, out, *arguments, stamped=True):
    """`dancu evidence make` beside the running demo, with the demo's seal."""
    tls = demo.folder / "tls"
    settings = {"DANCU_EVIDENCE__CERTIFICATE": tls / "seal.pem", "DANCU_EVIDENCE__KEY": tls / "seal.key"}
    if stamped:
        settings |= {"DANCU_TIMESTAMPS__URL": demo.facts["timestamp"]["url"], "DANCU_TIMESTAMPS__CA": demo.facts["timestamp"]["ca"]}
    command = ["evidence", "make", "--store", demo.folder, "--reason", "Vụ việc 17/2026", "--by", "nga.giamsat", "--out", out, *arguments]
    return subprocess.run([BINARY, *map(str, command)], env=clean_environment(**settings), capture_output=True, text=True, timeout=120)


def verify(demo, file, *arguments):
    key = demo.facts["journal"]["key"]
    return run("evidence", "verify", file, "--ca", demo.facts["ca_cert"], "--key", key, *arguments)


@pytest.fixture(scope="module")
def file(demo, htmc, tmp_path_factory):
    """A file about a system that has just called, with two personal parts opened."""
    citizen = demo.facts["citizens"][0]
    with htmc.session() as session:
        for _ in range(5):
            assert htmc.verify(htmc.body(citizen), session=session).status_code == 200
    out = tmp_path_factory.mktemp("evidence") / "file.asice"
    done = make(demo, out, "--system", "htmc")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "with a time stamp" in done.stdout
    return out


@pytest.fixture(scope="module")
def unpacked(file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    zipfile.ZipFile(file).extractall(folder)
    return folder


def members(file):
    with zipfile.ZipFile(file) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def pack(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_STORED)
    return out.getvalue()


def test_the_archive_is_a_zip_that_says_first_what_it_is(file):
    raw = file.read_bytes()
    assert raw[30:38] == b"mimetype" and raw[38:38 + len(MIME_TYPE)] == MIME_TYPE
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")


def test_the_manifest_names_every_file_with_its_hash(unpacked, file):
    root = ElementTree.parse(unpacked / MANIFEST).getroot()
    named = {}
    for reference in root.findall("asic:DataObjectReference", NAMES):
        assert reference.find("ds:DigestMethod", NAMES).get("Algorithm").endswith("#sha256")
        named[reference.get("URI")] = base64.b64decode(reference.find("ds:DigestValue", NAMES).text)
    assert root.find("asic:SigReference", NAMES).get("URI") == SIGNATURE
    there = {name: hashlib.sha256(data).digest() for name, data in members(file) if name not in ("mimetype", MANIFEST, SIGNATURE)}
    assert named == there


def test_openssl_believes_the_signature_and_no_other_content(demo, unpacked, tmp_path):
    check = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", unpacked / SIGNATURE, "-CAfile", demo.facts["ca_cert"],
             "-purpose", "any", "-out", "/dev/null", "-content"]
    done = subprocess.run([*check, unpacked / MANIFEST], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and "successful" in done.stderr, done.stderr
    other = tmp_path / "other.xml"
    other.write_bytes((unpacked / MANIFEST).read_bytes().replace(b"evidence.json", b"evidence.jsom"))
    assert subprocess.run([*check, other], capture_output=True, timeout=30).returncode != 0
    shown = subprocess.run(["openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", unpacked / SIGNATURE],
                           capture_output=True, text=True, timeout=30).stdout
    for attribute in ("contentType", "signingTime", "messageDigest", "signingCertificateV2", "timeStampToken"):
        assert attribute in shown, attribute


def test_the_independent_verifier_believes_every_proof(demo, unpacked):
    """Against the key file that the log's operator publishes, not the copy in the archive."""
    facts = json.loads((unpacked / "evidence.json").read_text())
    assert facts["counts"]["entries"] == len(facts["entries"]) >= 5
    assert (unpacked / "log.policy").read_text() == open(demo.facts["journal"]["key"]).read()
    for line in facts["entries"]:
        done = subprocess.run([sys.executable, VERIFIER, "--proof", unpacked / line["proof"], "--key", demo.facts["journal"]["key"]],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert re.search(rf"entry {line['number']} is in the log", done.stdout), done.stdout
        assert line["system"] == "htmc"
    checkpoint = (unpacked / "checkpoint").read_bytes()
    assert all((unpacked / line["proof"]).read_bytes().endswith(checkpoint) for line in facts["entries"])


def test_only_the_parts_asked_for_are_opened(demo, unpacked, file, tmp_path):
    sys.path.insert(0, str(REPOSITORY / "tools/journal-verify"))
    from jv import policy, proof

    keys = policy.read(open(demo.facts["journal"]["key"], "rb").read())
    facts = json.loads((unpacked / "evidence.json").read_text())
    citizen = demo.facts["citizens"][0]
    shown = set()
    for line in facts["entries"]:
        found = proof.verify((unpacked / line["proof"]).read_bytes(), keys)
        shown |= set(found.opened)
        assert citizen["personal_id"] not in found.opened.values()
    assert shown <= {1, 2} and 1 in shown, "officer and case number, nothing else"
    opened = tmp_path / "opened.asice"
    some = ",".join(str(line["number"]) for line in facts["entries"][-2:])
    done = make(demo, opened, "--entries", some, "--open", "subject", stamped=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(opened) as archive:
        proofs = [archive.read(name) for name in archive.namelist() if name.startswith(PROOFS)]
    assert len(proofs) == 2
    assert {proof.verify(data, keys).opened[5] for data in proofs} == {citizen["personal_id"]}


def test_dancu_believes_it_and_says_what_it_checked(demo, file):
    said = verify(demo, file, "--tsa-ca", demo.facts["timestamp"]["ca"])
    assert said.returncode == 0, said.stderr
    assert "dancu demo evidence" in said.stdout and "Vụ việc 17/2026" in said.stdout
    stamped = re.search(r"stamped\s+(\S+)", said.stdout)[1]
    assert stamped.startswith(time.strftime("%Y-%m-%dT", time.gmtime()))
    unchecked = run("evidence", "verify", file, "--ca", demo.facts["ca_cert"])
    assert unchecked.returncode == 0
    assert "give --tsa-ca" in unchecked.stdout and "give --key" in unchecked.stdout


def test_a_change_in_any_member_is_found(demo, file, tmp_path):
    parts, changed = members(file), tmp_path / "changed.asice"
    changed.write_bytes(pack(parts))
    assert verify(demo, changed, "--tsa-ca", demo.facts["timestamp"]["ca"]).returncode == 0, "packed again it is the same"
    for at, (name, data) in enumerate(parts):
        # Beginning, middle, end, and some between; the crate's own tests change every byte.
        for place in {0, len(data) // 3, len(data) // 2, len(data) - 1}:
            bad = bytearray(data)
            bad[place] ^= 1
            changed.write_bytes(pack([*parts[:at], (name, bytes(bad)), *parts[at + 1:]]))
            done = verify(demo, changed, "--tsa-ca", demo.facts["timestamp"]["ca"])
            assert done.returncode == 1, f"{name}: byte {place}"
        changed.write_bytes(pack([*parts[:at], *parts[at + 1:]]))
        assert verify(demo, changed).returncode == 1, f"{name} left out"
    changed.write_bytes(pack([*parts, ("more.txt", b"more")]))
    assert verify(demo, changed).returncode == 1


def test_an_authority_that_did_not_issue_the_certificate_is_not_enough(demo, file):
    stranger = run("evidence", "verify", file, "--ca", demo.folder / "tls/stranger/ca.pem")
    assert stranger.returncode == 1 and "no trusted authority" in stranger.stderr


def test_what_cannot_be_made_is_said_in_a_line(demo, tmp_path):
    out = tmp_path / "none.asice"
    nothing = make(demo, out, "--system", "nobody", stamped=False)
    assert nothing.returncode == 1 and "there is no entry" in nothing.stderr
    asked = ["evidence", "make", "--store", demo.folder, "--reason", "x", "--by", "x", "--out", out, "--system", "htmc"]
    sealless = clean_environment(DANCU_EVIDENCE__CERTIFICATE="", DANCU_EVIDENCE__KEY="")
    unsigned = subprocess.run([BINARY, *asked], env=sealless, capture_output=True, text=True, timeout=60)
    assert unsigned.returncode == 1 and "evidence.certificate" in unsigned.stderr
    assert not out.exists()
