//! Rights and quotas: the assignment of responses to commands.

use imapclient::{Error, Rights};
use imapclient_test_macros::faces;

use crate::common::{member, plain};

faces! {
    #![tokio(cfg(feature = "tokio"))]

    #[case]
    async fn the_answer_about_what_was_asked_for_counts() {
        let peer = member(
            " ACL QUOTA",
            r#"C: <a> GETACL "A"
               S: * ACL A bob lr
               S: * ACL B fred lrs
               S: <a> OK
               C: <b> MYRIGHTS "B"
               S: * MYRIGHTS A lr
               S: * MYRIGHTS B lrs
               S: <b> OK
               C: <c> GETQUOTA ""
               S: * QUOTA other (STORAGE 1 2)
               S: * QUOTA "" (STORAGE 3 4)
               S: <c> OK"#,
        );
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        let acl = client.get_acl("A").await.unwrap();
        assert_eq!(acl.entries, [("bob".to_owned(), Rights::LOOKUP | Rights::READ)]);
        assert!(client.my_rights("B").await.unwrap().contains(Rights::SEEN));
        let quota = client.quota("").await.unwrap();
        assert_eq!(quota.resource("STORAGE").unwrap().usage, 3);
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_name_that_the_server_spells_in_another_way_is_an_answer() {
        let peer = member(
            " ACL",
            "C: <a> MYRIGHTS \"A\"
             S: * MYRIGHTS user.bob.A lr
             S: <a> OK
             C: <b> MYRIGHTS \"A\"
             S: <b> OK",
        );
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        assert!(client.my_rights("A").await.unwrap().contains(Rights::READ));
        let error = client.my_rights("A").await.unwrap_err();
        assert!(matches!(error, Error::NoAnswer { command: "MYRIGHTS" }), "{error:?}");
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }
}
