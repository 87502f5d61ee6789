//! The rules of the watch: how each is set since when, who changed it, what is proposed.
use super::{Answer, WORDS, name_of, setting, words};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::console::sources::{mark, source};
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::{Group, ListPage, RecordPage};
use crate::parts::{
    Act, Area, Badge, Cell, Control, Crumb, Crumbs, Empty, Fact, Happening, Notice, Table, Timeline, Tone,
    Typed,
};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_policy::duty::{Action, Ruling};
use dancu_watch::{
    Decision, Proposal, ProposalState, Rule, RuleChange, Setting, Settings, Watch, WatchError,
};

/// Proposals shown with a rule.
pub(in crate::door::console) const PROPOSALS: u32 = 20;

/// How a rule is set today for entries that come now.
pub(in crate::door::console) fn in_force(seat: &Seat, settings: &Settings, rule: Rule) -> Option<Setting> {
    settings.on(rule, u64::MAX, seat.today()).cloned()
}

/// All rules.
pub(super) async fn list(seat: Seat) -> Answer {
    seat.must(Action::WatchRead, None, Place::Alerts)?;
    let read = |watch: &Watch| {
        let mut open = Vec::new();
        for rule in Rule::ALL {
            let waiting = watch.proposals(rule, PROPOSALS)?;
            open.push(waiting.iter().filter(|one| one.state == ProposalState::Open).count());
        }
        Ok((watch.settings(), open))
    };
    let (settings, open) = seat.watched(read).await?;
    let shell = seat.shell(Place::Alerts);
    let t = shell.texts();
    let rows = Rule::ALL.iter().zip(open).filter_map(|(rule, open)| {
        let set = in_force(&seat, &settings.1, *rule)?;
        let waiting = match open {
            0 => Cell::text(""),
            open => Cell::Badge(Badge {
                tone: Tone::Warn,
                icon: Icon::Clock,
                label: t.t1("watch-waiting", "number", &open.to_string()).into_owned(),
            }),
        };
        let action = if set.enabled { words::action(t, set.action) } else { t.t("watch-off").into_owned() };
        Some(vec![
            Cell::link(words::rule(t, *rule), format!("/alerts/rules/{}", rule.name())),
            Cell::Figures(words::threshold(t, &set)),
            Cell::Badge(words::level(t, set.level)),
            Cell::text(action),
            Cell::Figures(said::day(set.valid_from)),
            Cell::Lines(vec![source(t, &set.source), mark(t, &set.mark)]),
            waiting,
        ])
    });
    let columns = [
        "watch-rule",
        "watch-threshold",
        "watch-level",
        "watch-action",
        "rules-since",
        "rules-source",
        "watch-proposals",
    ];
    let table = Table { columns: columns.map(|key| t.t(key).into_owned()).to_vec(), rows: rows.collect() };
    let nothing = Empty { icon: Icon::Search, title: String::new(), text: String::new() };
    let page = ListPage {
        lead: t.t("watch-rules-lead").into_owned(),
        above: vec![(t.t("console-alerts").into_owned(), "/alerts".to_owned())],
        table,
        ..ListPage::new(shell, "alerts-rules", nothing)
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// The rule of an address.
pub(super) fn rule_of(seat: &Seat, id: &str) -> Result<Rule, Oops> {
    Rule::from_name(id).ok_or_else(|| Oops::page(seat.shell(Place::Alerts), ErrorKind::NotFound))
}

/// One rule.
pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    seat.must(Action::WatchRead, None, Place::Alerts)?;
    let rule = rule_of(&seat, &id)?;
    let settings = seat.console.watch.settings();
    let set = in_force(&seat, &settings.1, rule);
    let form = set.map(|set| setting::Typing::of(rule, &set, seat.today()));
    page(&seat, rule, form, None, StatusCode::OK).await
}

/// The page of a rule, with the form as it was typed.
pub(super) async fn page(
    seat: &Seat,
    rule: Rule,
    form: Option<setting::Typing>,
    notice: Option<Notice>,
    status: StatusCode,
) -> Answer {
    let read = move |watch: &Watch| {
        Ok((watch.settings(), watch.rule_history(rule)?, watch.proposals(rule, PROPOSALS)?))
    };
    let (settings, history, proposals) = seat.watched(read).await?;
    let shell = seat.shell(Place::Alerts);
    let t = shell.texts();
    let mut groups = Vec::new();
    if let Some(set) = in_force(seat, &settings.1, rule) {
        groups.push(Group::Facts {
            title: t.t("watch-in-force").into_owned(),
            facts: words::facts(t, rule, &set),
        });
    }
    groups.push(Group::Table {
        title: t.t("watch-proposals").into_owned(),
        lead: t.t("watch-proposals-lead").into_owned(),
        table: proposals_table(seat, &proposals, t).await,
        nothing: t.t("record-nothing").into_owned(),
    });
    groups.push(Group::Timeline {
        title: t.t("watch-history").into_owned(),
        timeline: timeline(seat, rule, &settings.1, &history, t).await,
    });
    let mut acts = Vec::new();
    if seat.may(Action::WatchPropose, None) == Ruling::Allowed {
        acts.extend(form.map(|form| form.act(rule, shell.csrf(), t)));
    }
    let page = RecordPage {
        notice,
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("console-alerts"), "/alerts"),
                Crumb::new(t.t("alerts-rules"), "/alerts/rules"),
                Crumb::new(words::rule(t, rule), ""),
            ],
        },
        title: words::rule(t, rule).to_owned(),
        badge: None,
        lead: words::about(t, rule),
        links: vec![(
            t.t("watch-its-alerts").into_owned(),
            format!("/alerts?state=all&rule={}", rule.name()),
        )],
        groups,
        acts,
        shell,
    };
    Ok(plain::remember_lang(html(status, &page).into_response(), &seat.uri))
}

fn proposal_state(t: Texts, state: ProposalState) -> Badge {
    let (tone, icon) = match state {
        ProposalState::Open => (Tone::Warn, Icon::Clock),
        ProposalState::Enacted => (Tone::Good, Icon::Check),
        ProposalState::Refused => (Tone::Bad, Icon::Stop),
        ProposalState::Withdrawn => (Tone::Plain, Icon::Info),
    };
    Badge { tone, icon, label: t.t(&format!("proposal-{}", state.name())).into_owned() }
}

async fn proposals_table(seat: &Seat, proposals: &[Proposal], t: Texts) -> Table {
    let names = seat.staff_names(proposals.iter().map(|one| one.by.clone()).collect()).await;
    let row = |one: &Proposal| {
        vec![
            Cell::link(words::threshold(t, &one.setting), format!("/alerts/proposals/{}", one.id)),
            Cell::text(words::action(t, one.setting.action)),
            Cell::Figures(said::day(one.setting.valid_from)),
            Cell::Lines(vec![name_of(&names, &one.by).to_owned(), said::moment(one.at_us)]),
            Cell::Badge(proposal_state(t, one.state)),
        ]
    };
    let columns = ["watch-threshold", "watch-action", "watch-from-day", "watch-proposed-by", "work-state"];
    Table {
        columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
        rows: proposals.iter().map(row).collect(),
    }
}

/// Editions of the file and changes put in here, the newest first.
async fn timeline(
    seat: &Seat,
    rule: Rule,
    settings: &Settings,
    history: &[RuleChange],
    t: Texts,
) -> Timeline {
    let by = history.iter().flat_map(|change| [Some(change.by.clone()), change.enacted_by.clone()]);
    let names = seat.staff_names(by.flatten().collect()).await;
    let title = |set: &Setting| format!("{} · {}", words::threshold(t, set), words::action(t, set.action));
    let mut happenings: Vec<Happening> = history
        .iter()
        .rev()
        .map(|change| {
            let proposed = name_of(&names, &change.by).to_owned();
            let by = match &change.enacted_by {
                Some(other) => t
                    .with("watch-by-two", &[("proposer", &proposed), ("enacter", name_of(&names, other))])
                    .into_owned(),
                None => proposed,
            };
            Happening {
                at: said::moment(change.at_us),
                title: title(&change.setting),
                by: format!(
                    "{by} · {}",
                    t.t1("watch-valid-from", "day", &said::day(change.setting.valid_from))
                ),
                text: change.why.clone(),
                tone: Tone::Info,
                links: Vec::new(),
            }
        })
        .collect();
    let own = |set: &Setting| history.iter().any(|change| change.setting == *set);
    let files = settings.editions(rule).iter().rev().filter(|edition| !own(&edition.setting));
    happenings.extend(files.map(|edition| Happening {
        at: said::day(edition.setting.valid_from),
        title: title(&edition.setting),
        by: t.t("watch-by-file").into_owned(),
        text: String::new(),
        tone: Tone::Plain,
        links: Vec::new(),
    }));
    Timeline { happenings }
}

/// One proposal, beside what is in force.
pub(super) async fn proposal(seat: Seat, Path(id): Path<String>) -> Answer {
    seat.must(Action::WatchRead, None, Place::Alerts)?;
    let done = seat.uri.query().and_then(|query| query.strip_prefix("done="));
    let done = done.filter(|done| ["proposed", "enacted", "refused", "withdrawn"].contains(done));
    let t = seat.shell(Place::Alerts).texts();
    let notice = done.map(|done| Notice::new(Tone::Good, t.t(&format!("proposal-done-{done}")), ""));
    proposal_page(&seat, id, notice, false, StatusCode::OK).await
}

async fn proposal_page(
    seat: &Seat,
    id: String,
    notice: Option<Notice>,
    faulty: bool,
    status: StatusCode,
) -> Answer {
    let found = seat.watched(move |watch| Ok((watch.proposal(&id)?, watch.settings()))).await?;
    let (Some(proposal), settings) = found else {
        return Err(Oops::page(seat.shell(Place::Alerts), ErrorKind::NotFound));
    };
    let shell = seat.shell(Place::Alerts);
    let t = shell.texts();
    let rule = proposal.rule;
    let decided_by = proposal.decided.as_ref().map(|(by, ..)| by.clone());
    let names =
        seat.staff_names([Some(proposal.by.clone()), decided_by].into_iter().flatten().collect()).await;
    let mut facts = vec![
        Fact::new(t.t("watch-proposed-by"), name_of(&names, &proposal.by))
            .noted(said::moment(proposal.at_us)),
        Fact::new(t.t("act-reason"), proposal.why.clone()),
    ];
    if let Some((by, at_us, why)) = &proposal.decided {
        facts.push(Fact::new(t.t("watch-decided-by"), name_of(&names, by)).noted(said::moment(*at_us)));
        if !why.is_empty() {
            facts.push(Fact::new(t.t("watch-decided-why"), why.clone()));
        }
    }
    let current = in_force(seat, &settings.1, rule);
    let groups = vec![
        Group::Facts { title: t.t("watch-proposal").into_owned(), facts },
        Group::Table {
            title: t.t("watch-beside").into_owned(),
            lead: String::new(),
            table: beside(rule, &proposal.setting, current.as_ref(), t),
            nothing: String::new(),
        },
    ];
    let page = RecordPage {
        notice,
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("alerts-rules"), "/alerts/rules"),
                Crumb::new(words::rule(t, rule), format!("/alerts/rules/{}", rule.name())),
                Crumb::new(t.t("watch-proposal"), ""),
            ],
        },
        title: format!("{} · {}", t.t("watch-proposal"), words::rule(t, rule)),
        badge: Some(proposal_state(t, proposal.state)),
        lead: String::new(),
        links: Vec::new(),
        groups,
        acts: proposal_acts(seat, &proposal, faulty, shell.csrf(), t),
        shell,
    };
    Ok(plain::remember_lang(html(status, &page).into_response(), &seat.uri))
}

/// A proposed setting, and what is in force, line by line.
pub(super) fn beside(rule: Rule, proposed: &Setting, current: Option<&Setting>, t: Texts) -> Table {
    let now = current.map(|set| words::facts(t, rule, set)).unwrap_or_default();
    let row = |fact: &Fact| {
        let before = now.iter().find(|of| of.label == fact.label).map(|of| of.value.clone());
        let changed = before.as_ref() != Some(&fact.value);
        let value = if changed {
            Cell::Badge(Badge { tone: Tone::Warn, icon: Icon::Warning, label: fact.value.clone() })
        } else {
            Cell::text(fact.value.clone())
        };
        vec![Cell::text(fact.label.clone()), Cell::text(before.unwrap_or_default()), value]
    };
    let columns = ["rules-what", "watch-in-force", "watch-proposal"];
    Table {
        columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
        rows: words::facts(t, rule, proposed).iter().map(row).collect(),
    }
}

fn proposal_acts(seat: &Seat, proposal: &Proposal, faulty: bool, csrf: &str, t: Texts) -> Vec<Act> {
    let mut acts = Vec::new();
    if proposal.state != ProposalState::Open {
        return acts;
    }
    let own = proposal.by == seat.id();
    let address = format!("/alerts/proposals/{}", proposal.id);
    if !own && seat.may(Action::WatchEnact, None) == Ruling::Allowed {
        let error = faulty.then(|| t.t("alert-words-missing").into_owned());
        let typed = Typed { value: String::new(), error };
        let why = Area { max: WORDS, ..Area::new(t, "words", "alert-words", &typed) };
        acts.push(
            Act::new("decide", t.t("proposal-decide"), address.clone(), csrf)
                .lead(t.t("proposal-decide-lead"))
                .with(Control::Area(why))
                .button(t.t("proposal-enact"), "enact")
                .button(t.t("proposal-refuse"), "refuse"),
        );
    }
    if own && seat.may(Action::WatchPropose, None) == Ruling::Allowed {
        acts.push(
            Act::new("withdraw", t.t("proposal-withdraw"), format!("{address}/withdraw"), csrf)
                .lead(t.t("proposal-withdraw-lead"))
                .button(t.t("proposal-withdraw"), "withdraw"),
        );
    }
    acts
}

/// Put into force, or refused: never by who proposed it.
pub(super) async fn decide(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.must(Action::WatchEnact, None, Place::Alerts)?;
    seat.own_form(value(&sent, "csrf"), Place::Alerts)?;
    let words: String = value(&sent, "words").trim().chars().take(usize::from(WORDS)).collect();
    let (decision, name) = match value(&sent, "act") {
        "enact" => (Decision::Enact, "enacted"),
        "refuse" => (Decision::Refuse, "refused"),
        _ => return Err(Oops::page(seat.shell(Place::Alerts), ErrorKind::NotFound)),
    };
    if words.is_empty() {
        return proposal_page(&seat, id, None, true, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let decided = decided(&seat, &id, decision, words).await?;
    answered(&seat, id, name, decided).await
}

/// Decides on a proposal, for pages and API alike.
pub(in crate::door::console) async fn decided(
    seat: &Seat,
    id: &str,
    decision: Decision,
    words: String,
) -> Result<Result<Rule, WatchError>, Oops> {
    let name = if decision == Decision::Enact { "enacted" } else { "refused" };
    seat.record("watch_rule", format!("proposal={id} deed={name}"), Place::Alerts).await?;
    let (by, now_us, of) = (seat.id().to_owned(), seat.now_us(), id.to_owned());
    seat.watch(move |watch| watch.decide(&of, decision, &by, &words, now_us)).await
}

/// Takes a proposal back, for pages and API alike.
pub(in crate::door::console) async fn withdrawn(
    seat: &Seat,
    id: &str,
) -> Result<Result<Rule, WatchError>, Oops> {
    seat.record("watch_rule", format!("proposal={id} deed=withdrawn"), Place::Alerts).await?;
    let (by, now_us, of) = (seat.id().to_owned(), seat.now_us(), id.to_owned());
    seat.watch(move |watch| watch.withdraw(&of, &by, "", now_us)).await
}

/// Taken back by who proposed it.
pub(super) async fn withdraw(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.must(Action::WatchPropose, None, Place::Alerts)?;
    seat.own_form(value(&sent, "csrf"), Place::Alerts)?;
    let done = withdrawn(&seat, &id).await?;
    answered(&seat, id, "withdrawn", done).await
}

async fn answered(seat: &Seat, id: String, name: &str, done: Result<Rule, WatchError>) -> Answer {
    let t = seat.shell(Place::Alerts).texts();
    let (title, todo) = match done {
        Ok(_) => return Ok(Redirect::to(&format!("/alerts/proposals/{id}?done={name}")).into_response()),
        Err(WatchError::SamePerson) => ("refusal-same-person", "watch-same-person-todo"),
        Err(WatchError::Decided(_)) => ("refusal-moved", "refusal-moved-todo"),
        Err(error) => return Err(seat.failed(&error)),
    };
    let notice = Notice::new(Tone::Bad, t.t(title), t.t(todo));
    proposal_page(seat, id, Some(notice), false, StatusCode::CONFLICT).await
}
