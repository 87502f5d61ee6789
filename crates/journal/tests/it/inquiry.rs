//! Inquiries, on every engine.
use crate::{NOW_US, ring};
use dancu_journal::JournalError;
use dancu_journal::inquiry::{Asked, Inquiries, Inquiry, Question, Stage};
use dancu_storage::Store;

const NUMBER: &str = "001185000017";
const DAY: i64 = 86_400_000_000;

fn question(entry: u64, number: &str) -> Question {
    Question {
        entry,
        organisation: "thai-nguyen".into(),
        system: "htmc".into(),
        number: number.into(),
        text: "Vì sao cơ quan xem thông tin của tôi?".into(),
        asked_us: NOW_US,
        reply_by_us: NOW_US + 2 * DAY,
        answer_by_us: NOW_US + 10 * DAY + i64::try_from(entry).unwrap(),
    }
}

fn on_every_engine(test: &impl AsyncFn(&Store, Inquiries)) {
    for (_, store, _guard) in dancu_storage::testing::stores() {
        let inquiries = Inquiries::open(store.clone(), ring()).unwrap();
        crate::run(test(&store, inquiries));
    }
}

#[test]
fn an_inquiry_goes_from_question_to_answer_and_no_step_twice() {
    on_every_engine(&async |_, inquiries| {
        let id = inquiries.ask(question(7, NUMBER)).await.unwrap();
        assert_eq!(inquiries.ask(question(7, NUMBER)).await.unwrap(), id, "once about an entry");
        let asked = inquiries.get(&id).await.unwrap().unwrap();
        assert_eq!((asked.entry, asked.stage, asked.number.as_str()), (7, Stage::Open, NUMBER));
        assert!(asked.question.starts_with("Vì sao"));
        assert!(!asked.is_overdue(NOW_US + 2 * DAY));
        assert!(asked.is_overdue(NOW_US + 2 * DAY + 1), "nobody said that it came");

        assert!(inquiries.acknowledge(&id, NOW_US + 1).await.unwrap());
        assert!(!inquiries.acknowledge(&id, NOW_US + 2).await.unwrap());
        let told = inquiries.get(&id).await.unwrap().unwrap();
        assert!(!told.is_overdue(NOW_US + 3 * DAY) && told.is_overdue(NOW_US + 11 * DAY));

        assert!(inquiries.answer(&id, "Giải quyết hồ sơ của bà.", "lethimai", NOW_US + 3).await.unwrap());
        assert!(!inquiries.answer(&id, "Khác.", "ai-khac", NOW_US + 4).await.unwrap());
        let answered = inquiries.about(NUMBER, 7).await.unwrap().unwrap();
        assert_eq!(answered.answer.as_deref(), Some("Giải quyết hồ sơ của bà."));
        assert_eq!(
            (answered.answered_us, answered.answered_by.as_deref()),
            (Some(NOW_US + 3), Some("lethimai"))
        );
        assert!(!answered.is_overdue(NOW_US + 99 * DAY));

        assert!(inquiries.close(&id, NOW_US + 5).await.unwrap());
        assert!(!inquiries.close(&id, NOW_US + 6).await.unwrap());
        assert!(!inquiries.answer(&id, "Muộn.", "x", NOW_US + 7).await.unwrap());
        let closed = inquiries.get(&id).await.unwrap().unwrap();
        assert_eq!((closed.stage, closed.closed_us), (Stage::Closed, Some(NOW_US + 5)));
        assert_eq!(inquiries.get("nothing").await.unwrap(), None);
    });
}

#[test]
fn lists_show_each_its_own_and_page_by_deadline() {
    on_every_engine(&async |_, inquiries| {
        for entry in 0..5 {
            inquiries.ask(question(entry, NUMBER)).await.unwrap();
        }
        let other = Question { organisation: "bo-y-te".into(), ..question(9, "001080000024") };
        inquiries.ask(other).await.unwrap();
        let entries = |found: &[Inquiry]| found.iter().map(|i| i.entry).collect::<Vec<_>>();

        assert_eq!(entries(&inquiries.of_person(NUMBER, 3).await.unwrap()), [4, 3, 2]);
        assert!(inquiries.of_person("001185000018", 3).await.unwrap().is_empty());
        assert_eq!(inquiries.about("001080000024", 4).await.unwrap(), None, "asked by somebody else");

        let of = Asked::Of("thai-nguyen");
        let first = inquiries.list(of, Stage::Open, None, 3).await.unwrap();
        assert_eq!(entries(&first), [0, 1, 2]);
        let last = first.last().map(|i| (i.answer_by_us, i.id.clone()));
        assert_eq!(entries(&inquiries.list(of, Stage::Open, last, 3).await.unwrap()), [3, 4]);
        assert_eq!(inquiries.list(Asked::Anybody, Stage::Open, None, 9).await.unwrap().len(), 6);
        assert!(inquiries.list(of, Stage::Answered, None, 9).await.unwrap().is_empty());
    });
}

#[test]
fn nothing_of_a_person_is_readable_in_the_table() {
    on_every_engine(&async |store, inquiries| {
        let id = inquiries.ask(question(7, NUMBER)).await.unwrap();
        inquiries.answer(&id, "Lời đáp", "lethimai", NOW_US).await.unwrap();
        let shown = format!("{:?} {:?}", question(7, NUMBER), inquiries.get(&id).await.unwrap());
        assert!(!shown.contains(NUMBER) && !shown.contains("Vì sao") && !shown.contains("Lời"), "{shown}");
        let rows = store.read_async("test.rows", |tx| {
            let rows =
                tx.query("SELECT subject, person, question, answer, answered_by FROM journal_inquiry", &[])?;
            let mut all = Vec::new();
            for row in &rows {
                for column in 0..5 {
                    all.extend_from_slice(row.bytes(column)?);
                }
            }
            Ok::<_, JournalError>(all)
        });
        let bytes = rows.await.unwrap();
        for secret in [NUMBER, "Vì sao", "Lời đáp", "lethimai"] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret}");
        }
    });
}
