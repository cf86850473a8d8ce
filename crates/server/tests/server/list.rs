//! LIST with options (RFC 5258, 5819, 6154, 8440), and CREATE with a use.

use imapclient_server::{Server, SpecialUse};

use crate::client::Client;

/// Returns a server with the mailboxes of the examples 2 and 8 of RFC 5258.
fn fruit() -> (Server, Client) {
    let mut builder = Server::builder().strict(true).user("bob", "sekret");
    for (name, subscribed) in [
        ("Fruit", false),
        ("Fruit/Apple", false),
        ("Fruit/Banana", true),
        ("Tofu", false),
        ("Vegetable", true),
        ("Vegetable/Broccoli", true),
        ("Vegetable/Corn", false),
        ("Far/away/Ü", true),
    ] {
        builder = builder.mailbox(name, |m| if subscribed { m.subscribed() } else { m });
    }
    let server = builder
        .mailbox("Sent", |m| {
            m.special_use(SpecialUse::Sent).message("Subject: x\n\n")
        })
        .start();
    let mut client = Client::login(&server);
    client.ok("CREATE Fruit/Peach");
    client.ok("SUBSCRIBE Fruit/Peach");
    client.ok("DELETE Fruit/Peach");
    (server, client)
}

/// Returns the lines of LIST as name and attributes, without those about children, and the rest.
fn list(client: &mut Client, command: &str) -> Vec<String> {
    let lines = client.ok(command).into_iter();
    lines
        .map(|line| {
            let (attributes, rest) = line
                .strip_prefix("LIST (")
                .unwrap()
                .split_once(") \"/\" ")
                .unwrap();
            let attributes = attributes
                .split(' ')
                .filter(|attribute| !attribute.is_empty() && !attribute.starts_with("\\Has"));
            [rest]
                .into_iter()
                .chain(attributes)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect()
}

#[test]
fn only_what_is_subscribed_to() {
    let (_server, mut client) = fruit();
    assert_eq!(
        list(&mut client, "LIST (SUBSCRIBED) \"\" *"),
        [
            "Far/away/&ANw- \\Subscribed",
            "Fruit/Banana \\Subscribed",
            "Fruit/Peach \\NonExistent \\Subscribed",
            "INBOX \\Subscribed",
            "Vegetable \\Subscribed",
            "Vegetable/Broccoli \\Subscribed",
        ]
    );
    assert_eq!(
        list(
            &mut client,
            "LIST (REMOTE) \"\" Fruit/* RETURN (SUBSCRIBED)"
        ),
        ["Fruit/Apple", "Fruit/Banana \\Subscribed"]
    );
    assert_eq!(
        list(&mut client, "LIST () \"\" Fruit/*"),
        ["Fruit/Apple", "Fruit/Banana"]
    );
    // Only the requested data are returned.
    assert_eq!(
        client.ok("LIST () \"\" (Sent Vegetable)"),
        ["LIST () \"/\" Sent", "LIST () \"/\" Vegetable"]
    );
    assert_eq!(
        client.ok("LIST \"\" (Sent Vegetable) RETURN (CHILDREN SPECIAL-USE)"),
        [
            "LIST (\\HasNoChildren \\Sent) \"/\" Sent",
            "LIST (\\HasChildren) \"/\" Vegetable"
        ]
    );
    // The same without options.
    assert_eq!(
        list(&mut client, "LIST \"\" F%"),
        ["Far \\Noselect", "Fruit"]
    );
    assert_eq!(
        list(&mut client, "LIST () \"\" F%"),
        ["Far \\NonExistent", "Fruit"]
    );
}

#[test]
fn what_lies_below_is_hinted_at() {
    let (_server, mut client) = fruit();
    let child_info = "(CHILDINFO (\"SUBSCRIBED\"))";
    assert_eq!(
        list(&mut client, "LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %"),
        [
            format!("Far {child_info} \\NonExistent"),
            format!("Fruit {child_info}"),
            "INBOX \\Subscribed".to_owned(),
            format!("Vegetable {child_info} \\Subscribed"),
        ]
    );
    // No hint is needed if the names below are returned.
    assert_eq!(
        list(&mut client, "LIST (RECURSIVEMATCH SUBSCRIBED) \"\" F*"),
        [
            "Far/away/&ANw- \\Subscribed",
            "Fruit/Banana \\Subscribed",
            "Fruit/Peach \\NonExistent \\Subscribed",
        ]
    );
    for wrong in [
        "(RECURSIVEMATCH)",
        "(REMOTE RECURSIVEMATCH)",
        "(SPECIAL-USE RECURSIVEMATCH)",
    ] {
        assert!(
            client
                .end(&format!("LIST {wrong} \"\" %"))
                .starts_with("BAD "),
            "{wrong}"
        );
    }
}

#[test]
fn several_patterns() {
    let (_server, mut client) = fruit();
    assert_eq!(
        list(
            &mut client,
            "LIST \"\" (inbox Tofu \"Fruit/%\" {1+}\r\nT \"\" *u RETURN)"
        ),
        ["Fruit/Apple", "Fruit/Banana", "INBOX", "Tofu"]
    );
    assert_eq!(
        list(&mut client, "LIST Fruit/ (A* B*)"),
        ["Fruit/Apple", "Fruit/Banana"]
    );
    assert!(client.ok("LIST () \"\" \"\"").is_empty());
    assert!(client.ok("LIST \"\" \"\" RETURN ()").is_empty());
    assert_eq!(
        client.ok("LIST \"\" \"\""),
        ["LIST (\\Noselect) \"/\" \"\""]
    );
    for wrong in [
        "LIST \"\" ()",
        "LIST (XYZZY) \"\" *",
        "LIST \"\" * RETURN (XYZZY)",
        "LIST \"\" * RETURN",
        "LIST \"\" * RETURN CHILDREN",
        "LIST \"\" * RETURN (STATUS)",
        "LIST \"\" * RETURN (STATUS ())",
        "LIST \"\" * RETURN (STATUS (XYZZY))",
        "LIST \"\" * XYZZY ()",
        "LIST () \"\"",
        "LIST \"\" (a  b)",
    ] {
        let answer = client.end(wrong);
        assert!(answer.starts_with("BAD "), "{wrong}: {answer}");
    }
    client.send("a LIST \"\" (Tofu {4}\r\n");
    assert_eq!(client.line(), "+ Go on.");
    client.send("Sent)\r\n");
    assert!(client.line().ends_with(" Sent"));
}

#[test]
fn status_and_rights_come_with_it() {
    let (server, mut client) = fruit();
    client.ok("SETACL Tofu bob l");
    let lines =
        client.ok("LIST \"\" (Far Sent Tofu) RETURN (STATUS (MESSAGES UIDNEXT) CHILDREN MYRIGHTS)");
    assert_eq!(
        lines,
        [
            "LIST (\\NonExistent \\HasChildren) \"/\" Far",
            "LIST (\\HasNoChildren) \"/\" Sent",
            "STATUS Sent (MESSAGES 1 UIDNEXT 2)",
            "MYRIGHTS Sent lrswipkxteacd",
            "LIST (\\Noselect \\HasNoChildren) \"/\" Tofu",
            "MYRIGHTS Tofu l",
        ]
    );
    // A name that exists only as a parent has no status.
    let lines = client
        .ok("LIST (SUBSCRIBED RECURSIVEMATCH) \"\" Fruit RETURN (STATUS (MESSAGES) CHILDREN)");
    assert_eq!(
        lines,
        ["LIST (\\HasChildren) \"/\" Fruit (CHILDINFO (\"SUBSCRIBED\"))"]
    );
    for (capability, command) in [
        ("LIST-STATUS", "LIST \"\" * RETURN (STATUS (MESSAGES))"),
        ("LIST-MYRIGHTS", "LIST \"\" * RETURN (MYRIGHTS)"),
        ("SPECIAL-USE", "LIST (SPECIAL-USE) \"\" *"),
        ("LIST-EXTENDED", "LIST () \"\" *"),
    ] {
        client.ok(command);
        server.forget_capability(capability);
        assert_eq!(
            client.end(command),
            format!("BAD {capability} is not known here.")
        );
    }
    client.ok("LIST \"\" *");
}

#[test]
fn mailboxes_are_made_for_something() {
    let (server, mut client) = fruit();
    client.ok("CREATE Mine (USE (\\Drafts \\JUNK))");
    client.ok("CREATE Plain (USE ())");
    assert_eq!(
        list(&mut client, "LIST (SPECIAL-USE) \"\" *"),
        ["Mine \\Drafts \\Junk", "Sent \\Sent"]
    );
    assert_eq!(
        list(&mut client, "LIST \"\" P% RETURN (SPECIAL-USE)"),
        ["Plain"]
    );
    let refused = client.end("CREATE Other (USE (\\Drafts \\Xyzzy))");
    assert!(refused.starts_with("NO [USEATTR] "), "{refused}");
    assert!(client.ok("LIST \"\" Other").is_empty());
    assert!(
        client
            .end("CREATE Mine (USE (\\Sent))")
            .starts_with("NO [ALREADYEXISTS] ")
    );
    for wrong in [
        "CREATE x (USE)",
        "CREATE x (USE (Drafts))",
        "CREATE x USE (\\Sent)",
        "CREATE x (XYZZY (\\Sent))",
    ] {
        let answer = client.end(wrong);
        assert!(answer.starts_with("BAD "), "{wrong}: {answer}");
    }
    server.forget_capability("CREATE-SPECIAL-USE");
    assert!(client.end("CREATE x (USE (\\Sent))").starts_with("BAD "));
    client.ok("CREATE x");
}
