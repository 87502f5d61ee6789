#!/usr/bin/env python3
"""Makes crates/citizen/data/lists/countries.csv from the Python package babel (names of Unicode CLDR).

    pip install babel==2.18.0
    tools/units/countries.py crates/citizen/data/lists/countries.csv
"""
import pathlib
import re
import sys

from babel import Locale

# In CLDR, but not among the 249 officially assigned codes of ISO 3166-1.
NOT_ASSIGNED = set("AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ".split())


def main(target: pathlib.Path) -> None:
    vi, en = Locale("vi").territories, Locale("en").territories
    codes = sorted(c for c in en if re.fullmatch("[A-Z]{2}", c) and c not in NOT_ASSIGNED)
    rows = [",".join([c, c, plain(vi[c]), plain(en[c]), "confirmed"]) for c in codes]
    target.write_text("\n".join(["code,key,name_vi,name_en,mark", *rows]) + "\n", "utf-8")


def plain(name: str) -> str:
    return name.replace(",", "").replace("’", "'")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
