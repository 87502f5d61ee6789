//! Entries in words: for the page, and, as a table, for the check in the browser that puts what is proved into the same.
use crate::Texts;
use crate::door::{form, show};
use crate::pages::citizen::{Content, Covered, Look, Seen, outcome_words};
use dancu_citizen::{Field, FieldSet};
use dancu_journal::index::{Item, SeenCall, Shown};
use dancu_journal::{Answered, Outcome};
use dancu_policy::{Role, Rules};
use serde_json::{Map, Value, json};

/// Services that have words of their own.
const SERVICES: &[&str] = &[
    "verify",
    "look_up",
    "search",
    "clean",
    "clean_look",
    "unread",
    "examine",
    "inquiry_acknowledge",
    "inquiry_answer",
    "inquiry_read",
];

/// Services that ask for data.
const DATA: &[&str] = &["verify", "look_up", "search", "clean", "clean_look", "unread"];

/// A citizen asks about looks at her data and at her history; not about the answers to what she asked.
pub(super) fn may_ask(call: &SeenCall) -> bool {
    let asked = DATA.contains(&call.service.as_str()) || call.service == "examine";
    asked && call.organisation.is_some() && call.system_id.is_some()
}

/// Puts entries into words.
#[derive(Clone, Copy)]
pub(in crate::door) struct Names<'a> {
    pub(in crate::door) rules: &'a Rules,
    pub(in crate::door) texts: Texts,
}

impl Names<'_> {
    /// One entry of a history. `due` is the time of day by which the next proof is made.
    pub(in crate::door) fn look(self, item: &Item, due: &str) -> Look {
        let (at, content) = match &item.shown {
            Shown::Call(call) => (show::moment(call.at_us), Content::Shown(Box::new(self.seen(call)))),
            Shown::Withheld { until_us } => {
                (String::new(), Content::Withheld { until: show::date_of(*until_us) })
            }
            Shown::Withholding { at_us, entry, until_us, order } => {
                let words = self.withholding(&self.texts.number(*entry), &show::date_of(*until_us));
                let order = order.clone().unwrap_or_default();
                (show::moment(*at_us), Content::Kept { words, order })
            }
            Shown::Act { at_us, rule } => {
                let words = self.texts.t("look-erasure").into_owned();
                (show::moment(*at_us), Content::Kept { words, order: rule.clone() })
            }
        };
        let covered = if item.covered { Covered::Yes } else { Covered::By(due.to_owned()) };
        Look { index: item.index, at, content, covered, inquiry: None }
    }

    fn withholding(self, number: &str, until: &str) -> String {
        self.texts.with("look-withholding", &[("number", number), ("until", until)]).into_owned()
    }

    /// What a call says to its citizen.
    pub(in crate::door) fn seen(self, call: &SeenCall) -> Seen {
        Seen {
            organisation: call
                .organisation
                .as_deref()
                .map_or_else(|| self.texts.t("look-unknown").into_owned(), |id| self.organisation(id)),
            system: call.system_id.as_deref().map(|id| self.system(id)).unwrap_or_default(),
            role: call.role.as_deref().map(|role| self.role(role)).unwrap_or_default(),
            service: self.service(&call.service),
            outcome: call.outcome,
            purpose: call.procedure.clone().unwrap_or_default(),
            purpose_name: self.purpose(call).unwrap_or_default(),
            note: call.purpose.clone().unwrap_or_default(),
            case_number: call.case_number.clone().unwrap_or_default(),
            sent: self.fields(call.inputs),
            released: self.fields(call.released),
            data: DATA.contains(&call.service.as_str()),
            may_ask: may_ask(call),
        }
    }

    /// The name of an organisation; its id where it has none.
    pub(in crate::door) fn organisation(self, id: &str) -> String {
        self.rules.organisation(id).map_or_else(|| id.to_owned(), |o| o.name.clone())
    }

    /// The name of a system; its id where it has none.
    pub(in crate::door) fn system(self, id: &str) -> String {
        self.rules.system(id).map_or_else(|| id.to_owned(), |of| of.system.name.clone())
    }

    fn role(self, role: &str) -> String {
        if Role::from_name(role).is_none() {
            return role.to_owned();
        }
        self.texts.t(&format!("role-{}", role.replace('_', "-"))).into_owned()
    }

    /// What was done.
    pub(in crate::door) fn service(self, service: &str) -> String {
        if SERVICES.contains(&service) {
            self.texts.t(&format!("look-service-{}", service.replace('_', "-"))).into_owned()
        } else {
            self.texts.t("look-service-other").into_owned()
        }
    }

    /// Names of fields.
    pub(in crate::door) fn fields(self, set: FieldSet) -> String {
        set.iter().map(|f| form::label(f, self.texts.lang())).collect::<Vec<_>>().join(", ")
    }

    fn purpose(self, call: &SeenCall) -> Option<String> {
        let (system, code) = (call.system_id.as_deref()?, call.procedure.as_deref()?);
        let agreements = &self.rules.system(system)?.agreements;
        agreements.iter().find_map(|a| a.purposes.get(code)?.name.as_deref()).map(str::to_owned)
    }

    /// The table for the check: what codes and numbers in a proved entry are called, for the calls on the page.
    pub(super) fn table(self, items: &[Item]) -> String {
        let calls = || {
            items.iter().filter_map(|item| match &item.shown {
                Shown::Call(call) => Some(call),
                _ => None,
            })
        };
        let named = |ids: Vec<&str>, name: &dyn Fn(&str) -> String| -> Value {
            Value::Object(
                ids.into_iter().map(|id| (id.to_owned(), Value::String(name(id)))).collect::<Map<_, _>>(),
            )
        };
        let organisations =
            named(calls().filter_map(|c| c.organisation.as_deref()).collect(), &|id| self.organisation(id));
        let systems = named(calls().filter_map(|c| c.system_id.as_deref()).collect(), &|id| self.system(id));
        let roles = named(Role::ALL.map(Role::name).to_vec(), &|role| self.role(role));
        let services = named(SERVICES.to_vec(), &|service| self.service(service));
        // In the encoding an answer is its number, a refusal the name of its code.
        let outcomes: Vec<String> =
            Answered::ALL.iter().map(|a| outcome_words(Outcome::Answered(*a), self.texts)).collect();
        let fields: Vec<&str> = Field::ALL.iter().map(|f| form::label(*f, self.texts.lang())).collect();
        json!({
            "organisation": organisations,
            "system": systems,
            "role": roles,
            "service": services,
            "otherService": self.texts.t("look-service-other"),
            "outcome": outcomes,
            "refused": self.texts.t("look-outcome-refused"),
            "field": fields,
            "unknown": self.texts.t("look-unknown"),
            "withholding": self.withholding("«number»", "«until»"),
            "erasure": self.texts.t("look-erasure"),
            "thousands": if self.texts.number(1000).contains('.') { "." } else { "," },
            "label": {
                "at": self.texts.t("look-at"),
                "organisation": self.texts.t("look-organisation"),
                "system": self.texts.t("look-system"),
                "service": self.texts.t("look-service"),
                "outcome": self.texts.t("recent-outcome"),
                "role": self.texts.t("look-role"),
                "purpose": self.texts.t("look-purpose"),
                "note": self.texts.t("look-note"),
                "case": self.texts.t("look-case"),
                "sent": self.texts.t("look-sent"),
                "released": self.texts.t("look-released"),
                "kept": self.texts.t("look-service"),
                "order": self.texts.t("withhold-order"),
            },
        })
        .to_string()
    }
}
