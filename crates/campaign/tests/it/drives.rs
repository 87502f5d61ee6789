//! Registration campaigns.
use crate::world::{DAY_US, NOW_US, OFFICER, day, servers};
use dancu_campaign::table::Problem;
use dancu_campaign::{CampaignError, DriveState, Level, Missing, News, Refusal, Standing};
use dancu_catalogue::Lang;
use dancu_policy::AccountState;

const LIST: &str = "\
Danh sách đơn vị;;;
Mã cơ quan;Cấp;Tên đơn vị;Số tài khoản
H55;Sở;Văn phòng UBND tỉnh;1
000.00.242.H55;Sở;Sở Thông tin và Truyền thông;2
H55.242;Sở;Sở Thông tin và Truyền thông;2
H55.300;Xã;Phường Phan Đình Phùng;
G16.9.1;Xã;Điểm giao dịch;2
";

#[test]
fn units_stand_fully_partly_or_not_at_all_with_what_they_lack() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let list = campaigns.read_units(LIST.as_bytes(), day("2026-11-30"), NOW_US).unwrap();
        // The old form has no third group of three digits: it is explained, and the newer one taken.
        let faults: Vec<_> = list.faults.iter().map(|fault| (fault.line, fault.problem.clone())).collect();
        assert_eq!(faults, [(4, Problem::CodeForm)], "{name}");
        let drive = campaigns
            .open_drive("Đợt đăng ký 2026", day("2026-11-30"), &list.units, OFFICER, NOW_US)
            .unwrap();
        let report = campaigns.drive_report(&drive, NOW_US).unwrap();
        let stands: Vec<_> = report
            .units
            .iter()
            .map(|unit| {
                (unit.unit.code.as_str(), unit.standing, unit.missing.clone(), unit.organisation.as_deref())
            })
            .collect();
        let bank = vec![Missing::Fewer { have: 1, want: 2 }, Missing::Numbers { count: 1 }];
        assert_eq!(
            stands,
            [
                ("G16.9.1", Standing::Partly, bank, Some("bank")),
                ("H55.300", Standing::None, vec![Missing::Accounts], Some("thai-nguyen")),
                ("H55", Standing::None, vec![Missing::Accounts], Some("thai-nguyen")),
                ("H55.242", Standing::Full, vec![], Some("thai-nguyen")),
            ],
            "{name}: accounts of a unit below are not those of the unit above, nor is a platform's"
        );
        assert_eq!(report.counts(), [2, 1, 1], "{name}");
        assert_eq!(report.by_level()[&Level::Department], [1, 0, 1], "{name}");

        server.exchange.set_account_state("account-1", AccountState::Locked, NOW_US).unwrap();
        server.exchange.set_account_state("account-2", AccountState::Locked, NOW_US).unwrap();
        let report = campaigns.drive_report(&drive, NOW_US).unwrap();
        assert_eq!(report.units[3].missing, [Missing::Active], "{name}");
    }
}

#[test]
fn a_level_that_has_ended_is_expected_no_more() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let list =
            "Code,Level,Name,Accounts\nH55.20,District,Huyện Đại Từ,1\nh55.21,Quận,Quận,x\nH55.22,tổng,,1\n";
        let read = |deadline| campaigns.read_units(list.as_bytes(), day(deadline), NOW_US).unwrap();
        let now = read("2026-11-30");
        assert_eq!(now.faults[0].problem, Problem::LevelEnded { last: "30/06/2025".into() }, "{name}");
        assert!(
            now.faults[0].words(Lang::Vi, campaigns.words()).contains("cấp này đã kết thúc ngày 30/06/2025")
        );
        let before = read("2025-06-30");
        assert_eq!(before.units.len(), 1, "{name}");
        let problems: Vec<_> = before.faults.iter().map(|fault| fault.problem.clone()).collect();
        assert_eq!(problems, [Problem::AccountsForm, Problem::LevelUnknown, Problem::Missing], "{name}");
        let opened = campaigns.open_drive("x", day("2026-11-30"), &before.units, OFFICER, NOW_US);
        assert!(matches!(opened, Err(CampaignError::Refused(Refusal::Level))), "{name}");
        let nothing = campaigns.read_units(b"a,b\n1,2\n", day("2026-11-30"), NOW_US);
        assert!(matches!(nothing, Err(CampaignError::Table(_))), "{name}");
    }
}

#[test]
fn units_that_are_behind_are_reminded_written_to_and_counted_at_the_deadline() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let list = campaigns.read_units(LIST.as_bytes(), day("2026-11-30"), NOW_US).unwrap();
        let drive = campaigns
            .open_drive("Đợt đăng ký 2026", day("2026-11-30"), &list.units, OFFICER, NOW_US)
            .unwrap();
        let report = campaigns.drive_report(&drive, NOW_US).unwrap();
        let letter = report.letter(campaigns.words(), Lang::Vi);
        assert_eq!(
            letter.paragraphs[1],
            "Tính đến ngày 21/11/2026, trong 4 cơ quan, đơn vị phải đăng ký có 1 đã đăng ký đủ, 1 mới đăng ký một phần, \
             2 chưa đăng ký."
        );
        assert!(letter.paragraphs[2].contains("trước hết ngày 30/11/2026"));
        assert_eq!(letter.list.rows.len(), 3, "{name}: those that have registered fully are not written to");
        assert_eq!(
            letter.list.rows[0][5],
            "mới có 1 trong 2 tài khoản; 1 tài khoản chưa có số định danh của người giữ"
        );

        assert_eq!(campaigns.tick(NOW_US).unwrap().drive_reminders, 3, "{name}: nine days left");
        assert_eq!(campaigns.tick(NOW_US).unwrap().drive_reminders, 0, "{name}: once");
        assert_eq!(
            campaigns.tick(NOW_US + 9 * DAY_US).unwrap().drives_closed,
            0,
            "{name}: the last day counts"
        );
        assert_eq!(campaigns.tick(NOW_US + 10 * DAY_US).unwrap().drives_closed, 1, "{name}");
        assert_eq!(campaigns.tick(NOW_US + 10 * DAY_US).unwrap().drives_closed, 0, "{name}");
        let closed = campaigns.drive(&drive).unwrap().unwrap();
        assert_eq!(closed.state, DriveState::Closed);
        assert_eq!(closed.result.unwrap()[&Level::Commune], [1, 1, 0], "{name}");
        let events = campaigns.pending_events(99).unwrap();
        let end = events.iter().find(|event| event.news == News::DriveClosed).unwrap();
        assert_eq!((end.data["none"].as_str(), end.data["full"].as_str()), ("2", "1"), "{name}");
        let late =
            campaigns.drive_report(&drive, NOW_US + 12 * DAY_US).unwrap().letter(campaigns.words(), Lang::Vi);
        assert!(late.paragraphs[2].contains("quá thời hạn 3 ngày"), "{name}");
    }
}
