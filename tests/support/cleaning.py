"""An installation that serves nothing, with people, and an agency's stock of them as agencies have it."""

import csv
import json
import random
import subprocess
from collections import Counter
from pathlib import Path

from support import entries, journal
from support.server import BINARY, Process, clean_environment

ASKS = ("--system", "htmc", "--account", "nguyenvana.stttt", "--purpose", "VPCP")


def openssl(folder, *arguments, check=True, **options):
    done = subprocess.run(["openssl", *map(str, arguments)], cwd=folder, capture_output=True, timeout=60, **options)
    assert not check or done.returncode == 0, done.stderr.decode()
    return done


def certificate(folder, name, usage, ca, ca_key, kind="EC"):
    """A key and its certificate under an authority, of openssl's making."""
    option = "ec_paramgen_curve:P-256" if kind == "EC" else "rsa_keygen_bits:2048"
    openssl(folder, "genpkey", "-algorithm", kind, "-pkeyopt", option, "-out", f"{name}.key")
    openssl(folder, "req", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-out", f"{name}.csr")
    (folder / f"{name}.cnf").write_text(f"basicConstraints=CA:false\nkeyUsage={usage}\n")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", ca, "-CAkey", ca_key, "-days", "30", "-extfile", f"{name}.cnf", "-out", f"{name}.pem")
    return folder / f"{name}.pem", folder / f"{name}.key"


class Place:
    """What `dancu demo --seed-only` makes, and commands upon it."""

    def __init__(self, folder, citizens=600, postgres=None, **settings):
        self.folder, self.postgres = Path(folder), postgres
        if postgres:
            settings["DANCU_STORE__POSTGRES"] = postgres
        self.environment = clean_environment(DANCU_CLEANING__LEASE_SECONDS=2, DANCU_CLEANING__WORKERS=2, **settings)
        self.good("demo", "--seed-only", "--dir", self.folder, "--citizens", citizens)
        self.facts = json.loads((self.folder / "demo.json").read_text())
        self.ca, self.ca_key = self.folder / "tls/ca.pem", self.folder / "tls/ca.key"

    @property
    def store(self):
        return self.folder / "store/dancu.db"

    def run(self, *arguments, **settings):
        environment = self.environment | {key: str(value) for key, value in settings.items()}
        return subprocess.run([BINARY, *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=120)

    def good(self, *arguments, **settings):
        done = self.run(*arguments, **settings)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refused(self, *arguments, **settings):
        done = self.run(*arguments, **settings)
        assert done.returncode != 0, done.stdout
        return done.stderr

    def start(self, *arguments):
        return Process([str(argument) for argument in arguments], self.environment, self.folder)

    def ask(self, statement):
        """One number of the store."""
        connection = journal._connect(self)
        try:
            cursor = connection.cursor()
            cursor.execute(statement)
            return int(cursor.fetchone()[0])
        finally:
            connection.close()

    def entries(self):
        """Entries about cleaning, by their outcome."""
        return Counter(entry[entries.OUTCOME] for entry in entries.since(self, 0) if entry[entries.SERVICE] == "clean")

    def stock(self, file, times=1, seed=7):
        """The people of the store in disorder: numbers lost, names without marks, birthdays swapped."""
        exported = self.folder / "exported.csv"
        self.good("registry", "export", "--store", self.folder, exported)
        with open(exported, newline="", encoding="utf-8-sig") as read:
            people = list(csv.DictReader(read))
        draw = random.Random(seed)
        with open(file, "w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(["Mã", "Số định danh cá nhân", "Họ và tên", "Ngày sinh", "Giới tính"])
            number = 0
            for _ in range(times):
                for person in people:
                    number += 1
                    id, name, born = person["personal_id"], person["full_name"], person["birth_date"]
                    kind = draw.randrange(6)
                    if kind == 0:
                        id = ""
                    elif kind == 1:
                        name = name.upper()
                    elif kind == 2 and len(born) == 10:
                        born = f"{born[5:7]}/{born[8:]}/{born[:4]}"
                    elif kind == 3:
                        name = name[:-1] + draw.choice("aeghn")
                    writer.writerow([f"r{number}", id, name, born, person["sex"]])
        return number


def results(folder):
    """The rows' files of a result, by name."""
    return {name: (Path(folder) / name).read_bytes() for name in ("result.parquet", "result.csv", "result.xlsx")}
