//! Searches on servers that refuse a charset, or answer with an empty ESEARCH.

use imapclient::{
    Charset, Code, Error, Limits, PartialRange, SearchKey, SearchQuery, SearchReturn, SortKey,
    ThreadAlgorithm, Update, Workaround,
};
use imapclient_test_macros::faces;

use crate::common::{plain, reader, seq, uid};

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn an_extended_search_that_is_refused_is_a_plain_one() {
        let peer = reader(
            " ESEARCH",
            r#"C: <a> UID SEARCH RETURN (MIN MAX COUNT) UNSEEN
               S: <a> BAD syntax error
               C: <b> UID SEARCH UNSEEN
               S: * SEARCH 9 2 5
               S: <b> OK
               C: <c> UID SEARCH FLAGGED
               S: * SEARCH
               S: <c> OK"#,
        );
        let mut client = open(&peer).await;
        let options = [SearchReturn::Min, SearchReturn::Max, SearchReturn::Count];
        let found = client.search(SearchQuery::new("UNSEEN").returning(options)).await.unwrap();
        assert_eq!((found.min(), found.max(), found.count()), (Some(uid(2)), Some(uid(9)), Some(3)));
        // The numbers were not asked for.
        assert!(found.is_empty());
        let query = SearchQuery::new("FLAGGED").returning([SearchReturn::Count, SearchReturn::All]);
        let found = client.search(query).await.unwrap();
        assert_eq!((found.count(), found.len()), (Some(0), 0));
        leave_with(client, peer, &[Workaround::EsearchUseless]).await;
    }

    #[case]
    async fn numbers_of_the_other_kind_are_no_answer() {
        let peer = reader(
            " ESEARCH CONTEXT=SEARCH PARTIAL IMAP4rev2",
            r#"C: <a> UID SEARCH RETURN (PARTIAL 1:9) ALL
               S: * ESEARCH (TAG "<a>") PARTIAL (1:9 5:6)
               S: <a> OK
               C: <b> UID SEARCH ALL
               S: * ESEARCH (TAG "<b>") ALL 5:6
               S: <b> OK
               C: <c> SEARCH ALL
               S: * ESEARCH (TAG "<c>") UID ALL 5:6
               S: <c> OK
               C: <d> SEARCH ALL
               S: * ESEARCH (TAG "<d>") ALL 5:6
               S: <d> OK"#,
        );
        let mut client = open(&peer).await;
        let page = SearchReturn::Partial(PartialRange::first(1..=9));
        let page = SearchQuery::new("ALL").returning([page]);
        // They would name other messages.
        for result in [client.search(page).await.map(drop), client.search("ALL").await.map(drop)] {
            assert!(matches!(result, Err(Error::NoAnswer { command: "SEARCH" })), "{result:?}");
        }
        let result = client.search_seq("ALL").await;
        assert!(matches!(result, Err(Error::NoAnswer { command: "SEARCH" })), "{result:?}");
        assert_eq!(client.search_seq("ALL").await.unwrap(), [5, 6]);
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn an_empty_esearch_is_not_believed_until_another_told_something() {
        let peer = reader(
            " ESEARCH",
            r#"C: <a> UID SEARCH RETURN (ALL) DRAFT
               S: * ESEARCH (TAG "<a>") UID
               S: <a> OK
               C: <b> UID SEARCH DRAFT
               S: * SEARCH
               S: <b> OK
               C: <c> UID SEARCH RETURN (ALL) UNSEEN
               S: * ESEARCH (TAG "<c>") UID ALL 2:3
               S: <c> OK
               C: <d> UID SEARCH RETURN (ALL) DRAFT
               S: * ESEARCH (TAG "<d>") UID
               S: <d> OK"#,
        );
        let mut client = open(&peer).await;
        let all = |key: &str| SearchQuery::new(key).returning([SearchReturn::All]);
        assert!(client.search(all("DRAFT")).await.unwrap().is_empty());
        assert_eq!(client.search(all("UNSEEN")).await.unwrap(), [2, 3]);
        assert!(client.search(all("DRAFT")).await.unwrap().is_empty());
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn an_empty_esearch_where_there_is_something_is_never_asked_for_again() {
        let peer = reader(
            " ESEARCH",
            r#"C: <a> UID SEARCH RETURN (ALL COUNT) UNSEEN
               S: * ESEARCH (TAG "<a>") UID
               S: <a> OK
               C: <b> UID SEARCH UNSEEN
               S: * SEARCH 4 8
               S: <b> OK
               C: <c> UID SEARCH SEEN
               S: * SEARCH 6
               S: <c> OK"#,
        );
        let mut client = open(&peer).await;
        let options = [SearchReturn::All, SearchReturn::Count];
        let found = client.search(SearchQuery::new("UNSEEN").returning(options.clone())).await;
        let found = found.unwrap();
        assert_eq!(found, [4, 8]);
        assert_eq!(found.count(), Some(2));
        let found = client.search(SearchQuery::new("SEEN").returning(options)).await.unwrap();
        assert_eq!((found.first(), found.count()), (Some(uid(6)), Some(1)));
        leave_with(client, peer, &[Workaround::EsearchUseless]).await;
    }

    #[case]
    async fn a_number_that_is_asked_for_is_always_told() {
        let peer = reader(
            " ESEARCH",
            r#"C: <a> UID SEARCH RETURN (ALL) UNSEEN
               S: * ESEARCH (TAG "<a>") UID ALL 2:3
               S: <a> OK
               C: <b> UID SEARCH RETURN (COUNT) UNSEEN
               S: * ESEARCH (TAG "<b>") UID
               S: <b> OK
               C: <c> UID SEARCH UNSEEN
               S: * SEARCH 2 3
               S: <c> OK"#,
        );
        let mut client = open(&peer).await;
        let query = SearchQuery::new("UNSEEN").returning([SearchReturn::All]);
        assert_eq!(client.search(query).await.unwrap(), [2, 3]);
        let query = SearchQuery::new("UNSEEN").returning([SearchReturn::Count]);
        assert_eq!(client.search(query).await.unwrap().count(), Some(2));
        leave_with(client, peer, &[Workaround::EsearchUseless]).await;
    }

    #[case]
    async fn sequence_numbers_are_not_taken_for_uids() {
        let peer = reader(
            " ESEARCH",
            r#"C: <a> UID SEARCH RETURN (ALL) UNSEEN
               S: * ESEARCH (TAG "<a>") ALL 2:3
               S: <a> OK
               C: <b> UID SEARCH UNSEEN
               S: * SEARCH 17 19
               S: <b> OK"#,
        );
        let mut client = open(&peer).await;
        let query = SearchQuery::new("UNSEEN").returning([SearchReturn::All]);
        assert_eq!(client.search(query).await.unwrap(), [17, 19]);
        leave_with(client, peer, &[Workaround::EsearchUseless]).await;
        let peer = reader(
            " ESEARCH",
            r#"C: <a> SEARCH RETURN (MIN) UNSEEN
               S: * ESEARCH (TAG "<a>") UID MIN 17
               S: <a> OK
               C: <b> SEARCH UNSEEN
               S: * SEARCH 2 3
               S: <b> OK"#,
        );
        let mut client = open(&peer).await;
        let query = SearchQuery::new("UNSEEN").returning([SearchReturn::Min]);
        assert_eq!(client.search_seq(query).await.unwrap().min(), Some(seq(2)));
        leave_with(client, peer, &[Workaround::EsearchUseless]).await;
    }

    #[case]
    async fn what_was_told_before_enable_says_nothing_of_after_it() {
        let peer = reader(
            " ESEARCH ENABLE UNSELECT",
            r#"C: <a> UID SEARCH RETURN (ALL) UNSEEN
               S: * ESEARCH (TAG "<a>") UID ALL 2:3
               S: <a> OK
               C: <b> UNSELECT
               S: <b> OK
               C: <c> ENABLE IMAP4rev2
               S: * ENABLED IMAP4rev2
               S: <c> OK
               C: <d> SELECT "INBOX"
               S: * 3 EXISTS
               S: <d> OK
               C: <e> UID SEARCH UNSEEN
               S: * ESEARCH (TAG "<e>") UID
               S: <e> OK
               C: <f> UID SEARCH RETURN (COUNT) UNSEEN
               S: * ESEARCH (TAG "<f>") UID COUNT 2
               S: <f> OK"#,
        );
        let mut client = open(&peer).await;
        let query = SearchQuery::new("UNSEEN").returning([SearchReturn::All]);
        assert_eq!(client.search(query).await.unwrap(), [2, 3]);
        client.unselect().await.unwrap();
        client.enable(["IMAP4rev2"]).await.unwrap();
        client.select("INBOX").await.unwrap();
        let error = client.search("UNSEEN").await.unwrap_err();
        assert!(matches!(error, Error::NoAnswer { .. }), "{error}");
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn an_esearch_that_cannot_be_read_is_not_believed() {
        let peer = reader(
            " ESEARCH",
            r#"C: <a> UID SEARCH RETURN (ALL COUNT) UNSEEN
               S: * ESEARCH (TAG "<a>") UID COUNT ALL 4,-8
               S: <a> OK
               C: <b> UID SEARCH UNSEEN
               S: * SEARCH 4 -8 8 (MODSEQ -1)
               S: <b> OK"#,
        );
        let mut client = open(&peer).await;
        let query = SearchQuery::new("UNSEEN").returning([SearchReturn::All, SearchReturn::Count]);
        let found = client.search(query).await.unwrap();
        assert_eq!(found, [4, 8]);
        assert_eq!(found.count(), Some(2));
        // Items that do not fit into the numbers become updates.
        let updates: Vec<_> = client.updates().collect();
        let aside: Vec<_> = updates
            .iter()
            .filter_map(|update| match update {
                Update::Malformed(bad) => Some((bad.item.as_str(), &*bad.raw)),
                _ => None,
            })
            .collect();
        assert_eq!(aside, [("SEARCH", &b"-8"[..]), ("MODSEQ", b"-1")]);
        leave_with(client, peer, &[Workaround::EsearchUseless]).await;
    }

    #[case]
    async fn an_answer_that_cannot_be_read_is_none() {
        let peer = reader(
            " SORT THREAD=REFERENCES",
            r#"C: <a> UID SEARCH UNSEEN
               S: * SEARCH 4 8x
               S: <a> OK
               C: <b> UID SORT (SIZE) UTF-8 ALL
               S: * SORT 4 99999999999
               S: <b> OK
               C: <c> UID THREAD REFERENCES UTF-8 ALL
               S: * THREAD (4 x)
               S: <c> OK
               C: <d> UID THREAD REFERENCES UTF-8 ALL
               S: * THREAD (4 -1 5)
               S: <d> OK"#,
        );
        let mut client = open(&peer).await;
        let error = client.search("UNSEEN").await.unwrap_err();
        assert!(matches!(&error, Error::Unreadable { command, .. } if command == "UID SEARCH"), "{error}");
        let error = client.sort([SortKey::Size], "ALL").await.unwrap_err();
        assert!(matches!(&error, Error::Unreadable { command, .. } if command == "UID SORT"), "{error}");
        let error = client.thread(ThreadAlgorithm::References, "ALL").await.unwrap_err();
        assert!(matches!(&error, Error::Unreadable { command, .. } if command == "UID THREAD"), "{error}");
        let malformed = |update: &Update| matches!(update, Update::Malformed(_));
        assert_eq!(client.updates().filter(malformed).count(), 3);
        let threads = client.thread(ThreadAlgorithm::References, "ALL").await.unwrap();
        assert_eq!(threads.numbers().collect::<Vec<_>>(), [4, 5]);
        assert_eq!(threads.malformed().len(), 1);
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn an_answer_that_is_too_long_is_none() {
        for (answer, by) in [
            ("* SEARCH", "SEARCH"),
            ("* ESEARCH (TAG \"<a>\") UID ALL", "SEARCH"),
            ("* THREAD", "THREAD"),
        ] {
            let command = match by {
                "THREAD" => "UID THREAD REFERENCES UTF-8 ALL",
                _ => "UID SEARCH ALL",
            };
            let numbers = "1 ".repeat(2000);
            let peer = reader(
                " THREAD=REFERENCES",
                &format!("C: <a> {command}\nS: {answer} {numbers}\nS: <a> OK"),
            );
            let limits = Limits { search_line: 1000, line: 1000, ..Limits::default() };
            let mut client = plain::<Client>(&peer).limits(limits).connect().await.unwrap();
            client.select("INBOX").await.unwrap();
            let error = match by {
                "THREAD" => client.thread(ThreadAlgorithm::References, "ALL").await.unwrap_err(),
                _ => client.search("ALL").await.unwrap_err(),
            };
            assert!(matches!(error, Error::TooLarge(_)), "{error:?}");
            leave_with(client, peer, &[]).await;
        }
    }

    #[case]
    async fn no_response_at_all_is_no_answer_either() {
        let peer = reader(
            " ESEARCH SORT ESORT",
            r#"C: <a> UID SORT RETURN (MIN MAX COUNT) (SIZE) UTF-8 ALL
               S: <a> OK
               C: <b> UID SORT (SIZE) UTF-8 ALL
               S: * SORT 5 2 9
               S: <b> OK
               C: <c> UID SEARCH RETURN (COUNT) ALL
               S: * SEARCH 2 5 9
               S: <c> OK"#,
        );
        let mut client = open(&peer).await;
        let query = SearchQuery::new("ALL").returning([SearchReturn::Min, SearchReturn::Max, SearchReturn::Count]);
        let found = client.sort([SortKey::Size], query).await.unwrap();
        // These are the first and the last number in the sorted order (RFC 5267).
        assert_eq!((found.min(), found.max(), found.count()), (Some(uid(5)), Some(uid(9)), Some(3)));
        // A plain answer to an extended search contains everything.
        let query = SearchQuery::new("ALL").returning([SearchReturn::Count]);
        assert_eq!(client.search(query).await.unwrap().count(), Some(3));
        leave_with(client, peer, &[Workaround::EsortUseless]).await;
    }

    #[case]
    async fn what_only_the_server_can_do_it_may_refuse() {
        let peer = reader(
            " ESEARCH SEARCHRES",
            r#"C: <a> UID SEARCH RETURN (SAVE) ALL
               S: <a> NO [NOTSAVED] not now
               C: <b> UID SEARCH RETURN (COUNT) KEYWORD x
               S: <b> NO I do not like it
               C: <c> UID SEARCH KEYWORD x
               S: <c> NO I do not like it"#,
        );
        let mut client = open(&peer).await;
        let query = SearchQuery::new("ALL").returning([SearchReturn::Save]);
        assert!(client.search(query).await.is_err());
        // If the server refuses both forms, the form is not the reason.
        let query = SearchQuery::new("KEYWORD x").returning([SearchReturn::Count]);
        let error = client.search(query).await.unwrap_err();
        assert!(error.to_string().contains("I do not like it"), "{error}");
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn rev2_that_says_neither_what_nor_how_many() {
        let peer = reader(
            " IMAP4rev2",
            r#"C: <a> UID SEARCH ALL
               S: * ESEARCH (TAG "<a>") UID
               S: <a> OK
               C: <b> UID SEARCH RETURN (COUNT) ALL
               S: * ESEARCH (TAG "<b>") UID
               S: <b> OK
               C: <c> UID SEARCH DRAFT
               S: * ESEARCH (TAG "<c>") UID
               S: <c> OK
               C: <d> UID SEARCH RETURN (COUNT) DRAFT
               S: * ESEARCH (TAG "<d>") UID COUNT 0
               S: <d> OK
               C: <e> UID SEARCH DRAFT
               S: * ESEARCH (TAG "<e>") UID
               S: <e> OK"#,
        );
        let mut client = open(&peer).await;
        let error = client.search("ALL").await.unwrap_err();
        assert!(matches!(error, Error::NoAnswer { .. }), "{error}");
        assert!(client.search("DRAFT").await.unwrap().is_empty());
        assert!(client.search("DRAFT").await.unwrap().is_empty());
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn a_charset_that_the_server_names_is_taken_from_then_on() {
        let peer = reader(
            " LITERAL+ SORT",
            r#"C: <a> UID SEARCH CHARSET UTF-8 SUBJECT {7+}
               C: Grüße
               S: <a> NO [BADCHARSET (US-ASCII X-NOBODY UTF-7)] not that
               C: <b> UID SEARCH CHARSET UTF-7 SUBJECT "Gr+APwA3w-e"
               S: * SEARCH 4
               S: <b> OK
               C: <c> UID SEARCH CHARSET UTF-7 SUBJECT "+APw-ber"
               S: * SEARCH 5
               S: <c> OK
               C: <d> UID SEARCH SUBJECT "plain"
               S: * SEARCH 6
               S: <d> OK
               C: <e> UID SORT (SIZE) UTF-7 ALL
               S: * SORT 6 5 4
               S: <e> OK"#,
        );
        let mut client = open(&peer).await;
        let about = |text: &str| SearchKey::Subject(text.into());
        assert_eq!(client.search(about("Grüße")).await.unwrap(), [4]);
        assert_eq!(client.search(about("über")).await.unwrap(), [5]);
        assert_eq!(client.search(about("plain")).await.unwrap(), [6]);
        assert_eq!(client.sort([SortKey::Size], "ALL").await.unwrap(), [6, 5, 4]);
        leave_with(client, peer, &[Workaround::CharsetRefused]).await;
    }

    #[case]
    async fn a_text_that_none_of_its_charsets_has_is_an_error_that_names_them() {
        let peer = reader(
            " LITERAL+",
            r#"C: <a> UID SEARCH CHARSET UTF-8 SUBJECT {7+}
               C: Grüße
               S: <a> NO [BADCHARSET (US-ASCII)] The specified charset is not supported."#,
        );
        let mut client = open(&peer).await;
        let error = client.search(SearchKey::Subject("Grüße".into())).await.unwrap_err();
        assert!(matches!(error.code(), Some(Code::BadCharset(_))), "{error}");
        assert!(error.to_string().contains("NO [BADCHARSET (US-ASCII)]"), "{error}");
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn a_text_of_ascii_needs_no_charset() {
        let peer = reader(
            " SORT THREAD=REFERENCES",
            r#"C: <a> UID SEARCH CHARSET UTF-8 SUBJECT "hi"
               S: <a> BAD charset not supported
               C: <b> UID SEARCH SUBJECT "hi"
               S: * SEARCH 4
               S: <b> OK
               C: <c> UID SEARCH SUBJECT "hi"
               S: * SEARCH 4
               S: <c> OK"#,
        );
        let mut client = open(&peer).await;
        let query = SearchQuery::new(SearchKey::Subject("hi".into())).charset(Charset::Utf8);
        for _ in 0..2 {
            assert_eq!(client.search(&query).await.unwrap(), [4]);
        }
        leave_with(client, peer, &[Workaround::CharsetRefused]).await;
    }

    #[case]
    async fn sorting_and_threading_in_plain_ascii() {
        let peer = reader(
            " SORT THREAD=REFERENCES",
            r#"C: <a> UID SORT (SIZE) UTF-8 ALL
               S: <a> NO [BADCHARSET] not that
               C: <b> UID SORT (SIZE) US-ASCII ALL
               S: * SORT 4 2
               S: <b> OK
               C: <c> UID THREAD REFERENCES US-ASCII ALL
               S: * THREAD (2 4)
               S: <c> OK"#,
        );
        let mut client = open(&peer).await;
        assert_eq!(client.sort([SortKey::Size], "ALL").await.unwrap(), [4, 2]);
        let threads = client.thread(ThreadAlgorithm::References, "ALL").await.unwrap();
        assert_eq!(threads.roots().count(), 1);
        leave_with(client, peer, &[Workaround::CharsetRefused]).await;
    }

    #[case]
    async fn where_no_charset_was_named_a_refusal_is_about_something_else() {
        let peer = reader(
            "",
            r#"C: <a> UID SEARCH SUBJECT "hi"
               S: <a> BAD what?"#,
        );
        let mut client = open(&peer).await;
        assert!(client.search(SearchKey::Subject("hi".into())).await.is_err());
        leave_with(client, peer, &[]).await;
    }
}
