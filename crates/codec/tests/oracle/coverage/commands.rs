//! Samples of client commands, by row.

use imapclient_codec::{
    Flag, MailboxName, Outgoing, Rights, Tag, UidSet,
    command::{
        self, Append, CatenatePart, FetchItems, FlagChange, LabelChange, ListOptions, MessageSet,
        Notify, NotifyEvent, PartialRange, Qresync, RightsChange, Scope, SearchKey, SearchQuery,
        SearchReturn, SelectOptions, SortKey, StatusItem, ThreadAlgorithm,
    },
};

type Samples = Vec<(&'static str, Vec<Outgoing>)>;

fn inbox() -> MailboxName {
    "INBOX".into()
}

fn some() -> MessageSet {
    UidSet::from([4, 5, 9]).into()
}

fn search(query: impl Into<SearchQuery>) -> Outgoing {
    command::search(query).unwrap()
}

pub(super) fn samples() -> Samples {
    let mut all = vec![
        (
            "the commands of RFC 3501",
            vec![
                command::capability(),
                command::noop(),
                command::starttls(),
                command::authenticate("PLAIN", Some(b"\0bob\0sekret")).unwrap(),
                command::login("bob", "sekret").unwrap(),
                command::select(&inbox(), false).unwrap(),
                command::create(&"a".into()).unwrap(),
                command::rename(&"a".into(), &"b".into()).unwrap(),
                command::list("", "*"),
                command::status(&inbox(), [StatusItem::Unseen]).unwrap(),
                command::append(&inbox(), &Append::from("A: b\r\n\r\nhi")).unwrap(),
                search(SearchKey::Unseen & SearchKey::From("jane".into())),
                command::fetch(&some(), &FetchItems::new().envelope().structure().body()).unwrap(),
                command::store(&some(), &FlagChange::add(Flag::Seen).silent()).unwrap(),
                command::copy(&some(), &"b".into()).unwrap(),
                command::close(),
                command::logout(),
            ],
        ),
        (
            "ENABLE, ID, IDLE, NAMESPACE, UNSELECT, MOVE, UID EXPUNGE, COMPRESS",
            vec![
                command::enable(["CONDSTORE"]).unwrap(),
                command::id(&[("name", "mine")].into_iter().collect()).unwrap(),
                command::idle(),
                command::namespace(),
                command::unselect(),
                command::move_to(&some(), &"b".into()).unwrap(),
                command::uid_expunge(&[4, 5].into_iter().collect()).unwrap(),
                command::compress(),
            ],
        ),
        (
            "SORT, THREAD, QUOTA, METADATA, CONDSTORE, QRESYNC, BINARY, WITHIN",
            vec![
                command::sort([SortKey::Date], SearchKey::All).unwrap(),
                command::thread(&ThreadAlgorithm::References, SearchKey::All).unwrap(),
                command::get_quota_root(&inbox()).unwrap(),
                command::get_metadata(
                    Some(&inbox()),
                    ["/private/comment"],
                    command::MetadataOptions::new(),
                )
                .unwrap(),
                command::fetch(&some(), &FetchItems::new().flags().changed_since(7)).unwrap(),
                command::select_with(
                    &inbox(),
                    &SelectOptions::new().qresync(Qresync::new(67890, 9)),
                )
                .unwrap(),
                command::fetch(&some(), &FetchItems::new().binary("1").binary_size("1")).unwrap(),
                search(SearchKey::Older(3600)),
            ],
        ),
    ];
    all.extend(beyond());
    all
}

fn beyond() -> Samples {
    let returning = |option| SearchQuery::new(SearchKey::Unseen).returning([option]);
    let message = || Append::from("A: b\r\n\r\nhi");
    let append = |message: Append| command::append(&inbox(), &message).unwrap();
    let one = MessageSet::from(UidSet::from(4));
    let fetch = |items: FetchItems| command::fetch(&some(), &items).unwrap();
    vec![
        (
            "SEARCH and SORT with RETURN, `$`, FUZZY, SAVEDBEFORE, X-GM-RAW; ESEARCH, CANCELUPDATE",
            vec![
                search(returning(SearchReturn::Count)),
                command::sort([SortKey::Date], returning(SearchReturn::Count)).unwrap(),
                search(SearchKey::Saved),
                search(SearchKey::Fuzzy(Box::new(SearchKey::Text("hi".into())))),
                search(SearchKey::SavedBefore(
                    chrono::NaiveDate::from_ymd_opt(2024, 1, 2).unwrap(),
                )),
                search(SearchKey::GmailRaw("has:attachment".into())),
                command::multi_search([Scope::Personal], SearchKey::Unseen).unwrap(),
                command::cancel_update(&[Tag::new("A1")]).unwrap(),
            ],
        ),
        (
            "LIST with options, CREATE with USE, XLIST",
            vec![
                command::list_extended(&ListOptions::new("", "*").only_subscribed()).unwrap(),
                command::list_extended(&ListOptions::new("", "*").with_children()).unwrap(),
                command::create_for(&"Sent".into(), ["\\Sent"]).unwrap(),
                command::xlist("", "*"),
            ],
        ),
        (
            "APPEND of several messages, with UTF8 or CATENATE; REPLACE",
            vec![
                command::append_all(&inbox(), &[message(), message()]).unwrap(),
                append(message().utf8()),
                append(Append::catenate([CatenatePart::Text(
                    "A: b\r\n\r\n".into(),
                )])),
                command::replace(&one, &inbox(), &message()).unwrap(),
            ],
        ),
        (
            "FETCH of EMAILID, PREVIEW, X-GM-LABELS or a window; STORE of labels",
            vec![
                fetch(FetchItems::new().email_id()),
                fetch(FetchItems::new().preview()),
                fetch(FetchItems::new().gmail_labels()),
                fetch(
                    FetchItems::new()
                        .flags()
                        .window(PartialRange::first(1..=10)),
                ),
                command::store_labels(&some(), &LabelChange::add(["a"])).unwrap(),
            ],
        ),
        (
            "SETACL, DELETEACL, GETACL, LISTRIGHTS, MYRIGHTS",
            vec![
                command::set_acl(&inbox(), "fred", RightsChange::Add(Rights::READ)).unwrap(),
                command::delete_acl(&inbox(), "fred").unwrap(),
                command::get_acl(&inbox()).unwrap(),
                command::list_rights(&inbox(), "fred").unwrap(),
                command::my_rights(&inbox()).unwrap(),
            ],
        ),
        (
            "NOTIFY, UNAUTHENTICATE, GETJMAPACCESS",
            vec![
                command::notify(&Notify::new().on(Scope::Personal, [NotifyEvent::MailboxName]))
                    .unwrap(),
                command::notify_usual(),
                command::notify_none(),
                command::unauthenticate(),
                command::get_jmap_access(),
            ],
        ),
        (
            "GENURLAUTH, URLFETCH, RESETKEY, LANGUAGE, COMPARATOR",
            vec![
                command::gen_url_auth([("imap://joe@example.com/INBOX/;uid=20", "INTERNAL")])
                    .unwrap(),
                command::url_fetch(["imap://joe@example.com/INBOX/;uid=20"]).unwrap(),
                command::reset_key(None, []).unwrap(),
                command::language(["de"]).unwrap(),
                command::comparator(["i;basic"]).unwrap(),
            ],
        ),
        (
            "a command of your own",
            vec![Outgoing::raw("XTUNE \"up\"").unwrap()],
        ),
    ]
}
