"""Callers that write down every answer they got, until the server is gone."""

import http.client
import json
import random
import ssl
import threading
import uuid
from dataclasses import dataclass, field

from support import soap
from support.caller import request_id

BROKEN = (OSError, http.client.HTTPException, ssl.SSLError)


@dataclass
class Notes:
    """What the callers were told."""

    acknowledged: dict = field(default_factory=dict)  # number of the entry → correlation id, hex
    repeatable: list = field(default_factory=list)  # (headers, body, answer) of calls with an Idempotency-Key
    spent: list = field(default_factory=list)  # (headers, body) of calls whose MaYeuCau is used up
    refused: list = field(default_factory=list)  # statuses other than 200
    last_ditch: int = 0  # calls without an answer

    def merge(self, other):
        for number, correlation in other.acknowledged.items():
            assert number not in self.acknowledged, f"number {number} was given twice"
            self.acknowledged[number] = correlation
        self.repeatable += other.repeatable
        self.spent += other.spent
        self.refused += other.refused
        self.last_ditch += other.last_ditch


class Caller(threading.Thread):
    """One connection, one call after the other, of every kind."""

    def __init__(self, system, seed, stop):
        super().__init__(daemon=True)
        self.system, self.stop_event, self.notes = system, stop, Notes()
        self.random = random.Random(seed)
        self.context = ssl.create_default_context(cafile=system.demo.facts["ca_cert"])
        self.context.load_cert_chain(*system.certificate)
        self.failure = None

    def connect(self):
        return http.client.HTTPSConnection("localhost", self.system.demo.port, context=self.context, timeout=20)

    def run(self):
        try:
            connection = self.connect()
            kinds = [self.single] * 5 + [self.soap, self.look_up, self.batch, self.idempotent, self.per_call]
            while not self.stop_event.is_set():
                try:
                    self.random.choice(kinds)(connection)
                except BROKEN:
                    self.notes.last_ditch += 1
                    return
        except Exception as error:  # told by the test; a thread cannot fail it
            self.failure = error

    def citizen(self):
        return self.random.choice(self.system.demo.facts["citizens"])

    def send(self, connection, path, headers, body):
        """Gives the answer once all of it has arrived: that is what the caller may rely on."""
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            self.notes.refused.append((answer.status, content))
            return answer, content
        if "Dancu-Journal" not in answer.headers:
            # A batch of which no entry could be written: nothing is acknowledged, each item says so.
            self.notes.refused += [(item["status"], json.dumps(item).encode()) for item in json.loads(content)["items"]]
            return answer, content
        first, _, last = answer.headers["Dancu-Journal"].partition("-")
        if last:
            for number, item in zip(range(int(first), int(last) + 1), json.loads(content)["items"], strict=True):
                told = item.get("answer") or item["problem"]
                self.notes.acknowledged[number] = told["correlation_id"].replace("-", "")
        else:
            self.notes.acknowledged[int(first)] = answer.headers["Dancu-Correlation-Id"].replace("-", "")
        return answer, content

    def json_headers(self, **more):
        return self.system.password_headers() | {"Content-Type": "application/json"} | more

    def single(self, connection):
        self.send(connection, "/api/v1/verifications", self.json_headers(), json.dumps(self.system.body(self.citizen())))

    def look_up(self, connection):
        self.send(connection, "/api/v1/lookups", self.json_headers(), json.dumps(self.system.body(self.citizen())))

    def batch(self, connection):
        items = [self.system.body(self.citizen()) for _ in range(self.random.randint(2, 40))]
        items[0]["purpose"] = "9.9"
        self.send(connection, "/api/v1/verifications", self.json_headers(), json.dumps({"items": items}))

    def soap(self, connection):
        headers = self.system.password_headers() | {"Content-Type": "text/xml"}
        self.send(connection, self.system.demo.facts["soap_path"], headers, soap.verification())

    def idempotent(self, connection):
        headers = self.json_headers(**{"Idempotency-Key": str(uuid.uuid4())})
        body = json.dumps(self.system.body(self.citizen()))
        _, content = self.send(connection, "/api/v1/verifications", headers, body)
        self.notes.repeatable = [*self.notes.repeatable[-2:], (headers, body, content)]

    def per_call(self, connection):
        headers = self.system.per_call_headers() | {"Content-Type": "application/json"}
        body = json.dumps(self.system.body(self.citizen()) | {"request_id": request_id()})
        self.send(connection, "/api/v1/verifications", headers, body)
        self.notes.spent = [*self.notes.spent[-2:], (headers, body)]


def start(system, callers, seed):
    stop = threading.Event()
    threads = [Caller(system, seed * 1000 + n, stop) for n in range(callers)]
    for thread in threads:
        thread.start()
    return threads, stop


def collect(threads):
    notes = Notes()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive(), "a caller hangs"
        if thread.failure:
            raise thread.failure
        notes.merge(thread.notes)
    return notes
