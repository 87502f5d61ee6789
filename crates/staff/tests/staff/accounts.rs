//! Accounts: made, given roles, locked, closed, by another person only.
use crate::house::*;
use dancu_citizen::PersonalId;
use dancu_policy::duty::{AccountKind, StaffRole};
use dancu_staff::{AccountState, Change, LockWhy, Reset, Scope, StaffError};
use dancu_storage::testing::{sqlite_store, stores};

#[test]
fn an_account_is_made_found_and_listed() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        let mut made = Vec::new();
        for n in 0..5 {
            made.push(staff.create(&officer(&format!("officer.{n}")), "boss", NOW_US).unwrap());
        }
        let boss = staff.create(&admin("the.registry"), "setup", NOW_US).unwrap();
        made.sort();
        let page = |after: Option<&str>| -> Vec<String> {
            let of = Scope::Of("thai-nguyen");
            staff.accounts(of, after, 3).unwrap().into_iter().map(|a| a.id).collect()
        };
        assert_eq!(page(None), made[..3], "{name}");
        assert_eq!(page(Some(&made[2])), made[3..], "{name}");
        assert_eq!(staff.accounts(Scope::ManagingBody, None, 9).unwrap()[0].id, boss);
        assert_eq!(staff.accounts(Scope::Everybody, None, 9).unwrap().len(), 6);

        let found = staff.account_by_login("  Officer.3 ").unwrap().unwrap();
        assert_eq!(found.login, "officer.3");
        assert_eq!((found.name.as_str(), found.phone.as_deref()), ("Nguyễn Văn A", Some("0900000001")));
        assert_eq!(found.state, AccountState::Invited);
        assert_eq!(found.created_by, "boss");
        assert!(staff.account_by_login("nobody.here").unwrap().is_none());
        let taken = staff.create(&officer("OFFICER.3"), "boss", NOW_US).unwrap_err();
        assert!(matches!(taken, StaffError::Taken), "{name}: {taken}");
    }
}

#[test]
fn kinds_seats_and_duties_are_kept_apart() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    let mut wrong = Vec::new();
    let mut service = officer("a.program");
    service.kind = AccountKind::Service;
    wrong.push(service);
    wrong.push(new(AccountKind::Operation, StaffRole::RegistryOfficer, "operates.registry"));
    let mut seated = admin("registry.of.a.province");
    seated.organisation = Some("thai-nguyen".into());
    wrong.push(seated);
    let mut both = admin("asks.and.approves");
    both.roles.push(StaffRole::Approver);
    wrong.push(both);
    let mut emergency = officer("break.glass");
    emergency.emergency = true;
    wrong.push(emergency);
    wrong.push(officer("short"));
    wrong.push(officer("with space"));
    let mut nameless = officer("nobody.at.all");
    nameless.details.name = " ".into();
    wrong.push(nameless);
    for account in &wrong {
        let error = staff.create(account, "boss", NOW_US).unwrap_err();
        assert!(matches!(error, StaffError::Invalid(..)), "{error}");
    }
    assert!(staff.accounts(Scope::Everybody, None, 9).unwrap().is_empty());
    let mut service = officer("a.program");
    (service.kind, service.roles) = (AccountKind::Service, Vec::new());
    staff.create(&service, "boss", NOW_US).unwrap();
}

#[test]
fn nobody_decides_about_its_own_account() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    let id = seed_admin(&staff, "the.registry", 1);
    let own = [
        staff.set_roles(&id, &[StaffRole::Approver], &id, NOW_US).unwrap_err(),
        staff.lock(&id, LockWhy::Hand, None, &id, NOW_US).unwrap_err(),
        staff.unlock(&id, "", &id, NOW_US).unwrap_err(),
        staff.close(&id, "", &id, NOW_US).unwrap_err(),
        staff.invite(&id, &id, NOW_US).unwrap_err(),
        staff.reset(&id, Reset::Everything, "", &id, NOW_US).unwrap_err(),
    ];
    assert!(own.iter().all(|error| matches!(error, StaffError::OwnAccount)), "{own:?}");
}

#[test]
fn what_happened_is_written_down_newest_first() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        let id = staff.create(&officer("officer.1"), "boss", NOW_US).unwrap();
        staff.lock(&id, LockWhy::Unconfirmed, Some("không ai xác nhận"), "review", NOW_US + 1).unwrap();
        staff.unlock(&id, "đã xác nhận", "boss", NOW_US + 2).unwrap();
        staff.set_roles(&id, &[], "boss", NOW_US + 3).unwrap();
        staff.describe(&id, &person("Trần Thị B"), "boss", NOW_US + 4).unwrap();
        staff.close(&id, "nghỉ việc", "boss", NOW_US + 5).unwrap();
        let all = staff.changes(&id, None, 10).unwrap();
        let what: Vec<Change> = all.iter().map(|entry| entry.what).collect();
        assert_eq!(
            what,
            [
                Change::Closed,
                Change::Described,
                Change::Roles,
                Change::Unlocked,
                Change::Locked,
                Change::Created
            ],
            "{name}"
        );
        assert_eq!(all[4].detail.as_deref(), Some("unconfirmed"));
        assert_eq!(all[4].reason.as_deref(), Some("không ai xác nhận"));
        assert_eq!((all[4].by.as_str(), all[4].at_us), ("review", NOW_US + 1));
        let first = staff.changes(&id, None, 2).unwrap();
        let before = (first[1].at_us, first[1].id.clone());
        assert_eq!(staff.changes(&id, Some(before), 10).unwrap(), all[2..], "{name}");

        let account = staff.account(&id).unwrap().unwrap();
        assert_eq!((account.name.as_str(), account.state), ("Trần Thị B", AccountState::Closed));
        let closed = staff.unlock(&id, "", "boss", NOW_US + 6).unwrap_err();
        assert!(matches!(closed, StaffError::State("closed")), "{name}: {closed}");
    }
}

#[test]
fn the_accounts_of_one_person_are_found() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    let number = PersonalId::parse("001080000024").unwrap();
    for mut account in
        [admin("registry.work"), new(AccountKind::Operation, StaffRole::ConnectionOfficer, "daily.work")]
    {
        account.details.person = Some(number);
        staff.create(&account, "boss", NOW_US).unwrap();
    }
    staff.create(&officer("another.one"), "boss", NOW_US).unwrap();
    let both = staff.accounts_of_person(number).unwrap();
    assert_eq!(both.len(), 2);
    assert!(both.iter().all(|account| account.person == Some(number)));
}
