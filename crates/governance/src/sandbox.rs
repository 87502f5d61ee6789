//! The technical test: a sandbox is opened, the applicant's own system calls, and the calls become the record.
use crate::act::Act;
use crate::connection::system_id;
use crate::content::Content;
use crate::deed::Deed;
use crate::governance::{Done, Governance, known};
use crate::kind::{Kind, State};
use crate::matter::Matter;
use crate::parts::today;
use crate::rules::{Limit, Rules, TestCaseRule};
use crate::{GovernanceError, rows};
use dancu_citizen::CivilDate;
use dancu_exchange::sandbox;
use dancu_keys::Secret;
use dancu_policy::{Service, Term};
use dancu_storage::{Row, Tx, Value};

/// What is handed over when a sandbox is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sandbox {
    /// Id of the sandbox credentials; nothing secret
    pub credential: String,
    /// The technical documents handed over, by name and edition
    pub handed_over: Vec<String>,
}

/// One opening of the sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// Counts the openings
    pub number: u32,
    /// When it was opened, microseconds since the epoch, as all times here
    pub opened_us: i64,
    /// Last moment
    pub expires_us: i64,
    /// When it was closed: expired, renewed or left
    pub closed_us: Option<i64>,
    /// What was handed over
    pub sandbox: Sandbox,
    /// Its cases, by service and name
    pub cases: Vec<TestCase>,
}

/// One case of a service, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCase {
    /// Service
    pub service: Service,
    /// `match`, `mismatch`, `unknown`, `refusal`, `malformed`
    pub name: String,
    /// Outcome that counts
    pub expect: String,
    /// Outcome of the last call
    pub outcome: Option<String>,
    /// How often it was called
    pub calls: u32,
    /// Last call
    pub called_us: Option<i64>,
    /// Entry of the call that counts, else of the last one
    pub entry: Option<u64>,
    /// When it was first answered as expected
    pub done_us: Option<i64>,
    /// What is to be called, and how; none for a case that the rules know no more
    pub script: Option<TestCaseRule>,
}

/// A call that a system made in its sandbox, as the road tells of it. `Debug` does not show the number.
#[derive(Clone, PartialEq, Eq)]
pub struct SandboxCall<'a> {
    /// The system
    pub system: &'a str,
    /// What it asked for; none when that could not be read
    pub service: Option<Service>,
    /// Personal identification number in its request
    pub number: Option<&'a str>,
    /// `verified`, `shown`, `mismatch`, `not_found`, `not_usable`, `refused`, `malformed`
    pub outcome: &'a str,
    /// When, microseconds since the epoch
    pub at_us: i64,
    /// Its entry in the journal
    pub entry: Option<u64>,
}

impl std::fmt::Debug for SandboxCall<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SandboxCall")
            .field("system", &self.system)
            .field("service", &self.service)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// How an applicant's system comes into its open sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxAccess {
    /// The system
    pub system: String,
    /// Last moment, microseconds since the epoch
    pub until_us: i64,
    /// User name of the sandbox credentials
    pub username: String,
    /// Login of the officer in whose name may be called (`TaiKhoan`)
    pub login: &'static str,
    /// Number of that officer (`MaCanBo`)
    pub officer: &'static str,
}

/// How far a test is after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Cases done
    pub done: u32,
    /// All cases
    pub all: u32,
    /// Whether this call was answered as expected
    pub as_expected: bool,
}

/// What a message is that could not be read.
const MALFORMED: &str = "malformed";
const CLOSED: GovernanceError = GovernanceError::Impossible("no sandbox is open for this connection");

impl Test {
    /// Whether each case was answered as expected.
    pub fn is_done(&self) -> bool {
        !self.cases.is_empty() && self.cases.iter().all(|case| case.done_us.is_some())
    }
}

impl Governance {
    /// The technical tests of a connection, the first first.
    pub fn tests(&self, connection: &str) -> Result<Vec<Test>, GovernanceError> {
        self.store.read("governance.tests", |tx| {
            let sql = "SELECT number, opened_at_us, expires_at_us, closed_at_us, credential, handed_over
                 FROM governance_test WHERE matter = $1 ORDER BY number";
            let rows = tx.query(sql, &[connection.into()])?;
            rows.iter().map(|row| test(tx, &self.rules, connection, row)).collect()
        })
    }

    /// The connection of a system that is being tested, while its sandbox is open: where its calls are to be recorded.
    pub fn open_sandbox(&self, system: &str, now_us: i64) -> Result<Option<String>, GovernanceError> {
        self.store.read("governance.open_sandbox", |tx| {
            for connection in rows::of_system(tx, system, Kind::Connection)? {
                if open_number(tx, &connection.id, now_us)?.is_some() {
                    return Ok(Some(connection.id));
                }
            }
            Ok(None)
        })
    }

    /// How the system of a connection comes into its sandbox; none while none is open.
    pub fn sandbox_access(
        &self,
        connection: &str,
        now_us: i64,
    ) -> Result<Option<SandboxAccess>, GovernanceError> {
        let (matter, number) = self.store.read("governance.sandbox", |tx| {
            Ok::<_, GovernanceError>((known(tx, connection)?, open_number(tx, connection, now_us)?))
        })?;
        let (Some(number), Some(system)) = (number, matter.system) else { return Ok(None) };
        let tests = self.tests(connection)?;
        let test = tests.into_iter().find(|test| i64::from(test.number) == number);
        Ok(test.map(|test| SandboxAccess {
            system,
            until_us: test.expires_us,
            username: test.sandbox.credential,
            login: sandbox::TEST_LOGIN,
            officer: sandbox::TEST_OFFICER,
        }))
    }

    /// Draws a one-time code with which the applicant's system gets a certificate of its sandbox (EST, RFC 7030): its id,
    /// and the code, which nobody can read again. It counts until `expires_us` or the end of the sandbox.
    ///
    /// # Errors
    ///
    /// `Impossible` when no sandbox is open.
    pub fn issue_sandbox_code(
        &self,
        connection: &str,
        expires_us: i64,
        deed: Deed<'_>,
    ) -> Result<(String, Secret), GovernanceError> {
        let access = self.sandbox_access(connection, deed.at_us)?.ok_or(CLOSED)?;
        let (by, ends_us) = (deed.by.stored(), access.until_us.min(expires_us));
        Ok(self.exchange.issue_enrolment_code(&access.system, &by, ends_us, deed.at_us)?)
    }

    /// Writes down a call that a system made in its sandbox: the number that it sent tells which case it was; a message that
    /// could not be read is the malformed one of its service. None when no sandbox is open, or it was no case of the test.
    pub fn note_call(&self, call: &SandboxCall<'_>) -> Result<Option<Progress>, GovernanceError> {
        let Some(connection) = self.open_sandbox(call.system, call.at_us)? else { return Ok(None) };
        let day = today(call.at_us)?;
        let tested = self.tests(&connection)?.pop().map(|test| test.cases).unwrap_or_default();
        let mut services: Vec<Service> = tested.iter().map(|case| case.service).collect();
        services.dedup();
        let lone = match services.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        let Some(service) = call.service.or(lone) else { return Ok(None) };
        let meant = |case: &&TestCaseRule| match call.outcome {
            MALFORMED => case.expect == MALFORMED,
            _ => call.number == Some(case.person.number.as_str()),
        };
        let cases = self.rules.test_cases(service, day);
        let Some(case) = cases.into_iter().find(meant) else { return Ok(None) };
        if !tested.iter().any(|of| of.service == service && of.name == case.name) {
            return Ok(None);
        }
        let (outcome, at_us) = (call.outcome, call.at_us);
        self.record_call(&connection, service, &case.name, outcome, at_us, call.entry).map(Some)
    }

    /// Writes down a call that the applicant's system made in the sandbox: which case it was, how it was answered, in which
    /// entry of the journal. A case is done once it was answered as expected; later calls count, and undo nothing.
    ///
    /// # Errors
    ///
    /// `Impossible` when no sandbox is open, `Unknown` for a case that the test does not have.
    pub fn record_call(
        &self,
        connection: &str,
        service: Service,
        case: &str,
        outcome: &str,
        at_us: i64,
        entry: Option<u64>,
    ) -> Result<Progress, GovernanceError> {
        self.store.run_tx("governance.record_call", |tx| {
            let number = open_number(tx, connection, at_us)?.ok_or(CLOSED)?;
            let sql = "UPDATE governance_test_case SET outcome = $5, calls = calls + 1, called_at_us = $6,
                    entry = CASE WHEN done_at_us IS NULL THEN $7 ELSE entry END,
                    done_at_us = CASE WHEN done_at_us IS NULL AND expect = $5 THEN $6 ELSE done_at_us END
                 WHERE matter = $1 AND number = $2 AND service = $3 AND name = $4 RETURNING expect";
            let parameters: [Value; 7] = [
                connection.into(),
                number.into(),
                service.name().into(),
                case.into(),
                outcome.into(),
                at_us.into(),
                rows::entry(entry)?,
            ];
            let row = tx.query_opt(sql, &parameters)?;
            let row = row.ok_or_else(|| GovernanceError::unknown("case", case))?;
            let (done, all) = count(tx, connection, number)?;
            Ok(Progress { done, all, as_expected: row.text(0)? == outcome })
        })
    }
}

impl Act<'_, '_, '_> {
    /// Opens the sandbox: one record for each case of each service that the request asks for. The exchange has the system on
    /// record already.
    pub(crate) fn open_test(&mut self, matter: &Matter, sandbox: &Sandbox) -> Done<()> {
        self.close_tests(matter)?;
        let Content::Connection(request) = self.newest(matter)? else {
            return Err(GovernanceError::damaged("governance_content", &matter.id, "not a request"));
        };
        let lines = sandbox.handed_over.iter().all(|name| !name.trim().is_empty() && !name.contains('\n'));
        if sandbox.credential.is_empty() || sandbox.handed_over.is_empty() || !lines {
            return Err(GovernanceError::Impossible(
                "credentials and the documents handed over must be named",
            ));
        }
        let days = self.governance.rules.limit(Limit::SandboxDays, self.today);
        let days = u16::try_from(days).map_err(|_| GovernanceError::Internal("a term is out of range"))?;
        let expires_us = self.end_of(Term::Calendar(days))?;
        let newest = "SELECT COALESCE(MAX(number), 0) FROM governance_test WHERE matter = $1";
        let row = self.tx().query_opt(newest, &[rows::text(&matter.id)])?;
        let number = row.map_or(Ok(0), |row| row.int(0))? + 1;
        let opened_us = self.deed.at_us;
        self.tx().execute(
            "INSERT INTO governance_test (matter, number, opened_at_us, expires_at_us, credential, handed_over, closed_at_us)
             VALUES ($1, $2, $3, $4, $5, $6, NULL)",
            &[
                rows::text(&matter.id),
                number.into(),
                opened_us.into(),
                expires_us.into(),
                rows::text(&sandbox.credential),
                sandbox.handed_over.join("\n").into(),
            ],
        )?;
        let mut cases: Vec<Vec<Value>> = Vec::new();
        for service in request.services.iter().filter_map(|s| Service::from_name(&s.service)) {
            for case in self.governance.rules.test_cases(service, self.today) {
                let (name, expect) = (case.name.as_str(), case.expect.as_str());
                cases.push(vec![
                    rows::text(&matter.id),
                    number.into(),
                    service.name().into(),
                    name.into(),
                    expect.into(),
                ]);
            }
        }
        self.tx().execute_many(
            "INSERT INTO governance_test_case (matter, number, service, name, expect, outcome, calls, called_at_us, entry,
                done_at_us) VALUES ($1, $2, $3, $4, $5, NULL, 0, NULL, NULL, NULL)",
            &cases,
        )?;
        Ok(self.change.open_sandbox(system_id(matter)?, &sandbox.credential, expires_us)?)
    }

    /// Closes the sandbox, and with it every way in that the system had.
    pub(crate) fn close_tests(&mut self, matter: &Matter) -> Done<()> {
        let now_us = self.deed.at_us;
        let sql = "UPDATE governance_test SET closed_at_us = $2 WHERE matter = $1 AND closed_at_us IS NULL";
        self.tx().execute(sql, &[rows::text(&matter.id), now_us.into()])?;
        Ok(self.change.close_sandbox(system_id(matter)?)?)
    }

    /// Closes a sandbox whose time is over; false when somebody else did, or it is not over.
    pub(crate) fn expire_test(&mut self, connection: &str, number: u32) -> Done<bool> {
        let now_us = self.deed.at_us;
        let sql = "UPDATE governance_test SET closed_at_us = $3
             WHERE matter = $1 AND number = $2 AND closed_at_us IS NULL AND expires_at_us < $3";
        let mine = self.tx().execute(sql, &[connection.into(), number.into(), now_us.into()])? == 1;
        if mine {
            let matter = known(self.tx(), connection)?;
            self.change.close_sandbox(system_id(&matter)?)?;
        }
        Ok(mine)
    }
}

/// Whether each case of the newest test is done.
pub(crate) fn is_done(tx: &mut Tx<'_>, connection: &str) -> Done<bool> {
    let sql = "SELECT MAX(number) FROM governance_test WHERE matter = $1";
    let newest = tx.query_opt(sql, &[connection.into()])?.map(|row| row.opt_int(0)).transpose()?.flatten();
    let Some(number) = newest else { return Ok(false) };
    let (done, all) = count(tx, connection, number)?;
    Ok(all > 0 && done == all)
}

/// Open sandboxes whose time is over: connection, number, credentials.
pub(crate) fn expired(tx: &mut Tx<'_>, now_us: i64, limit: u32) -> Done<Vec<(String, u32, String)>> {
    let sql = "SELECT matter, number, credential FROM governance_test
         WHERE closed_at_us IS NULL AND expires_at_us < $1 ORDER BY expires_at_us, matter, number LIMIT $2";
    let rows = tx.query(sql, &[now_us.into(), limit.into()])?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.number(1)?, row.text(2)?.to_owned()))).collect()
}

/// The open test of a connection that is being tested.
fn open_number(tx: &mut Tx<'_>, connection: &str, at_us: i64) -> Done<Option<i64>> {
    let matter = known(tx, connection)?;
    if (matter.kind, matter.state) != (Kind::Connection, State::TechnicalTest) {
        return Ok(None);
    }
    let sql = "SELECT number FROM governance_test WHERE matter = $1 AND closed_at_us IS NULL AND expires_at_us >= $2
         ORDER BY number DESC LIMIT 1";
    let row = tx.query_opt(sql, &[connection.into(), at_us.into()])?;
    Ok(row.map(|row| row.int(0)).transpose()?)
}

fn count(tx: &mut Tx<'_>, connection: &str, number: i64) -> Done<(u32, u32)> {
    let sql =
        "SELECT COUNT(done_at_us), COUNT(*) FROM governance_test_case WHERE matter = $1 AND number = $2";
    let row = tx.query_opt(sql, &[connection.into(), number.into()])?;
    let row = row.ok_or(GovernanceError::Internal("a count gave no row"))?;
    Ok((row.number(0)?, row.number(1)?))
}

fn test(tx: &mut Tx<'_>, rules: &Rules, connection: &str, row: &Row) -> Done<Test> {
    let number: u32 = row.number(0)?;
    let day = today(row.int(1)?)?;
    let sql = "SELECT service, name, expect, outcome, calls, called_at_us, entry, done_at_us
         FROM governance_test_case WHERE matter = $1 AND number = $2 ORDER BY service DESC, name";
    let cases = tx.query(sql, &[connection.into(), number.into()])?;
    Ok(Test {
        number,
        opened_us: row.int(1)?,
        expires_us: row.int(2)?,
        closed_us: row.opt_int(3)?,
        sandbox: Sandbox {
            credential: row.text(4)?.to_owned(),
            handed_over: row.text(5)?.lines().map(str::to_owned).collect(),
        },
        cases: cases.iter().map(|row| case(rules, day, connection, row)).collect::<Done<_>>()?,
    })
}

fn case(rules: &Rules, day: CivilDate, connection: &str, row: &Row) -> Done<TestCase> {
    let damaged = || GovernanceError::damaged("governance_test_case", connection, "unknown service");
    let service = Service::from_name(row.text(0)?).ok_or_else(damaged)?;
    let script = rules.test_cases(service, day).into_iter().find(|rule| row.text(1) == Ok(&rule.name));
    Ok(TestCase {
        service,
        script: script.cloned(),
        name: row.text(1)?.to_owned(),
        expect: row.text(2)?.to_owned(),
        outcome: row.opt_text(3)?.map(str::to_owned),
        calls: row.number(4)?,
        called_us: row.opt_int(5)?,
        entry: row.opt_number(6)?,
        done_us: row.opt_int(7)?,
    })
}
