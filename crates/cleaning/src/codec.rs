//! Rows and answers of a chunk as bytes. Written here and read here, yet read as if a stranger had written them.
use crate::CleaningError;
use dancu_citizen::PersonNumber;
use dancu_linkage::{Action, Agreement, Answer, Column, Reasons, Row, Verdict};

/// First bytes of a chunk of rows.
const ROWS: &[u8; 4] = b"dcr1";
/// First bytes of a chunk of answers.
const ANSWERS: &[u8; 4] = b"dca1";
/// Longest text of a cell, bytes. What is longer is no name, number or date; a row's own name is cut too.
pub(crate) const LONGEST: usize = 1024;
/// Bytes of one answer: verdict, action, score, agreements, number.
const ANSWER: usize = 2 + 4 + Column::ALL.len() + 8;

/// Rows as they are gathered.
#[derive(Default)]
pub(crate) struct RowsOut {
    bytes: Vec<u8>,
    count: u32,
}

impl RowsOut {
    /// Adds a row: a word that says which columns follow, then each text with its length.
    pub(crate) fn push(&mut self, row: &Row<'_>) -> Result<(), &'static str> {
        if self.bytes.is_empty() {
            self.bytes.extend_from_slice(ROWS);
        }
        let said = Column::ALL.into_iter().filter(|column| !row.get(*column).is_empty());
        let word = said.clone().fold(0_u16, |word, column| word | 1 << column as u16);
        self.bytes.extend_from_slice(&word.to_le_bytes());
        for column in said {
            let text = cut(row.get(column));
            let length = u16::try_from(text.len()).map_err(|_| "a text is too long")?;
            self.bytes.extend_from_slice(&length.to_le_bytes());
            self.bytes.extend_from_slice(text.as_bytes());
        }
        self.count += 1;
        Ok(())
    }

    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// The bytes of the chunk; the next one begins empty.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        self.count = 0;
        std::mem::take(&mut self.bytes)
    }
}

/// The longest beginning that is kept, at the border of a letter.
fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default()
}

/// Reads a chunk of rows, which borrow from it.
pub(crate) fn rows(bytes: &[u8]) -> Rows<'_> {
    Rows { rest: bytes.strip_prefix(ROWS), failed: false }
}

/// The rows of a chunk; nothing follows a fault.
pub(crate) struct Rows<'a> {
    /// None: these bytes are no chunk
    rest: Option<&'a [u8]>,
    failed: bool,
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Row<'a>, CleaningError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.rest.is_some_and(<[u8]>::is_empty) {
            return None;
        }
        let Some((row, rest)) = self.rest.and_then(row) else {
            self.failed = true;
            return Some(Err(DAMAGED));
        };
        self.rest = Some(rest);
        Some(Ok(row))
    }
}

const DAMAGED: CleaningError = CleaningError::Damaged("a chunk does not read");

fn row(bytes: &[u8]) -> Option<(Row<'_>, &[u8])> {
    let (word, mut rest) = bytes.split_first_chunk::<2>()?;
    let word = u16::from_le_bytes(*word);
    if u32::from(word) >> Column::ALL.len() != 0 {
        return None;
    }
    let mut row = Row::default();
    for column in Column::ALL.into_iter().filter(|column| word & (1 << *column as u16) != 0) {
        let (length, after) = rest.split_first_chunk::<2>()?;
        let (text, after) = after.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
        row.set(column, std::str::from_utf8(text).ok()?);
        rest = after;
    }
    Some((row, rest))
}

/// Answers as bytes, one after the other. Where a candidate stands in memory is not kept: it differs by server.
pub(crate) fn write_answers(answers: &[Answer], out: &mut Vec<u8>) {
    if out.is_empty() {
        out.extend_from_slice(ANSWERS);
    }
    for answer in answers {
        out.extend_from_slice(&[answer.verdict as u8, answer.action as u8]);
        out.extend_from_slice(&answer.score.to_le_bytes());
        for column in Column::ALL {
            out.push(answer.reasons.get(column) as u8);
        }
        let number = answer.number().map_or(NO_NUMBER, PersonNumber::as_u64);
        out.extend_from_slice(&number.to_le_bytes());
    }
}

/// What stands in the place of a number where there is none: no number has this value.
const NO_NUMBER: u64 = u64::MAX;

/// Reads a chunk of answers.
pub(crate) fn answers(bytes: &[u8]) -> Result<Vec<Answer>, CleaningError> {
    let body = bytes.strip_prefix(ANSWERS).ok_or(DAMAGED)?;
    let (pieces, []) = body.as_chunks::<ANSWER>() else { return Err(DAMAGED) };
    pieces.iter().map(|piece| answer(piece).ok_or(DAMAGED)).collect()
}

fn answer(piece: &[u8]) -> Option<Answer> {
    let (&[verdict, action], rest) = piece.split_first_chunk::<2>()?;
    let (score, rest) = rest.split_first_chunk::<4>()?;
    let (agreements, number) = rest.split_first_chunk::<{ Column::ALL.len() }>()?;
    let mut reasons = Reasons::default();
    for (column, agreement) in Column::ALL.into_iter().zip(agreements) {
        reasons.set(column, *Agreement::ALL.get(usize::from(*agreement))?);
    }
    let number = u64::from_le_bytes(number.try_into().ok()?);
    let (personal_id, id_card_number) = match number {
        NO_NUMBER => (None, None),
        number => match PersonNumber::from_u64(number)? {
            PersonNumber::PersonalId(id) => (Some(id), None),
            PersonNumber::IdCard(card) => (None, Some(card)),
        },
    };
    Some(Answer {
        verdict: *Verdict::ALL.get(usize::from(verdict))?,
        action: *Action::ALL.get(usize::from(action))?,
        score: i32::from_le_bytes(*score),
        reasons,
        place: None,
        personal_id,
        id_card_number,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use dancu_citizen::{IdCardNumber, PersonalId};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_come_back(texts in prop::collection::vec(prop::array::uniform9(".{0,20}"), 0..20)) {
            let mut out = RowsOut::default();
            for row in &texts {
                let row = Column::ALL.into_iter().zip(row).fold(Row::default(), |r, (c, t)| r.with(c, t));
                out.push(&row).unwrap();
            }
            prop_assert_eq!(out.count() as usize, texts.len());
            let bytes = out.take();
            if !texts.is_empty() {
                let back: Vec<_> = rows(&bytes).map(Result::unwrap).collect();
                prop_assert_eq!(back.len(), texts.len());
                for (row, texts) in back.iter().zip(&texts) {
                    for (column, text) in Column::ALL.into_iter().zip(texts) {
                        prop_assert_eq!(row.get(column), text.as_str());
                    }
                }
            }
        }

        #[test]
        fn answers_come_back(given in prop::collection::vec((0..6_usize, 0..4_usize, any::<i32>(), 0..12_usize, 0..3), 0..50)) {
            let answers: Vec<Answer> = given.into_iter().map(|(verdict, action, score, agreement, known)| {
                let mut reasons = Reasons::default();
                reasons.set(Column::FullName, Agreement::ALL[agreement]);
                let personal_id = (known == 1).then(|| PersonalId::parse("001085000017").unwrap());
                let id_card_number = (known == 2).then(|| IdCardNumber::parse("999999999").unwrap());
                Answer { verdict: Verdict::ALL[verdict], action: Action::ALL[action], score, reasons, place: None, personal_id, id_card_number }
            }).collect();
            let mut bytes = Vec::new();
            write_answers(&answers, &mut bytes);
            prop_assert!(super::answers(&bytes).unwrap() == answers);
        }

        #[test]
        fn strange_bytes_end(mut bytes: Vec<u8>, kind in 0..3) {
            if kind > 0 {
                let head: &[u8] = if kind == 1 { ROWS } else { ANSWERS };
                bytes = [head, &bytes].concat();
            }
            // Each row takes at least its word, and nothing follows a fault.
            prop_assert!(rows(&bytes).count() <= bytes.len() / 2 + 1);
            let read: Vec<_> = rows(&bytes).collect();
            prop_assert!(read.iter().rev().skip(1).all(Result::is_ok));
            let _ = answers(&bytes);
        }
    }

    #[test]
    fn long_texts_are_cut_at_a_letter() {
        let long = "ễ".repeat(LONGEST);
        let mut out = RowsOut::default();
        out.push(&Row::default().with(Column::FullName, &long).with(Column::RowId, &long)).unwrap();
        let bytes = out.take();
        let row = rows(&bytes).next().unwrap().unwrap();
        assert_eq!(row.get(Column::FullName), "ễ".repeat(LONGEST / 3));
        assert_eq!(row.get(Column::RowId), "ễ".repeat(LONGEST / 3));
    }
}
