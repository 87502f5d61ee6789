//! Every address of the console, with every role, about things of the own organisation and of others': what the table of
//! duties says is what happens, and nothing is told of what one may not know of.
use crate::app::App;
use crate::{Engine, on_both_engines};
use dancu::client;
use dancu::console::Opened;
use dancu_governance::{Deed, Request};
use dancu_keys::Secret;
use dancu_policy::duty::{AccountKind, Action, Relation, Ruling, Seat, StaffRole, may};
use dancu_staff::{Details, NewAccount, Proof, SignIn, Staff, Step, Visitor, totp};
use dancu_web::door::console::{ROUTES, Way};

on_both_engines!(every_address_answers_every_role_as_the_duties_say);

/// The organisation of the scene, and another one.
const OWN: &str = "thai-nguyen";
const OTHER: &str = "suspended";

fn kind_for(role: StaffRole) -> AccountKind {
    *AccountKind::ALL.iter().find(|kind| kind.may_hold(role)).expect("a kind for every role")
}

/// Somebody with this role, signed in; gives the session's token.
fn seated(staff: &Staff, role: StaffRole, now_us: i64) -> String {
    let (password, key) = (Secret::new("Mat-khau-thu-nghiem-2026"), Secret::new([7; 20]));
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
    staff.seed(&new, &password, Some(&key), now_us).unwrap();
    let visitor = Visitor { source: [127, 0, 0, 1].into(), device: None, browser: "test" };
    let SignIn::Next { attempt, step: Step::SecondFactor(_) } =
        staff.begin_sign_in(&login, &password, &visitor, now_us).unwrap()
    else {
        panic!("{role:?} is not asked for a code")
    };
    let code = totp::code(&key, totp::step(now_us)).unwrap();
    match staff.second_factor(&attempt, &Proof::Totp(&code), &visitor, now_us).unwrap() {
        SignIn::Done(session) => session.token.expose_str().unwrap().to_owned(),
        _ => panic!("{role:?} is not let in"),
    }
}

/// A connection of an organisation, in its draft.
fn draft(opened: &Opened, organisation: &str, now_us: i64) -> String {
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
        let kind = if path.contains("/steps") || path == "/orders" {
            "multipart/form-data; boundary=x"
        } else {
            "application/x-www-form-urlencoded"
        };
        request = request.header("content-type", kind);
    }
    let request = request.body(Vec::new()).unwrap();
    client::send(&app.server.console.to_string(), app.client(None), request).await.unwrap().status
}

/// What an address that needs an action answers to a reading person. A form without its token is refused after that.
fn expected(method: &str, ruling: Ruling) -> &'static [u16] {
    match (method, ruling) {
        (_, Ruling::Hidden) => &[404, 403],
        ("GET", Ruling::Allowed) => &[200, 404],
        _ => &[403],
    }
}

async fn every_address_answers_every_role_as_the_duties_say(engine: Engine) {
    let app = App::start(engine).await;
    let opened = app.server.office().clone();
    let now_us = app.now_us();
    let (of, made) = (opened.clone(), StaffRole::ALL);
    let (own, other, tokens) = tokio::task::spawn_blocking(move || {
        let tokens: Vec<_> = made.iter().map(|role| (*role, seated(&of.staff, *role, now_us))).collect();
        (draft(&of, OWN, now_us), draft(&of, OTHER, now_us), tokens)
    })
    .await
    .unwrap();

    let mut cells = 0;
    for (path, method, way) in ROUTES {
        for (id, organisation) in [(&own, OWN), (&other, OTHER)] {
            let path = path.replace("{id}", id).replace("{sha256}", &"0".repeat(64));
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
                        assert!(matches!((*method, status), ("GET", 200 | 404) | ("POST", 403)), "{told}");
                    }
                    Way::NeedsStep if path.contains(id.as_str()) => {
                        let read = may(*role, Action::ConnectionRead, relation);
                        assert_eq!(
                            status == 404,
                            read != Ruling::Allowed || path.contains("/files/"),
                            "{told}"
                        );
                    }
                    Way::NeedsStep => assert!(matches!(status, 403 | 404), "{told}"),
                    Way::Needs(action) => {
                        let about = path.contains(id.as_str());
                        let relation =
                            if about { relation } else { Relation::of(seat, seat.or(Some("")), false) };
                        let ruling = may(*role, *action, relation);
                        assert!(expected(method, ruling).contains(&status), "{told}, {ruling:?}");
                        if about && organisation == OTHER && seat.is_some() {
                            assert!(matches!((*method, status), (_, 404) | ("POST", 403)), "{told}");
                        }
                    }
                }
                cells += 1;
            }
        }
    }
    assert!(cells > 250, "{cells} cells");
    app.stop().await;
}
