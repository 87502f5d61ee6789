//! Lists of cases by kind, narrowed by state and name, and as a table for spreadsheets.
use super::super::lists::{SHOWN, after, asked, filter, next};
use super::super::matter::reading;
use super::super::seat::{Oops, Seat};
use super::super::words;
use super::{Answer, fields, open};
use crate::door::{plain, show};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::ListPage;
use crate::parts::{Cell, Control, Empty, Tab, Tabs};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use dancu_campaign::table::{Export, Sheet};
use dancu_governance::{Find, Governance, GovernanceError, Kind, Matter, State};
use dancu_policy::duty::Ruling;

/// Kinds of matter beside connections, in the order of their tabs.
const KINDS: &[Kind] = &[
    Kind::Ticket,
    Kind::ErrorNotice,
    Kind::Inspection,
    Kind::Evaluation,
    Kind::Assessment,
    Kind::Finding,
    Kind::LevelFile,
    Kind::Halt,
];

/// Rows of an exported table.
const EXPORTED: usize = 10_000;

/// Whether there is a kind of which this person may see anything.
pub(in crate::door::console) fn readable(seat: &Seat) -> bool {
    let of = seat.organisation().or(Some(""));
    let may = |kind: &Kind| {
        let reads = reading(*kind);
        seat.may(reads, of) == Ruling::Allowed || seat.may_myself(reads) == Ruling::Allowed
    };
    KINDS.iter().any(may)
}

/// What the address asks for, as far as this person may see it: the kind, all that may be seen, and what to find.
fn wanted(seat: &Seat) -> Result<(Kind, Vec<Kind>, Find), Oops> {
    let of = seat.organisation().or(Some(""));
    let all = |kind: Kind| seat.may(reading(kind), of) == Ruling::Allowed;
    let own = |kind: Kind| seat.may_myself(reading(kind)) == Ruling::Allowed;
    let open: Vec<Kind> = KINDS.iter().copied().filter(|kind| all(*kind) || own(*kind)).collect();
    let chosen = Kind::from_name(&asked(&seat.uri, "kind")).filter(|kind| open.contains(kind));
    let Some(kind) = chosen.or_else(|| open.first().copied()) else {
        return Err(Oops::page(seat.shell(Place::Cases), ErrorKind::NotFound));
    };
    // Who may see only what they asked for themselves is shown that and no more.
    let opened_by = (!all(kind)).then(|| seat.id().to_owned());
    let state = State::from_name(&asked(&seat.uri, "state"));
    let text = asked(&seat.uri, "text");
    Ok((
        kind,
        open,
        Find { kind: Some(kind), state, organisation: seat.own(), opened_by, text, ..Find::default() },
    ))
}

/// The states that a kind can be in today.
fn states(seat: &Seat, kind: Kind) -> Vec<State> {
    let steps = seat.console.governance.rules().steps(kind, seat.today());
    let reached = |state: &State| steps.iter().any(|(_, rule, _)| rule.to == *state);
    State::ALL.iter().copied().filter(reached).collect()
}

/// The list of a kind.
pub(super) async fn cases(seat: Seat) -> Answer {
    let (kind, open, find) = wanted(&seat)?;
    let from = after(&seat.uri);
    let narrowed = find.state.is_some() || !find.text.is_empty();
    let (work, contents) = seat
        .governed(Place::Cases, move |g| {
            let work = g.find(&find, from, SHOWN)?;
            let contents: Result<Vec<_>, _> = work.matters.iter().map(|m| g.content(&m.id)).collect();
            Ok((work, contents?))
        })
        .await?;
    let shell = seat.shell(Place::Cases);
    let t = shell.texts();
    let tab = |of: &Kind| Tab {
        label: words::kind(t, *of),
        href: format!("/cases?kind={}", of.name()),
        current: *of == kind,
    };
    let (filter, _) = filter(&seat, "/cases", Place::Cases, &states(&seat, kind));
    let filter = filter.with(Control::Hidden { name: "kind", value: kind.name().to_owned() });
    let mut links = open::links(&seat, kind, t);
    if !work.matters.is_empty() {
        let kept = serde_urlencoded::to_string([
            ("kind", kind.name()),
            ("state", &asked(&seat.uri, "state")),
            ("text", &asked(&seat.uri, "text")),
        ]);
        let kept = kept.unwrap_or_default();
        for (words, format) in [("case-export-xlsx", "xlsx"), ("case-export-csv", "csv")] {
            links.push((t.t(words).into_owned(), format!("/cases/export?{kept}&format={format}")));
        }
    }
    let (title, text) = if narrowed {
        ("case-none-found", "case-none-found-text")
    } else {
        ("cases-empty-title", "cases-empty-text")
    };
    let nothing = Empty { icon: Icon::Check, title: t.t(title).into_owned(), text: t.t(text).into_owned() };
    let law = (seat.console.governance.rules(), seat.today());
    let mut table = seat.table(&work, Place::Cases);
    for (row, content) in table.rows.iter_mut().zip(&contents) {
        let gist = fields::gist(content, law, t);
        if let (Some(Cell::Link { label, .. }), Some(gist)) = (row.get_mut(1), gist) {
            let system = label.clone();
            *label = if content.kind() == Kind::Ticket { gist } else { format!("{system} · {gist}") };
        }
    }
    let page = ListPage {
        tabs: Some(Tabs { label: t.t("cases-tabs").into_owned(), tabs: open.iter().map(tab).collect() }),
        links,
        filter: Some(filter),
        table,
        pages: seat.pages(next("/cases", &seat.uri, &work), Place::Cases),
        ..ListPage::new(shell, "console-cases", nothing)
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// The same as a workbook or as delimited text, as the address says.
pub(in crate::door::console) async fn table(seat: &Seat) -> Result<Export, Oops> {
    let (kind, _, find) = wanted(seat)?;
    seat.record("cases_export", format!("kind={}", kind.name()), Place::Cases).await?;
    let matters = seat.governed(Place::Cases, move |g| found(g, &find)).await?;
    let sheet = sheet(seat, kind, &matters);
    let name = format!("{}-{}", kind.name().replace('_', "-"), seat.today().iso());
    let csv = asked(&seat.uri, "format") == "csv";
    let written = if csv { sheet.to_csv(&name) } else { sheet.to_xlsx(&name) };
    written.map_err(|error| {
        tracing::warn!(%error, "a table could not be written");
        Oops::page(seat.shell(Place::Cases), ErrorKind::Server)
    })
}

pub(super) async fn export(seat: Seat) -> Answer {
    let written = table(&seat).await?;
    Ok(saved(written.bytes, written.media_type, &written.name))
}

fn found(governance: &Governance, find: &Find) -> Result<Vec<Matter>, GovernanceError> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = governance.find(find, after, 500)?;
        all.extend(page.matters);
        after = page.next;
        if after.is_none() || all.len() >= EXPORTED {
            return Ok(all);
        }
    }
}

fn sheet(seat: &Seat, kind: Kind, matters: &[Matter]) -> Sheet {
    let t = seat.shell(Place::Cases).texts();
    let now_us = seat.now_us();
    let heads = [
        "work-what",
        "work-of",
        "matter-system",
        "work-state",
        "matter-opened",
        "work-next",
        "work-due",
        "work-late",
    ];
    let row = |matter: &Matter| {
        let late = if matter.is_overdue(now_us) { t.t("word-yes") } else { t.t("case-no") };
        vec![
            matter.label.clone(),
            seat.console.organisation(&matter.organisation),
            matter.system.clone().unwrap_or_default(),
            words::state(t, matter.state).label,
            show::moment(matter.opened_us),
            matter.due_step.map(|step| words::step(t, step)).unwrap_or_default(),
            matter.deadline_us.map(show::date_of).unwrap_or_default(),
            late.into_owned(),
        ]
    };
    let name = words::kind(t, kind);
    Sheet {
        titles: vec![format!("{name} · {}", show::moment(now_us))],
        headings: heads.map(|key| t.t(key).into_owned()).to_vec(),
        rows: matters.iter().map(row).collect(),
        name: name.chars().filter(|c| !"[]:*?/\\".contains(*c)).take(31).collect(),
    }
}

/// A file that is saved, and kept by nobody on its way.
pub(in super::super) fn saved(bytes: Vec<u8>, media_type: &'static str, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
