//! Figures of the verify index for so many people: `cargo run --release -p dancu-registry --example nation -- 1000000`.
use dancu_keys::{KeyRing, Secret};
use dancu_registry::nation::{draw, question};
use std::thread;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("nation.index");
    let ring = KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32]))?;
    let drawn = draw(1, count, threads, &file, &ring, |_| ())?;
    for figure in drawn.into_iter().chain(question(&file, &ring)?) {
        println!("{:36} {:>12.3} {}", figure.name, figure.value, figure.unit);
    }
    Ok(())
}
