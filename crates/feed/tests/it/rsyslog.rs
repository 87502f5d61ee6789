//! What Debian's rsyslog reads out of messages with awkward texts: its own reader of structured data, and liblognorm's of CEF.
use crate::scene::{Running, append, clock, journal, options, plain, run};
use dancu_feed::{Event, Format, Receiver};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const AWKWARD: [&str; 12] = [
    r#"a "quoted" text"#,
    r"[brackets] and ]",
    r"back\slash \\ \] \n \",
    "two\nlines",
    "carriage\r\nreturn",
    "a\ttab",
    "Nguyễn Thị Hòa, Phường Phúc Tân",
    "Nguye\u{302}\u{303}n marks apart",
    "a=b c=d |e| =",
    "key=value externalId=7 cs1Label=no",
    "1 <13>1 - - - - - -",
    "🇻🇳",
];

/// Ends with the test.
struct Rsyslog(Child);

impl Drop for Rsyslog {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Rsyslog {
    fn start(folder: &Path, ports: [u16; 2]) -> Self {
        let place = folder.display();
        let [syslog, cef] = ports;
        std::fs::write(folder.join("cef.rules"), "version=2\nrule=:%f:cef%\nrule=: %f:cef%\n").unwrap();
        let configuration = format!(
            r#"
            global(workDirectory="{place}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off")
            module(load="imtcp")
            module(load="mmpstrucdata")
            module(load="mmnormalize")
            template(name="read" type="list") {{ property(name="$!all-json") constant(value="\n") }}
            ruleset(name="syslog") {{
              action(type="mmpstrucdata")
              action(type="omfile" file="{place}/syslog.jsonl" template="read")
            }}
            ruleset(name="cef") {{
              action(type="mmnormalize" rulebase="{place}/cef.rules")
              action(type="omfile" file="{place}/cef.jsonl" template="read")
            }}
            input(type="imtcp" address="127.0.0.1" port="{syslog}" ruleset="syslog")
            input(type="imtcp" address="127.0.0.1" port="{cef}" ruleset="cef")
            "#
        );
        std::fs::write(folder.join("rsyslog.conf"), configuration).unwrap();
        let program =
            ["/usr/sbin/rsyslogd", "/usr/bin/rsyslogd"].into_iter().find(|path| Path::new(path).exists());
        let mut command =
            Command::new(program.unwrap_or_else(|| panic!("rsyslog is not installed: tools/setup all")));
        command.arg("-n").arg("-f").arg(folder.join("rsyslog.conf")).arg("-i").arg(folder.join("pid"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }
}

fn free_ports() -> [u16; 2] {
    let listeners = [(), ()].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// The text of each event, by its number, as it was read.
fn read(path: &Path, fields: &str, number: &str, key: &str) -> BTreeMap<u64, String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let found = lines.filter_map(|line| {
        let fields = line.pointer(fields)?;
        Some((fields.get(number)?.as_str()?.parse().ok()?, fields.get(key)?.as_str()?.to_owned()))
    });
    found.collect()
}

#[test]
fn awkward_texts_are_read_as_they_were_written() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (journal, folder) = (journal(&store), tempfile::tempdir().unwrap());
    let ports = free_ports();
    let _rsyslog = Rsyslog::start(folder.path(), ports);
    let written: BTreeMap<u64, String> = (0..).zip(AWKWARD.map(str::to_owned)).collect();
    let heard = |kind: &str| match kind {
        "syslog" => read(&folder.path().join("syslog.jsonl"), "/rfc5424-sd/dancu@32473", "event", "key"),
        _ => read(&folder.path().join("cef.jsonl"), "/f/Extensions", "DancuEvent", "DancuKey"),
    };
    run(async {
        let address = |port| format!("127.0.0.1:{port}");
        let older = Receiver { format: Format::Cef, ..plain("older", &address(ports[1])) };
        let options = options(&folder.path().join("feed"), vec![plain("soc", &address(ports[0])), older]);
        append(&journal, 1).await;
        let feed = Running::start(options, &journal, &store, clock()).await;
        for text in AWKWARD {
            feed.events.emit(Event::KeysRotated { key: text.to_owned() });
        }
        for _ in 0..300 {
            if ["syslog", "cef"].iter().all(|kind| heard(kind).len() == AWKWARD.len()) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        feed.stop().await;
    });
    assert_eq!(heard("syslog"), written);
    assert_eq!(heard("cef"), written);
}
