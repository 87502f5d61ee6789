"""A cleaning job survives whoever works on it: two servers over one PostgreSQL, one killed in the middle; one alone, killed and begun again.
The rows' files and the journal are those of an undisturbed run."""

import re
import sqlite3
import time

import pytest

from support.cleaning import ASKS, Place, results
from support.postgres import Cluster

TIMES = 5
CHUNK = ("--chunk-rows", 25)
DONE = "SELECT COUNT(*) FROM cleaning_chunk WHERE state = 'done'"


@pytest.fixture(scope="module")
def alone(binary, tmp_path_factory):
    """An undisturbed run on SQLite."""
    place = Place(tmp_path_factory.mktemp("alone") / "demo")
    file = place.folder / "stock.csv"
    place.rows = place.stock(file, times=TIMES)
    place.good("clean", "--store", place.folder, file, "--out", place.folder / "out", *CHUNK, *ASKS)
    place.file, place.result = file, results(place.folder / "out")
    place.told = place.entries()
    assert place.told.total() > 500, "one for the job and one for everybody touched"
    return place


def wait_for(place, chunks, worker):
    """Until so many chunks are done; the tables are made by the first command."""
    deadline = time.monotonic() + 60
    while True:
        try:
            if place.ask(DONE) >= chunks:
                return
        except sqlite3.OperationalError as error:
            assert "no such table" in str(error), error
        assert time.monotonic() < deadline and worker.popen.poll() is None, worker.output()
        time.sleep(0.005)


def test_two_servers_share_a_job_and_one_is_killed(alone, tmp_path):
    with Cluster() as cluster:
        place = Place(tmp_path / "demo", postgres=cluster.database("clean"))
        said = place.good("clean", "--store", place.folder, alone.file, "--shared", *CHUNK, *ASKS)
        job = re.search(r"job (\w{32}): ", said)[1]
        chunks = -(-alone.rows // 25)
        assert f"{alone.rows} rows in {chunks} chunks" in said
        first = place.start("clean", "work", "--store", place.folder, "--stay")
        second = place.start("clean", "work", "--store", place.folder, "--stay")
        try:
            wait_for(place, 5, first)
            first.kill()
            assert place.ask(DONE) < chunks, "it was killed in the middle"
            deadline = time.monotonic() + 60
            while place.ask("SELECT COUNT(*) FROM cleaning_job WHERE state = 'done'") == 0:
                assert time.monotonic() < deadline and second.popen.poll() is None, second.output()
                time.sleep(0.05)
        finally:
            first.kill()
            second.kill()
        place.good("clean", "fetch", "--store", place.folder, job, "--out", tmp_path / "out")
        assert results(tmp_path / "out") == alone.result
        assert place.entries() == alone.told
        assert place.ask("SELECT SUM(row_count) FROM cleaning_chunk") == alone.rows
        place.good("clean", "verify", tmp_path / "out", "--ca", place.ca)


def test_a_lone_run_that_is_killed_goes_on_where_it_was(alone, tmp_path):
    place = Place(tmp_path / "demo")
    command = ["clean", "--store", place.folder, alone.file, "--out", tmp_path / "out", *CHUNK, *ASKS]
    for chunks in (3, 12):
        run = place.start(*command)
        wait_for(place, chunks, run)
        run.kill()
        assert not (tmp_path / "out").exists(), "a result is there whole or not at all"
    before = place.ask(DONE)
    assert before >= 12
    assert "goes on" in place.good(*command)
    assert place.ask("SELECT COUNT(*) FROM cleaning_job") == 1
    assert results(tmp_path / "out") == alone.result
    assert place.entries() == alone.told
