//! The letter that asks units to register, with its list. Number, day, signature and seal are set by who sends it.
use super::{DriveReport, Standing};
use crate::review::day;
use crate::rules::days_between;
use crate::table::{Sheet, Words};
use crate::texts;
use dancu_catalogue::Lang;

/// A letter: text and list. Pages, XLSX and PDF are made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// What it is about
    pub title: String,
    /// To whom
    pub to: String,
    /// Its paragraphs
    pub paragraphs: Vec<String>,
    /// The units that it goes to, with what they lack
    pub list: Sheet,
}

impl DriveReport {
    /// The letter to the units that have not registered fully.
    pub fn letter(&self, words: &Words, lang: Lang) -> Letter {
        let [none, partly, full] = self.counts();
        let deadline = ("deadline", day(self.drive.deadline));
        let counts = [
            ("today", day(self.today)),
            ("expected", self.units.len().to_string()),
            ("full", full.to_string()),
            ("partly", partly.to_string()),
            ("none", none.to_string()),
        ];
        let late = days_between(self.drive.deadline, self.today);
        let ask = if late > 0 {
            texts::say(lang, "letter-overdue", &[("days", late.to_string())])
        } else {
            texts::say(lang, "letter-ask", std::slice::from_ref(&deadline))
        };
        let opening = [("drive", self.drive.title.clone()), deadline];
        Letter {
            title: texts::say(lang, "letter-title", &[]),
            to: texts::say(lang, "letter-to", &[]),
            paragraphs: vec![
                texts::say(lang, "letter-opening", &opening),
                texts::say(lang, "letter-counts", &counts),
                ask,
                texts::say(lang, "letter-closing", &[]),
            ],
            list: self.list(words, lang, |standing| standing != Standing::Full),
        }
    }

    /// Units as a sheet, those whose standing is asked for.
    pub fn list(&self, words: &Words, lang: Lang, asked: impl Fn(Standing) -> bool) -> Sheet {
        let units = self.units.iter().filter(|unit| asked(unit.standing));
        let rows = units.zip(1_u32..).map(|(unit, number)| {
            let missing: Vec<String> = unit.missing.iter().map(|missing| missing.words(lang)).collect();
            vec![
                number.to_string(),
                unit.unit.code.as_str().to_owned(),
                unit.unit.name.clone(),
                words.level_label(unit.unit.level, lang).to_owned(),
                texts::say(lang, &format!("drive-standing-{}", unit.standing.name()), &[]),
                missing.join("; "),
            ]
        });
        Sheet {
            name: texts::say(lang, "drive-list", &[]),
            titles: vec![self.drive.title.clone()],
            headings: texts::list(lang, "drive-columns"),
            rows: rows.collect(),
        }
    }
}
