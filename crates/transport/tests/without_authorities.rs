//! Checks that a build without authorities names the missing feature.
#![cfg(all(
    any(feature = "ring", feature = "aws-lc-rs"),
    not(feature = "native-certs")
))]

use std::error::Error as _;

use imapclient_transport::{Error, TlsOptions};

#[test]
fn nobody_is_trusted_and_the_reason_is_told() {
    let error = TlsOptions::new().build().unwrap_err();
    assert!(matches!(error, Error::NoRoots { .. }), "{error:?}");
    let source = error.source().unwrap().to_string();
    assert!(
        source.contains("without the feature `native-certs`"),
        "{source}"
    );
}
