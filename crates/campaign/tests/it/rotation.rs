//! A new sealing key: everything is sealed anew while the service runs, and opens with the new key alone.
use crate::world::{MANAGER, NOW_US, OFFICER, OWN, day, server};
use dancu_campaign::{AccountTable, Destination, NewDeparture, QuotaAsk};
use dancu_keys::{KeyRing, Secret};
use dancu_storage::testing::sqlite_store;

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

    assert_eq!(campaigns.reseal(2).unwrap(), 0, "all of it stands under the current key");
    ring.add_key(2, &Secret::new([3; 32])).unwrap();
    ring.set_current(2).unwrap();
    // Purpose, two lines of history, file name, headings, a row, reason, answer, terms.
    assert_eq!(campaigns.reseal(1).unwrap(), 9);
    assert_eq!(campaigns.reseal(1).unwrap(), 0);
    let rows = campaigns.import_rows(&import.id, OWN, None, 0, 9).unwrap();
    assert_eq!(rows[0].content.row.as_ref().unwrap().login, "levanc.stttt");
    assert_eq!(campaigns.quota_requests_of("account-1", 1).unwrap()[0].answer.as_deref(), Some("Đồng ý"));
    assert_eq!(campaigns.departures_of("account-1", 1).unwrap()[0].reason, "Nghỉ");
    assert!(campaigns.history("account-1", 9).unwrap()[0].change.is_some());
}
