//! Capabilities that are not used: those of the settings, and those that servers announce without
//! supporting them.

use imapclient::{Builder, DisabledBy, Error};
use imapclient_test_macros::faces;

use crate::common::{member, plain, scripted, stranger};

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    /// Checks that a call has failed because a capability is disabled.
    fn is_disabled(error: &Error, name: &str) {
        let Error::Missing { capability, disabled } = error else {
            panic!("{error:?}");
        };
        assert!(capability == name && *disabled, "{error:?}");
        assert_eq!(error.to_string(), format!("{name} is disabled, though the server offers it"));
    }

    #[case]
    async fn what_the_settings_disable_is_not_used() {
        for capabilities in [" MOVE IDLE ENABLE QRESYNC UNSELECT", " IMAP4rev2 QRESYNC"] {
            let peer = member(
                capabilities,
                "C: <a> SELECT \"INBOX\"
                 S: * 3 EXISTS
                 S: <a> OK [READ-WRITE] opened
                 C: <b> CAPABILITY
                 S: * CAPABILITY IMAP4rev1 MOVE ENABLE IDLE QRESYNC UNSELECT
                 S: <b> OK
                 C: <c> UNSELECT
                 S: <c> OK",
            );
            let builder = plain::<Client>(&peer).disable(["idle", "X-NONE"]).disable(["QRESYNC"]);
            let mut client = builder.connect().await.unwrap();
            for name in ["IDLE", "QRESYNC"] {
                assert!(!client.has_capability(name).await.unwrap(), "{capabilities}");
            }
            assert!(client.has_capability("MOVE").await.unwrap());
            is_disabled(&client.enable(["QRESYNC"]).await.unwrap_err(), "QRESYNC");
            client.select("INBOX").await.unwrap();
            is_disabled(&client.idle().await.map(drop).unwrap_err(), "IDLE");
            // A new list does not bring them back.
            client.run(imapclient::codec::command::capability()).await.unwrap();
            is_disabled(&client.idle().await.map(drop).unwrap_err(), "IDLE");
            let disabled = client.disabled();
            let told: Vec<_> = disabled.iter().map(|one| (one.capability.as_str(), one.announced)).collect();
            assert_eq!(told, [("idle", true), ("X-NONE", false), ("QRESYNC", true)]);
            assert_eq!(disabled[0].to_string(), "idle, by the settings; the server offers it");
            client.unselect().await.unwrap();
            leave(client, peer).await;
        }
    }

    #[case]
    async fn what_a_kind_of_server_breaks_is_not_used_unless_it_is_allowed() {
        let zoho = || scripted(
            "S: * PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE MOVE] IMAP4 Server (Zoho Mail IMAP4rev1 Server version 1.0)
             C: <bye> LOGOUT
             S: * BYE
             S: <bye> OK",
        );
        let peer = zoho();
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        assert!(!client.has_capability("CONDSTORE").await.unwrap());
        assert!(client.has_capability("MOVE").await.unwrap());
        let [disabled] = client.disabled().try_into().unwrap();
        assert!(matches!(disabled.reason, DisabledBy::Server(_)) && disabled.announced);
        assert!(disabled.to_string().starts_with("CONDSTORE: Zoho sends -1"), "{disabled}");
        leave(client, peer).await;

        let peer = zoho();
        let mut client = plain::<Client>(&peer).allow(["condstore"]).connect().await.unwrap();
        assert!(client.has_capability("CONDSTORE").await.unwrap());
        assert_eq!(client.disabled(), []);
        leave(client, peer).await;

        // The settings of the caller come first.
        let peer = zoho();
        let builder = plain::<Client>(&peer).allow(["CONDSTORE"]).disable(["CONDSTORE"]);
        let client = builder.connect().await.unwrap();
        let [disabled] = client.disabled().try_into().unwrap();
        assert_eq!(disabled.reason, DisabledBy::Settings);
        leave(client, peer).await;
    }

    #[case]
    async fn a_login_by_initial_response_is_not_tried_where_it_is_broken() {
        let peer = scripted(
            "S: * OK Coremail System IMap Server Ready(163com)
             C: <a> CAPABILITY
             S: * CAPABILITY IMAP4rev1 ID SASL-IR AUTH=PLAIN
             S: <a> OK
             C: <b> AUTHENTICATE PLAIN
             S: +
             C: AGJvYgBzZWtyZXQ=
             S: * CAPABILITY IMAP4rev1 ID SASL-IR
             S: <b> OK
             C: <i> ID (\"name\" \"tool\")
             S: <i> OK
             C: <bye> LOGOUT
             S: * BYE
             S: <bye> OK",
        );
        let bob = imapclient::auth::Plain::new("bob", "sekret".into());
        let mut client = plain::<Client>(&peer).id([("name", "tool")]).connect().await.unwrap();
        client.authenticate(bob).await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn names_that_cannot_be_disabled_are_refused_before_connecting() {
        type Set = fn(Builder<Client>, &str) -> Builder<Client>;
        let ways: [Set; 2] = [|builder, name| builder.disable([name]), |builder, name| builder.allow([name])];
        for way in ways {
            for name in ["", "MO VE", "MOVE\r\nA1 LOGOUT", "M\u{d6}VE", "MOVE)"] {
                let error = way(Client::builder("localhost").port(1), name).connect().await.unwrap_err();
                assert!(matches!(error, Error::Invalid(_)), "{name:?}: {error:?}");
            }
        }
        let builder = Client::builder("localhost").port(1).disable(["LoginDisabled"]);
        let error = builder.connect().await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        assert!(error.to_string().contains("prohibition of the server"), "{error}");
    }

    #[case]
    async fn a_mechanism_that_is_disabled_is_not_used() {
        let peer = stranger(
            " AUTH=PLAIN AUTH=CRAM-MD5",
            "C: <a> LOGIN \"bob\" \"sekret\"
             S: * CAPABILITY IMAP4rev1
             S: <a> OK",
        );
        let builder = plain::<Client>(&peer).disable(["AUTH=PLAIN", "AUTH=CRAM-MD5"]);
        let client = builder.login("bob", "sekret").connect().await.unwrap();
        leave(client, peer).await;
    }
}
