"""CBOR in its one deterministic form (RFC 8949 section 4.2.1): whole numbers, bytes, texts, arrays, maps."""

from .words import Fault

DEEPEST = 8


class Map(dict):
    """A map; a plain dict would do, but a reader of Python code sees what it was."""


def decode(data):
    """The one value that these bytes are, without anything behind it."""
    value, end = _value(data, 0, 0)
    if end != len(data):
        raise Fault("cbor-slack")
    return value


def _head(data, at):
    if at >= len(data):
        raise Fault("cbor-short")
    major, more = data[at] >> 5, data[at] & 31
    at += 1
    if more < 24:
        return major, more, at
    if more > 27:
        raise Fault("cbor-form")
    width = 1 << more - 24
    if at + width > len(data):
        raise Fault("cbor-short")
    number = int.from_bytes(data[at:at + width], "big")
    if number < (24, 1 << 8, 1 << 16, 1 << 32)[more - 24]:
        raise Fault("cbor-form")
    return major, number, at + width


def _value(data, at, depth):
    if depth > DEEPEST:
        raise Fault("cbor-form")
    major, number, at = _head(data, at)
    if major == 0:
        return number, at
    if major in (2, 3):
        end = at + number
        if end > len(data):
            raise Fault("cbor-short")
        raw = bytes(data[at:end])
        if major == 2:
            return raw, end
        try:
            return raw.decode("utf-8"), end
        except UnicodeDecodeError:
            raise Fault("cbor-form") from None
    if major == 4:
        items = []
        for _ in range(number):
            item, at = _value(data, at, depth + 1)
            items.append(item)
        return items, at
    if major == 5:
        return _map(data, at, number, depth)
    raise Fault("cbor-form")


def _map(data, at, number, depth):
    found, last = Map(), b""
    for _ in range(number):
        start = at
        key, at = _value(data, at, depth + 1)
        raw = bytes(data[start:at])
        if raw <= last or isinstance(key, (list, dict)):
            raise Fault("cbor-form")
        last = raw
        found[key], at = _value(data, at, depth + 1)
    return found, at


def encode(value):
    """The deterministic form of a value."""
    if isinstance(value, bool) or value is None:
        raise TypeError("not in this format")
    if isinstance(value, int):
        return _number(0, value)
    if isinstance(value, bytes):
        return _number(2, len(value)) + value
    if isinstance(value, str):
        raw = value.encode()
        return _number(3, len(raw)) + raw
    if isinstance(value, (list, tuple)):
        return _number(4, len(value)) + b"".join(map(encode, value))
    pairs = sorted((encode(k), encode(v)) for k, v in value.items())
    return _number(5, len(pairs)) + b"".join(k + v for k, v in pairs)


def _number(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    for more, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * width:
            return bytes([major << 5 | more]) + number.to_bytes(width, "big")
    raise OverflowError(number)
