//! How many entries a second the journal takes on the embedded store, with full durability, and how big they are:
//! `cargo run --release -p dancu-journal --example rate -- FOLDER [ENTRIES] [CALLERS] [plain|live|units]`
//!
//! `plain` are verifications with their verdicts and five personal parts, each appended by itself; `live` have a replay
//! key and two quotas besides; `units` are plain ones, sixteen at a time.
#![expect(clippy::cast_precision_loss, reason = "figures to look at")]

use dancu_citizen::Field;
use dancu_journal::{
    Answered, Call, Charge, Draft, Journal, JournalError, Options, Outcome, Personal, ReplayKey, Scope, Steps,
};
use dancu_keys::{KeyRing, Secret};
use dancu_storage::Store;
use std::path::Path;
use std::time::Instant;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a folder")?;
    let entries: u32 = arguments.next().map_or(Ok(200_000), |text| text.parse())?;
    let callers: u32 = arguments.next().map_or(Ok(512), |text| text.parse())?;
    let kind = arguments.next().unwrap_or_else(|| "plain".to_owned());
    let path = Path::new(&folder).join("rate.db");
    let store = Store::sqlite(&path)?;
    let ring = KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32]))?;
    let options = Options { group: 1024, ..Options::default() };
    let journal = Journal::open(store.clone(), ring, options)?;

    let (before, started) = (journal.len().await?, Instant::now());
    let mut tasks = Vec::new();
    for caller in 0..callers {
        let (journal, kind) = (journal.clone(), kind.clone());
        tasks.push(tokio::spawn(append(journal, kind, caller, entries / callers)));
    }
    for task in tasks {
        task.await??;
    }
    let took = started.elapsed().as_secs_f64();
    let written = journal.len().await? - before;
    let groups = store.metrics().succeeded("journal.append");
    println!(
        "{kind}: {written} entries in {groups} groups, {took:.2} s, {:.0} entries/s",
        written as f64 / took
    );

    let last = tokio::task::spawn_blocking({
        let journal = journal.clone();
        move || journal.read_stored(before + written.saturating_sub(4096), 4096)
    });
    let last = last.await??;
    let mean = |bytes: usize| bytes as f64 / last.len() as f64;
    let public = mean(last.iter().map(|stored| stored.entry.len()).sum());
    let sealed = mean(last.iter().map(|stored| stored.sealed.len()).sum());
    println!("public {public:.1}, sealed {sealed:.1} bytes an entry");
    journal.close().await;
    drop((journal, store));
    println!("store {:.1} bytes an entry", std::fs::metadata(path)?.len() as f64 / (before + written) as f64);
    Ok(())
}

async fn append(journal: Journal, kind: String, caller: u32, count: u32) -> Result<(), JournalError> {
    if kind == "units" {
        for unit in 0..count.div_ceil(16) {
            let drafts = (0..16).map(|item| draft(caller, unit * 16 + item, false)).collect();
            journal.append_all(drafts, None).await?;
        }
    } else {
        for number in 0..count {
            journal.append(draft(caller, number, kind == "live")).await?;
        }
    }
    Ok(())
}

fn draft(caller: u32, number: u32, live: bool) -> Draft {
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip([caller.to_be_bytes(), number.to_be_bytes()].concat()) {
        *to = from;
    }
    let charge = |scope, id: String| Charge { scope, id, day: 20_778, limit: u64::MAX };
    let compared = [Field::PersonalId, Field::FullName, Field::BirthDate, Field::Sex];
    let call = Call {
        at_us: 1_795_226_400_000_000,
        correlation: id,
        form: "soap-033".into(),
        service: "verify".into(),
        integration: Some("033".into()),
        procedure: Some("1.004194".into()),
        system_id: Some(format!("system-{}", caller % 20)),
        account_id: Some(format!("account-{caller}")),
        role: Some("officer".into()),
        agency_code: Some("000.00.19.H26".into()),
        organisation: Some("so-y-te".into()),
        certificate: Some([3; 32]),
        inputs: compared.into_iter().collect(),
        verdicts: compared.map(|field| (field, "match".into())).to_vec(),
        outcome: Outcome::Answered(Answered::Verified),
        steps: Steps { decode_us: 80, authenticate_us: 300, decide_us: 20, registry_us: 150 },
        response_sha256: Some([4; 32]),
        rules_version: 7,
        agreement_id: Some("agreement-1".into()),
        personal: Personal {
            request_id: Some(format!("000.00.19.H26-{caller}-{number}")),
            officer: Some("officer-1".into()),
            case_number: Some("000.00.19.H26-261121-0001".into()),
            source_address: Some("192.0.2.7".into()),
            subject: Some(format!("{:012}", 1_185_000_000 + u64::from(number))),
            ..Personal::default()
        },
        ..Call::default()
    };
    if !live {
        return call.into();
    }
    Draft {
        call,
        replay: Some(ReplayKey { system: "system".into(), request_id_hash: id, window_us: 600_000_000 }),
        charges: vec![
            charge(Scope::Account, format!("account-{caller}")),
            charge(Scope::System, format!("system-{}", caller % 20)),
        ],
        refusal_sha256: None,
    }
}
