//! What waits for whom, and finding it.
use crate::scene::{DAY, MANAGER, NOW, OFFICER, ORG, connected, deed, everywhere, request, sandbox, submit};
use dancu_governance::{Channel, Content, Find, Governance, Kind, Matter, State, Step, Ticket};
use dancu_policy::duty::Action;

/// Requests of several organisations, each submitted a day after the one before; ids in that order.
fn crowd(g: &Governance, organisations: usize) -> Vec<String> {
    let open = |n: usize| {
        let mut request = request();
        request.organisation_name = format!("Sở Tư pháp số {n}");
        let (organisation, system) = (format!("org-{n}"), format!("system-{n}"));
        let id = g.open_connection(&organisation, &system, &request, deed(MANAGER, NOW)).unwrap();
        submit(g, &id, NOW + i64::try_from(n).unwrap() * DAY);
        id
    };
    (0..organisations).map(open).collect()
}

fn ids(matters: &[Matter]) -> Vec<String> {
    matters.iter().map(|matter| matter.id.clone()).collect()
}

#[test]
fn the_list_has_what_waits_by_deadline_page_by_page_and_nothing_else() {
    everywhere(|name, s| {
        let g = &s.g;
        let requests = crowd(g, 5);
        let ticket = Content::Ticket(Ticket {
            channel: Channel::Mail,
            name: "A".into(),
            contact: "a@b.c".into(),
            subject: "x".into(),
            text: "y".into(),
            thread: Vec::new(),
        });
        // Without a deadline of the data a draft has none and comes last.
        let draft = g.open_connection(ORG, "draft", &request(), deed(MANAGER, NOW)).unwrap();
        let ticket = g.open_case(&ticket, "org-3", None, &[], deed(MANAGER, NOW + 30 * DAY)).unwrap();

        let duties = [Action::ConnectionReceive, Action::TicketReply];
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = g.work_list(&duties, None, after, 2).unwrap();
            assert!(page.matters.len() <= 2);
            seen.extend(page.matters);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut expected = requests.clone();
        expected.push(ticket.clone());
        assert_eq!(ids(&seen).len(), 6, "{name}");
        let deadlines: Vec<_> = seen.iter().map(|matter| matter.deadline_us.unwrap()).collect();
        assert!(deadlines.is_sorted(), "{name}");
        expected.sort();
        let mut found = ids(&seen);
        found.sort();
        assert_eq!(found, expected, "{name}");

        let own = g.work_list(&duties, Some("org-3"), None, 10).unwrap();
        assert_eq!((ids(&own.matters).len(), own.next), (2, None), "{name}: one organisation's");
        let mine = g.work_list(&[Action::ConnectionSubmit], Some(ORG), None, 10).unwrap();
        assert_eq!(ids(&mine.matters), [draft], "{name}");
        assert!(
            g.work_list(&[Action::ConnectionSubmit], Some("org-3"), None, 10).unwrap().matters.is_empty()
        );
        assert!(g.work_list(&[], None, None, 10).unwrap().matters.is_empty(), "{name}: no duty, no work");

        // What is done leaves the list, and comes onto somebody else's.
        g.receive(&requests[0], &sandbox(), deed(OFFICER, NOW)).unwrap();
        let left = g.work_list(&[Action::ConnectionReceive], None, None, 10).unwrap();
        assert!(!ids(&left.matters).contains(&requests[0]), "{name}");
        let judged = g.work_list(&[Action::ConnectionJudgeTest], None, None, 10).unwrap();
        assert_eq!(ids(&judged.matters), [requests[0].clone()], "{name}");
    });
}

#[test]
fn matters_are_found_by_names_without_marks_state_system_and_deadline() {
    everywhere(|name, s| {
        let g = &s.g;
        let requests = crowd(g, 4);
        let live = connected(g);
        let find = |find: Find| {
            let mut found = ids(&g.find(&find, None, 100).unwrap().matters);
            found.sort();
            found
        };
        let kind = Some(Kind::Connection);
        let by = |text: &str| find(Find { kind, text: text.into(), ..Find::default() });
        assert_eq!(by("SO TU PHAP SO 2"), [requests[2].clone()], "{name}");
        assert_eq!(by("thái nguyên"), std::slice::from_ref(&live), "{name}");
        assert_eq!(by("thai nguyen").len(), 1);
        assert_eq!(by("").len(), 5);
        assert_eq!(by("%").len(), 5, "{name}: signs mean nothing");
        assert!(by("Nguyễn Văn An").is_empty(), "{name}: nobody is found");
        let state = Some(State::Submitted);
        assert_eq!(find(Find { kind, state, ..Find::default() }).len(), 4);
        let organisation = Some("org-1".to_owned());
        assert_eq!(
            find(Find { organisation: organisation.clone(), text: "so 2".into(), ..Find::default() }).len(),
            0
        );
        assert_eq!(find(Find { organisation, ..Find::default() }), [requests[1].clone()]);
        let system = Some("one-stop".to_owned());
        assert_eq!(find(Find { kind: Some(Kind::Assessment), system, ..Find::default() }).len(), 1);
        let due = g.matter(&requests[1]).unwrap().unwrap().deadline_us;
        let on_that_day = Find { kind, due_from_us: due, due_to_us: due, ..Find::default() };
        assert!(find(on_that_day).contains(&requests[1]), "{name}");
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = g.find(&Find { kind, ..Find::default() }, after, 2).unwrap();
            seen.extend(ids(&page.matters));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 5, "{name}: page by page");
        assert!(g.take(&live, Step::Reopen, deed(MANAGER, NOW)).is_err());
    });
}

#[test]
fn the_work_list_reads_an_index() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let g = crate::scene::lone(&store).g;
        crowd(&g, 2);
        if !name.starts_with("sqlite") {
            // A planner that knows how few rows there are reads them all, and is right to.
            continue;
        }
        let plan = store.read("test.plan", |tx| {
            tx.explain(
                "SELECT id FROM governance_matter WHERE duty = $1 AND (deadline_us > $2 OR (deadline_us = $2 AND id > $3))
                 ORDER BY deadline_us, id LIMIT $4",
                &["x".into(), 0_i64.into(), "".into(), 5_i64.into()],
            )
        });
        let plan = plan.unwrap().join("\n");
        assert!(plan.contains("governance_matter_duty") && !plan.contains("TEMP B-TREE"), "{name}: {plan}");
    }
}
