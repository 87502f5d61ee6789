"""`dancu backup` and `dancu restore` on a running service: what comes back is whole, and its journal never forks."""

import shutil
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support import journal, load
from support.postgres import Cluster
from support.server import ADMIN_OFFSET, REPOSITORY, Process, clean_environment, run

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


def configuration(demo, place, witnesses=None, quorum=1, **store):
    """The demo's configuration for another place: its certificates and witnesses, its own keys, store and log."""
    place.mkdir(exist_ok=True)
    at = demo.folder
    if witnesses is None:
        witnesses = [witness["url"] for witness in demo.facts["witnesses"]]
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
quorum = {quorum if witnesses else 0}
[feed]
folder = "{place}/feed"
"""
    for witness, url in zip(demo.facts["witnesses"], witnesses):
        text += f'[[journal.witnesses]]\nkey = "{witness["vkey"]}"\nurl = "{url}"\n'
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
        until("the demo's stock is cleaned", lambda: any((demo.folder / "journal.cleaning").glob("cleaning/*/answers/*/*")))
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


def files_of(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


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
    cleaned = files_of(demo.folder / "journal.cleaning")
    assert any("/answers/" in path for path in cleaned), "the demo's stock was cleaned before the backup began"
    assert cleaned == files_of(place / "journal.cleaning"), "rows and answers of jobs come back with their tables"
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
    # The operator errs, and gives the checkpoint of the backup itself: a witness knows better, and silent ones stop it too.
    backups_own = place / "journal/checkpoint"
    with Witness(log / "checkpoint") as knows, Witness(None) as silent:
        configuration(demo, place, witnesses=[silent, knows], quorum=2, origin=origin_of(demo))
        assert "it is not the newest" in refused(*resume, backups_own)
        configuration(demo, place, witnesses=[silent, silent], quorum=1, origin=origin_of(demo))
        assert "too few witnesses answer" in refused(*resume, backups_own)
    with Witness(log / "checkpoint") as knows:
        configuration(demo, place, witnesses=[knows, knows], origin=origin_of(demo))
        give_missing_entries(demo, place, resume, log, tmp_path, size, acknowledged)
    serve_again(demo, place, config, log, tmp_path)


def give_missing_entries(demo, place, resume, log, tmp_path, size, acknowledged):
    assert "are published" in refused(*resume, log / "checkpoint")
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


def serve_again(demo, place, config, log, tmp_path):
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
    config = configuration(demo, place, witnesses=[], origin="localhost/dancu-2")
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


def test_a_store_that_never_served(backed_up, tmp_path):
    place = tmp_path / "fresh"
    ok("keys", "init", "--store", place)
    ok("registry", "generate", "--store", place, "--count", 50)
    assert "a journal of 0 entries" in ok("backup", "--store", place, tmp_path / "copy")
    assert "50 people open" in ok("restore", tmp_path / "copy", "--store", place, "--check")


def test_into_a_bucket_and_back(backed_up, tmp_path):
    demo, backup, *_ = backed_up
    config = configuration(demo, tmp_path / "new", origin=origin_of(demo))
    bring_keys(demo, config.parent)
    ok("restore", backup, "--config", config)
    secret = tmp_path / "secret"
    secret.write_text("a long secret")
    bucket = subprocess.Popen([sys.executable, str(REPOSITORY / "tests/support/bucket.py")], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    try:
        reached = ["--s3-endpoint", bucket.stdout.readline().strip(), "--s3-key-id", "dancu", "--s3-key-file", secret]
        place = "s3://journal/backup/1"
        ok("backup", "--config", config, place, *reached)
        assert "is not empty" in refused("backup", "--config", config, place, *reached)
        assert "nothing was left behind" in ok("restore", place, "--config", config, "--check", *reached)
        assert "never finished" in refused("restore", "s3://journal/backup/2", "--config", config, "--check", *reached)
        assert "prefix of its own" in refused("backup", "--config", config, "s3://journal", *reached)
    finally:
        bucket.stdin.close()
        bucket.wait(20)


def test_the_keys_come_along_only_when_asked_for(backed_up, tmp_path):
    demo, backup, *_ = backed_up
    recovery = backup.parent / "recovery"
    assert "--recipient" in refused("backup", "--store", demo.folder, tmp_path / "keyed", "--with-keys")
    ok("backup", "--store", demo.folder, tmp_path / "keyed", "--with-keys", "--recipient", f"{recovery}.pem")
    config = configuration(demo, tmp_path / "new", origin=origin_of(demo))
    ok("restore", tmp_path / "keyed", "--config", config, "--envelope", tmp_path / "key.p7m")
    subprocess.run(["openssl", "cms", "-decrypt", "-inform", "DER", "-in", tmp_path / "key.p7m", "-recip", f"{recovery}.pem",
                    "-inkey", f"{recovery}.key", "-out", tmp_path / "recovery.key"], check=True, timeout=60)
    (tmp_path / "recovery.key").chmod(0o644)
    assert "chmod 600" in refused("restore", tmp_path / "keyed", "--config", config, "--check", "--recovery-key", tmp_path / "recovery.key")
    (tmp_path / "recovery.key").chmod(0o600)
    told = ok("restore", tmp_path / "keyed", "--config", config, "--check", "--recovery-key", tmp_path / "recovery.key")
    assert "300 people open" in told and not (config.parent / "keys").exists()
    ok("restore", tmp_path / "keyed", "--config", config, "--recovery-key", tmp_path / "recovery.key")
    for file in (demo.folder / "keys").iterdir():
        brought = config.parent / "keys" / file.name
        assert brought.read_bytes() == file.read_bytes() and brought.stat().st_mode & 0o777 == 0o600
    for part in (path for path in (tmp_path / "keyed").rglob("*") if path.is_file()):
        for file in (demo.folder / "keys").iterdir():
            assert file.read_bytes()[:64] not in part.read_bytes(), "a key lies open"


def test_without_the_key_folder(backed_up, tmp_path):
    demo, backup, *_ = backed_up
    config = configuration(demo, tmp_path / "new", origin=origin_of(demo))
    place = config.parent
    assert "keys" in refused("restore", backup, "--config", config, "--check")
    ok("restore", backup, "--config", config, "--envelope", tmp_path / "key.p7m")
    recovery = backup.parent / "recovery"
    subprocess.run(["openssl", "cms", "-decrypt", "-inform", "DER", "-in", tmp_path / "key.p7m", "-recip", f"{recovery}.pem",
                    "-inkey", f"{recovery}.key", "-out", tmp_path / "recovery.key"], check=True, timeout=60, umask=0o077)
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
