//! Access rights of mailboxes (RFC 4314).

use imapclient::{Acl, Code, Error, Rights, RightsChange, StatusItem};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{
    mail::mail,
    tell::{assert_code, refused},
};

/// The name of a user who may or may not exist.
const OTHER: &str = "user2";

/// Returns the rights of an identifier.
fn entry(acl: &Acl, who: &str) -> Option<Rights> {
    let mut entries = acl.entries.iter();
    entries
        .find(|(name, _)| name == who)
        .map(|(_, rights)| *rights)
}

/// Returns `rights` without `some`.
fn without(rights: Rights, some: Rights) -> Result<Rights, Stop> {
    let rest: String = rights
        .iter()
        .filter(|&letter| !some.iter().any(|one| one == letter))
        .collect();
    Ok(rest.parse()?)
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// Opens a connection to a server with ACL, and removes entries for other users from the shared
    /// mailbox, which a failed trial may have left.
    async fn administrator(cx: &Context) -> Result<Session<'_>, Stop> {
        let mut client = Session::open(cx).await?;
        client.require("ACL").await?;
        let acl = client.get_acl(cx.mailbox()?).await?;
        let strangers = ["ann (the boss)", "jörg", OTHER];
        for (who, _) in &acl.entries {
            if strangers.contains(&who.strip_prefix('-').unwrap_or(who)) {
                client.delete_acl(cx.mailbox()?, who).await?;
            }
        }
        Ok(client)
    }

    /// Changes the rights of another user. Skips the trial if the server refuses, for example
    /// because it does not know the user.
    async fn set(
        client: &mut Client,
        cx: &Context,
        who: &str,
        change: RightsChange,
    ) -> Result<(), Stop> {
        match client.set_acl(cx.mailbox()?, who, change).await {
            Err(Error::Refused(refusal)) => {
                assert_eq!(refusal.command, "SETACL");
                Err(Stop::ignored(format_args!(
                    "the server grants no rights to {who}: {refusal}"
                )))
            }
            result => Ok(result?),
        }
    }

    #[trial]
    async fn acl_of_a_new_mailbox(cx: &Context) -> Result<(), Stop> {
        let mut client = administrator(cx).await?;
        let mine = client.my_rights(cx.mailbox()?).await?;
        let all = Rights::LOOKUP | Rights::READ | Rights::SEEN | Rights::WRITE | Rights::INSERT;
        assert!(mine.contains(all | Rights::ADMINISTER), "{mine}");
        let acl = client.get_acl(cx.mailbox()?).await?;
        assert_eq!(acl.mailbox, cx.mailbox()?);
        // An entry has the rights of this user, whose identifier may differ from the user name.
        assert!(
            acl.entries
                .iter()
                .any(|(_, rights)| rights.contains(Rights::ADMINISTER)),
            "{acl:?}"
        );
        client.logout().await
    }

    #[trial]
    async fn acl_is_changed(cx: &Context) -> Result<(), Stop> {
        let mut client = administrator(cx).await?;
        let before = client.get_acl(cx.mailbox()?).await?;
        let (look, read, write) = (Rights::LOOKUP, Rights::READ, Rights::WRITE);
        set(&mut client, cx, OTHER, RightsChange::Replace(look | read)).await?;
        for (change, expected) in [
            (RightsChange::Add(write), look | read | write),
            (RightsChange::Add(write | read), look | read | write),
            (RightsChange::Remove(read), look | write),
            (RightsChange::Remove(read), look | write),
            (RightsChange::Replace(look | read), look | read),
        ] {
            client.set_acl(cx.mailbox()?, OTHER, change).await?;
            let acl = client.get_acl(cx.mailbox()?).await?;
            assert_eq!(entry(&acl, OTHER), Some(expected), "{change:?}: {acl:?}");
        }
        // Servers may omit identifiers without rights.
        client
            .set_acl(cx.mailbox()?, OTHER, RightsChange::Replace(Rights::NONE))
            .await?;
        let acl = client.get_acl(cx.mailbox()?).await?;
        assert!(entry(&acl, OTHER).is_none_or(Rights::is_empty), "{acl:?}");
        // The other entries have not changed.
        for (who, rights) in &before.entries {
            assert_eq!(entry(&acl, who), Some(*rights), "{acl:?}");
        }
        client.logout().await
    }

    #[trial]
    async fn acl_is_deleted(cx: &Context) -> Result<(), Stop> {
        let mut client = administrator(cx).await?;
        let before = client.get_acl(cx.mailbox()?).await?;
        set(&mut client, cx, OTHER, RightsChange::Add(Rights::LOOKUP)).await?;
        client.delete_acl(cx.mailbox()?, OTHER).await?;
        assert_eq!(client.get_acl(cx.mailbox()?).await?, before);
        // The entry no longer exists.
        match client.delete_acl(cx.mailbox()?, OTHER).await {
            Err(Error::Refused(refusal)) => assert_eq!(refusal.command, "DELETEACL"),
            result => result?,
        }
        assert_eq!(client.get_acl(cx.mailbox()?).await?, before);
        client.logout().await
    }

    #[trial]
    async fn acl_denies(cx: &Context) -> Result<(), Stop> {
        let mut client = administrator(cx).await?;
        let denied = format!("-{OTHER}");
        let (look, read) = (Rights::LOOKUP, Rights::READ);
        set(&mut client, cx, &denied, RightsChange::Replace(look | read)).await?;
        set(&mut client, cx, OTHER, RightsChange::Replace(look)).await?;
        let acl = client.get_acl(cx.mailbox()?).await?;
        assert_eq!(entry(&acl, &denied), Some(look | read), "{acl:?}");
        assert_eq!(entry(&acl, OTHER), Some(look), "{acl:?}");
        // The two entries are independent.
        client.delete_acl(cx.mailbox()?, &denied).await?;
        let acl = client.get_acl(cx.mailbox()?).await?;
        assert_eq!(
            (entry(&acl, &denied), entry(&acl, OTHER)),
            (None, Some(look)),
            "{acl:?}"
        );
        client.logout().await
    }

    /// Creates, reads and deletes an entry for this identifier.
    async fn named(cx: &Context, who: &str) -> Result<(), Stop> {
        let mut client = administrator(cx).await?;
        set(&mut client, cx, who, RightsChange::Replace(Rights::LOOKUP)).await?;
        let acl = client.get_acl(cx.mailbox()?).await?;
        assert_eq!(entry(&acl, who), Some(Rights::LOOKUP), "{acl:?}");
        let rights = client.list_rights(cx.mailbox()?, who).await?;
        assert_eq!(rights.identifier, who);
        client.delete_acl(cx.mailbox()?, who).await?;
        assert_eq!(entry(&client.get_acl(cx.mailbox()?).await?, who), None);
        client.logout().await
    }

    #[trial]
    async fn acl_for_an_odd_name(cx: &Context) -> Result<(), Stop> {
        named(cx, "ann (the boss)").await
    }

    /// The name is sent as a literal in both directions.
    #[trial]
    async fn acl_for_a_name_in_german(cx: &Context) -> Result<(), Stop> {
        named(cx, "jörg").await
    }

    #[trial]
    async fn rights_that_can_be_given(cx: &Context) -> Result<(), Stop> {
        let mut client = administrator(cx).await?;
        let rights = client.list_rights(cx.mailbox()?, OTHER).await?;
        assert_eq!(rights.mailbox, cx.mailbox()?);
        assert_eq!(rights.identifier, OTHER);
        let all = rights
            .optional
            .iter()
            .fold(rights.required, |all, some| all | *some);
        assert!(
            all.contains(Rights::LOOKUP | Rights::READ | Rights::ADMINISTER),
            "{rights:?}"
        );
        client.logout().await
    }

    #[trial]
    async fn rights_are_in_force(cx: &Context) -> Result<(), Stop> {
        let mut client = administrator(cx).await?;
        let (username, _) = cx.password()?;
        // Rights that are removed from an owner may not be restored exactly, so this trial has a
        // mailbox of its own.
        client.create(cx.folder()).await?;
        let mine = client.my_rights(cx.folder()).await?;
        let less = without(mine, Rights::INSERT)?;
        // Some servers do not remove rights from owners.
        let set = client
            .set_acl(cx.folder(), username, RightsChange::Replace(less))
            .await;
        let now = client.my_rights(cx.folder()).await?;
        if now.contains(Rights::INSERT) {
            drop(set);
            return Err(Stop::ignored("the server removes no right from an owner"));
        }
        set?;
        let refusal = refused(client.append(cx.folder(), mail("no", "")).await)?;
        assert_eq!(refusal.command, "APPEND");
        assert_code(&refusal, &Code::NoPerm);

        client
            .set_acl(cx.folder(), username, RightsChange::Replace(mine))
            .await?;
        client.append(cx.folder(), mail("yes", "")).await?;
        let status = client.status(cx.folder(), [StatusItem::Messages]).await?;
        assert_eq!(status.messages, Some(1.into()));
        client.logout().await
    }

    #[trial]
    async fn acl_of_what_is_not_there(cx: &Context) -> Result<(), Stop> {
        let mut client = administrator(cx).await?;
        let missing = cx.child("missing");
        let change = RightsChange::Add(Rights::READ);
        for (command, result) in [
            ("GETACL", client.get_acl(&missing).await.map(drop)),
            (
                "LISTRIGHTS",
                client.list_rights(&missing, OTHER).await.map(drop),
            ),
            ("SETACL", client.set_acl(&missing, OTHER, change).await),
            ("DELETEACL", client.delete_acl(&missing, OTHER).await),
        ] {
            match result {
                Err(Error::Refused(refusal)) => assert_eq!(refusal.command, command),
                Ok(()) => return Err(Stop::failed(format_args!("{command}: the server answered OK"))),
                Err(other) => return Err(other.into()),
            }
        }
        // The connection is still usable.
        client.get_acl(cx.mailbox()?).await?;
        client.logout().await
    }

    #[trial]
    async fn my_rights_in_what_is_not_there(cx: &Context) -> Result<(), Stop> {
        let mut client = administrator(cx).await?;
        let refusal = refused(client.my_rights(cx.child("missing")).await)?;
        assert_eq!(refusal.command, "MYRIGHTS");
        client.logout().await
    }
}
