//! Synthetic people.
