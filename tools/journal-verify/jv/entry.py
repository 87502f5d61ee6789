"""Entries: which labels stand in which kind, and what their values are."""

from functools import lru_cache

from . import cbor
from .words import Fault

CALL, CONTEXT, EPOCH, WITHHOLDING, ACT = 0, 1, 2, 3, 4
VERSION = 2
SUBJECT, ORDER = 5, 7
PARTS = range(8)


def _number(value):
    return isinstance(value, int)


def _until(value):
    return _number(value) and value < 1 << 63


def _bytes(width):
    return lambda value: isinstance(value, bytes) and len(value) == width


def _text(value):
    return isinstance(value, str)


def _verdicts(value):
    return isinstance(value, dict) and all(
        _number(field) and (_text(verdict) or _number(verdict)) for field, verdict in value.items()
    )


def _times(value):
    return isinstance(value, list) and len(value) == 4 and all(map(_number, value))


def _kind(value):
    return isinstance(value, int) and value in (CONTEXT, EPOCH, WITHHOLDING, ACT)


def _outcome(value):
    return _text(value) or _number(value) and value < 6


ALL = {CALL, CONTEXT, EPOCH, WITHHOLDING, ACT}
# Label → kinds that may have it, kinds that must, what its value is.
LABELS = {
    0: (ALL, ALL, lambda value: value == VERSION),
    1: (ALL - {CALL}, ALL - {CALL}, _kind),
    2: (ALL - {CONTEXT}, ALL - {CONTEXT}, _number),
    3: ({CALL, WITHHOLDING, ACT}, {CALL}, _bytes(16)),
    4: ({CALL, ACT}, set(), _number),
    **{label: ({CONTEXT}, set(), _text) for label in (5, 6, 7, 8, 9, 10, 11, 12, 13)},
    14: ({CONTEXT}, set(), _bytes(32)),
    15: ({CONTEXT}, set(), _number),
    16: ({CONTEXT}, set(), _number),
    17: ({CALL}, set(), _verdicts),
    18: ({CALL, ACT}, {CALL}, _outcome),
    19: ({CALL}, set(), _times),
    20: ({CALL}, set(), _bytes(32)),
    21: ({CONTEXT}, set(), _number),
    22: ({CONTEXT}, set(), _text),
    24: ({CALL}, set(), _text),
    25: (ALL - {CONTEXT}, set(), _bytes(32)),
    30: ({EPOCH}, {EPOCH}, _number),
    31: ({EPOCH}, {EPOCH}, _bytes(32)),
    32: ({EPOCH}, {EPOCH}, _number),
    33: ({EPOCH}, {EPOCH}, _bytes(32)),
    34: ({EPOCH}, {EPOCH}, _number),
    40: ({WITHHOLDING}, {WITHHOLDING}, _number),
    41: ({WITHHOLDING}, {WITHHOLDING}, _until),
    50: ({ACT}, set(), _number),
    51: ({ACT}, set(), _number),
    52: ({ACT}, set(), _text),
}
REQUIRED = {kind: {label for label, (_, must, _) in LABELS.items() if kind in must} for kind in ALL}


@lru_cache(4096)
def decode(data):
    """An entry's map; a `Fault` that says what about it is wrong."""
    found = cbor.decode(data)
    if not isinstance(found, dict):
        raise Fault("cbor-form")
    kind = found.get(1, CALL)
    if kind != CALL and not _kind(kind):
        raise Wrong(1)
    for label, value in found.items():
        may, _, is_good = LABELS.get(label, ((), (), None))
        if kind not in may or not is_good(value):
            raise Wrong(label)
    for label in REQUIRED[kind]:
        if label not in found:
            raise Wrong(label)
    return found


def at(index, data):
    """The entry that stands at this index of the log."""
    try:
        found = decode(data)
    except Fault as fault:
        raise Fault("entry", index=index, why=fault) from None
    if found.get(1) == EPOCH and found[30] > index:
        raise Fault("epoch-covered", index=index)
    return found


class Wrong(Fault):
    """A label that is missing, or does not belong, or has not its kind of value."""

    def __init__(self, label):
        super().__init__("label", label=label)


def kind(found):
    return found.get(1, CALL)
