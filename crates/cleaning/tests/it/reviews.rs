//! Doubtful rows: the most useful first; decisions kept, and in the result.
use crate::world::{NOW_US, THRESHOLD, servers, wish};
use dancu_cleaning::{CleaningError, Decide, Decision};
use dancu_linkage::{Action, Column, Verdict};

#[test]
fn the_closest_to_the_threshold_come_first_and_pages_go_on() {
    for server in servers() {
        let job = server.done(&wish("stock"), 300);
        let all = server.cleaning.reviews(&job.id, false, None, 99).unwrap();
        assert_eq!(all.len(), 30, "{}", server.name);
        let distance = |at: usize| all[at].answer.score.abs_diff(THRESHOLD);
        assert!((1..all.len()).all(|at| distance(at - 1) <= distance(at)), "{}: all are alike", server.name);
        assert!((1..all.len()).all(|at| all[at - 1].rank >= all[at].rank), "{}", server.name);
        let mut paged = Vec::new();
        let mut after = None;
        loop {
            let page = server.cleaning.reviews(&job.id, false, after, 7).unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.rank, last.number));
            paged.extend(page);
        }
        assert!(paged == all, "{}", server.name);
        let row = all[0].row();
        assert!(row.get(Column::FullName).starts_with("?Nguyễn"), "{}", server.name);
        assert_eq!(row.get(Column::RowId), format!("r{}", all[0].number - 1), "{}", server.name);
        assert!(all[0].answer.personal_id.is_some(), "{}", server.name);
    }
}

#[test]
fn decisions_are_kept_and_the_last_one_counts() {
    for server in servers() {
        let (cleaning, name) = (&server.cleaning, server.name);
        let job = server.done(&wish("stock"), 60);
        let before = server.result(&job.id);
        let rows: Vec<u64> =
            cleaning.reviews(&job.id, false, None, 9).unwrap().iter().map(|r| r.number).collect();
        let decide = |number: u64, decision, entry| {
            let given =
                Decide { job: &job.id, number, decision, note: "Đã gọi điện", by: "staff-1", entry };
            cleaning.decide(&given, NOW_US + i64::try_from(entry).unwrap())
        };
        decide(rows[0], Decision::Other, 1).unwrap();
        decide(rows[0], Decision::Same, 2).unwrap();
        decide(rows[1], Decision::Other, 3).unwrap();
        decide(rows[2], Decision::Ask, 4).unwrap();
        assert!(matches!(decide(1, Decision::Same, 5), Err(CleaningError::Unknown { .. })), "{name}");
        let history = cleaning.decided(&job.id, rows[0]).unwrap();
        let told: Vec<_> =
            history.iter().map(|d| (d.decision, d.entry, d.by.as_str(), d.note.as_str())).collect();
        let note = "Đã gọi điện";
        assert_eq!(
            told,
            [(Some(Decision::Other), 1, "staff-1", note), (Some(Decision::Same), 2, "staff-1", note)],
            "{name}"
        );
        assert_eq!(cleaning.reviews(&job.id, false, None, 9).unwrap().len(), rows.len() - 3, "{name}");
        let decided = cleaning.review(&job.id, rows[0]).unwrap().unwrap();
        assert_eq!(
            (decided.decision, decided.decided_us),
            (Some(Decision::Same), Some(NOW_US + 2)),
            "{name}"
        );

        let mut seen = Vec::new();
        let each = |line: &dancu_cleaning::Line<'_>| {
            if let Some(decision) = line.decision {
                seen.push((
                    line.number,
                    decision,
                    line.answer.verdict,
                    line.answer.action,
                    line.answer.personal_id.is_some(),
                ));
            }
            Ok(())
        };
        cleaning.result(&job.id, each).unwrap();
        let mut expected = vec![
            (rows[0], Decision::Same, Verdict::MatchWithDifferences, Action::Correct, true),
            (rows[1], Decision::Other, Verdict::NotFound, Action::AskCitizen, false),
            (rows[2], Decision::Ask, Verdict::Doubtful, Action::AskCitizen, false),
        ];
        expected.sort_by_key(|row| row.0);
        assert_eq!(seen, expected, "{name}");
        let changed = before.lines().zip(server.result(&job.id).lines()).filter(|(a, b)| a != b).count();
        assert_eq!(changed, 3, "{name}");
        // What was decided outlives the job.
        cleaning.remove(&job.id).unwrap();
        assert_eq!(cleaning.decided(&job.id, rows[0]).unwrap().len(), 2, "{name}");
        assert_eq!(cleaning.review(&job.id, rows[0]).unwrap(), None, "{name}");
    }
}

#[test]
fn a_decision_is_taken_back_and_both_stay_on_record() {
    for server in servers() {
        let (cleaning, name) = (&server.cleaning, server.name);
        let job = server.done(&wish("stock"), 60);
        let before = server.result(&job.id);
        assert_eq!(cleaning.review_counts(&job.id).unwrap(), (6, 0), "{name}");
        assert_eq!(cleaning.waiting(Some("thai-nguyen"), 9).unwrap(), [(job.id.clone(), 6)], "{name}");
        assert_eq!(cleaning.waiting(Some("ha-noi"), 9).unwrap(), [], "{name}");
        let first = cleaning.reviews(&job.id, false, None, 1).unwrap().remove(0);
        let given = Decide {
            job: &job.id,
            number: first.number,
            decision: Decision::Same,
            note: "",
            by: "staff-1",
            entry: 8,
        };
        cleaning.decide(&given, NOW_US + 1).unwrap();
        assert_eq!(cleaning.review_counts(&job.id).unwrap(), (5, 1), "{name}");
        cleaning.take_back(&Decide { entry: 9, by: "staff-2", ..given }, NOW_US + 2).unwrap();
        assert_eq!(cleaning.review_counts(&job.id).unwrap(), (6, 0), "{name}");
        assert!(cleaning.review(&job.id, first.number).unwrap().unwrap() == first, "{name}");
        assert_eq!(server.result(&job.id), before, "{name}");
        let history = cleaning.decided(&job.id, first.number).unwrap();
        let told: Vec<_> = history.iter().map(|d| (d.decision, d.entry, d.by.as_str())).collect();
        assert_eq!(told, [(Some(Decision::Same), 8, "staff-1"), (None, 9, "staff-2")], "{name}");
    }
}
