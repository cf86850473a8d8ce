//! Special-use mailboxes.

use imapclient::{Attribute, Error};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

/// The special uses of RFC 6154.
const USES: [Attribute; 7] = [
    Attribute::All,
    Attribute::Archive,
    Attribute::Drafts,
    Attribute::Flagged,
    Attribute::Junk,
    Attribute::Sent,
    Attribute::Trash,
];

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn special_by_attribute(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.require("SPECIAL-USE").await?;
        let all = client.list("", "*").await?;
        let mut marked = 0;
        for special in USES {
            let found = client.find_special_mailbox(special.clone()).await?;
            // LIST may omit the attributes. If it returns one, that mailbox must be found.
            let Some(mailbox) = all.iter().find(|mailbox| mailbox.has(&special)) else {
                continue;
            };
            marked += 1;
            assert_eq!(found.as_ref(), Some(&mailbox.name), "{special:?}");
        }
        client.logout().await?;
        match marked {
            0 => Err(Stop::ignored("LIST returns no special-use attributes")),
            _ => Ok(()),
        }
    }

    #[trial]
    async fn special_by_name(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let prefix = match client.has_capability("NAMESPACE").await? {
            true => client.namespace().await?.personal[0].prefix.to_string(),
            false => String::new(),
        };
        // The names for each use, the most likely first.
        for (special, names) in [
            (Attribute::Junk, &["Junk", "Spam"][..]),
            (Attribute::Archive, &["Archive"]),
            (Attribute::Sent, &["Sent", "Sent Items", "Sent Messages"]),
            (
                Attribute::Trash,
                &["Trash", "Deleted Items", "Deleted Messages"],
            ),
            (Attribute::Drafts, &["Drafts"]),
        ] {
            // These names are outside of the mailbox of the trial, so the trial skips a use for
            // which the account already has a mailbox.
            if client
                .find_special_mailbox(special.clone())
                .await?
                .is_some()
            {
                continue;
            }
            for name in names.iter().rev() {
                let name = format!("{prefix}{name}");
                client.create(&name).await?;
                let found = client.find_special_mailbox(special.clone()).await;
                client.delete(&name).await?;
                assert_eq!(found?, Some(name.into()));
            }
            assert_eq!(client.find_special_mailbox(special).await?, None);
            return client.logout().await;
        }
        client.logout().await?;
        Err(Stop::ignored("there is a mailbox for each special use"))
    }

    #[trial]
    async fn special_for_nothing_usual(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        for odd in ["\\HasNoSuchUse", "\\X-Nobody"] {
            assert_eq!(client.find_special_mailbox(odd.into()).await?, None);
        }
        client.logout().await
    }

    #[trial]
    async fn xlist_tells_the_inbox(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        if !client.has_capability("XLIST").await? {
            let result = client.xlist("", "*").await;
            assert!(matches!(result, Err(Error::Missing { .. })), "{result:?}");
        }
        client.require("XLIST").await?;
        let found = client.xlist("", "*").await?;
        let inbox: Vec<_> = found
            .iter()
            .filter(|mailbox| mailbox.has(&Attribute::from("\\Inbox")))
            .collect();
        assert!(
            matches!(inbox[..], [inbox] if inbox.name.is_inbox()),
            "{found:?}"
        );
        client.logout().await
    }
}
