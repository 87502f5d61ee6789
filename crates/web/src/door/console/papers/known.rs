//! What is known of a matter that its papers are made of.
use super::super::matter::Whole;
use super::super::seat::{Oops, Seat};
use super::{Body, accounts};
use crate::Texts;
use crate::page::Place;
use dancu_catalogue::Lang;
use dancu_citizen::CivilDate;
use dancu_governance::rules::Rules;
use dancu_governance::{Content, Finding, Kind, LevelFile, Matter, State, Step};
use dancu_policy::VietnamTime;

/// What is known of a matter.
pub(in crate::door::console) struct Known {
    pub(super) matter: Matter,
    pub(super) content: Content,
    /// Steps that were taken, with their time
    pub(super) steps: Vec<(Step, i64)>,
    /// Kinds of document that are attached, in Vietnamese
    pub(super) documents: Vec<String>,
    /// What was found, and whether it is mended
    pub(super) findings: Vec<(Finding, bool)>,
    /// The newest level file that was not refused
    pub(super) level: Option<LevelFile>,
    pub(super) organisation: String,
    pub(super) system: String,
    /// The accounts of the system, a line for each
    pub(super) accounts: String,
    pub(super) body: Body,
    pub(super) rules: Rules,
    pub(super) day: CivilDate,
    pub(super) now_us: i64,
    /// Language of the person, for what is wrong; papers are Vietnamese
    pub(super) lang: Lang,
}

impl Known {
    /// Texts of the papers.
    pub(super) fn vietnamese() -> Texts {
        Texts::of(Lang::Vi)
    }

    /// The day of the last of these steps.
    pub(super) fn day_of(&self, wanted: &[Step]) -> Option<CivilDate> {
        let found = self.steps.iter().rfind(|(step, _)| wanted.contains(step));
        found.and_then(|(_, at_us)| VietnamTime::of(*at_us)).map(|time| time.date)
    }

    /// A name of a dated list, in Vietnamese.
    pub(super) fn listed(&self, list: &str, name: &str) -> String {
        super::super::words::choice(self.rules.list(list, self.day), name, Self::vietnamese())
    }
}

/// Gathers it.
pub(in crate::door::console) async fn gather(seat: &Seat, whole: &Whole) -> Result<Known, Oops> {
    let kinds = seat.console.governance.rules().list("document_kind", seat.today());
    let document = |kind: &String| super::super::words::choice(kinds, kind, Known::vietnamese());
    let mut documents: Vec<String> = whole.documents.iter().map(|document| document.kind.clone()).collect();
    documents.sort_unstable();
    documents.dedup();
    let snapshot = seat.console.road.exchange.snapshot();
    let system = whole.matter.system.clone().unwrap_or_default();
    let named = snapshot.rules.system(&system).map(|of| of.system.name.clone());
    let (findings, level) = below(seat, whole).await?;
    let wants_accounts = matches!(whole.content, Content::Connection(_));
    Ok(Known {
        matter: whole.matter.clone(),
        content: whole.content.clone(),
        steps: whole.steps.iter().map(|taken| (taken.step, taken.at_us)).collect(),
        documents: documents.iter().map(document).collect(),
        findings,
        level,
        organisation: seat.console.organisation(&whole.matter.organisation),
        accounts: if wants_accounts { accounts::lines(seat, &system).await } else { String::new() },
        system: named.unwrap_or(system),
        body: seat.console.body.clone(),
        rules: seat.console.governance.rules().clone(),
        day: seat.today(),
        now_us: seat.now_us(),
        lang: seat.shell(Place::Cases).texts().lang(),
    })
}

type Below = (Vec<(Finding, bool)>, Option<LevelFile>);

/// What was found, and the level of the system.
async fn below(seat: &Seat, whole: &Whole) -> Result<Below, Oops> {
    let findings: Vec<Matter> =
        whole.children.iter().filter(|child| child.kind == Kind::Finding).cloned().collect();
    let system = whole.matter.system.clone();
    seat.governed(Place::Cases, move |governance| {
        let mut found = Vec::new();
        for matter in findings {
            if let Content::Finding(finding) = governance.content(&matter.id)? {
                found.push((finding, matter.state == State::Closed));
            }
        }
        let files = system.map(|system| governance.of_system(&system, Kind::LevelFile)).transpose()?;
        let newest = files.unwrap_or_default().into_iter().rfind(|file| file.state != State::Rejected);
        let level = match newest.map(|file| governance.content(&file.id)).transpose()? {
            Some(Content::LevelFile(file)) => Some(file),
            _ => None,
        };
        Ok((found, level))
    })
    .await
}
