"""`dancu witness`, asked with curl by a log that was written from the published texts alone."""

import subprocess
import time

import pytest

from support.log import Log, cosignature_time, leaf_hash
from support.server import Process, clean_environment, free_port, run

LEAVES = [leaf_hash(bytes([n])) for n in range(100)]
OTHERS = LEAVES[:5] + [leaf_hash(b"other") for _ in range(95)]


class Witness:
    """One that runs from its folder; may be killed and started again."""

    def __init__(self, folder, log):
        self.folder, self.port = folder, free_port()
        made = run("witness", "init", "--dir", folder, "--name", "witness.example/1", "--log", log.vkey,
                   "--listen", f"127.0.0.1:{self.port}")
        assert made.returncode == 0, made.stderr
        self.vkey = made.stdout.strip()
        self.start()

    def start(self):
        self.process = Process(["witness", "--dir", str(self.folder)], clean_environment(), self.folder)
        self.process.wait_for_line("witnessing", 20)

    def curl(self, path, *options, data=None):
        """Status, content type and body."""
        done = subprocess.run(
            ["curl", "-q", "-sS", "--noproxy", "*", "-w", "\n%{http_code} %{content_type}", *options,
             *(["--data-binary", "@-"] if data is not None else []), f"http://127.0.0.1:{self.port}{path}"],
            input=data, capture_output=True, timeout=30, check=True)
        body, _, told = done.stdout.decode().rpartition("\n")
        status, _, content_type = told.partition(" ")
        return int(status), content_type, body

    def add(self, request):
        return self.curl("/add-checkpoint", data=request)


@pytest.fixture
def log():
    return Log("log.example/journal")


@pytest.fixture
def witness(binary, tmp_path, log):
    witness = Witness(tmp_path / "witness", log)
    yield witness
    witness.process.kill()


def test_a_log_is_followed_and_its_fork_is_not(witness, log):
    for old, new in [(0, 1), (1, 1), (1, 7), (7, 64), (64, 100)]:
        status, _, body = witness.add(log.request(LEAVES[:new], old))
        assert status == 200
        assert abs(cosignature_time(body, witness.vkey, log.text(LEAVES[:new])) - time.time()) < 60
    assert witness.add(log.request(LEAVES, 7)) == (409, "text/x.tlog.size", "100\n")
    assert witness.add(log.request(OTHERS, 100)) == (409, "text/x.tlog.size", "100\n")
    assert witness.add(log.request(OTHERS + LEAVES, 100))[0] == 422
    assert witness.add(log.request(LEAVES[:50], 100))[0] == 400
    assert witness.add(Log(log.origin).request(LEAVES, 100))[0] == 403
    assert witness.add(Log("unknown.example").request(LEAVES, 0))[0] == 404
    assert witness.add(b"hello")[0] == 400
    assert witness.add(b"old 0\n" + b"A" * 70_000)[0] == 413
    _, _, metrics = witness.curl("/metrics")
    assert 'witness_requests_total{outcome="fork"} 1' in metrics
    assert 'witness_requests_total{outcome="not_consistent"} 1' in metrics


def test_a_killed_witness_remembers(witness, log):
    assert witness.add(log.request(LEAVES, 0))[0] == 200
    witness.process.kill()
    witness.start()
    assert witness.add(log.request(OTHERS, 0)) == (409, "text/x.tlog.size", "100\n")
    status, content_type, note = witness.curl(f"/latest?origin={log.origin}")
    assert (status, content_type) == (200, "text/plain; charset=utf-8")
    assert note.startswith(log.checkpoint(LEAVES))
    cosignature_time(note.splitlines(True)[-1], witness.vkey, log.text(LEAVES))


def test_its_folder_is_closed_and_it_ends_when_told(witness, log):
    key = witness.folder / "witness.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert witness.process.stop() == 0
    again = run("witness", "init", "--dir", witness.folder, "--name", "other", "--log", log.vkey)
    assert again.returncode == 1 and "is there already" in again.stderr
    key.chmod(0o644)
    opened = run("witness", "--dir", witness.folder)
    assert opened.returncode == 1 and "chmod 600" in opened.stderr


def test_what_is_no_log_is_refused(tmp_path, binary, log):
    witness = "witness.example/1+6cf59abd+BDsjff155mdg3u21qxS116n5+nMrmczSfos5BV/RRmRe"
    for key, why in [("nonsense", "malformed"), (witness, "not the key of a log")]:
        made = run("witness", "init", "--dir", tmp_path / "w", "--name", "w", "--log", key)
        assert made.returncode == 1 and why in made.stderr
        assert not (tmp_path / "w").exists()
