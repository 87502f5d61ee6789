"""What the browser checks: histories and proofs by another hand, honest ones and hundreds with one thing wrong, in Chromium."""

import base64
import copy
import random

import pytest

from support import pylog, pymap
from support.harness import Harness
from support.tamper import histories, proofs

from jv import history, policy, proof
from jv.words import Fault

LOG = pylog.sample(64)
KEY = LOG.keys.policy().decode()
KEYS = policy.read(LOG.keys.policy())
PERSON = pylog.PEOPLE[2]
STEP_OF = {
    "history-form": "form", "proof-form": "form", "cbor-form": "form", "cbor-short": "form", "cbor-slack": "form", "key-form": "form",
    "note-form": "witnesses", "note-key": "witnesses", "note-twice": "witnesses", "note-unsigned": "witnesses", "origin": "witnesses",
    "signature": "witnesses", "checkpoint-form": "witnesses", "quorum": "witnesses", "witnesses-old": "witnesses",
    "epoch": "epoch", "epoch-old": "epoch", "epoch-older": "epoch", "vrf": "vrf", "vrf-key": "vrf", "map": "map",
    "chain": "chain", "chain-order": "chain", "epoch-young": "chain", "entry-foreign": "entries", "entry-person": "entries",
    "entry-twice": "entries", "withheld": "entries", "checkpoints": "entries", "proof-parts": "entries", "proof-context": "entries",
    "memory-older": "memory", "memory-fork": "memory", "memory-chain": "memory", "memory-unproved": "memory",
}
# Many at once: the way from Python to the page costs more than the check.
CHECK_ALL = """async ([key, all]) => {
    const told = [];
    for (const one of all) {
        const found = await check.checkHistory(one, key);
        const bad = found.steps.find((step) => step.ok === false);
        told.push([found.ok, bad ? bad.id : null, bad ? bad.detail.name : null, found.steps.filter((s) => s.ok).length]);
    }
    return told;
}"""
CHECK_PROOFS = """async ([key, all]) => {
    const told = [];
    for (const one of all) {
        const found = await check.checkProof(one, key);
        const bad = found.steps.find((step) => step.ok === false);
        told.push([found.ok, bad ? bad.detail.name : null]);
    }
    return told;
}"""


@pytest.fixture(scope="module")
def page(chromium):
    with Harness() as address:
        context = chromium.new_context()
        page, complaints = context.new_page(), []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        page.wait_for_function("() => window.check")
        complaints[:] = [c for c in complaints if "favicon" not in c and "404" not in c]
        yield page
        assert not complaints
        context.close()


def check(page, said, remembered=None, key=KEY):
    return page.evaluate("([h, k, r]) => check.checkHistory(h, k, r)", [said, key, remembered])


def failed(found):
    """The step that failed and why; those behind it were not reached."""
    assert not found["ok"]
    at = next(i for i, step in enumerate(found["steps"]) if step["ok"] is False)
    assert all(step["ok"] for step in found["steps"][:at]) and all(step["ok"] is None for step in found["steps"][at + 1:])
    return found["steps"][at]["id"], found["steps"][at]["detail"]["name"]


def judged_by_python(said):
    try:
        history.verify(pylog.history_text(said), KEYS)
    except Fault as fault:
        return fault.name
    return None


@pytest.mark.parametrize("number", [*pylog.PEOPLE, "000000000000", "111111111111"])
def test_honest_histories_pass_and_say_what_they_prove(page, number):
    said = LOG.history(number)
    found = check(page, said)
    assert found["ok"] and [s["ok"] for s in found["steps"]] == [True] * 7 + [None], found["steps"]
    assert found["covered"] == LOG.maps[max(LOG.maps)][0]
    assert [e["index"] for e in found["chain"]] == [e["index"] for e in said["chain"]]
    for shown in found["entries"]:
        made = LOG.entries[shown["index"]]
        assert shown["time"] == made.fields[2] and shown["parts"]["subject"] == number
        if shown["kind"] == "call":
            context = LOG.entries[made.fields[4]].fields
            assert (shown["context"]["organisation"], shown["context"]["account"]) == (context[13], context[10])
            assert (shown["parts"]["purpose"], shown["parts"]["officer"]) == (made.parts[3][1], made.parts[1][1])
            assert shown["outcome"] == made.fields[18] and shown["answer"] == made.fields[20].hex()


def test_withheld_entries_are_counted_and_shown_as_withheld(page):
    number = LOG.entries[next(iter(LOG.withheld))].about
    found = check(page, LOG.history(number))
    held = [e for e in found["chain"] if e["withheldUntil"]]
    assert held and all(e["ordered"] and e["withheldUntil"] == pylog.FAR for e in held)
    assert not {e["index"] for e in held} & {e["index"] for e in found["entries"]}
    said = LOG.history(number)
    next(e for e in said["chain"] if "withheld_until" in e)["withheld_until"] += 1
    assert failed(check(page, said)) == ("entries", "withheld")


def test_parts_whose_time_is_over_are_said_to_be_gone(page):
    said = LOG.history(PERSON)
    index = said["chain"][0]["index"]
    said["entries"] = [LOG.proof(index, shown=pylog.GONE).decode()]
    found = check(page, said)
    assert found["ok"] and [(e["index"], e["gone"], e["parts"], e["closed"]) for e in found["entries"]] == [(index, True, {}, [])]
    assert not any(e["gone"] for e in check(page, LOG.history(PERSON))["entries"])


def test_every_tampered_history_fails_at_the_right_step(page):
    people, cases = pylog.PEOPLE, []
    for at, person in enumerate(people):
        cases += histories(LOG, person, people[at - 1])
    told = page.evaluate(CHECK_ALL, [KEY, [said for _, said in cases]])
    for (name, said), (ok, step, why, _) in zip(cases, told, strict=True):
        assert (ok, step, why) == (False, STEP_OF[name], name)
        assert judged_by_python(said) == name
    assert len(cases) > 200
    print(f"\n{len(cases)} histories with one thing wrong: all refused, at the right step, by both verifiers")


def test_a_changed_character_anywhere_fails(page):
    """A digit of hex, a character of a proof, a number: drawn evenly from all there are."""
    drawn, good, cases = random.Random(3), LOG.history(PERSON), []

    def leaves(value, path=()):
        if isinstance(value, dict | list):
            for key in value if isinstance(value, dict) else range(len(value)):
                yield from leaves(value[key], (*path, key))
        else:
            yield path, value

    places = list(leaves(good))
    for _ in range(400):
        path, value = drawn.choice(places)
        if isinstance(value, int):
            changed = value + drawn.choice((-1, 1))
        else:
            at = drawn.randrange(len(value))
            changed = value[:at] + chr(ord(value[at]) ^ 1 << drawn.randrange(4)) + value[at + 1:]
        made = copy.deepcopy(good)
        inner = made
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = changed
        cases.append(made)
    told = page.evaluate(CHECK_ALL, [KEY, cases])
    for said, (ok, step, why, _) in zip(cases, told, strict=True):
        assert not ok and step and why != "broken", (why, said)
        assert judged_by_python(said)
    print(f"\n{len(cases)} histories with one character changed: all refused, by both verifiers")


def test_proofs(page):
    honest = [LOG.proof(i, shown=shown).decode() for i in range(64) for shown in (None, (), (5,))]
    assert page.evaluate(CHECK_PROOFS, [KEY, honest]) == [[True, None]] * len(honest)
    cases = list(proofs(LOG))
    told = page.evaluate(CHECK_PROOFS, [KEY, [data.decode() for _, data in cases]])
    for (name, data), (ok, why) in zip(cases, told, strict=True):
        assert (ok, why) == (False, name), (name, data)
    good = LOG.proof(max(i for i, e in enumerate(LOG.entries) if 4 in e.fields and e.parts)).decode()
    flipped = [good[:at] + chr(ord(good[at]) ^ 1) + good[at + 1:] for at in range(len(good))]
    told = page.evaluate(CHECK_PROOFS, [KEY, flipped])
    for one, (ok, why) in zip(flipped, told, strict=True):
        assert not ok and why != "broken", one
        with pytest.raises(Fault):
            proof.verify(one.encode(), KEYS)
    print(f"\n{len(honest)} proofs accepted, {len(cases) + len(flipped)} refused")


def test_key_files_are_read_in_one_way(page):
    said = LOG.history(PERSON, shown=1)
    for bad in (KEY[:-1], KEY + "word\n", KEY + "quorum none\n", KEY.replace("log ", "#log "), KEY.replace("all w1 w2", "all w1 w1"),
                KEY.replace("quorum two", "quorum three"), KEY.replace(LOG.keys.log.id.hex(), "00000000"), ""):
        assert failed(check(page, said, key=bad))[0] == "form"
    other = pylog.Keys(seed=b"other")
    assert failed(check(page, said, key=other.policy().decode())) == ("witnesses", "note-key")
    assert check(page, said, key=KEY.replace("quorum two", "quorum none"))["ok"]
    assert failed(check(page, LOG.history(PERSON, shown=1, cosigned=(0,)))) == ("witnesses", "quorum")


WITH_CONSISTENCY = """([h, k, r, path]) => {
    window.asked = null;
    r.consistency = async (old, size) => { window.asked = [old, size]; if (path === null) throw new Error(); return path; };
    return check.checkHistory(h, k, r);
}"""


def test_what_the_browser_remembers(page):
    early, late = LOG.history(PERSON, size=40), LOG.history(PERSON)
    first = check(page, early)
    seen = first["newest"]
    assert seen["epoch"] == 3 and seen["checkpoint"].splitlines()[1] == "40"
    again = check(page, early, seen)
    assert again["ok"] and again["steps"][-1]["ok"] is True

    path = [base64.b64encode(h).decode() for h in pylog.consistency(40, LOG.leaves())]
    grown = page.evaluate(WITH_CONSISTENCY, [late, KEY, seen, path])
    assert grown["ok"] and grown["steps"][-1]["ok"] is True and page.evaluate("asked") == [40, 64]
    assert grown["newest"]["checkpoint"].splitlines()[1] == "64"
    for bad in (path[1:], path[:-1], path + path[:1], [*path[:-1], path[0]], [], ["x"]):
        assert failed(page.evaluate(WITH_CONSISTENCY, [late, KEY, seen, bad])) == ("memory", "memory-fork")
    assert failed(page.evaluate(WITH_CONSISTENCY, [late, KEY, seen, None])) == ("memory", "memory-unproved")

    unproved = check(page, late, seen)
    assert unproved["ok"] and unproved["steps"][-1] == {
        "id": "memory", "ok": None, "detail": {"unchecked": True, "name": "memory-unproved", "seen": 40},
    }
    assert unproved["newest"]["checkpoint"] == seen["checkpoint"], "what is not proved is not remembered"

    # An older state, an older epoch in a newer log, an old one by the clock.
    assert failed(check(page, early, {"checkpoint": grown["newest"]["checkpoint"]})) == ("memory", "memory-older")
    assert failed(check(page, early, grown["newest"])) == ("epoch", "epoch-older")
    stale = copy.deepcopy(late)
    old = sorted(LOG.maps)[-2]
    covered, heads = LOG.maps[old]
    chain = LOG.chain(PERSON, covered)
    stale["map"] = {"count": len(chain), "link": pymap.links(chain)[-1].hex()} | pymap.place(heads, pymap.key(LOG.keys.vrf_secret, PERSON))
    stale["epoch"] = LOG.proof(old).decode()
    stale["chain"] = stale["chain"][:len(chain)]
    stale["entries"] = [t for t in stale["entries"] if proof.verify(t.encode(), KEYS).index < covered]
    assert check(page, stale)["ok"], "nothing but the memory knows that there is a newer epoch"
    assert failed(check(page, stale, grown["newest"])) == ("epoch", "epoch-older")
    assert failed(check(page, stale, {"notBefore": LOG.entries[old].fields[2] + 1})) == ("witnesses", "witnesses-old")
    lone = {"notBefore": pylog.START_US + 1_000_000}
    assert check(page, late, lone)["ok"]


def test_forks_signed_by_the_log_are_found(page):
    seen = check(page, LOG.history(PERSON))["newest"]
    other = pylog.sample(64, seed=b"fork")
    assert failed(check(page, other.history(PERSON), {"checkpoint": seen["checkpoint"]})) == ("memory", "memory-fork")
    longer = pylog.sample(90, seed=b"fork")
    path = [base64.b64encode(h).decode() for h in pylog.consistency(64, longer.leaves())]
    for memory in ({"checkpoint": seen["checkpoint"]},):
        assert failed(page.evaluate(WITH_CONSISTENCY, [longer.history(PERSON), KEY, memory, path])) == ("memory", "memory-fork")
    # The person's own chain may only grow, whatever log it stands in.
    assert failed(check(page, longer.history(PERSON), {"person": seen["person"]})) == ("memory", "memory-chain")


def test_by_hand_and_by_the_browser_signatures_are_the_same(page):
    key = LOG.keys.log
    cases = []
    for n in range(40):
        message, signature = bytes([n]) * n, bytearray(key.key.sign(bytes([n]) * n))
        if n % 2:
            signature[(n * 7) % 64] ^= 1 << n % 8
        cases.append([list(key.public), list(message), list(signature)])
    told = page.evaluate("""async (all) => {
        const bytes = (list) => Uint8Array.from(list), told = [];
        for (const [key, message, signature] of all)
            told.push(await Promise.all([false, true].map((hand) => edwards.verifies(bytes(key), bytes(message), bytes(signature), hand))));
        return told;
    }""", cases)
    assert told == [[n % 2 == 0] * 2 for n in range(40)]


def test_without_ed25519_in_the_browser(page):
    """Chromium has it since version 137; before that the signatures are checked by hand."""
    found = page.evaluate("""async ([h, k]) => {
        const own = crypto.subtle.importKey;
        crypto.subtle.importKey = () => Promise.reject(new DOMException("", "NotSupportedError"));
        try { return await check.checkHistory(h, k); } finally { crypto.subtle.importKey = own; }
    }""", [LOG.history(PERSON), KEY])
    assert found["ok"]


def test_a_thousand_links_and_fifty_entries_feel_instant(page):
    made = pylog.Log()
    context = made.context()
    while len(made.chains.get(PERSON, [])) < 1000:
        made.call(context, PERSON)
    for person in pylog.PEOPLE:
        made.call(context, person)
    made.epoch()
    said = made.history(PERSON)
    assert len(said["entries"]) == 50 and len(said["chain"]) == 1001
    times = page.evaluate("""async ([h, k]) => {
        const times = [];
        for (let i = 0; i < 5; i++) {
            const start = performance.now();
            if (!(await check.checkHistory(h, k)).ok) throw new Error("not ok");
            times.push(performance.now() - start);
        }
        return times;
    }""", [said, KEY])
    print(f"\n1,001 links and 50 entries: first {times[0]:.0f} ms, best {min(times):.0f} ms")
    assert min(times) < 1000
