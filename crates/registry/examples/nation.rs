//! Figures of the verify index for so many people: `cargo run --release -p dancu-registry --example nation -- 1000000`.
use dancu_keys::{KeyRing, Secret};
use dancu_registry::nation::question;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let ring = KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32]))?;
    for figure in question(1, count, &folder.path().join("nation.index"), &ring, |_| ())? {
        println!("{:36} {:>12.3} {}", figure.name, figure.value, figure.unit);
    }
    Ok(())
}
