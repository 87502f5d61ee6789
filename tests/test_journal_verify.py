"""The verifier of tools/journal-verify: published vectors, honest files, and every strictness of the format."""

import base64
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from support import pylog, pymap
from support.server import REPOSITORY
from support.tamper import histories, proofs

from jv import cbor, edwards, entry, history, log, note, policy, proof, tree, vrf
from jv.words import WORDS, Fault

COMMAND = REPOSITORY / "tools/journal-verify/journal_verify.py"
LOG = pylog.sample(64)
KEYS = policy.read(LOG.keys.policy())
PERSON = pylog.PEOPLE[2]

# RFC 9381, appendix B.3, examples 16 to 18: secret key, alpha, pi, beta.
VRF_VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "",
        "8657106690b5526245a92b003bb079ccd1a92130477671f6fc01ad16f26f723f26f8a57ccaed74ee1b190bed1f479d97"
        "27d2d0f9b005a6e456a35d4fb0daab1268a1b0db10836d9826a528ca76567805",
        "90cf1df3b703cce59e2a35b925d411164068269d7b2d29f3301c03dd757876ff"
        "66b71dda49d2de59d03450451af026798e8f81cd2e333de5cdf4f3e140fdd8ae",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72",
        "f3141cd382dc42909d19ec5110469e4feae18300e94f304590abdced48aed5933bf0864a62558b3ed7f2fea45c92a465"
        "301b3bbf5e3e54ddf2d935be3b67926da3ef39226bbc355bdc9850112c8f4b02",
        "eb4440665d3891d668e7e0fcaf587f1b4bd7fbfe99d0eb2211ccec90496310eb"
        "5e33821bc613efb94db5e5b54c70a848a0bef4553a41befc57663b56373a5031",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82",
        "9bc0f79119cc5604bf02d23b4caede71393cedfbb191434dd016d30177ccbf8096bb474e53895c362d8628ee9f9ea3c0"
        "e52c7a5c691b6c18c9979866568add7a2d41b00b05081ed0f58ee5e31b3a970e",
        "645427e5d00c62a23fb703732fa5d892940935942101e456ecca7bb217c61c45"
        "2118fec1219202a0edcf038bb6373241578be7217ba85a2687f7a0310b2df19f",
    ),
]


def fault(run, *arguments):
    """The name of what is wrong; the test fails when nothing is."""
    with pytest.raises(Fault) as caught:
        run(*arguments)
    assert caught.value.words("en") != caught.value.words("vi")
    return caught.value.name


@pytest.mark.parametrize("secret, alpha, pi, beta", VRF_VECTORS)
def test_vrf_of_the_rfc(secret, alpha, pi, beta):
    secret, alpha, pi, beta = map(bytes.fromhex, (secret, alpha, pi, beta))
    assert pymap.prove_bytes(secret, alpha) == (pi, beta)
    public = pymap.public(secret)
    assert vrf.output(public, pi, alpha) == beta
    assert vrf.output(public, pi, alpha + b"x") is None
    for bit in range(640):
        flipped = bytearray(pi)
        flipped[bit // 8] ^= 1 << bit % 8
        assert vrf.output(public, bytes(flipped), alpha) is None, bit


def test_vrf_refuses_a_key_of_small_order_and_a_long_s():
    _, _, pi, _ = map(bytes.fromhex, VRF_VECTORS[0])
    for weak in (b"\1" + bytes(31), bytes(32), b"\xec" + b"\xff" * 30 + b"\x7f"):
        assert vrf.output(weak, pi, b"") is None
    s = int.from_bytes(pi[48:], "little") + edwards.ORDER
    public = pymap.public(bytes.fromhex(VRF_VECTORS[0][0]))
    assert vrf.output(public, pi[:48] + s.to_bytes(32, "little"), b"") is None


def test_ed25519_agrees_with_another_library():
    for n in range(24):
        key = Ed25519PrivateKey.from_private_bytes(pylog.sha(b"%d" % n))
        public, message = key.public_key().public_bytes_raw(), bytes(n)
        good = key.sign(message)
        assert edwards.verifies(public, message, good)
        assert not edwards.verifies(public, message + b"x", good)
        high = int.from_bytes(good[32:], "little") + edwards.ORDER
        assert not edwards.verifies(public, message, good[:32] + high.to_bytes(32, "little"))
        for bit in range(n, 512, 24):
            bad = bytearray(good)
            bad[bit // 8] ^= 1 << bit % 8
            assert not edwards.verifies(public, message, bytes(bad))


def test_curve_refuses_what_is_not_the_one_encoding_of_a_point():
    assert edwards.decode((edwards.P + 1).to_bytes(32, "little")) is None
    assert edwards.decode(b"\1" + bytes(30) + b"\x80") is None  # x = 0 with a sign
    assert edwards.decode(edwards.encode(edwards.BASE)) is not None


def test_cbor_has_one_form():
    for value in (0, 23, 24, 255, 256, 65535, 65536, 2**32, 2**64 - 1, b"", b"x" * 300, "Việt", [], [1, [2]], {1: {2: b""}}):
        data = pylog.cbor(value)
        assert cbor.decode(data) == value and cbor.encode(value) == data
        for end in range(len(data)):
            assert fault(cbor.decode, data[:end]) == "cbor-short"
        assert fault(cbor.decode, data + b"\0") == "cbor-slack"
    for bad in ("1817", "190017", "1a0000ffff", "1b00000000ffffffff", "5800", "7f6161ff", "9f01ff", "bf0101ff", "a2020001 00",
                "a20100 0100", "f4", "f6", "fb3ff0000000000000", "20", "3818", "c000", "61ff", "1c", "ff", "81" * 9 + "00"):
        assert fault(cbor.decode, bytes.fromhex(bad)) == "cbor-form", bad


def test_inclusion_and_consistency_of_every_small_tree():
    leaves = tuple(pylog.sha(b"\0%d" % n) for n in range(40))
    for size in range(1, 41):
        root = pylog.mth(leaves[:size])
        for index in range(size):
            path = pylog.inclusion(index, leaves[:size])
            assert tree.root_by_inclusion(index, size, leaves[index], path) == root
            assert fault(tree.root_by_inclusion, index, size, leaves[index], path + [root]) == "proof-path-length"
            if path:
                assert fault(tree.root_by_inclusion, index, size, leaves[index], path[:-1]) == "proof-path-length"
            for other in range(size):
                if other != index:
                    try:
                        assert tree.root_by_inclusion(other, size, leaves[index], path) != root
                    except Fault as caught:
                        assert caught.name == "proof-path-length"
        assert fault(tree.root_by_inclusion, size, size, leaves[0], []) == "proof-index"
        for old in range(1, size + 1):
            path = pylog.consistency(old, leaves[:size])
            before = pylog.mth(leaves[:old])
            assert tree.is_consistent(old, before, size, root, path)
            assert not tree.is_consistent(old, before, size, root, path + [root])
            assert not tree.is_consistent(old, leaves[39], size, root, path)
            assert not tree.is_consistent(old, before, size, leaves[39], path)
            assert not path or not tree.is_consistent(old, before, size, root, path[:-1])


def test_tile_paths():
    for index, name in ((0, "000"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067")):
        assert tree.tile_path(3, index) == f"tile/3/{name}"
        assert tree.parse_tile_path(f"tile/entries/{name}.p/9") == ("entries", index, 9)
    for bad in ("tile/0/00", "tile/0/0000", "tile/0/x001", "tile/00/000", "tile/64/000", "tile/0/000.p/256", "tile/0/000.p/0",
                "tile/0/000.p/07", "tile/-1/000", "tile/entries/x000/001", "tile/0/000.p", "tile/0/000/", "x", "tile/0/٠٠٠"):
        assert tree.parse_tile_path(bad) is None, bad


# --- notes and key files ---


def checkpoint(data):
    return note.checkpoint(data, KEYS, "checkpoint")


def test_notes_are_read_in_one_way():
    good = LOG.note()
    assert checkpoint(good).cosigned.keys() == {b"w1", b"w2"}
    text, signatures = good.split(b"\n\n")
    origin, size, root = text.split(b"\n")
    lines = signatures.splitlines(keepends=True)
    stranger = pylog.Signer("stranger.example", 1, bytes(32)).sign(text.decode() + "\n").encode()

    def signed(changed):
        return changed + b"\n" + LOG.keys.log.sign(changed.decode()).encode()

    for name, bad in [
        ("note-form", good[:-1]), ("note-form", good + b"\n"), ("note-form", text + b"\n" + signatures),
        ("note-form", good.replace(b"\xe2\x80\x94", b"-")), ("note-form", good.replace(b"\n\xe2", b"\r\n\xe2", 1)),
        ("note-form", good[:-2] + b"\n"), ("note-form", text + b"\n\n"), ("note-form", b""), ("note-form", b"\xff" + good),
        ("note-unsigned", text + b"\n\n" + b"".join(lines[1:])), ("note-twice", good + lines[1]), ("note-twice", good + lines[0]),
        ("note-key", good + stranger), ("origin", signed(b"other.example\n1\n" + root + b"\n")),
        ("checkpoint-form", signed(origin + b"\n0" + size + b"\n" + root + b"\n")),
        ("checkpoint-form", signed(origin + b"\n+1\n" + root + b"\n")), ("checkpoint-form", signed(origin + b"\n1\n")),
        ("checkpoint-form", signed(origin + b"\n1\n" + root[:-1] + b"\n")), ("checkpoint-form", signed(text + b"\n\nx\n")),
        ("checkpoint-form", signed(origin + b"\n9223372036854775808\n" + root + b"\n")),
        ("signature", good.replace(size, b"1" + size, 1)),
    ]:
        assert fault(checkpoint, bad) == name, bad


def test_base64_has_one_form():
    good = LOG.note(cosigned=())
    at = len(good.rstrip(b"=\n")) - 1
    # The last digit of 68 bytes says two bits and has four to spare: the next digit says the same two.
    same = good[:at] + bytes([good[at] + 1]) + good[at + 1:]
    word = -len(good) + good.rindex(b" ") + 1
    assert base64.b64decode(same[word:]) == base64.b64decode(good[word:])
    assert fault(checkpoint, same) == "note-form"
    assert note.from_base64(b"AB==") is None and note.from_base64(b"AA==") == b"\0"


def test_key_files_are_read_in_one_way():
    good = LOG.keys.policy()
    witness = LOG.keys.witnesses[0].vkey().encode()
    for name, bad in [
        ("key-form", good[:-1]), ("key-form", good + b"word\n"), ("key-form", good.replace(b"\n", b"\r\n")),
        ("key-quorum", good + b"quorum none\n"), ("key-quorum", good.replace(b"quorum two\n", b"")),
        ("key-log", good.replace(b"log ", b"#log ")), ("key-log", good + b"log " + LOG.keys.log.vkey().encode() + b"\n"),
        ("key-form", good.replace(b"two all w1 w2", b"two 3 w1 w2")), ("key-form", good.replace(b"two all w1 w2", b"two 0 w1 w2")),
        ("key-form", good.replace(b"two all w1 w2", b"two all w1 w1")), ("key-form", good.replace(b"two all w1 w2", b"two all")),
        ("key-form", good.replace(b"group two", b"group none")), ("key-form", good.replace(b"group two", b"group w1")),
        ("key-form", good.replace(b"quorum two", b"quorum three")), ("key-form", good.replace(b"all w1", b"all none w1")),
        ("key-form", good.replace(b"witness w2", b"witness w1")), ("key-form", good + b"witness w3 " + witness + b"\n"),
        ("key-kind", good + b"witness w3 " + LOG.keys.log.vkey().encode() + b"\n"),
        ("key-form", good.replace(LOG.keys.log.id.hex().encode(), b"00000000")),
    ]:
        assert fault(policy.read, bad) == name, bad


def test_groups_count_as_the_policy_says():
    for group, quorum, reached in [
        ("any w1 w2", "two", [(0,), (1,), (0, 1)]), ("all w1 w2", "two", [(0, 1)]), ("2 w1 w2", "two", [(0, 1)]),
        ("1 w1 w2", "two", [(0,), (1,), (0, 1)]), ("all w1 w2", "w2", [(1,), (0, 1)]), ("all w1", "none", [(), (0,), (1,), (0, 1)]),
    ]:
        text = LOG.keys.policy().replace(b"two all w1 w2", b"two " + group.encode())
        keys = policy.read(text.replace(b"quorum two", b"quorum " + quorum.encode()))
        for cosigned in [(), (0,), (1,), (0, 1)]:
            found = note.checkpoint(LOG.note(cosigned=cosigned), keys, "x")
            assert keys.is_reached(found) == (cosigned in reached), (group, quorum, cosigned)


# --- the log ---


def verify(files, seen=None):
    return log.verify(log.Files(files), KEYS, seen)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 64, 255, 256, 257, 513])
def test_honest_logs_of_every_shape(size):
    made = pylog.sample(size)
    report = verify(made.files())
    assert (report.checkpoint.size, report.unsigned) == (size, [])
    for smaller in {0, 1, size // 2, size}:
        if smaller <= size:
            assert verify(made.files(), checkpoint(made.note(smaller))).witnessed.size == size
            assert verify(made.files(witnessed=smaller)).witnessed.size == smaller


def test_narrower_partials_and_unsigned_files_are_no_fault():
    files, small = pylog.sample(300).files(), pylog.sample(270).files()
    both = small | files
    assert verify(both).unsigned == []
    back = both | {name: small[name] for name in ("checkpoint", "witnessed")}
    assert sorted(verify(back).unsigned) == ["tile/0/001.p/44", "tile/entries/001.p/44"]
    for path in ("tile/0/001.p/14", "tile/entries/001.p/14"):
        changed = both[path][:-1] + bytes([both[path][-1] ^ 1])
        assert fault(verify, both | {path: changed}) == "prefix"
        assert fault(verify, both | {path: both[path][:-1]}) in ("bundle-form", "tile-form")
    for path in ("tile/0/001.p/44", "tile/entries/001.p/44"):
        assert fault(verify, back | {path: bytes([back[path][0] ^ 1]) + back[path][1:]}) == "prefix"
    assert fault(verify, both | {"tile/0/001.p/14": b""}) == "tile-form"


def test_what_a_folder_may_not_hold_or_lack():
    files = LOG.files()
    for path in files:
        less = {k: v for k, v in files.items() if k != path}
        assert fault(verify, less) == ("witnessed-missing" if path == "witnessed" else "missing")
    for path in ("index.html", "tile/0/00", "tile/0/000.p/64/x", "checkpoint.old", "tile/64/000", "tile/data/000"):
        assert fault(verify, files | {path: b""}) == "extra"
    assert verify(files | {".new-7": b"half of a file"}).unsigned == []
    assert fault(verify, files | {"tile/.new-7": b""}) == "extra"


def test_witnesses_must_be_of_this_log_and_reach_the_quorum():
    files = LOG.files()
    assert fault(verify, files | {"witnessed": LOG.note(cosigned=(0,))}) == "quorum"
    assert fault(verify, LOG.files(60, 61)) == "witnessed-ahead"
    other = pylog.sample(64, seed=b"other")
    assert fault(verify, files | {"witnessed": other.note(3)}) == "witnessed-root"
    assert verify({k: v for k, v in pylog.sample(0).files().items() if k != "witnessed"}).checkpoint.size == 0


def with_entry(fields):
    """A log whose last entry is this one, all hashes and signatures right."""
    made = pylog.Log()
    made.context(), made.epoch()
    made.append(pylog.Entry(fields))
    return made.files()


def test_entries_have_their_labels_and_no_others():
    call = {0: 2, 2: 5, 3: bytes(16), 18: 0}
    epoch = {0: 2, 1: 2, 2: 5, 30: 0, 31: bytes(32), 32: 0, 33: bytes(32), 34: 2}
    held = {0: 2, 1: 3, 2: 5, 3: bytes(16), 40: 0, 41: 9}
    for good in (call, call | {4: 0}, call | {18: "quota_exceeded"}, epoch, held, {0: 2, 1: 4, 2: 5, 3: bytes(16)}):
        assert verify(with_entry(good)).checkpoint.size == 3
    for bad in (
        call | {0: 1}, call | {1: 0}, call | {1: 5}, call | {1: [1]}, call | {3: bytes(15)}, call | {6: "x"}, call | {23: 0},
        call | {18: 6}, call | {18: [0]}, call | {30: 1}, call | {25: b""}, {k: v for k, v in call.items() if k}, call | {2: "5"},
        {0: 2, 3: bytes(16), 18: 0}, epoch | {31: bytes(31)}, {k: v for k, v in epoch.items() if k != 33}, held | {4: 0},
        call | {"x": 0}, {k: v for k, v in held.items() if k != 41}, {0: 2, 1: 1, 2: 5}, {0: 2, 1: 1, 25: bytes(32)},
    ):
        assert fault(verify, with_entry(bad)) == "entry", bad
    for context in (1, 2, 3, 99):
        assert fault(verify, with_entry(call | {4: context})) == "context"
    assert fault(verify, with_entry(epoch | {30: 3})) == "epoch-covered"
    assert verify(with_entry(epoch | {30: 2})).checkpoint.size == 3


# --- proofs ---


def verify_proof(data):
    return proof.verify(data, KEYS)


def test_every_entry_proves_itself_with_parts_open_or_closed():
    for index, made in enumerate(LOG.entries):
        for shown in (None, (), (1, 5)):
            found = verify_proof(LOG.proof(index, shown=shown))
            assert (found.index, found.entry) == (index, made.fields)
            opened = {k: v[1] for k, v in made.parts.items() if shown is None or k in shown}
            assert found.opened == opened and found.closed == made.parts.keys() - opened.keys()


def test_parts_whose_time_is_over_are_not_shown_and_that_is_said():
    for index, made in enumerate(LOG.entries):
        found = verify_proof(LOG.proof(index, shown=pylog.GONE))
        assert (found.gone, found.opened, found.closed) == (bool(made.parts), {}, set())


def test_each_bit_of_a_proof_matters():
    calls = [i for i, e in enumerate(LOG.entries) if 4 in e.fields and e.parts]
    data = LOG.proof(calls[3], shown=(5,))
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        fault(verify_proof, bytes(flipped))


def test_what_a_proof_may_not_be():
    for name, bad in proofs(LOG):
        assert fault(verify_proof, bad) == name, name


# --- histories ---


def verify_history(said):
    return history.verify(pylog.history_text(said) if isinstance(said, dict) else said, KEYS)


@pytest.mark.parametrize("number", [*pylog.PEOPLE, "000000000000", "111111111111", "222222222222"])
def test_histories_are_complete(number):
    found = verify_history(LOG.history(number))
    about = [i for i, made in enumerate(LOG.entries) if made.about == number and i < found.covered]
    assert [e["index"] for e in found.chain] == about


def test_a_map_of_one_person_and_of_none():
    made = pylog.Log()
    made.context(), made.epoch()
    assert verify_history(made.history(PERSON)).chain == []
    made.call(0, PERSON), made.epoch()
    assert len(verify_history(made.history(PERSON)).chain) == 1
    assert verify_history(made.history(pylog.PEOPLE[0])).chain == []


def test_tampered_histories_are_refused_for_the_right_reason():
    count = 0
    for name, said in histories(LOG, PERSON, pylog.PEOPLE[1]):
        assert fault(verify_history, said) == name
        count += 1
    assert count > 40


def test_an_absence_cannot_be_made_of_somebody_elses_leaf():
    """The leaf shown as standing in the way must lie on the way, and must not be one's own."""
    said = LOG.history(PERSON)
    own = {"key": pymap.key(LOG.keys.vrf_secret, PERSON).hex(),
           "value": pymap.value(said["map"]["count"], bytes.fromhex(said["map"]["link"])).hex()}
    said["map"] |= {"count": 0, "link": "00" * 32, "other": own}
    said["chain"], said["entries"] = [], []
    assert fault(verify_history, said) == "map"
    other = LOG.history(pylog.PEOPLE[1])
    key = pymap.key(LOG.keys.vrf_secret, pylog.PEOPLE[1])
    value = pymap.value(other["map"]["count"], bytes.fromhex(other["map"]["link"]))
    said["map"] = {"count": 0, "link": "00" * 32, "siblings": other["map"]["siblings"],
                   "other": {"key": key.hex(), "value": value.hex()}}
    assert fault(verify_history, said) == "map"


def test_in_a_history_only_parts_that_are_gone_need_not_open_to_the_number():
    said = LOG.history(PERSON)
    index = said["chain"][0]["index"]
    said["entries"] = [LOG.proof(index, shown=pylog.GONE).decode()]
    assert [one.gone for one in verify_history(said).entries] == [True]
    said["entries"] = [LOG.proof(index, shown=(1,)).decode()]
    assert fault(verify_history, said) == "entry-person"


def test_withholdings_say_what_the_chain_says():
    number = LOG.entries[next(iter(LOG.withheld))].about
    said = LOG.history(number)
    held = next(e for e in said["chain"] if "withheld_until" in e)
    verify_history(said)
    held["withheld_until"] += 1
    assert fault(verify_history, said) == "withheld"


def test_an_epoch_that_hides_its_own_end():
    """The chain may not name what the epoch does not cover, even when the map says so."""
    made = pylog.Log()
    context = made.context()
    made.call(context, PERSON), made.call(context, PERSON)
    index = made.epoch()
    fields = made.entries[index].fields | {30: 2}
    made.entries[index] = pylog.Entry(fields)
    assert fault(verify_history, made.history(PERSON)) == "epoch-young"


def test_json_is_read_in_one_way():
    text = pylog.history_text(LOG.history(PERSON, shown=1)).decode()
    link = LOG.history(PERSON)["map"]["link"]
    for bad in (
        text.replace('"number"', '"Number"'), text[:-1] + ', "more": 1}', text.replace('"count": 8', '"count": 8.0'),
        text.replace('"count": 8', '"count": true'), text.replace('"count": 8', '"count": "8"'), text.replace(link, link.upper()),
        text.replace('"count": 8', '"count": 8, "count": 8'), text.replace('"index": ', '"index": -', 1), "[]", "{", "[" * 100_000,
        text.replace(f'"{PERSON}"', PERSON.lstrip("0")), text.replace(PERSON, PERSON[:-1]), text.replace('"count": 8', '"count": NaN'),
    ):
        assert bad != text and fault(verify_history, bad.encode()) == "history-form"


# --- the command ---


def command(*arguments):
    done = subprocess.run([sys.executable, COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout.strip() or done.stderr.strip()


def write(folder, files):
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def test_the_command_speaks_plainly_and_remembers(tmp_path):
    key = tmp_path / "journal.key"
    key.write_bytes(LOG.keys.policy())
    at = write(tmp_path / "log", LOG.files(50))
    assert command("--dir", at, "--key", key) == (0, "honest: 50 entries, witnessed up to 50")
    assert (tmp_path / "journal.key.seen").read_bytes() == LOG.files(50)["checkpoint"]
    newer = write(tmp_path / "newer", LOG.files())
    assert command("--dir", newer, "--key", key)[0] == 0
    assert command("--dir", at, "--key", key) == (1, "the log is shorter than it was: 50 entries, 64 seen before")
    assert command("--dir", at, "--key", key, "--memory", tmp_path / "fresh")[0] == 0
    assert command("--dir", at, "--key", key, "--vi") == (1, "nhật ký ngắn hơn trước: 50 mục, đã từng thấy 64")
    fork = write(tmp_path / "fork", pylog.sample(70, seed=b"fork").files())
    assert command("--dir", fork, "--key", key)[0] == 1
    (at / "link").symlink_to(at / "checkpoint")
    assert command("--dir", at, "--key", key, "--memory", tmp_path / "fresh") == (1, "the file link does not belong to a log")
    (tmp_path / "journal.key.seen").write_bytes(b"x")
    assert command("--dir", newer, "--key", key)[0] == 1
    assert command("--dir", tmp_path / "nothing", "--key", key)[0] == 2
    assert command("--dir", newer, "--key", tmp_path / "nothing")[0] == 2


def test_the_command_reads_proofs_and_histories(tmp_path):
    key, file = tmp_path / "journal.key", tmp_path / "file"
    key.write_bytes(LOG.keys.policy())
    file.write_bytes(LOG.proof(20))
    assert command("--proof", file, "--key", key) == (0, "honest: entry 20 is in the log of 64 entries")
    file.write_bytes(pylog.history_text(LOG.history(PERSON)))
    assert command("--history", file, "--key", key)[0] == 0
    said = LOG.history(PERSON)
    said["chain"].pop(2)
    file.write_bytes(pylog.history_text(said))
    status, words = command("--history", file, "--key", key)
    assert status == 1 and "dropped" in words
    assert not (tmp_path / "journal.key.seen").exists()


def test_every_objection_has_words_in_two_languages():
    for name, (english, vietnamese) in WORDS.items():
        assert english and vietnamese, name
    assert entry.LABELS.keys() == {*range(23), 24, 25, *range(30, 35), 40, 41, 50, 51, 52}
