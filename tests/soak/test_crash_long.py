"""The crash test at length, on both engines (`make soak`)."""

import time

import pytest

from support import crash
from support.postgres import Cluster


@pytest.fixture
def postgres():
    with Cluster() as cluster:
        yield cluster


def test_sqlite(own_demo, pytestconfig):
    crash.run(own_demo(), pytestconfig.getoption("--rounds"), seed=time.time_ns() % 1_000_000)


def test_postgresql(own_demo, postgres, pytestconfig):
    demo = own_demo(postgres=postgres.database("dancu"))
    crash.run(demo, pytestconfig.getoption("--rounds"), seed=time.time_ns() % 1_000_000)
