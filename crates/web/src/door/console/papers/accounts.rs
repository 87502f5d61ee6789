//! The accounts of a system as lines of the registration form.
use super::super::seat::{Seat, blocking};
use super::super::words;
use super::known::Known;
use dancu_papers::AccountRow;
use dancu_policy::AccountState;
use std::sync::Arc;

/// A line for each account in use: name; login; telephone; agency's code; agency; role; cases a day; queries a case; purpose.
pub(super) async fn lines(seat: &Seat, system: &str) -> String {
    let console = Arc::clone(&seat.console);
    let system = system.to_owned();
    let read = blocking(move || {
        let exchange = &console.road.exchange;
        let snapshot = exchange.snapshot();
        let Some(of) = snapshot.rules.system(&system) else { return String::new() };
        let mut accounts: Vec<_> =
            of.accounts().filter(|account| account.state != AccountState::Closed).cloned().collect();
        accounts.sort_by(|a, b| a.login.cmp(&b.login));
        let ids: Vec<_> = accounts.iter().map(|account| account.id.clone()).collect();
        let phones = exchange.account_phones(&ids).unwrap_or_default();
        let t = Known::vietnamese();
        let line = |account: &Arc<dancu_policy::Account>| {
            let registered = console.campaigns.registered_of(&account.id).unwrap_or_default();
            let (cases, queries) = registered.factors.unwrap_or((account.daily_quota, 1));
            let role = t.t(&format!("role-{}", words::dashed(account.role.name())));
            [
                account.officer_name.as_str(),
                &account.login,
                phones.get(&account.id).map_or("", String::as_str),
                &account.agency_code.to_string(),
                &registered.agency_name,
                &role,
                &cases.to_string(),
                &queries.to_string(),
                &registered.purpose,
            ]
            .join("; ")
        };
        accounts.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    read.await.unwrap_or_default()
}

/// A line as a row of the form; what is missing in it is empty.
pub(super) fn row(parts: &[String]) -> AccountRow {
    let part = |at: usize| parts.get(at).cloned().unwrap_or_default();
    let number = |at: usize| part(at).replace(['.', ' '], "").parse().unwrap_or_default();
    AccountRow {
        full_name: part(0),
        login: part(1),
        phone: part(2),
        agency_code: part(3),
        agency_name: part(4),
        role: part(5),
        cases_a_day: number(6),
        queries_a_case: number(7),
        purpose: part(8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_becomes_a_row() {
        let parts: Vec<String> = [
            "Lê Mai",
            "lemai.stp",
            "0912 345 678",
            "H55.1",
            "Sở Tư pháp",
            "Công chức",
            "1.200",
            "2",
            "Hộ tịch",
        ]
        .map(str::to_owned)
        .to_vec();
        let row = row(&parts);
        assert_eq!((row.cases_a_day, row.queries_a_day(), row.purpose.as_str()), (1200, 2400, "Hộ tịch"));
        assert!(super::row(&[]).login.is_empty());
    }
}
