//! One registration campaign: units by standing and level, what each lacks, reminders, the list.
use super::asked;
use super::bulk::{Answer, SHOWN, columns, ended, export, nothing, pages};
use super::drives::badge;
use super::{may, may_for_all};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::ListPage;
use crate::parts::{Act, Badge, Bar, Bars, Cell, Choice, Control, Select, Table, Tile, Tiles, Tone};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_campaign::{DriveReport, DriveState, Level, Standing, UnitStanding};
use dancu_policy::duty::Action;

const HERE: Place = Place::Campaigns;

fn look(standing: Standing) -> (Tone, Icon) {
    match standing {
        Standing::None => (Tone::Bad, Icon::Stop),
        Standing::Partly => (Tone::Warn, Icon::Clock),
        Standing::Full => (Tone::Good, Icon::Check),
    }
}

pub(super) fn standing(t: Texts, of: Standing) -> Badge {
    let (tone, icon) = look(of);
    Badge { tone, icon, label: t.t(&format!("standing-{}", of.name())).into_owned() }
}

/// A campaign as this person may see it: somebody of an organisation sees the units of it alone.
pub(super) async fn report(seat: &Seat, id: &str) -> Result<DriveReport, Oops> {
    seat.must(Action::CampaignRead, seat.organisation().or(Some("")), HERE)?;
    let (of, now_us) = (id.to_owned(), seat.now_us());
    let mut report = seat.bulk(HERE, move |campaigns, _| campaigns.drive_report(&of, now_us)).await?;
    if let Some(own) = seat.organisation() {
        report.units.retain(|unit| unit.organisation.as_deref() == Some(own));
        if report.units.is_empty() {
            return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound));
        }
    }
    Ok(report)
}

fn tiles(t: Texts, report: &DriveReport) -> Tiles {
    let counts = Standing::ALL.into_iter().zip(report.counts());
    let tile = |(of, count): (Standing, u32)| Tile {
        label: standing(t, of).label,
        value: t.number(count.into()),
        note: t.t1("drive-of-all", "count", &t.number(report.units.len() as u64)).into_owned(),
        icon: look(of).1,
    };
    let mut tiles: Vec<Tile> = counts.map(tile).collect();
    tiles.reverse();
    Tiles { tiles }
}

/// A chart for each level that the list has.
fn charts(seat: &Seat, t: Texts, report: &DriveReport) -> Vec<Bars> {
    let words = seat.console.campaigns.words();
    let chart = |(level, counts): (Level, dancu_campaign::Counts)| Bars {
        title: words.level_label(level, t.lang()).to_owned(),
        what: t.t("drive-standing").into_owned(),
        how_many: t.t("drive-count").into_owned(),
        bars: Standing::ALL
            .into_iter()
            .zip(counts)
            .rev()
            .map(|(of, count)| Bar {
                label: standing(t, of).label,
                value: count.into(),
                words: t.number(count.into()),
                tone: look(of).0,
            })
            .collect(),
    };
    report.by_level().into_iter().map(chart).collect()
}

fn row(seat: &Seat, t: Texts, unit: &UnitStanding) -> Vec<Cell> {
    let words = seat.console.campaigns.words();
    let missing: Vec<String> = unit.missing.iter().map(|missing| missing.words(t.lang())).collect();
    let have = format!("{} / {}", t.number(unit.accounts.into()), t.number(unit.unit.accounts.into()));
    vec![
        Cell::Lines(vec![unit.unit.name.clone(), unit.unit.code.as_str().to_owned()]),
        Cell::text(words.level_label(unit.unit.level, t.lang())),
        Cell::Figures(have),
        Cell::Lines(if missing.is_empty() { vec!["–".to_owned()] } else { missing }),
        Cell::Badge(standing(t, unit.standing)),
    ]
}

fn filter(seat: &Seat, t: Texts, id: &str, level: Option<Level>, of: Option<Standing>) -> Act {
    let words = seat.console.campaigns.words();
    let levels = Level::ALL
        .map(|of| Choice::new(of.name(), words.level_label(of, t.lang()), Some(of) == level))
        .to_vec();
    let standings =
        Standing::ALL.map(|it| Choice::new(it.name(), standing(t, it).label, Some(it) == of)).to_vec();
    let select = |name, label: &str, choices| {
        let label = t.t(label).into_owned();
        Control::Select(Select {
            texts: t,
            name,
            label,
            choices,
            optional: true,
            any: true,
            ..Select::default()
        })
    };
    Act::new("filter", "", format!("/campaigns/drives/{id}"), "")
        .with(select("level", "drive-level", levels))
        .with(select("standing", "drive-standing", standings))
        .button(t.t("list-find"), "")
}

pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let report = report(&seat, &id).await?;
    let (level, of) =
        (Level::from_name(&asked(&seat.uri, "level")), Standing::from_name(&asked(&seat.uri, "standing")));
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let from: usize = asked(&seat.uri, "after").parse().unwrap_or(0);
    let size = usize::try_from(SHOWN).unwrap_or(50);
    let wanted: Vec<&UnitStanding> = report
        .units
        .iter()
        .filter(|unit| level.is_none_or(|level| unit.unit.level == level))
        .filter(|unit| of.is_none_or(|of| unit.standing == of))
        .collect();
    let next = (wanted.len() > from + size).then(|| {
        let kept = [("level", level.map_or("", Level::name)), ("standing", of.map_or("", Standing::name))];
        let kept = serde_urlencoded::to_string(kept).unwrap_or_default();
        format!("/campaigns/drives/{id}?{kept}&after={}", from + size)
    });
    let mut links = Vec::new();
    if may(&seat, Action::CampaignExport) {
        if seat.own().is_none() {
            links.push((t.t("drive-letter").into_owned(), format!("/campaigns/drives/{id}/letter")));
        }
        links.push((t.t("accounts-export").into_owned(), format!("/campaigns/drives/{id}/xlsx")));
    }
    let mut acts = Vec::new();
    let behind = report.behind().count();
    if report.drive.state == DriveState::Open && behind > 0 && may_for_all(&seat, Action::CampaignRemind) {
        let lead = t.t1("drive-remind-lead", "count", &t.number(behind as u64));
        let remind = Act::new(
            "remind",
            t.t("campaign-remind"),
            format!("/campaigns/drives/{id}/remind"),
            shell.csrf(),
        );
        acts.push(remind.lead(lead).button(t.t("campaign-remind"), ""));
    }
    let state = badge(t, report.drive.state).label;
    let deadline = t.t1("drive-until", "day", &said::day(report.drive.deadline));
    let heads = ["drive-unit", "drive-level", "drive-accounts", "drive-missing", "drive-standing"];
    let page = ListPage {
        above: vec![(t.t("campaigns-tab-drives").into_owned(), "/campaigns/drives".to_owned())],
        notice: seat.said(t),
        title: report.drive.title.clone(),
        lead: format!("{state} · {deadline}"),
        tiles: Some(tiles(t, &report)),
        charts: charts(&seat, t, &report),
        links,
        filter: Some(filter(&seat, t, &id, level, of)),
        table: Table {
            columns: columns(t, heads),
            rows: wanted.into_iter().skip(from).take(size).map(|unit| row(&seat, t, unit)).collect(),
        },
        pages: pages(t, next),
        acts,
        ..ListPage::new(
            shell,
            "campaigns-tab-drives",
            nothing(t, Icon::Search, "drive-units-empty-title", "drive-units-empty-text"),
        )
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

pub(super) async fn remind(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    seat.must(Action::CampaignRemind, None, HERE)?;
    seat.record("drive_remind", format!("drive={id}"), HERE).await?;
    let (of, now_us) = (id.clone(), seat.now_us());
    let reminded = seat.bulk_try(HERE, move |campaigns, _| campaigns.remind_drive(&of, now_us)).await?;
    Ok(ended(&format!("/campaigns/drives/{id}"), "reminded", &reminded))
}

/// All units with what they lack, as a workbook.
pub(super) async fn xlsx(seat: Seat, Path(id): Path<String>) -> Answer {
    let report = report(&seat, &id).await?;
    seat.must(Action::CampaignExport, seat.organisation().or(Some("")), HERE)?;
    seat.record("drive_export", format!("drive={id} form=xlsx"), HERE).await?;
    let sheet = report.list(seat.console.campaigns.words(), seat.shell(HERE).lang, |_| true);
    let made = sheet.to_xlsx("danh-sach-don-vi");
    made.map(export).map_err(|_| Oops::page(seat.shell(HERE), ErrorKind::Server))
}
