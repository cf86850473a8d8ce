//! Extensions that must be enabled, and extensions that the server lacks.

use imapclient::{Attribute, Error, Id, Rights, RightsChange};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn enable_condstore(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.require("ENABLE").await?;
        client.require("CONDSTORE").await?;
        let enabled = client.enable(["CONDSTORE"]).await?;
        assert!(enabled.lists("condstore"), "enabled: {enabled}");
        let mailbox = client.select(cx.mailbox()?).await?;
        assert!(mailbox.highest_modseq.is_some(), "{mailbox:?}");
        client.logout().await
    }

    #[trial]
    async fn enable_what_nobody_knows(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.require("ENABLE").await?;
        let enabled = client.enable(["X-NOBODY-KNOWS"]).await?;
        assert!(enabled.is_empty(), "{enabled}");
        client.require("CONDSTORE").await?;
        // The known extension is enabled in spite of the unknown one.
        let enabled = client.enable(["X-NOBODY-KNOWS", "CONDSTORE"]).await?;
        assert!(enabled.lists("CONDSTORE") && enabled.len() == 1, "enabled: {enabled}");
        client.logout().await
    }

    #[trial]
    async fn enable_with_a_mailbox_open(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let last = client.last_sent();
        let result = client.enable(["CONDSTORE"]).await;
        assert!(
            matches!(&result, Err(Error::State { command, .. }) if command == "ENABLE"),
            "{result:?}"
        );
        assert_eq!(client.last_sent(), last, "nothing was sent");
        client.logout().await
    }

    #[trial]
    async fn what_the_server_lacks_is_not_asked_for(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let folder = cx.mailbox()?;
        let all = client.capabilities().await?;
        let last = client.last_sent();
        let mut lacking = 0;
        for capability in ["ENABLE", "ID", "NAMESPACE", "XLIST", "ACL", "QUOTA"] {
            if all.has(capability) {
                continue;
            }
            lacking += 1;
            let set = RightsChange::Add(Rights::READ);
            let results = match capability {
                "ENABLE" => vec![client.enable(["CONDSTORE"]).await.map(drop)],
                "ID" => vec![client.id(Id::default()).await.map(drop)],
                "NAMESPACE" => vec![client.namespace().await.map(drop)],
                "XLIST" => vec![client.xlist("", "*").await.map(drop)],
                "ACL" => vec![
                    client.get_acl(folder).await.map(drop),
                    client.set_acl(folder, "user2", set).await,
                    client.delete_acl(folder, "user2").await,
                    client.list_rights(folder, "user2").await.map(drop),
                    client.my_rights(folder).await.map(drop),
                ],
                _ => vec![
                    client.quota("").await.map(drop),
                    client.quota_root(folder).await.map(drop),
                    client.set_quota("", [("STORAGE", 1)]).await.map(drop),
                ],
            };
            for result in results {
                match result {
                    Err(Error::Missing { capability: told, .. }) => assert_eq!(told, capability),
                    other => panic!("{capability}: {other:?}"),
                }
            }
        }
        assert_eq!(client.last_sent(), last, "nothing was sent");
        // This method does not need the missing extensions.
        client.find_special_mailbox(Attribute::Sent).await?;
        client.logout().await?;
        match lacking {
            0 => Err(Stop::ignored("the server lacks none of the extensions")),
            _ => Ok(()),
        }
    }
}
