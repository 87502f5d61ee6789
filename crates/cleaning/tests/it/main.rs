//! Cleaning jobs, on every engine.
#![cfg(test)]

mod crash;
mod jobs;
mod parcel;
mod reviews;
mod rotation;
mod telling;
mod world;
