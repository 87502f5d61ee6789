//! Precision and recall on a dirty file whose seed was not used for tuning.
use crate::nation::people;
use dancu_linkage::{Answer, DirtyRow, Engine, MemoryPeople, Model, Row, Soiler, Verdict};
use std::thread;

fn is_match(answer: &Answer) -> bool {
    matches!(answer.verdict, Verdict::Match | Verdict::MatchWithDifferences)
}

#[test]
fn twenty_thousand_dirty_rows_of_a_hundred_thousand_people() {
    let written = people(4_711, 100_000);
    let engine = Engine::new(MemoryPeople::new(written.iter().cloned()), Model::bundled().unwrap());
    let dirty: Vec<DirtyRow> = Soiler::new(90_210, &written).take(20_000).collect();
    let rows: Vec<Row<'_>> = dirty.iter().map(DirtyRow::row).collect();
    let mut answers = Vec::new();
    engine.link(&rows, &mut answers);

    let (mut right, mut wrong, mut missed) = (0, 0, 0);
    for (row, answer) in dirty.iter().zip(&answers) {
        let told = answer.place.filter(|_| is_match(answer)).map(|place| place as usize);
        match (told, row.truth) {
            (Some(told), Some(truth)) if told == truth => right += 1,
            (Some(_), _) => wrong += 1,
            (None, Some(_)) => missed += 1,
            (None, None) => {}
        }
    }
    // Aims: recall 0.99, precision 0.9999.
    assert!(
        right * 100 >= (right + wrong + missed) * 99,
        "recall: {right} right, {wrong} wrong, {missed} missed"
    );
    assert!(wrong * 10_000 <= right + wrong, "precision: {right} right, {wrong} wrong");

    // The same rows in other batches, from two threads, in any order: the same answers.
    let halves: Vec<Vec<Answer>> = thread::scope(|scope| {
        let link = |rows: &[Row<'_>]| {
            let mut out = Vec::new();
            engine.link(rows, &mut out);
            out
        };
        let (a, b) = rows.split_at(7_001);
        let b = scope.spawn(move || link(b));
        let a = scope.spawn(move || link(a));
        vec![a.join().unwrap(), b.join().unwrap()]
    });
    assert!(halves.concat() == answers);
}
