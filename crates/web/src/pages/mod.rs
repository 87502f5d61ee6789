//! The pages: one typed context each, with samples that tests render in every language.
pub mod citizen;
pub mod console;
mod docs;
mod error;
mod home;
mod inquiries;
mod officer;
mod road;
mod sign_in;
pub mod supervisor;

pub use docs::{DocsPage, Endpoint, Operation};
pub use error::{ErrorKind, ErrorPage};
pub use home::{HomePage, ServiceState};
pub use inquiries::{InquiriesPage, InquiryAnswerPage, InquiryRow};
pub use officer::{
    CallResult, CounterSearch, FieldRow, Hit, JournalNote, OfficerForm, OfficerPage, Quota, RecentCall, View,
};
pub use road::{RoadPage, Step, StepKind, StepState};
pub use sign_in::{DemoAccount, SignInPage};

use crate::ui::UiPage;
use dancu_catalogue::Lang;

/// Every page in every state worth looking at, `(name, HTML)`: for tests and for the gallery.
/// The name is a file name without its extension; the first word is the page.
pub fn samples(lang: Lang) -> Result<Vec<(String, String)>, askama::Error> {
    let mut out = Vec::new();
    let mut add = |name: &str, page: &dyn askama::DynTemplate| -> Result<(), askama::Error> {
        out.push((name.to_owned(), page.dyn_render()?));
        Ok(())
    };
    add("home", &HomePage::sample(lang))?;
    for (name, page) in SignInPage::samples(lang) {
        add(name, &page)?;
    }
    for (name, page) in OfficerPage::samples(lang) {
        add(name, &page)?;
    }
    for (name, page) in RoadPage::samples(lang) {
        add(name, &page)?;
    }
    for (name, page) in citizen::CitizenSignInPage::samples(lang) {
        add(name, &page)?;
    }
    for (name, page) in citizen::HistoryPage::samples(lang) {
        add(name, &page)?;
    }
    for (name, page) in citizen::InquiryPage::samples(lang) {
        add(name, &page)?;
    }
    for (name, page) in InquiriesPage::samples(lang) {
        add(name, &page)?;
    }
    for (name, page) in InquiryAnswerPage::samples(lang) {
        add(name, &page)?;
    }
    for (name, page) in supervisor::JournalPage::samples(lang) {
        add(name, &page)?;
    }
    for (name, page) in supervisor::JournalEntryPage::samples(lang) {
        add(name, &page)?;
    }
    for (name, page) in console::samples(lang) {
        add(name, &*page)?;
    }
    for kind in ErrorKind::ALL {
        add(kind.name(), &ErrorPage::sample(lang, kind))?;
    }
    add("docs", &DocsPage::sample(lang))?;
    add("ui", &UiPage::sample(lang))?;
    Ok(out)
}
