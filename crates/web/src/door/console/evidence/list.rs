//! Files that were asked for, and the form to ask for one.
use super::ask::{Asked, begun, form};
use super::{Answer, about, badge};
use crate::Texts;
use crate::door::console::lists::asked;
use crate::door::console::seat::{Oops, Seat};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::console::ListPage;
use crate::parts::{Cell, Empty, Notice, Pagination, Table, Tone};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_evidence::Kept;

/// Files on a page.
const SHOWN: u32 = 50;

pub(super) async fn list(seat: Seat) -> Answer {
    seat.must_evidence()?;
    let begun = begun(&seat, &asked(&seat.uri, "matter"), &asked(&seat.uri, "alert")).await?;
    let page = listed(&seat, begun, None).await?;
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

pub(super) async fn listed(seat: &Seat, begun: Asked, notice: Option<Notice>) -> Result<ListPage, Oops> {
    let after = asked(&seat.uri, "after");
    let after = after.split_once('.').and_then(|(at, id)| Some((at.parse::<i64>().ok()?, id.to_owned())));
    let now_us = seat.now_us();
    let found = seat.evidences(move |evidences| {
        let after = after.as_ref().map(|(at, id)| (*at, id.as_str()));
        evidences.list(None, after, SHOWN + 1, now_us)
    });
    let mut found = found.await?;
    let more = found.len() > SHOWN as usize;
    found.truncate(SHOWN as usize);
    let shell = seat.shell(Place::Cases);
    let t = shell.texts();
    let next =
        found.last().filter(|_| more).map(|last| format!("/evidence?after={}.{}", last.asked_us, last.id));
    let columns = ["evidence-about", "evidence-asked", "evidence-entries", "work-state"];
    let nothing = Empty {
        icon: Icon::Search,
        title: t.t("evidence-empty-title").into_owned(),
        text: t.t("evidence-empty-text").into_owned(),
    };
    let can_sign = seat.console.evidence.can_sign();
    let notice = notice.or_else(|| {
        (!can_sign)
            .then(|| Notice::new(Tone::Warn, t.t("evidence-no-signer"), t.t("evidence-no-signer-todo")))
    });
    let act = form(seat, &begun, shell.csrf(), t);
    Ok(ListPage {
        notice,
        above: vec![(t.t("console-cases").into_owned(), "/cases?kind=halt".to_owned())],
        lead: t.t("evidence-lead").into_owned(),
        table: Table {
            columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
            rows: found.iter().map(|kept| row(kept, t)).collect(),
        },
        pages: next.map(|next| Pagination {
            texts: t,
            previous: None,
            next: Some(next),
            shown: String::new(),
        }),
        acts: if can_sign { vec![act] } else { Vec::new() },
        ..ListPage::new(shell, "evidence-title", nothing)
    })
}

fn row(kept: &Kept, t: Texts) -> Vec<Cell> {
    vec![
        Cell::link(about(&kept.scope, t), format!("/evidence/{}", kept.id)),
        Cell::Figures(said::moment(kept.asked_us)),
        Cell::Figures(t.number(kept.total)),
        Cell::Badge(badge(kept.state, t)),
    ]
}
