"""Makes units.tsv: how many people live in each commune of today, roughly. From the census figures of the provinces before."""

import csv
import pathlib

HERE = pathlib.Path(__file__).parent
UNITS = HERE.parent.parent / "citizen" / "data" / "units"
PROVINCES = HERE.parent.parent / "registry" / "data" / "provinces.tsv"


def table(name):
    with (UNITS / name).open() as file:
        return list(csv.DictReader(file))


def main():
    people = {}
    for line in PROVINCES.read_text().splitlines():
        if line and not line.startswith("#"):
            columns = line.split("\t")
            people[columns[0]] = 1000 * int(columns[3])
    province_of = {row["code"]: row["province"] for row in table("old-districts.csv")}
    old = table("old-communes.csv")
    counts = {}
    for commune in old:
        province = province_of[commune["district"]]
        counts[province] = counts.get(province, 0) + 1
    sizes = {row["code"]: 0 for row in table("communes.csv")}
    for commune in old:
        province = province_of[commune["district"]]
        successors = commune["successors"].split()
        for code in successors:
            sizes[code] += people[province] / counts[province] / len(successors)
    # Nobody is known to live there: an island, without communes before.
    least = min(size for size in sizes.values() if size > 0)
    head = (HERE / "units.head").read_text()
    lines = [f"{code}\t{round(max(size, least))}" for code, size in sorted(sizes.items())]
    (HERE / "units.tsv").write_text(head + "\n".join(lines) + "\n")


main()
