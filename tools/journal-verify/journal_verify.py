#!/usr/bin/env python3
"""Is a journal honest? Checks a whole log, the proof of one entry, or a person's history; see docs/journal-format.md.

Exit status 0: honest. 1: not honest, and one line says why. 2: the command cannot be carried out.
"""

import argparse
import os
import sys
from pathlib import Path

from jv import history, log, note, policy, proof
from jv.words import HONEST, Fault, say

TRIES = 5


def main(arguments=None):
    said = read_arguments(arguments)
    language = "vi" if said.vi else "en"
    try:
        keys = policy.read(read(said.key))
        words = check(said, keys)
    except Fault as fault:
        print(fault.words(language), file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    for name, values in words:
        print(say(HONEST[name], values, language))
    return 0


def read_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--dir", help="folder of a whole log")
    what.add_argument("--proof", help="file with the proof of one entry")
    what.add_argument("--history", help="file with a person's history")
    parser.add_argument("--key", required=True, help="key file: the log's key, the witnesses' keys, the quorum")
    parser.add_argument("--memory", help="where the largest accepted checkpoint is remembered (KEY.seen)")
    parser.add_argument("--vi", action="store_true", help="bằng tiếng Việt")
    return parser.parse_args(arguments)


def check(said, keys):
    """What there is to say of something honest."""
    if said.proof:
        one = proof.verify(read(said.proof), keys)
        return [("proof", {"index": one.index, "size": one.checkpoint.size}), *without_parts([one])]
    if said.history:
        whole = history.verify(read(said.history), keys)
        return [("history", {"count": len(whole.chain), "covered": whole.covered}), *without_parts(whole.entries)]
    if not Path(said.dir).is_dir():
        raise NotADirectoryError(20, "not a folder", said.dir)
    return check_folder(Path(said.dir), keys, Path(said.memory or said.key + ".seen"))


def without_parts(proofs):
    gone = sum(one.gone for one in proofs)
    return [("gone", {"count": gone})] if gone else []


def check_folder(folder, keys, memory):
    seen = recall(memory, keys)
    report = verify_living(log.Folder(folder), keys, seen)
    words = [("dir", {
        "size": report.checkpoint.size, "witnessed": report.witnessed.size if report.witnessed else 0,
    })]
    if report.unsigned:
        words.append(("unsigned", {"count": len(report.unsigned)}))
    if (seen is None or report.checkpoint.size > seen.size) and not remember(memory, report.checkpoint):
        words.append(("forgetful", {"path": memory}))
    return words


def verify_living(files, keys, seen):
    """A log that grows while it is read may lose a partial file meanwhile: what was read is then read again."""
    for left in range(TRIES, 0, -1):
        before = files.read("checkpoint")
        try:
            return log.verify(files, keys, seen)
        except Fault:
            if left == 1 or files.read("checkpoint") == before:
                raise
    raise AssertionError("unreachable")


def recall(memory, keys):
    try:
        data = memory.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return note.checkpoint(data, keys, memory.name)
    except Fault:
        raise Fault("memory-form", path=memory) from None


def remember(memory, checkpoint):
    """Whole or not at all."""
    beside = memory.with_name(f"{memory.name}.{os.getpid()}")
    try:
        beside.write_bytes(checkpoint.note)
        os.replace(beside, memory)
    except OSError:
        return False
    return True


def read(path):
    return Path(path).read_bytes()


if __name__ == "__main__":
    sys.exit(main())
