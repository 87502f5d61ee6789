"""The access log as anybody with a database client and its files reads it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg

from support import cbor

KIND, CORRELATION, CONTEXT, SERVICE = 1, 3, 4, 6


def read(demo):
    """Number → correlation id of every call (contexts have none, and those of a cleaned stock are one call); and the number that the
    next entry will have."""
    entries, size = stored(demo)
    decoded = {number: cbor.decode(entry) for number, entry in entries.items()}

    def service(entry):
        return decoded[entry[CONTEXT]].get(SERVICE) if CONTEXT in entry else entry.get(SERVICE)

    called = {number for number, entry in decoded.items() if CORRELATION in entry and service(entry) != "clean"}
    return {number: decoded[number][CORRELATION].hex() if number in called else None for number in decoded}, size


def calls(entries):
    """Those of `read` that tell of calls."""
    return {number: correlation for number, correlation in entries.items() if correlation}


def stored(demo):
    """Number → bytes of every entry, in order; and the number that the next one will have."""
    with closing(_connect(demo)) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT size, bundles FROM journal_head, journal_settled")
        [(size, bundles)] = cursor.fetchall()
        cursor.execute("SELECT first, entries FROM journal_group ORDER BY first")
        groups = [(int(first), bytes(run)) for first, run in cursor.fetchall()]
    settled = [(256 * bundle, _bundle(demo, bundle)) for bundle in range(int(bundles))]
    entries = {}
    for first, run in settled + groups:
        at, number = 0, first
        while at < len(run):
            length = int.from_bytes(run[at:at + 2], "big")
            entries[number] = run[at + 2:at + 2 + length]
            at, number = at + 2 + length, number + 1
    return dict(sorted(entries.items())), int(size)


def _bundle(demo, number):
    """A full bundle of the published log (C2SP tlog-tiles)."""
    folder = Path(json.loads((demo.folder / "demo.json").read_text())["journal"]["dir"])
    parts = [f"{number % 1000:03}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03}")
    return (folder / "tile/entries" / "/".join(parts)).read_bytes()


def _connect(demo):
    if demo.postgres:
        return psycopg.connect(demo.postgres)
    return sqlite3.connect(f"file:{demo.store}?mode=ro", uri=True, timeout=30)
