//! Servers that keep a command from ending: they flood, send an endless line, trickle data, or send
//! challenges without end. Every command is tried.

use std::{
    collections::BTreeSet,
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use imapclient::{
    Builder, Error, FetchItems, FlagChange, LabelChange, Limits, ListOptions, Login, Notify,
    NotifyEvent, Rights, RightsChange, Scope, StatusItem, ThreadAlgorithm, auth::Plain,
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer};

use crate::common::plain;

/// The attack that replaces an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Attack {
    /// Sends unsolicited responses.
    Flood,
    /// Sends a line that does not end.
    Line,
    /// Sends the beginning of a line.
    Trickle,
    /// Sends continuation requests without end.
    Plus,
}

const ATTACKS: [Attack; 4] = [Attack::Flood, Attack::Line, Attack::Trickle, Attack::Plus];

/// The state of the client.
#[derive(Debug, Clone, Copy, PartialEq)]
enum At {
    /// It is not logged in.
    Stranger,
    /// It is logged in, and INBOX is open.
    Reader,
    /// The same, but the server lists its capabilities only on request, and has no IDLE.
    Bare,
}

/// Every method that sends a command, and the state in which it is called.
const METHODS: &[(&str, At)] = &[
    ("get_acl", At::Reader),
    ("set_acl", At::Reader),
    ("delete_acl", At::Reader),
    ("list_rights", At::Reader),
    ("my_rights", At::Reader),
    ("quota", At::Reader),
    ("quota_root", At::Reader),
    ("set_quota", At::Reader),
    ("append", At::Reader),
    ("append_all", At::Reader),
    ("append_all_or_none", At::Reader),
    ("fetch", At::Reader),
    ("fetch_one", At::Reader),
    ("flags", At::Reader),
    ("labels", At::Reader),
    ("store", At::Reader),
    ("add_flags", At::Reader),
    ("remove_flags", At::Reader),
    ("set_flags", At::Reader),
    ("mark_deleted", At::Reader),
    ("store_labels", At::Reader),
    ("list", At::Reader),
    ("list_with", At::Reader),
    ("list_status", At::Reader),
    ("lsub", At::Reader),
    ("xlist", At::Reader),
    ("find_special_mailbox", At::Reader),
    ("mailbox_exists", At::Reader),
    ("create", At::Reader),
    ("delete", At::Reader),
    ("rename", At::Reader),
    ("subscribe", At::Reader),
    ("unsubscribe", At::Reader),
    ("select", At::Reader),
    ("examine", At::Reader),
    ("status", At::Reader),
    ("unselect", At::Reader),
    ("close", At::Reader),
    ("copy", At::Reader),
    ("move_to", At::Reader),
    ("expunge", At::Reader),
    ("uid_expunge", At::Reader),
    ("dangerous_expunge_shared", At::Reader),
    ("search", At::Reader),
    ("search_seq", At::Reader),
    ("gmail_search", At::Reader),
    ("sort", At::Reader),
    ("sort_seq", At::Reader),
    ("thread", At::Reader),
    ("thread_seq", At::Reader),
    ("capabilities", At::Bare),
    ("has_capability", At::Bare),
    ("enable", At::Bare),
    ("id", At::Reader),
    ("namespace", At::Reader),
    ("login", At::Stranger),
    ("login_command", At::Stranger),
    ("authenticate", At::Stranger),
    ("login_with", At::Stranger),
    ("login_mechanism", At::Bare),
    ("noop", At::Reader),
    ("run", At::Reader),
    ("raw", At::Reader),
    ("logout", At::Reader),
    ("idle", At::Reader),
    ("idle_or_poll", At::Reader),
    ("notify", At::Reader),
];

/// These only end what others have begun, or wait for updates.
const PARTS: &[&str] = &["drain", "next", "next_timeout", "done"];

/// The limit for a line, for literals, for a response, and for an answer.
const SOME: u64 = 64 * 1024;

/// Starts a server that behaves well until it receives the command to attack. Returns the count of
/// the bytes that it sends from then on.
fn hostile(attack: Attack, at: At) -> (Peer, Arc<AtomicU64>) {
    let sent = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&sent);
    let peer = Peer::start(move |mut connection| {
        let capabilities = "IMAP4rev1 ACL AUTH=PLAIN ENABLE ID IDLE MOVE MULTIAPPEND NAMESPACE NOTIFY \
                            QUOTA SORT SPECIAL-USE THREAD=REFERENCES UIDPLUS UNSELECT X-GM-EXT-1 XLIST";
        connection.send(&match at {
            At::Stranger => format!("* OK [CAPABILITY {capabilities}] hi"),
            At::Reader => format!("* PREAUTH [CAPABILITY {capabilities}] hi"),
            At::Bare => "* OK hi".to_owned(),
        })?;
        let mut line = connection.read_line()?;
        if at == At::Reader {
            let (tag, _) = line.split_once(' ').unwrap_or_default();
            connection.send(&format!("* 3 EXISTS\r\n{tag} OK opened"))?;
            line = connection.read_line()?;
        }
        drop(line);
        // It ends when the client has closed the connection.
        let _gone = attack_on(&mut connection, attack, &count);
        Ok(())
    });
    (peer, sent)
}

fn attack_on(connection: &mut Connection, attack: Attack, count: &AtomicU64) -> io::Result<()> {
    let (first, rest) = match attack {
        Attack::Flood => (String::new(), "* 1 EXISTS\r\n".repeat(100)),
        Attack::Line => ("* ".to_owned(), "x".repeat(8192)),
        Attack::Trickle => ("* ".to_owned(), String::new()),
        Attack::Plus => (String::new(), "+ \r\n".repeat(100)),
    };
    connection.send_bytes(first.as_bytes())?;
    if rest.is_empty() {
        while connection.read_exact(1).is_ok() {}
        return Ok(());
    }
    loop {
        connection.send_bytes(rest.as_bytes())?;
        count.fetch_add(rest.len() as u64, Ordering::SeqCst);
    }
}

/// Sets all limits that end an attack, as low as tests need them.
fn strict<C>(builder: Builder<C>) -> Builder<C> {
    let limits = Limits {
        line: SOME as usize,
        search_line: SOME as usize,
        literal: SOME,
        ..Limits::default()
    };
    builder
        .limits(limits)
        .answer_limit(4 * SOME)
        .response_limit(4 * SOME)
        .unsolicited_limit(1000)
        .min_speed(1 << 40, Duration::from_millis(20))
}

#[test]
fn no_method_is_missing() {
    let sources = [
        include_str!("../../src/api/access.rs"),
        include_str!("../../src/api/append.rs"),
        include_str!("../../src/api/connection.rs"),
        include_str!("../../src/api/data.rs"),
        include_str!("../../src/api/mailboxes.rs"),
        include_str!("../../src/api/messages.rs"),
        include_str!("../../src/api/search.rs"),
        include_str!("../../src/api/session.rs"),
        include_str!("../../src/idle.rs"),
        include_str!("../../src/watch.rs"),
    ];
    let mut found = BTreeSet::new();
    for line in sources.iter().flat_map(|source| source.lines()) {
        let Some(rest) = line.trim_start().strip_prefix("pub async fn ") else {
            continue;
        };
        let name = rest.split(['(', '<']).next().unwrap_or_default();
        let known = METHODS.iter().any(|(method, _)| *method == name) || PARTS.contains(&name);
        assert!(known, "{name}");
        found.insert(name);
    }
    // Several types have parts of the same name.
    assert_eq!(found.len(), METHODS.len() + PARTS.len());
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    async fn call(client: &mut Client, method: &str) -> Result<(), Error> {
        match method {
            "get_acl" => drop(client.get_acl("x").await?),
            "set_acl" => client.set_acl("x", "bob", RightsChange::Replace(Rights::default())).await?,
            "delete_acl" => client.delete_acl("x", "bob").await?,
            "list_rights" => drop(client.list_rights("x", "bob").await?),
            "my_rights" => drop(client.my_rights("x").await?),
            "quota" => drop(client.quota("").await?),
            "quota_root" => drop(client.quota_root("x").await?),
            "set_quota" => drop(client.set_quota("", [("STORAGE", 5)]).await?),
            "append" => drop(client.append("x", "text").await?),
            "append_all" => drop(client.append_all("x", ["one", "two"]).await?),
            "append_all_or_none" => drop(client.append_all_or_none("x", ["one", "two"]).await?),
            "fetch" => drop(client.fetch(1, FetchItems::new().body()).await?),
            "fetch_one" => drop(client.fetch_one(1, FetchItems::new().body()).await?),
            "flags" => drop(client.flags(1).await?),
            "labels" => drop(client.labels(1).await?),
            "store" => drop(client.store(1, FlagChange::add("\\Seen")).await?),
            "add_flags" => drop(client.add_flags(1, "\\Seen").await?),
            "remove_flags" => drop(client.remove_flags(1, "\\Seen").await?),
            "set_flags" => drop(client.set_flags(1, "\\Seen").await?),
            "mark_deleted" => drop(client.mark_deleted(1).await?),
            "store_labels" => drop(client.store_labels(1, LabelChange::add(["x"])).await?),
            "list" => drop(client.list("", "*").await?),
            "list_with" => drop(client.list_with(ListOptions::new("", "*")).await?),
            "list_status" => drop(client.list_status("", "*", [StatusItem::Unseen]).await?),
            "lsub" => drop(client.lsub("", "*").await?),
            "xlist" => drop(client.xlist("", "*").await?),
            "find_special_mailbox" => {
                drop(client.find_special_mailbox(imapclient::Attribute::Trash).await?);
            }
            "mailbox_exists" => drop(client.mailbox_exists("x").await?),
            "create" => client.create("x").await?,
            "delete" => client.delete("x").await?,
            "rename" => client.rename("x", "y").await?,
            "subscribe" => client.subscribe("x").await?,
            "unsubscribe" => client.unsubscribe("x").await?,
            "select" => drop(client.select("x").await?),
            "examine" => drop(client.examine("x").await?),
            "status" => drop(client.status("x", [StatusItem::Messages]).await?),
            "unselect" => client.unselect().await?,
            "close" => client.close().await?,
            "copy" => drop(client.copy(1, "x").await?),
            "move_to" => drop(client.move_to(1, "x").await?),
            "expunge" => drop(client.expunge().await?),
            "uid_expunge" => drop(client.uid_expunge(1).await?),
            "dangerous_expunge_shared" => drop(client.dangerous_expunge_shared(1).await?),
            "search" => drop(client.search("ALL").await?),
            "search_seq" => drop(client.search_seq("ALL").await?),
            "gmail_search" => drop(client.gmail_search("x").await?),
            "sort" => drop(client.sort([imapclient::SortKey::Date], "ALL").await?),
            "sort_seq" => drop(client.sort_seq([imapclient::SortKey::Date], "ALL").await?),
            "thread" => drop(client.thread(ThreadAlgorithm::References, "ALL").await?),
            "thread_seq" => drop(client.thread_seq(ThreadAlgorithm::References, "ALL").await?),
            "capabilities" => drop(client.capabilities().await?),
            "has_capability" => drop(client.has_capability("IDLE").await?),
            "enable" => drop(client.enable(["CONDSTORE"]).await?),
            "id" => drop(client.id([("name", "x")]).await?),
            "namespace" => drop(client.namespace().await?),
            "login" => client.login("bob", "sekret").await?,
            "login_command" => client.login_command("bob", "sekret").await?,
            "authenticate" => client.authenticate(Plain::new("bob", "sekret".into())).await?,
            "login_with" => client.login_with(Login::auto("bob", "sekret")).await?,
            "login_mechanism" => drop(client.login_mechanism(&Login::auto("bob", "x")).await?),
            "noop" => client.noop().await?,
            "run" => drop(client.run(imapclient::codec::command::noop()).await?),
            "raw" => drop(client.raw("CHECK").await?),
            "idle" => client.idle().await?.done().await?,
            "idle_or_poll" => {
                let mut idle = client.idle_or_poll(Duration::from_secs(60)).await?;
                drop(idle.next_timeout(Duration::ZERO).await?);
                idle.done().await?;
            }
            "notify" => {
                let news = Notify::new().on(Scope::Personal, [NotifyEvent::MailboxName]);
                client.notify(&news).await?.done().await?;
            }
            other => panic!("{other}"),
        }
        Ok(())
    }

    async fn try_out(attack: Attack, method: &str, at: At) {
        let (peer, sent) = hostile(attack, at);
        let mut client = strict(plain::<Client>(&peer)).connect().await.unwrap();
        if at == At::Reader {
            client.select("INBOX").await.unwrap();
        }
        let error = if method == "logout" {
            client.logout().await.unwrap_err()
        } else {
            let error = call(&mut client, method).await.unwrap_err();
            if !error.is_closed() {
                // The error describes the exchange, but the connection is gone all the same.
                let next = client.noop().await.unwrap_err();
                assert!(next.is_closed(), "{method}, {attack:?}: {error:?}, then {next:?}");
            }
            drop(client);
            error
        };
        peer.finish().unwrap();
        // This includes bytes that are still in network buffers.
        let sent = sent.load(Ordering::SeqCst);
        assert!(sent < 16 << 20, "{method}, {attack:?}: {sent} bytes, {error:?}");
    }

    #[case]
    async fn every_command_ends() {
        for attack in ATTACKS {
            for (method, at) in METHODS {
                try_out(attack, method, *at).await;
            }
        }
    }
}
