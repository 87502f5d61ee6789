//! What time does, done: warnings, deadlines, sandboxes, idle accounts, reviews. Each is an entry of the journal; what touches
//! security reaches the security centre too. Any number of servers may.
use crate::console::Opened;
use anyhow::Context as _;
use dancu_campaign::{CampaignError, Event as Told, News, ReviewState};
use dancu_catalogue::Code;
use dancu_feed::Event as Alarm;
use dancu_gateway::Road;
use dancu_gateway::deed::{Actor, Deed};
use dancu_gateway::door::Peer;
use dancu_governance::{Event, Matter, Stage};
use dancu_staff::Kept;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Between two looks at what time has done.
const EVERY: Duration = Duration::from_mins(1);
/// For as long as a start waits for what fell due.
const FIRST_MOST: Duration = Duration::from_secs(20);
/// Events told in one go.
const BATCH: u32 = 500;

/// Something that time did, as the journal has it.
struct Done {
    /// Rule, as the entry names who did it, and what
    rule: &'static str,
    /// What exactly; names matters, accounts and counts, no person
    about: String,
    system: Option<String>,
    account: Option<String>,
    /// Whether the security centre hears of it
    alarm: bool,
}

impl Done {
    fn new(rule: &'static str, about: String) -> Self {
        Self { rule, about, system: None, account: None, alarm: false }
    }
}

/// Looks every minute, until the service stops.
pub async fn keep(opened: Opened, road: Arc<Road>, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        pass(opened.clone(), Arc::clone(&road)).await;
    }
}

/// What time does to accounts, people and connections, in the order in which it is done. First of all uses: an account that was
/// used does not lie idle.
const DUE: [(&str, Work); 4] = [
    ("uses of accounts", uses),
    ("connections and cases", connections),
    ("people of the console", staff),
    ("accounts, reviews and campaigns", campaigns),
];

/// Does what fell due while no server ran, before the first call: an account that is to be locked by now is not served for
/// another minute. What takes longer than a start may goes on beside the first calls.
pub fn begin(opened: Opened, road: Arc<Road>) -> impl Future<Output = ()> {
    let done = work(opened, road, DUE.to_vec());
    async move {
        if tokio::time::timeout(FIRST_MOST, done).await.is_err() {
            tracing::warn!("much fell due while no server ran: it is being done beside the first calls");
        }
    }
}

/// Does what is due now. What fails is logged, and due again the next time.
pub fn pass(opened: Opened, road: Arc<Road>) -> impl Future<Output = ()> {
    let facts: (&str, Work) = ("facts of reviews", facts);
    let done = work(opened, road, DUE.into_iter().chain([facts]).collect());
    async move {
        let _ = done.await;
    }
}

/// Begins the work, beside what the caller does meanwhile.
fn work(opened: Opened, road: Arc<Road>, all: Vec<(&'static str, Work)>) -> JoinHandle<()> {
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        for (of, work) in all {
            if let Err(error) = work(&Clockwork { opened: &opened, road: &road, runtime: &runtime }) {
                tracing::warn!("{of}: what is due could not be done: {error:#}");
            }
        }
    })
}

struct Clockwork<'a> {
    opened: &'a Opened,
    road: &'a Road,
    runtime: &'a Handle,
}

type Work = fn(&Clockwork<'_>) -> anyhow::Result<()>;

impl Clockwork<'_> {
    fn now_us(&self) -> i64 {
        self.road.clock.now_us()
    }

    /// Writes it down, and tells the security centre where it is to hear of it.
    fn record(&self, done: &Done) -> anyhow::Result<()> {
        let here = Peer { address: IpAddr::V4(Ipv4Addr::LOCALHOST), certificate: None };
        let deed = Deed {
            asked: Some(done.about.clone()),
            ..Deed::new(here, Actor::Rule { name: done.rule }, done.rule)
        };
        let recorded = self.runtime.block_on(self.road.record(deed));
        let evidence = recorded.map_err(|code: Code| anyhow::anyhow!("journal: {}", code.name()))?;
        if done.alarm {
            let events = &self.road.events;
            let account = done.account.as_ref().and_then(|account| events.account_hash(account));
            let (rule, system) = (done.rule.to_owned(), done.system.clone());
            events.emit(Alarm::RuleActed { rule, system, account, evidence });
        }
        Ok(())
    }
}

fn uses(of: &Clockwork<'_>) -> anyhow::Result<()> {
    let uses = of.road.uses.take();
    if uses.is_empty() {
        return Ok(());
    }
    let rows: Vec<(String, i64)> = uses.iter().map(|(id, at_us)| (id.to_string(), *at_us)).collect();
    let noted = of.opened.campaigns.note_use(&rows);
    if noted.is_err() {
        // They are noted the next time.
        for (id, at_us) in &uses {
            of.road.uses.note(id, *at_us);
        }
    }
    noted?;
    Ok(())
}

fn connections(of: &Clockwork<'_>) -> anyhow::Result<()> {
    let events = of.opened.governance.tick(of.now_us())?;
    events.iter().try_for_each(|event| of.record(&governed(event)))
}

fn governed(event: &Event) -> Done {
    let matter = |rule, matter: &Matter| Done {
        system: matter.system.clone(),
        ..Done::new(rule, format!("{} {}", matter.kind.name(), matter.id))
    };
    match event {
        Event::Assessment(due) => {
            let overdue = due.stage == Stage::Overdue;
            let rule = if overdue { "assessment_overdue" } else { "assessment_due" };
            let about = format!("system={} days_left={}", due.system, due.days_left);
            Done { system: Some(due.system.clone()), alarm: overdue, ..Done::new(rule, about) }
        }
        Event::Overdue(late) => matter("deadline_passed", late),
        Event::Lapsed(over) => matter("lapsed", over),
        Event::SandboxExpired { connection, credential } => {
            Done::new("sandbox_expired", format!("connection {connection} credential={credential}"))
        }
        Event::EvaluationDue(due) => matter("evaluation_due", due),
    }
}

fn staff(of: &Clockwork<'_>) -> anyhow::Result<()> {
    let Kept { unused, expired, emergencies, sessions: _ } = of.opened.staff.refresh(of.now_us())?;
    let all = [("staff_unused_locked", unused), ("staff_expired_closed", expired)];
    for (rule, accounts) in all {
        for account in accounts {
            let about = format!("account={account}");
            of.record(&Done { account: Some(account), alarm: true, ..Done::new(rule, about) })?;
        }
    }
    for opening in emergencies {
        let about = format!("opening={opening}");
        of.record(&Done { alarm: true, ..Done::new("break_glass_closed", about) })?;
    }
    Ok(())
}

/// What was done is told in the same transaction; here it is written down until nothing is left to be told.
fn campaigns(of: &Clockwork<'_>) -> anyhow::Result<()> {
    let campaigns = &of.opened.campaigns;
    campaigns.tick(of.now_us())?;
    loop {
        let pending = campaigns.pending_events(BATCH)?;
        for event in &pending {
            of.record(&told(event))?;
            campaigns.events_told(std::slice::from_ref(&event.id), of.now_us())?;
        }
        if pending.len() < BATCH as usize {
            return Ok(());
        }
    }
}

fn told(event: &Told) -> Done {
    let data = event.data.iter().map(|(name, value)| format!(" {name}={value}"));
    let about = format!("{}{}", event.subject, data.collect::<String>());
    let idle = event.news == News::IdleLocked;
    let account = idle.then(|| event.subject.clone());
    Done { account, alarm: idle, ..Done::new(event.news.name(), about) }
}

/// Facts beside the accounts of open reviews, from the journal: those that have none, and those of yesterday.
fn facts(of: &Clockwork<'_>) -> anyhow::Result<()> {
    let (campaigns, now_us) = (&of.opened.campaigns, of.now_us());
    for review in campaigns.reviews(ReviewState::Open, None, BATCH)? {
        match campaigns.gather_from_journal(&review.id, &of.road.evidence.index, now_us) {
            // It closed in between.
            Ok(_) | Err(CampaignError::Refused(_)) => {}
            Err(error) => return Err(error).context("facts"),
        }
    }
    Ok(())
}
