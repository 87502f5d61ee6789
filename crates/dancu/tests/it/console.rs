//! Every address of the console, with every role, about things of the own organisation and of others': what the table of
//! duties says is what happens, and nothing is told of what one may not know of.
use crate::app::App;
use crate::{Engine, on_both_engines};
use dancu::client;
use dancu::console::Opened;
use dancu_governance::{Deed, Request};
use dancu_keys::Secret;
use dancu_policy::duty::{AccountKind, Action, Area, Relation, Ruling, Seat, StaffRole, may};
use dancu_staff::{Details, NewAccount, Proof, SignIn, Staff, Step, Visitor, totp};
use dancu_web::door::console::{Route, Way, routes};

on_both_engines!(every_address_answers_every_role_as_the_duties_say);

/// The organisation of the scene, and another one.
pub(crate) const OWN: &str = "thai-nguyen";
pub(crate) const OTHER: &str = "suspended";

fn kind_for(role: StaffRole) -> AccountKind {
    *AccountKind::ALL.iter().find(|kind| kind.may_hold(role)).expect("a kind for every role")
}

/// The password of everybody here.
pub(crate) const PASSWORD: &str = "Mat-khau-thu-nghiem-2026";

/// The key of everybody's authenticator.
pub(crate) fn key() -> Secret {
    Secret::new([7; 20])
}

/// Somebody with this role; gives the login.
pub(crate) fn made(staff: &Staff, role: StaffRole, now_us: i64) -> String {
    let login = format!("{}.thu", role.name());
    let organisation = (role.seat() == Seat::Organisation).then(|| OWN.to_owned());
    let new = NewAccount {
        kind: kind_for(role),
        organisation,
        roles: vec![role],
        emergency: false,
        login: login.as_str().into(),
        details: Details { name: "Người Thử".into(), ..Details::default() },
    };
    staff.seed(&new, &Secret::new(PASSWORD), Some(&key()), now_us).unwrap();
    login
}

/// Somebody with this role, signed in; gives the session's token.
pub(crate) fn seated(staff: &Staff, role: StaffRole, now_us: i64) -> String {
    let login = made(staff, role, now_us);
    let visitor = Visitor { source: [127, 0, 0, 1].into(), device: None, browser: "test" };
    let SignIn::Next { attempt, step: Step::SecondFactor(_) } =
        staff.begin_sign_in(&login, &Secret::new(PASSWORD), &visitor, now_us).unwrap()
    else {
        panic!("{role:?} is not asked for a code")
    };
    let code = totp::code(&key(), totp::step(now_us)).unwrap();
    match staff.second_factor(&attempt, &Proof::Totp(&code), &visitor, now_us).unwrap() {
        SignIn::Done(session) => session.token.expose_str().unwrap().to_owned(),
        _ => panic!("{role:?} is not let in"),
    }
}

/// An account of an organisation's people, and a system of it.
struct Things {
    organisation: &'static str,
    matter: String,
    staff: String,
    system: &'static str,
}

pub(crate) fn person_of(staff: &Staff, organisation: &str, now_us: i64) -> String {
    let new = NewAccount {
        kind: AccountKind::Administration,
        organisation: Some(organisation.to_owned()),
        roles: vec![StaffRole::OrganisationManager],
        emergency: false,
        login: format!("nguoi.cua.{organisation}").as_str().into(),
        details: Details { name: "Người Khác".into(), ..Details::default() },
    };
    staff.create(&new, "setup", now_us).unwrap()
}

/// An opening of the emergency account that somebody else asked for.
fn opening(staff: &Staff, now_us: i64) -> String {
    let new = |login: &str, emergency| NewAccount {
        kind: AccountKind::Administration,
        organisation: None,
        roles: vec![StaffRole::RegistryOfficer],
        emergency,
        login: login.into(),
        details: Details { name: "Khẩn Cấp".into(), ..Details::default() },
    };
    let account = staff.create(&new("khan.cap.1", true), "setup", now_us).unwrap();
    let (password, key) = (Secret::new("Mat-khau-thu-nghiem-2026"), Secret::new([9; 20]));
    staff.seed(&new("nguoi.yeu.cau", false), &password, Some(&key), now_us).unwrap();
    let visitor = Visitor { source: [127, 0, 0, 1].into(), device: None, browser: "test" };
    let code = |at_us| totp::code(&key, totp::step(at_us)).unwrap();
    let Ok(SignIn::Next { attempt, .. }) = staff.begin_sign_in("nguoi.yeu.cau", &password, &visitor, now_us)
    else {
        panic!("not let in")
    };
    let signed_in = staff.second_factor(&attempt, &Proof::Totp(&code(now_us)), &visitor, now_us).unwrap();
    let SignIn::Done(session) = signed_in else { panic!("not let in") };
    let later_us = now_us + 30_000_000;
    let proof = code(later_us);
    staff.request_break_glass(&session.token, &Proof::Totp(&proof), &account, "thử", later_us).unwrap()
}

/// A connection of an organisation, in its draft.
pub(crate) fn draft(opened: &Opened, organisation: &str, now_us: i64) -> String {
    let request = Request { system_name: format!("Hệ thống của {organisation}"), ..Request::default() };
    let deed = Deed::of("setup", now_us, 0, "");
    opened.governance.open_connection(organisation, &format!("draft-{organisation}"), &request, deed).unwrap()
}

async fn ask(app: &App, method: &str, path: &str, token: Option<&str>) -> u16 {
    let mut request = http::Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("cookie", format!("__Host-console={token}"));
    }
    if method == "POST" {
        let kind = if path.contains("/steps") || path == "/orders" || path == "/cleaning" {
            "multipart/form-data; boundary=x"
        } else {
            "application/x-www-form-urlencoded"
        };
        request = request.header("content-type", kind);
    }
    let request = request.body(Vec::new()).unwrap();
    client::send(&app.server.console.to_string(), app.client(None), request).await.unwrap().status
}

/// What an address that needs an action answers. A form is refused for want of its token, before or after the duty is seen.
fn expected(method: &str, ruling: Ruling) -> &'static [u16] {
    match (method, ruling) {
        ("GET", Ruling::Allowed) => &[200],
        ("GET", Ruling::Hidden) => &[404],
        (_, Ruling::Hidden) => &[404, 403],
        _ => &[403],
    }
}

/// How somebody stands to what is done without naming a thing of an organisation: watch rules, the emergency account and the rules
/// with dates are of none, and so is what is called for the whole nation; staff of the managing body are of none; of all else a
/// person of an organisation has the own one's, and one of the managing body any.
pub(crate) fn within(action: Action, seat: Option<&str>) -> Relation {
    match action.area() {
        Area::Watch | Area::Emergency | Area::Rule => Relation::None,
        Area::Campaign if matches!(action, Action::CampaignOpen | Action::CampaignClose) => Relation::None,
        Area::Staff => Relation::of(seat, seat, false),
        _ => Relation::of(seat, seat.or(Some("")), false),
    }
}

/// What stands in the place of a placeholder.
struct Filled {
    path: String,
    /// It names a thing of the organisation that is walked
    of_organisation: bool,
    /// All that it names is there
    there: bool,
}

/// Fills an address. A placeholder that is not told of here fails the test.
fn filled(pattern: &str, things: &Things, account: &str, opening: &str) -> Filled {
    const NONE: &str = "0000000000000000000000000000000000000000000000000000000000000000";
    let mut filled = Filled { path: String::new(), of_organisation: false, there: true };
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap();
        let of_rule = pattern.starts_with("/alerts/");
        let (value, of_organisation, there) = match name {
            "id" if pattern.starts_with("/matters/") => (things.matter.as_str(), true, true),
            "id" if pattern.starts_with("/alerts/rules/") => ("no_case", false, true),
            "id" if pattern.starts_with("/alerts/lists/") => ("planted", false, true),
            // Alerts, proposals, dry runs, imports, requests, reviews, campaigns: there is none.
            "id" if of_rule || pattern.starts_with("/accounts/") || pattern.starts_with("/campaigns/") => {
                (NONE, false, false)
            }
            "staff" => (things.staff.as_str(), true, true),
            "system" => (things.system, true, true),
            "organisation" => (things.organisation, true, true),
            "account" => (account, true, true),
            "opening" => (opening, false, true),
            "form" => ("xlsx", false, true),
            "sha256" | "evidence" | "job" => (NONE, false, false),
            "row" => ("1", false, false),
            other => panic!("{pattern}: what is {{{other}}}?"),
        };
        filled.path = format!("{}{before}{value}", filled.path);
        filled.of_organisation |= of_organisation;
        filled.there &= there;
        rest = after;
    }
    filled.path.push_str(rest);
    // Papers of other kinds of matter than a connection, and what is written anew in them.
    let others = ["/papers/notice", "/papers/assessment-record", "/papers/inspection-record"];
    filled.there &= !others.iter().any(|end| pattern.ends_with(end));
    filled
}

async fn every_address_answers_every_role_as_the_duties_say(engine: Engine) {
    let app = App::start(engine).await;
    let opened = app.server.office().clone();
    let now_us = app.now_us();
    let (of, made) = (opened.clone(), StaffRole::ALL);
    let (things, asked, tokens) = tokio::task::spawn_blocking(move || {
        let tokens: Vec<_> = made.iter().map(|role| (*role, seated(&of.staff, *role, now_us))).collect();
        let things = [(OWN, "htmc"), (OTHER, "of-suspended")].map(|(organisation, system)| Things {
            organisation,
            matter: draft(&of, organisation, now_us),
            staff: person_of(&of.staff, organisation, now_us),
            system,
        });
        (things, opening(&of.staff, now_us), tokens)
    })
    .await
    .unwrap();

    let account_of = |organisation: &str| {
        let snapshot = app.server.road().exchange.snapshot();
        let system = snapshot.rules.systems().find(|of| &*of.system.organisation == organisation).unwrap();
        system.accounts().next().unwrap().id.to_string()
    };
    let (account_own, account_other) = (account_of(OWN), account_of(OTHER));

    let (mut cells, mut wrong) = (0, Vec::new());
    let mut hold = |holds: bool, told: String| {
        if !holds {
            wrong.push(told);
        }
    };
    // The API's addresses are walked in console_api.rs.
    for Route { path: pattern, method, way, .. } in routes().filter(|route| !route.path.starts_with("/api/"))
    {
        for these in &things {
            let organisation = these.organisation;
            let account = if organisation == OWN { &account_own } else { &account_other };
            let Filled { path, of_organisation, there } = filled(pattern, these, account, &asked);
            let nobody = ask(&app, method, &path, None).await;
            let public = *way == Way::Open;
            assert!(public || nobody == 303, "{method} {path}: {nobody} to nobody");
            for (role, token) in &tokens {
                // Signing out would end the walk.
                if path == "/sign-out" || public {
                    continue;
                }
                let seat = (role.seat() == Seat::Organisation).then_some(OWN);
                let relation = Relation::of(seat, Some(organisation), false);
                let status = ask(&app, method, &path, Some(token)).await;
                let told = format!("{engine:?} {role:?} {method} {path}: {status}");
                match way {
                    Way::Open => {}
                    Way::SignedIn => {
                        hold(matches!((*method, status), ("GET", 200 | 404) | ("POST", 403)), told);
                    }
                    Way::Asks(action) => {
                        let asked = may(*role, *action, Relation::of(seat, seat.or(Some("")), false));
                        // A person of an organisation asks in the own name, too.
                        let myself = may(*role, *action, Relation::Myself);
                        let ruling = if seat.is_some() { asked.min(myself) } else { asked };
                        let told = format!("{told}, {ruling:?}");
                        let good = match (*method, ruling) {
                            ("GET", Ruling::Allowed) => 200,
                            (_, Ruling::Hidden) => 404,
                            _ => 403,
                        };
                        hold(status == good, told);
                    }
                    Way::NeedsStep if of_organisation => {
                        let read = may(*role, Action::ConnectionRead, relation) == Ruling::Allowed;
                        hold((status == 404) == (!read || !there), told);
                    }
                    Way::NeedsStep => hold(matches!(status, 403 | 404), told),
                    Way::Needs(action) => {
                        let relation = if of_organisation { relation } else { within(*action, seat) };
                        let ruling = may(*role, *action, relation);
                        // Of what is not there nobody is told anything else.
                        let missing = !there && status == 404;
                        let told = format!("{told}, {ruling:?}");
                        hold(missing || expected(method, ruling).contains(&status), told.clone());
                        hold(there || status != 200, format!("{told}: there is no such thing"));
                        if of_organisation && organisation == OTHER && seat.is_some() {
                            hold(matches!((*method, status), (_, 404) | ("POST", 403)), told);
                        }
                    }
                }
                cells += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{} cells:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cells > 250, "{cells} cells");
    app.stop().await;
}
