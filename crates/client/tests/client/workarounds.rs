//! Servers that announce an extension and do not do it: the older way is taken, and remembered.

use imapclient::{Attribute, Error, MailboxName, Workaround};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::{member, plain};

faces! {
    #![tokio(cfg(feature = "tokio"))]

    async fn connect(peer: &Peer) -> Client {
        let client = plain::<Client>(peer).connect().await.unwrap();
        assert!(client.workarounds().is_empty());
        client
    }

    async fn leave(client: Client, peer: Peer, expected: &[Workaround]) {
        let workarounds: Vec<_> = client.workarounds().iter().copied().collect();
        assert_eq!(workarounds, expected);
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn namespaces_that_are_refused_are_not_asked_for_again() {
        let peer = member(
            " NAMESPACE",
            r#"C: <a> LIST "" "*"
               S: * LIST () "." INBOX
               S: * LIST () "." INBOX.Trash
               S: <a> OK
               C: <b> NAMESPACE
               S: <b> BAD command syntax error
               C: <c> LIST "" "*"
               S: * LIST () "." INBOX
               S: * LIST () "." Sent
               S: <c> OK"#,
        );
        let mut client = connect(&peer).await;
        let trash = client.find_special_mailbox(Attribute::Trash).await.unwrap();
        assert_eq!(trash, Some(MailboxName::from("INBOX.Trash")));
        let sent = client.find_special_mailbox(Attribute::Sent).await.unwrap();
        assert_eq!(sent, Some(MailboxName::from("Sent")));
        leave(client, peer, &[Workaround::NamespaceRefused]).await;
    }

    #[case]
    async fn namespaces_that_are_not_told_are_as_good_as_refused() {
        let peer = member(
            " NAMESPACE",
            r#"C: <a> LIST "" "*"
               S: * LIST () "/" Trash
               S: <a> OK
               C: <b> NAMESPACE
               S: <b> OK done"#,
        );
        let mut client = connect(&peer).await;
        let trash = client.find_special_mailbox(Attribute::Trash).await.unwrap();
        assert_eq!(trash, Some(MailboxName::from("Trash")));
        leave(client, peer, &[Workaround::NamespaceRefused]).await;
    }

    #[case]
    async fn a_passing_trouble_is_no_refusal() {
        let peer = member(
            " NAMESPACE",
            r#"C: <a> LIST "" "*"
               S: * LIST () "/" Trash
               S: <a> OK
               C: <b> NAMESPACE
               S: <b> NO [UNAVAILABLE] in a minute
               C: <c> NAMESPACE
               S: <c> BAD what?"#,
        );
        let mut client = connect(&peer).await;
        let error = client.find_special_mailbox(Attribute::Trash).await.unwrap_err();
        assert!(error.is_transient(), "{error}");
        // Whoever asks for nothing but the namespaces hears that there are none to be had.
        let error = client.namespace().await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error}");
        leave(client, peer, &[]).await;
    }
}
