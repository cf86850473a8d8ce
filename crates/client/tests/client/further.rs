//! The second attempt after a refused login, and what is remembered of it.

use imapclient::{
    Builder, Error, Login, Workaround,
    auth::{self, Plain, Scram, SecretCommand},
    transport::TlsOptions,
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Rule, Server};

use crate::common::{LONG, at_port, expect, expect_start, plain, secure, stranger, text};

/// Starts a server with the user bob that offers these mechanisms in addition to PLAIN and LOGIN.
fn server(mechanisms: &[&str]) -> Server {
    let mut builder = Server::builder().user("bob", "sekret");
    for mechanism in mechanisms {
        builder = builder.say_capability(&format!("AUTH={mechanism}"));
    }
    builder.start()
}

/// Returns settings for a connection to it with TLS and the login of bob.
fn settings<C>(server: &Server) -> Builder<C> {
    stranger_to(server).login("bob", "sekret")
}

/// Returns settings for a connection to it with TLS and without a login.
fn stranger_to<C>(server: &Server) -> Builder<C> {
    let options = TlsOptions::new()
        .without_native_roots()
        .ca_pem(server.ca_pem());
    at_port(server.tls_addr().port()).tls_options(options)
}

/// Returns the methods that were tried on all connections so far.
fn tried(server: &Server) -> Vec<String> {
    let received = server.received();
    let commands = received.iter().map(|received| received.command());
    commands
        .filter(|command| command.starts_with("AUTHENTICATE") || command.starts_with("LOGIN "))
        .map(|command| {
            let mut words = command.split(' ');
            match words.next() {
                Some("LOGIN") => "LOGIN".to_owned(),
                _ => words.next().unwrap_or_default().to_owned(),
            }
        })
        .collect()
}

/// Refuses AUTHENTICATE once.
fn refuse_once(server: &Server, words: &str) {
    server.add_rule(Rule::on("AUTHENTICATE").once().no(words));
}

const PLUS: [&str; 2] = ["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"];

/// Sends a greeting and answers each of these commands, of which the beginning is given; no command
/// may follow.
fn answers(connection: &mut Connection, offers: &str, all: &[(&str, &str)]) -> std::io::Result<()> {
    connection.send(&format!("* OK [CAPABILITY IMAP4rev1 {offers}] hi"))?;
    for (command, answer) in all {
        let (tag, _) = expect_start(connection, command)?;
        connection.send(&format!("{tag} {answer}"))?;
    }
    connection.wait_eof()
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    #[case]
    async fn after_a_refused_plus_the_same_without_it() {
        for hash in ["SCRAM-SHA-1", "SCRAM-SHA-256"] {
            for words in ["bad protocol", "[AUTHENTICATIONFAILED] Authentication failed."] {
                let plus = format!("{hash}-PLUS");
                let server = server(&[hash, &plus]);
                refuse_once(&server, words);
                let client = settings::<Client>(&server).connect().await.unwrap();
                assert_eq!(tried(&server), [&*plus, hash]);
                let workarounds = client.workarounds();
                assert!(workarounds.contains(&Workaround::ScramPlusRefused), "{workarounds:?}");
                client.logout().await.unwrap();
            }
        }
    }

    #[case]
    async fn the_second_says_that_it_is_not_bound_by_choice() {
        let (peer, builder) = secure::<Client>(|connection| {
            connection.send(
                "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-1 AUTH=SCRAM-SHA-1-PLUS AUTH=PLAIN] hi",
            )?;
            let (tag, said) = expect_start(connection, "AUTHENTICATE SCRAM-SHA-1-PLUS ")?;
            assert!(decode(&said).starts_with("p=tls-exporter,,n=bob,r="), "{said}");
            connection.send(&format!("{tag} NO bad protocol"))?;
            let (tag, said) = expect_start(connection, "AUTHENTICATE SCRAM-SHA-1 ")?;
            assert!(decode(&said).starts_with("n,,n=bob,r="), "{said}");
            connection.send(&format!("{tag} NO authentication failure"))?;
            connection.wait_eof()
        });
        let error = builder.login("bob", "sekret").connect().await.unwrap_err();
        assert_eq!(
            text(&error),
            "logging in failed by SCRAM-SHA-1-PLUS (NO bad protocol) and then by SCRAM-SHA-1: \
             AUTHENTICATE refused: NO authentication failure"
        );
        peer.finish().unwrap();
    }

    #[case]
    async fn an_initial_response_that_was_refused_is_not_sent_by_the_second() {
        let (peer, builder) = secure::<Client>(|connection| {
            let offers = "SASL-IR AUTH=SCRAM-SHA-1 AUTH=SCRAM-SHA-1-PLUS";
            connection.send(&format!("* OK [CAPABILITY IMAP4rev1 {offers}] hi"))?;
            let (tag, _) = expect_start(connection, "AUTHENTICATE SCRAM-SHA-1-PLUS ")?;
            connection.send(&format!("{tag} BAD too many arguments"))?;
            let tag = expect(connection, "AUTHENTICATE SCRAM-SHA-1-PLUS")?;
            connection.send(&format!("{tag} NO no"))?;
            let tag = expect(connection, "AUTHENTICATE SCRAM-SHA-1")?;
            connection.send(&format!("{tag} NO no"))?;
            connection.wait_eof()
        });
        builder.login("bob", "sekret").connect().await.unwrap_err();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_plus_without_a_twin_has_none() {
        let server = server(&["SCRAM-SHA-256-PLUS", "SCRAM-SHA-1"]);
        refuse_once(&server, "bad protocol");
        settings::<Client>(&server).connect().await.unwrap_err();
        assert_eq!(tried(&server), ["SCRAM-SHA-256-PLUS"]);
    }

    #[case]
    async fn after_a_refused_scram_the_password_itself() {
        let server = server(&["SCRAM-SHA-256", "SCRAM-SHA-1"]);
        refuse_once(&server, "[AUTHENTICATIONFAILED] Authentication failed.");
        let client = settings::<Client>(&server).connect().await.unwrap();
        assert_eq!(tried(&server), ["SCRAM-SHA-256", "PLAIN"]);
        assert!(client.workarounds().contains(&Workaround::ScramRefused));
        client.logout().await.unwrap();
    }

    #[case]
    async fn after_a_refused_scram_the_command_where_there_is_no_plain() {
        let server = server(&["SCRAM-SHA-256"]);
        server.forget_capability("AUTH=PLAIN");
        refuse_once(&server, "no");
        let client = settings::<Client>(&server).connect().await.unwrap();
        client.logout().await.unwrap();
        assert_eq!(tried(&server), ["SCRAM-SHA-256", "LOGIN"]);

        server.say_capability("LOGINDISABLED");
        refuse_once(&server, "no");
        settings::<Client>(&server).connect().await.unwrap_err();
        assert_eq!(tried(&server)[2..], ["SCRAM-SHA-256"]);
    }

    #[case]
    async fn there_is_no_third_attempt() {
        let server = server(&PLUS);
        server.add_rule(Rule::on("AUTHENTICATE").no("no"));
        settings::<Client>(&server).connect().await.unwrap_err();
        assert_eq!(tried(&server), ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"]);

        // A BAD to the second method does not lead to a third attempt either.
        let (peer, builder) = secure::<Client>(|connection| {
            let all = [
                ("AUTHENTICATE SCRAM-SHA-256", "NO no"),
                ("AUTHENTICATE PLAIN", "BAD what"),
            ];
            answers(connection, "AUTH=SCRAM-SHA-256 AUTH=PLAIN", &all)
        });
        let error = builder.login("bob", "sekret").connect().await.unwrap_err();
        assert!(matches!(&error, Error::Login { mechanism, .. } if mechanism == "PLAIN"), "{error:?}");
        peer.finish().unwrap();
    }

    #[case]
    async fn a_code_that_tells_another_reason_ends_it() {
        for code in [
            "UNAVAILABLE", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED", "CONTACTADMIN",
            "LIMIT", "INUSE", "SERVERBUG", "ALERT", "WEBALERT https://example.org", "X-UNHEARD",
        ] {
            for offers in [&PLUS[..], &["SCRAM-SHA-256"]] {
                let server = server(offers);
                refuse_once(&server, &format!("[{code}] no"));
                let error = settings::<Client>(&server).connect().await.unwrap_err();
                assert!(matches!(error, Error::Login { first: None, .. }), "{error:?}");
                assert_eq!(tried(&server).len(), 1, "{code}");
            }
        }
    }

    #[case]
    async fn so_do_words_for_trouble_that_passes() {
        let server = server(&["SCRAM-SHA-256"]);
        refuse_once(&server, "Temporary authentication failure.");
        let error = settings::<Client>(&server).connect().await.unwrap_err();
        assert!(error.is_transient(), "{error:?}");
        assert_eq!(tried(&server), ["SCRAM-SHA-256"]);
    }

    #[case]
    async fn bad_leads_from_scram_to_nothing() {
        let server = server(&["SCRAM-SHA-256"]);
        server.add_rule(Rule::on("AUTHENTICATE").bad("what?"));
        settings::<Client>(&server).connect().await.unwrap_err();
        // The first has an initial response, the second does not.
        assert_eq!(tried(&server), ["SCRAM-SHA-256", "SCRAM-SHA-256"]);
    }

    #[case]
    async fn only_where_the_certificate_was_checked() {
        for dangerous in [
            (|server| at_port(server.addr().port()).dangerous_plaintext().login("bob", "sekret"))
                as fn(&Server) -> Builder<Client>,
            |server| settings(server).dangerous_accept_invalid_certs(true),
            |server| settings(server).dangerous_accept_invalid_hostname(true),
        ] {
            let server = server(&["SCRAM-SHA-256"]);
            refuse_once(&server, "no");
            let error = dangerous(&server).connect().await.unwrap_err();
            assert_eq!(
                text(&error),
                "logging in by SCRAM-SHA-256 failed, and no weaker way was tried: \
                 AUTHENTICATE refused: NO no"
            );
            assert_eq!(tried(&server), ["SCRAM-SHA-256"]);
        }
        let server = server(&["SCRAM-SHA-256"]);
        refuse_once(&server, "no");
        let by_starttls = settings::<Client>(&server).port(server.addr().port()).starttls();
        by_starttls.connect().await.unwrap().logout().await.unwrap();
        assert_eq!(tried(&server), ["SCRAM-SHA-256", "PLAIN"]);
    }

    #[case]
    async fn what_worked_there_is_not_taken_where_it_is_not_safe() {
        let server = server(&["SCRAM-SHA-256"]);
        refuse_once(&server, "no");
        let builder = settings::<Client>(&server);
        builder.clone().connect().await.unwrap().logout().await.unwrap();
        assert_eq!(tried(&server), ["SCRAM-SHA-256", "PLAIN"]);
        refuse_once(&server, "no");
        let dangerous = builder.dangerous_accept_invalid_certs(true);
        dangerous.connect().await.unwrap_err();
        assert_eq!(tried(&server)[2..], ["SCRAM-SHA-256"]);
    }

    #[case]
    async fn fallback_can_be_switched_off() {
        for offers in [&PLUS[..], &["SCRAM-SHA-256"], &[]] {
            let server = server(offers);
            server.add_rule(Rule::on("AUTHENTICATE").once().no("no"));
            let login = Login::auto("bob", "sekret").fallback(false);
            settings::<Client>(&server).login_with(login).connect().await.unwrap_err();
            assert_eq!(tried(&server).len(), 1);
        }
        let peer = stranger(" AUTH=PLAIN", "C: <a> AUTHENTICATE PLAIN\nS: <a> BAD what?");
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        let login = Login::auto("bob", "sekret").fallback(false);
        client.login_with(login).await.unwrap_err();
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_password_or_a_token_that_is_refused_is_wrong() {
        for (offers, command) in [
            ("AUTH=PLAIN AUTH=LOGIN", "AUTHENTICATE PLAIN"),
            ("AUTH=LOGIN", "AUTHENTICATE LOGIN"),
            ("", "LOGIN \"bob\""),
        ] {
            let (peer, builder) = secure::<Client>(move |connection| {
                answers(connection, offers, &[(command, "NO [AUTHENTICATIONFAILED] no")])
            });
            let error = builder.login("bob", "sekret").connect().await.unwrap_err();
            assert!(matches!(error, Error::Refused(_)), "{error:?}");
            peer.finish().unwrap();
        }
        let (peer, builder) = secure::<Client>(|connection| {
            answers(connection, "AUTH=XOAUTH2 AUTH=PLAIN", &[("AUTHENTICATE XOAUTH2", "NO no")])
        });
        let login = Login::token("bob", SecretCommand::new("echo t"));
        builder.login_with(login).connect().await.unwrap_err();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_mechanism_that_was_named_is_the_only_one() {
        for login in [
            Login::mechanism(|| Scram::sha256_plus("bob", "sekret".into())),
            Login::mechanism(|| Scram::sha256("bob", "sekret".into())),
            Login::mechanism(|| Plain::new("bob", "sekret".into())),
            Login::mechanism(|| auth::Login::new("bob", "sekret".into())),
        ] {
            for answer in ["NO no", "BAD what"] {
                let (peer, builder) = secure::<Client>(move |connection| {
                    let offers = "AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-256-PLUS AUTH=PLAIN AUTH=LOGIN";
                    answers(connection, offers, &[("AUTHENTICATE", answer)])
                });
                let error = builder.login_with(login.clone()).connect().await.unwrap_err();
                assert!(matches!(error, Error::Refused(_)), "{error:?}");
                peer.finish().unwrap();
            }
        }
    }

    #[case]
    async fn what_worked_is_remembered() {
        let server = server(&PLUS);
        refuse_once(&server, "bad protocol");
        let builder = settings::<Client>(&server);
        for _ in 0..3 {
            let client = builder.clone().connect().await.unwrap();
            assert!(client.workarounds().contains(&Workaround::ScramPlusRefused));
            client.logout().await.unwrap();
        }
        let expected = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-256", "SCRAM-SHA-256"];
        assert_eq!(tried(&server), expected);
        // Other settings do not share this.
        settings::<Client>(&server).connect().await.unwrap().logout().await.unwrap();
        assert_eq!(tried(&server)[4..], ["SCRAM-SHA-256-PLUS"]);
        // A method that no longer works is forgotten, and no other attempt is made.
        refuse_once(&server, "no");
        builder.clone().connect().await.unwrap_err();
        builder.connect().await.unwrap().logout().await.unwrap();
        assert_eq!(tried(&server)[5..], ["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"]);
    }

    #[case]
    async fn what_worked_outlives_a_trouble_that_passes() {
        let server = server(&["SCRAM-SHA-256"]);
        refuse_once(&server, "no");
        let builder = settings::<Client>(&server);
        builder.clone().connect().await.unwrap().logout().await.unwrap();
        assert_eq!(tried(&server), ["SCRAM-SHA-256", "PLAIN"]);
        refuse_once(&server, "[UNAVAILABLE] in a minute");
        let error = builder.clone().connect().await.unwrap_err();
        assert!(error.is_transient(), "{error:?}");
        builder.connect().await.unwrap().logout().await.unwrap();
        assert_eq!(tried(&server)[2..], ["PLAIN", "PLAIN"]);
    }

    #[case]
    async fn the_mechanism_that_is_told_is_the_one_that_is_taken() {
        let server = server(&["SCRAM-SHA-256"]);
        refuse_once(&server, "no");
        let login = Login::auto("bob", "sekret");
        for attempts in [2, 3] {
            let mut client = stranger_to::<Client>(&server).connect().await.unwrap();
            let mechanism = client.login_mechanism(&login).await.unwrap();
            let expected = if attempts == 2 { "SCRAM-SHA-256" } else { "PLAIN" };
            assert_eq!(mechanism.as_deref(), Some(expected));
            client.login_with(login.clone()).await.unwrap();
            assert_eq!(tried(&server).len(), attempts);
            client.logout().await.unwrap();
        }
        let mut client = stranger_to::<Client>(&server).connect().await.unwrap();
        let strict = login.fallback(false);
        let mechanism = client.login_mechanism(&strict).await.unwrap();
        assert_eq!(mechanism.as_deref(), Some("SCRAM-SHA-256"));
        client.logout().await.unwrap();
    }

    #[case]
    async fn what_worked_is_for_this_server_and_this_offer() {
        let old = server(&["SCRAM-SHA-256"]);
        refuse_once(&old, "no");
        let login = Login::auto("bob", "sekret");
        let connect = async |server: &Server| {
            let builder = settings::<Client>(server).login_with(login.clone());
            builder.connect().await.unwrap().logout().await.unwrap();
        };
        connect(&old).await;
        connect(&old).await;
        assert_eq!(tried(&old), ["SCRAM-SHA-256", "PLAIN", "PLAIN"]);
        old.say_capability("AUTH=SCRAM-SHA-256-PLUS");
        connect(&old).await;
        assert_eq!(tried(&old)[3..], ["SCRAM-SHA-256-PLUS"]);
        let other = server(&["SCRAM-SHA-256"]);
        connect(&other).await;
        assert_eq!(tried(&other), ["SCRAM-SHA-256"]);
    }

    #[case]
    async fn a_server_that_hangs_up_is_told_with_its_first_refusal() {
        for bye in [None, Some("* BYE too many failures")] {
            let (peer, builder) = secure::<Client>(move |connection| {
                connection.send("* OK [CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256 AUTH=PLAIN] hi")?;
                let (tag, _) = expect_start(connection, "AUTHENTICATE SCRAM-SHA-256")?;
                connection.send(&format!("{tag} NO [AUTHENTICATIONFAILED] no, \x1b[2Jbob"))?;
                if let Some(bye) = bye {
                    connection.send(bye)?;
                }
                connection.close()
            });
            let error = builder.login("bob", "sekret").connect().await.unwrap_err();
            let told = text(&error);
            let start = "logging in failed by SCRAM-SHA-256 (NO [AUTHENTICATIONFAILED] no, \
                         \\u{1b}[2Jbob) and then by PLAIN: the server closed the connection";
            assert!(told.starts_with(start), "{told}");
            assert_eq!(told.contains("too many failures"), bye.is_some(), "{told}");
            // Repeated attempts would lock the user out.
            assert!(error.is_closed() && !error.is_transient(), "{error:?}");
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn the_second_attempt_may_time_out() {
        let (peer, builder) = secure::<Client>(|connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256 AUTH=PLAIN] hi")?;
            let (tag, _) = expect_start(connection, "AUTHENTICATE SCRAM-SHA-256")?;
            connection.send(&format!("{tag} NO no"))?;
            expect_start(connection, "AUTHENTICATE PLAIN")?;
            connection.wait_eof()
        });
        let mut client = builder.connect().await.unwrap();
        client.set_timeout(LONG / 16);
        let error = client.login_with(Login::auto("bob", "sekret")).await.unwrap_err();
        assert!(error.is_timeout() && error.to_string().contains("(NO no)"), "{error:?}");
        drop(client);
        peer.finish().unwrap();
    }
}

fn decode(text: &str) -> String {
    use base64::{Engine as _, prelude::BASE64_STANDARD};

    String::from_utf8(BASE64_STANDARD.decode(text).unwrap()).unwrap()
}
