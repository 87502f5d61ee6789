//! Changes made together with rows of another crate.
use crate::world::{NOW_US, ask, permitted, server, world};
use dancu_catalogue::Code;
use dancu_citizen::CivilDate;
use dancu_exchange::{Change, Exchange, ExchangeError, OfficerEntry};
use dancu_policy::{Account, AccountState, OrganisationState, SystemState, decide};
use dancu_storage::Migration;
use dancu_storage::testing::stores;

const OWN: &[Migration] = &[Migration {
    id: "0001_own",
    sql: "CREATE TABLE own (id TEXT NOT NULL, why TEXT NOT NULL, PRIMARY KEY (id))",
}];

fn note(change: &mut Change<'_, '_>, id: &str) -> Result<(), ExchangeError> {
    let sql = "INSERT INTO own (id, why) VALUES ($1, 'thử')";
    change.tx().execute(sql, &[id.into()])?;
    Ok(())
}

fn noted(exchange: &Exchange) -> i64 {
    let count = |tx: &mut dancu_storage::Tx<'_>| {
        let row = tx.query_opt("SELECT COUNT(*) FROM own", &[])?;
        row.map_or(Ok(0), |row| row.int(0))
    };
    exchange.store().read("test.count", count).unwrap()
}

#[test]
fn rows_of_both_change_together_or_not_at_all() {
    for (name, store, _guard) in stores() {
        store.migrate("own", OWN).unwrap();
        let (here, there) = (server(&store), server(&store));
        here.provision(&world(), NOW_US).unwrap();
        there.refresh().unwrap();

        let done = here.change_with("test.halt", NOW_US, |change| {
            note(change, "1")?;
            assert_eq!(change.system_state("one-stop")?, Some(SystemState::Connected));
            change.set_system_state("one-stop", SystemState::Suspended, Some("vi phạm"))?;
            assert_eq!(change.system_state("one-stop")?, Some(SystemState::Suspended));
            Ok::<_, ExchangeError>(7)
        });
        assert_eq!((done.unwrap(), noted(&here), here.snapshot().version), (7, 1, 2), "{name}");
        assert!(there.refresh().unwrap() && !permitted(&there), "{name}");

        let failed = here.change_with("test.fail", NOW_US, |change| {
            note(change, "2")?;
            change.set_system_state("one-stop", SystemState::Connected, None)?;
            change.set_account_state("nobody", AccountState::Locked)
        });
        assert!(matches!(failed, Err(ExchangeError::Unknown { what: "account", .. })), "{name}");
        assert_eq!((noted(&here), there.refresh().unwrap()), (1, false), "{name}: nothing of it");

        here.change_with("test.own_only", NOW_US, |change| note(change, "3")).unwrap();
        assert_eq!((noted(&here), here.snapshot().version), (2, 2), "{name}: nothing for the others to read");
    }
}

#[test]
fn each_column_that_a_call_is_judged_by_bites() {
    let day = |text| Some(CivilDate::parse_iso(text).unwrap());
    for (name, store, _guard) in stores() {
        let exchange = server(&store);
        exchange.provision(&world(), NOW_US).unwrap();
        let after = |change: &dyn Fn(&mut Change<'_, '_>) -> Result<(), ExchangeError>| {
            exchange.change_with("test.change", NOW_US, |c| change(c)).unwrap();
            decide(&exchange.snapshot().rules, &ask()).err()
        };
        assert_eq!(
            after(&|c| c.set_assessed_until("one-stop", day("2026-10-04"))),
            Some(Code::AssessmentOverdue)
        );
        assert_eq!(after(&|c| c.set_assessment_exempt("one-stop", true)), None, "{name}");
        assert_eq!(after(&|c| c.set_security_level("one-stop", 2)), Some(Code::SecurityLevelTooLow));
        assert_eq!(after(&|c| c.set_security_level("one-stop", 3)), None);
        assert_eq!(after(&|c| c.set_commitment("one-stop", None)), Some(Code::CommitmentMissing));
        assert_eq!(after(&|c| c.set_commitment("one-stop", day("2026-10-05"))), None);
        assert_eq!(
            after(&|c| c.set_organisation_state("thai-nguyen", OrganisationState::Suspended)),
            Some(Code::OrganisationNotActive)
        );
        assert_eq!(after(&|c| c.set_organisation_state("thai-nguyen", OrganisationState::Active)), None);
        assert_eq!(
            after(&|c| c.set_account_state("account-1", AccountState::Locked)),
            Some(Code::AccountNotActive)
        );
        exchange
            .change_with("test.quota", NOW_US, |c| {
                assert_eq!(c.systems_of("thai-nguyen")?, ["one-stop"]);
                assert_eq!(c.organisation_state("thai-nguyen")?, Some(OrganisationState::Active));
                assert_eq!(c.account_state("account-1")?, Some(AccountState::Locked));
                assert_eq!(c.account_state("nobody")?, None);
                c.set_account_quota("account-1", 9)?;
                c.set_account_state("account-1", AccountState::Active)
            })
            .unwrap();
        let permit = decide(&exchange.snapshot().rules, &ask()).unwrap();
        assert_eq!(permit.charges.each_ref().map(|c| c.limit), [9, 10_000], "{name}");
    }
}

#[test]
fn an_account_is_put_in_with_rows_of_another_crate_and_the_version_tells_of_others() {
    for (name, store, _guard) in stores() {
        store.migrate("own", OWN).unwrap();
        let (here, there) = (server(&store), server(&store));
        here.provision(&world(), NOW_US).unwrap();
        there.refresh().unwrap();
        let old =
            there.snapshot().rules.system("one-stop").unwrap().by_login("nguyenvana.stttt").cloned().unwrap();

        let mut account = Account { daily_quota: 60, ..Account::clone(&old) };
        let entry = |account: &Account| OfficerEntry {
            account: account.clone(),
            phone: Some("0900000002".into()),
            password: None,
        };
        let prepared = here.prepare_account(entry(&account), NOW_US).unwrap();
        assert!(!format!("{prepared:?}").contains("nguyenvana"));
        let put = |seen: i64| {
            here.change_with("test.put", NOW_US, |change| {
                note(change, "1")?;
                if change.version()? != seen {
                    return Err(ExchangeError::Taken("version"));
                }
                change.put_account(&prepared)
            })
        };
        assert!(matches!(put(7), Err(ExchangeError::Taken("version"))), "{name}");
        assert_eq!(noted(&here), 0);
        put(there.snapshot().version).unwrap();
        there.refresh().unwrap();
        let new =
            there.snapshot().rules.system("one-stop").unwrap().by_login("nguyenvana.stttt").cloned().unwrap();
        assert_eq!((new.daily_quota, noted(&here)), (60, 1), "{name}");
        let phones = there.account_phones(&["account-1".into(), "nobody".into()]).unwrap();
        assert_eq!(phones.into_iter().collect::<Vec<_>>(), [("account-1".into(), "0900000002".to_owned())]);
        account.login = "short".into();
        assert!(here.prepare_account(entry(&account), NOW_US).is_err(), "{name}");
    }
}
