//! Announcements, refusals and differences of each profile, tested with a raw client.

use imapclient_server::{Profile, Server};

use crate::client::Client;

pub(crate) fn server(profile: Profile) -> Server {
    Server::builder()
        .user("bob", "sekret")
        .mailbox("INBOX", |m| {
            m.message("From: ann@example.org\nSubject: one\n\nFirst.\n")
                .message("From: ben@example.org\nSubject: two\n\nSecond.\n")
        })
        .profile(profile)
        .start()
}

/// Opens a connection and logs in. Also returns the response to the login.
pub(crate) fn login(server: &Server) -> (Client, Vec<String>) {
    let mut client = Client::open(server.addr());
    client.line();
    let answer = client.run("LOGIN bob sekret");
    assert!(answer.last().unwrap().starts_with("OK "), "{answer:?}");
    (client, answer)
}

/// Opens a connection and selects INBOX.
pub(crate) fn inbox(server: &Server) -> Client {
    let (mut client, _) = login(server);
    client.run("ID (\"name\" \"test\")");
    client.ok("SELECT INBOX");
    client
}

fn capabilities(client: &mut Client) -> Vec<String> {
    let line = client.ok("CAPABILITY").remove(0);
    line.split(' ').skip(1).map(ToOwned::to_owned).collect()
}

#[test]
fn the_whole_list_is_announced_before_the_login_and_after_it() {
    for profile in Profile::all() {
        let server = server(profile);
        let mut client = Client::open(server.addr());
        let greeting = client.line();
        assert!(greeting.starts_with("* OK "), "{profile}: {greeting}");
        let mut before: Vec<_> = profile.capabilities_before_login().collect();
        before.retain(|name| *name != "STARTTLS");
        before.push("STARTTLS");
        assert_eq!(capabilities(&mut client), before, "{profile}");
        if greeting.contains("[CAPABILITY ") {
            let code = format!("[CAPABILITY {}]", before.join(" "));
            assert!(greeting.contains(&code), "{profile}: {greeting}");
        }
        client.ok("LOGIN bob sekret");
        let after: Vec<_> = profile.capabilities().collect();
        assert_eq!(capabilities(&mut client), after, "{profile}");
    }
}

#[test]
fn the_capabilities_come_with_the_login_as_they_do_there() {
    let answer = |profile| login(&server(profile)).1;
    let [untagged, end] = &answer(Profile::Gmail)[..] else {
        panic!("not two lines")
    };
    assert!(
        untagged.starts_with("* CAPABILITY IMAP4rev1 UNSELECT "),
        "{untagged}"
    );
    assert_eq!(end, "OK bob authenticated (Success)");
    assert_eq!(answer(Profile::Minimal), ["OK LOGIN completed"]);
    let told = answer(Profile::Uw).remove(0);
    assert!(
        told.starts_with("OK [CAPABILITY IMAP4REV1 I18NLEVEL=1 "),
        "{told}"
    );
    assert!(told.ends_with("] User bob authenticated"), "{told}");
}

#[test]
fn what_the_embedded_server_lacks_is_bad() {
    /// Capabilities, and commands that need them.
    const NEEDS: [(&str, &str); 19] = [
        ("UTF8=ACCEPT", "APPEND INBOX UTF8 (~{1+}\r\nx)"),
        ("XAPPLEPUSHSERVICE", "XAPPLEPUSHSERVICE aps-version 2"),
        ("CATENATE", "APPEND INBOX CATENATE (URL \"/INBOX/;UID=1\")"),
        ("URLAUTH", "RESETKEY"),
        ("LANGUAGE", "LANGUAGE"),
        ("ESORT", "SORT RETURN (MIN) (DATE) UTF-8 ALL"),
        ("CONTEXT=SEARCH", "SEARCH RETURN (UPDATE) ALL"),
        ("CONTEXT=SORT", "SORT RETURN (UPDATE) (DATE) UTF-8 ALL"),
        ("X-UNAUTHENTICATE", "UNAUTHENTICATE"),
        ("MULTISEARCH", "ESEARCH IN (mailboxes INBOX) ALL"),
        ("OBJECTID", "FETCH 1 (EMAILID)"),
        ("PREVIEW=FUZZY", "FETCH 1 (PREVIEW)"),
        ("SNIPPET=FUZZY", "FETCH 1 (SNIPPET)"),
        ("SEARCH=FUZZY", "SEARCH FUZZY SUBJECT x"),
        ("MAILBOX-REFERRALS", "RLIST \"\" \"*\""),
        ("SCAN", "SCAN \"\" \"*\" \"x\""),
        ("QUOTA=RES-MAILBOX", "SETQUOTA \"\" (MAILBOX 5)"),
        ("XAPPLELITERAL", "XAPPLELITERAL"),
        (
            "ANNOTATE-EXPERIMENT-1",
            "FETCH 1 (ANNOTATION (/comment value))",
        ),
    ];
    for profile in Profile::all() {
        let server = server(profile);
        let mut client = inbox(&server);
        for lacking in profile.lacking() {
            for (_, command) in NEEDS.iter().filter(|(name, _)| *name == lacking) {
                let end = client.end(command);
                let refused = end.starts_with("BAD ") || end.starts_with("NO ");
                assert!(refused, "{profile}: {command}: {end}");
            }
        }
        client.ok("NOOP");
    }
}

#[test]
fn what_is_not_announced_is_bad() {
    let server = server(Profile::Minimal);
    let mut client = inbox(&server);
    for command in [
        "IDLE",
        "UID MOVE 1 Trash",
        "UNSELECT",
        "NAMESPACE",
        "ENABLE CONDSTORE",
        "ID NIL",
        "UID EXPUNGE 1",
        "LIST (SUBSCRIBED) \"\" \"*\"",
        "SEARCH RETURN (ALL) ALL",
        "STATUS INBOX (SIZE)",
        "STATUS INBOX (APPENDLIMIT)",
        "GETQUOTAROOT INBOX",
        "XLIST \"\" \"*\"",
    ] {
        let end = client.end(command);
        assert!(end.starts_with("BAD "), "{command}: {end}");
    }
}

#[test]
fn special_folders_have_their_names_and_lie_where_they_do_there() {
    let [gmail, outlook, yahoo] = [Profile::Gmail, Profile::Outlook, Profile::Yahoo].map(server);
    let mut client = login(&gmail).0;
    let list = client.ok("LIST \"\" \"%\"");
    let parent = list.iter().find(|line| line.contains("[Gmail]")).unwrap();
    assert!(
        parent.contains("\\Noselect") && parent.contains("\\HasChildren"),
        "{parent}"
    );
    let trash = client.ok("LIST \"\" \"[Gmail]/Papierkorb\"").remove(0);
    assert!(trash.contains("\\Trash"), "{trash}");
    // SPECIAL-USE is not announced, but LIST returns the attributes.
    let mut client = login(&outlook).0;
    let trash = client.ok("LIST \"\" \"Deleted Items\"").remove(0);
    assert!(trash.contains("\\Trash"), "{trash}");
    let mut client = login(&yahoo).0;
    let junk = client.ok("LIST \"\" Bulk").remove(0);
    assert!(!junk.contains("\\Junk"), "{junk}");
}

#[test]
fn the_mailboxes_of_the_sample_get_the_names_of_the_provider() {
    let server = Server::builder()
        .profile(Profile::Gmail)
        .user("bob", "sekret")
        .sample()
        .start();
    assert!(!server.messages("bob", "[Gmail]/Gesendet").is_empty());
    let mut client = login(&server).0;
    assert_eq!(client.ok("LIST \"\" Sent"), [""; 0]);
    let lsub = client.ok("LSUB \"\" \"[Gmail]/Gesendet\"");
    assert_eq!(lsub.len(), 1, "{lsub:?}");
    assert_eq!(client.ok("LSUB \"\" Sent"), [""; 0]);
}

#[test]
fn lines_have_the_length_that_they_may_have() {
    for (profile, longest) in [(Profile::Yahoo, 1000), (Profile::Outlook, 10_000)] {
        let server = server(profile);
        let mut client = inbox(&server);
        let frame = "x UID SEARCH SUBJECT \"\"\r\n".len();
        for (length, expected) in [(longest, "x OK "), (longest + 1, "x BAD ")] {
            let text = "y".repeat(length - frame);
            client.send(format!("x UID SEARCH SUBJECT \"{text}\"\r\n"));
            let answer = client.line();
            let answer = match answer.starts_with("* SEARCH") {
                true => client.line(),
                false => answer,
            };
            assert!(
                answer.starts_with(expected),
                "{profile}, {length}: {answer}"
            );
        }
    }
}

#[test]
fn literal_minus_takes_4096_bytes_without_asking() {
    let server = server(Profile::Gmail);
    let mut client = login(&server).0;
    for (length, expected) in [(4096, "a OK "), (4097, "a BAD "), (9, "a OK ")] {
        let text = "x".repeat(length);
        client.send(format!("a APPEND INBOX {{{length}+}}\r\n{text}\r\n"));
        let answer = client.line();
        let answer = match answer.starts_with("* ") {
            true => client.line(),
            false => answer,
        };
        assert!(answer.starts_with(expected), "{length}: {answer}");
    }
    // A synchronising literal may be longer.
    client.send("b APPEND INBOX {5000}\r\n");
    assert_eq!(client.line(), "+ Go on.");
    client.send(format!("{}\r\n", "x".repeat(5000)));
    assert!(client.line().starts_with("b OK "));
}

#[test]
fn the_longest_message_is_announced_told_and_kept_to() {
    let server = Server::builder()
        .user("bob", "sekret")
        .append_limit(10)
        .start();
    let (mut client, answer) = login(&server);
    assert!(answer[0].contains(" APPENDLIMIT=10"), "{answer:?}");
    let told = client.ok("STATUS INBOX (APPENDLIMIT MESSAGES)");
    assert_eq!(told, ["STATUS INBOX (MESSAGES 0 APPENDLIMIT 10)"]);
    let told = client.ok("STATUS INBOX (APPENDLIMIT)");
    assert_eq!(told, ["STATUS INBOX (APPENDLIMIT 10)"]);
    let end = client.end("APPEND INBOX {11+}\r\n01234567890");
    assert!(end.starts_with("NO [TOOBIG] "), "{end}");
    server.forget_capability("APPENDLIMIT=10");
    assert!(client.end("STATUS INBOX (APPENDLIMIT)").starts_with("BAD "));
    // Proton announces a limit without a number, which only STATUS returns.
    let proton = self::server(Profile::Proton);
    let mut client = login(&proton).0;
    let told = client.ok("STATUS INBOX (APPENDLIMIT)");
    assert_eq!(told, ["STATUS INBOX (APPENDLIMIT 26214400)"]);
}
