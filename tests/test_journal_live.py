"""The log of a running demo: both verifiers agree that it is honest while it grows, and see one byte changed in a copy."""

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from support.server import REPOSITORY, run

COMMAND = REPOSITORY / "tools/journal-verify/journal_verify.py"


@pytest.fixture(scope="module")
def published(demo):
    """Folder and key file, when the first checkpoint is out."""
    if "journal" not in demo.facts:
        pytest.skip("this build's demo.json does not name the journal's folder yet")
    folder, key = Path(demo.facts["journal"]["dir"]), Path(demo.facts["journal"]["key"])
    deadline = time.monotonic() + 20
    while not (folder / "witnessed").exists():
        assert time.monotonic() < deadline, "no checkpoint with witnesses"
        time.sleep(0.1)
    return folder, key


def both(what, path, key, memory):
    """Exit status of the Python verifier and of `dancu journal verify`, which have a memory each in this folder."""
    ours = shutil.copy(key, memory / "own.key")
    python = subprocess.run(
        [sys.executable, COMMAND, what, path, "--key", key, "--memory", f"{ours}.python"], capture_output=True, text=True, timeout=120,
    )
    rust = run("journal", "verify", what, path, "--key", ours)
    return (python.returncode, rust.returncode), python.stdout + python.stderr + rust.stdout + rust.stderr


def test_a_growing_log_is_honest_at_every_moment(published, htmc, tmp_path):
    folder, key = published
    citizen, stop = htmc.demo.facts["citizens"][0], threading.Event()

    def calls():
        with htmc.session() as session:
            while not stop.is_set():
                assert htmc.verify(htmc.body(citizen), session=session).status_code == 200

    worker = threading.Thread(target=calls)
    worker.start()
    try:
        for _ in range(10):
            status, words = both("--dir", folder, key, tmp_path)
            assert status == (0, 0), words
    finally:
        stop.set()
        worker.join(30)
    assert int((folder / "checkpoint").read_text().splitlines()[1]) > 30


def test_a_copy_with_one_byte_changed_is_not(published, tmp_path):
    folder, key = published
    shutil.copytree(folder, tmp_path / "copy")
    assert both("--dir", tmp_path / "copy", key, tmp_path)[0] == (0, 0)
    for path in sorted((tmp_path / "copy").rglob("*")):
        if path.is_file():
            whole = path.read_bytes()
            path.write_bytes(whole[:-9] + bytes([whole[-9] ^ 4]) + whole[-8:])
            status, words = both("--dir", tmp_path / "copy", key, tmp_path)
            assert status == (1, 1), f"{path}: {words}"
            path.write_bytes(whole)


def test_the_proof_of_an_entry_is_believed(published, htmc, tmp_path):
    _, key = published
    with htmc.session() as session:
        answer = session.get(htmc.demo.base_url + "/journal/proof/0", timeout=10)
    assert answer.status_code == 200, answer.text
    file = tmp_path / "proof"
    file.write_bytes(answer.content)
    assert both("--proof", file, key, tmp_path)[0] == (0, 0), answer.text
    file.write_bytes(answer.content.replace(b"\nindex 0\n", b"\nindex 1\n"))
    assert both("--proof", file, key, tmp_path)[0] == (1, 1)
