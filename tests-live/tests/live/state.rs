//! Commands that the state does not allow or that cannot be sent fail before anything is sent, and
//! refused commands leave the connection usable.

use imapclient::{
    Append, Attribute, Command, Error, FetchItems, Flag, FlagChange, Needs, Phase,
    Result as Answer, SearchKey, State, Status, StatusItem, StatusKind, codec::Outgoing,
};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{mail::mail, tell::refused};

/// A command that consists of this text.
struct Word(&'static str);

impl Command for Word {
    type Output = Status;

    fn needs(&self) -> Needs {
        Needs::nothing()
    }

    fn encode(&mut self, _state: &State) -> Answer<Outgoing> {
        Ok(Outgoing::raw(self.0)?)
    }

    fn finish(self, done: Status) -> Answer<Status> {
        Ok(done)
    }
}

fn assert_out_of_place<T>(result: Answer<T>, what: &str) {
    match result {
        Err(Error::State { .. }) => {}
        Err(other) => panic!("{what}: {other}"),
        Ok(_) => panic!("{what}: done"),
    }
}

fn assert_invalid<T>(result: Answer<T>, what: &str) {
    match result {
        Err(Error::Invalid(_)) => {}
        Err(other) => panic!("{what}: {other}"),
        Ok(_) => panic!("{what}: done"),
    }
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn commands_before_the_login(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::fresh(cx).await?;
        assert_eq!(client.state().phase(), Phase::NotAuthenticated);
        assert_out_of_place(client.list("", "*").await, "LIST");
        assert_out_of_place(client.select("INBOX").await, "SELECT");
        assert_out_of_place(client.append("INBOX", mail("", "")).await, "APPEND");
        assert_out_of_place(client.fetch("1:*", FetchItems::new()).await, "FETCH");
        for (result, what) in [
            (client.lsub("", "*").await.map(drop), "LSUB"),
            (client.xlist("", "*").await.map(drop), "XLIST"),
            (client.mailbox_exists("INBOX").await.map(drop), "LIST"),
            (client.create("x").await, "CREATE"),
            (client.delete("x").await, "DELETE"),
            (client.rename("x", "y").await, "RENAME"),
            (client.subscribe("x").await, "SUBSCRIBE"),
            (client.unsubscribe("x").await, "UNSUBSCRIBE"),
            (client.enable(["CONDSTORE"]).await.map(drop), "ENABLE"),
            (client.namespace().await.map(drop), "NAMESPACE"),
            (client.get_acl("INBOX").await.map(drop), "GETACL"),
            (client.my_rights("INBOX").await.map(drop), "MYRIGHTS"),
            (client.quota("").await.map(drop), "GETQUOTA"),
            (client.quota_root("INBOX").await.map(drop), "GETQUOTAROOT"),
        ] {
            assert_out_of_place(result, what);
        }
        let special = client.find_special_mailbox(Attribute::Sent).await;
        assert_out_of_place(special, "LIST");
        client.noop().await?;
        client.logout().await
    }

    #[trial]
    async fn commands_without_a_mailbox(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        assert_out_of_place(client.search(SearchKey::All).await, "SEARCH");
        assert_out_of_place(client.fetch("1:*", FetchItems::new().flags()).await, "FETCH");
        assert_out_of_place(
            client.store([1], FlagChange::add(Flag::Seen)).await,
            "STORE",
        );
        assert_out_of_place(client.copy([1], "INBOX").await, "COPY");
        assert_out_of_place(client.expunge().await, "EXPUNGE");
        assert_out_of_place(client.close().await, "CLOSE");
        assert_out_of_place(client.unselect().await, "UNSELECT");
        client.noop().await?;
        client.logout().await
    }

    #[trial]
    async fn login_twice(cx: &Context) -> Result<(), Stop> {
        let (username, password) = cx.password()?;
        let mut client = Session::open(cx).await?;
        assert_out_of_place(client.login(username, password.clone()).await, "LOGIN");
        assert_out_of_place(client.login_command(username, password).await, "LOGIN");
        client.noop().await?;
        client.logout().await
    }

    #[trial]
    async fn arguments_that_cannot_be_sent(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let last = client.last_sent();
        assert_invalid(client.create("").await, "an empty name");
        assert_invalid(client.append(cx.mailbox()?, "a\0b").await, "NUL in a message");
        let odd = Append::from(mail("", "")).flags(["two words"]);
        assert_invalid(client.append(cx.mailbox()?, odd).await, "a blank in a flag");
        let odd = FlagChange::add(Flag::Recent);
        assert_invalid(client.store("1:*", odd).await, "a flag of the server's");
        assert_invalid(
            client.search("SUBJECT \"x\"\r\nA1 LOGOUT").await,
            "two lines",
        );
        assert_invalid(
            client.search(SearchKey::Body("a\0b".into())).await,
            "NUL in a text",
        );
        assert_invalid(client.fetch("1:x", FetchItems::new()).await, "no set");
        assert_invalid(
            client.fetch("1:*", FetchItems::new().section("1] BODY[2")).await,
            "two sections",
        );
        assert_invalid(client.status("INBOX", [StatusItem::Messages; 0]).await, "no items");
        for nothing in ["rename", "subscribe", "unsubscribe", "delete", "select"] {
            let result = match nothing {
                "rename" => client.rename(cx.mailbox()?, "").await,
                "subscribe" => client.subscribe("").await,
                "unsubscribe" => client.unsubscribe("").await,
                "delete" => client.delete("").await,
                _ => client.select("").await.map(drop),
            };
            assert_invalid(result, nothing);
        }
        assert_eq!(client.last_sent(), last, "nothing was sent");

        client.deliver(mail("fine", "")).await?;
        client.logout().await
    }

    #[trial]
    async fn a_command_nobody_knows(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let refusal = refused(client.run(Word("XNOBODYKNOWS THIS")).await)?;
        assert!(
            matches!(refusal.kind, StatusKind::Bad | StatusKind::No),
            "{refusal}"
        );
        let done = client.run(Word("CAPABILITY")).await?;
        assert_eq!(done.kind, StatusKind::Ok);
        client.logout().await
    }

    #[trial]
    async fn refusals_leave_the_connection_in_order(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let missing = cx.child("missing");
        // Only a few, since servers close the connection after a number of errors.
        refused(client.status(&missing, [StatusItem::Messages]).await)?;
        refused(client.append(&missing, mail("", "")).await)?;
        refused(client.delete(&missing).await)?;
        assert_eq!(client.state().phase(), Phase::Selected);
        let uid = client.deliver(mail("fine", "")).await?;
        assert_eq!(client.search("ALL").await?, [uid]);
        client.logout().await
    }
}
