"""The service's own reader and writer of account tables: the example `table` of crates/campaign."""

import json
import os
import subprocess
from pathlib import Path

from support.server import REPOSITORY

TABLE = Path(os.environ.get("DANCU_TABLE", REPOSITORY / "target/debug/examples/table"))


def run(*arguments, given=b""):
    assert TABLE.exists(), f"{TABLE} is missing: cargo build --workspace --examples"
    return subprocess.run([TABLE, *arguments], input=given, check=True, capture_output=True, timeout=60).stdout


def check(file):
    """Each row of a table as it was understood: an account, or its faults."""
    return [json.loads(line) for line in run("check", given=file).decode().splitlines()]
