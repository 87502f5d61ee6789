"""The running service that the tests call: the binary, started as a newcomer starts it."""

import pytest

from support.server import BINARY, Demo


def pytest_addoption(parser):
    parser.addoption("--rounds", type=int, default=8, help="how often the crash test kills the server")
    parser.addoption("--full", action="store_true", help="every bit of every file of logs of every size up to 64")


@pytest.fixture(scope="session")
def binary():
    assert BINARY.exists(), f"{BINARY} is missing: cargo build --bin dancu"
    return BINARY


@pytest.fixture(scope="session")
def demo(binary, tmp_path_factory):
    """One demo for all tests that only call it. It must end by itself, cleanly, when told to."""
    demo = Demo(tmp_path_factory.mktemp("demo") / "demo-data").start()
    yield demo
    code = demo.stop()
    assert code == 0, f"exit {code} on SIGTERM:\n{demo.process.output()}"


@pytest.fixture
def own_demo(binary, tmp_path):
    """Makes demos that a test may harm; they end with it."""
    started = []

    def make(**settings):
        demo = Demo(tmp_path / f"demo-{len(started)}", **settings)
        started.append(demo)
        return demo

    yield make
    for demo in started:
        if demo.process:
            demo.process.kill()


@pytest.fixture(scope="session")
def htmc(demo):
    """The connected system that verifies and looks up."""
    return demo.system("htmc")


@pytest.fixture(scope="session")
def jwks(htmc):
    with htmc.session() as session:
        return session.get(htmc.demo.base_url + "/.well-known/jwks.json", timeout=10).json()
