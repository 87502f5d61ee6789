//! One suite for every backend of the file store, and what is particular to each.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod folder;
mod s3;
mod suite;

use dancu_storage::blob::Blobs;

#[test]
fn memory() {
    suite::run(&Blobs::memory());
}

#[test]
fn folder() {
    let directory = tempfile::tempdir().unwrap();
    suite::run(&Blobs::folder(&directory.path().join("new/journal")).unwrap());
}
