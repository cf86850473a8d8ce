//! The permanent differences of providers, and their occasional faults.

use imapclient_server::{Mail, Profile, Rule, Server};

use crate::{
    client::Client,
    profile::{inbox, login, server},
};

#[test]
fn gmail_has_one_charset_and_fifteen_connections() {
    let server = server(Profile::Gmail);
    let mut client = inbox(&server);
    let end = client.end("SEARCH CHARSET US-ASCII SUBJECT one");
    assert_eq!(end, "NO [BADCHARSET (UTF-8)] Charset not supported");
    client.ok("SEARCH CHARSET UTF-8 SUBJECT one");
    client.ok("SEARCH SUBJECT CHARSET TEXT x");
    let mut others: Vec<_> = (1..15).map(|_| login(&server).0).collect();
    let mut one_more = Client::open(server.addr());
    one_more.line();
    let end = one_more.end("LOGIN bob sekret");
    assert_eq!(
        end,
        "NO [ALERT] Too many simultaneous connections. (Failure)"
    );
    others.pop().unwrap().ok("LOGOUT");
    while server.connections() > 15 {
        std::thread::yield_now();
    }
    one_more.ok("LOGIN bob sekret");
}

#[test]
fn exchange_searches_ascii_and_tells_another_size() {
    let server = server(Profile::Outlook);
    let mut client = inbox(&server);
    let refused = "NO [BADCHARSET (US-ASCII)] The specified charset is not supported.";
    assert_eq!(client.end("SEARCH CHARSET UTF-8 SUBJECT one"), refused);
    assert_eq!(client.ok("SEARCH SUBJECT one"), ["SEARCH 1"]);
    let fetched = client.ok("FETCH 1 (RFC822.SIZE BODY.PEEK[])").remove(0);
    let size = server.messages("bob", "INBOX")[0].bytes.len();
    assert!(
        fetched.contains(&format!("RFC822.SIZE {} ", size + 11)),
        "{fetched}"
    );
    assert!(fetched.contains(&format!("BODY[] {{{size}}}")), "{fetched}");
    let copied = client.end("UID COPY 9 Drafts");
    assert!(copied.starts_with("OK [COPYUID 1  ] "), "{copied}");
    let copied = client.end("UID COPY 1 Drafts");
    assert!(copied.ends_with(" 1 1] Copied."), "{copied}");
}

#[test]
fn icloud_knows_no_rfc822_tells_nothing_enabled_and_hangs_up() {
    let server = server(Profile::ICloud);
    let mut client = inbox(&server);
    assert_eq!(
        client.ok("UID FETCH 1 (RFC822)"),
        ["1 FETCH (UID 1 FLAGS (\\Seen \\Recent))"]
    );
    assert_eq!(client.ok("FETCH 1 RFC822"), [""; 0]);
    let enabled = client.ok("ENABLE CONDSTORE");
    assert!(!enabled.iter().any(|line| line.starts_with("ENABLED")));
    let changed = client.ok("STORE 1 FLAGS (\\Flagged)").remove(0);
    assert!(changed.contains("MODSEQ"), "it was enabled: {changed}");
    assert_eq!(client.ok("ENABLE QRESYNC"), [""; 0]);
    let refused = client.end("SELECT INBOX (QRESYNC (1 1))");
    assert!(refused.starts_with("BAD "), "{refused}");
    let mut client = Client::open(server.addr());
    client.line();
    assert!(client.end("LOGIN bob wrong").starts_with("NO "));
    client.start("LOGIN bob wrong");
    client.assert_closed();
}

#[test]
fn yandex_leaves_the_value_out_of_what_is_not_there() {
    let server = server(Profile::Yandex);
    let mut client = inbox(&server);
    assert_eq!(
        client.ok("UID FETCH 1 (BODY.PEEK[9] FLAGS)"),
        ["1 FETCH (UID 1 BODY[9] FLAGS (\\Recent))"]
    );
    let there = client.ok("UID FETCH 1 BODY.PEEK[TEXT]").remove(0);
    assert!(there.starts_with("1 FETCH (UID 1 BODY[TEXT] {"), "{there}");
}

#[test]
fn zoho_has_odd_numbers_and_forgets_uids() {
    let server = Server::builder()
        .profile(Profile::Zoho)
        .user("bob", "sekret")
        .mailbox("INBOX", |m| {
            m.messages((0..10).map(|n| format!("Subject: {n}\n\n")))
        })
        .start();
    let (mut client, _) = login(&server);
    let told = client.ok("SELECT INBOX (CONDSTORE)");
    let flags = told
        .iter()
        .find(|line| line.starts_with("FLAGS ("))
        .unwrap();
    assert!(flags.ends_with(" \\*)"), "{flags}");
    let fetched = client.ok("UID FETCH 1:* (FLAGS MODSEQ)");
    assert!(
        fetched.iter().all(|line| line.contains("MODSEQ (-1)")),
        "{fetched:?}"
    );
    let unnamed = fetched.iter().filter(|line| !line.contains("UID "));
    assert_eq!(unnamed.count(), 2, "{fetched:?}");
}

#[test]
fn qq_takes_no_range_that_goes_down() {
    let server = server(Profile::Qq);
    let mut client = inbox(&server);
    assert!(client.end("UID FETCH 2:1 (FLAGS)").starts_with("BAD "));
    assert!(client.end("FETCH *:1 (FLAGS)").starts_with("BAD "));
    assert_eq!(client.ok("FETCH 1:* (UID)").len(), 2);
}

#[test]
fn netease_wants_to_know_who_comes() {
    let server = server(Profile::Netease);
    let (mut client, _) = login(&server);
    for command in ["SELECT INBOX", "EXAMINE INBOX", "STATUS INBOX (MESSAGES)"] {
        let end = client.end(command);
        assert!(
            end.starts_with("NO ") && end.contains(" Unsafe Login. "),
            "{end}"
        );
    }
    client.ok("ID NIL");
    assert!(client.end("SELECT INBOX").starts_with("NO "));
    client.ok("ID (\"name\" \"test\")");
    let told = client.ok("SELECT INBOX");
    assert!(
        told.iter().any(|line| line.contains("UIDVALIDITY")),
        "{told:?}"
    );
    assert!(
        !told.iter().any(|line| line.contains("UIDNEXT")),
        "{told:?}"
    );
    let mut client = Client::open(server.addr());
    client.line();
    let end = client.end("AUTHENTICATE XOAUTH2 eA==");
    assert!(end.starts_with("BAD "), "{end}");
}

#[test]
fn proton_expunges_no_uids_and_tells_of_others_amid_a_fetch() {
    let server = server(Profile::Proton);
    let mut client = inbox(&server);
    assert!(client.end("UID EXPUNGE 1").starts_with("BAD "));
    assert!(
        client
            .end("LIST (SPECIAL-USE) \"\" \"*\"")
            .starts_with("BAD ")
    );
    assert!(
        client
            .end("LIST \"\" \"*\" RETURN (CHILDREN)")
            .starts_with("BAD ")
    );
    inbox(&server).ok("STORE 2 +FLAGS (\\Flagged)");
    let fetched = client.ok("FETCH 1 (UID)");
    assert_eq!(
        fetched,
        ["2 FETCH (FLAGS (\\Flagged \\Recent))", "1 FETCH (UID 1)"]
    );
}

#[test]
fn strato_says_ok_and_nothing_else() {
    let server = server(Profile::Strato);
    let mut client = inbox(&server);
    assert_eq!(client.ok("LIST \"\" \"*\" RETURN (SPECIAL-USE)"), [""; 0]);
    assert!(client.ok("LIST \"\" \"*\" RETURN (CHILDREN)").len() > 3);
    let found = client.ok("SEARCH RETURN (ALL) ALL").remove(0);
    assert!(found.ends_with(" ALL 1:2"), "{found}");
    client.run("ENABLE IMAP4rev2");
    let found = client.ok("SEARCH RETURN (ALL) ALL").remove(0);
    assert!(
        found.starts_with("ESEARCH (TAG ") && found.ends_with(')'),
        "{found}"
    );
}

#[test]
fn wildduck_wants_patterns_quoted() {
    let server = server(Profile::WildDuck);
    let mut client = login(&server).0;
    for bare in ["LIST \"\" *", "LSUB \"\" Archive/%", "LIST \"\" INBOX"] {
        assert!(client.end(bare).starts_with("BAD "), "{bare}");
    }
    assert!(client.ok("LIST \"\" \"*\"").len() > 3);
}

#[test]
fn domino_puts_items_into_more_parentheses() {
    let server = server(Profile::Domino);
    let mut client = inbox(&server);
    let fetched = client.ok("UID FETCH 1 (RFC822.SIZE FLAGS)").remove(0);
    let size = server.messages("bob", "INBOX")[0].bytes.len();
    assert_eq!(
        fetched,
        format!("1 FETCH (UID 1 (RFC822.SIZE {size}) FLAGS (\\Recent))")
    );
}

#[test]
fn troubles_come_when_a_test_asks_for_them() {
    for profile in Profile::all() {
        for trouble in profile.troubles() {
            let server = server(profile);
            let mut client = inbox(&server);
            for rule in trouble.rules() {
                server.add_rule(rule);
            }
            let command = match trouble.commands[0] {
                "*" => "NOOP",
                "UID FETCH" | "FETCH" => "FETCH 1 (UID)",
                "SELECT" => "SELECT INBOX",
                "LOGIN" => "LOGIN bob sekret",
                other => other,
            };
            match trouble.answer {
                "" => {
                    client.start(command);
                    client.assert_closed();
                }
                answer => assert_eq!(client.end(command), answer, "{profile}: {}", trouble.name),
            }
        }
    }
}

#[test]
fn the_rules_of_a_test_come_before_those_of_the_profile_and_go_without_them() {
    let server = server(Profile::Qq);
    let mut client = inbox(&server);
    server.add_rule(Rule::on("UID FETCH").once().no("not now"));
    assert_eq!(client.end("UID FETCH 2:1 (FLAGS)"), "NO not now");
    server.clear_rules();
    assert!(client.end("UID FETCH 2:1 (FLAGS)").starts_with("BAD "));
}

#[test]
fn a_big_message_is_put_into_the_store_at_once() {
    let server = server(Profile::Gmail);
    let head = b"Subject: big\r\n\r\n".to_vec();
    let big = [head, vec![b'x'; 36 * 1024 * 1024]].concat();
    let length = big.len();
    // The message exceeds the limit of APPEND.
    server.deliver("bob", "INBOX", Mail::from(big));
    let mut client = inbox(&server);
    let size = client.ok("FETCH 3 (RFC822.SIZE)");
    assert_eq!(size, [format!("3 FETCH (RFC822.SIZE {length})")]);
    let end = client.ok(&format!("FETCH 3 (BODY.PEEK[]<{}.9>)", length - 3));
    assert!(end[0].ends_with("{3}\r\nxxx)"), "{end:?}");
}
