//! The page of a matter.
use super::super::seat::Seat;
use super::super::{cases, evidence, force, papers, pki, words};
use super::assessed::Assessed;
use super::steps::{Unfit, acts};
use super::tables::{below, documents, tests};
use super::timeline::timeline;
use super::{Whole, attach, content, place};
use crate::Texts;
use crate::door::show as said;
use crate::pages::console::{Group, RecordPage};
use crate::parts::{Crumb, Crumbs, Fact, Notice};
use dancu_governance::{Kind, State};
use dancu_policy::duty::{Action, Ruling};

/// The page of a matter. `unfit`: a step that was not taken for want of words, with what was typed.
pub(in super::super) async fn page(
    seat: &Seat,
    whole: &Whole,
    notice: Option<Notice>,
    unfit: Option<&Unfit>,
) -> RecordPage {
    let matter = &whole.matter;
    let shell = seat.shell(place(matter.kind));
    let t = shell.texts();
    let (list, href) = match matter.kind {
        Kind::Connection => ("console-connections", "/connections".to_owned()),
        kind => ("console-cases", format!("/cases?kind={}", kind.name())),
    };
    let mut groups =
        vec![Group::Facts { title: t.t("record-facts").into_owned(), facts: facts(seat, whole, t) }];
    groups.extend(force::groups(seat, whole, t).await);
    let open = seat.may_on(Action::NoticeAnswer, matter) == Ruling::Allowed || matter.opened_by == seat.id();
    groups.extend(content::groups(&whole.content, (seat.console.governance.rules(), seat.today()), open, t));
    groups.extend(tests(&whole.tests, t));
    groups.push(documents(matter, &whole.documents, seat, t));
    groups.extend(below("matter-children", &whole.children, &whole.contents, seat, t));
    groups.extend(below("matter-related", &whole.related, &[], seat, t));
    groups.push(Group::Timeline {
        title: t.t("record-happened").into_owned(),
        timeline: timeline(seat, whole, t).await,
    });
    let mut acts = acts(seat, whole, unfit, shell.csrf(), t);
    acts.extend(attach::act(seat, whole, !acts.is_empty(), shell.csrf(), t));
    let overdue = || Assessed::of(seat, matter).and_then(|assessed| assessed.notice(t));
    RecordPage {
        notice: notice.or_else(overdue),
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![Crumb::new(t.t(list), href), Crumb::new(matter.label.clone(), "")],
        },
        title: format!("{} · {}", words::kind(t, matter.kind), matter.label),
        badge: Some(words::state(t, matter.state)),
        lead: String::new(),
        links: links(seat, whole, t),
        groups,
        acts,
        shell,
    }
}

/// What this person may open, write or print from here.
fn links(seat: &Seat, whole: &Whole, t: Texts) -> Vec<(String, String)> {
    let matter = &whole.matter;
    let may = |action| seat.may_on(action, matter) == Ruling::Allowed;
    let to = |key: &str, end: &str| (t.t(key).into_owned(), format!("/matters/{}/{end}", matter.id));
    let mut links = Vec::new();
    if let Some(parent) = &whole.parent {
        let words = t.t1("matter-parent", "what", &words::kind(t, parent.kind)).into_owned();
        links.push((words, format!("/matters/{}", parent.id)));
    }
    if cases::editing(seat, whole) == Some(Ruling::Allowed) {
        links.push(match matter.kind {
            Kind::Connection => to("request-edit", "request"),
            _ => to("case-edit", "content"),
        });
    }
    let begun = !matches!(matter.state, State::Draft | State::Withdrawn);
    if matter.kind == Kind::Connection && may(Action::ConnectionLevel) {
        links.push(to("case-level-new", "level-file"));
    }
    if matter.kind == Kind::Connection && begun && may(Action::ConnectionAssess) {
        links.push(to("case-assessment-new", "assessment"));
    }
    if matter.state.takes_findings(matter.kind) && may(cases::finding_duty(matter.kind)) {
        links.push(to("case-finding-new", "finding"));
    }
    let measured = matches!(matter.kind, Kind::Connection | Kind::Evaluation) && matter.system.is_some();
    if measured && begun && may(Action::InspectionRead) {
        links.push(to("case-measures", "measures"));
    }
    links.extend(pki::link(seat, matter, t));
    links.extend(evidence::link(seat, matter, t));
    links.extend(papers::links(seat, whole, t));
    links
}

fn facts(seat: &Seat, whole: &Whole, t: Texts) -> Vec<Fact> {
    let matter = &whole.matter;
    let mut facts = vec![Fact::new(t.t("work-of"), seat.console.organisation(&matter.organisation))];
    facts.extend(matter.system.as_ref().map(|system| Fact::mono(t.t("matter-system"), system)));
    facts.extend(matter.account.as_ref().map(|account| Fact::mono(t.t("matter-account"), account)));
    facts.push(Fact::new(t.t("matter-opened"), said::moment(matter.opened_us)));
    facts.extend(Assessed::of(seat, matter).map(|assessed| assessed.fact(t)));
    if let Some(step) = matter.due_step {
        let by = matter.deadline_us.map(said::date_of).unwrap_or_default();
        facts.push(Fact::new(t.t("work-next"), words::step(t, step)).noted(by));
    }
    facts
}
