//! The demo's offices: departments and communes of two provinces with the accounts of their officers, a review of those
//! accounts that is half done, and a registration campaign that some units have answered.
use crate::clock::SystemClock;
use crate::console::Opened;
use anyhow::Context as _;
use dancu_campaign::{AccountChange, AccountTable, Decide, Decision, NewReview, Reach, RowState, Scope};
use dancu_citizen::CivilDate;
use dancu_gateway::{Clock as _, vietnam_day};

/// A unit: agency code, name, level as people write it, officers that it has, accounts that are expected of it.
type Office = (&'static str, &'static str, &'static str, usize, usize);

const THAI_NGUYEN: &[Office] = &[
    ("H55.2", "Sở Tư pháp (mô phỏng)", "Sở", 3, 3),
    ("H55.3", "Sở Nội vụ (mô phỏng)", "Sở", 2, 3),
    ("H55.4", "Sở Nông nghiệp và Môi trường (mô phỏng)", "Sở", 2, 2),
    ("H55.5", "Sở Y tế (mô phỏng)", "Sở", 0, 2),
    ("H55.243", "UBND phường Mô Phỏng Một", "Phường", 3, 3),
    ("H55.244", "UBND phường Mô Phỏng Hai", "Phường", 2, 2),
    ("H55.245", "UBND xã Mô Phỏng Ba", "Xã", 2, 2),
    ("H55.246", "UBND xã Mô Phỏng Bốn", "Xã", 1, 2),
    ("H55.247", "UBND xã Mô Phỏng Năm", "Xã", 0, 2),
];
const QUANG_NINH: &[Office] = &[
    ("H49.2", "Sở Tư pháp (mô phỏng)", "Sở", 2, 2),
    ("H49.3", "Sở Nội vụ (mô phỏng)", "Sở", 1, 2),
    ("H49.100", "UBND phường Mô Phỏng Sáu", "Phường", 3, 3),
    ("H49.101", "UBND phường Mô Phỏng Bảy", "Phường", 2, 2),
    ("H49.102", "UBND đặc khu Mô Phỏng", "Đặc khu", 1, 2),
    ("H49.103", "UBND xã Mô Phỏng Tám", "Xã", 0, 2),
];

const SURNAMES: &[(&str, &str)] = &[
    ("Nguyễn", "nguyen"),
    ("Trần", "tran"),
    ("Lê", "le"),
    ("Phạm", "pham"),
    ("Hoàng", "hoang"),
    ("Nông", "nong"),
    ("Vũ", "vu"),
    ("Đặng", "dang"),
];
const GIVEN: &[(&str, &str)] = &[
    ("Thị Hạnh", "hanh"),
    ("Văn Khải", "khai"),
    ("Thu Trang", "trang"),
    ("Quốc Việt", "viet"),
    ("Ngọc Diệp", "diep"),
    ("Minh Quân", "quan"),
    ("Bích Liên", "lien"),
];

/// Days that units are given.
const DAYS_GIVEN: i64 = 21;

/// Who does it: staff accounts.
pub(super) struct Hands<'a> {
    pub registry_officer: &'a str,
    pub thai_nguyen: &'a str,
    pub quang_ninh: &'a str,
}

/// Makes accounts, review and campaign.
pub(super) fn seed(opened: &Opened, by: &Hands<'_>) -> anyhow::Result<()> {
    take(opened, "htmc", "thai-nguyen", THAI_NGUYEN, by.thai_nguyen)?;
    take(opened, "htmc-qn", "quang-ninh", QUANG_NINH, by.quang_ninh)?;
    review(opened, by).context("the review of the demo")?;
    drive(opened, by.registry_officer).context("the registration campaign of the demo")
}

/// The account table of a system, as its organisation would send it.
fn take(
    opened: &Opened,
    system: &str,
    organisation: &str,
    offices: &[Office],
    by: &str,
) -> anyhow::Result<()> {
    let table = table(offices);
    let given =
        AccountTable { system, file_name: "danh-sach-tai-khoan.csv", bytes: table.as_bytes(), mapping: None };
    let (reach, now_us) = (Reach::Of(organisation), SystemClock.now_us());
    let plan = opened.campaigns.plan_import(&given, reach, by, now_us)?;
    opened.campaigns.take(&plan.id, false, reach, by, now_us).context("an account table of the demo")?;
    Ok(())
}

fn table(offices: &[Office]) -> String {
    let heading =
        "TT;Họ và tên;Tài khoản;SĐT;Mã cơ quan;Tên cơ quan;Vai trò;Số hồ sơ/ngày;Số lượt/hồ sơ;Mục đích";
    let desks = offices.iter().flat_map(|office| (0..office.3).map(move |desk| (office, desk)));
    let rows = desks.enumerate().map(|(row, ((code, name, ..), desk))| {
        let ((surname, short), (given, last)) = (turn(SURNAMES, row), turn(GIVEN, row * 3 + 1));
        let role = if desk == 0 && row % 4 == 0 { "Trưởng phòng" } else { "Cán bộ một cửa" };
        let unit = code.replace('.', "").to_lowercase();
        let (number, cases, queries) = (row + 1, 30 + 10 * (row % 3), 2 + row % 2);
        let login = format!("{last}{short}.{unit}{desk}");
        let purpose = "Xác thực khi tiếp nhận hồ sơ";
        format!("{number};{surname} {given};{login};;{code};{name};{role};{cases};{queries};{purpose}")
    });
    std::iter::once(heading.to_owned()).chain(rows).collect::<Vec<_>>().join("\n")
}

/// The names in turn.
fn turn(list: &[(&'static str, &'static str)], at: usize) -> (&'static str, &'static str) {
    list.iter().cycle().nth(at).copied().unwrap_or_default()
}

fn days(from: CivilDate, days: i64) -> anyhow::Result<CivilDate> {
    let from = jiff::civil::date(from.year(), i8::try_from(from.month())?, i8::try_from(from.day())?);
    let day = from.checked_add(jiff::Span::new().try_days(days)?)?;
    Ok(CivilDate::parse_iso(&day.to_string())?)
}

/// A review of both provinces: one unit has answered for nearly all of its accounts, the other has begun.
fn review(opened: &Opened, by: &Hands<'_>) -> anyhow::Result<()> {
    let now_us = SystemClock.now_us();
    let today = vietnam_day(now_us);
    let given = NewReview {
        title: "Rà soát tài khoản khai thác, đợt cuối năm",
        scope: Scope::Organisations(vec!["thai-nguyen".to_owned(), "quang-ninh".to_owned()]),
        opens: today,
        deadline: days(today, DAYS_GIVEN)?,
        facts_from: days(today, -180)?,
    };
    let review = opened.campaigns.plan_review(&given, by.registry_officer, now_us)?;
    answer(opened, &review, ("thai-nguyen", by.thai_nguyen), 3)?;
    answer(opened, &review, ("quang-ninh", by.quang_ninh), 1)
}

/// Answers for `quarters` of a unit's accounts: one is closed, one gets a smaller quota, the others stay.
fn answer(
    opened: &Opened,
    review: &str,
    (organisation, by): (&str, &str),
    quarters: usize,
) -> anyhow::Result<()> {
    let (reach, now_us) = (Reach::Of(organisation), SystemClock.now_us());
    let mut rows = opened.campaigns.review_rows(review, reach, Some(RowState::Open), None, 500)?;
    // By login, not by the drawn id: every demo says the same of the same people.
    rows.sort_by(|a, b| a.opening.image.login.cmp(&b.opening.image.login));
    // The accounts of the table: those that demo.json names stay as they are.
    let imported = rows.iter().filter(|row| row.opening.registered.factors.is_some());
    let mine: Vec<&str> = imported.map(|row| row.account.as_str()).collect();
    let (answered, _) = mine.split_at(mine.len() * quarters / 4);
    let decide = |accounts: &[&str], decision: Decision, note: &str| {
        let holder = "Trung tâm công nghệ thông tin (mô phỏng)";
        let given = Decide { review, accounts, decision, note, holder };
        if accounts.is_empty() { Ok(()) } else { opened.campaigns.decide(&given, reach, by, now_us) }
    };
    let (first, others) = answered.split_at(answered.len().min(1));
    let (second, others) = others.split_at(others.len().min(1));
    decide(first, Decision::Close, "Đã chuyển công tác")?;
    let fewer = AccountChange { daily_quota: Some(40), ..AccountChange::default() };
    decide(second, Decision::Change(fewer), "Giảm hạn mức theo số hồ sơ thực tế")?;
    decide(others, Decision::Confirm, "")?;
    Ok(())
}

/// The registration campaign of both provinces' units.
fn drive(opened: &Opened, by: &str) -> anyhow::Result<()> {
    let now_us = SystemClock.now_us();
    let deadline = days(vietnam_day(now_us), DAYS_GIVEN)?;
    let rows = THAI_NGUYEN.iter().chain(QUANG_NINH);
    let rows = rows.map(|(code, name, level, _, expected)| format!("{code};{level};{name};{expected}"));
    let heading = "Mã cơ quan;Cấp;Tên cơ quan;Số tài khoản".to_owned();
    let list = std::iter::once(heading).chain(rows).collect::<Vec<_>>().join("\n");
    let units = opened.campaigns.read_units(list.as_bytes(), deadline, now_us)?;
    anyhow::ensure!(units.faults.is_empty(), "the demo's list of units is faulty");
    opened.campaigns.open_drive("Đăng ký tài khoản khai thác năm tới", deadline, &units.units, by, now_us)?;
    Ok(())
}
