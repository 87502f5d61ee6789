//! A policy that is accepted is written as one that reads the same, and any cosigners can be counted.
#![no_main]
use libfuzzer_sys::fuzz_target;

use dancu_tlog::policy::Policy;

fuzz_target!(|text: &str| {
    if let Ok(policy) = text.parse::<Policy>() {
        assert_eq!(policy.to_string().parse(), Ok(policy.clone()));
        assert!(policy.is_met(policy.witnesses().iter().map(|witness| witness.name.as_str())));
    }
});
