//! The words of this crate in both languages: `texts/*.ftl`.
use dancu_catalogue::Lang;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

/// The Fluent source of a language.
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

/// The texts of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Texts(Lang);

impl Texts {
    /// Of a language.
    pub fn of(lang: Lang) -> Self {
        Self(lang)
    }

    /// Which language.
    pub fn lang(self) -> Lang {
        self.0
    }

    /// The text of a key; one that does not exist comes back as `⟦key⟧`.
    pub fn get(self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The same with values set into it.
    pub fn with(self, key: &str, values: &[(&str, &str)]) -> String {
        let [vi, en] = &*BUNDLES;
        let bundle = match self.0 {
            Lang::Vi => vi,
            Lang::En => en,
        };
        let args: FluentArgs<'_> =
            values.iter().map(|(name, value)| (*name, FluentValue::from(*value))).collect();
        match bundle.get_message(key).and_then(|message| message.value()) {
            Some(pattern) => bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned(),
            None => format!("⟦{key}⟧"),
        }
    }

    /// The text of a stable name: `named("verdict", "not_found")`.
    pub fn named(self, kind: &str, name: &str) -> String {
        self.get(&format!("{kind}-{}", name.replace('_', "-")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dancu_linkage::{Action, Agreement, Column, Verdict};
    use std::collections::BTreeSet;

    fn keys(lang: Lang) -> BTreeSet<String> {
        let lines = source(lang).lines().filter(|line| !line.starts_with([' ', '#']));
        lines.filter_map(|line| line.split_once(" =")).map(|(key, _)| key.to_owned()).collect()
    }

    #[test]
    fn every_name_has_its_words_in_both_languages() {
        assert_eq!(keys(Lang::Vi), keys(Lang::En));
        for lang in [Lang::Vi, Lang::En] {
            assert!(FluentResource::try_new(source(lang).to_owned()).is_ok());
            let texts = Texts::of(lang);
            let all = Verdict::ALL.iter().map(|one| texts.named("verdict", one.name()));
            let all = all.chain(Action::ALL.iter().map(|one| texts.named("action", one.name())));
            let all = all.chain(Agreement::ALL.iter().map(|one| texts.named("agreement", one.name())));
            let refused = crate::envelope::OpenError::NAMES.into_iter();
            let all = all.chain(refused.map(|one| texts.named("refused", one)));
            let mut all = all.chain(Column::ALL.iter().map(|one| texts.named("field", one.name())));
            assert!(all.all(|text| !text.contains('⟦')));
        }
    }
}
