//! One deed inside its transaction: opening a matter, writing, taking a step.
use crate::content::Content;
use crate::deed::Deed;
use crate::document::{self, Prepared};
use crate::governance::{Done, Governance, known};
use crate::kind::{Kind, Step};
use crate::matter::{Edition, Matter, Taken};
use crate::parts::{is_id, random_id};
use crate::rules::StepRule;
use crate::{GovernanceError, rows};
use dancu_citizen::CivilDate;
use dancu_exchange::Change;
use dancu_policy::{Deadlines, Term};
use dancu_storage::Tx;

/// A deed under way.
pub(crate) struct Act<'a, 'c, 't> {
    pub(crate) governance: &'a Governance,
    pub(crate) change: &'a mut Change<'c, 't>,
    pub(crate) deed: Deed<'a>,
    pub(crate) today: CivilDate,
}

/// A matter that begins.
#[derive(Default)]
pub(crate) struct Opening<'o> {
    /// What there may be only one of
    pub(crate) once: Option<String>,
    pub(crate) parent: Option<&'o str>,
    pub(crate) organisation: &'o str,
    pub(crate) system: Option<&'o str>,
    pub(crate) account: Option<&'o str>,
    pub(crate) label: String,
    /// Instead of the deadline that the data set
    pub(crate) deadline_us: Option<i64>,
    pub(crate) files: &'o [Prepared],
}

impl<'a, 't> Act<'a, '_, 't> {
    pub(crate) fn tx(&mut self) -> &mut Tx<'t> {
        self.change.tx()
    }

    /// The matter of this deed, if it is where whoever does it saw it.
    pub(crate) fn load(&mut self, id: &str) -> Done<Matter> {
        let matter = known(self.tx(), id)?;
        if self.deed.seen.is_some_and(|seen| seen != matter.step) {
            return Err(GovernanceError::Moved);
        }
        Ok(matter)
    }

    pub(crate) fn newest(&mut self, matter: &Matter) -> Done<Content> {
        rows::newest(self.change.tx(), &self.governance.ring, matter)
    }

    pub(crate) fn steps(&mut self, matter: &Matter) -> Done<Vec<Taken>> {
        rows::steps(self.change.tx(), &self.governance.ring, &matter.id)
    }

    /// The last moment of a term that begins now.
    pub(crate) fn end_of(&self, term: Term) -> Done<i64> {
        let last = self.governance.calendar.last_day_of(self.deed.at_us, term);
        last.map(Deadlines::end_of).ok_or(GovernanceError::Internal("a deadline is out of range"))
    }

    /// Begins a matter with its first content, and gives it.
    pub(crate) fn open(&mut self, content: &Content, opening: &Opening<'_>) -> Done<Matter> {
        self.check(content)?;
        let ids = [Some(opening.organisation), opening.system, opening.account];
        if !ids.into_iter().flatten().all(is_id) {
            return Err(GovernanceError::Impossible(
                "an id is 1 to 64 of the characters A-Z a-z 0-9 - _ . : @",
            ));
        }
        if let Some(once) = &opening.once
            && rows::once_is_taken(self.tx(), once)?
        {
            return Err(GovernanceError::Taken(content.kind().name()));
        }
        let rule = self.rule(content.kind(), Step::Open, None)?;
        let mut matter = Matter {
            id: random_id()?,
            kind: content.kind(),
            parent: opening.parent.map(str::to_owned),
            organisation: opening.organisation.to_owned(),
            system: opening.system.map(str::to_owned),
            account: opening.account.map(str::to_owned),
            label: opening.label.clone(),
            opened_us: self.deed.at_us,
            opened_by: self.deed.by.stored(),
            state: rule.to,
            step: 0,
            round: 1,
            version: 1,
            since_us: self.deed.at_us,
            deadline_us: None,
            due_step: None,
            duty: None,
            assignee: None,
        };
        rows::insert(self.tx(), &matter, opening.once.as_deref())?;
        let edition = self.edition(&matter, content);
        rows::insert_content(self.change.tx(), &self.governance.ring, &matter.id, &edition)?;
        self.attach(&matter, opening.files)?;
        self.advance(&mut matter, Step::Open, opening.deadline_us)?;
        Ok(matter)
    }

    /// Writes a new version of the content.
    pub(crate) fn write(&mut self, matter: &mut Matter, content: &Content) -> Done<()> {
        if content.kind() != matter.kind || !matter.state.is_written_in(matter.kind) {
            return Err(GovernanceError::Impossible("nothing of this kind is written in this state"));
        }
        self.check(content)?;
        matter.version += 1;
        if let Content::Connection(request) = content {
            matter.label = request.label();
        }
        let edition = self.edition(matter, content);
        rows::insert_content(self.change.tx(), &self.governance.ring, &matter.id, &edition)?;
        rows::update(self.tx(), matter)
    }

    fn check(&self, content: &Content) -> Done<()> {
        let problems = content.problems(&self.governance.rules, self.today);
        if problems.is_empty() { Ok(()) } else { Err(GovernanceError::Invalid(problems)) }
    }

    fn edition(&self, matter: &Matter, content: &Content) -> Edition {
        Edition {
            version: matter.version,
            round: matter.round,
            by: self.deed.by.stored(),
            at_us: self.deed.at_us,
            entry: self.deed.entry,
            content: content.clone(),
        }
    }

    pub(crate) fn attach(&mut self, matter: &Matter, files: &[Prepared]) -> Done<()> {
        let most = self.governance.rules.limit(crate::rules::Limit::Attachments, self.today);
        document::insert(self.change.tx(), &self.governance.ring, matter, files, self.deed, most)
    }

    /// The rule of a step, if the step may be taken in this state.
    fn rule(&self, kind: Kind, step: Step, at: Option<&Matter>) -> Done<&'a StepRule> {
        let state = at.map(|matter| matter.state);
        let not_now = || GovernanceError::NotNow { kind, step, state };
        let (rule, _) = self.governance.rules.step(kind, step, self.today).ok_or_else(not_now)?;
        let fits = state.map_or(rule.from.is_empty(), |state| rule.from.contains(&state));
        if fits { Ok(rule) } else { Err(not_now()) }
    }

    /// Takes a step by itself, with all that follows from it.
    pub(crate) fn take(&mut self, matter: &mut Matter, step: Step) -> Done<()> {
        if self.rule(matter.kind, step, Some(matter))?.through {
            return Err(GovernanceError::Through(step));
        }
        self.before(matter, step)?;
        self.advance(matter, step, None)?;
        self.after(matter, step)
    }

    /// Takes a step: the state allows it, the person may, the papers lie on the table, what must be true is. `deadline_us`
    /// stands instead of the deadline that the data set.
    pub(crate) fn advance(&mut self, matter: &mut Matter, step: Step, deadline_us: Option<i64>) -> Done<()> {
        let begins = step == Step::Open;
        let rule = self.rule(matter.kind, step, Some(&*matter).filter(|_| !begins))?;
        if self.deed.by.is_rule() && !rule.rule {
            return Err(GovernanceError::Impossible("a rule may not take this step"));
        }
        self.four_eyes(matter, step, rule)?;
        self.papers(matter, rule)?;
        for check in &rule.needs {
            self.need(matter, *check)?;
        }
        self.put(matter, step, rule, deadline_us)
    }

    /// Takes a step that only follows from another one, which was allowed: nothing but the state is asked.
    pub(crate) fn follow(&mut self, matter: &mut Matter, step: Step) -> Done<()> {
        let rule = self.rule(matter.kind, step, Some(matter))?;
        self.put(matter, step, rule, None)
    }

    fn put(
        &mut self,
        matter: &mut Matter,
        step: Step,
        rule: &StepRule,
        deadline_us: Option<i64>,
    ) -> Done<()> {
        let source = self.governance.rules.step(matter.kind, step, self.today).map(|(_, source)| source);
        let deadline_us = match (deadline_us, rule.term) {
            (Some(deadline), _) => Some(deadline),
            (None, Some(term)) => Some(self.end_of(term)?),
            (None, None) => matter.deadline_us.filter(|_| rule.keep_deadline),
        };
        let documents = document::all(self.change.tx(), &self.governance.ring, &matter.id)?;
        matter.round += u32::from(rule.new_round);
        let taken = Taken {
            number: matter.step + 1,
            step,
            from: Some(matter.state).filter(|_| step != Step::Open),
            to: rule.to,
            round: matter.round,
            version: matter.version,
            by: self.deed.by.stored(),
            at_us: self.deed.at_us,
            why: self.deed.why.to_owned(),
            deadline_us,
            valid_from: source.map_or(self.today, |source| source.valid_from),
            entry: self.deed.entry,
            documents: documents.into_iter().map(|document| document.sha256).collect(),
        };
        rows::insert_step(self.change.tx(), &self.governance.ring, &matter.id, &taken)?;
        let parent = match (matter.kind, matter.parent.clone()) {
            (Kind::Finding, Some(parent)) => Some(known(self.tx(), &parent)?.kind),
            _ => None,
        };
        self.derive(matter, parent, &taken, rule);
        rows::update(self.tx(), matter)
    }

    /// The documents that a step demands; where it says so, others than lay on the table when one was last demanded.
    fn papers(&mut self, matter: &Matter, rule: &StepRule) -> Done<()> {
        // A rule has no paper in its hand: what it did is in the journal.
        if self.deed.by.is_rule() || rule.documents.is_empty() {
            return Ok(());
        }
        let documents = document::all(self.change.tx(), &self.governance.ring, &matter.id)?;
        let earlier = self.steps(matter)?;
        for kind in &rule.documents {
            let demanded = |t: &&Taken| {
                let rule = self.governance.rules.step(matter.kind, t.step, self.today);
                rule.is_some_and(|(rule, _)| rule.documents.contains(kind))
            };
            let old = earlier.iter().rev().find(demanded).filter(|_| rule.fresh);
            let counts = |d: &&document::Document| {
                d.kind == *kind && !old.is_some_and(|t| t.documents.contains(&d.sha256))
            };
            if documents.iter().find(counts).is_none() {
                return Err(GovernanceError::DocumentMissing(kind.clone()));
            }
        }
        Ok(())
    }

    /// What follows from the last step: state, deadline, who is waited for.
    fn derive(&self, matter: &mut Matter, parent: Option<Kind>, taken: &Taken, rule: &StepRule) {
        if matter.state != taken.to {
            matter.since_us = taken.at_us;
        }
        matter.state = taken.to;
        matter.step = taken.number;
        matter.deadline_us = taken.deadline_us;
        // A step that stays where it is and names nothing leaves what was waited for.
        if taken.from != Some(taken.to) || rule.then.is_some() {
            matter.due_step = rule.then;
        }
        let due = matter.due_step.and_then(|step| self.governance.rules.step(matter.kind, step, self.today));
        matter.duty = due.map(|(next, _)| matter.duty_of(parent, next.duty));
        if matches!(taken.step, Step::Take | Step::Accept | Step::Begin | Step::Receive) {
            matter.assignee = Some(taken.by.clone());
        }
    }

    /// Rule of four eyes: nobody who took one of the named steps in this round, or wrote the content.
    fn four_eyes(&mut self, matter: &Matter, step: Step, rule: &StepRule) -> Done<()> {
        let by = self.deed.by.stored();
        if !rule.not_by.is_empty() {
            let earlier = self.steps(matter)?;
            let same = |t: &&Taken| t.round == matter.round && t.by == by && rule.not_by.contains(&t.step);
            if let Some(taken) = earlier.iter().find(same) {
                return Err(GovernanceError::SamePerson { step, earlier: taken.step.name() });
            }
        }
        if rule.not_by_writer && rows::writers(self.tx(), matter)?.contains(&by) {
            return Err(GovernanceError::SamePerson { step, earlier: "write" });
        }
        Ok(())
    }

    /// What a step does before it is taken, and may forbid it.
    fn before(&mut self, matter: &mut Matter, step: Step) -> Done<()> {
        match (matter.kind, step) {
            (Kind::Connection, Step::Approve) => self.confirm_assessments(matter),
            (Kind::Assessment, Step::Confirm) => self.may_confirm(matter),
            (Kind::Halt, Step::Lift) => self.may_lift(matter),
            _ => Ok(()),
        }
    }

    /// What follows from a step elsewhere.
    fn after(&mut self, matter: &mut Matter, step: Step) -> Done<()> {
        match (matter.kind, step) {
            (Kind::Connection, Step::Return | Step::Withdraw | Step::Refuse | Step::Lapse) => {
                self.leave_test(matter)
            }
            (Kind::Connection, Step::PassTest) => self.close_tests(matter),
            (Kind::Connection, Step::ChangeDesign) => self.design_changed(matter),
            (Kind::Connection, Step::AskReconnect) => self.plan_first(matter),
            (Kind::LevelFile, Step::Approve) => self.level_approved(matter),
            (Kind::Assessment, Step::Pass | Step::Exempt) => self.assessed(matter),
            (Kind::Assessment, Step::Confirm) => self.confirmed(matter),
            (Kind::Halt, Step::Lift) => self.lifted(matter),
            _ => Ok(()),
        }
    }
}
