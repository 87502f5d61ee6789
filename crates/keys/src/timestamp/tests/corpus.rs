//! The fuzz target's committed corpus, replayed: nothing panics, some inputs are accepted and some are not.
use super::bench::Bench;
use crate::timestamp::asn1::{TimeStampReq, TimeStampResp};
use crate::timestamp::token::Token;
use crate::timestamp::verify;
use der::Decode as _;
use std::path::Path;

#[test]
fn requests_and_answers() {
    let bench = Bench::new();
    let (tsa, authorities) = (bench.tsa(), bench.authorities());
    let replay = |target: &str, body: &dyn Fn(&[u8]) -> bool| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
        let files = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let accepted: Vec<bool> =
            files.map(|file| body(&std::fs::read(file.unwrap().path()).unwrap())).collect();
        assert!(accepted.contains(&true) && accepted.contains(&false), "{target} has good and bad seeds");
    };
    replay("timestamp_query", &|bytes| {
        assert!(tsa.respond(bytes, super::NOW_US).is_ok());
        TimeStampReq::from_der(bytes).is_ok()
    });
    replay("timestamp_reply", &|bytes| {
        assert!(verify(bytes, b"", None, &authorities).is_err(), "of an authority that nobody knows");
        let token = TimeStampResp::from_der(bytes).ok().and_then(|response| response.time_stamp_token);
        token.is_some_and(|token| Token::open(&token).is_some())
    });
}
