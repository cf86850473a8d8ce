//! Samples of client commands, by row.

use imapclient_codec::{
    Flag, MailboxName, NameEncoding, Outgoing, Rights, Tag,
    command::{
        self, Append, CatenatePart, Event, FetchItems, FlagChange, LabelChange, ListQuery,
        ListReturn, ListSelect, MessageSet, Messages, Notify, PartialRange, Qresync, RightsChange,
        Scope, SearchKey, SearchQuery, SearchReturn, SelectOptions, SortKey, StatusItem,
        ThreadAlgorithm,
    },
};

type Samples = Vec<(&'static str, Vec<Outgoing>)>;

const NAMES: NameEncoding = NameEncoding::Utf7;

fn inbox() -> MailboxName {
    "INBOX".into()
}

fn some() -> MessageSet {
    Messages::from([4, 5, 9]).into_set().unwrap()
}

fn search(query: impl Into<SearchQuery>) -> Outgoing {
    command::search(query, NAMES).unwrap()
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
                command::select(&inbox(), false, NAMES).unwrap(),
                command::create(&"a".into(), NAMES).unwrap(),
                command::rename(&"a".into(), &"b".into(), NAMES).unwrap(),
                command::list("", "*", NAMES).unwrap(),
                command::status(&inbox(), &[StatusItem::Unseen], NAMES).unwrap(),
                command::append(&inbox(), &Append::from("A: b\r\n\r\nhi"), NAMES).unwrap(),
                search(SearchKey::Unseen & SearchKey::From("jane".into())),
                command::fetch(&some(), &FetchItems::new().envelope().structure().body()).unwrap(),
                command::store(&some(), &FlagChange::add(Flag::Seen).silent()).unwrap(),
                command::copy(&some(), &"b".into(), NAMES).unwrap(),
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
                command::move_to(&some(), &"b".into(), NAMES).unwrap(),
                command::uid_expunge(&[4, 5].into_iter().collect()).unwrap(),
                command::compress(),
            ],
        ),
        (
            "SORT, THREAD, QUOTA, METADATA, CONDSTORE, QRESYNC, BINARY, WITHIN",
            vec![
                command::sort([SortKey::Date], SearchKey::All, NAMES).unwrap(),
                command::thread(&ThreadAlgorithm::References, SearchKey::All, NAMES).unwrap(),
                command::get_quota_root(&inbox(), NAMES).unwrap(),
                command::get_metadata(
                    Some(&inbox()),
                    &["/private/comment"],
                    command::MetadataOptions::new(),
                    NAMES,
                )
                .unwrap(),
                command::fetch(&some(), &FetchItems::new().flags().changed_since(7)).unwrap(),
                command::select_with(
                    &inbox(),
                    false,
                    &SelectOptions::new().qresync(Qresync::new(67890, 9)),
                    NAMES,
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
    let append = |message: Append| command::append(&inbox(), &message, NAMES).unwrap();
    let one = Messages::from(4).into_set().unwrap();
    let fetch = |items: FetchItems| command::fetch(&some(), &items).unwrap();
    vec![
        (
            "SEARCH and SORT with RETURN, `$`, FUZZY, SAVEDBEFORE, X-GM-RAW; ESEARCH, CANCELUPDATE",
            vec![
                search(returning(SearchReturn::Count)),
                command::sort([SortKey::Date], returning(SearchReturn::Count), NAMES).unwrap(),
                search(SearchKey::Saved),
                search(SearchKey::Fuzzy(Box::new(SearchKey::Text("hi".into())))),
                search(SearchKey::SavedBefore(
                    chrono::NaiveDate::from_ymd_opt(2024, 1, 2).unwrap(),
                )),
                search(SearchKey::GmailRaw("has:attachment".into())),
                command::multi_search(&[Scope::Personal], SearchKey::Unseen, NAMES).unwrap(),
                command::cancel_update(&[Tag::new("A1")]).unwrap(),
            ],
        ),
        (
            "LIST with options, CREATE with USE, XLIST",
            vec![
                command::list_extended(
                    &ListQuery::new("", "*").select([ListSelect::Subscribed]),
                    NAMES,
                )
                .unwrap(),
                command::list_extended(
                    &ListQuery::new("", "*").returning([ListReturn::Children]),
                    NAMES,
                )
                .unwrap(),
                command::create_for(&"Sent".into(), &["\\Sent".into()], NAMES).unwrap(),
                command::xlist("", "*", NAMES).unwrap(),
            ],
        ),
        (
            "APPEND of several messages, with UTF8 or CATENATE; REPLACE",
            vec![
                command::append_all(&inbox(), &[message(), message()], NAMES).unwrap(),
                append(message().utf8()),
                append(Append::catenate([CatenatePart::Text(
                    "A: b\r\n\r\n".into(),
                )])),
                command::replace(&one, &inbox(), &message(), NAMES).unwrap(),
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
                command::store_labels(&some(), &LabelChange::add(["a"]), NAMES).unwrap(),
            ],
        ),
        (
            "SETACL, DELETEACL, GETACL, LISTRIGHTS, MYRIGHTS",
            vec![
                command::set_acl(&inbox(), "fred", RightsChange::Add(Rights::READ), NAMES).unwrap(),
                command::delete_acl(&inbox(), "fred", NAMES).unwrap(),
                command::get_acl(&inbox(), NAMES).unwrap(),
                command::list_rights(&inbox(), "fred", NAMES).unwrap(),
                command::my_rights(&inbox(), NAMES).unwrap(),
            ],
        ),
        (
            "NOTIFY, UNAUTHENTICATE, GETJMAPACCESS",
            vec![
                command::notify(
                    &Notify::new().on(Scope::Personal, [Event::MailboxName]),
                    NAMES,
                )
                .unwrap(),
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
                command::reset_key(None, &[], NAMES).unwrap(),
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
