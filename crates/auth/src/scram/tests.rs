//! Tests of SCRAM with the exchanges in the RFCs, and with servers that cheat.

use std::time::{Duration, Instant};

use super::*;

/// Returns the exchange of RFC 5802 §5, whose password is `pencil`.
fn rfc_5802() -> (Scram, &'static str) {
    let mut scram = Scram::sha1("user", "pencil".into());
    let first = scram.first("fyko+d2lbbFgONRv9qkxdawL".into()).unwrap();
    assert_eq!(first.as_slice(), b"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
    (
        scram,
        "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    )
}

/// Returns the exchange of RFC 7677 §3.
fn rfc_7677() -> (Scram, &'static str) {
    let mut scram = Scram::sha256("user", "pencil".into());
    let first = scram.first("rOprNGfwEbeRWgbNEkqO".into()).unwrap();
    assert_eq!(first.as_slice(), b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    (
        scram,
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    )
}

#[track_caller]
fn answers(scram: &mut Scram, challenge: &str, answer: &str) {
    let found = scram.respond(challenge.as_bytes()).unwrap();
    assert_eq!(String::from_utf8_lossy(&found), answer);
}

#[test]
fn the_exchange_of_rfc_5802() {
    let (mut scram, challenge) = rfc_5802();
    answers(
        &mut scram,
        challenge,
        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    );
    answers(&mut scram, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", "");
    assert_eq!(scram.finish(), Ok(()));
}

#[test]
fn the_exchange_of_rfc_7677() {
    let (mut scram, challenge) = rfc_7677();
    answers(
        &mut scram,
        challenge,
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
         p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    );
    answers(
        &mut scram,
        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        "",
    );
    assert_eq!(scram.finish(), Ok(()));
}

#[test]
fn each_exchange_has_a_nonce_of_its_own() {
    let nonce = || {
        let first = Scram::sha1("user", "pencil".into()).initial().unwrap();
        let first = String::from_utf8(first.unwrap().to_vec()).unwrap();
        let (_, nonce) = first.split_once("r=").unwrap();
        assert!(nonce.len() >= 24 && nonce.is_ascii() && !nonce.contains(','));
        nonce.to_owned()
    };
    assert_ne!(nonce(), nonce());
}

#[test]
fn a_salted_password_takes_the_hashing_it_was_asked_for() {
    // The values of RFC 6070 §2 and RFC 7914 §11.
    let sha1 = Hash::Sha1.salted(b"password", b"salt", 4096);
    assert_eq!(sha1[..4], [0x4b, 0x00, 0x79, 0x01]);
    let sha256 = Hash::Sha256.salted(b"passwd", b"salt", 1);
    assert_eq!(sha256[..4], [0x55, 0xac, 0x04, 0x6e]);
}

#[test]
fn names_are_escaped_and_prepared() {
    let mut scram = Scram::sha1("a=b,c\u{a0}\u{2168}", "x".into()).authorization(",=");
    assert_eq!(
        scram.first("N".into()).unwrap().as_slice(),
        b"n,a==2C=3D,n=a=3Db=2Cc IX,r=N"
    );
}

#[test]
fn passwords_are_prepared() {
    let proof = |password: &str| {
        let mut scram = Scram::sha256("user", password.into());
        scram.first("N".into()).unwrap();
        scram.respond(b"r=NM,s=c2FsdA==,i=4096").unwrap().to_vec()
    };
    assert_eq!(proof("pa\u{308}ss"), proof("päss"));
    assert_eq!(proof("IX"), proof("I\u{ad}X"));
    assert_ne!(proof("ix"), proof("IX"));
}

#[test]
fn what_cannot_be_sent_is_refused_before_anything_is() {
    for (username, password, authorization, what) in [
        ("", "x", "", "user name"),
        ("\u{ad}", "x", "", "user name"),
        ("a\n", "x", "", "user name"),
        ("a", "x\n", "", "password"),
        ("a", "x", "\u{7}", "authorization identity"),
    ] {
        let mut scram = Scram::sha1(username, password.into()).authorization(authorization);
        let error = scram.initial().unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    }
}

#[test]
fn the_header_says_how_the_login_is_bound() {
    let exporter = || ChannelBinding::TlsExporter([7; 32]);
    for (mut scram, binding, header, bound) in [
        (
            Scram::sha1("u", "x".into()),
            ChannelBinding::None,
            "n,,",
            "biws",
        ),
        (
            Scram::sha1("u", "x".into()),
            ChannelBinding::NotOffered,
            "y,,",
            "eSws",
        ),
        // Unbound by the user's choice, although the server offers binding.
        (Scram::sha256("u", "x".into()), exporter(), "n,,", "biws"),
        (
            Scram::sha256_plus("u", "x".into()),
            exporter(),
            "p=tls-exporter,,",
            "cD10bHMtZXhwb3J0ZXIsLAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH",
        ),
    ] {
        scram.bind(&binding);
        let first = scram.first("N".into()).unwrap();
        assert!(first.starts_with(header.as_bytes()), "{binding:?}");
        let answer = scram.respond(b"r=NM,s=c2FsdA==,i=4096").unwrap();
        let answer = String::from_utf8(answer.to_vec()).unwrap();
        let found = answer.strip_prefix("c=").unwrap().split(',').next();
        assert_eq!(found, Some(bound), "{binding:?}");
    }
}

#[test]
fn plus_takes_something_to_bind_to() {
    for binding in [ChannelBinding::None, ChannelBinding::NotOffered] {
        let mut scram = Scram::sha256_plus("u", "x".into());
        scram.bind(&binding);
        let mechanism = "SCRAM-SHA-256-PLUS";
        assert_eq!(
            scram.initial(),
            Err(Error::NoChannelBinding { mechanism }),
            "{binding:?}"
        );
    }
}

#[test]
fn hostile_numbers_of_iterations_are_refused_before_any_hashing() {
    let begun = Instant::now();
    for count in [
        "0",
        "1",
        "4095",
        "1000001",
        "2147483648",
        "4294967295",
        "18446744073709551616",
        "99999999999999999999999999",
    ] {
        let (mut scram, challenge) = rfc_7677();
        let challenge = challenge.replace("i=4096", &format!("i={count}"));
        let error = scram.respond(challenge.as_bytes()).unwrap_err();
        assert!(
            matches!(error, Error::Iterations { .. }),
            "{count}: {error}"
        );
        assert!(
            error.to_string().contains("from 4096 to 1000000"),
            "{error}"
        );
        // The exchange allows no second attempt.
        assert!(scram.respond(b"r=x,s=eA==,i=4096").is_err());
        assert!(scram.finish().is_err());
    }
    // 2^31 iterations would take minutes.
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn first_messages_that_are_none() {
    for challenge in [
        "",
        "r=",
        "s=QSXCR+Q6sek8bf92,i=4096",
        "m=x,r=NM,s=c2FsdA==,i=4096",
        "r=NM",
        "r=NM,s=,i=4096",
        "r=NM,s=***,i=4096",
        "r=NM,s=c2FsdA==",
        "r=NM,s=c2FsdA==,i=",
        "r=NM,s=c2FsdA==,i=-4096",
        "r=NM,s=c2FsdA==,i=+4096",
        "r=NM,s=c2FsdA==,i=4096x",
        "r=NM,i=4096,s=c2FsdA==",
        "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
    ] {
        let mut scram = Scram::sha1("user", "pencil".into());
        scram.first("N".into()).unwrap();
        let error = scram.respond(challenge.as_bytes()).unwrap_err();
        assert!(
            matches!(error, Error::BadChallenge { .. } | Error::Nonce { .. }),
            "{challenge}: {error}"
        );
        assert!(scram.finish().is_err());
    }
    let (mut scram, _) = rfc_5802();
    assert!(scram.respond(b"r=\xff").is_err());
    let (mut scram, _) = rfc_5802();
    assert!(matches!(
        scram.respond(b"e=unknown-user"),
        Err(Error::Refused { said, .. }) if said == "unknown-user"
    ));
    // Extensions are accepted.
    let mut scram = Scram::sha1("user", "pencil".into());
    scram.first("N".into()).unwrap();
    assert!(scram.respond(b"r=NM,s=c2FsdA==,i=4096,x=y").is_ok());
}

#[test]
fn nonces_of_other_exchanges() {
    for nonce in [
        "fyko+d2lbbFgONRv9qkxdawL",
        "fyko+d2lbbFgONRv9qkxdaw",
        "fyko+d2lbbFgONRv9qkxdawM3rfcNHYJY1ZVvWVs7j",
        "3rfcNHYJY1ZVvWVs7jfyko+d2lbbFgONRv9qkxdawL",
    ] {
        let (mut scram, _) = rfc_5802();
        let challenge = format!("r={nonce},s=QSXCR+Q6sek8bf92,i=4096");
        assert!(matches!(
            scram.respond(challenge.as_bytes()),
            Err(Error::Nonce { .. })
        ));
    }
}

#[test]
fn servers_that_do_not_prove_themselves() {
    let right = "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=";
    for (last, expected) in [
        ("v=rmF9pqV8S7suAoZWja4dJRkFsKR=", "failed to prove"),
        ("v=amF9pqV8S7suAoZWja4dJRkFsKQ=", "failed to prove"),
        ("v=rmF9", "failed to prove"),
        ("v=", "failed to prove"),
        ("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=AAAA", "failed to prove"),
        ("", "holds no proof"),
        ("x", "holds no proof"),
        ("e=invalid-proof", "invalid-proof"),
        ("e=\u{1b}[31m", "\\u{1b}"),
    ] {
        let (mut scram, challenge) = rfc_5802();
        scram.respond(challenge.as_bytes()).unwrap();
        let error = scram.respond(last.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{last}: {error}");
        assert!(!error.contains('\u{1b}'), "{error:?}");
        // The right message comes too late.
        assert!(scram.respond(right.as_bytes()).is_err());
        assert!(scram.finish().is_err());
    }
    let (mut scram, challenge) = rfc_5802();
    scram.respond(challenge.as_bytes()).unwrap();
    answers(&mut scram, &format!("{right},x=y"), "");
    assert_eq!(scram.finish(), Ok(()));
}

#[test]
fn an_early_ok_and_extra_rounds() {
    let incomplete = Err(Error::Incomplete {
        mechanism: "SCRAM-SHA-1",
    });
    let mut scram = Scram::sha1("user", "pencil".into());
    assert_eq!(scram.finish(), incomplete);
    assert!(scram.respond(b"").is_err());
    let (mut scram, challenge) = rfc_5802();
    assert_eq!(scram.finish(), incomplete);
    scram.respond(challenge.as_bytes()).unwrap();
    assert_eq!(scram.finish(), incomplete);
    scram.respond(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=").unwrap();
    assert_eq!(scram.finish(), Ok(()));
    assert!(matches!(
        scram.respond(b""),
        Err(Error::UnexpectedChallenge { .. })
    ));
    // The exchange is no longer complete.
    assert_eq!(scram.finish(), incomplete);
}
