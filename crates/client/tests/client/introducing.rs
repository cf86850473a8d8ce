//! ID after a login, if the server requires it or the settings ask for it.

use imapclient::{Builder, Error, Login, StatusItem, Update, Workaround};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::{LONG, at_port, expect_start, goodbye, plain, scripted, text};

/// Returns the identification of this library.
fn own() -> String {
    format!(
        "ID (\"name\" \"imapclient\" \"version\" \"{}\")",
        env!("CARGO_PKG_VERSION")
    )
}

const LOGIN: &str = "C: <in> LOGIN \"bob\" \"sekret\"\nS: <in> OK in";
const GOODBYE: &str = "C: <bye> LOGOUT\nS: * BYE\nS: <bye> OK";
const UNSAFE: &str = "Unsafe Login. Please contact kefu@example.com for help";

/// The beginning of a peer that supports ID.
const OFFERS_ID: &str = "S: * OK [CAPABILITY IMAP4rev1] hi
    C: <in> LOGIN \"bob\" \"sekret\"
    S: <in> OK [CAPABILITY IMAP4rev1 ID] in";

faces! {
    #![tokio(cfg(feature = "tokio"))]

    /// Connects to a peer with this greeting, and logs in as bob, after which the script continues.
    async fn enter(greeting: &str, script: &str) -> (Client, Peer) {
        let peer = scripted(&format!("S: {greeting}\n{LOGIN}\n{script}"));
        let client = plain::<Client>(&peer).login("bob", "sekret").connect().await.unwrap();
        (client, peer)
    }

    #[case]
    async fn coremail_is_told_before_it_opens_a_mailbox() {
        let own = own();
        let introduced = format!("C: <b> {own}\nS: * ID (\"name\" \"Coremail\")\nS: <b> OK");
        let select = "C: <c> SELECT \"INBOX\"\nS: * 3 EXISTS\nS: <c> OK [READ-WRITE] in";
        for (greeting, before, after) in [
            (
                "* OK Coremail System IMap Server Ready(163com[7f3a])",
                "C: <x> CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: <x> OK",
                "",
            ),
            ("* OK [CAPABILITY IMAP4rev1 ID X-CM-EXT-1] hello", "", ""),
            (
                "* OK [CAPABILITY IMAP4rev1] hello",
                "",
                "S: * CAPABILITY IMAP4rev1 ID X-CM-EXT-1",
            ),
        ] {
            let peer = scripted(&format!(
                "S: {greeting}\n{before}\nC: <a> LOGIN \"bob\" \"sekret\"\n{after}\nS: <a> OK in
                 {introduced}\n{select}"
            ));
            let builder = plain::<Client>(&peer).login("bob", "sekret");
            let mut client = builder.connect().await.unwrap();
            assert_eq!(client.select("INBOX").await.unwrap().exists, 3);
            assert!(client.workarounds().contains(&Workaround::IdBeforeSelect));
            drop(client);
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn waiting_for_changes_begins_again_after_it() {
        let own = own();
        let greeting = "* OK [CAPABILITY IMAP4rev1] hi";
        let capable = |idle: &str| {
            format!("C: <x> CAPABILITY\nS: * CAPABILITY IMAP4rev1{idle}\nS: <x> OK\n")
        };
        let script = format!(
            "{}C: <b> IDLE\nS: <b> NO IDLE {UNSAFE}\nC: <i> {own}\nS: * ID NIL\nS: <i> OK
             C: <c> IDLE\nS: + idling\nS: * 4 EXISTS\nC: DONE\nS: <c> OK done",
            capable(" IDLE")
        );
        let (mut client, peer) = enter(greeting, &script).await;
        let mut idle = client.idle().await.unwrap();
        assert_eq!(idle.next().await.unwrap(), Update::Exists(4.into()));
        idle.done().await.unwrap();
        assert!(client.workarounds().contains(&Workaround::IdBeforeSelect));
        drop(client);
        peer.finish().unwrap();

        let script = format!(
            "{}C: <b> NOOP\nS: <b> NO NOOP {UNSAFE}\nC: <i> {own}\nS: <i> OK
             C: <c> NOOP\nS: * 4 EXISTS\nS: <c> OK",
            capable("")
        );
        let (mut client, peer) = enter(greeting, &script).await;
        let mut idle = client.idle_or_poll(LONG).await.unwrap();
        assert_eq!(idle.next().await.unwrap(), Update::Exists(4.into()));
        idle.done().await.unwrap();
        drop(client);
        peer.finish().unwrap();

        // ID is sent once, and only the first refusal is reported if it is refused as well.
        for answers in ["S: <i> OK\nC: <c> IDLE\nS: <c> NO IDLE Unsafe Login.", "S: <i> BAD no"] {
            let script = format!(
                "{}C: <b> IDLE\nS: <b> NO IDLE Unsafe Login.\nC: <i> {own}\n{answers}",
                capable(" IDLE")
            );
            let (mut client, peer) = enter(greeting, &script).await;
            let error = client.idle().await.unwrap_err();
            assert_eq!(error.to_string(), "IDLE refused: NO IDLE Unsafe Login.");
            drop(client);
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn it_is_told_after_the_refusal() {
        let own = own();
        let refused = |command: &str| {
            let name = command.split(' ').next().unwrap();
            format!("C: <b> {command}\nS: <b> NO {name} {UNSAFE}\nC: <i> {own}\nS: <i> OK\nC: <c> {command}")
        };
        let script = format!("{}\nS: * 3 EXISTS\nS: <c> OK in", refused("SELECT \"INBOX\""));
        let (mut client, peer) = enter("* OK [CAPABILITY IMAP4rev1] hi", &script).await;
        assert_eq!(client.select("INBOX").await.unwrap().exists, 3);
        assert!(client.workarounds().contains(&Workaround::IdBeforeSelect));
        drop(client);
        peer.finish().unwrap();

        let script = format!("{}\nS: * 3 EXISTS\nS: <c> OK in", refused("EXAMINE \"INBOX\""));
        let (mut client, peer) = enter("* OK [CAPABILITY IMAP4rev1] hi", &script).await;
        assert_eq!(client.examine("INBOX").await.unwrap().exists, 3);
        drop(client);
        peer.finish().unwrap();

        let command = refused("STATUS \"INBOX\" (MESSAGES)");
        let script = format!("{command}\nS: * STATUS INBOX (MESSAGES 3)\nS: <c> OK in");
        let (mut client, peer) = enter("* OK [CAPABILITY IMAP4rev1] hi", &script).await;
        let status = client.status("INBOX", [StatusItem::Messages]).await.unwrap();
        assert_eq!(status.messages, Some(3.into()));
        drop(client);
        peer.finish().unwrap();
    }

    /// Calls the method that sends a command of this name.
    async fn call(client: &mut Client, name: &str) -> imapclient::Result<()> {
        match name {
            "APPEND" => client.append("INBOX", "three").await.map(drop),
            "LIST" => client.list("", "*").await.map(drop),
            "CREATE" => client.create("new").await,
            "XYZZY" => client.raw("XYZZY").await.map(drop),
            "COPY" => client.copy([1, 2], "Sent").await.map(drop),
            "FETCH" => client.fetch([1], "FLAGS").await.map(drop),
            "SEARCH" => client.search("SEEN").await.map(drop),
            other => panic!("no method for {other}"),
        }
    }

    #[case]
    async fn each_command_is_sent_again_after_it() {
        let own = own();
        for (name, command, answer) in [
            // The refusal comes in place of the request for the message.
            ("APPEND", "APPEND \"INBOX\" {5}", "S: + go on\nC: three\n"),
            ("LIST", "LIST \"\" \"*\"", "S: * LIST () \"/\" INBOX\n"),
            ("CREATE", "CREATE \"new\"", ""),
            ("XYZZY", "XYZZY", ""),
            ("COPY", "UID COPY 1:2 \"Sent\"", ""),
            ("FETCH", "UID FETCH 1 (UID FLAGS)", "S: * 1 FETCH (UID 1 FLAGS ())\n"),
            ("SEARCH", "UID SEARCH SEEN", "S: * SEARCH 1\n"),
        ] {
            let selects = command.starts_with("UID");
            let select = "C: <s> SELECT \"INBOX\"\nS: * 3 EXISTS\nS: <s> OK in\n";
            let script = format!(
                "{}C: <b> {command}\nS: <b> NO {name} {UNSAFE}\nC: <i> {own}\nS: <i> OK\n\
                 C: <c> {command}\n{answer}S: <c> OK done\n\
                 C: <d> NOOP\nS: <d> NO {UNSAFE}",
                if selects { select } else { "" },
            );
            // All capabilities are known, so no other command is sent.
            let greeting = "* PREAUTH [CAPABILITY IMAP4rev1] hi";
            let peer = scripted(&format!("S: {greeting}\n{script}"));
            let mut client = plain::<Client>(&peer).connect().await.unwrap();
            if selects {
                client.select("INBOX").await.unwrap();
            }
            call(&mut client, name).await.unwrap();
            assert!(client.workarounds().contains(&Workaround::IdBeforeSelect), "{name}");
            // It knows who we are by now, so the refusal is about something else.
            assert!(matches!(client.noop().await, Err(Error::Refused(_))), "{name}");
            drop(client);
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn a_command_that_has_had_an_effect_is_not_sent_again() {
        let script = format!(
            "C: <s> SELECT \"INBOX\"\nS: * 3 EXISTS\nS: <s> OK in
             C: <b> EXPUNGE\nS: * 1 EXPUNGE\nS: <b> NO {UNSAFE}"
        );
        let (mut client, peer) = enter("* OK [CAPABILITY IMAP4rev1] hi", &script).await;
        client.select("INBOX").await.unwrap();
        assert!(client.expunge().await.is_err());
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn a_refusal_that_stays_is_the_error() {
        let own = own();
        for (answer, again) in [
            ("OK", format!("C: <c> SELECT \"INBOX\"\nS: <c> NO SELECT {UNSAFE}")),
            ("NO go away", String::new()),
            ("BAD what?", String::new()),
        ] {
            let script = format!(
                "C: <b> SELECT \"INBOX\"\nS: <b> NO SELECT {UNSAFE}\nC: <i> {own}\nS: <i> {answer}\n{again}"
            );
            let (mut client, peer) = enter("* OK [CAPABILITY IMAP4rev1] hi", &script).await;
            let error = client.select("INBOX").await.unwrap_err();
            assert_eq!(text(&error), format!("SELECT refused: NO SELECT {UNSAFE}"));
            drop(client);
            peer.finish().unwrap();
        }
        // Another refusal does not lead to ID.
        let script = "C: <b> SELECT \"INBOX\"\nS: <b> NO [NONEXISTENT] what?";
        let (mut client, peer) = enter("* OK [CAPABILITY IMAP4rev1] hi", script).await;
        client.select("INBOX").await.unwrap_err();
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn a_server_that_does_not_want_to_know_is_left_in_peace() {
        for answer in ["NO go away", "BAD what?"] {
            let own = own();
            let script = format!("C: <b> {own}\nS: <b> {answer}\nC: <c> NOOP\nS: <c> OK");
            let greeting = "* OK [CAPABILITY IMAP4rev1 ID X-CM-EXT-1] hello";
            let (mut client, peer) = enter(greeting, &script).await;
            client.noop().await.unwrap();
            drop(client);
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn others_are_told_nothing() {
        let script = "C: <b> SELECT \"INBOX\"\nS: * 3 EXISTS\nS: <b> OK in";
        let (mut client, peer) = enter("* OK [CAPABILITY IMAP4rev1 ID] hi", script).await;
        client.select("INBOX").await.unwrap();
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn what_the_settings_say_is_told_after_each_login() {
        let told = "C: <i> ID (\"name\" \"tool\" \"version\" \"1.0\")\nS: * ID NIL\nS: <i> OK";
        let asked = "C: <c> CAPABILITY\nS: * CAPABILITY IMAP4rev1 ID\nS: <c> OK";
        let preauth = "* PREAUTH [CAPABILITY IMAP4rev1 ID] hi";
        for (greeting, script) in [
            // The login discards the capabilities, but ID was announced before it.
            ("* OK [CAPABILITY IMAP4rev1 ID] hi", format!("{LOGIN}\n{told}")),
            ("* OK [CAPABILITY IMAP4rev1] hi", format!("{LOGIN}\n{asked}\n{told}")),
            (preauth, told.to_owned()),
            // ID is not sent if the server does not offer it.
            (
                "* OK [CAPABILITY IMAP4rev1] hi",
                "C: <in> LOGIN \"bob\" \"sekret\"\nS: <in> OK [CAPABILITY IMAP4rev1] in".to_owned(),
            ),
        ] {
            let peer = scripted(&format!("S: {greeting}\n{script}\n{GOODBYE}"));
            let builder = plain::<Client>(&peer).id([("name", "tool"), ("version", "1.0")]);
            let client = builder.login("bob", "sekret").connect().await.unwrap();
            assert!(client.workarounds().is_empty());
            client.logout().await.unwrap();
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn a_login_on_an_open_connection_is_a_login() {
        let told = "C: <i> ID (\"name\" \"tool\")\nS: <i> OK";
        let inside = "S: <a> OK [CAPABILITY IMAP4rev1 ID] in";
        let greeting = "S: * OK [CAPABILITY IMAP4rev1 ID AUTH=PLAIN SASL-IR] hi";
        let plainly = "C: <a> AUTHENTICATE PLAIN AGJvYgBzZWtyZXQ=";
        let command = "C: <a> LOGIN \"bob\" \"sekret\"";
        for (way, line) in [(0, command), (1, plainly), (2, plainly), (3, plainly)] {
            let peer = scripted(&format!("{greeting}\n{line}\n{inside}\n{told}\n{GOODBYE}"));
            let builder = plain::<Client>(&peer).id([("name", "tool")]);
            let mut client = builder.connect().await.unwrap();
            match way {
                0 => client.login_command("bob", "sekret").await.unwrap(),
                1 => {
                    let bob = imapclient::auth::Plain::new("bob", "sekret".into());
                    client.authenticate(bob).await.unwrap();
                }
                2 => client.login("bob", "sekret").await.unwrap(),
                _ => client.login_with(Login::auto("bob", "sekret")).await.unwrap(),
            }
            client.logout().await.unwrap();
            peer.finish().unwrap();
        }
    }

    /// Logs in at a peer that supports ID and goes on by this script. The settings ask for ID.
    async fn introduced(script: &str) -> (Client, Peer) {
        let peer = scripted(&format!("{OFFERS_ID}\n{script}"));
        let builder = plain::<Client>(&peer).id([("name", "tool")]);
        let client = builder.login("bob", "sekret").connect().await.unwrap();
        (client, peer)
    }

    #[case]
    async fn a_mailbox_is_opened_behind_it() {
        for answer in ["OK told", "NO go away", "BAD what?"] {
            // Both commands are sent before either is answered.
            let (mut client, peer) = introduced(&format!(
                "C: <i> ID (\"name\" \"tool\")
                 C: <s> SELECT \"INBOX\"
                 S: * ID (\"name\" \"server\")
                 S: <i> {answer}
                 S: * 3 EXISTS
                 S: <s> OK [READ-WRITE] in
                 C: <n> NOOP
                 S: <n> OK
                 {GOODBYE}"
            ))
            .await;
            assert_eq!(client.select("INBOX").await.unwrap().exists, 3);
            client.noop().await.unwrap();
            assert_eq!(client.updates().count(), 0);
            assert!(client.workarounds().is_empty());
            client.logout().await.unwrap();
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn a_mailbox_that_cannot_be_opened_behind_it_is_not_open() {
        let (mut client, peer) = introduced(&format!(
            "C: <i> ID (\"name\" \"tool\")
             C: <s> EXAMINE \"x\"
             S: <s> NO [NONEXISTENT] what?
             S: <i> OK told
             {GOODBYE}"
        ))
        .await;
        let error = client.examine("x").await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        assert!(client.state().selected().is_none());
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_cut_behind_it_is_the_error_of_the_next_command() {
        for script in [
            "C: <i> ID (\"name\" \"tool\")\nC: <s> SELECT \"INBOX\"\nCLOSE",
            "C: <i> ID (\"name\" \"tool\")\nC: <s> SELECT \"INBOX\"\nS: <i> OK\nS: * 3 EXI\nCLOSE",
        ] {
            let (mut client, peer) = introduced(script).await;
            let error = client.select("INBOX").await.unwrap_err();
            assert!(error.is_closed(), "{error:?}");
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn other_commands_wait_for_its_answer() {
        let (mut client, peer) = introduced(&format!(
            "C: <i> ID (\"name\" \"tool\")
             S: * ID NIL
             S: <i> OK told
             C: <l> LIST \"\" \"*\"
             S: * LIST () \"/\" INBOX
             S: <l> OK
             C: <s> SELECT \"INBOX\"
             S: <s> OK
             {GOODBYE}"
        ))
        .await;
        assert_eq!(client.list("", "*").await.unwrap().len(), 1);
        client.select("INBOX").await.unwrap();
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn it_is_sent_even_if_no_command_follows() {
        let peer = Peer::start(|mut connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1] hi")?;
            let (tag, _) = expect_start(&mut connection, "LOGIN")?;
            connection.send(&format!("{tag} OK [CAPABILITY IMAP4rev1 ID] in"))?;
            expect_start(&mut connection, "ID")?;
            connection.wait_eof()
        });
        let builder = plain::<Client>(&peer).id([("name", "tool")]);
        let client = builder.login("bob", "sekret").connect().await.unwrap();
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn without_pipelining_its_answer_is_waited_for() {
        let peer = Peer::start(|mut connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1] hi")?;
            for (command, answer) in [
                ("LOGIN", "OK [CAPABILITY IMAP4rev1 ID] in"),
                ("ID", "OK told"),
                ("SELECT", "OK in"),
            ] {
                let (tag, _) = expect_start(&mut connection, command)?;
                assert!(connection.unread().is_empty(), "behind {command}");
                connection.send(&format!("{tag} {answer}"))?;
            }
            goodbye(&mut connection)
        });
        let builder = plain::<Client>(&peer).id([("name", "tool")]).pipelining(false);
        let mut client = builder.login("bob", "sekret").connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn what_the_settings_say_is_told_to_coremail() {
        let script = format!(
            "S: * OK Coremail\n{LOGIN}
             C: <i> ID (\"name\" \"tool\")\nS: <i> OK"
        );
        let script = script.replacen(LOGIN, &format!("C: <x> CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: <x> OK\n{LOGIN}"), 1);
        let peer = scripted(&script);
        let builder = plain::<Client>(&peer).id([("name", "tool")]);
        let client = builder.login("bob", "sekret").connect().await.unwrap();
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn what_cannot_be_told_is_found_before_anything_is_sent() {
        let builder: Builder<Client> = at_port(1).connect_timeout(LONG);
        let error = builder.id([("na\0me", "x")]).connect().await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
    }

    #[case]
    async fn capabilities_that_a_login_does_not_tell_are_asked_for_when_needed() {
        for after in ["IMAP4rev1 UIDPLUS SORT", "IMAP4rev1"] {
            let script = format!(
                "C: <b> SELECT \"INBOX\"\nS: * 1 EXISTS\nS: <b> OK in
                 C: <c> CAPABILITY\nS: * CAPABILITY {after}\nS: <c> OK
                 C: <d> NOOP\nS: <d> OK"
            );
            let (mut client, peer) = enter("* OK [CAPABILITY IMAP4rev1 IDLE] hi", &script).await;
            client.select("INBOX").await.unwrap();
            assert_eq!(client.has_capability("SORT").await.unwrap(), after.contains("SORT"));
            assert!(!client.has_capability("IDLE").await.unwrap());
            client.noop().await.unwrap();
            drop(client);
            peer.finish().unwrap();
        }
    }
}
