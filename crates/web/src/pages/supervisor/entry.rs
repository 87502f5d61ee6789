//! One entry with all its parts, and the order to withhold it.
use crate::Texts;
use crate::page::Shell;
use crate::parts::{
    Badge, Copyable, Crumb, Crumbs, ErrorSummary, FactGroup, Facts, Input, InputKind, Notice, Typed, Width,
    summary_of,
};
use askama::Template;

/// An order to withhold an entry from its citizen.
#[derive(Clone, Default)]
pub struct Withhold {
    /// Number of the order
    pub order: Typed,
    /// Who gave it
    pub authority: Typed,
    /// First day on which the citizen sees the entry again
    pub until: Typed,
}

/// The page.
#[derive(Template)]
#[template(path = "pages/supervisor/entry.html")]
pub struct JournalEntryPage {
    /// What surrounds the page; a supervisor is signed in
    pub shell: Shell,
    /// Number of the entry
    pub index: u64,
    /// Stands for the search that found it
    pub token: String,
    /// Number of the entry that tells of this view
    pub journal: u64,
    /// How it ended
    pub outcome: Badge,
    /// What it says, in groups
    pub groups: Vec<FactGroup>,
    /// RFC 6962 leaf hash, hexadecimal
    pub leaf_hash: String,
    /// Until when it is withheld; none when it is not
    pub withheld: Option<String>,
    /// The form; none where there is nobody to withhold it from
    pub withhold: Option<Withhold>,
    /// A message above: done, refused
    pub notice: Option<Notice>,
}

impl JournalEntryPage {
    fn t(&self) -> Texts {
        self.shell.texts()
    }

    fn title(&self) -> String {
        self.t().t1("look-number", "number", &self.t().number(self.index)).into_owned()
    }

    fn crumbs(&self) -> Crumbs {
        let crumbs = vec![
            Crumb::new(self.t().t("supervisor-title"), "/supervisor/journal"),
            Crumb::new(self.title(), ""),
        ];
        Crumbs { texts: self.t(), crumbs }
    }

    fn facts(&self, group: &FactGroup) -> Facts {
        Facts::new(self.t(), &group.facts)
    }

    fn leaf(&self) -> Copyable {
        Copyable {
            texts: self.t(),
            id: "leaf-hash".to_owned(),
            label: self.t().t("road-leaf-hash").into_owned(),
            value: self.leaf_hash.clone(),
        }
    }

    fn summary(&self) -> Option<ErrorSummary> {
        let form = self.withhold.as_ref()?;
        let controls = [
            ("order", &form.order.error),
            ("authority", &form.authority.error),
            ("until", &form.until.error),
        ];
        summary_of(self.t(), &controls)
    }

    fn controls(&self, form: &Withhold) -> [Input; 3] {
        let order = Input {
            width: Width::Medium,
            max: 60,
            ..Input::new(self.t(), "order", "withhold-order", &form.order).hint("withhold-order-hint")
        };
        let authority =
            Input { max: 120, ..Input::new(self.t(), "authority", "withhold-authority", &form.authority) };
        let until = Input {
            kind: InputKind::Date,
            width: Width::Short,
            max: 10,
            ..Input::new(self.t(), "until", "withhold-until", &form.until).hint("withhold-until-hint")
        };
        [order, authority, until]
    }

    fn note(&self) -> String {
        self.t().t1("supervisor-noted", "number", &self.t().number(self.journal)).into_owned()
    }
}
