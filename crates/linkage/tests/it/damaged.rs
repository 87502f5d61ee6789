//! The verify index with a damaged page: its rows are doubtful, never "nobody".
use crate::nation::indexed;
use dancu_keys::{KeyRing, Secret};
use dancu_linkage::{Answer, Column, Engine, Model, Row, Verdict};
use dancu_registry::generate::{People, Synthetic};
use dancu_verify_index::{Builder, Index, Standing};
use std::collections::BTreeSet;

/// Bytes that are flipped, one at a time: some in each page.
const PARTS: usize = 1_000;

fn texts(person: &Synthetic) -> Option<[String; 3]> {
    let record = &person.record;
    let (id, name) = (record.personal_id.as_ref()?.value, &record.full_name.as_ref()?.value);
    Some([id.expose(), name.whole().to_owned(), record.birth_date.as_ref()?.value.iso()])
}

#[test]
fn rows_over_a_damaged_page_are_doubtful() {
    let people: Vec<Synthetic> = People::new(6, 400).collect();
    let mut builder = Builder::new();
    for person in &people {
        builder.add(&indexed(person)).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.index");
    let ring = KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap();
    builder.build().unwrap().save(&path, &ring, Standing { position: 1, mark: [3; 16] }).unwrap();
    let whole = std::fs::read(&path).unwrap();

    let texts: Vec<[String; 3]> = people.iter().filter_map(texts).collect();
    let rows: Vec<Row<'_>> = texts
        .iter()
        .map(|[id, name, born]| {
            let row = Row::default().with(Column::PersonalId, id);
            row.with(Column::FullName, name).with(Column::BirthDate, born)
        })
        .collect();
    let model = Model::bundled().unwrap();
    let link = |index: Index| -> Vec<Answer> {
        let engine = Engine::new(index, model.clone());
        let mut answers = Vec::new();
        engine.link(&rows, &mut answers);
        answers
    };
    let is_match = |answer: &Answer| matches!(answer.verdict, Verdict::Match | Verdict::MatchWithDifferences);
    assert!(link(Index::open(&path, &ring).unwrap().0).iter().all(is_match));

    let mut doubtful = BTreeSet::new();
    for part in 1..PARTS {
        let mut flipped = whole.clone();
        flipped[whole.len() * part / PARTS] ^= 1;
        std::fs::write(&path, &flipped).unwrap();
        // Damage to the directory or the dictionary does not open at all.
        let Ok((index, _)) = Index::open(&path, &ring) else { continue };
        for (row, answer) in link(index).into_iter().enumerate() {
            assert!(is_match(&answer) || answer.verdict == Verdict::Doubtful, "{answer:?}");
            if answer.verdict == Verdict::Doubtful {
                doubtful.insert(row);
            }
        }
    }
    assert_eq!(doubtful.len(), rows.len(), "each row is doubtful when the page of its person is damaged");
}
