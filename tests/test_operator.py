"""What the operator sees: health, metrics, logs, an end in good order, and a doctor that tells the truth."""

import re
import shutil
import signal
import threading
import time

import pytest

from support import journal, load, soap
from support.server import clean_environment, free_port, run

# ---- the admin address


def test_health(demo):
    assert demo.operator("/healthz") == (200, "ok\n")
    assert demo.operator("/readyz") == (200, "ready\n")
    assert demo.operator("/nothing")[0] == 404


def test_the_admin_paths_are_not_at_the_service_port(demo, htmc):
    with htmc.session() as session:
        assert session.get(demo.base_url + "/metrics", timeout=10).status_code == 404
    with htmc.session(None) as session:
        assert session.get(demo.base_url + "/metrics", timeout=10).status_code == 404


def test_the_service_is_not_at_the_admin_port(demo):
    for path in (demo.facts["soap_path"], "/api/v1/verifications", "/", "/sign-in"):
        assert demo.operator(path)[0] == 404


def test_both_doors_are_on_loopback_only(demo):
    """/proc/net/tcp: the demo is for its own machine."""
    from pathlib import Path

    listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"]
    for port in (demo.port, demo.port + 1000):
        [address] = [a for a, _, p in (entry.partition(":") for entry in listening) if int(p, 16) == port]
        assert address == "0100007F"


SAMPLE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*",?)*)\})? (\S+)$')
SUFFIXES = {
    "counter": {"_total", "_created"}, "gauge": {""}, "histogram": {"_bucket", "_count", "_sum", "_created"},
    "summary": {"", "_count", "_sum"}, "info": {"_info"}, "unknown": {""},
}


def parse(text):
    """OpenMetrics 1.0, as strictly as matters: families announced, samples of their type, histograms that add up."""
    lines = text.split("\n")
    assert lines[-2:] == ["# EOF", ""]
    kinds, samples, family = {}, {}, None
    for line in lines[:-2]:
        if line.startswith("# "):
            _, keyword, name, rest = line.split(" ", 3)
            assert keyword in {"HELP", "TYPE", "UNIT"}, line
            if keyword == "TYPE":
                assert name not in kinds, f"{name} is announced twice"
                kinds[name], family = rest, name
            continue
        match = SAMPLE.match(line)
        assert match, line
        name, labels, value = match.groups()
        assert name.startswith(family) and name.removeprefix(family) in SUFFIXES[kinds[family]], line
        assert (name, labels) not in samples, f"{line} is there twice"
        samples[name, labels] = float(value)
    return kinds, samples


def test_metrics_are_openmetrics_and_count(demo, htmc):
    def answers():
        _, samples = parse(demo.operator("/metrics")[1])
        return samples["dancu_answers_total", 'outcome="verified"'], samples["journal_entries_total", 'ruling="permitted"']

    htmc.verify(htmc.body(demo.facts["citizens"][0]))
    before = answers()
    for _ in range(3):
        htmc.verify(htmc.body(demo.facts["citizens"][0]))
    assert [after - b for after, b in zip(answers(), before, strict=True)] == [3, 3]


def test_histograms_add_up(demo):
    kinds, samples = parse(demo.operator("/metrics")[1])
    for name in (n for n, kind in kinds.items() if kind == "histogram"):
        series = {}
        for (sample, labels), value in samples.items():
            if sample == f"{name}_bucket":
                rest = ",".join(sorted(part for part in labels.split(",") if not part.startswith("le=")))
                series.setdefault(rest, []).append((float(re.search(r'le="([^"]+)"', labels)[1]), value))
        for rest, buckets in series.items():
            values = [value for _, value in sorted(buckets)]
            assert values == sorted(values), (name, rest)
            assert sorted(buckets)[-1][0] == float("inf")
            assert samples[f"{name}_count", rest or None] == values[-1]


# ---- personal data stay where they belong


def secrets_of(demo):
    """Every text that must not be found in logs and metrics."""
    for citizen in demo.facts["citizens"]:
        yield from (citizen[k] for k in ("personal_id", "id_card_number", "full_name", "former_number") if citizen[k])
    for system in demo.facts["systems"]:
        yield from (system["password"], system["secret"])


def test_logs_and_metrics_hold_no_personal_data(own_demo):
    """At the most talkative level, with good calls, refused ones and bad ones."""
    demo = own_demo(citizens=300, DANCU_LOG__FILTER="trace", DANCU_LOG__FORMAT="json").start()
    system, told = demo.system(), []
    with system.session() as session:
        for citizen in demo.facts["citizens"]:
            told.append(system.verify(system.body(citizen), session=session))
            told.append(system.look_up(system.body(citizen), session=session))
            told.append(system.verify(system.body(citizen, purpose="9.9"), session=session))
        broken = "QUẢNG THỊ BÍ ẨN"
        told.append(system.soap(soap.verification(HoVaTen=broken + "<"), session=session))
        told.append(system.soap(soap.verification(HoVaTen=broken, SoDinhDanh="99887766554"), session=session))
        told.append(system.soap(soap.verification().replace(b"TRANTHITHUYHOA", broken.encode() + b"\x01"), session=session))
        told.append(system.verify({"request_id": "1", "citizen": {"full_name": broken, broken: 1}}, session=session))
    told.append(system.soap(soap.verification(), auth=False, headers=system.per_call_headers()))
    metrics = demo.operator("/metrics")[1]
    assert demo.stop() == 0
    log = "".join(demo.process.stderr)
    assert len(log) > 10_000, "the log is not talkative; the test proves nothing"
    wanted = {*secrets_of(demo), broken, "99887766554"}
    wanted |= {text.upper() for text in wanted} | {"TRANTHITHUYHOA", system.password_headers()["Authorization"][6:]}
    # The tone marks may be escaped in JSON.
    wanted |= {text.encode("unicode_escape").decode() for text in wanted}
    for where, text in (("log", log), ("metrics", metrics)):
        found = sorted(text_ for text_ in wanted if text_ in text)
        assert not found, f"{where}: {found[:5]}"


def test_the_store_holds_no_personal_data_in_the_clear(own_demo):
    demo = own_demo(citizens=300).start()
    system = demo.system()
    for citizen in demo.facts["citizens"]:
        system.look_up(system.body(citizen))
    assert demo.stop() == 0
    stored = b"".join(path.read_bytes() for path in (demo.folder / "store").iterdir())
    assert len(stored) > 100_000
    for citizen in demo.facts["citizens"]:
        for text in (citizen["personal_id"], citizen["id_card_number"], citizen["full_name"], citizen["former_name"]):
            assert not text or text.encode() not in stored, citizen["note"]
    for text in secrets_of(demo):
        assert text.encode() not in stored


def test_files_of_the_demo_are_private(demo):
    for path in (demo.folder / "keys").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path.name
    for path in (demo.folder / "tls").glob("*.key"):
        assert path.stat().st_mode & 0o077 == 0, path.name
    for path in (demo.folder / "keys", demo.folder / "store", demo.folder / "tls"):
        assert path.stat().st_mode & 0o077 == 0, path.name
    assert (demo.folder / "demo.json").stat().st_mode & 0o077 == 0


# ---- the end


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_an_end_under_load_loses_no_answer(own_demo, told):
    demo = own_demo().start()
    threads, _ = load.start(demo.system(), 4, seed=int(told))
    time.sleep(1.0)
    demo.process.popen.send_signal(told)
    assert demo.stop() == 0, demo.process.output()
    notes = load.collect(threads)
    entries, size = journal.read(demo)
    assert len(notes.acknowledged) > 50
    assert size == len(entries) and list(entries) == list(range(size))
    lost = {n for n, correlation in notes.acknowledged.items() if entries.get(n) != correlation}
    assert not lost
    # Those who came too late were told so, in their protocol.
    for status, content in notes.refused:
        assert status == 503 and b"SHUTTING_DOWN" in content
    assert len(journal.calls(entries)) - len(notes.acknowledged) <= len(notes.refused) + 40 * notes.last_ditch


def test_told_to_end_as_soon_as_it_says_that_it_runs(own_demo):
    from support.server import READY, Process

    demo = own_demo(citizens=50).start()
    assert demo.stop() == 0
    for _ in range(5):
        demo.process = Process(["demo"], demo.environment, demo.folder.parent)
        demo.process.wait_for_line(READY, 20)
        assert demo.stop() == 0


def test_a_call_under_way_is_finished(own_demo):
    """Its body is still arriving when the server is told to end."""
    demo = own_demo(citizens=300).start()
    system = demo.system()
    message = soap.verification()
    head = (
        f"POST {demo.facts['soap_path']} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n"
        f"Authorization: {system.password_headers()['Authorization']}\r\nContent-Length: {len(message)}\r\n\r\n"
    ).encode()
    with demo.tls_socket(system.certificate) as s:
        s.sendall(head + message[:100])
        time.sleep(0.3)
        ended = threading.Thread(target=demo.stop)
        ended.start()
        time.sleep(0.3)
        s.sendall(message[100:])
        answer = b""
        while part := s.recv(65_536):
            answer += part
    ended.join(30)
    # It was begun before the end: it is answered, or told why not; never cut off.
    assert answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 503"))
    assert b"<dan:TonTai>true" in answer or b"SHUTTING_DOWN" in answer
    assert demo.process.popen.returncode == 0


def test_a_second_start_on_the_same_port_says_why_it_cannot(demo, tmp_path):
    from support.server import Demo

    second = Demo(tmp_path / "second", citizens=100, port=demo.port)
    with pytest.raises(AssertionError, match="cannot listen"):
        second.start()
    assert second.process.popen.returncode == 1
    assert demo.operator("/readyz")[0] == 200


def test_a_folder_that_is_no_demo_is_left_alone(tmp_path, binary):
    precious = tmp_path / "home"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years of work")
    done = run("demo", "--dir", precious, "--fresh", "--citizens", 10, "--seed-only")
    assert done.returncode == 1
    assert "is not a demo folder" in done.stderr
    assert (precious / "thesis.txt").read_text() == "years of work"


def test_the_demo_is_kept_and_renewed(own_demo):
    demo = own_demo(citizens=100).start()
    first, before = demo.facts, demo.process.memory_kib()
    assert before > 0
    assert demo.stop() == 0
    demo.start()
    assert demo.facts == first
    assert demo.stop() == 0
    done = run("demo", "--dir", demo.folder, "--port", demo.port, "--citizens", 100, "--fresh", "--seed-only")
    assert done.returncode == 0, done.stderr
    renewed = (demo.folder / "demo.json").read_text()
    assert first["systems"][0]["password"] not in renewed


def test_a_demo_cut_off_while_it_is_made_is_made_anew(own_demo):
    demo = own_demo(citizens=300)
    (demo.folder / "keys").mkdir(parents=True)
    (demo.folder / "keys/sealing.json").write_text("{")
    demo.start()
    assert demo.operator("/readyz")[0] == 200
    assert demo.stop() == 0


# ---- dancu call and doctor


def test_the_small_client_verifies_and_checks_the_signature(demo):
    facts = demo.folder / "demo.json"
    citizen = ["--number", "001185000017", "--name", "Trần Thị Thúy Hòa", "--born", "1985-04-30"]
    done = run("call", "--demo", facts, *citizen)
    assert done.returncode == 0, done.stderr
    assert '"outcome": "verified"' in done.stdout
    assert "signature good" in done.stderr
    done = run("call", "--demo", facts, "--look-up", *citizen)
    assert done.returncode == 0 and "Phường Phúc Tân" in done.stdout
    done = run("call", "--demo", facts, "--system", "benh-vien", *citizen)
    assert done.returncode == 1 and "SYSTEM_SUSPENDED" in done.stdout + done.stderr


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """A demo that was used and stopped."""
    from support.server import Demo

    demo = Demo(tmp_path_factory.mktemp("doctor") / "demo", citizens=300).start()
    assert demo.stop() == 0
    return demo.folder


@pytest.fixture
def patient(stopped, tmp_path):
    """A copy of it that may be harmed."""
    return shutil.copytree(stopped, tmp_path / "patient")


def doctor(folder, **settings):
    """Examines; addresses are free ones unless told otherwise. Gives the exit code, the faults and the text."""
    import subprocess

    from support.server import BINARY

    port = free_port()
    environment = clean_environment(**{
        "DANCU_LISTEN__ADDRESS": f"127.0.0.1:{port}", "DANCU_ADMIN__ADDRESS": f"127.0.0.1:{port + 1000}",
    } | settings)
    done = subprocess.run([BINARY, "doctor", "--store", folder], env=environment, capture_output=True, text=True, timeout=30)
    lines = done.stdout.splitlines()
    faults = {
        line.removeprefix("FAULT").strip().partition(":")[0]: lines[i + 1] for i, line in enumerate(lines) if line.startswith("FAULT")
    }
    for name, remedy in faults.items():
        assert remedy.strip().startswith("→ ") and len(remedy) > 20, f"no remedy for {name}"
    assert (done.returncode == 0) == (not faults), done.stdout + done.stderr
    return faults, done.stdout


# One fault is found everywhere; until it is mended the tests look at the others.


def test_the_doctor_finds_a_sound_demo_sound(stopped):
    assert doctor(stopped)[0] == {}


def test_the_doctor_needs_no_help_with_the_demo_folder(stopped):
    assert "TLS files" not in doctor(stopped)[0]


def faults_of(folder, **settings):
    return set(doctor(folder, **settings)[0])


def test_missing_keys(patient):
    shutil.rmtree(patient / "keys")
    faults, text = doctor(patient)
    assert "keys" in faults
    assert "backup" in faults["keys"]


def test_keys_that_others_may_read(patient):
    (patient / "keys/sealing.json").chmod(0o644)
    faults, text = doctor(patient)
    assert "keys" in faults
    assert "sealing.json" in text or "permission" in text.lower() or "readable" in text.lower()


def test_keys_of_another_store(patient, own_demo):
    other = own_demo(citizens=50).start()
    assert other.stop() == 0
    shutil.rmtree(patient / "keys")
    shutil.copytree(other.folder / "keys", patient / "keys")
    assert faults_of(patient) >= {"registry opens with these keys"}


def test_spoilt_keys(patient):
    (patient / "keys/sealing.json").write_text("{")
    assert "keys" in faults_of(patient)


def test_missing_store(patient):
    shutil.rmtree(patient / "store")
    assert "store" in faults_of(patient)
    assert not (patient / "store").exists(), "the doctor changes nothing"


def test_spoilt_store(patient):
    (patient / "store/dancu.db").write_bytes(b"not a database" * 1000)
    for extra in ("dancu.db-wal", "dancu.db-shm"):
        (patient / "store" / extra).unlink(missing_ok=True)
    assert faults_of(patient), "something must be wrong with it"


def test_tls_files_that_do_not_fit(patient):
    shutil.copy(patient / "tls/client-htmc.key", patient / "tls/server.key")
    assert faults_of(patient) == {"TLS files"}


def test_addresses_in_use(stopped, demo):
    faults = faults_of(
        stopped, DANCU_LISTEN__ADDRESS=f"127.0.0.1:{demo.port}", DANCU_ADMIN__ADDRESS=f"127.0.0.1:{demo.port + 1000}",
    )
    assert faults == {"HTTPS address", "admin address"}


def test_settings_of_a_wrong_kind(stopped):
    assert "admin address is local" in faults_of(stopped, DANCU_ADMIN__ADDRESS=f"0.0.0.0:{free_port()}")
    assert "officers' pages" in faults_of(stopped, DANCU_WEB__SYSTEM="nobody")
    assert "signing algorithm" in doctor(stopped, DANCU_SIGNING__ALGORITHM="RS256")[0]


def test_an_unknown_key_of_the_configuration_is_refused(tmp_path):
    (tmp_path / "dancu.toml").write_text("[listen]\nadress = '127.0.0.1:1'\n")
    for command in (["doctor"], ["serve"]):
        done = run(*command, "--config", tmp_path / "dancu.toml")
        assert done.returncode == 1
        assert "adress" in done.stderr
