//! The plan of one table: how many rows do what, each faulty row explained, each change old → new; taken, put away, undone.
use super::bulk::{Answer, SHOWN, columns, ended, export, nothing, role};
use super::imports::{badge, title};
use super::{asked, may};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::ListPage;
use crate::parts::{Act, Cell, Notice, Pagination, Tab, Table, Tabs, Tile, Tiles, Tone};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_campaign::{ImportState, ImportSummary, PlanRow, RowKind};
use dancu_policy::duty::{Action, Ruling};

const HERE: Place = Place::Accounts;

/// An import that this person may read; of every other it is not told.
async fn known(seat: &Seat, id: &str) -> Result<ImportSummary, Oops> {
    let asked = id.to_owned();
    let found = seat.bulk(HERE, move |campaigns, reach| campaigns.import(&asked, reach)).await?;
    let Some(import) = found else { return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound)) };
    seat.must(Action::AccountRead, Some(&import.organisation), HERE)?;
    Ok(import)
}

/// The first cells that say something: who the row is about.
fn who(row: &PlanRow) -> Vec<String> {
    match (&row.content.row, &row.content.after) {
        (Some(account), _) => vec![account.full_name.clone(), account.login.clone()],
        (_, Some(image)) => vec![image.full_name.clone(), image.login.clone()],
        _ => {
            let said = row.content.cells.iter().filter(|cell| cell.chars().any(char::is_alphabetic));
            said.take(2).cloned().collect()
        }
    }
}

fn what(seat: &Seat, t: Texts, row: &PlanRow) -> Vec<String> {
    let words = seat.console.campaigns.words();
    match row.kind {
        RowKind::Faulty => row.content.faults.iter().map(|fault| fault.words(t.lang(), words)).collect(),
        RowKind::Changed => {
            let changes = row.content.changes(words, t.lang());
            let line = |(column, was, is): (_, String, String)| {
                let or_none = |text: String| if text.is_empty() { "–".to_owned() } else { text };
                format!("{}: {} → {}", words.label(column, t.lang()), or_none(was), or_none(is))
            };
            let lines: Vec<String> = changes.into_iter().map(line).collect();
            if lines.is_empty() { vec![t.t("import-words-only").into_owned()] } else { lines }
        }
        RowKind::New | RowKind::Same => {
            let account = row.content.row.as_ref().map(|account| {
                let quota = t.t1("account-quota-value", "count", &t.number(account.daily_quota.into()));
                vec![format!("{} · {}", role(t, account.role), account.agency_code), quota.into_owned()]
            });
            account.unwrap_or_default()
        }
    }
}

fn acts(seat: &Seat, import: &ImportSummary, csrf: &str, t: Texts) -> Vec<Act> {
    if !may(seat, Action::AccountImport)
        || import.erased
        || seat.may(Action::AccountImport, Some(&import.organisation)) != Ruling::Allowed
    {
        return Vec::new();
    }
    let path = format!("/accounts/imports/{}/decide", import.id);
    let act = |id: &'static str, title: &str, lead: &str| {
        Act::new(id, t.t(title), path.clone(), csrf).lead(t.t(lead))
    };
    let takes = import.count(RowKind::New) + import.count(RowKind::Changed);
    let faulty = import.count(RowKind::Faulty);
    let mut acts = Vec::new();
    match import.state {
        ImportState::Planned => {
            if takes > 0 && faulty == 0 {
                acts.push(
                    act("take", "import-take", "import-take-lead").button(t.t("import-take-do"), "take"),
                );
            } else if takes > 0 {
                let (takes, faulty) = (t.number(takes.into()), t.number(faulty.into()));
                let values = [("takes", takes.as_str()), ("faulty", faulty.as_str())];
                let lead = t.with("import-partial-lead", &values);
                let partial = Act::new("partial", t.t("import-partial"), path.clone(), csrf).lead(lead);
                acts.push(partial.button(t.t1("import-partial-do", "takes", &takes), "partial"));
            }
            acts.push(
                act("drop", "import-drop", "import-drop-lead").button(t.t("import-drop"), "drop").folded(),
            );
        }
        ImportState::Taken => {
            let undo = act("undo", "import-undo", "import-undo-lead");
            acts.push(undo.button(t.t("import-undo"), "undo").grave().folded());
        }
        ImportState::Undone | ImportState::Dropped => {}
    }
    acts
}

fn notice(seat: &Seat, import: &ImportSummary, t: Texts) -> Option<Notice> {
    let words = |tone, title: &str, text: &str| Some(Notice::new(tone, t.t(title), t.t(text)));
    seat.said(t).or_else(|| match import.state {
        ImportState::Planned if import.count(RowKind::Faulty) > 0 => {
            words(Tone::Warn, "import-has-faults", "import-has-faults-todo")
        }
        ImportState::Planned if import.count(RowKind::New) + import.count(RowKind::Changed) == 0 => {
            words(Tone::Info, "import-nothing", "import-nothing-todo")
        }
        ImportState::Planned => words(Tone::Info, "import-ready", "import-ready-todo"),
        _ => None,
    })
}

pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let import = known(&seat, &id).await?;
    let first = if import.count(RowKind::Faulty) > 0 {
        RowKind::Faulty
    } else if import.count(RowKind::New) > 0 {
        RowKind::New
    } else {
        RowKind::Changed
    };
    let kind = RowKind::from_name(&asked(&seat.uri, "kind")).unwrap_or(first);
    let from: u32 = asked(&seat.uri, "after").parse().unwrap_or(0);
    let of = id.clone();
    let rows = seat
        .bulk(HERE, move |campaigns, reach| campaigns.import_rows(&of, reach, Some(kind), from, SHOWN))
        .await?;
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let names = seat.names(vec![import.by.clone()]).await;
    let label = |kind: RowKind| t.t(&format!("import-rows-{}", kind.name())).into_owned();
    let tile = |kind: RowKind, icon| Tile {
        label: label(kind),
        value: t.number(import.count(kind).into()),
        note: String::new(),
        icon,
    };
    let tab = |of: RowKind| Tab {
        label: label(of),
        href: format!("/accounts/imports/{id}?kind={}", of.name()),
        current: of == kind,
    };
    let mut links = Vec::new();
    if import.count(RowKind::Faulty) > 0 && !import.erased {
        let faulty = (t.t("import-faulty-file").into_owned(), format!("/accounts/imports/{id}/faulty"));
        links.push(faulty);
    }
    let full = rows.len() >= usize::try_from(SHOWN).unwrap_or(50);
    let next = rows
        .last()
        .filter(|_| full)
        .map(|last| format!("/accounts/imports/{id}?kind={}&after={}", kind.name(), last.line));
    let cells = rows.iter().map(|row| {
        vec![
            Cell::Figures(t.number(row.line.into())),
            Cell::Lines(who(row)),
            Cell::Lines(what(&seat, t, row)),
        ]
    });
    let state = badge(t, import.state).label;
    let at = said::moment(import.at_us);
    let by = names.of(&import.by, t);
    let gone = if import.erased { "imports-erased-text" } else { "import-no-rows-text" };
    let page = ListPage {
        above: vec![
            (t.t("console-accounts").into_owned(), "/accounts".to_owned()),
            (t.t("accounts-tab-imports").into_owned(), "/accounts/imports".to_owned()),
        ],
        notice: notice(&seat, &import, t),
        lead: format!("{} · {state} · {by} · {at}", title(t, &import)),
        tiles: Some(Tiles {
            tiles: vec![
                tile(RowKind::New, Icon::Person),
                tile(RowKind::Changed, Icon::Pen),
                tile(RowKind::Same, Icon::Check),
                tile(RowKind::Faulty, Icon::Warning),
            ],
        }),
        tabs: Some(Tabs {
            label: t.t("import-kinds").into_owned(),
            tabs: [RowKind::Faulty, RowKind::New, RowKind::Changed, RowKind::Same].map(tab).to_vec(),
        }),
        links,
        table: Table {
            columns: columns(t, ["import-line", "import-who", "import-what"]),
            rows: cells.collect(),
        },
        pages: next.map(|next| Pagination {
            texts: t,
            previous: None,
            next: Some(next),
            shown: String::new(),
        }),
        acts: acts(&seat, &import, shell.csrf(), t),
        ..ListPage::new(shell, "import-title", nothing(t, Icon::Check, "import-no-rows-title", gone))
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// The faulty rows with a column of reasons, to mend and bring again.
pub(super) async fn faulty(seat: Seat, Path(id): Path<String>) -> Answer {
    known(&seat, &id).await?;
    seat.record("account_import_faults", format!("import={id}"), HERE).await?;
    let lang = seat.shell(HERE).lang;
    let made = seat
        .bulk_try(HERE, move |campaigns, reach| {
            Ok(campaigns.faulty_rows(&id, reach, lang)?.to_xlsx("dong-sai")?)
        })
        .await?;
    made.map(export).map_err(|_| Oops::page(seat.shell(HERE), ErrorKind::NotFound))
}

/// Takes the plan, whole or without its faulty rows; puts it away; takes it back.
pub(super) async fn decide(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let import = known(&seat, &id).await?;
    seat.must(Action::AccountImport, Some(&import.organisation), HERE)?;
    let (deed, what) = match value(&sent, "act") {
        "take" => ("account_import_take", "taken"),
        "partial" => ("account_import_take_partial", "taken"),
        "undo" => ("account_import_undo", "undone"),
        "drop" => ("account_import_drop", "dropped"),
        _ => return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound)),
    };
    seat.record(deed, format!("import={id}"), HERE).await?;
    let (of, by, now_us) = (id.clone(), seat.id().to_owned(), seat.now_us());
    let ended_so = seat
        .bulk_try(HERE, move |campaigns, reach| match deed {
            "account_import_undo" => campaigns.undo_import(&of, reach, &by, now_us).map(|_| ()),
            "account_import_drop" => campaigns.drop_import(&of, reach),
            deed => {
                let partial = deed == "account_import_take_partial";
                campaigns.take(&of, partial, reach, &by, now_us).map(|_| ())
            }
        })
        .await?;
    Ok(ended(&format!("/accounts/imports/{id}"), what, &ended_so))
}
