#!/usr/bin/env python3
"""Makes crates/citizen/data/units/*.csv from the Python package vietnamadminunits.

    pip install --no-deps --target DIR vietnamadminunits==1.0.4
    tools/units/convert.py DIR/vietnamadminunits/data crates/citizen/data/units

Reads the package's data files only, not its code. The output is sorted, so a newer package shows as a diff.
"""
import collections
import csv
import json
import pathlib
import sqlite3
import sys


def main(source: pathlib.Path, target: pathlib.Path) -> None:
    store = sqlite3.connect(f"file:{source / 'dataset.db'}?mode=ro", uri=True)
    old = store.execute(
        "SELECT provinceCode, districtCode, wardCode, province, district, ward, provinceKey, districtKey, wardKey"
        " FROM admin_units_legacy"
    ).fetchall()
    new = store.execute(
        "SELECT provinceCode, wardCode, province, ward, provinceKey, wardKey FROM admin_units"
    ).fetchall()
    successors = read_successors(json.loads((source / "converter_2025.json").read_text("utf-8")), new)

    provinces, districts, communes = {}, {}, {}
    for p_code, d_code, w_code, province, district, ward, p_key, d_key, w_key in old:
        # Island districts had no communes: their own code carries the map, their key ends in "_".
        mapped = successors["_".join([p_key, d_key, w_key or ""])]
        provinces[p_code] = (province,)
        districts[d_code] = (p_code, district, "" if w_code else " ".join(mapped))
        if w_code:
            communes[w_code] = (d_code, ward, " ".join(mapped))
    write(target / "old-provinces.csv", "code,name", provinces)
    write(target / "old-districts.csv", "code,province,name,successors", districts)
    write(target / "old-communes.csv", "code,district,name,successors", communes)
    write(target / "provinces.csv", "code,name", {r[0]: (r[2],) for r in new})
    write(target / "communes.csv", "code,province,name", {r[1]: (r[0], r[3]) for r in new})


def read_successors(maps: dict, new: list) -> dict:
    """Old unit's key -> codes of its successors; of a divided unit the package's default comes first."""
    code = {(p_key, w_key): w_code for _, w_code, _, _, p_key, w_key in new}
    found = collections.defaultdict(list)
    for province, communes in maps["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, olds in communes.items():
            for key in olds:
                found[key].append((0, code[province, commune]))
    for province, olds in maps["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, parts in olds.items():
            for part in parts:
                rank = 0 if part["isDefaultNewWard"] else 1
                found[key].append((rank, code[province, part["newWardKey"]]))
    return {key: [c for _, c in sorted(set(parts))] for key, parts in found.items()}


def write(path: pathlib.Path, header: str, rows: dict) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(header + "\n")
        writer = csv.writer(out, lineterminator="\n")
        for code in sorted(rows):
            if any("," in cell or '"' in cell for cell in rows[code]):
                raise SystemExit(f"{path.name}: {code}: the reader splits at commas and knows no quotes")
            writer.writerow([code, *rows[code]])


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
