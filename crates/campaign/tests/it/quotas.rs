//! Requests to raise a quota.
use crate::world::{DAY_US, MANAGER, NOW_US, OFFICER, OWN, day, servers};
use dancu_campaign::{CampaignError, Deed, News, QuotaAsk, QuotaState, Reach, Refusal};
use dancu_citizen::CivilDate;

fn ask(account: &str, cases: u32, until: Option<CivilDate>) -> QuotaAsk<'_> {
    QuotaAsk { account, cases_a_day: cases, queries_a_case: 3, until, reason: "Cao điểm tuyển sinh" }
}

#[test]
fn a_quota_is_raised_by_another_than_who_asked_and_goes_back_after_its_last_day() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let until = Some(day("2026-11-30"));
        let id = campaigns.request_quota(&ask("account-1", 100, until), OWN, MANAGER, NOW_US).unwrap();
        assert_eq!(server.account("account-1").daily_quota, 150, "{name}: asking changes nothing");
        let pending = campaigns.request_quota(&ask("account-1", 200, None), OWN, MANAGER, NOW_US);
        assert!(matches!(pending, Err(CampaignError::Refused(Refusal::Pending))), "{name}");
        let own = campaigns.decide_quota(&id, true, "", MANAGER, NOW_US);
        assert!(matches!(own, Err(CampaignError::Refused(Refusal::OwnRequest))), "{name}");

        let granted = campaigns.decide_quota(&id, true, "Đồng ý", OFFICER, NOW_US + 1).unwrap();
        assert_eq!((granted.state, granted.quota, granted.was), (QuotaState::Granted, 300, 150));
        assert_eq!(
            (granted.answer.as_deref(), granted.reason.as_str()),
            (Some("Đồng ý"), "Cao điểm tuyển sinh")
        );
        assert_eq!(server.account("account-1").daily_quota, 300, "{name}");
        let again = campaigns.decide_quota(&id, false, "", OFFICER, NOW_US);
        assert!(matches!(again, Err(CampaignError::Refused(_))), "{name}");

        assert_eq!(
            campaigns.tick(NOW_US + 9 * DAY_US).unwrap().quotas_ended,
            0,
            "{name}: the last day counts"
        );
        assert_eq!(campaigns.tick(NOW_US + 10 * DAY_US).unwrap().quotas_ended, 1, "{name}");
        assert_eq!(campaigns.tick(NOW_US + 10 * DAY_US).unwrap().quotas_ended, 0, "{name}: once");
        assert_eq!(server.account("account-1").daily_quota, 150, "{name}");
        let (before, after) = server.last_change("account-1");
        assert_eq!((before.unwrap().daily_quota, after.daily_quota), (300, 150));
        assert_eq!(
            campaigns.history("account-1", 9).unwrap().iter().map(|l| l.deed).collect::<Vec<_>>(),
            [Deed::QuotaEnded, Deed::QuotaGranted]
        );
        let news: Vec<News> = campaigns.pending_events(9).unwrap().iter().map(|event| event.news).collect();
        assert_eq!(news, [News::QuotaRequested, News::QuotaDecided, News::QuotaEnded], "{name}");
    }
}

#[test]
fn a_quota_that_somebody_set_since_is_left_alone() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let id = campaigns
            .request_quota(&ask("account-1", 100, Some(day("2026-11-21"))), OWN, MANAGER, NOW_US)
            .unwrap();
        campaigns.decide_quota(&id, true, "", OFFICER, NOW_US).unwrap();
        let set = |change: &mut dancu_exchange::Change<'_, '_>| change.set_account_quota("account-1", 80);
        server.exchange.change_with("test.set", NOW_US, set).unwrap();
        assert_eq!(campaigns.tick(NOW_US + DAY_US).unwrap().quotas_ended, 1);
        assert_eq!(server.account("account-1").daily_quota, 80, "{name}");
    }
}

#[test]
fn what_cannot_be_asked_is_refused_and_what_was_asked_can_be_withdrawn_by_who_asked() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let refused = |ask: &QuotaAsk<'_>, refusal: Refusal| {
            let result = campaigns.request_quota(ask, OWN, MANAGER, NOW_US);
            assert!(matches!(&result, Err(CampaignError::Refused(r)) if *r == refusal), "{name}: {result:?}");
        };
        refused(&ask("account-1", 50, None), Refusal::QuotaRange);
        refused(&ask("account-1", 0, None), Refusal::QuotaRange);
        refused(&ask("account-1", 4000, None), Refusal::QuotaRange);
        refused(&ask("account-1", u32::MAX, None), Refusal::QuotaRange);
        refused(&ask("account-1", 100, Some(day("2026-11-20"))), Refusal::Day);
        let other = campaigns.request_quota(&ask("account-9", 100, None), OWN, MANAGER, NOW_US);
        assert!(
            matches!(other, Err(CampaignError::Unknown { .. })),
            "{name}: another's account does not exist"
        );

        let id = campaigns.request_quota(&ask("account-1", 100, None), OWN, MANAGER, NOW_US).unwrap();
        assert_eq!(campaigns.quota_requests(QuotaState::Requested, OWN, None, 9).unwrap().len(), 1);
        assert!(
            campaigns.quota_requests(QuotaState::Requested, Reach::Of("bank"), None, 9).unwrap().is_empty()
        );
        let not_yours = campaigns.withdraw_quota(&id, OFFICER, NOW_US);
        assert!(matches!(not_yours, Err(CampaignError::Refused(Refusal::NotYours))), "{name}");
        campaigns.withdraw_quota(&id, MANAGER, NOW_US).unwrap();
        assert!(campaigns.decide_quota(&id, true, "", OFFICER, NOW_US).is_err(), "{name}");
        assert_eq!(server.account("account-1").daily_quota, 150, "{name}");
        assert_eq!(campaigns.quota_requests_of("account-1", 9).unwrap()[0].state, QuotaState::Withdrawn);
    }
}
