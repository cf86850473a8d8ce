//! Checks that a build without cryptography reports it, and can do everything else.
#![cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]

use imapclient_transport::{Error, TlsOptions};

#[test]
fn settings_for_tls_are_refused() {
    let error = TlsOptions::new().build().unwrap_err();
    assert!(matches!(error, Error::NoProvider), "{error:?}");
    let words = error.to_string();
    assert!(
        words.contains("enable the feature `ring` or `aws-lc-rs`"),
        "{words}"
    );
}
