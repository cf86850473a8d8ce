//! Mailboxes whose names need quoting or encoding.

use imapclient::{Error, StatusItem};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::mail::mail;

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn name_with_blanks(cx: &Context) -> Result<(), Stop> {
        live(cx, "two  words").await
    }

    #[trial]
    async fn name_with_quotes(cx: &Context) -> Result<(), Stop> {
        live(cx, "say \"hi\"").await
    }

    #[trial]
    async fn name_with_a_backslash(cx: &Context) -> Result<(), Stop> {
        live(cx, "back\\slash").await
    }

    #[trial]
    async fn name_with_a_percent_sign(cx: &Context) -> Result<(), Stop> {
        live(cx, "100%").await
    }

    #[trial]
    async fn name_with_an_asterisk(cx: &Context) -> Result<(), Stop> {
        live(cx, "a*b").await
    }

    #[trial]
    async fn name_like_a_word_of_the_grammar(cx: &Context) -> Result<(), Stop> {
        live(cx, "NIL").await
    }

    #[trial]
    async fn name_with_a_plus_sign(cx: &Context) -> Result<(), Stop> {
        live(cx, "a+b-c").await
    }

    #[trial]
    async fn name_in_both_directions(cx: &Context) -> Result<(), Stop> {
        live(cx, "שלום abc مرحبا").await
    }

    #[trial]
    async fn name_of_two_hundred_letters(cx: &Context) -> Result<(), Stop> {
        live(cx, &"long".repeat(50)).await
    }

    #[trial]
    async fn name_of_many_emojis(cx: &Context) -> Result<(), Stop> {
        live(cx, &"📬".repeat(20)).await
    }

    /// Servers may refuse the name, but the session must continue.
    #[trial]
    async fn name_beyond_all_measure(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let name = cx.child(&"x".repeat(5000));
        match client.create(&name).await {
            Err(Error::Refused(refusal)) => {
                assert_eq!(refusal.command, "CREATE");
                match client.mailbox_exists(&name).await {
                    // The line may be too long for LIST as well.
                    Err(Error::Refused(refusal)) => assert_eq!(refusal.command, "LIST"),
                    exists => assert!(!exists?),
                }
            }
            result => {
                result?;
                assert!(client.mailbox_exists(&name).await?);
            }
        }
        client.logout().await
    }

    #[trial]
    async fn name_with_brackets(cx: &Context) -> Result<(), Stop> {
        live(cx, "(a) [b] {5}").await
    }

    #[trial]
    async fn name_with_an_ampersand(cx: &Context) -> Result<(), Stop> {
        live(cx, "Tom & Jerry &- &AOQ-").await
    }

    #[trial]
    async fn name_in_german(cx: &Context) -> Result<(), Stop> {
        live(cx, "Entwürfe").await
    }

    #[trial]
    async fn name_in_japanese(cx: &Context) -> Result<(), Stop> {
        live(cx, "日本語~台北").await
    }

    #[trial]
    async fn name_with_an_emoji(cx: &Context) -> Result<(), Stop> {
        live(cx, "📬 mail").await
    }

    /// Creates, lists, fills, selects and deletes a mailbox of this name.
    async fn live(cx: &Context, name: &str) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let name = cx.child(name);
        match client.create(&name).await {
            Err(Error::Refused(refusal)) => {
                return Err(Stop::ignored(format_args!(
                    "the server does not accept the name: {refusal}"
                )));
            }
            result => result?,
        }

        let found = client.list(cx.folder(), "*").await?;
        let found: Vec<_> = found
            .into_iter()
            .map(|found| found.name)
            .filter(|found| name == found.as_str())
            .collect();
        assert_eq!(found.len(), 1, "{name:?} in {found:?}");
        // The name as pattern matches one mailbox only.
        if !name.contains(['*', '%']) {
            assert_eq!(client.list("", &name).await?.len(), 1);
        }

        client.append(&name, mail("inside", "")).await?;
        let status = client.status(&name, [StatusItem::Messages]).await?;
        assert_eq!(
            (status.name.as_str(), status.messages),
            (name.as_str(), Some(1.into()))
        );
        // The name in the server's response also works.
        let mailbox = client.select(&found[0]).await?;
        assert_eq!(
            (mailbox.name.as_str(), mailbox.exists),
            (name.as_str(), 1.into())
        );
        client.close().await?;

        client.delete(&name).await?;
        let left = client.list("", &name).await?;
        let left: Vec<_> = left
            .iter()
            .filter(|left| !left.has(&imapclient::Attribute::NonExistent))
            .collect();
        assert!(left.is_empty(), "{left:?}");
        client.logout().await
    }
}
