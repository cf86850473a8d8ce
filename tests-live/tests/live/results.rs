//! Searches with return options.

use imapclient::{
    Append, FetchItems, Flag, FlagChange, Found, MessageSelection, Saved, SearchKey, SearchQuery,
    SearchReturn, SortKey,
};
use imapclient_test_macros::faces;
use imapclient_tests_live::{
    Context, Outcome, Stop,
    by::{Kind, Seq, Uid},
};

use crate::{mail::mail, tell::keys};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// Returns a session with five messages in its mailbox, of which the second and the fourth are
    /// flagged, and their UIDs.
    async fn prepared(cx: &Context) -> Result<(Session<'_>, Vec<imapclient::Uid>), Stop> {
        let mut client = Session::selected(cx).await?;
        let subjects = ["one", "two", "three", "four", "five"];
        let messages = subjects.map(|subject| match subject {
            "two" | "four" => Append::from(mail(subject, "")).flags("\\Flagged"),
            _ => Append::from(mail(subject, "")),
        });
        let uids = client.deliver_all(messages).await?;
        Ok((client, uids))
    }

    #[trial(Uid, Seq)]
    async fn search_returns<K: Kind>(cx: &Context, by: K) -> Result<(), Stop>
    where
        for<'a> &'a Found<K::Id>: MessageSelection<Id = K::Id>,
    {
        use SearchReturn::{All, Count, Max, Min};
        let (mut client, uids) = prepared(cx).await?;
        client.require("ESEARCH").await?;
        let numbers = by.numbers(&uids);
        let plain = [numbers[0], numbers[2], numbers[4]];
        let unflagged = || SearchQuery::new(SearchKey::Unflagged);

        let found = client.search_by(by, unflagged().returning([Min, Max, Count, All])).await?;
        assert_eq!((found.min(), found.max()), (Some(plain[0]), Some(plain[2])));
        assert_eq!(found.count(), Some(3));
        assert_eq!(found, plain);
        assert_eq!(found.summary().map(|summary| summary.uid), Some(K::IS_UID));

        let found = client.search_by(by, unflagged().returning([Count])).await?;
        assert_eq!((found.count(), found.min(), found.max()), (Some(3), None, None));
        assert!(found.is_empty(), "{found:?}");
        let found = client.search_by(by, unflagged().returning([Max, Min])).await?;
        assert_eq!((found.min(), found.max()), (Some(plain[0]), Some(plain[2])));
        assert!(found.is_empty(), "{found:?}");
        // No return option means ALL.
        let found = client.search_by(by, unflagged().returning([])).await?;
        assert_eq!((found.count(), found.min()), (Some(3), None));
        assert_eq!(found, plain);

        let nothing = SearchQuery::new(SearchKey::Draft).returning([Min, Max, Count, All]);
        let found = client.search_by(by, nothing).await?;
        assert_eq!((found.min(), found.max(), found.count()), (None, None, Some(0)));
        assert!(found.is_empty(), "{found:?}");

        // The result can be used as a set of messages.
        let found = client.search_by(by, unflagged().returning([All])).await?;
        assert_eq!(keys(&client.fetch(&found, FetchItems::new().flags()).await?), plain);
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn search_saves<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let (mut client, uids) = prepared(cx).await?;
        client.require("SEARCHRES").await?;
        let flagged = [uids[1], uids[3]];
        let save = SearchQuery::new(SearchKey::Flagged).returning([SearchReturn::Save]);
        assert!(client.search_by(by, save).await?.is_empty());

        // The keys are UIDs, even if the search that saved the messages was by sequence number.
        let found = client.fetch(Saved, FetchItems::new().flags()).await?;
        assert_eq!(keys(&found), flagged);
        let numbers = by.numbers(&uids);
        let found = client.search_by(by, SearchKey::Saved).await?;
        assert_eq!(found, [numbers[1], numbers[3]]);
        let others = !SearchKey::Saved & !SearchKey::Subject("five".into());
        assert_eq!(client.search_by(by, others).await?, [numbers[0], numbers[2]]);
        let changed = client.store(Saved, FlagChange::add(Flag::Seen)).await?;
        assert_eq!(keys(&changed), flagged);
        let to = cx.second_mailbox()?;
        client.copy(Saved, to).await?;

        // One search saves its result and returns a count; then another one does.
        let save = SearchQuery::new("SUBJECT five").returning([SearchReturn::Save, SearchReturn::Count]);
        assert_eq!(client.search_by(by, save).await?.count(), Some(1));
        assert_eq!(keys(&client.flags(Saved).await?), [uids[4]]);
        let save = SearchQuery::new("DRAFT").returning([SearchReturn::Save]);
        client.search_by(by, save).await?;
        assert!(client.flags(Saved).await?.is_empty());
        assert_eq!(client.select(to).await?.exists, 2);
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn sort_returns<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        use SearchReturn::{All, Count};
        let (mut client, uids) = prepared(cx).await?;
        client.require("ESORT").await?;
        let numbers = by.numbers(&uids);
        let query = SearchQuery::new("UNFLAGGED").returning([Count, All]);
        let found = client.sort_by(by, [SortKey::Subject], query).await?;
        assert_eq!(found, [4, 0, 2].map(|index| numbers[index]));
        assert_eq!(found.count(), Some(3));
        let count = SearchQuery::new("UNFLAGGED").returning([Count]);
        let found = client.sort_by(by, [SortKey::Subject], count).await?;
        assert_eq!((found.count(), found.len()), (Some(3), 0));
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn sort_returns_the_ends<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        use SearchReturn::{Max, Min};
        let (mut client, uids) = prepared(cx).await?;
        client.require("ESORT").await?;
        let numbers = by.numbers(&uids);
        // The first and last in the order of the sort, not the lowest and highest number
        // (RFC 5267 §3).
        let query = SearchQuery::new("UNFLAGGED").returning([Min, Max]);
        let found = client.sort_by(by, [SortKey::Subject], query).await?;
        let ends = (Some(numbers[4]), Some(numbers[2]));
        assert_eq!((found.min(), found.max()), ends, "the ends of the order");
        client.logout().await
    }
}
