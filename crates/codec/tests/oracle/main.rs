//! A response that imap-codec accepts is accepted by our reader with the same meaning.

use proptest::prelude::*;

pub mod compare;
mod coverage;
mod samples;

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_read_the_same(wire in samples::any_response()) {
        let readings = compare::readings(wire.as_bytes());
        let Some(readings) = readings else {
            return Err(TestCaseError::fail(format!("the sample is not valid: {wire:?}")));
        };
        prop_assert_eq!(readings.ours, readings.theirs, "{:?}", wire);
    }
}
