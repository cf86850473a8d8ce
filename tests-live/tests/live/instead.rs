//! Behaviour of the client if a server lacks an extension, or announces one that does not work.
//! Each trial is skipped on servers without the fault.

use imapclient::{
    Append, Code, Error, FetchItems, Flag, FlagChange, SearchKey, SearchQuery, SearchReturn,
    SortKey, ThreadAlgorithm, Workaround,
};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{
    mail::mail,
    tell::{assert_bytes, keys, only, refused},
};

/// The extensions that commands in a selected mailbox need.
const IN_A_MAILBOX: [&str; 8] = [
    "UIDPLUS",
    "ESEARCH",
    "SORT",
    "THREAD=REFERENCES",
    "CONDSTORE",
    "X-GM-EXT-1",
    "MULTIAPPEND",
    "IDLE",
];

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// Each command fails with the name of the missing extension, before anything is sent.
    #[trial]
    async fn commands_in_a_mailbox_that_the_server_lacks(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let there = cx.second_mailbox()?;
        let uid = client.deliver(mail("kept", "")).await?;
        client.store([uid], FlagChange::add(Flag::Deleted)).await?;
        let all = client.capabilities().await?;
        let lacking = IN_A_MAILBOX.into_iter().filter(|name| !all.has(name));
        let lacking: Vec<_> = lacking.collect();
        let last = client.last_sent();
        for &capability in &lacking {
            let result = match capability {
                "UIDPLUS" => client.uid_expunge([uid]).await.map(drop),
                "ESEARCH" => {
                    let query = SearchQuery::new("ALL").returning([SearchReturn::Count]);
                    client.search(query).await.map(drop)
                }
                "SORT" => client.sort([SortKey::Subject], "ALL").await.map(drop),
                "THREAD=REFERENCES" => {
                    client.thread(ThreadAlgorithm::References, "ALL").await.map(drop)
                }
                "CONDSTORE" => {
                    let change = FlagChange::add(Flag::Seen).unchanged_since(1);
                    client.store([uid], change).await.map(drop)
                }
                "X-GM-EXT-1" => client.gmail_search("kept").await.map(drop),
                "MULTIAPPEND" => {
                    let messages = [mail("one", ""), mail("two", "")].map(Append::from);
                    client.append_all_or_none(there, messages).await.map(drop)
                }
                _ => client.idle().await.map(drop),
            };
            match result {
                Err(Error::Missing { capability: told, .. }) => assert_eq!(told, capability),
                other => panic!("{capability}: {other:?}"),
            }
        }
        assert_eq!(client.last_sent(), last, "nothing was sent");
        assert_eq!(client.search("ALL").await?, [uid]);
        assert_eq!(client.select(there).await?.exists, 0);
        client.logout().await?;
        match lacking.is_empty() {
            true => Err(Stop::ignored("the server lacks none of the extensions")),
            false => Ok(()),
        }
    }

    /// RFC 3501 §6.4.4 allows servers that support US-ASCII only.
    #[trial]
    async fn search_where_ascii_is_all(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let ascii = client.deliver(mail("greetings", "plain")).await?;
        client.deliver(mail("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "")).await?;
        let greetings = || SearchKey::Subject("Grüße".into());
        if client.search(greetings()).await.is_ok() {
            return Err(Stop::ignored("the server can search for more than ASCII"));
        }
        // The search is refused each time, and a search for ASCII text still works.
        for _ in 0..2 {
            let refusal = refused(client.search(greetings()).await)?;
            if let Some(code) = &refusal.code {
                let Code::BadCharset(named) = code else {
                    panic!("{refusal}");
                };
                let told = Error::Refused(Box::new(refusal.clone())).to_string();
                for charset in named {
                    assert!(told.contains(charset.as_str()), "{told}");
                }
            }
            assert_eq!(client.search(SearchKey::Subject("greetings".into())).await?, [ascii]);
        }
        client.logout().await
    }

    /// No extension counts as enabled, and commands that do not need ENABLE still work.
    #[trial]
    async fn enable_without_an_answer(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.require("ENABLE").await?;
        client.require("CONDSTORE").await?;
        if !client.enable(["CONDSTORE"]).await?.is_empty() {
            return Err(Stop::ignored("the server reports the enabled extensions"));
        }
        assert!(client.workarounds().contains(&Workaround::EnableUnanswered));
        client.select(cx.mailbox()?).await?;
        let uid = client.deliver(mail("new", "")).await?;
        let found = only(client.fetch([uid], FetchItems::new().modseq()).await?)?;
        let modseq = found.modseq().ok_or_else(|| Stop::failed("no MODSEQ"))?;
        let change = FlagChange::add(Flag::Seen).unchanged_since(modseq);
        let stored = client.store([uid], change).await?;
        assert!(stored.unchanged().is_empty(), "{stored:?}");
        assert!(stored.modseq(uid) > Some(modseq), "{stored:?}");
        client.logout().await
    }

    /// Nothing is removed, since EXPUNGE would also remove messages that other clients have marked.
    #[trial]
    async fn uid_expunge_that_is_refused(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("UIDPLUS").await?;
        let messages = ["mine", "another's"].map(|subject| mail(subject, ""));
        let uids = client.deliver_all(messages).await?;
        let change = FlagChange::add(Flag::Deleted);
        client.store(uids.as_slice(), change).await?;
        let result = client.uid_expunge([uids[0]]).await;
        if result.is_ok() {
            return Err(Stop::ignored("the server removes messages by UID"));
        }
        let refusal = refused(result)?;
        assert!(refusal.command.starts_with("UID EXPUNGE"), "{refusal}");
        assert_eq!(client.search("DELETED").await?, uids);
        assert_eq!(client.expunge().await?.named(), 2);
        assert!(client.search("ALL").await?.is_empty());
        client.logout().await
    }

    /// The length of a body is that of its literal, even if RFC822.SIZE differs.
    #[trial]
    async fn size_that_is_not_that_of_the_body(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let text = mail("size", "some words");
        let uid = client.deliver(text.as_str()).await?;
        let found = only(client.fetch([uid], FetchItems::new().size().body()).await?)?;
        assert_bytes(found.body(), text.as_bytes());
        if found.size() == Some(text.len() as u64) {
            return Err(Stop::ignored("the server returns the size of the body"));
        }
        // The client requests more bytes than there are, and gets all of the body.
        let piece = FetchItems::new().partial("", 0, 1 << 20);
        let found = only(client.fetch([uid], piece).await?)?;
        assert_bytes(found.partial("", 0), text.as_bytes());
        client.logout().await
    }

    /// The client requests BODY[], since some servers do not return RFC822.
    #[trial]
    async fn body_where_rfc822_gives_nothing(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let text = mail("by its older name", "some words");
        let uids = client.deliver_all([text.as_str(), "Subject: other\r\n\r\n"]).await?;
        let older = client.fetch([uids[0]], FetchItems::new().rfc822()).await?;
        if let Some(message) = older.get(&uids[0]).filter(|message| message.body().is_some()) {
            assert_bytes(message.body(), text.as_bytes());
            return Err(Stop::ignored("the server returns RFC822"));
        }
        let found = client.fetch(uids.as_slice(), FetchItems::new().body()).await?;
        assert_eq!(keys(&found), uids);
        assert_bytes(found[&uids[0]].body(), text.as_bytes());
        client.logout().await
    }
}
