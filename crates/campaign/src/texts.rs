//! The words of this crate in both languages: `texts/*.ftl`.
use crate::table::{Column, Fault, Problem, Words};
use dancu_catalogue::Lang;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

/// The Fluent source of a language: the pages show the same words.
pub fn source(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => include_str!("../texts/vi.ftl"),
        Lang::En => include_str!("../texts/en.ftl"),
    }
}

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 2]> =
    LazyLock::new(|| [Lang::Vi, Lang::En].map(bundle));

fn bundle(lang: Lang) -> FluentBundle<FluentResource> {
    let tag = match lang {
        Lang::Vi => "vi",
        Lang::En => "en",
    };
    // A tag of ours always parses; the default would only lose plural rules.
    let id: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    bundle.set_use_isolating(false);
    // A file with an error still gives its good messages; the tests refuse errors.
    let resource = FluentResource::try_new(source(lang).to_owned()).unwrap_or_else(|(partial, _)| partial);
    bundle.add_resource_overriding(resource);
    bundle
}

/// The text of a key with values set into it; a key that does not exist comes back as `⟦key⟧`.
pub fn say(lang: Lang, key: &str, values: &[(&str, String)]) -> String {
    let [vi, en] = &*BUNDLES;
    let bundle = match lang {
        Lang::Vi => vi,
        Lang::En => en,
    };
    let args: FluentArgs<'_> =
        values.iter().map(|(name, value)| (*name, FluentValue::from(value.as_str()))).collect();
    match bundle.get_message(key).and_then(|message| message.value()) {
        Some(pattern) => bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned(),
        None => format!("⟦{key}⟧"),
    }
}

/// The parts of a text that lists headings.
pub(crate) fn list(lang: Lang, key: &str) -> Vec<String> {
    say(lang, key, &[]).split('|').map(str::to_owned).collect()
}

impl Problem {
    /// What is wrong and what is allowed, in words.
    pub fn words(&self, lang: Lang) -> String {
        say(lang, self.key(), &self.values())
    }
}

impl Fault {
    /// Row, column, what is wrong and what is allowed, in words.
    pub fn words(&self, lang: Lang, words: &Words) -> String {
        let values = [
            ("line", self.line.to_string()),
            ("column", column(self.column, lang, words)),
            ("what", self.problem.words(lang)),
        ];
        say(lang, "fault-line", &values)
    }
}

fn column(column: Column, lang: Lang, words: &Words) -> String {
    words.label(column, lang).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::TableError;
    use std::collections::BTreeSet;

    fn keys(lang: Lang) -> BTreeSet<String> {
        let lines = source(lang).lines().filter(|line| !line.starts_with(['#', ' ']));
        lines.filter_map(|line| Some(line.split_once(" = ")?.0.to_owned())).collect()
    }

    fn placeables(lang: Lang, key: &str) -> BTreeSet<String> {
        let line =
            source(lang).lines().find(|line| line.starts_with(&format!("{key} = "))).unwrap().to_owned();
        line.split("{ $").skip(1).filter_map(|rest| Some(rest.split_once(" }")?.0.to_owned())).collect()
    }

    #[test]
    fn every_text_exists_in_both_languages_with_the_same_values() {
        for lang in [Lang::Vi, Lang::En] {
            assert!(FluentResource::try_new(source(lang).to_owned()).is_ok());
        }
        assert_eq!(keys(Lang::Vi), keys(Lang::En));
        for key in keys(Lang::Vi) {
            assert_eq!(placeables(Lang::Vi, &key), placeables(Lang::En, &key), "{key}");
        }
    }

    #[test]
    fn every_refusal_and_failure_has_a_text() {
        let names = crate::Refusal::ALL.map(crate::Refusal::key);
        let errors = [
            TableError::TooBig(1),
            TableError::TooManyRows(1),
            TableError::RowTooLong(1),
            TableError::OldWorkbook,
        ];
        let more = [TableError::Workbook, TableError::NoUnitHeadings, TableError::Mapping, TableError::Write];
        let none = TableError::NoHeadings(Vec::new(), crate::table::Sample::default());
        let errors = errors.iter().chain(&more).chain([&none]).map(|error| error.key().to_owned());
        for key in names.into_iter().chain(errors) {
            assert!(!say(Lang::Vi, &key, &[]).contains('⟦'), "{key}");
        }
    }

    #[test]
    fn every_problem_has_a_text_and_gives_its_values() {
        let problems = [
            Problem::Missing,
            Problem::TooLong { max: 1 },
            Problem::Control,
            Problem::NameForm,
            Problem::LoginLength { min: 8, max: 60, given: 4 },
            Problem::LoginSpaces,
            Problem::LoginTaken,
            Problem::NumberCell,
            Problem::PhoneForm,
            Problem::CodeForm,
            Problem::CodeTooLong { max: 35 },
            Problem::CodeOutside { organisation: "H55".into() },
            Problem::RoleUnknown,
            Problem::QuotaForm,
            Problem::QuotaFactor,
            Problem::QuotaDisagrees { product: 150, said: 140 },
            Problem::QuotaTooHigh { max: 1000 },
            Problem::OfficerNumberForm,
            Problem::LoginRepeated { line: 3 },
            Problem::OfficerRepeated { line: 3 },
            Problem::OfficerHasAccount,
            Problem::AccountClosed,
            Problem::RoleKept,
            Problem::OtherHolder,
            Problem::LevelUnknown,
            Problem::LevelEnded { last: "30/06/2025".into() },
            Problem::UnitRepeated { line: 3 },
            Problem::AccountsForm,
        ];
        for problem in problems {
            let given: BTreeSet<String> =
                problem.values().iter().map(|(name, _)| (*name).to_owned()).collect();
            assert_eq!(placeables(Lang::Vi, problem.key()), given, "{problem:?}");
            for lang in [Lang::Vi, Lang::En] {
                assert!(!problem.words(lang).contains(['⟦', '{']), "{problem:?}");
            }
        }
        let length = Problem::LoginLength { min: 8, max: 60, given: 4 };
        assert_eq!(length.words(Lang::Vi), "tài khoản có 4 ký tự; phải từ 8 đến 60 ký tự");
    }
}
