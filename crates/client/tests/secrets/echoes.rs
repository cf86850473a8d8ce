//! Servers that repeat the secrets of a login.

use std::io;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use imapclient::{
    AutoMethod, Code, Error, Login, Update,
    auth::{self, CramMd5, OAuthBearer, Plain, Scram, XOAuth2, secrecy::SecretString},
    transport::TlsOptions,
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer, Server};

use crate::{
    common::{at_port, goodbye, lines, plain, text},
    log::{capture, logged},
    ways::WAYS,
};

/// This is not used in any other test, because all tests share one log.
const PASSWORD: &str = r#"tro"ub\4dor&3"#;

fn secret() -> SecretString {
    PASSWORD.into()
}

fn encode(text: impl AsRef<[u8]>) -> String {
    BASE64_STANDARD.encode(text)
}

/// Returns the forms in which servers may repeat the password.
fn spellings() -> Vec<String> {
    let mut all = vec![
        PASSWORD.to_owned(),
        r#""tro\"ub\\4dor&3""#.to_owned(),
        "tro%22ub%5C4dor%263".to_owned(),
    ];
    all.extend(["", "b", "bo"].map(|before| encode(format!("{before}{PASSWORD}\0"))));
    all
}

#[track_caller]
fn clean(shown: &str) {
    for part in ["ub\\4", "ub\\\\4", "ub%5C4", "4dor&3"] {
        assert!(!shown.contains(part), "{part} in {shown}");
    }
    for before in ["", "b", "bo"] {
        let encoded = encode(format!("{before}{PASSWORD}\0"));
        assert!(!shown.contains(&encoded[4..14]), "{encoded} in {shown}");
    }
}

/// Starts a peer that sends a challenge with the password if `challenged` is true or there is no
/// initial response, and then `answer`, in which `{}` stands for the last line of the client.
fn peer(answer: String, challenged: bool) -> Peer {
    Peer::start(move |mut connection| {
        connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi")?;
        let line = connection.read_line()?;
        let (tag, command) = line.split_once(' ').unwrap_or_default();
        let is_sasl = command.starts_with("AUTHENTICATE");
        let mut last = line.clone();
        if is_sasl && (challenged || command.split(' ').count() < 3) {
            connection.send(&format!("+ {}", encode(format!("said {PASSWORD}"))))?;
            last = connection.read_line()?;
        }
        for line in answer.split('\n') {
            let line = line.replace("<tag>", tag).replace("{}", &last);
            connection.send(&line)?;
        }
        if answer.contains("BYE") {
            return Ok(());
        }
        // The client may have closed the connection.
        let _ = finish(&mut connection);
        Ok(())
    })
}

/// Refuses all further commands.
fn finish(connection: &mut Connection) -> io::Result<()> {
    loop {
        let line = connection.read_line()?;
        let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
        if command == "LOGOUT" {
            connection.send("* BYE")?;
            return connection.send(&format!("{tag} OK"));
        }
        connection.send(&format!("{tag} NO no"))?;
    }
}

fn shown(error: &Error) -> String {
    let log = lines(error.wire_log().iter()).join("\n");
    format!("{error} {error:?} {error:#?} {} {log}", text(error))
}

/// Starts a server that runs SCRAM and sends this text instead of its proof.
fn scram(said: &'static str) -> Peer {
    Peer::start(move |mut connection| {
        connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] hi")?;
        let line = connection.read_line()?;
        let (tag, first) = line.rsplit_once(' ').unwrap_or_default();
        let tag = tag.split(' ').next().unwrap_or_default();
        let first = BASE64_STANDARD.decode(first).unwrap_or_default();
        let first = String::from_utf8_lossy(&first).into_owned();
        let nonce = first.split_once(",r=").map_or("x", |(_, nonce)| nonce);
        connection.send(&format!(
            "+ {}",
            encode(format!("r={nonce}y,s=c2FsdA==,i=4096"))
        ))?;
        let last = BASE64_STANDARD.decode(connection.read_line()?);
        let last = String::from_utf8_lossy(&last.unwrap_or_default()).into_owned();
        let proof = last.split_once(",p=").map_or("", |(_, proof)| proof);
        connection.send(&format!("+ {}", encode(said.replace("{}", proof))))?;
        connection.read_line()?;
        connection.send(&format!("{tag} NO [AUTHENTICATIONFAILED] no: {proof}"))?;
        goodbye(&mut connection)
    })
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    #[case]
    async fn every_way_and_every_answer() {
        capture();
        let mut withheld = 0;
        for (name, way) in WAYS {
            for spelling in spellings() {
                for answer in [
                    format!("<tag> NO [AUTHENTICATIONFAILED] wrong: {spelling}"),
                    format!("<tag> BAD [X-WHY {spelling}] what"),
                    format!("<tag> OK [ALERT] in with {spelling}"),
                    format!("* OK [ALERT] you said {spelling}\n<tag> NO no"),
                    format!("* X-WHAT {spelling}\n<tag> NO no"),
                    format!("* LIST () \"/\" {{{}}}\n{spelling}\n<tag> NO no", spelling.len()),
                    format!("* ID (\"you\" {{{}}}\n{spelling})\n<tag> NO no", spelling.len()),
                    format!("* BYE [UNAVAILABLE] {spelling}"),
                    format!("+ {spelling}\n<tag> NO no"),
                    format!("{spelling} is wrong"),
                    format!("A9 NO {spelling}"),
                ] {
                    for challenged in [true, false] {
                        let peer = peer(answer.clone(), challenged);
                        let mut client = plain::<Client>(&peer).connect().await.unwrap();
                        let result = client.login_with(way(PASSWORD)).await;
                        let what = format!("{name}: {answer}");
                        if let Err(error) = &result {
                            clean(&shown(error));
                            if answer.starts_with("<tag> NO [A") && !matches!(error, Error::Auth(_)) {
                                assert_eq!(error.code(), Some(&Code::AuthenticationFailed), "{what}");
                            }
                        }
                        let log = lines(client.wire_log()).join("\n");
                        withheld += u32::from(log.contains("<withheld"));
                        let updates: Vec<_> = client.updates().collect();
                        clean(&format!("{what:.0}{client:?} {updates:?} {log}"));
                        if answer.starts_with("* OK [ALERT]") {
                            let alert = |update: &Update| {
                                matches!(update, Update::Alert(text) if text.contains("withheld"))
                            };
                            assert!(updates.iter().any(alert), "{what} {updates:?}");
                        }
                    }
                }
            }
        }
        assert!(withheld > 500, "{withheld}");
        clean(&logged());
    }

    #[case]
    async fn what_a_mechanism_was_told() {
        capture();
        for (way, said, words) in [
            (
                Login::mechanism(|| XOAuth2::new("bob", secret())),
                format!(r#"{{"status":"401","token":"{}"}}"#, PASSWORD.escape_default()),
                "NO [AUTHENTICATIONFAILED] no",
            ),
            (
                Login::mechanism(|| OAuthBearer::new("bob", secret())),
                format!(r#"{{"status":"invalid_token","token":"{}"}}"#, encode(PASSWORD)),
                "NO [AUTHENTICATIONFAILED] no",
            ),
        ] {
            let peer = Peer::start(move |mut connection| {
                connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR] hi")?;
                let line = connection.read_line()?;
                let tag = line.split(' ').next().unwrap_or_default();
                connection.send(&format!("+ {}", encode(&said)))?;
                connection.read_line()?;
                connection.send(&format!("{tag} {words}"))?;
                goodbye(&mut connection)
            });
            let mut client = plain::<Client>(&peer).connect().await.unwrap();
            let error = client.login_with(way).await.unwrap_err();
            clean(&shown(&error));
            let Error::Refused(refused) = &error else {
                panic!("{error:?}");
            };
            // The text of the server's answer repeats nothing.
            assert_eq!(refused.text, "no");
            assert!(refused.detail.as_ref().unwrap().contains("withheld"), "{refused:?}");
            client.logout().await.unwrap();
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn proofs_and_digests_are_secrets_too() {
        capture();
        for said in ["e=no-proof-{}", "v={}"] {
            let peer = scram(said);
            let mut client = plain::<Client>(&peer).connect().await.unwrap();
            let bob = Scram::sha256("bob", secret());
            let error = client.authenticate(bob).await.unwrap_err();
            let shown = format!("{} {}", shown(&error), lines(client.wire_log()).join("\n"));
            // A proof has 44 characters in base64, and nothing else here has as many.
            let letters = |c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c));
            let mut words = shown.split(letters);
            // The first challenge is an exception, which begins with `r=`.
            let long = words.find(|word| word.len() >= 44 && !word.starts_with("cj"));
            assert_eq!(long, None, "{shown}");
            client.logout().await.unwrap();
            peer.finish().unwrap();
        }
        let peer = peer("<tag> NO digest was {}".to_owned(), false);
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        let bob = CramMd5::new("bob", secret());
        let error = client.authenticate(bob).await.unwrap_err();
        assert!(text(&error).contains("<withheld"), "{error}");
        client.logout().await.unwrap();
    }

    /// User names are not secrets, whichever command they were sent with.
    #[case]
    async fn what_is_no_secret_is_shown() {
        for way in [
            Login::command("bob@example.org", PASSWORD),
            Login::mechanism(|| auth::Login::new("bob@example.org", secret())),
            Login::mechanism(|| Plain::new("bob@example.org", secret())),
        ] {
            let peer = Peer::start(|mut connection| {
                connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR] hi")?;
                let line = connection.read_line()?;
                let tag = line.split(' ').next().unwrap_or_default();
                if line.ends_with("AUTHENTICATE LOGIN") {
                    for asked in ["User Name", "Password"] {
                        connection.send(&format!("+ {}", encode(asked)))?;
                        connection.read_line()?;
                    }
                }
                connection.send(&format!("{tag} NO no such user: bob@example.org"))?;
                goodbye(&mut connection)
            });
            let mut client = plain::<Client>(&peer).connect().await.unwrap();
            let error = client.login_with(way).await.unwrap_err();
            assert!(text(&error).ends_with("NO no such user: bob@example.org"), "{error}");
            client.logout().await.unwrap();
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn short_secrets_cost_the_words() {
        for password in ["abcde", "é1"] {
            let peer = peer("<tag> NO [UNAVAILABLE] later".to_owned(), false);
            let mut client = plain::<Client>(&peer).connect().await.unwrap();
            let error = client.login_command("bob", password).await.unwrap_err();
            assert_eq!(error.code(), Some(&Code::Unavailable));
            assert!(text(&error).contains("[UNAVAILABLE] <withheld"), "{error}");
            // The text of the next answer is not withheld.
            let error = client.capabilities().await;
            assert!(error.is_ok());
            client.logout().await.unwrap();
        }
    }

    /// Withholding the text of a refusal does not change whether it is transient.
    #[case]
    async fn a_throttled_login_passes_whatever_the_secret_is() {
        for (answer, after) in [
            ("BAD Request is throttled. Suggested Backoff Time: 25000 milliseconds", Some(30)),
            ("NO [ALERT] Too many simultaneous connections. (Failure)", None),
            ("NO [OVERQUOTA] Account exceeded command or bandwidth limits", None),
            ("NO [XTHROTTLED] try again in 7 minutes", Some(900)),
        ] {
            for password in ["abcde", "é1", "throttled"] {
                let peer = peer(format!("<tag> {answer}"), false);
                let mut client = plain::<Client>(&peer).connect().await.unwrap();
                let error = client.login_command("bob", password).await.unwrap_err();
                assert!(error.is_transient(), "{answer}, {password}: {error:?}");
                let delay = error.retry_after().map(|delay| delay.as_secs());
                let is_withheld = text(&error).contains("<withheld");
                match is_withheld {
                    true => assert_eq!(delay, after, "{answer}, {password}"),
                    false => assert_eq!(delay.is_some(), after.is_some(), "{answer}"),
                }
                if password.len() < 6 {
                    assert!(is_withheld, "{error}");
                    assert!(!text(&error).contains("25000") && !text(&error).contains("Backoff"));
                }
                client.logout().await.unwrap();
            }
        }
        // A permanent refusal stays permanent.
        for answer in ["NO wrong password", "NO [AUTHENTICATIONFAILED] try again later"] {
            let peer = peer(format!("<tag> {answer}"), false);
            let mut client = plain::<Client>(&peer).connect().await.unwrap();
            let error = client.login_command("bob", "abcde").await.unwrap_err();
            assert!(!error.is_transient(), "{answer}: {error:?}");
            client.logout().await.unwrap();
        }
    }

    /// After a failed proof, no weaker method may be suggested.
    #[case]
    async fn no_advice_after_a_failed_proof() {
        capture();
        for said in ["v=AAAA", "e=other-error", "x=1", "v="] {
            let peer = scram(said);
            let error = plain::<Client>(&peer).login("bob", PASSWORD).connect().await.unwrap_err();
            let Error::Login { instead: None, first: None, .. } = &error else {
                panic!("{error:?}");
            };
            let text = text(&error).to_ascii_lowercase();
            assert!(text.contains("no weaker way was tried"), "{text}");
            for weaker in ["auth =", "plain", "to take"] {
                assert!(!text.contains(weaker), "{text}");
            }
        }
    }

    /// The server is verified by its certificate, and does not store the password in this form.
    #[case]
    async fn advice_where_it_is_safe() {
        let server = Server::builder()
            .user("bob", PASSWORD)
            .say_capability("AUTH=SCRAM-SHA-256")
            .start();
        let options = TlsOptions::new().without_native_roots().ca_pem(server.ca_pem());
        for (verified, instead) in [(true, Some(AutoMethod::Plain)), (false, None)] {
            let settings = at_port::<Client>(server.tls_addr().port())
                .tls_options(options.clone())
                .login_with(Login::auto("bob", "other than that").fallback(false));
            let settings = match verified {
                true => settings,
                false => settings.dangerous_accept_invalid_hostname(true),
            };
            let error = settings.connect().await.unwrap_err();
            let Error::Login { instead: named, .. } = &error else {
                panic!("{error:?}");
            };
            assert_eq!(*named, instead, "{error:?}");
        }
    }
}
