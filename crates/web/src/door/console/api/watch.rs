//! Watch rules: how each is set since when, and changes under four eyes. One person proposes, another decides.
use super::super::alerts::setting::{self, BRAKE_S, QUIET_S, WINDOW_S};
use super::super::alerts::{deeds, rules};
use super::super::table::Way;
use super::desk::{Answer, Desk, created, ok};
use super::operation::Operation;
use super::shapes::{Day, Page};
use super::tell::Tell as _;
use super::trouble::Trouble;
use super::watch_shapes::{
    EditionOfRule, ProposalRow, RuleChangeRow, SettingChange, SettingRow, WatchRuleRow, WholeWatchRule,
    rule_label,
};
use axum::extract::{Path, Request};
use axum::routing::{get, post};
use dancu_catalogue::Code;
use dancu_policy::duty::Action;
use dancu_watch::{Action as Does, Decision, Level, MAX_THRESHOLD, ProposalState, Rule, Setting};
use serde::Deserialize;
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/watch/rules",
        Way::Needs(Action::WatchRead),
        ["watch", "listWatchRules", "All watch rules as they are set today, with the source of each"],
        || get(list),
    )
    .pages::<WatchRuleRow>(),
    Operation::get(
        "/api/v1/watch/rules/{rule}",
        Way::Needs(Action::WatchRead),
        ["watch", "readWatchRule", "One rule with every setting, since when and by whom, and what is proposed"],
        || get(read),
    )
    .gives::<WholeWatchRule>(),
    Operation::post(
        "/api/v1/watch/rules/{rule}/proposals",
        Way::Needs(Action::WatchPropose),
        ["watch", "proposeSetting", "Propose that a rule be set otherwise; nothing changes yet"],
        || post(propose),
    )
    .takes::<NewProposal>(
        r#"{"setting": {"threshold": 30, "source": "Họp giao ban an toàn tháng 11"}, "valid_from": "2027-01-01", "why": "Cảnh báo nhầm ở bộ phận một cửa"}"#,
    )
    .creates::<ProposalRow>(),
    Operation::get(
        "/api/v1/watch/proposals/{proposal}",
        Way::Needs(Action::WatchRead),
        ["watch", "readProposal", "One proposal"],
        || get(proposal),
    )
    .gives::<ProposalRow>(),
    Operation::post(
        "/api/v1/watch/proposals/{proposal}/decide",
        Way::Needs(Action::WatchEnact),
        ["watch", "decideProposal", "Put a proposal into force, or refuse it; never by who proposed it"],
        || post(decide),
    )
    .takes::<ProposalDecision>(r#"{"enact": true, "why": "Đồng ý, theo dõi thêm một tháng"}"#)
    .gives::<ProposalRow>(),
    Operation::post(
        "/api/v1/watch/proposals/{proposal}/withdraw",
        Way::Needs(Action::WatchPropose),
        ["watch", "withdrawProposal", "Take the own proposal back"],
        || post(withdraw),
    )
    .gives::<ProposalRow>(),
];

/// A change that is proposed
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProposal {
    /// How the rule is to be set
    setting: SettingChange,
    /// First day; today when it is not said
    valid_from: Option<Day>,
    /// Why
    why: String,
}

/// A decision
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProposalDecision {
    /// Put it into force; else refuse it
    enact: bool,
    /// Why
    why: String,
}

fn row(desk: &Desk, rule: Rule, open: usize) -> Result<WatchRuleRow, Trouble> {
    let settings = desk.console.watch.settings();
    let set = rules::in_force(desk, &settings.1, rule).ok_or_else(|| desk.nothing())?;
    Ok(WatchRuleRow {
        rule: rule.name(),
        label: rule_label(desk, rule),
        setting: SettingRow::from(&set),
        open_proposals: open as u64,
    })
}

async fn list(desk: Desk) -> Answer {
    desk.must(Action::WatchRead, None)?;
    let watch = desk.console.watch.clone();
    let open = desk.ask(move || {
        let open = |rule: Rule| {
            let waiting = watch.proposals(rule, rules::PROPOSALS)?;
            Ok((rule, waiting.iter().filter(|one| one.state == ProposalState::Open).count()))
        };
        Rule::ALL.into_iter().map(open).collect::<Result<Vec<_>, dancu_watch::WatchError>>()
    });
    let rows = open.await?.into_iter().filter_map(|(rule, open)| row(&desk, rule, open).ok());
    Ok(ok(&Page::whole(rows.collect())))
}

/// The rule of an address.
pub(super) fn rule_of(desk: &Desk, name: &str) -> Result<Rule, Trouble> {
    Rule::from_name(name).ok_or_else(|| desk.nothing())
}

async fn read(desk: Desk, Path(rule): Path<String>) -> Answer {
    desk.must(Action::WatchRead, None)?;
    let rule = rule_of(&desk, &rule)?;
    let watch = desk.console.watch.clone();
    let (changes, proposals) = desk
        .ask(move || {
            Ok::<_, dancu_watch::WatchError>((
                watch.rule_history(rule)?,
                watch.proposals(rule, rules::PROPOSALS)?,
            ))
        })
        .await?;
    let open = proposals.iter().filter(|one| one.state == ProposalState::Open).count();
    let settings = desk.console.watch.settings();
    let edition = |edition: &dancu_watch::Edition| EditionOfRule {
        from_entry: edition.from_entry,
        setting: SettingRow::from(&edition.setting),
    };
    Ok(ok(&WholeWatchRule {
        rule: row(&desk, rule, open)?,
        editions: settings.1.editions(rule).iter().map(edition).collect(),
        changes: changes.iter().map(RuleChangeRow::from).collect(),
        proposals: proposals.iter().map(ProposalRow::from).collect(),
    }))
}

/// What is asked for over what is in force; refused with the place of what is wrong with it.
pub(super) fn changed(
    desk: &Desk,
    rule: Rule,
    asked: SettingChange,
    valid_from: Option<Day>,
) -> Result<Setting, Trouble> {
    let settings = desk.console.watch.settings();
    let mut new = rules::in_force(desk, &settings.1, rule).ok_or_else(|| desk.nothing())?;
    let within = |value: u32, least: u32, most: u32, name: &str| {
        let is = (least..=most).contains(&value);
        if is { Ok(()) } else { Err(desk.wrong(format!("/setting/{name}"), "range")) }
    };
    if let Some(level) = asked.level {
        new.level = Level::from_name(&level).ok_or_else(|| desk.wrong("/setting/level", "unknown"))?;
    }
    if let Some(action) = asked.action {
        new.action = Does::from_name(&action).ok_or_else(|| desk.wrong("/setting/action", "unknown"))?;
    }
    new.enabled = asked.enabled.unwrap_or(new.enabled);
    new.threshold = asked.threshold.unwrap_or(new.threshold);
    new.window_s = asked.window_seconds.unwrap_or(new.window_s);
    new.quiet_s = asked.quiet_seconds.unwrap_or(new.quiet_s);
    new.brake_s = asked.brake_seconds.unwrap_or(new.brake_s);
    within(new.threshold.into(), 1, MAX_THRESHOLD.into(), "threshold")?;
    within(new.window_s, 1, WINDOW_S, "window_seconds")?;
    within(new.quiet_s, 0, QUIET_S, "quiet_seconds")?;
    within(new.brake_s, u32::from(new.action >= Does::Brake), BRAKE_S, "brake_seconds")?;
    for (name, value) in asked.params {
        if !rule.params().contains(&name.as_str()) {
            return Err(desk.wrong(format!("/setting/params/{name}"), "unknown"));
        }
        new.params.insert(name, value);
    }
    new.exempt_systems = asked.exempt_systems.unwrap_or(new.exempt_systems);
    if let Some(source) = asked.source.filter(|source| !source.trim().is_empty()) {
        new.source = setting::source(source.trim());
    }
    new.mark = setting::own();
    let today = desk.today();
    new.valid_from = valid_from.map_or(today, |day| day.0);
    if new.valid_from < today {
        return Err(desk.wrong("/valid_from", "range"));
    }
    new.check(rule).map_err(|_| desk.wrong("/setting", "form"))?;
    Ok(new)
}

async fn propose(desk: Desk, Path(rule): Path<String>, request: Request) -> Answer {
    desk.must(Action::WatchPropose, None)?;
    let rule = rule_of(&desk, &rule)?;
    let NewProposal { setting: asked, valid_from, why } = desk.read(request).await?;
    desk.said("/why", &why)?;
    let new = changed(&desk, rule, asked, valid_from)?;
    let settings = desk.console.watch.settings();
    if rules::in_force(&desk, &settings.1, rule).is_some_and(|set| setting::same(&new, &set)) {
        return Err(desk.wrong("/setting", "twice"));
    }
    let proposed = setting::proposed(&desk, rule, new, deeds::cut(&why)).await;
    let id = proposed.map_err(|oops| desk.oops(&oops))?;
    Ok(created(&known(&desk, id).await?))
}

async fn known(desk: &Desk, id: String) -> Result<ProposalRow, Trouble> {
    let watch = desk.console.watch.clone();
    let found = desk.ask(move || watch.proposal(&id)).await?.ok_or_else(|| desk.nothing())?;
    Ok(ProposalRow::from(&found))
}

async fn proposal(desk: Desk, Path(id): Path<String>) -> Answer {
    desk.must(Action::WatchRead, None)?;
    Ok(ok(&known(&desk, id).await?))
}

async fn decide(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    desk.must(Action::WatchEnact, None)?;
    let ProposalDecision { enact, why } = desk.read(request).await?;
    desk.said("/why", &why)?;
    known(&desk, id.clone()).await?;
    let decision = if enact { Decision::Enact } else { Decision::Refuse };
    let decided = rules::decided(&desk, &id, decision, deeds::cut(&why)).await;
    decided
        .map_err(|oops| desk.oops(&oops))?
        .map_err(|error| desk.problem(error.told(desk.place.texts())))?;
    Ok(ok(&known(&desk, id).await?))
}

async fn withdraw(desk: Desk, Path(id): Path<String>) -> Answer {
    desk.must(Action::WatchPropose, None)?;
    known(&desk, id.clone()).await?;
    let taken = rules::withdrawn(&desk, &id).await.map_err(|oops| desk.oops(&oops))?;
    taken.map_err(|error| match error {
        // There is one, but it is somebody else's.
        dancu_watch::WatchError::Unknown(_) => desk.problem(Code::DutyMissing),
        error => desk.problem(error.told(desk.place.texts())),
    })?;
    Ok(ok(&known(&desk, id).await?))
}
