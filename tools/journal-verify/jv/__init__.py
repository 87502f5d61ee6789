"""A verifier of the journal's log and proofs, made from docs/journal-format.md alone. Standard library only."""
