"""The access log as anybody with a database client reads it."""

import sqlite3
from contextlib import closing

import psycopg


def read(demo):
    """Number → correlation id of every entry; and the number that the next one will have."""
    with closing(_connect(demo)) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT idx, correlation FROM journal_entry ORDER BY idx")
        entries = {int(number): bytes(correlation).hex() for number, correlation in cursor.fetchall()}
        cursor.execute("SELECT size FROM journal_head")
        [(size,)] = cursor.fetchall()
    return entries, int(size)


def _connect(demo):
    if demo.postgres:
        return psycopg.connect(demo.postgres)
    return sqlite3.connect(f"file:{demo.store}?mode=ro", uri=True, timeout=30)
