//! The figures, and how a page shows them.
use super::asked::Asked;
use crate::Texts;
use crate::door::console::seat::Seat;
use crate::door::show;
use crate::icons::Icon;
use crate::parts::{Bar, Bars, Cell, Table, Tile, Tiles, Tone};
use dancu_citizen::CivilDate;
use dancu_journal::Outcome;
use dancu_policy::VietnamTime;
use dancu_usage::{Count, Range, Scope, SystemUse, Usage, UsageError};

/// Systems and organisations on a page, reasons in a chart.
const SYSTEMS: u16 = 50;
const ORGANISATIONS: u16 = 500;
const REASONS: usize = 12;

/// All figures of a page.
pub(in crate::door::console) struct Figures {
    pub(in crate::door::console) total: Count,
    /// Calls of the time before, as long: by days, and by seven days
    pub(in crate::door::console) before: Count,
    pub(in crate::door::console) week_before: Count,
    /// One day by its hours, or several by day
    pub(in crate::door::console) spread: Spread,
    pub(in crate::door::console) outcomes: Vec<(Outcome, u64)>,
    pub(in crate::door::console) services: Vec<(String, Count)>,
    pub(in crate::door::console) systems: Vec<SystemUse>,
    pub(in crate::door::console) organisations: Vec<String>,
}

pub(in crate::door::console) enum Spread {
    Hours(Vec<Count>),
    Days(Vec<(CivilDate, Count)>),
}

impl Figures {
    /// Reads them. What is compared with today ends at the hour that it is. Blocks.
    pub(in crate::door::console) fn read(
        usage: &Usage,
        range: Range,
        scope: &Scope,
        now_us: i64,
    ) -> Result<Self, UsageError> {
        let now = VietnamTime::of(now_us);
        let until = now.filter(|now| range.days() == 1 && now.day == range.last()).map(|now| now.minute / 60);
        let of = |range: Range| match until {
            None => usage.total(range, scope),
            Some(hour) => {
                let mut sum = Count::default();
                usage.hours(range, scope)?.iter().take(usize::from(hour) + 1).for_each(|of| sum += *of);
                Ok(sum)
            }
        };
        let weeks = (range.days() + 6) / 7;
        let spread = if range.days() == 1 {
            Spread::Hours(usage.hours(range, scope)?.to_vec())
        } else {
            Spread::Days(usage.days(range, scope)?)
        };
        Ok(Self {
            total: usage.total(range, scope)?,
            before: of(range.earlier(range.days()))?,
            week_before: of(range.earlier(weeks * 7))?,
            spread,
            outcomes: usage.outcomes(range, scope)?,
            services: usage.services(range, scope)?,
            systems: usage.systems(range, &Scope { system: None, ..scope.clone() }, SYSTEMS)?,
            organisations: usage.organisations(range, ORGANISATIONS)?,
        })
    }

    pub(super) fn tiles(&self, t: Texts) -> Tiles {
        let total = self.total;
        let tile = |label: &str, value: u64, note: String, icon| Tile {
            label: t.t(label).into_owned(),
            value: t.number(value),
            note,
            icon,
        };
        let one_day = matches!(self.spread, Spread::Hours(_));
        let before = if one_day { "usage-day-before" } else { "usage-time-before" };
        let compared =
            [change(total, self.before, before, t), change(total, self.week_before, "usage-week-before", t)];
        Tiles {
            tiles: vec![
                tile("usage-calls", total.calls, compared.join(" · "), Icon::Search),
                tile(
                    "usage-answered",
                    total.answered(),
                    share(total.answered(), total.calls, t),
                    Icon::Check,
                ),
                tile("usage-refused", total.refused, share(total.refused, total.calls, t), Icon::Stop),
                tile("usage-systems", self.systems.len() as u64, String::new(), Icon::Info),
            ],
        }
    }

    pub(super) fn charts(&self, t: Texts) -> Vec<Bars> {
        if self.total.calls == 0 {
            return Vec::new();
        }
        let bar = |label: String, value: u64, tone| Bar { label, value, words: t.number(value), tone };
        let spread: Vec<Bar> = match &self.spread {
            Spread::Hours(hours) => (0..)
                .zip(hours)
                .map(|(hour, count): (u8, _)| bar(format!("{hour:02}:00"), count.calls, Tone::Info))
                .collect(),
            Spread::Days(days) => {
                days.iter().map(|(day, count)| bar(show::day(*day), count.calls, Tone::Info)).collect()
            }
        };
        let (spread_title, spread_what) = match self.spread {
            Spread::Hours(_) => ("usage-by-hour", "usage-hour"),
            Spread::Days(_) => ("usage-by-day", "usage-day"),
        };
        let refusals: Vec<Bar> = self
            .outcomes
            .iter()
            .filter_map(|(outcome, calls)| match outcome {
                Outcome::Refused(code) => {
                    Some(bar(format!("{} ({})", code.title(t.lang()), code.name()), *calls, Tone::Bad))
                }
                Outcome::Answered(_) => None,
            })
            .take(REASONS)
            .collect();
        let answers = self.outcomes.iter().filter_map(|(outcome, calls)| match outcome {
            Outcome::Answered(kind) => {
                let key = format!("usage-answer-{}", kind.name().replace('_', "-"));
                Some(bar(t.t(&key).into_owned(), *calls, Tone::Good))
            }
            Outcome::Refused(_) => None,
        });
        let answers = answers.collect();
        let services = self
            .services
            .iter()
            .map(|(name, count)| bar(service(name, t), count.calls, Tone::Info))
            .collect();
        let chart = |title: &str, what: &str, bars: Vec<Bar>| Bars {
            title: t.t(title).into_owned(),
            what: t.t(what).into_owned(),
            how_many: t.t("usage-calls").into_owned(),
            bars,
        };
        let charts = [
            chart(spread_title, spread_what, spread),
            chart("usage-by-reason", "usage-reason", refusals),
            chart("usage-by-outcome", "usage-outcome", answers),
            chart("usage-by-service", "usage-service", services),
        ];
        charts.into_iter().filter(|chart| !chart.bars.is_empty()).collect()
    }

    /// The systems with most calls.
    pub(super) fn table(&self, seat: &Seat, asked: &Asked, t: Texts) -> Table {
        let columns =
            ["usage-system", "work-of", "usage-calls", "usage-answered", "usage-refused", "usage-share"];
        let row = |of: &SystemUse| {
            let name = seat.system_name(&of.system);
            let name = if of.system.is_empty() {
                Cell::text(name)
            } else {
                Cell::link(name, asked.about(&of.organisation, &of.system))
            };
            vec![
                name,
                Cell::text(seat.console.organisation(&of.organisation)),
                Cell::Figures(t.number(of.count.calls)),
                Cell::Figures(t.number(of.count.answered())),
                Cell::Figures(t.number(of.count.refused)),
                Cell::Figures(percent(of.count.refused, of.count.calls, t)),
            ]
        };
        let shown =
            self.systems.iter().filter(|of| asked.scope.system.as_deref().is_none_or(|id| id == of.system));
        Table { columns: columns.map(|key| t.t(key).into_owned()).to_vec(), rows: shown.map(row).collect() }
    }
}

/// A service in words.
pub(super) fn service(name: &str, t: Texts) -> String {
    t.t(&format!("usage-service-{}", name.replace('_', "-"))).into_owned()
}

/// A share in percent, with one decimal.
fn percent(part: u64, whole: u64, t: Texts) -> String {
    let tenths = part.saturating_mul(1000).checked_div(whole).unwrap_or(0);
    let comma = if t.lang() == dancu_catalogue::Lang::Vi { ',' } else { '.' };
    format!("{}{comma}{} %", tenths / 10, tenths % 10)
}

fn share(part: u64, whole: u64, t: Texts) -> String {
    t.t1("usage-share-of", "share", &percent(part, whole, t)).into_owned()
}

/// How calls changed against an earlier time.
fn change(now: Count, before: Count, against: &str, t: Texts) -> String {
    if before.calls == 0 {
        return t.t1("usage-none-before", "against", &t.t(against)).into_owned();
    }
    let sign = if now.calls >= before.calls { '+' } else { '−' };
    let change = format!("{sign}{}", percent(now.calls.abs_diff(before.calls), before.calls, t));
    t.with("usage-changed", &[("change", &change), ("against", &t.t(against))]).into_owned()
}
