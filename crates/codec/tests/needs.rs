//! The needs of each command.

use imapclient_codec::{
    Attribute, Id, InvalidArgument, MailboxName, Needs, Outgoing, Place, Rights, SeqSet, UidSet,
    command::{
        self, Append, AppendStream, FetchItems, FlagChange, LabelChange, ListOptions, MessageSet,
        MetadataOptions, Notify, Qresync, RightsChange, Scope, SearchQuery, SearchReturn,
        SelectOptions, SortKey, StatusItem, ThreadAlgorithm,
    },
};

type Written = Result<Outgoing, InvalidArgument>;

#[track_caller]
fn all(needs: &Needs, commands: impl IntoIterator<Item = Written>) {
    for outgoing in commands {
        let outgoing = outgoing.unwrap();
        assert_eq!(outgoing.needs(), needs, "{outgoing:?}");
    }
}

fn uid() -> MessageSet {
    MessageSet::Uids(UidSet::from(1))
}

fn seq() -> MessageSet {
    MessageSet::Seqs(SeqSet::from(1))
}

#[test]
fn of_the_connection() {
    let nothing = Needs::nothing();
    all(
        &nothing,
        [
            Ok(command::capability()),
            Ok(command::noop()),
            Ok(command::logout()),
        ],
    );
    all(
        &nothing.clone().capability("ID"),
        [
            command::id(&Id::default()),
            command::id(&Id::from([("name", "x")])),
        ],
    );
    all(
        &nothing.clone().capability("LANGUAGE"),
        [command::language(["de"])],
    );
    all(
        &nothing.capability("I18NLEVEL=2"),
        [command::comparator(["i;octet"])],
    );
    let fresh = Needs::fresh();
    all(&fresh, [command::authenticate("PLAIN", None)]);
    all(
        &fresh.clone().capability("STARTTLS"),
        [Ok(command::starttls())],
    );
    all(&fresh.login_command(), [command::login("bob", "sekret")]);
    let login = Needs::login();
    for (outgoing, capability) in [
        (command::idle(), "IDLE"),
        (command::compress(), "COMPRESS=DEFLATE"),
        (command::unauthenticate(), "UNAUTHENTICATE"),
        (command::namespace(), "NAMESPACE"),
        (command::get_jmap_access(), "JMAPACCESS"),
        (command::notify_none(), "NOTIFY"),
        (command::notify_usual(), "NOTIFY"),
    ] {
        all(&login.clone().capability(capability), [Ok(outgoing)]);
    }
    all(
        &Needs::no_mailbox().capability("ENABLE"),
        [command::enable(["CONDSTORE"])],
    );
    all(&login, [Outgoing::raw("XTUNE")]);
}

#[test]
fn of_mailboxes() {
    let a: MailboxName = "a".into();
    let login = Needs::login();
    all(
        &login,
        [
            command::select(&a, true),
            command::create(&a),
            command::delete(&a),
            command::rename(&a, &"b".into()),
            command::subscribe(&a),
            command::unsubscribe(&a),
            command::status(&a, [StatusItem::Messages]),
            Ok(command::list("", "*")),
            command::list_name(&a),
            Ok(command::lsub("", "*")),
            command::list_extended(&ListOptions::new("", "*")),
            command::append(&a, &Append::from("x")),
            command::append_stream(&a, &AppendStream::new(1)),
        ],
    );
    let needs = |capability: &'static str| login.clone().capability(capability);
    let quick = SelectOptions::new().condstore();
    all(
        &login.clone().one_of(&["CONDSTORE", "QRESYNC"]),
        [command::select_with(&a, &quick)],
    );
    let resync = SelectOptions::new().qresync(Qresync::new(1, 2));
    all(&needs("QRESYNC"), [command::select_with(&a, &resync)]);
    all(
        &needs("CREATE-SPECIAL-USE"),
        [command::create_for(&a, [Attribute::Sent])],
    );
    all(&needs("XLIST"), [Ok(command::xlist("", "*"))]);
    all(
        &needs("LIST-EXTENDED"),
        [command::list_extended(
            &ListOptions::new("", "*").only_subscribed(),
        )],
    );
    all(
        &needs("LIST-EXTENDED").capability("LIST-STATUS"),
        [command::list_extended(
            &ListOptions::new("", "*").with_status([StatusItem::Unseen]),
        )],
    );
    all(
        &needs("MULTIAPPEND"),
        [command::append_all(&a, &["x".into(), "y".into()])],
    );
    all(
        &needs("ACL"),
        [
            command::get_acl(&a),
            command::set_acl(&a, "fred", RightsChange::Add(Rights::READ)),
            command::delete_acl(&a, "fred"),
            command::list_rights(&a, "fred"),
            command::my_rights(&a),
        ],
    );
    all(
        &needs("QUOTA"),
        [
            command::get_quota("r"),
            command::get_quota_root(&a),
            command::set_quota("r", [("STORAGE", 1)]),
        ],
    );
    let entries = ["/private/comment"];
    let options = MetadataOptions::new();
    all(
        &needs("METADATA"),
        [command::get_metadata(Some(&a), entries, options)],
    );
    // A server with METADATA has annotations of its own as well (RFC 5464 §1).
    all(
        &login.clone().one_of(&["METADATA", "METADATA-SERVER"]),
        [command::get_metadata(None, entries, options)],
    );
    let notify = Notify::new().on(Scope::Personal, []);
    all(&needs("NOTIFY"), [command::notify(&notify)]);
    all(
        &needs("MULTISEARCH"),
        [command::multi_search([Scope::Personal], "ALL")],
    );
    all(
        &needs("URLAUTH"),
        [
            command::url_fetch(["imap://x"]),
            command::gen_url_auth([("imap://x", "INTERNAL")]),
            command::reset_key(Some(&a), []),
        ],
    );
    all(
        &needs("URLAUTH=BINARY"),
        [command::url_fetch_items([("imap://x", &[][..])])],
    );
}

#[test]
fn of_messages() {
    let mailbox = Needs::mailbox();
    let trash: MailboxName = "Trash".into();
    all(
        &mailbox,
        [
            command::fetch(&uid(), &FetchItems::new().flags()),
            command::fetch(&seq(), &FetchItems::new().flags()),
            command::copy(&uid(), &trash),
            command::search("ALL"),
            Ok(command::close()),
            Ok(command::check()),
        ],
    );
    let needs = |capability: &'static str| mailbox.clone().capability(capability);
    let counted = || SearchQuery::new("ALL").returning([SearchReturn::Count]);
    all(&needs("ESEARCH"), [command::search(counted())]);
    all(&needs("SORT"), [command::sort([SortKey::Size], "ALL")]);
    all(
        &needs("SORT").capability("ESORT"),
        [command::sort([SortKey::Size], counted())],
    );
    all(
        &needs("THREAD=REFERENCES"),
        [command::thread(&ThreadAlgorithm::References, "ALL")],
    );
    all(&needs("UNSELECT"), [Ok(command::unselect())]);

    let seen = || FlagChange::add(imapclient_codec::Flag::Seen);
    all(
        &Needs::mailbox(),
        [
            command::store(&uid(), &seen()),
            command::store(&seq(), &seen().silent()),
        ],
    );
    all(
        &needs("CONDSTORE"),
        [command::store(&uid(), &seen().unchanged_since(5))],
    );
    let label = || LabelChange::add(["x"]);
    all(
        &needs("X-GM-EXT-1"),
        [command::store_labels(&uid(), &label())],
    );
    all(
        &needs("X-GM-EXT-1").capability("CONDSTORE"),
        [command::store_labels(&uid(), &label().unchanged_since(5))],
    );

    let writable = Needs::mailbox().writable();
    let needs = |capability: &'static str| writable.clone().capability(capability);
    all(&writable, [Ok(command::expunge())]);
    all(
        &needs("MOVE"),
        [
            command::move_to(&uid(), &trash),
            command::move_to(&seq(), &trash),
        ],
    );
    all(&needs("UIDPLUS"), [command::uid_expunge(&UidSet::from(1))]);
    all(
        &needs("REPLACE"),
        [command::replace(&uid(), &trash, &Append::from("x"))],
    );
}

#[test]
fn what_a_command_states_can_be_read() {
    let needs = Needs::mailbox()
        .writable()
        .capability("MOVE")
        .capability(format!("X-{}", 1))
        .one_of(&["A", "B"]);
    assert_eq!(needs.place(), Place::Mailbox);
    assert!(needs.is_writable() && !needs.is_login_command());
    assert_eq!(needs.capabilities().collect::<Vec<_>>(), ["MOVE", "X-1"]);
    assert_eq!(needs.alternatives(), ["A", "B"]);
    assert_eq!(Needs::nothing().place(), Place::Anywhere);
    assert_eq!(Needs::no_mailbox().place(), Place::NoMailbox);
}
