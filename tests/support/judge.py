"""The service's own verifier, asked hundreds of thousands of times in one process: the example `judge` of crates/tlog."""

import os
import subprocess
import tempfile
from pathlib import Path

from support.server import REPOSITORY

JUDGE = Path(os.environ.get("DANCU_JUDGE", REPOSITORY / "target/debug/examples/judge"))


class Judge:
    """Takes cases; says at the end of each whether it is honest."""

    def __init__(self):
        assert JUDGE.exists(), f"{JUDGE} is missing: cargo build --workspace --examples"
        self.told = tempfile.TemporaryFile()
        self.process = subprocess.Popen([str(JUDGE)], stdin=subprocess.PIPE, stdout=self.told, bufsize=1 << 20)

    def log(self, files, seen, key):
        fields = [b"log", key, seen or b"", b"%d" % len(files)]
        for path, data in files.items():
            fields += [path.encode(), data]
        self._write(fields)

    def proof(self, data, key):
        self._write([b"proof", key, data])

    def _write(self, fields):
        self.process.stdin.write(b"".join(len(field).to_bytes(4, "big") + field for field in fields))

    def verdicts(self):
        self.process.stdin.close()
        assert self.process.wait(600) == 0
        self.told.seek(0)
        return [byte == ord("1") for byte in self.told.read()]
