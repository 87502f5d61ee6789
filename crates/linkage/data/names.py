"""Makes names.tsv: how much it says that a word stands in a name, by its place. From the tables of synthetic people."""

import math
import pathlib
import unicodedata

HERE = pathlib.Path(__file__).parent
TABLES = HERE.parent.parent / "registry" / "data"
# Share of people by birth years until 1949, 1974, 1994, 2009, 2026, rounded.
AGES = [3, 22, 33, 22, 20]
MARKERS = {"Văn": 0.18, "Thị": 0.33}


def rows(name):
    for line in (TABLES / name).read_text().splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def share(counts, total=1.0):
    whole = sum(counts.values())
    return {word: total * count / whole for word, count in counts.items()}


def add(to, words, weight):
    for word in words.split():
        to[word.lower()] = to.get(word.lower(), 0) + weight


def main():
    surnames, middle, given = {}, {}, {}
    for name, north, centre, south in rows("surnames.tsv"):
        add(surnames, name, 0.40 * int(north) + 0.25 * int(centre) + 0.35 * int(south))
    for row in rows("middle.tsv"):
        add(middle, row[1], sum(a * int(w) for a, w in zip(AGES, row[2:])))
    for row in rows("given.tsv"):
        add(given, row[1], sum(a * int(w) for a, w in zip(AGES, row[3:])))
    tables = [share(surnames), share(middle, 1 - sum(MARKERS.values())), share(given)]
    for word, part in MARKERS.items():
        tables[1][word.lower()] = tables[1].get(word.lower(), 0) + part
    # Second middle names and given names come from one stock.
    for word, part in list(tables[2].items()):
        tables[1][word] = tables[1].get(word, 0) + 0.2 * part

    lines = []
    for kind, fold in (("marked", lambda w: w), ("plain", bare)):
        folded = []
        for table in tables:
            sums = {}
            for word, part in table.items():
                sums[fold(word)] = sums.get(fold(word), 0) + part
            folded.append(sums)
        for word in sorted(set().union(*folded)):
            bits = [round(-100 * math.log2(max(t.get(word, 0), 2**-15))) for t in folded]
            lines.append("\t".join([kind, word, *map(str, bits)]))
    head = (HERE / "names.head").read_text()
    (HERE / "names.tsv").write_text(head + "\n".join(lines) + "\n")


def bare(word):
    flat = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return "".join(c for c in flat if not unicodedata.combining(c))


main()
