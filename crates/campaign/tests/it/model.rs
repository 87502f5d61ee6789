//! A review under any sequence of what people and time do, against a model that fits on a page.
use crate::world::{DAY_US, MANAGER, NOW_US, OFFICER, OWN, day, ring, server};
use dancu_campaign::{AccountChange, Action, Decide, Decision, NewReview, Reach, RowState, Scope};
use dancu_policy::AccountState;
use dancu_storage::testing::sqlite_store;
use proptest::prelude::*;

const ACCOUNTS: [&str; 2] = ["account-1", "account-2"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_tables_follow_the_model(path in prop::collection::vec((0..2_usize, 0..4_usize), 0..12)) {
        let (store, guard) = sqlite_store();
        let server = server("sqlite", store, guard, ring());
        let campaigns = &server.campaigns;
        let given = NewReview {
            title: "x",
            scope: Scope::All,
            opens: day("2026-11-21"),
            deadline: day("2026-12-05"),
            facts_from: day("2026-05-21"),
        };
        let review = campaigns.plan_review(&given, OFFICER, NOW_US).unwrap();
        let mut model = [RowState::Open; 2];
        for (at, action) in path {
            let account = ACCOUNTS[at];
            let (action, decision) = [
                (Action::Confirm, Some(Decision::Confirm)),
                (Action::Change, Some(Decision::Change(AccountChange { daily_quota: Some(7), ..AccountChange::default() }))),
                (Action::Close, Some(Decision::Close)),
                (Action::Undo, None),
            ][action].clone();
            let done = match decision {
                Some(decision) => {
                    let given = Decide { review: &review, accounts: &[account], decision, note: "", holder: "" };
                    campaigns.decide(&given, OWN, MANAGER, NOW_US)
                }
                None => campaigns.undo_decision(&review, &[account], OWN, MANAGER, NOW_US),
            };
            let next = model[at].after(action);
            prop_assert_eq!(done.is_ok(), next.is_some());
            model[at] = next.unwrap_or(model[at]);
            let now = server.account(account);
            prop_assert_eq!(now.daily_quota == 7, model[at] == RowState::Changed);
            prop_assert_eq!(now.state == AccountState::Locked, model[at] == RowState::Closing);
        }
        campaigns.tick(NOW_US + 15 * DAY_US).unwrap();
        for row in campaigns.review_rows(&review, Reach::All, None, None, 9).unwrap() {
            let Some(at) = ACCOUNTS.iter().position(|account| *account == row.account) else { continue };
            let end = model[at].after(Action::Deadline).unwrap_or(model[at]);
            prop_assert_eq!(row.state, end);
            let want = match end {
                RowState::Closed => AccountState::Closed,
                RowState::Locked => AccountState::Locked,
                _ => AccountState::Active,
            };
            prop_assert_eq!(server.state(&row.account), want);
        }
    }
}
