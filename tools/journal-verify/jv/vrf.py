"""ECVRF-EDWARDS25519-SHA512-TAI, verification (RFC 9381 sections 5.3, 5.4.1.1, 5.4.3 and 5.5)."""

import hashlib

from . import edwards

SUITE = b"\x03"
COFACTOR = 8


def output(public, proof, alpha):
    """The 64 bytes that this key's owner must get for `alpha`, or None when the proof does not show it."""
    key = edwards.decode(public)
    if key is None or edwards.is_identity(edwards.multiply(COFACTOR, key)):
        return None
    gamma = edwards.decode(proof[:32])
    c, s = int.from_bytes(proof[32:48], "little"), int.from_bytes(proof[48:], "little")
    if len(proof) != 80 or gamma is None or s >= edwards.ORDER:
        return None
    h = to_curve(public, alpha)
    if h is None:
        return None
    u = edwards.combine(s, edwards.BASE, c, edwards.negate(key))
    v = edwards.combine(s, h, c, edwards.negate(gamma))
    if challenge(key, h, gamma, u, v) != proof[32:48]:
        return None
    end = edwards.encode(edwards.multiply(COFACTOR, gamma))
    return hashlib.sha512(SUITE + b"\x03" + end + b"\x00").digest()


def to_curve(public, alpha):
    """Try and increment: the first counter whose hash is a point."""
    for counter in range(256):
        digest = hashlib.sha512(SUITE + b"\x01" + public + alpha + bytes([counter]) + b"\x00").digest()
        point = edwards.decode(digest[:32])
        if point is not None:
            point = edwards.multiply(COFACTOR, point)
            if not edwards.is_identity(point):
                return point
    return None


def challenge(*points):
    data = b"".join(edwards.encode(point) for point in points)
    return hashlib.sha512(SUITE + b"\x02" + data + b"\x00").digest()[:16]
