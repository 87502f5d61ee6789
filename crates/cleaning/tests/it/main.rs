//! Cleaning jobs, on every engine.
#![cfg(test)]

mod crash;
mod failing;
mod jobs;
mod parcel;
mod reviews;
mod rotation;
mod telling;
mod world;
