"""The key file: the log's key, the witnesses' keys, the quorum (C2SP tlog-policy)."""

from dataclasses import dataclass, field

from . import edwards, note
from .words import Fault


@dataclass(frozen=True)
class Key:
    """A key by its name in notes; `label` is a witness's name inside the key file."""

    name: bytes
    id: bytes
    public: bytes
    label: bytes = b""


@dataclass
class Policy:
    log: Key = None
    witnesses: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)
    quorum: bytes = None

    def witness(self, name, id_):
        return next((w for w in self.witnesses.values() if (w.name, w.id) == (name, id_)), None)

    def is_reached(self, checkpoint):
        """Whether the witnesses that cosigned are a quorum."""
        return self.quorum == b"none" or self._has(self.quorum, checkpoint.cosigned)

    def _has(self, name, cosigned):
        if name in self.witnesses:
            return name in cosigned
        least, members = self.groups[name]
        return sum(self._has(member, cosigned) for member in members) >= least


def read(data):
    """Reads a key file, strictly."""
    policy, used = Policy(), set()
    if not data.endswith(b"\n"):
        raise Fault("key-form", line=data.count(b"\n") + 1)
    for number, line in enumerate(data[:-1].split(b"\n"), 1):
        if any(c < 32 and c != 9 or c == 127 for c in line):
            raise Fault("key-form", line=number)
        words = [w for w in line.replace(b"\t", b" ").split(b" ") if w]
        if words and not words[0].startswith(b"#"):
            _line(policy, words, number, used)
    if not policy.log:
        raise Fault("key-log")
    if policy.quorum is None:
        raise Fault("key-quorum")
    return policy


def _line(policy, words, number, used):
    kind, wrong = words[0], Fault("key-form", line=number)
    if kind == b"log" and len(words) in (2, 3):
        if policy.log:
            raise Fault("key-log")
        policy.log = _key(words[1], note.LOG, number)
    elif kind == b"witness" and len(words) in (3, 4):
        _new(policy, words[1], wrong)
        key = _key(words[2], note.WITNESS, number, words[1])
        if any(w.public == key.public for w in policy.witnesses.values()):
            raise wrong
        policy.witnesses[words[1]] = key
    elif kind == b"group" and len(words) >= 4:
        _new(policy, words[1], wrong)
        members = words[3:]
        for member in members:
            if member in used or not _known(policy, member):
                raise wrong
            used.add(member)
        least = {b"any": 1, b"all": len(members)}.get(words[2]) or note.from_decimal(words[2])
        if not least or least > len(members):
            raise wrong
        policy.groups[words[1]] = least, members
    elif kind == b"quorum" and len(words) == 2:
        if policy.quorum is not None:
            raise Fault("key-quorum")
        if words[1] != b"none" and not _known(policy, words[1]):
            raise wrong
        policy.quorum = words[1]
    else:
        raise wrong


def _known(policy, name):
    return name in policy.witnesses or name in policy.groups


def _new(policy, name, wrong):
    if name == b"none" or _known(policy, name):
        raise wrong


def _key(vkey, kind, number, label=b""):
    """`<name>+<key id, hex>+<base64 of kind and public key>`."""
    parts = vkey.split(b"+", 2)
    raw = note.from_base64(parts[2]) if len(parts) == 3 else None
    if not raw or not note.is_key_name(parts[0]):
        raise Fault("key-form", line=number)
    if raw[0] != kind or len(raw) != 33:
        raise Fault("key-kind", line=number)
    id_ = note.key_id(parts[0], kind, raw[1:])
    if id_.hex().encode() != parts[1] or edwards.decode(raw[1:]) is None:
        raise Fault("key-form", line=number)
    return Key(parts[0], id_, raw[1:], label)
