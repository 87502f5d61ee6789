//! `dancu doctor`: what it finds, what it says, and how it ends.
use crate::app::{App, configuration};
use crate::pki::{STRANGER, pki};
use crate::{Engine, on_both_engines};
use dancu::config::Config;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

on_both_engines!(a_sound_installation_has_no_fault);

/// Runs the doctor on a configuration; gives whether it is content, and what it says.
fn examine(directory: &Path, config: &Config) -> (bool, String) {
    let file = directory.join("dancu.toml");
    std::fs::write(&file, toml::to_string(config).unwrap()).unwrap();
    run(&["doctor", "--config", file.to_str().unwrap()])
}

pub(crate) fn run(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_dancu")).args(arguments).env_clear().output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

/// The line that names the fault, with the remedy below it.
fn fault<'t>(text: &'t str, what: &str) -> &'t str {
    let start =
        text.find(&format!("FAULT  {what}")).unwrap_or_else(|| panic!("no fault of {what} in:\n{text}"));
    let end = text[start..].match_indices('\n').nth(1).map_or(text.len(), |(at, _)| start + at);
    &text[start..end]
}

async fn a_sound_installation_has_no_fault(engine: Engine) {
    let app = App::start(engine).await;
    let (place, mut config) = (std::sync::Arc::clone(&app.place), app.config.clone());
    app.stop().await;
    let examine =
        |config: &Config| run(&["doctor", "--config", place.write_configuration(config).to_str().unwrap()]);
    let (content, text) = examine(&config);
    assert!(content && !text.contains("FAULT") && text.contains("checks passed"), "{text}");

    // The same store with other keys is not read as if nothing were wrong.
    config.keys.directory = place.keys_directory().with_file_name("other-keys");
    dancu_keys::KeyDir::open(&config.keys.directory, true).unwrap();
    let (content, text) = examine(&config);
    assert!(!content, "{text}");
    assert!(fault(&text, "exchange opens with these keys").contains("restore"), "{text}");
}

#[test]
fn an_empty_folder_lacks_keys_and_store() {
    let directory = tempfile::tempdir().unwrap();
    let (content, text) = examine(directory.path(), &configuration(directory.path()));
    assert!(!content);
    assert!(fault(&text, "keys").contains("dancu keys init"), "{text}");
    assert!(fault(&text, "store").contains("does not exist"), "{text}");
    assert!(text.contains("ok     TLS files"), "{text}");
}

#[test]
fn a_key_of_another_certificate_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let mut config = configuration(directory.path());
    config.listen.key.clone_from(&pki().clients[STRANGER].key);
    let (content, text) = examine(directory.path(), &config);
    assert!(!content);
    assert!(fault(&text, "TLS files").contains("listen.certificate, listen.key"), "{text}");
    config.listen.key = directory.path().join("missing.key");
    let (_, text) = examine(directory.path(), &config);
    assert!(fault(&text, "TLS files").contains("missing.key"), "{text}");
}

#[test]
fn an_address_in_use_and_an_exposed_one_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = configuration(directory.path());
    config.listen.address = taken.local_addr().unwrap();
    config.admin.address = ([0, 0, 0, 0], 0).into();
    config.signing.algorithm = "RS256".into();
    let (content, text) = examine(directory.path(), &config);
    assert!(!content);
    assert!(fault(&text, "HTTPS address").contains(&config.listen.address.to_string()), "{text}");
    assert!(fault(&text, "admin address is local").contains("loopback"), "{text}");
    assert!(fault(&text, "signing algorithm").contains("RS256"), "{text}");
}

#[test]
fn a_feed_that_cannot_be_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let receiver = |address: &str, ca: &str| {
        let mut config = configuration(directory.path());
        let text = format!("[{{ name = 'soc', address = '{address}', ca = '{ca}' }}]");
        let environment = [("DANCU_FEED__RECEIVERS".to_owned(), text)];
        config.feed = Config::parse_over(&config, environment.into_iter()).unwrap().feed;
        examine(directory.path(), &config).1
    };
    assert!(receiver("127.0.0.1:514", "").contains("ok     feed"));
    for (address, ca, said) in [
        ("192.0.2.1:514", "", "without TLS its address must be a loopback address"),
        ("soc.example:6514", "/nowhere/soc-ca.pem", "/nowhere/soc-ca.pem"),
    ] {
        let text = receiver(address, ca);
        assert!(fault(&text, "feed").contains(said), "{text}");
    }
    let mut config = configuration(directory.path());
    config.feed.pull_tokens = directory.path().join("tokens");
    std::fs::write(&config.feed.pull_tokens, "a token in the clear\n").unwrap();
    let (_, text) = examine(directory.path(), &config);
    assert!(fault(&text, "feed").contains("sha256:") && !text.contains("in the clear"), "{text}");
}

#[test]
fn keys_that_others_can_read_are_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let config = configuration(directory.path());
    dancu_keys::KeyDir::open(&config.keys.directory, true).unwrap();
    let file = config.keys.directory.join("sealing.json");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (content, text) = examine(directory.path(), &config);
    assert!(!content);
    assert!(fault(&text, "keys").contains("chmod 600"), "{text}");
}

#[test]
fn a_configuration_that_cannot_be_read_says_where() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("dancu.toml");
    std::fs::write(&file, "[listen]\nadress = \"127.0.0.1:1\"\n").unwrap();
    let (content, text) = run(&["doctor", "--config", file.to_str().unwrap()]);
    assert!(!content && text.contains("adress") && text.contains("dancu.toml"), "{text}");
    let (content, text) = run(&["doctor", "--config", "/nowhere/dancu.toml"]);
    assert!(!content && text.contains("/nowhere/dancu.toml"), "{text}");
}
