"""Everything that can be done to a small log: by whoever has its files, and by the operator, who has its key as well.

An attack is its kind and a function that makes it: files, the checkpoint that the verifier remembers (or None), the key file.
"""

from support import pylog


class Honest:
    """A log of this size, and what is made of it again and again."""

    def __init__(self, size):
        self.size = size
        self.keys = pylog.Keys()
        self.log = pylog.sample(size, self.keys)
        self.entries = [entry.encoded for entry in self.log.entries]
        self.files = self.log.files()
        self.key = self.keys.policy()
        self.lone_key = pylog.Keys(quorum="none").policy()
        self.bundle = next((path for path in self.files if path.startswith("tile/entries/")), None)

    def signed(self, entries, cosigned=()):
        return self.keys.note(len(entries), pylog.mth([pylog.sha(b"\0", e) for e in entries]), cosigned)


def bits(honest, step=1, start=0, paths=None):
    """Each bit of each stored file flipped."""
    place = 0
    for path, data in honest.files.items():
        if paths and path not in paths:
            continue
        for bit in range(len(data) * 8):
            place += 1
            if (place - 1 - start) % step == 0:
                yield f"bit of {path.split('.')[0]}", _flip(honest, path, bit)


def _flip(honest, path, bit):
    def make():
        data = bytearray(honest.files[path])
        data[bit // 8] ^= 1 << bit % 8
        return honest.files | {path: bytes(data)}, None, honest.key

    return make


def cuts(honest):
    """Each stored file gone, cut at each length, or with something behind it."""
    for path, data in honest.files.items():
        yield "file removed", _with(honest, {path: None})
        for length in range(len(data)):
            yield "file cut", _with(honest, {path: data[:length]})
        yield "file longer", _with(honest, {path: data + b"\0"})
        yield "file longer", _with(honest, {path: data + data[-32:]})
    yield "file added", _with(honest, {"tile/0/000.old": b""})


def _with(honest, changed, seen=None, key=None):
    def make():
        files = honest.files | changed
        return {path: data for path, data in files.items() if data is not None}, seen, key or honest.key

    return make


def structure(honest):
    """Entries deleted, duplicated, swapped, altered, cut off, by four hands each."""
    size, entries = honest.size, honest.entries
    for at in range(size):
        yield from _by_all(honest, "deleted", entries[:at] + entries[at + 1:])
        yield from _by_all(honest, "duplicated", entries[:at + 1] + entries[at:])
        yield from _by_all(honest, "duplicated", entries[:at] + entries[at + 1:] + [entries[at]] * 2)
        yield from _by_all(honest, "altered", entries[:at] + [_altered(entries[at])] + entries[at + 1:])
        yield from _by_all(honest, "truncated", entries[:at])
        for other in {at + 1, size - 1}:
            if at < other < size:
                swapped = list(entries)
                swapped[at], swapped[other] = swapped[other], swapped[at]
                yield from _by_all(honest, "swapped", swapped)


def _altered(entry):
    """Another entry that is well-formed: a later time, or another text."""
    at = entry.rfind(b"\x1b\0\6") + 8 if b"\x1b\0\6" in entry else len(entry) - 1
    return entry[:at] + bytes([entry[at] ^ 1]) + entry[at + 1:]


def _by_all(honest, kind, entries):
    bundle = pylog.bundle(entries)

    def recomputed(seen=None, key=None, **more):
        def make():
            files = pylog.tiles(entries) | {"checkpoint": honest.files["checkpoint"], "witnessed": honest.files["witnessed"]}
            files |= {path: write() for path, write in more.items()}
            return {path: data for path, data in files.items() if data is not None}, seen, key or honest.key

        return make

    def signed():
        return honest.signed(entries)

    yield f"{kind}, tiles left", _with(honest, {honest.bundle: bundle})
    yield f"{kind}, tiles recomputed", recomputed()
    if entries[:honest.size] == honest.entries:
        return  # its last entry once more, signed: that is a longer log, not a false one
    yield f"{kind}, signed anew", recomputed(checkpoint=signed)
    yield f"{kind}, signed anew, unwitnessed", recomputed(checkpoint=signed, witnessed=lambda: None, seen=honest.files["checkpoint"], key=honest.lone_key)


def restored(honest):
    """Each earlier state put back: all of it, or only what is signed. Only a memory can tell."""
    seen = honest.files["checkpoint"]
    for size in range(honest.size):
        earlier = _once(honest, size)
        yield "restored", lambda e=earlier: (e(), seen, honest.key)
        yield "restored, tiles left", lambda e=earlier: (honest.files | {n: e()[n] for n in ("checkpoint", "witnessed")}, seen, honest.key)
        yield "restored, witnesses left", lambda e=earlier: (honest.files | {"checkpoint": e()["checkpoint"]}, None, honest.key)


def _once(honest, size):
    made = []

    def files():
        if not made:
            made.append(honest.log.files(size))
        return made[0]

    return files


def forks(honest):
    """Another log from each point on, signed by the log's own key: as long, longer, and before the witnesses or a memory."""
    other = pylog.sample(honest.size + 3, honest.keys, seed=b"other")
    entries = [entry.encoded for entry in other.entries]
    for at in range(honest.size):
        for length in (honest.size, honest.size + 3):
            forked = honest.entries[:at] + entries[at:length]

            def make(forked=forked, witnessed=honest.files["witnessed"], seen=None, key=honest.key):
                files = pylog.tiles(forked) | {"checkpoint": honest.signed(forked)}
                return files | ({"witnessed": witnessed} if witnessed else {}), seen, key

            yield "fork before witnesses", make
            yield "fork before a memory", lambda make=make: make(witnessed=None, seen=honest.files["checkpoint"], key=honest.lone_key)


def all_of(size):
    """Every attack but bits and cuts."""
    honest = Honest(size)
    yield from structure(honest)
    yield from restored(honest)
    yield from forks(honest)
