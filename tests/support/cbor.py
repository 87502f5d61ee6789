"""CBOR (RFC 8949) as far as journal entries have it, decoded here and not by the code that wrote it."""


def decode(data):
    """The one item that the bytes hold."""
    value, end = _item(data, 0)
    assert end == len(data), "bytes after the item"
    return value


def _item(data, at):
    """One CBOR item of definite length: the value, and where the next one begins."""
    major, short = data[at] >> 5, data[at] & 31
    at += 1
    if short < 24:
        argument = short
    else:
        width = 1 << (short - 24)
        argument, at = int.from_bytes(data[at:at + width]), at + width
    if major == 0:
        return argument, at
    if major == 1:
        return -1 - argument, at
    if major in (2, 3):
        raw = data[at:at + argument]
        return (raw if major == 2 else raw.decode()), at + argument
    assert major in (4, 5), major
    items = []
    for _ in range(argument * (major - 3)):
        value, at = _item(data, at)
        items.append(value)
    return (items if major == 4 else dict(zip(items[::2], items[1::2]))), at
