//! The needs of every command are checked before anything is sent.

use imapclient::{
    Command, Error, Flag, FlagChange, Needs, Outcome, Response, State, Status, Update,
    codec::{
        Outgoing,
        command::{self as wire, ListOptions, MetadataOptions, StatusItem},
    },
};
use imapclient_test_macros::faces;

use crate::common::{member, reader, scripted, stranger, uid};

#[track_caller]
fn out_of_place(error: &Error, text: &str) {
    assert!(matches!(error, Error::State { .. }), "{error:?}");
    assert_eq!(error.to_string(), text);
    assert_eq!(error.outcome(), Outcome::NotSent);
}

#[track_caller]
fn lacks(error: &Error, what: &str) {
    assert!(
        matches!(error, Error::Missing { capability, .. } if capability == what),
        "{error:?}"
    );
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn a_command_of_ones_own_out_of_place() {
        let peer = stranger(" XTUNE", "");
        let mut client = connect(&peer).await;
        let needs = |needs| Tune { needs, text: "XTUNE" };
        out_of_place(
            &client.run(needs(Needs::login())).await.unwrap_err(),
            "XTUNE needs a login, but nobody is logged in",
        );
        out_of_place(
            &client.run(needs(Needs::mailbox())).await.unwrap_err(),
            "XTUNE needs a selected mailbox, but nobody is logged in",
        );
        leave(client, peer).await;

        let peer = reader(" XTUNE", "");
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        out_of_place(
            &client.run(needs(Needs::fresh())).await.unwrap_err(),
            "XTUNE needs a fresh connection, but somebody is logged in",
        );
        out_of_place(
            &client.run(needs(Needs::no_mailbox())).await.unwrap_err(),
            "XTUNE needs a login and no selected mailbox, but a mailbox is selected",
        );
        // A command that cannot be encoded is not sent either.
        let unwritable = Tune { needs: Needs::fresh(), text: "XTUNE\r\nA1 LOGOUT" };
        let error = client.run(unwritable).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn a_server_that_lacks_what_a_command_of_ones_own_needs() {
        let peer = member(" XTUNE IMAP4rev2", "C: <a> XTUNE\nS: <a> OK");
        let mut client = connect(&peer).await;
        let needs = |needs| Tune { needs, text: "XTUNE" };
        let both = Needs::login().capability("XTUNE").capability("XVOICE");
        lacks(&client.run(needs(both)).await.unwrap_err(), "XVOICE");
        let either = Needs::login().one_of(&["XHORN", "XVOICE"]);
        lacks(&client.run(needs(either)).await.unwrap_err(), "XHORN or XVOICE");
        // IMAP4rev2 includes MOVE.
        let met = Needs::login().one_of(&["XHORN", "XTUNE"]).capability("MOVE");
        client.run(needs(met)).await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn the_server_is_asked_for_capabilities_only_where_the_place_is_right() {
        let peer = scripted(
            "S: * PREAUTH hello
             C: <a> CAPABILITY
             S: * CAPABILITY IMAP4rev1
             S: <a> OK
             C: <b> LOGOUT
             S: * BYE
             S: <b> OK",
        );
        let mut client = connect(&peer).await;
        let mailbox = Needs::mailbox().capability("XTUNE");
        let error = client.run(Tune { needs: mailbox, text: "XTUNE" }).await.unwrap_err();
        assert!(matches!(error, Error::State { .. }), "{error:?}");
        for _ in 0..2 {
            let login = Needs::login().capability("XTUNE");
            lacks(&client.run(Tune { needs: login, text: "XTUNE" }).await.unwrap_err(), "XTUNE");
        }
        leave(client, peer).await;
    }

    #[case]
    async fn a_mailbox_that_can_only_be_read() {
        let peer = member(
            " MOVE UIDPLUS",
            "C: <a> EXAMINE \"INBOX\"
             S: * 3 EXISTS
             S: <a> OK [READ-ONLY] opened
             C: <b> UID COPY 1 \"x\"
             S: <b> OK
             C: <c> CLOSE
             S: <c> OK
             C: <d> SELECT \"shared\"
             S: * 3 EXISTS
             S: * OK [PERMANENTFLAGS (\\Seen)] yours
             S: <d> OK [READ-ONLY] no right to write
             C: <e> UID STORE 1 +FLAGS (\\Seen)
             S: * 1 FETCH (UID 1 FLAGS (\\Seen))
             S: <e> OK",
        );
        let mut client = connect(&peer).await;
        let text = |command| {
            format!(
                "{command} needs a mailbox that is open for writing, but the selected one is open \
                 for reading only"
            )
        };
        client.examine("INBOX").await.unwrap();
        out_of_place(&client.move_to(1, "x").await.unwrap_err(), &text("MOVE"));
        out_of_place(&client.expunge().await.unwrap_err(), &text("EXPUNGE"));
        out_of_place(&client.uid_expunge(1).await.unwrap_err(), &text("EXPUNGE"));
        out_of_place(&client.run(wire::expunge()).await.unwrap_err(), &text("EXPUNGE"));
        let own = Tune { needs: Needs::mailbox().writable(), text: "XTUNE" };
        out_of_place(&client.run(own).await.unwrap_err(), &text("XTUNE"));
        // A copy changes another mailbox, and CLOSE removes nothing here.
        client.copy(1, "x").await.unwrap();
        client.close().await.unwrap();
        client.select("shared").await.unwrap();
        out_of_place(&client.expunge().await.unwrap_err(), &text("EXPUNGE"));
        // The server may let flags of one's own be changed.
        let stored = client.store(1, FlagChange::add(Flag::Seen)).await.unwrap();
        assert!(stored.get(uid(1)).unwrap().contains(&Flag::Seen), "{stored:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn commands_of_the_codec() {
        let peer = member(
            " METADATA LIST-EXTENDED LIST-STATUS",
            "C: <a> GETMETADATA \"INBOX\" (/private/comment)
             S: * METADATA \"INBOX\" (/private/comment \"mine\")
             S: * 4 EXISTS
             S: * 2 EXPUNGE
             S: * OK [ALERT] full
             S: * 1 FETCH (FLAGS (\\Seen))
             S: <a> OK [METADATA LONGENTRIES 5] done
             C: <b> LIST \"\" \"*\" RETURN (STATUS (UNSEEN))
             S: * LIST () \"/\" \"a\"
             S: * STATUS \"a\" (UNSEEN 3)
             S: <b> OK
             C: <c> GETMETADATA \"INBOX\" (/private/comment)
             S: <c> NO [NOPERM] not yours",
        );
        let mut client = connect(&peer).await;
        let ask = || {
            let inbox = "INBOX".into();
            let entries = ["/private/comment"];
            wire::get_metadata(Some(&inbox), entries, MetadataOptions::new()).unwrap()
        };
        let answer = client.run(ask()).await.unwrap();
        assert_eq!(answer.status.text, "done");
        let [Response::Metadata(_), Response::Exists(exists), Response::Expunge(gone),
             Response::Status(_), Response::Fetch(_)] = &answer.responses[..] else {
            panic!("{answer:?}");
        };
        assert!(*exists == 4 && *gone == 2, "{answer:?}");
        // News become updates, whichever command they come with.
        let updates: Vec<_> = client.updates().collect();
        let [Update::Exists(exists), Update::Expunge(gone), Update::Alert(_), Update::Fetch(_)] =
            &updates[..] else {
            panic!("{updates:?}");
        };
        assert!(*exists == 4 && *gone == 2, "{updates:?}");
        let query = ListOptions::new("", "*").with_status([StatusItem::Unseen]);
        let answer = client.run(wire::list_extended(&query).unwrap()).await.unwrap();
        assert_eq!(answer.responses.len(), 2);
        assert_eq!(client.updates().next(), None);
        let error = client.run(ask()).await.unwrap_err();
        assert_eq!(error.to_string(), "GETMETADATA refused: NO [NOPERM] not yours");
        // The command needs `NOTIFY`, and the client is logged in.
        lacks(&client.run(wire::notify_none()).await.unwrap_err(), "NOTIFY");
        leave(client, peer).await;
    }

    #[case]
    async fn what_was_asked_for_is_no_news() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 1:2 (UID FLAGS)
             S: * 1 FETCH (UID 1 FLAGS ())
             S: * 2 FETCH (UID 2 FLAGS ())
             S: <a> OK
             C: <b> SELECT \"b\"
             S: * 7 EXISTS
             S: <b> OK",
        );
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        assert_eq!(client.raw("UID FETCH 1:2 (UID FLAGS)").await.unwrap().responses.len(), 2);
        let select = wire::select(&"b".into(), false).unwrap();
        client.run(select).await.unwrap();
        assert_eq!(client.state().selected().unwrap().exists, 7);
        assert_eq!(client.updates().next(), None);
        leave(client, peer).await;
    }

    #[case]
    async fn a_password_is_not_sent_where_login_is_disabled() {
        let peer = stranger(" LOGINDISABLED", "");
        let mut client = connect(&peer).await;
        let login = wire::login("bob", "sekret").unwrap();
        let error = client.run(login).await.unwrap_err();
        assert!(matches!(error, Error::LoginDisabled), "{error:?}");
        // An AUTHENTICATE without a responder is not sent either.
        let authenticate = wire::authenticate("PLAIN", Some(b"\0bob\0sekret")).unwrap();
        let error = client.run(authenticate).await.unwrap_err();
        assert!(matches!(error, Error::Unrunnable(_)), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn text_needs_a_login() {
        let peer = stranger("", "");
        let mut client = connect(&peer).await;
        out_of_place(
            &client.raw("XTUNE up").await.unwrap_err(),
            "XTUNE needs a login, but nobody is logged in",
        );
        leave(client, peer).await;
    }
}

/// A custom command.
struct Tune {
    needs: Needs,
    text: &'static str,
}

impl Command for Tune {
    type Output = ();

    fn needs(&self) -> Needs {
        self.needs.clone()
    }

    fn encode(&mut self, _state: &State) -> imapclient::Result<Outgoing> {
        Ok(Outgoing::raw(self.text)?)
    }

    fn finish(self, _done: Status) -> imapclient::Result<()> {
        Ok(())
    }
}
