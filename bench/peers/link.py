#!/usr/bin/env python3
"""What a user of Splink or DuckDB would write for the task of `dancu clean`: whom does each row of a stock mean?

    link.py splink|duckdb FOLDER [--normalised]

FOLDER holds people.parquet, stock.parquet, truth.parquet and, with our normalisation done beforehand and not timed,
stock-normalised.parquet and people-normalised.parquet, as `dancu-bench stock` writes them. Prints one line of JSON.
"""

import argparse
import json
import time
from pathlib import Path

import duckdb

THRESHOLD = 0.95

CLEAN = """
    SELECT row_id AS unique_id,
           nullif(regexp_replace(personal_id, '[^0-9]', '', 'g'), '') AS personal_id,
           nullif(regexp_replace(id_card_number, '[^0-9]', '', 'g'), '') AS id_card_number,
           nullif(regexp_replace(lower(strip_accents(nfc_normalize(full_name))), '\\s+', ' ', 'g'), '') AS full_name,
           coalesce(try_strptime(birth_date, ['%Y-%m-%d', '%d/%m/%Y', '%d-%m-%Y', '%Y%m%d', '%d.%m.%Y', '%Y'])::date::varchar,
                    birth_date) AS birth_date,
           lower(sex) AS sex
    FROM read_parquet('{file}')
"""
AS_IT_IS = """
    SELECT row_id AS unique_id, nullif(personal_id, '') AS personal_id, nullif(id_card_number, '') AS id_card_number,
           nullif(full_name, '') AS full_name, nullif(birth_date, '') AS birth_date, nullif(sex, '') AS sex
    FROM read_parquet('{file}')
"""


def load(folder: Path, normalised: bool) -> duckdb.DuckDBPyConnection:
    """Tables `stock` and `people`, cleaned as a user would with what DuckDB has, or by us beforehand."""
    db = duckdb.connect()
    select, ending = (AS_IT_IS, "-normalised") if normalised else (CLEAN, "")
    for name in ("stock", "people"):
        columns = select.format(file=folder / f"{name}{ending}.parquet")
        db.execute(f"CREATE TABLE {name} AS SELECT *, split_part(full_name, ' ', -1) AS given FROM ({columns})")
    db.execute("ALTER TABLE people RENAME unique_id TO person")
    return db


def by_duckdb(db: duckdb.DuckDBPyConnection) -> None:
    """Joins on exact keys, the surest first; a row that fits several people by one key is left open."""
    keys = (
        ("s.personal_id = p.personal_id AND (s.full_name = p.full_name OR s.birth_date = p.birth_date)", 1),
        ("s.id_card_number = p.id_card_number AND (s.full_name = p.full_name OR s.birth_date = p.birth_date)", 2),
        ("s.full_name = p.full_name AND s.birth_date = p.birth_date AND (s.sex IS NULL OR s.sex = p.sex)", 3),
    )
    parts = (
        f"SELECT s.unique_id, any_value(p.person) AS person, {rank} AS rank FROM stock s JOIN people p ON {key} "
        f"GROUP BY s.unique_id HAVING count(DISTINCT p.person) = 1"
        for key, rank in keys
    )
    db.execute(
        "CREATE TABLE found AS SELECT unique_id, arg_min(person, rank) AS person FROM ("
        + " UNION ALL ".join(parts)
        + ") GROUP BY unique_id"
    )


def by_splink(db: duckdb.DuckDBPyConnection) -> None:
    """The model that Splink's own guide leads to: exact keys to block on, training without labels, the best pair a row."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    db.execute("ALTER TABLE people RENAME person TO unique_id")
    api = DuckDBAPI(connection=db)
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.DamerauLevenshteinAtThresholds("personal_id", [1]).configure(term_frequency_adjustments=False),
            cl.ExactMatch("id_card_number"),
            cl.JaroWinklerAtThresholds("full_name", [0.95, 0.88]).configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("birth_date", [1]),
            cl.ExactMatch("sex"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("personal_id"),
            block_on("id_card_number"),
            block_on("full_name", "birth_date"),
            block_on("given", "birth_date"),
        ],
        retain_matching_columns=False,
    )
    linker = Linker([api.register("stock"), api.register("people")], settings, log_level=40)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("personal_id", "full_name")], recall=0.6
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=7)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("personal_id"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("full_name", "birth_date"))
    pairs = linker.inference.predict(threshold_match_probability=THRESHOLD)
    db.execute(
        "CREATE TABLE found AS SELECT unique_id_l AS unique_id, arg_max(unique_id_r, match_weight) AS person "
        f"FROM {pairs.physical_name} GROUP BY unique_id_l"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("tool", choices=("splink", "duckdb"))
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--normalised", action="store_true")
    given = arguments.parse_args()

    began = time.monotonic()
    db = load(given.folder, given.normalised)
    (by_splink if given.tool == "splink" else by_duckdb)(db)
    seconds = time.monotonic() - began

    rows, mean, found, right = db.execute(
        f"""
        SELECT count(*), count(nullif(t.person, '')), count(f.person), count(*) FILTER (f.person = t.person)
        FROM read_parquet('{given.folder / "truth.parquet"}') t LEFT JOIN found f ON f.unique_id = t.row_id
        """
    ).fetchone()
    answer = {
        "tool": given.tool,
        "normalised": given.normalised,
        "rows": rows,
        "seconds": round(seconds, 3),
        "rows_per_second": round(rows / seconds, 1),
        "recall": right / mean,
        "precision": right / found if found else 1.0,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
