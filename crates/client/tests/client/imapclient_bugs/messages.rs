//! Messages: found, fetched, changed and moved.

use std::io;

use imapclient::{
    Append, Code, Error, FetchItems, Flag, FlagChange, SearchKey, SeqSet, SortKey, ThreadAlgorithm,
    Update,
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer};

use crate::common::{expect, goodbye, greet, pairs, reader, seq, uid};

/// The number of messages that a very long search finds.
const MANY: u32 = 320_000;

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn news_of_one_command_is_no_answer_to_the_next() {
        let peer = reader(
            "",
            r"C: <a> NOOP
              S: * 3 FETCH (FLAGS (\Seen))
              S: <a> OK
              C: <b> UID STORE 7 +FLAGS (\Draft)
              S: * 1 FETCH (UID 7 FLAGS (\Draft))
              S: <b> OK",
        );
        let mut client = open(&peer).await;
        client.noop().await.unwrap();
        let stored = client.store(7, FlagChange::add(Flag::Draft)).await.unwrap();
        assert_eq!(stored.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [7]);
        assert!(matches!(client.updates().next(), Some(Update::Fetch(fetch)) if fetch.seq() == Some(seq(3))));
        leave(client, peer).await;
    }

    #[case]
    async fn by_sequence_number_answers_are_told_by_sequence_number() {
        let peer = reader(
            " MOVE",
            r#"C: <a> STORE 1 +FLAGS (\Draft)
              S: * 1 FETCH (UID 7 FLAGS (\Draft) MODSEQ (5))
              S: <a> OK
              C: <b> MOVE 1 "Box"
              S: * OK [COPYUID 9 7 1] moved
              S: * 1 EXPUNGE
              S: <b> OK"#,
        );
        let mut client = open(&peer).await;
        let stored = client.store(SeqSet::from(1), FlagChange::add(Flag::Draft)).await.unwrap();
        assert_eq!(stored.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1]);
        let moved = client.move_to(SeqSet::from(1), "Box").await.unwrap();
        assert_eq!(pairs(moved.copied.uids().unwrap()), [(7, 1)]);
        leave(client, peer).await;
    }

    #[case]
    async fn a_message_without_the_item_is_left_out() {
        let peer = reader(
            "",
            r"C: <a> UID FETCH 1:2 (UID FLAGS)
              S: * 1 FETCH (UID 1 FLAGS (\Seen))
              S: * 2 FETCH (UID 2 MODSEQ (4))
              S: <a> OK",
        );
        let mut client = open(&peer).await;
        let flags = client.flags([1, 2]).await.unwrap();
        assert_eq!(flags.keys().copied().collect::<Vec<_>>(), [1]);
        leave(client, peer).await;
    }

    #[case]
    async fn copy_names_the_new_uids() {
        let peer = reader(
            "",
            "C: <a> UID COPY 3,5 \"Box\"
             S: * 1 FETCH (FLAGS ())
             S: <a> OK [COPYUID 9 3,5 1:2] done",
        );
        let mut client = open(&peer).await;
        let copied = client.copy([3, 5], "Box").await.unwrap();
        assert_eq!(pairs(copied.uids().unwrap()), [(3, 1), (5, 2)]);
        leave(client, peer).await;
    }

    #[case]
    async fn several_messages_in_one_append_or_none() {
        let peer = reader(
            " MULTIAPPEND LITERAL+",
            r#"C: <a> APPEND "Box" (\Seen) {3+}
              C: one {4+}
              C: a
              C: b
              S: <a> OK [APPENDUID 9 1:2] done
              C: <b> APPEND "Box" {3+}
              C: one
              S: <b> NO [OVERQUOTA] too much"#,
        );
        let mut client = open(&peer).await;
        let messages = [Append::from("one").flags(Flag::Seen), "a\r\nb".into()];
        let appended = client.append_all_or_none("Box", messages).await.unwrap().unwrap();
        assert_eq!(appended.uids.to_string(), "1:2");
        let error = client.append_all_or_none("Box", ["one"]).await.unwrap_err();
        assert_eq!(error.code(), Some(&Code::OverQuota));
        leave(client, peer).await;
    }

    #[case]
    async fn a_search_answered_in_two_lines() {
        let peer = reader(
            " SORT THREAD=REFERENCES",
            "C: <a> UID SEARCH ALL
             S: * search 3 1
             S: * SEARCH 2 (MODSEQ 9)
             S: <a> OK
             C: <b> UID SORT (DATE) UTF-8 ALL
             S: * SORT 2 1 (MODSEQ 9)
             S: <b> OK
             C: <c> UID SORT (DATE) UTF-8 ALL
             S: <c> OK
             C: <d> UID THREAD REFERENCES UTF-8 ALL
             S: <d> OK",
        );
        let mut client = open(&peer).await;
        let found = client.search("ALL").await.unwrap();
        assert_eq!(found, [3, 1, 2]);
        assert_eq!(found.modseq(), Some(9));
        assert_eq!(client.sort([SortKey::Date], "ALL").await.unwrap(), [2, 1]);
        assert!(client.sort([SortKey::Date], "ALL").await.unwrap().is_empty());
        assert!(client.thread(ThreadAlgorithm::References, "ALL").await.unwrap().is_empty());
        leave(client, peer).await;
    }

    #[case]
    async fn search_text_goes_as_it_needs_however_deep() {
        let peer = reader(
            " LITERAL+",
            r#"C: <a> UID SEARCH SUBJECT "a(b) \"c\""
               S: * SEARCH
               S: <a> OK
               C: <b> UID SEARCH CHARSET UTF-8 NOT (SUBJECT {3+}
               C: ☺ SEEN)
               S: * SEARCH 1
               S: <b> OK
               C: <c> UID SEARCH SUBJECT {14+}
               C: x
               C: A2 LOGOUT
               C: 
               S: * SEARCH
               S: <c> OK"#,
        );
        let mut client = open(&peer).await;
        let subject = |text: &str| SearchKey::Subject(text.into());
        assert!(client.search(subject("a(b) \"c\"")).await.unwrap().is_empty());
        let found = client.search(!(subject("☺") & SearchKey::Seen)).await.unwrap();
        assert_eq!(found, [1]);
        client.search(subject("x\r\nA2 LOGOUT\r\n")).await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn a_refused_search_says_what_the_server_said() {
        let peer = reader(
            "",
            "C: <a> UID SEARCH NONSENSE
             S: <a> BAD Unknown key",
        );
        let mut client = open(&peer).await;
        let error = client.search("NONSENSE").await.unwrap_err();
        assert_eq!(error.to_string(), "UID SEARCH refused: BAD Unknown key");
        assert!(matches!(client.search("").await.unwrap_err(), Error::Invalid(_)));
        leave(client, peer).await;
    }

    #[case]
    async fn a_line_of_two_megabytes() {
        let peer = Peer::start(find_many);
        let mut client = open(&peer).await;
        assert_eq!(client.search("ALL").await.unwrap().len(), MANY as usize);
        leave(client, peer).await;
    }

    #[case]
    async fn one_broken_value_does_not_spoil_the_others() {
        let peer = reader(
            "",
            r#"C: <a> UID FETCH 1:2 (UID ENVELOPE BODYSTRUCTURE)
               S: * 1 FETCH (UID 1 ENVELOPE ("x" "y") BODYSTRUCTURE NIL)
               S: * 2 FETCH (UID 2 ENVELOPE ("no date" "12" nil nil nil ((NIL NIL "friends" NIL)("Bob" NIL "bob" "example.org")(NIL NIL NIL NIL)) nil nil nil nil))
               S: <a> OK"#,
        );
        let mut client = open(&peer).await;
        let messages = client.fetch("1:2", FetchItems::new().envelope().structure()).await.unwrap();
        // The part of the envelope that exists is decoded.
        assert_eq!(messages[&uid(1)].envelope().unwrap().subject().as_deref(), Some("y"));
        assert!(messages[&uid(1)].body_structure().is_none());
        let envelope = messages[&uid(2)].envelope().unwrap();
        assert_eq!(envelope.subject().as_deref(), Some("12"));
        assert!(envelope.date().is_none() && envelope.cc().is_empty());
        assert_eq!(envelope.date_raw(), Some(&b"no date"[..]));
        assert_eq!(envelope.to().recipients().count(), 1);
        leave(client, peer).await;
    }

    #[case]
    async fn times_keep_their_offset_and_binary_data_its_bytes() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 1 (UID INTERNALDATE BINARY.PEEK[])
             S: * 1 FETCH (UID 1 INTERNALDATE \" 9-Jul-2007 17:08:08 -0430\" BINARY[] ~{3}
             S: \0\u{1}x)
             S: <a> OK",
        );
        let mut client = open(&peer).await;
        let messages = client.fetch(1, FetchItems::new().internal_date().binary("")).await.unwrap();
        let date = messages[&uid(1)].internal_date().unwrap().date().unwrap();
        assert_eq!(date.to_rfc3339(), "2007-07-09T17:08:08-04:30");
        assert_eq!(messages[&uid(1)].binary(""), Some(&b"\0\x01x"[..]));
        leave(client, peer).await;
    }

    #[case]
    async fn a_message_without_an_answer_is_not_in_the_map() {
        let peer = reader(
            "",
            r"C: <a> UID FETCH 1,9 (UID BODY.PEEK[HEADER.FIELDS (X-Foo)])
              S: * 1 FETCH (UID 1 BODY[HEADER.FIELDS (X-FOO)] {2}
              S: 
              S: )
              S: <a> OK",
        );
        let mut client = open(&peer).await;
        let items = FetchItems::new().section("HEADER.FIELDS (X-Foo)");
        let messages = client.fetch([1, 9], items).await.unwrap();
        assert_eq!(messages[&uid(1)].section("HEADER.FIELDS (x-foo)"), Some(&b"\r\n"[..]));
        assert!(!messages.contains_key(&uid(9)));
        leave(client, peer).await;
    }
}

fn find_many(mut connection: Connection) -> io::Result<()> {
    greet(&mut connection, "")?;
    let tag = expect(&mut connection, "SELECT \"INBOX\"")?;
    connection.send(&format!("* {MANY} EXISTS\r\n{tag} OK"))?;
    let tag = expect(&mut connection, "UID SEARCH ALL")?;
    let numbers: Vec<_> = (1..=MANY).map(|number| number.to_string()).collect();
    let line = format!("* SEARCH {}", numbers.join(" "));
    assert!(line.len() > 2_000_000);
    connection.send(&format!("{line}\r\n{tag} OK"))?;
    goodbye(&mut connection)
}
