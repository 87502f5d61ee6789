"""Starts and ends the real binary as a newcomer would: `dancu demo` in an empty folder."""

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("DANCU_BIN", REPOSITORY / "target/debug/dancu")).resolve()
CALM = REPOSITORY / "tests/data/watch-calm.toml"
READY = "Ctrl-C ends it"
ADMIN_OFFSET = 1000
# Two witnesses and a time-stamping authority, on the ports after the admin port.
NEIGHBOURS = 3


def clean_environment(**extra):
    """The environment without anything that could configure the service behind the test's back."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("DANCU_")}
    return kept | {k: str(v) for k, v in extra.items()}


def free_port():
    """A port that is free together with that of the console after it, its admin port and those after that, below the range that outgoing connections use."""
    # Tests that run side by side look in ranges of their own: a port that is free now is not taken by the other one.
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = 20_000 + 2 * ADMIN_OFFSET * worker
    for port in range(first + os.getpid() % 200, first + ADMIN_OFFSET - 10, 7):
        if all(_is_free(p) for p in (port, port + 1, *range(port + ADMIN_OFFSET, port + ADMIN_OFFSET + NEIGHBOURS + 1))):
            return port
    raise RuntimeError("no free port")


def _is_free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def run(*arguments, timeout=60, **options):
    """Runs `dancu` to its end."""
    return subprocess.run(
        [str(BINARY), *map(str, arguments)],
        capture_output=True, text=True, timeout=timeout, env=clean_environment(), **options,
    )


def _meet_limits_as_errors():
    """A file that may not grow is then an error of the write, as on a full disk; otherwise the signal would kill."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


class Process:
    """A running `dancu`, its output kept."""

    def __init__(self, arguments, environment, cwd):
        self.popen = subprocess.Popen(
            [str(BINARY), *arguments], env=environment, cwd=cwd,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=_meet_limits_as_errors,
        )
        self.stdout, self.stderr = [], []
        self._changed = threading.Condition()
        self._readers = [
            threading.Thread(target=self._read, args=(stream, lines), daemon=True)
            for stream, lines in ((self.popen.stdout, self.stdout), (self.popen.stderr, self.stderr))
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream, lines):
        for line in stream:
            with self._changed:
                lines.append(line)
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def wait_for_line(self, text, timeout):
        deadline = time.monotonic() + timeout
        with self._changed:
            while not any(text in line for line in self.stdout + self.stderr):
                left = deadline - time.monotonic()
                if left <= 0 or self.popen.poll() is not None:
                    raise AssertionError(f"no {text!r} (exit {self.popen.poll()}):\n{self.output()}")
                self._changed.wait(min(left, 0.2))

    def output(self):
        return "".join(self.stdout) + "".join(self.stderr)

    def stop(self, timeout=40):
        """SIGTERM; gives the exit code."""
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
        try:
            code = self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self._join()
        return code

    def kill(self):
        """SIGKILL: what a power cut leaves of a process."""
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait(20)
        self._join()

    def _join(self):
        for reader in self._readers:
            reader.join(10)

    def memory_kib(self, what="VmRSS"):
        status = Path(f"/proc/{self.popen.pid}/status").read_text()
        return int(re.search(rf"^{what}:\s+(\d+) kB", status, re.M)[1])


class Demo:
    """`dancu demo` in one folder; may be started again and again."""

    def __init__(self, folder, citizens=2000, port=None, postgres=None, **settings):
        self.folder, self.postgres = Path(folder), postgres
        if postgres:
            settings["DANCU_STORE__POSTGRES"] = postgres
        # A test is one officer at the speed of hundreds, and asks for the same few people: the rules judge, and stop nobody.
        settings.setdefault("DANCU_WATCH__RULES_FILE", CALM)
        settings.setdefault("DANCU_WATCH__GUESS_PERSONS", 0)
        self.port = port or free_port()
        self.admin = f"http://127.0.0.1:{self.port + ADMIN_OFFSET}"
        self.environment = clean_environment(
            DANCU_DEMO_DIR=self.folder, DANCU_DEMO_PORT=self.port, DANCU_DEMO_CITIZENS=citizens, **settings,
        )
        self.process = None
        self.facts = None

    def start(self, timeout=60):
        self.process = Process(["demo"], self.environment, self.folder.parent)
        try:
            self.process.wait_for_line(READY, timeout)
        except BaseException:
            self.process.kill()
            raise
        self.facts = json.loads((self.folder / "demo.json").read_text())
        assert self.operator("/readyz")[0] == 200
        return self

    def stop(self):
        return self.process.stop()

    def kill(self):
        self.process.kill()

    @property
    def base_url(self):
        return self.facts["base_url"]

    @property
    def soap_url(self):
        return self.facts["base_url"] + self.facts["soap_path"]

    @property
    def store(self):
        return self.folder / "store/dancu.db"

    def system(self, name="htmc"):
        from support.caller import System

        return System(self, next(s for s in self.facts["systems"] if s["id"] == name))

    def citizen(self, note):
        """The sample citizen whose note begins so."""
        return next(c for c in self.facts["citizens"] if c["note"].startswith(note))

    def operator(self, path):
        """What the admin address answers: status and text."""
        try:
            with urllib.request.urlopen(self.admin + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def tls_socket(self, certificate=None, timeout=15, alpn=("http/1.1",)):
        """A TLS connection on which a test writes what it likes."""
        context = ssl.create_default_context(cafile=self.facts["ca_cert"])
        context.set_alpn_protocols(list(alpn))
        if certificate:
            context.load_cert_chain(*certificate)
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        return context.wrap_socket(raw, server_hostname="localhost")
