//! The watch in the service: what a rule finds stops calls, at all servers, until it is released; and nobody guesses a person.
use crate::app::App;
use crate::ask::{Ask, Via};
use crate::check::{Journalled, receipted, refused};
use crate::scene::{HTMC, LOGIN, OFFICER, OTHER_OFFICER};
use crate::workstation::{look_up, peer, search};
use crate::{Engine, eventually, on_both_engines};
use dancu::config::{Config, FeedReceiver};
use dancu_catalogue::Code;
use dancu_governance::{Content, HaltAction, Kind, Order, State, Target};
use dancu_journal::{Answered, Outcome};
use dancu_policy::SystemState;
use dancu_watch::{Action, Alert, AlertQuery, Rule};
use serde_json::Value;
use std::io::Read as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

on_both_engines!(
    what_a_rule_finds_stops_the_account_at_all_servers_until_it_is_released,
    a_rule_that_brakes_systems_stops_the_whole_system,
    a_rule_that_suspends_gives_one_order_however_often_it_is_told_to,
    a_person_is_not_guessed_by_many_callers_and_answers_come_back_with_time,
    a_number_that_nobody_bears_answers_as_one_that_somebody_bears,
);

const OTHER: &str = "lethimai.stttt";
const MINUTE_US: i64 = 60_000_000;

fn watching(config: &mut Config) {
    config.watch.judge = true;
    config.watch.pause_ms = 20;
    config.watch.poll_ms = 50;
}

/// Rules by which a sequence over a whole system is acted upon.
fn acting(config: &mut Config, action: &str) {
    watching(config);
    let built_in = include_str!("../../../watch/data/watch.toml");
    let row = built_in.split("[[rule]]").find(|row| row.contains("name = \"sequence\"")).unwrap();
    let row = row.replace("action = \"brake\"", &format!("action = \"{action}\""));
    let row = row.replace("brake_system = 0", "brake_system = 1");
    let file = PathBuf::from(&config.journal.directory).with_file_name("rules.toml");
    std::fs::write(&file, format!("[[rule]]{row}")).unwrap();
    config.watch.rules_file = file;
}

/// Claims about numbers that follow each other, by these officers in turn.
async fn harvest(app: &App, accounts: &[(&'static str, &'static str)]) {
    const NUMBERS: [&str; 8] = [
        "001185004001",
        "001185004002",
        "001185004003",
        "001185004004",
        "001185004005",
        "001185004006",
        "001185004007",
        "001185004008",
    ];
    for (number, (login, officer)) in NUMBERS.into_iter().zip(accounts.iter().cycle()) {
        let ask = Ask { number: Some(number), account: Some(login), officer: Some(officer), ..Ask::verify() };
        assert_eq!(app.ask(Via::Rest, &ask).await.status, 200);
    }
}

async fn alerts(app: &App) -> Vec<Alert> {
    let watch = app.server.office().watch.clone();
    crate::app::blocking(move || watch.alerts(&AlertQuery::default(), 10).unwrap()).await
}

async fn alert(app: &App) -> Alert {
    eventually("an alert", async || !alerts(app).await.is_empty()).await;
    alerts(app).await.remove(0)
}

/// The numbers of entries that tell of orders by rule.
async fn orders(app: &App) -> Vec<u64> {
    let entries = app.calls_from(0).await;
    entries.iter().filter(|entry| entry.call.service == "governance_order").map(|entry| entry.index).collect()
}

async fn what_a_rule_finds_stops_the_account_at_all_servers_until_it_is_released(engine: Engine) {
    let siem = Siem::start();
    let app = App::with(engine, |config| {
        watching(config);
        config.feed.receivers = vec![siem.receiver()];
    })
    .await;
    let beside = app.beside_with(|config| config.feed.receivers = Vec::new()).await;
    harvest(&app, &[(LOGIN, OFFICER)]).await;
    let alert = alert(&app).await;
    assert_eq!((alert.rule, alert.action), (Rule::Sequence, Action::Brake));
    assert_eq!(alert.who.account.as_deref(), Some(&*format!("{HTMC}-{LOGIN}")));
    assert_eq!(alert.evidence.len(), 8);

    for server in [&app, &beside] {
        let brakes = server.road().guard.brakes.clone();
        let on = || brakes.on(HTMC, alert.who.account.as_deref(), server.now_us()).is_some();
        eventually("the brake", async || on()).await;
        for via in Via::BOTH {
            let answer = server.ask(via, &Ask::verify()).await;
            refused(server, via, Code::AccountBraked, &answer, Journalled::Yes).await;
            let entry = receipted(server, &answer).await;
            assert_eq!(entry.call.account_id.as_deref(), alert.who.account.as_deref());
        }
        assert_eq!(look_up(server, &peer(None)).await, Some(Code::AccountBraked), "from the officers' pages");
        assert_eq!(search(server.road(), &peer(None)).await, Some(Code::AccountBraked));
        let other = Ask { account: Some(OTHER), officer: Some(OTHER_OFFICER), ..Ask::verify() };
        assert_eq!(server.ask(Via::Soap, &other).await.status, 200, "another account");
    }

    let (watch, number, now_us) = (app.server.office().watch.clone(), alert.number, app.now_us());
    crate::app::blocking(move || watch.release_brake(number, "giamsat", "đã giải trình", now_us).unwrap())
        .await;
    assert_eq!(app.ask(Via::Rest, &Ask::verify()).await.status, 200, "at once where it was released");
    eventually("the release at the other server", async || {
        beside.ask(Via::Rest, &Ask::verify()).await.status == 200
    })
    .await;

    let told = siem.heard("ALERT_HIGH").await;
    for said in ["rule=\"sequence\"", "alert=\"1\"", "done=\"brake\"", "system=\"htmc\"", "account_hash=\""] {
        assert!(told.contains(said), "{said}: {told}");
    }
    for personal in [LOGIN, OFFICER, "001185004008", "Nguyễn Văn"] {
        assert!(!told.contains(personal), "{personal}: {told}");
    }
    beside.stop().await;
    app.stop().await;
}

async fn a_rule_that_brakes_systems_stops_the_whole_system(engine: Engine) {
    let app = App::with(engine, |config| acting(config, "brake")).await;
    harvest(&app, &[(LOGIN, OFFICER), (OTHER, OTHER_OFFICER)]).await;
    let alert = alert(&app).await;
    assert_eq!((alert.rule, alert.who.account.as_deref()), (Rule::Sequence, None));
    let brakes = app.road().guard.brakes.clone();
    eventually("the brake", async || brakes.on(HTMC, None, app.now_us()).is_some()).await;
    for via in Via::BOTH {
        let answer = app.ask(via, &Ask::look_up()).await;
        refused(&app, via, Code::SystemBraked, &answer, Journalled::Yes).await;
    }
    let mut other = Ask::verify();
    other.by("told-no-near");
    assert_eq!(app.ask(Via::Rest, &other).await.status, 200, "another system");
    app.clock.set(app.now_us() + 61 * MINUTE_US);
    assert_eq!(app.ask(Via::Rest, &Ask::verify()).await.status, 200, "its time is over");
    app.stop().await;
}

async fn a_rule_that_suspends_gives_one_order_however_often_it_is_told_to(engine: Engine) {
    let app = App::with(engine, |config| acting(config, "suspend")).await;
    harvest(&app, &[(LOGIN, OFFICER), (OTHER, OTHER_OFFICER)]).await;
    let alert = alert(&app).await;
    assert_eq!(alert.action, Action::Suspend);
    let governance = app.server.office().governance.clone();
    let halts = || {
        let governance = governance.clone();
        crate::app::blocking(move || governance.of_system(HTMC, Kind::Halt).unwrap())
    };
    eventually("the order", async || !halts().await.is_empty()).await;
    let state = || app.road().exchange.snapshot().rules.system(HTMC).map(|of| of.system.state);
    eventually("its effect", async || state() == Some(SystemState::Suspended)).await;
    for via in Via::BOTH {
        let answer = app.ask(via, &Ask::verify()).await;
        refused(&app, via, Code::SystemSuspended, &answer, Journalled::Yes).await;
    }
    let halt = halts().await.remove(0);
    assert_eq!((halt.state, halt.opened_by.as_str()), (State::InForce, "rule:sequence"));
    let entries = orders(&app).await;
    assert_eq!(entries.len(), 1);
    let entry = app.entry(entries[0]).await.call;
    assert_eq!((entry.form.as_str(), entry.outcome), ("rule", Outcome::Answered(Answered::Served)));
    assert_eq!(entry.personal.officer.as_deref(), Some("rule:sequence"));

    let (governance, id) = (governance.clone(), halt.id.clone());
    let (steps, content) =
        crate::app::blocking(move || (governance.steps(&id).unwrap(), governance.content(&id).unwrap()))
            .await;
    assert_eq!(steps[0].entry, Some(entries[0]), "the entry came first");
    let Content::Halt(order) = content else { panic!("an order has the content of one") };
    assert_eq!((&order.target, order.action), (&Target::System(HTMC.into()), HaltAction::Suspend));
    assert_eq!(order.number, "Cảnh báo 1 (sequence)");

    // As after a crash between the order and the note that it was given.
    let again = Order {
        target: order.target.clone(),
        action: order.action,
        reason: order.reason.clone(),
        number: order.number.clone(),
        remedy_by: None,
    };
    let store = app.store.clone();
    crate::app::blocking(move || {
        store.run_tx("test.forget", |tx| tx.execute("UPDATE watch_alert SET acted = 0", &[])).unwrap()
    })
    .await;
    eventually("done again", async || {
        let store = app.store.clone();
        let sql = "SELECT 1 FROM watch_alert WHERE acted = 0";
        crate::app::blocking(move || store.read("test.acted", |tx| tx.query_opt(sql, &[])).unwrap().is_none())
            .await
    })
    .await;
    let (governance, now_us) = (app.server.office().governance.clone(), app.now_us());
    crate::app::blocking(move || {
        let deed = dancu_governance::Deed::by_rule("sequence", now_us, "");
        assert!(governance.was_ordered(&again.target, &again.number).unwrap());
        assert!(governance.order_once(&again, deed).unwrap().is_none());
    })
    .await;
    assert_eq!((halts().await.len(), orders(&app).await.len()), (1, 1));
    app.stop().await;
}

/// A claim about the person of the examples with a wrong birth date.
fn wrong(system: &'static str, born: &'static str) -> Ask {
    let mut ask = Ask { born: Some(born), ..Ask::verify() };
    ask.by(system);
    ask
}

const GUESSES: [(&str, &str); 5] = [
    (HTMC, "19850401"),
    ("told-no-near", "19850402"),
    ("verifies-only", "19850403"),
    (HTMC, "19850404"),
    ("told-no-near", "19850405"),
];

fn budgeted(config: &mut Config) {
    config.watch.guess_persons = 10_000;
    config.watch.poll_ms = 50;
}

async fn a_person_is_not_guessed_by_many_callers_and_answers_come_back_with_time(engine: Engine) {
    let app = App::with(engine, budgeted).await;
    let beside = app.beside().await;
    for (system, born) in GUESSES {
        assert_eq!(app.ask(Via::Soap, &wrong(system, born)).await.status, 200);
        if born != GUESSES[4].1 {
            assert_eq!(
                app.ask(Via::Rest, &wrong(system, born)).await.status,
                200,
                "the same guess again is no other"
            );
        }
    }
    for server in [&app, &beside] {
        eventually("the budget is spent", async || {
            server.ask(Via::Rest, &wrong("verifies-only", "19850406")).await.status == 429
        })
        .await;
        for via in Via::BOTH {
            for ask in [wrong(HTMC, "19850407"), Ask::verify(), Ask::look_up()] {
                let answer = server.ask(via, &ask).await;
                refused(server, via, Code::AnswersPaused, &answer, Journalled::Yes).await;
                let entry = receipted(server, &answer).await;
                assert!(entry.call.subject.is_some(), "the journal knows who was asked about");
            }
        }
        assert_eq!(look_up(server, &peer(None)).await, Some(Code::AnswersPaused), "from the officers' pages");
        let other = Ask {
            number: Some("034141000063"),
            name: Some("NGUYENTHISEN"),
            born: Some("1941"),
            ..Ask::verify()
        };
        assert_eq!(server.ask(Via::Rest, &other).await.status, 200, "about somebody else");
    }
    app.clock.set(app.now_us() + 31 * MINUTE_US);
    for server in [&app, &beside] {
        let answer = server.ask(Via::Rest, &Ask::verify()).await;
        let said: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((answer.status, &said["outcome"]), (200, &Value::from("verified")));
    }
    beside.stop().await;
    app.stop().await;
}

async fn a_number_that_nobody_bears_answers_as_one_that_somebody_bears(engine: Engine) {
    let app = App::with(engine, |config| {
        watching(config);
        budgeted(config);
    })
    .await;
    let nobody = |ask: Ask| Ask { number: Some("001185009999"), ..ask };
    for (system, born) in GUESSES {
        for ask in [wrong(system, born), nobody(wrong(system, born))] {
            assert_eq!(app.ask(Via::Rest, &ask).await.status, 200);
        }
    }
    let mut told = Vec::new();
    for ask in [Ask::verify(), nobody(Ask::verify())] {
        let answer = app.ask(Via::Rest, &ask).await;
        refused(&app, Via::Rest, Code::AnswersPaused, &answer, Journalled::Yes).await;
        let mut said: Value = serde_json::from_slice(&answer.body).unwrap();
        for own in ["correlation_id", "instance", "request_id"] {
            said.as_object_mut().unwrap().remove(own);
        }
        told.push(said);
    }
    assert_eq!(told[0], told[1]);
    // Five claims that disagreed, and one that was asked after them.
    let alert = alert(&app).await;
    assert_eq!((alert.rule, alert.evidence.len()), (Rule::Guessing, 6));
    app.stop().await;
}

/// A security centre's receiver, without TLS.
struct Siem {
    address: String,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Siem {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&heard);
        // Ends with the process.
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let (mut connection, into) = (connection.unwrap(), Arc::clone(&into));
                std::thread::spawn(move || {
                    let mut some = [0; 4096];
                    while let Ok(count @ 1..) = connection.read(&mut some) {
                        into.lock().unwrap().extend_from_slice(&some[..count]);
                    }
                });
            }
        });
        Self { address, heard }
    }

    fn receiver(&self) -> FeedReceiver {
        let text = format!("name = 'soc'\naddress = '{}'", self.address);
        toml::from_str(&text).unwrap()
    }

    /// The message of this id, once it came.
    async fn heard(&self, id: &str) -> String {
        let find = || {
            let all = String::from_utf8_lossy(&self.heard.lock().unwrap()).into_owned();
            // Octet counting (RFC 6587): a message begins with its priority.
            all.split('<').find(|message| message.contains(&format!(" {id} ["))).map(str::to_owned)
        };
        eventually("the security centre is told", async || find().is_some()).await;
        find().unwrap()
    }
}
