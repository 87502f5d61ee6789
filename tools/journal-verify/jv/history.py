"""A person's history: the place in the map, the chain, and the entries in it."""

import hashlib
import json
import re
from dataclasses import dataclass

from . import entry, proof, vrf
from .words import Fault

ZERO = bytes(32)
HEX = re.compile(r"(?:[0-9a-f]{2})*")
LONGEST_PATH = 256


@dataclass
class History:
    """What a history proves: all entries about this person among the first `covered` of the log."""

    number: str
    covered: int
    epoch: proof.Proof
    chain: list
    entries: list


def link(count, index, before, leaf):
    return _hash(b"\x02", count.to_bytes(8, "big"), index.to_bytes(8, "big"), before, leaf)


def head(count, last):
    return _hash(b"\x03", count.to_bytes(8, "big"), last)


def leaf(key, value):
    return _hash(b"\x04", key, value)


def inner(left, right):
    return _hash(b"\x05", left, right)


def bit(key, depth):
    """The bit of a key that decides at this depth, most significant first."""
    return key[depth // 8] >> 7 - depth % 8 & 1


def verify(data, policy):
    """Checks all of a history; gives a `History` or raises what is wrong."""
    said = _read(data)
    epoch = proof.verify(said["epoch"], policy, "epoch")
    if entry.kind(epoch.entry) != entry.EPOCH:
        raise Fault("epoch")
    if said["vrf"]["key"] != epoch.entry[33]:
        raise Fault("vrf-key")
    output = vrf.output(said["vrf"]["key"], said["vrf"]["proof"], said["number"].encode())
    if output is None:
        raise Fault("vrf")
    _map(said["map"], output[:32], epoch.entry[31])
    _chain(said["chain"], said["map"], epoch.entry[30])
    entries = _entries(said, policy, epoch)
    return History(said["number"], epoch.entry[30], epoch, said["chain"], entries)


def _map(map_, key, root):
    # Whoever stands alone below a place stands at that place.
    if map_["siblings"] and map_["siblings"][-1] == ZERO:
        raise Fault("map")
    if map_["count"]:
        node = leaf(key, head(map_["count"], map_["link"]))
        if "other" in map_:
            raise Fault("map")
    elif map_["link"] != ZERO:
        raise Fault("map")
    elif "other" in map_:
        other = map_["other"]["key"]
        if other == key or any(bit(other, d) != bit(key, d) for d in range(len(map_["siblings"]))):
            raise Fault("map")
        node = leaf(other, map_["other"]["value"])
    else:
        node = ZERO
    for depth in range(len(map_["siblings"]) - 1, -1, -1):
        sibling = map_["siblings"][depth]
        node = inner(sibling, node) if bit(key, depth) else inner(node, sibling)
    if node != root:
        raise Fault("map")


def _chain(chain, map_, covered):
    last, before = ZERO, -1
    for count, element in enumerate(chain, 1):
        if element["index"] <= before:
            raise Fault("chain-order")
        if element["index"] >= covered:
            raise Fault("epoch-young")
        before = element["index"]
        last = link(count, before, last, element["leaf"])
    if len(chain) != map_["count"] or last != map_["link"]:
        raise Fault("chain")


def _entries(said, policy, epoch):
    """Each proof must be of an entry of the chain and open to the number, unless its parts are gone; withholdings must say what the chain says."""
    chain = {element["index"]: element for element in said["chain"]}
    found, seen = [], set()
    for text in said["entries"]:
        one = proof.verify(text, policy, "entries")
        if one.checkpoint.text != epoch.checkpoint.text:
            raise Fault("checkpoints")
        if one.index not in chain or chain[one.index]["leaf"] != one.leaf:
            raise Fault("entry-foreign", index=one.index)
        if one.index in seen:
            raise Fault("entry-twice", index=one.index)
        if not one.gone and one.opened.get(entry.SUBJECT) != said["number"]:
            raise Fault("entry-person", index=one.index)
        seen.add(one.index)
        found.append(one)
    _withheld(chain, found)
    return found


def _withheld(chain, found):
    orders = {}
    for one in found:
        if entry.kind(one.entry) == entry.WITHHOLDING:
            orders.setdefault(one.entry[40], set()).add(one.entry[41])
    for index, element in chain.items():
        until = element.get("withheld_until")
        if until is not None and index in orders and until not in orders[index]:
            raise Fault("withheld", index=index)


def _hash(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# --- reading ---


def _read(data):
    """The JSON object, every member where it belongs, hex as bytes."""
    try:
        said = json.loads(data.decode("utf-8"), object_pairs_hook=_members, parse_float=_never, parse_constant=_never)
    except (ValueError, RecursionError):
        raise Fault("history-form", why="JSON") from None
    _shape(said, "history", ("number", "vrf", "map", "epoch", "chain", "entries"))
    if not isinstance(said["number"], str) or not re.fullmatch(r"[0-9]{12}", said["number"]):
        raise Fault("history-form", why="number")
    _shape(said["vrf"], "vrf", ("key", "proof"))
    _hex(said["vrf"], "key", 32), _hex(said["vrf"], "proof", 80)
    _read_map(said["map"])
    for element in _list(said, "chain"):
        _shape(element, "chain", ("index", "leaf"), ("withheld_until",))
        _number(element, "index"), _hex(element, "leaf", 32)
        if "withheld_until" in element:
            _number(element, "withheld_until")
    said["epoch"] = _text(said["epoch"], "epoch")
    said["entries"] = [_text(text, "entries") for text in _list(said, "entries")]
    return said


def _read_map(map_):
    _shape(map_, "map", ("count", "link", "siblings"), ("other",))
    _number(map_, "count"), _hex(map_, "link", 32)
    siblings = _list(map_, "siblings")
    if len(siblings) > LONGEST_PATH:
        raise Fault("history-form", why="siblings")
    map_["siblings"] = [_hex({"siblings": text}, "siblings", 32) for text in siblings]
    if "other" in map_:
        _shape(map_["other"], "other", ("key", "value"))
        _hex(map_["other"], "key", 32), _hex(map_["other"], "value", 32)


def _members(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member twice")
    return found


def _never(_text):
    raise ValueError("not a whole number")


def _shape(value, name, must, may=()):
    if not isinstance(value, dict) or not set(must) <= value.keys() <= {*must, *may}:
        raise Fault("history-form", why=name)


def _list(value, name):
    if not isinstance(value[name], list):
        raise Fault("history-form", why=name)
    return value[name]


def _text(value, name):
    if not isinstance(value, str):
        raise Fault("history-form", why=name)
    return value.encode("utf-8", "surrogatepass")


def _number(value, name):
    number = value[name]
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 1 << 53:
        raise Fault("history-form", why=name)


def _hex(value, name, width):
    text = value[name]
    if not isinstance(text, str) or len(text) != 2 * width or not HEX.fullmatch(text):
        raise Fault("history-form", why=name)
    value[name] = bytes.fromhex(text)
    return value[name]
