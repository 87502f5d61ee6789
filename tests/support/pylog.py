"""Writes honest logs, proofs and histories by docs/journal-format.md, for tests of everything that reads them.

Deterministic: the same seed writes the same bytes. Shares no code with the verifiers but the curve's arithmetic.
"""

import base64
import hashlib
import json
import struct
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from support import pymap

ORIGIN = "journal.example/dancu"
START_US = 1_795_000_000_000_000
EMPTY = hashlib.sha256(b"").digest()

# Parts whose time is over.
GONE = object()


def cbor(value):
    """RFC 8949 section 4.2.1, for what entries are made of."""
    if isinstance(value, int):
        return _head(0, value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(cbor(item) for item in value)
    return _head(5, len(value)) + b"".join(k + v for k, v in sorted((cbor(k), cbor(v)) for k, v in value.items()))


def _head(major, number):
    if number < 24:
        return bytes([major * 32 + number])
    width = next(w for w in (1, 2, 4, 8) if number < 256**w)
    return bytes([major * 32 + {1: 24, 2: 25, 4: 26, 8: 27}[width]]) + number.to_bytes(width, "big")


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def b64(data):
    return base64.b64encode(data).decode()


class Signer:
    """A key with a name in notes."""

    def __init__(self, name, kind, seed):
        self.name, self.kind = name, kind
        self.key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = sha(name.encode(), b"\n", bytes([kind]), self.public)[:4]

    def vkey(self):
        return f"{self.name}+{self.id.hex()}+{b64(bytes([self.kind]) + self.public)}"

    def line(self, signature):
        return f"— {self.name} {b64(self.id + signature)}\n"

    def sign(self, text):
        return self.line(self.key.sign(text.encode()))

    def cosign(self, text, time):
        signature = self.key.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        return self.line(struct.pack(">Q", time) + signature)


class Keys:
    """The log's key, two witnesses, the key of the map."""

    def __init__(self, seed=b"keys", quorum="two"):
        self.log = Signer(ORIGIN, 1, sha(seed, b"log"))
        self.witnesses = [Signer(f"witness.example/w{n}", 4, sha(seed, b"w%d" % n)) for n in (1, 2)]
        self.vrf_secret = sha(seed, b"vrf")
        self.quorum = quorum

    def policy(self):
        """The key file."""
        lines = ["# the journal and who watches it", f"log {self.log.vkey()}", ""]
        lines += [f"witness w{n} {w.vkey()} https://w{n}.example/" for n, w in enumerate(self.witnesses, 1)]
        lines += ["group two all w1 w2", f"quorum {self.quorum}"]
        return ("\n".join(lines) + "\n").encode()

    def note(self, size, root, cosigned=(), time=START_US // 10**6):
        """A checkpoint signed by the log, and by the witnesses of these numbers."""
        text = f"{ORIGIN}\n{size}\n{b64(root)}\n"
        lines = [self.log.sign(text)] + [self.witnesses[n].cosign(text, time + n) for n in cosigned]
        return (text + "\n" + "".join(lines)).encode()


class Entry:
    """An entry with what is kept beside it. `parts`: label → [salt, value]."""

    def __init__(self, fields, parts=None, about=None):
        self.parts, self.about = parts or {}, about
        if self.parts:
            fields = fields | {25: sha(cbor({k: commitment(k, *v) for k, v in self.parts.items()}))}
        self.fields, self.encoded = fields, cbor(fields)


def commitment(label, salt, value):
    return sha(cbor([label, salt, value]))


class Log:
    """A log in memory. All of its methods that write files take a size, so that its earlier states can be had."""

    def __init__(self, keys=None, seed=b"log"):
        self.keys, self.seed = keys or Keys(), seed
        self.entries, self.chains, self.withheld, self.maps = [], {}, {}, {}
        self._drawn = 0

    def draw(self, width):
        """Bytes that nobody can guess, but for this test."""
        self._drawn += 1
        return sha(self.seed, b"%d" % self._drawn)[:width]

    # --- growing ---

    def append(self, entry):
        index = len(self.entries)
        self.entries.append(entry)
        if entry.about:
            self.chains.setdefault(entry.about, []).append((index, sha(b"\0", entry.encoded)))
        _roots.cache_clear()
        return index

    def _parts(self, values):
        return {label: [self.draw(16), value] for label, value in values.items()}

    def _time(self):
        return START_US + len(self.entries) * 1_250_000

    def context(self, account=1):
        return self.append(Entry({
            0: 2, 1: 1, 5: "rest", 6: "verify", 7: "1.004227", 8: "TTHC-1", 9: "htmc", 10: f"account-{account}",
            11: "officer", 12: "H55.242", 13: "UBND phường Hồng Bàng", 14: self.draw(32), 15: 31, 16: 7,
            21: 12, 22: "agreement-1",
        }))

    def call(self, context, number, case="H55.242-261121-0007"):
        values = {0: f"T{len(self.entries)}", 1: "031085001234", 2: case, 3: "Đăng ký thường trú", 4: "10.1.2.3", 5: number}
        return self.append(Entry({
            0: 2, 2: self._time(), 3: self.draw(16), 4: context, 17: {0: 0, 1: 1}, 18: len(self.entries) % 6,
            19: [120, 80, 5, 900], 20: self.draw(32),
        }, self._parts(values), number))

    def refusal(self, context):
        """A call that came to nothing, about nobody."""
        return self.append(Entry({0: 2, 2: self._time(), 3: self.draw(16), 4: context, 18: "quota_exceeded"}))

    def withhold(self, index, until):
        number = self.entries[index].about
        self.withheld[index] = until
        parts = self._parts({5: number, 7: "Quyết định 12/QĐ-CQĐT"})
        return self.append(Entry({0: 2, 1: 3, 2: self._time(), 3: self.draw(16), 40: index, 41: until}, parts, number))

    def act(self):
        return self.append(Entry({0: 2, 1: 4, 2: self._time(), 3: self.draw(16), 50: 0, 51: 1, 52: "exchange-2y"}))

    def epoch(self, covered=None):
        covered = len(self.entries) if covered is None else covered
        heads = {}
        for number in self.chains:
            chain = self.chain(number, covered)
            if chain:
                heads[pymap.key(self.keys.vrf_secret, number)] = pymap.value(len(chain), pymap.links(chain)[-1])
        index = self.append(Entry({
            0: 2, 1: 2, 2: self._time(), 30: covered, 31: pymap.root(heads), 32: len(heads),
            33: pymap.public(self.keys.vrf_secret), 34: len(self.maps) + 1,
        }))
        self.maps[index] = covered, heads
        return index

    def chain(self, number, covered):
        return [(index, leaf) for index, leaf in self.chains.get(number, []) if index < covered]

    # --- files ---

    def leaves(self):
        return tuple(sha(b"\0", entry.encoded) for entry in self.entries)

    def root(self, size=None):
        return mth(self.leaves()[:size])

    def note(self, size=None, cosigned=(0, 1)):
        size = len(self.entries) if size is None else size
        return self.keys.note(size, self.root(size), cosigned)

    def files(self, size=None, witnessed=None):
        """Path → bytes of the log at this size; `witnessed` at its own size, the same unless told, None at -1."""
        size = len(self.entries) if size is None else size
        witnessed = size if witnessed is None else witnessed
        found = {"checkpoint": self.note(size, ())} | tiles([e.encoded for e in self.entries[:size]])
        if witnessed >= 0:
            found["witnessed"] = self.note(witnessed)
        return found

    # --- proofs ---

    def path(self, index, size):
        return inclusion(index, self.leaves()[:size])

    def extra(self, index, size, shown=None):
        """The map of the `extra` line; `shown` are the parts that are opened, all unless told; `GONE`: nothing of any part."""
        entry = self.entries[index]
        extra = {1: entry.encoded}
        if entry.parts and shown is not GONE:
            extra[2] = {
                label: part if shown is None or label in shown else commitment(label, *part)
                for label, part in entry.parts.items()
            }
        if 4 in entry.fields:
            at = entry.fields[4]
            extra |= {3: at, 4: self.entries[at].encoded, 5: self.path(at, size)}
        return extra

    def proof(self, index, size=None, shown=None, cosigned=(0, 1)):
        size = len(self.entries) if size is None else size
        return proof_text(self.extra(index, size, shown), index, self.path(index, size), self.note(size, cosigned))

    def history(self, number, size=None, shown=50, cosigned=(0, 1)):
        """The history up to the newest epoch, as an object; the newest `shown` entries have proofs."""
        size = len(self.entries) if size is None else size
        epoch = max(index for index in self.maps if index < size)
        covered, heads = self.maps[epoch]
        chain = self.chain(number, covered)
        elements = [{"index": index, "leaf": leaf.hex()} for index, leaf in chain]
        for element in elements:
            if element["index"] in self.withheld:
                element["withheld_until"] = self.withheld[element["index"]]
        open_ones = [index for index, _ in chain if index not in self.withheld]
        key, proof = pymap.prove(self.keys.vrf_secret, number)
        place = pymap.place(heads, key)
        head = {"count": len(chain), "link": pymap.links(chain)[-1].hex() if chain else bytes(32).hex()}
        return {
            "number": number,
            "vrf": {"key": pymap.public(self.keys.vrf_secret).hex(), "proof": proof.hex()},
            "map": head | place,
            "epoch": self.proof(epoch, size, cosigned=cosigned).decode(),
            "chain": elements,
            "entries": [self.proof(i, size, cosigned=cosigned).decode() for i in open_ones[-shown:]] if shown else [],
        }


def proof_text(extra, index, path, note):
    lines = ["c2sp.org/tlog-proof@v1", f"extra {b64(cbor(extra))}", f"index {index}", *map(b64, path), "", ""]
    return "\n".join(lines).encode() + note


def history_text(history):
    return json.dumps(history, ensure_ascii=False).encode()


def bundle(entries):
    return b"".join(struct.pack(">H", len(e)) + e for e in entries)


def tiles(entries):
    """Tiles and bundles of a log with these entries, as tlog-tiles says, by its own definition of each hash."""
    leaves, found = tuple(sha(b"\0", e) for e in entries), {}
    for start in range(0, len(entries), 256):
        part = entries[start:start + 256]
        found[_path("entries", start // 256, len(part))] = bundle(part)
    level, span = 0, 1
    while len(leaves) >= span:
        hashes = [mth(leaves[at:at + span]) for at in range(0, len(leaves) - span + 1, span)]
        for start in range(0, len(hashes), 256):
            part = hashes[start:start + 256]
            found[_path(level, start // 256, len(part))] = b"".join(part)
        level, span = level + 1, span * 256
    return found


def _path(kind, index, width):
    digits = f"{index:0{(len(str(index)) + 2) // 3 * 3}d}"
    groups = [digits[at:at + 3] for at in range(0, len(digits), 3)]
    name = "/".join([f"x{g}" for g in groups[:-1]] + groups[-1:])
    return f"tile/{kind}/{name}" + (f".p/{width}" if width < 256 else "")


@lru_cache(1 << 16)
def _roots(leaves):
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1", _roots(leaves[:half]), _roots(leaves[half:]))


def mth(leaves):
    """RFC 6962 section 2.1, over leaf hashes."""
    return _roots(tuple(leaves)) if leaves else EMPTY


def inclusion(index, leaves):
    """RFC 6962 section 2.1.1, from the leaf upwards."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return inclusion(index, leaves[:half]) + [mth(leaves[half:])]
    return inclusion(index - half, leaves[half:]) + [mth(leaves[:half])]


def consistency(old, leaves, whole=True):
    """RFC 6962 section 2.1.2."""
    if old == len(leaves):
        return [] if whole else [mth(leaves)]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= half:
        return consistency(old, leaves[:half], whole) + [mth(leaves[half:])]
    return consistency(old - half, leaves[half:], False) + [mth(leaves[:half])]


PEOPLE = ["031085001234", "079190123456", "001170000001", "048201999999", "092099000007"]
FAR = START_US + 10 * 365 * 86_400 * 10**6


def sample(size, keys=None, seed=b"sample"):
    """A log of this many entries with all kinds of them."""
    log, context, last_call = Log(keys, seed), 0, None
    while len(log.entries) < size:
        index = len(log.entries)
        if index % 13 == 0:
            context = log.context(index)
        elif index % 17 == 9 and last_call is not None:
            log.withhold(last_call, FAR)
        elif index % 11 == 10:
            log.epoch()
        elif index % 19 == 16:
            log.act()
        elif index % 7 == 5:
            log.refusal(context)
        else:
            last_call = log.call(context, PEOPLE[index % len(PEOPLE)])
    return log
