//! A review from its first day to its result.
use crate::world::{DAY_US, MANAGER, NOW_US, OFFICER, OWN, Server, day, servers};
use dancu_campaign::{
    AccountChange, CampaignError, Decide, Decision, Deed, NewReview, News, Reach, Refusal, ReviewState,
    RowState, Scope,
};
use dancu_catalogue::Lang;
use dancu_policy::{AccountState, Role};

fn open(server: &Server, scope: Scope) -> String {
    let given = NewReview {
        title: "Rà soát quý IV/2026",
        scope,
        opens: day("2026-11-21"),
        deadline: day("2026-12-05"),
        facts_from: day("2026-05-21"),
    };
    server.campaigns.plan_review(&given, OFFICER, NOW_US).unwrap()
}

fn decide(server: &Server, review: &str, accounts: &[&str], decision: Decision) -> Result<(), CampaignError> {
    let given = Decide { review, accounts, decision, note: "theo danh sách", holder: "" };
    server.campaigns.decide(&given, OWN, MANAGER, NOW_US + DAY_US)
}

fn refused(result: Result<(), CampaignError>) -> Refusal {
    match result {
        Err(CampaignError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn change(change: AccountChange) -> Decision {
    Decision::Change(change)
}

#[test]
fn what_nobody_confirms_is_locked_at_the_deadline_and_the_result_says_so() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let review = open(&server, Scope::All);
        let rows = campaigns.review_rows(&review, Reach::All, None, None, 99).unwrap();
        assert_eq!(rows.len(), 4, "{name}: every account that is not closed");
        decide(&server, &review, &["account-1"], Decision::Confirm).unwrap();
        let platform = Decide {
            review: &review,
            accounts: &["account-3"],
            decision: Decision::Confirm,
            note: "",
            holder: "Trung tâm dữ liệu tỉnh",
        };
        campaigns.decide(&platform, OWN, MANAGER, NOW_US).unwrap();
        decide(&server, &review, &["account-2"], Decision::Close).unwrap();
        assert_eq!(server.state("account-2"), AccountState::Locked, "{name}: at once");

        let last = NOW_US + 14 * DAY_US;
        assert_eq!(campaigns.tick(last).unwrap().reviews_closed, 0, "{name}: the last day counts");
        let version = server.exchange.snapshot().version;
        assert_eq!(campaigns.tick(last + DAY_US).unwrap().reviews_closed, 1, "{name}");
        assert_eq!(server.exchange.snapshot().version, version + 1, "{name}: one transaction");
        assert_eq!(campaigns.tick(last + DAY_US).unwrap().reviews_closed, 0, "{name}: once");
        let states = ["account-1", "account-2", "account-3", "account-9"].map(|id| server.state(id));
        assert_eq!(
            states,
            [AccountState::Active, AccountState::Closed, AccountState::Active, AccountState::Locked],
            "{name}"
        );
        assert_eq!(campaigns.history("account-9", 1).unwrap()[0].deed, Deed::ReviewLocked, "{name}");

        // Later changes do not reach the result.
        server.exchange.set_account_state("account-1", AccountState::Locked, last).unwrap();
        let report = campaigns.review_report(&review, Reach::All).unwrap();
        assert!(report.is_final);
        assert_eq!(report.counts(), [0, 2, 0, 0, 1, 1], "{name}");
        let row = report.rows.iter().find(|row| row.login == "nguyenvana.stttt").unwrap();
        assert_eq!((row.state, row.conclusion), (AccountState::Active, RowState::Confirmed), "{name}");
        assert_eq!((row.services.as_slice(), row.proposal.as_str()), (&["033", "037"][..], "theo danh sách"));
        assert_eq!(row.officer_number.as_deref(), Some("001080000024"), "{name}");
        let platform = report.rows.iter().find(|row| row.role == Role::Platform).unwrap();
        assert_eq!(
            (platform.holder.as_str(), platform.services.as_slice()),
            ("Trung tâm dữ liệu tỉnh", &["033"][..])
        );

        let sheet = report.sheet(campaigns.words(), Lang::Vi);
        assert_eq!((sheet.headings.len(), sheet.rows.len()), (20, 4), "{name}");
        assert!(sheet.rows.iter().all(|row| row.len() == 20), "{name}");
        assert!(
            sheet.titles[2]
                .contains("Tổng số 4: giữ 2, thay đổi 0, đóng 1, khóa do quá hạn 1, chưa rà soát 0")
        );
        assert!(sheet.rows.iter().flatten().all(|cell| !cell.contains('⟦')), "{name}: every text is there");
        assert!(sheet.to_xlsx("ket-qua").unwrap().bytes.starts_with(b"PK"));
        assert_eq!(campaigns.review_report(&review, Reach::Of("bank")).unwrap().rows.len(), 1, "{name}");

        let told: Vec<_> = campaigns.pending_events(99).unwrap();
        let closed = told.iter().filter(|event| event.news == News::ReviewClosed);
        let organisations: Vec<_> = closed.map(|event| event.organisation.as_deref()).collect();
        assert_eq!(organisations.len(), 3, "{name}: both organisations and the managing body");
        assert!(organisations.contains(&None) && organisations.contains(&Some("bank")));
        assert_eq!(
            campaigns.next_review_due(last).unwrap(),
            Some(day("2027-06-05")),
            "{name}: six months later"
        );
    }
}

#[test]
fn a_change_is_in_force_at_once_and_undone_until_the_deadline() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let review = open(&server, Scope::Organisations(vec!["thai-nguyen".into()]));
        let less = AccountChange {
            full_name: Some("Nguyễn Văn Á".into()),
            phone: Some("+84 987 654 321".into()),
            role: Some(Role::CivilServant),
            daily_quota: Some(40),
        };
        decide(&server, &review, &["account-1"], change(less)).unwrap();
        let changed = server.account("account-1");
        assert_eq!(
            (changed.officer_name.as_str(), changed.role, changed.daily_quota),
            ("Nguyễn Văn Á", Role::CivilServant, 40),
            "{name}"
        );
        assert_eq!(server.exchange.account_phone("account-1").unwrap().as_deref(), Some("0987654321"));
        assert_eq!(
            refused(decide(&server, &review, &["account-1"], Decision::Confirm)),
            Refusal::NotNow,
            "{name}"
        );

        let undo = |at: i64| campaigns.undo_decision(&review, &["account-1"], OWN, MANAGER, at);
        undo(NOW_US + DAY_US).unwrap();
        let back = server.account("account-1");
        assert_eq!((back.officer_name.as_str(), back.daily_quota), ("Nguyễn Văn A", 150), "{name}");
        assert_eq!(server.exchange.account_phone("account-1").unwrap().as_deref(), Some("0912345671"));
        assert_eq!(refused(undo(NOW_US)), Refusal::NotNow, "{name}: nothing to undo");

        decide(&server, &review, &["account-1"], Decision::Close).unwrap();
        assert_eq!(
            refused(undo(NOW_US + 15 * DAY_US)),
            Refusal::TooLate,
            "{name}: whether or not it was closed yet"
        );
        server.exchange.set_account_state("account-1", AccountState::Active, NOW_US).unwrap();
        assert_eq!(refused(undo(NOW_US)), Refusal::Touched, "{name}");
    }
}

#[test]
fn a_review_raises_nothing_and_gives_no_role_that_is_not_on_the_form() {
    for server in servers() {
        let name = server.name;
        let review = open(&server, Scope::All);
        let one = |given: AccountChange| refused(decide(&server, &review, &["account-1"], change(given)));
        let none = AccountChange::default;
        assert_eq!(one(AccountChange { daily_quota: Some(151), ..none() }), Refusal::QuotaRaise, "{name}");
        assert_eq!(
            one(AccountChange { role: Some(Role::Supervisor), ..none() }),
            Refusal::RoleKept,
            "{name}"
        );
        assert_eq!(one(AccountChange { phone: Some("12".into()), ..none() }), Refusal::Value, "{name}");
        assert_eq!(one(AccountChange { full_name: Some("x1".into()), ..none() }), Refusal::Value, "{name}");
        assert_eq!(one(none()), Refusal::Nothing, "{name}");
        assert_eq!(refused(decide(&server, &review, &[], Decision::Confirm)), Refusal::Empty, "{name}");
        assert_eq!(
            refused(decide(&server, &review, &["account-3"], Decision::Confirm)),
            Refusal::Holder,
            "{name}"
        );
        let other = decide(&server, &review, &["account-9"], Decision::Confirm);
        assert!(
            matches!(other, Err(CampaignError::Unknown { .. })),
            "{name}: another's account does not exist"
        );

        // Many at once are all or none.
        let many = decide(&server, &review, &["account-1", "account-3"], Decision::Confirm);
        assert_eq!(refused(many), Refusal::Holder, "{name}");
        let row = server.campaigns.review_row(&review, "account-1", OWN).unwrap().unwrap();
        assert_eq!(row.state, RowState::Open, "{name}");
        decide(&server, &review, &["account-1", "account-2"], Decision::Confirm).unwrap();
        let progress = server.campaigns.review_progress(&review, OWN).unwrap().remove(0);
        assert_eq!((progress.count(RowState::Confirmed), progress.count(RowState::Open)), (2, 1), "{name}");
        assert_eq!((progress.all(), progress.without_facts), (3, 3), "{name}");
    }
}

#[test]
fn reminders_come_once_for_each_day_of_the_list_and_to_those_who_wait() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let review = open(&server, Scope::All);
        assert_eq!(campaigns.tick(NOW_US).unwrap().review_reminders, 2, "{name}: fourteen days before");
        assert_eq!(campaigns.tick(NOW_US).unwrap().review_reminders, 0, "{name}: once");
        decide(&server, &review, &["account-1", "account-2"], Decision::Confirm).unwrap();
        decide(&server, &review, &["account-3"], Decision::Close).unwrap();
        assert_eq!(
            campaigns.tick(NOW_US + 8 * DAY_US).unwrap().review_reminders,
            1,
            "{name}: only the bank waits"
        );
        // Down for a week: one reminder, not three.
        assert_eq!(campaigns.tick(NOW_US + 14 * DAY_US).unwrap().review_reminders, 1, "{name}");
        let events = campaigns.pending_events(99).unwrap();
        let last = events.iter().rfind(|event| event.news == News::ReviewReminder).unwrap();
        assert_eq!(last.organisation.as_deref(), Some("bank"), "{name}");
        assert_eq!((last.data["open"].as_str(), last.data["days"].as_str()), ("1", "0"), "{name}");
    }
}

#[test]
fn a_review_opens_on_its_day_and_can_be_called_off() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let given = NewReview {
            title: "Sau",
            scope: Scope::Systems(vec!["counter".into()]),
            opens: day("2026-11-23"),
            deadline: day("2026-12-05"),
            facts_from: day("2026-05-21"),
        };
        let wrong = NewReview { deadline: day("2026-11-22"), ..given.clone() };
        assert!(campaigns.plan_review(&wrong, OFFICER, NOW_US).is_err(), "{name}");
        let review = campaigns.plan_review(&given, OFFICER, NOW_US).unwrap();
        assert_eq!(campaigns.tick(NOW_US + DAY_US).unwrap().reviews_opened, 0, "{name}");
        assert_eq!(campaigns.tick(NOW_US + 2 * DAY_US).unwrap().reviews_opened, 1, "{name}");
        let rows = campaigns.review_rows(&review, Reach::All, None, None, 9).unwrap();
        assert_eq!(rows.iter().map(|row| row.account.as_str()).collect::<Vec<_>>(), ["account-9"], "{name}");
        campaigns.cancel_review(&review, NOW_US + 3 * DAY_US).unwrap();
        assert_eq!(campaigns.review(&review).unwrap().unwrap().state, ReviewState::Cancelled);
        assert_eq!(campaigns.tick(NOW_US + 20 * DAY_US).unwrap().reviews_closed, 0, "{name}");
        assert_eq!(server.state("account-9"), AccountState::Active, "{name}");
    }
}

#[test]
fn a_decision_and_the_deadline_do_not_pass_each_other() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let review = open(&server, Scope::All);
        let over = NOW_US + 15 * DAY_US;
        // Somebody whose clock is still before the deadline decides while the deadline closes the review.
        let decided = std::thread::scope(|scope| {
            let decided = scope.spawn(|| decide(&server, &review, &["account-1"], Decision::Confirm).is_ok());
            scope.spawn(|| campaigns.tick(over).unwrap());
            decided.join().unwrap()
        });
        let row = campaigns.review_row(&review, "account-1", OWN).unwrap().unwrap();
        let (state, account) = if decided {
            (RowState::Confirmed, AccountState::Active)
        } else {
            (RowState::Locked, AccountState::Locked)
        };
        assert_eq!((row.state, server.state("account-1")), (state, account), "{name}");
    }
}
