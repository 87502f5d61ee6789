//! How many entries a second the journal takes on the embedded store, with full durability:
//! `cargo run --release -p dancu-journal --example rate -- FOLDER [ENTRIES] [CALLERS]`
use dancu_journal::{Answered, Call, Charge, Draft, Journal, Options, Outcome, Personal, ReplayKey, Scope};
use dancu_keys::{KeyRing, Secret};
use dancu_storage::Store;
use std::path::Path;
use std::time::Instant;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a folder")?;
    let entries: u32 = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    let callers: u32 = arguments.next().map_or(Ok(256), |text| text.parse())?;
    let store = Store::sqlite(&Path::new(&folder).join("rate.db"))?;
    let ring = KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32]))?;
    let journal = Journal::open(store.clone(), ring, Options::default())?;

    let (before, started) = (journal.len().await?, Instant::now());
    let mut tasks = Vec::new();
    for caller in 0..callers {
        let journal = journal.clone();
        tasks.push(tokio::spawn(async move {
            for number in 0..entries / callers {
                journal.append(draft(caller, number)).await?;
            }
            Ok::<_, dancu_journal::JournalError>(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    let took = started.elapsed().as_secs_f64();
    let written = journal.len().await? - before;
    let groups = store.metrics().succeeded("journal.append");
    println!("{written} entries in {groups} groups, {took:.2} s, {:.0} entries/s", f64::from(entries) / took);
    journal.close().await;
    Ok(())
}

/// As a live verification makes it: replay key, both quotas, five personal parts.
fn draft(caller: u32, number: u32) -> Draft {
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip([caller.to_be_bytes(), number.to_be_bytes()].concat()) {
        *to = from;
    }
    let charge = |scope, id: String| Charge { scope, id, day: 20_778, limit: u64::MAX };
    let call = Call {
        at_us: 1_795_226_400_000_000,
        correlation: id,
        form: "soap-033".into(),
        service: "verify".into(),
        procedure: Some("1.004194".into()),
        system_id: Some(format!("system-{}", caller % 20)),
        account_id: Some(format!("account-{caller}")),
        role: Some("officer".into()),
        agency_code: Some("000.00.19.H26".into()),
        organisation: Some("so-y-te".into()),
        certificate: Some([3; 32]),
        subject: Some(id),
        outcome: Outcome::Answered(Answered::Verified),
        response_sha256: Some([4; 32]),
        agreement_id: Some("agreement-1".into()),
        personal: Personal {
            request_id: Some(format!("000.00.19.H26-{caller}-{number}")),
            officer: Some("officer-1".into()),
            case_number: Some("000.00.19.H26-261121-0001".into()),
            purpose: None,
            source_address: Some("192.0.2.7".into()),
            subject: Some(format!("{:012}", 1_185_000_000 + u64::from(number))),
            ..Personal::default()
        },
        ..Call::default()
    };
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
