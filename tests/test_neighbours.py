"""The demo's witnesses and its time-stamping authority: does the log have others that hold it to its word."""

import json
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from support.curl import curl
from support.log import cosignature_time


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def until(what, holds, seconds=30):
    deadline = time.monotonic() + seconds
    while True:
        found = holds()
        if found:
            return found
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.2)


def latest(demo, witness):
    """What a witness says that it saw last: text of the checkpoint, and its own line."""
    origin = journal(demo, "/journal/checkpoint").decode().split("\n")[0]
    try:
        note = get(f"{witness['url']}/latest?origin={origin}").decode()
    except urllib.error.HTTPError as error:
        assert error.code == 404
        return None
    text, _, lines = note.partition("\n\n")
    return text + "\n", lines.splitlines(True)[-1]


@pytest.fixture
def stamped(own_demo):
    """A demo that has its newest checkpoint stamped every second."""
    return own_demo(DANCU_TIMESTAMPS__SECONDS=1).start()


def journal(demo, path):
    answer = curl(demo, demo.base_url + path)
    return answer.body if answer.status == 200 else None


def call(demo):
    system = demo.system("htmc")
    assert system.verify(system.body(demo.facts["citizens"][0])).status_code == 200


def test_both_witnesses_follow_the_log(stamped):
    call(stamped)
    witnesses = stamped.facts["witnesses"]
    assert [witness["name"] for witness in witnesses] == ["witness-1", "witness-2"]
    for witness in witnesses:
        def seen():
            found = latest(stamped, witness)
            return found if found and int(found[0].split("\n")[1]) > 0 else None
        text, line = until("the witness follows", seen)
        assert abs(cosignature_time(line, witness["vkey"], text) - time.time()) < 60
    witnessed = until("a quorum", lambda: journal(stamped, "/journal/witnessed")).decode()
    assert any(f"— localhost/{witness['name']} " in witnessed for witness in witnesses)
    assert "witnesses_quorum_missing 0" in stamped.operator("/metrics")[1]


def test_a_witness_remembers_over_a_kill_of_everything(stamped):
    call(stamped)
    witness = stamped.facts["witnesses"][0]
    before = until("the witness follows", lambda: latest(stamped, witness))
    stamped.kill()
    stamped.start()
    call(stamped)
    size = int(before[0].split("\n")[1])
    until("it goes on", lambda: int(latest(stamped, witness)[0].split("\n")[1]) > size)
    metrics = get(witness["url"] + "/metrics").decode()
    assert 'outcome="fork"' not in metrics and 'outcome="not_consistent"' not in metrics


def test_openssl_believes_the_stamps(stamped, tmp_path):
    call(stamped)
    sizes = until("a stamp", lambda: json.loads(journal(stamped, "/journal/timestamps"))["sizes"])
    (tmp_path / "reply").write_bytes(journal(stamped, f"/journal/timestamp/{sizes[0]}"))
    (tmp_path / "data").write_bytes(journal(stamped, f"/journal/timestamp/{sizes[0]}/checkpoint"))
    authority = stamped.facts["timestamp"]
    check = ["openssl", "ts", "-verify", "-in", "reply", "-data", "data", "-CAfile", authority["ca"]]
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, timeout=30).returncode == 0
    (tmp_path / "data").write_bytes(b"other")
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, timeout=30).returncode != 0
    assert "timestamps_failures_total 0" in stamped.operator("/metrics")[1]
    # The stamps lie beside the log, whose folder a verifier counts.
    stamps = list(stamped.folder.rglob(f"{sizes[0]}.tsr"))
    assert len(stamps) == 1 and stamps[0].parent.name == "journal.timestamps"
