"""The whole log: rules 1 to 6 of the format."""

from dataclasses import dataclass, field
from pathlib import Path

from . import entry, note, tree
from .words import Fault

# What is still being written stands under such a name at the top of the folder.
UNFINISHED = ".new-"


@dataclass
class Report:
    """What an honest log is: its checkpoint, how far witnesses signed, and which files are not signed yet."""

    checkpoint: note.Checkpoint
    witnessed: note.Checkpoint = None
    unsigned: list = field(default_factory=list)


class Folder:
    """The files of a folder."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def paths(self):
        for path in self.folder.rglob("*"):
            if path.is_symlink() or not path.is_dir():
                yield path.relative_to(self.folder).as_posix()

    def read(self, path):
        """The bytes of a file; None when there is no such file."""
        at = self.folder / path
        if at.is_symlink():
            raise Fault("extra", path=path)
        try:
            return at.read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            raise Fault("unreadable", path=path) from None


class Files(dict):
    """The same from memory: path → bytes."""

    def paths(self):
        return iter(self)

    def read(self, path):
        return self.get(path)


def verify(files, policy, seen=None):
    """Gives a `Report`, or raises what is wrong. `seen` is the largest checkpoint accepted before."""
    raw = files.read("witnessed")  # before the checkpoint, which a living log moves on
    checkpoint = note.checkpoint(_must(files, "checkpoint"), policy, "checkpoint")
    witnessed = None
    if raw is not None:
        witnessed = note.checkpoint(raw, policy, "witnessed")
        if not policy.is_reached(witnessed):
            raise Fault("quorum", what="witnessed")
        if witnessed.size > checkpoint.size:
            raise Fault("witnessed-ahead")
    elif checkpoint.size and policy.quorum != b"none":
        raise Fault("witnessed-missing")
    if seen and seen.size > checkpoint.size:
        raise Fault("memory-older", size=checkpoint.size, seen=seen.size)

    asked = {c.size for c in (checkpoint, witnessed, seen) if c}
    roots, needed = _entries(files, checkpoint.size, asked)
    if roots[checkpoint.size] != checkpoint.root:
        raise Fault("root")
    if witnessed and roots[witnessed.size] != witnessed.root:
        raise Fault("witnessed-root")
    if seen and roots[seen.size] != seen.root:
        raise Fault("memory-fork", seen=seen.size)
    return Report(checkpoint, witnessed, _others(files, checkpoint.size, needed))


def _must(files, path):
    data = files.read(path)
    if data is None:
        raise Fault("missing", path=path)
    return data


def _entries(files, size, asked):
    """Reads bundle after bundle beside its tile; gives the roots of the asked sizes and the paths that a log of this size has."""
    grown, contexts, needed = tree.Tiles(), set(), {"checkpoint", "witnessed"}
    roots = {0: tree.EMPTY}
    for number in range((size + tree.TILE - 1) // tree.TILE):
        width = min(tree.TILE, size - number * tree.TILE)
        path = tree.tile_path("entries", number, width)
        needed.add(path)
        bundle = split(_must(files, path), width, path)
        hashes = _tile(files, 0, number, width, needed)
        for at, data in enumerate(bundle):
            index = grown.size
            hash_ = tree.leaf_hash(data)
            if hash_ != hashes[at]:
                raise Fault("leaf", index=index)
            _entry(index, data, contexts)
            for level, above, below in grown.append(hash_):
                if level:
                    _agrees(files, level, above, below, needed)
            if grown.size in asked:
                roots[grown.size] = grown.root()
    for level, index, below in grown.partial():
        if level:
            _agrees(files, level, index, below, needed)
    return roots, needed


def _entry(index, data, contexts):
    found = entry.at(index, data)
    if entry.kind(found) == entry.CONTEXT:
        contexts.add(index)
    if 4 in found and found[4] not in contexts:
        raise Fault("context", index=index)


def split(data, width, path):
    """The entries of a bundle, exactly so many."""
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at:at + 2], "big")
        if end > len(data) or at + 2 > len(data):
            raise Fault("bundle-form", path=path, width=width)
        entries.append(data[at + 2:end])
        at = end
    if len(entries) != width:
        raise Fault("bundle-form", path=path, width=width)
    return entries


def _tile(files, level, index, width, needed):
    path = tree.tile_path(level, index, width)
    needed.add(path)
    data = _must(files, path)
    if len(data) != 32 * width:
        raise Fault("tile-form", path=path, width=width)
    return [data[i:i + 32] for i in range(0, len(data), 32)]


def _agrees(files, level, index, hashes, needed):
    if _tile(files, level, index, len(hashes), needed) != hashes:
        raise Fault("tile", path=tree.tile_path(level, index, len(hashes)))


def _others(files, size, needed):
    """Looks at every further file: a narrower one must be a part of its wider one; gives those beyond the size."""
    unsigned = []
    for path in files.paths():
        if path in needed or path.startswith(UNFINISHED) and "/" not in path:
            continue
        found = tree.parse_tile_path(path)
        if found is None:
            raise Fault("extra", path=path)
        kind, index, width = found
        signed = size if kind == "entries" else size >> 8 * kind
        known = min(tree.TILE, signed - index * tree.TILE)
        if known > 0:
            wider = _must(files, tree.tile_path(kind, index, known))
            data = files.read(path)
            if data is None:  # tidied away meanwhile
                continue
            if not (wider.startswith(data) if width < known else data.startswith(wider)):
                raise Fault("prefix", path=path)
            if kind == "entries" and width < known:
                split(data, width, path)
            elif width < known and len(data) != 32 * width:
                raise Fault("tile-form", path=path, width=width)
        if width > known:
            unsigned.append(path)
    return unsigned
