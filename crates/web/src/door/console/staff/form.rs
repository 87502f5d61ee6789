//! What a new account's form says, and the form itself with what was typed.
use crate::Texts;
use crate::door::console::seat::Seat;
use crate::door::console::words;
use crate::door::form::{Sent, value};
use crate::page::Place;
use crate::parts::{Act, Choice, Choices, Control, Input, InputKind, Select, Typed, Width};
use dancu_citizen::PersonalId;
use dancu_policy::duty::{AccountKind, StaffRole};
use dancu_staff::{Details, Login, NewAccount};

/// What was typed, and what is wrong with it.
#[derive(Default)]
pub(super) struct Draft {
    sent: Sent,
    flaws: Vec<(&'static str, String)>,
}

impl Draft {
    pub(super) fn of(sent: Sent) -> Self {
        Self { sent, flaws: Vec::new() }
    }

    pub(super) fn flaw(&mut self, control: &'static str, words: String) {
        self.flaws.push((control, words));
    }

    pub(super) fn is_good(&self) -> bool {
        self.flaws.is_empty()
    }

    fn error(&self, control: &str) -> Option<String> {
        self.flaws.iter().find(|(name, _)| *name == control).map(|(_, words)| words.clone())
    }

    fn typed(&self, control: &str) -> Typed {
        Typed { value: value(&self.sent, control).to_owned(), error: self.error(control) }
    }

    /// The roles that are ticked.
    pub(super) fn roles(&self) -> Vec<StaffRole> {
        let ticked = self.sent.iter().filter(|(name, _)| name == "roles");
        ticked.filter_map(|(_, role)| StaffRole::from_name(role)).collect()
    }

    fn optional(&self, control: &str) -> Option<String> {
        Some(value(&self.sent, control).to_owned()).filter(|text| !text.is_empty())
    }

    /// The account that is asked for; marks what is wrong.
    pub(super) fn read(&mut self, seat: &Seat) -> Option<NewAccount> {
        let t = seat.shell(Place::Staff).texts();
        let kind = AccountKind::from_name(value(&self.sent, "kind"));
        if kind.is_none() {
            self.flaw("kind", t.t("staff-kind-missing").into_owned());
        }
        let organisation = seat.own().or_else(|| self.optional("organisation"));
        let roles = self.roles();
        if roles.is_empty() {
            self.flaw("roles", t.t("staff-roles-missing").into_owned());
        }
        for (control, key) in [("name", "staff-not-name"), ("login", "staff-not-login")] {
            if value(&self.sent, control).is_empty() {
                self.flaw(control, t.t(key).into_owned());
            }
        }
        let person = self.optional("person").map(|number| PersonalId::parse(&number.replace(' ', "")));
        if matches!(person, Some(Err(_))) {
            self.flaw("person", t.t("staff-not-person").into_owned());
        }
        let expires = self.optional("expires").map(|day| words::date(&day));
        if matches!(expires, Some(None)) {
            self.flaw("expires", t.t("staff-not-day").into_owned());
        }
        let details = Details {
            name: value(&self.sent, "name").to_owned(),
            phone: self.optional("phone"),
            email: self.optional("email"),
            person: person.and_then(Result::ok),
            department: self.optional("department"),
            expires_at_us: expires.flatten().map(words::end_of_day_us),
        };
        let emergency = organisation.is_none() && value(&self.sent, "emergency") == "yes";
        let login = Login(value(&self.sent, "login").to_owned());
        let kind = kind.filter(|_| self.is_good())?;
        Some(NewAccount { kind, organisation, roles, emergency, login, details })
    }

    /// The form.
    pub(super) fn act(&self, seat: &Seat) -> Act {
        let t = seat.shell(Place::Staff).texts();
        let managing = seat.organisation().is_none();
        let line = |name, label, max| Input { max, ..Input::new(t, name, label, &self.typed(name)) };
        let mut act = Act::new("new", "", "/staff/new", &seat.csrf())
            .with(Control::Input(line("name", "staff-name", 100)))
            .with(Control::Input(line("login", "staff-login", 60).hint("staff-login-hint")))
            .with(Control::Select(self.kinds(t)));
        if managing {
            let chosen = value(&self.sent, "organisation");
            let choices = seat.organisations().into_iter();
            let choices = choices.map(|(id, name)| Choice::new(id.clone(), name, id == chosen)).collect();
            act = act.with(Control::Select(Select {
                texts: t,
                name: "organisation",
                label: t.t("staff-organisation").into_owned(),
                hint: t.t("staff-organisation-hint").into_owned(),
                choices,
                optional: true,
                ..Select::default()
            }));
        }
        let person =
            Input { kind: InputKind::Digits, width: Width::Medium, ..line("person", "staff-person", 14) };
        let expires =
            Input { kind: InputKind::Date, width: Width::Short, ..line("expires", "staff-expires", 10) };
        act = act
            .with(Control::Choices(role_choices(seat, &self.roles(), self.error("roles"))))
            .with(Control::Input(line("department", "staff-department", 120).optional()))
            .with(Control::Input(line("phone", "staff-phone", 30).optional()))
            .with(Control::Input(line("email", "staff-email", 120).optional()))
            .with(Control::Input(person.hint("staff-person-hint").optional()))
            .with(Control::Input(expires.hint("staff-expires-hint").optional()));
        if managing {
            let chosen = value(&self.sent, "emergency") == "yes";
            act = act.with(Control::Choices(Choices {
                texts: t,
                name: "emergency",
                legend: t.t("emergency-account").into_owned(),
                choices: vec![Choice::new("yes", t.t("emergency-account-yes"), chosen)],
                many: true,
                optional: true,
                ..Choices::default()
            }));
        }
        act.button(t.t("staff-make"), "")
    }

    fn kinds(&self, t: Texts) -> Select {
        let chosen = value(&self.sent, "kind");
        // A program signs in to no page.
        let kinds = AccountKind::ALL.iter().filter(|kind| **kind != AccountKind::Service);
        let choice = |kind: &AccountKind| {
            Choice::new(kind.name(), t.t(&format!("account-kind-{}", kind.name())), kind.name() == chosen)
        };
        Select {
            texts: t,
            name: "kind",
            label: t.t("staff-kind").into_owned(),
            hint: t.t("staff-kind-hint").into_owned(),
            error: self.error("kind"),
            choices: kinds.map(choice).collect(),
            ..Select::default()
        }
    }
}

/// The roles that this person may give: those of its own side, and for the managing body those of organisations too; each
/// with the kinds of account that may hold it.
pub(super) fn role_choices(seat: &Seat, held: &[StaffRole], error: Option<String>) -> Choices {
    let t = seat.shell(Place::Staff).texts();
    let organisations = seat.organisation().is_some();
    let given = StaffRole::ALL
        .iter()
        .filter(|role| !organisations || role.seat() == dancu_policy::duty::Seat::Organisation);
    let choice = |role: &StaffRole| {
        let kinds = AccountKind::ALL.iter().filter(|kind| kind.may_hold(*role));
        let kinds: Vec<String> =
            kinds.map(|kind| t.t(&format!("account-kind-{}", kind.name())).into_owned()).collect();
        Choice {
            hint: kinds.join(", "),
            ..Choice::new(role.name(), words::role(t, *role), held.contains(role))
        }
    };
    Choices {
        texts: t,
        name: "roles",
        legend: t.t("staff-roles").into_owned(),
        hint: t.t("staff-roles-hint").into_owned(),
        error,
        choices: given.map(choice).collect(),
        many: true,
        ..Choices::default()
    }
}
