"""The store in trouble, and shared: PostgreSQL vanishes and returns, the disk is full, two servers count together."""

import resource
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import crash, journal, load, soap
from support.postgres import Cluster
from support.server import Demo


@pytest.fixture(scope="module")
def cluster():
    with Cluster() as cluster:
        yield cluster


def until(condition, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def on_postgres(cluster, tmp_path_factory):
    demo = Demo(tmp_path_factory.mktemp("postgres") / "demo", citizens=500, postgres=cluster.database("wire")).start()
    yield demo
    assert demo.stop() == 0, demo.process.output()


def test_the_examples_on_postgresql(on_postgres):
    system = on_postgres.system()
    assert soap.exists(system.soap(soap.example("live-033-request.xml", new_id=False)).content)
    assert system.soap(soap.example("live-037-request.xml", new_id=False)).status_code == 200
    for citizen in on_postgres.facts["citizens"]:
        assert system.verify(system.body(citizen)).json()["verified"] == (citizen["state"] == "alive"), citizen["note"]


def test_nothing_acknowledged_is_lost_on_postgresql(cluster, own_demo, pytestconfig):
    demo = own_demo(postgres=cluster.database("crash"))
    crash.run(demo, max(2, pytestconfig.getoption("--rounds") // 2))


def test_postgresql_vanishes_and_returns(own_demo):
    with Cluster() as cluster:
        demo = own_demo(citizens=300, postgres=cluster.database("dancu")).start()
        system = demo.system()
        call = lambda: system.verify(system.body(demo.facts["citizens"][0]), timeout=60)  # noqa: E731
        assert call().json()["verified"]
        cluster.stop()

        refused = call()
        assert refused.status_code == 503
        assert refused.json()["code"] in {"STORE_UNAVAILABLE", "JOURNAL_UNAVAILABLE"}
        assert refused.json()["retry"] == "later" and refused.headers["Retry-After"]
        assert "Dancu-Journal" not in refused.headers, "no entry, no number"
        fault = soap.fault(system.soap(soap.look_up(), timeout=60).content)
        assert (fault.code, fault.retry) == ("soapenv:Server", "SAU")
        assert demo.operator("/readyz")[0] == 503
        assert demo.operator("/healthz")[0] == 200, "the process itself is well"

        cluster.start()
        assert until(lambda: call().status_code == 200, 20), "it comes back by itself"
        assert demo.operator("/readyz")[0] == 200
        entries, size = journal.read(demo)
        assert size == len(entries) and list(entries) == list(range(size))
        assert demo.stop() == 0


def test_a_full_disk(own_demo):
    """No file may grow beyond a limit, as on a disk without space; then there is space again."""
    demo = own_demo(citizens=300).start()
    pid = demo.process.popen.pid
    largest = max(path.stat().st_size for path in (demo.folder / "store").iterdir())
    # The write that goes beyond is an error for the process, not its end: the start ignores the signal.
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + 300_000, resource.RLIM_INFINITY))
    threads, stop = load.start(demo.system(), 4, seed=3)
    try:
        assert until(lambda: any(t.notes.refused for t in threads), 60), "the limit was never met"
        time.sleep(0.5)
    finally:
        stop.set()
    notes = load.collect(threads)
    assert demo.process.popen.poll() is None, demo.process.output()
    for status, content in notes.refused:
        assert status == 503, content
        assert b"JOURNAL_UNAVAILABLE" in content or b"STORE_UNAVAILABLE" in content
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    system = demo.system()
    assert until(lambda: system.verify(system.body(demo.facts["citizens"][0])).status_code == 200, 20)
    entries, size = journal.read(demo)
    assert size == len(entries) and list(entries) == list(range(size))
    lost = {n for n, correlation in notes.acknowledged.items() if entries.get(n) != correlation}
    assert not lost
    assert demo.stop() == 0


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_two_servers_on_one_store_count_one_quota(own_demo, cluster, engine):
    """Five calls a day for an account: of forty at once through two servers, five are answered."""
    postgres = cluster.database("shared") if engine == "postgresql" else None
    first = own_demo(citizens=300, postgres=postgres).start()
    second = Demo(first.folder, citizens=300, postgres=postgres)
    try:
        second.start()
        # The demo makes calls of its own at its first start.
        before = len(journal.calls(journal.read(first)[0]))
        banks = [demo.system("ngan-hang") for demo in (first, second)]
        citizen = first.facts["citizens"][0]
        for bank in banks:  # the password is checked once before, so that the calls meet
            assert bank.verify(bank.body(citizen, case_number=None)).json()["code"] == "CASE_MISSING"
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: banks[n % 2].verify(banks[n % 2].body(citizen)), range(40)))
        assert sorted(a.status_code for a in answers) == [200] * 5 + [429] * 35
        numbers = [int(a.headers["Dancu-Journal"]) for a in answers]
        assert len(set(numbers)) == 40
        entries, size = journal.read(first)
        assert len(journal.calls(entries)) == before + 42 and list(entries) == list(range(size))

        # A call proved by its hash counts once, whichever server gets it.
        htmc = [demo.system("htmc") for demo in (first, second)]
        body, headers = htmc[0].body(citizen), htmc[0].per_call_headers()
        with ThreadPoolExecutor(8) as pool:
            again = list(pool.map(lambda n: htmc[n % 2].verify(body, auth=False, headers=headers), range(16)))
        assert sorted(a.status_code for a in again) == [200] + [409] * 15
        assert second.stop() == 0
    finally:
        second.kill()
    assert first.stop() == 0
