//! Prints what brakes and guess budget cost at each call: `cargo run -p dancu-watch --example guess_speed`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "an example that goes wrong shall stop")]
#![expect(clippy::print_stdout, reason = "printing is what it is for")]
#![expect(clippy::cast_precision_loss, reason = "a figure for people")]

use dancu_watch::guess::Budget;
use dancu_watch::{Braked, Brakes, Settings};
use std::hint::black_box;
use std::time::Instant;

const NOW_US: i64 = 1_794_877_200_000_000;
const PERSONS: u64 = 200_000;
const CALLS: u64 = 2_000_000;

fn person(n: u64) -> [u8; 16] {
    let half = |n: u64| {
        let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB)
    };
    (u128::from(half(n + 1)) << 64 | u128::from(half(n + 7))).to_be_bytes()
}

fn timed(what: &str, calls: u64, mut call: impl FnMut(u64)) {
    let began = Instant::now();
    (0..calls).for_each(&mut call);
    let each = began.elapsed().as_nanos() as f64 / calls as f64;
    println!("{what:60} {each:8.0} ns");
}

fn main() {
    let settings = Settings::built_in().unwrap();
    let setting = settings.guess_on(dancu_citizen::CivilDate::new(2026, 11, 21).unwrap()).unwrap();
    let budget = Budget::new(setting, 262_144);
    let people: Vec<[u8; 16]> = (0..PERSONS).map(person).collect();
    let of = |n: u64| &people[usize::try_from(n.wrapping_mul(7919) % PERSONS).unwrap()];
    timed("a mismatch noted", PERSONS, |n| drop(budget.mismatch(of(n), "a", 1, NOW_US)));
    println!("{} people known", budget.len());
    timed("standing of people with mismatches", CALLS, |n| {
        black_box(budget.standing(of(n), "a", NOW_US));
    });
    let strangers: Vec<[u8; 16]> = (0..PERSONS).map(|n| person(n + 10_000_000)).collect();
    timed("standing of people without", CALLS, |n| {
        let stranger = &strangers[usize::try_from(n % PERSONS).unwrap()];
        black_box(budget.standing(stranger, "a", NOW_US));
    });
    let ids: Vec<String> = (0..1000).map(|n| format!("one-stop-{n}")).collect();
    let id = |n: u64| ids[usize::try_from(n % 1000).unwrap()].as_str();
    let nobody = Brakes::default();
    timed("whether an account is braked, nobody is", CALLS, |n| {
        black_box(nobody.on("one-stop", Some(id(n)), NOW_US));
    });
    let half = ids.iter().step_by(2).cloned().map(|id| (id, Braked { alert: 1, until_us: NOW_US + 1 }));
    let brakes = Brakes::of_accounts(half);
    timed("whether an account is braked, 500 are", CALLS, |n| {
        black_box(brakes.on("one-stop", Some(id(n)), NOW_US));
    });
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                timed("standing, two threads at once", CALLS, |n| {
                    black_box(budget.standing(of(n), "a", NOW_US));
                });
            });
        }
    });
}
