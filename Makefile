# Two commands: `make demo` runs it, `make test` proves it.
.PHONY: demo test lint unit wire browser bench bench-nation soak docs fuzz clean help

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## make demo    build and start everything on an embedded store in ./demo-data (FRESH=1 to renew)
demo:
	@tools/setup rust
	cargo build --release --locked --bin dancu
	./target/release/dancu demo $(if $(FRESH),--fresh)

## make test    install what is missing and run every check, on SQLite and on PostgreSQL
test:
	tools/setup all
	$(MAKE) lint unit wire

## make lint    formatting, lints, licences and bans, generated documents
lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	tools/check-deps
	cargo run --locked --quiet --bin dancu -- docs check

## make unit    every Rust test, both engines
unit:
	tools/nextest

# Files go to the two workers in the order of their names, not by size: what one leaves behind in the service that they
# share is met by those after it only, the same on every machine. They call the binary that the Rust tests were built with: its
# arithmetic is checked, nothing is built twice, and what takes the time is the cryptography and the store, optimised in both.
## make wire    over the wire and in a real browser: curl, openssl, zeep, Chromium
wire:
	cargo build --workspace --bins --examples --locked
	.venv/bin/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder tests

## make docs    write the generated documents (error catalogue, OpenAPI)
docs:
	cargo run --locked --quiet --bin dancu -- docs write

## make bench   figures with their peers, into bench/results and bench/report.md
bench:
	tools/setup bench
	cargo build --release --locked -p dancu -p dancu-bench
	cargo build --release --locked -p dancu-linkage --example febrl
	./target/release/dancu-bench
	cargo run --release --locked -p dancu-watch --example precision

## make bench-nation  a hundred million people and ten million dirty rows: five minutes on two idle cores, 5 GB of disk, 12 of memory
bench-nation:
	tools/setup rust
	cargo build --release --locked -p dancu-bench
	./target/release/dancu-bench nation $(or $(PEOPLE),100000000) $(or $(ROWS),10000000)
	./target/release/dancu-bench report

## make soak    every bit of every small log; kill the server under load again and again; long
soak:
	tools/setup all
	cargo build --release --locked --bin dancu
	cargo build --release --locked -p dancu-tlog --example judge
	DANCU_BIN=target/release/dancu DANCU_JUDGE=target/release/examples/judge .venv/bin/python -m pytest -q -s tests/test_journal_tamper.py --full
	DANCU_BIN=target/release/dancu .venv/bin/python -m pytest -q tests/soak --rounds=$(or $(ROUNDS),100)
	KILLS=$(or $(KILLS),1000) cargo nextest run --locked -p dancu-journal --run-ignored only -E 'test(killed::many)' --no-capture

## make fuzz    each fuzz target for a minute (needs cargo-fuzz and a nightly toolchain)
fuzz:
	cd fuzz && for target in $$(cargo +nightly fuzz list); do cargo +nightly fuzz run $$target -- -max_total_time=60 || exit 1; done
