"""Keeping the journal by hand, beside a running service: archive, purge, hold, release."""

import re
import subprocess

from support.server import BINARY, clean_environment


def keep(demo, *arguments, stdin=""):
    return subprocess.run(
        [str(BINARY), "journal", *map(str, arguments), "--store", str(demo.folder)],
        input=stdin, capture_output=True, text=True, env=clean_environment(), timeout=60)


def done(*arguments, **stdin):
    result = keep(*arguments, **stdin)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_holds_are_placed_listed_and_released_while_the_service_runs(own_demo):
    demo = own_demo(citizens=300).start()
    system, citizen = demo.system(), demo.facts["citizens"][0]
    assert system.verify(system.body(citizen)).status_code == 200
    assert done(demo, "holds") == "no holds\n"
    of_person = done(demo, "hold", "12/QĐ-TA", "--by", "giamsat01", "--person", stdin=citizen["personal_id"] + "\n")
    entry = int(re.search(r"entry (\d+)", of_person)[1])
    assert re.search(r"held by \"12/QĐ-TA\"", of_person)
    done(demo, "hold", "13/QĐ-TA", "--by", "giamsat01", "--from", "2026-11-01", "--to", "2026-11-30", "--organisation", "H55")

    listed = done(demo, "holds").splitlines()
    assert [line.split("\t")[:2] for line in sorted(listed)] == [["12/QĐ-TA", "stands"], ["13/QĐ-TA", "stands"]]
    assert "one person" in listed[0] + listed[1] and citizen["personal_id"] not in "".join(listed)
    assert any(line.endswith("from 2026-11-01, before 2026-12-01, organisation H55") for line in listed)

    again = keep(demo, "hold", "12/QĐ-TA", "--by", "giamsat01", "--entry", 3)
    assert again.returncode == 1 and "exists already" in again.stderr
    assert keep(demo, "hold", "14/QĐ-TA", "--by", "giamsat01").returncode == 2, "a hold of everything must be asked for"
    bad = keep(demo, "hold", "14/QĐ-TA", "--by", "giamsat01", "--person", stdin="12345\n")
    assert bad.returncode == 1 and "12345" not in bad.stderr

    assert int(re.search(r"entry (\d+)", done(demo, "release", "12/QĐ-TA", "--by", "giamsat01"))[1]) > entry
    assert keep(demo, "release", "12/QĐ-TA", "--by", "giamsat01").returncode == 1
    # The service goes on in the same journal.
    after = system.verify(system.body(citizen))
    assert int(after.headers["Dancu-Journal"]) > entry
    assert demo.stop() == 0


def test_nothing_of_this_month_is_archived_or_purged(own_demo):
    demo = own_demo(citizens=300).start()
    assert done(demo, "archive") == "0 files written\n"
    assert done(demo, "purge", "--dry-run") == "0 entries would lose their personal parts; 0 are held\n"
    assert done(demo, "purge") == "0 entries have lost their personal parts; 0 are held\n"
    assert (demo.folder / "journal.archive").is_dir() and (demo.folder / "journal.archive").stat().st_mode & 0o077 == 0
    assert "keeping_failures_total 0" in demo.operator("/metrics")[1]
    assert demo.stop() == 0


def test_who_would_keep_shorter_than_the_law_does_not_start(own_demo):
    demo = own_demo(citizens=300).start()
    assert demo.stop() == 0
    refused = subprocess.run(
        [str(BINARY), "demo"], env=demo.environment | {"DANCU_KEEPING__EXCHANGE_MONTHS": "6"},
        cwd=demo.folder.parent, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1 and "at least 24" in refused.stderr
