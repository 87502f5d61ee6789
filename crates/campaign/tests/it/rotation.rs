//! A new sealing key: everything is sealed anew while the service runs, and opens with the new key alone.
use crate::world::{DAY_US, MANAGER, NOW_US, OFFICER, OWN, day, server};
use dancu_campaign::{
    AccountFacts, AccountTable, CampaignError, Decide, Decision, Destination, FactSource, FactsWanted,
    NewDeparture, NewReview, QuotaAsk, Reach, Scope,
};
use dancu_keys::{KeyRing, Secret};
use dancu_storage::testing::sqlite_store;

struct NoFacts;

impl FactSource for NoFacts {
    fn facts(&self, _: &FactsWanted<'_>) -> Result<AccountFacts, CampaignError> {
        Ok(AccountFacts::default())
    }
}

#[test]
fn after_a_rotation_everything_opens_under_the_new_key() {
    let ring = KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap();
    let (store, guard) = sqlite_store();
    let server = server("sqlite", store, guard, ring.clone());
    let campaigns = &server.campaigns;
    let table = "Họ tên;Tài khoản;Mã cơ quan;Vai trò;Hạn mức ngày;Mục đích\nLê C;levanc.stttt;H55;Lãnh đạo;20;Một cửa\n";
    let table =
        AccountTable { system: "one-stop", file_name: "x.csv", bytes: table.as_bytes(), mapping: None };
    let import = campaigns.plan_import(&table, OWN, MANAGER, NOW_US).unwrap();
    campaigns.take(&import.id, false, OWN, MANAGER, NOW_US).unwrap();
    let ask = QuotaAsk {
        account: "account-1",
        cases_a_day: 90,
        queries_a_case: 2,
        until: None,
        reason: "Cao điểm",
    };
    let quota = campaigns.request_quota(&ask, OWN, MANAGER, NOW_US).unwrap();
    campaigns.decide_quota(&quota, true, "Đồng ý", OFFICER, NOW_US).unwrap();
    let leave = NewDeparture {
        account: "account-1",
        destination: Destination::Leave,
        on: day("2026-12-01"),
        successor: None,
        reason: "Nghỉ",
    };
    campaigns.plan_departure(&leave, OWN, MANAGER, NOW_US).unwrap();

    let review = NewReview {
        title: "Rà soát",
        scope: Scope::Systems(vec!["counter".into()]),
        opens: day("2026-11-21"),
        deadline: day("2026-11-21"),
        facts_from: day("2026-11-21"),
    };
    let review = campaigns.plan_review(&review, OFFICER, NOW_US).unwrap();
    campaigns.gather_facts(&review, &NoFacts, 0, 9, NOW_US).unwrap();
    let given = Decide {
        review: &review,
        accounts: &["account-9"],
        decision: Decision::Confirm,
        note: "Giữ",
        holder: "",
    };
    campaigns.decide(&given, Reach::All, MANAGER, NOW_US).unwrap();
    assert_eq!(campaigns.tick(NOW_US + DAY_US).unwrap().reviews_closed, 1);
    let list = campaigns
        .read_units("Code,Level,Name\nH55,Department,VP\n".as_bytes(), day("2026-12-01"), NOW_US)
        .unwrap();
    let drive = campaigns.open_drive("Đợt 1", day("2026-12-01"), &list.units, OFFICER, NOW_US).unwrap();

    assert_eq!(campaigns.reseal(2).unwrap(), 0, "all of it stands under the current key");
    ring.add_key(2, &Secret::new([3; 32])).unwrap();
    ring.set_current(2).unwrap();
    // Purpose, two lines of history, file name, headings, a row, reason, answer, terms; titles of review and campaign,
    // and of the review's row opening, facts, decision and result.
    assert_eq!(campaigns.reseal(1).unwrap(), 9 + 6);
    assert_eq!(campaigns.reseal(1).unwrap(), 0);
    let rows = campaigns.import_rows(&import.id, OWN, None, 0, 9).unwrap();
    assert_eq!(rows[0].content.row.as_ref().unwrap().login, "levanc.stttt");
    assert_eq!(campaigns.quota_requests_of("account-1", 1).unwrap()[0].answer.as_deref(), Some("Đồng ý"));
    assert_eq!(campaigns.departures_of("account-1", 1).unwrap()[0].reason, "Nghỉ");
    let row = campaigns.review_row(&review, "account-9", Reach::All).unwrap().unwrap();
    assert_eq!(
        (row.decided.unwrap().note.as_str(), row.facts.is_some(), row.result.is_some()),
        ("Giữ", true, true)
    );
    assert_eq!(campaigns.drive(&drive).unwrap().unwrap().title, "Đợt 1");
    assert!(campaigns.history("account-1", 9).unwrap()[0].change.is_some());
}
