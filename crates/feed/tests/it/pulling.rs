//! Fetching by number.
use crate::scene::{append, clock, journal, origin, ring, run};
use dancu_feed::{Pull, PullError, PullToken, Query};
use std::time::{Duration, Instant};

fn query(after: Option<u64>) -> Query {
    Query { after, ..Query::default() }
}

#[test]
fn pages_follow_each_other_without_a_gap() {
    for (engine, store, _guard) in dancu_storage::testing::stores() {
        let journal = journal(&store);
        run(async {
            let size = append(&journal, 450).await;
            let pull = Pull::new(journal.clone(), ring(), clock(), origin(), vec![]).unwrap();
            let (mut after, mut numbers) = (None, Vec::new());
            loop {
                let page = pull.entries(&query(after)).await.unwrap();
                assert_eq!((page.content_type, page.size), ("application/x-ndjson; charset=utf-8", size));
                if page.body.is_empty() {
                    assert_eq!(page.last, after);
                    break;
                }
                for line in page.body.lines() {
                    let line: serde_json::Value = serde_json::from_str(line).unwrap();
                    let index = line["index"].as_u64().unwrap();
                    let entry = journal.entry(index).await.unwrap().unwrap();
                    assert_eq!(line["leaf"].as_str().unwrap(), hex::encode(entry.leaf_hash), "{engine}");
                    let outcome = if index == 0 { &serde_json::Value::Null } else { &"verified".into() };
                    assert_eq!((&line["outcome"], line["kind"] == "call"), (outcome, index > 0));
                    numbers.push(index);
                }
                after = page.last;
            }
            assert_eq!(numbers, (0..size).collect::<Vec<_>>(), "{engine}");
            let page = pull
                .entries(&Query { limit: Some(2), format: Some("cef".into()), ..query(Some(9)) })
                .await
                .unwrap();
            assert_eq!((page.body.lines().count(), page.last), (2, Some(11)));
            assert!(page.body.starts_with("CEF:0|dancu|dancu|0.1.0|CALL|"));
            assert!(page.body.contains(" externalId=10 "));
            assert_eq!(pull.entries(&query(Some(u64::MAX))).await.unwrap().body, "");
        });
    }
}

#[test]
fn an_answer_waits_for_a_line_and_no_longer() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let journal = journal(&store);
    run(async {
        let pull = Pull::new(journal.clone(), ring(), clock(), origin(), vec![]).unwrap();
        let began = Instant::now();
        assert_eq!(pull.entries(&Query { wait: Some(1), ..query(None) }).await.unwrap().body, "");
        assert!(began.elapsed() >= Duration::from_secs(1));
        let waiting =
            tokio::spawn(async move { pull.entries(&Query { wait: Some(30), ..query(None) }).await });
        tokio::time::sleep(Duration::from_millis(300)).await;
        append(&journal, 1).await;
        let page = waiting.await.unwrap().unwrap();
        assert_eq!((page.last, page.body.lines().count()), (Some(1), 2), "a context and a call");
        assert!(began.elapsed() < Duration::from_secs(10));
    });
}

#[test]
fn parameters_have_ranges() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let journal = journal(&store);
    run(async {
        let pull = Pull::new(journal, ring(), clock(), origin(), vec![]).unwrap();
        for (wrong, named) in [
            (Query { limit: Some(0), ..Query::default() }, "limit"),
            (Query { limit: Some(1001), ..Query::default() }, "limit"),
            (Query { wait: Some(31), ..Query::default() }, "wait"),
            (Query { format: Some("xml".into()), ..Query::default() }, "format"),
        ] {
            let error = pull.entries(&wrong).await.unwrap_err();
            assert!(matches!(error, PullError::Parameter { name, .. } if name == named), "{error}");
        }
    });
}

#[test]
fn only_holders_of_a_token_are_let_in() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let file =
        format!("# who may fetch\n\n{}{}", PullToken::of("one").line("siem"), PullToken::of("two").line(""));
    let tokens = PullToken::read(&file).unwrap();
    assert!(!file.contains("one") && !format!("{tokens:?}").contains("sha256"));
    let pull = Pull::new(journal(&store), ring(), clock(), origin(), tokens).unwrap();
    for good in ["Bearer one", "bearer two", "Bearer  two"] {
        assert_eq!(pull.admit(Some(good)), Ok(()), "{good}");
    }
    for wrong in ["Bearer three", "Bearer ", "Bearer one two", "Bearer ONE"] {
        assert_eq!(pull.admit(Some(wrong)), Err(PullError::TokenWrong), "{wrong}");
    }
    for missing in [None, Some(""), Some("one"), Some("Basic one")] {
        assert_eq!(pull.admit(missing), Err(PullError::TokenMissing), "{missing:?}");
    }
    for damaged in ["one", "sha256:00", "sha256:zz x", "sha512:00"] {
        assert!(PullToken::read(damaged).is_none(), "{damaged}");
    }
    assert_eq!(PullToken::read("# nobody\n").unwrap().len(), 0);
}
