//! Changes of the selected mailbox by other clients.

use imapclient::{FetchItems, Flag, FlagChange, Flags, MessageCount, Update};
use imapclient_test_macros::faces;
use imapclient_tests_live::{
    Context, Outcome, Stop,
    by::{Kind, Seq, Uid},
};

use crate::{
    mail::mail,
    tell::{assert_bytes, keys, only},
};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn noop_sees_what_another_appends(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let mut other = Session::open(cx).await?;
        client.noop().await?;
        assert!(exists(&mut client).is_empty());
        other.append(cx.mailbox()?, mail("one", "")).await?;
        client.see(1).await?;
        assert_eq!(exists(&mut client), [1]);
        other.append(cx.mailbox()?, mail("two", "")).await?;
        other.append(cx.mailbox()?, mail("three", "")).await?;
        client.see(3).await?;
        assert_eq!(exists(&mut client).last(), Some(&3.into()));
        assert_eq!(client.search("ALL").await?.len(), 3);
        other.logout().await?;
        client.logout().await
    }

    /// Returns the numbers of messages that EXISTS responses have reported since the last call.
    fn exists(client: &mut Client) -> Vec<MessageCount> {
        let updates = client.updates();
        updates
            .filter_map(|update| match update {
                Update::Exists(n) => Some(n),
                _ => None,
            })
            .collect()
    }

    #[trial]
    async fn noop_sees_what_another_changes_and_removes(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let one = client.deliver(mail("one", "")).await?;
        let two = client.deliver(mail("two", "")).await?;
        client.noop().await?;
        client.updates().for_each(drop);

        let mut other = Session::selected(cx).await?;
        other.store([two], FlagChange::add(Flag::Answered)).await?;
        let answered = |update| match update {
            Update::Fetch(message) => {
                message.seq().is_some_and(|seq| seq == 2)
                    && message
                        .flags()
                        .is_some_and(|flags| flags.contains(&Flag::Answered))
            }
            _ => false,
        };
        client
            .noop_until("the change of flags", |client| client.updates().any(answered))
            .await?;

        other.store([one], FlagChange::add(Flag::Deleted)).await?;
        other.expunge().await?;
        client.see(1).await?;
        let gone: Vec<Update> = client
            .updates()
            .filter(|update| matches!(update, Update::Expunge(_)))
            .collect();
        assert_eq!(gone, [Update::Expunge(imapclient::Seq::MIN)]);
        // The second message is the first now.
        let found = only(client.fetch([two], FetchItems::new().flags()).await?)?;
        assert_eq!(found.seq(), Some(imapclient::Seq::MIN));
        other.logout().await?;
        client.logout().await
    }

    /// Changes by another client arrive with the response to a command, and are not part of its
    /// result.
    #[trial(Uid, Seq)]
    async fn fetch_keeps_news_apart<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uids = client.deliver_all([mail("one", ""), mail("two", ""), mail("three", "")]).await?;
        let numbers = by.numbers(&uids);
        client.updates().for_each(drop);
        let mut other = Session::selected(cx).await?;
        // The first message is fetched, the others are not.
        for (index, flag) in [Flag::Flagged, Flag::Answered, Flag::Draft].into_iter().enumerate() {
            let change = FlagChange::add(flag.clone()).silent();
            other.store([uids[index]], change).await?;
            let found = client.fetch(by.messages(&numbers[..1]), FetchItems::new().body()).await?;
            assert_eq!(keys(&found), numbers[..1]);
            let found = only(found)?;
            assert_eq!(found.uid(), Some(uids[0]));
            assert_bytes(found.body(), mail("one", "").as_bytes());
            // Some servers put the flags of a message into the same response.
            let has = |flags: &Flags| flags.contains(&flag);
            let in_answer = found.flags().is_some_and(has);
            assert!(!in_answer || index == 0, "{flag} of another message");

            let is_told = |update| match update {
                Update::Fetch(message) => {
                    let flags = message.flags();
                    message.seq().is_some_and(|seq| seq.get() as usize == index + 1)
                        && flags.is_some_and(has)
                }
                _ => false,
            };
            let what = format!("{flag}, which another has set");
            client
                .noop_until(&what, |client| in_answer || client.updates().any(is_told))
                .await?;
        }
        let found = client.fetch(by.messages(&numbers[1..]), FetchItems::new().flags()).await?;
        assert_eq!(keys(&found), numbers[1..]);
        other.logout().await?;
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn search_keeps_news_apart<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uids = client.deliver_all([mail("one", ""), mail("two", "")]).await?;
        let numbers = by.numbers(&uids);
        client.updates().for_each(drop);
        let mut other = Session::open(cx).await?;
        other.append(cx.mailbox()?, mail("one more", "")).await?;
        // Servers report it with the response to this command or the next.
        let found = client.search_by(by, "NOT SUBJECT more").await?;
        assert_eq!(found, numbers);
        let stored = client.store(by.messages(&numbers), FlagChange::add(Flag::Seen)).await?;
        assert_eq!(keys(&stored), numbers);
        client
            .noop_until("the third message", |client| {
                client.updates().any(|update| update == Update::Exists(3.into()))
            })
            .await?;
        other.logout().await?;
        client.logout().await
    }
}
