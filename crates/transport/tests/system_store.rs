//! Tests of the certificate authorities of the operating system.

#![cfg(all(feature = "native-certs", any(feature = "ring", feature = "aws-lc-rs")))]

mod common;

use std::{env, fs, process::Command};

use imapclient_testkit::{Authority, Certificate, Identity};
use imapclient_transport::{Error, TlsOptions};

use common::{greeting_now, options};

/// Each part is a process of its own, since a process reads the location of the system's store from
/// the environment once.
#[test]
fn the_systems_store() {
    const PART: &str = "IMAPCLIENT_TEST_STORE";
    let identity = || {
        let pem = fs::read_to_string(env::var("IMAPCLIENT_TEST_IDENTITY").unwrap()).unwrap();
        let (cert_pem, key_pem) = pem.split_once('#').unwrap();
        Identity {
            cert_pem: cert_pem.to_owned(),
            key_pem: key_pem.to_owned(),
        }
    };
    match env::var(PART).as_deref() {
        Ok("full") => {
            greeting_now(&identity(), TlsOptions::new(), "localhost").unwrap();
            let mixed = TlsOptions::new().ca_pem(Authority::new().pem());
            greeting_now(&identity(), mixed, "localhost").unwrap();
            let error = options().build().unwrap_err();
            assert!(matches!(error, Error::NoRoots { .. }), "{error:?}");
        }
        Ok("empty") => {
            let error = TlsOptions::new().build().unwrap_err();
            assert!(matches!(error, Error::NoRoots { .. }), "{error:?}");
            let trusting = TlsOptions::new().ca_pem(identity().cert_pem);
            greeting_now(&identity(), trusting, "localhost").unwrap();
            let careless = TlsOptions::new().dangerous_accept_invalid_certs(true);
            greeting_now(&identity(), careless, "localhost").unwrap();
        }
        Ok(other) => panic!("{PART}={other}"),
        Err(_) => {
            let folder = tempfile::tempdir().unwrap();
            let authority = Authority::new();
            let own = authority.issue(Certificate::new(&["localhost"]));
            let store = folder.path().join("store.pem");
            let identity = folder.path().join("identity");
            fs::write(&identity, format!("{}#{}", own.cert_pem, own.key_pem)).unwrap();
            for (part, content) in [("full", authority.pem()), ("empty", String::new())] {
                fs::write(&store, content).unwrap();
                let output = Command::new(env::current_exe().unwrap())
                    .args(["--exact", "the_systems_store"])
                    .env(PART, part)
                    .env("IMAPCLIENT_TEST_IDENTITY", &identity)
                    .env("SSL_CERT_FILE", &store)
                    .env_remove("SSL_CERT_DIR")
                    .output()
                    .unwrap();
                let text = String::from_utf8_lossy(&output.stdout);
                let passed = output.status.success() && text.contains("1 passed");
                assert!(passed, "{part}: {text}");
            }
        }
    }
}
