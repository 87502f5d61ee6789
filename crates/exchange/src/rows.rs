//! Statements that write, one function for each kind of entry. All run inside a transaction of `exchange.rs`.
use crate::sealed::{SealedCredential, SealedOfficer};
use crate::{CertificateEntry, ExchangeError, OfficerEntry};
use dancu_citizen::{CivilDate, FieldSet};
use dancu_policy::{Agreement, Organisation, System};
use dancu_storage::{Tx, Value};

type Done = Result<(), ExchangeError>;

/// Counts one more change.
pub(crate) fn bump(tx: &mut Tx<'_>, now_us: i64) -> Done {
    tx.execute(
        "INSERT INTO exchange_version (id, version, changed_at_us) VALUES (1, 1, $1)
         ON CONFLICT (id) DO UPDATE SET
            version = exchange_version.version + 1, changed_at_us = excluded.changed_at_us",
        &[now_us.into()],
    )?;
    Ok(())
}

pub(crate) fn organisation(tx: &mut Tx<'_>, o: &Organisation, now_us: i64) -> Done {
    tx.execute(
        "INSERT INTO organisation (id, agency_code, name, state, changed_at_us) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET
            agency_code = excluded.agency_code, name = excluded.name, state = excluded.state,
            changed_at_us = excluded.changed_at_us",
        &[text(&o.id), o.code.as_str().into(), text(&o.name), o.state.name().into(), now_us.into()],
    )?;
    Ok(())
}

/// Writes the system and replaces its networks. The time of its state is kept while the state is the same.
pub(crate) fn system(tx: &mut Tx<'_>, s: &System, now_us: i64) -> Done {
    known_organisation(tx, &s.organisation)?;
    let hours = s.hours.map(dancu_policy::Hours::parts);
    tx.execute(
        "INSERT INTO system (
            id, organisation, name, state, state_reason, state_at_us, security_level, assessed_until,
            assessment_exempt, commitment_signed_on, hours_weekdays, hours_from, hours_to, daily_quota,
            per_call_window_s, replay_window_s, changed_at_us)
         VALUES ($1, $2, $3, $4, NULL, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $5)
         ON CONFLICT (id) DO UPDATE SET
            organisation = excluded.organisation, name = excluded.name,
            state_reason = CASE WHEN system.state = excluded.state THEN system.state_reason ELSE NULL END,
            state_at_us = CASE WHEN system.state = excluded.state THEN system.state_at_us
                ELSE excluded.state_at_us END,
            state = excluded.state, security_level = excluded.security_level,
            assessed_until = excluded.assessed_until, assessment_exempt = excluded.assessment_exempt,
            commitment_signed_on = excluded.commitment_signed_on, hours_weekdays = excluded.hours_weekdays,
            hours_from = excluded.hours_from, hours_to = excluded.hours_to, daily_quota = excluded.daily_quota,
            per_call_window_s = excluded.per_call_window_s, replay_window_s = excluded.replay_window_s,
            changed_at_us = excluded.changed_at_us",
        &[
            text(&s.id),
            text(&s.organisation),
            text(&s.name),
            s.state.name().into(),
            now_us.into(),
            s.security_level.into(),
            day(s.assessed_until),
            s.assessment_exempt.into(),
            day(s.commitment_signed_on),
            hours.map(|h| h.0).into(),
            hours.map(|h| h.1).into(),
            hours.map(|h| h.2).into(),
            s.daily_quota.into(),
            s.per_call_window_s.into(),
            s.replay_window_s.into(),
        ],
    )?;
    tx.execute("DELETE FROM system_network WHERE system = $1", &[text(&s.id)])?;
    let networks: Vec<Vec<Value>> =
        s.networks.iter().map(|n| vec![text(&s.id), n.to_string().into()]).collect();
    tx.execute_many(
        "INSERT INTO system_network (system, network) VALUES ($1, $2) ON CONFLICT (system, network) DO NOTHING",
        &networks,
    )?;
    Ok(())
}

/// A revoked certificate stays revoked, whoever puts it in again.
pub(crate) fn certificate(tx: &mut Tx<'_>, c: &CertificateEntry, now_us: i64) -> Done {
    known_system(tx, &c.system)?;
    let written = tx.execute(
        "INSERT INTO system_certificate (fingerprint, system, not_after_us, revoked_at_us, changed_at_us)
         VALUES ($1, $2, $3, NULL, $4)
         ON CONFLICT (fingerprint) DO UPDATE SET
            not_after_us = excluded.not_after_us, changed_at_us = excluded.changed_at_us
         WHERE system_certificate.system = excluded.system",
        &[c.fingerprint.into(), text(&c.system), c.not_after_us.into(), now_us.into()],
    )?;
    own(written, "certificate")
}

/// Replaces the credentials of a user name, closed ones and former ones too.
pub(crate) fn credential(
    tx: &mut Tx<'_>,
    username: &str,
    system: &str,
    service_urls: &[String],
    sealed: &SealedCredential,
    now_us: i64,
) -> Done {
    known_system(tx, system)?;
    let written = tx.execute(
        "INSERT INTO credential (username, system, password, secret, service_urls, closed_at_us, changed_at_us)
         VALUES ($1, $2, $3, $4, $5, NULL, $6)
         ON CONFLICT (username) DO UPDATE SET
            password = excluded.password, secret = excluded.secret, service_urls = excluded.service_urls,
            closed_at_us = NULL, changed_at_us = excluded.changed_at_us
         WHERE credential.system = excluded.system",
        &[
            text(username),
            text(system),
            sealed.password.as_ref().into(),
            sealed.secret.as_ref().into(),
            service_urls.join("\n").into(),
            now_us.into(),
        ],
    )?;
    own(written, "user name")?;
    forget_former(tx, username)
}

/// Former credentials are taken no more.
pub(crate) fn forget_former(tx: &mut Tx<'_>, username: &str) -> Done {
    tx.execute("DELETE FROM credential_former WHERE username = $1", &[text(username)])?;
    Ok(())
}

/// Writes the agreement and replaces its purposes.
pub(crate) fn agreement(tx: &mut Tx<'_>, a: &Agreement, now_us: i64) -> Done {
    known_system(tx, &a.system)?;
    let written = tx.execute(
        "INSERT INTO agreement (
            id, system, near, verify_fields, look_up_fields, verify_rule, default_purpose, valid_from, valid_to,
            changed_at_us)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (id) DO UPDATE SET
            near = excluded.near, verify_fields = excluded.verify_fields,
            look_up_fields = excluded.look_up_fields, verify_rule = excluded.verify_rule,
            default_purpose = excluded.default_purpose, valid_from = excluded.valid_from,
            valid_to = excluded.valid_to, changed_at_us = excluded.changed_at_us
         WHERE agreement.system = excluded.system",
        &[
            text(&a.id),
            text(&a.system),
            a.near.into(),
            a.grants.verify.map(names).into(),
            a.grants.look_up.map(names).into(),
            names(a.verify_rule).into(),
            a.default_purpose.as_deref().into(),
            a.valid_from.iso().into(),
            day(a.valid_to),
            now_us.into(),
        ],
    )?;
    own(written, "agreement")?;
    tx.execute("DELETE FROM agreement_purpose WHERE agreement = $1", &[text(&a.id)])?;
    let purposes: Vec<Vec<Value>> = a
        .purposes
        .iter()
        .map(|(code, purpose)| {
            vec![text(&a.id), text(code), purpose.case_required.into(), purpose.name.as_deref().into()]
        })
        .collect();
    tx.execute_many(
        "INSERT INTO agreement_purpose (agreement, code, case_required, name) VALUES ($1, $2, $3, $4)",
        &purposes,
    )?;
    Ok(())
}

pub(crate) fn account(tx: &mut Tx<'_>, entry: &OfficerEntry, sealed: &SealedOfficer, now_us: i64) -> Done {
    let a = &entry.account;
    known_system(tx, &a.system)?;
    let other = tx.query_opt(
        "SELECT 1 FROM account WHERE system = $1 AND login_hash = $2 AND id <> $3",
        &[text(&a.system), sealed.login_hash.into(), text(&a.id)],
    )?;
    if other.is_some() {
        return Err(ExchangeError::Taken("login"));
    }
    let written = tx.execute(
        "INSERT INTO account (
            id, system, login_hash, login, officer_hash, officer_number, officer_name, phone, role, agency_code,
            daily_quota, state, password, changed_at_us)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (id) DO UPDATE SET
            login_hash = excluded.login_hash, login = excluded.login, officer_hash = excluded.officer_hash,
            officer_number = excluded.officer_number, officer_name = excluded.officer_name,
            phone = excluded.phone, role = excluded.role, agency_code = excluded.agency_code,
            daily_quota = excluded.daily_quota, state = excluded.state,
            password = COALESCE(excluded.password, account.password), changed_at_us = excluded.changed_at_us
         WHERE account.system = excluded.system",
        &[
            text(&a.id),
            text(&a.system),
            sealed.login_hash.into(),
            (&sealed.login).into(),
            sealed.officer_hash.into(),
            sealed.officer_number.as_ref().into(),
            (&sealed.officer_name).into(),
            sealed.phone.as_ref().into(),
            a.role.name().into(),
            a.agency_code.as_str().into(),
            a.daily_quota.into(),
            a.state.name().into(),
            sealed.password.as_ref().into(),
            now_us.into(),
        ],
    )?;
    own(written, "account id")
}

/// Runs a statement that changes one row by its key; the row must be there.
pub(crate) fn change(
    tx: &mut Tx<'_>,
    what: &'static str,
    id: &str,
    sql: &'static str,
    parameters: &[Value],
) -> Done {
    if tx.execute(sql, parameters)? == 0 { Err(ExchangeError::unknown(what, id)) } else { Ok(()) }
}

pub(crate) fn known_organisation(tx: &mut Tx<'_>, id: &str) -> Done {
    known(tx, "organisation", "SELECT 1 FROM organisation WHERE id = $1", id)
}

pub(crate) fn known_system(tx: &mut Tx<'_>, id: &str) -> Done {
    known(tx, "system", "SELECT 1 FROM system WHERE id = $1", id)
}

fn known(tx: &mut Tx<'_>, what: &'static str, sql: &'static str, id: &str) -> Done {
    tx.query_opt(sql, &[id.into()])?.map(|_| ()).ok_or_else(|| ExchangeError::unknown(what, id))
}

/// The update of an upsert is bound to the same system; no row written means that another one owns the key.
fn own(written: u64, what: &'static str) -> Done {
    if written == 0 { Err(ExchangeError::Taken(what)) } else { Ok(()) }
}

fn text(text: &str) -> Value {
    text.into()
}

fn day(day: Option<CivilDate>) -> Value {
    day.map(CivilDate::iso).into()
}

/// Fields by name, since the numbering of the enum is not kept for ever.
fn names(fields: FieldSet) -> String {
    fields.iter().map(dancu_citizen::Field::name).collect::<Vec<_>>().join(" ")
}
