"""The map of chain heads as somebody writes it who holds its key: ECVRF (RFC 9381) and a sparse Merkle tree."""

import hashlib
import sys
from functools import lru_cache

from support.server import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "tools/journal-verify"))

from jv import edwards, vrf  # noqa: E402

ZERO = bytes(32)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


@lru_cache
def _scalar(secret):
    """RFC 8032 section 5.1.5: the secret number and the seed of nonces."""
    digest = bytearray(hashlib.sha512(secret).digest())
    digest[0] &= 248
    digest[31] = digest[31] & 127 | 64
    return int.from_bytes(digest[:32], "little"), bytes(digest[32:])


@lru_cache
def public(secret):
    return edwards.encode(edwards.multiply(_scalar(secret)[0], edwards.BASE))


@lru_cache
def prove_bytes(secret, alpha):
    """RFC 9381 section 5.1: the proof and the output's 64 bytes."""
    x, seed = _scalar(secret)
    h = vrf.to_curve(public(secret), alpha)
    gamma = edwards.multiply(x, h)
    k = int.from_bytes(hashlib.sha512(seed + edwards.encode(h)).digest(), "little") % edwards.ORDER
    c = vrf.challenge(edwards.decode(public(secret)), h, gamma, edwards.multiply(k, edwards.BASE), edwards.multiply(k, h))
    s = (k + int.from_bytes(c, "little") * x) % edwards.ORDER
    end = hashlib.sha512(b"\3\3" + edwards.encode(edwards.multiply(8, gamma)) + b"\0").digest()
    return edwards.encode(gamma) + c + s.to_bytes(32, "little"), end


def prove(secret, number):
    """The place of a number in the map, and the proof of it."""
    proof, output = prove_bytes(secret, number.encode())
    return output[:32], proof


def key(secret, number):
    return prove(secret, number)[0]


def links(chain):
    """The links of a chain of (index, leaf)."""
    found, last = [], ZERO
    for count, (index, leaf) in enumerate(chain, 1):
        last = sha(b"\2", count.to_bytes(8, "big"), index.to_bytes(8, "big"), last, leaf)
        found.append(last)
    return found


def value(count, link):
    return sha(b"\3", count.to_bytes(8, "big"), link)


def _bits(key):
    return "".join(f"{byte:08b}" for byte in key)


def root(heads, prefix=""):
    """The root over those of `heads` (key → value) that begin with these bits."""
    here = [(k, v) for k, v in heads.items() if _bits(k).startswith(prefix)]
    if not here:
        return ZERO
    if len(here) == 1:
        return sha(b"\4", *here[0])
    inside = dict(here)
    return sha(b"\5", root(inside, prefix + "0"), root(inside, prefix + "1"))


def place(heads, key):
    """`siblings` on the way to a key, and `other` when somebody else's leaf stands there."""
    siblings, prefix, here = [], "", heads
    while len(here) > 1:
        bit = _bits(key)[len(prefix)]
        siblings.append(root(here, prefix + "10"[int(bit)]).hex())
        prefix += bit
        here = {k: v for k, v in here.items() if _bits(k).startswith(prefix)}
    found = {"siblings": siblings}
    if here and key not in here:
        [(other, there)] = here.items()
        found["other"] = {"key": other.hex(), "value": there.hex()}
    return found
