//! One system: its secrets, for whom they are, its certificates and the codes by which it gets them.
use super::{Answer, HERE, Of, short};
use crate::Texts;
use crate::door::console::lists::asked;
use crate::door::console::seat::{Oops, Seat, blocking};
use crate::door::console::sources::mark;
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::html;
use crate::pages::ErrorKind;
use crate::pages::console::{Group, RecordPage};
use crate::parts::{Act, Badge, Cell, Crumb, Crumbs, Fact, Notice, RowButton, Table, Tone};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_exchange::EnrolmentCode;
use dancu_pki::Term;
use dancu_policy::duty::{Action, Ruling};
use dancu_secrets::{Delivery, DeliveryState, RecordedRecipient};

/// Deliveries, codes and recipients on the page
const SHOWN: u32 = 50;
/// A certificate that ends so soon is to be renewed.
const SOON_US: i64 = 30 * 86_400_000_000;

/// What is known beside the snapshot.
pub(super) struct Known {
    pub(super) deliveries: Vec<Delivery>,
    pub(super) recipients: Vec<RecordedRecipient>,
    pub(super) codes: Vec<EnrolmentCode>,
}

pub(super) async fn show(seat: Seat, Path(system): Path<String>) -> Answer {
    const DONE: &[&str] = &["secret", "recipient", "recipient-revoked", "withdrawn", "revoked", "closed"];
    let of = Of::must(&seat, &system, Action::CertificateRead)?;
    let t = seat.shell(HERE).texts();
    let done = asked(&seat.uri, "done");
    let notice = DONE.contains(&done.as_str());
    let notice = notice.then(|| Notice::new(Tone::Good, t.t(&format!("keys-done-{done}")), ""));
    let page = page(&seat, &of, notice).await?;
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// The page again, with why something was not done.
pub(super) async fn refused(seat: &Seat, of: &Of, why: String) -> Answer {
    let t = seat.shell(HERE).texts();
    let page = page(seat, of, Some(Notice::new(Tone::Bad, t.t("keys-not"), why))).await?;
    Ok(html(StatusCode::CONFLICT, &page).into_response())
}

async fn page(seat: &Seat, of: &Of, notice: Option<Notice>) -> Result<RecordPage, Oops> {
    let (secrets, exchange) = (seat.console.secrets.clone(), seat.console.road.exchange.clone());
    let (system, organisation) = (of.system.id.clone(), of.organisation.id.clone());
    let read = blocking(move || {
        Some(Known {
            deliveries: secrets.deliveries(&system, SHOWN).ok()?,
            recipients: secrets.recipients(&organisation, SHOWN).ok()?,
            codes: exchange.enrolment_codes(&system, SHOWN).ok()?,
        })
    });
    let Some(Some(known)) = read.await else {
        return Err(Oops::page(seat.shell(HERE), ErrorKind::Unavailable));
    };
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let reads_secrets = seat.may(Action::SecretRead, Some(&of.organisation.id)) == Ruling::Allowed;
    let mut groups =
        vec![Group::Facts { title: t.t("record-facts").into_owned(), facts: facts(seat, of, t) }];
    groups.push(certificates(seat, of, t));
    groups.push(codes(seat, of, &known.codes, t));
    if reads_secrets {
        groups.push(credentials(seat, of, t));
        groups.push(deliveries(seat, of, &known.deliveries, t));
        groups.push(recipients(seat, &known.recipients, t));
    }
    let crumbs =
        vec![Crumb::new(t.t("console-connections"), "/connections"), Crumb::new(of.system.name.clone(), "")];
    let workstations = format!("/organisations/{}/workstations", of.organisation.id);
    Ok(RecordPage {
        notice,
        crumbs: Crumbs { texts: t, crumbs },
        title: format!("{} · {}", t.t("keys-title"), of.system.name),
        badge: None,
        lead: of.organisation.name.clone(),
        links: vec![(t.t("workstations-title").into_owned(), workstations)],
        groups,
        acts: acts(seat, of, &known, t),
        shell,
    })
}

fn facts(seat: &Seat, of: &Of, t: Texts) -> Vec<Fact> {
    let terms = seat.console.secrets.terms();
    let mut facts = vec![Fact::mono(t.t("matter-system"), of.system.id.to_string())];
    let rows = [
        (Term::SystemCertificate, "term-certificate"),
        (Term::CertificateOverlap, "term-overlap"),
        (Term::SecretOverlap, "term-secret-overlap"),
        (Term::SecretDelivery, "term-delivery"),
    ];
    for (term, label) in rows {
        if let Some(row) = terms.row(term, seat.now_us()) {
            let days = t.t1("term-calendar", "days", &(row.hours / 24).to_string()).into_owned();
            let since = said::day(row.valid_from);
            facts.push(Fact::new(t.t(label), days).noted(format!("{} · {since}", mark(t, &row.mark))));
        }
    }
    facts
}

fn table(t: Texts, columns: &[&str], rows: Vec<Vec<Cell>>) -> Table {
    Table { columns: columns.iter().map(|key| t.t(key).into_owned()).collect(), rows }
}

fn certificates(seat: &Seat, of: &Of, t: Texts) -> Group {
    let (snapshot, now_us) = (seat.console.road.exchange.snapshot(), seat.now_us());
    let row = |(fingerprint, certificate): ([u8; 32], &dancu_exchange::Certificate)| {
        let ends = certificate.ends_us.unwrap_or(i64::MAX).min(certificate.not_after_us);
        let (tone, icon, key) = if certificate.revoked {
            (Tone::Bad, Icon::Stop, "certificate-revoked")
        } else if ends <= now_us {
            (Tone::Plain, Icon::Clock, "certificate-over")
        } else if certificate.ends_us.is_some() {
            (Tone::Info, Icon::Clock, "certificate-replaced")
        } else if ends - now_us < SOON_US {
            (Tone::Warn, Icon::Warning, "certificate-renew")
        } else {
            (Tone::Good, Icon::Check, "certificate-good")
        };
        vec![
            Cell::Figures(short(&fingerprint)),
            Cell::Figures(said::date_of(ends)),
            Cell::Badge(Badge { tone, icon, label: t.t(key).into_owned() }),
        ]
    };
    let rows = snapshot.certificates_of(&of.system.id).into_iter().map(row).collect();
    Group::Table {
        title: t.t("certificates-title").into_owned(),
        lead: t.t("certificates-lead").into_owned(),
        table: table(t, &["certificate-fingerprint", "certificate-until", "staff-state"], rows),
        nothing: t.t("certificates-nothing").into_owned(),
    }
}

fn codes(seat: &Seat, of: &Of, codes: &[EnrolmentCode], t: Texts) -> Group {
    let now_us = seat.now_us();
    let may = seat.may(Action::CertificateIssue, Some(&of.organisation.id)) == Ruling::Allowed;
    let row = |code: &EnrolmentCode| {
        let waits =
            code.used_at_us.is_none() && code.withdrawn_at_us.is_none() && code.expires_at_us > now_us;
        let state = if let Some(at) = code.used_at_us {
            t.t1("code-used", "at", &said::moment(at)).into_owned()
        } else if let Some(at) = code.withdrawn_at_us {
            t.t1("code-withdrawn", "at", &said::moment(at)).into_owned()
        } else if waits {
            t.t("code-waits").into_owned()
        } else {
            t.t("code-over").into_owned()
        };
        let last = if waits && may {
            Cell::Button(RowButton {
                label: t.t("code-withdraw").into_owned(),
                of: said::moment(code.issued_at_us),
                action: format!("/systems/{}/codes/withdraw", of.system.id),
                csrf: seat.csrf(),
                values: vec![("code", code.id.clone())],
            })
        } else {
            Cell::text("")
        };
        vec![
            Cell::Figures(said::moment(code.issued_at_us)),
            Cell::Figures(said::moment(code.expires_at_us)),
            Cell::Text(state),
            last,
        ]
    };
    Group::Table {
        title: t.t("codes-title").into_owned(),
        lead: t.t("codes-lead").into_owned(),
        table: table(
            t,
            &["code-issued", "code-until", "staff-state", "me-do"],
            codes.iter().map(row).collect(),
        ),
        nothing: t.t("codes-nothing").into_owned(),
    }
}

/// User names in use: that they have secrets, never which.
fn credentials(seat: &Seat, of: &Of, t: Texts) -> Group {
    let (snapshot, now_us) = (seat.console.road.exchange.snapshot(), seat.now_us());
    let row = |(username, credential): (&str, &dancu_exchange::Credential)| {
        let former = credential.former(now_us).map(|former| said::moment(former.until_us));
        let has = |yes: bool, key: &str| yes.then(|| t.t(key).into_owned());
        let held = [
            has(credential.password.is_some(), "credential-password"),
            has(credential.secret.is_some(), "credential-secret"),
        ];
        vec![
            Cell::text(username),
            Cell::text(held.into_iter().flatten().collect::<Vec<_>>().join(", ")),
            Cell::Figures(former.unwrap_or_default()),
        ]
    };
    let rows = snapshot.credentials_of(&of.system.id).into_iter().map(row).collect();
    Group::Table {
        title: t.t("credentials-title").into_owned(),
        lead: t.t("credentials-lead").into_owned(),
        table: table(t, &["credential-user", "credential-has", "credential-former"], rows),
        nothing: t.t("credentials-nothing").into_owned(),
    }
}

fn deliveries(seat: &Seat, of: &Of, deliveries: &[Delivery], t: Texts) -> Group {
    let may = seat.may(Action::SecretCollect, Some(&of.organisation.id)) == Ruling::Allowed;
    let row = |delivery: &Delivery| {
        let (tone, icon) = match delivery.state {
            DeliveryState::Waiting => (Tone::Info, Icon::Clock),
            DeliveryState::Taken => (Tone::Good, Icon::Check),
            DeliveryState::Lost => (Tone::Bad, Icon::Warning),
            _ => (Tone::Plain, Icon::Stop),
        };
        let label = t.t(&format!("delivery-{}", delivery.state.name())).into_owned();
        let when = match (delivery.state, delivery.taken_at_us) {
            (DeliveryState::Waiting, _) => {
                t.t1("delivery-until", "until", &said::moment(delivery.expires_at_us)).into_owned()
            }
            (_, Some(at)) => t.t1("delivery-taken-at", "at", &said::moment(at)).into_owned(),
            _ => String::new(),
        };
        let last = if may && delivery.state == DeliveryState::Waiting {
            Cell::Button(RowButton {
                label: t.t("delivery-take").into_owned(),
                of: delivery.username.clone(),
                action: format!("/systems/{}/secrets/take", of.system.id),
                csrf: seat.csrf(),
                values: vec![("delivery", delivery.id.clone())],
            })
        } else {
            Cell::text("")
        };
        vec![
            Cell::Lines(vec![delivery.username.clone(), said::moment(delivery.issued_at_us)]),
            Cell::Lines(vec![delivery.subject.clone(), short(&delivery.recipient)]),
            Cell::Badge(Badge { tone, icon, label }),
            Cell::Text(when),
            last,
        ]
    };
    let columns = ["credential-user", "delivery-recipient", "staff-state", "delivery-when", "me-do"];
    Group::Table {
        title: t.t("deliveries-title").into_owned(),
        lead: t.t("deliveries-lead").into_owned(),
        table: table(t, &columns, deliveries.iter().map(row).collect()),
        nothing: t.t("deliveries-nothing").into_owned(),
    }
}

fn recipients(seat: &Seat, recipients: &[RecordedRecipient], t: Texts) -> Group {
    let now_us = seat.now_us();
    let row = |recipient: &RecordedRecipient| {
        let (tone, icon, key) = if recipient.revoked_at_us.is_some() {
            (Tone::Bad, Icon::Stop, "certificate-revoked")
        } else if recipient.not_after_us <= now_us {
            (Tone::Plain, Icon::Clock, "certificate-over")
        } else {
            (Tone::Good, Icon::Check, "certificate-good")
        };
        vec![
            Cell::Lines(vec![recipient.subject.clone(), short(&recipient.fingerprint)]),
            Cell::Figures(said::date_of(recipient.not_after_us)),
            Cell::Figures(said::date_of(recipient.registered_at_us)),
            Cell::Badge(Badge { tone, icon, label: t.t(key).into_owned() }),
        ]
    };
    let columns = ["recipient-name", "certificate-until", "recipient-since", "staff-state"];
    Group::Table {
        title: t.t("recipients-title").into_owned(),
        lead: t.t("recipients-lead").into_owned(),
        table: table(t, &columns, recipients.iter().map(row).collect()),
        nothing: t.t("recipients-nothing").into_owned(),
    }
}

/// What this person may do, each a form; what comes next is open, the rest is folded.
fn acts(seat: &Seat, of: &Of, known: &Known, t: Texts) -> Vec<Act> {
    let may = |action| seat.may(action, Some(&of.organisation.id)) == Ruling::Allowed;
    let now_us = seat.now_us();
    let usable: Vec<&RecordedRecipient> = known
        .recipients
        .iter()
        .filter(|recipient| recipient.revoked_at_us.is_none() && recipient.not_after_us > now_us)
        .collect();
    let mut acts = Vec::new();
    if may(Action::SecretCreate) {
        let register = super::recipients::register_act(seat, of, t);
        if usable.is_empty() {
            acts.push(register);
        } else {
            acts.push(super::secrets::issue_act(seat, of, &usable, t));
            acts.push(register.folded());
        }
    }
    if may(Action::CertificateIssue) && seat.console.enrolment.is_some() {
        acts.push(super::certificates::code_act(seat, of, t));
    }
    if may(Action::CertificateRequest) && seat.console.enrolment.is_some() {
        acts.push(super::certificates::request_act(seat, of, t).folded());
    }
    if may(Action::CertificateRevoke) {
        acts.extend(super::certificates::revoke_act(seat, of, t).map(Act::folded));
    }
    if may(Action::SecretRevoke) {
        acts.extend(super::secrets::revoke_act(seat, of, t).map(Act::folded));
        acts.extend(super::recipients::revoke_act(seat, of, &usable, t).map(Act::folded));
    }
    acts
}
