"""What leaves a cleaning job, under tools that know nothing of the project: openssl the signature, a reader of CSV and ZIP the files."""

import csv
import hashlib
import json
import zipfile

import pytest

from support.cleaning import ASKS, Place, openssl


@pytest.fixture(scope="module")
def place(binary, tmp_path_factory):
    return Place(tmp_path_factory.mktemp("clean") / "demo")


@pytest.fixture(scope="module")
def made(place):
    """A job from its file to its package."""
    file, out, package = place.folder / "stock.csv", place.folder / "out", place.folder / "out.asice"
    rows = place.stock(file)
    said = place.good("clean", "--store", place.folder, file, "--out", out, "--zip", package, "--map", "row_id=Mã", *ASKS)
    assert f"{rows} rows" in said and "signed" in said
    return rows, out, package


def test_every_row_is_in_every_file(made):
    rows, out, _ = made
    with open(out / "result.csv", newline="", encoding="utf-8-sig") as read:
        lines = list(csv.DictReader(read))
    assert [line["row_id"] for line in lines] == [f"r{n}" for n in range(1, rows + 1)]
    figures = json.loads((out / "figures.json").read_text())
    assert figures["rows"] == rows == sum(figures["verdicts"].values()) == sum(figures["actions"].values())
    assert figures["verdicts"]["match"] == sum(line["verdict"] == "match" for line in lines) > rows / 4
    assert (out / "report.pdf").read_bytes().startswith(b"%PDF-1.")
    with zipfile.ZipFile(out / "result.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet2.xml").decode()
    assert sheet.count("<row ") == rows + 1


def test_openssl_believes_the_signature_over_every_file(place, made, tmp_path):
    _, out, package = made
    with zipfile.ZipFile(package) as archive:
        assert archive.infolist()[0].filename == "mimetype"
        archive.extractall(tmp_path)
    assert {p.name: hashlib.sha256(p.read_bytes()).digest() for p in tmp_path.iterdir() if p.is_file()} == {
        p.name: hashlib.sha256(p.read_bytes()).digest() for p in out.iterdir() if p.is_file()}
    openssl(tmp_path, "cms", "-verify", "-binary", "-inform", "DER", "-in", "META-INF/signature.p7s", "-content",
            "META-INF/ASiCManifest.xml", "-CAfile", place.ca, "-purpose", "any", "-out", "/dev/null")
    manifest = (tmp_path / "META-INF/ASiCManifest.xml").read_text()
    for name in ("result.parquet", "result.csv", "result.xlsx", "report.pdf", "figures.json", "manifest.json"):
        assert f'URI="{name}"' in manifest


def test_a_good_package_is_believed_and_a_changed_one_is_not(place, made, tmp_path):
    rows, out, package = made
    for path in (out, package):
        assert f"{rows} rows" in place.good("clean", "verify", path, "--ca", place.ca)
    changed = tmp_path / "changed.asice"
    raw = bytearray(package.read_bytes())
    raw[raw.index(b"PAR1") + 100] ^= 1
    changed.write_bytes(raw)
    assert "result.parquet was changed" in place.refused("clean", "verify", changed, "--ca", place.ca)
    stranger = place.folder / "tls/stranger/stranger.pem"
    if stranger.exists():
        place.refused("clean", "verify", package, "--ca", stranger)


def test_a_folder_with_other_files_is_not_taken(place, made, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    told = place.refused("clean", "--store", place.folder, place.folder / "stock.csv", "--out", tmp_path, *ASKS)
    assert "holds other files" in told
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_an_english_result_replaces_an_earlier_one(place, made):
    _, out, _ = made
    before = (out / "result.csv").read_bytes()
    job = json.loads((out / "figures.json").read_text())["job"]
    place.good("clean", "fetch", "--store", place.folder, job, "--out", out, "--lang", "en", "--no-workbook")
    assert (out / "result.csv").read_bytes() == before
    assert not (out / "result.xlsx").exists()
    place.good("clean", "verify", out, "--ca", place.ca)


def test_people_whose_file_is_damaged_make_no_row_doubtful(place, made, tmp_path):
    """Pages that do not open: everybody is read anew from the store, and the result is that of a sound file."""
    _, out, _ = made
    index = place.folder / "store/people.index"
    damaged = bytearray(index.read_bytes())
    # The pages of people; what stands before them is read at the start, and what stands behind is not asked by every row.
    for hundredth in range(20, 36):
        damaged[len(damaged) * hundredth // 100] ^= 1
    index.write_bytes(damaged)
    said = place.good("clean", "--store", place.folder, place.folder / "stock.csv", "--out", tmp_path / "out", "--map", "row_id=Mã", *ASKS)
    assert "are damaged; they are read anew" in said
    assert (tmp_path / "out/result.csv").read_bytes() == (out / "result.csv").read_bytes()
    place.good("clean", "verify", tmp_path / "out", "--ca", place.ca)
