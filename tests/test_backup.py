"""`dancu backup` and `dancu restore` on a running service: what comes back is whole, and its journal never forks."""

import shutil
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support import journal, load
from support.postgres import Cluster
from support.server import ADMIN_OFFSET, Process, clean_environment, run

CALLERS = 2


def until(what, holds, seconds=30):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.1)


def ok(*arguments):
    done = run(*arguments, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def refused(*arguments):
    done = run(*arguments, timeout=180)
    assert done.returncode != 0, done.stdout
    return done.stderr


def configuration(demo, place, **store):
    """The demo's configuration for another place: its keys and certificates, its own store and log."""
    place.mkdir(exist_ok=True)
    (place / "demo").mkdir(exist_ok=True)
    at = demo.folder
    text = f"""
[store]
sqlite = "{place}/store/dancu.db"
postgres = "{store.get('postgres', '')}"
[keys]
directory = "{place}/keys"
[listen]
address = "127.0.0.1:{demo.port}"
public_url = "https://localhost:{demo.port}"
certificate = "{at}/tls/server.pem"
key = "{at}/tls/server.key"
client_ca = "{at}/tls/ca.pem"
[admin]
address = "127.0.0.1:{demo.port + ADMIN_OFFSET}"
[console]
address = "127.0.0.1:{demo.port + 1}"
[journal]
origin = "{store.get('origin', 'localhost/dancu-demo')}"
directory = "{place}/journal"
[feed]
folder = "{place}/feed"
"""
    file = place / "dancu.toml"
    file.write_text(text)
    return file


class Witness:
    """Says what it cosigned last, as a witness does, or that it cannot."""

    def __init__(self, says):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = says.read_bytes() if says and self.path.startswith("/latest?origin=") else b""
                self.send_response(200 if body else 503)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)


def origin_of(demo):
    return (demo.folder / "journal/checkpoint").read_text().split("\n")[0]


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory, binary):
    """A backup made while the service is under load; the service went on after it and is gone. Gives demo, backup, and what was
    acknowledged by then and after."""
    from support.server import Demo

    folder = tmp_path_factory.mktemp("backup")
    demo = Demo(folder / "demo", citizens=300).start()
    try:
        recovery = folder / "recovery"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=recovery", "-days", "2",
             "-keyout", f"{recovery}.key", "-out", f"{recovery}.pem"], check=True, capture_output=True, timeout=60)
        threads, stop = load.start(demo.system(), CALLERS, seed=5)
        known = lambda: {n for thread in threads for n in list(thread.notes.acknowledged)}  # noqa: E731
        until("the service works", lambda: len(known()) > 150)
        before = known()
        told = ok("backup", "--store", demo.folder, folder / "full", "--recipient", f"{recovery}.pem")
        print(told)
        after = len(known())
        until("it goes on", lambda: len(known()) > after + 100)
        stop.set()
        notes = load.collect(threads)
        assert demo.stop() == 0
        yield demo, folder / "full", before, notes.acknowledged
    finally:
        demo.kill()


def bring_keys(demo, place):
    shutil.copytree(demo.folder / "keys", place / "keys")


def entries_at(place):
    class Place:
        postgres, store, folder = None, place / "store/dancu.db", place
    (place / "demo.json").write_text('{"journal": {"dir": "%s/journal"}}' % place)
    return journal.read(Place)


def test_the_drill(backed_up, tmp_path):
    demo, backup, _, _ = backed_up
    config = configuration(demo, tmp_path / "new", origin=origin_of(demo))
    bring_keys(demo, config.parent)
    before = sorted(config.parent.rglob("*"))
    told = ok("restore", backup, "--config", config, "--check")
    print(told)
    assert "honest" in told and "300 people open" in told and "restored in" in told
    assert sorted(config.parent.rglob("*")) == before, "nothing is left behind"


def test_a_restored_service_waits_for_proof_and_goes_on(backed_up, tmp_path):
    demo, backup, before, acknowledged = backed_up
    config = configuration(demo, tmp_path / "new", origin=origin_of(demo))
    place = config.parent
    bring_keys(demo, place)
    assert "barred" in ok("restore", backup, "--config", config)
    entries, size = entries_at(place)
    assert list(entries) == list(range(size))
    assert before <= {n for n in acknowledged if entries.get(n) == acknowledged[n]}, "acknowledged before the backup began"
    assert "is not empty" in refused("restore", backup, "--config", config)

    # The service does not start, and the doctor says why.
    serving = Process(["serve", "--config", str(config)], clean_environment(), place)
    assert serving.popen.wait(60) != 0
    serving.stop()
    assert "came back from a backup" in serving.output()
    assert "dancu journal resume" in run("doctor", "--config", config).stdout

    # Entries that were published after the backup lack: the log that survived shows it, and gives them.
    log = demo.folder / "journal"
    resume = ["journal", "resume", "--config", config, "--expect-checkpoint"]
    assert "are published" in refused(*resume, log / "checkpoint")
    # The operator errs, and gives the checkpoint of the backup itself: a witness knows better, and a silent one stops it too.
    with_witness = place / "witness.toml"
    for quorum, says, words in ((0, log / "witnessed", "it is not the newest"), (1, None, "too few witnesses answer")):
        with Witness(says) as url:
            with_witness.write_text(config.read_text().replace("[journal]", f"[journal]\nquorum = {quorum}", 1) + f"""
[[journal.witnesses]]
key = "{demo.facts['witnesses'][0]['vkey']}"
url = "{url}"
""")
            assert words in refused("journal", "resume", "--config", with_witness, "--expect-checkpoint", place / "journal/checkpoint")
    # One byte of the copy is another: nothing of it is taken.
    forged = tmp_path / "forged"
    shutil.copytree(log, forged)
    last = max((path for path in forged.glob("tile/entries/**/*") if path.is_file()), key=lambda path: str(path))
    content = bytearray(last.read_bytes())
    content[-1] ^= 1
    last.write_bytes(content)
    refused(*resume, log / "checkpoint", "--entries", forged)
    assert entries_at(place)[1] == size

    told = ok(*resume, log / "checkpoint", "--entries", log)
    assert "goes on" in told
    entries, _ = entries_at(place)
    lost = {n for n, correlation in acknowledged.items() if entries.get(n) != correlation}
    assert not lost, f"{len(lost)} acknowledged entries are missing"
    serving = Process(["serve", "--config", str(config)], clean_environment(), place)
    try:
        system = demo.system()
        def answers():
            assert serving.popen.poll() is None, serving.output()
            try:
                return system.verify(system.body(demo.facts["citizens"][0]), timeout=10).status_code == 200
            except OSError:
                return False
        until("it answers", answers, 60)
    finally:
        assert serving.stop() == 0, serving.output()
    # The old log's verifier, which remembers the newest checkpoint of the lost place, believes the new one.
    memory = tmp_path / "seen"
    policy = demo.folder / "journal.policy"
    for folder in (log, place / "journal"):
        ok("journal", "verify", "--dir", folder, "--key", policy, "--memory", memory)


def test_what_is_lost_for_good_is_a_new_log(backed_up, tmp_path):
    demo, backup, *_ = backed_up
    config = configuration(demo, tmp_path / "new", origin=origin_of(demo))
    place = config.parent
    bring_keys(demo, place)
    ok("restore", backup, "--config", config)
    assert "that of the log before" in refused("journal", "resume", "--config", config, "--new-log")
    config = configuration(demo, place, origin="localhost/dancu-2")
    (place / "keys/journal.key").rename(place / "journal.key.former")
    ok("keys", "init", "--config", config)
    assert "a new log" in ok("journal", "resume", "--config", config, "--new-log")
    ok("journal", "verify", "--dir", place / "journal", "--key", place / "journal.policy")
    assert any((place / "journal.former").iterdir()), "the old checkpoint is kept"


def test_out_of_one_engine_into_the_other(backed_up, tmp_path):
    demo, backup, *_ = backed_up
    with Cluster() as cluster:
        config = configuration(demo, tmp_path / "new", origin=origin_of(demo), postgres=cluster.database("dancu"))
        bring_keys(demo, config.parent)
        print(ok("restore", backup, "--config", config))
        ok("backup", "--config", config, tmp_path / "again")
        print(ok("restore", tmp_path / "again", "--config", config, "--check"))


def test_without_the_key_folder(backed_up, tmp_path):
    demo, backup, *_ = backed_up
    config = configuration(demo, tmp_path / "new", origin=origin_of(demo))
    place = config.parent
    assert "keys" in refused("restore", backup, "--config", config, "--check")
    ok("restore", backup, "--config", config, "--envelope", tmp_path / "key.p7m")
    recovery = backup.parent / "recovery"
    subprocess.run(["openssl", "cms", "-decrypt", "-inform", "DER", "-in", tmp_path / "key.p7m", "-recip", f"{recovery}.pem",
                    "-inkey", f"{recovery}.key", "-out", tmp_path / "recovery.key"], check=True, timeout=60)
    assert (tmp_path / "recovery.key").stat().st_size == 32
    # The backup opens; the sealed fields in it need the keys, which are not in it.
    assert "keys" in refused("restore", backup, "--config", config, "--recovery-key", tmp_path / "recovery.key")
    bring_keys(demo, place)
    shutil.rmtree(place / "store", ignore_errors=True)
    assert "barred" in ok("restore", backup, "--config", config, "--recovery-key", tmp_path / "recovery.key")


@pytest.mark.parametrize("harm, words", [
    ("missing", "is missing"), ("cut", "is cut off"), ("changed", "was altered"), ("newer", "newer than this one"),
    ("unfinished", "never finished"), ("key", "not for this key"),
])
def test_each_fault_says_what_it_is(backed_up, tmp_path, harm, words):
    demo, backup, *_ = backed_up
    config = configuration(demo, tmp_path / "new", origin=origin_of(demo))
    bring_keys(demo, config.parent)
    harmed = tmp_path / "harmed"
    shutil.copytree(backup, harmed)
    part = harmed / "part/000000"
    if harm == "missing":
        part.unlink()
    elif harm == "cut":
        part.write_bytes(part.read_bytes()[:-1])
    elif harm == "changed":
        content = bytearray(part.read_bytes())
        content[len(content) // 2] ^= 1
        part.write_bytes(content)
    elif harm == "newer":
        manifest = harmed / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 2', 1))
    elif harm == "unfinished":
        (harmed / "manifest.json").unlink()
    else:
        shutil.rmtree(config.parent / "keys")
        ok("keys", "init", "--config", config)
    assert words in refused("restore", harmed, "--config", config)
    if (config.parent / "store/dancu.db").exists():
        assert (config.parent / "store/dancu.db").stat().st_size == 0 or "schema" not in \
            (config.parent / "store/dancu.db").read_bytes().decode("latin-1"), "nothing was written"
