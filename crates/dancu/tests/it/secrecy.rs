//! One entry for each call, and no person in the files, the tables or the logs.
use crate::app::App;
use crate::ask::{Ask, Proof, Via};
use crate::check::receipted;
use crate::scene::{CASE_PURPOSE, HTMC, OFFICER, SECRET, password};
use crate::{Engine, logs, on_both_engines};
use serde_json::json;
use std::collections::BTreeSet;

on_both_engines!(every_call_has_one_entry_and_nobody_is_named_at_rest);

/// What may stand nowhere: of the record, of the request, of the credentials. All of it fictitious.
fn secrets() -> Vec<String> {
    let mut secrets: Vec<String> = [
        "Trần Thị Thúy Hòa",
        "TRẦN THỊ THÚY HÒA",
        "TRANTHITHUYHOA",
        "tranthithuyhoa",
        "TRAN THI THUY HOA",
        "Thúy Hòa",
        "001185000017",
        "012345678",
        "19850430",
        "1985-04-30",
        "Số 5, ngõ 12",
        "Phúc Xá",
        "0600000017",
        "dan.example",
        "HS-2026-000777",
        "MaYeuCau-rieng-1",
        "một mục đích riêng",
        "Nguyễn Văn Cán Bộ",
        OFFICER,
        SECRET,
        "key-of-this-call",
        "038038000052",
        "LEVANTHO",
    ]
    .map(str::to_owned)
    .to_vec();
    secrets.push(password(HTMC));
    secrets
}

/// The forms in which a value may stand: as text, as hexadecimal text, and a number as an integer.
fn needles() -> Vec<(String, Vec<u8>)> {
    let mut needles = Vec::new();
    for secret in secrets() {
        needles.push((format!("{secret} as text"), secret.clone().into_bytes()));
        needles.push((format!("{secret} in hexadecimal"), hex::encode(&secret).into_bytes()));
        if let Ok(number) = secret.parse::<u64>().map(u64::to_be_bytes) {
            needles.push((format!("{secret} as an integer"), number.to_vec()));
        }
    }
    needles
}

fn assert_absent(place: &str, bytes: &[u8], needles: &[(String, Vec<u8>)]) {
    for (what, needle) in needles {
        let found = bytes.windows(needle.len()).any(|window| window == needle);
        assert!(!found, "{place} holds {what}");
    }
}

/// Shows that what is logged is looked at.
const KEPT: &str = "the log is kept from here on";

async fn every_call_has_one_entry_and_nobody_is_named_at_rest(engine: Engine) {
    let app = App::start(engine).await;
    tracing::debug!("{KEPT}");
    let mut numbers = BTreeSet::new();
    let mut calls = 0;
    for via in Via::BOTH {
        for base in [Ask::verify(), Ask::look_up()] {
            for ask in variants(&base, via) {
                let mut request = ask.request(via, app.now_us());
                if via == Via::Rest {
                    let key = format!("key-of-this-call-{calls}");
                    request.headers_mut().insert("idempotency-key", key.parse().unwrap());
                }
                let answer = app.call(ask.certificate, request).await;
                numbers.insert(receipted(&app, &answer).await.index);
                calls += 1;
            }
        }
    }
    assert_eq!(numbers.len(), calls, "each call has an entry of its own");
    assert_eq!(app.calls().await, calls, "and there are no others");

    let needles = needles();
    let url = app.place.url.clone();
    let files = app.place.store_directory();
    match engine {
        // While it runs, for the write-ahead log is a file too.
        Engine::Sqlite => {
            let mut seen = 0;
            for file in std::fs::read_dir(&files).unwrap() {
                let path = file.unwrap().path();
                let bytes = std::fs::read(&path).unwrap();
                seen += bytes.len();
                assert_absent(&path.display().to_string(), &bytes, &needles);
            }
            assert!(seen > 100_000, "only {seen} bytes were looked at");
        }
        Engine::Postgres => {
            for (table, rows) in tables(&url.unwrap()).await {
                assert_absent(&table, rows.as_bytes(), &needles);
            }
        }
    }
    let logs = logs::captured();
    assert!(String::from_utf8_lossy(&logs).contains(KEPT), "the log was captured");
    assert_absent("the log", &logs, &needles);
    app.stop().await;
}

/// Answered, refused, unreadable, proved in both ways.
fn variants(base: &Ask, via: Via) -> Vec<Ask> {
    let fresh = || Ask { request_id: crate::ask::fresh_id(), ..base.clone() };
    vec![
        Ask { request_id: format!("MaYeuCau-rieng-1-{via:?}-{:?}", base.service), ..fresh() },
        Ask { case_number: Some("HS-2026-000777"), purpose: Some(CASE_PURPOSE), ..fresh() },
        Ask { proof: Proof::PerCall(None), name: Some("Trần Thị Thúy Hòa"), ..fresh() },
        Ask { number: None, card: Some("012345678"), ..fresh() },
        Ask { number: Some("038038000052"), name: Some("LEVANTHO"), ..fresh() },
        Ask { purpose: Some("một mục đích riêng"), ..fresh() },
        Ask { born: Some("19850430x"), ..fresh() },
        Ask { name: Some("Trần Thị Thúy Hòa 1985-04-30"), ..fresh() },
        Ask { account: Some("001185000017"), ..fresh() },
    ]
}

/// Every table of the schema, each row as text.
async fn tables(url: &str) -> Vec<(String, String)> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let names = client
        .query("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()", &[])
        .await
        .unwrap();
    let mut tables = Vec::new();
    for name in names {
        let name: String = name.get(0);
        let rows = client.query(&format!("SELECT t::text FROM \"{name}\" AS t"), &[]).await.unwrap();
        tables.push((name, rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>().join("\n")));
    }
    assert!(tables.len() > 8, "only {} tables were found", tables.len());
    assert!(tables.iter().any(|(name, rows)| name == "journal_group" && rows.len() > 1000));
    tables
}

/// The search finds what it is meant to find.
#[test]
fn the_search_for_secrets_can_fail() {
    for text in ["… 001185000017 …".to_owned(), json!({ "x": hex::encode("Thúy Hòa") }).to_string()] {
        let caught = std::panic::catch_unwind(|| assert_absent("here", text.as_bytes(), &needles()));
        assert!(caught.is_err(), "{text}");
    }
}
