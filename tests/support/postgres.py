"""A private PostgreSQL cluster on loopback, thrown away afterwards."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from support.server import free_port


def _programs():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    if found:
        return found[-1]
    initdb = shutil.which("initdb")
    assert initdb, "PostgreSQL is missing: tools/setup all"
    return Path(initdb).parent


def _processes():
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def _parent(pid):
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


class Cluster:
    def __init__(self):
        self.programs, self.port = _programs(), free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="dancu-postgres-"))
        # initdb and postgres refuse to run as root.
        self.user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []

    def _run(self, program, *arguments):
        subprocess.run(
            [*self.user, str(self.programs / program), *map(str, arguments)], check=True, timeout=60,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder,
        )

    def __enter__(self):
        if self.user:
            shutil.chown(self.folder, "postgres")
        data = self.folder / "data"
        self._run("initdb", "-D", data, "-U", "dancu", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()
        return self

    def start(self):
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder} -c max_connections=60"
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o", options, "start")

    def stop(self):
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-m", "immediate", "stop")

    def database(self, name):
        """Makes a database; gives its connection string."""
        at = f"host=127.0.0.1 port={self.port} user=dancu"
        with psycopg.connect(f"{at} dbname=postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"{at} dbname={name}"

    def address(self):
        return f"host=127.0.0.1 port={self.port} user=dancu"

    def sql(self, statement):
        with psycopg.connect(f"{self.address()} dbname=postgres", autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else None

    def kill(self):
        """SIGKILL to all its processes: what a machine that fails leaves of a server."""
        postmaster = int((self.folder / "data/postmaster.pid").read_text().split()[0])
        children = [pid for pid in _processes() if _parent(pid) == postmaster]
        for pid in (postmaster, *children):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        (self.folder / "data/postmaster.pid").unlink()

    def __exit__(self, *_):
        try:
            if (self.folder / "data/postmaster.pid").exists():
                self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


class Replica(Cluster):
    """A streaming replica of a running cluster, for which each of its commits waits from now on."""

    def __init__(self, primary):
        super().__init__()
        self.primary = primary

    def __enter__(self):
        if self.user:
            shutil.chown(self.folder, "postgres")
        self._run("pg_basebackup", "-D", self.folder / "data", "-d", self.primary.address(), "-R", "-X", "stream",
                  "-c", "fast", "--no-sync")
        self.start()
        self.primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary.sql("SELECT pg_reload_conf()")
        deadline = time.monotonic() + 20
        while self.primary.sql("SELECT sync_state FROM pg_stat_replication") != [("sync",)]:
            assert time.monotonic() < deadline, "the replica does not follow"
            time.sleep(0.1)
        return self

    def promote(self):
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "promote")
