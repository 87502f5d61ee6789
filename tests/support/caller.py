"""A registered system of the demo as its own programmers would write it: certificate, Basic, hash per call."""

import base64
import hashlib
import itertools
import os
import time

import requests

_counter = itertools.count(1)


def request_id():
    """A new MaYeuCau."""
    return f"T{os.getpid()}-{time.time_ns() // 1000}-{next(_counter)}"


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def per_call_hash(service_url, user, timestamp, secret):
    return hashlib.sha256(f"{service_url}{user}{timestamp}{secret}".encode()).hexdigest()


class System:
    """One system with its facts of demo.json."""

    def __init__(self, demo, facts):
        self.demo = demo
        self.facts = facts
        self.username = facts["username"]
        self.password = facts["password"]
        self.certificate = (facts["client_cert"], facts["client_key"])
        self.officer = facts["officers"][0]["personal_id"]

    def officer_noted(self, note):
        return next(o for o in self.facts["officers"] if o["note"] == note)

    def password_headers(self):
        return {"Authorization": basic(self.username, self.password)}

    def per_call_headers(self, timestamp=None, service_url=None, secret=None):
        timestamp = str(int(time.time() * 1000)) if timestamp is None else str(timestamp)
        digest = per_call_hash(
            service_url or self.facts["service_url"], self.username, timestamp, secret or self.facts["secret"]
        )
        return {"Timestamp": timestamp, "Authorization": basic(self.username, digest)}

    def session(self, certificate="own"):
        session = requests.Session()
        session.trust_env = False
        session.verify = self.demo.facts["ca_cert"]
        session.cert = self.certificate if certificate == "own" else certificate
        return session

    def body(self, citizen, **more):
        """A REST request about a sample citizen, by whichever number there is."""
        claim = {"full_name": citizen["full_name"], "birth_date": citizen["birth_date"]}
        number = "personal_id" if citizen.get("personal_id") else "id_card_number"
        claim[number] = citizen[number]
        body = {
            "request_id": request_id(), "purpose": "1.004227", "officer": self.officer, "citizen": claim,
        }
        if self.facts["case_required"]:
            body["case_number"] = "HS-2026-001"
        return body | more

    def post(self, path, json=None, session=None, headers=None, auth=True, timeout=30, **options):
        """Calls; the connection ends with the call unless a session is given."""
        own = session or self.session()
        own_headers = (self.password_headers() if auth else {}) | (headers or {})
        try:
            return own.post(self.demo.base_url + path, json=json, headers=own_headers, timeout=timeout, **options)
        finally:
            if session is None:
                own.close()

    def verify(self, body, **options):
        return self.post("/api/v1/verifications", json=body, **options)

    def look_up(self, body, **options):
        return self.post("/api/v1/lookups", json=body, **options)

    def soap(self, message, content_type="text/xml; charset=utf-8", headers=None, **options):
        data = message.encode() if isinstance(message, str) else message
        headers = {"Content-Type": content_type} | (headers or {})
        return self.post(self.demo.facts["soap_path"], data=data, headers=headers, **options)
