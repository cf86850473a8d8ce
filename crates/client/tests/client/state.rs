//! Commands that are not allowed in a state or that the server does not support: nothing is sent.

use imapclient::{
    Code, Command, Error, FetchItems, Flag, FlagChange, Needs, Result, State, Status, StatusItem,
    StatusKind,
    auth::Plain,
    codec::{Outgoing, Response, Tag},
};
use imapclient_test_macros::faces;

use crate::common::{member, reader, scripted, stranger};

#[track_caller]
fn out_of_place(error: &Error, text: &str) {
    assert!(matches!(error, Error::State { .. }), "{error:?}");
    assert!(!error.is_closed() && !error.is_transient() && !error.is_timeout());
    assert_eq!(error.to_string(), text);
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn before_the_login() {
        let peer = stranger(" IDLE UNSELECT MOVE UIDPLUS LITERAL+", "");
        let mut client = connect(&peer).await;
        let needs_login = |command| format!("{command} needs a login, but nobody is logged in");
        let needs_mailbox =
            |command| format!("{command} needs a selected mailbox, but nobody is logged in");
        let change = FlagChange::add(Flag::Seen);

        out_of_place(&client.list("", "*").await.unwrap_err(), &needs_login("LIST"));
        out_of_place(&client.create("x").await.unwrap_err(), &needs_login("CREATE"));
        out_of_place(&client.delete("x").await.unwrap_err(), &needs_login("DELETE"));
        out_of_place(&client.select("x").await.unwrap_err(), &needs_login("SELECT"));
        out_of_place(&client.examine("x").await.unwrap_err(), &needs_login("EXAMINE"));
        let items = [StatusItem::Messages];
        out_of_place(&client.status("x", &items).await.unwrap_err(), &needs_login("STATUS"));
        out_of_place(&client.append("x", "y").await.unwrap_err(), &needs_login("APPEND"));
        out_of_place(&client.idle().await.unwrap_err(), &needs_login("IDLE"));

        out_of_place(&client.search("ALL").await.unwrap_err(), &needs_mailbox("SEARCH"));
        out_of_place(&client.fetch(1, FetchItems::new()).await.unwrap_err(), &needs_mailbox("FETCH"));
        out_of_place(&client.store(1, change).await.unwrap_err(), &needs_mailbox("STORE"));
        out_of_place(&client.copy(1, "x").await.unwrap_err(), &needs_mailbox("COPY"));
        out_of_place(&client.move_to(1, "x").await.unwrap_err(), &needs_mailbox("MOVE"));
        out_of_place(&client.expunge().await.unwrap_err(), &needs_mailbox("EXPUNGE"));
        out_of_place(&client.uid_expunge(1).await.unwrap_err(), &needs_mailbox("EXPUNGE"));
        out_of_place(&client.unselect().await.unwrap_err(), &needs_mailbox("UNSELECT"));
        out_of_place(&client.close().await.unwrap_err(), &needs_mailbox("CLOSE"));
        leave(client, peer).await;
    }

    #[case]
    async fn a_state_error_asks_for_no_capabilities_either() {
        let peer = scripted("S: * OK hello\nC: <a> LOGOUT\nS: * BYE\nS: <a> OK");
        let mut client = connect(&peer).await;
        for error in [
            client.append("x", "y").await.unwrap_err(),
            client.idle().await.unwrap_err(),
            client.move_to(1, "x").await.unwrap_err(),
            client.uid_expunge(1).await.unwrap_err(),
            client.unselect().await.unwrap_err(),
        ] {
            assert!(matches!(error, Error::State { .. }), "{error:?}");
        }
        leave(client, peer).await;
    }

    #[case]
    async fn before_a_mailbox_is_open() {
        let peer = member(" MOVE UIDPLUS UNSELECT", "");
        let mut client = connect(&peer).await;
        let text = |command| format!("{command} needs a selected mailbox, but no mailbox is selected");
        out_of_place(&client.search("ALL").await.unwrap_err(), &text("SEARCH"));
        out_of_place(&client.fetch(1, FetchItems::new()).await.unwrap_err(), &text("FETCH"));
        out_of_place(&client.move_to(1, "x").await.unwrap_err(), &text("MOVE"));
        out_of_place(&client.uid_expunge(1).await.unwrap_err(), &text("EXPUNGE"));
        out_of_place(&client.unselect().await.unwrap_err(), &text("UNSELECT"));
        leave(client, peer).await;
    }

    #[case]
    async fn after_the_login() {
        let peer = member(" SASL-IR", "");
        let mut client = connect(&peer).await;
        let text = |command| format!("{command} needs a fresh connection, but somebody is logged in");
        out_of_place(&client.login("bob", "sekret").await.unwrap_err(), &text("LOGIN"));
        out_of_place(&client.login_command("bob", "sekret").await.unwrap_err(), &text("LOGIN"));
        let bob = Plain::new("bob", "sekret".into());
        out_of_place(&client.authenticate(bob).await.unwrap_err(), &text("AUTHENTICATE"));
        leave(client, peer).await;
    }

    #[case]
    async fn what_the_server_lacks_is_not_tried() {
        let peer = reader("", "");
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        for (error, lacks) in [
            (client.uid_expunge(1).await.unwrap_err(), "UIDPLUS"),
            (client.idle().await.unwrap_err(), "IDLE"),
        ] {
            assert!(
                matches!(&error, Error::Missing { capability, .. } if capability == lacks),
                "{error:?}"
            );
            assert_eq!(error.to_string(), format!("the server does not offer {lacks}"));
        }
        leave(client, peer).await;
    }

    #[case]
    async fn rev2_has_them_built_in() {
        let peer = reader(
            " IMAP4rev2",
            "C: <a> UID MOVE 1 \"x\"
             S: <a> OK
             C: <b> UID EXPUNGE 1
             S: * VANISHED 1
             S: <b> OK
             C: <c> IDLE
             S: + go on
             C: DONE
             S: <c> OK
             C: <d> UNSELECT
             S: <d> OK",
        );
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        client.move_to(1, "x").await.unwrap();
        client.uid_expunge(1).await.unwrap();
        client.idle().await.unwrap().done().await.unwrap();
        client.unselect().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn refusals_carry_code_and_text() {
        let peer = member(
            "",
            "C: <a> CREATE \"x\"
             S: <a> NO [ALREADYEXISTS] there \u{1b}[31mis one
             C: <b> CREATE \"x\"
             S: <b> BAD
             C: <c> CREATE \"x\"
             S: <c> NO [X-ODD (1 2)] {5}
             C: <d> CREATE \"x\"
             S: <d> NO [UNAVAILABLE] later",
        );
        let mut client = connect(&peer).await;

        let error = client.create("x").await.unwrap_err();
        assert_eq!(error.code(), Some(&Code::AlreadyExists));
        assert!(!error.is_transient());
        // The text has no control characters for a terminal.
        assert_eq!(
            error.to_string(),
            r"CREATE refused: NO [ALREADYEXISTS] there \u{1b}[31mis one"
        );
        let Error::Refused(refused) = error else { panic!("a refusal") };
        assert_eq!((refused.command.as_str(), refused.kind), ("CREATE", StatusKind::No));
        assert_eq!(refused.text, "there \u{1b}[31mis one");

        let error = client.create("x").await.unwrap_err();
        assert_eq!(error.code(), None);
        let Error::Refused(refused) = error else { panic!("a refusal") };
        assert_eq!((refused.kind, refused.text.as_str()), (StatusKind::Bad, ""));

        let error = client.create("x").await.unwrap_err();
        assert!(matches!(error.code(), Some(Code::Other { name, .. }) if name == "X-ODD"));

        assert!(client.create("x").await.unwrap_err().is_transient());
        leave(client, peer).await;
    }

    #[case]
    async fn commands_of_ones_own() {
        let peer = member(
            "",
            "C: <a> XVERSION
             S: * XVERSION 1.2
             S: * 5 EXISTS
             S: <a> OK done
             C: <b> XVERSION
             S: <b> OK done
             C: <c> XVERSION
             S: <c> BAD what",
        );
        let mut client = connect(&peer).await;
        assert_eq!(client.run(Version(None)).await.unwrap(), "* XVERSION 1.2\r\n");
        assert_eq!(client.updates().count(), 1);
        let error = client.run(Version(None)).await.unwrap_err();
        assert!(matches!(error, Error::NoAnswer { command: "XVERSION" }), "{error:?}");
        let error = client.run(Version(None)).await.unwrap_err();
        assert_eq!(error.to_string(), "XVERSION refused: BAD what");
        leave(client, peer).await;
    }
}

struct Version(Option<String>);

impl Command for Version {
    type Output = String;

    fn needs(&self) -> Needs {
        Needs::login()
    }

    fn encode(&mut self, _state: &State) -> Result<Outgoing> {
        Ok(Outgoing::raw("XVERSION")?)
    }

    fn accept(&mut self, _tag: &Tag, response: Response) -> Option<Response> {
        match response {
            Response::Unknown(unknown) if unknown.name == "XVERSION" => {
                self.0 = Some(String::from_utf8_lossy(&unknown.raw).into_owned());
                None
            }
            other => Some(other),
        }
    }

    fn finish(self, _done: Status) -> Result<String> {
        let command = "XVERSION";
        self.0.ok_or(Error::NoAnswer { command })
    }
}
