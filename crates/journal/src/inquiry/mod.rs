//! "Why did you look?": what a citizen asks an organisation about one entry, until when it must answer, and what it says.
mod reseal;
mod row;
mod schema;

pub use row::{Inquiry, Stage};

use crate::JournalError;
use dancu_keys::{KeyRing, Place};
use dancu_storage::{Store, Value};
use row::{COLUMNS_OF_ONE, Texts, open};
use std::fmt;

const TABLE: &str = "journal_inquiry";

/// The inquiries of all citizens. Cheap to clone.
#[derive(Clone)]
pub struct Inquiries {
    store: Store,
    ring: KeyRing,
}

/// What a citizen asks. `Debug` shows neither her nor her words.
#[derive(Clone)]
pub struct Question {
    /// Entry that she asks about
    pub entry: u64,
    /// Organisation that made it
    pub organisation: String,
    /// System that made it
    pub system: String,
    /// Her number
    pub number: String,
    /// Her words; may be empty
    pub text: String,
    /// When she asks, microseconds since the epoch
    pub asked_us: i64,
    /// Last microsecond for telling her how it goes on
    pub reply_by_us: i64,
    /// Last microsecond for answering her
    pub answer_by_us: i64,
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question").field("entry", &self.entry).finish_non_exhaustive()
    }
}

/// Whose inquiries an officer sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked<'a> {
    /// Those to one organisation
    Of(&'a str),
    /// Those to all
    Anybody,
}

impl Inquiries {
    /// Brings the table up to date. Blocks.
    pub fn open(store: Store, ring: KeyRing) -> Result<Self, JournalError> {
        store.migrate(schema::OWNER, schema::MIGRATIONS)?;
        Ok(Self { store, ring })
    }

    /// Files an inquiry and gives its id. A citizen asks once about an entry: asking again gives the id of the first time.
    pub async fn ask(&self, question: Question) -> Result<String, JournalError> {
        let subject = self.subject(&question.number);
        let id = random_id()?;
        let person = self.seal(&id, "person", &question.number)?;
        let text = self.seal(&id, "question", &question.text)?;
        let entry = entry(question.entry)?;
        let asked = self.store.run_tx_async("inquiry.ask", move |tx| {
            let earlier = tx.query_opt(
                "SELECT id FROM journal_inquiry WHERE subject = $1 AND entry = $2",
                &[subject.as_slice().into(), entry.into()],
            )?;
            if let Some(row) = earlier {
                return Ok::<_, JournalError>(row.text(0)?.to_owned());
            }
            tx.execute(
                "INSERT INTO journal_inquiry (id, entry, organisation, system, subject, state, asked_at_us, \
                    reply_by_us, answer_by_us, person, question) \
                 VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, $10)",
                &[
                    id.as_str().into(),
                    entry.into(),
                    question.organisation.as_str().into(),
                    question.system.as_str().into(),
                    subject.as_slice().into(),
                    question.asked_us.into(),
                    question.reply_by_us.into(),
                    question.answer_by_us.into(),
                    person.as_slice().into(),
                    text.as_slice().into(),
                ],
            )?;
            Ok(id.clone())
        });
        asked.await
    }

    /// One inquiry.
    pub async fn get(&self, id: &str) -> Result<Option<Inquiry>, JournalError> {
        let found = self.read("inquiry.get", row::GET, vec![id.into()]).await?;
        Ok(found.into_iter().next())
    }

    /// What this citizen asked, newest first.
    pub async fn of_person(&self, number: &str, limit: u32) -> Result<Vec<Inquiry>, JournalError> {
        let subject = self.subject(number);
        self.read("inquiry.of_person", row::OF_PERSON, vec![subject.as_slice().into(), limit.into()]).await
    }

    /// What this citizen asked about this entry.
    pub async fn about(&self, number: &str, about: u64) -> Result<Option<Inquiry>, JournalError> {
        let subject = self.subject(number);
        let parameters = vec![subject.as_slice().into(), entry(about)?.into()];
        Ok(self.read("inquiry.about", row::ABOUT, parameters).await?.into_iter().next())
    }

    /// Inquiries in a state, those that are due first first; a page begins after the deadline and id of the last one.
    pub async fn list(
        &self,
        asked: Asked<'_>,
        stage: Stage,
        after: Option<(i64, String)>,
        limit: u32,
    ) -> Result<Vec<Inquiry>, JournalError> {
        let (due, id) = after.unwrap_or((i64::MIN, String::new()));
        let mut parameters: Vec<Value> = vec![stage.name().into(), due.into(), id.into(), limit.into()];
        let sql = match asked {
            Asked::Anybody => row::LIST,
            Asked::Of(organisation) => {
                parameters.push(organisation.into());
                row::LIST_OF
            }
        };
        self.read("inquiry.list", sql, parameters).await
    }

    /// Tells the citizen that her inquiry came; false when it had been told, or is over.
    pub async fn acknowledge(&self, id: &str, now_us: i64) -> Result<bool, JournalError> {
        let sql = "UPDATE journal_inquiry SET acknowledged_at_us = $2 \
                   WHERE id = $1 AND state = 'open' AND acknowledged_at_us IS NULL";
        self.step("inquiry.acknowledge", sql, vec![id.into(), now_us.into()]).await
    }

    /// Answers; false when it had been answered, or is over.
    pub async fn answer(&self, id: &str, text: &str, by: &str, now_us: i64) -> Result<bool, JournalError> {
        let (text, by) = (self.seal(id, "answer", text)?, self.seal(id, "answered_by", by)?);
        let sql = "UPDATE journal_inquiry SET state = 'answered', answer = $2, answered_by = $3, answered_at_us = $4, \
                   acknowledged_at_us = COALESCE(acknowledged_at_us, $4) WHERE id = $1 AND state = 'open'";
        let parameters = vec![id.into(), text.as_slice().into(), by.as_slice().into(), now_us.into()];
        self.step("inquiry.answer", sql, parameters).await
    }

    /// The citizen has what she wanted, or asks no more; false when it was closed.
    pub async fn close(&self, id: &str, now_us: i64) -> Result<bool, JournalError> {
        let sql = "UPDATE journal_inquiry SET state = 'closed', closed_at_us = $2 WHERE id = $1 AND state <> 'closed'";
        self.step("inquiry.close", sql, vec![id.into(), now_us.into()]).await
    }

    async fn step(
        &self,
        name: &'static str,
        sql: &'static str,
        parameters: Vec<Value>,
    ) -> Result<bool, JournalError> {
        let changed =
            self.store.run_tx_async(name, move |tx| Ok::<_, JournalError>(tx.execute(sql, &parameters)?));
        Ok(changed.await? == 1)
    }

    async fn read(
        &self,
        name: &'static str,
        sql: &'static str,
        parameters: Vec<Value>,
    ) -> Result<Vec<Inquiry>, JournalError> {
        let rows =
            self.store.read_async(name, move |tx| Ok::<_, JournalError>(tx.query(sql, &parameters)?)).await?;
        rows.iter().map(|row| self.opened(row)).collect()
    }

    fn opened(&self, row: &dancu_storage::Row) -> Result<Inquiry, JournalError> {
        let id = row.text(0)?;
        let text = |column: usize, field: &str| -> Result<Option<String>, JournalError> {
            row.opt_bytes(column)?.map(|sealed| self.unseal(id, field, sealed)).transpose()
        };
        let texts = Texts {
            number: text(COLUMNS_OF_ONE, "person")?.unwrap_or_default(),
            question: text(COLUMNS_OF_ONE + 1, "question")?.unwrap_or_default(),
            answer: text(COLUMNS_OF_ONE + 2, "answer")?,
            answered_by: text(COLUMNS_OF_ONE + 3, "answered_by")?,
        };
        open(row, texts)
    }

    fn subject(&self, number: &str) -> [u8; 16] {
        self.ring.keyed_hash("inquiry", number.as_bytes())
    }

    fn seal(&self, id: &str, field: &str, text: &str) -> Result<Vec<u8>, JournalError> {
        Ok(self.ring.seal(Place { table: TABLE, row: id.as_bytes(), field }, text.as_bytes())?)
    }

    fn unseal(&self, id: &str, field: &str, sealed: &[u8]) -> Result<String, JournalError> {
        let plain = self.ring.open(Place { table: TABLE, row: id.as_bytes(), field }, sealed)?;
        String::from_utf8(plain.to_vec()).map_err(|_| JournalError::Internal("a text of an inquiry"))
    }
}

fn entry(index: u64) -> Result<i64, JournalError> {
    i64::try_from(index).map_err(|_| JournalError::Internal("an entry's number"))
}

fn random_id() -> Result<String, JournalError> {
    let mut bytes = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| JournalError::Internal("no randomness"))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}
