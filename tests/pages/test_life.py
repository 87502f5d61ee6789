"""The whole life of a connection in Chromium, from the first request to the reconnection after a disconnection: every deed is
done by a form of the console, every call by the applicant's own software over its own certificate."""

import pytest

import life_coming as coming
import life_going as going
from life_connection import Life
from life_people import People
from support.server import Demo


@pytest.fixture
def people(chromium, binary, tmp_path):
    """A demo whose rules are those of service, with everybody who takes part."""
    demo = Demo(tmp_path / "demo", DANCU_WATCH__RULES_FILE="", DANCU_WATCH__GUESS_PERSONS=10_000).start()
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    print(f"\npictures of the life: {pictures}")
    people = People(chromium, demo, pictures)
    yield people
    people.leave()
    assert demo.stop() == 0


def test_the_life_of_a_connection(people, tmp_path):
    life = Life(people, tmp_path)
    coming.request_returned_and_supplemented(life)
    coming.called_in_the_sandbox(life)
    coming.assessed_and_approved(life)
    coming.connected_and_called(life)
    going.overdue_and_renewed(life)
    going.reviewed(life)
    going.caught_by_a_rule(life)
    order = going.disconnected(life)
    going.proved(life, order)
    going.reconnected(life, order)
    going.told_on_one_page(life)
