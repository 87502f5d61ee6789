"""Kills the server under load, again and again, and holds its journal against what callers were told."""

import random
import time

from support import journal, load

CALLERS = 4
READY_SECONDS = 10  # a bound for a loaded machine, not a figure; the benchmark has the figure


def round_of(demo, known, seed, longest=1.0):
    """One round: load, SIGKILL, start, compare. Gives how many answers were acknowledged in it."""
    threads, _ = load.start(demo.system(), CALLERS, seed)
    time.sleep(random.Random(seed).uniform(0.05, longest))
    demo.kill()
    notes = load.collect(threads)
    assert not notes.refused, notes.refused[:3]

    began = time.monotonic()
    demo.start(timeout=READY_SECONDS)
    assert demo.operator("/readyz") == (200, "ready\n")
    assert time.monotonic() - began < READY_SECONDS

    entries, size = journal.read(demo)
    assert list(entries) == list(range(len(entries))), "the numbering has a gap"
    assert size == len(entries)
    overlap = known.keys() & notes.acknowledged.keys()
    assert not overlap, f"numbers given twice: {sorted(overlap)[:5]}"
    known |= notes.acknowledged
    lost = {number: correlation for number, correlation in known.items() if entries.get(number) != correlation}
    assert not lost, f"{len(lost)} acknowledged answers are not in the journal, first {sorted(lost.items())[:3]}"
    still_known(demo, notes)
    return len(notes.acknowledged)


def still_known(demo, notes):
    """What the commit decided besides the entry survived too: kept answers, and request ids used up."""
    system = demo.system()
    with system.session() as session:
        for headers, body, content in notes.repeatable:
            again = session.post(demo.base_url + "/api/v1/verifications", data=body, headers=headers, timeout=20)
            assert again.headers.get("Idempotent-Replayed") == "true"
            assert again.content == content
        for headers, body in notes.spent:
            again = session.post(demo.base_url + "/api/v1/verifications", data=body, headers=headers, timeout=20)
            assert again.json().get("code") == "REQUEST_REPLAYED"


def run(demo, count, seed=1):
    """Gives the number of acknowledged answers; zero would prove nothing."""
    known, total = {}, 0
    demo.start()
    for number in range(count):
        total += round_of(demo, known, seed + number)
    assert total > 10 * count, f"{total} answers in {count} rounds are too few to prove anything"
    code = demo.stop()
    assert code == 0, demo.process.output()
    assert not any("panicked" in line for line in demo.process.stderr)
    return total
