//! What people read: a page in Vietnamese and English, and how to check the file.
use crate::facts::Line;
use crate::{Facts, Of, part_from_name};
use askama::Template;
use dancu_journal::Part;

/// How to check the file, with common tools.
pub(crate) const HOW_TO_CHECK: &str = include_str!("../texts/how-to-check.txt");

/// Lines shown in the page; all of them are in `evidence.json`.
const SHOWN: usize = 1000;

#[derive(Template)]
#[template(path = "summary.html")]
struct Summary<'a> {
    facts: &'a Facts,
    whose: String,
    from: String,
    to: String,
    opened: [String; 2],
    closed: [String; 2],
    shown: &'a [Line],
    more: usize,
}

/// The page; none when it cannot be written.
pub(crate) fn html(facts: &Facts) -> Option<String> {
    let time = |us: Option<i64>| us.map(vietnam).unwrap_or_default();
    let shown = facts.entries.get(..SHOWN).unwrap_or(&facts.entries);
    let summary = Summary {
        facts,
        whose: match &facts.scope.of {
            Of::System(id) | Of::Organisation(id) | Of::Account(id) => id.clone(),
            Of::Entries(numbers) => numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        },
        from: time(facts.scope.from_us),
        to: time(facts.scope.to_us),
        opened: parts(&facts.parts.opened),
        closed: parts(&facts.parts.closed),
        shown,
        more: facts.entries.len() - shown.len(),
    };
    summary.render().ok()
}

fn parts(names: &[String]) -> [String; 2] {
    let words: Vec<_> = names.iter().filter_map(|name| part_from_name(name)).map(words).collect();
    let joined = |at: usize| {
        let of: Vec<&str> = words.iter().filter_map(|both| both.get(at).copied()).collect();
        of.join(", ")
    };
    [joined(0), joined(1)]
}

fn words(part: Part) -> [&'static str; 2] {
    match part {
        Part::RequestId => ["mã yêu cầu", "request id"],
        Part::Officer => ["cán bộ thực hiện", "officer"],
        Part::CaseNumber => ["số hồ sơ", "case number"],
        Part::Purpose => ["mục đích ghi bằng lời", "purpose in words"],
        Part::SourceAddress => ["địa chỉ nguồn", "source address"],
        Part::Subject => ["số định danh của công dân", "citizen's number"],
        Part::PlatformMessageId => ["mã thông điệp của nền tảng", "message id of the platform"],
        Part::Order => ["số quyết định", "order"],
    }
}

/// `20/11/2026 14:05:07`, the time of Việt Nam.
fn vietnam(us: i64) -> String {
    let offset = jiff::tz::TimeZone::fixed(jiff::tz::offset(7));
    let time = jiff::Timestamp::from_microsecond(us).map(|time| time.to_zoned(offset));
    time.map(|time| time.strftime("%d/%m/%Y %H:%M:%S").to_string()).unwrap_or_default()
}
