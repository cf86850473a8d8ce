//! Capabilities, NOOP, and the end of a session.

use std::{io, sync::Mutex, sync::mpsc};

use imapclient::{
    Command, Error, Needs, Outcome, Phase, State, Status, Unrunnable, Update,
    codec::{Outgoing, command as wire},
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer};

use crate::common::{expect, greet, member, plain, scripted, serve, stranger};

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn without_tls_nothing_was_agreed_on() {
        let peer = stranger("", "");
        let client = plain::<Client>(&peer).connect().await.unwrap();
        assert_eq!(client.tls(), None);
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn capabilities_in_the_greeting_are_not_asked_for() {
        let peer = stranger(" IDLE X-ODD", "");
        let mut client = connect(&peer).await;
        let capabilities = client.capabilities().await.unwrap();
        assert!(capabilities.has("idle") && capabilities.has("X-ODD"));
        assert!(!capabilities.has("MOVE"));
        assert_eq!(client.capabilities().await.unwrap(), capabilities);
        leave(client, peer).await;
    }

    #[case]
    async fn capabilities_are_asked_for_once() {
        let peer = scripted(
            "S: * OK hello
             C: <a> CAPABILITY
             S: * CAPABILITY IMAP4rev1 IDLE
             S: <a> OK done
             C: <b> LOGOUT
             S: * BYE
             S: <b> OK",
        );
        let mut client = connect(&peer).await;
        assert_eq!(client.state().capabilities(), None);
        let capabilities = client.capabilities().await.unwrap();
        assert_eq!(capabilities.to_string(), "IMAP4rev1 IDLE");
        assert_eq!(client.capabilities().await.unwrap(), capabilities);
        assert_eq!(client.updates().count(), 0);
        leave(client, peer).await;
    }

    #[case]
    async fn capabilities_in_the_tagged_answer_count_too() {
        let peer = scripted(
            "S: * OK hello
             C: <a> CAPABILITY
             S: <a> OK [CAPABILITY IMAP4rev1 IDLE] done
             C: <b> LOGOUT
             S: * BYE
             S: <b> OK",
        );
        let mut client = connect(&peer).await;
        assert!(client.capabilities().await.unwrap().has("IDLE"));
        leave(client, peer).await;
    }

    #[case]
    async fn capabilities_are_forgotten_after_a_login_that_tells_none() {
        let peer = stranger(
            " BEFORE",
            r#"C: <a> LOGIN "bob" "sekret"
               S: <a> OK in
               C: <b> CAPABILITY
               S: * CAPABILITY IMAP4rev1 AFTER
               S: <b> OK done"#,
        );
        let mut client = connect(&peer).await;
        client.login_command("bob", "sekret").await.unwrap();
        assert_eq!(client.state().phase(), Phase::Authenticated);
        assert!(!client.state().has("BEFORE"));
        let capabilities = client.capabilities().await.unwrap();
        assert!(capabilities.has("AFTER") && !capabilities.has("BEFORE"));
        leave(client, peer).await;
    }

    #[case]
    async fn capabilities_that_come_with_the_login_are_kept() {
        for answer in [
            "S: <a> OK [CAPABILITY IMAP4rev1 AFTER] in",
            "S: * CAPABILITY IMAP4rev1 AFTER\nS: <a> OK in",
        ] {
            let script = format!("C: <a> LOGIN \"bob\" \"sekret\"\n{answer}");
            let peer = stranger(" BEFORE", &script);
            let mut client = connect(&peer).await;
            client.login_command("bob", "sekret").await.unwrap();
            let capabilities = client.capabilities().await.unwrap();
            assert!(capabilities.has("AFTER") && !capabilities.has("BEFORE"), "{answer}");
            leave(client, peer).await;
        }
    }

    #[case]
    async fn a_refused_login_changes_nothing() {
        let peer = stranger(
            " BEFORE",
            r#"C: <a> LOGIN "bob" "another"
               S: <a> NO [AUTHENTICATIONFAILED] Try again
               C: <b> LOGIN "bob" "sekret"
               S: <b> OK [CAPABILITY IMAP4rev1] in"#,
        );
        let mut client = connect(&peer).await;
        let error = client.login_command("bob", "another").await.unwrap_err();
        assert_eq!(error.to_string(), "LOGIN refused: NO [AUTHENTICATIONFAILED] Try again");
        assert_eq!(client.state().phase(), Phase::NotAuthenticated);
        assert!(client.state().has("BEFORE"));
        client.login_command("bob", "sekret").await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn noop_asks_for_nothing() {
        let peer = member("", "C: <a> NOOP\nS: <a> OK done");
        let mut client = connect(&peer).await;
        client.noop().await.unwrap();
        assert_eq!(client.updates().count(), 0);
        leave(client, peer).await;
    }

    #[case]
    async fn logout_closes_the_connection() {
        let (said, heard) = mpsc::channel();
        let said = Mutex::new(said);
        let peer = Peer::start(move |mut connection| {
            greet(&mut connection, "")?;
            let tag = expect(&mut connection, "LOGOUT")?;
            connection.send("* BYE so long")?;
            connection.send(&format!("{tag} OK"))?;
            // The client closes first, because this peer does not.
            connection.wait_eof()?;
            said.lock().unwrap().send(()).map_err(io::Error::other)
        });
        let client = connect(&peer).await;
        client.logout().await.unwrap();
        heard.recv().unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_server_may_leave_after_its_bye() {
        let peer = scripted("S: * PREAUTH hi\nC: <a> LOGOUT\nS: * BYE so long\nCLOSE");
        connect(&peer).await.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_server_that_leaves_without_a_word_is_an_error() {
        let peer = scripted("S: * PREAUTH hi\nC: <a> LOGOUT\nCLOSE");
        let error = connect(&peer).await.logout().await.unwrap_err();
        assert!(error.is_closed() && error.is_transient(), "{error}");
        assert_eq!(error.to_string(), "the server closed the connection during LOGOUT");
        peer.finish().unwrap();
    }

    #[case]
    async fn a_logout_that_is_refused_ends_the_session_too() {
        let peer = scripted("S: * PREAUTH hi\nC: <a> LOGOUT\nS: <a> BAD never\nCLOSE");
        let error = connect(&peer).await.logout().await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        peer.finish().unwrap();
    }

    #[case]
    async fn bye_in_the_middle_ends_the_session() {
        let peer = scripted(
            "S: * PREAUTH hi
             C: <a> NOOP
             S: * 1 EXISTS
             S: * BYE Autologout; idle for too long
             CLOSE",
        );
        let mut client = connect(&peer).await;
        let error = client.noop().await.unwrap_err();
        assert!(error.is_closed() && error.is_transient() && !error.is_timeout());
        assert_eq!(
            error.to_string(),
            "the server closed the connection: Autologout; idle for too long"
        );
        assert_eq!(client.state().phase(), Phase::Logout);
        assert_eq!(client.state().bye(), Some("Autologout; idle for too long"));
        let updates: Vec<_> = client.updates().collect();
        assert_eq!(
            updates,
            [Update::Exists(1.into()), Update::Bye("Autologout; idle for too long".into())]
        );
        // No call succeeds after that, and the reason stays known.
        let error = client.noop().await.unwrap_err();
        assert!(error.to_string().ends_with("idle for too long"), "{error}");
        assert!(client.logout().await.unwrap_err().is_closed());
        peer.finish().unwrap();
    }

    #[case]
    async fn with_logs_out_after_success() {
        let peer = member("", "C: <a> NOOP\nS: <a> OK done");
        let answer = Client::with(plain(&peer), async |client: &mut Client| {
            client.noop().await?;
            Ok::<_, Error>(42)
        })
        .await;
        assert_eq!(answer.unwrap(), 42);
        peer.finish().unwrap();
    }

    #[case]
    async fn with_logs_out_after_an_error() {
        let peer = member("", "C: <a> SELECT \"nowhere\"\nS: <a> NO [NONEXISTENT] no");
        let answer = Client::with(plain(&peer), async |client: &mut Client| {
            client.select("nowhere").await.map(drop)
        })
        .await;
        assert!(matches!(answer, Err(Error::Refused(_))), "{answer:?}");
        peer.finish().unwrap();
    }

    #[case]
    async fn with_takes_errors_of_its_users() {
        #[derive(Debug)]
        enum Mine {
            Own,
            Imap(Error),
        }
        impl From<Error> for Mine {
            fn from(error: Error) -> Self {
                Self::Imap(error)
            }
        }

        let peer = member("", "");
        let answer: Result<(), Mine> =
            Client::with(plain(&peer), async |_: &mut Client| Err(Mine::Own)).await;
        assert!(matches!(answer, Err(Mine::Own)));
        peer.finish().unwrap();

        let peer = scripted("S: * BYE full");
        let answer: Result<(), Mine> =
            Client::with(plain(&peer), async |_: &mut Client| Err(Mine::Own)).await;
        match answer {
            Err(Mine::Imap(error)) => assert!(error.is_closed(), "{error:?}"),
            other => panic!("{other:?}"),
        }
        peer.finish().unwrap();
    }

    #[case]
    async fn what_a_given_command_cannot_do_by_itself_is_refused() {
        // None of them is sent: the LOGIN after a bare STARTTLS would be unencrypted.
        let peer = scripted(
            "S: * OK [CAPABILITY IMAP4rev1 STARTTLS IDLE] hello
             C: <a> LOGOUT
             S: * BYE
             S: <a> OK",
        );
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        for (command, unrunnable) in [
            (wire::starttls as fn() -> Outgoing, Unrunnable::StartTls),
            (wire::idle, Unrunnable::Idle),
        ] {
            let error = client.run(Given(command)).await.unwrap_err();
            assert!(matches!(error, Error::Unrunnable(it) if it == unrunnable), "{error:?}");
            assert!(!error.is_closed() && error.outcome() == Outcome::NotSent, "{error:?}");
        }
        for text in ["STARTTLS", "starttls", "IDLE", "SELECT INBOX", "Login a b"] {
            let error = client.raw(text).await.unwrap_err();
            assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        }
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_given_command_does_what_its_effect_means() {
        let peer = member(
            "",
            "C: <a> NOOP
             S: * 7 EXISTS
             S: <a> OK
             C: <b> SELECT \"INBOX\"
             S: * 3 EXISTS
             S: * OK [UIDVALIDITY 5] valid
             S: <b> OK [READ-WRITE] opened
             C: <c> CLOSE
             S: * 2 EXPUNGE
             S: <c> NO not now
             C: <d> CLOSE
             S: <d> OK closed",
        );
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        client.noop().await.unwrap();
        client.run(Given(|| wire::select(&"INBOX".into(), false).unwrap())).await.unwrap();
        let selected = client.state().selected().unwrap();
        assert_eq!((selected.exists, selected.uid_validity), (3.into(), Some(5)));
        // Updates about another mailbox, or none, do not apply to this one.
        let updates: Vec<_> = client.updates().collect();
        assert!(!updates.contains(&Update::Exists(7.into())), "{updates:?}");
        assert!(updates.contains(&Update::Exists(3.into())), "{updates:?}");
        client.run(Given(wire::close)).await.unwrap_err();
        assert!(client.state().selected().is_some());
        client.run(Given(wire::close)).await.unwrap();
        assert!(client.state().selected().is_none());
        // The update was about the previous mailbox.
        assert_eq!(client.updates().next(), None);
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn what_the_server_says_is_shown_as_it_is_but_for_what_does_something() {
        let said = "\"INBOX\\Archive\" doesn't exist\u{1b}[2J\u{202e}!";
        let peer = member(
            "",
            &format!("C: <a> CREATE \"x\"\nS: <a> NO {said}\nC: <b> NOOP\nS: <b> OK"),
        );
        let mut client = connect(&peer).await;
        let error = client.create("x").await.unwrap_err().to_string();
        let shown = "\"INBOX\\Archive\" doesn't exist\\u{1b}[2J\\u{202e}!";
        assert!(error.contains(shown), "{error}");
        client.noop().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn with_gives_the_result_even_if_the_logout_fails() {
        let peer = scripted("S: * PREAUTH hi\nC: <a> LOGOUT\nCLOSE");
        let answer = Client::with(plain(&peer), async |_: &mut Client| Ok::<_, Error>(42)).await;
        assert_eq!(answer.unwrap(), 42);
        peer.finish().unwrap();
    }

    #[case]
    async fn with_says_nothing_more_on_a_lost_connection() {
        let peer = scripted("S: * PREAUTH hi\nC: <a> NOOP\nS: * BYE enough\nCLOSE");
        let answer = Client::with(plain(&peer), async |client: &mut Client| {
            client.noop().await
        })
        .await;
        assert!(answer.unwrap_err().is_closed());
        peer.finish().unwrap();
    }

    #[case]
    fn with_does_not_log_out_after_a_panic() {
        let peer = Peer::start(no_logout);
        let builder = plain(&peer);
        let result = std::panic::catch_unwind(|| {
            face_run(Client::with(builder, async |client: &mut Client| {
                client.noop().await?;
                if client.state().phase() == Phase::Authenticated {
                    // This avoids the output of `panic!`.
                    std::panic::resume_unwind(Box::new("as it should"));
                }
                Ok::<_, Error>(())
            }))
        });
        assert_eq!(result.unwrap_err().downcast_ref::<&str>(), Some(&"as it should"));
        peer.finish().unwrap();
    }
}

fn no_logout(mut connection: Connection) -> io::Result<()> {
    greet(&mut connection, "")?;
    serve(&mut connection, "NOOP")?;
    // This fails if anything is received before the end.
    connection.wait_eof()
}

/// A custom command.
struct Given(fn() -> Outgoing);

impl Command for Given {
    type Output = ();

    fn needs(&self) -> Needs {
        Needs::nothing()
    }

    fn encode(&mut self, _state: &State) -> imapclient::Result<Outgoing> {
        Ok((self.0)())
    }

    fn finish(self, _done: Status) -> imapclient::Result<()> {
        Ok(())
    }
}
