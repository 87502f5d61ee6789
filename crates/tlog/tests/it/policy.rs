//! Policies, and checkpoints held against them.
use crate::checkpoint::{signed, signer};
use dancu_tlog::checkpoint::{SignedCheckpoint, SignedRefused, TreeHead};
use dancu_tlog::cosignature::cosign;
use dancu_tlog::note::{Note, NoteRefused, SignatureType, SignerKey, VerifierKey};
use dancu_tlog::policy::{Cosigner, LineRefused, NotAccepted, Policy, PolicyRefused, strict_open};
use proptest::prelude::*;

fn vkey(name: &str, signature_type: SignatureType) -> VerifierKey {
    signer(name, signature_type).verifier().clone()
}

fn log_key(name: &str) -> VerifierKey {
    vkey(name, SignatureType::Ed25519)
}

/// The keys of [`signer`] are told apart by the length of their names.
fn witness(name: &str) -> SignerKey {
    signer(name, SignatureType::CosignatureV1)
}

fn witness_key(name: &str) -> VerifierKey {
    witness(name).verifier().clone()
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().concat()
}

fn witness_line(n: usize, url: &str) -> String {
    format!("witness w{n} {}{url}\n", witness_key(&"w".repeat(n)))
}

/// Of three witnesses, 1 to 3, 4 to 6, and so on.
fn group_line(n: usize, threshold: usize) -> String {
    format!("group g{n} {threshold} w{} w{} w{}\n", 3 * n + 1, 3 * n + 2, 3 * n + 3)
}

/// The example of the text, with keys.
fn example() -> String {
    let w = |name: &str, length: usize| format!("witness {name} {}\n", witness_key(&"w".repeat(length)));
    [
        format!("log {}\n\n", log_key("log")),
        lines((1..4).map(|n| w(&format!("X{n}"), n))),
        "group X-witnesses 2 X1 X2 X3\n\n".into(),
        lines((4..7).map(|n| w(&format!("Y{}", n - 3), n))),
        "group Y-witnesses any Y1 Y2 Y3\n\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
            .into(),
    ]
    .concat()
}

#[test]
fn the_example_of_the_text_is_read() {
    let policy: Policy = example().parse().unwrap();
    assert_eq!((policy.logs().len(), policy.witnesses().len(), policy.groups().len()), (1, 6, 3));
    assert_eq!(policy.quorum(), Some("X-and-Y"));
    for (names, met) in [
        (&["X1", "X2", "Y1"][..], true),
        (&["Y3", "X3", "X1", "X2", "Y2", "Y1"], true),
        (&["X1", "X2"], false),
        (&["X1", "Y1", "Y2", "Y3"], false),
        (&["X1", "X1", "X1", "Y1"], false),
        (&["X-witnesses", "Y-witnesses"], false),
        (&["X-and-Y"], false),
        (&[], false),
    ] {
        assert_eq!(policy.is_met(names.iter().copied()), met, "{names:?}");
    }
    assert_eq!(policy.to_string().parse(), Ok(policy));
}

#[test]
fn blanks_comments_and_urls() {
    let (log, w) = (log_key("log"), witness_key("w"));
    let text = format!(
        "# a comment\n\t # another\n \t\n  log\t{log}  https://log.example/ \nwitness nhân-chứng {w} x#y\nquorum none\n#"
    );
    assert_eq!(text.parse::<Policy>(), Err(PolicyRefused::Unterminated));
    let policy: Policy = format!("{text}\n").parse().unwrap();
    assert_eq!(policy.logs()[0].url.as_deref(), Some("https://log.example/"));
    assert_eq!(
        (policy.witnesses()[0].name.as_str(), policy.witnesses()[0].url.as_deref()),
        ("nhân-chứng", Some("x#y"))
    );
    assert!(policy.quorum().is_none() && policy.is_met([]));
    assert_eq!(
        policy.to_string(),
        format!("log {log} https://log.example/\nwitness nhân-chứng {w} x#y\nquorum none\n")
    );
    assert_eq!("quorum none\n".parse::<Policy>().unwrap().logs(), []);
}

#[test]
fn what_is_no_policy() {
    use LineRefused::{
        Duplicate, Items, Key, KeyType, Keyword, MemberTwice, Name, SecondQuorum, Threshold, Undefined,
    };
    let (log, a, b) = (log_key("log"), witness_key("a"), witness_key("bb"));
    let same_log = VerifierKey::new("other", SignatureType::Ed25519, *log.public()).unwrap();
    let same_witness = VerifierKey::new("other", SignatureType::CosignatureV1, *a.public()).unwrap();
    let two = format!("witness a {a}\nwitness b {b}\n");
    let line = |number, refused| Err(PolicyRefused::Line { number, refused });
    for (bad, why) in [
        (String::new(), Err(PolicyRefused::Unterminated)),
        ("\n".into(), Err(PolicyRefused::NoQuorum)),
        (format!("log {log}\n"), Err(PolicyRefused::NoQuorum)),
        ("quorum none\r\n".into(), Err(PolicyRefused::NotText)),
        ("quorum none\n#\x7f\n".into(), Err(PolicyRefused::NotText)),
        ("quorum none\nquorum none\n".into(), line(2, SecondQuorum)),
        ("quorum none\n\nlogs\n".into(), line(3, Keyword)),
        ("Quorum none\n".into(), line(1, Keyword)),
        // Another white space than space and tab is a part of the item.
        ("quorum\u{a0}none\n".into(), line(1, Keyword)),
        ("quorum\n".into(), line(1, Items)),
        ("quorum none none\n".into(), line(1, Items)),
        ("log\n".into(), line(1, Items)),
        (format!("log {log} a b\n"), line(1, Items)),
        (format!("witness {a}\n"), line(1, Items)),
        (format!("witness a {a} x y\n"), line(1, Items)),
        ("group g\n".into(), line(1, Items)),
        (format!("log {log}x\n"), line(1, Key(dancu_tlog::note::KeyRefused::Malformed))),
        (format!("log {a}\n"), line(1, KeyType)),
        (format!("witness a {log}\n"), line(1, KeyType)),
        (format!("log {log}\nlog {log}\n"), line(2, Duplicate)),
        (format!("log {log}\nlog {same_log}\n"), line(2, Duplicate)),
        (format!("witness a {a}\nwitness b {a}\n"), line(2, Duplicate)),
        (format!("witness a {a}\nwitness b {same_witness}\n"), line(2, Duplicate)),
        (format!("witness a {a}\nwitness a {b}\n"), line(2, Duplicate)),
        (format!("witness none {a}\n"), line(1, Name)),
        (format!("{two}group none any a\n"), line(3, Name)),
        (format!("{two}group a any b\n"), line(3, Duplicate)),
        (format!("{two}group g 0 a b\n"), line(3, Threshold)),
        (format!("{two}group g 3 a b\n"), line(3, Threshold)),
        (format!("{two}group g 02 a b\n"), line(3, Threshold)),
        (format!("{two}group g +1 a b\n"), line(3, Threshold)),
        (format!("{two}group g some a b\n"), line(3, Threshold)),
        (format!("{two}group g all\n"), line(3, Threshold)),
        (format!("{two}group g any\n"), line(3, Threshold)),
        (format!("{two}group g any c\n"), line(3, Undefined)),
        (format!("{two}group g any g\n"), line(3, Undefined)),
        (format!("{two}group g any none\n"), line(3, Undefined)),
        (format!("{two}group g any a a\n"), line(3, MemberTwice)),
        (format!("{two}group g any a\ngroup h any a\n"), line(4, MemberTwice)),
        (format!("quorum a\nwitness a {a}\n"), line(1, Undefined)),
        (format!("{two}quorum log\n"), line(3, Undefined)),
    ] {
        assert_eq!(bad.parse::<Policy>(), why, "{bad:?}");
    }
    let many = lines((0..2000).map(|n| format!("group g{n} any g{}\n", n - 1)));
    assert!(format!("{two}group g-1 any a\n{many}").parse::<Policy>().is_err());
    assert_eq!("#".repeat(1 << 21).parse::<Policy>(), Err(PolicyRefused::TooLarge));
}

#[test]
fn parts_are_held_to_the_same_rules() {
    use dancu_tlog::policy::{Group, Witness};
    let witness = |name: &str, url: Option<&str>| Witness {
        name: name.into(),
        key: witness_key("a"),
        url: url.map(str::to_owned),
    };
    let group = |threshold| Group { name: "g".into(), threshold, members: vec!["a".into()] };
    let policy = |witness, group, quorum: &str| {
        Policy::new(vec![], vec![witness], vec![group], Some(quorum.to_owned()))
    };
    assert!(policy(witness("a", Some("u")), group(1), "g").is_ok());
    for name in ["", "a b", "a\tb", "a\n", "none"] {
        assert_eq!(policy(witness(name, None), group(1), "g"), Err(LineRefused::Name), "{name:?}");
    }
    for url in ["", "a b", "\n"] {
        assert_eq!(policy(witness("a", Some(url)), group(1), "g"), Err(LineRefused::Url), "{url:?}");
    }
    assert_eq!(policy(witness("a", None), group(2), "g"), Err(LineRefused::Threshold));
    assert_eq!(policy(witness("a", None), group(1), "none"), Err(LineRefused::Undefined));
}

fn checkpoint() -> SignedCheckpoint {
    signed("log", TreeHead { size: 8, root: [7; 32] })
}

fn cosigned(names: &[&str]) -> SignedCheckpoint {
    let mut checkpoint = checkpoint();
    for (name, time_s) in names.iter().zip(1..) {
        checkpoint.add(cosign(&witness(name), &checkpoint, time_s).unwrap());
    }
    checkpoint
}

#[test]
fn a_checkpoint_has_no_line_but_those_of_the_policy() {
    let policy: Policy = example().parse().unwrap();
    let open = |checkpoint: &SignedCheckpoint| strict_open(checkpoint.to_string().as_bytes(), &policy);
    let opened = open(&cosigned(&["w", "wwww", "ww"])).unwrap();
    let by = |name: &str, time_s| Cosigner { name: name.into(), time_s };
    assert_eq!((opened.cosigners, opened.quorum), (vec![by("X1", 1), by("Y1", 2), by("X2", 3)], true));
    let opened = open(&checkpoint()).unwrap();
    assert_eq!((opened.head().size, opened.cosigners, opened.quorum), (8, vec![], false));
    assert_eq!(open(&cosigned(&["w", "stranger"])), Err(NotAccepted::UnknownKey(3)));
    // A second cosignature by one witness, at another time, though it is good.
    let mut twice = cosigned(&["w"]);
    twice.add(cosign(&witness("w"), &twice, 99).unwrap());
    assert_eq!(open(&twice), Err(NotAccepted::SignedTwice(3)));
    let line = checkpoint().to_string().lines().last().unwrap().to_owned();
    let doubled = format!("{}{line}\n", checkpoint());
    assert_eq!(strict_open(doubled.as_bytes(), &policy), Err(NotAccepted::SignedTwice(2)));
    // Only witnesses.
    let text = cosigned(&["w"]).to_string().replace(&format!("{line}\n"), "");
    assert_eq!(strict_open(text.as_bytes(), &policy), Err(NotAccepted::NotSigned));
    // The witness's key, used as a log's.
    let as_log = SignerKey::from_seed("log", SignatureType::Ed25519, &[1; 32]).unwrap();
    let note = Note::sign(checkpoint().note().text(), &as_log).unwrap();
    assert_eq!(strict_open(note.to_string().as_bytes(), &policy), Err(NotAccepted::UnknownKey(1)));
    assert_eq!(open(&signed("elsewhere", TreeHead::empty())), Err(NotAccepted::Origin));
    let refused = SignedRefused::Note(NoteRefused::Malformed);
    assert_eq!(strict_open(b"", &policy), Err(NotAccepted::Refused(refused)));
}

#[test]
fn one_log_does_not_sign_for_another() {
    let policy: Policy =
        format!("log {}\nlog {}\nquorum none\n", log_key("log"), log_key("second")).parse().unwrap();
    let by_second =
        Note::sign(checkpoint().note().text(), &signer("second", SignatureType::Ed25519)).unwrap();
    assert_eq!(strict_open(by_second.to_string().as_bytes(), &policy), Err(NotAccepted::OtherLog(1)));
    let mut both = checkpoint();
    both.add(by_second.signatures()[0].clone());
    assert_eq!(strict_open(both.to_string().as_bytes(), &policy), Err(NotAccepted::OtherLog(2)));
    // Two keys of one log: still one signature.
    let new = SignerKey::from_seed("log", SignatureType::Ed25519, &[99; 32]).unwrap();
    let policy: Policy =
        format!("log {}\nlog {}\nquorum none\n", log_key("log"), new.verifier()).parse().unwrap();
    let mut both = checkpoint();
    let by_new = Note::sign(checkpoint().note().text(), &new).unwrap();
    assert!(strict_open(by_new.to_string().as_bytes(), &policy).is_ok());
    both.add(by_new.signatures()[0].clone());
    assert_eq!(strict_open(both.to_string().as_bytes(), &policy), Err(NotAccepted::SignedTwice(2)));
}

#[test]
fn every_flipped_bit_of_a_checkpoint_is_found() {
    let policy: Policy = example().parse().unwrap();
    let honest = cosigned(&["w", "ww", "wwww"]).to_string().into_bytes();
    assert!(strict_open(&honest, &policy).unwrap().quorum);
    for bit in 0..honest.len() * 8 {
        let mut changed = honest.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(strict_open(&changed, &policy).is_err(), "bit {bit}");
    }
    for end in 0..honest.len() {
        // Cut between two lines it is an honest checkpoint with fewer cosignatures.
        let cut = strict_open(&honest[..end], &policy);
        assert!(cut.is_err() || (honest[end - 1] == b'\n' && !cut.unwrap().quorum), "cut at {end}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(thresholds in prop::collection::vec(1_usize..4, 3), urls in prop::collection::vec(prop::option::of("[!-~ơ]{1,9}"), 10), quorum in 0_usize..11) {
        let quorum = ["none", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "w9", "g2"][quorum];
        let url = |n: usize| urls[n].as_ref().map_or_else(String::new, |url| format!("  {url}"));
        let mut text = format!("log {}{}\n", log_key("log"), url(0));
        for n in 1..10 { text.push_str(&witness_line(n, &url(n))); }
        for (n, k) in thresholds.iter().enumerate() { text.push_str(&group_line(n, *k)); }
        let policy: Policy = format!("{text}\tquorum {quorum} \n").parse().unwrap();
        let written = policy.to_string();
        prop_assert_eq!(written.parse(), Ok(policy.clone()));
        prop_assert_eq!(written.parse::<Policy>().unwrap().to_string(), written);
    }

    #[test]
    fn a_group_counts_its_members(mask in 0_u32..512, thresholds in prop::collection::vec(1_usize..4, 3), above in 1_usize..4) {
        let mut text = lines((1..10).map(|n| witness_line(n, "")));
        for (n, k) in thresholds.iter().enumerate() { text.push_str(&group_line(n, *k)); }
        let policy: Policy = format!("{text}group top {above} g0 g1 g2\nquorum top\n").parse().unwrap();
        let names: Vec<String> = (1..10).filter(|n| mask >> (n - 1) & 1 == 1).map(|n| format!("w{n}")).collect();
        let met = thresholds.iter().zip([0, 3, 6]).filter(|(k, at)| (mask >> at & 7).count_ones() as usize >= **k).count() >= above;
        prop_assert_eq!(policy.is_met(names.iter().map(String::as_str)), met);
    }

    #[test]
    fn any_text_is_refused_or_written_and_read_again(text in "((log|witness|group|quorum|any|all|none|a|b|1|#)[ \t\n]{0,2}){0,12}\n") {
        if let Ok(policy) = text.parse::<Policy>() {
            prop_assert_eq!(policy.to_string().parse(), Ok(policy));
        }
    }
}
