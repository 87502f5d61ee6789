//! Signs the bytes of a file and prints the key and the detached JWS, for a check with another library:
//! `cargo run -p dancu-keys --example jws -- EdDSA FILE`.
use dancu_keys::{Algorithm, SignedEntry, Signer};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let algorithm = arguments.next().and_then(|name| Algorithm::from_name(&name)).unwrap_or_default();
    let payload = arguments.next().map_or_else(|| Ok(b"payload".to_vec()), std::fs::read)?;
    let signer = Signer::from_pkcs8(algorithm, &Signer::generate(algorithm)?, Vec::new())?;
    println!("{}", serde_json::to_string(&signer.jwks())?);
    let entry = |index| SignedEntry { index, leaf: &[7; 32], log: "journal.example.vn" };
    println!("{}", signer.sign_detached(&payload, Some(&entry(42)), 1_763_620_000)?);

    let (rounds, start) = (20_000_u32, Instant::now());
    for n in 0..rounds {
        std::hint::black_box(signer.sign_detached(&payload, Some(&entry(u64::from(n))), 1_763_620_000)?);
    }
    eprintln!("{} bytes, {}: {:?} a signature", payload.len(), algorithm.name(), start.elapsed() / rounds);
    Ok(())
}
