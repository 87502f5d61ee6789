//! Prints `docs/duties.md`: `cargo run -p dancu-policy --example duties > docs/duties.md`.
#![expect(clippy::print_stdout, reason = "that is what it is for")]

fn main() {
    print!("{}", dancu_policy::duty::markdown());
}
