//! Nobody can read a secret back: not from any table, log, error or `Debug`.
use crate::scene::{NAME, NOW_US, Scene, USER, order};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use dancu_storage::testing::stores;
use dancu_storage::{Row, Store, StoreError};
use std::io::Write;
use std::sync::{Arc, Mutex};

/// Every cell of every table, as bytes, and how many tables there are.
fn everything(store: &Store) -> (Vec<u8>, usize) {
    let list = if store.engine() == "sqlite" {
        "SELECT name FROM sqlite_master WHERE type = 'table'"
    } else {
        "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()"
    };
    let tables = store.read("test.tables", |tx| tx.query(list, &[])).unwrap();
    let mut all = Vec::new();
    for table in &tables {
        let sql: &'static str =
            Box::leak(format!("SELECT * FROM {}", table.text(0).unwrap()).into_boxed_str());
        let mut add = |row: &Row| {
            for column in 0..row.len() {
                match (row.opt_text(column), row.opt_bytes(column)) {
                    (Ok(Some(text)), _) => all.extend_from_slice(text.as_bytes()),
                    (_, Ok(Some(bytes))) => all.extend_from_slice(bytes),
                    _ => {}
                }
                all.push(0);
            }
            Ok::<_, StoreError>(())
        };
        store.read("test.everything", |tx| tx.for_each(sql, &[], &mut add)).unwrap();
    }
    (all, tables.len())
}

/// What is logged, kept.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    let forms = [text.to_owned(), hexadecimal(text), STANDARD.encode(text), URL_SAFE_NO_PAD.encode(text)];
    forms.iter().any(|form| bytes.windows(form.len()).any(|window| window == form.as_bytes()))
}

fn hexadecimal(text: &str) -> String {
    hex::encode(text)
}

#[test]
fn no_table_log_error_or_debug_tells_a_secret() {
    let kept = Kept::default();
    let writer = kept.clone();
    let logs =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone());
    let _logs = tracing::subscriber::set_default(logs.finish());
    tracing::trace!("the log is kept from here on");
    for (name, store, _guard) in stores() {
        let scene = Scene::new(&store);
        let officer = scene.officer();
        let (first, second) = (scene.issue(&officer, NOW_US), scene.issue(&officer, NOW_US + 1));
        let (waiting, tables) = everything(&store);
        assert!(tables > 15 && waiting.len() > 2000, "{name}: {tables} tables, {} bytes", waiting.len());
        let envelope = scene.secrets.take(&second, "staff-3", NOW_US + 2).unwrap();
        let opened = officer.open(&envelope);
        let (after, _) = everything(&store);
        let gone = scene.secrets.take(&second, "staff-3", NOW_US + 3).unwrap_err();
        let wrong = scene.secrets.issue(&order(&officer), i64::MAX).unwrap_err();
        let shown = format!(
            "{:?} {:?} {:?} {:?} {:?} {:?} {gone} {gone:?} {wrong} {wrong:?} {:?}",
            scene.secrets,
            scene.exchange,
            scene.exchange.snapshot().credential(USER),
            scene.secrets.deliveries("one-stop", 9).unwrap(),
            scene.secrets.delivery(&first).unwrap(),
            scene.secrets.recipients("thai-nguyen", 9).unwrap(),
            order(&officer),
        );
        let logged = kept.0.lock().unwrap().clone();
        assert!(String::from_utf8_lossy(&logged).contains("kept from here on"), "{name}");
        let places =
            [("waiting", &waiting), ("after", &after), ("log", &logged), ("shown", &shown.into_bytes())];
        for (place, bytes) in places {
            for hidden in [opened["password"].as_str(), opened["secret"].as_str(), NAME, "$argon2id$"] {
                assert!(!holds(bytes, hidden), "{name}: {place} tells {hidden}");
            }
        }
        assert!(holds(&after, USER) && holds(&after, "staff-3"), "{name}: what is no secret is found");
        assert!(!after.windows(64).any(|window| window == &envelope[..64]), "{name}: the envelope is erased");
        assert!(
            !waiting.windows(64).any(|window| window == &envelope[..64]),
            "{name}: sealed while it waits"
        );
    }
}

#[test]
fn the_search_finds_what_is_there() {
    for text in ["x5p2", NAME] {
        for form in [text.to_owned(), hexadecimal(text), STANDARD.encode(text)] {
            assert!(holds(format!("… {form} …").as_bytes(), text));
        }
    }
}
