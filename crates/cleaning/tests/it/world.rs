//! The world of these tests: a province whose system may verify, a matcher that knows people by their numbers, a stock.
use dancu_citizen::{IdCardNumber, PersonalId};
use dancu_cleaning::{
    Budget, Cleaning, CleaningError, Columns, Job, Matcher, Options, Teller, Terms, Wish, Worker, terms,
};
use dancu_exchange::{Exchange, Snapshot, World};
use dancu_journal::{Entry, Journal, Kind};
use dancu_keys::{KeyRing, PasswordParams, Secret};
use dancu_linkage::{Action, Agreement, Answer, Column, Reasons, Row, Verdict};
use dancu_policy::Workplace;
use dancu_storage::Store;
use dancu_storage::blob::Blobs;
use dancu_storage::testing::{Guard, stores};
use std::fmt::Write as _;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use tokio::runtime::{Builder, Runtime};

/// Saturday 21 November 2026, 09:00 in Vietnam
pub(crate) const NOW_US: i64 = 1_795_226_400_000_000;
pub(crate) const MINUTE_US: i64 = 60_000_000;
pub(crate) const DAY_US: i64 = 86_400_000_000;
pub(crate) const THRESHOLD: i32 = 1_000;
pub(crate) const CHUNK: u32 = 50;

const WORLD: &str = r#"{
  "organisations": [{"id": "thai-nguyen", "agency_code": "H55", "name": "UBND tỉnh Thái Nguyên"}],
  "systems": [
    {"id": "one-stop", "organisation": "thai-nguyen", "name": "Một cửa", "state": "connected", "security_level": 3,
     "assessed_until": "2027-12-31", "commitment_signed_on": "2026-01-05", "networks": ["10.55.0.0/16"],
     "daily_quota": 1000, "per_call_window_s": 300,
     "agreements": [
       {"id": "told", "near": true, "valid_from": "2026-01-01",
        "grants": [{"service": "verify", "fields": ["personal_id", "full_name", "birth_date", "sex"]},
                   {"service": "look_up", "fields": ["personal_id", "full_name"]}],
        "purposes": [{"code": "stock"}, {"code": "case", "case_required": true}]},
       {"id": "untold", "near": false, "valid_from": "2026-01-01",
        "grants": [{"service": "verify", "fields": ["personal_id", "full_name"]}],
        "purposes": [{"code": "narrow"}]}],
     "accounts": [
      {"id": "account-1", "login": "nguyenvana.stttt", "officer_number": "001080000024", "officer_name": "Nguyễn Văn A",
       "phone": "0912345671", "role": "one_stop_officer", "agency_code": "H55.242", "daily_quota": 700},
      {"id": "account-2", "login": "nentang.lgsp", "officer_number": "001080000025", "officer_name": "Nguyễn Văn B",
       "phone": "0912345672", "role": "platform", "agency_code": "H55", "daily_quota": 700}]}]
}"#;

pub(crate) fn ring() -> KeyRing {
    KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap()
}

pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap())
}

/// A server with its own journal.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) store: Store,
    pub(crate) cleaning: Cleaning,
    pub(crate) teller: Teller,
    pub(crate) exchange: Exchange,
    _guard: Option<Guard>,
}

pub(crate) fn servers() -> Vec<Server> {
    servers_and_files().into_iter().map(|(server, _)| server).collect()
}

/// The same, each with where its files lie.
pub(crate) fn servers_and_files() -> Vec<(Server, Blobs)> {
    let fresh = |(name, store, guard)| {
        let blobs = Blobs::memory();
        (Server { _guard: Some(guard), ..server(name, store, blobs.clone(), ring()) }, blobs)
    };
    stores().into_iter().map(fresh).collect()
}

pub(crate) fn server(name: &'static str, store: Store, blobs: Blobs, ring: KeyRing) -> Server {
    let cheap = PasswordParams { memory_kib: 64, passes: 1, lanes: 1 };
    let exchange = Exchange::open(store.clone(), ring.clone()).unwrap().with_password_params(cheap);
    exchange.refresh().unwrap();
    if exchange.snapshot().rules.system("one-stop").is_none() {
        let world: World = serde_json::from_str(WORLD).unwrap();
        exchange.provision(&world, NOW_US).unwrap();
    }
    let journal = Journal::open(store.clone(), ring.clone(), dancu_journal::Options::default()).unwrap();
    let options = Options { lease_us: MINUTE_US, keep_days: 30, confirm_us: DAY_US };
    let cleaning = Cleaning::open(store.clone(), ring, blobs, options).unwrap();
    let teller = Teller { journal, runtime: runtime().handle().clone() };
    Server { name, store, cleaning, teller, exchange, _guard: None }
}

pub(crate) fn file_columns() -> Columns {
    [Column::RowId, Column::PersonalId, Column::FullName, Column::BirthDate, Column::Sex]
        .into_iter()
        .collect()
}

pub(crate) fn wish(purpose: &str) -> Wish<'_> {
    Wish {
        system: "one-stop",
        login: "nguyenvana.stttt",
        officer: None,
        agency_code: None,
        purpose: Some(purpose),
        case_number: None,
        columns: file_columns(),
        file: "danh-sach.csv",
        input_sha256: [7; 32],
        form: "shell",
        source: None,
        workplace: Workplace::System,
        now_us: NOW_US,
    }
}

/// Row by row: a number of one of 72 people, or none; a name; some rows are doubtful.
pub(crate) fn stock(rows: usize) -> Vec<[String; 5]> {
    let row = |at: usize| {
        let number = format!("0010850{:05}", at * 7 % 80 + 10);
        match at % 10 {
            3 => [String::new(), String::new(), "Không Ai".into(), "1985".into(), "Nam".into()],
            7 => [format!("r{at}"), number, "?Nguyễn Văn".into(), "01/02/1985".into(), "Nữ".into()],
            _ => [format!("r{at}"), number, format!("Nguyễn Văn {at}"), "01/02/1985".into(), "Nam".into()],
        }
    };
    (0..rows).map(row).collect()
}

pub(crate) fn row(texts: &[String; 5]) -> Row<'_> {
    file_columns().iter().zip(texts).fold(Row::default(), |row, (column, text)| row.with(column, text))
}

/// Knows everybody by number; a name that begins with `?` makes doubt.
pub(crate) struct Known {
    pub(crate) version: u64,
    /// Tells of each group that it is asked about
    pub(crate) tells: fn(),
    /// Whether it stands by its answers
    pub(crate) holds: bool,
}

impl Known {
    pub(crate) fn quiet() -> Self {
        Self { version: 5, tells: || {}, holds: true }
    }
}

impl Matcher for Known {
    fn link(&self, rows: &[Row<'_>], out: &mut Vec<Answer>) {
        (self.tells)();
        out.extend(rows.iter().map(|row| answer(row, self.version)));
    }

    fn people(&self) -> u64 {
        self.version
    }

    fn holds(&self) -> bool {
        self.holds
    }

    fn threshold(&self) -> i32 {
        THRESHOLD
    }
}

fn answer(row: &Row<'_>, version: u64) -> Answer {
    let Ok(person) = PersonalId::parse(row.get(Column::PersonalId)) else {
        return of_few_numbers(row);
    };
    let mut reasons = Reasons::default();
    reasons.set(Column::PersonalId, Agreement::Same);
    for column in [Column::FullName, Column::BirthDate, Column::Sex] {
        if !row.get(column).is_empty() {
            reasons.set(column, Agreement::Same);
        }
    }
    if row.get(Column::BirthDate).starts_with('!') {
        reasons.set(Column::BirthDate, Agreement::Different);
    }
    let doubtful = row.get(Column::FullName).starts_with('?');
    if doubtful {
        reasons.set(Column::FullName, Agreement::Words);
    }
    let near = i32::try_from(person.as_u64() % 97).unwrap();
    Answer {
        verdict: if doubtful { Verdict::Doubtful } else { Verdict::Match },
        action: if doubtful { Action::Review } else { Action::Accept },
        score: if doubtful { THRESHOLD - near } else { 3_000 + i32::try_from(version).unwrap() },
        reasons,
        // Differs by server, and must not matter.
        place: Some(std::process::id()),
        personal_id: Some(person),
        id_card_number: None,
    }
}

/// Somebody with an old card alone; with no number at all, by a name that begins with `#`; nobody else.
fn of_few_numbers(row: &Row<'_>) -> Answer {
    let card = IdCardNumber::parse(row.get(Column::PersonalId)).ok();
    if card.is_none() && !row.get(Column::FullName).starts_with('#') {
        return Answer { action: Action::AskCitizen, ..Answer::default() };
    }
    let mut reasons = Reasons::default();
    reasons.set(Column::FullName, Agreement::Same);
    Answer {
        verdict: Verdict::Match,
        action: Action::Accept,
        score: 2_000,
        reasons,
        id_card_number: card,
        ..Answer::default()
    }
}

impl Server {
    /// The same with guess budgets.
    pub(crate) fn guarded_by(self, budget: Arc<dyn Budget>) -> Self {
        Self { cleaning: self.cleaning.clone().guarded_by(budget), ..self }
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.exchange.refresh().unwrap();
        self.exchange.snapshot()
    }

    pub(crate) fn terms(&self, wish: &Wish<'_>) -> Terms {
        let snapshot = self.snapshot();
        terms(&snapshot.rules, u64::try_from(snapshot.version).unwrap(), wish).unwrap()
    }

    /// A job with these rows, all in but not admitted.
    pub(crate) fn filled(&self, wish: &Wish<'_>, rows: usize) -> (Job, Terms) {
        self.filled_with(wish, &stock(rows))
    }

    fn filled_with(&self, wish: &Wish<'_>, stock: &[[String; 5]]) -> (Job, Terms) {
        let terms = self.terms(wish);
        let job = self.cleaning.begin(&terms.job(wish, CHUNK), NOW_US).unwrap();
        let mut filler = self.cleaning.fill(&job).unwrap();
        for texts in stock {
            filler.push(&row(texts)).unwrap();
        }
        (filler.finish().unwrap(), terms)
    }

    /// A job with these rows, all answered but not closed.
    pub(crate) fn answered(&self, wish: &Wish<'_>, stock: &[[String; 5]]) -> Job {
        let (job, terms) = self.filled_with(wish, stock);
        let job = self.cleaning.admit(&job, &terms, &self.teller, NOW_US).unwrap();
        self.work("worker", NOW_US);
        job
    }

    /// Runs these statements on the store.
    pub(crate) fn execute(&self, sql: &'static str) {
        self.store.run_tx("test.execute", |tx| tx.execute(sql, &[])).map(drop).unwrap();
    }

    pub(crate) fn submit(&self, wish: &Wish<'_>, rows: usize) -> Result<Job, CleaningError> {
        let (job, terms) = self.filled(wish, rows);
        self.cleaning.admit(&job, &terms, &self.teller, NOW_US)
    }

    /// Works until there is nothing to take; gives the number of chunks that counted.
    pub(crate) fn work(&self, holder: &str, now_us: i64) -> usize {
        let stop = AtomicBool::new(false);
        let clock = move || now_us;
        let matcher = Known::quiet();
        let worker = Worker {
            cleaning: &self.cleaning,
            matcher: &matcher,
            holder: holder.to_owned(),
            clock: &clock,
            stop: &stop,
        };
        let mut counted = 0;
        while let Some((_, finish)) = worker.one(None).unwrap() {
            counted += usize::from(finish == dancu_cleaning::Finish::Counted);
        }
        counted
    }

    pub(crate) fn close(&self, holder: &str, now_us: i64) -> Option<dancu_cleaning::Closed> {
        self.cleaning.close(None, holder, THRESHOLD, &self.teller, &|| now_us).unwrap()
    }

    /// A job from its begin to its end.
    pub(crate) fn done(&self, wish: &Wish<'_>, rows: usize) -> Job {
        let job = self.submit(wish, rows).unwrap();
        self.work("worker", NOW_US);
        assert_eq!(self.close("worker", NOW_US).unwrap().job, job.id, "{}", self.name);
        self.cleaning.get(&job.id).unwrap()
    }

    /// The whole result as text.
    pub(crate) fn result(&self, job: &str) -> String {
        let mut text = String::new();
        let each = |line: &dancu_cleaning::Line<'_>| {
            let answer = line.answer;
            let number = answer.personal_id.map(PersonalId::expose).unwrap_or_default();
            writeln!(
                text,
                "{} {} {} {} {number} {} {}",
                line.number,
                line.row_id(),
                answer.verdict.name(),
                answer.score,
                answer.action.name(),
                answer.reasons
            )
            .unwrap();
            Ok(())
        };
        self.cleaning.result(job, each).unwrap();
        text
    }

    /// Every entry of the journal about a call.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        runtime().block_on(async {
            let size = self.teller.journal.len().await.unwrap();
            let mut all = Vec::new();
            for index in 0..size {
                all.extend(self.teller.journal.entry(index).await.unwrap());
            }
            all.retain(|entry: &Entry| entry.kind == Kind::Call);
            all
        })
    }
}
