//! The result of a review, with the columns of official letter 2761/BCA-QLHCTTXH as far as they can be derived: the form
//! itself was not found.
use super::{Opening, ReviewRow, ReviewState, RowState};
use crate::campaigns::{Reach, View};
use crate::table::{Sheet, Words};
use crate::{CampaignError, Campaigns, texts};
use dancu_catalogue::Lang;
use dancu_citizen::CivilDate;
use dancu_policy::{AccountState, Role, Service, VietnamTime};
use std::fmt;

/// The result of a review, as rows: pages, XLSX and PDF are made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewReport {
    /// Id of the review
    pub review: String,
    /// What it is called
    pub title: String,
    /// First day
    pub opens: CivilDate,
    /// Last day
    pub deadline: CivilDate,
    /// Whether it is closed; before that the figures are those of the moment
    pub is_final: bool,
    /// Rows by organisation and account
    pub rows: Vec<ReportRow>,
}

/// An account in the result. Personal data: `Debug` shows place and conclusion only.
#[derive(Clone, PartialEq, Eq)]
pub struct ReportRow {
    /// STT, from 1
    pub number: u32,
    /// Organisation that answers for it
    pub organisation: String,
    /// Họ và tên
    pub full_name: String,
    /// Số định danh cá nhân
    pub officer_number: Option<String>,
    /// Tài khoản
    pub login: String,
    /// Mã cơ quan
    pub agency_code: String,
    /// Tên cơ quan; empty: never said
    pub agency_name: String,
    /// Vai trò
    pub role: Role,
    /// Name of the system
    pub system: String,
    /// Số điện thoại
    pub phone: Option<String>,
    /// Ngày cấp; none: before imports were kept
    pub issued_on: Option<CivilDate>,
    /// Day of the last use; none: never, as far as is known
    pub last_used_on: Option<CivilDate>,
    /// Answered calls in the period; none: not gathered
    pub calls: Option<u32>,
    /// Of these with the number of a case
    pub with_case: Option<u32>,
    /// Of these at night
    pub at_night: Option<u32>,
    /// Services that the role may use: 033, 037
    pub services: Vec<&'static str>,
    /// Devices and addresses
    pub places: Vec<String>,
    /// Tình trạng
    pub state: AccountState,
    /// Who keeps an account that no person holds
    pub holder: String,
    /// Kết luận rà soát
    pub conclusion: RowState,
    /// Kiến nghị
    pub proposal: String,
}

impl fmt::Debug for ReportRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportRow")
            .field("number", &self.number)
            .field("conclusion", &self.conclusion)
            .finish_non_exhaustive()
    }
}

impl Campaigns {
    /// The result of a review: final once it is closed, before that as it stands.
    pub fn review_report(&self, id: &str, reach: Reach<'_>) -> Result<ReviewReport, CampaignError> {
        let review = self.review_known(id)?;
        let view = self.view()?;
        let rows = self.review_rows(id, reach, None, None, u32::MAX)?;
        // Before the end the account as it is now counts, after it the one of the end.
        let live = rows.iter().filter(|row| row.result.is_none());
        let live: Vec<_> = live.map(|row| view.account(&row.account).cloned()).collect::<Result<_, _>>()?;
        let images = self.images(&live)?;
        let mut registered = self.registered(&images)?;
        let mut images = images.into_iter();
        let mut lines = Vec::with_capacity(rows.len());
        for (row, number) in rows.iter().zip(1..) {
            let shown = if let Some(result) = row.result.clone() {
                result
            } else {
                let image = images.next().ok_or(CampaignError::Damaged("campaign_review_row"))?;
                Opening { registered: registered.remove(&image.id).unwrap_or_default(), image }
            };
            lines.push(report_row(&view, row, shown, number)?);
        }
        Ok(ReviewReport {
            review: review.id,
            title: review.title,
            opens: review.opens,
            deadline: review.deadline,
            is_final: review.state == ReviewState::Closed,
            rows: lines,
        })
    }
}

fn report_row(view: &View, row: &ReviewRow, shown: Opening, number: u32) -> Result<ReportRow, CampaignError> {
    let Opening { image, registered } = shown;
    let facts = row.facts.as_ref().map(|(facts, _)| facts);
    let day = |us: i64| VietnamTime::of(us).map(|time| time.date);
    let law = view.snapshot.rules.law();
    let services = [(Service::Verify, "033"), (Service::LookUp, "037")];
    let decided = row.decided.clone().unwrap_or_default();
    let places = facts.map(|facts| facts.devices.iter().chain(&facts.addresses).cloned().collect());
    Ok(ReportRow {
        number,
        organisation: row.organisation.clone(),
        full_name: image.full_name,
        officer_number: image.officer_number.map(dancu_citizen::PersonalId::expose),
        login: image.login,
        agency_code: image.agency_code.as_str().to_owned(),
        agency_name: registered.agency_name,
        role: image.role,
        system: view.system(&row.system)?.name.clone(),
        phone: image.phone,
        issued_on: registered.issued_us.and_then(day),
        last_used_on: facts.and_then(|facts| facts.last_use_us).max(registered.used_us).and_then(day),
        calls: facts.map(super::AccountFacts::answered),
        with_case: facts.map(|facts| facts.with_case),
        at_night: facts.map(|facts| facts.at_night),
        services: services
            .into_iter()
            .filter(|(s, _)| law.allows(image.role, *s))
            .map(|(_, code)| code)
            .collect(),
        places: places.unwrap_or_default(),
        state: image.state,
        holder: decided.holder,
        conclusion: row.state,
        proposal: decided.note,
    })
}

impl ReviewReport {
    /// Rows by conclusion, in the order of `RowState::ALL`.
    pub fn counts(&self) -> [usize; 6] {
        RowState::ALL.map(|state| self.rows.iter().filter(|row| row.conclusion == state).count())
    }

    /// The form for the managing body as a sheet.
    pub fn sheet(&self, words: &Words, lang: Lang) -> Sheet {
        let [open, confirmed, changed, closing, closed, locked] = self.counts();
        let counts = [
            ("all", self.rows.len()),
            ("confirmed", confirmed),
            ("changed", changed),
            ("closed", closing + closed),
            ("locked", locked),
            ("open", open),
        ];
        let counts = counts.map(|(name, count)| (name, count.to_string()));
        let review =
            [("title", self.title.clone()), ("opens", day(self.opens)), ("deadline", day(self.deadline))];
        let mut titles = vec![
            texts::say(lang, "report-title", &[]),
            texts::say(lang, "report-review", &review),
            texts::say(lang, "report-counts", &counts),
        ];
        if !self.is_final {
            titles.push(texts::say(lang, "report-interim", &[]));
        }
        Sheet {
            name: texts::say(lang, "report-name", &[]),
            titles,
            headings: texts::list(lang, "report-columns"),
            rows: self.rows.iter().map(|row| row.cells(words, lang)).collect(),
        }
    }
}

impl ReportRow {
    /// The cells, in the order of the headings.
    pub fn cells(&self, words: &Words, lang: Lang) -> Vec<String> {
        let unknown = || texts::say(lang, "report-unknown", &[]);
        let count = |count: Option<u32>| count.map_or_else(unknown, |count| count.to_string());
        let never = || texts::say(lang, "report-never", &[]);
        vec![
            self.number.to_string(),
            self.full_name.clone(),
            self.officer_number.clone().unwrap_or_default(),
            self.login.clone(),
            self.agency_code.clone(),
            self.agency_name.clone(),
            words.role_label(self.role, lang).to_owned(),
            self.system.clone(),
            self.phone.clone().unwrap_or_default(),
            self.issued_on.map_or_else(unknown, day),
            self.last_used_on.map_or_else(never, day),
            count(self.calls),
            count(self.with_case),
            count(self.at_night),
            self.services.join(", "),
            self.places.join("\n"),
            texts::say(lang, &format!("report-state-{}", self.state.name()), &[]),
            self.holder.clone(),
            texts::say(lang, &format!("report-{}", self.conclusion.name()), &[]),
            self.proposal.clone(),
        ]
    }
}

/// `21/11/2026`
pub(crate) fn day(day: CivilDate) -> String {
    format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())
}
