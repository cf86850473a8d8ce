//! The extensions of Gmail.

use std::collections::BTreeMap;

use imapclient::{LabelChange, MailboxName, SearchKey};
use imapclient_test_macros::faces;
use imapclient_tests_live::{
    Context, Outcome, Stop,
    by::{Kind, Seq, Uid},
};

use crate::{mail::mail, tell::keys};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial(Uid, Seq)]
    async fn gmail_labels<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("X-GM-EXT-1").await?;
        let uids = client.deliver_all([mail("one", ""), mail("two", "")]).await?;
        let numbers = by.numbers(&uids);
        let second = || by.messages(&numbers[1..]);
        // On Gmail labels are mailboxes. These are below the mailbox of the trial, so that they are
        // removed with it.
        let [plain, accent] = [cx.child("two words"), cx.child("Â & \"B\"")].map(MailboxName::from);
        for (change, expected) in [
            (LabelChange::replace([&plain, &accent]), vec![&plain, &accent]),
            (LabelChange::remove([&plain]), vec![&accent]),
            (LabelChange::add([&plain]), vec![&plain, &accent]),
            (LabelChange::add(["\\Starred"]), vec![&plain, &accent]),
            (LabelChange::replace([""; 0]), vec![]),
        ] {
            let shown = format!("{change:?}");
            // Labels of the server begin with a backslash.
            let tidy = |labels: &[MailboxName]| {
                let own = |label: &&MailboxName| !label.as_str().starts_with('\\');
                let mut labels: Vec<_> = labels.iter().filter(own).cloned().collect();
                labels.sort();
                labels
            };
            let mut expected: Vec<_> = expected.into_iter().cloned().collect();
            expected.sort();
            let stored = client.store_labels(second(), change.clone()).await?;
            let stored: BTreeMap<_, _> = stored.into_map();
            assert_eq!(keys(&stored), numbers[1..], "{shown}");
            assert_eq!(tidy(&stored[&numbers[1]]), expected, "{shown}");
            let silent = client.store_labels(second(), change.silent()).await?;
            assert!(silent.is_empty(), "{shown}: {silent:?}");
            let labels = client.labels(by.messages(&numbers)).await?;
            assert_eq!(keys(&labels), numbers);
            assert_eq!(tidy(&labels[&numbers[1]]), expected, "{shown}");
            assert!(tidy(&labels[&numbers[0]]).is_empty(), "{shown}");
        }
        client.logout().await
    }

    #[trial]
    async fn gmail_search(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("X-GM-EXT-1").await?;
        let uids = client.deliver_all([mail("apple", "pie"), mail("banana", "ein ☺")]).await?;
        assert_eq!(client.gmail_search("subject:apple").await?, uids[..1]);
        assert_eq!(client.gmail_search("banana ☺").await?, uids[1..]);
        assert!(client.gmail_search("cherry").await?.is_empty());
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn gmail_search_as_a_key<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("X-GM-EXT-1").await?;
        let uids = client.deliver_all([mail("apple", "pie"), mail("banana", "ein ☺")]).await?;
        let numbers = by.numbers(&uids);
        let raw = |text: &str| SearchKey::GmailRaw(text.into());
        assert_eq!(client.search_by(by, raw("☺")).await?, numbers[1..]);
        let both = raw("subject:apple") & SearchKey::Undeleted;
        assert_eq!(client.search_by(by, both).await?, numbers[..1]);
        client.logout().await
    }
}
