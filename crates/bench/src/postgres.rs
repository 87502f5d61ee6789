//! A peer of the road: PostgreSQL answers the same question by a prepared statement, as fast as `pgbench` can ask it. It has
//! no TLS, no signature, no journal and no agreement: what the road adds is the difference.
use anyhow::Context as _;
use dancu_storage::testing::PostgresServer;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

pub(crate) const PEER: &str = "PostgreSQL by pgbench, prepared, alone";

/// The people of the demo in number; their numbers are those of the place and year that `pgbench` draws from.
const PEOPLE: u32 = 100_000;

const TABLE: &str = "CREATE TABLE people (number bigint PRIMARY KEY, name text NOT NULL, born date NOT NULL, sex smallint NOT NULL);
INSERT INTO people SELECT 1185000000 + n, 'tran thi thuy hoa ' || n, date '1985-04-30' + (n % 3000)::integer, n % 2
  FROM generate_series(1, 100000) AS n";
/// Apart: it does not run in the transaction that several commands make.
const TIDY: &str = "VACUUM ANALYZE people";

const QUESTION: &str = "\\set n random(1, 100000)
SELECT number, name = 'tran thi thuy hoa ' || :n, born = date '1985-04-30' + (:n % 3000), sex = :n % 2
  FROM people WHERE number = 1185000000 + :n;
";

/// Answers a second over so many connections.
pub(crate) fn measure(folder: &Path, connections: usize, time: Duration) -> anyhow::Result<f64> {
    let server = dancu_storage::testing::postgres();
    let script = folder.join("question.sql");
    std::fs::write(&script, QUESTION)?;
    said(on(&server, "psql").args(["-q", "-v", "ON_ERROR_STOP=1", "-c", TABLE, "-c", TIDY]))?;
    let count = said(on(&server, "psql").args(["-A", "-t", "-c", "SELECT count(*) FROM people"]))?;
    anyhow::ensure!(count.trim() == PEOPLE.to_string(), "the table holds {count}");
    let report = said(
        on(&server, "pgbench")
            .args(["-n", "-M", "prepared", "-j", "2", "-c", &connections.to_string()])
            .args(["-T", &time.as_secs().max(1).to_string(), "-f"])
            .arg(&script),
    )?;
    let failed = report.lines().find_map(|line| line.strip_prefix("number of failed transactions: "));
    anyhow::ensure!(failed.is_some_and(|failed| failed.starts_with("0 ")), "pgbench: {report}");
    let rate =
        report.lines().find_map(|line| line.strip_prefix("tps = ")).context("pgbench gives no rate")?;
    Ok(rate.split(' ').next().unwrap_or_default().parse()?)
}

/// A program of the server's version, talking to it.
fn on(server: &PostgresServer, program: &str) -> Command {
    let mut command = Command::new(server.program(program));
    let folder = server.socket().parent().map(Path::to_path_buf).unwrap_or_default();
    command.arg("-h").arg(folder).args(["-U", "postgres"]);
    if program == "psql" {
        command.args(["-d", "postgres", "-X"]);
    } else {
        command.env("PGDATABASE", "postgres");
    }
    command
}

fn said(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("{}", command.get_program().display()))?;
    let error = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{}: {error}", command.get_program().display());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
