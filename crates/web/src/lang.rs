//! The two languages: which one a reader gets, and the texts, from the Fluent files of `locales/`.
use dancu_catalogue::Lang;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::borrow::Cow;
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

/// Both languages, Vietnamese first.
pub const LANGS: [Lang; 2] = [Lang::Vi, Lang::En];

/// Name of the cookie that remembers the choice.
pub const COOKIE: &str = "lang";

/// The Fluent files of a language, by name.
type Files = &'static [(&'static str, &'static str)];

macro_rules! files {
    ($lang:literal: $($name:literal)*) => {
        &[$(($name, include_str!(concat!("../locales/", $lang, "/", $name, ".ftl")))),*]
    };
}

macro_rules! both {
    ($($name:literal)*) => {
        const VI: Files = files!("vi": $($name)*);
        const EN: Files = files!("en": $($name)*);
    };
}

both! {
    "shell"
    "door"
    "parts"
    "home"
    "sign-in"
    "officer"
    "road"
    "citizen"
    "inquiry"
    "supervisor"
    "console"
    "console-accounts"
    "console-campaigns"
    "console-alerts"
    "console-usage"
    "console-cases"
    "console-papers"
    "console-evidence"
    "console-staff"
    "console-pki"
    "console-cleaning"
    "docs"
    "error"
    "ui"
}

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 2]> = LazyLock::new(|| LANGS.map(bundle));

/// The Fluent sources of a language, `(file name, text)`; tests compare their keys.
pub fn sources(lang: Lang) -> Files {
    match lang {
        Lang::Vi => VI,
        Lang::En => EN,
    }
}

fn bundle(lang: Lang) -> FluentBundle<FluentResource> {
    // A tag of ours always parses; the default would only lose plural rules.
    let id: LanguageIdentifier = tag(lang).parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Isolation marks would be copied along with every value; both languages run left to right.
    bundle.set_use_isolating(false);
    for (_, source) in sources(lang) {
        // A file with an error still gives its good messages; the tests refuse errors.
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// BCP 47 tag of a language.
pub fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => "vi",
        Lang::En => "en",
    }
}

/// A language by its BCP 47 tag; a region after it is ignored (`en-GB` is English).
pub fn from_tag(tag: &str) -> Option<Lang> {
    let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
    LANGS.into_iter().find(|l| self::tag(*l).eq_ignore_ascii_case(primary))
}

/// The language of a reader: the one asked for in `?lang=`, else the one remembered in the cookie, else
/// the best of `Accept-Language` (RFC 9110 section 12.5.4), else Vietnamese.
pub fn choose(query: Option<&str>, cookie: Option<&str>, accept: Option<&str>) -> Lang {
    query
        .and_then(from_tag)
        .or_else(|| cookie.and_then(from_tag))
        .or_else(|| accept.and_then(best))
        .unwrap_or(Lang::Vi)
}

fn best(accept: &str) -> Option<Lang> {
    let mut ranked: Vec<(u16, Lang)> = accept.split(',').filter_map(weighted).collect();
    // Stable: of equal weights the one named first wins.
    ranked.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    ranked.first().map(|(_, lang)| *lang)
}

fn weighted(range: &str) -> Option<(u16, Lang)> {
    let mut parts = range.split(';');
    let lang = from_tag(parts.next()?)?;
    let weight = match parts.next().map(str::trim) {
        None => 1000,
        Some(q) => thousandths(q.strip_prefix("q=")?)?,
    };
    (weight > 0).then_some((weight, lang))
}

/// A quality value `0`, `1`, `0.8`, `0.125` in thousandths.
fn thousandths(q: &str) -> Option<u16> {
    let (whole, decimals) = q.split_once('.').unwrap_or((q, ""));
    let padded = format!("{whole}{decimals:0<3}");
    (padded.len() == 4).then(|| padded.parse().ok())?.filter(|w| *w <= 1000)
}

/// The texts of one language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    lang: Lang,
}

impl Texts {
    /// The texts of this language
    pub fn of(lang: Lang) -> Self {
        Self { lang }
    }

    /// Which language it is
    pub fn lang(self) -> Lang {
        self.lang
    }

    /// The text of a key. A key that does not exist comes back as `⟦key⟧`, which no test lets pass.
    pub fn t(self, key: &str) -> Cow<'static, str> {
        self.format(key, None)
    }

    /// The text of a key with one named value set into it.
    pub fn t1(self, key: &str, name: &str, value: &str) -> Cow<'static, str> {
        self.with(key, &[(name, value)])
    }

    /// The text of a key with named values set into it.
    pub fn with(self, key: &str, values: &[(&str, &str)]) -> Cow<'static, str> {
        let args: FluentArgs<'_> = values.iter().map(|(n, v)| (*n, FluentValue::from(*v))).collect();
        self.format(key, Some(&args))
    }

    fn format(self, key: &str, args: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
        let [vi, en] = &*BUNDLES;
        let bundle = match self.lang {
            Lang::Vi => vi,
            Lang::En => en,
        };
        match bundle.get_message(key).and_then(|m| m.value()) {
            Some(pattern) => bundle.format_pattern(pattern, args, &mut Vec::new()),
            None => Cow::Owned(format!("⟦{key}⟧")),
        }
    }

    /// A whole number with the separator of the language: `1.048.577`, `1,048,577`.
    pub fn number(self, number: u64) -> String {
        let separator = match self.lang {
            Lang::Vi => '.',
            Lang::En => ',',
        };
        let digits = number.to_string();
        let mut out = String::with_capacity(digits.len() + digits.len() / 3);
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                out.push(separator);
            }
            out.push(digit);
        }
        out
    }

    /// A duration given in microseconds, in the unit that reads best: `85 µs`, `1,2 ms`, `340 ms`, `2,1 s`.
    pub fn duration(self, us: u64) -> String {
        let point = match self.lang {
            Lang::Vi => ',',
            Lang::En => '.',
        };
        let tenths = |unit: u64| format!("{}{point}{}", us / unit, us % unit * 10 / unit);
        match us {
            0..1_000 => format!("{us} µs"),
            1_000..100_000 => format!("{} ms", tenths(1_000)),
            100_000..1_000_000 => format!("{} ms", us / 1_000),
            _ => format!("{} s", tenths(1_000_000)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_asked_for_then_remembered_then_preferred() {
        assert_eq!(choose(Some("en"), Some("vi"), Some("vi")), Lang::En);
        assert_eq!(choose(Some("fr"), Some("en"), Some("vi")), Lang::En);
        assert_eq!(choose(None, None, Some("fr, en-GB;q=0.8, vi;q=0.7")), Lang::En);
        assert_eq!(choose(None, None, Some("en;q=0.5, vi-VN;q=0.9")), Lang::Vi);
        assert_eq!(choose(None, None, Some("en;q=0, de")), Lang::Vi);
        assert_eq!(choose(None, None, Some("en;q=x, ,;;")), Lang::Vi);
        assert_eq!(choose(None, None, None), Lang::Vi);
    }

    #[test]
    fn numbers_and_durations_follow_the_language() {
        let (vi, en) = (Texts::of(Lang::Vi), Texts::of(Lang::En));
        assert_eq!(vi.number(1_048_577), "1.048.577");
        assert_eq!(en.number(100_000), "100,000");
        assert_eq!(vi.number(12), "12");
        assert_eq!(vi.duration(85), "85 µs");
        assert_eq!(vi.duration(1_250), "1,2 ms");
        assert_eq!(en.duration(340_999), "340 ms");
        assert_eq!(en.duration(2_190_000), "2.1 s");
    }

    #[test]
    fn an_unknown_key_shows() {
        assert_eq!(Texts::of(Lang::En).t("no-such-key"), "⟦no-such-key⟧");
    }
}
