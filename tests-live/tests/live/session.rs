//! The connection and the login.

use imapclient::{Append, Code, Error, Id, Phase, Response, StatusKind};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{mail::mail, tell::refused};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn capabilities(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let capabilities = client.capabilities().await?;
        assert!(
            capabilities.has("imap4REV1") || capabilities.has("IMAP4rev2"),
            "{capabilities}"
        );
        assert!(!capabilities.has("WONT EXIST") && !capabilities.has(""));
        // The capabilities are known, so nothing is sent.
        let known = client.state().capabilities().cloned();
        assert_eq!(known, Some(capabilities.clone()));
        assert_eq!(client.capabilities().await?, capabilities);
        client.logout().await
    }

    #[trial]
    async fn capabilities_one_by_one(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let all = client.capabilities().await?;
        assert!(!all.is_empty(), "{all}");
        for name in all.iter() {
            assert!(client.has_capability(name).await?, "{name}");
            let other_case = name.to_ascii_lowercase();
            assert!(client.has_capability(&other_case).await?, "{other_case}");
        }
        assert!(!client.has_capability("WONT EXIST").await?);
        client.logout().await
    }

    #[trial]
    async fn capabilities_before_and_after_the_login(cx: &Context) -> Result<(), Stop> {
        let (username, password) = cx.password()?;
        let mut client = Session::fresh(cx).await?;
        let before = client.capabilities().await?;
        client.login(username, password).await?;
        // The capabilities from before the login are discarded.
        let after = client.capabilities().await?;
        let responses = client.raw("CAPABILITY").await?.responses;
        let told = responses.into_iter().find_map(|response| match response {
            Response::Capability(capabilities) => Some(capabilities),
            _ => None,
        });
        let disabled = client.state().disabled();
        let used = told.map(|told| told.without(disabled.iter()));
        assert_eq!(used.as_ref(), Some(&after), "before: {before}");
        client.logout().await
    }

    #[trial]
    async fn greeting(cx: &Context) -> Result<(), Stop> {
        let client = Session::fresh(cx).await?;
        let greeting = client.greeting();
        assert_eq!(greeting.kind, StatusKind::Ok);
        if let Some(Code::Capability(capabilities)) = &greeting.code {
            assert!(capabilities.has("IMAP4rev1") || capabilities.has("IMAP4rev2"));
        }
        client.logout().await
    }

    #[trial]
    async fn id_tells_who_is_there(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.require("ID").await?;
        let server = client.id(Id::default()).await?;
        // The response does not depend on the client's fields.
        let ours = [
            ("name", "a \"name\" \\ in quotes"),
            ("version", "größer als 1.0"),
        ];
        assert_eq!(client.id(ours).await?, server);
        let many = (0..31).map(|n| (format!("field {n}"), "x"));
        let result = client.id(many.collect::<Id>()).await;
        assert!(matches!(result, Err(Error::Invalid(_))), "{result:?}");
        client.logout().await
    }

    #[trial]
    async fn namespace_is_where_mailboxes_are(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.require("NAMESPACE").await?;
        let namespaces = client.namespace().await?;
        let ours = namespaces.personal.iter().find(|namespace| {
            let prefix = namespace.prefix.as_str();
            cx.folder().starts_with(prefix)
        });
        let delimiter = ours.map(|namespace| namespace.delimiter);
        assert_eq!(delimiter, Some(cx.target().delimiter), "{namespaces:?}");
        client.logout().await
    }

    #[trial]
    async fn noop(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        for _ in 0..3 {
            client.noop().await?;
        }
        assert_eq!(client.state().phase(), Phase::Authenticated);
        client.logout().await
    }

    #[trial]
    async fn logout_with_a_mailbox_open(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client
            .deliver(Append::from(mail("kept", "")).flags("\\Deleted"))
            .await?;
        client.logout().await?;

        // LOGOUT does not remove messages.
        let mut client = Session::selected(cx).await?;
        assert_eq!(client.search("ALL").await?, [uid]);
        client.logout().await
    }

    #[trial]
    async fn with_gives_what_its_body_gives(cx: &Context) -> Result<(), Stop> {
        let builder = cx.builder::<Client>()?;
        let phase = Client::with(
            builder,
            async |client: &mut Client| -> Result<Phase, Stop> {
                client.select(cx.mailbox()?).await?;
                Ok(client.state().phase())
            },
        )
        .await?;
        assert_eq!(phase, Phase::Selected);

        let builder = cx.builder::<Client>()?;
        let result = Client::with(builder, async |client: &mut Client| -> Result<(), Error> {
            client.select(cx.child("missing")).await?;
            Ok(())
        })
        .await;
        refused(result)?;
        Ok(())
    }

    #[trial]
    async fn two_clients_at_once(cx: &Context) -> Result<(), Stop> {
        let mut one = Session::selected(cx).await?;
        let mut other = Session::open(cx).await?;
        let there = cx.second_mailbox()?;
        other.select(there).await?;
        other.append(there, mail("blue", "")).await?;
        other.see(1).await?;
        let here = one.deliver(mail("red", "")).await?;

        assert_eq!(one.search("SUBJECT red").await?, [here]);
        assert!(one.search("SUBJECT blue").await?.is_empty());
        assert!(other.search("SUBJECT red").await?.is_empty());
        assert_eq!(other.search("SUBJECT blue").await?.len(), 1);
        one.logout().await?;
        // The two connections are independent.
        assert_eq!(other.search("ALL").await?.len(), 1);
        other.logout().await
    }
}
