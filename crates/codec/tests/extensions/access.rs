//! ACL, LISTRIGHTS, MYRIGHTS, GENURLAUTH and URLFETCH.

use imapclient_codec::{Response, Rights};

use super::{check, check_malformed, decode};

#[test]
fn rights() {
    let rows: [(&str, &[u8], &str); 11] = [
        (
            "RFC 4314",
            b"* ACL INBOX Fred rwipslda\r\n",
            "\"INBOX\" Fred=adilprsw",
        ),
        (
            "several (IMAPClient)",
            b"* ACL INBOX Fred rwipslda Sally rwip\r\n",
            "\"INBOX\" Fred=adilprsw Sally=iprw",
        ),
        ("nobody", b"* ACL INBOX\r\n", "\"INBOX\""),
        (
            "taken away",
            b"* ACL \"a b\" \"-Chris\" \"lr\" anyone \"\"\r\n",
            "\"a b\" -Chris=lr anyone=",
        ),
        ("digits", b"* acl x me lr09 \r\n", "\"x\" me=09lr"),
        (
            "LISTRIGHTS, RFC 4314",
            b"* LISTRIGHTS ~/Mail/saved smith la r swicdkxte\r\n",
            "\"~/Mail/saved\" smith al [r|cdeikstwx]",
        ),
        (
            "LISTRIGHTS, nothing required",
            b"* LISTRIGHTS archive/imap anyone \"\" l r s w i p k x t e c d a 0 1\r\n",
            "\"archive/imap\" anyone  [l|r|s|w|i|p|k|x|t|e|c|d|a|0|1]",
        ),
        (
            "LISTRIGHTS, no more",
            b"* LISTRIGHTS x y lr\r\n",
            "\"x\" y lr []",
        ),
        (
            "LISTRIGHTS, nothing at all",
            b"* LISTRIGHTS x y\r\n",
            "\"x\" y  []",
        ),
        (
            "MYRIGHTS",
            b"* MYRIGHTS INBOX rwiptsldaex\r\n",
            "\"INBOX\" adeilprstwx",
        ),
        ("MYRIGHTS, none", b"* MYRIGHTS \"&AOQ-\" \"\"\r\n", "\"ä\" "),
    ];
    check(&rows, Some, |response| match response {
        Response::Acl(acl) => {
            let entries = acl
                .entries
                .iter()
                .map(|(who, rights)| format!(" {who}={rights}"));
            format!("{:?}{}", acl.mailbox, entries.collect::<String>())
        }
        Response::ListRights(list) => {
            let optional: Vec<_> = list.optional.iter().map(ToString::to_string).collect();
            format!(
                "{:?} {} {} [{}]",
                list.mailbox,
                list.identifier,
                list.required,
                optional.join("|")
            )
        }
        Response::MyRights(mine) => format!("{:?} {}", mine.mailbox, mine.rights),
        other => format!("{other:?}"),
    });
    check_malformed(&[
        (b"* ACL\r\n", "a string is missing"),
        (b"* LISTRIGHTS x\r\n", "a string is missing"),
        (b"* MYRIGHTS x lr y\r\n", "something follows the response"),
        (
            b"* MYRIGHTS x \"\xc3\xa4\"\r\n",
            "a right is not a letter or digit",
        ),
    ]);
    let mine: Rights = "rl".parse().unwrap();
    assert!(mine.contains(Rights::READ | Rights::LOOKUP) && mine.contains(Rights::NONE));
    assert!(!mine.contains(Rights::READ | Rights::WRITE) && Rights::NONE.is_empty());
    assert_eq!(
        "l r".parse::<Rights>().unwrap_err().to_string(),
        "' ' is not a right"
    );
}

#[test]
fn urls() {
    let rows: [(&str, &[u8], &str); 9] = [
        (
            "GENURLAUTH",
            b"* GENURLAUTH \"imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred:internal:91354a473744909de610943775f92038\"\r\n",
            "[\"imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred:internal:91354a473744909de610943775f92038\"]",
        ),
        ("GENURLAUTH, bare, two", b"* genurlauth imap://a imap://b;x=1 \r\n", "[\"imap://a\", \"imap://b;x=1\"]"),
        (
            "URLFETCH",
            b"* URLFETCH \"imap://a\" {5}\r\nSi vi imap://b NIL imap://c \"x y\"\r\n",
            "imap://a body=Si vi; imap://b; imap://c body=x y;",
        ),
        (
            "RFC 5524, structure and data",
            b"* URLFETCH \"imap://a\" (BODYPARTSTRUCTURE (\"TEXT\" \"PLAIN\" () NIL NIL \"7BIT\" 5 1)) (BODY {3}\r\na)b)\r\n",
            "imap://a body=a)b structure=(\"TEXT\" \"PLAIN\" () NIL NIL \"7BIT\" 5 1);",
        ),
        (
            "RFC 5524, binary with NUL",
            b"* URLFETCH imap://a (BINARY ~{3}\r\na\0b) imap://b (BODY NIL)\r\n",
            "imap://a binary=a\0b; imap://b;",
        ),
        (
            "RFC 5524, without blanks",
            b"* URLFETCH imap://a(BODY \"x\")(BINARY \"y\")\r\n",
            "imap://a body=x binary=y;",
        ),
        (
            "an item of tomorrow",
            b"* URLFETCH imap://a (X-NEW (1 (2))) (BODY \"x\")\r\n",
            "imap://a body=x X-NEW=(1 (2));",
        ),
        (
            "one broken, one good",
            b"* URLFETCH imap://a (BODY (x)) (BINARY \"y\") imap://b \"z\"\r\n",
            "imap://a binary=y !BODY=(x); imap://b body=z;",
        ),
        ("URLFETCH, nothing", b"* URLFETCH\r\n", ""),
    ];
    check(&rows, Some, |response| match response {
        Response::GenUrlAuth(urls) => format!("{urls:?}"),
        Response::UrlFetch(all) => {
            let show =
                |name: &str, bytes: &[u8]| format!(" {name}={}", String::from_utf8_lossy(bytes));
            let one = |data: &imapclient_codec::UrlData| {
                let mut text = data.url.clone();
                for (name, value) in [
                    ("body", &data.body),
                    ("binary", &data.binary),
                    ("structure", &data.structure),
                ] {
                    text.extend(value.as_ref().map(|value| show(name, value)));
                }
                text.extend(data.unknown.iter().map(|item| show(&item.name, &item.raw)));
                text.extend(
                    data.malformed
                        .iter()
                        .map(|bad| show(&format!("!{}", bad.item), &bad.raw)),
                );
                text + ";"
            };
            all.iter().map(one).collect::<Vec<_>>().join(" ")
        }
        other => format!("{other:?}"),
    });
    let broken = decode(b"* URLFETCH imap://a NIL imap://b (BODY (x))\r\n");
    assert_eq!(broken.malformed()[0].item, "BODY");
    check_malformed(&[
        (b"* URLFETCH imap://a\r\n", "a string is missing"),
        (
            b"* URLFETCH imap://a (BODY \"x\"\r\n",
            "a list does not end",
        ),
        (b"* GENURLAUTH (x\r\n", "a list does not end"),
    ]);
}
