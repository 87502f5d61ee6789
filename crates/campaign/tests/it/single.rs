//! One account by hand: registered, changed, locked, closed, found.
use crate::world::{MANAGER, NOW_US, OWN, servers};
use dancu_campaign::table::{Column, Problem};
use dancu_campaign::{
    AccountFind, CampaignError, Deed, NewReview, News, OneAccount, Put, QuotaAsk, Reach, Refusal, Scope,
};
use dancu_catalogue::Lang;
use dancu_policy::{AccountState, Role};

fn cells(login: &str, quota: &str) -> Vec<(Column, String)> {
    [
        (Column::FullName, "Lê Văn C"),
        (Column::Login, login),
        (Column::Phone, "0912345679"),
        (Column::AgencyCode, "H55.242"),
        (Column::AgencyName, "Sở TT"),
        (Column::Role, "Cán bộ một cửa"),
        (Column::DailyQuota, quota),
        (Column::Purpose, "Một cửa"),
    ]
    .map(|(column, text)| (column, text.to_owned()))
    .to_vec()
}

#[test]
fn a_form_registers_an_account_as_a_table_of_one_row_would() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let put = |cells: &[(Column, String)], account| {
            let given = OneAccount { system: "one-stop", account, cells };
            campaigns.put_account(&given, OWN, MANAGER, NOW_US)
        };
        let Put::Faulty(faults) = put(&cells("ngan", "150"), None).unwrap() else { panic!("{name}") };
        assert_eq!(faults[0].column, Column::Login, "{name}");
        let Put::Faulty(faults) = put(&cells("nguyenvana.stttt", "150"), None).unwrap() else {
            panic!("{name}")
        };
        assert_eq!(faults[0].problem, Problem::LoginTaken, "{name}");

        let Put::Taken { account, import } = put(&cells("levanc.stttt", "50x3=150"), None).unwrap() else {
            panic!("{name}")
        };
        let (listed, image, registered) = campaigns.account(&account, OWN).unwrap();
        assert_eq!((&*listed.organisation, image.phone.as_deref()), ("thai-nguyen", Some("0912345679")));
        assert_eq!((image.daily_quota, registered.factors), (150, Some((50, 3))), "{name}");
        assert!(matches!(campaigns.account(&account, Reach::Of("bank")), Err(CampaignError::Unknown { .. })));

        let mut changed = cells("ignored.login", "150");
        changed[5].1 = "Lãnh đạo".into();
        put(&changed, Some(&account)).unwrap();
        let (_, image, registered) = campaigns.account(&account, OWN).unwrap();
        assert_eq!((image.login.as_str(), image.role), ("levanc.stttt", Role::Leader), "{name}");
        assert_eq!(registered.factors, Some((50, 3)), "{name}: a quota that stays keeps how it came about");
        let Put::Faulty(faults) = put(&cells("", "200"), Some(&account)).unwrap() else { panic!("{name}") };
        assert_eq!(faults[0].problem, Problem::QuotaTooHigh { max: 150 }, "{name}: more needs a request");
        assert!(matches!(put(&changed, Some(&account)), Err(CampaignError::Refused(Refusal::Nothing))));

        assert_eq!(campaigns.imports_of(OWN, None, 9).unwrap().len(), 2, "{name}");
        assert!(campaigns.imports_of(Reach::Of("bank"), None, 9).unwrap().is_empty(), "{name}");
        // The second change is on top of the first import: that one is not taken back alone.
        assert!(campaigns.undo_import(&import, OWN, MANAGER, NOW_US).is_err(), "{name}");
    }
}

#[test]
fn an_account_is_locked_and_closed_with_its_reason_and_closed_for_good() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        campaigns.lock_account("account-1", OWN, "Nghỉ phép", MANAGER, NOW_US).unwrap();
        assert_eq!(server.state("account-1"), AccountState::Locked, "{name}");
        assert!(matches!(
            campaigns.lock_account("account-1", OWN, "", MANAGER, NOW_US),
            Err(CampaignError::Refused(Refusal::NotNow))
        ));
        let line = campaigns.history("account-1", 1).unwrap().remove(0);
        assert_eq!((line.deed, line.words.as_deref()), (Deed::Locked, Some("Nghỉ phép")), "{name}");
        campaigns.unlock("account-1", OWN, MANAGER, NOW_US + 1).unwrap();
        campaigns.close_account("account-1", OWN, "Chuyển công tác", MANAGER, NOW_US + 2).unwrap();
        assert_eq!(server.state("account-1"), AccountState::Closed, "{name}");
        assert!(matches!(
            campaigns.lock_account("account-1", OWN, "", MANAGER, NOW_US),
            Err(CampaignError::Refused(Refusal::Closed))
        ));
        assert!(matches!(
            campaigns.close_account("account-9", OWN, "", MANAGER, NOW_US),
            Err(CampaignError::Unknown { .. })
        ));
        let cells = server.cells();
        assert!(!String::from_utf8_lossy(&cells).contains("Chuyển công tác"), "{name}: words are sealed");
    }
}

#[test]
fn accounts_are_found_by_words_without_marks_number_state_and_level() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let find = |find: AccountFind, reach| {
            let found = campaigns.accounts(&find, reach).unwrap();
            found.iter().map(|listed| listed.account.id.to_string()).collect::<Vec<_>>()
        };
        let text = |text: &str| AccountFind { text: text.into(), ..AccountFind::default() };
        assert_eq!(find(AccountFind::default(), Reach::All).len(), 4, "{name}");
        assert_eq!(find(text("tran thi"), OWN), ["account-2"], "{name}");
        assert_eq!(find(text("NGUYENVANA"), OWN), ["account-1"], "{name}");
        assert_eq!(find(text("001080000024"), OWN), ["account-1"], "{name}");
        assert!(find(text("phamthid"), OWN).is_empty(), "{name}: of another organisation nothing is found");
        let level = AccountFind { level: Some(1), ..AccountFind::default() };
        assert_eq!(find(level, Reach::All), ["account-3"], "{name}");
        let locked = AccountFind { state: Some(AccountState::Locked), ..AccountFind::default() };
        assert!(find(locked, Reach::All).is_empty(), "{name}");
        let all = campaigns.accounts(&AccountFind::default(), OWN).unwrap();
        let sheet = campaigns.accounts_sheet(&all, Lang::Vi).unwrap();
        assert_eq!((sheet.rows.len(), sheet.headings.len()), (3, 16), "{name}");
        assert!(sheet.rows.iter().all(|row| row.len() == 16), "{name}");
    }
}

#[test]
fn a_reminder_by_hand_is_told_once_a_day_and_a_review_closes_early_only_when_all_is_decided() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let day = crate::world::day;
        let review = NewReview {
            title: "Rà soát",
            scope: Scope::Systems(vec!["counter".into()]),
            opens: day("2026-11-21"),
            deadline: day("2026-12-20"),
            facts_from: day("2026-05-21"),
        };
        let review = campaigns.plan_review(&review, MANAGER, NOW_US).unwrap();
        assert_eq!(campaigns.remind_review(&review, None, NOW_US).unwrap(), 1, "{name}");
        assert_eq!(campaigns.remind_review(&review, None, NOW_US + 1).unwrap(), 0, "{name}");
        let news = campaigns.news(Some("bank"), NOW_US, 9).unwrap();
        assert_eq!(news.iter().filter(|event| event.news == News::ReviewReminder).count(), 1, "{name}");
        assert!(campaigns.news(Some("thai-nguyen"), NOW_US, 9).unwrap().is_empty(), "{name}");
        assert!(matches!(
            campaigns.end_review(&review, NOW_US),
            Err(CampaignError::Refused(Refusal::Undecided))
        ));
        assert_eq!(server.state("account-9"), AccountState::Active, "{name}");
        let given = dancu_campaign::Decide {
            review: &review,
            accounts: &["account-9"],
            decision: dancu_campaign::Decision::Confirm,
            note: "",
            holder: "",
        };
        campaigns.decide(&given, Reach::All, MANAGER, NOW_US).unwrap();
        campaigns.end_review(&review, NOW_US).unwrap();
        assert!(campaigns.review_report(&review, Reach::All).unwrap().is_final, "{name}");

        let units = campaigns
            .read_units(
                "Mã cơ quan,Cấp,Tên đơn vị\nH55.999,Sở,Sở Mới\n".as_bytes(),
                day("2026-12-20"),
                NOW_US,
            )
            .unwrap();
        let drive = campaigns.open_drive("Đợt 1", day("2026-12-20"), &units.units, MANAGER, NOW_US).unwrap();
        assert_eq!(campaigns.remind_drive(&drive, NOW_US).unwrap(), 1, "{name}");
        assert_eq!(campaigns.remind_drive(&drive, NOW_US).unwrap(), 0, "{name}");
        let ask =
            QuotaAsk { account: "account-1", cases_a_day: 90, queries_a_case: 2, until: None, reason: "x" };
        campaigns.request_quota(&ask, OWN, MANAGER, NOW_US).unwrap();
        let news = campaigns.news(None, NOW_US, 9).unwrap();
        assert!(news.iter().any(|event| event.news == News::QuotaRequested), "{name}");
    }
}
