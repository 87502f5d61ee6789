"""Secrets and certificates of a connected system in Chromium, opened and used by openssl and curl."""

import hashlib
import json
import re
import subprocess
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support import axe
from support.caller import basic
from test_console import Desk


def openssl(folder, *arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], cwd=folder, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def look(page, name, where):
    page.screenshot(path=where / f"{name}.png", full_page=True)
    assert axe.violations(page) == [], name
    assert "⟦" not in page.content(), name


@pytest.fixture(scope="module")
def shots(tmp_path_factory):
    return tmp_path_factory.mktemp("console-pki")


@pytest.fixture(scope="module")
def desk(chromium, demo):
    desks = {}

    def sit(role, organisation=None):
        if (role, organisation) not in desks:
            # A code counts once: another test may have used this half minute's.
            time.sleep(31 - time.time() % 30)
            desks[role, organisation] = Desk(chromium, demo, role, organisation).sign_in()
        return desks[role, organisation]

    yield sit
    for one in desks.values():
        one.visit.context.close()


@pytest.fixture
def officer(demo, tmp_path):
    """A security officer's key, with a certificate of the demo's authority."""
    authority = Path(demo.facts["ca_cert"])
    (tmp_path / "ext").write_text("keyUsage=critical,keyAgreement\nextendedKeyUsage=emailProtection\n")
    openssl(tmp_path, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "officer.key")
    openssl(tmp_path, "req", "-new", "-key", "officer.key", "-subj", "/CN=Ta Tuyet Mai", "-out", "officer.csr")
    openssl(tmp_path, "x509", "-req", "-in", "officer.csr", "-CA", authority, "-CAkey", authority.with_suffix(".key"),
            "-days", "30", "-extfile", "ext", "-out", "officer.pem")
    return tmp_path


def test_a_secret_is_made_taken_once_and_opened(desk, officer, demo, shots):
    security = desk("organisation_security_officer", "thai-nguyen")
    page = security.page
    assert security.go("/systems/htmc/keys").status == 200
    look(page, "keys-empty", shots)
    page.set_input_files("#file-recipient", officer / "ext")
    with page.expect_navigation() as refused:
        page.click("#register button")
    assert refused.value.status >= 400
    assert "X.509" in page.locator(".notice").first.inner_text()
    page.set_input_files("#file-recipient", officer / "officer.pem")
    page.click("#register button")
    expect(page).to_have_url(re.compile("done=recipient$"))
    page.fill("#username", "htmc.thu")
    page.click("#issue button")
    expect(page).to_have_url(re.compile("done=secret$"))
    look(page, "keys-waiting", shots)
    assert security.waits("Khoá bí mật") == "Nhận trước khi hết hạn"
    security.go("/systems/htmc/keys")
    take = page.locator("form[action$='/secrets/take']")
    csrf, delivery = (take.locator(f"input[name={name}]").input_value() for name in ("csrf", "delivery"))
    with page.expect_download() as download:
        take.locator("button").click()
    download.value.save_as(officer / "secret.p7m")
    opened = openssl(officer, "cms", "-decrypt", "-inform", "DER", "-in", "secret.p7m", "-inkey", "officer.key",
                     "-recip", "officer.pem")
    content = json.loads(opened)
    assert (content["system"], content["username"], len(content["password"]) > 40) == ("htmc", "htmc.thu", True)
    again = page.request.post(security.url + "/systems/htmc/secrets/take", form={"csrf": csrf, "delivery": delivery})
    assert again.status == 409
    page.reload()
    assert "Đã nhận" in page.locator("main").inner_text()
    assert content["password"] not in page.content() and content["secret"] not in page.content()
    look(page, "keys-taken", shots)
    # The secret is the system's from now on.
    htmc = demo.system("htmc")
    headers = {"Authorization": basic("htmc.thu", content["password"])}
    answer = htmc.post("/api/v1/verifications", json=htmc.body(demo.facts["citizens"][0]), headers=headers, auth=False)
    assert answer.status_code == 200, answer.text


def test_a_certificate_comes_by_a_code_and_ends_at_once(desk, demo, officer, shots):
    connection = desk("connection_officer")
    connection.go("/systems/htmc/keys")
    connection.page.click("#code button")
    code = connection.page.locator("#once").inner_text().strip()
    look(connection.page, "code-once", shots)
    openssl(officer, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "system.key")
    openssl(officer, "req", "-new", "-key", "system.key", "-subj", "/CN=x", "-out", "system.csr")

    security = desk("organisation_security_officer", "thai-nguyen")
    page = security.page
    security.go("/systems/htmc/keys")
    page.click("summary:has-text('Lấy chứng thư từ tệp yêu cầu')")
    page.set_input_files("#file-csr", officer / "system.csr")
    page.fill("#code", "khong-phai-ma-nay")
    page.click("#csr button")
    assert page.locator(".notice").first.inner_text()
    page.click("summary:has-text('Lấy chứng thư từ tệp yêu cầu')")
    page.set_input_files("#file-csr", officer / "system.csr")
    page.fill("#code", code)
    with page.expect_download() as download:
        page.click("#csr button")
    download.value.save_as(officer / "system.pem")
    pair = (str(officer / "system.pem"), str(officer / "system.key"))
    shown = openssl(officer, "x509", "-in", "system.pem", "-outform", "DER")
    fingerprint = hashlib.sha256(shown).hexdigest()
    htmc, citizen = demo.system("htmc"), demo.facts["citizens"][0]

    def calls():
        with htmc.session(pair) as session:
            return htmc.verify(htmc.body(citizen), session=session)

    assert calls().status_code == 200
    security.go("/systems/htmc/keys")
    page.click("summary:has-text('Thu hồi chứng thư')")
    page.select_option("#certificate", fingerprint)
    page.fill("#revoke_reason", "Máy chủ đã thay")
    look(page, "revoke", shots)
    page.click("#revoke button")
    expect(page).to_have_url(re.compile("done=revoked$"))
    refused = calls()
    assert (refused.status_code, refused.json()["code"]) == (401, "CERTIFICATE_REVOKED")


def test_workstations_are_enrolled_and_revoked(desk, officer, shots):
    security = desk("organisation_security_officer", "thai-nguyen")
    page = security.page
    security.go("/organisations/thai-nguyen/workstations")
    look(page, "workstations-empty", shots)
    openssl(officer, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "machine.key")
    openssl(officer, "req", "-new", "-key", "machine.key", "-subj", "/CN=x", "-out", "machine.csr")
    page.fill("#name", "Một cửa quầy 3")
    page.set_input_files("#file-workstation", officer / "machine.csr")
    with page.expect_download() as download:
        page.click("#enrol button")
    download.value.save_as(officer / "machine.pem")
    assert "workstation" in openssl(officer, "x509", "-in", "machine.pem", "-noout", "-subject").decode()
    page.reload()
    look(page, "workstations", shots)
    page.click("summary:has-text('Thu hồi máy trạm')")
    page.select_option("#workstation", label="Một cửa quầy 3")
    page.fill("#reason", "Máy hỏng")
    page.click("#revoke button")
    expect(page).to_have_url(re.compile("done=revoked$"))
    assert "Đã thu hồi" in page.locator("main table").inner_text()
    assert security.go("/organisations/bo-y-te/workstations").status == 404
