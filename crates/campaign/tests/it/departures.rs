//! Staff who move or leave.
use crate::world::{DAY_US, MANAGER, NOW_US, OWN, day, servers};
use dancu_campaign::{CampaignError, Deed, DepartureState, Destination, NewDeparture, News, Refusal};
use dancu_policy::{AccountState, AgencyCode, Role};

fn leave<'a>(on: &str, successor: Option<&'a str>) -> NewDeparture<'a> {
    NewDeparture {
        account: "account-1",
        destination: Destination::Leave,
        on: day(on),
        successor,
        reason: "Nghỉ hưu",
    }
}

fn to(system: Option<&str>, code: &str) -> Destination {
    let agency_code = AgencyCode::parse(code).unwrap();
    Destination::Move { agency_code, role: Role::CivilServant, system: system.map(str::to_owned) }
}

#[test]
fn an_account_closes_on_the_day_its_holder_leaves_and_not_before() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        campaigns.plan_departure(&leave("2026-11-25", Some("account-2")), OWN, MANAGER, NOW_US).unwrap();
        assert_eq!(campaigns.tick(NOW_US + 3 * DAY_US).unwrap().departures, 0, "{name}");
        assert_eq!(server.state("account-1"), AccountState::Active, "{name}");
        assert_eq!(campaigns.tick(NOW_US + 4 * DAY_US).unwrap().departures, 1, "{name}");
        assert_eq!(campaigns.tick(NOW_US + 4 * DAY_US).unwrap().departures, 0, "{name}");
        assert_eq!(server.state("account-1"), AccountState::Closed, "{name}");
        let done = campaigns.departures_of("account-1", 9).unwrap().remove(0);
        assert_eq!((done.state, done.successor.as_deref()), (DepartureState::Done, Some("account-2")));
        assert_eq!(campaigns.history("account-1", 9).unwrap()[0].deed, Deed::Left, "{name}");
    }
}

#[test]
fn a_move_takes_the_account_along_or_opens_one_in_the_other_system() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let given = |destination| NewDeparture { destination, ..leave("2026-11-21", None) };
        campaigns.plan_departure(&given(to(None, "H55.7")), OWN, MANAGER, NOW_US).unwrap();
        let moved = server.account("account-1");
        assert_eq!(
            (moved.agency_code.as_str(), moved.role),
            ("H55.7", Role::CivilServant),
            "{name}: today, so at once"
        );
        assert_eq!(moved.officer_number.unwrap().expose(), "001080000024");

        campaigns.plan_departure(&given(to(Some("portal"), "H55.8")), OWN, MANAGER, NOW_US).unwrap();
        assert_eq!(server.state("account-1"), AccountState::Closed, "{name}");
        let there = server.by_login("portal", "nguyenvana.stttt").unwrap();
        assert_eq!(
            (there.daily_quota, there.state),
            (100, AccountState::Active),
            "{name}: no more than the system has"
        );
        assert_eq!(server.exchange.account_phone(&there.id).unwrap().as_deref(), Some("0912345671"));
        assert_eq!(campaigns.history(&there.id, 9).unwrap()[0].deed, Deed::Moved, "{name}");
    }
}

#[test]
fn what_cannot_be_is_refused_before_and_told_when_it_shows_on_the_day() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let refused = |given: NewDeparture<'_>, refusal: Refusal| {
            let result = campaigns.plan_departure(&given, OWN, MANAGER, NOW_US);
            assert!(matches!(&result, Err(CampaignError::Refused(r)) if *r == refusal), "{name}: {result:?}");
        };
        refused(leave("2026-11-20", None), Refusal::Day);
        refused(leave("2026-11-25", Some("account-1")), Refusal::Successor);
        refused(leave("2026-11-25", Some("account-9")), Refusal::Successor);
        refused(leave("2026-11-25", Some("nobody")), Refusal::Successor);
        let given = |destination| NewDeparture { destination, ..leave("2026-11-25", None) };
        refused(given(to(None, "H56")), Refusal::CodeOutside);

        let id = campaigns.plan_departure(&given(to(None, "H55.7")), OWN, MANAGER, NOW_US).unwrap();
        refused(leave("2026-11-25", None), Refusal::Pending);
        campaigns.cancel_departure(&id, OWN, MANAGER, NOW_US).unwrap();
        assert!(campaigns.cancel_departure(&id, OWN, MANAGER, NOW_US).is_err(), "{name}");
        campaigns.plan_departure(&given(to(None, "H55.7")), OWN, MANAGER, NOW_US).unwrap();
        server.exchange.set_account_state("account-1", AccountState::Closed, NOW_US).unwrap();
        assert_eq!(campaigns.tick(NOW_US + 4 * DAY_US).unwrap().departures, 1);
        let failed = campaigns.departures(DepartureState::Failed, OWN, None, 9).unwrap();
        assert_eq!(failed.len(), 1, "{name}");
        assert_eq!(server.account("account-1").agency_code.as_str(), "H55.242", "{name}");
        assert_eq!(campaigns.pending_events(9).unwrap()[0].news, News::DepartureFailed, "{name}");
    }
}
