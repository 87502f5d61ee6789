"""Signed notes, checkpoints and cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature)."""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field

from . import edwards
from .words import Fault

LOG, WITNESS = 0x01, 0x04
LONGEST = 1 << 16
DASH = "— ".encode()


@dataclass
class Checkpoint:
    """What a note said, all its signatures checked. `cosigned`: witness → seconds since 1970."""

    origin: bytes
    size: int
    root: bytes
    text: bytes
    note: bytes
    cosigned: dict = field(default_factory=dict)


def from_base64(text, width=None):
    """The bytes of the one base64 form of them, or None."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    if base64.b64encode(data) != bytes(text) or (width is not None and len(data) != width):
        return None
    return data


def from_decimal(text):
    """A number below 2^63 as it is written in one way, or None."""
    if not text.isdigit() or not text.isascii() or len(text) > 19 or (text[:1] == b"0" and text != b"0"):
        return None
    number = int(text)
    return number if number < 1 << 63 else None


def key_id(name, kind, public):
    return hashlib.sha256(name + b"\n" + bytes([kind]) + public).digest()[:4]


def is_key_name(name):
    try:
        text = name.decode()
    except UnicodeDecodeError:
        return False
    return bool(text) and "+" not in text and not any(c.isspace() for c in text)


def split(note, what):
    """The text of a note and its signature lines: (name, key id, signature)."""
    try:
        characters = note.decode("utf-8")
    except UnicodeDecodeError:
        raise Fault("note-form", what=what) from None
    at = note.rfind(b"\n\n")
    if at < 0 or len(note) > LONGEST or any(c < " " and c != "\n" for c in characters):
        raise Fault("note-form", what=what)
    text, rest = note[:at + 1], note[at + 2:]
    if not rest.endswith(b"\n"):
        raise Fault("note-form", what=what)
    signatures = []
    for line in rest[:-1].split(b"\n"):
        words = line.removeprefix(DASH).split(b" ")
        raw = from_base64(words[1]) if line.startswith(DASH) and len(words) == 2 else None
        if raw is None or len(raw) < 5 or not is_key_name(words[0]):
            raise Fault("note-form", what=what)
        signatures.append((words[0], raw[:4], raw[4:]))
    return text, signatures


def checkpoint(note, policy, what):
    """Reads and checks a checkpoint: rule 1 of the format. Whether a quorum is reached is the caller's business."""
    text, signatures = split(note, what)
    lines = text.split(b"\n")[:-1]
    if len(lines) < 3 or not all(lines):
        raise Fault("checkpoint-form", what=what)
    size, root = from_decimal(lines[1]), from_base64(lines[2], 32)
    if size is None or root is None:
        raise Fault("checkpoint-form", what=what)
    if lines[0] != policy.log.name:
        raise Fault("origin", what=what)
    found = Checkpoint(lines[0], size, root, text, note)
    seen = set()
    for name, id_, signature in signatures:
        if (name, id_) in seen:
            raise Fault("note-twice", what=what)
        seen.add((name, id_))
        witness = policy.witness(name, id_)
        if (name, id_) == (policy.log.name, policy.log.id):
            good = edwards.verifies(policy.log.public, text, signature)
        elif witness:
            good = cosigned(found, witness, signature)
        else:
            raise Fault("note-key", what=what)
        if not good:
            raise Fault("signature", what=what, by=name.decode())
    if (policy.log.name, policy.log.id) not in seen:
        raise Fault("note-unsigned", what=what)
    return found


def cosigned(found, witness, signature):
    """Checks a cosignature and notes its time."""
    time = int.from_bytes(signature[:8], "big")
    if len(signature) != 72 or time >= 1 << 63:
        return False
    found.cosigned[witness.label] = time
    return edwards.verifies(witness.public, b"cosignature/v1\ntime %d\n" % time + found.text, signature[8:])
