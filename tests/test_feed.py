"""The feed to a security centre: judged by Debian's rsyslog, over TLS, and by readers of RFC 5424 and CEF from elsewhere."""

import hashlib
import json
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pycef
import pytest
import syslog_rfc5424_parser

from support import journal, load, postgres
from support.server import BINARY, Demo, Process, clean_environment, free_port, run
from support.siem import Siem, of_syslog, without_repetitions

BOM = "\ufeff"
# What a caller may type where a code is expected; it is refused and written down.
HOSTILE = 'H55 "Sở Y tế" ]=|\\ [Hòa\\'


@pytest.fixture(params=["gtls", "ossl"])
def siem(request, tmp_path):
    port = free_port()
    siem = Siem(tmp_path / "siem", (port, port + 1), request.param).start()
    yield siem
    siem.stop()


@pytest.fixture(scope="module")
def cluster():
    with postgres.Cluster() as running:
        yield running


def configured(own_demo, siem, **settings):
    return own_demo(citizens=300, DANCU_FEED__RECEIVERS=siem.receivers(), DANCU_FEED__HOSTNAME="may-1", **settings)


def leaf_hashes(demo):
    """Leaf hash of every entry (RFC 6962), computed here from its bytes."""
    entries, size = journal.stored(demo)
    assert sorted(entries) == list(range(size))
    return {number: hashlib.sha256(b"\0" + entry).hexdigest() for number, entry in entries.items()}


def all_arrived(demo, siem):
    """Every entry so far, in order once repetitions are dropped, with the leaf hash that its bytes have.

    A server writes entries of its own at any time (an epoch, a check), so later ones may have arrived as well.
    """
    leaves = leaf_hashes(demo)
    siem.wait_for(max(leaves))
    for kind, leaf in (("syslog", "leaf"), ("cef", "cs1")):
        entries = [(number, said) for number, said in without_repetitions(siem.entries(kind)) if number in leaves]
        assert [number for number, _ in entries] == sorted(leaves), kind
        assert {number: said[leaf] for number, said in entries} == leaves, kind
    return leaves


def each_once(siem):
    """Whether no entry was sent twice."""
    numbers = [number for number, _ in siem.entries()]
    return len(numbers) == len(set(numbers))


def under_load(demo, seed, seconds):
    threads, stop = load.start(demo.system(), 3, seed)
    time.sleep(seconds)
    stop.set()
    return load.collect(threads)


def test_every_entry_arrives_and_other_readers_read_the_same(own_demo, siem):
    # No connection is ended on the way: rsyslog says no close_notify, and then the last messages go again.
    demo = configured(own_demo, siem, DANCU_FEED__SETTLE=1_000_000).start()
    under_load(demo, 1, 1.5)
    system, citizen = demo.system(), demo.facts["citizens"][0]
    answer = system.verify(system.body(citizen, agency_code=HOSTILE))
    number = int(answer.headers["Dancu-Journal"])
    leaves = all_arrived(demo, siem)
    assert len(leaves) > 100
    assert each_once(siem), "nothing broke, so nothing is repeated"

    own = dict(siem.entries())[number]
    assert own["agency"] == HOSTILE and own["result"] == "failure"
    assert dict(siem.entries("cef"))[number]["cs4"] == HOSTILE

    # rsyslog, and a reader that knows nothing of it.
    for line in siem.heard()[:300]:
        length_free = line["raw"].replace(BOM, "")
        message = syslog_rfc5424_parser.SyslogMessage.parse(length_free)
        assert message.sd["dancu@32473"] == of_syslog(line)
        assert message.hostname == "may-1" and message.appname == "dancu" and message.msgid == line["id"]
        assert str(message.facility.value * 8 + message.severity.value) == line["priority"]
        words = line["raw"].split("] ", 1)[1] if line["id"] == "CALL" and HOSTILE[-6:] not in line["raw"] else None
        assert words is None or words.startswith(BOM) and " / " in words
    for line in siem.heard("cef")[:300]:
        assert "\n" not in line["raw"] and BOM not in line["raw"]
        read, fields = pycef.parse(line["raw"]), line["read"]["f"]
        assert (read["DeviceVendor"], read["DeviceEventClassID"]) == (fields["DeviceVendor"], fields["SignatureID"])
        if "externalId" in fields["Extensions"]:
            assert read["externalId"] == fields["Extensions"]["externalId"]
            assert read["leafHash"] == fields["Extensions"]["cs1"]
    assert demo.stop() == 0


def test_messages_tell_of_no_person(own_demo, siem):
    demo = configured(own_demo, siem).start()
    system = demo.system()
    with system.session() as session:
        for citizen in demo.facts["citizens"]:
            system.verify(system.body(citizen), session=session)
            system.look_up(system.body(citizen, case_number="HS-BI-MAT-7", purpose="1.004227"), session=session)
    all_arrived(demo, siem)
    text = "".join((siem.folder / f"{kind}.jsonl").read_text() for kind in ("syslog", "cef"))
    secrets = {system.officer, "HS-BI-MAT-7", "127.0.0.1", system.password}
    for citizen in demo.facts["citizens"]:
        secrets |= {citizen[key] for key in ("personal_id", "id_card_number", "full_name") if citizen[key]}
    found = sorted(secret for secret in secrets if secret in text)
    assert not found, found
    # The demo's own calls at its first start come before.
    calls = [said for _, said in siem.entries() if said["kind"] == "call"][-2 * len(demo.facts["citizens"]):]
    assert all(re.fullmatch("[0-9a-f]{16}", said["officer_hash"]) for said in calls)
    # One person, one hash; another person, another.
    of_first = {said["subject_hash"] for said in calls[:2]}
    assert len({said.get("subject_hash") for said in calls}) > len(of_first)
    assert demo.stop() == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_an_outage_of_the_receiver_loses_nothing(own_demo, siem, how):
    demo = configured(own_demo, siem, DANCU_FEED__PAUSE_SECONDS=1).start()
    under_load(demo, 2, 1.0)
    threads, stop = load.start(demo.system(), 3, seed=3)
    time.sleep(0.5)
    siem.stop(how)
    time.sleep(1.5)
    siem.start()
    time.sleep(1.5)
    stop.set()
    notes = load.collect(threads)
    assert not notes.refused, "the outage of a receiver is no caller's business"
    all_arrived(demo, siem)
    metrics = demo.operator("/metrics")[1]
    assert float(re.search(r'^feed_reconnects_total\{receiver="soc"\} (\S+)$', metrics, re.M)[1]) >= 1
    assert re.search(r'^feed_lag_entries\{receiver="soc"\} 0$', metrics, re.M)
    assert demo.stop() == 0


def test_a_killed_server_goes_on_where_it_was(own_demo, siem):
    demo = configured(own_demo, siem).start()
    for seed in range(4):
        threads, _ = load.start(demo.system(), 3, seed + 10)
        time.sleep(0.8)
        demo.kill()
        load.collect(threads)
        demo.start()
    all_arrived(demo, siem)
    assert demo.stop() == 0


def test_a_stopped_receiver_with_full_buffers_loses_nothing(own_demo, siem):
    """It is frozen, so that megabytes are acknowledged by its kernel and read by nobody; then it is killed."""
    demo = configured(own_demo, siem, DANCU_FEED__PAUSE_SECONDS=1).start()
    under_load(demo, 4, 0.5)
    siem.process.send_signal(signal.SIGSTOP)
    under_load(demo, 5, 3.0)
    before = len(siem.entries())
    siem.kill()
    siem.start()
    leaves = all_arrived(demo, siem)
    assert len(leaves) - before > 400, "too few were under way: the last two hundred are repeated anyway"
    assert demo.stop() == 0


def test_a_server_ends_soon_though_the_receiver_is_away(own_demo, siem):
    demo = configured(own_demo, siem).start()
    siem.stop()
    under_load(demo, 6, 0.5)
    began = time.monotonic()
    assert demo.stop() == 0
    assert time.monotonic() - began < 15
    siem.start()
    demo.start()
    all_arrived(demo, siem)
    assert demo.stop() == 0


def sends(demo):
    """Whether this server has the entries of the receiver."""
    return float(re.search(r'^feed_lease\{receiver="soc"\} (\S+)$', demo.operator("/metrics")[1], re.M)[1]) == 1


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_of_two_servers_on_one_store_one_sends_and_the_other_takes_over(own_demo, siem, cluster, engine):
    shared = cluster.database(f"feed_{siem.driver}") if engine == "postgresql" else None
    lease = {"DANCU_FEED__LEASE_SECONDS": 2, "DANCU_FEED__RECEIVERS": siem.receivers()}
    first = own_demo(citizens=300, postgres=shared, **lease).start()
    second = Demo(first.folder, citizens=300, postgres=shared, DANCU_FEED__FOLDER=first.folder / "feed-2", **lease)
    try:
        second.start()
        under_load(first, 7, 1.0)
        under_load(second, 8, 1.0)
        all_arrived(first, siem)
        # One of them; which one, a pause of the machine may change.
        deadline = time.monotonic() + 10
        while [sends(first), sends(second)].count(True) != 1:
            assert time.monotonic() < deadline, "not one of them has the lease"
            time.sleep(0.2)
        first.kill()
        under_load(second, 9, 1.0)
        all_arrived(second, siem)
        assert sends(second)
        assert second.stop() == 0
    finally:
        second.kill()


def events(siem):
    return [(line["id"], of_syslog(line)) for line in siem.heard() if "event" in of_syslog(line)]


def test_alarms_arrive(own_demo, siem):
    import requests

    demo = configured(own_demo, siem, DANCU_LIMITS__STRANGERS_PER_MINUTE=3).start()
    with requests.Session() as browser:
        browser.verify, browser.trust_env = demo.facts["ca_cert"], False
        page = browser.get(demo.base_url + "/sign-in", timeout=10).text
        token = re.search(r'name="csrf" value="([^"]+)"', page)[1]
        form = {"csrf": token, "login": "khong.co.ai", "password": "wrong", "next": "/officer"}
        assert browser.post(demo.base_url + "/sign-in", data=form, timeout=30).status_code == 401
        for _ in range(6):
            # One connection each: the server ends that of a stranger, perhaps just as it is used again.
            browser.post(demo.base_url + "/api/v1/verifications", json={}, headers={"Connection": "close"}, timeout=10)
    done = subprocess.run(
        [BINARY, "keys", "rotate", "--store", demo.folder], env=clean_environment(), capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    time.sleep(1)
    assert demo.stop() == 0
    told = dict(events(siem))
    assert {"STARTED", "SIGN_IN_REFUSED", "STRANGERS", "KEYS_ROTATED", "STOPPING"} <= told.keys(), sorted(told)
    assert told["SIGN_IN_REFUSED"]["outcome"] == "CREDENTIALS_WRONG"
    assert "account" not in told["SIGN_IN_REFUSED"], "there is none of this login"
    assert told["STRANGERS"]["source_hash"] == told["SIGN_IN_REFUSED"]["source_hash"]
    assert told["KEYS_ROTATED"]["key"] == "sealing 2"
    assert "khong.co.ai" not in (siem.folder / "syslog.jsonl").read_text()
    numbers = [int(said["event"]) for _, said in events(siem)]
    assert sorted(set(numbers)) == list(range(len(set(numbers))))


def test_a_missing_quorum_is_told_and_its_return(own_demo, siem, tmp_path):
    demo = configured(own_demo, siem, DANCU_JOURNAL__WITNESS_ALARM_SECONDS=1).start()
    policy = Path(demo.facts["journal"]["key"]).read_text()
    [log] = re.findall(r"^log (\S+)", policy, re.M)
    # One that is free while the demo has all of its own.
    port, folder = free_port(), tmp_path / "witness"
    assert demo.stop() == 0
    made = run("witness", "init", "--dir", folder, "--name", "late.example/1", "--log", log, "--listen", f"127.0.0.1:{port}")
    assert made.returncode == 0, made.stderr
    witnesses = f"[{{ key = '{made.stdout.strip()}', url = 'http://127.0.0.1:{port}' }}]"
    demo.environment |= {"DANCU_JOURNAL__WITNESSES": witnesses, "DANCU_JOURNAL__QUORUM": "1"}
    demo.start()
    under_load(demo, 11, 0.5)
    missing = told_of(siem, "QUORUM_MISSING")
    assert (missing["count"], missing["wanted"]) == ("0", "1") and int(missing["size"]) > 0
    witness = Process(["witness", "--dir", str(folder)], clean_environment(), folder)
    try:
        back = told_of(siem, "QUORUM_BACK")
        assert int(back["size"]) >= int(missing["size"])
    finally:
        witness.kill()
    assert demo.stop() == 0


def told_of(siem, event, timeout=30):
    """The first event of this kind."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        found = dict(reversed(events(siem)))
        if event in found:
            return found[event]
        time.sleep(0.2)
    raise AssertionError(f"nothing was told of {event}, only {sorted(dict(events(siem)))}")


# ---- fetching


def fetch(demo, token, **parameters):
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    request = urllib.request.Request(f"{demo.admin}/feed/entries?{query}")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()


@pytest.fixture
def fetching(own_demo, tmp_path):
    file = tmp_path / "tokens"
    demo = own_demo(citizens=300, DANCU_FEED__PULL_TOKENS=file)
    made = subprocess.run(
        [BINARY, "feed", "token", "--store", demo.folder, "--name", "siem"],
        env=clean_environment(DANCU_FEED__PULL_TOKENS=file), capture_output=True, text=True, timeout=20)
    assert made.returncode == 0, made.stderr
    token = made.stdout.strip()
    assert token not in file.read_text() and hashlib.sha256(token.encode()).hexdigest() in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    return demo.start(), token


def test_entries_can_be_fetched(fetching):
    demo, token = fetching
    under_load(demo, 8, 1.0)
    leaves, after, found = leaf_hashes(demo), {}, []
    while True:
        status, headers, body = fetch(demo, token, limit=97, **after)
        assert status == 200 and headers["dancu-feed-size"] == str(len(leaves))
        if not body:
            break
        found += [json.loads(line) for line in body.splitlines()]
        after = {"after": headers["dancu-feed-last"]}
    assert {line["index"]: line["leaf"] for line in found} == leaves
    assert [line["index"] for line in found] == sorted(leaves)
    status, headers, body = fetch(demo, token, format="cef", after=0, limit=2)
    assert status == 200 and [pycef.parse(line)["externalId"] for line in body.splitlines()] == ["1", "2"]

    began = time.monotonic()
    assert fetch(demo, token, wait=1, **after)[2] == ""
    assert 0.9 < time.monotonic() - began < 5
    assert demo.stop() == 0


def test_a_fetch_that_is_wrong_is_told_why(fetching):
    demo, token = fetching
    for wrong, status, code in (
        ({"token": None}, 401, "CREDENTIALS_MISSING"), ({"token": "x" * 43}, 401, "CREDENTIALS_WRONG"),
        ({"limit": 0}, 400, "FIELD_TYPE"), ({"limit": 1001}, 400, "FIELD_TYPE"), ({"wait": 31}, 400, "FIELD_TYPE"),
        ({"after": "x"}, 400, "FIELD_TYPE"), ({"after": -1}, 400, "FIELD_TYPE"), ({"format": "xml"}, 400, "FIELD_TYPE"),
        ({"page": 2}, 400, "FIELD_TYPE"),
    ):
        got, headers, body = fetch(demo, **{"token": token} | wrong)
        problem = json.loads(body)
        assert (got, problem["code"], problem["status"]) == (status, code, status), wrong
        assert headers["content-type"] == "application/problem+json"
        assert token not in body and (status != 401 or headers["www-authenticate"].startswith("Bearer"))
    assert demo.stop() == 0


def test_without_tokens_there_is_nothing_to_fetch(demo):
    assert demo.operator("/feed/entries")[0] == 404
