//! Results as JSON (feature `serde`).

use imapclient::{Copied, FlagChange, Moved, Update};
use imapclient_test_macros::faces;
use serde_json::{json, to_value};

use crate::common::reader;

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn results_are_plain_numbers_and_the_words_of_the_wire() {
        let peer = reader(
            " UIDPLUS",
            r#"C: <a> UID SEARCH ALL
               S: * SEARCH 3 5
               S: <a> OK
               C: <b> UID STORE 3 +FLAGS (\Seen)
               S: * 1 FETCH (UID 3 FLAGS (\Seen))
               S: * 9 EXISTS
               S: <b> OK
               C: <c> UID COPY 3 "Archive"
               S: <c> OK [COPYUID 7 3 12] done"#,
        );
        let mut client = open(&peer).await;
        let mailbox = to_value(client.state().selected().unwrap()).unwrap();
        assert_eq!((&mailbox["name"], &mailbox["read_only"]), (&json!("INBOX"), &json!(false)));
        assert!(mailbox["exists"].is_u64(), "{mailbox}");
        let found = to_value(client.search("ALL").await.unwrap()).unwrap();
        assert_eq!(found["numbers"], json!([3, 5]), "{found}");
        let stored = client.store(3, FlagChange::add(r"\Seen")).await.unwrap();
        let stored = to_value(stored).unwrap();
        assert_eq!(stored["values"], json!({ "3": r"(\Seen)" }), "{stored}");
        let updates: Vec<Update> = client.updates().collect();
        assert_eq!(to_value(updates).unwrap(), json!([{ "exists": 9 }]));
        let copied = to_value(client.copy(3, "Archive").await.unwrap()).unwrap();
        let expected = json!({ "uid_validity": 7, "source": "3", "destination": "12" });
        assert_eq!(copied, json!({ "told": expected }));
        assert_eq!(to_value(Copied::Nothing).unwrap(), json!("nothing"));
        let expected = json!({
            "way": "native", "copied": "nothing", "left": "", "unproved": "",
        });
        assert_eq!(to_value(Moved::default()).unwrap(), expected);
        leave(client, peer).await;
    }
}
