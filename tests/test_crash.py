"""SIGKILL under load: every acknowledged answer is in the journal, and the numbers have no gap."""

from support import crash


def test_nothing_acknowledged_is_lost(own_demo, pytestconfig):
    total = crash.run(own_demo(), pytestconfig.getoption("--rounds"))
    print(f"{total} acknowledged answers, all in the journal")
