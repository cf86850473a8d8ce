//! UTF8=ACCEPT (RFC 6855), and another delimiter.

use imapclient_server::{Profile, Server};

use crate::{
    client::Client,
    profile::{login, server},
};

/// Returns a server with the profile of Gmail and mailboxes with special names.
fn gmail() -> Server {
    Server::builder()
        .profile(Profile::Gmail)
        .user("bob", "sekret")
        .mailbox("Entwürfe/alt", |m| m.message("Subject: x\n\n"))
        .mailbox("Tom & Jerry", |m| m)
        .start()
}

#[test]
fn names_are_in_utf8_once_it_is_enabled() {
    let server = gmail();
    let (mut client, _) = login(&server);
    assert_eq!(client.ok("LIST \"\" \"Entw&APw-rfe/%\"").len(), 1);
    assert_eq!(client.ok("ENABLE UTF8=ACCEPT"), ["ENABLED UTF8=ACCEPT"]);
    let listed = client.ok("LIST \"\" \"Entwürfe/%\"");
    assert_eq!(listed, ["LIST (\\HasNoChildren) \"/\" \"Entwürfe/alt\""]);
    assert_eq!(client.ok("LIST \"\" \"Entw&APw-rfe/%\""), [""; 0]);
    assert_eq!(client.ok("LIST \"\" \"Tom & *\"").len(), 1);
    let status = client.ok("STATUS \"Entwürfe/alt\" (MESSAGES)");
    assert_eq!(status, ["STATUS \"Entwürfe/alt\" (MESSAGES 1)"]);
    client.send("a STATUS {13+}\r\nEntwürfe/alt (MESSAGES)\r\n");
    assert!(client.line().starts_with("* STATUS \"Entwürfe/alt\" "));
    assert!(client.line().starts_with("a OK "));
    client.ok("CREATE \"Grüße \\\"&\\\"\"");
    assert!(server.messages("bob", "Grüße \"&\"").is_empty());
    // Another connection has not enabled it.
    let (mut other, _) = login(&server);
    assert_eq!(other.ok("LIST \"\" \"Gr&APwA3w-e*\"").len(), 1);
    let end = other.end("SELECT \"Entwürfe/alt\"");
    assert!(end.starts_with("BAD ") || end.starts_with("NO "), "{end}");
}

#[test]
fn searches_name_no_charset_and_messages_may_have_headers_in_utf8() {
    let server = gmail();
    let (mut client, _) = login(&server);
    let message = "Subject: Grüße\r\n\r\n";
    let append = format!(
        "APPEND INBOX (\\Seen) UTF8 (~{{{}+}}\r\n{message})",
        message.len()
    );
    let end = client.end(&append);
    assert!(end.starts_with("BAD "), "{end}");
    client.ok("ENABLE UTF8=ACCEPT");
    let end = client.end(&append);
    assert!(end.starts_with("OK [APPENDUID "), "{end}");
    let stored = server.messages("bob", "INBOX").remove(0);
    assert_eq!(stored.bytes, message.as_bytes());
    assert_eq!(stored.flags, ["\\Seen"]);
    // A synchronising literal gets a continuation request.
    client.send(format!("a APPEND INBOX UTF8 (~{{{}}}\r\n", message.len()));
    assert_eq!(client.line(), "+ Go on.");
    client.send(format!("{message})\r\n"));
    while !client.line().starts_with("a OK ") {}
    client.ok("SELECT INBOX");
    assert_eq!(client.ok("SEARCH SUBJECT \"grüße\""), ["SEARCH 1 2"]);
    let end = client.end("SEARCH CHARSET UTF-8 SUBJECT \"x\"");
    assert!(end.starts_with("BAD "), "{end}");
}

#[test]
fn it_is_enabled_only_where_it_is_said() {
    let server = Server::builder().user("bob", "sekret").start();
    let mut client = Client::login(&server);
    assert_eq!(client.ok("ENABLE UTF8=ACCEPT"), ["ENABLED"]);
    server.say_capability("UTF8=ACCEPT");
    assert_eq!(client.ok("ENABLE UTF8=ACCEPT"), ["ENABLED UTF8=ACCEPT"]);
}

#[test]
fn levels_may_be_separated_by_something_else() {
    let server = server(Profile::Yandex);
    let (mut client, _) = login(&server);
    client.ok("CREATE \"a|b/c\"");
    let listed = client.ok("LIST \"\" \"a*\"");
    assert_eq!(listed.len(), 2, "{listed:?}");
    assert!(
        listed[0].ends_with(" \"|\" a") && listed[0].contains("\\Noselect"),
        "{listed:?}"
    );
    assert!(
        listed[1].ends_with(" \"|\" \"a|b/c\"") || listed[1].ends_with(" \"|\" a|b/c"),
        "{listed:?}"
    );
    assert_eq!(client.ok("LIST \"\" \"a|%\"").len(), 1);
    assert_eq!(client.ok("NAMESPACE"), ["NAMESPACE ((\"\" \"|\")) NIL NIL"]);
    assert!(client.ok("XLIST \"\" \"a|b/c\"")[0].contains(" \"|\" "));
    client.ok("RENAME \"a|b/c\" \"a|d\"");
    client.ok("SELECT \"a|d\"");
    let special = client.ok("LIST \"\" \"&BCEEPwQwBDw-\"").remove(0);
    assert!(special.contains("\\Junk"), "{special}");
}

#[test]
fn a_token_lets_in_and_a_wrong_one_is_told_as_json() {
    let server = server(Profile::Gmail);
    let mut client = Client::open(server.addr());
    client.line();
    // user=bob, auth=Bearer wrong
    client.send("a AUTHENTICATE XOAUTH2 dXNlcj1ib2IBYXV0aD1CZWFyZXIgd3JvbmcBAQ==\r\n");
    let challenge = client.line();
    // {"status":"400",
    assert!(
        challenge.starts_with("+ eyJzdGF0dXMiOiI0MDAi"),
        "{challenge}"
    );
    client.send("\r\n");
    assert_eq!(
        client.line(),
        "a NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"
    );
    // auth=Bearer sekret
    client.send("a AUTHENTICATE XOAUTH2 dXNlcj1ib2IBYXV0aD1CZWFyZXIgc2VrcmV0AQE=\r\n");
    assert!(client.line().starts_with("* CAPABILITY "));
    assert_eq!(client.line(), "a OK bob authenticated (Success)");
}
