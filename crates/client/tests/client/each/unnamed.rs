//! Messages one at a time from servers that leave out UIDs.

use imapclient::{Error, Uid, Workaround};
use imapclient_test_macros::faces;

use crate::common::{reader, seq};

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    /// Returns UID, sequence number and flags of each message.
    async fn read_all(client: &mut Client, set: &str, items: &str) -> Result<Vec<String>, Error> {
        let messages = client.fetch_each(set, items).await?;
        let mut messages = messages.pieces_from(0);
        let mut all = Vec::new();
        while let Some(mut message) = messages.next().await? {
            let mut text = String::new();
            while let Some(mut body) = message.body().await? {
                while let Some(chunk) = body.chunk().await? {
                    text.push_str(std::str::from_utf8(chunk).unwrap());
                }
            }
            let fetch = message.finish().await?;
            let flags = fetch.flags().map(ToString::to_string);
            let uid = fetch.uid().map_or(0, Uid::get);
            all.push(format!("{uid} {}{text}", flags.unwrap_or_default()));
        }
        Ok(all)
    }

    #[case]
    async fn they_are_fetched_once_more() {
        let peer = reader(
            "",
            r"C: <a> UID FETCH 3:9 (UID BODY.PEEK[])
              S: * 1 FETCH (UID 3 BODY[] {1}
              S: a)
              S: * 2 FETCH (BODY[] {1}
              S: b)
              S: * 3 FETCH (BODY[] {1}
              S: c)
              S: * 4 FETCH (UID 9 BODY[] {1}
              S: d)
              S: * 1 EXPUNGE
              S: <a> OK
              C: <b> FETCH 1:2 (UID)
              S: * 2 FETCH (UID 8)
              S: * 1 FETCH (UID 4)
              S: <b> OK
              C: <c> UID FETCH 4,8 (UID BODY.PEEK[])
              S: * 1 FETCH (UID 4 BODY[] {1}
              S: b)
              S: * 2 FETCH (BODY[] {1}
              S: c)
              S: <c> OK
              C: <d> FETCH 2 (UID)
              S: * 2 FETCH (UID 8)
              S: <d> OK
              C: <e> UID FETCH 8 (UID BODY.PEEK[])
              S: * 2 FETCH (UID 8 BODY[] {1}
              S: c)
              S: <e> OK",
        );
        let mut client = open(&peer).await;
        let all = read_all(&mut client, "3:9", "BODY.PEEK[]").await.unwrap();
        assert_eq!(all, ["3 a", "0 b", "0 c", "9 d", "4 b", "0 c", "8 c"]);
        assert!(client.workarounds().contains(&Workaround::FetchWithoutUid));
        leave(client, peer).await;
    }

    /// A response with nothing but flags may be news about any message.
    #[case]
    async fn flags_are_fetched_if_they_were_requested() {
        let peer = reader(
            "",
            r"C: <a> UID FETCH 5:9 (UID FLAGS)
              S: * 1 FETCH (FLAGS (\Seen))
              S: * 4 FETCH (UID 5 FLAGS ())
              S: * 5 FETCH (FLAGS (\Draft))
              S: * 4 FETCH (FLAGS (\Seen))
              S: * 6 FETCH (FLAGS ())
              S: * 6 FETCH (UID 7 FLAGS ())
              S: <a> OK
              C: <b> FETCH 1,5 (UID)
              S: * 1 FETCH (UID 1)
              S: * 5 FETCH (UID 6)
              S: <b> OK
              C: <c> UID FETCH 6 (UID FLAGS)
              S: * 5 FETCH (UID 6 FLAGS (\Draft))
              S: <c> OK
              C: <d> UID FETCH 5 (UID RFC822.SIZE)
              S: * 5 FETCH (FLAGS (\Seen))
              S: * 4 FETCH (UID 5 RFC822.SIZE 3)
              S: <d> OK",
        );
        let mut client = open(&peer).await;
        let all = read_all(&mut client, "5:9", "FLAGS").await.unwrap();
        assert_eq!(all, ["5 ()", "7 ()", r"6 (\Draft)"]);
        assert_eq!(client.updates().count(), 4);
        let all = read_all(&mut client, "5", "RFC822.SIZE").await.unwrap();
        assert_eq!(all, ["5 "]);
        leave(client, peer).await;
    }

    #[case]
    async fn those_that_are_gone_are_left_out() {
        let peer = reader(
            "",
            r"C: <a> UID FETCH 5:6 (UID FLAGS)
              S: * 1 FETCH (FLAGS (\Seen))
              S: * 1 EXPUNGE
              S: <a> OK",
        );
        let mut client = open(&peer).await;
        assert!(read_all(&mut client, "5:6", "FLAGS").await.unwrap().is_empty());
        leave(client, peer).await;
    }

    #[case]
    async fn those_that_never_have_a_uid_are_an_error() {
        let peer = reader(
            "",
            r"C: <a> UID FETCH 5:6 (UID RFC822.SIZE)
              S: * 1 FETCH (RFC822.SIZE 3)
              S: * 2 FETCH (UID 6 RFC822.SIZE 3)
              S: <a> OK
              C: <b> FETCH 1 (UID)
              S: * 1 FETCH (UID 5)
              S: <b> OK
              C: <c> UID FETCH 5 (UID RFC822.SIZE)
              S: * 1 FETCH (RFC822.SIZE 3)
              S: <c> OK
              C: <d> FETCH 1 (UID)
              S: <d> OK",
        );
        let mut client = open(&peer).await;
        let mut messages = client.fetch_each("5:6", "RFC822.SIZE").await.unwrap();
        for uid in [None, Uid::new(6), None] {
            let fetch = messages.next_whole().await.unwrap().unwrap();
            assert_eq!((fetch.uid(), fetch.size()), (uid, Some(3)));
        }
        let error = messages.next_whole().await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "UID FETCH was answered without the UID: message number 1 (0 bytes)"
        );
        let Error::Unnamed(incomplete) = error else { panic!("{error:?}") };
        let [missing] = &incomplete.missing[..] else { panic!("{incomplete:?}") };
        assert_eq!((missing.uid, missing.seq), (None, Some(seq(1))));
        assert!(messages.next().await.unwrap().is_none());
        leave(client, peer).await;
    }
}
