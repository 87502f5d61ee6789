"""The Merkle tree of RFC 6962 section 2.1, its inclusion and consistency proofs (checked as RFC 9162 section 2.1 says), and tile paths."""

import hashlib

from .words import Fault

EMPTY = hashlib.sha256(b"").digest()
TILE = 256
HIGHEST = 63


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes):
    """The root over these hashes; all but the last may be full subtrees of one size, the last a smaller one."""
    level = hashes
    if not level:
        return EMPTY
    while len(level) > 1:
        above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) & 1:
            above.append(level[-1])
        level = above
    return level[0]


class Tiles:
    """A tree that grows leaf by leaf and keeps, of each level, the hashes of its last tile."""

    def __init__(self):
        self.size = 0
        self.levels = []

    def append(self, leaf):
        """Gives the tiles that this leaf makes full: (level, index of the tile, its hashes)."""
        full, level, hash_ = [], 0, leaf
        position = self.size
        self.size += 1
        while True:
            if level == len(self.levels):
                self.levels.append([])
            pending = self.levels[level]
            pending.append(hash_)
            if len(pending) < TILE:
                return full
            position //= TILE
            full.append((level, position, pending))
            self.levels[level] = []
            hash_ = root_of(pending)
            level += 1

    def root(self):
        """The root over all leaves so far."""
        root = None
        for pending in self.levels:
            root = root_of(pending + [root] if root else pending) if pending or root else None
        return root or EMPTY

    def partial(self):
        """The tiles at the right edge that are not full: (level, index of the tile, its hashes)."""
        at = self.size
        for level, pending in enumerate(self.levels):
            at //= TILE
            if pending:
                yield level, at, pending


def root_by_inclusion(index, size, leaf, path):
    """The root that this leaf and path lead to (RFC 9162 section 2.1.3.2)."""
    if index >= size:
        raise Fault("proof-index")
    node, last, hash_ = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Fault("proof-path-length")
        if node & 1 or node == last:
            hash_ = node_hash(sibling, hash_)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            hash_ = node_hash(hash_, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise Fault("proof-path-length")
    return hash_


def is_consistent(old_size, old_root, size, root, path):
    """Whether the tree of `old_size` is the beginning of the other (RFC 9162 section 2.1.4.2)."""
    if old_size > size:
        return False
    if old_size == size:
        return old_root == root and not path
    if old_size == 0:
        return old_root == EMPTY and not path
    path = list(path)
    if old_size & old_size - 1 == 0:
        path.insert(0, old_root)
    if not path:
        return False
    first, last = old_size - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and old == old_root and new == root


def tile_path(kind, index, width=TILE):
    """`tile/<kind>/<index>[.p/<width>]`, kind a level or `entries` (C2SP tlog-tiles)."""
    groups = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03d}")
    return f"tile/{kind}/{'/'.join(groups)}" + (f".p/{width}" if width < TILE else "")


def parse_tile_path(path):
    """(kind, index, width) of a path that is exactly what `tile_path` writes; None of any other."""
    kind, _, rest = path.removeprefix("tile/").partition("/")
    name, partial, width = rest.partition(".p/")
    digits = name.replace("/", "").replace("x", "")
    try:
        kind = kind if kind == "entries" else int(kind)
        found = kind, int(digits), int(width) if partial else TILE
    except ValueError:
        return None
    is_level = kind == "entries" or 0 <= kind <= HIGHEST
    return found if is_level and found[2] >= 1 and tile_path(*found) == path else None
