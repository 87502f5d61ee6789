"""Two servers over one PostgreSQL with a synchronous replica, under load: a server dies, then the primary."""

import http.client
import json
import time
from collections import Counter

import psycopg
import pytest

from support import journal, load
from support.postgres import Cluster, Replica
from support.server import Demo, run

CALLERS = 2
# What a caller may be told while the database changes hands: that nothing was written, and to come again.
PASSING = {"STORE_UNAVAILABLE", "JOURNAL_UNAVAILABLE"}


class Persistent(load.Caller):
    """Comes again, whatever happens to its connection, as a client does."""

    def run(self):
        try:
            kinds = [self.single] * 5 + [self.soap, self.look_up, self.batch, self.idempotent, self.per_call]
            while not self.stop_event.is_set():
                try:
                    connection = self.connect()
                    while not self.stop_event.is_set():
                        self.random.choice(kinds)(connection)
                        if self.notes.refused and self.notes.refused[-1][0] == 503:
                            self.stop_event.wait(0.05)
                except load.BROKEN:
                    self.notes.last_ditch += 1
                    self.stop_event.wait(0.05)
        except Exception as error:  # told by the test; a thread cannot fail it
            self.failure = error

    def acknowledged(self):
        return len(self.notes.acknowledged)


@pytest.fixture
def pair():
    """A primary, and a replica that has whatever was committed."""
    with Cluster() as primary:
        primary.database("dancu")
        with Replica(primary) as replica:
            yield primary, replica


def until(what, holds, seconds):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.05)


def answers(demo):
    system = demo.system()
    try:
        return system.verify(system.body(demo.facts["citizens"][0]), timeout=30).status_code == 200
    except (OSError, http.client.HTTPException):
        return False


def test_a_server_dies_and_then_the_primary(own_demo, pair):
    primary, replica = pair
    # The driver takes whichever of the two may write, at each new connection.
    either = (f"host=127.0.0.1,127.0.0.1 port={primary.port},{replica.port} user=dancu dbname=dancu "
              "target_session_attrs=read-write connect_timeout=2")
    first = own_demo(citizens=300, postgres=either).start()
    second = Demo(first.folder, citizens=300, postgres=either)
    callers = []
    try:
        second.start()
        stop = load.threading.Event()
        callers = [Persistent(demo.system(), 100 * n + seed, stop)
                   for seed, demo in enumerate((first, second)) for n in range(CALLERS)]
        of_first, of_second = callers[:CALLERS], callers[CALLERS:]
        total = lambda who: sum(caller.acknowledged() for caller in who)  # noqa: E731
        for caller in callers:
            caller.start()
        until("both serve", lambda: total(of_first) > 20 and total(of_second) > 20, 30)

        first.kill()
        known = total(of_second)
        until("the other server goes on alone", lambda: total(of_second) > known + 20, 30)
        first.start()
        known = total(of_first)
        until("the first one is back", lambda: total(of_first) > known + 20, 30)
        processes = [demo.process.popen.pid for demo in (first, second)]

        primary.kill()
        refusals = lambda: sum(len(caller.notes.refused) for caller in callers)  # noqa: E731
        until("callers are told", lambda: refusals() > 5, 60)
        assert second.operator("/healthz")[0] == 200, "the process itself is well"
        began = time.monotonic()
        replica.promote()
        known = total(of_first), total(of_second)
        until("both answer again by themselves",
              lambda: total(of_first) > known[0] + 20 and total(of_second) > known[1] + 20, 60)
        took = time.monotonic() - began
        stop.set()
        notes = load.collect(callers)
        assert [demo.process.popen.pid for demo in (first, second)] == processes
        for demo in (first, second):
            assert demo.process.popen.poll() is None, demo.process.output()
            assert demo.operator("/readyz")[0] == 200

        # Whatever was refused was refused in words that say so, and took no number.
        codes = Counter()
        for status, content in notes.refused:
            told = code_of(content)
            assert (status, told in PASSING) in {(503, True), (500, True)}, (status, content)
            codes[told] += 1

        # Nothing that was acknowledged is lost, and the log that holds it is honest.
        with psycopg.connect(replica.address() + " dbname=dancu") as connection:
            assert connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)
        entries, size = journal.read(first)
        assert list(entries) == list(range(size)), "the numbering has a gap"
        lost = {n: c for n, c in notes.acknowledged.items() if entries.get(n) != c}
        assert not lost, f"{len(lost)} acknowledged answers are not in the journal"
        assert len(notes.acknowledged) > 100
        for demo in (second, first):
            assert demo.stop() == 0, demo.process.output()
        facts = first.facts["journal"]
        verified = run("journal", "verify", "--dir", facts["dir"], "--key", facts["key"])
        assert verified.returncode == 0, verified.stderr
        assert f"honest: {size} entries" in verified.stdout and max(notes.acknowledged) < size, "not all is under a checkpoint"
        print(f"{len(notes.acknowledged)} acknowledged, all in the journal; {notes.last_ditch} calls without an answer; "
              f"refused meanwhile: {dict(codes)}; both servers answered {took:.1f} s after the promotion")
    finally:
        for caller in callers:
            caller.stop_event.set()
        second.kill()


def code_of(content):
    """The code of a refusal, in JSON or as a SOAP fault."""
    try:
        told = json.loads(content)
        return told.get("code") or told["problem"]["code"]
    except ValueError:
        return next((code for code in PASSING if code.encode() in content), None)
