//! SEARCH, SORT and THREAD: the assignment of responses to commands, and the kind of the numbers.

use imapclient::{
    Error, FetchItems, LimitedBy, Misbehaviour, SearchKey, SearchQuery, SearchReturn, SortKey,
    SortOrder, ThreadAlgorithm, Update, codec::Response,
};
use imapclient_test_macros::faces;

use crate::common::{plain, reader, seq, uid};

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn an_extended_answer_goes_by_its_tag() {
        let peer = reader(
            " ESEARCH",
            r#"C: <a> UID SEARCH RETURN (MIN MAX COUNT ALL) UNSEEN
               S: * ESEARCH (TAG "A9999") UID REMOVEFROM (0 2)
               S: * ESEARCH (TAG "<a>") UID MIN 2 MAX 9 COUNT 3 ALL 2,5,9
               S: <a> OK done"#,
        );
        let mut client = open(&peer).await;
        let options = [SearchReturn::Min, SearchReturn::Max, SearchReturn::Count, SearchReturn::All];
        let query = SearchQuery::new("UNSEEN").returning(options);
        let found = client.search(query).await.unwrap();
        assert_eq!(found, [2, 5, 9]);
        assert_eq!((found.min(), found.max(), found.count()), (Some(uid(2)), Some(uid(9)), Some(3)));
        let updates: Vec<_> = client.updates().collect();
        assert!(matches!(&updates[..], [Update::Other(Response::Esearch(_))]), "{updates:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn return_options_need_a_server_that_knows_them() {
        let peer = reader("", "");
        let mut client = open(&peer).await;
        let query = SearchQuery::new("ALL").returning([SearchReturn::Count]);
        let error = client.search(query).await.unwrap_err();
        assert_eq!(error.to_string(), "the server does not offer ESEARCH");
        leave(client, peer).await;
    }

    #[case]
    async fn rev2_answers_in_the_extended_form() {
        let peer = reader(
            " IMAP4rev2",
            r#"C: <a> UID SEARCH DELETED
               S: * ESEARCH (TAG "<a>") UID ALL 1:2
               S: <a> OK done
               C: <b> UID SEARCH DRAFT
               S: * ESEARCH (TAG "<b>") UID
               S: <b> OK done"#,
        );
        let mut client = open(&peer).await;
        assert_eq!(client.search("DELETED").await.unwrap(), [1, 2]);
        let none = client.search("DRAFT").await.unwrap();
        assert!(none.is_empty());
        leave(client, peer).await;
    }

    #[case]
    async fn more_messages_than_there_are_cost_no_memory() {
        let peer = reader(
            " ESEARCH",
            r#"C: <a> UID SEARCH RETURN (ALL) ALL
               S: * ESEARCH (TAG "<a>") UID ALL 1:4294967295
               S: <a> OK done
               CLOSE"#,
        );
        let mut client = open(&peer).await;
        let query = SearchQuery::new("ALL").returning([SearchReturn::All]);
        let error = client.search(query).await.unwrap_err();
        assert!(error.is_closed(), "{error:?}");
        let Error::Protocol(violation) = error else { panic!("{error:?}") };
        assert_eq!(violation.misbehaviour, Misbehaviour::MoreThanExist { exists: 3 });
        assert_eq!(violation.command.as_deref(), Some("SEARCH"));
        assert!(matches!(client.noop().await, Err(Error::GivenUp)));
    }

    #[case]
    async fn more_messages_than_may_be_kept_are_over_a_limit() {
        let peer = reader(
            " ESEARCH",
            r#"C: <a> UID SEARCH RETURN (ALL) ALL
               S: * 4000000000 EXISTS
               S: * ESEARCH (TAG "<a>") UID ALL 1:4000000000
               S: <a> OK done
               CLOSE"#,
        );
        let builder = plain::<Client>(&peer).answer_limit(100_000);
        let mut client = builder.connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        let query = SearchQuery::new("ALL").returning([SearchReturn::All]);
        let error = client.search(query).await.unwrap_err();
        assert!(matches!(error, Error::Limit(_)) && error.is_closed(), "{error:?}");
        assert_eq!(
            error.to_string(),
            "the server exceeded a limit during SEARCH: \
             its answer has more than 100000 bytes"
        );
    }

    #[case]
    async fn a_mailbox_that_is_said_to_be_full_costs_no_memory_either() {
        let peer = reader(
            " ESEARCH",
            r#"C: <a> NOOP
               S: * 4294967295 EXISTS
               S: <a> OK done
               C: <b> UID SEARCH RETURN (ALL) ALL
               S: * ESEARCH (TAG "<b>") UID ALL 1:1024
               S: <b> OK done
               C: <c> UID SEARCH RETURN (ALL) ALL
               S: * ESEARCH (TAG "<c>") UID ALL 1:1025
               S: <c> OK done
               CLOSE"#,
        );
        let builder = plain::<Client>(&peer).answer_limit(4096);
        let mut client = builder.connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        client.noop().await.unwrap();
        let query = SearchQuery::new("ALL").returning([SearchReturn::All]);
        assert_eq!(client.search(query.clone()).await.unwrap().len(), 1024);
        let error = client.search(query).await.unwrap_err();
        assert_eq!(error.limited_by(), Some(LimitedBy::AnswerLimit), "{error}");
    }

    #[case]
    async fn sequence_numbers_stay_such() {
        let peer = reader(
            " SORT THREAD=ORDEREDSUBJECT",
            "C: <a> SEARCH ALL
             S: * SEARCH 1 3
             S: <a> OK
             C: <b> FETCH 1,3 (UID)
             S: * 1 FETCH (UID 71)
             S: * 3 FETCH (UID 73)
             S: <b> OK
             C: <c> SORT (REVERSE SIZE) UTF-8 ALL
             S: * SORT 3 1 2
             S: <c> OK
             C: <d> THREAD ORDEREDSUBJECT UTF-8 ALL
             S: * THREAD (1 2)(3)
             S: <d> OK",
        );
        let mut client = open(&peer).await;
        let found = client.search_seq(SearchKey::All).await.unwrap();
        assert_eq!(found, [seq(1), seq(3)]);
        let fetched = client.fetch(&found, FetchItems::new()).await.unwrap();
        assert_eq!(fetched.keys().copied().collect::<Vec<_>>(), [1, 3]);
        let by: [SortOrder; 1] = [SortKey::Size.reverse()];
        assert_eq!(client.sort_seq(by, "ALL").await.unwrap(), [3, 1, 2]);
        let threads = client.thread_seq(ThreadAlgorithm::OrderedSubject, "ALL").await.unwrap();
        assert_eq!(threads.roots().count(), 2);
        assert_eq!(threads.numbers().collect::<Vec<_>>(), [seq(1), seq(2), seq(3)]);
        leave(client, peer).await;
    }

    #[case]
    async fn sort_and_thread() {
        let peer = reader(
            " SORT THREAD=REFERENCES",
            r#"C: <a> UID SORT (SUBJECT REVERSE DATE) UTF-8 FROM "bob"
               S: * SORT 9 2
               S: * SORT 5
               S: <a> OK
               C: <b> UID SORT (ARRIVAL) UTF-8 ALL
               S: <b> OK
               C: <c> UID THREAD REFERENCES UTF-8 ALL
               S: <c> OK"#,
        );
        let mut client = open(&peer).await;
        let by = [SortKey::Subject.into(), SortKey::Date.reverse()];
        assert_eq!(client.sort(by, "FROM \"bob\"").await.unwrap(), [9, 2, 5]);
        assert!(client.sort([SortKey::Arrival], "ALL").await.unwrap().is_empty());
        assert!(client.thread(ThreadAlgorithm::References, "ALL").await.unwrap().is_empty());
        let error = client.thread(ThreadAlgorithm::Refs, "ALL").await.unwrap_err();
        assert_eq!(error.to_string(), "the server does not offer THREAD=REFS");
        leave(client, peer).await;
    }
}
