//! A private PostgreSQL server.

use std::fs::{self, Permissions};
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_postgres::NoTls;

use super::runtime;

/// Makes the cluster where there is none, starts the server, waits until the pipe from the test process says a word or
/// breaks, then kills the server. So the server ends with the tests even if they are killed. Unless the word is `keep`,
/// the directory goes too. `$as` is a command that changes the user, in words, or nothing. A server
/// that starts just then ignores the signal for a while, so it is sent until it works.
const WATCHMAN: &str = r#"
trap '' INT TERM HUP
directory=$1 programs=$2 as=$3; shift 3
exec >>"$directory/log" 2>&1
[ -e "$directory/data/PG_VERSION" ] ||
    $as "$programs/initdb" --username=postgres --auth=trust --no-sync --locale=C --encoding=UTF8 -D "$directory/data"
$as "$programs/postgres" -D "$directory/data" -k "$directory" "$@" &
server=$!
read -r word
(while :; do kill -QUIT $server; sleep 0.2; done) &
killer=$!
wait $server
kill -KILL $killer
[ "$word" = keep ] || rm -rf "$directory"
"#;

/// PostgreSQL refuses to run as root.
const AS_POSTGRES: &str = "setpriv --reuid=postgres --regid=postgres --clear-groups --";

const DEFAULT_PORT: u16 = 5432;

/// Fast rather than safe against a power cut; a killed server still finds all it committed.
const SETTINGS: [&str; 6] = [
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "max_connections=300",
    "shared_buffers=64MB",
    "log_statement=none",
];

/// A private PostgreSQL server on a socket in a temporary directory. Dropped, it is stopped and its data removed.
#[derive(Debug)]
pub struct PostgresServer {
    directory: PathBuf,
    programs: PathBuf,
    /// The port on the loopback address, for a server with TLS: PostgreSQL has none on sockets of the file system.
    port: Option<u16>,
    watchman: Mutex<Option<Child>>,
}

impl PostgresServer {
    /// Makes a cluster and starts it.
    pub(super) fn start_new() -> Self {
        let server = Self::new(None);
        server.start();
        server
    }

    /// Makes a cluster that offers TLS on the loopback address, with a certificate and its key in PEM, and starts it.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start_with_tls(certificate: &str, key: &str) -> Self {
        let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
        let server = Self::new(Some(free.expect("a free port").port()));
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            let path = server.directory.join(name);
            fs::write(&path, text).expect("a file for the server");
            fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("a file of the owner's");
            if is_root() {
                run(Command::new("chown").arg("postgres").arg(&path));
            }
        }
        server.start();
        server
    }

    fn new(port: Option<u16>) -> Self {
        let programs = programs();
        let directory = tempfile::Builder::new().prefix("dancu-pg-").tempdir_in("/tmp");
        let directory = directory.expect("a temporary directory").keep();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&directory));
        }
        Self { directory, programs, port, watchman: Mutex::default() }
    }

    /// Where to find it.
    pub fn url(&self) -> String {
        let port = self.port.unwrap_or(DEFAULT_PORT);
        format!("host={} port={port} user=postgres dbname=postgres", self.directory.display())
    }

    /// Where to find it on the loopback address, if it offers TLS.
    pub fn tls_url(&self) -> Option<String> {
        self.port.map(|port| {
            format!("host=localhost hostaddr=127.0.0.1 port={port} user=postgres dbname=postgres")
        })
    }

    /// A program that came with it, such as `psql` or `pgbench`.
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// The socket it listens on.
    pub fn socket(&self) -> PathBuf {
        self.directory.join(format!(".s.PGSQL.{}", self.port.unwrap_or(DEFAULT_PORT)))
    }

    /// Kills the server, as a crash does.
    pub fn stop(&self) {
        self.end(b"keep\n");
    }

    /// Starts it, or starts it again with the same data, and waits until it answers.
    ///
    /// # Panics
    ///
    /// When it does not start within a minute.
    pub fn start(&self) {
        let mut running = self.watchman();
        if running.is_some() {
            return;
        }
        let mut watchman = Command::new("sh");
        watchman.args(["-c", WATCHMAN, "watchman"]).arg(&self.directory).arg(&self.programs);
        watchman.arg(if is_root() { AS_POSTGRES } else { "" });
        for setting in SETTINGS {
            watchman.args(["-c", setting]);
        }
        if let Some(port) = self.port {
            watchman.args(["-c", "ssl=on", "-c", "listen_addresses=127.0.0.1"]);
            watchman.arg("-c").arg(format!("port={port}"));
            for (setting, name) in [("ssl_cert_file", "server.crt"), ("ssl_key_file", "server.key")] {
                watchman.arg("-c").arg(format!("{setting}={}", self.directory.join(name).display()));
            }
        }
        watchman.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // A group of its own: Ctrl-C at the terminal reaches the tests, and through the pipe the watchman.
        *running = Some(watchman.process_group(0).current_dir("/").spawn().expect("sh"));
        drop(running);
        self.wait_until_ready();
    }

    /// Runs statements outside any transaction.
    pub(super) fn batch_execute(&self, sql: &str) {
        self.try_batch_execute(sql).expect("the statement of a test");
    }

    /// On a thread of its own, since the test may run inside a runtime.
    fn try_batch_execute(&self, sql: &str) -> Result<(), tokio_postgres::Error> {
        let work = async {
            let (client, connection) = tokio_postgres::connect(&self.url(), NoTls).await?;
            tokio::spawn(connection);
            client.batch_execute(sql).await
        };
        std::thread::scope(|scope| {
            scope.spawn(|| runtime().block_on(work)).join().expect("the thread that talks to PostgreSQL")
        })
    }

    fn wait_until_ready(&self) {
        for _ in 0..2400 {
            if self.try_batch_execute("SELECT 1").is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        panic!("PostgreSQL did not start within a minute; its log:\n{log}");
    }

    fn end(&self, word: &[u8]) {
        if let Some(mut watchman) = self.watchman().take() {
            // Where the pipe is broken already, the watchman has done its work.
            let _ = watchman.stdin.take().map(|mut pipe| pipe.write_all(word));
            let _ = watchman.wait();
        }
    }

    fn watchman(&self) -> MutexGuard<'_, Option<Child>> {
        self.watchman.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        if self.watchman().is_some() {
            self.end(b"end\n");
        } else {
            let _ = fs::remove_dir_all(&self.directory);
        }
    }
}

/// The directory with `initdb` and `postgres`: Debian's newest, or on the PATH.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut installed: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    installed.sort();
    #[expect(clippy::disallowed_methods, reason = "tests find the programs where the developer has them")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = installed.into_iter().rev().chain(std::env::split_paths(&path));
    let found = places.find(|place| has(place, "initdb") && has(place, "postgres"));
    found.expect("PostgreSQL is missing: install the server (Debian: apt install postgresql); the tests need both engines")
}

fn has(place: &Path, program: &str) -> bool {
    place.join(program).is_file()
}

/// The owner of this process's own entry in `/proc`.
fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

fn run(command: &mut Command) {
    let output = command.output().expect("a program that PostgreSQL's tests need");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
