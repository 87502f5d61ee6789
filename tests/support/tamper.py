"""What can be done to honest files, and what a verifier must say to it."""

import copy

from support import pylog


def histories(log, person, neighbour):
    """Histories of a person, each with one thing wrong: (name of the objection, history). `neighbour` has a chain too."""
    good = log.history(person)
    other = log.history(neighbour)

    def but(change, base=good):
        made = copy.deepcopy(base)
        change(made)
        return made

    for at in range(len(good["chain"])):
        yield "chain", but(lambda h: h["chain"].pop(at))
        yield "chain", but(lambda h: h["chain"][at].update(leaf=other["chain"][0]["leaf"]))
        yield "chain-order", but(lambda h: h["chain"].insert(at, h["chain"][at - 1]))
        moved = good["chain"][at]["index"] + 1
        if moved not in [e["index"] for e in good["chain"]]:
            young = moved >= log.maps[max(log.maps)][0]
            yield "epoch-young" if young else "chain", but(lambda h: h["chain"][at].update(index=moved))
    for at in range(1, len(good["chain"])):
        yield "chain-order", but(lambda h: h["chain"].insert(at, h["chain"].pop(at - 1)))
    yield "map", but(lambda h: (h["chain"].pop(), h["map"].update(count=h["map"]["count"] - 1)))
    yield "map", but(lambda h: h["map"].update(count=0, link="00" * 32))
    yield "map", but(lambda h: h["map"].update(other={"key": "00" * 32, "value": "00" * 32}))
    yield "map", but(lambda h: h["map"]["siblings"].pop())
    if len(good["map"]["siblings"]) > 1:
        yield "map", but(lambda h: h["map"].update(siblings=h["map"]["siblings"][::-1]))
    yield "map", but(lambda h: h["map"].update(other["map"]))
    yield "vrf", but(lambda h: h.update(vrf=other["vrf"]))
    yield "vrf", but(lambda h: h.update(number=other["number"]))
    yield "vrf-key", but(lambda h: h["vrf"].update(key=log.keys.log.public.hex()))
    yield "epoch", but(lambda h: h.update(epoch=h["entries"][0]))
    yield "entry-foreign", but(lambda h: h["entries"].append(other["entries"][0]))
    yield "entry-twice", but(lambda h: h["entries"].append(h["entries"][0]))
    yield "entry-person", but(lambda h: h["entries"].__setitem__(0, log.proof(h["chain"][0]["index"], shown=(1, 2)).decode()))
    yield "checkpoints", but(lambda h: h.update(epoch=log.proof(max(log.maps), 63).decode()))
    early = log.history(person, size=40)
    yield "map", but(lambda h: h.update(epoch=early["epoch"], entries=early["entries"]))
    nobody = log.history("000000000000")
    yield "map", but(lambda h: h["map"].pop("other", 0) or h["map"]["siblings"].append("00" * 32), nobody)


def proofs(log):
    """Proofs of one entry, each with one thing wrong: (name of the objection, text)."""
    size = len(log.entries)
    index = next(i for i in range(size // 2, size) if 4 in log.entries[i].fields and log.entries[i].parts)
    extra, path, signed = log.extra(index, size), log.path(index, size), log.note()
    parts = extra[2]

    def less(label):
        return {k: v for k, v in extra.items() if k != label}

    for name, changed in [
        ("proof-parts", extra | {2: parts | {5: [bytes(16), parts[5][1]]}}),
        ("proof-parts", extra | {2: parts | {5: [parts[5][0], parts[5][1] + "0"]}}),
        ("proof-parts", extra | {2: {k: v for k, v in parts.items() if k != 1}}), ("proof-parts", extra | {2: {}}),
        ("proof-parts", extra | {2: parts | {8: bytes(32)}}),
        ("proof-parts", extra | {2: parts | {5: parts[5][:1]}}), ("proof-parts", extra | {2: parts | {5: b"x"}}),
        ("proof-parts", extra | {2: parts | {5: "x"}}), ("proof-parts", extra | {2: parts | {"5": bytes(32)}}),
        ("proof-context", extra | {3: extra[3] + 1}), ("proof-context", less(3)), ("proof-context", less(4)), ("proof-context", less(5)),
        ("proof-context", extra | {4: log.entries[0].encoded}), ("proof-path-length", extra | {5: extra[5][1:]}),
        ("proof-form", extra | {6: 0}), ("proof-form", less(1)), ("proof-form", extra | {5: extra[5][:-1] + [b""]}),
        ("proof-form", extra | {3: "x"}), ("proof-root", extra | {1: log.entries[index - 1].encoded}),
    ]:
        yield name, pylog.proof_text(changed, index, path, signed)
    plain = next(i for i, e in enumerate(log.entries) if e.fields.get(1) == 1)
    bare, way = log.extra(plain, size), log.path(plain, size)
    yield "proof-parts", pylog.proof_text(bare | {2: {}}, plain, way, signed)
    yield "proof-context", pylog.proof_text(bare | {3: 0, 4: log.entries[0].encoded, 5: log.path(0, size)}, plain, way, signed)
    data = pylog.proof_text(extra, index, path, signed)
    lines = data.split(b"\n")
    yield from [
        ("proof-form", data.replace(b"@v1", b"@v2")), ("proof-form", data.replace(b"\nextra ", b"\nextra  ")),
        ("proof-form", data.replace(b"\nindex ", b"\nindex 0")), ("proof-form", b"\n" + data), ("proof-form", b""),
        ("proof-form", b"\n".join(lines[:1] + lines[2:])), ("proof-form", b"\n".join(lines[:2] + lines[3:])),
        ("proof-path-length", b"\n".join(lines[:3] + lines[4:])), ("proof-path-length", b"\n".join(lines[:4] + lines[3:])),
        ("note-form", data + b"\n"), ("quorum", log.proof(index, cosigned=(1,))), ("note-unsigned", data.replace(lines[-4] + b"\n", b"")),
        ("proof-index", pylog.proof_text(extra, size, path, signed)),
        ("proof-root", pylog.proof_text(extra, index, path, log.keys.note(size, bytes(32), (0, 1)))),
    ]
