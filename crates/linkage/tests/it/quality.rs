//! Precision and recall on a dirty file whose seed was not used for tuning.
use crate::nation::{indexed, people, written};
use dancu_linkage::{Answer, Dirt, DirtyRow, Engine, MemoryPeople, Model, Row, Soiler, Verdict, Written};
use dancu_registry::generate::People;
use dancu_verify_index::Builder;
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

/// Rows told of their person, of somebody else, and of nobody; and those without a number among them.
fn judged<'a>(rows: impl Iterator<Item = (&'a DirtyRow, &'a Answer)>, written: &[Written]) -> [[u32; 3]; 2] {
    let mut counts = [[0; 3]; 2];
    for (row, answer) in rows {
        let told = answer.personal_id.filter(|_| is_match(answer));
        let truth = row.truth.and_then(|truth| written.get(truth)?.personal_id);
        let at = match (told, truth) {
            (Some(told), Some(truth)) if told == truth => 0,
            (Some(_), _) => 1,
            (None, Some(_)) => 2,
            (None, None) => continue,
        };
        counts[0][at] += 1;
        counts[1][at] += u32::from(row.dirt.contains(&Dirt::NoNumber));
    }
    counts
}

#[test]
fn who_has_no_number_is_found_among_a_hundred_million_by_where_they_live() {
    let (mut builder, mut known) = (Builder::new(), Vec::new());
    for person in People::new(8_128, 30_000) {
        builder.add(&indexed(&person)).unwrap();
        known.push(written(person));
    }
    let index = builder.build().unwrap();
    let engine = Engine::new(&index, Model::bundled().unwrap()).among(100_000_000);
    let answers = |dirty: &[DirtyRow]| {
        let rows: Vec<Row<'_>> = dirty.iter().map(DirtyRow::row).collect();
        let mut answers = Vec::new();
        engine.link(&rows, &mut answers);
        judged(dirty.iter().zip(&answers), &known)
    };
    let dirty: Vec<DirtyRow> = Soiler::new(496, &known).take(20_000).collect();
    let [[right, wrong, missed], [found, _, lost]] = answers(&dirty);
    assert!(
        right * 100 >= (right + wrong + missed) * 99,
        "recall: {right} right, {wrong} wrong, {missed} missed"
    );
    assert!(wrong * 10_000 <= right + wrong, "precision: {right} right, {wrong} wrong");
    assert!(found * 5 > (found + lost) * 4, "without a number: {found} found, {lost} lost");

    // The same rows of people of whom nobody knows where they live: fewer than half of those without a number are found.
    let homeless: Vec<Written> = known.iter().map(|person| Written { unit: 0, ..person.clone() }).collect();
    let dirty: Vec<DirtyRow> = Soiler::new(496, &homeless).take(20_000).collect();
    let [_, [found, _, lost]] = answers(&dirty);
    assert!(found * 2 < found + lost, "without a number and a unit: {found} found, {lost} lost");
}
