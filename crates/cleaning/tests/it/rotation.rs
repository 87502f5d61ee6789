//! A new sealing key: everything is sealed anew while jobs are there, and opens with the new key alone.
use crate::world::{NOW_US, server, wish};
use dancu_cleaning::{Decide, Decision};
use dancu_keys::{KeyRing, Secret};
use dancu_storage::blob::Blobs;
use dancu_storage::testing::sqlite_store;

#[test]
fn after_a_rotation_everything_opens_under_the_new_key() {
    let (store, _guard) = sqlite_store();
    let blobs = Blobs::memory();
    let ring = KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap();
    let before = server("sqlite", store.clone(), blobs.clone(), ring.clone());
    let job = before.done(&wish("stock"), 120);
    let first = before.cleaning.reviews(&job.id, false, None, 1).unwrap().remove(0);
    let given = Decide {
        job: &job.id,
        number: first.number,
        decision: Decision::Same,
        note: "Đúng người",
        by: "staff-1",
        entry: 9,
    };
    before.cleaning.decide(&given, NOW_US).unwrap();
    let result = before.result(&job.id);
    assert_eq!(before.cleaning.reseal(2).unwrap(), 0, "all of it stands under the current key");
    ring.add_key(2, &Secret::new([3; 32])).unwrap();
    ring.set_current(2).unwrap();
    // The job, three chunks of rows and three of answers, twelve doubtful rows, a note.
    assert_eq!(before.cleaning.reseal(1).unwrap(), 1 + 6 + 12 + 1);
    assert_eq!(before.cleaning.reseal(1).unwrap(), 0);
    assert_eq!(before.result(&job.id), result);
    assert_eq!(before.cleaning.decided(&job.id, first.number).unwrap()[0].note, "Đúng người");
}
