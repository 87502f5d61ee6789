"""Somebody with the database changes what is stored about a citizen. The button on her page names it, or nothing is served at all."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from support import cbor, looks
from support.browser import Visit

PERSON, OUTCOME = 8, 18
VERIFIED, NOT_FOUND = 0, 2
UNPROVED = "Máy chủ không đưa ra được bằng chứng"


class House:
    """A demo in which one citizen was looked at, at rest, and copies of its stores."""

    # The log is set back together with the store: alone, the store would not be taken.
    PARTS = ["store", "journal"]

    def __init__(self, own_demo, chromium):
        self.chromium, self.demo = chromium, own_demo().start()
        person = self.demo.citizen("person of the examples")
        officer = Visit(chromium, self.demo).sign_in()
        looks.make(officer, person, verify=3, look_up=2)
        officer.close()
        citizen = looks.proved(Visit(chromium, self.demo).sign_in_citizen(), 5)
        assert looks.check(citizen)[0], "honest at first"
        self.entries = [int(row.get_attribute("data-index")) for row in citizen.page.locator(".look").all()]
        citizen.close()
        assert self.demo.stop() == 0
        self.store, self.copy = self.demo.folder / "store", self.demo.folder.parent / "copy"
        for part in self.PARTS:
            shutil.copytree(self.demo.folder / part, self.copy / part)

    def sql(self, file, *statements):
        """Changes a store with the rights of whoever has its file."""
        with closing(sqlite3.connect(self.store / file)) as connection, connection:
            return [connection.execute(sql, values).fetchall() for sql, values in statements]

    def page(self):
        self.demo.start()
        visit = Visit(self.chromium, self.demo).sign_in_citizen()
        visit.go("/citizen")
        return visit

    def end(self, visit):
        visit.context.close()
        self.demo.stop()
        for part in self.PARTS:
            shutil.rmtree(self.demo.folder / part)
            shutil.copytree(self.copy / part, self.demo.folder / part)


@pytest.fixture
def house(own_demo, chromium):
    return House(own_demo, chromium)


def shown(visit):
    return [int(row.get_attribute("data-index")) for row in visit.page.locator(".look").all()]


def told(visit):
    return visit.page.locator("[data-check-result] .notice").inner_text()


def failed(steps):
    return [text for text, state in steps if state == "bad"]


def varint(number):
    return bytes([number]) if number < 128 else bytes([number & 127 | 128, number >> 7])


def split(terms):
    """The terms of a row of postings: suffix of the hash, whether it is a map of bits, body."""
    while terms:
        head, used = terms[7], 8
        if head & 128:
            head, used = head & 127 | terms[8] << 7, 9
        end = used + (head >> 1)
        yield terms[:7], head & 1, terms[used:end]
        terms = terms[end:]


def places(bits, body):
    if bits:
        return [8 * at + bit for at, byte in enumerate(body) for bit in range(8) if byte >> bit & 1]
    found = [int.from_bytes(body[:2], "big")]
    for gap in body[2:]:
        assert gap < 128
        found.append(found[-1] + gap + 1)
    return found


def without_newest(terms, newest):
    """A row of postings with this place taken out."""
    row = b""
    for suffix, bits, body in split(terms):
        kept = places(bits, body)
        if newest in kept:
            bits, kept = 0, [place for place in kept if place != newest]
            gaps = b"".join(varint(b - a - 1) for a, b in zip(kept, kept[1:]))
            body = kept[0].to_bytes(2, "big") + gaps
        row += suffix + varint(len(body) << 1 | bits) + body
    return row


def test_what_is_removed_altered_or_hidden_in_the_database_is_caught(house):
    newest = house.entries[0]

    # Removed: the index forgets the newest entry about her, and counts one less.
    [rows] = house.sql("index.db", ("SELECT bucket, block, terms FROM index_posting WHERE kind = ?", (PERSON,)))
    [(bucket, block, terms)] = [row for row in rows if any(newest in places(bits, body) for _, bits, body in split(row[2]))]
    # Nobody else was looked at as often.
    hers = "WHERE count = (SELECT max(count) FROM"
    remove = [
        (
            "UPDATE index_posting SET terms = ? WHERE kind = ? AND bucket = ? AND block = ?",
            (without_newest(terms, newest), PERSON, bucket, block),
        ),
        (f"UPDATE index_person SET count = count - 1 {hers} index_person)", ()),
    ]
    house.sql("index.db", *remove)
    visit = house.page()
    assert newest not in shown(visit) and len(shown(visit)) == len(house.entries) - 1, "the page does not show it"
    good, steps, _ = looks.check(visit)
    assert not good and UNPROVED in told(visit) and len(failed(steps)) == 1, steps
    house.end(visit)

    # Removed, and the map's count made to fit.
    house.sql("index.db", *remove, (f"UPDATE index_map SET count = count - 1 {hers} index_map)", ()))
    visit = house.page()
    good, steps, _ = looks.check(visit)
    assert not good and len(failed(steps)) == 1, steps
    house.end(visit)

    # Hidden: withheld by nobody's order.
    house.sql("index.db", ("INSERT INTO index_withheld (idx, until_us, entry) VALUES (?, ?, 0)", (newest, 1_900_000_000_000_000)))
    visit = house.page()
    assert visit.page.locator(f"#muc-{newest} [data-withheld]").count() == 1
    good, steps, flaws = looks.check(visit)
    assert not good and flaws == [f"{looks.entry(newest)} bị giữ kín nhưng nhật ký không có quyết định nào về việc đó"], flaws
    house.end(visit)

    # Altered under the running service: what was verified now "was not found".
    visit = house.page()
    index = alter_outcome(house)
    visit.go("/citizen")
    assert "Không tìm thấy" in visit.page.locator(f"#muc-{index}").inner_text(), "the page shows what the store says"
    good, steps, _ = looks.check(visit)
    assert not good and failed(steps), steps
    visit.context.close()
    house.demo.kill()

    # Altered at rest: the service does not start on what it has not published.
    with pytest.raises(AssertionError):
        house.demo.start()


def alter_outcome(house):
    """Changes the outcome of the oldest verified call in the journal; gives the entry's number."""
    with closing(sqlite3.connect(house.store / "dancu.db")) as connection, connection:
        groups = connection.execute("SELECT first, entries FROM journal_group ORDER BY first").fetchall()
        for first, run in groups:
            at, number, run = 0, first, bytearray(run)
            while at < len(run):
                length = int.from_bytes(run[at:at + 2], "big")
                entry = bytes(run[at + 2:at + 2 + length])
                decoded = cbor.decode(entry)
                if number in house.entries and decoded.get(OUTCOME) == VERIFIED:
                    place = entry.index(bytes([OUTCOME, VERIFIED]))
                    run[at + 2 + place + 1] = NOT_FOUND
                    connection.execute("UPDATE journal_group SET entries = ? WHERE first = ?", (bytes(run), first))
                    return number
                at, number = at + 2 + length, number + 1
    raise AssertionError("no verified call")
