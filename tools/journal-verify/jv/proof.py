"""The proof of one entry (C2SP tlog-proof with the journal's `extra`)."""

import hashlib
from dataclasses import dataclass

from . import cbor, entry, note, tree
from .words import Fault

HEADER = b"c2sp.org/tlog-proof@v1"
ENTRY, PARTS, CONTEXT_INDEX, CONTEXT, CONTEXT_PATH = 1, 2, 3, 4, 5


@dataclass
class Proof:
    """What a proof proves. `opened`: label → value; `closed`: labels of parts that are not shown; `gone`: it has parts, and their time is over."""

    index: int
    leaf: bytes
    entry: dict
    context: dict
    opened: dict
    closed: set
    gone: bool
    checkpoint: note.Checkpoint


def verify(data, policy, what="proof"):
    """Checks all of a proof; gives a `Proof` or raises what is wrong."""
    extra, index, path, raw = _read(data, what)
    checkpoint = note.checkpoint(raw, policy, what)
    if not policy.is_reached(checkpoint):
        raise Fault("quorum", what=what)
    leaf = tree.leaf_hash(extra[ENTRY])
    if tree.root_by_inclusion(index, checkpoint.size, leaf, path) != checkpoint.root:
        raise Fault("proof-root")
    found = entry.at(index, extra[ENTRY])
    opened, closed = _parts(extra.get(PARTS), found.get(25))
    context = _context(extra, index, found, checkpoint, what)
    gone = 25 in found and PARTS not in extra
    return Proof(index, leaf, found, context, opened, closed, gone, checkpoint)


def _read(data, what):
    head, blank, raw = data.partition(b"\n\n")
    lines = head.split(b"\n")
    if not blank or len(lines) < 3 or lines[0] != HEADER:
        raise Fault("proof-form", what=what, why="header")
    if not lines[1].startswith(b"extra "):
        raise Fault("proof-form", what=what, why="extra")
    packed = note.from_base64(lines[1][6:])
    index = note.from_decimal(lines[2][6:]) if lines[2].startswith(b"index ") else None
    path = [note.from_base64(line, 32) for line in lines[3:]]
    if packed is None or index is None or None in path:
        raise Fault("proof-form", what=what, why="base64" if index is not None else "index")
    return _extra(packed, what), index, path, raw


def _extra(packed, what):
    try:
        extra = cbor.decode(packed)
    except Fault as fault:
        raise Fault("proof-form", what=what, why=fault) from None
    kinds = {ENTRY: bytes, PARTS: dict, CONTEXT_INDEX: int, CONTEXT: bytes, CONTEXT_PATH: list}
    if not isinstance(extra, dict) or ENTRY not in extra:
        raise Fault("proof-form", what=what, why="extra")
    for label, value in extra.items():
        if label not in kinds or not isinstance(value, kinds[label]):
            raise Fault("proof-form", what=what, why="extra")
    return extra


def _parts(parts, root):
    """Opens what is shown; label 25 fixes all of it. Of parts that are gone, nothing is shown."""
    if root is not None and parts is None:
        return {}, set()
    if root is None:
        if parts is not None:
            raise Fault("proof-parts")
        return {}, set()
    opened, commitments = {}, {}
    for label, part in parts.items():
        if label not in entry.PARTS:
            raise Fault("proof-parts")
        if isinstance(part, list):
            if len(part) != 2 or not isinstance(part[0], bytes) or len(part[0]) != 16 or not isinstance(part[1], str):
                raise Fault("proof-parts")
            opened[label] = part[1]
            part = hashlib.sha256(cbor.encode([label, *part])).digest()
        if not isinstance(part, bytes) or len(part) != 32:
            raise Fault("proof-parts")
        commitments[label] = part
    if not commitments or hashlib.sha256(cbor.encode(commitments)).digest() != root:
        raise Fault("proof-parts")
    return opened, commitments.keys() - opened.keys()


def _context(extra, index, found, checkpoint, what):
    named = {CONTEXT_INDEX, CONTEXT, CONTEXT_PATH} & extra.keys()
    if 4 not in found:
        if named:
            raise Fault("proof-context")
        return None
    if len(named) != 3 or extra[CONTEXT_INDEX] != found[4] or found[4] >= index:
        raise Fault("proof-context")
    path = extra[CONTEXT_PATH]
    if not all(isinstance(hash_, bytes) and len(hash_) == 32 for hash_ in path):
        raise Fault("proof-form", what=what, why="extra")
    leaf = tree.leaf_hash(extra[CONTEXT])
    if tree.root_by_inclusion(found[4], checkpoint.size, leaf, path) != checkpoint.root:
        raise Fault("proof-context")
    context = entry.at(found[4], extra[CONTEXT])
    if entry.kind(context) != entry.CONTEXT:
        raise Fault("proof-context")
    return context
