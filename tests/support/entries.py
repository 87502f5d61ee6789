"""The public part of journal entries, decoded here from its CBOR (RFC 8949) and not by the code that wrote it."""

from contextlib import closing

from support import journal

FORM, SERVICE, SYSTEM, ACCOUNT, SUBJECT, INPUTS, RELEASED, OUTCOME = 4, 5, 8, 9, 14, 15, 16, 18


def size(demo):
    return journal.read(demo)[1]


def since(demo, number):
    """The entries from this number on, in their order."""
    with closing(journal._connect(demo)) as connection:
        cursor = connection.cursor()
        cursor.execute(f"SELECT entry FROM journal_entry WHERE idx >= {int(number)} ORDER BY idx")
        return [_item(bytes(row[0]), 0)[0] for row in cursor.fetchall()]


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
