//! Quotas (RFC 9208).

use imapclient_server::Server;

use crate::client::{Client, server};

#[test]
fn quota_is_told_and_kept() {
    let server = Server::builder()
        .user("bob", "sekret")
        .quota(Some(1), None)
        .start();
    let mut client = Client::login(&server);
    assert_eq!(
        client.ok("GETQUOTAROOT INBOX"),
        ["QUOTAROOT INBOX \"\"", "QUOTA \"\" (STORAGE 0 1)"]
    );
    client.send(format!(
        "x APPEND INBOX {{1100+}}\r\n{}\r\n",
        "x".repeat(1100)
    ));
    assert!(client.line().starts_with("x NO [OVERQUOTA] "));
    assert_eq!(client.ok("SETQUOTA \"\" ()"), ["QUOTA \"\" ()"]);
    client.send(format!(
        "x APPEND INBOX {{1100+}}\r\n{}\r\n",
        "x".repeat(1100)
    ));
    assert!(client.line().starts_with("x OK [APPENDUID "));
    assert!(
        client
            .end("GETQUOTA other")
            .starts_with("NO [NONEXISTENT] ")
    );
}

#[test]
fn limits_are_replaced_and_both_hold() {
    let server = server();
    let mut client = Client::login(&server);
    let capabilities = client.ok("CAPABILITY").remove(0);
    for name in [
        "QUOTA",
        "QUOTA=RES-STORAGE",
        "QUOTA=RES-MESSAGE",
        "QUOTASET",
    ] {
        assert!(
            capabilities.split(' ').any(|word| word == name),
            "{name}: {capabilities}"
        );
    }
    assert_eq!(client.ok("GETQUOTA \"\""), ["QUOTA \"\" ()"]);
    assert_eq!(
        client.ok("SETQUOTA \"\" (STORAGE 5 MESSAGE 3)"),
        ["QUOTA \"\" (STORAGE 1 5 MESSAGE 2 3)"]
    );
    client.ok("SELECT INBOX");
    assert!(client.end("COPY 1:2 Trash").starts_with("NO [OVERQUOTA] "));
    client.ok("COPY 1 Trash");
    // A move does not change the usage.
    client.ok("MOVE 2 Trash");
    assert!(
        client
            .end("APPEND INBOX {1+}\r\nx")
            .starts_with("NO [OVERQUOTA] ")
    );
    // Limits that are not named are removed; messages stay.
    assert_eq!(
        client.ok("SETQUOTA \"\" (message 1)"),
        ["QUOTA \"\" (MESSAGE 3 1)"]
    );
    assert!(client.end("SETQUOTA \"\" (XYZZY 1)").starts_with("NO "));
    assert!(client.end("SETQUOTA \"\"").starts_with("BAD "));
    assert!(
        client
            .end("GETQUOTAROOT Nowhere")
            .starts_with("NO [NONEXISTENT] ")
    );
    server.forget_capability("QUOTASET");
    assert!(client.end("SETQUOTA \"\" ()").starts_with("BAD "));
    client.ok("GETQUOTA \"\"");
}

#[test]
fn status_tells_what_an_expunge_would_free() {
    let server = server();
    let mut client = Client::inbox(&server);
    client.ok("STORE 2 +FLAGS (\\Deleted)");
    let size = server.messages("bob", "INBOX")[1].bytes.len();
    assert_eq!(
        client.ok("STATUS INBOX (DELETED DELETED-STORAGE)"),
        [format!("STATUS INBOX (DELETED 1 DELETED-STORAGE {size})")]
    );
    server.forget_capability("QUOTA=RES-STORAGE");
    assert!(
        client
            .end("STATUS INBOX (DELETED-STORAGE)")
            .starts_with("BAD ")
    );
    client.ok("STATUS INBOX (DELETED)");
}
