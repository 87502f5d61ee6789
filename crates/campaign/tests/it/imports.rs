//! An account table from the file to the exchange, and back.
use crate::world::{DAY_US, MANAGER, NOW_US, OWN, Server, servers};
use dancu_campaign::table::{Column, Problem, TableError};
use dancu_campaign::{
    AccountTable, CampaignError, Deed, ImportState, ImportSummary, Reach, Refusal, RowKind,
};
use dancu_catalogue::Lang;
use dancu_policy::{AccountState, Role};

const HEAD: &str =
    "TT;Họ và tên;Tài khoản;Số ĐDCN;SĐT;Mã cơ quan;Tên cơ quan;Vai trò;Số lần truy vấn/ngày;Mục đích\n";
/// New, changed, same but for words, another system's role, and faulty.
const ROWS: &str = "\
1;Lê Văn C;levanc.stttt;;0912345673;000.01.42.H55;Sở TT;Cán bộ một cửa;50x3=150;Xác thực tại một cửa
2;Nguyễn Văn A;nguyenvana.stttt;001080000024;0912345671;H55.242;;Trưởng phòng;60;
3;Trần Thị B;tranthib.stttt;;;H55.242;;Trưởng phòng;50;
";
const FAULTY: &str = "4;Phạm Thị D;phamd;;12;H56;;Sếp;0;=cmd|' /C calc'!A0\n";

fn plan(server: &Server, text: &str) -> Result<ImportSummary, CampaignError> {
    let table = AccountTable {
        system: "one-stop",
        file_name: "ds-can-bo.csv",
        bytes: text.as_bytes(),
        mapping: None,
    };
    server.campaigns.plan_import(&table, OWN, MANAGER, NOW_US)
}

fn refused<T: std::fmt::Debug>(result: Result<T, CampaignError>) -> Refusal {
    match result {
        Err(CampaignError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_table_is_shown_then_taken_whole_then_undone() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let version = server.exchange.snapshot().version;
        let shown = plan(&server, &format!("{HEAD}{ROWS}")).unwrap();
        assert_eq!((shown.state, shown.counts), (ImportState::Planned, [1, 1, 1, 0]), "{name}");
        assert_eq!(server.exchange.snapshot().version, version, "{name}: nothing is changed by looking");
        let rows = campaigns.import_rows(&shown.id, OWN, Some(RowKind::Changed), 0, 10).unwrap();
        let changes = rows[0].content.changes(campaigns.words(), Lang::Vi);
        let columns: Vec<Column> = changes.iter().map(|change| change.0).collect();
        assert_eq!(columns, [Column::Role, Column::DailyQuota], "{name}");

        let taken = campaigns.take(&shown.id, false, OWN, MANAGER, NOW_US + 1).unwrap();
        assert_eq!((taken.state, taken.taken.unwrap().0.as_str()), (ImportState::Taken, MANAGER), "{name}");
        assert_eq!(server.exchange.snapshot().version, version + 1, "{name}: one transaction");
        let new = server.by_login("one-stop", "levanc.stttt").unwrap();
        assert_eq!(
            (new.agency_code.as_str(), new.daily_quota, new.state),
            ("H55.42.1", 150, AccountState::Active)
        );
        let registered = campaigns.registered_of(&new.id).unwrap();
        assert_eq!(
            (registered.factors, registered.purpose.as_str()),
            (Some((50, 3)), "Xác thực tại một cửa")
        );
        let changed = server.account("account-1");
        assert_eq!((changed.role, changed.daily_quota), (Role::HeadOfUnit, 60), "{name}");
        assert_eq!(campaigns.history("account-1", 9).unwrap()[0].deed, Deed::ImportChanged);
        assert_eq!(refused(campaigns.take(&shown.id, false, OWN, MANAGER, NOW_US)), Refusal::NotNow);

        campaigns.undo_import(&shown.id, OWN, MANAGER, NOW_US + 2).unwrap();
        let back = server.account("account-1");
        assert_eq!((back.role, back.daily_quota), (Role::OneStopOfficer, 150), "{name}");
        assert_eq!(server.state(&new.id), AccountState::Closed, "{name}");
        assert_eq!(refused(campaigns.undo_import(&shown.id, OWN, MANAGER, NOW_US)), Refusal::NotNow);

        // What was undone may come again: the same account opens.
        let again = plan(&server, &format!("{HEAD}{ROWS}")).unwrap();
        assert_eq!(again.counts, [1, 1, 1, 0], "{name}");
        campaigns.take(&again.id, false, OWN, MANAGER, NOW_US + 3).unwrap();
        assert_eq!(server.by_login("one-stop", "levanc.stttt").unwrap().id, new.id, "{name}");
        assert_eq!(server.state(&new.id), AccountState::Active, "{name}");
    }
}

#[test]
fn faulty_rows_stop_a_table_unless_they_are_left_out_and_go_back_with_reasons() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let shown = plan(&server, &format!("{HEAD}{ROWS}{FAULTY}")).unwrap();
        assert_eq!(shown.counts, [1, 1, 1, 1], "{name}");
        assert_eq!(refused(campaigns.take(&shown.id, false, OWN, MANAGER, NOW_US)), Refusal::Faulty);
        assert!(server.by_login("one-stop", "levanc.stttt").is_none(), "{name}: nothing was taken");

        let sheet = campaigns.faulty_rows(&shown.id, OWN, Lang::Vi).unwrap();
        assert_eq!((sheet.rows.len(), sheet.headings.last().unwrap().as_str()), (1, "Lý do"));
        let reasons = sheet.rows[0].last().unwrap();
        for told in [
            "dòng 5, cột “Tài khoản đăng nhập”: tài khoản có 5 ký tự; phải từ 8 đến 60 ký tự",
            "cột “Số điện thoại”",
            "mã cơ quan không thuộc H55",
            "cột “Vai trò”",
            "cột “Số lần truy vấn/ngày”",
        ] {
            assert!(reasons.contains(told), "{told} in {reasons}");
        }
        let csv = String::from_utf8(sheet.to_csv("loi").unwrap().bytes).unwrap();
        assert!(csv.contains("'=cmd|"), "{name}: no formula runs");

        // The file that went back is a table again: its rows are read and still faulty.
        let workbook = sheet.to_xlsx("loi").unwrap();
        let table =
            AccountTable { system: "one-stop", file_name: "loi.xlsx", bytes: &workbook.bytes, mapping: None };
        let again = campaigns.plan_import(&table, OWN, MANAGER, NOW_US).unwrap();
        assert_eq!(again.counts, [0, 0, 0, 1], "{name}");
        assert_eq!(refused(campaigns.take(&again.id, true, OWN, MANAGER, NOW_US)), Refusal::Nothing);

        campaigns.take(&shown.id, true, OWN, MANAGER, NOW_US).unwrap();
        assert!(
            server.by_login("one-stop", "levanc.stttt").is_some()
                && server.by_login("one-stop", "phamd").is_none()
        );
    }
}

#[test]
fn a_plan_that_is_stale_is_not_taken_and_one_that_others_touched_is_not_undone() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let shown = plan(&server, &format!("{HEAD}{ROWS}")).unwrap();
        server.exchange.set_account_state("account-1", AccountState::Locked, NOW_US).unwrap();
        assert_eq!(refused(campaigns.take(&shown.id, false, OWN, MANAGER, NOW_US)), Refusal::Stale, "{name}");
        assert!(server.by_login("one-stop", "levanc.stttt").is_none(), "{name}");

        let shown = plan(&server, &format!("{HEAD}{ROWS}")).unwrap();
        campaigns.take(&shown.id, false, OWN, MANAGER, NOW_US).unwrap();
        assert_eq!(server.state("account-1"), AccountState::Locked, "{name}: a table unlocks nothing");
        server.exchange.set_account_state("account-1", AccountState::Active, NOW_US).unwrap();
        assert_eq!(
            refused(campaigns.undo_import(&shown.id, OWN, MANAGER, NOW_US)),
            Refusal::Touched,
            "{name}"
        );
        assert_eq!(
            server.state(&server.by_login("one-stop", "levanc.stttt").unwrap().id),
            AccountState::Active
        );
    }
}

#[test]
fn what_is_there_is_held_against_the_rows() {
    for server in servers() {
        let name = server.name;
        server.exchange.set_account_state("account-2", AccountState::Closed, NOW_US).unwrap();
        let text = format!(
            "{HEAD}1;Nguyễn Văn A;nguyenvana.khac;001080000024;;H55;;Lãnh đạo;20;\n\
             2;Trần Thị B;tranthib.stttt;;;H55;;Lãnh đạo;20;\n\
             3;Nền tảng;nentang.tichhop;;;H55;;Lãnh đạo;20;\n\
             4;Người Khác;NguyenVanA.stttt;001180000017;;H55;;Lãnh đạo;20;\n"
        );
        let shown = plan(&server, &text).unwrap();
        let rows = server.campaigns.import_rows(&shown.id, OWN, None, 0, 10).unwrap();
        let problems: Vec<Vec<Problem>> =
            rows.iter().map(|row| row.content.faults.iter().map(|f| f.problem.clone()).collect()).collect();
        assert_eq!(
            problems,
            [
                vec![Problem::OfficerHasAccount],
                vec![Problem::AccountClosed],
                vec![Problem::RoleKept],
                vec![Problem::OtherHolder]
            ],
            "{name}"
        );
    }
}

#[test]
fn others_see_nothing_and_old_plans_are_erased() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let table =
            AccountTable { system: "one-stop", file_name: "x.csv", bytes: HEAD.as_bytes(), mapping: None };
        let bank = Reach::Of("bank");
        assert!(matches!(
            campaigns.plan_import(&table, bank, MANAGER, NOW_US),
            Err(CampaignError::Unknown { .. })
        ));
        let shown = plan(&server, &format!("{HEAD}{ROWS}")).unwrap();
        assert!(campaigns.import(&shown.id, bank).unwrap().is_none(), "{name}");
        assert!(
            campaigns.import_rows(&shown.id, bank, None, 0, 9).is_err()
                && campaigns.take(&shown.id, true, bank, MANAGER, NOW_US).is_err()
        );
        assert!(matches!(plan(&server, "a;b\n1;2\n"), Err(CampaignError::Table(TableError::NoHeadings(..)))));
        assert_eq!(campaigns.imports("one-stop", OWN, None, 10).unwrap().len(), 1, "{name}");

        assert_eq!(campaigns.tick(NOW_US + 30 * DAY_US).unwrap().imports_erased, 0);
        assert_eq!(campaigns.tick(NOW_US + 31 * DAY_US).unwrap().imports_erased, 1, "{name}");
        let old = campaigns.import(&shown.id, OWN).unwrap().unwrap();
        assert_eq!((old.state, old.erased), (ImportState::Dropped, true), "{name}");
        assert!(campaigns.import_rows(&shown.id, OWN, None, 0, 9).unwrap().is_empty());
    }
}

#[test]
fn nothing_of_a_person_is_readable_in_the_tables() {
    for server in servers() {
        let shown = plan(&server, &format!("{HEAD}{ROWS}{FAULTY}")).unwrap();
        server.campaigns.take(&shown.id, true, OWN, MANAGER, NOW_US).unwrap();
        let stored = server.cells();
        let found = |text: &str| stored.windows(text.len()).any(|w| w == text.as_bytes());
        assert!(
            found("one-stop") && found(MANAGER) && found("Sở TT"),
            "{}: what is not secret is found",
            server.name
        );
        for secret in
            ["Lê Văn C", "levanc", "0912345673", "001080000024", "Xác thực tại", "ds-can-bo", "phamd"]
        {
            assert!(!found(secret), "{}: {secret}", server.name);
        }
        let rows = server.campaigns.import_rows(&shown.id, OWN, None, 0, 9).unwrap();
        let told = format!("{shown:?} {rows:?} {:?}", server.campaigns.history("account-1", 9).unwrap());
        for secret in ["Lê Văn", "levanc", "09123", "00108", "ds-can-bo"] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
    }
}
