"""A transparency log in a few lines, from RFC 6962 and the texts of C2SP: nothing of it is ours."""

import base64
import hashlib
import struct

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def _split(count):
    return 1 << ((count - 1).bit_length() - 1)


def root(leaves):
    """RFC 6962 §2.1"""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = _split(len(leaves))
    return hashlib.sha256(b"\1" + root(leaves[:k]) + root(leaves[k:])).digest()


def consistency(old, leaves):
    """RFC 6962 §2.1.2"""
    def sub(m, d, whole):
        if m == len(d):
            return [] if whole else [root(d)]
        k = _split(len(d))
        if m <= k:
            return sub(m, d[:k], whole) + [root(d[k:])]
        return sub(m - k, d[k:], False) + [root(d[:k])]
    return sub(old, leaves, True) if 0 < old < len(leaves) else []


def _raw(public):
    return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def key_id(name, kind, public):
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


class Log:
    """Signs checkpoints of whatever tree it is given."""

    def __init__(self, origin):
        self.origin, self.key = origin, Ed25519PrivateKey.generate()

    @property
    def vkey(self):
        public = _raw(self.key.public_key())
        encoded = base64.b64encode(b"\1" + public).decode()
        return f"{self.origin}+{key_id(self.origin, 1, public).hex()}+{encoded}"

    def text(self, leaves):
        return f"{self.origin}\n{len(leaves)}\n{base64.b64encode(root(leaves)).decode()}\n"

    def checkpoint(self, leaves):
        text = self.text(leaves)
        signed = key_id(self.origin, 1, _raw(self.key.public_key())) + self.key.sign(text.encode())
        return f"{text}\n— {self.origin} {base64.b64encode(signed).decode()}\n"

    def request(self, leaves, old):
        """What is posted to `add-checkpoint` (C2SP tlog-witness)."""
        proof = "".join(base64.b64encode(node).decode() + "\n" for node in consistency(old, leaves))
        return f"old {old}\n{proof}\n{self.checkpoint(leaves)}".encode()


def cosignature_time(line, vkey, text):
    """Checks a cosignature/v1 line (C2SP tlog-cosignature) and gives its time in seconds."""
    name, identity, encoded = vkey.split("+", 2)
    typed = base64.b64decode(encoded)
    assert typed[0] == 4 and key_id(name, 4, typed[1:]).hex() == identity
    dash, signer, signature = line.rstrip("\n").split(" ")
    signature = base64.b64decode(signature)
    assert (dash, signer, signature[:4].hex()) == ("—", name, identity)
    time = struct.unpack(">Q", signature[4:12])[0]
    message = f"cosignature/v1\ntime {time}\n{text}".encode()
    Ed25519PublicKey.from_public_bytes(typed[1:]).verify(signature[12:], message)
    return time
