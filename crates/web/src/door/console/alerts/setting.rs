//! The form by which a rule is set otherwise: proposed, or tried on the past.
use super::rules::{self, in_force, rule_of};
use super::{Answer, WORDS, trials, words};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::console::words::date;
use crate::door::form::{Sent, value};
use crate::door::show as said;
use crate::page::Place;
use crate::parts::{Act, Area, Choice, Control, Input, InputKind, Notice, Select, Tone, Typed, Width};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_citizen::CivilDate;
use dancu_policy::duty::Action as Duty;
use dancu_watch::{Action, Level, Rule, Setting};

/// Longest times that may be set: a window and a brake a week, quiet a month.
pub(in crate::door::console) const WINDOW_S: u32 = 7 * 86_400;
pub(in crate::door::console) const BRAKE_S: u32 = 7 * 86_400;
pub(in crate::door::console) const QUIET_S: u32 = 30 * 86_400;
/// Most characters of a source.
const SOURCE: usize = 300;
/// Mark of what was set here, and not in the file.
const OWN: &str = "OWN";

/// Where a setting comes from, cut to what is kept.
pub(in crate::door::console) fn source(text: &str) -> String {
    text.chars().take(SOURCE).collect()
}

/// The mark of a setting that is put in here.
pub(in crate::door::console) fn own() -> String {
    OWN.to_owned()
}

/// Whether nothing is set otherwise than it is.
pub(in crate::door::console) fn same(new: &Setting, set: &Setting) -> bool {
    let like = Setting {
        valid_from: set.valid_from,
        source: set.source.clone(),
        mark: set.mark.clone(),
        ..new.clone()
    };
    like == *set
}

/// Names of the controls that every rule has.
const NUMBERS: [(&str, &str); 4] = [
    ("threshold", "watch-threshold-number"),
    ("window", "watch-window-minutes"),
    ("quiet", "watch-quiet-minutes"),
    ("brake_for", "watch-brake-minutes"),
];

/// A form as it is typed: values and faults by the name of their control.
#[derive(Default)]
pub(super) struct Typing(Vec<(&'static str, Typed)>);

impl Typing {
    /// The form as it stands before anybody types: what is in force.
    pub(super) fn of(rule: Rule, set: &Setting, today: CivilDate) -> Self {
        let mut typed = vec![
            ("enabled", if set.enabled { "yes" } else { "no" }.to_owned()),
            ("threshold", set.threshold.to_string()),
            ("window", minutes(set.window_s)),
            ("quiet", minutes(set.quiet_s)),
            ("level", set.level.name().to_owned()),
            ("action", set.action.name().to_owned()),
            ("brake_for", minutes(set.brake_s)),
            ("exempt", set.exempt_systems.join("\n")),
            ("valid_from", said::day(today)),
            ("why", String::new()),
            ("source", String::new()),
            ("days", "7".to_owned()),
        ];
        typed.extend(rule.params().iter().map(|name| (*name, set.param(name).to_string())));
        Self(typed.into_iter().map(|(name, value)| (name, Typed::new(value))).collect())
    }

    /// What was sent, over what is in force: the setting, unless something is wrong with it.
    fn read(
        rule: Rule,
        sent: &Sent,
        set: &Setting,
        today: CivilDate,
        proposes: bool,
        t: Texts,
    ) -> (Self, Option<Setting>) {
        let mut form = Self::of(rule, set, today);
        for (name, typed) in &mut form.0 {
            *typed = Typed::new(value(sent, name).trim());
        }
        let mut new = set.clone();
        new.enabled = form.text("enabled") != "no";
        new.level = Level::from_name(form.text("level")).unwrap_or(set.level);
        new.action = Action::from_name(form.text("action")).unwrap_or(set.action);
        let most = u32::from(dancu_watch::MAX_THRESHOLD);
        new.threshold = form
            .number("threshold", 1..=most, t)
            .and_then(|number| u16::try_from(number).ok())
            .unwrap_or(set.threshold);
        // A week is the longest window.
        new.window_s =
            form.number("window", 1..=WINDOW_S / 60, t).map_or(set.window_s, |minutes| minutes * 60);
        new.quiet_s = form.number("quiet", 0..=QUIET_S / 60, t).map_or(set.quiet_s, |minutes| minutes * 60);
        let brakes = u32::from(new.action >= Action::Brake);
        new.brake_s =
            form.number("brake_for", brakes..=BRAKE_S / 60, t).map_or(set.brake_s, |minutes| minutes * 60);
        for name in rule.params() {
            if let Some(number) = form.number(name, 0..=u32::MAX, t) {
                new.params.insert((*name).to_owned(), number);
            }
        }
        let systems = form.text("exempt").lines().map(str::trim).filter(|id| !id.is_empty());
        new.exempt_systems = systems.map(ToOwned::to_owned).collect();
        match date(form.text("valid_from")) {
            Some(day) if day >= today => new.valid_from = day,
            Some(_) => form.wrong("valid_from", t.t("watch-day-past").into_owned()),
            None => form.wrong("valid_from", t.t("usage-day-wrong").into_owned()),
        }
        if proposes && form.text("why").is_empty() {
            form.wrong("why", t.t("act-reason-missing").into_owned());
        }
        if !form.text("source").is_empty() {
            new.source = source(form.text("source"));
        }
        new.mark = own();
        let reads = form.0.iter().all(|(_, typed)| typed.error.is_none());
        let sound = reads && new.check(rule).is_ok();
        if reads && !sound {
            form.wrong("threshold", t.t("watch-setting-wrong").into_owned());
        }
        (form, Some(new).filter(|_| sound))
    }

    fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(of, _)| *of == name).map_or("", |(_, typed)| typed.value.as_str())
    }

    fn typed(&self, name: &str) -> Typed {
        self.0.iter().find(|(of, _)| *of == name).map(|(_, typed)| typed.clone()).unwrap_or_default()
    }

    fn wrong(&mut self, name: &str, error: String) {
        if let Some((_, typed)) = self.0.iter_mut().find(|(of, _)| *of == name) {
            typed.error = Some(error);
        }
    }

    fn number(&mut self, name: &str, range: std::ops::RangeInclusive<u32>, t: Texts) -> Option<u32> {
        let number = self.text(name).parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = (range.start().to_string(), range.end().to_string());
            self.wrong(
                name,
                t.with("watch-number-wrong", &[("least", &least), ("most", &most)]).into_owned(),
            );
        }
        number
    }

    /// The form.
    pub(super) fn act(&self, rule: Rule, csrf: &str, t: Texts) -> Act {
        let number = |name: &'static str, label: String| {
            let input = Input {
                kind: InputKind::Digits,
                width: Width::Short,
                ..Input::new(t, name, "rules-what", &self.typed(name))
            };
            Control::Input(Input { label, ..input })
        };
        let select = |name: &'static str, label: &str, choices: Vec<Choice>| {
            let (label, error) = (t.t(label).into_owned(), self.typed(name).error);
            Control::Select(Select { texts: t, name, label, choices, error, ..Select::default() })
        };
        let chosen = |name: &str, value: &str| self.text(name) == value;
        let on = [("yes", "watch-on"), ("no", "watch-off")]
            .map(|(value, label)| Choice::new(value, t.t(label), chosen("enabled", value)));
        let levels = Level::ALL.map(|level| {
            Choice::new(level.name(), words::level(t, level).label, chosen("level", level.name()))
        });
        let actions = Action::ALL.map(|action| {
            Choice::new(action.name(), words::action(t, action), chosen("action", action.name()))
        });
        let days = [1_u32, 7, 30, 90].map(|days| {
            let label = t.t1("span-days", "number", &days.to_string());
            Choice::new(days.to_string(), label, chosen("days", &days.to_string()))
        });
        let mut act =
            Act::new("setting", t.t("watch-propose-title"), format!("/alerts/rules/{}", rule.name()), csrf)
                .lead(t.t("watch-propose-lead"))
                .with(select("enabled", "watch-enabled", on.to_vec()));
        for (name, label) in NUMBERS {
            if name == "brake_for" {
                act = act.with(select("level", "watch-level", levels.to_vec()));
                act = act.with(select("action", "watch-action", actions.to_vec()));
            }
            act = act.with(number(name, t.t(label).into_owned()));
        }
        for name in rule.params() {
            act = act.with(number(name, words::param(t, name)));
        }
        let exempt = Area::new(t, "exempt", "watch-exempt-systems", &self.typed("exempt"));
        let day = Input {
            kind: InputKind::Date,
            width: Width::Short,
            ..Input::new(t, "valid_from", "watch-from-day", &self.typed("valid_from"))
        };
        let source = Input::new(t, "source", "rules-source", &self.typed("source"));
        let why = Area { max: WORDS, ..Area::new(t, "why", "act-reason", &self.typed("why")) };
        act.with(Control::Area(Area { optional: true, ..exempt }.hint("watch-exempt-hint")))
            .with(Control::Input(day.hint("watch-from-day-hint")))
            .with(Control::Input(source.optional()))
            .with(Control::Area(why.hint("watch-why-hint")))
            .with(select("days", "trial-days", days.to_vec()))
            .button(t.t("watch-propose"), "propose")
            .button(t.t("watch-try"), "try")
            .folded()
    }
}

fn minutes(seconds: u32) -> String {
    seconds.div_ceil(60).to_string()
}

/// A setting is proposed, or tried on the past.
pub(super) async fn submit(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.must(Duty::WatchPropose, None, Place::Alerts)?;
    seat.own_form(value(&sent, "csrf"), Place::Alerts)?;
    let rule = rule_of(&seat, &id)?;
    let t = seat.shell(Place::Alerts).texts();
    let proposes = value(&sent, "act") != "try";
    let settings = seat.console.watch.settings();
    let Some(set) = in_force(&seat, &settings.1, rule) else {
        return rules::page(&seat, rule, None, None, StatusCode::NOT_FOUND).await;
    };
    let (form, new) = Typing::read(rule, &sent, &set, seat.today(), proposes, t);
    let Some(new) = new else {
        return rules::page(&seat, rule, Some(form), None, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    if !proposes {
        return trials::begin(&seat, rule, new, value(&sent, "days"), Some(form)).await;
    }
    if same(&new, &set) {
        let notice = Notice::new(Tone::Bad, t.t("watch-nothing-changed"), "");
        return rules::page(&seat, rule, Some(form), Some(notice), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let why: String = form.text("why").chars().take(usize::from(WORDS)).collect();
    propose(&seat, rule, new, why).await
}

/// Puts a proposal on record, and shows it.
pub(super) async fn propose(seat: &Seat, rule: Rule, new: Setting, why: String) -> Answer {
    let id = proposed(seat, rule, new, why).await?;
    Ok(Redirect::to(&format!("/alerts/proposals/{id}?done=proposed")).into_response())
}

/// Puts a proposal on record, for pages and API alike; gives its id.
pub(in crate::door::console) async fn proposed(
    seat: &Seat,
    rule: Rule,
    new: Setting,
    why: String,
) -> Result<String, Oops> {
    seat.record("watch_rule", format!("rule={} deed=proposed", rule.name()), Place::Alerts).await?;
    let (by, now_us) = (seat.id().to_owned(), seat.now_us());
    seat.watched(move |watch| watch.propose(rule, &new, &by, &why, now_us)).await
}
