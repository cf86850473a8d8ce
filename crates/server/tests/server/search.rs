//! SEARCH with RETURN (RFC 4731), and saved results (RFC 5182).

use imapclient_server::{Mail, Server};

use crate::client::Client;

/// Returns a server and a client with INBOX selected. INBOX has four messages with gaps in their
/// UIDs, of which the first and the third are seen and the third is flagged.
fn inbox() -> (Server, Client) {
    let server = Server::builder()
        .strict(true)
        .user("bob", "sekret")
        .mailbox("INBOX", |m| {
            m.message(Mail::from("Subject: gone\n\n").flag("\\Deleted"))
                .message(Mail::from("Subject: a\n\n").flag("\\Seen"))
                .message("Subject: b\n\n")
                .message(
                    Mail::from("Subject: c\n\n")
                        .flag("\\Seen")
                        .flag("\\Flagged"),
                )
                .message(Mail::from("Subject: gone\n\n").flag("\\Deleted"))
                .message("Subject: d\n\n")
        })
        .mailbox("Trash", |m| m)
        .start();
    let mut client = Client::inbox(&server);
    client.ok("EXPUNGE");
    (server, client)
}

/// Returns the ESEARCH response to a command, without its tag.
fn esearch(client: &mut Client, command: &str) -> String {
    let tag = client.start(command);
    let mut lines = client.finish(&tag);
    assert!(
        lines.pop().unwrap().starts_with("OK "),
        "{command}: {lines:?}"
    );
    let [line] = &lines[..] else {
        panic!("{command}: {lines:?}");
    };
    let begin = format!("* ESEARCH (TAG \"{tag}\")");
    line.strip_prefix(&begin)
        .unwrap_or_else(|| panic!("{line}"))
        .trim_start()
        .to_owned()
}

#[test]
fn what_is_asked_for_is_told() {
    let (_server, mut client) = inbox();
    for (command, told) in [
        ("SEARCH RETURN () ALL", "ALL 1:4"),
        ("SEARCH RETURN (ALL) SEEN", "ALL 1,3"),
        ("UID SEARCH RETURN (ALL) 2:4", "UID ALL 3:4,6"),
        ("SEARCH RETURN (MIN) UNSEEN", "MIN 2"),
        ("UID SEARCH RETURN (max) ALL", "UID MAX 6"),
        ("SEARCH RETURN (COUNT MIN MAX) ALL", "MIN 1 MAX 4 COUNT 4"),
        (
            "SEARCH RETURN (MIN MAX ALL COUNT) FLAGGED",
            "MIN 3 MAX 3 COUNT 1 ALL 3",
        ),
        ("SEARCH RETURN (MIN MAX ALL) DELETED", ""),
        ("UID SEARCH RETURN (COUNT) DELETED", "UID COUNT 0"),
        (
            "SEARCH RETURN (ALL) CHARSET UTF-8 SUBJECT {1+}\r\nb",
            "ALL 2",
        ),
    ] {
        assert_eq!(esearch(&mut client, command), told, "{command}");
    }
    // Without RETURN the response is SEARCH.
    assert_eq!(client.ok("SEARCH SEEN"), ["SEARCH 1 3"]);
    for wrong in [
        "SEARCH RETURN ALL",
        "SEARCH RETURN (XYZZY) ALL",
        "SEARCH RETURN ()",
        "SEARCH RETURN (MIN  MAX) ALL",
        "SEARCH RETURN (MIN) 5",
        "SEARCH CHARSET UTF-8 RETURN (MIN) ALL",
        "SORT RETURN (MIN) (SUBJECT) UTF-8 ALL",
    ] {
        let answer = client.end(wrong);
        assert!(answer.starts_with("BAD "), "{wrong}: {answer}");
    }
}

#[test]
fn mod_sequences_are_those_of_what_is_told() {
    let (_server, mut client) = inbox();
    for number in [1, 4, 3, 2] {
        client.ok(&format!("STORE {number} +FLAGS ($n{number})"));
    }
    client.ok("ENABLE CONDSTORE");
    let fetched = client.ok("FETCH 1:4 (MODSEQ)");
    let modseq = |number: usize| -> String {
        let line = &fetched[number - 1];
        line.split(['(', ')']).nth(2).unwrap().to_owned()
    };
    for (returns, told) in [
        ("ALL", format!("ALL 1:4 MODSEQ {}", modseq(2))),
        ("MIN", format!("MIN 1 MODSEQ {}", modseq(1))),
        ("MAX", format!("MAX 4 MODSEQ {}", modseq(4))),
        ("MIN MAX", format!("MIN 1 MAX 4 MODSEQ {}", modseq(4))),
        ("MIN COUNT", format!("MIN 1 COUNT 4 MODSEQ {}", modseq(2))),
    ] {
        let command = format!("SEARCH RETURN ({returns}) MODSEQ 1");
        assert_eq!(esearch(&mut client, &command), told, "{returns}");
    }
    assert_eq!(
        esearch(&mut client, "SEARCH RETURN (COUNT) MODSEQ 999"),
        "COUNT 0"
    );
}

#[test]
fn what_is_kept_stands_for_a_set() {
    let (server, mut client) = inbox();
    // At first the saved result is empty, which is a valid set.
    for nothing in [
        "FETCH $ FLAGS",
        "UID STORE $ +FLAGS (\\Seen)",
        "COPY $ Trash",
    ] {
        assert!(client.ok(nothing).is_empty(), "{nothing}");
    }
    assert!(client.ok("UID SEARCH RETURN (SAVE) UNSEEN").is_empty());
    assert_eq!(
        client.ok("FETCH $ (UID)"),
        ["2 FETCH (UID 3)", "4 FETCH (UID 6)"]
    );
    assert_eq!(
        client.ok("UID FETCH $ (UID)"),
        ["2 FETCH (UID 3)", "4 FETCH (UID 6)"]
    );
    for (keys, found) in [
        ("$", "2 4"),
        ("UID $ SUBJECT d", "4"),
        ("OR $ 1", "1 2 4"),
        ("NOT ($ ALL)", "1 3"),
    ] {
        assert_eq!(
            client.ok(&format!("SEARCH {keys}")),
            [format!("SEARCH {found}")],
            "{keys}"
        );
    }
    assert_eq!(client.ok("SORT (REVERSE SUBJECT) UTF-8 $"), ["SORT 4 2"]);
    assert_eq!(client.ok("THREAD REFERENCES UTF-8 $"), ["THREAD (2)(4)"]);
    assert_eq!(client.ok("STORE $ +FLAGS.SILENT (\\Deleted)").len(), 0);
    assert!(client.end("COPY $ Trash").contains(" 3,6 1:2] "));
    // Expunged messages are removed from the saved result.
    client.ok("UID EXPUNGE 3");
    assert_eq!(client.ok("SEARCH $"), ["SEARCH 3"]);
    client.ok("UID EXPUNGE $");
    assert_eq!(client.ok("SEARCH $"), ["SEARCH"]);
    client.ok("SEARCH RETURN (SAVE) ALL");
    client.ok("MOVE $ Trash");
    assert!(server.messages("bob", "INBOX").is_empty());
    assert_eq!(server.messages("bob", "Trash").len(), 4);
    for wrong in [
        "FETCH $,1 FLAGS",
        "FETCH $:2 FLAGS",
        "FETCH $$ FLAGS",
        "COPY $",
        "SEARCH UID $x",
    ] {
        let answer = client.end(wrong);
        assert!(answer.starts_with("BAD "), "{wrong}: {answer}");
    }
}

#[test]
fn how_much_is_kept() {
    let (server, mut client) = inbox();
    for (returns, kept) in [
        ("SAVE", " 1 2 3 4"),
        ("SAVE MIN", " 1"),
        ("MAX SAVE", " 4"),
        ("MIN MAX SAVE", " 1 4"),
        ("MIN MAX SAVE COUNT", " 1 2 3 4"),
        ("SAVE ALL MIN", " 1 2 3 4"),
    ] {
        client.ok(&format!("SEARCH RETURN ({returns}) ALL"));
        // Neither a search without SAVE nor an invalid one changes the saved result.
        client.ok("SEARCH RETURN (ALL) 2");
        client.ok("SEARCH 3");
        assert!(client.end("SEARCH RETURN (SAVE) 9").starts_with("BAD "));
        assert!(client.end("SEARCH CHARSET XYZZY ALL").starts_with("NO "));
        assert_eq!(
            client.ok("SEARCH $"),
            [format!("SEARCH{kept}")],
            "{returns}"
        );
    }
    assert!(
        client
            .end("SEARCH RETURN (SAVE) CHARSET XYZZY ALL")
            .starts_with("NO ")
    );
    assert_eq!(client.ok("SEARCH $"), ["SEARCH"]);
    client.ok("SEARCH RETURN (SAVE) ALL");
    client.ok("SELECT INBOX");
    assert_eq!(client.ok("SEARCH $"), ["SEARCH"]);
    server.forget_capability("SEARCHRES");
    for unknown in ["SEARCH $", "FETCH $ FLAGS", "SEARCH RETURN (SAVE) ALL"] {
        assert!(client.end(unknown).starts_with("BAD "), "{unknown}");
    }
    client.ok("SEARCH RETURN () ALL");
    server.forget_capability("ESEARCH");
    assert!(client.end("SEARCH RETURN () ALL").starts_with("BAD "));
}
