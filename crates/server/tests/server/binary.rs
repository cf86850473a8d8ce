//! Parts without their transfer encoding (RFC 3516).

use imapclient_server::Server;

use crate::client::Client;

fn inbox() -> (Server, Client) {
    let server = Server::builder()
        .gmail()
        .user("bob", "sekret")
        .mailbox("INBOX", |m| {
            m.message(
                "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\
                 Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n\
                 Gr=C3=BC=\n=C3=9Fe\n--b\n\
                 Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\nAAEC\nAwQ=\n--b\n\
                 Content-Type: application/octet-stream\nContent-Transfer-Encoding: x-odd\n\nodd\n--b--\n",
            )
            .message("Subject: y\n\nPlain.\n")
        })
        .start();
    let client = Client::inbox(&server);
    (server, client)
}

#[test]
fn parts_are_decoded() {
    let (_server, mut client) = inbox();
    for (items, told) in [
        ("BINARY.PEEK[1]", "BINARY[1] {7}\r\nGrüße"),
        ("BINARY.SIZE[1]", "BINARY.SIZE[1] 7"),
        ("BINARY.PEEK[2]", "BINARY[2] ~{5}\r\n\0\u{1}\u{2}\u{3}\u{4}"),
        ("BINARY.PEEK[2]<1.2>", "BINARY[2]<1> {2}\r\n\u{1}\u{2}"),
        ("BINARY.PEEK[1]<0.2>", "BINARY[1]<0> \"Gr\""),
        ("BINARY.PEEK[1]<100.2>", "BINARY[1]<100> \"\""),
        ("BINARY.PEEK[9]", "BINARY[9] \"\""),
        ("BINARY.SIZE[9]", "BINARY.SIZE[9] 0"),
        (
            "(BINARY.SIZE[2] UID BINARY.SIZE[1])",
            "UID 1 BINARY.SIZE[2] 5 BINARY.SIZE[1] 7",
        ),
        (
            "(X-GM-LABELS BINARY.SIZE[1] UID)",
            "UID 1 BINARY.SIZE[1] 7 X-GM-LABELS ()",
        ),
    ] {
        assert_eq!(
            client.ok(&format!("FETCH 1 {items}")),
            [format!("1 FETCH ({told})")],
            "{items}"
        );
    }
    assert_eq!(
        client.ok("FETCH 2 BINARY.PEEK[1]"),
        ["2 FETCH (BINARY[1] {8}\r\nPlain.\r\n)"]
    );
    assert_eq!(
        client.ok("FETCH 2 BINARY.PEEK[]"),
        ["2 FETCH (BINARY[] {22}\r\nSubject: y\r\n\r\nPlain.\r\n)"]
    );
}

#[test]
fn what_cannot_be_decoded_is_refused() {
    let (server, mut client) = inbox();
    for item in ["BINARY.PEEK[3]", "BINARY.SIZE[3]", "(UID BINARY[3])"] {
        let answer = client.end(&format!("FETCH 1 {item}"));
        assert!(answer.starts_with("NO [UNKNOWN-CTE] "), "{item}: {answer}");
    }
    assert!(server.messages("bob", "INBOX")[0].flags.is_empty());
    for wrong in ["BINARY[TEXT]", "BINARY[1", "BINARY.SIZE[1]<0.1>", "BINARY"] {
        assert!(
            client.end(&format!("FETCH 1 {wrong}")).starts_with("BAD "),
            "{wrong}"
        );
    }
    server.forget_capability("BINARY");
    assert!(client.end("FETCH 1 BINARY[1]").starts_with("BAD "));
}

#[test]
fn reading_sets_seen_and_peeking_does_not() {
    let (_server, mut client) = inbox();
    client.ok("FETCH 2 (BINARY.PEEK[1] BINARY.SIZE[1])");
    assert_eq!(client.ok("FETCH 2 FLAGS"), ["2 FETCH (FLAGS (\\Recent))"]);
    assert_eq!(
        client.ok("UID FETCH 2 BINARY[1]<0.5>"),
        ["2 FETCH (UID 2 FLAGS (\\Seen \\Recent) BINARY[1]<0> \"Plain\")"]
    );
}
