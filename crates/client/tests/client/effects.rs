//! The effect of an answer on the connection, whichever command it belongs to and whether or not
//! its call still waits.

use std::{
    io,
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, Sender},
    },
    time::Duration,
};

use imapclient::{
    Command, Error, LabelChange, MailboxName, Needs, Outcome, Phase, SearchKey, State, Status,
    Unrunnable, Update,
    codec::{
        NameEncoding, Outgoing,
        command::{self as wire, Notify, NotifyEvent, Scope},
    },
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer};

use crate::common::{LONG, expect, goodbye, greet, member, seq, serve, stranger};

/// A time-out that elapses while the peer is held back.
const SHORT: Duration = Duration::from_millis(50);

/// Starts a peer that answers a command only when it is released.
fn gated(
    act: impl Fn(&mut Connection, &Receiver<()>) -> io::Result<()> + Send + Sync + 'static,
) -> (Peer, Sender<()>) {
    let (go, gate) = mpsc::channel();
    let gate = Arc::new(Mutex::new(gate));
    let peer = Peer::start(move |mut connection| act(&mut connection, &gate.lock().unwrap()));
    (peer, go)
}

fn wait_for(gate: &Receiver<()>) -> io::Result<()> {
    gate.recv_timeout(LONG).map_err(io::Error::other)
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn a_mailbox_that_nobody_waits_for_is_opened_and_left() {
        let (peer, go) = gated(|connection, gate| {
            greet(connection, "")?;
            let tag = expect(connection, "NOOP")?;
            connection.send("* 7 EXISTS\r\n* 1 EXPUNGE\r\n* OK [ALERT] full")?;
            connection.send(&format!("{tag} OK"))?;
            let tag = expect(connection, "SELECT \"INBOX\"")?;
            wait_for(gate)?;
            connection.send("* 3 EXISTS\r\n* OK [UIDVALIDITY 5] valid")?;
            connection.send(&format!("{tag} OK [READ-WRITE] opened"))?;
            serve(connection, "NOOP")?;
            let tag = expect(connection, "NOOP")?;
            connection.send(&format!("* 4 EXISTS\r\n{tag} OK"))?;
            let tag = expect(connection, "CLOSE")?;
            wait_for(gate)?;
            connection.send(&format!("* 5 EXISTS\r\n{tag} OK closed"))?;
            serve(connection, "NOOP")?;
            goodbye(connection)
        });
        let mut client = connect(&peer).await;
        client.noop().await.unwrap();
        client.set_timeout(SHORT);
        let error = client.select("INBOX").await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        assert!(client.state().selected().is_none());
        client.set_timeout(LONG);
        go.send(()).unwrap();
        client.noop().await.unwrap();
        let selected = client.state().selected().unwrap();
        assert_eq!((selected.exists, selected.uid_validity), (3.into(), Some(5)));
        let updates: Vec<_> = client.updates().collect();
        // Earlier updates are about no mailbox or another one; an alert is for the user.
        assert!(updates.contains(&Update::Alert("full".to_owned())), "{updates:?}");
        assert!(updates.contains(&Update::Exists(3.into())), "{updates:?}");
        assert!(!updates.contains(&Update::Exists(7.into())), "{updates:?}");
        assert!(!updates.contains(&Update::Expunge(seq(1))), "{updates:?}");

        client.noop().await.unwrap();
        client.set_timeout(SHORT);
        let error = client.close().await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        assert_eq!(client.state().phase(), Phase::Selected);
        client.set_timeout(LONG);
        go.send(()).unwrap();
        client.noop().await.unwrap();
        assert!(client.state().selected().is_none());
        let updates: Vec<_> = client.updates().collect();
        assert_eq!(updates, []);
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn what_comes_before_closed_is_about_the_old_mailbox() {
        let peer = member(
            "",
            "C: <a> SELECT \"old\"
             S: * 3 EXISTS
             S: <a> OK opened
             C: <b> SELECT \"new\"
             S: * 2 EXPUNGE
             S: * OK [CLOSED] the old one
             S: * 9 EXISTS
             S: * 4 EXPUNGE
             S: <b> OK opened
             C: <c> SELECT \"none\"
             S: * 1 EXPUNGE
             S: <c> NO there is none",
        );
        let mut client = connect(&peer).await;
        client.select("old").await.unwrap();
        client.select("new").await.unwrap();
        let updates: Vec<_> = client.updates().collect();
        assert_eq!(updates, [Update::Expunge(seq(4))]);
        client.select("none").await.unwrap_err();
        // No mailbox is selected that it could be about.
        assert_eq!(client.updates().next(), None);
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_given_command_enables_and_logs_out_of_the_account() {
        let peer = member(
            " ENABLE UNAUTHENTICATE",
            "C: <a> ENABLE UTF8=ACCEPT
             S: * ENABLED UTF8=ACCEPT
             S: <a> OK
             C: <b> SELECT \"INBOX\"
             S: * 3 EXISTS
             S: <b> OK opened
             C: <c> NOOP
             S: * 4 EXISTS
             S: <c> OK
             C: <d> UNAUTHENTICATE
             S: <d> OK who are you?",
        );
        let mut client = connect(&peer).await;
        client.run(Given(|| wire::enable(["UTF8=ACCEPT"]).unwrap())).await.unwrap();
        assert_eq!(client.state().names(), NameEncoding::Utf8);
        client.select("INBOX").await.unwrap();
        client.noop().await.unwrap();
        client.run(Given(wire::unauthenticate)).await.unwrap();
        assert_eq!(client.state().phase(), Phase::NotAuthenticated);
        assert_eq!(client.state().names(), NameEncoding::Utf7);
        let updates: Vec<_> = client.updates().collect();
        assert!(!updates.contains(&Update::Exists(4.into())), "{updates:?}");
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn names_of_given_commands_are_encoded_as_the_connection_needs() {
        let peer = member(
            " ENABLE UTF8=ACCEPT LITERAL+ NOTIFY X-GM-EXT-1",
            "C: <a> CREATE \"Entw&APw-rfe\"
             S: <a> OK
             C: <b> ENABLE UTF8=ACCEPT
             S: * ENABLED UTF8=ACCEPT
             S: <b> OK
             C: <c> CREATE {9+}
             C: Entwürfe
             S: <c> OK
             C: <s> SELECT {9+}
             C: Entwürfe
             S: * 4 EXISTS
             S: <s> OK
             C: <d> UID SEARCH X-GM-LABELS {2+}
             C: ü SUBJECT {2+}
             C: ö
             S: * SEARCH 3
             S: <d> OK
             C: <e> NOOP
             S: <e> OK",
        );
        let mut client = connect(&peer).await;
        let create = wire::create(&"Entwürfe".into()).unwrap();
        client.run(create.clone()).await.unwrap();
        client.enable(&["UTF8=ACCEPT"]).await.unwrap();
        client.run(create).await.unwrap();
        client.run(wire::select(&"Entwürfe".into(), false).unwrap()).await.unwrap();
        assert_eq!(client.state().selected().unwrap().exists, 4);
        let key = SearchKey::GmailLabel("ü".into()) & SearchKey::Subject("ö".into());
        client.run(wire::search(key).unwrap()).await.unwrap();

        // UTF-8 cannot express NUL: nothing is sent, whichever way leads there.
        let nul = || MailboxName::from("a\0b");
        let not_sent = |error: Error, what: &str| {
            assert!(matches!(error, Error::Invalid(_)), "{error:?}");
            let text = format!("invalid {what}: it must not contain NUL while names are sent in UTF-8");
            assert_eq!(error.to_string(), text);
            assert_eq!(error.outcome(), Outcome::NotSent);
        };
        let news = Notify::new().on(Scope::Mailboxes(vec![nul()]), [NotifyEvent::MailboxName]);
        not_sent(client.notify(&news).await.map(drop).unwrap_err(), "mailbox name");
        not_sent(client.select(nul()).await.unwrap_err(), "mailbox name");
        not_sent(client.create(nul()).await.unwrap_err(), "mailbox name");
        not_sent(client.rename("a", nul()).await.unwrap_err(), "mailbox name");
        not_sent(client.append(nul(), "x").await.unwrap_err(), "mailbox name");
        not_sent(client.copy(1, nul()).await.unwrap_err(), "mailbox name");
        not_sent(client.list("", "a\0*").await.unwrap_err(), "pattern");
        not_sent(client.lsub("a\0", "*").await.unwrap_err(), "reference");
        let labels = LabelChange::add([nul()]);
        not_sent(client.store_labels(1, labels).await.unwrap_err(), "label");
        let label = SearchKey::GmailLabel(nul());
        not_sent(client.search(label).await.unwrap_err(), "label");
        assert_eq!(client.state().selected().unwrap().name, "Entwürfe");
        client.noop().await.unwrap();
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn authenticate_without_a_responder_is_not_sent() {
        let peer = stranger(" AUTH=PLAIN SASL-IR", "");
        let mut client = connect(&peer).await;
        let plain = || wire::authenticate("PLAIN", Some(b"\0bob\0sekret")).unwrap();
        let error = client.run(Given(plain)).await.unwrap_err();
        assert!(matches!(error, Error::Unrunnable(Unrunnable::Authenticate)), "{error:?}");
        assert!(!error.to_string().contains("sekret"), "{error}");
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }
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
