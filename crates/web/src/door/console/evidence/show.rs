//! One file: how far it is, and handing it out.
use super::{Answer, about, badge};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat, blocking};
use crate::door::console::words;
use crate::door::{plain, show as said};
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::{Group, RecordPage};
use crate::parts::{Crumb, Crumbs, Fact, Notice, Tone};
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse as _;
use dancu_evidence::{Kept, KeptState, MIME_TYPE};

pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let kept = seat.evidence(&id).await?;
    let shell = seat.shell(Place::Cases);
    let t = shell.texts();
    let (staff, by) = (seat.console.staff.clone(), kept.by.clone());
    let name =
        blocking(move || staff.account(&by).ok().flatten().map(|account| account.name)).await.flatten();
    let page = RecordPage {
        notice: notice(&kept, t),
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("evidence-title"), "/evidence"),
                Crumb::new(about(&kept.scope, t), ""),
            ],
        },
        title: t.t1("evidence-file", "what", &about(&kept.scope, t)).into_owned(),
        badge: Some(badge(kept.state, t)),
        lead: t.t("evidence-check").into_owned(),
        links: links(&kept, t),
        groups: vec![Group::Facts {
            title: t.t("record-facts").into_owned(),
            facts: facts(&kept, name.unwrap_or_else(|| kept.by.clone()), t),
        }],
        acts: Vec::new(),
        shell,
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

fn notice(kept: &Kept, t: Texts) -> Option<Notice> {
    match kept.state {
        KeptState::Ready => None,
        KeptState::Working => {
            let counted = [("done", t.number(kept.done)), ("total", t.number(kept.total))];
            let counted: Vec<(&str, &str)> = counted.iter().map(|(n, v)| (*n, v.as_str())).collect();
            Some(Notice::new(
                Tone::Info,
                t.with("evidence-progress", &counted),
                t.t("evidence-progress-todo"),
            ))
        }
        KeptState::Failed => {
            let why = kept.why.as_deref().unwrap_or("failed");
            Some(Notice::new(Tone::Bad, t.t("evidence-failed"), t.t(&format!("evidence-why-{why}"))))
        }
    }
}

fn links(kept: &Kept, t: Texts) -> Vec<(String, String)> {
    let mut links = Vec::new();
    match kept.state {
        KeptState::Ready => {
            links.push((t.t("evidence-take").into_owned(), format!("/evidence/{}/file", kept.id)));
        }
        KeptState::Working => {
            links.push((t.t("evidence-look-again").into_owned(), format!("/evidence/{}", kept.id)));
        }
        KeptState::Failed => {}
    }
    let order = kept.matter.as_ref().map(|id| (t.t("evidence-order").into_owned(), format!("/matters/{id}")));
    links.extend(order);
    links
}

fn facts(kept: &Kept, name: String, t: Texts) -> Vec<Fact> {
    let mut facts = vec![
        Fact::new(t.t("evidence-about"), about(&kept.scope, t)),
        Fact::new(t.t("evidence-asked-by"), name).noted(t.t1(
            "matter-entry",
            "number",
            &t.number(kept.entry),
        )),
        Fact::new(t.t("evidence-asked"), said::moment(kept.asked_us)),
        Fact::new(t.t("evidence-reason"), kept.reason.clone()),
    ];
    let period = [kept.scope.from_us, kept.scope.to_us].map(|us| us.map(said::date_of).unwrap_or_default());
    if period.iter().any(|day| !day.is_empty()) {
        facts.push(Fact::new(t.t("evidence-period"), period.join(" – ")));
    }
    let opened: Vec<String> = kept
        .open
        .iter()
        .map(|name| t.t(&format!("evidence-part-{}", words::dashed(name))).into_owned())
        .collect();
    let opened = if opened.is_empty() { t.t("evidence-open-none").into_owned() } else { opened.join(", ") };
    facts.push(Fact::new(t.t("evidence-open"), opened));
    if kept.total > 0 {
        facts.push(Fact::new(t.t("evidence-entries"), t.number(kept.total)));
    }
    if let Some(sha256) = &kept.sha256 {
        facts.push(Fact::new(t.t("document-size"), format!("{} kB", t.number(kept.size.div_ceil(1024)))));
        facts.push(Fact::mono("SHA-256", sha256));
        let stamp = if kept.stamped { "evidence-stamped" } else { "evidence-not-stamped" };
        facts.push(Fact::new(t.t("evidence-stamp"), t.t(stamp)));
    }
    facts
}

pub(super) async fn hand_out(seat: Seat, Path(id): Path<String>) -> Answer {
    handed_out(&seat, &id).await
}

/// Hands a file out, for pages and API alike.
pub(in crate::door::console) async fn handed_out(seat: &Seat, id: &str) -> Answer {
    let kept = seat.evidence(id).await?;
    let sha256 = kept.sha256.unwrap_or_default();
    seat.record("evidence_read", format!("evidence={id} sha256={sha256}"), Place::Cases).await?;
    let asked = id.to_owned();
    let Some(bytes) = seat.evidences(move |evidences| evidences.bytes(&asked)).await? else {
        return Err(Oops::page(seat.shell(Place::Cases), ErrorKind::NotFound));
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MIME_TYPE));
    let short = id.get(..8).unwrap_or_default();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"chung-cu-{short}.asice\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}
