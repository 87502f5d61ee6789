//! What time does by itself: warnings, deadlines that pass, sandboxes that expire, evaluations that fall due.
//!
//! Any number of servers may do it at once, and as often as they like: each thing is one transaction that asks first
//! whether it was done.
use crate::act::Opening;
use crate::content::{Assessment, Content, Evaluation};
use crate::deed::Deed;
use crate::due::{Due, Stage};
use crate::governance::{Done, Governance, known};
use crate::kind::{Kind, State, Step};
use crate::matter::Matter;
use crate::parts::{days_until, today};
use crate::rules::Limit;
use crate::{GovernanceError, cases, rows, sandbox};
use dancu_citizen::CivilDate;
use dancu_policy::{Deadlines, SystemState};

/// Something that time brought, to be told to whom it concerns. Each comes once, from one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The assessment of a system runs out in so many days, or has; `Due` says when
    Assessment(Due),
    /// The deadline of a matter passed, and nothing was done
    Overdue(Matter),
    /// The deadline of a matter passed, and so it ended
    Lapsed(Matter),
    /// A sandbox expired; its credentials were closed with it
    SandboxExpired {
        /// The connection
        connection: String,
        /// Id of the credentials
        credential: String,
    },
    /// An evaluation was opened
    EvaluationDue(Matter),
}

/// How many of a kind one transaction looks at.
const BATCH: u32 = 100;

/// Days in the book of warnings for what is overdue.
const OVERDUE: i64 = -1;

impl Governance {
    /// Does what is due by now, and gives what is to be told.
    pub fn tick(&self, now_us: i64) -> Result<Vec<Event>, GovernanceError> {
        self.exchange.refresh()?;
        let mut events = Vec::new();
        self.warn(now_us, &mut events)?;
        self.expire(now_us, &mut events)?;
        self.pass_deadlines(now_us, &mut events)?;
        self.open_evaluations(now_us, &mut events)?;
        Ok(events)
    }

    /// Each warning once: whoever writes it into the book gives it. Of several that fall together the nearest is given.
    fn warn(&self, now_us: i64, events: &mut Vec<Event>) -> Done<()> {
        let all = self.rules.warning_days(today(now_us)?).to_vec();
        for due in self.due(now_us)? {
            let nearest = match due.stage {
                Stage::Within(days) => i64::from(days),
                Stage::Overdue => OVERDUE,
            };
            let until = due.until.map_or(String::new(), CivilDate::iso);
            // Nearly always it was given: a read is enough to know.
            let book = "SELECT 1 FROM governance_warning WHERE system = $1 AND until = $2 AND days = $3";
            let key = [rows::text(&due.system), rows::text(&until), nearest.into()];
            let known = self.store.read("governance.warned", |tx| tx.query_opt(book, &key))?;
            if known.is_some() {
                continue;
            }
            let deed = Deed::by_rule("assessment_due", now_us, "");
            let given = self.act("governance.warn", deed, |act| {
                let passed =
                    all.iter().map(|days| i64::from(*days)).chain([OVERDUE]).filter(|days| *days >= nearest);
                let mut new = false;
                for days in passed {
                    let sql =
                        "INSERT INTO governance_warning (system, until, days, at_us) VALUES ($1, $2, $3, $4)
                         ON CONFLICT (system, until, days) DO NOTHING";
                    let parameters =
                        [rows::text(&due.system), rows::text(&until), days.into(), now_us.into()];
                    let written = act.tx().execute(sql, &parameters)?;
                    new |= written == 1 && days == nearest;
                }
                if new {
                    act.plan_yearly(&due)?;
                }
                Ok(new)
            })?;
            if given {
                events.push(Event::Assessment(due));
            }
        }
        Ok(())
    }

    fn expire(&self, now_us: i64, events: &mut Vec<Event>) -> Done<()> {
        let over = self.store.read("governance.expired", |tx| sandbox::expired(tx, now_us, BATCH))?;
        for (connection, number, credential) in over {
            let deed = Deed::by_rule("sandbox_expired", now_us, "");
            let mine = self.act("governance.expire", deed, |act| act.expire_test(&connection, number))?;
            if mine {
                events.push(Event::SandboxExpired { connection, credential });
            }
        }
        Ok(())
    }

    fn pass_deadlines(&self, now_us: i64, events: &mut Vec<Event>) -> Done<()> {
        let over = self.store.read("governance.overdue", |tx| {
            let sql = rows::select_matter!(
                "WHERE told_us IS NULL AND deadline_us < $1 AND deadline_us < 9223372036854775807
                 ORDER BY deadline_us, id LIMIT $2"
            );
            let rows = tx.query(sql, &[now_us.into(), BATCH.into()])?;
            rows.iter().map(rows::matter).collect::<Done<Vec<_>>>()
        })?;
        for matter in over {
            let deed = Deed::by_rule("deadline", now_us, "");
            events.extend(self.act("governance.deadline", deed, |act| act.pass_deadline(&matter.id))?);
        }
        Ok(())
    }

    fn open_evaluations(&self, now_us: i64, events: &mut Vec<Event>) -> Done<()> {
        let day = today(now_us)?;
        let lead = i64::from(self.rules.limit(Limit::EvaluationLeadDays, day));
        let snapshot = self.exchange.snapshot();
        let connected = snapshot.rules.systems().filter(|of| of.system.state == SystemState::Connected);
        for of in connected {
            for (month, of_month) in self.rules.evaluation_days(of.system.security_level, day) {
                let years = [day.year(), day.year().saturating_add(1)];
                let days = years.into_iter().filter_map(|year| CivilDate::new(year, *month, *of_month).ok());
                let near = |due: &CivilDate| (0..=lead).contains(&days_until(*due, now_us));
                for due in days.filter(near) {
                    events.extend(self.open_evaluation(of, due, now_us)?);
                }
            }
        }
        Ok(())
    }

    fn open_evaluation(
        &self,
        of: &dancu_policy::SystemRules,
        due: CivilDate,
        now_us: i64,
    ) -> Done<Option<Event>> {
        let system = &of.system;
        let level = system.security_level;
        let content = Content::Evaluation(Evaluation { due_on: due.iso(), level, summary: String::new() });
        let once = cases::once(&content, Some(&system.id));
        let key = once.clone().unwrap_or_default();
        // Nearly always it is there: a read is enough to know.
        if self.store.read("governance.has_evaluation", |tx| rows::once_is_taken(tx, &key))? {
            return Ok(None);
        }
        let label = self.label(&system.organisation, Some(&system.id));
        let deed = Deed::by_rule("evaluation_due", now_us, "");
        self.act("governance.open_evaluation", deed, |act| {
            if rows::once_is_taken(act.tx(), &key)? {
                return Ok(None);
            }
            let opening = Opening {
                once: once.clone(),
                organisation: &system.organisation,
                system: Some(&system.id),
                label: label.clone(),
                deadline_us: Some(Deadlines::end_of(due)),
                ..Opening::default()
            };
            Ok(Some(Event::EvaluationDue(act.open(&content, &opening)?)))
        })
    }
}

impl crate::act::Act<'_, '_, '_> {
    /// With the first warning the next assessment is planned, unless one is.
    fn plan_yearly(&mut self, due: &Due) -> Done<()> {
        let planned = rows::of_system(self.tx(), &due.system, Kind::Assessment)?;
        let open =
            |a: &Matter| matches!(a.state, State::Planned | State::Running | State::Failed | State::Passed);
        if planned.iter().any(open) {
            return Ok(());
        }
        let connections = rows::of_system(self.tx(), &due.system, Kind::Connection)?;
        let parent = connections.iter().find(|connection| connection.state == State::Connected);
        let opening = Opening {
            parent: parent.map(|connection| connection.id.as_str()),
            organisation: &due.organisation,
            system: Some(&due.system),
            label: due.label.clone(),
            deadline_us: due.until.map(Deadlines::end_of),
            ..Opening::default()
        };
        let assessment = Assessment { assessment_kind: "yearly".into(), ..Assessment::default() };
        self.open(&Content::Assessment(assessment), &opening).map(drop)
    }

    /// A matter whose deadline passed ends where the data say so; elsewhere that is told once.
    fn pass_deadline(&mut self, id: &str) -> Done<Option<Event>> {
        let now_us = self.deed.at_us;
        let mut matter = known(self.tx(), id)?;
        if !matter.is_overdue(now_us) {
            return Ok(None);
        }
        let sql = "UPDATE governance_matter SET told_us = $2 WHERE id = $1 AND told_us IS NULL";
        if self.tx().execute(sql, &[id.into(), now_us.into()])? == 0 {
            return Ok(None);
        }
        let rules = &self.governance.rules;
        let lapses = rules
            .step(matter.kind, Step::Lapse, self.today)
            .is_some_and(|(rule, _)| rule.from.contains(&matter.state));
        if !lapses {
            return Ok(Some(Event::Overdue(matter)));
        }
        self.take(&mut matter, Step::Lapse)?;
        Ok(Some(Event::Lapsed(matter)))
    }
}
