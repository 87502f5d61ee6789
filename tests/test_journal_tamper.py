"""Nothing can be done to a log that its verifiers do not see: the Python one on every attack, the service's own on a sample."""

import collections
import functools
import time

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from support import attacks, pylog
from support.server import run
from support.tamper import proofs

from jv import edwards, log, note, policy, proof
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
    """How many attacks of each kind were seen, and by what."""

    def __init__(self):
        self.kinds, self.names, self.started = collections.Counter(), collections.Counter(), time.monotonic()

    def attack(self, kind, make):
        files, seen, key = make()
        name = judge(files, seen, key)
        assert name, f"{kind}: accepted"
        self.kinds[kind] += 1
        self.names[name] += 1

    def tell(self, what):
        print(f"\n{what}: {self.kinds.total()} attacks, {self.kinds.total()} objections, {time.monotonic() - self.started:.0f} s")
        for kind, count in sorted(self.kinds.items()):
            print(f"  {count:8} {kind}")
        print("  by rule:", ", ".join(f"{name} {count}" for name, count in self.names.most_common()))


def test_honest_logs_pass(quick):
    for size in (0, *SIZES):
        honest = attacks.Honest(size)
        assert judge(honest.files, None, honest.key) is None
        for earlier in range(size + 1):
            assert judge(honest.files, honest.log.note(earlier, ()), honest.key) is None
    print(f"\n{len(SIZES) + 1} honest logs accepted, with every earlier state remembered")


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


# --- the service's own verifier ---


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


def test_the_services_own_verifier_on_logs(own_verifier, quick, tmp_path):
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
    print(f"\nthe service's own verifier: 10 honest logs accepted, {kinds.total()} attacks drawn evenly: {dict(kinds)}")
    assert not missed


def test_the_services_own_verifier_on_proofs(own_verifier, tmp_path):
    made = pylog.sample(64)
    key, file = tmp_path / "journal.key", tmp_path / "proof"
    key.write_bytes(made.keys.policy())
    honest = [made.proof(index, shown=shown) for index in range(0, 64, 3) for shown in (None, (), (5,))]
    for data in honest:
        file.write_bytes(data)
        assert own_verifier("--proof", file, "--key", key) == 0
    good = made.proof(max(i for i, e in enumerate(made.entries) if 4 in e.fields and e.parts))
    hostile = list(proofs(made)) + [("bit", good[:at] + bytes([good[at] ^ 1 << at % 7]) + good[at + 1:]) for at in range(0, len(good), 9)]
    missed = []
    for name, data in hostile:
        with pytest.raises(Fault):
            proof.verify(data, policy.read(key.read_bytes()))
        file.write_bytes(data)
        if own_verifier("--proof", file, "--key", key) == 0:
            missed.append((name, data))
    print(f"\nthe service's own verifier: {len(honest)} proofs accepted, {len(hostile)} attacks")
    assert not missed
