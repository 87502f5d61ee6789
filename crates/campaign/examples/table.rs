//! Account tables on the command line, for tests with foreign spreadsheets:
//! `table template vi|en csv|xlsx > file` and `table check < file`, which prints each row or its faults as JSON.
#![expect(clippy::print_stdout, reason = "that is what it is for")]

use dancu_campaign::Rules;
use dancu_campaign::table::{Limits, Surroundings, Table, Words, check};
use dancu_catalogue::Lang;
use dancu_citizen::CivilDate;
use dancu_policy::{AgencyCode, Law};
use std::error::Error;
use std::io::{self, Read as _, Write as _};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words = Words::built_in()?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["template", lang, form] => {
            let sheet = words.template(if *lang == "en" { Lang::En } else { Lang::Vi });
            let file = if *form == "csv" { sheet.to_csv("mau")? } else { sheet.to_xlsx("mau")? };
            Ok(io::stdout().write_all(&file.bytes)?)
        }
        ["check"] => judge(&words),
        _ => Err("table template vi|en csv|xlsx, or table check".into()),
    }
}

fn judge(words: &Words) -> Result<(), Box<dyn Error>> {
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    let limits = Limits { bytes: 4 << 20, rows: 5000 };
    let table = match Table::read(&bytes, None, words, limits) {
        Ok(table) => table,
        Err(error) => {
            println!("{}", serde_json::json!({ "error": error.key() }));
            return Ok(());
        }
    };
    let day = CivilDate::parse_iso("2026-11-21")?;
    let law = Law::built_in()?.on(day).ok_or("no law on this day")?;
    let (rules, organisation) = (Rules::built_in()?, AgencyCode::parse("H55")?);
    let around =
        Surroundings { day, law, rules: &rules, words, organisation: &organisation, system_quota: 10_000 };
    for (row, result) in check(&table, &around)?.rows {
        let told = match result {
            Ok(account) => serde_json::to_value(account)?,
            Err(faults) => {
                let faults: Vec<String> = faults.iter().map(|fault| fault.words(Lang::Vi, words)).collect();
                serde_json::json!({ "line": row.line, "faults": faults })
            }
        };
        println!("{told}");
    }
    Ok(())
}
