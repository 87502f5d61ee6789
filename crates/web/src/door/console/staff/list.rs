//! The list of accounts, narrowed by what they are; searched by what people are called, which stands in no address.
use super::Answer;
use crate::Texts;
use crate::door::console::lists::asked;
use crate::door::console::seat::{Oops, Seat};
use crate::door::console::words;
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::ListPage;
use crate::parts::{Act, Cell, Choice, Control, Empty, Input, Pagination, Select, Table, Typed};
use axum::extract::Form;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_policy::duty::{Action, Relation, Ruling, StaffRole, may_any};
use dancu_staff::{Account, Scope, Staff, StaffError};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Accounts on a page
const SHOWN: usize = 50;
/// Accounts read at a time
const BATCH: u32 = 500;

/// What the list is narrowed to.
#[derive(Clone, Default)]
struct Narrow {
    /// Accounts of this organisation; none for all
    organisation: Option<String>,
    /// Those of the managing body
    managing: bool,
    role: Option<StaffRole>,
    state: String,
    /// Part of a name, a login or a department, folded
    text: String,
}

impl Narrow {
    /// What narrows it, from pairs of the address or of a form.
    fn of(seat: &Seat, get: impl Fn(&str) -> String) -> Self {
        let whose = get("whose");
        Self {
            managing: seat.organisation().is_none() && whose == "managing",
            organisation: seat.own().or_else(|| whose.strip_prefix("of-").map(ToOwned::to_owned)),
            role: StaffRole::from_name(&get("role")),
            state: get("state"),
            text: String::new(),
        }
    }

    fn takes(&self, account: &Account, now_us: i64) -> bool {
        let holds = |text: &str| fold(text).contains(&self.text);
        let text = self.text.is_empty()
            || holds(&account.name)
            || holds(&account.login)
            || account.department.as_deref().is_some_and(holds);
        text && self.role.is_none_or(|role| account.roles.contains(&role))
            && (self.state.is_empty() || words::account_state_name(account, now_us) == self.state)
    }

    /// The page that begins after this id, and where the next one begins.
    fn read(
        &self,
        staff: &Staff,
        after: &str,
        now_us: i64,
    ) -> Result<(Vec<Account>, Option<String>), StaffError> {
        let scope = match &self.organisation {
            Some(organisation) => Scope::Of(organisation),
            None if self.managing => Scope::ManagingBody,
            None => Scope::Everybody,
        };
        let (mut found, mut after) = (Vec::new(), after.to_owned());
        loop {
            let read = staff.accounts(scope, Some(&after), BATCH)?;
            let last = read.len() < BATCH as usize;
            for account in read {
                after.clone_from(&account.id);
                if self.takes(&account, now_us) {
                    if found.len() == SHOWN {
                        let next = found.last().map(|account: &Account| account.id.clone());
                        return Ok((found, next));
                    }
                    found.push(account);
                }
            }
            if last {
                return Ok((found, None));
            }
        }
    }
}

/// Small letters, without marks: as people type in a hurry.
fn fold(text: &str) -> String {
    let plain = text.nfd().filter(|c| !is_combining_mark(*c));
    plain.flat_map(char::to_lowercase).map(|c| if c == 'đ' { 'd' } else { c }).collect()
}

/// Whoever may read accounts of others.
fn must_read(seat: &Seat) -> Result<(), Oops> {
    seat.must(Action::StaffRead, seat.organisation().or(Some("")), Place::Staff)
}

pub(super) async fn show(seat: Seat) -> Answer {
    must_read(&seat)?;
    let narrow = Narrow::of(&seat, |name| asked(&seat.uri, name));
    let response = listed(&seat, narrow, "", &asked(&seat.uri, "after")).await?;
    Ok(plain::remember_lang(response, &seat.uri))
}

/// A whole login leads to its account; part of a name to a list; none to the address of what the list is narrowed to.
pub(super) async fn find(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    must_read(&seat)?;
    seat.own_form(value(&sent, "csrf"), Place::Staff)?;
    let text = value(&sent, "text").to_owned();
    if text.is_empty() {
        let kept = ["whose", "role", "state"].map(|name| (name, value(&sent, name)));
        let kept: Vec<_> = kept.iter().filter(|(_, value)| !value.is_empty()).collect();
        let kept = serde_urlencoded::to_string(&kept).unwrap_or_default();
        return Ok(Redirect::to(&format!("/staff?{kept}")).into_response());
    }
    let login = text.clone();
    let by_login = seat.staffed(Place::Staff, move |staff| staff.account_by_login(&login)).await?;
    if let Ok(Some(account)) = by_login
        && seat.may_about(Action::StaffRead, &account) == Ruling::Allowed
    {
        return Ok(Redirect::to(&format!("/staff/{}", account.id)).into_response());
    }
    let narrow = Narrow { text: fold(&text), ..Narrow::of(&seat, |name| value(&sent, name).to_owned()) };
    listed(&seat, narrow, &text, "").await
}

async fn listed(seat: &Seat, narrow: Narrow, typed: &str, after: &str) -> Result<Response, Oops> {
    let (asked_for, after, now_us) = (narrow.clone(), after.to_owned(), seat.now_us());
    let read = seat.staffed(Place::Staff, move |staff| asked_for.read(staff, &after, now_us)).await?;
    let Ok((mut accounts, next)) = read else {
        return Err(Oops::page(seat.shell(Place::Staff), ErrorKind::Unavailable));
    };
    accounts.sort_by_cached_key(|account| (fold(&account.name), account.id.clone()));
    let shell = seat.shell(Place::Staff);
    let t = shell.texts();
    let nothing = Empty {
        icon: Icon::Search,
        title: t.t("staff-empty-title").into_owned(),
        text: t.t("staff-empty-text").into_owned(),
    };
    let page = ListPage {
        lead: t.t("staff-lead").into_owned(),
        links: links(seat, t),
        filter: Some(filter(seat, &narrow, typed, t)),
        table: table(seat, &accounts, now_us, t),
        pages: next.map(|next| pages(t, &seat.uri, &next)),
        ..ListPage::new(shell, "console-staff", nothing)
    };
    Ok(html(StatusCode::OK, &page).into_response())
}

fn links(seat: &Seat, t: Texts) -> Vec<(String, String)> {
    let mut links = Vec::new();
    if seat.may(Action::StaffInvite, seat.organisation()) == Ruling::Allowed {
        links.push((t.t("staff-new").into_owned(), "/staff/new".to_owned()));
    }
    if may_any(seat.roles(), Action::EmergencyRead, Relation::None) == Ruling::Allowed {
        links.push((t.t("emergency-title").into_owned(), "/emergency".to_owned()));
    }
    links
}

fn filter(seat: &Seat, narrow: &Narrow, typed: &str, t: Texts) -> Act {
    let role = |role: &StaffRole| Choice::new(role.name(), words::role(t, *role), narrow.role == Some(*role));
    let state = |name: &&str| {
        Choice::new(*name, t.t(&format!("staff-state-{name}")).into_owned(), narrow.state == **name)
    };
    let select = |name, label, choices| {
        let label = t.t(label).into_owned();
        Control::Select(Select {
            texts: t,
            name,
            label,
            choices,
            optional: true,
            any: true,
            ..Select::default()
        })
    };
    let by_text = Input::new(t, "text", "staff-find", &Typed::new(typed)).hint("staff-find-hint").optional();
    let mut act = Act::new("find", "", "/staff/find", &seat.csrf()).with(Control::Input(by_text));
    if seat.organisation().is_none() {
        let mut whose = vec![Choice::new("managing", t.t("console-managing"), narrow.managing)];
        whose.extend(seat.organisations().into_iter().map(|(id, name)| {
            Choice::new(format!("of-{id}"), name, narrow.organisation.as_deref() == Some(id.as_str()))
        }));
        act = act.with(select("whose", "staff-organisation", whose));
    }
    act.with(select("role", "staff-role", StaffRole::ALL.iter().map(role).collect()))
        .with(select("state", "staff-state", words::ACCOUNT_STATES.iter().map(state).collect()))
        .button(t.t("list-find"), "")
}

fn table(seat: &Seat, accounts: &[Account], now_us: i64, t: Texts) -> Table {
    let row = |account: &Account| {
        vec![
            Cell::link(account.name.clone(), format!("/staff/{}", account.id)),
            Cell::Lines(vec![
                words::roles(t, &account.roles),
                t.t(&format!("account-kind-{}", account.kind.name())).into_owned(),
            ]),
            Cell::text(seat.agency(account.organisation.as_deref(), t)),
            Cell::Figures(account.used_at_us.map(said::moment).unwrap_or_default()),
            Cell::Badge(words::account_state(t, account, now_us)),
        ]
    };
    let columns = ["staff-name", "staff-roles", "staff-organisation", "staff-used", "staff-state"];
    Table {
        columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
        rows: accounts.iter().map(row).collect(),
    }
}

fn pages(t: Texts, uri: &Uri, next: &str) -> Pagination {
    let kept = ["whose", "role", "state"].map(|name| (name, asked(uri, name)));
    let kept: Vec<_> = kept.iter().filter(|(_, value)| !value.is_empty()).collect();
    let kept = serde_urlencoded::to_string(&kept).unwrap_or_default();
    let next = Some(format!("/staff?{kept}&after={next}"));
    Pagination { texts: t, previous: None, next, shown: String::new() }
}
