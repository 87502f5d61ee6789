//! A request is checked field by field.
use crate::scene::{MANAGER, NOW, ORG, SYSTEM, attach, deed, lone, request};
use dancu_governance::{Content, GovernanceError, Request, Step, Wrong};

type Spoil = fn(&mut Request);

#[test]
fn every_field_that_is_missing_or_wrong_is_named() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let g = lone(&store).g;
    assert!(g.problems(&request(), NOW).unwrap().is_empty());
    let empty: Vec<String> =
        g.problems(&Request::default(), NOW).unwrap().into_iter().map(|p| p.field).collect();
    for field in [
        "organisation_name",
        "agency_code",
        "functions",
        "tasks",
        "powers",
        "system_name",
        "system_kind",
        "officer.full_name",
        "officer.position",
        "officer.phone",
        "officer.email",
        "officer.unit",
        "purpose",
        "scope",
        "content",
        "purposes",
        "services",
        "technical.summary",
        "technical.connection_model",
        "technical.networks",
        "technical.daily_calls",
        "technical.security_level",
    ] {
        assert!(empty.iter().any(|named| named == field), "{field} is demanded");
    }
    let spoilt: [(Spoil, &str, Wrong); 14] = [
        (|r| r.agency_code = "h55".into(), "agency_code", Wrong::Form),
        (|r| r.system_kind = "toaster".into(), "system_kind", Wrong::Unknown),
        (|r| r.officer.phone = "gọi tôi".into(), "officer.phone", Wrong::Form),
        (|r| r.officer.email = "an@".into(), "officer.email", Wrong::Form),
        (|r| r.purposes.push(r.purposes[0].clone()), "purposes.1.code", Wrong::Twice),
        (|r| r.services[0].field_count = 5, "services.0.field_count", Wrong::Contradiction),
        (|r| r.services[1].fields = vec!["salary".into(), "sex".into()], "services.1.fields", Wrong::Unknown),
        (|r| r.services[1].fields = vec!["sex".into(), "sex".into()], "services.1.fields", Wrong::Twice),
        (|r| r.services[1].service = "verify".into(), "services.1.service", Wrong::Twice),
        (|r| r.services[0].service = "erase".into(), "services.0.service", Wrong::Unknown),
        (|r| r.technical.networks = vec!["10.0.0.1/8".into()], "technical.networks.0", Wrong::Form),
        (|r| r.technical.security_level = 6, "technical.security_level", Wrong::Range),
        (|r| r.functions = "x".repeat(8001), "functions", Wrong::TooLong(8000)),
        (|r| r.system_name = "a\nb".into(), "system_name", Wrong::Form),
    ];
    for (spoil, field, wrong) in spoilt {
        let mut request = request();
        spoil(&mut request);
        let problems = g.problems(&request, NOW).unwrap();
        let found: Vec<_> = problems.iter().map(|p| (p.field.as_str(), p.wrong)).collect();
        assert_eq!(found, [(field, wrong)]);
    }
}

#[test]
fn a_draft_may_be_unfinished_and_is_not_submitted_so() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let g = lone(&store).g;
    let draft = Request { system_name: "Một cửa".into(), ..Request::default() };
    let id = g.open_connection(ORG, SYSTEM, &draft, deed(MANAGER, NOW)).unwrap();
    attach(&g, &id, "request_form", MANAGER, NOW);
    attach(&g, &id, "technical_description", MANAGER, NOW);
    let GovernanceError::Invalid(problems) = g.take(&id, Step::Submit, deed(MANAGER, NOW)).unwrap_err()
    else {
        panic!("it went through");
    };
    assert!(problems.len() > 15 && problems.iter().all(|p| p.field != "system_name"));
    let long = Request { scope: "x".repeat(9000), ..Request::default() };
    assert!(g.write(&id, &Content::Connection(Box::new(long)), deed(MANAGER, NOW)).is_err());
    g.write(&id, &Content::Connection(Box::new(request())), deed(MANAGER, NOW)).unwrap();
    g.take(&id, Step::Submit, deed(MANAGER, NOW)).unwrap();
}

#[test]
fn a_system_of_another_organisation_is_not_asked_for() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let s = lone(&store);
    crate::scene::connected(&s.g);
    let other = s.g.open_connection("bo-y-te", "hospital", &request(), deed(MANAGER, NOW)).unwrap();
    attach(&s.g, &other, "request_form", MANAGER, NOW);
    attach(&s.g, &other, "technical_description", MANAGER, NOW);
    s.g.take(&other, Step::Submit, deed(MANAGER, NOW)).unwrap();
    let taken = s.g.open_connection("bo-y-te", SYSTEM, &request(), deed(MANAGER, NOW)).unwrap_err();
    assert!(matches!(taken, GovernanceError::Taken(_)));
    let odd = s.g.open_connection("bo y te", "x", &request(), deed(MANAGER, NOW)).unwrap_err();
    assert!(matches!(odd, GovernanceError::Impossible(_)));
    let rule = s.g.open_connection(ORG, "x", &request(), deed("rule:deadline", NOW)).unwrap_err();
    assert!(matches!(rule, GovernanceError::Impossible(_)), "nobody passes for a rule");
}
