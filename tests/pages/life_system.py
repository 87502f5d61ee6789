"""The applicant's own system: its keys, its certificate, and its calls by a SOAP library and by REST."""

import json
import subprocess
from pathlib import Path

import requests
from requests.auth import HTTPBasicAuth
from zeep import Client, Settings
from zeep.exceptions import Fault
from zeep.transports import Transport

from support.caller import request_id


def openssl(folder, *arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], cwd=folder, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class SecurityOfficer:
    """Somebody with a key of one's own, and a certificate for it of the authority that the demo trusts."""

    def __init__(self, folder, demo):
        self.folder = folder
        authority = Path(demo.facts["ca_cert"])
        (folder / "ext").write_text("keyUsage=critical,keyAgreement\nextendedKeyUsage=emailProtection\n")
        openssl(folder, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "officer.key")
        openssl(folder, "req", "-new", "-key", "officer.key", "-subj", "/CN=Ta Tuyet Mai", "-out", "officer.csr")
        openssl(folder, "x509", "-req", "-in", "officer.csr", "-CA", authority, "-CAkey", authority.with_suffix(".key"),
                "-days", "60", "-extfile", "ext", "-out", "officer.pem")
        self.certificate = folder / "officer.pem"

    def open_envelope(self, envelope):
        opened = openssl(self.folder, "cms", "-decrypt", "-inform", "DER", "-in", envelope, "-inkey", "officer.key",
                         "-recip", "officer.pem")
        return json.loads(opened)


class Software:
    """One system with what it was handed: a certificate for its own key, a user name, a password."""

    def __init__(self, folder, demo):
        self.folder, self.demo = folder, demo
        self.username = self.password = None

    def new_key(self, name):
        """A key and a request (PKCS #10) for it; the certificate is to be put beside them."""
        self.pair = (str(self.folder / f"{name}.pem"), str(self.folder / f"{name}.key"))
        openssl(self.folder, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.pair[1])
        openssl(self.folder, "req", "-new", "-key", self.pair[1], "-subj", "/CN=x", "-out", f"{name}.csr")
        return self.folder / f"{name}.csr"

    def session(self):
        session = requests.Session()
        session.trust_env = False
        session.verify = self.demo.facts["ca_cert"]
        session.cert = self.pair
        session.auth = HTTPBasicAuth(self.username, self.password)
        return session

    def rest(self, service, citizen, **more):
        """Asks by REST. Gives the whole answer."""
        number, name, born = citizen
        claim = {"personal_id": number, "full_name": name, "birth_date": born}
        body = {"request_id": request_id(), "purpose": "1.004227", "citizen": claim} | more
        path = {"verify": "/api/v1/verifications", "look_up": "/api/v1/lookups"}[service]
        with self.session() as session:
            return session.post(self.demo.base_url + path, json=body, timeout=30)

    def soap(self):
        """A SOAP library, built from nothing but the served description."""
        transport = Transport(session=self.session(), timeout=20, operation_timeout=20)
        return Client(self.demo.facts["wsdl_url"], transport=transport, settings=Settings(xml_huge_tree=False))

    def ask(self, client, service, citizen, **more):
        """Asks by SOAP: True, False, the citizens found, or the error's code."""
        number, name, born = citizen
        operation, kind = {
            "verify": ("XacThucThongTinCongDan", "033"), "look_up": ("TraCuuThongTinCongDan", "037"),
        }[service]
        message = {
            "MaYeuCau": request_id(), "MaDVC": "1.004227", "MaTichHop": kind, "SoDinhDanh": number, "HoVaTen": name,
            "NgayThangNamSinh": {"NgayThangNam": born.replace("-", "")},
        } | more
        try:
            return client.service[operation](**message)
        except Fault as fault:
            return client.wsdl.types.deserialize(fault.detail[0])["MaLoi"]
