"""Nothing can be done to a log that its verifiers do not see: the Python one and the service's own code on every attack, and the
command `dancu journal verify` on a sample."""

import collections
import functools
import time

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from support import attacks, pylog
from support.judge import Judge
from support.server import run
from support.tamper import histories, proofs

from jv import edwards, history, log, note, policy, proof
from jv.words import Fault

SIZES = range(1, 65)
SOME = (1, 2, 3, 5, 14, 33, 64)
SAMPLE = 400


@functools.lru_cache(4096)
def by_library(public, message, signature):
    """The same question to a quicker library; `test_ed25519_agrees_with_another_library` compares them."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(edwards, "verifies", by_library)


read_key = functools.lru_cache(policy.read)


def judge(files, seen, key):
    """The name of the objection, or None."""
    keys = read_key(key)
    try:
        log.verify(log.Files(files), keys, seen and note.checkpoint(seen, keys, "memory"))
    except Fault as fault:
        fault.words("vi")
        return fault.name
    return None


class Count:
    """How many attacks of each kind were seen, and by what; the other verifier's verdicts beside them."""

    def __init__(self):
        self.kinds, self.names, self.started = collections.Counter(), collections.Counter(), time.monotonic()
        self.judge, self.expected, self.labels = Judge(), [], []

    def honest(self, files, seen, key):
        assert judge(files, seen, key) is None
        self.judge.log(files, seen, key)
        self.expected.append(True), self.labels.append("honest")

    def attack(self, kind, make):
        files, seen, key = make()
        name = judge(files, seen, key)
        assert name, f"{kind}: accepted"
        self.judge.log(files, seen, key)
        self.expected.append(False), self.labels.append(kind)
        self.kinds[kind] += 1
        self.names[name] += 1

    def tell(self, what):
        told = self.judge.verdicts()
        wrong = [(n, label) for n, (label, a, b) in enumerate(zip(self.labels, self.expected, told, strict=True)) if a != b]
        assert not wrong, f"the verifiers disagree on {len(wrong)} cases: {wrong[:20]}"
        attacks, honest = self.kinds.total(), sum(self.expected)
        print(f"\n{what}: {honest} honest logs accepted and {attacks} attacks refused by each of two verifiers, "
              f"{time.monotonic() - self.started:.0f} s")
        for kind, count in sorted(self.kinds.items()):
            print(f"  {count:8} {kind}")
        print("  by rule:", ", ".join(f"{name} {count}" for name, count in self.names.most_common()))


def test_honest_logs_pass(quick):
    count = Count()
    for size in (0, *SIZES, 255, 256, 257, 600):
        honest = attacks.Honest(size)
        count.honest(honest.files, None, honest.key)
        for earlier in range(0, size + 1, 1 + size // 65):
            count.honest(honest.files, honest.log.note(earlier, ()), honest.key)
            count.honest(honest.log.files(witnessed=earlier), None, honest.key)
    count.tell("sizes 0 to 64 and a few more, every earlier state remembered or witnessed")


def test_entries_and_states_of_every_size(quick):
    count = Count()
    for size in SIZES:
        for kind, make in attacks.all_of(size):
            count.attack(kind, make)
    count.tell("entries deleted, duplicated, swapped, altered, truncated; states restored; forks; sizes 1 to 64")


def test_each_bit_of_each_file(quick, request):
    sizes, count = SIZES if request.config.getoption("--full") else SOME, Count()
    for size in sizes:
        for kind, make in attacks.bits(attacks.Honest(size)):
            count.attack(kind, make)
    count.tell(f"each bit of each file, sizes {', '.join(map(str, sizes))}")


def test_each_bit_with_our_own_arithmetic():
    count = Count()
    for kind, make in attacks.bits(attacks.Honest(3), paths=("checkpoint", "witnessed")):
        count.attack(kind, make)
    count.tell("each bit of the signed files, no library, size 3")


def test_files_cut_at_each_length(quick):
    count = Count()
    for size in (1, 2, 3, 33, 64):
        for kind, make in attacks.cuts(attacks.Honest(size)):
            count.attack(kind, make)
    count.tell("files removed, cut, lengthened")


def test_a_tree_of_two_levels(quick):
    honest, count = attacks.Honest(257), Count()
    for kind, make in attacks.bits(honest, paths=[p for p in honest.files if p.startswith("tile/1/") or p.endswith(".p/1")]):
        count.attack(kind, make)
    for kind, make in attacks.bits(honest, step=211):
        count.attack(kind, make)
    count.tell("size 257: each bit of the small tiles, some of the large ones")


class Raw(bytes):
    """CBOR as it stands."""


def raw_cbor(fields):
    """A map whose values may be `Raw`, keys in order."""
    pairs = sorted((pylog.cbor(k), v if isinstance(v, Raw) else pylog.cbor(v)) for k, v in fields.items())
    assert len(pairs) < 24
    return bytes([0xA0 + len(pairs)]) + b"".join(k + v for k, v in pairs)


VALUES = [
    0, 1, 2, 4, 5, 6, 7, 2**31, 2**53, 2**63 - 1, 2**63, 2**64 - 1, "", "x", "Việt", b"", bytes(16), bytes(32), [], [1, 2, 3], [1, 2, 3, 4],
    [1, 2, 3, "4"], [1, 2, 3, 4, 5], {}, {0: 0}, {0: 6}, {0: 7}, {40: "x"}, {0: b""}, {"x": 0}, {0: []},
    *map(Raw, (b"\x20", b"\x38\xff", b"\x3b" + b"\xff" * 8, b"\xf4", b"\xf5", b"\xf6", b"\xf9\0\0", b"\xc1\0", b"\x18\x01", b"\x61\xff", b"\x9f\xff",
               b"\xa2\1\0\0\0", b"\xa2\0\0\0\0", b"\x7f\xff")),
]


def test_both_read_entries_in_the_same_way(quick):
    """Each label of each kind with each of many values, all hashes and signatures right."""
    own = pylog.Log()
    own.context()
    bases = [
        {0: 2, 2: 5, 3: bytes(16), 4: 0, 18: 0}, {0: 2, 1: 1}, {0: 2, 1: 2, 2: 5, 30: 0, 31: bytes(32), 32: 0, 33: bytes(32), 34: 2},
        {0: 2, 1: 3, 2: 5, 3: bytes(16), 40: 0, 41: 9}, {0: 2, 1: 4, 2: 5, 3: bytes(16)},
    ]
    judge_too, told, cases = Judge(), [], []
    for base in bases:
        for label in (*range(60), 255, "x", b"\0"):
            for value in (None, *VALUES):
                fields = {k: v for k, v in base.items() if k != label} | ({} if value is None else {label: value})
                entries = [own.entries[0].encoded, raw_cbor(fields)]
                root = pylog.mth([pylog.sha(b"\0", e) for e in entries])
                files = pylog.tiles(entries) | {"checkpoint": own.keys.note(2, root), "witnessed": own.keys.note(2, root, (0, 1))}
                told.append(judge(files, None, own.keys.policy()) is None)
                judge_too.log(files, None, own.keys.policy())
                cases.append((base.get(1, 0), label, value))
    wrong = [(case, ours) for case, ours, theirs in zip(cases, told, judge_too.verdicts(), strict=True) if ours != theirs]
    assert not wrong, f"the verifiers disagree on {len(wrong)} entries: {wrong[:40]}"
    print(f"\n{sum(told)} entries accepted and {len(told) - sum(told)} refused by each of two verifiers")


def good_proof(made):
    """Of a call, with its context and all parts."""
    return made.proof(max(i for i, e in enumerate(made.entries) if 4 in e.fields and e.parts))


def test_proofs(quick):
    made, both, told = pylog.sample(64), Judge(), []
    key = made.keys.policy()

    def ask(data):
        try:
            proof.verify(data, read_key(key))
            told.append(True)
        except Fault:
            told.append(False)
        both.proof(data, key)

    for index in range(64):
        for shown in (None, (), (5,)):
            ask(made.proof(index, shown=shown))
    assert all(told)
    good, honest = good_proof(made), len(told)
    for _, data in proofs(made):
        ask(data)
    for bit in range(len(good) * 8):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        ask(bytes(flipped))
    for length in range(len(good)):
        ask(good[:length])
    assert not any(told[honest:])
    wrong = [n for n, (a, b) in enumerate(zip(told, both.verdicts(), strict=True)) if a != b]
    assert not wrong, f"the verifiers disagree on {len(wrong)} proofs: {wrong[:20]}"
    print(f"\n{honest} proofs accepted and {len(told) - honest} refused by each of two verifiers")


# --- the command ---


def sampled(everything, wanted):
    """As many, evenly."""
    every = list(everything)
    step = max(1, len(every) // wanted)
    return every[::step]


def sample_of_logs():
    for size in (1, 2, 3, 8, 21, 40, 64):
        yield from sampled(attacks.all_of(size), SAMPLE // 14)
        yield from sampled(attacks.bits(attacks.Honest(size)), SAMPLE // 14)
        yield from sampled(attacks.cuts(attacks.Honest(size)), SAMPLE // 40)


@pytest.fixture(scope="module")
def own_verifier(binary):
    if run("journal", "verify", "--help").returncode:
        pytest.skip("this build of dancu has no `journal verify` yet")

    def verify(*arguments):
        done = run("journal", "verify", *arguments)
        assert done.returncode in (0, 1), f"{arguments}: exit {done.returncode}\n{done.stderr}"
        assert done.returncode == 0 or done.stderr.strip() or done.stdout.strip(), "an objection without a word"
        return done.returncode

    return verify


def place(folder, files, seen, key):
    """Writes a log, the key file and the memory beside it; gives the arguments."""
    for path, data in files.items():
        at = folder / "log" / path
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_bytes(data)
    (folder / "log").mkdir(exist_ok=True)
    (folder / "journal.key").write_bytes(key)
    if seen:
        (folder / "journal.key.seen").write_bytes(seen)
    return "--dir", folder / "log", "--key", folder / "journal.key"


def test_the_command_on_logs(own_verifier, quick, tmp_path):
    for size in (0, 1, 2, 3, 33, 64, 255, 256, 257, 600):
        honest = attacks.Honest(size)
        arguments = place(tmp_path / f"honest-{size}", honest.files, None, honest.key)
        assert own_verifier(*arguments) == 0, size
        if size:
            assert (tmp_path / f"honest-{size}/journal.key.seen").read_bytes() == honest.files["checkpoint"]
            assert own_verifier(*arguments) == 0
    kinds, missed = collections.Counter(), []
    for number, (kind, make) in enumerate(sample_of_logs()):
        files, seen, key = make()
        assert judge(files, seen, key), kind
        if own_verifier(*place(tmp_path / f"attack-{number}", files, seen, key)) == 0:
            missed.append((number, kind))
        kinds[kind.split(",")[0]] += 1
    print(f"\ndancu journal verify: 10 honest logs accepted, {kinds.total()} attacks drawn evenly: {dict(kinds)}")
    assert not missed


def test_the_command_on_proofs(own_verifier, tmp_path):
    made = pylog.sample(64)
    key, file = tmp_path / "journal.key", tmp_path / "proof"
    key.write_bytes(made.keys.policy())
    honest = [made.proof(index, shown=shown) for index in range(0, 64, 3) for shown in (None, (), (5,))]
    for data in honest:
        file.write_bytes(data)
        assert own_verifier("--proof", file, "--key", key) == 0
    good = good_proof(made)
    hostile = list(proofs(made)) + [("bit", good[:at] + bytes([good[at] ^ 1 << at % 7]) + good[at + 1:]) for at in range(0, len(good), 9)]
    missed = []
    for name, data in hostile:
        with pytest.raises(Fault):
            proof.verify(data, policy.read(key.read_bytes()))
        file.write_bytes(data)
        if own_verifier("--proof", file, "--key", key) == 0:
            missed.append((name, data))
    print(f"\ndancu journal verify: {len(honest)} proofs accepted, {len(hostile)} attacks")
    assert not missed


def test_the_command_on_histories(own_verifier, tmp_path):
    made = pylog.sample(64)
    key, file = tmp_path / "journal.key", tmp_path / "history"
    key.write_bytes(made.keys.policy())
    people = [*pylog.PEOPLE, "000000000000", "111111111111"]
    for number in people:
        file.write_bytes(pylog.history_text(made.history(number)))
        assert own_verifier("--history", file, "--key", key) == 0
    hostile = list(histories(made, pylog.PEOPLE[2], pylog.PEOPLE[1]))
    text = pylog.history_text(made.history(pylog.PEOPLE[2]))
    hostile += [("bit", text[:at] + bytes([text[at] ^ 1 << at % 7]) + text[at + 1:]) for at in range(0, len(text), 191)]
    missed = []
    for name, said in hostile:
        data = said if isinstance(said, bytes) else pylog.history_text(said)
        with pytest.raises(Fault):
            history.verify(data, policy.read(key.read_bytes()))
        file.write_bytes(data)
        if own_verifier("--history", file, "--key", key) == 0:
            missed.append(name)
    print(f"\ndancu journal verify: {len(people)} histories accepted, {len(hostile)} refused")
    assert not missed
