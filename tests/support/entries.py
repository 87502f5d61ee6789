"""The public part of journal entries, as `docs/journal-format.md` describes it."""

from support import cbor, journal

KIND, CONTEXT, FORM, SERVICE, SYSTEM, ACCOUNT, RELEASED, OUTCOME, PERSONAL = 1, 4, 5, 6, 9, 10, 16, 18, 25
NUMBER = "number"
ANSWERS = ["verified", "mismatch", "not_found", "not_usable", "released", "served"]


def size(demo):
    return journal.stored(demo)[1]


def since(demo, number):
    """The calls from this number on, in their order, each with its context, its outcome by name."""
    stored, _ = journal.stored(demo)
    entries = {n: cbor.decode(entry) for n, entry in stored.items()}
    return [_joined(n, entry, entries) for n, entry in entries.items() if n >= number and KIND not in entry]


def _joined(number, entry, entries):
    outcome = entry[OUTCOME]
    context = {label: value for label, value in entries[entry[CONTEXT]].items() if label != KIND}
    named = outcome if isinstance(outcome, str) else ANSWERS[outcome]
    return context | entry | {OUTCOME: named, NUMBER: number}
