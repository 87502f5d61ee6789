"""The curve edwards25519 (RFC 8032 section 5.1) and Ed25519 signatures. For checking only: nothing here is secret."""

import hashlib
from functools import lru_cache

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
# A point is (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
IDENTITY = (0, 1, 1, 0)


def add(a, b):
    """RFC 8032 section 5.1.4; complete, so it doubles too."""
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    t = 2 * a[3] * b[3] * D % P
    z = 2 * a[2] * b[2] % P
    e, f, g, h = y - x, z - t, z + t, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P


def double(a):
    """Cheaper than `add(a, a)`."""
    x, y = a[0] * a[0] % P, a[1] * a[1] % P
    h = x + y
    e = h - (a[0] + a[1]) * (a[0] + a[1]) % P
    g = x - y
    f = 2 * a[2] * a[2] % P + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def negate(a):
    return P - a[0], a[1], a[2], P - a[3]


def multiply(scalar, point):
    return combine(scalar, point, 0, IDENTITY)


def combine(a, one, b, two):
    """a·one + b·two, both scalars read together."""
    table = (None, one, two, add(one, two))
    total = IDENTITY
    for bit in range(max(a.bit_length(), b.bit_length()) - 1, -1, -1):
        total = double(total)
        which = (a >> bit & 1) | (b >> bit & 1) << 1
        if which:
            total = add(total, table[which])
    return total


def is_identity(a):
    return a[0] % P == 0 and (a[1] - a[2]) % P == 0


def encode(a):
    inverse = pow(a[2], P - 2, P)
    x, y = a[0] * inverse % P, a[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(data):
    """RFC 8032 section 5.1.3: the one encoding of a point, or None."""
    if len(data) != 32:
        return None
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 % P * pow(u * v**7 % P, (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * ROOT_OF_MINUS_ONE % P
        if (v * x * x - u) % P:
            return None
    if x == 0 and sign:
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


@lru_cache(4096)
def verifies(public, message, signature):
    """RFC 8032 section 5.1.7, without the cofactor: [S]B = R + [k]A, S below the order."""
    if len(signature) != 64:
        return False
    key = decode(public)
    s = int.from_bytes(signature[32:], "little")
    if key is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return encode(combine(s, BASE, k, negate(key))) == signature[:32]
