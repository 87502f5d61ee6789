"""A private PostgreSQL cluster on loopback, thrown away afterwards."""

import os
import shutil
import subprocess
import tempfile
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

    def __exit__(self, *_):
        try:
            if (self.folder / "data/postmaster.pid").exists():
                self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
